package store

import (
	"context"
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

// RollUp sums up one day anew.
func (s *Store) RollUp(ctx context.Context, d Day) error {
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
	if _, err := tx.ExecContext(ctx, `DELETE FROM stale_days WHERE day = ?`, d.Date); err != nil {
		return s.explain(err)
	}
	return s.explain(tx.Commit())
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
