package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"odzew"
)

// Flags. The analysis opens, raises, lowers and resolves them; people acknowledge,
// resolve and mute them. One that a person put aside comes back only when it gets
// worse than it was then, or the customer writes again.

// Flag states.
const (
	FlagOpen         = "open"
	FlagAcknowledged = "acknowledged"
	FlagResolved     = "resolved"
	FlagMuted        = "muted"
)

// byAnalysis is who changed a flag where no person did. A person of that name, as the
// account that runs the program may be called, is told apart by an @.
const byAnalysis = "odzew"

// saveFlag brings the flags of a conversation in line with its finding.
func (b *Batch) saveFlag(v Versions, f *Finding, reasons string) error {
	now := b.s.now().Unix()
	if f.Flag.Level == 0 && !f.Anew {
		return nil // there can be none
	}
	if f.Flag.Level == 0 {
		return b.settleFlags(v, f.Conversation, nil, "", now)
	}
	who := f.Identity
	if who == nil { // nobody is known: the flag is the conversation's own
		sum := sha256.Sum256([]byte("conversation\x00" + strconv.FormatInt(f.Conversation, 10)))
		who = sum[:16]
	}
	if f.Anew {
		if err := b.settleFlags(v, f.Conversation, who, f.Flag.Cause, now); err != nil {
			return err
		}
	}
	opened := f.Flag.OpenedAt.Unix()
	if f.Flag.OpenedAt.IsZero() {
		opened = now
	}
	res, err := b.exec(`INSERT INTO flags (who, cause, conversation_id, level, frustration, needs_call, state, opened_at, changed_at, reasons, lexicon_version, analyzer_version)
		VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, who, f.Flag.Cause, f.Conversation, f.Flag.Level, f.Flag.Frustration, f.Flag.NeedsCall, opened, now, reasons, v.Lexicon, v.Analyzer)
	if err != nil {
		return err
	}
	inserted, err := res.RowsAffected()
	if err != nil {
		return err
	}
	var id int64
	if inserted == 1 {
		if id, err = res.LastInsertId(); err != nil {
			return err
		}
		return b.flagEvent(id, now, "opened", f.Flag.Level, byAnalysis)
	}
	var (
		level     int
		state     string
		openedOld int64
		other     int64 // the conversation that it tells of
		call      bool
		sum       float64
	)
	if err := b.queryRow(`SELECT id, level, state, opened_at, conversation_id, needs_call, frustration FROM flags WHERE who = ? AND cause = ?`, []any{who, f.Flag.Cause},
		&id, &level, &state, &openedOld, &other, &call, &sum); err != nil {
		return err
	}
	tells := claim{f.Conversation, f.Flag.NeedsCall, f.Flag.Level, f.Flag.Frustration, reasons}
	if active := state == FlagOpen || state == FlagAcknowledged; active {
		if other != f.Conversation && (claim{other, call, level, sum, ""}).graver(&tells) {
			return nil // of two conversations of one customer the graver one is told
		}
		if other == f.Conversation {
			heir, ok, err := b.heir(who, f.Flag.Cause, f.Conversation)
			if err != nil {
				return err
			}
			if ok && heir.graver(&tells) {
				tells = heir
			}
		}
	}
	event := ""
	switch {
	case tells.level > level:
		event = "raised"
	case tells.level < level:
		event = "lowered"
	}
	if state != FlagOpen {
		wrote, err := b.wroteSince(f.Conversation, id)
		if err != nil {
			return err
		}
		again := tells.level > level
		switch state {
		case FlagAcknowledged:
			again = again || opened > openedOld
		case FlagResolved:
			again = again || opened > openedOld || wrote
			if !again { // what the analysis ended, it may find again
				if err := b.queryRow(`SELECT by_whom = ? FROM flag_events WHERE flag_id = ? ORDER BY rowid DESC LIMIT 1`, []any{byAnalysis, id}, &again); err != nil {
					return err
				}
			}
		case FlagMuted:
			again = again || wrote && tells.frustration >= sum+worse
		}
		if again {
			state, event = FlagOpen, "reopened"
		}
	}
	return b.tell(v, id, &tells, state, max(opened, openedOld), event, now)
}

// worse is by how much frustration must grow, where the level cannot or does not, so that a
// false alarm is shown again once the customer has written: from one level to the next
// it is about as much.
const worse = 0.2

// wroteSince reports whether the customer wrote in a conversation since a flag was put aside,
// or wrote what nobody here had seen by then.
func (b *Batch) wroteSince(conversation, flag int64) (wrote bool, err error) {
	err = b.queryRow(`SELECT EXISTS (SELECT 1 FROM messages WHERE conversation_id = ? AND author = 'customer' AND public AND max(at, fetched_at) > (SELECT changed_at FROM flags WHERE id = ?))`,
		[]any{conversation, flag}, &wrote)
	return wrote, err
}

// A claim is what a conversation has to tell of a flag's cause.
type claim struct {
	conversation int64
	call         bool
	level        int
	frustration  float64
	reasons      string
}

// graver says whether a claim is graver than another, the later conversation where they
// are equal: which one a flag tells must not depend on which was analysed first.
func (c claim) graver(than *claim) bool {
	switch {
	case c.call != than.call:
		return c.call
	case c.level != than.level:
		return c.level > than.level
	case c.frustration != than.frustration:
		return c.frustration > than.frustration
	}
	return c.conversation > than.conversation
}

// heir returns the gravest claim of a customer's other conversations.
func (b *Batch) heir(who []byte, cause string, not int64) (c claim, ok bool, err error) {
	err = b.queryRow(`SELECT f.conversation_id, f.needs_call, f.level, f.frustration, f.reasons
		FROM customers k JOIN conversations c ON c.customer_id = k.id JOIN findings f ON f.conversation_id = c.id
		WHERE k.identity = ? AND f.cause = ? AND f.level > 0 AND f.conversation_id <> ?
		ORDER BY f.needs_call DESC, f.level DESC, f.frustration DESC, f.conversation_id DESC LIMIT 1`, []any{who, cause, not},
		&c.conversation, &c.call, &c.level, &c.frustration, &c.reasons)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// tell makes a flag tell a claim, and notes the event, if there is one.
func (b *Batch) tell(v Versions, flag int64, c *claim, state string, opened int64, event string, now int64) error {
	if _, err := b.exec(`UPDATE flags SET conversation_id = ?, level = ?, frustration = ?, needs_call = ?, state = ?, opened_at = ?, reasons = ?,
		lexicon_version = ?, analyzer_version = ?, changed_at = CASE WHEN ? THEN ? ELSE changed_at END WHERE id = ?`,
		c.conversation, c.level, c.frustration, c.call, state, opened, c.reasons, v.Lexicon, v.Analyzer, event != "", now, flag); err != nil {
		return err
	}
	if event == "" {
		return nil
	}
	return b.flagEvent(flag, now, event, c.level, byAnalysis)
}

// settleFlags ends the flags of a conversation that have another cause, or are those of
// somebody else, as whom the customer was known before: where another of the customer's
// conversations has that cause, its flag tells of that one from now on, otherwise it is
// resolved.
func (b *Batch) settleFlags(v Versions, conversation int64, who []byte, cause string, now int64) error {
	st, err := b.stmt(`SELECT id, level, who, cause, state, opened_at FROM flags WHERE conversation_id = ? AND (cause <> ? OR who <> ?) AND state IN ('open', 'acknowledged')`)
	if err != nil {
		return err
	}
	if who == nil {
		who = []byte{} // not NULL, which nothing differs from
	}
	rows, err := st.QueryContext(b.ctx, conversation, cause, who)
	if err != nil {
		return err
	}
	type old struct {
		id, opened   int64
		level        int
		who          []byte
		cause, state string
	}
	list, err := collect(rows, func(o *old) []any { return []any{&o.id, &o.level, &o.who, &o.cause, &o.state, &o.opened} })
	if err != nil {
		return err
	}
	for _, o := range list {
		heir, ok, err := b.heir(o.who, o.cause, conversation)
		if err != nil {
			return err
		}
		if ok {
			event := ""
			if heir.level < o.level {
				event = "lowered"
			}
			if err := b.tell(v, o.id, &heir, o.state, o.opened, event, now); err != nil {
				return err
			}
			continue
		}
		if _, err := b.exec(`UPDATE flags SET state = 'resolved', changed_at = ? WHERE id = ?`, now, o.id); err != nil {
			return err
		}
		if err := b.flagEvent(o.id, now, "resolved", o.level, byAnalysis); err != nil {
			return err
		}
	}
	return nil
}

func (b *Batch) flagEvent(id, at int64, event string, level int, by string) error {
	_, err := b.exec(`INSERT INTO flag_events VALUES (?, ?, ?, ?, ?)`, id, at, event, level, by)
	return err
}

const flagQuery = `SELECT f.id, c.external_id, c.source, coalesce(k.external_id, ''), f.cause, f.level, f.frustration, f.needs_call, f.opened_at, f.state, f.reasons
	FROM flags f JOIN conversations c ON c.id = f.conversation_id LEFT JOIN customers k ON k.id = c.customer_id `

// Flags lists flags, those that need a call first, then the most frustrated; only
// the open and acknowledged ones where open is set.
func (s *Store) Flags(ctx context.Context, open bool, limit int) ([]odzew.Flag, error) {
	where := ""
	if open {
		where = `WHERE f.state IN ('open', 'acknowledged') `
	}
	return s.flags(ctx, flagQuery+where+`ORDER BY f.needs_call DESC, f.frustration DESC, f.opened_at, f.id LIMIT ?`, limit)
}

func (s *Store) flags(ctx context.Context, query string, args ...any) ([]odzew.Flag, error) {
	rows, err := s.r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []odzew.Flag
	for rows.Next() {
		var (
			f          odzew.Flag
			id, opened int64
			reasons    string
		)
		if err := rows.Scan(&id, &f.Conversation, &f.Source, &f.Customer, &f.Cause, &f.Level, &f.Frustration, &f.NeedsCall, &opened, &f.State, &reasons); err != nil {
			return nil, err
		}
		f.ID, f.OpenedAt = strconv.FormatInt(id, 10), instant(opened)
		if err := json.Unmarshal([]byte(reasons), &f.Reasons); err != nil {
			return nil, fmt.Errorf("reasons of flag %d: %w", id, err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// SetFlag is a person's word on a flag: acknowledged, resolved or muted. It
// returns the flag as it is then.
func (s *Store) SetFlag(ctx context.Context, id int64, state, by string) (odzew.Flag, error) {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return odzew.Flag{}, s.explain(err)
	}
	defer tx.Rollback()
	now := s.now().Unix()
	if by == byAnalysis {
		by = "@" + by
	}
	// What is so already is no event.
	if _, err := tx.ExecContext(ctx, `INSERT INTO flag_events SELECT id, ?, ?, level, ? FROM flags WHERE id = ? AND state <> ?`, now, state, by, id, state); err != nil {
		return odzew.Flag{}, s.explain(err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE flags SET state = ?, changed_at = ? WHERE id = ? AND state <> ?`, state, now, id, state); err != nil {
		return odzew.Flag{}, s.explain(err)
	}
	if err := tx.Commit(); err != nil {
		return odzew.Flag{}, s.explain(err)
	}
	list, err := s.flags(ctx, flagQuery+`WHERE f.id = ?`, id)
	if err != nil {
		return odzew.Flag{}, err
	}
	if len(list) == 0 {
		return odzew.Flag{}, fmt.Errorf("flag %d: %w; odzew flags list shows them", id, ErrNotFound)
	}
	return list[0], nil
}

