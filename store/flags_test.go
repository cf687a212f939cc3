package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odzew"
)

// TestFlagLife takes one customer's flag from its opening to its end.
func TestFlagLife(t *testing.T) {
	s, ctx := open(t), t.Context()
	put(t, s, "shop", "", conversation("C-1"), conversation("C-2"))
	v := Versions{Lexicon: "1", Analyzer: "1"}
	found := func(conv int64, cause string, level int, at time.Time) {
		t.Helper()
		f := Finding{Conversation: conv, Revision: 1, Anew: true, Identity: []byte("ewa"), Flag: odzew.Flag{Cause: cause, Level: level, Frustration: float64(level) / 2, OpenedAt: at, Reasons: []odzew.Reason{{Signal: cause, Weight: 0.5, Quote: "ile można"}}}}
		if err := s.SaveFindings(ctx, v, []Finding{f}); err != nil {
			t.Fatal(err)
		}
	}
	check := func(step string, want ...string) {
		t.Helper()
		list, err := s.Flags(ctx, false, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range list {
			got = append(got, fmt.Sprintf("%s %s %s %d %s", f.ID, f.Conversation, f.Cause, f.Level, f.State))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", step, diff)
		}
	}
	person := func(id int64, state string) {
		t.Helper()
		if _, err := s.SetFlag(ctx, id, state, "ewa"); err != nil {
			t.Fatal(err)
		}
	}
	found(1, "waiting", 1, start)
	found(1, "waiting", 1, start) // the same again changes nothing
	check("opened", "1 C-1 waiting 1 open")
	found(1, "waiting", 2, start)
	check("raised", "1 C-1 waiting 2 open")
	person(1, FlagAcknowledged)
	found(1, "waiting", 2, start)
	check("acknowledged stays", "1 C-1 waiting 2 acknowledged")
	found(2, "waiting", 2, start.Add(time.Hour)) // the same customer's other conversation
	check("one a customer and cause, and it is new", "1 C-2 waiting 2 open")
	person(1, FlagResolved)
	found(2, "waiting", 2, start.Add(time.Hour))
	check("resolved stays", "1 C-2 waiting 2 resolved")
	if aside, err := s.PutAside(ctx, clock()); err != nil || len(aside) != 1 || aside[2].IsZero() {
		t.Errorf("put aside: %v, %v", aside, err)
	}
	found(2, "waiting", 2, start.Add(2*time.Hour))
	check("the customer wrote again", "1 C-2 waiting 2 open")
	found(2, "legal", 2, start.Add(3*time.Hour))
	check("another cause takes its place", "1 C-2 waiting 2 resolved", "2 C-2 legal 2 open")
	person(2, FlagMuted)
	found(2, "legal", 2, start.Add(4*time.Hour))
	check("muted stays", "1 C-2 waiting 2 resolved", "2 C-2 legal 2 muted")
	if aside, err := s.PutAside(ctx, clock()); err != nil || len(aside) != 1 || !aside[2].IsZero() {
		t.Errorf("put aside: %v, %v", aside, err)
	}
	found(2, "", 0, start.Add(5*time.Hour))
	check("calm", "1 C-2 waiting 2 resolved", "2 C-2 legal 2 muted")

	var events []string
	history, err := s.FlagHistory(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range history {
		events = append(events, e.Event+" by "+e.By)
	}
	want := []string{"opened by odzew", "raised by odzew", "acknowledged by ewa", "reopened by odzew", "resolved by ewa", "reopened by odzew", "resolved by odzew"}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	if _, err := s.SetFlag(ctx, 99, FlagMuted, "ewa"); err == nil {
		t.Error("a flag that is not there was muted")
	}
}

// A flag that the analysis ended comes back when its cause does, as after a lexicon was
// put back; one that a person ended stays where it is, whatever the person's name.
func TestEndedFlagComesBack(t *testing.T) {
	for _, tt := range []struct{ by, want string }{{"", FlagOpen}, {"ewa", FlagResolved}, {byAnalysis, FlagResolved}} {
		s, ctx := open(t), t.Context()
		put(t, s, "shop", "", conversation("C-1"))
		found := func(level int) {
			t.Helper()
			f := Finding{Conversation: 1, Revision: 1, Anew: true, Identity: []byte("ewa"), Flag: odzew.Flag{Cause: "legal", Level: level, OpenedAt: start}}
			if err := s.SaveFindings(ctx, Versions{Lexicon: "1", Analyzer: "1"}, []Finding{f}); err != nil {
				t.Fatal(err)
			}
		}
		found(2)
		if tt.by != "" {
			if _, err := s.SetFlag(ctx, 1, FlagResolved, tt.by); err != nil {
				t.Fatal(err)
			}
		}
		found(0)
		found(2)
		if list, err := s.Flags(ctx, false, 10); err != nil || len(list) != 1 || list[0].State != tt.want {
			t.Errorf("ended by %q: %+v, %v, want it %s", tt.by, list, err, tt.want)
		}
	}
}

// The flag of who gets to be known as somebody else moves with them.
func TestFlagOfNewIdentity(t *testing.T) {
	s, ctx := open(t), t.Context()
	put(t, s, "shop", "", conversation("C-1"))
	for _, who := range []string{"by number", "by address"} {
		f := Finding{Conversation: 1, Revision: 1, Anew: true, Identity: []byte(who), Flag: odzew.Flag{Cause: "legal", Level: 2, OpenedAt: start}}
		if err := s.SaveFindings(ctx, Versions{Lexicon: "1", Analyzer: "1"}, []Finding{f}); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.Flags(ctx, true, 10); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v: want one open flag", list, err)
	}
}

// TestFlagOfTwo: of a customer's two conversations with one cause the graver is told,
// whichever was analysed last; when it calms, the other may take its place.
func TestFlagOfTwo(t *testing.T) {
	for _, order := range [][2]int64{{1, 2}, {2, 1}} {
		s, ctx := open(t), t.Context()
		put(t, s, "shop", "", conversation("C-1"), conversation("C-2"))
		found := func(conv int64, level int, call bool) {
			t.Helper()
			f := Finding{Conversation: conv, Revision: 1, Anew: true, Identity: []byte("ewa"), Flag: odzew.Flag{Cause: "waiting", Level: level, Frustration: float64(level) / 2, NeedsCall: call, OpenedAt: start}}
			if err := s.SaveFindings(ctx, Versions{Lexicon: "1", Analyzer: "1"}, []Finding{f}); err != nil {
				t.Fatal(err)
			}
		}
		told := func() string {
			t.Helper()
			list, err := s.Flags(ctx, true, 100)
			if err != nil || len(list) != 1 {
				t.Fatalf("%+v, %v", list, err)
			}
			return fmt.Sprint(list[0].Conversation, " ", list[0].Level, " ", list[0].NeedsCall)
		}
		for _, conv := range order {
			found(conv, map[int64]int{1: 2, 2: 1}[conv], conv == 1)
		}
		if got := told(); got != "C-1 2 true" {
			t.Errorf("%v: %s", order, got)
		}
		found(1, 1, false)
		found(2, 1, true)
		if got := told(); got != "C-2 1 true" {
			t.Errorf("%v, calmed: %s", order, got)
		}
	}
}

// TestFlagPassesOn: where the graver of two conversations calms or ends, the customer's
// flag tells of the other one, and is not resolved while that one goes on.
func TestFlagPassesOn(t *testing.T) {
	for _, order := range [][2]int64{{1, 2}, {2, 1}} {
		s, ctx := open(t), t.Context()
		one, two := conversation("C-1"), conversation("C-2")
		one.Customer, two.Customer = odzew.Customer{ID: "k-1", Email: "ewa@example.test"}, odzew.Customer{ID: "k-1", Email: "ewa@example.test"}
		put(t, s, "shop", "", one, two)
		stored, err := s.Load(ctx, []int64{1})
		if err != nil {
			t.Fatal(err)
		}
		found := func(conv int64, level int) {
			t.Helper()
			f := Finding{Conversation: conv, Revision: 1, Anew: true, Identity: stored[0].Identity}
			if level > 0 {
				f.Flag = odzew.Flag{Cause: "waiting", Level: level, Frustration: float64(level) / 2, OpenedAt: start, Reasons: []odzew.Reason{{Signal: "waiting", Message: fmt.Sprint("m", conv)}}}
			}
			if err := s.SaveFindings(ctx, Versions{Lexicon: "1", Analyzer: "1"}, []Finding{f}); err != nil {
				t.Fatal(err)
			}
		}
		told := func(step, want string) {
			t.Helper()
			list, err := s.Flags(ctx, false, 100)
			if err != nil || len(list) != 1 {
				t.Fatalf("%+v, %v", list, err)
			}
			f := list[0]
			if got := fmt.Sprint(f.Conversation, " ", f.Level, " ", f.State, " ", f.Reasons[0].Message); got != want {
				t.Errorf("%v, %s: %s, not %s", order, step, got, want)
			}
		}
		for _, conv := range order {
			found(conv, map[int64]int{1: 2, 2: 1}[conv])
		}
		told("both", "C-1 2 open m1")
		found(1, 1)
		told("as grave as the other: the later one", "C-2 1 open m2")
		found(1, 2)
		told("worse again", "C-1 2 open m1")
		found(1, 0)
		told("one is calm", "C-2 1 open m2")
		found(2, 0)
		told("both are calm", "C-2 1 resolved m2")
	}
}

// TestOthers: a conversation that began long ago and still goes on is one of the
// customer's others; one that ended long ago is none.
func TestOthers(t *testing.T) {
	s := open(t)
	over := func(id string, from, to time.Time) *odzew.Conversation {
		c := conversation(id)
		c.CreatedAt, c.Events, c.Ratings = from, nil, nil
		c.Messages[0].At, c.Messages[1].At = from, to
		return c
	}
	day := 24 * time.Hour
	put(t, s, "shop", "", over("now", start, start.Add(day)), over("goes on", start.Add(-30*day), start.Add(-time.Hour)),
		over("over", start.Add(-30*day), start.Add(-29*day)), over("later", start.Add(10*day), start.Add(11*day)), over("much later", start.Add(20*day), start.Add(21*day)))
	list, err := s.Load(t.Context(), []int64{1})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	var got []string
	for _, o := range list[0].Others {
		got = append(got, o.Conversation)
	}
	if diff := cmp.Diff([]string{"goes on", "later"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestFlagPutAside proves when a flag that a person put aside comes back: a settled one as soon
// as the customer writes, a false alarm only when it gets worse, too, also at the highest
// level.
func TestFlagPutAside(t *testing.T) {
	for _, tt := range []struct {
		state              string
		wrote              bool
		before, after      float64
		levelAfter, levels int
		want               string
	}{
		{FlagResolved, false, 0.5, 0.5, 2, 2, FlagResolved},
		{FlagResolved, true, 0.5, 0.5, 2, 2, FlagOpen},
		{FlagMuted, true, 0.5, 0.6, 2, 2, FlagMuted},
		{FlagMuted, false, 0.5, 0.9, 2, 2, FlagMuted},
		{FlagMuted, true, 0.5, 0.9, 2, 2, FlagOpen},
		{FlagMuted, false, 0.2, 0.3, 2, 1, FlagOpen},
	} {
		s, ctx := open(t), t.Context()
		put(t, s, "shop", "", conversation("C-1"))
		found := func(level int, frustration float64) {
			t.Helper()
			f := Finding{Conversation: 1, Revision: 1, Anew: true, Identity: []byte("ewa"), Flag: odzew.Flag{Cause: "legal", Level: level, Frustration: frustration, OpenedAt: start}}
			if err := s.SaveFindings(ctx, Versions{Lexicon: "1", Analyzer: "1"}, []Finding{f}); err != nil {
				t.Fatal(err)
			}
		}
		found(tt.levels, tt.before)
		if _, err := s.SetFlag(ctx, 1, tt.state, "ewa"); err != nil {
			t.Fatal(err)
		}
		if tt.wrote {
			c := conversation("C-1")
			c.Messages = append(c.Messages, odzew.Message{ID: "m9", At: clock().Add(time.Hour), Author: odzew.AuthorCustomer, Public: true, Text: "Czy jest już odpowiedź?"})
			put(t, s, "shop", "", c)
		}
		found(tt.levelAfter, tt.after)
		list, err := s.Flags(ctx, false, 9)
		if err != nil || len(list) != 1 || list[0].State != tt.want {
			t.Errorf("%+v: %+v, %v", tt, list, err)
		}
	}
}

// TestRatingMoves proves that a rating whose time was mended is not counted twice.
func TestRatingMoves(t *testing.T) {
	s := open(t)
	c := conversation("C-1")
	put(t, s, "shop", "", c)
	moved := *c
	moved.Ratings = []odzew.Rating{{Kind: "csat", Score: 5, Max: 5, At: start.Add(5 * time.Hour)}}
	put(t, s, "shop", "", &moved)
	var n, score int
	if err := s.r.QueryRowContext(t.Context(), `SELECT count(*), max(score) FROM ratings`).Scan(&n, &score); err != nil || n != 1 || score != 5 {
		t.Errorf("%d ratings, the best %d, %v", n, score, err)
	}
}
