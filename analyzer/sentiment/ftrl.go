package sentiment

import (
	"math"
	"math/rand/v2"
)

// FTRL-Proximal with an elastic net (McMahan et al., "Ad Click Prediction", KDD 2013): an
// online learner that leaves most weights at 0. Orders are drawn with fixed seeds: the same
// texts give the same weights.

// An ftrl is the state of one run: of words first, then of dense features, with a
// number for each column.
type ftrl struct {
	o        *LearnOptions
	words    int
	columns  int
	link     link
	z, sq, w []float32
	scale    []float32 // of the value that each weight stands by
	only     []float32 // where it is 0, weights of words stay so; nil for none
}

func newFTRL(words int, scale []float32, columns int, to link, o *LearnOptions) *ftrl {
	n := len(scale)
	return &ftrl{o: o, words: words, columns: columns, link: to, scale: scale, z: make([]float32, n), sq: make([]float32, n), w: make([]float32, n)}
}

// of returns the weights of a word or feature.
func (f *ftrl) of(k uint32) []float32 {
	at := int(k) * f.columns
	return f.w[at : at+f.columns : at+f.columns]
}

func (f *ftrl) run(rows []learnRow, allowed []bool, l1 float32) {
	random := rand.New(rand.NewPCG(1, 2))
	g := make([]float32, f.columns)
	sum := make([]float32, len(f.w))
	averaged := max(1, f.o.Averaged)
	var thin learnRow
	for epoch := range f.o.Epochs {
		for _, i := range random.Perm(len(rows)) {
			r := &rows[i]
			if r.weight == 0 {
				continue
			}
			if f.o.Drop > 0 {
				thin.thinOut(r, f.o.Drop, random)
				r = &thin
			}
			f.predict(r, g)
			for c, goal := range r.goal {
				if goal == unlabelled {
					g[c] = 0
					continue
				}
				g[c] = (g[c] - goal) * r.weight
			}
			for _, k := range r.words {
				if allowed[k] {
					f.move(k, g, r.damp, l1)
				}
			}
			for _, x := range r.dense {
				f.move(uint32(f.words)+x.number, g, x.value, 0)
			}
		}
		if epoch >= f.o.Epochs-averaged {
			for k, w := range f.w {
				sum[k] += w
			}
		}
	}
	for k := range sum {
		f.w[k] = f.scale[k] * sum[k] / float32(averaged)
	}
}

// thinOut makes r a text with a share of its words left out; what stays counts the more.
func (r *learnRow) thinOut(of *learnRow, share float64, random *rand.Rand) {
	words := r.words[:0]
	for _, k := range of.words {
		if random.Float64() >= share {
			words = append(words, k)
		}
	}
	*r = *of
	r.words, r.damp = words, of.damp/float32(1-share)
}

// predict fills in the chances of the columns.
func (f *ftrl) predict(r *learnRow, z []float32) {
	clear(z)
	copy(z, r.offset)
	for _, k := range r.words {
		at := int(k) * f.columns
		scale := f.scale[at : at+f.columns]
		for c, w := range f.of(k) {
			z[c] += r.damp * scale[c] * w
		}
	}
	for _, x := range r.dense {
		for c, w := range f.of(uint32(f.words) + x.number) {
			z[c] += x.value * w
		}
	}
	f.link(z)
}

// move takes one step along the gradient g*v.
func (f *ftrl) move(k uint32, g []float32, v, l1 float32) {
	at := int(k) * f.columns
	z, sq, w, scale := f.z[at:at+len(g)], f.sq[at:at+len(g)], f.w[at:at+len(g)], f.scale[at:at+len(g)]
	rate, l2 := float32(f.o.Rate), float32(f.o.L2)
	for c := range g {
		if g[c] == 0 || f.only != nil && int(k) < f.words && f.only[at+c] == 0 {
			continue
		}
		step := g[c] * v * scale[c]
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
