package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"odzew"
)

// scored is what a test says of one message of a customer.
type scored struct {
	sentiment odzew.Sentiment // empty: not scored
	level     int
	valence   float64
	aspects   string // "delivery:negative price:neutral"
	stage     string
	emotion   string
}

// analysed stores a conversation whose messages are the customer's, an hour apart,
// and a finding with the scores.
func analysed(t testing.TB, s *Store, id, customer, place string, at time.Time, change func(*odzew.Conversation), f Finding, scores ...scored) int64 {
	t.Helper()
	c := &odzew.Conversation{ID: id, Inbox: place, CreatedAt: at, Customer: odzew.Customer{ID: customer, Email: customer + "@klient.example"}}
	for i := range scores {
		c.Messages = append(c.Messages, odzew.Message{ID: fmt.Sprint(id, "-", i), At: at.Add(time.Duration(i) * time.Hour), Author: odzew.AuthorCustomer, Public: true, Text: fmt.Sprint("wiadomość ", i)})
	}
	if change != nil {
		change(c)
	}
	put(t, s, "shop", "", c)
	number, err := s.FindConversation(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Load(t.Context(), []int64{number})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	f.Conversation, f.Revision, f.Touchpoint, f.FirstAt, f.LastAt = number, list[0].Revision, place, at, at
	f.Anew, f.Identity = list[0].Analysed, list[0].Identity
	for i, sc := range scores {
		score := odzew.Score{Level: sc.level, Valence: sc.valence, Stage: sc.stage, Emotion: sc.emotion}
		if sc.sentiment != "" {
			score.Sentiment = &sc.sentiment
		}
		for _, a := range strings.Fields(sc.aspects) {
			name, polarity, _ := strings.Cut(a, ":")
			score.Aspects = append(score.Aspects, odzew.AspectPolarity{Aspect: name, Polarity: odzew.Sentiment(polarity)})
		}
		f.Scores = append(f.Scores, MessageScore{Message: list[0].MessageIDs[i], Score: score})
		f.Peak = max(f.Peak, sc.level)
	}
	if err := s.SaveFindings(t.Context(), Versions{Lexicon: "1", Analyzer: "1"}, []Finding{f}); err != nil {
		t.Fatal(err)
	}
	return number
}

func firstTurn(open bool) Finding {
	turn := odzew.Turn{Kind: "first", Outcome: "open", OpenedAt: start}
	if !open {
		closed := start.Add(time.Hour)
		turn.Outcome, turn.ClosedAt = "answered", &closed
	}
	return Finding{Waits: odzew.Waits{Turns: []odzew.Turn{turn, {Kind: "next", Outcome: "open", OpenedAt: start.Add(2 * time.Hour)}}}}
}

var theDay = Day{Date: "2026-02-10", Start: start.Add(-9 * time.Hour), End: start.Add(15 * time.Hour)}

func TestRollUpTouchpoints(t *testing.T) {
	s, ctx := open(t), t.Context()
	negative := scored{odzew.Negative, 2, -0.8, "delivery:negative price:neutral", "after_sales", "anger"}
	analysed(t, s, "C-1", "k-1", "dostawa", start, nil, firstTurn(true), scored{odzew.Neutral, 0, 0, "", "purchase", "none"}, negative, negative)
	analysed(t, s, "C-2", "k-1", "dostawa", start, nil, firstTurn(false), scored{odzew.Positive, 0, 0.6, "", "after_sales", "joy"})
	analysed(t, s, "C-3", "k-2", "dostawa", start, nil, Finding{Flag: odzew.Flag{Level: 2, Cause: "nudges"}}, scored{odzew.Mixed, 0, -0.2, "delivery:mixed", "after_sales", "anger"})
	analysed(t, s, "C-4", "k-3", "dostawa", start, nil, firstTurn(true), scored{}) // in another language
	analysed(t, s, "C-5", "k-4", "dostawa", start.AddDate(0, 0, 1), nil, Finding{}, negative)
	analysed(t, s, "C-6", "k-5", "dostawa", start, func(c *odzew.Conversation) { c.Excluded = "spam" }, Finding{}, negative)
	analysed(t, s, "C-7", "k-6", "zwroty", start, func(c *odzew.Conversation) {
		c.Events = []odzew.Event{{At: start, Kind: odzew.EventMerge, Into: "C-1"}}
	}, Finding{}, negative)

	check := func(step string, touches []Touch, topics []Topic) {
		t.Helper()
		if err := s.RollUpTouchpoints(ctx, theDay); err != nil {
			t.Fatal(err)
		}
		got, err := s.Touches(ctx, "2026-02-10", "2026-02-10")
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			for k, c := range got[i].Customers {
				if len(c) != 16 {
					t.Errorf("%s: %q is no hash", step, c)
				}
				got[i].Customers[k] = "hash"
			}
		}
		if diff := cmp.Diff(touches, got, cmpopts.EquateApprox(0, 1e-6), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", step, diff)
		}
		about, err := s.Topics(ctx, "2026-02-10", "2026-02-10")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(topics, about); diff != "" {
			t.Errorf("%s: %s", step, diff)
		}
	}
	// C-1: mean -1.6/3; C-3 is strong by what it did; C-2 and C-3 are two customers, k-1 and k-2.
	const mean = -1.6 / 3
	rest := []Touch{
		{Day: "2026-02-10", Touchpoint: "dostawa", Asked: 1, Open: 1},
		{Day: "2026-02-10", Touchpoint: "dostawa", Stage: "after_sales", Conversations: 2, Strong: 1, Messages: 2, Valence: 0.4, ValenceSquares: 0.40, Asked: 1, Customers: []string{"hash", "hash"}},
	}
	first := Touch{
		Day: "2026-02-10", Touchpoint: "dostawa", Stage: "purchase", Conversations: 1, Negative: 1, Strong: 1, Messages: 3, NegativeMessages: 2, StrongMessages: 2,
		Valence: mean, ValenceSquares: mean * mean, Asked: 1, Open: 1, Customers: []string{"hash"},
	}
	topics := []Topic{
		{Touchpoint: "dostawa", Kind: TopicAspect, Name: "delivery", Conversations: 2},
		{Touchpoint: "dostawa", Kind: TopicEmotion, Name: "anger", Conversations: 2},
		{Touchpoint: "dostawa", Kind: TopicEmotion, Name: "joy", Conversations: 1},
	}
	check("at first", append(rest, first), topics)
	check("again", append(rest, first), topics)

	// Found elsewhere, the old row goes.
	analysed(t, s, "C-1", "k-1", "zwroty", start, func(c *odzew.Conversation) { c.Subject = "inny" }, firstTurn(false), scored{odzew.Neutral, 0, 0, "", "purchase", "none"}, negative, negative)
	first.Touchpoint, first.Open = "zwroty", 0
	check("moved", append(rest, first), []Topic{
		{Touchpoint: "dostawa", Kind: TopicAspect, Name: "delivery", Conversations: 1},
		{Touchpoint: "dostawa", Kind: TopicEmotion, Name: "anger", Conversations: 1},
		{Touchpoint: "dostawa", Kind: TopicEmotion, Name: "joy", Conversations: 1},
		{Touchpoint: "zwroty", Kind: TopicAspect, Name: "delivery", Conversations: 1},
		{Touchpoint: "zwroty", Kind: TopicEmotion, Name: "anger", Conversations: 1},
	})
	if days, err := s.StaleDays(ctx); err != nil {
		t.Error(days, err)
	}
}

