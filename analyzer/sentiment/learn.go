package sentiment

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Learning words from labelled texts, as pull.go counts them: words, pairs of
// neighbours, stems, lemmas.
//
// What is known of a text already stays as it is: it is the offset of a multinomial
// logistic regression, so that words learn only what is missing; for reviews and tags it is
// weighed together with the words. The learner (ftrl.go) runs
// twice: first to choose the words, then with the chosen ones alone and under less pressure,
// so that their weights are right. Words that hardly ever stand in texts of other classes
// may move further (Wang and Manning, "Baselines and Bigrams", ACL 2012).

// LearnOptions are the settings of Learn and LearnReviews.
type LearnOptions struct {
	Lang lexicon.Lang
	// Least is in how many texts a word must stand, a pair in one more.
	Least int
	// Most is how many words, pairs, stems and lemmas are learned; by LearnTags, in
	// both languages together.
	Most int
	// L1 and L2 are the elastic net: how much a weight must be worth, and how strongly
	// it is pulled to 0. Rate is how far a text moves its words, Epochs how often each
	// is read.
	L1, L2, Rate float64
	Epochs       int
	// Averaged is over how many epochs, the last ones, weights are averaged: one alone
	// leans to the texts that it read at its end. 0 is one.
	Averaged int
	// Ratio is how much more freely a word moves the more it stands apart: 0 for all alike,
	// 1 for as freely as its log-count ratio says.
	Ratio float64
	// Sparse: a word is weighed only for what it was chosen for.
	Sparse bool
	// Drop is the share of a text's words that are left out, others each time that it is
	// read: a word must then tell without those that it mostly stands with (Wager, Wang and
	// Liang, "Dropout Training as Adaptive Regularization", NIPS 2013).
	Drop float64
	// Rationale is how much the rationales of a tag count, together, beside the message
	// that they stand in.
	Rationale float64
	// Lemmas: Polish words are learned in all their forms, too.
	Lemmas bool
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

// Learn learns words of a domain upon those that the scorer knows, from examples in one
// language that are labelled with a sentiment. An example teaches as much as it is of the
// domain. A word that is known already gets its whole weight.
func (s *Scorer) Learn(examples []Example, d lexicon.Domain, o LearnOptions) Words {
	v := s.vocabulary(o.Lang, &o)
	var rows []learnRow
	s.gather(examples, &o.Fit, func(i int, weight float64, m *scratch) {
		c := classOf(examples[i].Sentiment)
		if c < 0 || weight == 0 {
			return
		}
		r := learnRow{goal: one(numClasses, c), weight: float32(weight), words: v.read(m), damp: damping(m.tags.words) * m.pulls.share(d), offset: make([]float32, numClasses)}
		model := s.model
		if len(o.Folds) > 0 {
			model = o.Folds[i%len(o.Folds)]
		}
		for c, p := range model.probabilities(&m.f, &m.pulls) {
			r.offset[c] = float32(math.Log(max(p, 1e-4)))
		}
		rows = append(rows, r)
	})
	w, _ := v.learn(rows, &o, classesOf(rows), 0)
	out := v.rows(w, nil)
	known := s.lex.Learned(o.Lang)
	for i := range out {
		r := known.Row(known.Find(lexicon.EntryHash(out[i].Entry)))
		for c := range out[i].Pull {
			out[i].Pull[c] += r.Pull[d].At(c)
		}
		if d == lexicon.Reviews {
			out[i].Talk = r.Talk
		}
	}
	return out
}

// ReviewOptions are the settings of LearnReviews: for the classes of sentences, for those
// of longer texts, and for what tells reviews from mail.
type ReviewOptions struct{ Sentences, Texts, Talk LearnOptions }

// LearnReviews learns how reviews talk: words and weights of features for the classes of
// sentences, others for those of longer texts, and what tells both from mail to a desk,
// which stands beside the words of sentences. Of sentences no text teaches anything, nor
// of texts a sentence that is not given as a text, too.
func (s *Scorer) LearnReviews(sentences, texts, messages []Example, o ReviewOptions) (short, long Words, model *ReviewModel) {
	v := s.vocabulary(o.Sentences.Lang, &o.Sentences)
	var shortRows, longRows, told []learnRow
	const desk, review = 0, 1
	read := func(examples []Example, talk int, see func(r learnRow, length float32)) {
		s.gather(examples, &FitOptions{}, func(i int, weight float64, m *scratch) {
			r := learnRow{goal: one(2, talk), weight: float32(weight), words: v.read(m), damp: damping(m.tags.words), dense: m.f.sparse()}
			told = append(told, r)
			if c := classOf(examples[i].Sentiment); see != nil && c >= 0 {
				r.goal = one(numClasses, c)
				see(r, m.f[fLength])
			}
		})
	}
	read(sentences, review, func(r learnRow, length float32) {
		for _, x := range r.dense {
			r.dense = append(r.dense, feature{numFeatures + x.number, length * x.value})
		}
		shortRows = append(shortRows, r)
	})
	read(texts, review, func(r learnRow, _ float32) { longRows = append(longRows, r) })
	read(messages, desk, nil)

	shortWords, ofShort := v.learn(shortRows, &o.Sentences, classesOf(shortRows), 2*numFeatures)
	longWords, ofLong := v.learn(longRows, &o.Texts, classesOf(longRows), numFeatures)
	talk, tells := v.learn(told, &o.Talk, classesOf(told), numFeatures)
	model = &ReviewModel{}
	for k, w := range ofShort {
		if k < numFeatures {
			copy(model.Classes[k][:], w)
		} else {
			copy(model.Length[k-numFeatures][:], w)
		}
	}
	for k, w := range ofLong {
		copy(model.Long[k][:], w)
	}
	for k, w := range tells {
		model.Talk[k] = w[review] - w[desk]
	}
	return v.rows(shortWords, talk), v.rows(longWords, nil), model
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
	offset []float32 // logits of what is known already; nil for none
	goal   []float32 // of each column 1 or 0, or unlabelled
	weight float32
}

// unlabelled is the goal of a column that the text teaches nothing about.
const unlabelled = -1

// one is the goal of a text that is of one class.
func one(columns, class int) []float32 {
	goal := make([]float32, columns)
	goal[class] = 1
	return goal
}

// A link makes chances of the logits of all columns, in place.
type link func(z []float32)

// classesOf is the link of texts that are each of one class. Of a class that hardly any
// text has, words can tell nothing: such texts teach nothing.
func classesOf(rows []learnRow) link {
	if len(rows) == 0 {
		return func([]float32) {}
	}
	members := make([]int, len(rows[0].goal))
	for i := range rows {
		members[slices.Index(rows[i].goal, 1)]++
	}
	var absent []int
	for c, n := range members {
		if n*100 < len(rows) {
			absent = append(absent, c)
		}
	}
	for i := range rows {
		if slices.Contains(absent, slices.Index(rows[i].goal, 1)) {
			rows[i].weight = 0
		}
	}
	return func(z []float32) {
		for _, c := range absent {
			z[c] = -1e4
		}
		toChances(z)
	}
}

// toChances turns the logits of classes into their chances.
func toChances(z []float32) {
	top, sum := slices.Max(z), 0.0
	for _, v := range z {
		sum += math.Exp(float64(v - top))
	}
	for c, v := range z {
		z[c] = float32(math.Exp(float64(v-top)) / sum)
	}
}

// A vocabulary numbers the words, pairs, stems and lemmas of texts.
type vocabulary struct {
	number  map[lexicon.Hash]uint32
	list    []learnt
	places  []place // of what was read last
	texts   int
	spelled map[lexicon.Hash]map[string]int32 // how often a word is spelled so
	lemmas  *lexicon.Table                    // knows of which word a form is; nil for none
}

type learnt struct {
	first, second lexicon.Hash // folded hashes, or those of lemmas; the second only of pairs
	stem          int          // how many letters it has; 0 for none
	apart         bool         // one word stands between
	texts, named  int32        // that it stands in; where it looks like a name
}

// A place is where a word or pair stands: its first and last token.
type place struct{ from, to int }

// stemLengths says of how many letters stems are learned: a bit for each number. They were
// chosen by cross-validation.
const stemLengths uint8 = 1<<5 | 1<<7

func newVocabulary() *vocabulary {
	return &vocabulary{number: map[lexicon.Hash]uint32{}, spelled: map[lexicon.Hash]map[string]int32{}}
}

// vocabulary returns an empty one for a language.
func (s *Scorer) vocabulary(l lexicon.Lang, o *LearnOptions) *vocabulary {
	v := newVocabulary()
	if o.Lemmas {
		v.lemmas = s.lex.Learned(l)
	}
	return v
}

// read numbers what stands in a text, as look finds it.
func (v *vocabulary) read(m *scratch) (words []uint32) {
	v.texts++
	v.places = v.places[:0]
	add := func(at place, h lexicon.Hash, x learnt, named bool) {
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
		words, v.places = append(words, k), append(v.places, at)
	}
	pair := func(at place, a, b lexicon.Hash, named bool) {
		add(at, lexicon.PairHash(a, b), learnt{first: a, second: b}, named)
	}
	m.deny()
	last, lastNamed := -1, false
	var lemma lexicon.Hash // of the word in front
	end := func() {
		if last >= 0 {
			pair(place{last, last}, m.toks[last].Folded, lexicon.SentenceEnd, lastNamed)
		}
	}
	for i := range m.toks[:m.tail] {
		tok := &m.toks[i]
		if tok.Kind != text.Word {
			continue
		}
		word := m.text[tok.Start:tok.End]
		named := tok.Has(text.Upper) && !tok.Has(text.First) && m.tags.capsShare < 0.6
		spelling := plain(word)
		if spelling == "" {
			continue
		}
		of := v.spelled[tok.Folded]
		if of == nil {
			of = map[string]int32{}
			v.spelled[tok.Folded] = of
		}
		of[spelling]++
		here := place{i, i}
		add(here, tok.Folded, learnt{first: tok.Folded}, named)
		if m.denied[i] {
			pair(here, lexicon.Denied, tok.Folded, named)
		}
		if a := m.apart(i); a >= 0 {
			first := m.toks[a].Folded
			add(place{a, i}, lexicon.ApartHash(first, tok.Folded), learnt{first: first, second: tok.Folded, apart: true}, named)
		}
		for _, x := range stems(nil, word, int(tok.Letters), stemLengths) {
			add(here, x.hash, learnt{first: tok.Folded, stem: x.letters}, named)
		}
		front := lemma
		if v.lemmas != nil {
			lemma, _ = v.lemmas.Lemma(tok.Folded)
		}
		if lemma != 0 {
			if v.spelled[lemma] == nil {
				v.spelled[lemma] = map[string]int32{lexicon.LemmaEntry(v.lemmas.LemmaName(tok.Folded)): 1}
			}
			add(here, lemma, learnt{first: lemma}, named)
			if front != 0 && last == i-1 && m.toks[last].Sentence == tok.Sentence {
				pair(place{last, i}, front, lemma, named || lastNamed)
			}
		}
		switch {
		case last < 0 || m.toks[last].Sentence != tok.Sentence:
			end()
			pair(here, lexicon.SentenceStart, tok.Folded, named)
		case last == i-1:
			pair(place{last, i}, m.toks[last].Folded, tok.Folded, named || lastNamed)
		}
		last, lastNamed = i, named
	}
	end()
	return words
}

// within keeps of the words read last those that stand in a part of the text.
func (v *vocabulary) within(words []uint32, in place) (out []uint32) {
	for j, k := range words {
		if at := v.places[j]; in.from <= at.from && at.to <= in.to {
			out = append(out, k)
		}
	}
	return out
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
		if sign := lexicon.Sign(h); sign != "" {
			return sign
		}
		of := v.spelled[h]
		return slices.MinFunc(slices.Sorted(maps.Keys(of)), func(a, b string) int { return cmp.Compare(of[b], of[a]) })
	}
	word := spelled(x.first)
	switch {
	case x.stem > 0:
		n := 0
		for i := range word {
			if n == x.stem {
				return word[:i] + "*"
			}
			n++
		}
		return word + "*"
	case x.apart:
		return lexicon.ApartEntry(word, spelled(x.second))
	case x.second != 0:
		return word + " " + spelled(x.second)
	}
	return word
}

