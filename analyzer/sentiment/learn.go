package sentiment

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Learning words from labelled texts, as pull.go counts them: words, pairs of
// neighbours, stems.
//
// What is known of a text already stays as it is: it is the offset of a multinomial
// logistic regression, so that words learn only what is missing. FTRL-Proximal with an
// elastic net (McMahan et al., "Ad Click Prediction", KDD 2013) leaves most weights at
// 0. It runs twice: first to choose the words, then with the chosen ones alone and
// under less pressure, so that their weights are right. Orders are drawn with fixed
// seeds: the same texts give the same weights.

// LearnOptions are the settings of Learn and LearnReviews.
type LearnOptions struct {
	Lang lexicon.Lang
	// Least is in how many texts a word must stand, a pair in one more.
	Least int
	// Most is how many words, pairs and stems are learned.
	Most int
	// L1 and L2 are the elastic net: how much a weight must be worth, and how strongly
	// it is pulled to 0. Rate is how far a text moves its words, Epochs how often each
	// is read.
	L1, L2, Rate float64
	Epochs       int
	// Fit and Folds are for texts that the model was fitted to: how they were read then,
	// and the models that did not see them.
	Fit   FitOptions
	Folds []*Model
}

// Words are what was learned.
type Words []lexicon.LearnedRow

// mostNamed is the share of its texts in which a word may look like a name: one in so
// many. A name is nobody's praise or blame.
const mostNamed = 3

// Learn learns words of desk talk, or of reviews upon those that the scorer knows, from
// examples in one language that are labelled with a sentiment. A word that is known
// already gets its whole weight.
func (s *Scorer) Learn(examples []Example, d lexicon.Domain, o LearnOptions) Words {
	v := newVocabulary()
	var rows []learnRow
	s.gather(examples, &o.Fit, func(i int, weight float64, m *scratch) {
		c := classOf(examples[i].Sentiment)
		if c < 0 || weight == 0 {
			return
		}
		r := learnRow{class: c, weight: float32(weight), words: v.read(m), damp: damping(m.tags.words)}
		if d == lexicon.Reviews {
			r.damp *= m.pulls.reviews
		} else {
			r.damp *= 1 - m.pulls.reviews
		}
		model := s.model
		if len(o.Folds) > 0 {
			model = o.Folds[i%len(o.Folds)]
		}
		for c, p := range model.probabilities(&m.f, &m.pulls) {
			r.offset[c] = float32(math.Log(max(p, 1e-4)))
		}
		rows = append(rows, r)
	})
	w, _ := v.learn(rows, &o, 0)
	out := v.rows(w, nil)
	known := s.lex.Learned(o.Lang)
	for i := range out {
		if r := known.Find(lexicon.EntryHash(out[i].Entry)); r != nil {
			for c := range r.Pull[d] {
				out[i].Pull[c] += r.Pull[d][c]
			}
			if d != lexicon.Desk {
				out[i].Talk = r.Talk
			}
		}
	}
	return out
}

// LearnReviews learns how reviews talk: the weights of words and features for their
// classes, and those that tell a review from mail to a desk.
func (s *Scorer) LearnReviews(reviews, desk []Example, o LearnOptions) (Words, *ReviewModel) {
	v := newVocabulary()
	var rows, told []learnRow
	read := func(examples []Example, review bool) {
		s.gather(examples, &o.Fit, func(i int, weight float64, m *scratch) {
			r := learnRow{class: classOf(examples[i].Sentiment), weight: float32(weight), words: v.read(m), damp: damping(m.tags.words), dense: m.f.sparse()}
			if review && r.class >= 0 {
				rows = append(rows, r)
			}
			r.class = 0
			if review {
				r.class = 1
			}
			r.words = slices.DeleteFunc(slices.Clone(r.words), v.pair)
			told = append(told, r)
		})
	}
	read(reviews, true)
	read(desk, false)
	w, dense := v.learn(rows, &o, numFeatures)
	model := &ReviewModel{}
	copy(model.Classes[:], dense)
	ot := o
	ot.Most, ot.Epochs = o.Most/4, 2*o.Epochs
	talk, dense := v.learn(told, &ot, numFeatures)
	for k := range dense {
		model.Talk[k] = dense[k][1] - dense[k][0]
	}
	return v.rows(w, talk), model
}

func (f *features) sparse() (out []feature) {
	for k, v := range f {
		if v != 0 {
			out = append(out, feature{uint32(k), v})
		}
	}
	return out
}

