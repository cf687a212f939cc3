package workbench

import (
	"fmt"
	"slices"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

// Learning words, or the weights of the model, from labelled messages; the learning
// itself is the scorer's (see sentiment.Learn).

// FitOptions are the settings of Fit.
type FitOptions struct {
	Lang lexicon.Lang
	// Domain is the sort of the messages.
	Domain lexicon.Domain
	// Least is in how many messages a word must stand.
	Least int
	// Most is how many words are learned.
	Most int
	// L1 and L2 are the elastic net: how much a weight must be worth, and how
	// strongly it is pulled to 0.
	L1, L2 float64
}

// Fitted is what was learned.
type Fitted struct {
	File *lexicon.LearnedFile
	// Learned from so many messages; measured on Held others.
	Learned, Held int
	// Before and After are measured on the messages that were held back.
	Before, After eval.Report
}

// heldBack is the share of messages that are not learned from: one in so many.
const heldBack = 10

// fewest is from how many labelled messages anything is learned.
const fewest = 100

// Fit learns words from messages that are labelled with a sentiment, on top of all that
// the lexicon knows. One message in ten is held back to measure on.
func (l *Lexicon) Fit(examples []sentiment.Example, o FitOptions) (*Fitted, error) {
	var train, held []sentiment.Example
	for i, e := range examples {
		switch {
		case e.Sentiment == "" || e.Lang != "" && e.Lang != o.Lang.String():
			continue
		case i%heldBack == heldBack-1:
			held = append(held, e)
		default:
			e.Lang = o.Lang.String()
			train = append(train, e)
		}
	}
	if len(train) < fewest || len(held) == 0 {
		return nil, tooFew(len(train)+len(held), "in "+o.Lang.String()+" ")
	}
	const rate, epochs, averaged, ratio = 0.2, 20, 6, 1 // as the shipped words of desk talk were learned
	rows := l.Learn(train, o.Domain, sentiment.LearnOptions{Lang: o.Lang, Least: o.Least, Most: o.Most, L1: o.L1, L2: o.L2, Rate: rate, Epochs: epochs, Averaged: averaged, Ratio: ratio})
	out := &Fitted{
		File:    &lexicon.LearnedFile{Name: o.Lang.String() + "/" + lexicon.LearnedName(o.Domain), Lang: o.Lang, Domain: o.Domain, Rows: rows},
		Learned: len(train), Held: len(held), Before: l.measure(held, o.Lang),
	}
	set, with := *l.Set, *l
	set.Learned = append(slices.Clone(set.Learned), out.File)
	with.Set, with.Scorer = &set, sentiment.New(set.Compile(), l.Model)
	out.After = with.measure(held, o.Lang)
	return out, nil
}

// FitModel fits the weights of the model anew, for the lexicon as it is. The settings
// are those of the shipped model.
func (l *Lexicon) FitModel(examples []sentiment.Example) (*sentiment.Model, error) {
	read, labelled := slices.Clone(examples), 0
	for i := range read {
		read[i].Hide = 0.6
		if read[i].Sentiment != "" {
			labelled++
		}
	}
	if labelled < fewest {
		return nil, tooFew(labelled, "")
	}
	return l.Scorer.Fit(read, sentiment.FitOptions{Ridge: 8, Rounds: 400, Folds: 5, Copies: 4}).Model, nil
}

func tooFew(n int, in string) error {
	return fmt.Errorf("%d messages %swith a sentiment: too few to learn from; give some 120 at least, better thousands, as TSV (id, label, text) or JSON Lines (lang, text, sentiment)", n, in)
}

func (l *Lexicon) measure(examples []sentiment.Example, lang lexicon.Lang) eval.Report {
	scores := make([]odzew.Score, len(examples))
	inParallel(len(examples), func(i int) { scores[i] = l.Score(examples[i].Text, lang.String(), false) })
	return eval.Measure(examples, scores)
}
