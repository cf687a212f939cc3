package store

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"odzew"
)

// A Batch is one transaction of the writer: rows, dead letters and the cursor that
// covers them. End it with Commit or Rollback. Not for use by many goroutines.
type Batch struct {
	transaction
	at     int64  // our time of this pull
	source string // whose cursor it is
	from   string // the source of the conversation at hand
	merges bool   // there are conversations that went into others
	// analysed: there are findings, which what comes may make stale.
	analysed bool
	// customers are those that this batch has met, by source and external id.
	customers map[[2]string]customerRow
	// Changed counts the conversations that Put found new or changed; Seen all.
	Seen, Changed, Messages, DeadLetters int
}

// Begin starts a batch of one source.
func (s *Store) Begin(ctx context.Context, source string) (*Batch, error) {
	tx, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	b := &Batch{transaction: tx, at: s.now().Unix(), source: source, customers: map[[2]string]customerRow{}}
	if err := b.queryRow(`SELECT EXISTS (SELECT 1 FROM events WHERE into_id <> ''), EXISTS (SELECT 1 FROM findings)`, nil, &b.merges, &b.analysed); err != nil {
		b.Rollback()
		return nil, s.explain(err)
	}
	return b, nil
}

// Commit stores the batch and, unless nil, the cursor that covers it.
func (b *Batch) Commit(cursor []byte) error {
	if cursor != nil {
		if _, err := b.exec(`INSERT INTO sources (name, cursor) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor`, b.source, cursor); err != nil {
			return b.s.explain(err)
		}
	}
	return b.commit()
}

// Put upserts one conversation with all below it. A mail without conversation
// (ID "" and Messages[0].Mail set) is put into its thread. An error leaves the
// batch as unusable as a failed transaction: roll it back. The conversation's own
// Source, where it names one, stands before the batch's.
func (b *Batch) Put(c *odzew.Conversation) error {
	b.Seen++
	b.from = c.Source
	if b.from == "" {
		b.from = b.source
	}
	for i := range c.Messages {
		switch m := &c.Messages[i]; m.Author {
		case odzew.AuthorCustomer, odzew.AuthorAgent, odzew.AuthorBot, odzew.AuthorAuto:
		default:
			m.Author = odzew.AuthorAuto // unknown hands count for nothing
		}
	}
	var err error
	switch {
	case len(c.Messages) == 0 && c.ID == "":
		err = errors.New("a conversation needs an id")
	case c.ID == "" && c.Messages[0].Mail != nil:
		err = b.putMail(c)
	case c.ID == "":
		err = errors.New("a conversation needs an id")
	default:
		err = b.putWhole(c)
	}
	if err != nil {
		return fmt.Errorf("storing conversation %q of source %q: %w", c.ID, b.from, b.s.explain(err))
	}
	return nil
}

