package sentiment

import (
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Pulling: what learned words add to the chances of the classes. They cover nothing
// and are covered by nothing: their weights were learned on top of what the entries
// say (see learn.go), so that they add what is missing.
//
// Words mean other things in a review of a hotel than in mail to a desk, and in a page
// than in a sentence. So the words of each domain count at the share at which the text is
// of that domain: the same words tell whether it is a review, its length of which sort.

const (
	// A sum over learned words is multiplied by 1/sqrt(1+n/pullWords), n the number of
	// words: evidence grows slower than a text. It was chosen by cross-validation.
	pullWords = 5
	// SentenceWords is how many words a review has at most that is weighed as a sentence;
	// longer ones are weighed as whole texts.
	SentenceWords = 30
	// A logit moves a chance by a quarter of itself at most. What moves praise against
	// neutral by as much as neutral against blame moves the valence twice.
	pullValence = 0.5
	leastPull   = 20 // thousandths of valence that are worth a line of evidence
)

// damping is how much a learned word counts in a text of n words.
func damping(n int) float32 { return float32(1 / math.Sqrt(1+float64(n)/pullWords)) }

// pulls are the sums over the learned words of a message.
type pulls struct {
	desk, review [numClasses]float32          // logits of the classes
	tags         [lexicon.NumToldTags]float32 // logits of what words tell
	talk         float32                      // logit of its being a review, by its words
	sort         lexicon.Domain               // of reviews, were it one
	reviews      float32                      // the share in which it is one
}

// share is how much words of a domain count.
func (p *pulls) share(d lexicon.Domain) float32 {
	switch d {
	case lexicon.Desk:
		return 1 - p.reviews
	case p.sort:
		return p.reviews
	}
	return 0
}

// A learnedWord is a row of a table that stands in the message.
type learnedWord struct {
	start, end uint32
	row        uint32
	table      *lexicon.Table
}

// pull finds the learned words of a message, and sums up their pulls.
func (s *Scorer) pull(m *scratch) {
	m.learned, m.pulls = m.learned[:0], pulls{sort: lexicon.Reviews}
	if m.tags.words > SentenceWords {
		m.pulls.sort = lexicon.LongReviews
	}
	p := &m.pulls
	for l := lexicon.PL; l <= lexicon.EN; l++ {
		if m.langs.Has(l) {
			t, from := s.lex.Learned(l), len(m.learned)
			s.look(m, t)
			for batch := range slices.Chunk(m.learned[from:], t.Batch()) {
				p.add(t, batch)
			}
		}
	}
	damp := damping(m.tags.words)
	for c := range p.desk {
		p.desk[c] *= damp / 100
		p.review[c] *= damp / 100
	}
	p.talk *= damp / 100
	for k := range p.tags {
		p.tags[k] *= damp / 100
	}
}

// add adds up words of a table, as many as Lanes have room for.
func (p *pulls) add(t *lexicon.Table, words []learnedWord) {
	var (
		desk, review lexicon.Lanes
		talk         int
		told         lexicon.Told
	)
	for i := range words {
		r := t.Row(words[i].row)
		desk += r.Pull[lexicon.Desk]
		review += r.Pull[p.sort]
		talk += int(r.Talk)
		for k, v := range t.Told(r) {
			told[k] += v
		}
	}
	for c := range p.desk {
		p.desk[c] += float32(desk.At(c))
		p.review[c] += float32(review.At(c))
	}
	p.talk += float32(talk)
	for k := range p.tags {
		p.tags[k] += float32(told.At(k))
	}
}

// look finds the learned words of one language: each word, each pair of neighbours in
// a sentence and at its edges or with a word between, each word behind a negator, the
// stems of each longer word, each word and pair of neighbours in all their forms.
func (s *Scorer) look(m *scratch, t *lexicon.Table) {
	if t.Empty() {
		return
	}
	add := func(start, end int, row uint32) {
		if t.Row(row).Weighs() {
			m.learned = append(m.learned, learnedWord{uint32(start), uint32(end), row, t})
		}
	}
	m.deny()
	for i := range m.toks[:m.tail] {
		m.ahead ^= t.Ahead(m.toks[i].Folded)
	}
	last, pairs := -1, false       // the word in front, and whether pairs begin with it
	apart, further := false, false // whether pairs with a word between begin with the one before it, and with itself
	var lemma lexicon.Hash         // of the word in front
	lemmaPairs := false
	var room [8]stem // one for each length at most
	end := func() {
		if pairs {
			add(last, last+1, t.Find(lexicon.PairHash(m.toks[last].Folded, lexicon.SentenceEnd)))
		}
	}
	for i := range m.toks[:m.tail] {
		tok := &m.toks[i]
		if tok.Kind != text.Word {
			continue
		}
		id := t.Find(tok.Folded)
		row := t.Row(id)
		add(i, i+1, id)
		if t.Denies() && m.denied[i] && row.Ends() {
			add(i, i+1, t.Find(lexicon.PairHash(lexicon.Denied, tok.Folded)))
		}
		if int(tok.Letters) > bits.TrailingZeros8(t.Stems()) {
			for _, x := range stems(room[:0], m.text[tok.Start:tok.End], int(tok.Letters), t.Stems()) {
				add(i, i+1, t.Find(x.hash))
			}
		}
		switch {
		case last < 0 || m.toks[last].Sentence != tok.Sentence:
			end()
			if row.Ends() {
				add(i, i+1, t.Find(lexicon.PairHash(lexicon.SentenceStart, tok.Folded)))
			}
		case pairs && last == i-1 && row.Ends():
			add(last, i+1, t.Find(lexicon.PairHash(m.toks[last].Folded, tok.Folded)))
		}
		front := lemma
		lemma, id = t.Lemma(tok.Folded)
		add(i, i+1, id)
		word := t.Row(id)
		if lemmaPairs && last == i-1 && word.Ends() && m.toks[last].Sentence == tok.Sentence {
			add(last, i+1, t.Find(lexicon.PairHash(front, lemma)))
		}
		lemmaPairs = word.Pairs()
		if apart && row.EndsApart() {
			if a := m.apart(i); a >= 0 {
				add(a, i+1, t.Find(lexicon.ApartHash(m.toks[a].Folded, tok.Folded)))
			}
		}
		last, pairs = i, row.Pairs()
		apart, further = further, row.Apart()
	}
	end()
}

// stems appends the hashes of the stems of a word of n letters that have as many letters as
// there are bits for, and fewer than the word.
func stems(dst []stem, w string, n int, lengths uint8) []stem {
	h, at := lexicon.HashSeed, 0
	for i := 0; i < len(w) && at+1 < n && lengths>>(at+1) != 0; {
		if c := w[i]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			h = h.Add(c)
			i++
		} else {
			r, size := utf8.DecodeRuneInString(w[i:])
			i += size
			_, f := lexicon.Fold(r)
			if f == 0 {
				continue
			}
			h = h.AddRune(f)
		}
		if at++; lengths>>at&1 != 0 {
			dst = append(dst, stem{at, lexicon.StemHash(h)})
		}
	}
	return dst
}

