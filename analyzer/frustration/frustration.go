// Package frustration adds up what is known of a conversation to one figure: how
// likely its customer is to leave, and whether a person should act today.
//
// Rules:
//
//   - The parts add up: a flag's Frustration is the sum of its reasons' weights.
//   - Words and behaviour both count: a signal in a message, a nudge, a reopening.
//     Each counts once, at its strongest.
//   - Level 2 needs two independent reasons, except where one is enough alone
//     (legal, vulnerability, an explicit cancellation).
//   - Only customers' messages come in. No figure is about a person of the company.
package frustration

import (
	"math"
	"slices"
	"time"

	"odzew"
)

// A signal's weight in tenths of the scale: a sum of 10 is a frustration of 1.
// Calm resignation weighs as much as a threat: politeness never offsets it.
var weights = map[string]float64{
	"repeat_contact": 2, "waiting": 2, "ultimatum": 3, "churn": 3, "legal": 4, "escalation": 3,
	"sarcasm": 1, "profanity": 2, "shouting": 1, "broken_promise": 3, "effort": 2, "resignation": 3,
	"publicity": 3, "pressure": 1, "vulnerability": 4, "relief": -2,
	// Behaviour.
	"nudges": 2, "reopen": 1, "handovers": 2, "closed_unanswered": 2, "bot_loop": 1, "low_csat": 2, "falling": 1,
}

// alone are the signals that make a conversation level 2 without a second one.
var alone = []string{"legal", "vulnerability", "churn"}

// halfLife is how long a signal takes to lose half its weight. A threat of last
// month that nothing followed is history.
const halfLife = 14 * 24 * time.Hour

// A Message is one customer's message with its score. Text is what the offsets of
// the score's evidence count in.
type Message struct {
	ID    string
	At    time.Time
	Text  string
	Score odzew.Score
}

// Assess adds up the customers' messages, the waits and the ratings of a
// conversation as of an instant, which should be no later than an hour after the
// last message where the conversation is over.
func Assess(c *odzew.Conversation, ms []Message, w odzew.Waits, asOf time.Time) (flag odzew.Flag, peak int) {
	flag = odzew.Flag{Conversation: c.ID, Source: c.Source, Customer: c.Customer.ID, State: "open", Reasons: []odzew.Reason{}}
	var strongest map[string]odzew.Reason
	for i := range ms {
		m := &ms[i]
		peak = max(peak, m.Score.Level)
		for _, sig := range m.Score.Signals {
			weight, ok := weights[sig]
			if !ok {
				continue
			}
			weight *= decay(asOf.Sub(m.At)) / 10
			if strongest == nil {
				strongest = map[string]odzew.Reason{}
			}
			if have, ok := strongest[sig]; ok && math.Abs(have.Weight) > math.Abs(weight) {
				continue
			}
			strongest[sig] = odzew.Reason{Signal: sig, Weight: weight, Quote: quote(m, sig), Message: m.ID}
		}
	}
	for _, r := range strongest {
		flag.Reasons = append(flag.Reasons, r)
	}
	add := func(signal string, count int) {
		flag.Reasons = append(flag.Reasons, odzew.Reason{Signal: signal, Weight: weights[signal] / 10, Count: count})
	}
	if n := mostNudges(w.Turns); n >= 2 {
		add("nudges", n)
	}
	if w.Reopens > 0 {
		add("reopen", w.Reopens)
	}
	if w.Handovers >= 3 {
		add("handovers", w.Handovers)
	}
	if n := count(w.Turns, "closed_unanswered"); n > 0 {
		add("closed_unanswered", n)
	}
	if lowCSAT(c.Ratings, asOf) {
		add("low_csat", 1)
	}
	settle(&flag, ms, w)
	return flag, peak
}

// settle orders the reasons, saturates the sum and draws the conclusions.
func settle(flag *odzew.Flag, ms []Message, w odzew.Waits) {
	slices.SortFunc(flag.Reasons, func(a, b odzew.Reason) int {
		if a.Weight != b.Weight {
			if a.Weight > b.Weight {
				return -1
			}
			return 1
		}
		if a.Signal < b.Signal {
			return -1
		}
		return 1
	})
	sum := 0.0
	for _, r := range flag.Reasons {
		sum += r.Weight
	}
	if sum > 1 || sum < 0 {
		// Beyond the scale every part gives way in proportion, so that they still add up.
		scale := max(0, 1/sum)
		for i := range flag.Reasons {
			flag.Reasons[i].Weight *= scale
		}
		sum = max(0, min(1, sum))
	}
	flag.Frustration = sum
	for _, r := range flag.Reasons {
		if r.Weight > 0 {
			flag.Cause = r.Signal
			break
		}
	}
	last := -1
	for i := range ms {
		if last < 0 || ms[i].At.After(ms[last].At) {
			last = i
		}
	}
	if last >= 0 {
		flag.OpenedAt = ms[last].At
	}
	flag.Level = level(flag.Reasons, sum, ms)
	open := len(w.Turns) > 0 && w.Turns[len(w.Turns)-1].Outcome == "open" && !w.Turns[len(w.Turns)-1].Thanks
	lastAngry := last >= 0 && ms[last].Score.Level == 2
	flag.NeedsCall = flag.Level == 2 && (open || lastAngry)
}

func level(rs []odzew.Reason, sum float64, ms []Message) int {
	n, enough := 0, false
	for _, r := range rs {
		if r.Weight > 0.05 {
			n++
			enough = enough || slices.Contains(alone, r.Signal)
		}
	}
	for i := range ms {
		if ms[i].Score.Level == 2 && sum >= 0.3 {
			n = max(n, 2)
		}
	}
	switch {
	case enough && sum >= 0.3, n >= 2 && sum >= 0.4:
		return 2
	case n >= 1 && sum >= 0.1:
		return 1
	}
	return 0
}

func decay(age time.Duration) float64 {
	if age <= 0 {
		return 1
	}
	return math.Exp2(-float64(age) / float64(halfLife))
}

// quote returns the sentence around the signal's evidence.
func quote(m *Message, signal string) string {
	for _, e := range m.Score.Evidence {
		if e.Rule == "signal:"+signal && e.Start >= 0 && e.End <= len(m.Text) {
			return sentence(m.Text, e.Start, e.End)
		}
	}
	return ""
}

// sentence widens [start, end) to the sentence that it stands in.
func sentence(text string, start, end int) string {
	for start > 0 && !ends(text[start-1]) {
		start--
	}
	for end < len(text) && !ends(text[end]) {
		end++
	}
	for start < end && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	return text[start:end]
}

func ends(b byte) bool { return b == '.' || b == '!' || b == '?' || b == '\n' }

func mostNudges(ts []odzew.Turn) int {
	n := 0
	for i := range ts {
		n = max(n, ts[i].Nudges)
	}
	return n
}

func count(ts []odzew.Turn, outcome string) int {
	n := 0
	for i := range ts {
		if ts[i].Outcome == outcome {
			n++
		}
	}
	return n
}

// lowCSAT says whether the last CSAT by then is in the lower two fifths of its scale.
func lowCSAT(rs []odzew.Rating, asOf time.Time) bool {
	var last *odzew.Rating
	for i := range rs {
		if rs[i].Kind == "csat" && !rs[i].At.After(asOf) && (last == nil || rs[i].At.After(last.At)) {
			last = &rs[i]
		}
	}
	return last != nil && last.Max > 0 && last.Score/last.Max <= 0.4
}
