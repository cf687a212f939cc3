package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"odzew"
)

// How a mail finds its thread, in this order:
//
//  1. its own Message-ID is known: the same mail again, or one that others spoke of;
//  2. it refers to a mail that is here; or to one that is not here, but that a mail
//     of the same person referred to as well;
//  3. its subject carries a reply prefix, and the same person has a thread with the
//     same subject within threadDays.
//
// Mails come in any order and from several folders; a mail that ties two threads
// together joins them, so that the result does not depend on the order.

const (
	threadDays = 14
	// maxRefs bounds what is kept of one mail's References: the first names the
	// thread, the last ones its parents.
	maxRefs = 50
)

func (b *Batch) putMail(c *odzew.Conversation) error {
	m := &c.Messages[0]
	refs := m.Mail.References
	if len(refs) > maxRefs {
		refs = append([]string{refs[0]}, refs[len(refs)-maxRefs+1:]...)
	}
	others := make([]string, 0, len(refs)+1)
	for _, r := range append(slices.Clone(refs), m.Mail.InReplyTo) {
		if r != "" && r != m.ID && !slices.Contains(others, r) {
			others = append(others, r)
		}
	}
	threads, err := b.findThreads(c, m, others)
	if err != nil {
		return err
	}
	var id int64
	if len(threads) == 0 {
		if id, err = b.newThread(c, m, others); err != nil {
			return err
		}
	} else {
		id = threads[0]
		for _, t := range threads[1:] {
			if err := b.joinThreads(id, t); err != nil {
				return err
			}
		}
	}
	for _, ref := range append([]string{m.ID}, others...) {
		if _, err := b.exec(`INSERT OR IGNORE INTO mail_refs VALUES (?, ?, ?)`, b.from, ref, id); err != nil {
			return err
		}
	}
	return b.addMail(id, c, m, len(threads) != 1)
}

