// Package waits measures how long customers wait.
//
// The definitions are in docs/waits.md: what opens a turn, what ends it, which
// clock runs when. This package is their one implementation.
//
// Rules of this package:
//
//   - Pure: a conversation, a schedule and "now" in, figures out. What lies after
//     now has not happened.
//   - Instants are whole seconds; calendar and business time are always both
//     counted. No wait is ever negative.
//   - The order of events is (time, sequence of the source); at equal times
//     messages come before other events, since a desk that answers and solves in
//     one go stamps both alike.
//   - Odd data never stop a measurement: they are left out or bounded, and flagged.
//   - Texts are never judged, but for one question to customers' messages: is
//     this more than a closing?
//
// timeline.go puts a conversation's events in order, turns.go runs the turns over
// them, states.go the clocks of statuses; waits.go makes the figures. explain.go
// tells what each event did; targets.go and terms.go compare with what was promised
// and what the law demands.
package waits

import (
	"slices"
	"time"

	"odzew"
	"odzew/analyzer/calendar"
)

// Options are what a measurement needs to know beside the conversation.
type Options struct {
	// IsClosing says whether a message is no more than thanks or good-bye: at most 8
	// tokens, all of them closing words, no question mark. i is its index in its
	// conversation, which may be one of Merges. Nil: none is.
	IsClosing func(i int, m *odzew.Message) bool
	// ThirdParty says whether a message that stands as a customer's is by
	// somebody else, such as a courier or a bank: it opens and ends nothing. Nil:
	// none is.
	ThirdParty func(m odzew.Message) bool
	// Merges knows which conversations went into this one. Nil: none did.
	Merges *Merges
}

// The flags of data quality.
const (
	FlagOutsideHours     = "outside_hours"     // of a turn: began and ended out of hours, with none between
	FlagNegativeInterval = "negative_interval" // of a turn: the answer's stamp is before the question's
	FlagUnknownAuthor    = "unknown_author"    // a message by none of the known kinds of authors, taken as automatic
	FlagUnknownStatus    = "unknown_status"    // a status that is none of the known ones, left out
	FlagUnknownEvent     = "unknown_event"     // an event of no known kind, left out
	FlagDuplicate        = "duplicate"         // a message that was there twice, counted once
	FlagNoTime           = "no_time"           // a message or event without a time, left out
	FlagAfterNow         = "after_now"         // messages or events after now, left out
	FlagOutsideCalendar  = "outside_calendar"  // times outside of the years of the calendar: no business time there
)

// What kinds of turns there are, and how they end.
const (
	KindFirst = "first" // the wait for the first reply by a human
	KindNext  = "next"  // the wait for a later one
	KindBot   = "bot"   // a wait that a bot ended
	KindNone  = "none"  // a wait that no reply ended

	Answered         = "answered"
	BotAnswered      = "bot_answered"
	ClosedUnanswered = "closed_unanswered"
	NoReplyNeeded    = "no_reply_needed" // nothing but thanks
	Merged           = "merged"          // goes on in another conversation
	Open             = "open"
	NotApplicable    = "not_applicable" // of a first reply only
)

// Why there is no first reply to count.
const (
	ReasonAgentInitiated = "agent_initiated" // the first human word was the company's
	ReasonNoCustomer     = "no_customer"     // no customer ever wrote
	ReasonBotOnly        = "bot_only"        // bots answered, and no human was asked for
	ReasonThanksOnly     = "no_reply_needed" // all that the customer wrote was thanks
	ReasonMerged         = "merged"          // the wait goes on in another conversation
	ReasonExcluded       = "excluded"        // spam, deleted, test
)

// Measure counts the waits of a conversation as of now, its business time by cal.
// A conversation that is excluded has no figures, only the reason.
func Measure(c odzew.Conversation, cal *calendar.Schedule, now time.Time, opt Options) odzew.Waits {
	return measure(&c, cal, now, opt, nil)
}

