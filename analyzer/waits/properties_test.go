package waits

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odzew"
)

// drawConversation makes a conversation of any kinds of messages and events, each
// at a time of its own, minutes to days apart, in the order of time.
func drawConversation(t *rapid.T) odzew.Conversation {
	c := odzew.Conversation{ID: "c", Source: "s"}
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	n := rapid.IntRange(0, 14).Draw(t, "n")
	for i := range n {
		at = at.Add(time.Duration(rapid.Int64Range(maxSkew+1, 3*86400).Draw(t, "gap")) * time.Second)
		kind := rapid.SampledFrom([]string{
			"customer", "customer", "customer", "agent", "agent", "bot", "auto", "note", "thanks", "ooo", "handoff",
			"new", "open", "pending", "hold", "solved", "closed", "assign",
		}).Draw(t, "kind")
		m := odzew.Message{ID: fmt.Sprint(i), At: at, Public: true, Author: odzew.AuthorCustomer, Text: fmt.Sprint("text ", i)}
		switch kind {
		case "customer":
		case "agent", "bot", "auto":
			m.Author = odzew.Author(kind)
		case "note":
			m.Author, m.Public = odzew.AuthorAgent, false
		case "thanks":
			m.Text = "thanks"
		case "ooo":
			m.Headers = map[string]string{"Auto-Submitted": "auto-replied"}
		case "handoff", "assign":
			c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventKind(kind), To: fmt.Sprint("agent-", i%3)})
			continue
		default:
			c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventStatus, To: kind})
			continue
		}
		c.Messages = append(c.Messages, m)
	}
	if n > 0 {
		c.CreatedAt = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	}
	return c
}

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestOrderOfInputDoesNotMatter(t *testing.T) {
	cal := schedules(t)["S1"]
	rapid.Check(t, func(t *rapid.T) {
		c := drawConversation(t)
		want := Measure(c, cal, asOf, testOptions)
		c.Messages = rapid.Permutation(c.Messages).Draw(t, "messages")
		c.Events = rapid.Permutation(c.Events).Draw(t, "events")
		if diff := cmp.Diff(want, Measure(c, cal, asOf, testOptions)); diff != "" {
			t.Fatalf("the order of the input changes the waits (-in order +shuffled)\n%s", diff)
		}
	})
}

func TestNotesAndAutomaticMessagesCountForNothing(t *testing.T) {
	cal := schedules(t)["S1"]
	rapid.Check(t, func(t *rapid.T) {
		c := drawConversation(t)
		want := Measure(c, cal, asOf, testOptions)
		m := odzew.Message{ID: "extra", Author: odzew.AuthorAuto, Public: true, Text: "we got your message"}
		m.At = c.CreatedAt.Add(time.Duration(rapid.Int64Range(0, 30*86400).Draw(t, "after")) * time.Second)
		if rapid.Bool().Draw(t, "note") {
			m.Author, m.Public = odzew.AuthorAgent, false
		}
		c.Messages = slices.Insert(slices.Clone(c.Messages), rapid.IntRange(0, len(c.Messages)).Draw(t, "position"), m)
		if len(c.Messages) == 1 && len(c.Events) == 0 {
			return // nothing else is there: the time of the first event is the extra one's
		}
		if diff := cmp.Diff(want, Measure(c, cal, asOf, testOptions)); diff != "" {
			t.Fatalf("a message that counts for nothing changes the waits (-without +with)\n%s", diff)
		}
	})
}

func TestDuplicatesCountOnce(t *testing.T) {
	cal := schedules(t)["S1"]
	rapid.Check(t, func(t *rapid.T) {
		c := drawConversation(t)
		want := Measure(c, cal, asOf, testOptions)
		c.Messages = append(slices.Clone(c.Messages), c.Messages...)
		got := Measure(c, cal, asOf, testOptions)
		if len(c.Messages) > 0 && !slices.Contains(got.Flags, FlagDuplicate) {
			t.Fatal("duplicates are not flagged")
		}
		got.Flags = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("duplicates change the waits (-once +twice)\n%s", diff)
		}
	})
}