func (b *Batch) putWhole(c *odzew.Conversation) error {
	sum := contentHash(c)
	cust, err := b.putCustomer(c.Customer)
	if err != nil {
		return err
	}
	created, last := span(c)
	row := []any{
		c.Channel, c.Inbox, c.Subject, created, c.Priority, c.Team, c.Form, jsonText(c.Tags, "[]"), c.Excluded,
		cust, last, len(c.Messages), optionalJSON(c.Extra, len(c.Extra)), optionalJSON(c.Problems, len(c.Problems)), sum, b.at,
	}
	// Most conversations are new: to try that first spares a look-up.
	res, err := b.exec(`INSERT INTO conversations (source, external_id, channel, inbox, subject, created_at, priority, team, form, tags, excluded,
		customer_id, last_message_at, message_count, extra, problems, content_hash, fetched_at, revision)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`, append([]any{b.from, c.ID}, row...)...)
	if err != nil {
		return err
	}
	inserted, err := res.RowsAffected()
	if err != nil {
		return err
	}
	var id int64
	contact := true // what others see of it as a contact is new
	if inserted == 1 {
		if id, err = res.LastInsertId(); err != nil {
			return err
		}
		if err := b.putMessages(id, c.Messages); err != nil {
			return err
		}
		if b.merges {
			if err := b.findMerged(id, c.ID); err != nil {
				return err
			}
		}
	} else {
		var old []byte
		if err := b.queryRow(`SELECT id, content_hash, customer_id IS NOT ? OR created_at > ? OR last_message_at <> ? OR channel <> ? OR excluded <> ? FROM conversations WHERE source = ? AND external_id = ?`,
			[]any{cust, created, last, c.Channel, c.Excluded, b.from, c.ID}, &id, &old, &contact); err != nil {
			return err
		}
		if slices.Equal(old, sum) {
			return nil
		}
		if err := b.leavesDays(id, c.Messages); err != nil {
			return err
		}
		if err := b.putMessages(id, c.Messages); err != nil {
			return err
		}
		if contact { // with those of whose it was until now
			if err := b.touchContacts(id); err != nil {
				return err
			}
		}
		// The source may have taken a merge back: then both stand for themselves again.
		if err := b.touchMerged(id); err != nil {
			return err
		}
		if _, err := b.exec(`UPDATE conversations SET merged_into = NULL, channel = ?, inbox = ?, subject = ?, created_at = min(created_at, ?), priority = ?, team = ?, form = ?, tags = ?, excluded = ?,
			customer_id = ?, last_message_at = ?, message_count = ?, extra = ?, problems = ?, content_hash = ?, fetched_at = ?, revision = revision + 1
			WHERE id = ?`, append(row, id)...); err != nil {
			return err
		}
		// Messages that the source no longer shows stay: they were said.
		if _, err := b.exec(`UPDATE conversations SET message_count = (SELECT count(*) FROM messages WHERE conversation_id = ?1),
			last_message_at = max(last_message_at, (SELECT coalesce(max(at), 0) FROM messages WHERE conversation_id = ?1)) WHERE id = ?1`, id); err != nil {
			return err
		}
		if _, err := b.exec(`DELETE FROM events WHERE conversation_id = ?`, id); err != nil {
			return err
		}
	}
	if contact {
		if err := b.touchContacts(id); err != nil {
			return err
		}
	}
	b.Changed++
	b.Messages += len(c.Messages)
	for i, e := range c.Events {
		if _, err := b.exec(`INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)`, id, i, e.At.Unix(), string(e.Kind), e.To, e.Into, string(e.By)); err != nil {
			return err
		}
		if e.Kind == odzew.EventMerge && e.Into != "" {
			b.merges = true
			if err := b.linkMerge(id, e.Into); err != nil {
				return err
			}
		}
	}
	if len(c.Ratings) > 0 { // one that changed its time is no second one
		if _, err := b.exec(`DELETE FROM ratings WHERE conversation_id = ?`, id); err != nil {
			return err
		}
	}
	for _, r := range c.Ratings {
		if _, err := b.exec(`INSERT INTO ratings VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET score = excluded.score, max = excluded.max, comment = excluded.comment`,
			id, r.Kind, r.At.Unix(), r.Score, r.Max, r.Comment); err != nil {
			return err
		}
	}
	return nil
}

// findMerged notes the conversations that went into this one before it came.
func (b *Batch) findMerged(id int64, externalID string) error {
	st, err := b.stmt(`SELECT conversation_id FROM events WHERE into_id = ? AND into_id <> ''`) // the second condition lets it use the index
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(b.ctx, externalID)
	if err != nil {
		return err
	}
	from, err := scanAll[int64](rows)
	if err != nil || len(from) == 0 {
		return err
	}
	if _, err := b.exec(`UPDATE conversations SET merged_into = ?1, revision = revision + 1 WHERE id IN (SELECT value FROM json_each(?2)) AND source = ?3 AND id <> ?1`,
		id, jsonInts(from), b.from); err != nil {
		return err
	}
	return b.touchMerged(id)
}

// touchMerged has those analysed again that a conversation went into, one by one.
func (b *Batch) touchMerged(id int64) error {
	_, err := b.exec(`WITH RECURSIVE up (id) AS (SELECT merged_into FROM conversations WHERE id = ? UNION SELECT c.merged_into FROM up JOIN conversations c ON c.id = up.id)
		UPDATE conversations SET revision = revision + 1 WHERE id IN (SELECT id FROM up)`, id)
	return err
}

// maxTouched bounds how many of a customer's conversations one more contact has analysed
// again. Who has more of them within weeks is an address that many share.
const maxTouched = 100

