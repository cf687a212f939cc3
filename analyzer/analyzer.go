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
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"odzew"
	"odzew/analyzer/calendar"
	"odzew/analyzer/frustration"
	"odzew/analyzer/reply"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/statutory"
	"odzew/analyzer/waits"
)

// Version is that of the rules in code. It changes whenever they may find
// something else in the same conversation.
const Version = "2"

// An Analyzer holds what does not change between conversations. It may be used by
// many goroutines.
type Analyzer struct {
	Scorer      *sentiment.Scorer
	Calendars   calendar.Set
	Touchpoints []odzew.Touchpoint
	// LongWait is the wait, in seconds within opening hours, above which it is long
	// for this desk: its own p90. 0: not known, no wait is called long.
	LongWait int64
	// Leads are the author IDs of those who lead the desk: where one has taken a
	// matter up, nobody else is sent. Where it is empty, IDs that say so are
	// ("lead-anna", "kierownik").
	Leads []string
}

// An Input is a conversation with those that it was merged with.
type Input struct {
	odzew.Conversation
	Merged []odzew.Conversation // went into this one
	// Others are the same customer's other conversations of these weeks.
	Others []frustration.Contact
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
	// SilentLeaver: the customer stopped pursuing an unsolved matter, or went
	// elsewhere, without a threat or a demand.
	SilentLeaver bool
	// ResolvedWell: solved, and the customer at least reconciled.
	ResolvedWell bool
	// Promises are the times that the desk named for its own doing, in order.
	Promises []frustration.Promise
	// Requests are those that start a clock of the law.
	Requests []statutory.Request
	// RecheckAt is when time alone may change the result; zero: never.
	RecheckAt time.Time
}

// A MessageScore is the score of Messages[Index].
type MessageScore struct {
	Index int
	odzew.Score
}

// Analyze finds all that there is to find in a conversation as of now.
func (a *Analyzer) Analyze(in Input, now time.Time) Result {
	c := &in.Conversation
	var res Result
	schedule := a.Calendars.For(c)
	own := make(ownTexts, len(c.Messages))
	res.Waits = waits.Measure(*c, schedule, now, a.waitOptions(in, own))

	status := statusOf(c, now)
	matter := frustration.Case{
		ID: c.ID, Source: c.Source, Channel: c.Channel, Customer: c.Customer.ID,
		Ratings: c.Ratings, Waits: res.Waits, Others: in.Others, LongWait: a.LongWait,
		Solved: status == odzew.StatusSolved || status == odzew.StatusClosed,
	}
	place := placeOf(schedule)
	matter.Place = place
	theirs := 0
	for i := range c.Messages {
		if c.Messages[i].Author == odzew.AuthorCustomer {
			theirs++
		}
	}
	res.Scores, matter.Messages = make([]MessageScore, 0, theirs), make([]frustration.Message, 0, theirs)
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.At.After(now) || c.Excluded != "" {
			continue
		}
		if isTheirs(m) {
			text := own.of(i, m)
			s := a.Scorer.ScoreReasons(text)
			if res.FirstAt.IsZero() || m.At.Before(res.FirstAt) {
				res.FirstAt = m.At
			}
			if m.At.After(res.LastAt) {
				res.LastAt = m.At
			}
			res.Scores = append(res.Scores, MessageScore{i, s})
			matter.Messages = append(matter.Messages, frustration.Message{ID: m.ID, At: m.At, Text: text, Score: s})
			if matter.LawOffice == "" && m.Headers[odzew.HeaderLawOffice] != "" {
				matter.LawOffice = m.ID
			}
			continue
		}
		a.desk(m, func() string { return own.of(i, m) }, &matter, place)
	}
	res.Requests = statutory.Find(c, own.of, now)
	res.Touchpoint = TouchpointOf(a.Touchpoints, c, stageOf(res.Scores))
	for i := range c.Events {
		if e := &c.Events[i]; e.Kind == odzew.EventAssign && !e.At.After(now) && a.leads(e.To) && e.At.After(matter.StepIn) {
			matter.StepIn = e.At
		}
	}
	if res.Waits.MergedInto != "" {
		// The matter goes on, and is judged, in the other conversation.
		matter.Messages, matter.Promises, in.Merged = nil, nil, nil
	}
	theirOwn := func(_ int, m *odzew.Message) string { return reply.Split(m.Text).Own }
	for i := range in.Merged {
		a.join(&in.Merged[i], &matter, now, place)
		res.Requests = append(res.Requests, statutory.Find(&in.Merged[i], theirOwn, now)...)
	}
	res.Requests = firstOfKind(res.Requests)
	statutory.Solve(res.Requests, c, now)
	statutory.Answer(res.Requests, c, own.of, status != "", now)
	for i := range in.Merged {
		statutory.Answer(res.Requests, &in.Merged[i], theirOwn, status != "", now)
	}
	f := frustration.Assess(matter, now)
	res.Flag, res.Peak, res.Promises = f.Flag, f.Peak, f.Promises
	res.SilentLeaver, res.ResolvedWell = f.SilentLeaver, f.ResolvedWell
	for _, t := range res.Waits.Turns {
		if t.Outcome == waits.Open && !t.Thanks {
			res.OpenSince = t.OpenedAt
			res.Parked = status == odzew.StatusPending || status == odzew.StatusHold
		}
	}
	res.RecheckAt = a.recheckAt(in, &res, schedule, f.RecheckAt, now)
	return res
}

// firstOfKind keeps the earliest request of each kind.
func firstOfKind(rs []statutory.Request) []statutory.Request {
	slices.SortStableFunc(rs, func(a, b statutory.Request) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), a.At.Compare(b.At))
	})
	return slices.CompactFunc(rs, func(a, b statutory.Request) bool { return a.Kind == b.Kind })
}

