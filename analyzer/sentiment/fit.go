package sentiment

import (
	"math"
	"slices"

	"odzew"
	"odzew/lexicon"
)

// Fitting: from labelled messages to a model. Full-batch and without randomness,
// so that the same examples and lexicon give the same weights.

// An Example is a labelled message.
type Example struct {
	ID   string
	Text string
	Lang string // where known
	// Channel is where the message came in by, where known.
	Channel string
	// Sentiment is empty where the example is not labelled with one of the four
	// classes.
	Sentiment odzew.Sentiment
	// Weight is how much the example counts in fitting.
	Weight float64
	// Hide is the share of the entries of several words that are hidden when it is
	// learned from, anew for each copy (see FitOptions).
	Hide float64
	// Fair is set where the messages of its set were not chosen for what entries find
	// in them: where nothing is found, its class tells how often that is so.
	Fair bool
	// Blind is set where no entry was ever written for what the message says.
	Blind bool
	// Full is set where frustration, signals and aspects are labelled, too.
	Full        bool
	Frustration int
	// Signals and Aspects are those that the message shows; where it is not labelled in
	// full there may be others, but none of Without.
	Signals, Without []string
	Aspects          []odzew.AspectPolarity
	Stage            string
	Emotion          string
	// Second is what another reader says, who did not know the labels; nil for none.
	Second *SecondLabels
	// Rationales are the words of the text that tell a tag ("aspect:price"). Not each has
	// some.
	Rationales map[string][]string
}

// SecondLabels are what a second reader says of a message.
type SecondLabels struct {
	Aspects []string
	Stage   string // empty where it is not said
}

// FitOptions are the settings of Fit.
type FitOptions struct {
	Ridge  float64 // pull of class weights towards 0, per example of weight 1
	Rounds int
	Folds  int // of the cross-validation that sets the sharpness
	// Copies is how often each example is read of which something is hidden, each time
	// something else.
	//
	// People who write entries read messages, so phrases fit those better than they will
	// fit others. A model fitted to that would trust phrases too much, and words and
	// shapes too little.
	Copies int
}

// A Fit is a model, and what it was cross-validated with.
type Fit struct {
	*Model
	// Folds are models of which the k-th saw no example whose index is k modulo their
	// number: what they say of that example is honest.
	Folds []*Model
}

// A row is an example as the fitter sees it: its features, sparse.
type row struct {
	index  []int
	value  []float64
	class  int
	weight float64
	fold   int // copies of one example stay together
	fair   bool
}

// Fit returns a model for the scorer's lexicon.
func (s *Scorer) Fit(examples []Example, o FitOptions) *Fit {
	rows := make([]row, 0, len(examples))
	var frustrated []frustratedRow
	var about []aspectRow
	s.gather(examples, &o, func(i int, weight float64, m *scratch) {
		e := &examples[i]
		// A judgement without anything that tells it teaches only prejudice.
		silenced := m.f[fSilent] > 0 && e.Sentiment != odzew.Neutral && !e.Fair
		if c := classOf(e.Sentiment); c >= 0 && weight > 0 && !silenced {
			r := newRow(&m.f, c, weight)
			r.fold, r.fair = i%max(1, o.Folds), e.Fair
			rows = append(rows, r)
		}
		if e.Full {
			r := frustratedRow{signals: m.tags.signals, high: e.Frustration == 2, weight: weight}
			if e.Sentiment == odzew.Negative || e.Sentiment == odzew.Mixed {
				r.blame = float64(m.f[fNeg])
			}
			frustrated = append(frustrated, r)
			sum := m.aspectSum()
			for k, at := range m.tags.byAspect {
				if at != 0 {
					f := m.aspectFeatures(k, &sum)
					is := slices.ContainsFunc(e.Aspects, func(a odzew.AspectPolarity) bool { return a.Aspect == lexicon.Aspects[k] })
					about = append(about, aspectRow{f, k, is, weight})
				}
			}
		}
	})
	model := Model{Sharpness: 1, Frustration: fitFrustration(frustrated), Aspect: fitAspects(about), Reviews: s.model.Reviews}
	fit := &Fit{Model: &model}
	for k := range max(1, o.Folds) {
		fold := model
		fold.Classes = fitClasses(slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.fold == k && o.Folds > 1 }), o)
		fit.Folds = append(fit.Folds, &fold)
	}
	model.Classes = fitClasses(rows, o)
	model.Sharpness = fitSharpness(rows, fit.Folds)
	for _, fold := range fit.Folds {
		fold.Sharpness = model.Sharpness
	}
	return fit
}

