package frustration

import (
	"slices"
	"strings"
	"time"

	"odzew"
)

// Calming: what takes the edge off what a customer said and did before. An answer
// does, for the time being; how the customer takes it says how much.
const (
	calmAnswered = 0.45 // answered, and the customer has not come back to it
	calmAsked    = 0.7  // asks when, again
	calmAccepted = 0.35 // went on without a complaint, or with more praise than blame
	calmPleased  = 0.15 // pleased, thankful, relieved
	calmMixed    = 0.5  // praise and criticism, or mild regret
	calmRejected = 0.9  // complains again
	calmBySelf   = 0.35 // pleased without an answer: it came right by itself
)

// A calm knows by how much anything was calmed since a time: factors at times, in
// order, each multiplied with all that come after it.
type calm struct {
	at   []time.Time
	left []float64 // of what was before at
}

func (c *calm) since(t time.Time) float64 {
	i, _ := slices.BinarySearchFunc(c.at, t, func(at, t time.Time) int {
		if at.After(t) {
			return 1
		}
		return -1
	})
	if i == len(c.left) {
		return 1
	}
	return c.left[i]
}

// calming finds what calmed: for each stretch of answers, how the customer's next
// message takes them. The one that says good-bye quietly takes them badly, however
// kind its words.
func calming(ms []Message, replies []time.Time, quiet int) calm {
	var c calm
	put := func(at time.Time, factor float64) {
		c.at = append(c.at, at)
		c.left = append(c.left, factor)
	}
	r := 0
	for i := 0; i <= len(ms); i++ {
		answered := time.Time{}
		for r < len(replies) && (i == len(ms) || replies[r].Before(ms[i].At)) {
			if i > 0 {
				answered = replies[r]
			}
			r++
		}
		if i == len(ms) {
			if !answered.IsZero() {
				put(answered, calmAnswered)
			}
			break
		}
		if i == 0 {
			continue
		}
		before := ms[i].At.Add(-time.Nanosecond) // what the message itself says stands
		switch {
		case i == quiet:
			put(before, calmRejected)
		case !answered.IsZero():
			put(before, taken(&ms[i]))
		case pleased(&ms[i].Score):
			put(before, calmBySelf)
		}
	}
	for i := len(c.left) - 2; i >= 0; i-- {
		c.left[i] *= c.left[i+1]
	}
	return c
}

// taken is how a message takes the answer before it.
func taken(m *Message) float64 {
	s := &m.Score
	switch {
	case pleased(s):
		return calmPleased
	case levelOf(s) > 0:
		return calmRejected
	case s.Sentiment == nil:
		return calmAccepted
	case *s.Sentiment == odzew.Mixed && s.Valence > 0 && s.Level == 0:
		return calmAccepted
	case *s.Sentiment == odzew.Mixed:
		return calmMixed
	case *s.Sentiment == odzew.Negative:
		return calmMixed
	case stillWaits(m):
		return calmAsked
	}
	return calmAccepted
}

// whenWords are the words of those who were told something, and not when.
var whenWords = phrases("kiedy", "ile jeszcze", "jak dlugo", "do kiedy", "how long", "how much longer", "when will", "when can", "when do", "when is", "when are", "so when")

// stillWaits says whether a message asks for a time.
func stillWaits(m *Message) bool {
	return strings.Contains(m.Text, "?") && plainWords(m.Text).hasAny(whenWords)
}

// pleased says whether a message is glad, and not a guess between praise and blame.
func pleased(s *odzew.Score) bool {
	if s.Sentiment == nil {
		return false
	}
	if *s.Sentiment == odzew.Positive {
		return s.Confidence >= 0.4 && s.Probabilities.Negative <= 0.25
	}
	return s.Level == 0 && slices.Contains(s.Signals, "relief")
}
