package sentiment

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"odzew"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Flipping: what a verdict hangs on. Pieces of the text are left out, the rest is
// scored again by the same rules, and the smallest set of pieces without which the
// verdict would be another is named. Whoever doubts it can leave them out, too.

// The verdicts that a Flip may be of.
const (
	FlipSentiment = "sentiment"
	FlipLevel     = "frustration_level"
)

const (
	// mostPieces is how many pieces of evidence are left out, the strongest first.
	mostPieces = 20
	// flipBytes is how much text is read again for one message at most, so that a
	// giant one costs no more than a few others.
	flipBytes = 8 << 20
	// shortPhrase is how long, in bytes, a piece may be that takes those within it along.
	shortPhrase = 40
)

// A Flip is the smallest change that was found to turn a verdict.
type Flip struct {
	Of   string `json:"of"`
	From string `json:"from"`
	// To is the verdict without the pieces; empty where none of those tried turns it.
	To string `json:"to,omitempty"`
	// Without are the pieces to leave out, in the order of the text. One or two are
	// the fewest that do; of more, none can be spared.
	Without []FlipPiece `json:"without"`
	// Next and Margin are the next likeliest class, and by how much it is less likely;
	// of the sentiment only.
	Next   odzew.Sentiment `json:"next,omitempty"`
	Margin float64         `json:"margin,omitempty"`
}

// A FlipPiece is a piece of the text, by byte offsets.
type FlipPiece struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Flips says what the sentiment and the level of frustration of a message hang on.
// Score is what the scorer says of it, with evidence. Where nothing was scored,
// nothing can turn.
func (s *Scorer) Flips(message string, score *odzew.Score) []Flip {
	if score.Sentiment == nil {
		return []Flip{}
	}
	f := flipper{scorer: s, message: message, lang: score.Lang, tries: flipBytes / max(1, len(message))}
	if f.lang == "und" {
		f.lang = "mixed" // both languages are read, and what is left must not look like a third
	}
	f.collect(score)
	next, margin := runnerUp(score)
	return []Flip{
		f.search(FlipSentiment, sentimentOf(score), sentimentOf, next, margin),
		f.search(FlipLevel, levelOf(score), levelOf, "", 0),
	}
}

func sentimentOf(s *odzew.Score) string {
	if s.Sentiment == nil {
		return ""
	}
	return string(*s.Sentiment)
}

func levelOf(s *odzew.Score) string { return strconv.Itoa(s.Level) }

// runnerUp is the likeliest class beside the verdict, which need not be the likeliest
// of all: of two words nobody can tell.
func runnerUp(s *odzew.Score) (next odzew.Sentiment, margin float64) {
	p := [numClasses]float64{negative: s.Probabilities.Negative, neutral: s.Probabilities.Neutral, positive: s.Probabilities.Positive, mixed: s.Probabilities.Mixed}
	verdict := classOf(*s.Sentiment)
	best := -1
	for c := range p {
		if c != verdict && (best < 0 || p[c] > p[best]) {
			best = c
		}
	}
	return classNames[best], round(p[verdict] - p[best])
}

// A flipper is the state of one Flips.
type flipper struct {
	scorer  *Scorer
	message string
	lang    string
	pieces  []FlipPiece   // strongest first
	alone   []odzew.Score // what is left without each of them
	tries   int
}

