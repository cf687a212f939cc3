package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"odzew"
)

// What is held of one person, shown and erased. Both go by one list of tables, so that
// nothing is erased that was not shown, and the other way round.
//
// A person is all customers of one identity, over all sources, with their whole
// conversations, and what they wrote in those of others.

// held lists the tables with a person's rows in the order in which these can be
// deleted. The parameter is a person as JSON.
var held = []struct{ table, where string }{
	{"message_scores", `message_id IN (SELECT id FROM messages WHERE ` + theirMessages + `)`},
	{"shadow_findings", theirs},
	{"turns", theirs},
	{"findings", theirs},
	{"statutory_requests", theirs},
	{"flag_events", `flag_id IN (SELECT id FROM flags WHERE ` + theirFlags + `)`},
	{"flags", theirFlags},
	{"ratings", theirs},
	{"events", theirs},
	{"mail_refs", theirs + ` OR (source, message_id) IN (SELECT c.source, m.external_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
		WHERE m.id IN (SELECT value FROM json_each(?1, '$.messages')))`},
	{"messages", theirMessages},
	{"conversations", `id IN (SELECT value FROM json_each(?1, '$.conversations'))`},
	{"customers", `id IN (SELECT value FROM json_each(?1, '$.customers'))`},
	{"dead_letters", `id IN (SELECT value FROM json_each(?1, '$.letters'))`},
}

const (
	theirs        = `conversation_id IN (SELECT value FROM json_each(?1, '$.conversations'))`
	theirMessages = theirs + ` OR id IN (SELECT value FROM json_each(?1, '$.messages'))`
	theirFlags    = theirs + ` OR hex(who) = ?1 ->> '$.identity'`
)

// A person is what the rows of one are found by.
type person struct {
	Identity      string  `json:"identity"` // as hex() spells it
	Customers     []int64 `json:"customers"`
	Conversations []int64 `json:"conversations"`
	Messages      []int64 `json:"messages"` // in conversations with others
	Letters       []int64 `json:"letters"`  // dead letters that name the person
	rows          []personRow
}

type personRow struct {
	id                 int64
	source, ext, email string
}

// find finds the person of whom a source has the id, or whose address it is; source
// may be empty.
func (t *transaction) find(source, id string) (p person, err error) {
	ids, err := list[string](t, `SELECT DISTINCT hex(identity) FROM customers WHERE (external_id = ?1 OR email <> '' AND lower(email) = lower(?1)) AND ?2 IN ('', source)`, id, source)
	switch {
	case err != nil:
		return p, err
	case len(ids) == 0:
		return p, errors.New("there is no such customer: give the id that the source has, or the address")
	case len(ids) > 1:
		return p, fmt.Errorf("%d customers of several sources have this id: name the source", len(ids))
	}
	p.Identity = ids[0]
	st, err := t.stmt(`SELECT id, source, external_id, email FROM customers WHERE hex(identity) = ? ORDER BY id`)
	if err != nil {
		return p, err
	}
	rows, err := st.QueryContext(t.ctx, p.Identity)
	if err != nil {
		return p, err
	}
	if p.rows, err = collect(rows, func(r *personRow) []any { return []any{&r.id, &r.source, &r.ext, &r.email} }); err != nil {
		return p, err
	}
	for _, r := range p.rows {
		p.Customers = append(p.Customers, r.id)
	}
	of := jsonInts(p.Customers)
	if p.Conversations, err = list[int64](t, `SELECT id FROM conversations WHERE customer_id IN (SELECT value FROM json_each(?))`, of); err != nil {
		return p, err
	}
	if p.Messages, err = list[int64](t, `SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN customers k ON k.source = c.source
		WHERE k.id IN (SELECT value FROM json_each(?1)) AND m.author_id IN (k.external_id, nullif(k.email, '')) AND m.author IN ('customer', 'auto')
		AND c.id NOT IN (SELECT value FROM json_each(?2))`, of, jsonInts(p.Conversations)); err != nil {
		return p, err
	}
	p.Letters, err = t.lettersOf(p.rows)
	return p, err
}

