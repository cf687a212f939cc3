// Package frustration adds up what is known of a conversation to one figure: how
// likely its customer is to leave, and whether a person should act today.
//
// Rules:
//
//   - The parts add up: a flag's Frustration is the sum of its reasons' weights.
//   - Words and behaviour both count. A signal counts once in each message, a
//     behaviour once. The sum fades as the conversation goes on, is calmed by
//     answers and by the customer's own relief, and saturates at 1.
//   - Level 2 needs two independent reasons, except where one is enough alone
//     (legal, vulnerability, an explicit cancellation).
//   - Only customers' words are weighed, and no figure is about a person of the
//     company. Of what the desk wrote a Case holds times and promises, no text;
//     promise.go is the only place that reads any.
//   - The order in which messages come in does not matter, only their times.
//
// frustration.go adds up, behaviour.go finds what customers do, calm.go what takes
// the edge off, leaving.go who goes without a word, quote.go the words to show.
package frustration

import (
	"cmp"
	"math"
	"slices"
	"time"

	"odzew"
	"odzew/analyzer/waits"
)

// reasonTone is blame, beside all signals.
const reasonTone = "negative"

// weights in tenths of the scale: a sum of 10 is a frustration of 1. Calm
// resignation weighs as much as a threat: politeness never offsets it.
var weights = map[string]float64{
	"repeat_contact": 2, "waiting": 2, "ultimatum": 3, "churn": 3, "legal": 4, "escalation": 3,
	"sarcasm": 1, "profanity": 2, "shouting": 1, "broken_promise": 3, "effort": 2, "resignation": 3,
	"publicity": 3, "pressure": 1, "vulnerability": 4, "relief": -2,
	reasonTone: 2,
	// Behaviour.
	"nudges": 2, "shrinking_gaps": 1, "long_wait": 1, "reopen": 1.5, "handovers": 2, "second_channel": 2,
	"law_office": 4, "length": 0.5, "falling": 1, "promise_passed": 2, "closed_unanswered": 2, "bot_loop": 1.5,
	"low_csat": 2, "silence": 1,
}

// alone are the reasons that make a conversation level 2 without a second one.
var alone = []string{"legal", "vulnerability", "churn", "law_office"}

// weak are the reasons that never count as one of two.
var weak = []string{"pressure", reasonTone, "length", "silence", "falling", "shrinking_gaps", "sarcasm", "shouting"}

// strong are the reasons that need only one other beside them: who threatens, demands
// or insults means it.
var strong = []string{"legal", "vulnerability", "churn", "law_office", "ultimatum", "escalation", "publicity", "profanity", "resignation"}

// same are reasons that tell of one fact, and count as one.
var same = map[string]string{
	"promise_passed": "broken_promise", "nudges": "repeat_contact", "second_channel": "repeat_contact", "long_wait": "waiting",
	"closed_unanswered": "waiting", "handovers": "effort", "bot_loop": "effort",
}

const (
	annoyed = 0.15 // the least figure of level 1
	high    = 0.45 // and of level 2, where there is a threat
	heavy   = 0.68 // and where there is none
	shown   = 0.01 // parts below it are none
	// sure is how sure a blame must be to count without a signal.
	sure = 0.5
	// fresh is how much of a message's weight must be left for its own level to be
	// the conversation's.
	fresh = 0.6
	// answered is how much must be left for it to count as level 1 still.
	answered = 0.4
	// halfLife is how long a signal takes to lose half its weight. A threat of last
	// month that nothing followed is history.
	halfLife = 14 * 24 * time.Hour
	// leadsDay is how long a lead who took a matter up may leave it unanswered.
	leadsDay = 24 * time.Hour
)

// A Message is one customer's message with its score. Text is what the offsets of
// the score's evidence count in.
type Message struct {
	ID    string
	At    time.Time
	Text  string
	Score odzew.Score
}

// A Contact is another conversation of the same customer.
type Contact struct {
	Conversation string
	Source       string
	Channel      string
	// FirstAt and LastAt are the times of the customer's first and last message.
	FirstAt, LastAt time.Time
}

