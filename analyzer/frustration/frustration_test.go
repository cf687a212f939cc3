package frustration

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odzew"
	"odzew/analyzer/waits"
)

// t0 is when the cases below begin.
var t0 = time.Date(2026, time.May, 4, 8, 0, 0, 0, time.UTC)

func hours(n float64) time.Time { return t0.Add(time.Duration(n * float64(time.Hour))) }

// msg is a customer's message as a short line tells it: the class, the level, and the
// signals.
func msg(id string, at time.Time, class odzew.Sentiment, level int, signals ...string) Message {
	s := odzew.Score{Lang: "pl", Sentiment: &class, Level: level, Confidence: 0.9, Signals: signals}
	s.Frustration = []float64{0, 0.3, 0.9}[level]
	text := "Dzień dobry. To jest " + id + "! Pozdrawiam."
	start := strings.Index(text, id)
	for _, sig := range signals {
		s.Evidence = append(s.Evidence, odzew.Evidence{Start: start, End: start + len(id), Rule: "signal:" + sig})
	}
	if class == odzew.Negative {
		s.Evidence = append(s.Evidence, odzew.Evidence{Start: start, End: start + len(id), Rule: "valence", Weight: -0.5})
	}
	return Message{ID: id, At: at, Text: text, Score: s}
}

func openTurn(at time.Time, nudges int) odzew.Turn {
	return odzew.Turn{Kind: waits.KindFirst, Outcome: waits.Open, OpenedAt: at, Nudges: nudges}
}

func closedTurn(from, to time.Time, outcome string, nudges int) odzew.Turn {
	return odzew.Turn{Kind: waits.KindFirst, Outcome: outcome, OpenedAt: from, ClosedAt: &to, Nudges: nudges}
}

