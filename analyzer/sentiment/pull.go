package sentiment

import (
	"math"
	"unicode/utf8"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Pulling: what learned words add to the chances of the classes. They cover nothing
// and are covered by nothing: their weights were learned on top of what the entries
// say (see learn.go), so that they add what is missing.
//
// Words mean other things in a review of a hotel than in mail to a desk. So the words
// of each domain count at the share at which the text is of that domain, and the same
// words tell this share.

const (
	// A sum over learned words is multiplied by 1/sqrt(1+n/pullWords), n the number of
	// words: evidence grows slower than a text. It was chosen by cross-validation.
	pullWords = 5
	// A logit moves a chance by a quarter of itself at most. What moves praise against
	// neutral by as much as neutral against blame moves the valence twice.
	pullValence = 0.5
	leastPull   = 20 // thousandths of valence that are worth a line of evidence
)

// damping is how much a learned word counts in a text of n words.
func damping(n int) float32 { return float32(1 / math.Sqrt(1+float64(n)/pullWords)) }

// pulls are the sums over the learned words of a message.
type pulls struct {
	sum     [lexicon.NumDomains][numClasses]float32 // logits
	tags    [lexicon.NumToldTags]float32            // logits of stages, emotions and aspects
	talk    float32                                 // logit of its being a review, by its words
	reviews float32                                 // the share in which it is one
}

// A learnedWord is a row of a table that stands in the message.
type learnedWord struct {
	start, end uint32
	row        *lexicon.TableRow
	table      *lexicon.Table
}

// pull finds the learned words of a message, and sums up their pulls.
func (s *Scorer) pull(m *scratch) {
	m.learned, m.pulls = m.learned[:0], pulls{}
	for l := lexicon.PL; l <= lexicon.EN; l++ {
		if m.langs.Has(l) {
			s.look(m, s.lex.Learned(l))
		}
	}
	damp := damping(m.tags.words)
	p := &m.pulls
	for i := range m.learned {
		r := m.learned[i].row
		for _, t := range m.learned[i].table.Tags(r) {
			p.tags[t.Tag] += float32(t.Weight)
		}
		if !r.Pulls() {
			continue
		}
		for d := range r.Pull {
			for c, v := range r.Pull[d] {
				p.sum[d][c] += float32(v)
			}
		}
		p.talk += float32(r.Talk)
	}
	for d := range p.sum {
		for c := range p.sum[d] {
			p.sum[d][c] *= damp / 100
		}
	}
	p.talk *= damp / 100
	for k := range p.tags {
		p.tags[k] *= damp / 100
	}
}

// look finds the learned words of one language: each word, each pair of neighbours in
// a sentence, the stem of each longer word.
func (s *Scorer) look(m *scratch, t *lexicon.Table) {
	if t.Empty() {
		return
	}
	add := func(start, end int, r *lexicon.TableRow) {
		if r != nil {
			m.learned = append(m.learned, learnedWord{uint32(start), uint32(end), r, t})
		}
	}
	first := -1 // the word in front, where pairs begin with it
	for i := range m.toks {
		tok := &m.toks[i]
		if tok.Kind != text.Word {
			first = -1
			continue
		}
		row := t.Find(tok.Folded)
		add(i, i+1, row)
		if tok.Letters > lexicon.StemLetters {
			if h, ok := stem(m.text[tok.Start:tok.End]); ok {
				add(i, i+1, t.Find(h))
			}
		}
		if first >= 0 && m.toks[first].Sentence == tok.Sentence {
			add(first, i+1, t.Find(lexicon.PairHash(m.toks[first].Folded, tok.Folded)))
		}
		first = -1
		if row != nil && row.Pairs {
			first = i
		}
	}
}

// stem returns the hash of the first letters of a longer word.
func stem(w string) (lexicon.Hash, bool) {
	h, n := lexicon.HashSeed, 0
	for i := 0; i < len(w); {
		r, size := rune(w[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(w[i:])
		}
		i += size
		_, f := lexicon.Fold(r)
		if f == 0 {
			continue
		}
		h = h.AddRune(f)
		if n++; n == lexicon.StemLetters {
			return lexicon.StemHash(h), true
		}
	}
	return 0, false
}

// weighLearned makes parts of the learned words, at the shares of their domains.
func (s *Scorer) weighLearned(m *scratch) {
	damp := damping(m.tags.words) / 100
	share := [lexicon.NumDomains]float32{lexicon.Desk: 1 - m.pulls.reviews, lexicon.Reviews: m.pulls.reviews}
	for i := range m.learned {
		x := &m.learned[i]
		if !x.row.Pulls() {
			continue
		}
		for d := range x.row.Pull {
			p := &x.row.Pull[d]
			// What pulls to neutral most, as please does, is neither praise nor blame.
			w := int32(1000 * pullValence * damp * share[d] * float32(max(0, p[positive]-p[neutral])-max(0, p[negative]-p[neutral])))
			if w >= leastPull || w <= -leastPull {
				m.parts = append(m.parts, part{x.start, x.end, uint32(i), learnedRules[d], w})
				m.tags.valence += w
			}
		}
	}
}

// learnedRules are the names of the rule in the evidence, by domain.
var learnedRules = [lexicon.NumDomains]string{"learned:desk", "learned:reviews"}
