// Package analyzer turns a conversation into findings: scores of its customer's
// messages, its waits, and how frustrated the customer is.
//
// Rules of this package and those below it:
//
//   - Pure: a conversation, a lexicon, calendars and "now" in, findings out. No
//     SQL, clock, log or network. The same input gives the same findings.
//   - Customers are judged, employees never: only what a customer wrote reaches the
//     scorer, and of that only what is new (see analyzer/reply).
package analyzer

import (
	"time"

	"odzew"
	"odzew/analyzer/calendar"
	"odzew/analyzer/frustration"
	"odzew/analyzer/reply"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/waits"
)

// Version is that of the rules in code. It changes whenever they may find
// something else in the same conversation.
const Version = "1"

// An Analyzer holds what does not change between conversations. It may be used by
// many goroutines.
type Analyzer struct {
	Scorer      *sentiment.Scorer
	Calendars   calendar.Set
	Touchpoints []odzew.Touchpoint
}

// An Input is a conversation with those that it was merged with.
type Input struct {
	odzew.Conversation
	Merged []odzew.Conversation // went into this one
}

// A Result is what was found in one conversation.
type Result struct {
	// Scores are those of the customer's messages, by their place in Messages.
	Scores     []MessageScore
	Waits      odzew.Waits
	Flag       odzew.Flag
	Peak       int // the highest level of any message
	Touchpoint string
	// FirstAt and LastAt are the times of the customer's first and last message;
	// zero where there is none.
	FirstAt, LastAt time.Time
	// OpenSince is the start of the wait that goes on; zero where nobody waits.
	OpenSince time.Time
	// Parked: somebody waits while the status says pending or hold.
	Parked bool
}

// A MessageScore is the score of Messages[Index].
type MessageScore struct {
	Index int
	odzew.Score
}

// Analyze finds all that there is to find in a conversation as of now.
func (a *Analyzer) Analyze(in Input, now time.Time) Result {
	c := &in.Conversation
	res := Result{Touchpoint: TouchpointOf(a.Touchpoints, c)}
	res.Waits = waits.Measure(*c, a.Calendars.For(c), now, a.WaitOptions(in))

	var (
		theirs []frustration.Message
		last   time.Time
	)
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.At.After(now) {
			continue
		}
		if m.At.After(last) {
			last = m.At
		}
		s, own, ok := a.ScoreMessage(m)
		if !ok {
			continue
		}
		if res.FirstAt.IsZero() || m.At.Before(res.FirstAt) {
			res.FirstAt = m.At
		}
		if m.At.After(res.LastAt) {
			res.LastAt = m.At
		}
		res.Scores = append(res.Scores, MessageScore{i, s})
		theirs = append(theirs, frustration.Message{ID: m.ID, At: m.At, Text: own, Score: s})
	}
	asOf := last.Add(time.Hour)
	if asOf.After(now) {
		asOf = now
	}
	res.Flag, res.Peak = frustration.Assess(c, theirs, res.Waits, asOf)
	for _, t := range res.Waits.Turns {
		if t.Outcome == waits.Open && !t.Thanks {
			res.OpenSince = t.OpenedAt
			res.Parked = parked(c, now)
		}
	}
	return res
}

// ScoreMessage scores what a customer wrote new in a message, and returns that
// text, which the evidence's offsets count in. It is the only way from a message
// to the scorer, and shut for all hands but the customer's.
func (a *Analyzer) ScoreMessage(m *odzew.Message) (s odzew.Score, own string, ok bool) {
	if m.Author != odzew.AuthorCustomer || !m.Public || odzew.AutomaticBy(m.Headers) != "" {
		return odzew.Score{}, "", false
	}
	own = reply.Split(m.Text).Own
	s = a.Scorer.Score(own, "", false)
	if len(s.Signals) > 0 {
		// Rare, and only then is the evidence wanted: reasons quote it.
		s = a.Scorer.Score(own, s.Lang, true)
	}
	return s, own, true
}

// WaitOptions are those for measuring a conversation of this desk.
func (a *Analyzer) WaitOptions(in Input) waits.Options {
	o := waits.Options{IsClosing: a.Scorer.IsClosing}
	if len(in.Merged) > 0 {
		o.Merges = &waits.Merges{}
		for _, m := range in.Merged {
			o.Merges.Add(m)
		}
	}
	return o
}

// parked says whether the last status by now is pending or hold.
func parked(c *odzew.Conversation, now time.Time) bool {
	var at time.Time
	is := false
	for _, e := range c.Events {
		if e.Kind != odzew.EventStatus || e.At.After(now) || e.At.Before(at) {
			continue
		}
		at = e.At
		is = e.To == string(odzew.StatusPending) || e.To == string(odzew.StatusHold)
	}
	return is
}
