package sentiment

import (
	"slices"
	"strings"

	"odzew"
	"odzew/lexicon"
)

// Learning what tells stages, emotions and aspects, as tell.go counts it: the weights of
// what was found in the message, which are the same in all languages, and with them words
// of each. A message has one stage and, unless it is neutral, one emotion, so each of these
// is a multinomial logistic regression; an aspect is there or not, so each is one of its
// own. Another one tells praise from blame of the aspects of mixed messages.

// LearnTags learns from the examples that are labelled with stage, emotion or aspects: a
// model, and words of each language. Of the options the language does not count.
func (s *Scorer) LearnTags(examples []Example, o LearnOptions) (*TagModel, map[lexicon.Lang]Words) {
	readers := make([]*Scorer, len(o.Folds))
	for k, model := range o.Folds {
		readers[k] = s.WithModel(model)
	}
	var rows, parted []learnRow
	pl, en := s.vocabulary(lexicon.PL, &o), s.vocabulary(lexicon.EN, &o)
	var english []bool // of the rows: whose words are numbered by en
	s.gather(examples, &o.Fit, func(i int, weight float64, m *scratch) {
		e := &examples[i]
		goal := tagGoal(e)
		if weight == 0 || !slices.ContainsFunc(goal, func(g float32) bool { return g != unlabelled }) {
			return
		}
		reader := s
		if len(readers) > 0 {
			reader = readers[i%len(readers)] // one that did not see it
		}
		r := learnRow{goal: goal, weight: float32(weight), damp: damping(m.tags.words)}
		f := reader.hinted(m)
		for k, v := range f {
			if v != 0 {
				r.dense = append(r.dense, feature{uint32(k), v})
			}
		}
		if e.Full && e.Sentiment == odzew.Mixed {
			parted = append(parted, m.partedRows(e, r.weight)...)
		}
		v := pl
		switch m.langs {
		case lexicon.LangsOf(lexicon.PL):
		case lexicon.LangsOf(lexicon.EN):
			v = en
		default:
			rows, english = append(rows, r), append(english, false)
			return
		}
		r.words = v.read(m)
		rows = append(append(rows, r), v.rationales(m, e, &r, o.Rationale)...)
		for len(english) < len(rows) {
			english = append(english, v == en)
		}
	})
	// One vocabulary behind the other.
	first := uint32(len(pl.list))
	for i := range rows {
		if english[i] {
			for k := range rows[i].words {
				rows[i].words[k] += first
			}
		}
	}
	both := &vocabulary{list: slices.Concat(pl.list, en.list), texts: pl.texts + en.texts}
	words, dense := both.learn(rows, &o, tagChances, numTagged)
	model := &TagModel{}
	for k := range dense {
		copy(model.Weights[k][:], dense[k])
	}
	_, dense = newVocabulary().learn(parted, &o, chances, numPraise)
	for k := range dense {
		model.Praise[k] = dense[k][0]
	}
	polish, inEnglish := map[uint32][]float32{}, map[uint32][]float32{}
	for k, w := range words {
		if k < first {
			polish[k] = w
		} else {
			inEnglish[k-first] = w
		}
	}
	return model, map[lexicon.Lang]Words{lexicon.PL: pl.tagRows(polish, 0), lexicon.EN: en.tagRows(inEnglish, 0)}
}

