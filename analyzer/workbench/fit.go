package workbench

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

// Learning entries from labelled messages.
//
// What the lexicon says already stays as it is: its probabilities are the offset of
// a multinomial logistic regression, whose features are the words and pairs of
// words without a tone. FTRL-Proximal with an elastic net (McMahan et al., "Ad Click
// Prediction", KDD 2013) leaves most weights at 0. It runs twice: first to choose
// the entries, then with the chosen ones in the lexicon, so that their weights are
// right beside the polarity that they show in the evidence.

// FitOptions are the settings of Fit.
type FitOptions struct {
	Lang lexicon.Lang
	// Least is in how many messages a word must stand.
	Least int
	// Most is how many entries are learned.
	Most int
	// L1 and L2 are the elastic net: how much a weight must be worth, and how
	// strongly it is pulled to 0.
	L1, L2 float64
	// Trust is for messages of another sort than those to be scored, such as reviews
	// for support: the share at which their weights count. The entries are then of
	// kind learned, which stand beside all others and take no word from them. 0 is
	// for messages of the desk's own, whose entries take part in the rules.
	Trust float64
	// Reweight learns weights for hand-written entries, too; their other columns
	// stay.
	Reweight bool
}

// Fitted is what was learned.
type Fitted struct {
	Entries []lexicon.Entry
	// Learned from so many messages; measured on Held others.
	Learned, Held int
	// Before and After are measured on the messages that were held back.
	Before, After eval.Report
}

// mostNamed is the share of its messages in which a word may look like a name: one
// in so many.
const mostNamed = 3

// heldBack is the share of messages that are not learned from: one in so many.
const heldBack = 10

// Fit learns entries from messages that are labelled with a sentiment. One message
// in ten is held back to measure on.
func (l *Lexicon) Fit(examples []sentiment.Example, o FitOptions) (*Fitted, error) {
	var train, held []sentiment.Example
	for i, e := range examples {
		switch {
		case e.Sentiment == "" || e.Lang != "" && e.Lang != o.Lang.String():
		case i%heldBack == heldBack-1:
			held = append(held, e)
		default:
			train = append(train, e)
		}
	}
	out := &Fitted{Learned: len(train), Held: len(held)}
	if len(train) < 100 || len(held) == 0 {
		return nil, fmt.Errorf("%d labelled messages in %s: too few to learn from", len(train)+len(held), o.Lang)
	}
	if o.Trust > 0 {
		l = l.withoutLearned(o.Lang)
	}
	out.Before = l.measure(held, o.Lang)

	known := map[string]bool{}
	for i := range l.Set.Entries {
		if e := &l.Set.Entries[i]; e.Lang == o.Lang && e.Kind == lexicon.Tone {
			known[e.Pattern] = o.Trust == 0
		}
	}
	seen, named := map[string]int{}, map[string]int{}
	inChunks(len(train), func(i int) []candidate { return l.candidatesOf(&train[i], &o) }, func(_ int, cs []candidate) {
		counted := map[string]bool{}
		for _, c := range cs {
			if !counted[c.pattern] {
				counted[c.pattern] = true
				seen[c.pattern]++
				if c.named {
					named[c.pattern]++
				}
			}
		}
		prune(seen)
		prune(named)
	})
	alias := twins(seen)
	for p, q := range alias {
		seen[q] += seen[p]
		named[q] += named[p]
	}
	var patterns []string
	for _, p := range slices.Sorted(maps.Keys(seen)) {
		// What stands in most messages tells little of any, and a name is nobody's
		// praise or blame: people's names must not become entries.
		n := seen[p]
		if _, careless := alias[p]; !careless && n >= o.Least && n*2 <= len(train) && named[p]*mostNamed <= n && !known[p] && writable(p) {
			patterns = append(patterns, p)
		}
	}
	number := map[string]int{}
	for i, p := range patterns {
		number[p] = i
	}
	for p, q := range alias {
		if k, ok := number[q]; ok {
			number[p] = k
		}
	}
	first := l.rows(train, o.Lang, func(e *sentiment.Example) (f []feature) {
		for _, c := range l.candidatesOf(e, &o) {
			if k, ok := number[c.pattern]; ok {
				f = append(f, feature{k, sign(c.negated && o.Trust == 0)})
			}
		}
		return f
	})
	how := learner{bias: o.Trust == 0, rate: ownRate, l2: o.L2}
	if o.Trust > 0 {
		how.rate = foreignRate
	}
	how.l1 = func(k int) float64 {
		if strings.Contains(patterns[k], " ") {
			return 2 * o.L1 // a pair must tell more than its words
		}
		return o.L1
	}
	w := how.ftrl(first, len(patterns))
	var chosen []int
	for k := range patterns {
		if w[k] != (weights{}) {
			chosen = append(chosen, k)
		}
	}
	worth := func(k int) float64 { return w[k].size() * math.Sqrt(float64(seen[patterns[k]])) }
	slices.SortFunc(chosen, func(a, b int) int { return cmp.Or(cmp.Compare(worth(b), worth(a)), cmp.Compare(a, b)) })
	chosen = chosen[:min(o.Most, len(chosen))]

	// The same once more, with the chosen ones as entries.
	var added []lexicon.Entry
	for _, k := range chosen {
		added = append(added, entryOf(patterns[k], w[k], o.Trust))
	}
	added, err := parsed(added, o.Lang)
	if err != nil {
		return nil, err
	}
	set := *l.Set
	set.Entries = slices.Concat(l.Set.Entries, added)
	learned := map[int]int{} // entry -> feature
	for i := range set.Entries {
		e := &set.Entries[i]
		hand := e.Lang == o.Lang && (e.Kind == lexicon.Tone || e.Kind == lexicon.Event || e.Kind == lexicon.Idiom)
		if i >= len(l.Set.Entries) || o.Reweight && hand {
			e.Weights[0] = tiny
			learned[i] = len(learned)
		}
	}
	with := *l
	with.Set, with.Scorer = &set, sentiment.New(set.Compile(), l.Model)
	second := with.rows(train, o.Lang, func(e *sentiment.Example) (f []feature) {
		for _, x := range with.Read(e.Text, o.Lang.String()).Found {
			if k, ok := learned[x.Entry]; ok && x.Counts {
				f = append(f, feature{k, sign(x.Negated)})
			}
		}
		return f
	})
	how.l1 = func(int) float64 { return o.L1 / 2 }
	w = how.ftrl(second, len(learned))
	final := set
	final.Entries = nil
	for i, e := range set.Entries {
		k, ok := learned[i]
		if ok {
			e.Weights = [4]float64{}
			for c, v := range w[k] {
				if o.Trust > 0 {
					v *= o.Trust
				}
				e.Weights[c] = math.Round(100*v/sharpness(l.Model))/100 + 0 // no negative zero
			}
			if weights(e.Weights).size() >= 0.1 {
				out.Entries = append(out.Entries, e)
			} else if e.Weights = [4]float64{}; i >= len(l.Set.Entries) {
				continue // its neighbours say it already
			}
		}
		final.Entries = append(final.Entries, e)
	}
	with.Set, with.Scorer = &final, sentiment.New(final.Compile(), l.Model)
	out.After = with.measure(held, o.Lang)
	return out, nil
}