// A Case is what is known of a conversation, but for the desk's words.
type Case struct {
	ID, Source, Channel, Customer string

	Messages []Message   // the customer's, in any order
	Replies  []time.Time // when humans of the desk answered in public, in any order
	Promises []Promise   // what the desk promised; their State is found here
	Ratings  []odzew.Rating
	Waits    odzew.Waits
	Others   []Contact
	// Solved: the last status is solved or closed.
	Solved bool
	// StepIn is when a lead last wrote, or was given the matter; zero: none was.
	StepIn time.Time
	// LawOffice is the ID of the first message that went to a law office too.
	LawOffice string
	// LongWait is the wait, in seconds within opening hours, above which it is long
	// for this desk: its own p90. 0: not known, no wait is called long.
	LongWait int64
}

// A Finding is what a case adds up to.
type Finding struct {
	Flag odzew.Flag
	// Peak is the highest level of any message, and of the whole as it is now.
	Peak int
	// SilentLeaver: the customer stopped pursuing an unsolved matter, or went
	// elsewhere, without a threat or a demand.
	SilentLeaver bool
	// ResolvedWell: solved, and the customer at least reconciled.
	ResolvedWell bool
	Promises     []Promise // by time, with their states
}

// A part is a reason while it is being added up.
type part struct {
	odzew.Reason
	at   time.Time // since when
	best float64   // the greatest weight of one message
}

// An assessment is the state of one Assess.
type assessment struct {
	Case
	now      time.Time
	last     time.Time // of the last message of either side
	calm     calm
	parts    []part
	open     *odzew.Turn // the wait that goes on
	promises []Promise
}

// Assess adds up a case as of now.
func Assess(c Case, now time.Time) Finding {
	a := assessment{Case: c, now: now}
	a.order()
	quiet := leavesQuietly(a.Messages)
	a.promises = judgePromises(&a.Case, quiet, now)
	a.calm = calming(a.Messages, a.Replies, quiet)
	f := Finding{
		Flag: odzew.Flag{
			Conversation: c.ID, Source: c.Source, Customer: c.Customer, State: "open", Reasons: []odzew.Reason{},
		},
		Promises: a.promises,
	}
	if len(a.Messages) == 0 {
		return f
	}
	level := a.words(quiet, &f)
	if quiet >= 0 && !a.has("resignation", "churn") {
		a.add("resignation", 0, a.Messages[quiet].At, 0, quiet)
	}
	a.behaviour()
	f.SilentLeaver = a.silent(quiet)
	if f.SilentLeaver && quiet < 0 {
		a.add("silence", 1, a.last, 0, -1)
	}
	a.settle(&f.Flag)
	f.Flag.Level = a.level(&f.Flag, level, f.SilentLeaver)
	f.Peak = max(f.Peak, f.Flag.Level)
	f.Flag.NeedsCall = a.needsCall(&f)
	f.ResolvedWell = a.resolvedWell(&f)
	return f
}

// order sorts what came in by time and finds what is open.
func (a *assessment) order() {
	byTime := func(x, y Message) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID)) }
	if !slices.IsSortedFunc(a.Messages, byTime) {
		a.Messages = slices.SortedFunc(slices.Values(a.Messages), byTime)
	}
	if !slices.IsSortedFunc(a.Replies, time.Time.Compare) {
		a.Replies = slices.SortedFunc(slices.Values(a.Replies), time.Time.Compare)
	}
	if n := len(a.Messages); n > 0 {
		a.last = a.Messages[n-1].At
	}
	if n := len(a.Replies); n > 0 && a.Replies[n-1].After(a.last) {
		a.last = a.Replies[n-1]
	}
	for i := range a.Waits.Turns {
		if t := &a.Waits.Turns[i]; t.Outcome == waits.Open && !t.Thanks {
			a.open = t
		}
	}
}

// words adds the signals of all messages, and returns the level of the strongest
// message that nothing has calmed since.
func (a *assessment) words(quiet int, f *Finding) (level int) {
	for i := range a.Messages {
		m := &a.Messages[i]
		l := levelOf(&m.Score)
		if goesForOwnReasons(m) {
			continue
		}
		if i == quiet {
			l = 1 // goes, but without a threat
		}
		f.Peak = max(f.Peak, l)
		left := a.left(m.At)
		switch {
		case left >= fresh:
			level = max(level, l)
		case left >= answered:
			level = max(level, min(l, 1))
		}
		for _, sig := range m.Score.Signals {
			if w, ok := weights[sig]; ok {
				switch {
				case sig == "pressure" && a.nudges(m.At):
					w *= 2
				case sig == "vulnerability" && !atRisk(&m.Score):
					continue
				}
				a.add(sig, 0, m.At, w*left/10, i)
			}
		}
		if l > 0 && blames(&m.Score) {
			a.tone(i, weights[reasonTone]*(1+m.Score.Frustration)/2*left/10)
		}
	}
	return level
}