func TestRoundTheClockBusinessIsCalendar(t *testing.T) {
	cal := schedules(t)["24x7"]
	rapid.Check(t, func(t *rapid.T) {
		w := Measure(drawConversation(t), cal, asOf, testOptions)
		for _, turn := range w.Turns {
			if turn.Seconds != turn.BusinessSeconds {
				t.Fatalf("%+v", turn)
			}
		}
		for _, clock := range []*odzew.Clock{w.RequesterWait, w.AgentWork, w.Pending, w.Hold, w.ParkedWait, w.FirstResolution, w.FullResolution, w.ActiveLife, w.FirstHumanTotal} {
			if clock != nil && clock.Seconds != clock.BusinessSeconds {
				t.Fatalf("%+v", clock)
			}
		}
	})
}

// check holds what must be true of any measurement whatever came in.
func check(t interface{ Fatalf(string, ...any) }, w odzew.Waits) {
	clocks := slices.Concat(w.Periodic, w.Pausable)
	for _, clock := range []*odzew.Clock{w.RequesterWait, w.AgentWork, w.Pending, w.Hold, w.ParkedWait, w.FirstResolution, w.FullResolution, w.ActiveLife, w.FirstHumanTotal} {
		if clock != nil {
			clocks = append(clocks, *clock)
		}
	}
	nudges := 0
	for _, turn := range w.Turns {
		clocks = append(clocks, odzew.Clock{Seconds: turn.Seconds, BusinessSeconds: turn.BusinessSeconds})
		nudges += turn.Nudges
		if turn.Kind == "" || turn.Outcome == "" {
			t.Fatalf("a turn without a kind or an outcome: %+v", turn)
		}
		if (turn.Nudges > 0) != (turn.FirstNudgeSeconds != nil) || turn.ParkedSeconds > turn.Seconds {
			t.Fatalf("inconsistent turn: %+v", turn)
		}
		if turn.ClosedAt != nil && turn.ClosedAt.Unix()-turn.OpenedAt.Unix() != turn.Seconds {
			t.Fatalf("seconds do not fit the times: %+v", turn)
		}
	}
	for _, clock := range clocks {
		if clock.Seconds < 0 || clock.BusinessSeconds < 0 || clock.BusinessSeconds > clock.Seconds {
			t.Fatalf("impossible clock %+v", clock)
		}
	}
	if nudges != w.Nudges {
		t.Fatalf("%d nudges in turns, %d in all", nudges, w.Nudges)
	}
	if w.ActiveLife != nil && w.ActiveLife.Seconds != w.RequesterWait.Seconds+w.Pending.Seconds {
		t.Fatalf("statuses do not add up: %+v", w)
	}
	switch f := w.FirstReply; f.State {
	case Answered, Open:
		if f.Seconds == nil || f.BusinessSeconds == nil || f.Reason != "" {
			t.Fatalf("first reply %+v", f)
		}
	case ClosedUnanswered:
		if f.Seconds != nil {
			t.Fatalf("first reply %+v", f)
		}
	case NotApplicable:
		if f.Seconds != nil || f.Reason == "" {
			t.Fatalf("first reply %+v", f)
		}
	default:
		t.Fatalf("first reply %+v", f)
	}
}

func TestMeasurementsAreConsistent(t *testing.T) {
	cal := schedules(t)["S1"]
	rapid.Check(t, func(t *rapid.T) {
		c := drawConversation(t)
		now := c.CreatedAt.Add(time.Duration(rapid.Int64Range(0, 60*86400).Draw(t, "now")) * time.Second)
		w := Measure(c, cal, now, testOptions)
		check(t, w)
		x := Explain(c, cal, now, testOptions)
		if diff := cmp.Diff(w, x.Waits); diff != "" {
			t.Fatalf("explained otherwise than measured\n%s", diff)
		}
		for i, spans := range x.Hours {
			sum := int64(0)
			for _, sp := range spans {
				sum += int64(sp.To.Sub(sp.From) / time.Second)
			}
			if sum != w.Turns[i].BusinessSeconds {
				t.Fatalf("turn %d: opening hours add up to %d s, the turn has %d", i, sum, w.Turns[i].BusinessSeconds)
			}
		}
		for _, step := range x.Steps {
			if step.Rule == "" || step.Why == "" || step.Effect == "" || step.Kind == "" {
				t.Fatalf("a step without a reason: %+v", step)
			}
		}
	})
}

