package stats

import (
	"cmp"
	"math"
	"slices"
)

// Wilson is the score interval of a share, count of n. With n = 0 it is all of 0 to 1.
//
// Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209; as method 3 of R. G.
// Newcombe, Statistics in Medicine 17 (1998) 857.
func Wilson(count, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	f, p := float64(n), float64(count)/float64(n)
	mid := p + z*z/(2*f)
	half := z * math.Sqrt(p*(1-p)/f+z*z/(4*f*f))
	iv := Interval{max(0, (mid-half)/(1+z*z/f)), min(1, (mid+half)/(1+z*z/f))}
	if count == 0 {
		iv.Low = 0 // not the rounding error beside it
	}
	if count == n {
		iv.High = 1
	}
	return iv
}

// Newcombe is the change of a share, from count of n before to count of n now,
// with its hybrid score interval. False if either n is 0.
//
// Source: method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998) 873.
func Newcombe(before, nBefore, now, nNow int) (change float64, iv Interval, ok bool) {
	if nBefore <= 0 || nNow <= 0 {
		return 0, Interval{}, false
	}
	p1, p2 := float64(now)/float64(nNow), float64(before)/float64(nBefore)
	w1, w2 := Wilson(now, nNow), Wilson(before, nBefore)
	change = p1 - p2
	return change, Interval{
		change - math.Hypot(p1-w1.Low, w2.High-p2),
		change + math.Hypot(w1.High-p1, p2-w2.Low),
	}, true
}

// BenjaminiHochberg says of each p-value whether it stays a discovery when among
// all discoveries at most a share q may be false.
//
// Source: Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57 (1995) 289.
func BenjaminiHochberg(p []float64, q float64) []bool {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	discovered := make([]bool, len(p))
	for k, last := len(p)-1, false; k >= 0; k-- {
		last = last || p[order[k]] <= float64(k+1)/float64(len(p))*q
		discovered[order[k]] = last
	}
	return discovered
}

// A Group is one part of a whole, such as a channel, in two periods.
type Group struct {
	Name              string
	NBefore, NNow     int
	Before, Now       float64 // means; of no meaning where the n is 0
	Within, MixEffect float64 // filled in by Mix: what the group adds to each part
}

// A Mixed is a change of a mean, split in two: Within is what it would have been
// with the parts as large as before, Mix what the shift between the parts did.
// Now - Before = Within + Mix.
type Mixed struct {
	Before, Now, Within, Mix float64
	Groups                   []Group
}

// Mix splits the change of an overall mean, so that a total that rose although
// every part fell (Simpson's paradox) is seen for what it is. A part that is absent
// from one period changes the mix only. False if either period is empty.
//
// Source: E. M. Kitagawa, J. Am. Stat. Assoc. 50 (1955) 1168, with the first period
// as the standard.
func Mix(groups []Group) (m Mixed, ok bool) {
	var nBefore, nNow float64
	for _, g := range groups {
		nBefore += float64(g.NBefore)
		nNow += float64(g.NNow)
	}
	if nBefore == 0 || nNow == 0 {
		return Mixed{}, false
	}
	for _, g := range groups {
		if g.NBefore > 0 {
			m.Before += float64(g.NBefore) / nBefore * g.Before
		}
		if g.NNow > 0 {
			m.Now += float64(g.NNow) / nNow * g.Now
		}
	}
	m.Groups = slices.Clone(groups)
	for i := range m.Groups {
		g := &m.Groups[i]
		wBefore, wNow := float64(g.NBefore)/nBefore, float64(g.NNow)/nNow
		g.Within = 0
		level := g.Now
		switch {
		case g.NNow == 0:
			level = g.Before
		case g.NBefore > 0:
			g.Within = wBefore * (g.Now - g.Before)
		}
		if g.NBefore == 0 && g.NNow == 0 {
			level = m.Before
		}
		// Shares add up to 1 in both periods, so a level may be told relative to
		// the old mean: a part adds by growing where it is above it.
		g.MixEffect = (wNow - wBefore) * (level - m.Before)
		m.Within += g.Within
		m.Mix += g.MixEffect
	}
	return m, true
}
