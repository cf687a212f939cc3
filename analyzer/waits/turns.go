package waits

import (
	"slices"

	"odzew"
)

// A turn is one wait while it is counted. Times are Unix seconds.
type turn struct {
	from, to      int64
	kind, outcome string
	nudges        int
	firstNudge    int64
	human         bool // a bot handed it over: no bot can end it any more
	thanks        bool // opened by a closing-only message
	negative      bool
	running       bool // as of now; to is then now
	carried       bool // came in with another conversation
	activeFrom    int64
}

// A result is what a run over a conversation's events finds.
type result struct {
	events         []event
	turns          []turn // in order of their beginning; those carried in come last
	states         []state
	gaps           []stretch // between human replies while unsolved
	flags          []string
	agentInitiated bool
	humanReplies   int
	reopens        int
	handovers      int
	firstHuman     stretch // from the first message of the contact to the first human reply
	mergedInto     string
	created        int64
	resolved       bool // solved, and not come back since
	everSolved     bool // then the times of the first and the last such solve hold
	firstSolve     int64
	lastSolve      int64
}

// episodeSilence is the silence after which a customer's message, where nobody
// owed an answer, begins a new contact.
const episodeSilence = 24 * 60 * 60

// A runner walks over the events and keeps what is open.
type runner struct {
	result
	c   *odzew.Conversation
	opt *Options
	now int64

	own     int // the open turn of this conversation, or -1
	carried int // turns[:carried] came in with others
	// awaiting counts the carried turns that are open.
	awaiting int
	asked    bool
	// owed: the customer's or a handoff's last word has no human reply yet.
	owed       bool
	lastPublic int64
	episode    int64
	lastReply  int64
	repliedYet bool // lastReply holds, and nothing was solved since
	assignee   string
	trace      *[]Step
	stopped    bool // merged into another conversation
}

// run walks over the events of c up to now. seen are the conversations that are
// being run already, against circles of merges.
func run(c *odzew.Conversation, now int64, opt *Options, seen []string, trace *[]Step) result {
	r := runner{c: c, opt: opt, now: now, own: -1, trace: trace}
	r.events, r.flags = timeline(c, now, opt)
	r.created = now
	if len(r.events) > 0 {
		r.created = r.events[0].at
	}
	if !c.CreatedAt.IsZero() {
		r.created = min(r.created, c.CreatedAt.Unix())
	}
	r.carryIn(seen)
	for i := range r.events {
		if r.stopped {
			break
		}
		r.step(&r.events[i])
	}
	r.finish()
	return r.result
}

// carryIn takes over the turns that were open in other conversations when they
// were merged into this one.
func (r *runner) carryIn(seen []string) {
	if r.opt.Merges == nil {
		return
	}
	from := r.opt.Merges.into[ref{r.c.Source, r.c.ID}]
	if len(from) == 0 || slices.Contains(seen, r.c.ID) {
		return
	}
	seen = append(seen, r.c.ID)
	for i := range from {
		if slices.Contains(seen, from[i].ID) {
			continue
		}
		theirs := run(&from[i], r.now, r.opt, seen, nil)
		if theirs.mergedInto != r.c.ID {
			continue // the merge lies after now
		}
		for _, t := range theirs.turns {
			if t.outcome == Merged {
				t.carried, t.activeFrom, t.outcome, t.running = true, t.to, "", true
				r.turns = append(r.turns, t)
				r.noteCarried(&t, from[i].ID)
			}
		}
	}
	r.carried = len(r.turns)
	r.awaiting = r.carried
}

func (r *runner) step(e *event) {
	switch e.kind {
	case eventCustomer:
		r.customer(e)
	case eventAgent:
		r.agent(e)
	case eventBot:
		r.bot(e)
	case eventHandoff:
		r.handoff(e)
	case eventStatus:
		r.status(e)
	case eventMerge:
		r.merge(e)
	case eventAssign:
		r.assign(e)
	case eventAuto, eventNote, eventThirdParty, eventOther:
		r.ignore(e)
	}
}

