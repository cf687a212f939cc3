// Package connectortest is the contract of connectors.Connector as tests. A
// connector is right when Run says so over its real system, or over a fake of
// one that cannot run here:
//
//	func TestConformance(t *testing.T) {
//		connectortest.Run(t, func(t *testing.T) connectortest.System { … })
//	}
//
// Rules of this package:
//
//   - Each sentence of the interface's comment has a case, and each case quotes it.
//   - A case cannot pass on nothing: it counts what must have come.
//   - The consumer here does what the store does: it keeps records up to the last
//     cursor, and may be killed between any two of them.
package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"odzew"
	"odzew/connectors"
)

// A System is what a connector reads, with a handle to change it. It starts empty.
type System struct {
	// Open returns a connector with no memory of earlier pulls, as after a restart.
	Open func(t *testing.T) connectors.Connector
	// Add puts in conversations of one message each, in the order given.
	Add func(t *testing.T, items ...Item)
	// Change gives a conversation a further message. Nil where each message is
	// a record of its own.
	Change func(t *testing.T, item Item)
	// Break puts in something that has the place of a conversation but cannot be
	// read. Nil where nothing of the kind can be.
	Break func(t *testing.T, at time.Time)
	// Text is how the text of an item is found in what arrives; nil: as it was given.
	Text func(odzew.Conversation) string
	// Many is how many items fill more than one page, cursor or window of the
	// system; 0 stands for 250.
	Many int
}

// An Item is a conversation with one message of its customer.
type Item struct {
	// Key is the conversation's ID or, for a mail, the part of its Message-ID
	// before the @.
	Key  string
	At   time.Time
	Text string
}

// Start is the time of the first item that the suite adds; the others follow
// within the next days. A system that judges dates needs a clock past them.
var Start = time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC)

// Clock is a time at which all that the suite adds is in the past.
func Clock() time.Time { return Start.AddDate(0, 1, 0) }