// lettersOf lists the dead letters that name an address of the person, and the records
// of a helpdesk that are the person's by the id.
func (t *transaction) lettersOf(rows []personRow) ([]int64, error) {
	st, err := t.stmt(`SELECT id, source, raw FROM dead_letters`)
	if err != nil {
		return nil, err
	}
	found, err := st.QueryContext(t.ctx)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []int64
	for found.Next() {
		var (
			id     int64
			source string
			raw    []byte
		)
		if err := found.Scan(&id, &source, &raw); err != nil {
			return nil, err
		}
		var record struct {
			Customer struct {
				ID json.RawMessage `json:"id"`
			} `json:"customer"`
		}
		of := ""
		if json.Unmarshal(raw, &record) == nil {
			of = strings.Trim(string(record.Customer.ID), `"`)
		}
		raw = bytes.ToLower(raw)
		if slices.ContainsFunc(rows, func(r personRow) bool {
			return r.email != "" && bytes.Contains(raw, []byte(strings.ToLower(r.email))) ||
				r.source == source && r.ext == of
		}) {
			out = append(out, id)
		}
	}
	return out, found.Err()
}

func list[T any](t *transaction, query string, args ...any) ([]T, error) {
	st, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(t.ctx, args...)
	if err != nil {
		return nil, err
	}
	return scanAll[T](rows)
}

