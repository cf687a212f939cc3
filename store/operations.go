package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"odzew"
)

// maxRawBytes bounds what is kept of one dead letter.
const maxRawBytes = 1 << 20

// A DeadLetter is a record that could not be taken in.
type DeadLetter struct {
	ID         int64
	Source     string
	Place      string
	Reason     string
	Raw        []byte // at most 1 MiB of it
	RawBytes   int64  // its whole size
	FirstAt    time.Time
	LastAt     time.Time
	Times      int
	ReplayedAt time.Time // zero: not yet
}

// Dead sets a record aside, in the same transaction as the cursor that passes it.
// The same record at the same place is kept once and counted.
func (b *Batch) Dead(d DeadLetter) error {
	size := max(d.RawBytes, int64(len(d.Raw)))
	if len(d.Raw) > maxRawBytes {
		d.Raw = d.Raw[:maxRawBytes]
	}
	if d.Raw == nil {
		d.Raw = []byte{}
	}
	sum := sha256.Sum256(d.Raw)
	b.DeadLetters++
	_, err := b.exec(`INSERT INTO dead_letters (source, place, reason, raw, raw_bytes, raw_hash, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (source, place, raw_hash) DO UPDATE SET last_at = excluded.last_at, times = times + 1, reason = excluded.reason`,
		b.source, d.Place, d.Reason, d.Raw, size, sum[:], b.at, b.at)
	return b.s.explain(err)
}

// DeadLetters lists what is set aside and not yet replayed, without the raw
// records, the newest first.
func (s *Store) DeadLetters(ctx context.Context, limit int) ([]DeadLetter, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, source, place, reason, raw_bytes, first_at, last_at, times FROM dead_letters
		WHERE replayed_at IS NULL ORDER BY last_at DESC, id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []DeadLetter
	for rows.Next() {
		var d DeadLetter
		var first, last int64
		if err := rows.Scan(&d.ID, &d.Source, &d.Place, &d.Reason, &d.RawBytes, &first, &last, &d.Times); err != nil {
			return nil, err
		}
		d.FirstAt, d.LastAt = instant(first), instant(last)
		out = append(out, d)
	}
	return out, rows.Err()
}

// DeadLetter returns one dead letter with its raw record.
func (s *Store) DeadLetter(ctx context.Context, id int64) (DeadLetter, error) {
	var (
		d           DeadLetter
		first, last int64
		replayed    sql.NullInt64
	)
	err := s.r.QueryRowContext(ctx, `SELECT id, source, place, reason, raw, raw_bytes, first_at, last_at, times, replayed_at FROM dead_letters WHERE id = ?`, id).
		Scan(&d.ID, &d.Source, &d.Place, &d.Reason, &d.Raw, &d.RawBytes, &first, &last, &d.Times, &replayed)
	if errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("there is no dead letter %d; odzew deadletters list shows them", id)
	}
	d.FirstAt, d.LastAt = instant(first), instant(last)
	if replayed.Valid {
		d.ReplayedAt = instant(replayed.Int64)
	}
	return d, s.explain(err)
}

// Replayed marks a dead letter as taken in after all, in the batch that did it.
func (b *Batch) Replayed(id int64) error {
	_, err := b.exec(`UPDATE dead_letters SET replayed_at = ? WHERE id = ?`, b.at, id)
	return b.s.explain(err)
}

// A Run is one pull, import, analysis or digest.
type Run struct {
	ID            int64
	Kind          string
	Source        string
	StartedAt     time.Time
	EndedAt       time.Time // zero: running, or killed
	Outcome       string    // done, failed, partial, stopped; "" while running
	Conversations int
	Messages      int
	DeadLetters   int
	Error         string
	// Problems counts conversations that could not be taken as they came, and Problem is
	// the first reason. A run that has ended does not know them any more.
	Problems int
	Problem  odzew.Problem
}

// StartRun records the start of a run and returns its number.
func (s *Store) StartRun(ctx context.Context, kind, source string) (int64, error) {
	res, err := s.w.ExecContext(ctx, `INSERT INTO runs (kind, source, started_at) VALUES (?, ?, ?)`, kind, source, s.now().Unix())
	if err != nil {
		return 0, s.explain(err)
	}
	return res.LastInsertId()
}