func TestAssess(t *testing.T) {
	open := odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 0)}}
	answered := odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, hours(2), waits.Answered, 0)}}
	for _, tt := range []struct {
		name  string
		c     Case
		now   time.Time
		level int
		call  bool
		cause string
	}{
		{"nobody wrote", Case{}, hours(1), 0, false, ""},
		{"a question", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Waits: open}, hours(1), 0, false, ""},
		{"one complaint", Case{Messages: []Message{msg("a", t0, odzew.Negative, 0, "waiting")}, Waits: open}, hours(1), 1, false, "waiting"},
		{"one mild nudge", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0, "pressure")}, Waits: open}, hours(1), 0, false, "pressure"},
		{"two facts without a threat", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting", "repeat_contact")}, Waits: open}, hours(1), 1, false, "repeat_contact"},
		{"a threat and a complaint", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting", "ultimatum")}, Waits: open}, hours(1), 2, true, "ultimatum"},
		{"law alone", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "legal")}, Waits: open}, hours(1), 2, true, "legal"},
		{"a cancellation alone", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "churn")}, Waits: open}, hours(1), 2, true, "churn"},
		{"a threat alone", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "publicity")}, Waits: open}, hours(1), 1, false, "publicity"},
		{"health, politely", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0, "vulnerability")}, Waits: open}, hours(1), 2, true, "vulnerability"},
		{"law, but answered", Case{Messages: []Message{msg("a", t0, odzew.Negative, 2, "legal")}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(3), 1, false, "legal"},
		{"angry, and angry at the answer", Case{
			Messages: []Message{msg("a", t0, odzew.Negative, 2, "legal"), msg("b", hours(3), odzew.Negative, 1, "waiting")}, Replies: []time.Time{hours(2)},
			Waits: odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, hours(2), waits.Answered, 0), openTurn(hours(3), 0)}},
		}, hours(4), 2, true, "legal"},
		{"angry, then relieved", Case{
			Messages: []Message{msg("a", t0, odzew.Negative, 2, "legal"), msg("b", hours(3), odzew.Positive, 0, "relief")}, Replies: []time.Time{hours(2)}, Waits: answered,
		}, hours(4), 0, false, ""},
		{"a lead stepped in", Case{Messages: []Message{msg("a", t0, odzew.Negative, 2, "legal"), msg("b", hours(2), odzew.Negative, 2, "legal")}, StepIn: hours(1), Waits: open}, hours(3), 2, false, "legal"},
		{"a lead stepped in and fell silent", Case{Messages: []Message{msg("a", t0, odzew.Negative, 2, "legal"), msg("b", hours(2), odzew.Negative, 2, "legal")}, StepIn: hours(1), Waits: open}, hours(30), 2, true, "legal"},
		{"closed without a reply", Case{Messages: []Message{msg("a", t0, odzew.Negative, 2, "escalation", "waiting")}, Solved: true, Waits: odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, hours(2), waits.ClosedUnanswered, 0)}}}, hours(3), 2, true, "escalation"},
		{"three handovers", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Waits: odzew.Waits{Turns: open.Turns, Handovers: 3}}, hours(1), 1, false, "handovers"},
		{"two nudges", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 2)}}}, hours(1), 1, false, "nudges"},
		{"one nudge", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 1)}}}, hours(1), 0, false, ""},
		{"presses, and nudges are counted", Case{
			Messages: []Message{msg("a", t0, odzew.Neutral, 0), msg("b", hours(30), odzew.Neutral, 0, "pressure"), msg("c", hours(60), odzew.Negative, 1, "waiting")},
			Waits:    odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 2)}},
		}, hours(61), 1, false, "nudges"},
		{"adds to what was just said", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), reproachful(msg("b", hours(0.5), odzew.Neutral, 0))}, Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 1)}}}, hours(51), 0, false, ""},
		{"a low rating", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Ratings: []odzew.Rating{{Kind: "csat", Score: 2, Max: 5, At: hours(1)}}, Waits: answered}, hours(3), 1, false, "low_csat"},
		{"a low rating to come", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Ratings: []odzew.Rating{{Kind: "csat", Score: 2, Max: 5, At: hours(9)}}, Waits: answered}, hours(3), 0, false, ""},
		{"a promise passed, and nobody asked", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Promises: []Promise{{Message: "x", Made: hours(2), Due: hours(5)}}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(6), 0, false, ""},
		{"a promise passed, and was asked about", Case{
			Messages: []Message{msg("a", t0, odzew.Neutral, 0), msg("b", hours(6), odzew.Negative, 0)}, Promises: []Promise{{Message: "x", Made: hours(2), Due: hours(5)}},
			Replies: []time.Time{hours(2)}, Waits: odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, hours(2), waits.Answered, 0), openTurn(hours(6), 0)}},
		}, hours(7), 1, false, "promise_passed"},
		{"longer than this desk's waits", Case{Messages: []Message{msg("a", t0, odzew.Negative, 0, "waiting")}, LongWait: 3600, Waits: odzew.Waits{Turns: []odzew.Turn{{Outcome: waits.Open, OpenedAt: t0, BusinessSeconds: 7200}}}}, hours(2), 1, false, "waiting"},
		{"angry at a bot, which answered", Case{Messages: []Message{msg("a", t0, odzew.Negative, 2, "escalation", "effort")}, Waits: odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, t0.Add(time.Second), waits.BotAnswered, 0)}}}, hours(1), 2, true, "escalation"},
		{"content with a bot", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0)}, Waits: odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, t0.Add(time.Second), waits.BotAnswered, 0)}}}, hours(1), 0, false, ""},
		{"moves house", Case{Messages: []Message{{ID: "a", At: t0, Text: "Przeprowadzam się, więc wypowiadam karnet.", Score: msg("a", t0, odzew.Negative, 2, "churn").Score}}, Waits: open}, hours(1), 0, false, ""},
		{"moves to a rival", Case{Messages: []Message{{ID: "a", At: t0, Text: "We are moving all our sites to another provider.", Score: msg("a", t0, odzew.Negative, 2, "churn").Score}}, Waits: open}, hours(1), 2, true, "churn"},
		{"vulnerable, and just asks before buying", Case{Messages: []Message{before(msg("a", t0, odzew.Neutral, 0, "vulnerability"))}, Waits: open}, hours(1), 0, false, ""},
		{"mild blame", Case{Messages: []Message{msg("a", t0, odzew.Negative, 0)}, Waits: open}, hours(1), 1, false, "negative"},
		{"sounds like blame, and names none", Case{Messages: []Message{learned(msg("a", t0, odzew.Negative, 0))}, Waits: open}, hours(1), 0, false, ""},
		{"what happened, without a word of blame", Case{Messages: []Message{bare(msg("a", t0, odzew.Negative, 0))}, Waits: open}, hours(1), 0, false, ""},
		{"a harsh word, in a message that might be none of blame", Case{Messages: []Message{harshly(msg("a", t0, odzew.Negative, 0))}, Waits: open}, hours(1), 1, false, "negative"},
		{"more praise than blame", Case{Messages: []Message{glad(msg("a", t0, odzew.Mixed, 0))}, Waits: open}, hours(1), 0, false, ""},
		{"calm, but names a wait", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), reproachful(msg("b", hours(50), odzew.Neutral, 0))}, Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 1)}}}, hours(51), 1, false, ""},
		{"names a wait, and asks for the first time", Case{Messages: []Message{reproachful(msg("a", t0, odzew.Neutral, 0))}, Waits: open}, hours(1), 0, false, ""},
		{"gave up, and it came right", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting"), msg("b", hours(3), odzew.Mixed, 1, "resignation", "relief")}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(4), 0, false, ""},
		{"a word of thanks that sounds like blame", Case{
			Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting"), msg("b", hours(3), odzew.Negative, 0)}, Replies: []time.Time{hours(2)},
			Waits: odzew.Waits{Turns: []odzew.Turn{answered.Turns[0], {Kind: "none", Thanks: true, Outcome: waits.Open, OpenedAt: hours(3)}}},
		}, hours(4), 0, false, ""},
		{"was told something, and asks when", Case{
			Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting", "repeat_contact"), asksWhen(msg("b", hours(3), odzew.Neutral, 0))}, Replies: []time.Time{hours(2)},
			Waits: odzew.Waits{Turns: []odzew.Turn{answered.Turns[0], openTurn(hours(3), 0)}},
		}, hours(4), 1, false, "repeat_contact"},
		{"asks when, and was not annoyed", Case{
			Messages: []Message{msg("a", t0, odzew.Neutral, 0), asksWhen(msg("b", hours(3), odzew.Neutral, 0))}, Replies: []time.Time{hours(2)},
			Waits: odzew.Waits{Turns: []odzew.Turn{answered.Turns[0], openTurn(hours(3), 0)}},
		}, hours(4), 0, false, ""},
		{"mild blame, answered", Case{Messages: []Message{msg("a", t0, odzew.Negative, 0)}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(3), 0, false, ""},
		{"annoyed, answered", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting")}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(3), 1, false, "waiting"},
		{"annoyed, and took the answer", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting", "effort"), msg("b", hours(3), odzew.Neutral, 0)}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(4), 0, false, ""},
		{"annoyed, and wrote on unanswered", Case{Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting"), msg("b", hours(3), odzew.Neutral, 0)}, Waits: open}, hours(4), 1, false, "waiting"},
		{"thanks with a doubt", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), glad(msg("b", hours(3), odzew.Negative, 1, "sarcasm"))}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(4), 0, false, ""},
		{"irony, and no answer to thank for", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), glad(msg("b", hours(3), odzew.Negative, 1, "sarcasm"))}, Waits: open}, hours(4), 1, false, "sarcasm"},
		{"irony at an answer", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), msg("b", hours(3), odzew.Negative, 1, "sarcasm")}, Replies: []time.Time{hours(2)}, Waits: answered}, hours(4), 1, false, "sarcasm"},
		{"a reminder that says so", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), msg("b", hours(50), odzew.Negative, 1, "waiting", "repeat_contact", "pressure")}, Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 1)}}}, hours(51), 1, false, "repeat_contact"},
		{"a bot could not help", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), msg("b", hours(3), odzew.Negative, 0)}, Waits: botsThen(hours(3))}, hours(4), 1, false, "bot_loop"},
		{"a bot, and no more to say", Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), msg("b", hours(3), odzew.Neutral, 0)}, Waits: botsThen(hours(3))}, hours(4), 0, false, ""},
		{"an unknown signal", Case{Messages: []Message{msg("a", t0, odzew.Negative, 0, "new_signal")}, Waits: open}, hours(1), 1, false, "negative"},
	} {
		f := Assess(tt.c, tt.now)
		if f.Flag.Level != tt.level || f.Flag.NeedsCall != tt.call || f.Flag.Cause != tt.cause && f.Flag.Level > 0 {
			t.Errorf("%s: level %d, call %v, cause %q; want %d, %v, %q\n%+v", tt.name, f.Flag.Level, f.Flag.NeedsCall, f.Flag.Cause, tt.level, tt.call, tt.cause, f.Flag.Reasons)
		}
	}
}