// learn chooses words and weighs them; n dense features are weighed with them.
func (v *vocabulary) learn(rows []learnRow, o *LearnOptions, to link, n int) (words map[uint32][]float32, dense [][]float32) {
	if len(rows) == 0 {
		return nil, nil
	}
	allowed := make([]bool, len(v.list))
	for k := range v.list {
		x := &v.list[k]
		least := int32(o.Least)
		if x.second != 0 {
			least++ // a pair must tell more than its words
		}
		allowed[k] = x.texts >= least && int(x.texts)*2 <= v.texts && x.named*mostNamed <= x.texts
	}
	columns := len(rows[0].goal)
	scale := v.ratios(rows, n, columns, o.Ratio)
	f := newFTRL(len(v.list), scale, columns, to, o)
	f.run(rows, allowed, float32(o.L1))
	var chosen []uint32
	worth := make([]float64, len(v.list))
	for k := range v.list {
		for _, x := range f.of(uint32(k)) {
			worth[k] += math.Abs(float64(x))
		}
		if worth[k] > 0 {
			chosen = append(chosen, uint32(k))
			worth[k] *= math.Sqrt(float64(v.list[k].texts))
		}
	}
	slices.SortFunc(chosen, func(a, b uint32) int { return cmp.Or(cmp.Compare(worth[b], worth[a]), cmp.Compare(a, b)) })
	chosen = chosen[:min(o.Most, len(chosen))]
	clear(allowed)
	for _, k := range chosen {
		allowed[k] = true
	}
	first := f
	f = newFTRL(len(v.list), scale, columns, to, o)
	if o.Sparse {
		f.only = first.w
	}
	f.run(rows, allowed, float32(o.L1)/4)
	words = map[uint32][]float32{}
	for _, k := range chosen {
		words[k] = f.of(k)
	}
	for k := range n {
		dense = append(dense, f.of(uint32(len(v.list)+k)))
	}
	return words, dense
}