func measure(c *odzew.Conversation, cal *calendar.Schedule, now time.Time, opt Options, trace *[]Step) odzew.Waits {
	w := odzew.Waits{
		Conversation: c.ID,
		AsOf:         now.UTC().Truncate(time.Second),
		Periodic:     []odzew.Clock{},
		Pausable:     []odzew.Clock{},
	}
	if c.Excluded != "" {
		w.Turns = []odzew.Turn{}
		w.Excluded = c.Excluded
		w.FirstReply = odzew.FirstReply{State: NotApplicable, Reason: ReasonExcluded}
		return w
	}
	r := run(c, now.Unix(), &opt, nil, trace)
	m := meter{cal}
	w.Turns = make([]odzew.Turn, 0, len(r.turns))
	var parked odzew.Clock
	for i := range r.turns {
		t := m.turn(&r.turns[i])
		if !t.Thanks && !r.turns[i].carried {
			p := m.within(&r, stretch{r.turns[i].from, r.turns[i].to}, odzew.StatusPending, odzew.StatusHold)
			t.ParkedSeconds = p.Seconds
			add(&parked, p)
		}
		w.Nudges += t.Nudges
		w.Turns = append(w.Turns, t)
	}
	w.FirstReply = firstReply(&r, w.Turns)
	w.MergedInto = r.mergedInto
	w.Reopens, w.Handovers = r.reopens, r.handovers
	if r.firstHuman != (stretch{}) {
		total := m.clock(r.firstHuman)
		w.FirstHumanTotal = &total
	}
	for _, gap := range r.gaps {
		full := m.clock(gap)
		pending := m.within(&r, gap, odzew.StatusPending)
		w.Periodic = append(w.Periodic, full)
		w.Pausable = append(w.Pausable, odzew.Clock{
			Seconds:         full.Seconds - pending.Seconds,
			BusinessSeconds: full.BusinessSeconds - pending.BusinessSeconds,
		})
	}
	if len(r.states) > 0 {
		w.ParkedWait = &parked
		m.statusClocks(&r, &w)
	}
	w.Flags = r.flags
	if n := len(r.events); n > 0 && !(cal.Covers(r.events[0].time()) && cal.Covers(r.events[n-1].time())) {
		w.Flags = append(w.Flags, FlagOutsideCalendar)
	}
	slices.Sort(w.Flags)
	return w
}

// firstReply finds the one turn that the first reply is about.
func firstReply(r *result, turns []odzew.Turn) odzew.FirstReply {
	find := func(match func(odzew.Turn) bool) *odzew.Turn {
		for i := range turns {
			if match(turns[i]) {
				return &turns[i]
			}
		}
		return nil
	}
	if r.agentInitiated {
		return odzew.FirstReply{State: NotApplicable, Reason: ReasonAgentInitiated}
	}
	if t := find(func(t odzew.Turn) bool { return t.Kind == KindFirst }); t != nil {
		seconds, business := t.Seconds, t.BusinessSeconds
		return odzew.FirstReply{State: t.Outcome, Seconds: &seconds, BusinessSeconds: &business}
	}
	if find(func(t odzew.Turn) bool { return t.Outcome == ClosedUnanswered }) != nil {
		return odzew.FirstReply{State: ClosedUnanswered}
	}
	for _, other := range []struct{ outcome, reason string }{
		{Merged, ReasonMerged},
		{BotAnswered, ReasonBotOnly},
		{NoReplyNeeded, ReasonThanksOnly},
	} {
		if find(func(t odzew.Turn) bool { return t.Outcome == other.outcome }) != nil {
			return odzew.FirstReply{State: NotApplicable, Reason: other.reason}
		}
	}
	return odzew.FirstReply{State: NotApplicable, Reason: ReasonNoCustomer}
}

// A stretch is time from one instant to another, in Unix seconds.
type stretch struct{ from, to int64 }

// A meter turns stretches into clocks.
type meter struct{ cal *calendar.Schedule }

func (m meter) clock(s stretch) odzew.Clock {
	if s.to <= s.from {
		return odzew.Clock{}
	}
	return odzew.Clock{Seconds: s.to - s.from, BusinessSeconds: m.cal.Elapsed(unix(s.from), unix(s.to))}
}

func (m meter) turn(t *turn) odzew.Turn {
	clock := m.clock(stretch{t.from, t.to})
	out := odzew.Turn{
		Kind: t.kind, Outcome: t.outcome, OpenedAt: unix(t.from),
		Seconds: clock.Seconds, BusinessSeconds: clock.BusinessSeconds,
		Nudges: t.nudges, Thanks: t.thanks, Flags: []string{},
	}
	if !t.running {
		end := unix(t.to)
		out.ClosedAt = &end
	}
	if t.nudges > 0 {
		first := t.firstNudge - t.from
		out.FirstNudgeSeconds = &first
	}
	if clock.Seconds > 0 && clock.BusinessSeconds == 0 && !m.cal.IsOpen(out.OpenedAt) {
		out.Flags = append(out.Flags, FlagOutsideHours)
	}
	if t.negative {
		out.Flags = append(out.Flags, FlagNegativeInterval)
	}
	return out
}

func add(sum *odzew.Clock, c odzew.Clock) {
	sum.Seconds += c.Seconds
	sum.BusinessSeconds += c.BusinessSeconds
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