// touchContacts has the same customer's other conversations analysed again, of which
// this one is a contact, where they are not to be anyway.
func (b *Batch) touchContacts(id int64) error {
	if !b.analysed {
		return nil
	}
	st, err := b.stmt(`SELECT o.id FROM conversations c ` + contactOf + ` JOIN findings f ON f.conversation_id = o.id AND f.revision = o.revision WHERE c.id = ? LIMIT ?`)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(b.ctx, id, maxTouched)
	if err != nil {
		return err
	}
	others, err := scanAll[int64](rows)
	if err != nil {
		return err
	}
	for _, o := range others {
		if _, err := b.exec(`UPDATE conversations SET revision = revision + 1 WHERE id = ?`, o); err != nil {
			return err
		}
	}
	return nil
}

// staleDaysOf marks the days of some messages m. Their local date is one of three,
// whatever the zone.
const staleDaysOf = `INSERT OR IGNORE INTO stale_days SELECT date(m.at + value, 'unixepoch') FROM messages m, json_each('[-43200,0,50400]') WHERE `

// leavesDays marks the days of messages that the source now puts at another time: they
// count there no more.
func (b *Batch) leavesDays(conv int64, ms []odzew.Message) error {
	if !b.analysed {
		return nil
	}
	for i := range ms {
		if _, err := b.exec(staleDaysOf+`m.conversation_id = ? AND m.external_id = ? AND m.at <> ?`, conv, ms[i].ID, ms[i].At.Unix()); err != nil {
			return err
		}
	}
	return nil
}

// linkMerge notes that a conversation went into another, which must then be
// analysed again: its replies answer the other's open turn.
func (b *Batch) linkMerge(id int64, into string) error {
	var target int64
	err := b.queryRow(`SELECT id FROM conversations WHERE source = ? AND external_id = ? AND id <> ?`, []any{b.from, into, id}, &target)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := b.exec(`UPDATE conversations SET merged_into = ? WHERE id = ?`, target, id); err != nil {
		return err
	}
	return b.touchMerged(id)
}

const messageColumns = `(conversation_id, external_id, seq, at, author, author_id, public, body, html, headers, fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (b *Batch) messageArgs(conv int64, seq int, m *odzew.Message) []any {
	var html any
	if m.HTML != "" {
		html = m.HTML
	}
	return []any{conv, m.ID, seq, m.At.Unix(), string(m.Author), m.AuthorID, m.Public, m.Text, html, optionalJSON(m.Headers, len(m.Headers)), b.at}
}

// putMessages upserts a conversation's messages. The time of a message's first
// pull stays; a source that says one id twice is right the last time.
func (b *Batch) putMessages(conv int64, ms []odzew.Message) error {
	for i := range ms {
		if _, err := b.exec(`INSERT INTO messages `+messageColumns+` ON CONFLICT (conversation_id, external_id) DO UPDATE SET
			seq = excluded.seq, at = excluded.at, author = excluded.author, author_id = excluded.author_id, public = excluded.public,
			body = excluded.body, html = excluded.html, headers = excluded.headers`, b.messageArgs(conv, i, &ms[i])...); err != nil {
			return err
		}
	}
	return nil
}

func (b *Batch) putCustomer(c odzew.Customer) (any, error) {
	ext := c.ID
	if ext == "" {
		ext = strings.ToLower(c.Email)
	}
	if ext == "" {
		return nil, nil
	}
	row, known := b.customers[[2]string{b.from, ext}]
	if !known {
		res, err := b.exec(`INSERT INTO customers (source, external_id, name, email, identity) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			b.from, ext, c.Name, c.Email, b.s.identity(b.from, ext, c.Email))
		if err != nil {
			return nil, err
		}
		if n, err := res.RowsAffected(); err != nil {
			return nil, err
		} else if n == 1 {
			row = customerRow{name: c.Name, email: c.Email}
			if row.id, err = res.LastInsertId(); err != nil {
				return nil, err
			}
		} else if err := b.queryRow(`SELECT id, name, email FROM customers WHERE source = ? AND external_id = ?`, []any{b.from, ext}, &row.id, &row.name, &row.email); err != nil {
			return nil, err
		}
	}
	if (c.Name != "" && c.Name != row.name) || (c.Email != "" && c.Email != row.email) {
		was := b.s.identity(b.from, ext, row.email)
		row.name, row.email = cmp.Or(c.Name, row.name), cmp.Or(c.Email, row.email)
		is := b.s.identity(b.from, ext, row.email)
		if _, err := b.exec(`UPDATE customers SET name = ?, email = ?, identity = ? WHERE id = ?`, row.name, row.email, is, row.id); err != nil {
			return nil, err
		}
		if !slices.Equal(was, is) && b.analysed { // whose contacts are whose has changed
			if _, err := b.exec(`UPDATE conversations SET revision = revision + 1 WHERE customer_id IN (SELECT id FROM customers WHERE identity IN (?, ?) OR id = ?)`, was, is, row.id); err != nil {
				return nil, err
			}
		}
	}
	b.customers[[2]string{b.from, ext}] = row
	return row.id, nil
}

