package workbench

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"odzew"
	"odzew/analyzer/english"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Suggesting entries: words and pairs of words without a tone that messages of one
// class have oftener than the others. They are words that the lexicon does not know,
// or that mostly stand in messages which the scorer gets wrong.
//
// The measure is the log-odds ratio with an informative Dirichlet prior, in standard
// errors (Monroe, Colaresi, Quinn: "Fightin' Words", Political Analysis 16, 2008):
// the prior is the word's share of all messages, so that rare words need more than
// luck.

// A Sample is a message to mine.
type Sample struct {
	Text string
	Lang string
	// Class is the label, empty where there is none: then the scorer's own answer
	// stands in for it.
	Class odzew.Sentiment
	// Background: the message only tells how people write when nothing is wrong.
	Background bool
}

// SuggestOptions are the settings of Suggest.
type SuggestOptions struct {
	// Least is in how many messages a word must stand.
	Least int
	// Most is how many are suggested for each language.
	Most int
}

// A Suggestion is an entry that may be missing.
type Suggestion struct {
	Entry lexicon.Entry
	// Z says how sure it is, in standard errors; Class is where the word is at home.
	Z     float64
	Class odzew.Sentiment
	N     int // messages with it
	In    int // of them in the class
	// Misjudged is how many of the labelled ones the scorer gets wrong.
	Misjudged int
	POS       lexicon.POS // what the tagger says of an English word, mostly
	Examples  []string    // up to three, in full
}

// counted is what is known of one candidate.
type counted struct {
	in, background [4]int // messages by class
	misjudged      int
	examples       [3]string
	places         [3]int // word of each example that begins the candidate
	unknown        bool
}

// Suggest mines samples, which come as a stream.
func (l *Lexicon) Suggest(samples iter.Seq2[Sample, error], o SuggestOptions) ([]Suggestion, error) {
	type key struct {
		lang    lexicon.Lang
		pattern string
	}
	var (
		seen   = map[key]*counted{}
		totals = map[lexicon.Lang]*[2][4]int{lexicon.PL: {}, lexicon.EN: {}}
	)
	for s, err := range samples {
		if err != nil {
			return nil, err
		}
		r := l.Read(s.Text, s.Lang)
		lang := lexicon.PL
		switch r.Lang {
		case "pl":
		case "en":
			lang = lexicon.EN
		default:
			continue // which language would the entry be for?
		}
		score := l.Score(s.Text, s.Lang, false)
		class, wrong := classOf(*score.Sentiment), 0
		if s.Class != "" {
			if class != classOf(s.Class) {
				wrong = 1
			}
			class = classOf(s.Class)
		}
		group := 0
		if s.Background {
			group = 1
		}
		totals[lang][group][class]++
		once := map[string]bool{}
		for _, c := range l.candidatesIn(s.Text, &r) {
			if c.negated || once[c.pattern] {
				continue
			}
			once[c.pattern] = true
			k := key{lang, c.pattern}
			n := seen[k]
			if n == nil {
				n = &counted{unknown: c.unknown}
				seen[k] = n
			}
			if s.Background {
				n.background[class]++
				continue
			}
			if have := sum(n.in); have < len(n.examples) {
				n.examples[have], n.places[have] = s.Text, c.first
			}
			n.in[class]++
			n.misjudged += wrong
		}
		if len(seen) > mostCounted {
			maps.DeleteFunc(seen, func(_ key, n *counted) bool { return sum(n.in)+sum(n.background) == 1 })
		}
	}
	taken := map[key]bool{}
	for i := range l.Set.Entries {
		e := &l.Set.Entries[i]
		taken[key{e.Lang, e.Pattern}] = true
	}
	counts := map[lexicon.Lang]map[string]int{lexicon.PL: {}, lexicon.EN: {}}
	for k, n := range seen {
		counts[k.lang][k.pattern] = sum(n.in)
	}
	careless := map[lexicon.Lang]map[string]string{lexicon.PL: twins(counts[lexicon.PL]), lexicon.EN: {}}
	var out []Suggestion
	for lang, total := range totals {
		var of []Suggestion
		for k, n := range seen {
			if _, ok := careless[lang][k.pattern]; ok || k.lang != lang || taken[k] || sum(n.in) < o.Least || !n.unknown && 2*n.misjudged < sum(n.in) || !writable(k.pattern) {
				continue
			}
			if s, ok := suggestion(k.pattern, n, total); ok {
				s.Entry.Lang = lang
				of = append(of, s)
			}
		}
		slices.SortFunc(of, func(a, b Suggestion) int {
			return cmp.Or(cmp.Compare(b.Z, a.Z), cmp.Compare(a.Entry.Pattern, b.Entry.Pattern))
		})
		of = withoutPairs(of)
		of = of[:min(o.Most, len(of))]
		if lang == lexicon.EN {
			for i := range of {
				of[i].POS = posIn(&of[i], seen[key{lang, of[i].Entry.Pattern}])
			}
		}
		out = append(out, of...)
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(a.Entry.Lang, b.Entry.Lang) })
	return out, nil
}

