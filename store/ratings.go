package store

import (
	"context"
	"time"

	"odzew"
)

// A Rated is a verdict of a customer beside what was scored of the conversation.
type Rated struct {
	Conversation int64  // odzew's own number
	ExternalID   string // the source's id
	Source       string
	Touchpoint   string
	odzew.Rating
	// Messages counts the customer's scored messages up to the rating; Positive and
	// Negative ones are among them. Valence is their mean.
	Messages, Positive, Negative int
	Valence                      float64
}

// RatedConversations lists the verdicts given within [from, to), each with the
// scores of what the customer had written by then, in the order of conversations: in
// that order their rows lie together.
func (s *Store) RatedConversations(ctx context.Context, from, to time.Time) ([]Rated, error) {
	// Where the rating came last, a message's time need not be looked up.
	rows, err := s.r.QueryContext(ctx, `WITH r AS MATERIALIZED (SELECT * FROM ratings WHERE at >= ? AND at < ? ORDER BY conversation_id, kind, at)
		SELECT c.id, c.external_id, c.source, f.touchpoint, r.kind, r.score, r.max, r.at, r.comment,
			count(s.sentiment), coalesce(sum(s.sentiment = 'positive'), 0), coalesce(sum(s.sentiment = 'negative'), 0),
			coalesce(avg(CASE WHEN s.sentiment IS NOT NULL THEN s.valence END), 0)
		FROM r CROSS JOIN conversations c ON c.id = r.conversation_id JOIN findings f ON f.conversation_id = c.id
			LEFT JOIN messages m ON m.conversation_id = c.id AND (c.last_message_at <= r.at OR m.at <= r.at) LEFT JOIN message_scores s ON s.message_id = m.id
		WHERE c.excluded = ''
		GROUP BY r.conversation_id, r.kind, r.at ORDER BY r.conversation_id, r.kind, r.at`, from.Unix(), to.Unix())
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []Rated
	for rows.Next() {
		var r Rated
		var at int64
		if err := rows.Scan(&r.Conversation, &r.ExternalID, &r.Source, &r.Touchpoint, &r.Kind, &r.Score, &r.Max, &at, &r.Comment,
			&r.Messages, &r.Positive, &r.Negative, &r.Valence); err != nil {
			return nil, err
		}
		r.At = instant(at)
		out = append(out, r)
	}
	return out, rows.Err()
}

// ExtremeText returns the message of a customer that was scored highest by the
// given time, or lowest, with its id: what a verdict that says otherwise is held
// against. Words that tell of health or need are left out. Both are empty where there
// is none.
func (s *Store) ExtremeText(ctx context.Context, conversation int64, by time.Time, highest bool) (message, text string, err error) {
	order := "ASC"
	if highest {
		order = "DESC"
	}
	rows, err := s.r.QueryContext(ctx, `SELECT m.external_id, m.body FROM messages m JOIN message_scores s ON s.message_id = m.id
		WHERE m.conversation_id = ? AND m.at <= ? AND s.sentiment IS NOT NULL AND ' ' || s.signals || ' ' NOT LIKE '% vulnerability %' ORDER BY s.valence `+order+`, m.at, m.id LIMIT 1`, conversation, by.Unix())
	if err != nil {
		return "", "", s.explain(err)
	}
	type pair struct{ id, body string }
	found, err := collect(rows, func(p *pair) []any { return []any{&p.id, &p.body} })
	if err != nil || len(found) == 0 {
		return "", "", err
	}
	return found[0].id, found[0].body, nil
}