// gather reads examples, each with its copies, and hands on what was found in them.
func (s *Scorer) gather(examples []Example, o *FitOptions, see func(i int, weight float64, m *scratch)) {
	m := s.pool.Get().(*scratch)
	defer s.release(m)
	for i := range examples {
		e := &examples[i]
		copies := max(1, o.Copies)
		if e.Hide == 0 {
			copies = 1
		}
		for c := range copies {
			s.read(m, e.Text, e.Lang)
			if m.langs == 0 {
				break
			}
			if e.Hide > 0 {
				s.hide(m, uint64(i*copies+c), e.Hide)
			}
			s.pick(m)
			s.judge(m)
			see(i, e.Weight/float64(copies), m)
		}
	}
}

// hide drops a share of the phrases among the matches, and a third of that share of
// the single words. The choice depends on the seed and the entry alone.
func (s *Scorer) hide(m *scratch, seed uint64, share float64) {
	m.matches = slices.DeleteFunc(m.matches, func(x lexicon.Match) bool {
		h := (seed*0x9E3779B97F4A7C15 ^ uint64(x.Entry)) * 0xBF58476D1CE4E5B9
		h = (h ^ h>>29) * 0x94D049BB133111EB
		limit := share
		if x.Items == 1 {
			limit /= 3
		}
		return float64(h>>11)/(1<<53) < limit
	})
}

func classOf(s odzew.Sentiment) int {
	for c, name := range classNames {
		if name == s {
			return c
		}
	}
	return -1
}

func newRow(f *features, class int, weight float64) row {
	r := row{class: class, weight: weight}
	for k, v := range f {
		if v != 0 {
			r.index = append(r.index, k)
			r.value = append(r.value, float64(v))
		}
	}
	return r
}

type classWeights [numFeatures][numClasses]float64

// fitClasses minimises the weighted log-loss with a ridge by accelerated gradient
// descent over features scaled to unit root mean square.
func fitClasses(rows []row, o FitOptions) (out [numFeatures][numClasses]float32) {
	var scale [numFeatures]float64
	total := 0.0
	for i := range rows {
		for j, k := range rows[i].index {
			scale[k] += rows[i].weight * rows[i].value[j] * rows[i].value[j]
		}
		total += rows[i].weight
	}
	if total == 0 {
		return out
	}
	for k := range scale {
		if scale[k] > 0 {
			scale[k] = 1 / math.Sqrt(scale[k]/total)
			// A feature of a few messages must not be blown up to their size.
			scale[k] = math.Min(scale[k], 4)
		}
	}
	var w, ahead, prev classWeights
	const step = 0.5
	for round := range o.Rounds {
		var g classWeights
		for i := range rows {
			r := &rows[i]
			p := predict(&ahead, r, &scale)
			p[r.class]--
			for j, k := range r.index {
				v := r.value[j] * scale[k] * r.weight / total
				for c := range p {
					g[k][c] += v * p[c]
				}
			}
		}
		momentum := float64(round) / float64(round+3)
		prev = w
		for k := range w {
			ridge := o.Ridge / total
			if k == fBias {
				ridge = 0
			}
			for c := range w[k] {
				w[k][c] = ahead[k][c] - step/8*(g[k][c]+ridge*ahead[k][c])
				ahead[k][c] = w[k][c] + momentum*(w[k][c]-prev[k][c])
			}
		}
	}
	for k := range w {
		for c := range w[k] {
			out[k][c] = float32(w[k][c] * scale[k])
		}
	}
	return out
}

func predict(w *classWeights, r *row, scale *[numFeatures]float64) (p [numClasses]float64) {
	for j, k := range r.index {
		v := r.value[j]
		if scale != nil {
			v *= scale[k]
		}
		for c := range p {
			p[c] += v * w[k][c]
		}
	}
	top := math.Max(math.Max(p[0], p[1]), math.Max(p[2], p[3]))
	sum := 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return p
}