// Whatever a file holds, it is measured without a panic, and consistently.
func FuzzMeasure(f *testing.F) {
	f.Add([]byte(`{"id":"C-1","source":"shop","created_at":"2026-02-10T09:00:00Z","messages":[{"id":"m1","at":"2026-02-10T09:00:02Z","author":"customer","text":"x"},{"id":"m2","at":"2026-02-10T09:00:00Z","author":"agent","text":"y"}],"events":[{"at":"2026-02-10T09:30:00Z","kind":"merge","into":"C-1"},{"at":"2026-02-10T09:40:00Z","kind":"merge","into":"C-2"}]}`))
	f.Add([]byte(`{"id":"a","source":"s","created_at":"2099-01-01T00:00:00Z","messages":[{"at":"1972-01-01T00:00:00Z","author":"robot"},{"at":"1972-01-01T00:00:00Z","author":"robot"}],"events":[{"at":"2030-01-01T00:00:00Z","kind":"status","to":"?"},{"at":"2026-01-01T00:00:00Z","kind":"?"}]}`))
	f.Add([]byte(`{"id":"","events":[{"at":"2026-01-01T00:00:00Z","kind":"handoff"},{"at":"2026-01-01T00:00:00Z","kind":"status","to":"closed"}]}`))
	cal := schedules(f)["S1"]
	f.Fuzz(func(t *testing.T, data []byte) {
		var c odzew.Conversation
		if json.Unmarshal(data, &c) != nil {
			return
		}
		opt := testOptions
		opt.Merges = &Merges{}
		opt.Merges.Add(c)
		for _, ev := range c.Events { // and a circle of merges
			if ev.Into != "" {
				opt.Merges.Add(odzew.Conversation{ID: ev.Into, Source: c.Source, Messages: c.Messages, Events: []odzew.Event{{At: ev.At, Kind: odzew.EventMerge, Into: c.ID}}})
			}
		}
		check(t, Measure(c, cal, asOf, opt))
	})
}

// Odd data are flagged, and stop nothing.
func TestOddData(t *testing.T) {
	cal := schedules(t)["S1"]
	at := func(minute int) time.Time { return time.Date(2026, 2, 10, 9, minute, 0, 0, time.UTC) }
	customer := odzew.Message{ID: "q", At: at(0), Author: odzew.AuthorCustomer, Public: true}
	agent := odzew.Message{ID: "a", At: at(30), Author: odzew.AuthorAgent, Public: true}
	for _, tt := range []struct {
		name  string
		c     odzew.Conversation
		flags []string
		state string
	}{
		{"nothing at all", odzew.Conversation{}, nil, NotApplicable},
		{"two alike without ids", odzew.Conversation{Messages: []odzew.Message{
			{At: at(0), Author: "customer", Public: true, Text: "x"}, {At: at(0), Author: "customer", Public: true, Text: "x"},
		}}, []string{FlagDuplicate}, Open},
		{"an unknown author answers nothing", odzew.Conversation{Messages: []odzew.Message{customer, {ID: "b", At: at(10), Author: "wizard", Public: true}}}, []string{FlagUnknownAuthor}, Open},
		{"an unknown status", odzew.Conversation{Messages: []odzew.Message{customer, agent}, Events: []odzew.Event{{At: at(5), Kind: "status", To: "limbo"}}}, []string{FlagUnknownStatus}, Answered},
		{"an unknown event", odzew.Conversation{Messages: []odzew.Message{customer, agent}, Events: []odzew.Event{{At: at(5), Kind: "dance"}}}, []string{FlagUnknownEvent}, Answered},
		{"no time", odzew.Conversation{Messages: []odzew.Message{customer, {ID: "b", Author: "agent", Public: true}}}, []string{FlagNoTime}, Open},
		{"after now", odzew.Conversation{Messages: []odzew.Message{customer, {ID: "b", At: asOf.Add(time.Hour), Author: "agent", Public: true}}}, []string{FlagAfterNow}, Open},
		{"before all calendars", odzew.Conversation{Messages: []odzew.Message{{ID: "q", At: time.Unix(0, 0), Author: "customer", Public: true}, agent}}, []string{FlagOutsideCalendar}, Answered},
		{"excluded", odzew.Conversation{Excluded: "spam", Messages: []odzew.Message{customer}}, nil, NotApplicable},
		{"created after its first message", odzew.Conversation{CreatedAt: at(45), Messages: []odzew.Message{customer, agent}, Events: []odzew.Event{{At: at(50), Kind: "status", To: "solved"}}}, nil, Answered},
		{"a merge into itself", odzew.Conversation{ID: "A", Messages: []odzew.Message{customer, agent}, Events: []odzew.Event{{At: at(5), Kind: "merge", Into: "A"}}}, nil, Answered},
		{"far too early to be clock skew", odzew.Conversation{Messages: []odzew.Message{{ID: "q", At: at(40), Author: "customer", Public: true}, agent}}, nil, NotApplicable},
	} {
		w := Measure(tt.c, cal, asOf, testOptions)
		check(t, w)
		if !slices.Equal(w.Flags, tt.flags) || w.FirstReply.State != tt.state {
			t.Errorf("%s: flags %v, first reply %+v; want %v, %s", tt.name, w.Flags, w.FirstReply, tt.flags, tt.state)
		}
	}
}