func (r *runner) customer(e *event) {
	closing := r.opt.IsClosing != nil && r.opt.IsClosing(int(e.seq), &r.c.Messages[e.seq])
	waiting := r.waiting(e.at)
	owing := waiting != nil && !waiting.thanks
	if !r.asked || (!owing && e.at-r.lastPublic >= episodeSilence) {
		r.episode = e.at
	}
	r.asked = true
	r.lastPublic = e.at
	switch {
	case owing && closing:
		r.note(e, EffectNone, "R6", "thanks while an answer is owed is no nudge")
		return
	case owing:
		if waiting.nudges == 0 {
			waiting.firstNudge = e.at
		}
		waiting.nudges++
		r.note(e, EffectNudge, "R1", "the turn is open already")
		return
	case waiting != nil && closing:
		r.note(e, EffectNone, "R6", "more thanks")
		return
	case closing:
		r.open(turn{from: e.at, thanks: true})
		r.note(e, EffectOpen, "R6", "thanks only, no reply is needed")
		return
	case waiting != nil:
		r.close(waiting, e, NoReplyNeeded)
	}
	r.owed = true
	if r.resolved {
		r.reopen(e.at)
		r.note(e, EffectOpen, "R8", "a message after the solve")
	} else {
		r.note(e, EffectOpen, "R1", "no turn was open")
	}
	r.open(turn{from: e.at})
}

func (r *runner) agent(e *event) {
	if !r.asked && r.humanReplies == 0 && r.waiting(e.at) == nil {
		r.agentInitiated = true
	}
	if r.humanReplies == 0 && r.asked {
		r.firstHuman = stretch{r.episode, e.at}
	}
	if r.repliedYet && !r.resolved {
		r.gaps = append(r.gaps, stretch{r.lastReply, e.at})
	}
	r.lastReply, r.repliedYet, r.lastPublic, r.owed = e.at, true, e.at, false
	answered := r.closeAll(e, Answered, Answered)
	r.humanReplies++
	switch {
	case answered:
		r.note(e, EffectClose, "R2", "a human's reply")
	case r.agentInitiated && r.humanReplies == 1:
		r.note(e, EffectNone, "R7", "the company wrote first")
	default:
		r.note(e, EffectNone, "R2", "no turn was open")
	}
}

func (r *runner) bot(e *event) {
	r.lastPublic = e.at
	switch t := r.ownOpen(); {
	case t == nil:
		r.note(e, EffectNone, "R2", "no turn was open")
	case t.human:
		r.note(e, EffectNone, "R4", "a human was asked for, a bot cannot answer any more")
	default:
		r.close(t, e, BotAnswered)
		r.owed = true // a bot's answer may yet lead to a human
		r.note(e, EffectClose, "R2", "answered by a bot, kept out of human figures")
	}
}

func (r *runner) handoff(e *event) {
	r.lastPublic = max(r.lastPublic, e.at)
	switch t := r.waiting(e.at); {
	case t != nil && !t.thanks:
		t.human = true
		r.note(e, EffectNone, "R4", "the turn is open already and keeps its start")
	case !r.owed && r.humanReplies > 0:
		r.note(e, EffectNone, "R4", "a human has answered already")
	default:
		if t != nil {
			r.close(t, e, NoReplyNeeded)
		}
		r.owed = true
		r.open(turn{from: e.at, human: true})
		r.note(e, EffectOpen, "R4", "the wait for a human begins")
	}
}

func (r *runner) status(e *event) {
	r.setState(e.at, e.status)
	if e.status != odzew.StatusSolved && e.status != odzew.StatusClosed {
		if t := r.ownOpen(); r.resolved && (t == nil || !t.thanks) {
			r.resolved = false // taken up again by the company itself
		}
		r.note(e, EffectStatus, "R10", "the clock of the status runs")
		return
	}
	if !r.resolved {
		if !r.everSolved {
			r.everSolved, r.firstSolve = true, e.at
		}
		r.lastSolve = e.at
	}
	r.resolved, r.repliedYet, r.owed = true, false, false
	if r.closeAll(e, ClosedUnanswered, NoReplyNeeded) {
		r.note(e, EffectClose, "R2", "solved without a reply")
		return
	}
	r.note(e, EffectStatus, "R10", "the clocks of statuses stop")
}

func (r *runner) merge(e *event) {
	r.closeAll(e, Merged, NoReplyNeeded)
	r.mergedInto = r.c.Events[e.seq].Into
	r.stopped = true
	r.endState(e.at)
	r.note(e, EffectClose, "R9", "goes on in "+r.mergedInto)
}