// withoutLearned returns the lexicon without the learned entries of a language, so
// that they are learned anew and not upon themselves.
func (l *Lexicon) withoutLearned(lang lexicon.Lang) *Lexicon {
	set, out := *l.Set, *l
	set.Entries = slices.DeleteFunc(slices.Clone(set.Entries), func(e lexicon.Entry) bool { return e.Kind == lexicon.Learned && e.Lang == lang })
	out.Set, out.Scorer = &set, sentiment.New(set.Compile(), l.Model)
	return &out
}

// FitModel fits the weights of the model anew, for the lexicon as it is. The settings
// are those of the shipped model.
func (l *Lexicon) FitModel(examples []sentiment.Example) *sentiment.Model {
	return l.Scorer.Fit(examples, sentiment.FitOptions{Ridge: 8, Rounds: 400, Folds: 4, Copies: 4, Hidden: 0.6})
}

// tiny makes an entry count as learned before it has weights.
const tiny = 1e-9

func sharpness(m *sentiment.Model) float64 {
	if m.Sharpness > 0 {
		return float64(m.Sharpness)
	}
	return 1
}

// sign is what a negator leaves of an entry's weights, as in judging.
func sign(negated bool) float64 {
	if negated {
		return -0.5
	}
	return 1
}

func (l *Lexicon) candidatesOf(e *sentiment.Example, o *FitOptions) []candidate {
	r := l.Read(e.Text, o.Lang.String())
	return l.candidatesIn(e.Text, &r, o.Trust > 0)
}

func (l *Lexicon) measure(examples []sentiment.Example, lang lexicon.Lang) eval.Report {
	scores := make([]odzew.Score, len(examples))
	inParallel(len(examples), func(i int) { scores[i] = l.Score(examples[i].Text, lang.String(), false) })
	return eval.Measure(examples, scores)
}

// entryOf makes an entry of what was learned: the polarity is where the weights pull,
// the opinion how far away from neutral. Where messages of another sort are trusted,
// the weights say all.
func entryOf(pattern string, w weights, trust float64) lexicon.Entry {
	if trust > 0 {
		return lexicon.Entry{Pattern: pattern, Kind: lexicon.Learned, Weights: weights{tiny}}
	}
	round := func(v float64) float64 { return math.Round(v*100) / 100 }
	polarity := round(math.Tanh((w[2] - w[0]) / 2))
	if math.Abs(polarity) < 0.05 || w[1] >= max(w[0], w[2]) {
		polarity = 0 // it tells a report from an opinion, not one opinion from another
	}
	opinion := round(1 / (1 + math.Exp(w[1]-max(w[0], w[2], w[3]))))
	return lexicon.Entry{Pattern: pattern, Kind: lexicon.Tone, Polarity: polarity, Opinion: opinion}
}

