package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"odzew"
)

// A Day is a local date and the instants that it spans.
type Day struct {
	Date       string // YYYY-MM-DD
	Start, End time.Time
}

// A Sum is what one conversation adds to the rollups of one day.
type Sum struct {
	Activity
	Waits []WaitBucket
}

// A WaitBucket is the bucket that one answered wait falls into.
type WaitBucket struct {
	Channel, Kind, Clock string
	Bucket               int
}

// SumUp fills in what the conversation adds to the rollups, as RollUp reads it from
// the tables. Date names the local date of an instant, bucket the bucket of a wait.
func (f *Finding) SumUp(c *Stored, date func(time.Time) string, bucket func(seconds int64) int) {
	on := func(t time.Time) *Sum {
		day := date(t)
		for i := range f.Sums {
			if f.Sums[i].Day == day {
				return &f.Sums[i]
			}
		}
		f.Sums = append(f.Sums, Sum{Activity: Activity{Day: day, Touchpoint: f.Touchpoint}})
		return &f.Sums[len(f.Sums)-1]
	}
	score := 0 // they are in the order of the messages
	for i := range c.Messages {
		m := &c.Messages[i]
		sum := on(m.At)
		if score < len(f.Scores) && f.Scores[score].Message == c.MessageIDs[i] {
			sum.score(&f.Scores[score].Score)
			score++
		}
		if m.Public {
			sum.Messages++
			if m.Author == odzew.AuthorCustomer {
				sum.CustomerMessages++
			}
		}
	}
	for i := range f.Sums {
		f.Sums[i].settle()
	}
	f.began = f.touch(date(f.FirstAt))
	for i := range f.Waits.Turns {
		t := &f.Waits.Turns[i]
		if t.Outcome != "answered" || t.Kind != "first" && t.Kind != "next" || t.Thanks || t.ClosedAt == nil {
			continue
		}
		sum := on(*t.ClosedAt)
		sum.Waits = append(sum.Waits, WaitBucket{c.Channel, t.Kind, "calendar", bucket(t.Seconds)}, WaitBucket{c.Channel, t.Kind, "business", bucket(t.BusinessSeconds)})
	}
}

// score counts one message, before settle.
func (s *Sum) score(sc *odzew.Score) {
	if sc.Sentiment == nil {
		return
	}
	switch *sc.Sentiment {
	case odzew.Negative:
		s.Negative = 1
	case odzew.Positive:
		s.Positive, s.Relief = 1, 1
	case odzew.Mixed:
		s.Mixed = 1
	default:
		s.Neutral = 1
	}
	if sc.Level == 2 {
		s.Strong = 1
	}
	if slices.Contains(sc.Signals, "relief") {
		s.Relief = 1
	}
}

// settle makes of a conversation's messages of a day the one attitude that it had.
func (s *Sum) settle() {
	switch {
	case s.Mixed == 1 || s.Negative == 1 && s.Positive == 1:
		s.Negative, s.Neutral, s.Positive, s.Mixed = 0, 0, 0, 1
	case s.Negative == 1 || s.Positive == 1:
		s.Neutral = 0
	}
	s.Conversations = min(1, s.CustomerMessages)
}

// addSums adds what first findings bring to the rollups, and marks the days of the
// others.
func (b *Batch) addSums(fs []Finding) error {
	type place struct{ day, touchpoint string }
	type cell struct {
		place
		WaitBucket
	}
	activities, waits, stale := map[place]Activity{}, map[cell]int{}, map[string]bool{}
	touches := newTouchSum()
	for i := range fs {
		f := &fs[i]
		if !f.Anew {
			touches.add(&f.began)
		}
		for j := range f.Sums {
			s := &f.Sums[j]
			at := place{s.Day, s.Touchpoint}
			switch {
			case f.Anew:
				stale[s.Day] = true
			case !f.Excluded:
				if s.Messages > 0 {
					activities[at] = activities[at].plus(&s.Activity)
				}
				for _, w := range s.Waits {
					waits[cell{at, w}]++
				}
			}
		}
	}
	for d := range stale {
		if _, err := b.exec(`INSERT OR IGNORE INTO stale_days VALUES (?)`, d); err != nil {
			return err
		}
	}
	for at, a := range activities {
		if _, err := b.exec(`INSERT INTO activity_rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
			conversations = conversations + excluded.conversations, negative = negative + excluded.negative, neutral = neutral + excluded.neutral,
			positive = positive + excluded.positive, mixed = mixed + excluded.mixed, strong = strong + excluded.strong, relief = relief + excluded.relief,
			messages = messages + excluded.messages, customer_messages = customer_messages + excluded.customer_messages`,
			at.day, at.touchpoint, a.Conversations, a.Negative, a.Neutral, a.Positive, a.Mixed, a.Strong, a.Relief, a.Messages, a.CustomerMessages); err != nil {
			return err
		}
	}
	for w, n := range waits {
		if _, err := b.exec(`INSERT INTO wait_rollups VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`,
			w.day, w.touchpoint, w.Channel, w.Kind, w.Clock, w.Bucket, n); err != nil {
			return err
		}
	}
	return b.addTouches(touches)
}

// plus adds the figures of another.
func (a Activity) plus(b *Activity) Activity {
	a.Conversations += b.Conversations
	a.Negative += b.Negative
	a.Neutral += b.Neutral
	a.Positive += b.Positive
	a.Mixed += b.Mixed
	a.Strong += b.Strong
	a.Relief += b.Relief
	a.Messages += b.Messages
	a.CustomerMessages += b.CustomerMessages
	return a
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
