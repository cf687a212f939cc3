package reporter

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"odzew/reporter/stats"
)

// Touchpoints: the report over weeks that says where customers come to grief, and
// how they feel along the journey. Rules:
//
//   - A conversation counts once, on the day that it began.
//   - Groups of fewer than MinGroup customers are counted and not described, those
//     of fewer than MinHeadline conversations described and not judged.
//   - A touchpoint is critical if it is bad, and often, and surely so: see judge.
//   - Nothing is called a change unless it is still one among all comparisons of
//     the report (Benjamini-Hochberg at CriticalFalse).

// What makes a touchpoint critical.
const (
	// CriticalFalse is the share of false discoveries that is put up with among
	// all that are made.
	CriticalFalse = 0.05
	// A share is bad where it is larger than that of the other touchpoints by
	// worsePoints, and worseTimes as large; waits are where they are shifted by
	// worseWait seconds, and their median is worseWaitTimes the others'.
	worsePoints    = 0.05
	worseTimes     = 1.25
	worseWait      = 600
	worseWaitTimes = 2
	// settling is after how many days a conversation without a reply counts as one:
	// over a weekend nobody replies.
	settling = 3
	// maxTopics bounds the aspects and emotions of a touchpoint.
	maxTopics = 3
)

// journeyStages are the stages of the customer's journey, in order.
var journeyStages = [...]string{"awareness", "interest", "decision", "purchase", "after_sales"}

// A JourneyInput is everything that a report on touchpoints tells of.
type JourneyInput struct {
	// From and To are the first and the last day covered, as local dates: only
	// their year, month and day count. They are compared with the days before From, as many.
	From, To time.Time
	// Zone is the IANA zone of the desk. Nil is UTC.
	Zone *time.Location
	// AsOf is when the report is made.
	AsOf time.Time
	// Lang is "pl" or "en"; anything else is "pl".
	Lang string
	// Hours describes the opening hours, as in Input.
	Hours string

	Touches []Touch // of the period and of the days before it
	Topics  []Topic // of the period
	Waits   []TouchpointWaits
	Ratings []Rated // of the period
}

// A Touch counts conversations of one touchpoint that began on one day, at one stage
// of the journey.
type Touch struct {
	Day, Touchpoint string
	Stage           string // empty: none was scored
	// Conversations have a scored message; in Negative ones a message was negative,
	// Strong ones are of level 2 now, or were at a message.
	Conversations, Negative, Strong            int
	Messages, NegativeMessages, StrongMessages int
	// Valence is the sum of the conversations' mean valences, ValenceSquares that of
	// their squares.
	Valence, ValenceSquares float64
	// Asked conversations have a wait for a first reply, Open ones have it still.
	Asked, Open int
	// Customers tell customers apart; all of them where they are fewer than MinGroup.
	Customers []string
}

func (t *Touch) add(o Touch) {
	t.Conversations += o.Conversations
	t.Negative += o.Negative
	t.Strong += o.Strong
	t.Messages += o.Messages
	t.NegativeMessages += o.NegativeMessages
	t.StrongMessages += o.StrongMessages
	t.Valence += o.Valence
	t.ValenceSquares += o.ValenceSquares
	t.Asked += o.Asked
	t.Open += o.Open
	for _, c := range o.Customers {
		if len(t.Customers) < MinGroup && !slices.Contains(t.Customers, c) {
			t.Customers = append(slices.Clip(t.Customers), c)
		}
	}
}

// few says whether these are so few customers that a reader could tell whom.
func (t *Touch) few() bool { return len(t.Customers) < MinGroup }

// A Topic is how many conversations of a touchpoint were about something.
type Topic struct {
	Day, Touchpoint string
	Kind            string // "aspect" (judged negative or mixed), "emotion"
	Name            string
	Conversations   int
}

// TouchpointWaits are the answered waits for a first reply: in the period, and in
// the days before it.
type TouchpointWaits struct {
	Touchpoint  string
	Now, Before stats.Sample
}

// A Journey is the report on touchpoints: what BuildJourney made of a JourneyInput.
// Its JSON form is the one that `odzew touchpoints --format json` prints, and
// follows the rules of that of Digest.
type Journey struct {
	From       string    `json:"from"` // the first and the last day covered
	To         string    `json:"to"`
	BeforeFrom string    `json:"before_from"` // the days compared with
	BeforeTo   string    `json:"before_to"`
	Zone       string    `json:"zone"`
	AsOf       time.Time `json:"as_of"`
	Lang       string    `json:"lang"`
	Hours      string    `json:"hours"`
	// Conversations began in the period and have a score.
	Conversations int `json:"conversations"`
	// Stages are the customer's journey, in order, all five of them.
	Stages      []Point     `json:"stages"`
	Touchpoints []Moment    `json:"touchpoints"` // the critical ones first
	Small       SmallPlaces `json:"small_touchpoints"`
	Critical    int         `json:"critical_touchpoints"`
	Ratings     Verdicts    `json:"ratings"`
}

