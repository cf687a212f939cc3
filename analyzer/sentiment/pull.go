package sentiment

import (
	"math"

	"odzew/lexicon"
)

// Pulling: what entries of kind learned add to the chances of the classes.

// Pulls of entries of kind learned come from texts of another sort than a desk's
// mail, so they count in full only where what was written by hand has nothing to
// say. The shares were chosen by log-loss, group by group, on messages for training,
// with phrases hidden (see Fit), and on those for development: they are mildly tuned.
const (
	pullBeside = 1.0 / 3 // beside a tone or a signal
	pullAsked  = 1.0 / 6 // in a message that asks: its words tell the subject
	pullWords  = 25      // in longer messages a pull falls with the root of the length
	// A logit moves a chance by a quarter of itself at most, and so the valence.
	pullValence = 0.25
	leastPull   = 20 // thousandths of valence that are worth a line of evidence
)

// pull adds the pulls of entries of kind learned, which cover nothing and are
// covered by nothing.
func (s *Scorer) pull(m *scratch) {
	share := float32(1)
	switch {
	case m.f[fQuestions] > 0 || m.f[fRequests] > 0:
		share = pullAsked
	case m.f[fSilent] == 0:
		share = pullBeside
	}
	if n := m.tags.words; n > pullWords {
		share *= float32(math.Sqrt(pullWords / float64(n)))
	}
	for i := range m.matches {
		x := &m.matches[i]
		if s.info[x.Entry].kind != lexicon.Learned {
			continue
		}
		weights := &s.lex.Entries[x.Entry].Weights
		for k := range weights {
			m.f[fLearned+k] += share * float32(weights[k])
		}
		w := int32(1000 * pullValence * share * float32(weights[positive]-weights[negative]))
		if w >= leastPull || w <= -leastPull {
			m.parts = append(m.parts, part{x.Start, x.End, x.Entry, ruleLearned, w})
			m.tags.valence += w
		}
	}
}