// withoutPairs leaves out pairs of which one word alone is suggested before.
func withoutPairs(list []Suggestion) []Suggestion {
	alone := map[string]bool{}
	return slices.DeleteFunc(list, func(s Suggestion) bool {
		if first, second, pair := strings.Cut(s.Entry.Pattern, " "); pair {
			return alone[first] || alone[second]
		}
		alone[s.Entry.Pattern] = true
		return false
	})
}

// mostCounted bounds the candidates that are held: beyond it, those seen once are
// forgotten.
const mostCounted = 2 << 20

func sum(n [4]int) int { return n[0] + n[1] + n[2] + n[3] }

func classOf(s odzew.Sentiment) int { return max(0, slices.Index(sentiments, s)) }

// suggestion weighs one candidate: against the other classes, or against the
// background where there is one.
func suggestion(pattern string, n *counted, total *[2][4]int) (Suggestion, bool) {
	const sure = 1.96 // standard errors: chance alone does it once in 20
	s := Suggestion{Entry: lexicon.Entry{Pattern: pattern, Kind: lexicon.Tone}, N: sum(n.in), Misjudged: n.misjudged}
	for _, x := range n.examples {
		if x != "" {
			s.Examples = append(s.Examples, x)
		}
	}
	inAll, all := sum(n.in)+sum(n.background), sum(total[0])+sum(total[1])
	if background := sum(total[1]); background > 0 {
		s.Z = logOdds(sum(n.in), sum(total[0]), sum(n.background), background, inAll, all)
	}
	best := math.Inf(-1)
	for c := range n.in {
		z := logOdds(n.in[c], total[0][c], s.N-n.in[c], sum(total[0])-total[0][c], inAll, all)
		if c == classOf(odzew.Neutral) || c == classOf(odzew.Mixed) {
			continue // entries are for praise and blame
		}
		if z > best {
			best, s.Class, s.In = z, sentiments[c], n.in[c]
		}
	}
	if sum(total[1]) == 0 {
		s.Z = best
	}
	if s.Z < sure {
		return s, false
	}
	share := float64(s.In) / float64(s.N)
	s.Entry.Polarity = math.Round(share*8) / 10
	if s.Class == odzew.Negative {
		s.Entry.Polarity = -s.Entry.Polarity
	}
	opinionated := 1 - float64(n.in[classOf(odzew.Neutral)])/float64(s.N)
	s.Entry.Opinion = math.Round(opinionated*8) / 10
	s.Entry.Note = fmt.Sprintf("suggested: %s in %d of %d messages, z %.1f", s.Class, s.In, s.N, s.Z)
	return s, true
}

// logOdds is how much oftener a of n than b of m messages have a word, as the
// log-odds ratio in standard errors, with the share of the word in all messages as
// a prior that weighs as much as 100 of them.
func logOdds(a, n, b, m, inAll, all int) float64 {
	if n == 0 || m == 0 {
		return math.Inf(-1)
	}
	const weight = 100
	prior := weight * (float64(inAll) + 0.5) / (float64(all) + 1)
	odds := func(k, of int) float64 {
		return math.Log((float64(k) + prior) / (float64(of-k) + weight - min(prior, weight-1)))
	}
	variance := 1/(float64(a)+prior) + 1/(float64(b)+prior)
	return (odds(a, n) - odds(b, m)) / math.Sqrt(variance)
}

// posIn asks the tagger what a word is in its examples; the first of the most
// frequent answers holds.
func posIn(s *Suggestion, n *counted) lexicon.POS {
	var tagger english.Tagger
	votes := map[lexicon.POS]int{}
	best := lexicon.NoPOS
	var toks []text.Token
	for i, example := range s.Examples {
		toks = text.Tokenize(toks[:0], example)
		var words []string
		at := -1
		for k := range toks {
			if toks[k].Sentence == toks[n.places[i]].Sentence && toks[k].Kind != text.Mark {
				if k == n.places[i] {
					at = len(words)
				}
				words = append(words, example[toks[k].Start:toks[k].End])
			}
		}
		pos := tagger.Tag(words, at)
		votes[pos]++
		if votes[pos] > votes[best] || best == lexicon.NoPOS {
			best = pos
		}
	}
	return best
}

// SamplesOf makes samples of labelled messages.
func SamplesOf(examples []sentiment.Example, background bool) iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for i := range examples {
			e := &examples[i]
			if !yield(Sample{Text: e.Text, Lang: e.Lang, Class: e.Sentiment, Background: background}) {
				return
			}
		}
	}
}