// writable reports whether a word of a message can stand in an entry.
func writable(pattern string) bool {
	_, err := parsed([]lexicon.Entry{{Pattern: pattern}}, lexicon.Any)
	return err == nil
}

// parsed takes entries through their file, so that what is learned is what will be
// read.
func parsed(entries []lexicon.Entry, lang lexicon.Lang) ([]lexicon.Entry, error) {
	var b bytes.Buffer
	if err := lexicon.Write(&b, nil, entries); err != nil {
		return nil, err
	}
	return lexicon.Parse(lang.String()+"/"+LearnedFile, b.Bytes())
}

// LearnedFile is the name of the file that holds learned entries.
const LearnedFile = "learned.tsv"

// prune keeps a map of counts from growing with the text for ever: when it is very
// large, what was seen once is forgotten.
func prune(seen map[string]int) {
	const most = 4 << 20
	if len(seen) > most {
		maps.DeleteFunc(seen, func(_ string, n int) bool { return n == 1 })
	}
}

// A row is a message as the learner sees it.
type row struct {
	features []feature
	class    int
	weight   float64
	offset   [4]float64 // log-probabilities that the lexicon gives it
}

type feature struct {
	number int
	value  float64
}

func (l *Lexicon) rows(examples []sentiment.Example, lang lexicon.Lang, features func(*sentiment.Example) []feature) []row {
	rows := make([]row, len(examples))
	inParallel(len(rows), func(i int) {
		e := &examples[i]
		s := l.Score(e.Text, lang.String(), false)
		r := row{features: features(e), class: slices.Index(eval.Classes[:], e.Sentiment), weight: e.Weight}
		for c, p := range [4]float64{s.Probabilities.Negative, s.Probabilities.Neutral, s.Probabilities.Positive, s.Probabilities.Mixed} {
			r.offset[c] = math.Log(max(p, 1e-4))
		}
		rows[i] = r
	})
	return rows
}

// weights are the pulls towards the four classes.
type weights [4]float64

func (w weights) size() (sum float64) {
	for _, v := range w {
		sum += math.Abs(v)
	}
	return sum
}

// A learner holds the settings of one run of ftrl.
type learner struct {
	// bias learns how frequent the classes are apart from the words. Of messages of
	// another sort, whose weights are shrunk and gated later, the words alone learned
	// better for the desk's.
	bias bool
	rate float64 // alpha: how far a message moves its words
	l1   func(k int) float64
	l2   float64
}

// Rates of learning: a desk's own messages are few, others tens of thousands.
const (
	ownRate     = 0.1
	foreignRate = 0.3
)

// ftrl fits the weights of n features by FTRL-Proximal. Classes that hardly any row
// has are left alone: the rows cannot tell of them. How frequent the classes are
// among the rows goes into a bias, which is dropped: an entry must not learn what
// holds of the whole collection.
func (h *learner) ftrl(rows []row, n int) []weights {
	const (
		epochs = 4
		ease   = 1.0 // beta
	)
	var members [4]float64
	for i := range rows {
		members[rows[i].class]++
	}
	var present [4]bool
	for c := range present {
		present[c] = members[c]*100 >= float64(len(rows))
	}
	z, sq, w := make([]weights, n+1), make([]weights, n+1), make([]weights, n+1)
	var features []feature
	random := rand.New(rand.NewPCG(1, 2))
	for range epochs {
		for _, i := range random.Perm(len(rows)) {
			r := &rows[i]
			p := r.offset
			features := append(features[:0], r.features...)
			if h.bias {
				features = append(features, feature{n, 1})
			}
			for _, f := range features {
				for c := range p {
					p[c] += f.value * w[f.number][c]
				}
			}
			softmax(&p, &present)
			p[r.class]--
			for _, f := range features {
				l1 := 0.0
				if f.number < n {
					l1 = h.l1(f.number)
				}
				for c := range p {
					if !present[c] || !present[r.class] {
						continue
					}
					g := p[c] * f.value * r.weight
					old := sq[f.number][c]
					sq[f.number][c] += g * g
					root := math.Sqrt(sq[f.number][c])
					z[f.number][c] += g - (root-math.Sqrt(old))/h.rate*w[f.number][c]
					if v := z[f.number][c]; math.Abs(v) <= l1 {
						w[f.number][c] = 0
					} else {
						w[f.number][c] = -(v - math.Copysign(l1, v)) / ((ease+root)/h.rate + h.l2)
					}
				}
			}
		}
	}
	return w[:n]
}

func softmax(p *[4]float64, present *[4]bool) {
	top := math.Inf(-1)
	for c, v := range p {
		if present[c] {
			top = max(top, v)
		}
	}
	sum := 0.0
	for c, v := range p {
		p[c] = 0
		if present[c] {
			p[c] = math.Exp(v - top)
			sum += p[c]
		}
	}
	for c := range p {
		p[c] /= sum
	}
}