// A Point is one of the emotion curve: a stage of the journey, or a touchpoint.
type Point struct {
	Name string `json:"name"`
	// Position is where on the journey it lies, from 0, awareness, to 4, after
	// sales: for a touchpoint the mean of its conversations.
	Position float64 `json:"position"`
	N        int     `json:"n"` // conversations
	// Few: fewer than MinGroup customers; there are no figures.
	Few bool `json:"too_few"`
	// Valence is the mean of the conversations' mean valences, -1..1, with its
	// interval by Student's t.
	Valence  *Average `json:"valence"`
	Negative *Share   `json:"negative"` // conversations with a negative message
	Strong   *Share   `json:"strong"`   // conversations of level 2, now or at a message
}

// An Average is a mean of n values with its interval at 95 %.
type Average struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// What a touchpoint is bad by.
const (
	BadNegative = "negative"
	BadStrong   = "strong"
	BadWaiting  = "waiting"
	BadOpen     = "unanswered"
)

// A Moment is a touchpoint with all that is known of it.
type Moment struct {
	Point
	Stage   string `json:"stage"`   // where most of its conversations begin
	Verdict string `json:"verdict"` // critical, normal, good, too_few
	// Because says what a critical one is bad by: negative, strong, waiting, unanswered.
	Because []string `json:"because"`
	// Excess is how many conversations fewer would be negative, or of level 2, or
	// unanswered where only that is bad, at the other touchpoints' share.
	Excess           int       `json:"excess"`
	Messages         int       `json:"messages"` // of customers, scored
	NegativeMessages int       `json:"negative_messages"`
	StrongMessages   int       `json:"strong_messages"`
	FirstReply       Wait      `json:"first_reply"`
	Open             Share     `json:"open"` // still without a first reply, of those that wait or waited for one
	Aspects          []Tallied `json:"aspects"`
	Emotions         []Tallied `json:"emotions"`
	// Past compares with the touchpoint's own days before, Peers with all other
	// touchpoints of the period. Nil where there is too little of either.
	Past  *Comparison `json:"past"`
	Peers *Comparison `json:"peers"`
	// Ratings are those given to its conversations; nil below MinGroup.
	Ratings *RatingFigures `json:"ratings"`
}

// A Comparison is the difference between a touchpoint now and what it is held
// against. Clear ones are still discoveries among all of the report.
type Comparison struct {
	N        int          `json:"n"` // conversations compared with
	Negative *ShareChange `json:"negative"`
	Strong   *ShareChange `json:"strong"`
	// Open compares the shares still without a first reply, of conversations that
	// began settling days ago or earlier.
	Open *ShareChange `json:"open"`
	Wait *WaitChange  `json:"first_reply"`
}

// A WaitChange is how far the waits for a first reply are shifted against the base:
// the Hodges-Lehmann shift with its interval at 95 %.
type WaitChange struct {
	N       int   `json:"n"`
	Base    int   `json:"n_base"`
	Seconds int64 `json:"seconds"`
	Low     int64 `json:"low_seconds"`
	High    int64 `json:"high_seconds"`
	Clear   bool  `json:"clear"`
}

// BuildJourney computes every figure of the report, judges and orders. It reads
// nothing but in, and changes nothing of it.
func BuildJourney(in JourneyInput) Journey {
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	from, to := dateOf(in.From), dateOf(in.To)
	days := int(to.Sub(from).Hours()/24) + 1
	j := Journey{
		From: from.Format(day), To: to.Format(day),
		BeforeFrom: from.AddDate(0, 0, -days).Format(day), BeforeTo: from.AddDate(0, 0, -1).Format(day),
		Zone: zone.String(), AsOf: in.AsOf.UTC(), Lang: "pl", Hours: short(in.Hours),
		Touchpoints: []Moment{},
	}
	if in.Lang == "en" {
		j.Lang = "en"
	}
	facts, stages := gathered(in, j.From, in.AsOf.In(zone).AddDate(0, 0, -settling).Format(day))
	for i, name := range journeyStages {
		j.Stages = append(j.Stages, point(name, float64(i), stages[i]))
	}
	var judged []*momentFacts
	for _, f := range facts {
		j.Conversations += f.now.Conversations
		switch {
		case f.now.few() && f.now.Conversations == 0:
		case f.now.few():
			j.Small.Touchpoints++
			j.Small.Conversations += f.now.Conversations
		default:
			f.moment = f.describe()
			judged = append(judged, f)
		}
	}
	compare(judged, facts)
	for _, f := range judged {
		f.judge()
		if f.moment.Verdict == PlaceCritical {
			j.Critical++
		}
		j.Touchpoints = append(j.Touchpoints, f.moment)
	}
	j.verdicts(in.Ratings)
	rank := []string{PlaceCritical, PlaceNormal, PlaceGood, PlaceTooFew}
	slices.SortStableFunc(j.Touchpoints, func(a, b Moment) int {
		ra, rb := slices.Index(rank, a.Verdict), slices.Index(rank, b.Verdict)
		return cmp.Or(cmp.Compare(min(ra, 1), min(rb, 1)), cmp.Compare(b.Excess, a.Excess), cmp.Compare(ra/3, rb/3), cmp.Compare(b.N, a.N), strings.Compare(a.Name, b.Name))
	})
	return j
}