// glad is a message with more praise than blame in its words.
func glad(m Message) Message {
	m.Score.Valence = 0.5
	return m
}

// learned is a message that only learned words judge.
func learned(m Message) Message {
	m.Score.Evidence = []odzew.Evidence{{Rule: "learned:desk", Weight: -0.5}}
	return m
}

// bare is a message that tells of an event, and says nothing of it.
func bare(m Message) Message {
	m.Score.Evidence = []odzew.Evidence{{Rule: "event", Weight: -0.5}}
	return m
}

// harshly is a message with a harsh word, of which the scorer is not sure.
func harshly(m Message) Message {
	m.Score.Confidence, m.Score.Evidence = 0.5, []odzew.Evidence{{Rule: "valence", Weight: -0.9}}
	return m
}

// reproachful is a message in which the words of a signal stand, without its name.
func reproachful(m Message) Message {
	m.Score.Evidence = append(m.Score.Evidence, odzew.Evidence{Rule: "signal", Weight: -0.4})
	return m
}

func asksWhen(m Message) Message {
	m.Text = "Rozumiem. A na kiedy?"
	return m
}

// botsThen are two turns that a bot answered, and one that is open since.
func botsThen(at time.Time) odzew.Waits {
	bot := closedTurn(t0, t0.Add(time.Second), waits.BotAnswered, 0)
	return odzew.Waits{Turns: []odzew.Turn{bot, bot, openTurn(at, 0)}}
}

