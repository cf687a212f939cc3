package stats

import "math"

// Mean is the mean of n values, of which the sum and the sum of squares are known,
// with its interval by Student's t. False below 2 values: one tells nothing of how
// far they spread.
//
// Source: Student, Biometrika 6 (1908) 1; the quantile by the expansion of M.
// Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 1964, 26.7.5: from 5
// values on it is right to a thousandth of itself.
func Mean(n int, sum, squares float64) (mean float64, iv Interval, ok bool) {
	if n < 2 {
		return 0, Interval{}, false
	}
	f := float64(n)
	mean = sum / f
	variance := max(0, (squares-sum*mean)/(f-1)) // rounding may leave a little less than none
	half := studentT(f-1) * math.Sqrt(variance/f)
	return mean, Interval{mean - half, mean + half}, true
}

// studentT is the two-sided quantile at Level of Student's t with v degrees of freedom.
func studentT(v float64) float64 {
	switch v {
	case 1:
		return 12.706204736432095
	case 2:
		return 4.302652729911275
	}
	const (
		z2 = z * z
		g1 = z * (z2 + 1) / 4
		g2 = z * ((5*z2+16)*z2 + 3) / 96
		g3 = z * (((3*z2+19)*z2+17)*z2 - 15) / 384
		g4 = z * ((((79*z2+776)*z2+1482)*z2-1920)*z2 - 945) / 92160
	)
	return z + (g1+(g2+(g3+g4/v)/v)/v)/v
}
