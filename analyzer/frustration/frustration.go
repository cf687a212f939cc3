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

// A kind is what is known of all reasons of one name.
type kind struct {
	weight float64 // in tenths of the scale: a sum of 10 is a frustration of 1
	rank   rank
	fact   string // reasons that tell of one fact count as one; empty: of its own
}

// A rank is how much a reason says about the highest level.
type rank uint8

const (
	plain  rank = iota // two of them make it, if the sum is high
	weak               // never counts as one of two
	strong             // a threat, demand or insult: who says it means it
	alone              // enough without a second one
)

// kinds are the reasons that count. Calm resignation weighs as much as a threat:
// politeness never offsets it.
var kinds = map[string]kind{
	// What customers say; the names are the lexicon's.
	"waiting":        {weight: 2},
	"repeat_contact": {weight: 2},
	"effort":         {weight: 2},
	"broken_promise": {weight: 3},
	"ultimatum":      {weight: 3, rank: strong},
	"escalation":     {weight: 3, rank: strong},
	"publicity":      {weight: 3, rank: strong},
	"resignation":    {weight: 3, rank: strong},
	"profanity":      {weight: 2, rank: strong},
	"churn":          {weight: 3, rank: alone},
	"legal":          {weight: 4, rank: alone},
	"vulnerability":  {weight: 4, rank: alone},
	"sarcasm":        {weight: 1, rank: weak},
	"shouting":       {weight: 1, rank: weak},
	"pressure":       {weight: 1, rank: weak},
	"relief":         {weight: -2, rank: weak},
	reasonTone:       {weight: 2, rank: weak},
	// What they do, and what is done to them.
	"nudges":            {weight: 2, fact: "repeat_contact"},
	"second_channel":    {weight: 2, fact: "repeat_contact"},
	"closed_unanswered": {weight: 2, fact: "waiting"},
	"long_wait":         {weight: 1, fact: "waiting"},
	"promise_passed":    {weight: 2, fact: "broken_promise"},
	"handovers":         {weight: 2, fact: "effort"},
	"bot_loop":          {weight: 1.5, fact: "effort"},
	"reopen":            {weight: 1.5},
	"low_csat":          {weight: 2},
	"law_office":        {weight: 4, rank: alone, fact: "legal"},
	"falling":           {weight: 1, rank: weak},
	"shrinking_gaps":    {weight: 1, rank: weak},
	"silence":           {weight: 1, rank: weak},
	"length":            {weight: 0.5, rank: weak},
}

const (
	annoyed = 0.18 // the least figure of level 1
	lasting = 0.35 // and where there is no threat, and the last answer was taken without a complaint
	high    = 0.5  // and of level 2, where there is a threat
	heavy   = 0.68 // and where there is none
	counted = 0.1  // the least weight of a part that counts as one of two
	shown   = 0.01 // parts below it are none
	// sure is how sure a blame must be to count without a signal, and harsh the verdict
	// that counts however sure.
	sure  = 0.7
	harsh = -0.8
	// fresh is how much of a message's weight must be left for its own level to be
	// the conversation's.
	fresh = 0.6
	// answered is how much must be left for it to count as level 1 still.
	answered = 0.4
	// halfLife is how long a signal takes to lose half its weight. A threat of last
	// month that nothing followed is history.
	halfLife = 14 * 24 * time.Hour
	// afterthought is how soon after another a message adds to it, and asks for nothing anew.
	afterthought = time.Hour
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
	// Place is where the dates that customers name are meant.
	Place Place
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
	// RecheckAt is when time alone may change the finding; zero: never.
	RecheckAt time.Time
}

// A part is a reason while it is being added up.
type part struct {
	odzew.Reason
	at   time.Time // since when
	best float64   // the greatest weight of one message
	said *Message  // the message to quote, if any
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
	a.believe()
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
		a.says("resignation", kinds["resignation"].weight/10*a.left(a.Messages[quiet].At), quiet)
	}
	a.behaviour()
	f.SilentLeaver = a.silent(quiet)
	if f.SilentLeaver && quiet < 0 {
		a.happened("silence", 0, a.last)
	}
	a.settle(&f.Flag)
	f.Flag.Level = a.level(&f.Flag, level, f.SilentLeaver)
	f.Peak = max(f.Peak, f.Flag.Level)
	f.Flag.NeedsCall = a.needsCall(&f)
	f.ResolvedWell = a.resolvedWell(&f)
	f.RecheckAt = a.recheckAt()
	return f
}