// A FlagEvent is one line of a flag's history.
type FlagEvent struct {
	At    time.Time
	Event string
	Level int
	By    string
}

// FlagHistory lists what happened to a flag, oldest first.
func (s *Store) FlagHistory(ctx context.Context, id int64) ([]FlagEvent, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT at, event, level, by_whom FROM flag_events WHERE flag_id = ? ORDER BY at, rowid`, id)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []FlagEvent
	for rows.Next() {
		var e FlagEvent
		var at int64
		if err := rows.Scan(&at, &e.Event, &e.Level, &e.By); err != nil {
			return nil, err
		}
		e.At = instant(at)
		out = append(out, e)
	}
	return out, rows.Err()
}

// PutAside tells which conversations a person has resolved or muted by an instant,
// and since when: a digest shows them again only if the customer wrote after it.
func (s *Store) PutAside(ctx context.Context, by time.Time) (map[int64]time.Time, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT f.conversation_id, CASE f.state WHEN 'muted' THEN 0 ELSE f.changed_at END FROM flags f
		WHERE f.state IN ('resolved', 'muted') AND f.changed_at <= ?1
		AND (SELECT by_whom FROM flag_events e WHERE e.flag_id = f.id ORDER BY e.rowid DESC LIMIT 1) <> ?2
		AND NOT EXISTS (SELECT 1 FROM flags o WHERE o.conversation_id = f.conversation_id AND o.state IN ('open', 'acknowledged'))
		ORDER BY f.state DESC`, by.Unix(), byAnalysis) // muted ones first: a word to settle it outlasts a false alarm
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	out := map[int64]time.Time{}
	for rows.Next() {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return nil, err
		}
		out[id] = instant(at) // zero: muted, for good
	}
	return out, rows.Err()
}