func TestThirdParty(t *testing.T) {
	cal := schedules(t)["S1"]
	at := time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC)
	c := odzew.Conversation{Messages: []odzew.Message{
		{ID: "1", At: at, Author: odzew.AuthorCustomer, AuthorID: "courier", Public: true},
		{ID: "2", At: at.Add(time.Hour), Author: odzew.AuthorCustomer, AuthorID: "k-1", Public: true},
		{ID: "3", At: at.Add(2 * time.Hour), Author: odzew.AuthorCustomer, AuthorID: "k-2-in-copy", Public: true},
	}}
	opt := Options{ThirdParty: func(m odzew.Message) bool { return m.AuthorID == "courier" }}
	w := Measure(c, cal, at.Add(3*time.Hour), opt)
	if len(w.Turns) != 1 || w.Turns[0].Seconds != 2*3600 || w.Nudges != 1 {
		t.Errorf("turns %+v: want one of 2 h, with a nudge by the person in copy", w.Turns)
	}
}

// The JSON form is an interface: its names and its nulls stay.
func TestWaitsJSON(t *testing.T) {
	x := readExamples(t)[0]
	data, err := json.Marshal(x.measure(schedules(t)))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"conversation":"A","as_of":"2026-02-24T09:45:00Z","first_reply":{"state":"answered","seconds":2700,"business_seconds":2700},` +
		`"first_human_total":{"seconds":2700,"business_seconds":2700},` +
		`"turns":[{"kind":"first","outcome":"answered","opened_at":"2026-02-10T09:00:00Z","closed_at":"2026-02-10T09:45:00Z","seconds":2700,"business_seconds":2700,"nudges":0,"first_nudge_seconds":null,"flags":[]}],` +
		`"requester_wait":null,"agent_work":null,"pending":null,"hold":null,"parked_wait":null,"first_resolution":null,"full_resolution":null,"active_life":null,` +
		`"periodic":[],"pausable":[],"reopens":0,"handovers":0,"nudges":0,"one_touch":false}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Error(diff)
	}
}

// A million conversations of six events, 10,000 at a time.
func BenchmarkMeasure(b *testing.B) {
	cal := schedules(b)["S1"]
	rng := rand.New(rand.NewPCG(1, 2))
	convs := make([]odzew.Conversation, 10_000)
	for i := range convs {
		at := time.Unix(1767225600+rng.Int64N(300*86400), 0)
		step := func() time.Time { at = at.Add(time.Duration(60+rng.IntN(2*86400)) * time.Second); return at }
		created := at
		convs[i] = odzew.Conversation{ID: fmt.Sprint(i), Source: "s", CreatedAt: created, Messages: []odzew.Message{
			{ID: "1", At: at, Author: odzew.AuthorCustomer, Public: true, Text: "question"},
			{ID: "2", At: step(), Author: odzew.AuthorCustomer, Public: true, Text: "nudge"},
			{ID: "3", At: step(), Author: odzew.AuthorAgent, Public: true, Text: "answer"},
			{ID: "4", At: step(), Author: odzew.AuthorCustomer, Public: true, Text: "thanks"},
		}, Events: []odzew.Event{
			{At: created.Add(time.Minute), Kind: odzew.EventStatus, To: "open"},
			{At: step(), Kind: odzew.EventStatus, To: "solved"},
		}}
	}
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		for i := range convs {
			Measure(convs[i], cal, now, testOptions)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(convs)), "µs/conversation")
}