// recheckAt is the next time at which there is more to find than now: what has a time
// to come, by a clock that is ahead, is left out until then, and a wait grows long.
func (a *Analyzer) recheckAt(in Input, res *Result, schedule *calendar.Schedule, next, now time.Time) time.Time {
	at := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	come := func(c *odzew.Conversation) {
		for i := range c.Messages {
			at(c.Messages[i].At)
		}
		for i := range c.Events {
			at(c.Events[i].At)
		}
		for i := range c.Ratings {
			at(c.Ratings[i].At)
		}
	}
	come(&in.Conversation)
	for i := range in.Merged {
		come(&in.Merged[i])
	}
	for i := range res.Waits.Turns {
		if t := &res.Waits.Turns[i]; a.LongWait > 0 && t.Outcome == waits.Open && !t.Thanks {
			if long, ok := schedule.Deadline(t.OpenedAt, a.LongWait+1); ok {
				at(long)
			}
		}
	}
	return next
}

// join adds what was said in a conversation that went into this one.
func (a *Analyzer) join(c *odzew.Conversation, matter *frustration.Case, now time.Time, place frustration.Place) {
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.At.After(now) || c.Excluded != "" {
			continue
		}
		if s, own, ok := a.ScoreMessage(m); ok {
			matter.Messages = append(matter.Messages, frustration.Message{ID: m.ID, At: m.At, Text: own, Score: s})
			continue
		}
		a.desk(m, func() string { return reply.Split(m.Text).Own }, matter, place)
	}
}

// desk notes the time of what the company wrote in public, and the promise in it: no
// more of its text goes any further.
func (a *Analyzer) desk(m *odzew.Message, own func() string, matter *frustration.Case, place frustration.Place) {
	if !m.Public || m.Author != odzew.AuthorAgent && m.Author != odzew.AuthorAuto || m.AuthorID != "" && m.AuthorID == matter.Customer {
		return
	}
	if m.Author == odzew.AuthorAgent && odzew.AutomaticBy(m.Headers) == "" {
		matter.Replies = append(matter.Replies, m.At)
		if m.At.After(matter.StepIn) && a.leads(m.AuthorID) {
			matter.StepIn = m.At
		}
	}
	if p, ok := frustration.FindPromise(own(), m.At, place); ok {
		p.Message = m.ID
		matter.Promises = append(matter.Promises, p)
	}
}

// placeOf is where a schedule's desk works. Days of work are Monday to Friday but for
// its holidays, whatever its hours: that is what "within two working days" says.
func placeOf(s *calendar.Schedule) frustration.Place {
	return frustration.Place{Zone: s.Zone(), Working: func(t time.Time) bool {
		d := t.Weekday()
		return d != time.Saturday && d != time.Sunday && s.Holiday(t) == ""
	}}
}

// leads says whether an ID is that of somebody who leads the desk.
func (a *Analyzer) leads(id string) bool {
	if len(a.Leads) > 0 {
		return containsFold(a.Leads, id)
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(id), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch word {
		case "lead", "teamlead", "supervisor", "manager", "kierownik", "kierowniczka", "lider", "liderka", "szef", "szefowa":
			return true
		}
	}
	return false
}

// ScoreMessage scores what a customer wrote new in a message, and returns that
// text, which the evidence's offsets count in. It is the only way from a message
// to the scorer, and shut for all hands but the customer's.
func (a *Analyzer) ScoreMessage(m *odzew.Message) (s odzew.Score, own string, ok bool) {
	if !isTheirs(m) {
		return odzew.Score{}, "", false
	}
	own = reply.Split(m.Text).Own
	return a.Scorer.ScoreReasons(own), own, true
}

// isTheirs says whether a message is a customer's own, and not by a program.
func isTheirs(m *odzew.Message) bool {
	return m.Author == odzew.AuthorCustomer && m.Public && odzew.AutomaticBy(m.Headers) == ""
}

// ownTexts are what the authors of a conversation's messages wrote new, by index. Each
// is found once, when it is first asked for.
type ownTexts []struct {
	text  string
	known bool
}

func (o ownTexts) of(i int, m *odzew.Message) string {
	if !o[i].known {
		o[i].text, o[i].known = reply.Split(m.Text).Own, true
	}
	return o[i].text
}

// WaitOptions are those for measuring a conversation of this desk.
func (a *Analyzer) WaitOptions(in Input) waits.Options {
	return a.waitOptions(in, make(ownTexts, len(in.Messages)))
}

func (a *Analyzer) waitOptions(in Input, own ownTexts) waits.Options {
	// A message that thanks only does so whatever it quotes. It may be one of a
	// conversation that went into this one, with an index there.
	o := waits.Options{IsClosing: func(i int, m *odzew.Message) bool {
		const most = 120 // bytes; eight closing words are shorter
		var text string
		if i < len(in.Messages) && m == &in.Messages[i] {
			text = own.of(i, m)
		} else {
			text = reply.Split(m.Text).Own
		}
		return len(text) <= most && a.Scorer.Closing(text)
	}}
	if len(in.Merged) > 0 {
		o.Merges = &waits.Merges{}
		for _, m := range in.Merged {
			o.Merges.Add(m)
		}
	}
	return o
}

// statusOf is the last status by now; empty where there is none.
func statusOf(c *odzew.Conversation, now time.Time) (s odzew.Status) {
	var at time.Time
	for i := range c.Events {
		e := &c.Events[i]
		if e.Kind == odzew.EventStatus && !e.At.After(now) && !e.At.Before(at) {
			at, s = e.At, odzew.Status(e.To)
		}
	}
	return s
}