type customerRow struct {
	id          int64
	name, email string
}

// identity is the keyed hash that joins one person's conversations over sources:
// by address where there is one.
func (s *Store) identity(source, externalID, email string) []byte {
	h := hmac.New(sha256.New, s.identityKey)
	if email = strings.ToLower(strings.TrimSpace(email)); email != "" {
		h.Write([]byte("mail\x00" + email))
	} else {
		h.Write([]byte("id\x00" + source + "\x00" + externalID))
	}
	return h.Sum(nil)[:16]
}

// span returns the conversation's start and the time of its last message.
func span(c *odzew.Conversation) (created, last int64) {
	created = c.CreatedAt.Unix()
	if c.CreatedAt.IsZero() && len(c.Messages) > 0 {
		created = c.Messages[0].At.Unix()
	}
	last = created
	for i := range c.Messages {
		last = max(last, c.Messages[i].At.Unix())
		if c.CreatedAt.IsZero() {
			created = min(created, c.Messages[i].At.Unix())
		}
	}
	return created, last
}

func optionalJSON(v any, n int) any {
	if n == 0 {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return string(data)
}

func jsonText[T any](v []T, empty string) string {
	if len(v) == 0 {
		return empty
	}
	data, _ := json.Marshal(v)
	return string(data)
}

// contentHash sums up a conversation as it came, so that an unchanged one costs a
// look-up and no more.
func contentHash(c *odzew.Conversation) []byte {
	h := hasher{h: sha256.New()}
	h.text(c.ID, c.Channel, c.Inbox, c.Subject, c.Priority, c.Team, c.Form, c.Excluded, c.Customer.ID, c.Customer.Name, c.Customer.Email)
	h.time(c.CreatedAt)
	h.num(int64(len(c.Tags)))
	h.text(c.Tags...)
	h.num(int64(len(c.Messages)))
	for i := range c.Messages {
		m := &c.Messages[i]
		h.text(m.ID, string(m.Author), m.AuthorID, m.Text, m.HTML)
		h.time(m.At)
		h.flag(m.Public)
		h.headers(m.Headers)
	}
	h.num(int64(len(c.Events)))
	for _, e := range c.Events {
		h.time(e.At)
		h.text(string(e.Kind), e.To, e.Into, string(e.By))
	}
	h.num(int64(len(c.Ratings)))
	for _, r := range c.Ratings {
		h.time(r.At)
		h.text(r.Kind, r.Comment)
		h.num(int64(r.Score * 1000))
		h.num(int64(r.Max * 1000))
	}
	keys := make([]string, 0, len(c.Extra))
	for k := range c.Extra {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		h.text(k, string(c.Extra[k]))
	}
	return h.h.Sum(nil)[:16]
}

// hasher writes each value with its length, so that no two records run together.
type hasher struct {
	h   hash.Hash
	buf []byte
}

func (h *hasher) text(ss ...string) {
	for _, s := range ss {
		h.buf = binary.AppendUvarint(h.buf[:0], uint64(len(s)))
		h.buf = append(h.buf, s...)
		h.h.Write(h.buf)
	}
}

func (h *hasher) num(n int64) {
	h.buf = binary.AppendVarint(h.buf[:0], n)
	h.h.Write(h.buf)
}

func (h *hasher) time(t time.Time) {
	if t.IsZero() {
		h.num(-1)
		return
	}
	h.num(t.Unix())
}

func (h *hasher) flag(v bool) {
	if v {
		h.num(1)
	} else {
		h.num(0)
	}
}

func (h *hasher) headers(m map[string]string) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		h.text(k, m[k])
	}
}

// shortHash names a thread: ten hexadecimal digits are enough to type and to tell
// a desk's threads apart.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:5])
}
