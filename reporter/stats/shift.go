package stats

import (
	"math"
	"slices"
)

// A Shift is by how much waits moved: the Hodges-Lehmann estimate, which is the
// median of all differences between a wait now and one before, with its interval.
type Shift struct {
	Seconds   int64   `json:"seconds"`
	Low       int64   `json:"low"`
	High      int64   `json:"high"`
	NBefore   int     `json:"n_before"`
	NNow      int     `json:"n_now"`
	Exclusive bool    `json:"excludes_zero"`
	P         float64 `json:"p"` // of the Wilcoxon-Mann-Whitney test of no shift, two-sided
}

// Shifted estimates the shift from before to now. It is false where the samples are
// too small for an interval at Level.
//
// The interval inverts the Wilcoxon-Mann-Whitney test: exactly where both samples
// have fewer than 50 waits and no two are equal, else by the normal approximation
// with correction for ties. Sources: J. L. Hodges, E. L. Lehmann, Ann. Math. Stat. 34
// (1963) 598; M. Hollander, D. A. Wolfe, Nonparametric Statistical Methods, 2nd ed.
// 1999, sections 4.1 to 4.3.
func Shifted(before, now Sample) (Shift, bool) {
	n, m := before.n(), now.n()
	if n == 0 || m == 0 {
		return Shift{}, false
	}
	pairs := n * m
	exact := n < 50 && m < 50 && untied(before, now)
	var k int64 // the interval runs from the k-th difference to the k-th from above
	if exact {
		k = rankSumQuantile(int(n), int(m))
	} else {
		k = int64(math.Floor(float64(pairs)/2 - z*rankSumSD(before, now)))
	}
	if k < 1 {
		return Shift{}, false
	}
	lo, hi := nthDifference(before, now, (pairs+1)/2), nthDifference(before, now, pairs/2+1)
	s := Shift{
		Seconds: lo + (hi-lo)/2,
		Low:     nthDifference(before, now, k),
		High:    nthDifference(before, now, pairs-k+1),
		NBefore: int(n), NNow: int(m),
		P: rankSumP(before, now, exact),
	}
	s.Exclusive = s.Low > 0 || s.High < 0
	return s, true
}

// untied says whether all waits of both samples differ.
func untied(a, b Sample) bool {
	p := Pool(a, b)
	return int64(len(p.values)) == p.n()
}

// notAbove is how many differences now - before are at most d.
func notAbove(before, now Sample, d int64) int64 {
	total, j := int64(0), 0
	for i, b := range before.values {
		for j < len(now.values) && now.values[j]-b <= d {
			j++
		}
		if j > 0 {
			total += before.count(i) * now.upTo[j-1]
		}
	}
	return total
}

// nthDifference is the k-th smallest difference now - before. It halves the range
// of possible seconds, and counts: the differences are never laid out.
func nthDifference(before, now Sample, k int64) int64 {
	lo := now.values[0] - before.values[len(before.values)-1]
	hi := now.values[len(now.values)-1] - before.values[0]
	for lo < hi {
		mid := lo + (hi-lo)/2
		if notAbove(before, now, mid) >= k {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// rankSumSD is the standard deviation of the Mann-Whitney U under no shift.
func rankSumSD(a, b Sample) float64 {
	n, m := float64(a.n()), float64(b.n())
	total := n + m
	ties := 0.0
	p := Pool(a, b)
	for i := range p.values {
		t := float64(p.count(i))
		ties += t*t*t - t
	}
	if total < 2 {
		return 0
	}
	return math.Sqrt(n * m / 12 * (total + 1 - ties/(total*(total-1))))
}

// rankSumP is the two-sided p-value of the Wilcoxon-Mann-Whitney test.
func rankSumP(before, now Sample, exact bool) float64 {
	below := notAbove(before, now, -1)
	equal := notAbove(before, now, 0) - below
	pairs := before.n() * now.n()
	u := float64(below) + float64(equal)/2
	u = min(u, float64(pairs)-u)
	if exact {
		cdf := rankSumCDF(int(before.n()), int(now.n()))
		return min(1, 2*cdf[int(u)])
	}
	sd := rankSumSD(before, now)
	if sd == 0 {
		return 1
	}
	return min(1, math.Erfc((float64(pairs)/2-u-0.5)/sd/math.Sqrt2)) // corrected for continuity
}

// rankSumQuantile is the number of differences that the interval leaves out at
// each end, plus one: the greatest k with P(U < k) at most 2.5 %; 0 if there is none.
func rankSumQuantile(n, m int) int64 {
	cdf := rankSumCDF(n, m)
	k := 0
	for k < len(cdf) && cdf[k] <= (1-Level)/2 {
		k++
	}
	return int64(k)
}

// rankSumCDF is P(U <= u) without ties. The number of orders with U = u is the
// coefficient of x^u in the Gaussian binomial of (n+m, n), which is a product of
// (1-x^(m+i))/(1-x^i), i from 1 to n.
func rankSumCDF(n, m int) []float64 {
	ways := make([]float64, n*m+1)
	ways[0] = 1
	for i := 1; i <= n; i++ {
		for u := len(ways) - 1; u >= m+i; u-- {
			ways[u] -= ways[u-m-i]
		}
		for u := i; u < len(ways); u++ {
			ways[u] += ways[u-i]
		}
	}
	total := 0.0
	cdf := slices.Clone(ways)
	for u, w := range ways {
		total += w
		cdf[u] = total
	}
	for u := range cdf {
		cdf[u] /= total
	}
	return cdf
}