type feature struct {
	number uint32
	value  float32
}

// A learnRow is a text as the learner sees it.
type learnRow struct {
	words  []uint32 // numbers in the vocabulary, as often as they stand
	damp   float32  // the value of each
	dense  []feature
	offset [numClasses]float32
	class  int
	weight float32
}

// A vocabulary numbers the words, pairs and stems of texts.
type vocabulary struct {
	number  map[lexicon.Hash]uint32
	list    []learnt
	texts   int
	spelled map[lexicon.Hash]map[string]int32 // how often a word is spelled so
}

type learnt struct {
	first, second lexicon.Hash // folded hashes; the second only of pairs
	stem          bool
	texts, named  int32 // that it stands in; where it looks like a name
}

func newVocabulary() *vocabulary {
	return &vocabulary{number: map[lexicon.Hash]uint32{}, spelled: map[lexicon.Hash]map[string]int32{}}
}

func (v *vocabulary) pair(k uint32) bool { return v.list[k].second != 0 }

// read numbers what stands in a text, as look finds it.
func (v *vocabulary) read(m *scratch) (words []uint32) {
	v.texts++
	add := func(h lexicon.Hash, x learnt, named bool) {
		k, ok := v.number[h]
		if !ok {
			k = uint32(len(v.list))
			v.number[h] = k
			v.list = append(v.list, x)
		}
		if !slices.Contains(words, k) {
			v.list[k].texts++
			if named {
				v.list[k].named++
			}
		}
		words = append(words, k)
	}
	first, firstNamed := -1, false
	for i := range m.toks {
		tok := &m.toks[i]
		if tok.Kind != text.Word {
			first = -1
			continue
		}
		word := m.text[tok.Start:tok.End]
		named := tok.Has(text.Upper) && !tok.Has(text.First) && m.tags.capsShare < 0.6
		spelling := plain(word)
		if spelling == "" {
			first = -1
			continue
		}
		of := v.spelled[tok.Folded]
		if of == nil {
			of = map[string]int32{}
			v.spelled[tok.Folded] = of
		}
		of[spelling]++
		add(tok.Folded, learnt{first: tok.Folded}, named)
		if tok.Letters > lexicon.StemLetters {
			if h, ok := stem(word); ok {
				add(h, learnt{first: tok.Folded, stem: true}, named)
			}
		}
		if first >= 0 && m.toks[first].Sentence == tok.Sentence {
			a, b := m.toks[first].Folded, tok.Folded
			add(lexicon.PairHash(a, b), learnt{first: a, second: b}, named || firstNamed)
		}
		first, firstNamed = i, named
	}
	return words
}

// plain returns a word as an entry has it, or "" where no entry can.
func plain(w string) string {
	const longest = 40 // bytes
	if len(w) > longest {
		return ""
	}
	lower := make([]rune, 0, len(w))
	for _, r := range w {
		if l, _ := lexicon.Fold(r); l != 0 {
			lower = append(lower, l)
		}
	}
	if w = string(lower); !lexicon.IsLearned(w) {
		return ""
	}
	return w
}

// entry returns how a number is written: words in their most frequent spelling.
func (v *vocabulary) entry(k uint32) string {
	x := &v.list[k]
	spelled := func(h lexicon.Hash) string {
		of := v.spelled[h]
		return slices.MinFunc(slices.Sorted(maps.Keys(of)), func(a, b string) int { return cmp.Compare(of[b], of[a]) })
	}
	word := spelled(x.first)
	switch {
	case x.stem:
		n := 0
		for i := range word {
			if n == lexicon.StemLetters {
				return word[:i] + "*"
			}
			n++
		}
		return word + "*"
	case x.second != 0:
		return word + " " + spelled(x.second)
	}
	return word
}

type weights = [numClasses]float32

