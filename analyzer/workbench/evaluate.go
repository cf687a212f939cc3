package workbench

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

// Measuring on labelled messages; the figures themselves are those of eval.

// An Evaluation is what was measured on one set.
type Evaluation struct {
	All eval.Report `json:"all"`
	// Groups are parts of the set, where it has more than one: by language, by channel.
	Groups []Group `json:"groups,omitempty"`
	// Mistakes are the worst first: those that the scorer was surest of.
	Mistakes []Mistake `json:"mistakes,omitempty"`
	// Alarms are of the messages whose frustration is not labelled; nil without any.
	Alarms *Alarms `json:"alarms,omitempty"`
}

// A Group is one part of a set.
type Group struct {
	Name   string      `json:"name"` // "lang pl", "channel chat"
	Report eval.Report `json:"report"`
}

// A Mistake is a message of another class than the scorer says.
type Mistake struct {
	ID         string          `json:"id"`
	Truth      odzew.Sentiment `json:"truth"`
	Found      odzew.Sentiment `json:"found"`
	Confidence float64         `json:"confidence"`
	// Margin is how much likelier than the truth the scorer finds its answer.
	Margin float64 `json:"margin"`
	Text   string  `json:"text"`
}

// Evaluate scores the examples and measures, with that many of the worst mistakes.
func Evaluate(s *sentiment.Scorer, examples []sentiment.Example, worst int) Evaluation {
	scores := ScoreAll(s, examples)
	ev := Evaluation{All: eval.Measure(examples, scores), Alarms: countAlarms(examples, scores)}
	for _, by := range []struct {
		name string
		key  func(i int) string
	}{
		{"lang", func(i int) string { return cmp.Or(examples[i].Lang, scores[i].Lang) }},
		{"channel", func(i int) string { return examples[i].Channel }},
	} {
		members := map[string][]int{}
		for i := range examples {
			members[by.key(i)] = append(members[by.key(i)], i)
		}
		if len(members) < 2 {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(members)) {
			part := make([]sentiment.Example, len(members[key]))
			partScores := make([]odzew.Score, len(part))
			for k, i := range members[key] {
				part[k], partScores[k] = examples[i], scores[i]
			}
			ev.Groups = append(ev.Groups, Group{by.name + " " + cmp.Or(key, "not given"), eval.Measure(part, partScores)})
		}
	}
	if worst > 0 {
		ev.Mistakes = mistakes(examples, scores, worst)
	}
	return ev
}

func mistakes(examples []sentiment.Example, scores []odzew.Score, most int) []Mistake {
	var out []Mistake
	for i := range examples {
		e, sc := &examples[i], &scores[i]
		found := odzew.Neutral
		if sc.Sentiment != nil {
			found = *sc.Sentiment
		}
		if e.Sentiment == "" || e.Sentiment == found {
			continue
		}
		out = append(out, Mistake{
			ID: e.ID, Truth: e.Sentiment, Found: found, Confidence: sc.Confidence,
			Margin: probability(sc, found) - probability(sc, e.Sentiment), Text: e.Text,
		})
	}
	slices.SortStableFunc(out, func(a, b Mistake) int { return cmp.Compare(b.Margin, a.Margin) })
	return out[:min(most, len(out))]
}

func probability(s *odzew.Score, of odzew.Sentiment) float64 {
	switch of {
	case odzew.Negative:
		return s.Probabilities.Negative
	case odzew.Neutral:
		return s.Probabilities.Neutral
	case odzew.Positive:
		return s.Probabilities.Positive
	}
	return s.Probabilities.Mixed
}

// Strip returns a text as careless customers write it: without "diacritics" of
// Polish, without "punctuation" and emoji, all in lower "case". It shows how much a
// figure leans on them.
func Strip(s string, what ...string) string {
	diacritics, punctuation, lower := slices.Contains(what, "diacritics"), slices.Contains(what, "punctuation"), slices.Contains(what, "case")
	return strings.Map(func(r rune) rune {
		if diacritics && r > unicode.MaxASCII {
			if _, f := lexicon.Fold(r); f != 0 && f <= unicode.MaxASCII {
				if unicode.IsUpper(r) {
					f = unicode.ToUpper(f)
				}
				r = f
			}
		}
		if punctuation && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r) && r != '\'' && r != '’' {
			return ' '
		}
		if lower {
			r = unicode.ToLower(r)
		}
		return r
	}, s)
}
