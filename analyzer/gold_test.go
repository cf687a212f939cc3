package analyzer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odzew"
	"odzew/analyzer"
	"odzew/analyzer/calendar"
	"odzew/analyzer/frustration"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/waits"
	"odzew/lexicon"
)

// desk is an analyzer as shipped, of a desk in Warsaw that works from nine to five.
func desk(t testing.TB) *analyzer.Analyzer {
	t.Helper()
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	hours := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri"} {
		hours[d] = []string{"09:00-17:00"}
	}
	calendars, err := calendar.CompileAll([]calendar.Config{{Timezone: "Europe/Warsaw", Hours: hours, Holidays: "pl"}})
	if err != nil {
		t.Fatal(err)
	}
	return &analyzer.Analyzer{Scorer: sentiment.New(set.Compile(), model), Calendars: calendars}
}

// A labelled conversation, as a human reads it an hour after its last message.
type labelled struct {
	Conversation odzew.Conversation
	Labels       struct {
		Frustration  int
		Peak         int
		NeedsCall    bool `json:"needs_call"`
		SilentLeaver bool `json:"silent_leaver"`
		ResolvedWell bool `json:"resolved_well"`
		Promise      *struct {
			By   time.Time
			Kept bool
		}
		Pending    json.RawMessage `json:"promise_pending"`
		FirstReply *int64          `json:"first_reply_seconds"`
		Open       bool            `json:"last_open_wait"`
	}
}