// before is a message of somebody who has not bought anything yet.
func before(m Message) Message {
	m.Score.Stage = "interest"
	return m
}

func TestReasonsQuoteTheSentence(t *testing.T) {
	c := Case{ID: "c", Messages: []Message{msg("czekam od 19.06 i nic", t0, odzew.Negative, 1, "waiting")}, Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(t0, 0)}}}
	f := Assess(c, hours(1))
	want := odzew.Reason{Signal: "waiting", Weight: 0.2, Quote: "To jest czekam od 19.06 i nic!", Message: "czekam od 19.06 i nic"}
	if diff := cmp.Diff(want, f.Flag.Reasons[0]); diff != "" {
		t.Error(diff)
	}
	if !f.Flag.OpenedAt.Equal(t0) {
		t.Errorf("opened at %v", f.Flag.OpenedAt)
	}
}

func TestShrinkingGaps(t *testing.T) {
	for _, tt := range []struct {
		at   []float64 // hours
		want bool
	}{
		{[]float64{0, 24, 36, 40}, true},
		{[]float64{0, 24, 48, 72}, false},
		{[]float64{0, 24, 36}, false},
		{[]float64{0, 24, 36, 36.01, 40}, true}, // two lines of one thought
	} {
		c := Case{Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(t0, len(tt.at)-1)}}}
		for i, h := range tt.at {
			c.Messages = append(c.Messages, msg(fmt.Sprint(i), hours(h), odzew.Neutral, 0))
		}
		f := Assess(c, hours(80))
		got := slices.ContainsFunc(f.Flag.Reasons, func(r odzew.Reason) bool { return r.Signal == "shrinking_gaps" })
		if got != tt.want {
			t.Errorf("%v: %v, want %v", tt.at, got, tt.want)
		}
	}
}

