package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Touchpoints: rollups by conversation, on the local date of its customer's first
// message. Rules:
//
//   - A conversation counts once, however long it lasts: shares of conversations
//     have an interval only where each case stands for itself.
//   - Rows of days add up to any span of days. A day is rolled up anew whenever a
//     conversation with a message on it was analysed anew, so a row holds all that
//     is known by now.
//   - Customers are told apart by a keyed hash, and no further than to fewCustomers.

// fewCustomers is how many customers a row remembers: with fewer, a group is not
// broken down.
const fewCustomers = 5

// A Touch is one day's conversations of one touchpoint that began at one stage of
// the customer's journey, or a sum of such.
type Touch struct {
	Day, Touchpoint string
	// Stage is that of the customer's first scored message; empty where none was scored.
	Stage string
	// Conversations have a scored message; in Negative ones a message was negative,
	// Strong ones are of level 2 now, or were at a message.
	Conversations, Negative, Strong            int
	Messages, NegativeMessages, StrongMessages int
	// Valence is the sum of the conversations' mean valences, ValenceSquares that of
	// their squares.
	Valence, ValenceSquares float64
	// Asked conversations, scored or not, have a wait for a first reply, Open ones
	// have it still.
	Asked, Open int
	// Customers are keyed hashes of some customers: of all, where they are fewer
	// than 5.
	Customers []string
}

// A Topic is how many conversations of a day's touchpoint were about something: an
// aspect that was judged negative or mixed, or an emotion.
type Topic struct {
	Day, Touchpoint string
	Kind            string // TopicAspect, TopicEmotion
	Name            string
	Conversations   int
}

// The kinds of topics.
const (
	TopicAspect  = "aspect"
	TopicEmotion = "emotion"
)

