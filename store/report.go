package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"odzew"
)

// A Turn is one wait with what a report tells it apart by.
type Turn struct {
	Conversation string // the source's id
	Source       string
	Channel      string
	Touchpoint   string
	Kind         string
	Outcome      string
	OpenedAt     time.Time
	ClosedAt     time.Time // zero while open
	Seconds      int64
	Business     int64
	Nudges       int
	Parked       bool // open while its status says pending or hold
}

const turnQuery = `SELECT c.external_id, c.source, c.channel, f.touchpoint, t.kind, t.outcome, t.opened_at, coalesce(t.closed_at, 0),
	coalesce(t.seconds, 0), coalesce(t.business_seconds, 0), t.nudges, f.parked
	FROM turns t JOIN conversations c ON c.id = t.conversation_id JOIN findings f ON f.conversation_id = t.conversation_id
	WHERE c.excluded = '' AND t.thanks = 0 AND `

func (s *Store) turns(ctx context.Context, where string, args ...any) ([]Turn, error) {
	rows, err := s.r.QueryContext(ctx, turnQuery+where, args...)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []Turn
	for rows.Next() {
		var t Turn
		var opened, closed int64
		if err := rows.Scan(&t.Conversation, &t.Source, &t.Channel, &t.Touchpoint, &t.Kind, &t.Outcome, &opened, &closed, &t.Seconds, &t.Business, &t.Nudges, &t.Parked); err != nil {
			return nil, err
		}
		t.OpenedAt, t.ClosedAt = instant(opened), instant(closed)
		out = append(out, t)
	}
	return out, rows.Err()
}

// TurnsOpened lists the waits that began within [from, to), ended or not.
func (s *Store) TurnsOpened(ctx context.Context, from, to time.Time) ([]Turn, error) {
	return s.turns(ctx, `t.opened_at >= ? AND t.opened_at < ? ORDER BY t.opened_at`, from.Unix(), to.Unix())
}

// TurnsOpenAt lists the waits that were going on at an instant, the longest first.
func (s *Store) TurnsOpenAt(ctx context.Context, at time.Time) ([]Turn, error) {
	return s.turns(ctx, `t.opened_at < ?1 AND (t.closed_at IS NULL OR t.closed_at >= ?1) AND t.kind <> 'none' ORDER BY t.opened_at`, at.Unix())
}

// Candidates lists conversations that a digest of [from, to) may have to show:
// those that the customer wrote in then with any frustration, those that were
// waiting at the end, and those flagged of late in which somebody should call, be it for a
// promise that passed; by number.
func (s *Store) Candidates(ctx context.Context, from, to time.Time) ([]int64, error) {
	rows, err := s.r.QueryContext(ctx, `WITH concerned AS (
			SELECT conversation_id FROM messages WHERE at >= ?1 AND at < ?2 AND author = 'customer'
			UNION SELECT conversation_id FROM turns WHERE opened_at >= ?1 - 28*86400 AND opened_at < ?2 AND (closed_at IS NULL OR closed_at >= ?2)
			UNION SELECT conversation_id FROM flags WHERE state IN ('open', 'acknowledged') AND needs_call AND opened_at >= ?1 - 28*86400 AND opened_at < ?2)
		SELECT f.conversation_id FROM concerned k JOIN findings f ON f.conversation_id = k.conversation_id JOIN conversations c ON c.id = k.conversation_id
		WHERE c.excluded = '' AND c.merged_into IS NULL AND (f.peak > 0 OR f.level > 0 OR f.needs_call)
		ORDER BY f.conversation_id`, from.Unix(), to.Unix())
	if err != nil {
		return nil, s.explain(err)
	}
	return scanAll[int64](rows)
}

// Totals counts everything, for status and for a report's data line.
type Totals struct {
	Conversations, Messages, CustomerMessages, Scored, DeadLetters int
	// Problems counts the conversations of which something was not taken as it came.
	Problems int
	Excluded map[string]int
	// Unscored counts the customers' messages that were looked at and have no score, by
	// reason ("language not supported"); Scored counts the others.
	Unscored                      map[string]int
	FirstMessageAt, LastMessageAt time.Time
}