func TestPromisesKeptOrNot(t *testing.T) {
	for _, tt := range []struct {
		name     string
		replies  []time.Time
		messages []Message
		now      time.Time
		want     PromiseState
	}{
		{"not due", nil, nil, hours(5), PromisePending},
		{"due, nothing came", nil, nil, hours(11), PromiseBroken},
		{"an answer before", []time.Time{hours(9)}, nil, hours(11), PromiseKept},
		{"an answer to the second", []time.Time{hours(10)}, nil, hours(11), PromiseKept},
		{"an answer too late", []time.Time{hours(10.5)}, nil, hours(11), PromiseBroken},
		{"the promise itself is none", []time.Time{hours(1)}, nil, hours(11), PromiseBroken},
		{"an answer still to come", []time.Time{hours(9)}, nil, hours(8), PromisePending},
		{"it came without a word", nil, []Message{msg("a", hours(20), odzew.Positive, 0)}, hours(21), PromiseKept},
		{"it came early", nil, []Message{msg("a", hours(3), odzew.Positive, 0)}, hours(4), PromiseKept},
		{"the first word after it is a complaint", nil, []Message{msg("a", hours(12), odzew.Negative, 1, "waiting"), msg("b", hours(30), odzew.Positive, 0)}, hours(31), PromiseBroken},
		{"pleased before it was made", nil, []Message{msg("a", hours(0.5), odzew.Positive, 0)}, hours(11), PromiseBroken},
	} {
		c := Case{Messages: tt.messages, Replies: tt.replies, Promises: []Promise{{Made: hours(1), Due: hours(10)}}}
		if got := Assess(c, tt.now).Promises[0].State; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestSilentLeaver(t *testing.T) {
	say := func(text string, class odzew.Sentiment, signals ...string) Message {
		m := msg("b", hours(30), class, 0, signals...)
		m.Text = text
		return m
	}
	for _, tt := range []struct {
		m    Message
		want bool
	}{
		{say("Dziękuję, kupiłam gdzie indziej. Pozdrawiam", odzew.Neutral), true},
		{say("juz nieaktualne, milego dnia", odzew.Neutral), true},
		{say("Proszę się już nie kłopotać.", odzew.Negative, "churn"), true},
		{say("Never mind, my neighbour made one. All the best", odzew.Positive), true},
		{say("We have bought one here in town.", odzew.Neutral), true},
		{say("Szkoda słów.", odzew.Negative, "resignation"), true},
		{say("Fine, but why does it take six days?", odzew.Negative, "resignation", "waiting"), false},
		{say("Never mind, it works now.", odzew.Neutral), false},
		{say("Kupiłem gdzie indziej, żądam zwrotu pieniędzy.", odzew.Negative, "churn"), false},
		{say("Kupiłam gdzie indziej, a sprawę zgłaszam do UOKiK.", odzew.Negative, "legal"), false},
		{say("Czy można kupić to gdzie indziej niż w sklepie?", odzew.Neutral), false},
		{say("Dziękuję!", odzew.Positive), false},
	} {
		c := Case{Messages: []Message{msg("a", t0, odzew.Neutral, 0), tt.m}, Waits: odzew.Waits{Turns: []odzew.Turn{openTurn(hours(30), 0)}}}
		f := Assess(c, hours(31))
		if f.SilentLeaver != tt.want || f.SilentLeaver && (f.Flag.Level != 1 || f.Flag.NeedsCall) {
			t.Errorf("%q: %v, level %d, call %v; want %v", tt.m.Text, f.SilentLeaver, f.Flag.Level, f.Flag.NeedsCall, tt.want)
		}
		// After a broken promise the same is worth a call.
		c.Promises = []Promise{{Made: hours(2), Due: hours(5)}}
		if f := Assess(c, hours(31)); f.SilentLeaver && !f.Flag.NeedsCall {
			t.Errorf("%q: no call after a broken promise", tt.m.Text)
		}
	}
	// Not coming back to an answer is leaving, too, after a while.
	c := Case{
		Messages: []Message{msg("a", t0, odzew.Negative, 1, "waiting")}, Replies: []time.Time{hours(2)},
		Waits: odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, hours(2), waits.Answered, 0)}},
	}
	for _, tt := range []struct {
		days   float64
		solved bool
		want   bool
	}{{1, false, false}, {8, false, true}, {8, true, false}} {
		c.Solved = tt.solved
		if f := Assess(c, hours(24*tt.days)); f.SilentLeaver != tt.want {
			t.Errorf("silent for %v days, solved %v: %v, want %v", tt.days, tt.solved, f.SilentLeaver, tt.want)
		}
	}
}