// findThreads lists the conversations that the mail belongs to, the oldest first.
func (b *Batch) findThreads(c *odzew.Conversation, m *odzew.Message, others []string) ([]int64, error) {
	var found []int64
	add := func(id int64) {
		if !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	for i, ref := range append([]string{m.ID}, others...) {
		var id int64
		err := b.queryRow(`SELECT conversation_id FROM mail_refs WHERE source = ? AND message_id = ?`, []any{b.from, ref}, &id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if i > 0 && m.Author != odzew.AuthorAgent {
			ok, err := b.sameThread(id, ref, m)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
		}
		add(id)
	}
	if len(found) == 0 && len(others) == 0 && m.Mail.Reply && m.Mail.Subject != "" {
		id, err := b.threadBySubject(m)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			add(id)
		}
	}
	if len(found) > 1 {
		ids := fmt.Sprint(found)
		st, err := b.stmt(`SELECT id FROM conversations WHERE id IN (SELECT value FROM json_each(?)) ORDER BY created_at, id`)
		if err != nil {
			return nil, err
		}
		rows, err := st.QueryContext(b.ctx, jsonInts(found))
		if err != nil {
			return nil, fmt.Errorf("ordering threads %s: %w", ids, err)
		}
		return scanAll[int64](rows)
	}
	return found, nil
}

// sameThread says whether a customer's mail that refers to ref belongs to the
// conversation that knows ref. Many customers may answer one newsletter: if ref
// itself was never seen, they share a thread only with themselves.
func (b *Batch) sameThread(id int64, ref string, m *odzew.Message) (bool, error) {
	var n int
	err := b.queryRow(`SELECT count(*) FROM messages WHERE conversation_id = ?1 AND (external_id = ?2 OR author_id = ?3)`,
		[]any{id, ref, m.AuthorID}, &n)
	if err != nil || n > 0 {
		return n > 0, err
	}
	err = b.queryRow(`SELECT count(*) FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE c.id = ? AND k.external_id IN (SELECT value FROM json_each(?))`,
		[]any{id, jsonText(m.Mail.People, "[]")}, &n)
	return n > 0, err
}

func (b *Batch) threadBySubject(m *odzew.Message) (int64, error) {
	var id int64
	at := m.At.Unix()
	err := b.queryRow(`SELECT c.id FROM conversations c JOIN customers k ON k.id = c.customer_id
		WHERE c.source = ?1 AND c.thread_subject = ?2 AND c.last_message_at BETWEEN ?3 - ?5 AND ?3 + ?5
		AND k.external_id IN (SELECT value FROM json_each(?4))
		ORDER BY abs(c.last_message_at - ?3), c.id LIMIT 1`,
		[]any{b.from, m.Mail.Subject, at, jsonText(m.Mail.People, "[]"), threadDays * 24 * 3600}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

func (b *Batch) newThread(c *odzew.Conversation, m *odzew.Message, others []string) (int64, error) {
	root := m.ID
	if len(others) > 0 {
		root = others[0]
	}
	name := "m-" + shortHash(root)
	// A customer's answer to a mail that is not here may not share its thread with
	// another customer's: then it is named after itself.
	var n int
	if err := b.queryRow(`SELECT count(*) FROM conversations WHERE source = ? AND external_id = ?`, []any{b.from, name}, &n); err != nil {
		return 0, err
	}
	if n > 0 {
		name = "m-" + shortHash(m.ID)
	}
	cust, err := b.putCustomer(c.Customer)
	if err != nil {
		return 0, err
	}
	res, err := b.exec(`INSERT INTO conversations (source, external_id, channel, inbox, subject, created_at, priority, customer_id,
		last_message_at, message_count, thread_subject, problems, fetched_at, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 1)`,
		b.from, name, c.Channel, c.Inbox, c.Subject, m.At.Unix(), c.Priority, cust, m.At.Unix(), m.Mail.Subject,
		optionalJSON(c.Problems, len(c.Problems)), b.at)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// joinThreads moves all of one thread into another.
func (b *Batch) joinThreads(into, from int64) error {
	if err := b.touchContacts(from); err != nil {
		return err
	}
	for _, q := range []string{
		`UPDATE OR IGNORE messages SET conversation_id = ?1 WHERE conversation_id = ?2`,
		`DELETE FROM message_scores WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ?2)`,
		// The same mail twice.
		staleDaysOf + `m.conversation_id = ?2`,
		`DELETE FROM messages WHERE conversation_id = ?2`,
		`UPDATE mail_refs SET conversation_id = ?1 WHERE conversation_id = ?2`,
		`DELETE FROM turns WHERE conversation_id = ?2`,
		`DELETE FROM statutory_requests WHERE conversation_id = ?2`,
		// What was found in it is counted already, and is to be put in order with the rest.
		`UPDATE OR IGNORE findings SET conversation_id = ?1, revision = -1 WHERE conversation_id = ?2`,
		`DELETE FROM findings WHERE conversation_id = ?2`,
		`UPDATE flags SET conversation_id = ?1 WHERE conversation_id = ?2`,
		`UPDATE conversations SET merged_into = ?1 WHERE merged_into = ?2`,
		`DELETE FROM conversations WHERE id = ?2`,
	} {
		if _, err := b.exec(q, into, from); err != nil {
			return err
		}
	}
	return nil
}

// addMail puts the message into its conversation and sums that up anew.
func (b *Batch) addMail(id int64, c *odzew.Conversation, m *odzew.Message, force bool) error {
	args := b.messageArgs(id, 0, m)
	res, err := b.exec(`INSERT INTO messages `+messageColumns+` ON CONFLICT (conversation_id, external_id) DO UPDATE SET body = excluded.body, html = excluded.html,
		headers = excluded.headers, author = excluded.author, author_id = excluded.author_id
		WHERE body <> excluded.body OR author <> excluded.author`, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil || (n == 0 && !force) {
		return err
	}
	b.Changed++
	b.Messages++
	if err := b.touchContacts(id); err != nil { // those of the customer, and the time, that it had
		return err
	}
	// The conversation's face is its earliest mail; its inbox and customer are those
	// of the customer's own mail where there is one, else what the first mail said.
	if _, err := b.exec(`UPDATE conversations SET created_at = min(created_at, ?2), (last_message_at, message_count) = (SELECT max(at), count(*) FROM messages WHERE conversation_id = ?1), revision = revision + 1, fetched_at = ?3,
		subject = CASE WHEN ?2 < created_at THEN ?4 ELSE subject END,
		thread_subject = CASE WHEN ?2 < created_at THEN ?5 ELSE thread_subject END
		WHERE id = ?1`, id, m.At.Unix(), b.at, c.Subject, m.Mail.Subject); err != nil {
		return err
	}
	if m.Author != odzew.AuthorCustomer {
		return b.touchContacts(id)
	}
	var before int
	if err := b.queryRow(`SELECT count(*) FROM messages WHERE conversation_id = ? AND author = 'customer' AND (at, external_id) < (?, ?)`,
		[]any{id, m.At.Unix(), m.ID}, &before); err != nil {
		return err
	}
	if before > 0 {
		return b.touchContacts(id)
	}
	cust, err := b.putCustomer(c.Customer)
	if err != nil {
		return err
	}
	if _, err := b.exec(`UPDATE conversations SET customer_id = ?, inbox = ?, channel = ? WHERE id = ?`, cust, c.Inbox, c.Channel, id); err != nil {
		return err
	}
	return b.touchContacts(id)
}