// EndRun records how a run ended; of a sync that was not stopped, also with its
// source.
func (s *Store) EndRun(ctx context.Context, r Run) error {
	now := s.now().Unix()
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `UPDATE runs SET ended_at = ?, outcome = ?, conversations = ?, messages = ?, dead_letters = ?, error = nullif(?, '') WHERE id = ?`,
		now, r.Outcome, r.Conversations, r.Messages, r.DeadLetters, r.Error, r.ID); err != nil {
		return s.explain(err)
	}
	if r.Kind == "sync" && r.Outcome != "stopped" {
		q := `INSERT INTO sources (name, pulled_at) VALUES (?1, ?2)
			ON CONFLICT (name) DO UPDATE SET pulled_at = ?2, failed_at = NULL, error = NULL, down_since = NULL`
		args := []any{r.Source, now}
		if r.Outcome == "failed" {
			q = `INSERT INTO sources (name, failed_at, error, down_since) VALUES (?1, ?2, ?3, ?2)
				ON CONFLICT (name) DO UPDATE SET failed_at = ?2, error = ?3, down_since = coalesce(down_since, ?2)`
			args = append(args, r.Error)
		}
		if _, err := tx.ExecContext(ctx, q, args...); err != nil {
			return s.explain(err)
		}
	}
	return s.explain(tx.Commit())
}

// Runs lists the newest runs.
func (s *Store) Runs(ctx context.Context, limit int) ([]Run, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, kind, source, started_at, coalesce(ended_at, 0), coalesce(outcome, ''), conversations, messages, dead_letters, coalesce(error, '')
		FROM runs ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []Run
	for rows.Next() {
		var r Run
		var started, ended int64
		if err := rows.Scan(&r.ID, &r.Kind, &r.Source, &started, &ended, &r.Outcome, &r.Conversations, &r.Messages, &r.DeadLetters, &r.Error); err != nil {
			return nil, err
		}
		r.StartedAt, r.EndedAt = instant(started), instant(ended)
		out = append(out, r)
	}
	return out, rows.Err()
}

// A SourceState is what the store knows of a source.
type SourceState struct {
	Name          string
	Cursor        []byte
	PulledAt      time.Time // zero: never
	FailedAt      time.Time // zero: the last pull succeeded
	DownSince     time.Time
	Error         string
	Conversations int
	Messages      int
	DeadLetters   int
	LastMessageAt time.Time
}

// Cursor returns the committed cursor of a source, nil where there is none.
func (s *Store) Cursor(ctx context.Context, source string) ([]byte, error) {
	var c []byte
	err := s.r.QueryRowContext(ctx, `SELECT cursor FROM sources WHERE name = ?`, source).Scan(&c)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return c, s.explain(err)
}

// Sources lists every source that was ever pulled or has rows, by name.
func (s *Store) Sources(ctx context.Context) ([]SourceState, error) {
	rows, err := s.r.QueryContext(ctx, `
		WITH names AS (SELECT name FROM sources UNION SELECT source FROM conversations UNION SELECT source FROM dead_letters),
		counts AS (SELECT source, count(*) AS n, sum(message_count) AS m, max(last_message_at) AS last FROM conversations GROUP BY source),
		dead AS (SELECT source, count(*) AS n FROM dead_letters WHERE replayed_at IS NULL GROUP BY source)
		SELECT names.name, s.cursor, coalesce(s.pulled_at, 0), coalesce(s.failed_at, 0), coalesce(s.down_since, 0), coalesce(s.error, ''),
			coalesce(c.n, 0), coalesce(c.m, 0), coalesce(c.last, 0), coalesce(d.n, 0)
		FROM names LEFT JOIN sources s ON s.name = names.name LEFT JOIN counts c ON c.source = names.name LEFT JOIN dead d ON d.source = names.name
		ORDER BY names.name`)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []SourceState
	for rows.Next() {
		var v SourceState
		var pulled, failed, down, last int64
		if err := rows.Scan(&v.Name, &v.Cursor, &pulled, &failed, &down, &v.Error, &v.Conversations, &v.Messages, &last, &v.DeadLetters); err != nil {
			return nil, err
		}
		v.PulledAt, v.FailedAt, v.DownSince, v.LastMessageAt = instant(pulled), instant(failed), instant(down), instant(last)
		out = append(out, v)
	}
	return out, rows.Err()
}

// instant is the time of a stored second; 0 is no time.
func instant(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