// recheckAt is the next time at which the same words mean something else.
func (a *assessment) recheckAt() (next time.Time) {
	at := func(t time.Time) {
		if t.After(a.now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for i := range a.promises {
		if p := &a.promises[i]; p.State == PromisePending {
			at(p.Due.Add(time.Second))
		}
	}
	if a.mayFallSilent() {
		at(a.last.Add(silenceAfter))
	}
	if last := a.Messages[len(a.Messages)-1].At; !a.StepIn.IsZero() && a.StepIn.Before(last) {
		at(last.Add(leadsDay + time.Second))
	}
	return next
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

// believe takes praise for praise: where the message after an answer says more good than
// bad, and only irony speaks against it, a doubt is left, and nobody is called for one.
// Nor does anybody give up what has come right, complain of a wait that it was worth, or in
// a word of thanks ("git").
func (a *assessment) believe() {
	cloned := false
	calmed := func(i int, class odzew.Sentiment, signals []string) {
		if !cloned {
			a.Messages, cloned = slices.Clone(a.Messages), true
		}
		s := &a.Messages[i].Score
		s.Sentiment, s.Level, s.Frustration, s.Signals = &class, 0, 0, signals
	}
	r := 0
	for i := range a.Messages {
		s := &a.Messages[i].Score
		if s.Sentiment == nil {
			continue
		}
		if s.Level < 2 && len(s.Signals) == 2 && slices.Contains(s.Signals, "relief") &&
			(slices.Contains(s.Signals, "resignation") || slices.Contains(s.Signals, "waiting") && *s.Sentiment == odzew.Mixed && s.Valence > 0.5) {
			calmed(i, *s.Sentiment, []string{"relief"})
			continue
		}
		if s.Level < 2 && len(s.Signals) == 0 && blames(s) && a.thanks(a.Messages[i].At) {
			calmed(i, odzew.Neutral, nil)
			continue
		}
		if i == 0 {
			continue
		}
		for r < len(a.Replies) && !a.Replies[r].After(a.Messages[i-1].At) {
			r++
		}
		if r < len(a.Replies) && !a.Replies[r].After(a.Messages[i].At) && s.Valence > 0 &&
			*s.Sentiment == odzew.Negative && len(s.Signals) == 1 && s.Signals[0] == "sarcasm" {
			calmed(i, odzew.Neutral, nil)
		}
	}
}

// thanks says whether the message at a time just thanks or agrees.
func (a *assessment) thanks(at time.Time) bool {
	return slices.ContainsFunc(a.Waits.Turns, func(t odzew.Turn) bool { return t.Thanks && t.OpenedAt.Equal(at.Truncate(time.Second)) })
}

// words adds the signals of all messages, and returns the level of the strongest
// message that nothing has calmed since.
func (a *assessment) words(quiet int, f *Finding) (level int) {
	for i := range a.Messages {
		m := &a.Messages[i]
		if goesForOwnReasons(m) {
			continue
		}
		l := levelOf(&m.Score)
		if l == 0 && i > 0 && m.At.Sub(a.Messages[i-1].At) >= afterthought && reproaches(&m.Score) && a.nudges(m.At) > 0 {
			l = 1
		}
		if i == quiet {
			l = 1 // goes, but without a threat
		}
		f.Peak = max(f.Peak, l)
		left := a.left(m.At)
		switch {
		case left >= fresh:
			level = max(level, l)
		case left >= answered && !mild(&m.Score):
			level = max(level, min(l, 1))
		}
		for _, sig := range m.Score.Signals {
			w := kinds[sig].weight / 10 * left
			switch {
			case w == 0, sig == "vulnerability" && !atRisk(&m.Score):
				continue
			case sig == "pressure" && a.nudges(m.At) == 1 && !slices.Contains(m.Score.Signals, "repeat_contact"):
				w *= 2 // where it is neither said as well nor counted as nudges
			}
			a.says(sig, w, i)
		}
		if l > 0 && blames(&m.Score) {
			a.tone(i, kinds[reasonTone].weight/10*(1+m.Score.Frustration)/2*left)
		}
	}
	return level
}

// tone keeps the strongest blame of any message: a part of its own, once.
func (a *assessment) tone(message int, weight float64) {
	p := a.part(reasonTone)
	if weight > p.Weight {
		p.Weight = 0
		a.says(reasonTone, weight, message)
	}
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

// part is that of a reason, a new one where there is none yet.
func (a *assessment) part(signal string) *part {
	k := slices.IndexFunc(a.parts, func(p part) bool { return p.Signal == signal })
	if k < 0 {
		k = len(a.parts)
		a.parts = append(a.parts, part{Reason: odzew.Reason{Signal: signal}})
	}
	return &a.parts[k]
}

// says adds what a message says. Of all messages that say it the strongest is quoted.
func (a *assessment) says(signal string, weight float64, message int) {
	p := a.part(signal)
	p.Weight += weight
	if w := math.Abs(weight); w > p.best {
		m := &a.Messages[message]
		p.best, p.at, p.Message, p.said = w, m.At, m.ID, m
	}
}

// happened adds a behaviour as of a time, or, where it is there already, keeps the
// heavier of both.
func (a *assessment) happened(signal string, count int, at time.Time) *part {
	p := a.part(signal)
	p.Count = max(p.Count, count)
	if w := kinds[signal].weight / 10 * a.left(at); w > p.Weight {
		p.Weight, p.at = w, at
	}
	return p
}

// has says whether one of these reasons counts.
func (a *assessment) has(signals ...string) bool {
	return slices.ContainsFunc(a.parts, func(p part) bool {
		return p.Weight >= kinds[p.Signal].weight/10/2 && slices.Contains(signals, p.Signal)
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
	scale := 0.0
	if sum > 0 {
		// Near the end of the scale every part gives way in proportion, so that they
		// still add up.
		scale = saturated(sum) / sum
	}
	for i := range a.parts {
		r := a.parts[i].Reason
		if r.Weight *= scale; r.Weight != 0 {
			if said := a.parts[i].said; said != nil {
				r.Quote = quote(said, r.Signal)
				a.state(&r, said)
			}
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

// knee is where a sum begins to saturate.
const knee = 0.7

// saturated brings a sum below 1 and keeps its order: of two customers with every
// reason to go, the one with more of them is still the first to call.
func saturated(sum float64) float64 {
	if sum <= knee {
		return sum
	}
	return 1 - (1-knee)*math.Exp(-(sum-knee)/(1-knee))
}

// level is that of the whole: of the sum, raised by one where a message that nothing
// has calmed is higher. Who leaves without a threat is no case of the highest level.
func (a *assessment) level(flag *odzew.Flag, message int, silent bool) int {
	var facts []string
	enough, threat := false, false
	for i := range a.parts {
		p := &a.parts[i]
		k := kinds[p.Signal]
		if p.Weight < counted || k.rank == weak {
			continue
		}
		if fact := cmp.Or(k.fact, p.Signal); !slices.Contains(facts, fact) {
			facts = append(facts, fact)
		}
		enough = enough || k.rank == alone && p.Weight >= 2*counted
		threat = threat || k.rank >= strong
	}
	sum := 0
	switch {
	case enough, len(facts) >= 2 && (flag.Frustration >= heavy || threat && flag.Frustration >= high):
		sum = 2
	case len(facts) > 0 && a.felt(facts) && (flag.Frustration >= lasting || flag.Frustration >= annoyed && (threat || !a.accepted())):
		sum = 1
	}
	level := max(sum, min(message, sum+1))
	if silent {
		level = min(level, 1)
	}
	return level
}

// felt says whether the customer has a part in the facts: of a promise that passed alone
// nothing is known but that no message came, and who waits for it will say so.
func (a *assessment) felt(facts []string) bool {
	if len(facts) > 1 || facts[0] != kinds["promise_passed"].fact || a.has("broken_promise") {
		return true
	}
	last := a.Messages[len(a.Messages)-1].At
	return slices.ContainsFunc(a.promises, func(p Promise) bool { return p.State == PromiseBroken && p.Made.Before(last) })
}

// accepted says whether the customer's last word takes an answer without a complaint.
func (a *assessment) accepted() bool {
	n := len(a.Messages)
	if n < 2 || levelOf(&a.Messages[n-1].Score) > 0 || a.open != nil && stillWaits(&a.Messages[n-1]) {
		return false
	}
	return slices.ContainsFunc(a.Replies, func(at time.Time) bool { return at.After(a.Messages[n-2].At) && !at.After(a.Messages[n-1].At) })
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
		return a.failed() && a.Channel != review // who tells the world has gone
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
	if a.open != nil || f.SilentLeaver || f.Flag.Level == 2 || f.Flag.NeedsCall || n == 0 {
		return false
	}
	last := &a.Waits.Turns[n-1]
	if pleased(&a.Messages[len(a.Messages)-1].Score) || last.Thanks {
		return true
	}
	return a.Solved && (last.Outcome != waits.ClosedUnanswered || !a.wanted(n-1, *last.ClosedAt))
}