// dateOf is the local date as midnight in UTC, which has no odd days.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// momentFacts is what a touchpoint is judged by.
type momentFacts struct {
	name        string
	now, before Touch
	// Of these, what began settling days ago or earlier.
	settled, settledBefore Touch
	stages                 [len(journeyStages)]int
	topics                 []Topic
	waits                  TouchpointWaits
	peersMedian            int64 // of the others' waits
	moment                 Moment
}

// gathered sums up by touchpoint, in the order of names, and by stage.
func gathered(in JourneyInput, from, settled string) ([]*momentFacts, [len(journeyStages)]Touch) {
	at := map[string]*momentFacts{}
	of := func(name string) *momentFacts {
		if at[name] == nil {
			at[name] = &momentFacts{name: name}
		}
		return at[name]
	}
	var stages [len(journeyStages)]Touch
	for _, t := range in.Touches {
		f, old := of(t.Touchpoint), t.Day <= settled
		if t.Day < from {
			f.before.add(t)
			if old {
				f.settledBefore.add(t)
			}
			continue
		}
		f.now.add(t)
		if old {
			f.settled.add(t)
		}
		if i := slices.Index(journeyStages[:], t.Stage); i >= 0 {
			f.stages[i] += t.Conversations
			stages[i].add(t)
		}
	}
	for _, t := range in.Topics {
		f := of(t.Touchpoint)
		f.topics = append(f.topics, t)
	}
	for _, w := range in.Waits {
		of(w.Touchpoint).waits = w
	}
	var out []*momentFacts
	for _, f := range at {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *momentFacts) int { return strings.Compare(a.name, b.name) })
	return out, stages
}

// point is a group on the emotion curve, without figures where it is too small.
func point(name string, position float64, t Touch) Point {
	p := Point{Name: short(name), Position: position, N: t.Conversations, Few: t.few()}
	if p.Few {
		return p
	}
	if mean, iv, ok := stats.Mean(t.Conversations, t.Valence, t.ValenceSquares); ok {
		p.Valence = &Average{t.Conversations, mean, max(-1, iv.Low), min(1, iv.High)}
	}
	negative, strong := share(t.Negative, t.Conversations), share(t.Strong, t.Conversations)
	p.Negative, p.Strong = &negative, &strong
	return p
}

func (f *momentFacts) describe() Moment {
	sum, n, most := 0, 0, 0
	for i, c := range f.stages {
		sum += i * c
		n += c
		if c > f.stages[most] {
			most = i
		}
	}
	position := float64(len(journeyStages) - 1)
	if n > 0 {
		position = float64(sum) / float64(n)
	}
	m := Moment{
		Point: point(f.name, position, f.now), Stage: journeyStages[most], Verdict: PlaceTooFew, Because: []string{},
		Messages: f.now.Messages, NegativeMessages: f.now.NegativeMessages, StrongMessages: f.now.StrongMessages,
		FirstReply: wait(f.waits.Now), Open: share(f.now.Open, f.now.Asked),
	}
	if m.N >= MinHeadline {
		m.Verdict = PlaceNormal
	}
	m.Aspects, m.Emotions = topTopics(f.topics, "aspect"), topTopics(f.topics, "emotion")
	return m
}

// topTopics are the most frequent ones of a kind that are not too few to name.
func topTopics(topics []Topic, kind string) []Tallied {
	counts := map[string]int{}
	for _, t := range topics {
		if t.Kind == kind {
			counts[t.Name] += t.Conversations
		}
	}
	out := slices.DeleteFunc(tallied(counts), func(t Tallied) bool { return t.Count < MinGroup })
	return out[:min(len(out), maxTopics)]
}