// learn chooses words and weighs them; n dense features are weighed with them.
func (v *vocabulary) learn(rows []learnRow, o *LearnOptions, n int) (words map[uint32]weights, dense []weights) {
	allowed := make([]bool, len(v.list))
	for k := range v.list {
		x := &v.list[k]
		least := int32(o.Least)
		if x.second != 0 {
			least++ // a pair must tell more than its words
		}
		allowed[k] = x.texts >= least && int(x.texts)*2 <= v.texts && x.named*mostNamed <= x.texts
	}
	f := newFTRL(rows, len(v.list), n, o)
	f.run(rows, allowed, float32(o.L1))
	var chosen []uint32
	worth := make([]float64, len(v.list))
	for k, w := range f.w[:len(v.list)] {
		if w != (weights{}) {
			chosen = append(chosen, uint32(k))
			for _, x := range w {
				worth[k] += math.Abs(float64(x))
			}
			worth[k] *= math.Sqrt(float64(v.list[k].texts))
		}
	}
	slices.SortFunc(chosen, func(a, b uint32) int { return cmp.Or(cmp.Compare(worth[b], worth[a]), cmp.Compare(a, b)) })
	chosen = chosen[:min(o.Most, len(chosen))]
	clear(allowed)
	for _, k := range chosen {
		allowed[k] = true
	}
	f = newFTRL(rows, len(v.list), n, o)
	f.run(rows, allowed, float32(o.L1)/4)
	words = map[uint32]weights{}
	for _, k := range chosen {
		words[k] = f.w[k]
	}
	return words, f.w[len(v.list):]
}

// rows writes words with the weights for their classes, and those of talk.
func (v *vocabulary) rows(words, talk map[uint32]weights) (out Words) {
	all := map[uint32]bool{}
	for _, m := range []map[uint32]weights{words, talk} {
		for k := range m {
			all[k] = true
		}
	}
	hundredths := func(x float32) int16 { return int16(math.Round(100 * clamp(float64(x), -99, 99))) }
	for _, k := range slices.Sorted(maps.Keys(all)) {
		row := lexicon.LearnedRow{Entry: v.entry(k)}
		for c, x := range words[k] {
			row.Pull[c] = hundredths(x)
		}
		row.Talk = hundredths(talk[k][1] - talk[k][0])
		if row.Pull != [4]int16{} || row.Talk != 0 {
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b lexicon.LearnedRow) int { return cmp.Compare(a.Entry, b.Entry) })
	return out
}

// An ftrl is the state of one run: of words first, then of dense features.
type ftrl struct {
	o        *LearnOptions
	words    int
	present  [numClasses]bool
	z, sq, w []weights
}

func newFTRL(rows []learnRow, words, dense int, o *LearnOptions) *ftrl {
	n := words + dense
	f := &ftrl{o: o, words: words, z: make([]weights, n), sq: make([]weights, n), w: make([]weights, n)}
	var members [numClasses]int
	for i := range rows {
		members[rows[i].class]++
	}
	for c := range f.present {
		// Of a class that hardly any text has, they can tell nothing.
		f.present[c] = members[c]*100 >= len(rows)
	}
	return f
}

func (f *ftrl) run(rows []learnRow, allowed []bool, l1 float32) {
	random := rand.New(rand.NewPCG(1, 2))
	for range f.o.Epochs {
		for _, i := range random.Perm(len(rows)) {
			r := &rows[i]
			if !f.present[r.class] {
				continue
			}
			g := f.predict(r)
			g[r.class]--
			for c := range g {
				g[c] *= r.weight
			}
			for _, k := range r.words {
				if allowed[k] {
					f.move(k, &g, r.damp, l1)
				}
			}
			for _, x := range r.dense {
				f.move(uint32(f.words)+x.number, &g, x.value, 0)
			}
		}
	}
}

// predict returns the chances of the classes.
func (f *ftrl) predict(r *learnRow) (p weights) {
	z := r.offset
	for _, k := range r.words {
		for c, w := range f.w[k] {
			z[c] += r.damp * w
		}
	}
	for _, x := range r.dense {
		for c, w := range f.w[uint32(f.words)+x.number] {
			z[c] += x.value * w
		}
	}
	for c := range z {
		if !f.present[c] {
			z[c] = -1e4
		}
	}
	for c, v := range softmax(z) {
		p[c] = float32(v)
	}
	return p
}

// move takes one step along the gradient g*v.
func (f *ftrl) move(k uint32, g *weights, v, l1 float32) {
	z, sq, w := &f.z[k], &f.sq[k], &f.w[k]
	rate, l2 := float32(f.o.Rate), float32(f.o.L2)
	for c := range g {
		step := g[c] * v
		old := sq[c]
		sq[c] += step * step
		root := float32(math.Sqrt(float64(sq[c])))
		z[c] += step - (root-float32(math.Sqrt(float64(old))))/rate*w[c]
		switch {
		case z[c] > l1:
			w[c] = -(z[c] - l1) / ((1+root)/rate + l2)
		case z[c] < -l1:
			w[c] = -(z[c] + l1) / ((1+root)/rate + l2)
		default:
			w[c] = 0
		}
	}
}