// fitSharpness finds the factor on logits with the least log-loss on messages that
// were left out of the fit: on those of fair sets, where there are any.
func fitSharpness(rows []row, folds []*Model) float32 {
	if len(folds) < 2 {
		return 1
	}
	anyFair := slices.ContainsFunc(rows, func(r row) bool { return r.fair })
	best, least := 1.0, math.Inf(1)
	for factor := 0.3; factor <= 1.5; factor += 0.05 {
		loss := 0.0
		for i := range rows {
			r := &rows[i]
			if anyFair && !r.fair {
				continue
			}
			var z [numClasses]float64
			for j, k := range r.index {
				for c := range z {
					z[c] += r.value[j] * float64(folds[r.fold].Classes[k][c])
				}
			}
			sum := 0.0
			for _, v := range z {
				sum += math.Exp((v - z[r.class]) * factor)
			}
			loss += r.weight * math.Log(sum)
		}
		if loss < least {
			best, least = factor, loss
		}
	}
	return float32(best)
}

type frustratedRow struct {
	signals uint32
	blame   float64
	high    bool
	weight  float64
}

// priorFrustration is what a signal weighs before any message was seen.
var priorFrustration = map[string]float64{
	"waiting": 0.4, "repeat_contact": 0.5, "broken_promise": 0.5, "ultimatum": 1, "churn": 1.2, "legal": 1.8, "publicity": 1.2, "escalation": 1.2,
	"effort": 0.4, "profanity": 0.9, "shouting": 0.6, "sarcasm": 0.3, "resignation": 0.6, "pressure": 0.1, "vulnerability": 0.7, "relief": -0.4,
}

// fitFrustration fits the weights of 1-exp(-sum) to the messages of strong
// frustration, near what is known beforehand, by projected gradient descent. Each step
// is as long as the loss is bent there: a fixed one leaps to and fro for ever where
// strong frustration shows in little, and where it ends is chance.
func fitFrustration(rows []frustratedRow) (out [numSignals + 1]float32) {
	var prior, w [numSignals + 1]float64
	for i, name := range lexicon.Signals {
		prior[i] = priorFrustration[name]
	}
	prior[numSignals] = 0.1
	w = prior
	const (
		rounds = 2000
		pull   = 2.0
	)
	for range rounds {
		var g, curve [numSignals + 1]float64
		for i := range rows {
			r := &rows[i]
			sum, all := 0.02+w[numSignals]*r.blame, r.blame
			for k := range numSignals {
				if r.signals&bit(k) != 0 {
					sum += w[k]
					all++
				}
			}
			sum = math.Max(sum, 0.01)
			// d/dsum of the log-loss: 1 where it is not, -e/(1-e) where it is
			d, bend := 1.0, 0.0
			if r.high {
				e := math.Exp(-sum)
				d, bend = -e/(1-e), e/((1-e)*(1-e))
			}
			d *= r.weight
			bend *= r.weight * all
			g[numSignals] += d * r.blame
			curve[numSignals] += bend * r.blame
			for k := range numSignals {
				if r.signals&bit(k) != 0 {
					g[k] += d
					curve[k] += bend
				}
			}
		}
		for k := range w {
			if k == sigRelief {
				continue
			}
			w[k] -= (g[k] + pull*(w[k]-prior[k])) / (2 * (curve[k] + pull))
			w[k] = math.Max(w[k], 0.02)
		}
	}
	for k := range w {
		out[k] = float32(w[k])
	}
	return out
}

type aspectRow struct {
	f      aspectFeatures
	k      int
	is     bool
	weight float64
}

// fitAspects fits what tells the aspects that a message is about from those whose
// words only occur in it: a logistic regression with a ridge.
func fitAspects(rows []aspectRow) (out [numAspectFeatures]float32) {
	var w [numAspectFeatures]float64
	const (
		rounds = 3000
		step   = 0.5
		ridge  = 2.0
	)
	n := float64(max(1, len(rows)))
	for range rounds {
		var g [numAspectFeatures]float64
		for i := range rows {
			r := &rows[i]
			z := w[aName+r.k]
			for j, v := range r.f {
				z += w[j] * float64(v)
			}
			d := 1 / (1 + math.Exp(-z))
			if r.is {
				d--
			}
			d *= r.weight
			for j, v := range r.f {
				g[j] += d * float64(v)
			}
			g[aName+r.k] += d
		}
		for k := range w {
			pull := ridge
			if k == aBias {
				pull = 0
			}
			w[k] -= step / n * (g[k] + pull*w[k])
		}
	}
	for k := range w {
		out[k] = float32(w[k])
	}
	return out
}