// A trial is one comparison of the report, to be discovered or not.
type trial struct {
	p     float64
	clear *bool
}

// compare holds each touchpoint against its own past and against the others. A
// difference is clear only if its interval excludes zero and it is a discovery among
// all that were tried against the same.
func compare(judged, all []*momentFacts) {
	var past, peers []trial
	var samples []stats.Sample
	for _, f := range all {
		samples = append(samples, f.waits.Now)
	}
	waits := stats.Pool(samples...)
	for _, f := range judged {
		if f.now.Conversations < MinHeadline {
			continue
		}
		var others, settled Touch
		for _, o := range all {
			if o != f {
				others.add(o.now)
				settled.add(o.settled)
			}
		}
		f.moment.Past = f.against(f.before, f.settledBefore, f.waits.Before, &past)
		rest := waits.Without(f.waits.Now)
		f.peersMedian, _ = rest.Median()
		f.moment.Peers = f.against(others, settled, rest, &peers)
	}
	for _, trials := range [][]trial{past, peers} {
		p := make([]float64, len(trials))
		for i, t := range trials {
			p[i] = t.p
		}
		for i, found := range stats.BenjaminiHochberg(p, CriticalFalse) {
			*trials[i].clear = *trials[i].clear && found
		}
	}
}

// against compares with a base, and notes what was tried.
func (f *momentFacts) against(base, settled Touch, waits stats.Sample, trials *[]trial) *Comparison {
	c := &Comparison{N: base.Conversations}
	try := func(now, n, before, nBefore int) *ShareChange {
		change := shareChange(share(now, n), share(before, nBefore))
		if change != nil {
			*trials = append(*trials, trial{stats.Fisher(now, n, before, nBefore), &change.Clear})
		}
		return change
	}
	c.Negative = try(f.now.Negative, f.now.Conversations, base.Negative, base.Conversations)
	c.Strong = try(f.now.Strong, f.now.Conversations, base.Strong, base.Conversations)
	c.Open = try(f.settled.Open, f.settled.Asked, settled.Open, settled.Asked)
	if s, ok := stats.Shifted(waits, f.waits.Now); ok && s.NNow >= MinHeadline && s.NBefore >= MinHeadline {
		c.Wait = &WaitChange{N: s.NNow, Base: s.NBefore, Seconds: s.Seconds, Low: s.Low, High: s.High, Clear: s.Exclusive}
		*trials = append(*trials, trial{s.P, &c.Wait.Clear})
	}
	if c.Negative == nil && c.Open == nil && c.Wait == nil {
		return nil
	}
	return c
}

// judge calls a touchpoint critical that is bad, and often, and surely: by its
// negative conversations, by those of level 2, by its waits, or by those that nobody
// replied to it is clearly worse than the other touchpoints, by as much as matters; and
// there are MinHeadline conversations, MinGroup of them bad ones, or MinHeadline waits.
func (f *momentFacts) judge() {
	m := &f.moment
	if m.Verdict == PlaceTooFew || m.Peers == nil {
		return
	}
	excess := func(c *ShareChange, n int) int { return int(math.Round(c.Difference * float64(n))) }
	if worse(m.Peers.Negative, *m.Negative) {
		m.Because, m.Excess = append(m.Because, BadNegative), excess(m.Peers.Negative, m.N)
	}
	if worse(m.Peers.Strong, *m.Strong) {
		m.Because = append(m.Because, BadStrong)
		if m.Excess == 0 {
			m.Excess = excess(m.Peers.Strong, m.N)
		}
	}
	if w := m.Peers.Wait; w != nil && w.Clear && w.Seconds >= worseWait && w.Low > 0 {
		now, _ := f.waits.Now.Median()
		if now >= worseWaitTimes*f.peersMedian {
			m.Because = append(m.Because, BadWaiting)
		}
	}
	if old := f.settled; worse(m.Peers.Open, share(old.Open, old.Asked)) {
		m.Because = append(m.Because, BadOpen)
		if m.Excess == 0 {
			m.Excess = excess(m.Peers.Open, old.Asked)
		}
	}
	switch {
	case len(m.Because) > 0:
		m.Verdict = PlaceCritical
	case m.Peers.Negative != nil && m.Peers.Negative.Clear && m.Peers.Negative.Difference <= -worsePoints:
		m.Verdict = PlaceGood
	}
}

func worse(c *ShareChange, now Share) bool {
	if c == nil || !c.Clear || c.Difference < worsePoints || now.Count < MinGroup {
		return false
	}
	return *now.Share >= worseTimes*(*now.Share-c.Difference)
}