// genCase draws a case of any kind.
func genCase(t *rapid.T) (Case, time.Time) {
	var c Case
	at := t0
	classes := []odzew.Sentiment{odzew.Negative, odzew.Neutral, odzew.Positive, odzew.Mixed}
	signals := []string{"waiting", "legal", "churn", "relief", "repeat_contact", "pressure", "resignation", "vulnerability", "other", "profanity"}
	step := rapid.IntRange(0, 200)
	for i := range rapid.IntRange(0, 8).Draw(t, "messages") {
		at = at.Add(time.Duration(1+step.Draw(t, "gap")) * time.Hour)
		m := msg(fmt.Sprint(i), at, rapid.SampledFrom(classes).Draw(t, "class"), rapid.IntRange(0, 2).Draw(t, "level"),
			rapid.SliceOfNDistinct(rapid.SampledFrom(signals), 0, 5, rapid.ID).Draw(t, "signals")...)
		c.Messages = append(c.Messages, m)
		switch rapid.IntRange(0, 3).Draw(t, "then") {
		case 0:
			at = at.Add(time.Hour)
			c.Replies = append(c.Replies, at)
			c.Waits.Turns = append(c.Waits.Turns, closedTurn(m.At, at, waits.Answered, rapid.IntRange(0, 3).Draw(t, "nudges")))
			c.Promises = append(c.Promises, Promise{Made: at, Due: at.Add(time.Duration(step.Draw(t, "due")) * time.Hour)})
		case 1:
			at = at.Add(time.Hour)
			c.Waits.Turns = append(c.Waits.Turns, closedTurn(m.At, at, waits.ClosedUnanswered, 0))
		case 2:
			at = at.Add(time.Hour)
			c.Waits.Turns = append(c.Waits.Turns, closedTurn(m.At, at, waits.BotAnswered, 0))
		}
	}
	if rapid.Bool().Draw(t, "open") {
		c.Waits.Turns = append(c.Waits.Turns, openTurn(at, rapid.IntRange(0, 4).Draw(t, "nudges")))
	}
	c.Waits.Reopens, c.Waits.Handovers = rapid.IntRange(0, 2).Draw(t, "reopens"), rapid.IntRange(0, 4).Draw(t, "handovers")
	if rapid.Bool().Draw(t, "rated") {
		c.Ratings = []odzew.Rating{{Kind: "csat", Score: 1, Max: 5, At: at}}
	}
	c.Solved = rapid.Bool().Draw(t, "solved")
	return c, at.Add(time.Duration(step.Draw(t, "now")) * time.Hour)
}

func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := genCase(t)
		f := Assess(c, now)
		sum := 0.0
		seen := map[string]bool{}
		for _, r := range f.Flag.Reasons {
			sum += r.Weight
			if seen[r.Signal] {
				t.Fatalf("%s twice", r.Signal)
			}
			seen[r.Signal] = true
		}
		if math.Abs(sum-f.Flag.Frustration) > 1e-9 {
			t.Fatalf("parts add up to %v, the whole is %v", sum, f.Flag.Frustration)
		}
		if f.Flag.Frustration < 0 || f.Flag.Frustration > 1 || f.Flag.Level < 0 || f.Flag.Level > 2 || f.Peak < f.Flag.Level {
			t.Fatalf("out of range: %+v", f)
		}
		if f.SilentLeaver && f.Flag.Level == 2 || f.SilentLeaver && f.ResolvedWell || f.Flag.NeedsCall && f.ResolvedWell {
			t.Fatalf("contradiction: %+v", f)
		}
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := genCase(t)
		want := Assess(c, now)
		c.Messages = rapid.Permutation(c.Messages).Draw(t, "messages")
		c.Replies = rapid.Permutation(c.Replies).Draw(t, "replies")
		c.Promises = rapid.Permutation(c.Promises).Draw(t, "promises")
		if diff := cmp.Diff(want, Assess(c, now)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestOneMoreSignal: nothing bad that is added lowers the figure.
func TestOneMoreSignal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := genCase(t)
		if len(c.Messages) == 0 {
			return
		}
		before := Assess(c, now)
		i := rapid.IntRange(0, len(c.Messages)-1).Draw(t, "message")
		m := &c.Messages[i]
		if *m.Score.Sentiment != odzew.Negative || m.Score.Level == 0 || slices.Contains(m.Score.Signals, "legal") || leavesQuietly(c.Messages) >= 0 {
			return
		}
		m.Score.Signals = append(slices.Clone(m.Score.Signals), "legal")
		if after := Assess(c, now); after.Flag.Frustration < before.Flag.Frustration-1e-9 {
			t.Fatalf("%v, with a threat %v", before.Flag, after.Flag)
		}
	})
}

