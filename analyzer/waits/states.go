package waits

import (
	"sort"

	"odzew"
)

// A state is a stretch of time with one status, in Unix seconds.
type state struct {
	stretch
	status odzew.Status
}

// The clocks of statuses are sums of states, whatever the turns do. A source that
// tells no statuses has no such clocks. Before the first status a conversation is
// new; it is open again when a customer writes after the solve, even where the
// source does not say so.

func (r *runner) setState(at int64, s odzew.Status) {
	if len(r.states) == 0 && at > r.created {
		r.states = append(r.states, state{stretch{r.created, at}, odzew.StatusNew})
	}
	r.endState(at)
	r.states = append(r.states, state{stretch{at, at}, s})
}

func (r *runner) endState(at int64) {
	if n := len(r.states); n > 0 {
		r.states[n-1].to = at
	}
}

func (r *runner) currentStatus() odzew.Status {
	if n := len(r.states); n > 0 {
		return r.states[n-1].status
	}
	return odzew.StatusNew
}

// statusClocks fills in the clocks that are sums of states, and those of solves.
func (m meter) statusClocks(r *result, w *odzew.Waits) {
	var sum [6]odzew.Clock
	for _, s := range r.states {
		clock := m.clock(s.stretch)
		i := statusIndex(s.status)
		sum[i].Seconds += clock.Seconds
		sum[i].BusinessSeconds += clock.BusinessSeconds
	}
	total := func(statuses ...odzew.Status) *odzew.Clock {
		t := &odzew.Clock{}
		for _, s := range statuses {
			t.Seconds += sum[statusIndex(s)].Seconds
			t.BusinessSeconds += sum[statusIndex(s)].BusinessSeconds
		}
		return t
	}
	w.RequesterWait = total(odzew.StatusNew, odzew.StatusOpen, odzew.StatusHold)
	w.AgentWork = total(odzew.StatusNew, odzew.StatusOpen)
	w.Pending = total(odzew.StatusPending)
	w.Hold = total(odzew.StatusHold)
	w.ActiveLife = total(odzew.StatusNew, odzew.StatusOpen, odzew.StatusPending, odzew.StatusHold)
	if r.everSolved {
		w.FirstResolution = m.clock(stretch{r.created, r.firstSolve})
		if r.resolved {
			w.FullResolution = m.clock(stretch{r.created, r.lastSolve})
			w.OneTouch = r.humanReplies == 1 && r.reopens == 0
		}
	}
}

// within is how much of a stretch the conversation had one of the statuses.
func (m meter) within(r *result, s stretch, statuses ...odzew.Status) (sum odzew.Clock) {
	first := sort.Search(len(r.states), func(i int) bool { return r.states[i].to > s.from })
	for _, st := range r.states[first:] {
		if st.from >= s.to {
			break
		}
		for _, status := range statuses {
			if st.status == status {
				part := m.clock(stretch{max(s.from, st.from), min(s.to, st.to)})
				sum.Seconds += part.Seconds
				sum.BusinessSeconds += part.BusinessSeconds
			}
		}
	}
	return sum
}

func statusIndex(s odzew.Status) int {
	switch s {
	case odzew.StatusNew:
		return 0
	case odzew.StatusOpen:
		return 1
	case odzew.StatusPending:
		return 2
	case odzew.StatusHold:
		return 3
	case odzew.StatusSolved:
		return 4
	default: // timeline lets no other status through
		return 5
	}
}