func (r *runner) assign(e *event) {
	to := r.c.Events[e.seq].To
	if to == r.assignee || to == "" {
		r.note(e, EffectNone, "R3", "an assignment to the same")
		return
	}
	if r.assignee != "" {
		r.handovers++
	}
	r.assignee = to
	r.note(e, EffectNone, "R3", "an assignment")
}

// reopen is what a customer's message after a solve does.
func (r *runner) reopen(at int64) {
	r.resolved = false
	r.reopens++
	if s := r.currentStatus(); s == odzew.StatusSolved || s == odzew.StatusClosed {
		r.setState(at, odzew.StatusOpen)
	}
}

func (r *runner) open(t turn) {
	r.turns = append(r.turns, t)
	r.own = len(r.turns) - 1
}

// closeAll ends every turn that is open, one of thanks with an outcome of its own,
// and says whether there was any.
func (r *runner) closeAll(e *event, outcome, ofThanks string) (closed bool) {
	if t := r.ownOpen(); t != nil {
		how := outcome
		if t.thanks {
			how = ofThanks
		}
		r.close(t, e, how)
		closed = true
	}
	for i := 0; r.awaiting > 0 && i < r.carried; i++ {
		if t := &r.turns[i]; t.running && t.activeFrom <= e.at {
			r.close(t, e, outcome)
			closed = true
		}
	}
	return closed
}

// close ends a turn and says of which kind it was.
func (r *runner) close(t *turn, e *event, outcome string) {
	t.to, t.outcome, t.running, t.negative = e.at, outcome, false, e.skewed
	switch outcome {
	case Answered:
		t.kind = r.humanKind(t)
	case BotAnswered:
		t.kind = KindBot
	default:
		t.kind = KindNone
	}
	if t.carried {
		r.awaiting--
	} else {
		r.own = -1
	}
}

// humanKind is first as long as no human has replied. A turn from another
// conversation can be first only where this one has none of its own.
func (r *runner) humanKind(t *turn) string {
	if r.humanReplies > 0 || r.agentInitiated || (t.carried && len(r.turns) > r.carried) {
		return KindNext
	}
	return KindFirst
}

func (r *runner) ownOpen() *turn {
	if r.own < 0 {
		return nil
	}
	return &r.turns[r.own]
}

// waiting is a turn that is open: this conversation's own, or one carried in
// before that time.
func (r *runner) waiting(at int64) *turn {
	if t := r.ownOpen(); t != nil {
		return t
	}
	if r.awaiting == 0 {
		return nil
	}
	for i := range r.turns[:r.carried] {
		if t := &r.turns[i]; t.running && t.activeFrom <= at {
			return t
		}
	}
	return nil
}

// finish ends, as of now, what is still open.
func (r *runner) finish() {
	for i := range r.turns {
		t := &r.turns[i]
		if t.outcome != "" {
			continue
		}
		t.to, t.running, t.outcome, t.kind = r.now, true, Open, r.humanKind(t)
		if t.thanks {
			t.outcome, t.kind = NoReplyNeeded, KindNone
		}
	}
	if !r.stopped {
		r.endState(r.now)
	}
	// A conversation's own turns come first, then those of others.
	if r.carried > 0 {
		r.turns = slices.Concat(r.turns[r.carried:], r.turns[:r.carried])
	}
}

// Merges knows which conversations went into which. Its zero value knows of none.
type Merges struct{ into map[ref][]odzew.Conversation }

// A ref is the identity of a conversation.
type ref struct{ source, id string }

// Add notes c if it was merged into another conversation of its source. Add each
// conversation once.
func (m *Merges) Add(c odzew.Conversation) {
	var merge *odzew.Event
	for i := range c.Events {
		ev := &c.Events[i]
		if ev.Kind == odzew.EventMerge && ev.Into != "" && ev.Into != c.ID && (merge == nil || ev.At.Before(merge.At)) {
			merge = ev
		}
	}
	if merge == nil {
		return
	}
	if m.into == nil {
		m.into = map[ref][]odzew.Conversation{}
	}
	to := ref{c.Source, merge.Into}
	m.into[to] = append(m.into[to], c)
}
