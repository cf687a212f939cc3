package frustration

import (
	"slices"
	"strings"
	"time"

	"odzew"
	"odzew/analyzer/waits"
)

// Behaviour: what customers do, and what happens to them, whatever their words.

const (
	secondChannelWithin = 24 * time.Hour
	repeatContactWithin = 14 * 24 * time.Hour
	silenceAfter        = 7 * 24 * time.Hour
	manyHandovers       = 3
	manyNudges          = 2
	manyBotAnswers      = 2
)

// review is the channel of those who tell others, and wait for no answer.
const review = "review"

// behaviour adds the parts of behaviour. A promise passed, or a wait, that has come
// to its end long ago weighs what the calming since has left of it.
func (a *assessment) behaviour() {
	a.turns()
	if n, at := a.reopens(); n > 0 {
		a.happened("reopen", n, at)
	}
	if n := a.Waits.Handovers; n >= manyHandovers {
		a.happened("handovers", n, a.Messages[len(a.Messages)-1].At)
	}
	if a.LawOffice != "" {
		i := max(0, slices.IndexFunc(a.Messages, func(m Message) bool { return m.ID == a.LawOffice }))
		a.happened("law_office", 0, a.Messages[i].At).Message = a.LawOffice
	}
	if at, ok := lowCSAT(a.Ratings, a.now); ok {
		a.happened("low_csat", 0, at)
	}
	for i := range a.promises {
		if p := &a.promises[i]; p.State == PromiseBroken {
			r := a.happened("promise_passed", 0, p.Due)
			r.Quote, r.Message = p.Quote, p.Message
		}
	}
	if a.has("broken_promise") {
		// The customer says so, too: most of it is counted there.
		a.part("promise_passed").Weight /= 3
	}
	a.elsewhere()
	a.trend()
}

// turns adds what the waits tell.
func (a *assessment) turns() {
	bots := 0
	for i := range a.Waits.Turns {
		t := &a.Waits.Turns[i]
		if t.Outcome == waits.BotAnswered {
			bots++
			continue
		}
		if t.Thanks {
			bots = 0
			continue
		}
		if bots >= manyBotAnswers && a.asks(t.OpenedAt) { // and still there was something to say
			a.happened("bot_loop", bots, t.OpenedAt)
		}
		bots = 0
		end := a.now
		if t.ClosedAt != nil {
			end = t.ClosedAt.Add(-time.Nanosecond)
		}
		if t.Nudges >= manyNudges {
			a.happened("nudges", t.Nudges, end)
			if a.shrinking(t) {
				a.happened("shrinking_gaps", t.Nudges, end)
			}
		}
		if a.LongWait > 0 && t.BusinessSeconds > a.LongWait {
			a.happened("long_wait", 0, end)
		}
		if t.Outcome == waits.ClosedUnanswered && a.wanted(i, end) {
			a.happened("closed_unanswered", 0, end)
		}
	}
}

// wanted says whether the customer wanted an answer in a turn that ended: in the
// first one always, later where one of its messages asks or complains.
func (a *assessment) wanted(turn int, end time.Time) bool {
	last := a.lastBy(end)
	if last < 0 || pleased(&a.Messages[last].Score) {
		return false
	}
	from := a.Waits.Turns[turn].OpenedAt
	for i := last; i >= 0 && !a.Messages[i].At.Before(from); i-- {
		if a.asks(a.Messages[i].At) {
			return true
		}
	}
	return turn == 0
}

// asks says whether the last message by a time asks or complains, and does not just
// thank or agree.
func (a *assessment) asks(at time.Time) bool {
	i := a.lastBy(at)
	if i < 0 || pleased(&a.Messages[i].Score) {
		return false
	}
	return strings.Contains(a.Messages[i].Text, "?") || levelOf(&a.Messages[i].Score) > 0
}

// lastBy is the last message by a time, in whole seconds as waits are; -1 for none.
func (a *assessment) lastBy(at time.Time) int {
	at = at.Truncate(time.Second).Add(time.Second)
	i, _ := slices.BinarySearchFunc(a.Messages, at, func(m Message, at time.Time) int {
		if m.At.Before(at) {
			return -1
		}
		return 1
	})
	return i - 1
}

// nudges is how many nudges the turn has in which a message at that time was sent
// while an earlier one was open; 0 if it is none of them.
func (a *assessment) nudges(at time.Time) int {
	for i := range a.Waits.Turns {
		t := &a.Waits.Turns[i]
		if at.After(t.OpenedAt) && (t.ClosedAt == nil || at.Before(*t.ClosedAt)) {
			return t.Nudges
		}
	}
	return 0
}

