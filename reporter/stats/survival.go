package stats

import "slices"

// A Curve is the share of questions that are still unanswered after a time, as
// estimated from answered and open ones together.
type Curve []CurvePoint

// A CurvePoint is a time at which at least one question was answered.
type CurvePoint struct {
	Seconds   int64   `json:"seconds"`
	AtRisk    int64   `json:"at_risk"` // waits at least that long
	Answered  int64   `json:"answered"`
	Remaining float64 `json:"unanswered"` // the share still waiting right after
}

// KaplanMeier estimates the curve from the waits of answered questions and the
// ages of open ones. An open wait of the same length as an answered one counts as
// longer.
//
// Source: E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53 (1958) 457.
func KaplanMeier(answered Sample, open []int64) Curve {
	open = slices.Clone(open)
	slices.Sort(open)
	atRisk := answered.n() + int64(len(open))
	curve := make(Curve, 0, len(answered.values))
	share := 1.0
	left := 0 // open waits that are shorter than the point
	for i, v := range answered.values {
		for left < len(open) && open[left] < v {
			left++
			atRisk--
		}
		n := answered.count(i)
		share *= float64(atRisk-n) / float64(atRisk)
		curve = append(curve, CurvePoint{v, atRisk, n, share})
		atRisk -= n
	}
	return curve
}

// Quantile is the time within which a share p is answered: 0.5 for the median. It
// is false if so few are answered that the curve does not get there.
func (c Curve) Quantile(p float64) (int64, bool) {
	for _, pt := range c {
		if pt.Remaining <= 1-p+1e-12 { // the product of fractions is not exact
			return pt.Seconds, true
		}
	}
	return 0, false
}