// A row tells four customers from five, whatever the conversations.
func TestRollUpCustomers(t *testing.T) {
	s := open(t)
	const most = 8
	for n := 1; n <= most; n++ {
		for i := range 2*n + 5 {
			analysed(t, s, fmt.Sprint(n, "-", i), fmt.Sprint("k-", i%n), fmt.Sprint("p", n), start, nil, Finding{}, scored{odzew.Neutral, 0, 0, "", "purchase", ""})
		}
	}
	if err := s.RollUpTouchpoints(t.Context(), theDay); err != nil {
		t.Fatal(err)
	}
	got, err := s.Touches(t.Context(), theDay.Date, theDay.Date)
	if err != nil || len(got) != most {
		t.Fatal(got, err)
	}
	for i, r := range got {
		if n := i + 1; len(r.Customers) != min(n, fewCustomers) || r.Conversations != 2*n+5 {
			t.Errorf("%s: %d customers, %d conversations; want %d, %d", r.Touchpoint, len(r.Customers), r.Conversations, min(n, fewCustomers), 2*n+5)
		}
	}
}

func TestRatedConversations(t *testing.T) {
	s, ctx := open(t), t.Context()
	rated := func(kind string, score float64, after time.Duration) func(*odzew.Conversation) {
		return func(c *odzew.Conversation) {
			c.Ratings = []odzew.Rating{{Kind: kind, Score: score, Max: 5, At: start.Add(after), Comment: "ok"}}
		}
	}
	good, bad := scored{odzew.Positive, 0, 0.5, "", "", ""}, scored{odzew.Negative, 1, -0.7, "", "", ""}
	number := analysed(t, s, "C-1", "k-1", "dostawa", start, rated("csat", 4, 90*time.Minute), Finding{}, good, scored{}, bad, bad)
	analysed(t, s, "C-2", "k-2", "zwroty", start, rated("ces", 2, -time.Minute), Finding{}, bad)
	analysed(t, s, "C-3", "k-3", "zwroty", start, func(c *odzew.Conversation) { rated("csat", 1, 0)(c); c.Excluded = "test" }, Finding{}, bad)
	analysed(t, s, "C-4", "k-4", "zwroty", start, rated("csat", 1, 48*time.Hour), Finding{}, bad)

	got, err := s.RatedConversations(ctx, theDay.Start, theDay.End)
	if err != nil {
		t.Fatal(err)
	}
	want := []Rated{
		// What came after the verdict has no part in it.
		{ExternalID: "C-1", Source: "shop", Touchpoint: "dostawa", Rating: odzew.Rating{Kind: "csat", Score: 4, Max: 5, At: start.Add(90 * time.Minute), Comment: "ok"}, Messages: 1, Positive: 1, Valence: 0.5},
		{ExternalID: "C-2", Source: "shop", Touchpoint: "zwroty", Rating: odzew.Rating{Kind: "ces", Score: 2, Max: 5, At: start.Add(-time.Minute), Comment: "ok"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Rated{}, "Conversation")); diff != "" {
		t.Error(diff)
	}
	for _, tt := range []struct {
		by      time.Duration
		highest bool
		want    string
	}{{5 * time.Hour, true, "C-1-0"}, {5 * time.Hour, false, "C-1-2"}, {time.Hour, false, "C-1-0"}, {-time.Hour, true, ""}} {
		if message, text, err := s.ExtremeText(ctx, number, start.Add(tt.by), tt.highest); err != nil || message != tt.want || (text == "") != (tt.want == "") {
			t.Errorf("%v %v: %q %q %v, want %q", tt.by, tt.highest, message, text, err, tt.want)
		}
	}
	sc := bad
	number = analysed(t, s, "C-5", "k-5", "zwroty", start, nil, Finding{}, sc)
	if _, err := s.w.ExecContext(ctx, `UPDATE message_scores SET signals = 'waiting vulnerability' WHERE message_id = (SELECT max(id) FROM messages)`); err != nil {
		t.Fatal(err)
	}
	if message, text, err := s.ExtremeText(ctx, number, start.AddDate(0, 0, 1), false); message != "" || text != "" || err != nil {
		t.Errorf("words of need are shown: %q %q %v", message, text, err)
	}
}

// A database of before is rolled up by the next analysis.
func TestMigrationMarksDays(t *testing.T) {
	schema, err := os.ReadFile(filepath.Join("testdata", "schema-v2.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite3", dsn(path, "rwc", 2000))
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(context.Background(), db, 2, string(schema), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO activity_rollups VALUES ('2026-02-10', 'a', 1, 0, 1, 0, 0, 0, 0, 1, 1), ('2026-02-10', 'b', 1, 0, 1, 0, 0, 0, 0, 1, 1), ('2026-02-11', 'b', 1, 0, 1, 0, 0, 0, 0, 1, 1)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	days, err := openAt(t, path, Options{}).StaleDays(t.Context())
	if diff := cmp.Diff([]string{"2026-02-10", "2026-02-11"}, days); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
