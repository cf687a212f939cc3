package stats

import "math"

// Fisher is the two-sided p-value of Fisher's exact test that two shares, a of na
// and b of nb, are one: the probability of all tables with the same margins that are
// no more likely than this one. 1 if either n is 0.
//
// Source: R. A. Fisher, Statistical Methods for Research Workers, 5th ed. 1934,
// section 21.02.
func Fisher(a, na, b, nb int) float64 {
	if na <= 0 || nb <= 0 {
		return 1
	}
	hits, first, second := int64(a+b), int64(na), int64(nb)
	// The logarithm of the probability of a hits among the first.
	seen := logChoose(first, int64(a)) + logChoose(second, int64(b)) - logChoose(first+second, hits)
	if seen < -700 {
		return 0 // less than can be written
	}
	low, high := max(0, hits-second), min(hits, first)
	p := math.Exp(seen)
	for _, step := range []int64{-1, 1} {
		l := seen
		for k := int64(a) + step; low <= k && k <= high; k += step {
			// From the table before, by the ratio of neighbours.
			if below := k - 1; step > 0 {
				l += logRatio(below, first, second, hits)
			} else {
				l -= logRatio(k, first, second, hits)
			}
			if l <= seen+1e-7 { // equally likely ones may differ by rounding
				p += math.Exp(l)
			}
			if l < seen-40 {
				break // what is beyond adds nothing
			}
		}
	}
	return min(1, p)
}

// logRatio is by how much a table of k+1 hits among the first is likelier than one of k.
func logRatio(k, first, second, hits int64) float64 {
	return math.Log(float64(first-k) * float64(hits-k) / (float64(k+1) * float64(second-hits+k+1)))
}

// Kappa is Cohen's kappa of a square table of counts, one rater's classes down and
// the other's across: the agreement beyond that of chance, 1 where it is perfect,
// with its large-sample interval. False where chance alone explains everything (all
// in one class) or there is nothing.
//
// Sources: J. Cohen, Educ. Psychol. Meas. 20 (1960) 37; the variance of J. L. Fleiss, J. Cohen,
// B. S. Everitt, Psychol. Bull. 72 (1969) 323.
func Kappa(table [][]int) (kappa float64, iv Interval, ok bool) {
	n := 0.0
	rows, columns := make([]float64, len(table)), make([]float64, len(table))
	for i, row := range table {
		for j, count := range row {
			n += float64(count)
			rows[i] += float64(count)
			columns[j] += float64(count)
		}
	}
	if n == 0 {
		return 0, Interval{}, false
	}
	var agreed, chance float64
	for i := range table {
		rows[i] /= n
		columns[i] /= n
	}
	for i := range table {
		agreed += float64(table[i][i]) / n
		chance += rows[i] * columns[i]
	}
	if chance >= 1 {
		return 0, Interval{}, false
	}
	kappa = (agreed - chance) / (1 - chance)
	var spread float64
	for i, row := range table {
		for j, count := range row {
			weight := (columns[i] + rows[j]) * (1 - kappa)
			if i == j {
				weight -= 1
			}
			spread += float64(count) / n * weight * weight
		}
	}
	bias := kappa - chance*(1-kappa)
	variance := max(0, spread-bias*bias) / (n * (1 - chance) * (1 - chance))
	half := z * math.Sqrt(variance)
	return kappa, Interval{max(-1, kappa-half), min(1, kappa+half)}, true
}