// levelOf is the level of a message within its conversation. Where a customer blames
// and says for what, the message is at least of level 1, however mild its words.
func levelOf(s *odzew.Score) int {
	if s.Level > 0 || !blames(s) {
		return s.Level
	}
	if s.Frustration >= 0.1 || *s.Sentiment == odzew.Negative && s.Confidence >= sure {
		return 1
	}
	for _, sig := range s.Signals {
		if weights[sig] > 0 && !slices.Contains(weak, sig) && sig != "vulnerability" {
			return 1
		}
	}
	return 0
}

// blames says whether a message criticises.
func blames(s *odzew.Score) bool {
	return s.Sentiment != nil && (*s.Sentiment == odzew.Negative || *s.Sentiment == odzew.Mixed)
}

// atRisk says whether what makes a customer vulnerable is a matter of now: not where
// all went well, nor where somebody just asks before buying.
func atRisk(s *odzew.Score) bool {
	if pleased(s) {
		return false
	}
	return blames(s) || s.Stage != "awareness" && s.Stage != "interest" && s.Stage != "decision"
}

// tone keeps the strongest blame of any message: a part of its own, once.
func (a *assessment) tone(i int, weight float64) {
	for k := range a.parts {
		if p := &a.parts[k]; p.Signal == reasonTone {
			if weight <= p.Weight {
				return
			}
			a.parts = slices.Delete(a.parts, k, k+1)
			break
		}
	}
	a.add(reasonTone, 0, a.Messages[i].At, weight, i)
}

// left is how much of its weight what was at a time still has.
func (a *assessment) left(at time.Time) float64 {
	return a.calm.since(at) * decay(a.last.Sub(at))
}

func decay(age time.Duration) float64 {
	if age <= 0 {
		return 1
	}
	return math.Exp2(-float64(age) / float64(halfLife))
}

// add adds weight to a signal's part. With a weight of 0 it is the signal's own, as
// calmed since. The message, if not -1, is quoted where it is the strongest.
func (a *assessment) add(signal string, count int, at time.Time, weight float64, message int) {
	if weight == 0 {
		weight = weights[signal] / 10 * a.left(at)
	}
	k := slices.IndexFunc(a.parts, func(p part) bool { return p.Signal == signal })
	if k < 0 {
		k = len(a.parts)
		a.parts = append(a.parts, part{Reason: odzew.Reason{Signal: signal}, at: at})
	}
	p := &a.parts[k]
	p.Weight += weight
	p.Count = max(p.Count, count)
	if math.Abs(weight) >= p.best {
		p.best = math.Abs(weight)
		if message >= 0 {
			m := &a.Messages[message]
			p.Message, p.at = m.ID, m.At
			p.Quote = quote(m, signal)
		}
	}
}

// has says whether one of these reasons counts.
func (a *assessment) has(signals ...string) bool {
	return slices.ContainsFunc(a.parts, func(p part) bool {
		return p.Weight >= 0.5*weights[p.Signal]/10 && slices.Contains(signals, p.Signal)
	})
}

// settle orders the parts, keeps their sum within 0 and 1, and fills in the flag.
func (a *assessment) settle(flag *odzew.Flag) {
	a.parts = slices.DeleteFunc(a.parts, func(p part) bool { return math.Abs(p.Weight) < shown })
	slices.SortFunc(a.parts, func(x, y part) int {
		return cmp.Or(-cmp.Compare(x.Weight, y.Weight), cmp.Compare(x.Signal, y.Signal))
	})
	sum := 0.0
	for i := range a.parts {
		sum += a.parts[i].Weight
	}
	scale := 1.0
	if sum > 1 || sum < 0 {
		// Beyond the scale every part gives way in proportion, so that they still add up.
		scale = max(0, 1/sum)
	}
	for i := range a.parts {
		r := a.parts[i].Reason
		if r.Weight *= scale; r.Weight != 0 {
			flag.Reasons = append(flag.Reasons, r)
			flag.Frustration += r.Weight
		}
	}
	flag.Frustration = min(1, max(0, flag.Frustration))
	flag.OpenedAt = a.Messages[len(a.Messages)-1].At
	for i := range a.parts {
		p := &a.parts[i]
		if p.Weight <= 0 {
			break
		}
		if flag.Cause == "" || flag.Cause == reasonTone { // anything says more than the tone
			flag.Cause, flag.OpenedAt = p.Signal, p.at
		}
	}
}

