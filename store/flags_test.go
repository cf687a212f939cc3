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
