package sentiment

import (
	"slices"

	"odzew/lexicon"
)

// Learning which signals are to be believed. Words learn from all examples what they say
// by themselves. How much they and the entries are worth together shows only in messages
// that no entry was written for; and since words were learned from these too, each half
// of them is read with the words of the other.

// LearnSignals learns from the examples that are labelled with signals: the weights of the
// model's Signals, and words of each language. Of the options the language does not count.
func (s *Scorer) LearnSignals(examples []Example, model *TagModel, o LearnOptions) map[lexicon.Lang]Words {
	langs := [...]lexicon.Lang{lexicon.PL, lexicon.EN}
	var texts [len(langs)]signalTexts
	for i := range texts {
		texts[i].vocabulary = s.vocabulary(langs[i], &o)
	}
	s.gather(examples, &FitOptions{}, func(i int, weight float64, m *scratch) {
		e := &examples[i]
		l := slices.IndexFunc(langs[:], func(l lexicon.Lang) bool { return m.langs == lexicon.LangsOf(l) })
		if !e.Full && len(e.Signals)+len(e.Without) == 0 || weight == 0 || l < 0 {
			return
		}
		t := &texts[l]
		if e.Blind {
			reader := s
			if len(o.Folds) > 0 {
				reader = s.WithModel(o.Folds[i%len(o.Folds)]) // one that did not see it
			}
			t.blind = append(t.blind, blindText{len(t.rows), reader.believed(m)})
		}
		t.rows = append(t.rows, learnRow{goal: signalGoal(e), weight: float32(weight), words: t.read(m), damp: damping(m.tags.words), dense: []feature{{0, 1}}})
	})
	words := map[lexicon.Lang]Words{}
	var upon [numTold][]learnRow
	for i, l := range langs {
		t := &texts[i]
		w, _ := t.learn(t.rows, &o, chances, 1)
		words[l] = t.tagRows(w, lexicon.TagSignals)
		for half := range 2 {
			t.readOther(half, &o, func(b *blindText, sums *[numTold]float32) {
				for c, v := range sums {
					dense := append(slices.Clone(b.features), feature{sWords, v})
					upon[c] = append(upon[c], learnRow{goal: t.rows[b.row].goal[c : c+1], weight: 1, dense: dense})
				}
			})
		}
	}
	for c := range upon {
		_, dense := newVocabulary().learn(upon[c], &believing, chances, numBelieved)
		for k := range dense {
			model.Signals[k][c] = dense[k][0]
		}
	}
	return words
}

// signalTexts are the examples of one language.
type signalTexts struct {
	*vocabulary
	rows  []learnRow
	blind []blindText
}

// A blindText is one that no entry was written for.
type blindText struct {
	row      int
	features []feature // that say which signals are to be believed, but for words
}

// believed describes a message as believe does before it adds learned words.
func (s *Scorer) believed(m *scratch) (out []feature) {
	f := s.hinted(m)
	for _, span := range &believedBy {
		for k := span[0]; k < span[1]; k++ {
			if f[k] != 0 {
				out = append(out, feature{uint32(k), f[k]})
			}
		}
	}
	return out
}

// readOther hands on every second blind text, with what words say of it that were
// learned without these.
func (t *signalTexts) readOther(half int, o *LearnOptions, see func(b *blindText, sums *[numTold]float32)) {
	rows := slices.Clone(t.rows)
	for i := half; i < len(t.blind); i += 2 {
		rows[t.blind[i].row].weight = 0
	}
	words, _ := t.learn(rows, o, chances, 1)
	for i := half; i < len(t.blind); i += 2 {
		r := &rows[t.blind[i].row]
		var sums [numTold]float32
		for _, k := range r.words {
			for c, v := range words[k] {
				sums[c] += r.damp * v
			}
		}
		see(&t.blind[i], &sums)
	}
}

// believing are the options for what is weighed with words.
var believing = LearnOptions{L2: 2, Rate: 0.2, Epochs: 30}

// signalGoal is what an example's labels say of each signal.
func signalGoal(e *Example) []float32 {
	goal := make([]float32, numTold)
	for k, name := range lexicon.Signals[:numTold] {
		switch {
		case slices.Contains(e.Signals, name):
			goal[k] = 1
		case !e.Full && !slices.Contains(e.Without, name):
			goal[k] = unlabelled
		}
	}
	return goal
}

// Merge joins words that were learned for different tags.
func (w Words) Merge(other Words) (out Words) {
	at := map[string]int{}
	for _, row := range slices.Concat(w, other) {
		if i, ok := at[row.Entry]; ok {
			out[i].Tags = slices.Concat(out[i].Tags, row.Tags)
			continue
		}
		at[row.Entry] = len(out)
		out = append(out, row)
	}
	out.sort()
	return out
}
