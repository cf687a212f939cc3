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
	var clocks struct{ requester, agent, pending, hold, active, first, full odzew.Clock }
	for _, s := range r.states {
		clock := m.clock(s.stretch)
		switch s.status {
		case odzew.StatusNew, odzew.StatusOpen:
			add(&clocks.agent, clock)
			add(&clocks.requester, clock)
		case odzew.StatusHold:
			add(&clocks.hold, clock)
			add(&clocks.requester, clock)
		case odzew.StatusPending:
			add(&clocks.pending, clock)
		case odzew.StatusSolved, odzew.StatusClosed:
			continue
		}
		add(&clocks.active, clock)
	}
	w.RequesterWait, w.AgentWork, w.ActiveLife = &clocks.requester, &clocks.agent, &clocks.active
	w.Pending, w.Hold = &clocks.pending, &clocks.hold
	if r.everSolved {
		clocks.first = m.clock(stretch{r.created, r.firstSolve})
		w.FirstResolution = &clocks.first
		if r.resolved {
			clocks.full = m.clock(stretch{r.created, r.lastSolve})
			w.FullResolution = &clocks.full
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
				add(&sum, m.clock(stretch{max(s.from, st.from), min(s.to, st.to)}))
			}
		}
	}
	return sum
}