// rationales are a message's rationales as texts of their own (Zaidan et al., "Using
// Annotator Rationales", NAACL 2007): of the message these words alone were read, and they
// tell their tag, and no other of its kind that the message does not have.
func (v *vocabulary) rationales(m *scratch, e *Example, message *learnRow, share float64) (rows []learnRow) {
	if share == 0 {
		return nil
	}
	tags := lexicon.ToldTags[:lexicon.TagSignals]
	for of, tag := range tags {
		quotes := e.Rationales[tag]
		if len(quotes) == 0 {
			continue
		}
		goal := slices.Repeat([]float32{unlabelled}, len(tags))
		kind, _, _ := strings.Cut(tag, ":")
		for k, other := range tags {
			if g := message.goal[k]; k == of || g == 0 && strings.HasPrefix(other, kind) {
				goal[k] = g
			}
		}
		for _, quote := range quotes {
			at := m.quoted(quote)
			if words := v.within(message.words, at); len(words) > 0 {
				r := *message
				r.goal, r.words, r.damp = goal, words, damping(at.to+1-at.from)
				r.weight *= float32(share) / float32(len(quotes))
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// quoted finds where words of the text stand.
func (m *scratch) quoted(words string) place {
	start := strings.Index(m.text, words)
	end := start + len(words)
	at := place{0, -1}
	for i := range m.toks {
		if tok := &m.toks[i]; start >= 0 && int(tok.Start) < end && int(tok.End) > start {
			if at.to < 0 {
				at.from = i
			}
			at.to = i
		}
	}
	return at
}

// hinted describes a message as tell does before it adds learned words.
func (s *Scorer) hinted(m *scratch) tagFeatures {
	var score odzew.Score
	s.conclude(m, &score)
	p := s.model.probabilities(&m.f, &m.pulls)
	return m.tagFeatures(&p, score.Level, &m.hint)
}

// partedRows are the aspects of a mixed example, each praised or blamed.
func (m *scratch) partedRows(e *Example, weight float32) (rows []learnRow) {
	for _, a := range e.Aspects {
		k := slices.Index(lexicon.Aspects, a.Aspect)
		if k < 0 || a.Polarity == odzew.Neutral {
			continue
		}
		r := learnRow{goal: []float32{0}, weight: weight}
		if a.Polarity == odzew.Positive {
			r.goal[0] = 1
		}
		tone, place := m.spoken(k)
		r.dense = []feature{{uint32(k), 1}, {pTone, tone}, {pPlace, place}}
		rows = append(rows, r)
	}
	return rows
}

// tagGoal is what an example's labels say of each tag; where two readers differ, half of it.
func tagGoal(e *Example) []float32 {
	goal := make([]float32, lexicon.TagSignals)
	choose := func(from int, names []string, chosen ...string) {
		chosen = slices.DeleteFunc(chosen, func(name string) bool { return !slices.Contains(names, name) })
		for k, name := range names {
			if len(chosen) == 0 {
				goal[from+k] = unlabelled
			}
			for _, c := range chosen {
				if c == name {
					goal[from+k] += 1 / float32(len(chosen))
				}
			}
		}
	}
	second := e.Second
	if second == nil {
		second = &SecondLabels{}
	}
	choose(lexicon.TagStages, lexicon.Stages, e.Stage, second.Stage)
	choose(lexicon.TagEmotions, lexicon.Emotions, e.Emotion) // none is no choice: the class says so
	var first []string
	for _, a := range e.Aspects {
		first = append(first, a.Aspect)
	}
	if !e.Full {
		for k, name := range lexicon.Aspects {
			switch {
			case slices.Contains(first, name):
				goal[lexicon.TagAspects+k] = 1
			case !slices.Contains(e.Without, name):
				goal[lexicon.TagAspects+k] = unlabelled
			}
		}
		return goal
	}
	// Every message is about something: where nothing is named, nobody looked.
	read := slices.DeleteFunc([][]string{first, second.Aspects}, func(named []string) bool { return len(named) == 0 })
	for k, name := range lexicon.Aspects {
		if len(read) == 0 {
			goal[lexicon.TagAspects+k] = unlabelled
		}
		for _, named := range read {
			if slices.Contains(named, name) {
				goal[lexicon.TagAspects+k] += 1 / float32(len(read))
			}
		}
	}
	return goal
}

// tagChances makes chances of the logits of tags.
func tagChances(z []float32) {
	toChances(z[lexicon.TagStages:lexicon.TagEmotions])
	toChances(z[lexicon.TagEmotions:lexicon.TagAspects])
	chances(z[lexicon.TagAspects:])
}

// chances makes chances of logits that have nothing to do with each other.
func chances(z []float32) {
	for k, v := range z {
		z[k] = float32(logistic(float64(v)))
	}
}

// tagRows writes words with what they weigh for tags, from one on; the least weights are
// left out.
func (v *vocabulary) tagRows(words map[uint32][]float32, from int) (out Words) {
	const least = 5 // hundredths
	for k, w := range words {
		row := lexicon.LearnedRow{Entry: v.entry(k)}
		for tag, x := range w {
			if h := hundredths(x); h >= least || h <= -least {
				row.Tags = append(row.Tags, lexicon.TagWeight{Tag: uint8(from + tag), Weight: h})
			}
		}
		if len(row.Tags) > 0 {
			out = append(out, row)
		}
	}
	out.sort()
	return out
}
