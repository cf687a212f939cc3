package store

import (
	"context"
	"database/sql"
	"time"
)

// A Day is a local date and the instants that it spans.
type Day struct {
	Date       string // YYYY-MM-DD
	Start, End time.Time
}

// StaleDays lists the local dates whose rollups are older than the findings.
func (s *Store) StaleDays(ctx context.Context) ([]string, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT day FROM stale_days ORDER BY day`)
	if err != nil {
		return nil, s.explain(err)
	}
	return scanAll[string](rows)
}

// RollUp sums up one day anew. Bucket numbers the bucket of a wait in seconds.
func (s *Store) RollUp(ctx context.Context, d Day, bucket func(seconds int64) int) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `DELETE FROM activity_rollups WHERE day = ?`, d.Date); err != nil {
		return s.explain(err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO activity_rollups
		SELECT ?1, f.touchpoint, sum(a.theirs > 0),
			sum(a.neg AND NOT a.pos), sum(a.scored AND NOT a.neg AND NOT a.pos), sum(a.pos AND NOT a.neg), sum(a.neg AND a.pos),
			sum(a.strong), sum(a.relief), sum(a.msgs), sum(a.theirs)
		FROM (
			SELECT m.conversation_id, count(*) AS msgs, sum(m.author = 'customer') AS theirs,
				coalesce(max(s.sentiment IN ('negative', 'mixed')), 0) AS neg, coalesce(max(s.sentiment IN ('positive', 'mixed')), 0) AS pos,
				coalesce(max(s.sentiment IS NOT NULL), 0) AS scored, coalesce(max(s.level = 2), 0) AS strong,
				coalesce(max(s.sentiment = 'positive' OR ' ' || s.signals || ' ' LIKE '% relief %'), 0) AS relief
			FROM messages m LEFT JOIN message_scores s ON s.message_id = m.id
			WHERE m.at >= ?2 AND m.at < ?3 AND m.public
			GROUP BY m.conversation_id
		) a
		JOIN findings f ON f.conversation_id = a.conversation_id
		JOIN conversations c ON c.id = a.conversation_id
		WHERE c.excluded = ''
		GROUP BY f.touchpoint`, d.Date, d.Start.Unix(), d.End.Unix()); err != nil {
		return s.explain(err)
	}
	if err := rollUpWaits(ctx, tx, d, bucket); err != nil {
		return s.explain(err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM stale_days WHERE day = ?`, d.Date); err != nil {
		return s.explain(err)
	}
	return s.explain(tx.Commit())
}

// A waitKey is what one histogram counts.
type waitKey struct{ touchpoint, channel, kind, clock string }

func rollUpWaits(ctx context.Context, tx *sql.Tx, d Day, bucket func(int64) int) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM wait_rollups WHERE day = ?`, d.Date); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT f.touchpoint, c.channel, t.kind, t.seconds, t.business_seconds
		FROM turns t JOIN conversations c ON c.id = t.conversation_id JOIN findings f ON f.conversation_id = t.conversation_id
		WHERE t.closed_at >= ? AND t.closed_at < ? AND t.outcome = 'answered' AND t.kind IN ('first', 'next') AND t.thanks = 0 AND c.excluded = ''`,
		d.Start.Unix(), d.End.Unix())
	if err != nil {
		return err
	}
	type turn struct {
		waitKey
		seconds, business int64
	}
	turns, err := collect(rows, func(t *turn) []any { return []any{&t.touchpoint, &t.channel, &t.kind, &t.seconds, &t.business} })
	if err != nil {
		return err
	}
	type cell struct {
		waitKey
		bucket int
	}
	counts := map[cell]int{}
	for _, t := range turns {
		t.clock = "calendar"
		counts[cell{t.waitKey, bucket(t.seconds)}]++
		t.clock = "business"
		counts[cell{t.waitKey, bucket(t.business)}]++
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO wait_rollups VALUES (?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for c, n := range counts {
		if _, err := insert.ExecContext(ctx, d.Date, c.touchpoint, c.channel, c.kind, c.clock, c.bucket, n); err != nil {
			return err
		}
	}
	return nil
}

// A WaitCount is a bucket of a day's histogram of answered waits.
type WaitCount struct {
	Day, Touchpoint, Channel, Kind string
	Bucket                         int
	N                              int64
}

// WaitCounts reads the histograms of a span of local dates, both ends included,
// by one clock: calendar or business.
func (s *Store) WaitCounts(ctx context.Context, from, to, clock string) ([]WaitCount, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT day, touchpoint, channel, kind, bucket, n FROM wait_rollups
		WHERE day BETWEEN ? AND ? AND clock = ? ORDER BY day, touchpoint, channel, kind, bucket`, from, to, clock)
	if err != nil {
		return nil, s.explain(err)
	}
	return collect(rows, func(w *WaitCount) []any {
		return []any{&w.Day, &w.Touchpoint, &w.Channel, &w.Kind, &w.Bucket, &w.N}
	})
}

// Activity is one day's sums at one touchpoint, or a sum of such.
type Activity struct {
	Day, Touchpoint                                   string
	Conversations, Negative, Neutral, Positive, Mixed int
	Strong, Relief, Messages, CustomerMessages        int
}

// Activities reads the rollups of a span of local dates, both ends included.
func (s *Store) Activities(ctx context.Context, from, to string) ([]Activity, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT day, touchpoint, conversations, negative, neutral, positive, mixed, strong, relief, messages, customer_messages
		FROM activity_rollups WHERE day BETWEEN ? AND ? ORDER BY day, touchpoint`, from, to)
	if err != nil {
		return nil, s.explain(err)
	}
	return collect(rows, func(a *Activity) []any {
		return []any{&a.Day, &a.Touchpoint, &a.Conversations, &a.Negative, &a.Neutral, &a.Positive, &a.Mixed, &a.Strong, &a.Relief, &a.Messages, &a.CustomerMessages}
	})
}