// level is that of the whole: of the sum, raised by one where a message that nothing
// has calmed is higher. Who leaves without a threat is no case of the highest level.
func (a *assessment) level(flag *odzew.Flag, message int, silent bool) int {
	var facts []string
	enough, threat := false, false
	for i := range a.parts {
		p := &a.parts[i]
		if p.Weight < 0.08 || slices.Contains(weak, p.Signal) {
			continue
		}
		fact := cmp.Or(same[p.Signal], p.Signal)
		if !slices.Contains(facts, fact) {
			facts = append(facts, fact)
		}
		enough = enough || slices.Contains(alone, p.Signal) && p.Weight >= 0.2
		threat = threat || slices.Contains(strong, p.Signal)
	}
	sum := 0
	switch {
	case enough, len(facts) >= 2 && (flag.Frustration >= heavy || threat && flag.Frustration >= high):
		sum = 2
	case len(facts) > 0 && flag.Frustration >= annoyed:
		sum = 1
	}
	level := max(sum, min(message, sum+1))
	if silent {
		level = min(level, 1)
	}
	return level
}

// needsCall says whether a person should act today: the desk owes something, and
// there is more to lose than an ordinary reply would save.
func (a *assessment) needsCall(f *Finding) bool {
	if a.handled() {
		return false
	}
	if !a.owed() {
		return false
	}
	if a.has("vulnerability", "legal", "law_office") {
		return true
	}
	if f.SilentLeaver {
		return a.failed()
	}
	return f.Flag.Level == 2 || a.has("resignation") && a.failed()
}

// owed says whether the desk still owes something: an answer, also where a bot or
// nobody gave one, or what it promised.
func (a *assessment) owed() bool {
	if a.open != nil || a.has("closed_unanswered") || a.has("promise_passed") && !a.Solved {
		return true
	}
	n := len(a.Waits.Turns)
	return n > 0 && a.Waits.Turns[n-1].Outcome == waits.BotAnswered && !pleased(&a.Messages[len(a.Messages)-1].Score)
}

// handled says whether a lead took the matter up after it had become one of the
// highest level, and has not let a day go by since the customer's last word.
func (a *assessment) handled() bool {
	last := a.Messages[len(a.Messages)-1].At
	if a.StepIn.IsZero() || a.StepIn.Before(last) && a.now.Sub(last) > leadsDay {
		return false
	}
	for i := range a.Messages {
		if a.Messages[i].Score.Level == 2 {
			return a.StepIn.After(a.Messages[i].At)
		}
	}
	return a.StepIn.After(last)
}

// failed says whether the desk has let this customer down before, however long ago.
func (a *assessment) failed() bool {
	if a.Waits.Reopens > 0 || a.Waits.Handovers >= manyHandovers {
		return true
	}
	if slices.ContainsFunc(a.promises, func(p Promise) bool { return p.State == PromiseBroken }) {
		return true
	}
	for i := range a.Messages {
		for _, sig := range a.Messages[i].Score.Signals {
			if sig == "broken_promise" || sig == "repeat_contact" || sig == "effort" {
				return true
			}
		}
	}
	return slices.ContainsFunc(a.Waits.Turns, func(t odzew.Turn) bool { return t.Outcome == waits.ClosedUnanswered })
}

// resolvedWell says whether the matter is over and the customer at least reconciled.
func (a *assessment) resolvedWell(f *Finding) bool {
	n := len(a.Waits.Turns)
	if a.open != nil || f.SilentLeaver || f.Flag.Level == 2 || n == 0 {
		return false
	}
	last := &a.Waits.Turns[n-1]
	if pleased(&a.Messages[len(a.Messages)-1].Score) || last.Thanks {
		return true
	}
	return a.Solved && (last.Outcome != waits.ClosedUnanswered || !a.wanted(n-1, *last.ClosedAt))
}