// Run checks the contract. Start makes an empty system for each case.
func Run(t *testing.T, start func(t *testing.T) System) {
	run := func(name string, f func(t *testing.T, s *suite)) {
		t.Run(name, func(t *testing.T) {
			sys := start(t)
			if sys.Many == 0 {
				sys.Many = 250
			}
			if sys.Text == nil {
				sys.Text = func(c odzew.Conversation) string { return c.Messages[len(c.Messages)-1].Text }
			}
			f(t, &suite{System: sys})
		})
	}

	// "Pull streams what is new or changed since a cursor … the empty cursor stands for the beginning."
	run("first pull is complete", func(t *testing.T, s *suite) {
		want := s.add(t, s.Many)
		got := s.pull(t, "")
		equal(t, "keys", got.keys(), want)
		for i, r := range got.conversations() {
			if text := s.Text(*r); !strings.Contains(text, textOf(i)) {
				t.Errorf("conversation %d has the text %q, want %q", i, text, textOf(i))
			}
			if r.Source == "" {
				t.Errorf("conversation %d has no source", i)
			}
			for _, m := range r.Messages {
				if m.ID == "" || m.At.Location() != time.UTC || !odzew.Plausible(m.At) {
					t.Errorf("conversation %d: message id %q at %v", i, m.ID, m.At)
				}
			}
		}
	})
	run("an empty system has nothing", func(t *testing.T, s *suite) {
		first := s.pull(t, "")
		equal(t, "keys", first.keys(), nil)
		want := s.add(t, 3)
		equal(t, "keys after the first conversations", s.pull(t, first.cursor()).keys(), want)
	})

	// "… the oldest change first … No record comes twice within one pull."
	run("oldest change first and none twice", func(t *testing.T, s *suite) {
		var want []string
		for i := range 40 {
			item := Item{Key: keyOf(i), At: Start.Add(time.Duration(i) * time.Hour), Text: textOf(i)}
			s.Add(t, item)
			want = append(want, item.Key)
		}
		equal(t, "order", s.pull(t, "").order(), want)
	})
	run("equal times lose nothing", func(t *testing.T, s *suite) {
		var items []Item
		var want []string
		for i := range s.Many {
			items = append(items, Item{Key: keyOf(i), At: Start, Text: textOf(i)})
			want = append(want, keyOf(i))
		}
		s.Add(t, items[:s.Many/2]...)
		first := s.pull(t, "")
		equal(t, "first keys", first.keys(), want[:s.Many/2])
		s.Add(t, items[s.Many/2:]...)
		second := s.pull(t, first.cursor())
		equal(t, "all keys", keep(first.keys(), second.keys()), want)
	})
	run("one that comes late with an old time is found", func(t *testing.T, s *suite) {
		s.add(t, 5)
		first := s.pull(t, "")
		s.Add(t, Item{Key: "late", At: Start.Add(-24 * time.Hour), Text: "spóźniona"})
		equal(t, "keys", s.pull(t, first.cursor()).keys(), []string{"late"})
	})

	// "… a pull after which nothing has changed brings none."
	run("second pull brings nothing", func(t *testing.T, s *suite) {
		s.add(t, s.Many)
		if s.Break != nil {
			s.Break(t, Start.Add(100*time.Hour))
		}
		first := s.pull(t, "")
		if len(first) < s.Many {
			t.Fatalf("the first pull brought %d records", len(first))
		}
		second := s.pull(t, first.cursor())
		if n := len(second.conversations()) + len(second.letters()); n > 0 {
			t.Errorf("%d records came again", n)
		}
	})
	run("later pulls bring what changed and only that", func(t *testing.T, s *suite) {
		s.add(t, 20)
		first := s.pull(t, "")
		s.Add(t, Item{Key: "new", At: Start.Add(50 * time.Hour), Text: "nowa"})
		second := s.pull(t, first.cursor())
		equal(t, "keys after one was added", second.keys(), []string{"new"})
		if s.Change == nil {
			return
		}
		s.Change(t, Item{Key: keyOf(7), At: Start.Add(51 * time.Hour), Text: "dopisane"})
		third := s.pull(t, second.cursor())
		equal(t, "keys after one was changed", third.keys(), []string{keyOf(7)})
		if text := s.Text(*third.conversations()[0]); !strings.Contains(text, "dopisane") {
			t.Errorf("the changed conversation has the text %q", text)
		}
	})

	// "When accept fails, it is not called again, and Pull returns an error that wraps its own."
	// "… a pull from any cursor that was accepted … brings every record that the cursor does not cover."
	run("a failure after any record loses nothing", func(t *testing.T, s *suite) {
		want := s.add(t, s.Many)
		if s.Break != nil {
			s.Break(t, Start.Add(100*time.Hour))
		}
		all := s.pull(t, "")
		steps := max(1, len(all)/25)
		for n := 0; n < len(all); n += steps {
			full := errors.New("the disk is full")
			var before records
			calls := 0
			err := s.Open(t).Pull(t.Context(), "", func(r connectors.Record) error {
				if calls++; calls > n {
					return full
				}
				before = append(before, r)
				return nil
			})
			if !errors.Is(err, full) || calls != n+1 {
				t.Fatalf("accept failed at call %d: it was called %d times, and Pull returned %v", n+1, calls, err)
			}
			// What came after the last cursor was not committed.
			kept := before.covered()
			rest := s.pull(t, kept.cursor())
			equal(t, fmt.Sprintf("keys after a failure at record %d", n+1), keep(kept.keys(), rest.keys()), want)
			if s.Break != nil && len(kept.letters())+len(rest.letters()) == 0 {
				t.Errorf("the dead letter is lost after a failure at record %d", n+1)
			}
		}
	})
	run("a failure of accept stands before the end of the context", func(t *testing.T, s *suite) {
		s.add(t, 5)
		full := errors.New("the disk is full")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := s.Open(t).Pull(ctx, "", func(connectors.Record) error { cancel(); return full })
		if !errors.Is(err, full) {
			t.Errorf("accept failed when the context ended, and Pull returned %v", err)
		}
	})
	run("every cursor covers what came before it and no more", func(t *testing.T, s *suite) {
		want := s.add(t, s.Many)
		all := s.pull(t, "")
		cursors := 0
		for i, r := range all {
			if r.Cursor == "" {
				continue
			}
			cursors++
			kept := all[:i+1]
			equal(t, fmt.Sprintf("keys from the cursor of record %d", i+1), keep(kept.keys(), s.pull(t, r.Cursor).keys()), want)
		}
		// A pull that never says where it is could never be resumed.
		if cursors < 2 {
			t.Errorf("%d records came with %d cursors", len(all), cursors)
		}
	})

	// "When Pull returns nil, the last cursor covers all that was accepted."
	run("the last record has a cursor", func(t *testing.T, s *suite) {
		s.add(t, 7)
		all := s.pull(t, "")
		if len(all) == 0 || all[len(all)-1].Cursor == "" {
			t.Errorf("of %d records the last has no cursor", len(all))
		}
	})

	// "When ctx ends, Pull returns soon, with an error that wraps ctx.Err. No goroutine outlives Pull."
	run("the end of the context ends the pull", func(t *testing.T, s *suite) {
		s.add(t, s.Many)
		c := s.Open(t)
		leaks := goleak.IgnoreCurrent()
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		start := time.Now()
		err := c.Pull(ctx, "", func(connectors.Record) error {
			if calls++; calls == 3 {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Pull returned %v", err)
		}
		if took := time.Since(start); took > 5*time.Second || calls > 4 {
			t.Errorf("after the cancellation at record 3 it went on to %d, for %v", calls, took)
		}
		goleak.VerifyNone(t, leaks)

		calls = 0
		if err := c.Pull(ctx, "", func(connectors.Record) error { calls++; return nil }); !errors.Is(err, context.Canceled) || calls > 0 {
			t.Errorf("with a context that has ended, Pull brought %d records and returned %v", calls, err)
		}
	})

	// "What cannot be understood becomes a dead letter; the rest arrives."
	run("broken records are dead letters", func(t *testing.T, s *suite) {
		if s.Break == nil {
			t.Skip("nothing in this system can be broken")
		}
		s.Add(t, Item{Key: "a", At: Start, Text: "przed"})
		s.Break(t, Start.Add(time.Minute))
		s.Add(t, Item{Key: "b", At: Start.Add(2 * time.Minute), Text: "po"})
		got := s.pull(t, "")
		equal(t, "keys", got.keys(), []string{"a", "b"})
		letters := got.letters()
		if len(letters) != 1 {
			t.Fatalf("%d dead letters, want 1", len(letters))
		}
		if l := letters[0]; l.Where == "" || l.Reason == "" || len(l.Raw) > connectors.MaxRaw {
			t.Errorf("dead letter where %q, reason %q, %d bytes of its start", l.Where, l.Reason, len(l.Raw))
		}
	})

	// "A cursor that Pull cannot read … gives an error that wraps ErrCursor before anything is accepted."
	run("a foreign cursor is an error", func(t *testing.T, s *suite) {
		s.add(t, 3)
		own := s.pull(t, "").cursor()
		kind, _, _ := strings.Cut(string(own), " ")
		for _, c := range []connectors.Cursor{"x", "other/1 {}", connectors.Cursor(kind + "0 {}"), connectors.Cursor(kind + " {"), own[:len(own)-1]} {
			err := s.Open(t).Pull(t.Context(), c, func(connectors.Record) error {
				t.Errorf("cursor %q: a record was accepted", c)
				return nil
			})
			if !errors.Is(err, connectors.ErrCursor) {
				t.Errorf("cursor %q: Pull returned %v", c, err)
			}
			if _, transient := connectors.IsTransient(err); transient {
				t.Errorf("cursor %q: the error passes for one that goes away", c)
			}
		}
	})

	// "A Connector may be used again after Pull returns."
	run("a connector can be used again", func(t *testing.T, s *suite) {
		want := s.add(t, 5)
		c := s.Open(t)
		for range 2 {
			equal(t, "keys", s.pullFrom(t, c, "").keys(), want)
		}
	})
}

type suite struct{ System }

func keyOf(i int) string  { return fmt.Sprintf("k%04d", i) }
func textOf(i int) string { return fmt.Sprintf("Gdzie jest moja paczka nr %d?", i) }

// add puts in n items, a minute apart, and returns their keys.
func (s *suite) add(t *testing.T, n int) (keys []string) {
	t.Helper()
	var items []Item
	for i := range n {
		items = append(items, Item{Key: keyOf(i), At: Start.Add(time.Duration(i) * time.Minute), Text: textOf(i)})
		keys = append(keys, keyOf(i))
	}
	s.Add(t, items...)
	return keys
}

func (s *suite) pull(t *testing.T, since connectors.Cursor) records {
	t.Helper()
	return s.pullFrom(t, s.Open(t), since)
}

func (s *suite) pullFrom(t *testing.T, c connectors.Connector, since connectors.Cursor) (all records) {
	t.Helper()
	busy := false
	err := c.Pull(t.Context(), since, func(r connectors.Record) error {
		if busy {
			t.Error("accept was called while it ran")
		}
		busy = true
		defer func() { busy = false }()
		if r.Conversation != nil && r.DeadLetter != nil {
			t.Error("a record is a conversation and a dead letter")
		}
		if r == (connectors.Record{}) {
			t.Error("a record is nothing")
		}
		all = append(all, r)
		return nil
	})
	if err != nil {
		t.Fatal("Pull: ", err)
	}
	if order := all.order(); len(order) != len(all.keys()) {
		t.Errorf("records came twice within one pull: %v", order)
	}
	return all
}

type records []connectors.Record

func (all records) conversations() (some []*odzew.Conversation) {
	for _, r := range all {
		if r.Conversation != nil {
			some = append(some, r.Conversation)
		}
	}
	return some
}

func (all records) letters() (some []*connectors.DeadLetter) {
	for _, r := range all {
		if r.DeadLetter != nil {
			some = append(some, r.DeadLetter)
		}
	}
	return some
}

// order is the keys as they came.
func (all records) order() (keys []string) {
	for _, c := range all.conversations() {
		key := c.ID
		if key == "" && len(c.Messages) == 1 && c.Messages[0].Mail != nil {
			key, _, _ = strings.Cut(c.Messages[0].Mail.MessageID, "@")
		}
		keys = append(keys, key)
	}
	return keys
}

// keys is each key once, sorted.
func (all records) keys() []string { return keep(all.order(), nil) }

// cursor is the last one.
func (all records) cursor() (c connectors.Cursor) {
	for _, r := range all {
		if r.Cursor != "" {
			c = r.Cursor
		}
	}
	return c
}

// covered is the records up to the last with a cursor.
func (all records) covered() records {
	for i := len(all); i > 0; i-- {
		if all[i-1].Cursor != "" {
			return all[:i]
		}
	}
	return nil
}

// keep is what a store that keeps each conversation once has of both.
func keep(a, b []string) []string {
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	return slices.Compact(all)
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %d %.200q\nwant %d %.200q", what, len(got), got, len(want), want)
	}
}