// ratios scale words by how much each stands apart for a column: by 1-share, and share of
// its log-count ratio, how often it stands in texts of the column against how often in
// others, without the sign. n dense features follow, which are not scaled.
func (v *vocabulary) ratios(rows []learnRow, n, columns int, share float64) []float32 {
	scale := make([]float32, (len(v.list)+n)*columns)
	for k := range scale {
		scale[k] = 1
	}
	if share == 0 {
		return scale
	}
	in, out := make([]float64, len(v.list)*columns), make([]float64, len(v.list)*columns)
	sumIn, sumOut := make([]float64, columns), make([]float64, columns)
	for i := range rows {
		r := &rows[i]
		for c, goal := range r.goal {
			if goal == unlabelled || r.weight == 0 {
				continue
			}
			yes, no := float64(r.weight*goal), float64(r.weight*(1-goal))
			for _, k := range r.words {
				in[int(k)*columns+c] += yes
				out[int(k)*columns+c] += no
			}
			sumIn[c] += yes * float64(len(r.words))
			sumOut[c] += no * float64(len(r.words))
		}
	}
	for k := range in {
		c := k % columns
		ratio := math.Log((in[k] + 1) / (sumIn[c] + 1) * (sumOut[c] + 1) / (out[k] + 1))
		scale[k] = float32(1 - share + share*math.Abs(ratio))
	}
	return scale
}

// rows writes words with the weights for their classes, and those of talk.
func (v *vocabulary) rows(words, talk map[uint32][]float32) (out Words) {
	all := map[uint32]bool{}
	for _, m := range []map[uint32][]float32{words, talk} {
		for k := range m {
			all[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		row := lexicon.LearnedRow{Entry: v.entry(k)}
		for c, x := range words[k] {
			row.Pull[c] = hundredths(x)
		}
		if t := talk[k]; t != nil {
			row.Talk = hundredths(t[1] - t[0])
		}
		if row.Pull != [4]int16{} || row.Talk != 0 {
			out = append(out, row)
		}
	}
	out.sort()
	return out
}

func (w Words) sort() {
	slices.SortFunc(w, func(a, b lexicon.LearnedRow) int { return cmp.Compare(a.Entry, b.Entry) })
}

// hundredths is a weight as files of learned words have it.
func hundredths(x float32) int16 { return int16(math.Round(100 * clamp(float64(x), -99, 99))) }