// A stem is the beginning of a word.
type stem struct {
	letters int
	hash    lexicon.Hash
}

// apart returns the word of the same sentence before the one in front of word i; -1 where
// anything but a word stands there, or a negator between them: what never came did not come.
func (m *scratch) apart(i int) int {
	if i < 2 || m.denied[i] && !m.denied[i-1] || m.toks[i-1].Kind != text.Word || m.toks[i-2].Kind != text.Word || m.toks[i-2].Sentence != m.toks[i].Sentence {
		return -1
	}
	return i - 2
}

// deniedWords is how many words behind a negator it denies.
const deniedWords = 4

// deny marks the words of a sentence behind its negators, up to a mark that stands alone.
func (m *scratch) deny() {
	m.denied = resize(m.denied, len(m.toks))
	for i := range m.hits {
		h := &m.hits[i]
		if h.info.kind != lexicon.Negator {
			continue
		}
		for at, n := int(h.End), 0; at < len(m.toks) && n < deniedWords && m.toks[at].Kind != text.Mark && m.toks[at].Sentence == m.toks[h.Start].Sentence; at++ {
			if m.toks[at].Kind == text.Word {
				m.denied[at] = true
				n++
			}
		}
	}
}

// weighLearned adds the learned words to the valence, at the shares of their domains, and
// makes parts of them where they will be listed.
func (s *Scorer) weighLearned(m *scratch) {
	damp := damping(m.tags.words) / 100
	domains := make([]lexicon.Domain, 0, 2)
	var factor [lexicon.NumDomains]float32
	for _, d := range [...]lexicon.Domain{lexicon.Desk, m.pulls.sort} {
		if share := m.pulls.share(d); share != 0 {
			domains, factor[d] = append(domains, d), 1000*pullValence*damp*share
		}
	}
	for i := range m.learned {
		x := &m.learned[i]
		r := x.table.Row(x.row)
		for _, d := range domains {
			p := r.Pull[d]
			// What pulls to neutral most, as please does, is neither praise nor blame.
			calm := p.At(neutral)
			w := int32(factor[d] * float32(max(0, p.At(positive)-calm)-max(0, p.At(negative)-calm)))
			if w > -leastPull && w < leastPull {
				continue
			}
			m.tags.valence += w
			if m.explained {
				m.parts = append(m.parts, part{x.start, x.end, uint32(i), learnedRules[d], w})
			}
		}
	}
}

// learnedRules are the names of the rule in the evidence, by domain.
var learnedRules = [lexicon.NumDomains]string{"learned:desk", "learned:reviews", "learned:longreviews"}