func FuzzFindPromise(f *testing.F) {
	for _, s := range []string{
		"Oddzwonimy w poniedziałek do 17.", "We'll call you back by Friday, 17:00-19:00", "odpowiemy do 31.02", "potwierdzam: 99.99.9999 24:99",
		"odpowiemy w ciągu 999999999999 dni", "będzie jutro między 10 a", "will 0 12 31 24:00 am pm", "odpowiemy \xff\xfe jutro", "oddzwonimy do do do do 17-",
	} {
		f.Add(s, int64(1781000000))
	}
	place := warsaw(f)
	f.Fuzz(func(t *testing.T, text string, at int64) {
		if at < 0 || at > 4e9 {
			return
		}
		made := time.Unix(at, 0)
		p, ok := FindPromise(text, made, place)
		if !ok {
			return
		}
		if !p.Due.After(made) || p.Due.Sub(made) > 410*24*time.Hour {
			t.Errorf("%q: due %v, made %v", text, p.Due, made)
		}
		if p.Start < 0 || p.End > len(text) || p.Start >= p.End {
			t.Fatalf("%q: span %d:%d", text, p.Start, p.End)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[p.Start:p.End]) {
			t.Errorf("%q: span %q cuts a letter", text, text[p.Start:p.End])
		}
	})
}

func TestHostileTexts(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("odpowiemy jutro ", 1<<16), strings.Repeat("do ", 1<<18), strings.Repeat("17:", 1<<18), strings.Repeat("a", 1<<20), strings.Repeat("!?", 1<<18),
		strings.Repeat("niech ", 1<<17),
	} {
		start := time.Now()
		FindPromise(text, madeAt, warsaw(t))
		m := msg("a", t0, odzew.Negative, 1, "waiting")
		m.Text = text
		m.Score.Evidence[0].Start, m.Score.Evidence[0].End = len(text)/2, len(text)/2+1
		f := Assess(Case{Messages: []Message{m}}, hours(1))
		for _, r := range f.Flag.Reasons {
			if len(r.Quote) > 2*maxQuote {
				t.Errorf("a quote of %d bytes", len(r.Quote))
			}
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%.20q…: %v", text, took)
		}
	}
}

func BenchmarkAssess(b *testing.B) {
	c := Case{
		Messages: []Message{msg("a", t0, odzew.Neutral, 0), msg("b", hours(50), odzew.Negative, 1, "waiting"), msg("c", hours(80), odzew.Negative, 2, "legal", "waiting")},
		Replies:  []time.Time{hours(10)}, Promises: []Promise{{Message: "x", Made: hours(10), Due: hours(40)}},
		Waits: odzew.Waits{Turns: []odzew.Turn{closedTurn(t0, hours(10), waits.Answered, 0), openTurn(hours(50), 1)}},
	}
	b.ReportAllocs()
	for b.Loop() {
		Assess(c, hours(81))
	}
}

func BenchmarkFindPromise(b *testing.B) {
	const text = "Dzień dobry, bardzo przepraszam za zwłokę. Paczka leżała w sortowni z zerwaną etykietą, zadzwoniłem tam i jutro będzie u Pana między 10 a 14. Pozdrawiam"
	place := warsaw(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		FindPromise(text, madeAt, place)
	}
}