// Count sums up the whole database, which it reads for that.
func (s *Store) Count(ctx context.Context) (Totals, error) {
	t := Totals{Excluded: map[string]int{}}
	var first, last int64
	err := s.r.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM messages), (SELECT count(*) FROM messages WHERE author = 'customer' AND public),
		(SELECT count(*) FROM message_scores WHERE sentiment IS NOT NULL), (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL),
		(SELECT count(*) FROM conversations WHERE problems IS NOT NULL), coalesce((SELECT min(at) FROM messages), 0), coalesce((SELECT max(at) FROM messages), 0)`).
		Scan(&t.Conversations, &t.Messages, &t.CustomerMessages, &t.Scored, &t.DeadLetters, &t.Problems, &first, &last)
	if err != nil {
		return t, s.explain(err)
	}
	t.FirstMessageAt, t.LastMessageAt = instant(first), instant(last)
	if t.Excluded, err = s.countBy(ctx, `SELECT excluded, count(*) FROM conversations WHERE excluded <> '' GROUP BY excluded`); err != nil {
		return t, err
	}
	t.Unscored, err = s.countBy(ctx, `SELECT reason, count(*) FROM message_scores WHERE sentiment IS NULL GROUP BY reason`)
	return t, err
}

// FirstMessageAt returns the time of the oldest message; zero where there is none.
func (s *Store) FirstMessageAt(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.r.QueryRowContext(ctx, `SELECT coalesce(min(at), 0) FROM messages`).Scan(&at)
	return instant(at), s.explain(err)
}

// Unscored counts the customers' messages of [from, to) without a sentiment, by reason.
func (s *Store) Unscored(ctx context.Context, from, to time.Time) (map[string]int, error) {
	return s.countBy(ctx, `SELECT s.reason, count(*) FROM messages m JOIN message_scores s ON s.message_id = m.id
		WHERE m.at >= ? AND m.at < ? AND s.reason <> '' GROUP BY s.reason`, from.Unix(), to.Unix())
}

// Excluded counts the conversations left out of figures that were active in
// [from, to), by reason.
func (s *Store) Excluded(ctx context.Context, from, to time.Time) (map[string]int, error) {
	return s.countBy(ctx, `SELECT excluded, count(*) FROM conversations WHERE excluded <> '' AND last_message_at >= ? AND created_at < ? GROUP BY excluded`, from.Unix(), to.Unix())
}

func (s *Store) countBy(ctx context.Context, query string, args ...any) (map[string]int, error) {
	rows, err := s.r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.explain(err)
	}
	type pair struct {
		k string
		n int
	}
	ps, err := collect(rows, func(p *pair) []any { return []any{&p.k, &p.n} })
	out := make(map[string]int, len(ps))
	for _, p := range ps {
		out[p.k] = p.n
	}
	return out, err
}

// Ratings lists the verdicts given within [from, to).
func (s *Store) Ratings(ctx context.Context, from, to time.Time) ([]odzew.Rating, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT r.kind, r.score, r.max, r.at FROM ratings r JOIN conversations c ON c.id = r.conversation_id
		WHERE c.excluded = '' AND r.at >= ? AND r.at < ? ORDER BY r.at`, from.Unix(), to.Unix())
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []odzew.Rating
	for rows.Next() {
		var r odzew.Rating
		var at int64
		if err := rows.Scan(&r.Kind, &r.Score, &r.Max, &at); err != nil {
			return nil, err
		}
		r.At = instant(at)
		out = append(out, r)
	}
	return out, rows.Err()
}

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// FindConversation returns the number of the conversation with the source's id,
// or odzew's own number. An id that two sources share needs "source/id".
func (s *Store) FindConversation(ctx context.Context, id string) (int64, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id FROM conversations WHERE external_id = ?1 OR source || '/' || external_id = ?1
		UNION SELECT id FROM conversations WHERE CAST(id AS TEXT) = ?1 AND NOT EXISTS (SELECT 1 FROM conversations WHERE external_id = ?1) LIMIT 3`, id)
	if err != nil {
		return 0, s.explain(err)
	}
	ids, err := scanAll[int64](rows)
	switch {
	case err != nil:
		return 0, err
	case len(ids) == 0:
		return 0, fmt.Errorf("conversation %q: %w; the digest shows the ids, and the table conversations holds them all", id, ErrNotFound)
	case len(ids) > 1:
		return 0, fmt.Errorf("conversation %q stands in more than one source; write SOURCE/%s", id, id)
	}
	return ids[0], nil
}

// FindMessage returns the conversation that holds a message, and the message's id
// there. The message is named by the source's id, "conversation/message" or
// "source/conversation/message" where that is not enough, or odzew's own number.
func (s *Store) FindMessage(ctx context.Context, id string) (conversation, message int64, err error) {
	rows, err := s.r.QueryContext(ctx, `SELECT m.conversation_id, m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id
		WHERE m.external_id = ?1 OR (c.external_id = substr(?1, 1, instr(?1, '/') - 1) AND m.external_id = substr(?1, instr(?1, '/') + 1))
			OR c.source || '/' || c.external_id || '/' || m.external_id = ?1 LIMIT 2`, id)
	if err != nil {
		return 0, 0, s.explain(err)
	}
	type pair struct{ c, m int64 }
	found, err := collect(rows, func(p *pair) []any { return []any{&p.c, &p.m} })
	if err != nil {
		return 0, 0, err
	}
	if len(found) == 0 {
		var p pair
		err := s.r.QueryRowContext(ctx, `SELECT conversation_id, id FROM messages WHERE CAST(id AS TEXT) = ?`, id).Scan(&p.c, &p.m)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, 0, fmt.Errorf("message %q: %w; the evidence of flags names some, and the table messages holds them all", id, ErrNotFound)
		}
		return p.c, p.m, s.explain(err)
	}
	if len(found) > 1 {
		where := "CONVERSATION"
		if strings.Contains(id, "/") {
			where = "SOURCE"
		}
		return 0, 0, fmt.Errorf("message %q stands in more than one conversation; write %s/%s", id, where, id)
	}
	return found[0].c, found[0].m, nil
}

// A Digest is the record of one local date's report.
type Digest struct {
	Day    string
	MadeAt time.Time
	SentAt time.Time // zero: not sent
	SentTo string
}

// DigestOf returns the record of a local date, nil where there is none.
func (s *Store) DigestOf(ctx context.Context, day string) (*Digest, error) {
	d := Digest{Day: day}
	var made, sent int64
	err := s.r.QueryRowContext(ctx, `SELECT made_at, coalesce(sent_at, 0), sent_to FROM digests WHERE day = ?`, day).Scan(&made, &sent, &d.SentTo)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	d.MadeAt, d.SentAt = instant(made), instant(sent)
	return &d, s.explain(err)
}

// ClaimFor is how long a claim keeps others from sending a date's digest. It is far
// longer than a mail takes, so that only the claim of a process that died runs out.
const ClaimFor = 10 * time.Minute

// sending stands as sent_to while a digest is claimed, since made_at.
const sending = "sending"

// ClaimDigest reserves the sending of a local date's digest, until RecordDigest or for
// ClaimFor. It returns false where the date was sent, or another holds the claim.
func (s *Store) ClaimDigest(ctx context.Context, day string) (bool, error) {
	// A claim from the future is as old as one of the past: the clock was put back.
	res, err := s.w.ExecContext(ctx, `INSERT INTO digests VALUES (?1, ?2, NULL, ?3) ON CONFLICT (day) DO UPDATE SET made_at = ?2, sent_to = ?3
		WHERE sent_at IS NULL AND (sent_to <> ?3 OR abs(made_at - ?2) >= ?4)`, day, s.now().Unix(), sending, int64(ClaimFor.Seconds()))
	if err != nil {
		return false, s.explain(err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// RecordDigest notes that a local date's digest was made and, if sentTo is not
// empty, sent. A date that was sent stays sent. Either way a claim ends.
func (s *Store) RecordDigest(ctx context.Context, day, sentTo string) error {
	now := s.now().Unix()
	var sent any
	if sentTo != "" {
		sent = now
	}
	_, err := s.w.ExecContext(ctx, `INSERT INTO digests VALUES (?1, ?2, ?3, ?4) ON CONFLICT (day) DO UPDATE SET
		made_at = ?2, sent_at = coalesce(sent_at, ?3), sent_to = CASE WHEN sent_at IS NULL THEN ?4 ELSE sent_to END`, day, now, sent, sentTo)
	return s.explain(err)
}

// A Skew counts a source's waits that end before they begin.
type Skew struct {
	Source          string
	Turns, Negative int
}

// NegativeIntervals counts, by source, the waits and those that end before they
// begin: a sign of clocks that disagree.
func (s *Store) NegativeIntervals(ctx context.Context) ([]Skew, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT c.source, count(*), sum(' ' || t.flags || ' ' LIKE '% negative_interval %')
		FROM turns t JOIN conversations c ON c.id = t.conversation_id GROUP BY c.source ORDER BY c.source`)
	if err != nil {
		return nil, s.explain(err)
	}
	return collect(rows, func(v *Skew) []any { return []any{&v.Source, &v.Turns, &v.Negative} })
}

