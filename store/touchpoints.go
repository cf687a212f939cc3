package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"odzew"
)

// Touchpoints: rollups by conversation, on the local date of its customer's first
// message. Rules:
//
//   - A conversation counts once, however long it lasts: shares of conversations
//     have an interval only where each case stands for itself.
//   - Rows of days add up to any span of days. A first finding is added to its day's;
//     a day is rolled up anew whenever a conversation with a message on it was
//     analysed anew, so a row holds all that is known by now.
//   - The order in which conversations come makes no difference: sums are of whole
//     numbers, and of the customers' keyed hashes the least ones are kept, no more
//     than fewCustomers.

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
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	sum, err := tx.touchesOf(d)
	if err != nil {
		return fmt.Errorf("rolling up the touchpoints of %s: %w", d.Date, s.explain(err))
	}
	for _, q := range []string{`DELETE FROM touchpoint_rollups WHERE day = ?`, `DELETE FROM topic_rollups WHERE day = ?`} {
		if _, err := tx.exec(q, d.Date); err != nil {
			return s.explain(err)
		}
	}
	if err := tx.addTouches(sum); err != nil {
		return s.explain(err)
	}
	return tx.commit()
}

// addTouches adds sums to those that are stored.
func (tx *transaction) addTouches(sum *touchSum) error {
	for key, t := range sum.touches {
		var (
			old       touchTotal
			customers string
		)
		err := tx.queryRow(`SELECT conversations, negative, strong, messages, negative_messages, strong_messages, valence, valence_squares, asked, open, customers
			FROM touchpoint_rollups WHERE day = ? AND touchpoint = ? AND stage = ?`, []any{key.day, key.touchpoint, key.stage},
			&old.Conversations, &old.Negative, &old.Strong, &old.Messages, &old.NegativeMessages, &old.StrongMessages, &old.valence, &old.squares, &old.Asked, &old.Open, &customers)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		for c := range strings.FieldsSeq(customers) {
			t.meet(c)
		}
		if _, err := tx.exec(`INSERT OR REPLACE INTO touchpoint_rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, key.day, key.touchpoint, key.stage,
			old.Conversations+t.Conversations, old.Negative+t.Negative, old.Strong+t.Strong, old.Messages+t.Messages, old.NegativeMessages+t.NegativeMessages,
			old.StrongMessages+t.StrongMessages, old.valence+t.valence, old.squares+t.squares, old.Asked+t.Asked, old.Open+t.Open, strings.Join(t.Customers, " ")); err != nil {
			return err
		}
	}
	for t, n := range sum.topics {
		if _, err := tx.exec(`INSERT INTO topic_rollups VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET conversations = conversations + excluded.conversations`,
			t.Day, t.Touchpoint, t.Kind, t.Name, n); err != nil {
			return err
		}
	}
	return nil
}

// touchesOf reads the scores of the conversations that began on a day, and sums
// them up.
func (tx *transaction) touchesOf(d Day) (*touchSum, error) {
	st, err := tx.stmt(`SELECT c.id, f.touchpoint, max(f.level, f.peak) = 2, coalesce(k.identity, ''),
			coalesce((SELECT 1 + (t.closed_at IS NULL) FROM turns t WHERE t.conversation_id = c.id AND t.kind = 'first' AND t.thanks = 0), 0),
			coalesce(s.sentiment, ''), s.level, s.valence, s.aspects, s.stage, s.emotion
		FROM findings f JOIN conversations c ON c.id = f.conversation_id LEFT JOIN customers k ON k.id = c.customer_id
			JOIN messages m ON m.conversation_id = c.id JOIN message_scores s ON s.message_id = m.id
		WHERE f.first_customer_at >= ? AND f.first_customer_at < ? AND c.excluded = '' AND c.merged_into IS NULL
		ORDER BY c.id, m.at, m.seq, m.id`)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(tx.ctx, d.Start.Unix(), d.End.Unix())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sum := newTouchSum()
	c := touched{day: d.Date}
	for rows.Next() {
		var (
			id      int64
			m       odzew.Score
			said    string
			aspects string
			waiting int
		)
		head := touched{day: d.Date}
		if err := rows.Scan(&id, &head.touchpoint, &head.strong, &head.identity, &waiting, &said, &m.Level, &m.Valence, &aspects, &m.Stage, &m.Emotion); err != nil {
			return nil, err
		}
		if id != c.id {
			sum.add(&c)
			c = head
			c.id, c.asked, c.open = id, waiting > 0, waiting > 1
		}
		if said != "" {
			m.Sentiment = (*odzew.Sentiment)(&said)
		}
		for a := range strings.FieldsSeq(aspects) {
			name, polarity, _ := strings.Cut(a, ":")
			m.Aspects = append(m.Aspects, odzew.AspectPolarity{Aspect: name, Polarity: odzew.Sentiment(polarity)})
		}
		c.take(&m)
	}
	sum.add(&c)
	return sum, rows.Err()
}

// touch reads of a finding what touchesOf reads from the tables. Its id is 0 where it
// counts for no touchpoint.
func (f *Finding) touch(day string) touched {
	c := touched{day: day, touchpoint: f.Touchpoint, identity: f.Identity, strong: max(f.Flag.Level, f.Peak) == 2}
	if f.Excluded || f.Merged || len(f.Scores) == 0 || f.FirstAt.IsZero() {
		return c
	}
	c.id = f.Conversation
	for i := range f.Waits.Turns {
		if t := &f.Waits.Turns[i]; t.Kind == "first" && !t.Thanks {
			c.asked, c.open = true, t.ClosedAt == nil
			break
		}
	}
	for i := range f.Scores {
		c.take(&f.Scores[i].Score)
	}
	return c
}

// A touched conversation is one as far as its messages were read.
type touched struct {
	id          int64 // 0: none yet
	day         string
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

func (c *touched) take(m *odzew.Score) {
	if m.Sentiment == nil {
		return
	}
	if c.messages == 0 {
		c.stage = m.Stage
	}
	c.messages++
	c.valence += m.Valence
	if *m.Sentiment == odzew.Negative {
		c.negative++
	}
	if m.Level == 2 {
		c.strongOnes++
	}
	for _, a := range m.Aspects {
		if a.Polarity == odzew.Negative || a.Polarity == odzew.Mixed {
			c.about(TopicAspect, a.Aspect)
		}
	}
	if m.Emotion != "" && m.Emotion != "none" {
		c.about(TopicEmotion, m.Emotion)
	}
}

func (c *touched) about(kind, name string) {
	if t := (Topic{Day: c.day, Touchpoint: c.touchpoint, Kind: kind, Name: name}); !slices.Contains(c.topics, t) {
		c.topics = append(c.topics, t)
	}
}

// A touchSum adds up conversations.
type touchSum struct {
	touches map[touchKey]*touchTotal
	topics  map[Topic]int // keys have no count
}

type touchKey struct{ day, touchpoint, stage string }

// A touchTotal is a Touch whose valences are whole numbers, in millionths.
type touchTotal struct {
	Touch
	valence, squares int64
}

func newTouchSum() *touchSum {
	return &touchSum{touches: map[touchKey]*touchTotal{}, topics: map[Topic]int{}}
}

// meet notes a customer among the least ones.
func (t *touchTotal) meet(customer string) {
	if i, known := slices.BinarySearch(t.Customers, customer); !known && i < fewCustomers {
		t.Customers = slices.Insert(t.Customers, i, customer)
		t.Customers = t.Customers[:min(len(t.Customers), fewCustomers)]
	}
}

const millionths = 1e6

func (s *touchSum) add(c *touched) {
	if c.id == 0 {
		return
	}
	key := touchKey{c.day, c.touchpoint, c.stage}
	t := s.touches[key]
	if t == nil {
		t = &touchTotal{}
		s.touches[key] = t
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
	t.valence += int64(math.Round(mean * millionths))
	t.squares += int64(math.Round(mean * mean * millionths))
	if len(c.identity) >= 8 {
		t.meet(hex.EncodeToString(c.identity[:8]))
	} else {
		t.meet(fmt.Sprint("c", c.id)) // nobody known: somebody of one's own
	}
	for _, topic := range c.topics {
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
		var t touchTotal
		var customers string
		if err := rows.Scan(&t.Day, &t.Touchpoint, &t.Stage, &t.Conversations, &t.Negative, &t.Strong, &t.Messages, &t.NegativeMessages, &t.StrongMessages,
			&t.valence, &t.squares, &t.Asked, &t.Open, &customers); err != nil {
			return nil, err
		}
		t.Customers = strings.Fields(customers)
		t.Valence, t.ValenceSquares = float64(t.valence)/millionths, float64(t.squares)/millionths
		out = append(out, t.Touch)
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