func gold(t *testing.T) []labelled {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "gold", "conversations.jsonl")
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not here: labelled conversations stand beside the repository", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []labelled
	for line := range bytes.Lines(data) {
		var raw struct{ Conversation json.RawMessage }
		var l labelled
		if err := json.Unmarshal(line, &raw); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		if l.Conversation, err = odzew.ParseConversation(raw.Conversation); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// lastMessage is the time of the last message.
func lastMessage(c *odzew.Conversation) time.Time {
	last := c.CreatedAt
	for i := range c.Messages {
		if c.Messages[i].At.After(last) {
			last = c.Messages[i].At
		}
	}
	return last
}

// counts are of one yes-or-no question.
type counts struct{ right, extra, missed, n int }

func (c *counts) add(got, want bool) {
	c.n++
	switch {
	case got && want:
		c.right++
	case got:
		c.extra++
	case want:
		c.missed++
	}
}

func (c counts) f1() float64 {
	if c.right == 0 {
		return 0
	}
	return 2 * float64(c.right) / float64(2*c.right+c.extra+c.missed)
}

func (c counts) String() string {
	return fmt.Sprintf("F1 %.2f (%d right, %d too many, %d missed of %d)", c.f1(), c.right, c.extra, c.missed, c.n)
}

// share counts equal labels.
type share struct{ equal, n int }

func (s *share) add(equal bool) {
	s.n++
	if equal {
		s.equal++
	}
}

func (s share) of() float64    { return float64(s.equal) / float64(max(1, s.n)) }
func (s share) String() string { return fmt.Sprintf("%d of %d", s.equal, s.n) }

// A sheet is how findings compare with labels.
type sheet struct {
	needsCall, frustrated, silent, resolved counts
	found                                   counts
	level, peak, due, kept, first, open     share
}

func (s *sheet) String() string {
	return fmt.Sprintf("needs_call    %v\nlevel 2       %v\nlevel         %v\npeak          %v\nsilent_leaver %v\nresolved_well %v\npromise found %v\n  its time    %v\n  kept or not %v\nfirst reply   %v\nopen wait     %v",
		s.needsCall, s.frustrated, s.level, s.peak, s.silent, s.resolved, s.found, s.due, s.kept, s.first, s.open)
}

// TestGold measures on labelled conversations. Rules are written without looking at
// the second half, which therefore has a sheet of its own.
func TestGold(t *testing.T) {
	a := desk(t)
	set := gold(t)
	if len(set) < 60 {
		t.Fatalf("%d conversations: fewer than there were", len(set))
	}
	var all sheet
	var halves [2]sheet
	for i := range set {
		l := &set[i]
		now := lastMessage(&l.Conversation).Add(time.Hour)
		r := a.Analyze(analyzer.Input{Conversation: l.Conversation}, now)
		half := i * 2 / len(set)
		for _, s := range []*sheet{&all, &halves[half]} {
			s.compare(&r, l)
		}
		if half == 0 {
			explain(t, &r, l)
		}
	}
	t.Logf("first half\n%v\n\nsecond half\n%v\n\nall\n%v", &halves[0], &halves[1], &all)
	atLeast(t, "first reply", all.first.of(), 1)
	atLeast(t, "open wait", all.open.of(), 1)
	atLeast(t, "needs_call", all.needsCall.f1(), 0.78)
	atLeast(t, "level 2", all.frustrated.f1(), 0.76)
	atLeast(t, "level", all.level.of(), 0.83)
	atLeast(t, "peak", all.peak.of(), 0.70)
	atLeast(t, "silent_leaver", all.silent.f1(), 0.80)
	atLeast(t, "resolved_well", all.resolved.f1(), 0.92)
	atLeast(t, "promise found", all.found.f1(), 0.87)
	atLeast(t, "promise kept or not", all.kept.of(), 0.84)
}

// atLeast is a floor: what was reached once is not to be lost again.
func atLeast(t *testing.T, what string, got, floor float64) {
	t.Helper()
	if got < floor {
		t.Errorf("%s: %.2f, was %.2f at least", what, got, floor)
	}
}

func (s *sheet) compare(r *analyzer.Result, l *labelled) {
	w := &l.Labels
	s.needsCall.add(r.Flag.NeedsCall, w.NeedsCall)
	s.frustrated.add(r.Flag.Level == 2, w.Frustration == 2)
	s.silent.add(r.SilentLeaver, w.SilentLeaver)
	s.resolved.add(r.ResolvedWell, w.ResolvedWell)
	s.level.add(r.Flag.Level == w.Frustration)
	s.peak.add(r.Peak == w.Peak)
	got, want := thePromise(r), w.Promise
	if s.found.add(got != nil, want != nil); got != nil && want != nil {
		s.due.add(got.Due.Equal(want.By))
		s.kept.add((got.State == frustration.PromiseKept) == want.Kept)
	}
	s.first.add(sameFirstReply(r, l))
	s.open.add(!r.OpenSince.IsZero() == w.Open)
}

func sameFirstReply(r *analyzer.Result, l *labelled) bool {
	var got *int64
	if r.Waits.FirstReply.State == waits.Answered {
		got = r.Waits.FirstReply.Seconds
	}
	want := l.Labels.FirstReply
	return (got == nil) == (want == nil) && (got == nil || *got == *want)
}

// thePromise is the one that a reader would name: a broken one, else the last that
// was kept.
func thePromise(r *analyzer.Result) *frustration.Promise {
	var kept *frustration.Promise
	for i := range r.Promises {
		switch p := &r.Promises[i]; p.State {
		case frustration.PromiseBroken:
			return p
		case frustration.PromiseKept:
			kept = p
		}
	}
	return kept
}

func samePromise(r *analyzer.Result, l *labelled) bool {
	got, want := thePromise(r), l.Labels.Promise
	if got == nil || want == nil {
		return got == nil && want == nil
	}
	return got.Due.Equal(want.By) && (got.State == frustration.PromiseKept) == want.Kept
}

// explain tells where a finding differs from its label.
func explain(t *testing.T, r *analyzer.Result, l *labelled) {
	w := &l.Labels
	var odd []string
	differ := func(what string, got, want any) {
		if got != want {
			odd = append(odd, fmt.Sprintf("%s %v, want %v", what, got, want))
		}
	}
	differ("needs_call", r.Flag.NeedsCall, w.NeedsCall)
	differ("level", r.Flag.Level, w.Frustration)
	differ("peak", r.Peak, w.Peak)
	differ("silent_leaver", r.SilentLeaver, w.SilentLeaver)
	differ("resolved_well", r.ResolvedWell, w.ResolvedWell)
	differ("open", !r.OpenSince.IsZero(), w.Open)
	if !sameFirstReply(r, l) {
		odd = append(odd, fmt.Sprintf("first reply %+v", r.Waits.FirstReply))
	}
	if !samePromise(r, l) {
		odd = append(odd, fmt.Sprintf("promises %+v, want %+v", r.Promises, w.Promise))
	}
	if len(odd) == 0 {
		return
	}
	var sum strings.Builder
	for _, x := range r.Flag.Reasons {
		fmt.Fprintf(&sum, " %s %.2f", x.Signal, x.Weight)
	}
	for _, s := range r.Scores {
		fmt.Fprintf(&sum, "\n  %s %s %.2f level %d %.2f %v", l.Conversation.Messages[s.Index].ID, *s.Sentiment, s.Confidence, s.Level, s.Frustration, s.Signals)
	}
	t.Logf("%s: %s\n  =%s", l.Conversation.ID, strings.Join(odd, "; "), sum.String())
}