// collect lists the pieces of the message that may matter: its evidence, and what asks
// or is polite.
func (f *flipper) collect(score *odzew.Score) {
	weight := map[FlipPiece]float64{}
	add := func(start, end int, w float64) {
		if start < end {
			weight[FlipPiece{start, end, f.message[start:end]}] += w
		}
	}
	for _, e := range score.Evidence {
		w := math.Abs(e.Weight)
		switch {
		case e.Rule == ruleTalk, e.Rule == ruleLimit:
			continue // the whole text
		case strings.HasPrefix(e.Rule, ruleSignal+":"):
			w = 1
		}
		add(e.Start, e.End, w)
	}
	r := f.scorer.Read(f.message, f.lang)
	for _, x := range r.Found {
		switch f.scorer.info[x.Entry].kind {
		case lexicon.Request, lexicon.Topic, lexicon.Politeness:
			if x.Counts {
				add(int(r.Words[x.Start].Start), int(r.Words[x.End-1].End), 0.1)
			}
		}
	}
	for _, w := range r.Words {
		if w.Kind == text.Mark && (w.Has(text.Asks) || w.Has(text.Exclaim)) {
			add(int(w.Start), int(w.End), 0.2)
		}
	}
	// A word within a short phrase goes with it: nobody leaves out half of a "thank you".
	outer := FlipPiece{}
	for _, p := range slices.SortedFunc(maps.Keys(weight), func(a, b FlipPiece) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) }) {
		if p.Start >= outer.Start && p.End <= outer.End && len(outer.Text) <= shortPhrase {
			weight[outer] += weight[p]
			continue
		}
		outer = p
		f.pieces = append(f.pieces, p)
	}
	slices.SortFunc(f.pieces, func(a, b FlipPiece) int {
		return cmp.Or(-cmp.Compare(weight[a], weight[b]), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	f.pieces = f.pieces[:min(len(f.pieces), mostPieces)]
	for i := range f.pieces {
		if left, ok := f.without(f.pieces[i]); ok {
			f.alone = append(f.alone, left)
		}
	}
}

// without scores the message without some pieces, unless too much was read already.
func (f *flipper) without(pieces ...FlipPiece) (odzew.Score, bool) {
	if f.tries <= 0 {
		return odzew.Score{}, false
	}
	f.tries--
	var b strings.Builder
	b.Grow(len(f.message))
	end := 0
	for _, p := range inOrder(pieces) {
		b.WriteString(f.message[end:max(end, p.Start)])
		b.WriteByte(' ')
		end = max(end, p.End)
	}
	b.WriteString(f.message[end:])
	return f.scorer.Score(b.String(), f.lang, false), true
}

func inOrder(pieces []FlipPiece) []FlipPiece {
	return slices.SortedFunc(slices.Values(pieces), func(a, b FlipPiece) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
}

// search looks for the fewest pieces without which the verdict is another: one, two,
// or as many of the strongest as it takes. Of equally many, the shortest count.
func (f *flipper) search(of, from string, verdict func(*odzew.Score) string, next odzew.Sentiment, margin float64) Flip {
	out := Flip{Of: of, From: from, Without: []FlipPiece{}, Next: next, Margin: margin}
	shortest := math.MaxInt
	take := func(left *odzew.Score, pieces ...FlipPiece) {
		length := 0
		for _, p := range pieces {
			length += p.End - p.Start
		}
		if to := verdict(left); to != from && length < shortest {
			shortest, out.To, out.Without = length, to, inOrder(pieces)
		}
	}
	for i := range f.alone {
		take(&f.alone[i], f.pieces[i])
	}
	if out.To != "" {
		return out
	}
	if pairs := len(f.pieces) * (len(f.pieces) - 1) / 2; f.tries >= 2*(pairs+2*mostPieces) { // so that there is enough for both verdicts
		for i := range f.pieces {
			for j := range i {
				if left, ok := f.without(f.pieces[j], f.pieces[i]); ok {
					take(&left, f.pieces[j], f.pieces[i])
				}
			}
		}
		if out.To != "" {
			return out
		}
	}
	for n := 3; n <= len(f.pieces); n++ {
		left, ok := f.without(f.pieces[:n]...)
		if !ok {
			return out
		}
		if verdict(&left) == from {
			continue
		}
		take(&left, f.spare(f.pieces[:n], from, verdict, &left)...)
		return out
	}
	return out
}

// spare leaves out of a set that turns the verdict what is not needed for it; left
// becomes the score without those that are.
func (f *flipper) spare(set []FlipPiece, from string, verdict func(*odzew.Score) string, left *odzew.Score) []FlipPiece {
	set = slices.Clone(set)
	for i := len(set) - 1; i >= 0; i-- {
		fewer := slices.Delete(slices.Clone(set), i, i+1)
		if s, ok := f.without(fewer...); ok && verdict(&s) != from {
			set, *left = fewer, s
		}
	}
	return set
}
