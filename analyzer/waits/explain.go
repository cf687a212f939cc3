package waits

import (
	"slices"
	"time"

	"odzew"
	"odzew/analyzer/calendar"
)

// An Explanation is a measurement with all that it is made of.
type Explanation struct {
	Waits odzew.Waits `json:"waits"`
	// Calendar and Zone say by which opening hours business time was counted.
	Calendar string `json:"calendar,omitempty"`
	Zone     string `json:"zone"`
	// Steps are the conversation's messages and events in the order in which they
	// were counted.
	Steps []Step `json:"steps"`
	// Hours are, for each of Waits.Turns, the opening hours within the turn: its
	// business seconds are their sum.
	Hours [][]calendar.Span `json:"hours"`
}

// A Step is what one message or event did to the waits.
type Step struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // customer, agent, bot, auto, note, third_party, or the event's kind
	// Message is the message's ID; empty for an event.
	Message string `json:"message,omitempty"`
	// To is the status, the assignee, or the other conversation of a merge.
	To     string `json:"to,omitempty"`
	Effect string `json:"effect"`
	Rule   string `json:"rule"` // the number in docs/waits.md
	Why    string `json:"why"`
	// Version names the calendar's version in force at the time.
	Version string `json:"version,omitempty"`
}

// What a step does.
const (
	EffectOpen   = "opens"  // a turn begins
	EffectClose  = "closes" // one or more turns end
	EffectNudge  = "nudge"
	EffectStatus = "status" // the clocks of statuses change
	EffectNone   = "none"
)

// Explain measures a conversation as Measure does, and tells how.
func Explain(c odzew.Conversation, cal *calendar.Schedule, now time.Time, opt Options) Explanation {
	x := Explanation{Calendar: cal.Name(), Zone: cal.Zone().String(), Steps: []Step{}}
	x.Waits = measure(&c, cal, now, opt, &x.Steps)
	slices.SortStableFunc(x.Steps, func(a, b Step) int { return a.At.Compare(b.At) }) // turns of others came first
	for i := range x.Steps {
		x.Steps[i].Version = cal.Version(x.Steps[i].At)
	}
	x.Hours = make([][]calendar.Span, len(x.Waits.Turns))
	for i, t := range x.Waits.Turns {
		end := x.Waits.AsOf
		if t.ClosedAt != nil {
			end = *t.ClosedAt
		}
		x.Hours[i] = cal.OpenSpans(t.OpenedAt, end)
	}
	return x
}

// note records what an event did, where somebody asked.
func (r *runner) note(e *event, effect, rule, why string) {
	if r.trace == nil {
		return
	}
	step := Step{At: e.time(), Kind: kindNames[e.kind], Effect: effect, Rule: rule, Why: why}
	if e.kind < eventHandoff {
		step.Message = r.c.Messages[e.seq].ID
	} else {
		ev := &r.c.Events[e.seq]
		step.Kind, step.To = string(ev.Kind), ev.To
		if ev.Into != "" {
			step.To = ev.Into
		}
	}
	*r.trace = append(*r.trace, step)
}

// noteCarried records that a turn came in from another conversation.
func (r *runner) noteCarried(t *turn, from string) {
	if r.trace != nil {
		*r.trace = append(*r.trace, Step{
			At: unix(t.activeFrom), Kind: kindNames[eventMerge], To: from, Effect: EffectOpen,
			Rule: "R9", Why: "a turn goes on that was opened there on " + unix(t.from).Format(time.RFC3339),
		})
	}
}

// ignore records an event that counts for nothing.
func (r *runner) ignore(e *event) {
	rule, why := "R3", "not an event that waits know"
	switch e.kind {
	case eventNote:
		why = "an internal note"
	case eventThirdParty:
		rule, why = "R2", "by a third party, neither the customer nor the company"
	case eventAuto:
		why = "an automatic message"
		if r.c.Messages[e.seq].Author == odzew.AuthorCustomer {
			rule, why = "R5", "an automatic message from the customer's side"
		}
	}
	r.note(e, EffectNone, rule, why)
}

var kindNames = [...]string{
	eventCustomer:   "customer",
	eventAgent:      "agent",
	eventBot:        "bot",
	eventAuto:       "auto",
	eventNote:       "note",
	eventThirdParty: "third_party",
	eventHandoff:    "handoff",
	eventStatus:     "status",
	eventMerge:      "merge",
	eventAssign:     "assign",
	eventOther:      "other",
}