// shrinking says whether the customer of a turn writes at ever shorter gaps: three at
// least, each at most two thirds of the one before.
func (a *assessment) shrinking(t *odzew.Turn) bool {
	var prev time.Time
	gap, run := time.Duration(0), 0
	for i := range a.Messages {
		at := a.Messages[i].At
		if at.Before(t.OpenedAt.Truncate(time.Second)) || t.ClosedAt != nil && at.After(*t.ClosedAt) {
			continue
		}
		if !prev.IsZero() {
			g := at.Sub(prev)
			if g < time.Minute {
				continue // the same thought in two lines
			}
			if gap == 0 || 3*g <= 2*gap {
				run++
			} else {
				run = 1
			}
			gap = g
		}
		prev = at
	}
	return run >= 3
}

// reopens counts how often the matter came back: not with thanks, and not with a word
// that agrees. at is the last time.
func (a *assessment) reopens() (n int, at time.Time) {
	if a.Waits.Reopens == 0 {
		return 0, at
	}
	for i := 1; i < len(a.Waits.Turns); i++ {
		t := &a.Waits.Turns[i]
		if !t.Thanks && a.asks(t.OpenedAt) {
			n++
			at = t.OpenedAt
		}
	}
	return min(n, a.Waits.Reopens), at
}

// elsewhere adds what the customer's other conversations tell.
func (a *assessment) elsewhere() {
	first, last := a.Messages[0].At, a.Messages[len(a.Messages)-1].At
	second, others := false, 0
	for i := range a.Others {
		o := &a.Others[i]
		if o.Conversation == a.ID && o.Source == a.Source {
			continue
		}
		apart := max(o.FirstAt.Sub(last), first.Sub(o.LastAt))
		if apart <= secondChannelWithin && (o.Channel != a.Channel || o.Source != a.Source) {
			second = true
		}
		if apart <= repeatContactWithin {
			others++
		}
	}
	if second {
		a.happened("second_channel", 0, last)
	}
	if others >= 2 {
		a.happened("repeat_contact", others+1, last)
	}
}

// trend adds how the messages change: falling sentiment, and a jump or a collapse of
// length while nothing is right yet.
func (a *assessment) trend() {
	n := len(a.Messages)
	last := &a.Messages[n-1]
	if n < 3 || a.open == nil || pleased(&last.Score) {
		return
	}
	sum, longest := 0, 0
	up := 0.0
	for i := range a.Messages[:n-1] {
		sum += len(a.Messages[i].Text)
		longest = max(longest, len(a.Messages[i].Text))
		up = max(up, a.Messages[i+1].Score.Valence-a.Messages[i].Score.Valence)
	}
	if fell := a.Messages[0].Score.Valence - last.Score.Valence; fell >= 0.4 && up <= 0.1 {
		a.says("falling", kinds["falling"].weight/10, n-1)
	}
	mean := sum / (n - 1)
	const letter, line = 300, 40 // bytes
	if len(last.Text) >= letter && len(last.Text) > 4*longest || mean >= letter && len(last.Text) <= line {
		a.happened("length", 0, last.At)
	}
}

// lowCSAT says whether the last CSAT by then is in the lower two fifths of its scale.
func lowCSAT(rs []odzew.Rating, now time.Time) (at time.Time, low bool) {
	var last *odzew.Rating
	for i := range rs {
		if rs[i].Kind == "csat" && rs[i].Max > 0 && !rs[i].At.After(now) && (last == nil || rs[i].At.After(last.At)) {
			last = &rs[i]
		}
	}
	if last == nil {
		return time.Time{}, false
	}
	return last.At, last.Score/last.Max <= 0.4
}

// judgePromises says what became of each promise as of now.
//
// A promise is kept when, after it was made and by its time, a human of the desk wrote
// again; or when the customer's first word after it, early or late, is pleased: what
// was promised came without a message. Past its time it is broken otherwise.
func judgePromises(c *Case, quiet int, now time.Time) []Promise {
	if len(c.Promises) == 0 {
		return nil
	}
	ps := slices.SortedFunc(slices.Values(c.Promises), func(x, y Promise) int {
		if d := x.Made.Compare(y.Made); d != 0 {
			return d
		}
		return x.Due.Compare(y.Due)
	})
	for i := range ps {
		p := &ps[i]
		p.State = PromisePending
		if p.Due.Before(now) {
			p.State = PromiseBroken
		}
		for _, at := range c.Replies {
			if at.After(p.Made) && !at.After(p.Due) && !at.After(now) {
				p.State = PromiseKept
			}
		}
		for k := range c.Messages {
			if m := &c.Messages[k]; m.At.After(p.Made) {
				if k != quiet && pleased(&m.Score) {
					p.State = PromiseKept
				}
				if m.At.After(p.Due) || p.State == PromiseKept {
					break
				}
			}
		}
	}
	return ps
}
