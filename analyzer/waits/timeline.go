package waits

import (
	"cmp"
	"slices"
	"time"

	"odzew"
)

// An event is something that happened, reduced to what turns and clocks need.
type event struct {
	at     int64
	kind   eventKind
	seq    int32        // index in the conversation's Messages, or in its Events
	status odzew.Status // of eventStatus
	// skewed: stamped before the question that it answers, and moved to it.
	skewed bool
}

func (e *event) time() time.Time { return unix(e.at) }

type eventKind uint8

// Kinds below eventHandoff are messages.
const (
	eventCustomer eventKind = iota
	eventAgent
	eventBot
	eventAuto       // automatic, of whichever side
	eventNote       // internal
	eventThirdParty // neither the customer nor the company
	eventHandoff
	eventStatus
	eventMerge
	eventAssign
	eventOther
)

// timeline puts what happened up to now in order, each thing once, and flags what
// it had to leave out.
func timeline(c *odzew.Conversation, now int64, opt *Options) (events []event, flags []string) {
	flag := func(name string) {
		if !slices.Contains(flags, name) {
			flags = append(flags, name)
		}
	}
	events = make([]event, 0, len(c.Messages)+len(c.Events))
	seq := func(e event) int { return c.Messages[e.seq].Seq }
	ordered := true
	for i := range c.Messages {
		m := &c.Messages[i]
		if !placeable(m.At, now, flag) {
			continue
		}
		kind := messageKind(m, opt, flag)
		e := event{at: m.At.Unix(), kind: kind, seq: int32(i)}
		if n := len(events); n > 0 && (e.at < events[n-1].at || m.Seq < seq(events[n-1])) {
			ordered = false
		}
		events = append(events, e)
	}
	if !ordered {
		slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(seq(a), seq(b)) })
		mendSkew(events)
	}
	for i := range c.Events {
		ev := &c.Events[i]
		if !placeable(ev.At, now, flag) {
			continue
		}
		e := event{at: ev.At.Unix(), kind: eventOther, seq: int32(i)}
		switch ev.Kind {
		case odzew.EventStatus:
			e.kind, e.status = eventStatus, odzew.Status(ev.To)
			if !knownStatus(e.status) {
				flag(FlagUnknownStatus)
				e.kind = eventOther
			}
		case odzew.EventHandoff:
			e.kind = eventHandoff
		case odzew.EventMerge:
			if ev.Into != c.ID { // else the mark that another one came in here
				e.kind = eventMerge
			}
		case odzew.EventAssign:
			e.kind = eventAssign
		case odzew.EventSplit: // the messages that left are gone, those that came keep their times
		default:
			flag(FlagUnknownEvent)
		}
		events = append(events, e)
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	if dropDuplicates(c, &events) {
		flag(FlagDuplicate)
	}
	return events, flags
}

func placeable(t time.Time, now int64, flag func(string)) bool {
	switch {
	case t.IsZero():
		flag(FlagNoTime)
		return false
	case t.Unix() > now:
		flag(FlagAfterNow)
		return false
	}
	return true
}

func messageKind(m *odzew.Message, opt *Options, flag func(string)) eventKind {
	switch {
	case !m.Public:
		return eventNote
	case len(m.Headers) > 0 && odzew.AutomaticBy(m.Headers) != "":
		return eventAuto
	}
	switch m.Author {
	case odzew.AuthorCustomer:
		if opt.ThirdParty != nil && opt.ThirdParty(*m) {
			return eventThirdParty
		}
		return eventCustomer
	case odzew.AuthorAgent:
		return eventAgent
	case odzew.AuthorBot:
		return eventBot
	case odzew.AuthorAuto:
	default:
		flag(FlagUnknownAuthor)
	}
	return eventAuto
}

func knownStatus(s odzew.Status) bool {
	switch s {
	case odzew.StatusNew, odzew.StatusOpen, odzew.StatusPending, odzew.StatusHold, odzew.StatusSolved, odzew.StatusClosed:
		return true
	}
	return false
}

// maxSkew is how far apart two clocks are believed to be: an answer that is stamped
// earlier than its question by more than that was not given to it.
const maxSkew = 5 * 60

// mendSkew looks at messages that did not come in the order of their times. If all
// that is wrong is that answers are stamped a little before the questions that they
// follow, the source's order is right and a clock was wrong: those answers move to
// the question's time. If anything else is out of order, the source's order means
// nothing: nothing moves, and the times alone count.
func mendSkew(events []event) {
	var latest *event // the customer's or company's last public message
	var skewed []int
	for i := range events {
		e := &events[i]
		if e.kind > eventBot {
			if i > 0 && e.at < events[i-1].at {
				return
			}
			continue
		}
		if latest != nil && e.at < latest.at {
			if e.kind != eventAgent || latest.kind != eventCustomer || latest.at-e.at > maxSkew || answersEarlier(events[:i], e.at) {
				return
			}
			skewed = append(skewed, i)
			continue
		}
		latest = e
	}
	at := int64(0)
	for i, j := 0, 0; j < len(skewed); i++ {
		if i == skewed[j] {
			events[i].at, events[i].skewed = at, true
			j++
		} else if events[i].kind <= eventBot {
			at = events[i].at
		}
	}
}

// answersEarlier says whether, by the times alone, a customer was waiting at that
// time: then the message is an answer where it stands, and no clock is wrong.
func answersEarlier(before []event, at int64) bool {
	for _, e := range slices.Backward(before) {
		if e.kind <= eventBot && e.at <= at {
			return e.kind == eventCustomer
		}
	}
	return false
}

// dropDuplicates keeps the earliest of messages that are the same: of one ID, or,
// without IDs, alike in all that there is.
func dropDuplicates(c *odzew.Conversation, events *[]event) (dropped bool) {
	type key struct {
		id, author, text string
		at               int64
	}
	seen := make(map[key]struct{}, len(c.Messages))
	*events = slices.DeleteFunc(*events, func(e event) bool {
		if e.kind >= eventHandoff {
			return false
		}
		m := &c.Messages[e.seq]
		k := key{id: m.ID}
		if m.ID == "" {
			k = key{"", string(m.Author), m.Text, e.at}
		}
		if _, twice := seen[k]; twice {
			dropped = true
			return true
		}
		seen[k] = struct{}{}
		return false
	})
	return dropped
}