// RollUpTouchpoints sums up the conversations that began on a day anew. It leaves
// the day stale: RollUp, which is to come after it, ends that.
func (s *Store) RollUpTouchpoints(ctx context.Context, d Day) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(err)
	}
	defer tx.Rollback()
	touches, topics, err := touchesOf(ctx, tx, d)
	if err != nil {
		return fmt.Errorf("rolling up the touchpoints of %s: %w", d.Date, s.explain(err))
	}
	for _, q := range []string{`DELETE FROM touchpoint_rollups WHERE day = ?`, `DELETE FROM topic_rollups WHERE day = ?`} {
		if _, err := tx.ExecContext(ctx, q, d.Date); err != nil {
			return s.explain(err)
		}
	}
	for _, t := range touches {
		if _, err := tx.ExecContext(ctx, `INSERT INTO touchpoint_rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, t.Day, t.Touchpoint, t.Stage,
			t.Conversations, t.Negative, t.Strong, t.Messages, t.NegativeMessages, t.StrongMessages, t.Valence, t.ValenceSquares, t.Asked, t.Open,
			strings.Join(t.Customers, " ")); err != nil {
			return s.explain(err)
		}
	}
	for t, n := range topics {
		if _, err := tx.ExecContext(ctx, `INSERT INTO topic_rollups VALUES (?, ?, ?, ?, ?)`, t.Day, t.Touchpoint, t.Kind, t.Name, n); err != nil {
			return s.explain(err)
		}
	}
	return s.explain(tx.Commit())
}

// touchesOf reads the scores of the conversations that began on a day, and sums
// them up. Keys of topics have no count.
func touchesOf(ctx context.Context, tx *sql.Tx, d Day) (map[[2]string]*Touch, map[Topic]int, error) {
	// The list is one day's; a context that may end would cost the driver a goroutine a row.
	rows, err := tx.QueryContext(context.WithoutCancel(ctx), `SELECT c.id, f.touchpoint, max(f.level, f.peak) = 2, coalesce(k.identity, ''),
			coalesce((SELECT 1 + (t.closed_at IS NULL) FROM turns t WHERE t.conversation_id = c.id AND t.kind = 'first' AND t.thanks = 0), 0),
			coalesce(s.sentiment, ''), s.level, s.valence, s.aspects, s.stage, s.emotion
		FROM findings f JOIN conversations c ON c.id = f.conversation_id LEFT JOIN customers k ON k.id = c.customer_id
			JOIN messages m ON m.conversation_id = c.id JOIN message_scores s ON s.message_id = m.id
		WHERE f.first_customer_at >= ? AND f.first_customer_at < ? AND c.excluded = '' AND c.merged_into IS NULL
		ORDER BY c.id, m.at, m.seq, m.id`, d.Start.Unix(), d.End.Unix())
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	sum := touchSum{day: d.Date, touches: map[[2]string]*Touch{}, topics: map[Topic]int{}}
	var c touched
	for rows.Next() {
		var (
			id      int64
			head    touched
			m       touchedMessage
			waiting int
		)
		if err := rows.Scan(&id, &head.touchpoint, &head.strong, &head.identity, &waiting, &m.sentiment, &m.level, &m.valence, &m.aspects, &m.stage, &m.emotion); err != nil {
			return nil, nil, err
		}
		if id != c.id {
			sum.add(&c)
			c = head
			c.id, c.asked, c.open = id, waiting > 0, waiting > 1
		}
		c.take(&m)
	}
	sum.add(&c)
	return sum.touches, sum.topics, rows.Err()
}

// A touched conversation is one as far as its messages were read.
type touched struct {
	id          int64 // 0: none yet
	touchpoint  string
	stage       string
	identity    []byte
	strong      bool
	asked, open bool
	messages    int
	negative    int
	strongOnes  int
	valence     float64
	topics      []Topic
}

type touchedMessage struct {
	sentiment               string
	level                   int
	valence                 float64
	aspects, stage, emotion string
}

func (c *touched) take(m *touchedMessage) {
	if m.sentiment == "" {
		return
	}
	if c.messages == 0 {
		c.stage = m.stage
	}
	c.messages++
	c.valence += m.valence
	if m.sentiment == "negative" {
		c.negative++
	}
	if m.level == 2 {
		c.strongOnes++
	}
	for a := range strings.FieldsSeq(m.aspects) {
		if name, polarity, _ := strings.Cut(a, ":"); polarity == "negative" || polarity == "mixed" {
			c.about(TopicAspect, name)
		}
	}
	if m.emotion != "" && m.emotion != "none" {
		c.about(TopicEmotion, m.emotion)
	}
}

func (c *touched) about(kind, name string) {
	if t := (Topic{Touchpoint: c.touchpoint, Kind: kind, Name: name}); !slices.Contains(c.topics, t) {
		c.topics = append(c.topics, t)
	}
}

// A touchSum adds up the conversations of a day.
type touchSum struct {
	day     string
	touches map[[2]string]*Touch // by touchpoint and stage
	topics  map[Topic]int
}

func (s *touchSum) add(c *touched) {
	if c.id == 0 {
		return
	}
	t := s.touches[[2]string{c.touchpoint, c.stage}]
	if t == nil {
		t = &Touch{Day: s.day, Touchpoint: c.touchpoint, Stage: c.stage}
		s.touches[[2]string{c.touchpoint, c.stage}] = t
	}
	if c.asked {
		t.Asked++
	}
	if c.open {
		t.Open++
	}
	if c.messages == 0 {
		return
	}
	t.Conversations++
	t.Messages += c.messages
	t.NegativeMessages += c.negative
	t.StrongMessages += c.strongOnes
	if c.negative > 0 {
		t.Negative++
	}
	if c.strong {
		t.Strong++
	}
	mean := c.valence / float64(c.messages)
	t.Valence += mean
	t.ValenceSquares += mean * mean
	if len(t.Customers) < fewCustomers {
		who := fmt.Sprint("c", c.id) // nobody known: somebody of one's own
		if len(c.identity) >= 8 {
			who = hex.EncodeToString(c.identity[:8])
		}
		if !slices.Contains(t.Customers, who) {
			t.Customers = append(t.Customers, who)
		}
	}
	for _, topic := range c.topics {
		topic.Day = s.day
		s.topics[topic]++
	}
}

// Touches reads the rollups of a span of local dates, both ends included.
func (s *Store) Touches(ctx context.Context, from, to string) ([]Touch, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT day, touchpoint, stage, conversations, negative, strong, messages, negative_messages, strong_messages,
			valence, valence_squares, asked, open, customers FROM touchpoint_rollups WHERE day BETWEEN ? AND ? ORDER BY day, touchpoint, stage`, from, to)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []Touch
	for rows.Next() {
		var t Touch
		var customers string
		if err := rows.Scan(&t.Day, &t.Touchpoint, &t.Stage, &t.Conversations, &t.Negative, &t.Strong, &t.Messages, &t.NegativeMessages, &t.StrongMessages,
			&t.Valence, &t.ValenceSquares, &t.Asked, &t.Open, &customers); err != nil {
			return nil, err
		}
		t.Customers = strings.Fields(customers)
		out = append(out, t)
	}
	return out, rows.Err()
}

// Topics sums up what the conversations of a span of local dates, both ends
// included, were about. Their Day is empty.
func (s *Store) Topics(ctx context.Context, from, to string) ([]Topic, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT touchpoint, kind, name, sum(conversations) FROM topic_rollups WHERE day BETWEEN ? AND ?
		GROUP BY touchpoint, kind, name ORDER BY touchpoint, kind, sum(conversations) DESC, name`, from, to)
	if err != nil {
		return nil, s.explain(err)
	}
	return collect(rows, func(t *Topic) []any { return []any{&t.Touchpoint, &t.Kind, &t.Name, &t.Conversations} })
}