// ExportCustomer returns all rows that are held of one person, by table: columns as
// schema.sql has them, but times as such, and without the hashes.
func (s *Store) ExportCustomer(ctx context.Context, source, id string) (map[string][]map[string]any, error) {
	t, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer t.Rollback()
	p, err := t.find(source, id)
	if err != nil {
		return nil, s.explain(err)
	}
	who, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	out := map[string][]map[string]any{}
	for _, h := range held {
		if out[h.table], err = t.export(`SELECT * FROM `+h.table+` WHERE `+h.where, string(who)); err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}

func (t *transaction) export(query, who string) ([]map[string]any, error) {
	st, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(t.ctx, who)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, name := range columns {
			switch v := values[i].(type) {
			case []byte:
				if name == "raw" {
					row[name] = strings.ToValidUTF8(string(v), "\uFFFD")
				}
			case int64:
				row[name] = v
				if name == "at" || name == "open_since" || strings.HasSuffix(name, "_at") {
					row[name] = time.Unix(v, 0).UTC()
				}
			default:
				row[name] = v
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// EraseCustomer deletes all rows that ExportCustomer returns, and says how many of
// which table. What is left of the person is a keyed hash, by which Erased knows older
// messages again. The days whose figures change, by their local date, become stale, and
// conversations in which somebody else is left are to be analysed again. Copies of the
// database are not reached.
func (s *Store) EraseCustomer(ctx context.Context, source, id string, date func(time.Time) string) (map[string]int64, error) {
	// What is deleted is written over, too.
	if _, err := s.w.ExecContext(ctx, `PRAGMA secure_delete = ON`); err != nil {
		return nil, s.explain(err)
	}
	t, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer t.Rollback()
	p, err := t.find(source, id)
	if err != nil {
		return nil, s.explain(err)
	}
	n, err := t.erase(&p, s.now().Unix(), date)
	if err != nil {
		return nil, s.explain(err)
	}
	if err := t.commit(); err != nil {
		return nil, err
	}
	// The log still has the old pages.
	_, err = s.w.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return n, s.explain(err)
}

func (t *transaction) erase(p *person, now int64, date func(time.Time) string) (map[string]int64, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	who := string(data)
	times, err := list[int64](t, `SELECT at FROM messages WHERE `+theirMessages+` UNION SELECT closed_at FROM turns WHERE closed_at IS NOT NULL AND `+theirs, who)
	if err != nil {
		return nil, err
	}
	for _, at := range times {
		if _, err := t.exec(`INSERT OR IGNORE INTO stale_days VALUES (?)`, date(time.Unix(at, 0))); err != nil {
			return nil, err
		}
	}
	left, err := list[int64](t, `SELECT conversation_id FROM messages WHERE id IN (SELECT value FROM json_each(?1, '$.messages'))
		UNION SELECT id FROM conversations WHERE merged_into IN (SELECT value FROM json_each(?1, '$.conversations'))
		UNION SELECT merged_into FROM conversations WHERE merged_into IS NOT NULL AND id IN (SELECT value FROM json_each(?1, '$.conversations'))`, who)
	if err != nil {
		return nil, err
	}
	if _, err := t.exec(`UPDATE conversations SET merged_into = NULL WHERE merged_into IN (SELECT value FROM json_each(?1, '$.conversations'))`, who); err != nil {
		return nil, err
	}
	n := map[string]int64{}
	for _, h := range held {
		res, err := t.exec(`DELETE FROM `+h.table+` WHERE `+h.where, who)
		if err != nil {
			return nil, fmt.Errorf("erasing from %s: %w", h.table, err)
		}
		if n[h.table], err = res.RowsAffected(); err != nil {
			return nil, err
		}
	}
	if _, err := t.exec(`UPDATE conversations SET revision = revision + 1, content_hash = NULL, message_count = (SELECT count(*) FROM messages WHERE conversation_id = conversations.id),
		last_message_at = coalesce((SELECT max(at) FROM messages WHERE conversation_id = conversations.id), last_message_at) WHERE id IN (SELECT value FROM json_each(?))`, jsonInts(left)); err != nil {
		return nil, err
	}
	for _, r := range p.rows {
		for _, hash := range t.s.traces(r.source, r.ext, r.email) {
			if _, err := t.exec(`INSERT INTO erased VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at`, hash, now); err != nil {
				return nil, err
			}
		}
	}
	return n, nil
}

// traces are the keyed hashes by which an erased customer is known again: by the
// source's id, and by each address.
func (s *Store) traces(source, ext, email string) [][]byte {
	out := [][]byte{s.identity(source, ext, "")}
	for _, address := range []string{email, ext} {
		if strings.Contains(address, "@") {
			out = append(out, s.identity("", "", address))
		}
	}
	return out
}

// Erased are the customers that were erased, and when.
type Erased struct {
	s  *Store
	at map[string]int64 // by trace
}

// Erased returns the customers that were erased so far.
func (s *Store) Erased(ctx context.Context) (Erased, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT hex(who), at FROM erased`)
	if err != nil {
		return Erased{}, s.explain(err)
	}
	type trace struct {
		who string
		at  int64
	}
	list, err := collect(rows, func(v *trace) []any { return []any{&v.who, &v.at} })
	e := Erased{s, make(map[string]int64, len(list))}
	for _, v := range list {
		e.at[strings.ToLower(v.who)] = v.at
	}
	return e, s.explain(err)
}

// before is when a customer was erased; 0: never.
func (e Erased) before(source, ext, email string) (at int64) {
	if ext == "" && email == "" {
		return 0
	}
	for _, hash := range e.s.traces(source, ext, email) {
		at = max(at, e.at[hex.EncodeToString(hash)])
	}
	return at
}

// Trim takes out of a conversation what an erased customer is not to come back by:
// all up to the erasure, where it is the customer's own, else the messages that the
// customer wrote. What came later is a new matter. It says whether it took something,
// and whether nothing is left that could be stored. Source is that of conversations
// that name none.
func (e Erased) Trim(c *odzew.Conversation, source string) (trimmed, empty bool) {
	if len(e.at) == 0 {
		return false, false
	}
	if c.Source != "" {
		source = c.Source
	}
	ext := c.Customer.ID
	if ext == "" {
		ext = strings.ToLower(c.Customer.Email)
	}
	all := e.before(source, ext, c.Customer.Email)
	if len(c.Messages) == 0 {
		empty = all > 0 && c.CreatedAt.Unix() <= all
		return empty, empty
	}
	had := len(c.Messages)
	c.Messages = slices.DeleteFunc(c.Messages, func(m odzew.Message) bool {
		until := all
		if m.Author == odzew.AuthorCustomer || m.Author == odzew.AuthorAuto {
			until = max(until, e.before(source, m.AuthorID, ""))
		}
		return m.At.Unix() <= until
	})
	if len(c.Messages) == had {
		return false, false
	}
	if all > 0 {
		c.Events = slices.DeleteFunc(c.Events, func(v odzew.Event) bool { return v.At.Unix() <= all })
		c.Ratings = slices.DeleteFunc(c.Ratings, func(r odzew.Rating) bool { return r.At.Unix() <= all })
	}
	c.Extra, c.Problems = nil, nil // they tell of messages by their place
	if all > 0 {
		c.CreatedAt = time.Time{} // it begins with its first message
	}
	return true, len(c.Messages) == 0
}