// A Volume counts what came in during a time.
type Volume struct {
	Conversations    int // with a public message of a customer
	Messages         int // public, of all hands
	CustomerMessages int
}

// VolumeOf counts the messages of [from, to) and their conversations, but for the
// excluded ones.
func (s *Store) VolumeOf(ctx context.Context, from, to time.Time) (Volume, error) {
	var v Volume
	err := s.r.QueryRowContext(ctx, `SELECT count(DISTINCT CASE WHEN m.author = 'customer' THEN m.conversation_id END), count(*), coalesce(sum(m.author = 'customer'), 0)
		FROM messages m JOIN conversations c ON c.id = m.conversation_id
		WHERE m.at >= ? AND m.at < ? AND m.public AND c.excluded = ''`, from.Unix(), to.Unix()).Scan(&v.Conversations, &v.Messages, &v.CustomerMessages)
	return v, s.explain(err)
}

// A Pending request is one that nobody has answered.
type Pending struct {
	Conversation string
	Source       string
	Request
}

// PendingRequests lists the statutory requests filed within [from, asOf) that had
// no answer by asOf.
func (s *Store) PendingRequests(ctx context.Context, from, asOf time.Time) ([]Pending, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT c.external_id, c.source, r.kind, r.at, r.message FROM statutory_requests r JOIN conversations c ON c.id = r.conversation_id
		WHERE r.at >= ?1 AND r.at < ?2 AND (r.answered_at IS NULL OR r.answered_at > ?2) AND c.excluded = '' AND c.merged_into IS NULL
		ORDER BY r.at`, from.Unix(), asOf.Unix())
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []Pending
	for rows.Next() {
		var p Pending
		var at int64
		if err := rows.Scan(&p.Conversation, &p.Source, &p.Kind, &at, &p.Message); err != nil {
			return nil, err
		}
		p.At = instant(at)
		out = append(out, p)
	}
	return out, rows.Err()
}

// ActiveSince lists the conversations with a message since an instant, and those
// where somebody waits.
func (s *Store) ActiveSince(ctx context.Context, since time.Time) ([]int64, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id FROM conversations WHERE excluded = '' AND last_message_at >= ?
		UNION SELECT conversation_id FROM findings WHERE open_since IS NOT NULL ORDER BY 1`, since.Unix())
	if err != nil {
		return nil, s.explain(err)
	}
	return scanAll[int64](rows)
}
