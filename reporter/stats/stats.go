// Package stats makes honest figures of waits and shares: each with the interval
// that its n allows, none where n allows none.
//
// Rules of this package:
//
//   - Pure functions over counts and whole seconds; standard library only.
//   - Intervals have a confidence of 95 % (Level), two-sided.
//   - Where there are too few values for a figure, ok is false and there is none.
//   - Every method names its source, and a test checks it against a published
//     example or another implementation.
//
// A Sample is what the figures are made from: raw waits (Of), or daily histograms
// added up (Histogram.Sample), then within 1 % of the raw ones.
package stats

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// Level is the confidence of all intervals, and z its two-sided normal quantile.
const (
	Level = 0.95
	z     = 1.959963984540054
)

// An Interval is a confidence interval at Level, both ends included.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// A Sample is a set of waits in seconds: each value once, in order, with how many
// waits have it. The zero value is the empty set.
type Sample struct {
	values []int64
	upTo   []int64 // how many waits are at most as long as the value
}

// Of makes a sample of raw waits, in any order.
func Of(waits []int64) Sample {
	sorted := slices.Clone(waits)
	slices.Sort(sorted)
	var s Sample
	for _, v := range sorted {
		s.add(v, 1)
	}
	return s
}

// Pool is all waits of the samples together.
func Pool(samples ...Sample) Sample {
	type point struct{ value, n int64 }
	var points []point
	for _, s := range samples {
		for i, v := range s.values {
			points = append(points, point{v, s.count(i)})
		}
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.value, b.value) })
	var pool Sample
	for _, p := range points {
		pool.add(p.value, p.n)
	}
	return pool
}

// Without is the sample less the waits of a part of it.
func (s Sample) Without(part Sample) Sample {
	var rest Sample
	k := 0
	for i, v := range s.values {
		n := s.count(i)
		if k < len(part.values) && part.values[k] == v {
			n -= part.count(k)
			k++
		}
		if n > 0 {
			rest.add(v, n)
		}
	}
	return rest
}

// add appends n waits that are at least as long as all before.
func (s *Sample) add(value, n int64) {
	last := len(s.values) - 1
	if last >= 0 && s.values[last] == value {
		s.upTo[last] += n
		return
	}
	if last >= 0 {
		n += s.upTo[last]
	}
	s.values = append(s.values, value)
	s.upTo = append(s.upTo, n)
}

func (s Sample) count(i int) int64 {
	if i == 0 {
		return s.upTo[0]
	}
	return s.upTo[i] - s.upTo[i-1]
}

// N is how many waits there are.
func (s Sample) N() int { return int(s.n()) }

func (s Sample) n() int64 {
	if len(s.upTo) == 0 {
		return 0
	}
	return s.upTo[len(s.upTo)-1]
}

// rank is the k-th shortest wait, k from 1 to n.
func (s Sample) rank(k int64) int64 {
	return s.values[sort.Search(len(s.upTo), func(i int) bool { return s.upTo[i] >= k })]
}

// Median is the middle wait, or half way between the middle two; false if there
// are none.
func (s Sample) Median() (int64, bool) {
	n := s.n()
	if n == 0 {
		return 0, false
	}
	lo, hi := s.rank((n+1)/2), s.rank(n/2+1)
	return lo + (hi-lo)/2, true
}

// Quantile is the shortest wait that a share p of all do not exceed: the nearest
// rank, always a wait that occurred. False if there are none.
func (s Sample) Quantile(p float64) (int64, bool) {
	n := s.n()
	if n == 0 {
		return 0, false
	}
	k := int64(math.Ceil(p*float64(n) - 1e-9))
	return s.rank(min(max(k, 1), n)), true
}

// Mean is the arithmetic mean; false if there are no waits.
func (s Sample) Mean() (float64, bool) {
	if s.n() == 0 {
		return 0, false
	}
	sum := 0.0
	for i, v := range s.values {
		sum += float64(v) * float64(s.count(i))
	}
	return sum / float64(s.n()), true
}

// Over is how many waits are longer than the limit.
func (s Sample) Over(limit int64) int {
	i := sort.Search(len(s.values), func(i int) bool { return s.values[i] > limit })
	if i == 0 {
		return s.N()
	}
	return int(s.n() - s.upTo[i-1])
}

// QuantileInterval is the order-statistic interval of a quantile: it holds whatever
// the distribution. It is false where n is too small to have both ends: below 6
// for the median, below 36 for p = 0.9.
//
// Source: W. J. Conover, Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2.
func (s Sample) QuantileInterval(p float64) (low, high int64, ok bool) {
	l, u, ok := quantileRanks(s.n(), p)
	if !ok {
		return 0, 0, false
	}
	return s.rank(l), s.rank(u), true
}

// quantileRanks finds the ranks of the ends: the number of waits below the
// quantile is binomial, so P(at most l-1) and P(at least u) may be 2.5 % each.
func quantileRanks(n int64, p float64) (l, u int64, ok bool) {
	if n < 1 || p <= 0 || p >= 1 {
		return 0, 0, false
	}
	const tail = (1 - Level) / 2
	mean, sd := float64(n)*p, math.Sqrt(float64(n)*p*(1-p))
	k := max(0, int64(mean-12*sd)) // below lies less than rounding
	pmf := math.Exp(logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	for cdf := pmf; k < n; k++ {
		if cdf <= tail {
			l = k + 1
		}
		if cdf >= 1-tail {
			return l, k + 1, l > 0
		}
		pmf *= float64(n-k) / float64(k+1) * p / (1 - p)
		cdf += pmf
	}
	return l, 0, false
}

func logChoose(n, k int64) float64 {
	lg := func(v int64) float64 { g, _ := math.Lgamma(float64(v) + 1); return g }
	return lg(n) - lg(k) - lg(n-k)
}
