package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// Table I of Newcombe, Statistics in Medicine 17 (1998) 857: method 3.
func TestWilsonPublished(t *testing.T) {
	for _, tt := range []struct {
		count, n  int
		low, high float64
	}{
		{81, 263, .2553, .3662},
		{15, 148, .0624, .1605},
		{0, 20, 0, .1611},
		{1, 29, .0061, .1718},
		{0, 0, 0, 1},
		{5, 5, .5655, 1},
	} {
		if iv := Wilson(tt.count, tt.n); !near(iv.Low, tt.low, 5e-5) || !near(iv.High, tt.high, 5e-5) {
			t.Errorf("Wilson(%d, %d) = %.4f, want %.4f to %.4f", tt.count, tt.n, iv, tt.low, tt.high)
		}
	}
}

// Table II of Newcombe, Statistics in Medicine 17 (1998) 873: method 10.
func TestNewcombePublished(t *testing.T) {
	for _, tt := range []struct {
		now, nNow, before, nBefore int
		low, high                  float64
	}{
		{56, 70, 48, 80, .0524, .3339},
		{9, 10, 3, 10, .1705, .8090},
		{6, 7, 2, 7, .0582, .8062},
		{5, 56, 0, 29, -.0381, .1926},
		{0, 10, 0, 20, -.1611, .2775},
		{0, 10, 0, 10, -.2775, .2775},
		{10, 10, 0, 20, .6791, 1},
		{10, 10, 0, 10, .6075, 1},
	} {
		_, iv, ok := Newcombe(tt.before, tt.nBefore, tt.now, tt.nNow)
		if !ok || !near(iv.Low, tt.low, 5e-5) || !near(iv.High, tt.high, 5e-5) {
			t.Errorf("%+v: got %.4f", tt, iv)
		}
	}
	if _, _, ok := Newcombe(0, 0, 1, 2); ok {
		t.Error("an interval of a share of nothing")
	}
}

// The 15 p-values of section 3.1 of Benjamini and Hochberg's paper: four are discoveries at 5 %.
func TestBenjaminiHochbergPublished(t *testing.T) {
	p := []float64{.0459, .0001, .5719, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .3240, .4262, .6528, .7590, 1}
	got := BenjaminiHochberg(p, .05)
	for i := range p {
		if got[i] != (p[i] <= .0095) {
			t.Errorf("p = %v: %v", p[i], got[i])
		}
	}
	if len(BenjaminiHochberg(nil, .05)) != 0 {
		t.Error("discoveries among nothing")
	}
}

// Remission under 6-MP (Freireich 1963), the worked example of most textbooks of
// survival: e.g. Collett, Modelling Survival Data in Medical Research, or R's
// survival package with MASS::gehan.
func TestKaplanMeierPublished(t *testing.T) {
	answered := []int64{6, 6, 6, 7, 10, 13, 16, 22, 23}
	open := []int64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35}
	curve := KaplanMeier(Of(answered), open)
	want := []struct {
		at, risk, n int64
		share       float64
	}{
		{6, 21, 3, .857},
		{7, 17, 1, .807},
		{10, 15, 1, .753},
		{13, 12, 1, .690},
		{16, 11, 1, .627},
		{22, 7, 1, .538},
		{23, 6, 1, .448},
	}
	if len(curve) != len(want) {
		t.Fatalf("%d points, want %d: %v", len(curve), len(want), curve)
	}
	for i, w := range want {
		if p := curve[i]; p.Seconds != w.at || p.AtRisk != w.risk || p.Answered != w.n || !near(p.Remaining, w.share, 5e-4) {
			t.Errorf("point %d is %+v, want %+v", i, p, w)
		}
	}
	if median, ok := curve.Quantile(.5); !ok || median != 23 {
		t.Errorf("median %v %v, want 23", median, ok)
	}
	if _, ok := curve.Quantile(.9); ok {
		t.Error("a p90, though 45 % were never seen to end")
	}
}

// The example of docs/waits.md: the naive median hides the four that still wait.
func TestKaplanMeierOpenWaits(t *testing.T) {
	h := int64(3600)
	answered := Of([]int64{1 * h, 2 * h, 3 * h, 4 * h})
	curve := KaplanMeier(answered, []int64{5 * h, 6 * h, 7 * h, 8 * h})
	for i, want := range []float64{.875, .75, .625, .5} {
		if !near(curve[i].Remaining, want, 1e-12) {
			t.Errorf("step %d is %v, want %v", i, curve[i].Remaining, want)
		}
	}
	if got, ok := curve.Quantile(.5); !ok || got != 4*h {
		t.Errorf("median %v, want 4 h", got)
	}
	if got, _ := answered.Median(); got != 5*h/2 {
		t.Errorf("naive median %v, want 2.5 h", got)
	}
}

// Permeability of human chorioamnion at term and at 12 to 26 weeks (Hollander and Wolfe,
// table 4.1; the example of R's wilcox.test): the estimate at term minus early is
// 0.305, W = 35, one-sided p = 0.1272. Hundredths stand for seconds.
func TestShiftedPublished(t *testing.T) {
	term := Of([]int64{80, 83, 189, 104, 145, 138, 191, 164, 73, 146})
	early := Of([]int64{115, 88, 90, 74, 121})
	s, ok := Shifted(early, term)
	// 0.305 is half way between 30 and 31 hundredths; whole seconds are kept.
	if !ok || s.Seconds != 30 {
		t.Errorf("shift %+v %v, want 30", s, ok)
	}
	if !near(s.P, 2*.1272, 1e-4) {
		t.Errorf("p %v, want twice .1272", s.P)
	}
	// R: wilcox.test(term, early, conf.int = TRUE): 95 percent confidence interval -0.15 0.76
	if s.Low != -15 || s.High != 76 || s.Exclusive {
		t.Errorf("interval %d to %d, want -15 to 76", s.Low, s.High)
	}
}

// All differences laid out give the same as counting them.
func TestShiftedAgainstDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wait := rapid.Int64Range(0, 500)
		a := rapid.SliceOfN(wait, 4, 60).Draw(t, "before")
		b := rapid.SliceOfN(wait, 4, 60).Draw(t, "now")
		var all []int64
		for _, x := range a {
			for _, y := range b {
				all = append(all, y-x)
			}
		}
		slices.Sort(all)
		for k, want := range all {
			if got := nthDifference(Of(a), Of(b), int64(k+1)); got != want {
				t.Fatalf("difference %d is %d, want %d", k+1, got, want)
			}
		}
		s, ok := Shifted(Of(a), Of(b))
		if ok && (s.Seconds < s.Low || s.Seconds > s.High) {
			t.Fatalf("estimate outside of its interval: %+v", s)
		}
	})
}

// The exact distribution of U: small cases counted by hand over all orders, and the
// critical values of the printed tables (two-sided 5 %: Hollander and Wolfe, table A.6;
// U at most 2 for 5 and 5, 23 for 10 and 10, 127 for 20 and 20 is significant).
func TestRankSumTables(t *testing.T) {
	for _, tt := range []struct{ n, m, critical int }{{5, 5, 2}, {4, 4, 0}, {5, 8, 6}, {10, 10, 23}, {20, 20, 127}} {
		if got := rankSumQuantile(tt.n, tt.m) - 1; got != int64(tt.critical) {
			t.Errorf("U of %d and %d: critical value %d, want %d", tt.n, tt.m, got, tt.critical)
		}
	}
	if got := rankSumQuantile(3, 3); got != 0 {
		t.Errorf("3 and 3 have an interval from rank %d; they can have none", got)
	}
}

// The normal approximation is close to the exact one where both can be had.
func TestRankSumApproximation(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		a, b := rng.Perm(10000)[:40], rng.Perm(10000)[:45]
		wa, wb := make([]int64, 40), make([]int64, 45)
		for i, v := range a {
			wa[i] = int64(2 * v)
		}
		for i, v := range b {
			wb[i] = int64(2*v + 1) // never equal to one of a
		}
		exact, approx := rankSumP(Of(wa), Of(wb), true), rankSumP(Of(wa), Of(wb), false)
		if !near(exact, approx, .005) {
			t.Errorf("p %v exactly, %v by approximation", exact, approx)
		}
	}
}

// With many ties the approximation is close to what shuffling the labels gives.
func TestRankSumTies(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	var before, now []int64
	for i := range 40 {
		before = append(before, int64(i%3))
		now = append(now, int64(min(2, i%4)))
	}
	_, u := rankSum(before, now)
	pool := slices.Concat(before, now)
	const rounds = 20000
	asFar := 0
	for range rounds {
		rng.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		if _, v := rankSum(pool[:40], pool[40:]); math.Abs(v) >= math.Abs(u) {
			asFar++
		}
	}
	want := float64(asFar) / rounds
	if got := rankSumP(Of(before), Of(now), false); !near(got, want, .01) {
		t.Errorf("p %v, by shuffling %v", got, want)
	}
}

// rankSum counts pairs plainly: those with the wait now longer, and how far their
// number is from what chance would give, ties counting half.
func rankSum(before, now []int64) (longer, off float64) {
	for _, b := range before {
		for _, n := range now {
			switch {
			case n > b:
				longer++
			case n == b:
				longer += .5
			}
		}
	}
	return longer, longer - float64(len(before)*len(now))/2
}

// How often the interval holds the truth: samples from one shifted distribution.
func TestShiftedCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const rounds = 1500
	held := 0
	for range rounds {
		a, b := make([]int64, 30), make([]int64, 60)
		for i := range a {
			a[i] = int64(rng.ExpFloat64() * 3600)
		}
		for i := range b {
			b[i] = int64(rng.ExpFloat64()*3600) + 600
		}
		if s, ok := Shifted(Of(a), Of(b)); ok && s.Low <= 600 && 600 <= s.High {
			held++
		}
	}
	if share := float64(held) / rounds; share < .935 || share > .97 {
		t.Errorf("the interval holds the truth in %.1f %%, want 95", 100*share)
	}
}

// Ranks of the median's interval as in printed tables (Conover, table A3), and the
// least n of each end.
func TestQuantileRanks(t *testing.T) {
	for _, tt := range []struct {
		n    int64
		p    float64
		l, u int64
		ok   bool
	}{
		{5, .5, 0, 0, false},
		{6, .5, 1, 6, true},
		{10, .5, 2, 9, true},
		{15, .5, 4, 12, true},
		{20, .5, 6, 15, true},
		{50, .5, 18, 33, true},
		{35, .9, 0, 0, false},
		{36, .9, 29, 36, true},
	} {
		l, u, ok := quantileRanks(tt.n, tt.p)
		if ok != tt.ok || (ok && (l != tt.l || u != tt.u)) {
			t.Errorf("n = %d, p = %v: ranks %d and %d, %v; want %d and %d", tt.n, tt.p, l, u, ok, tt.l, tt.u)
		}
	}
}

func TestQuantileRanksAgainstGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 3000).Draw(t, "n")
		p := rapid.SampledFrom([]float64{.1, .5, .75, .9, .95}).Draw(t, "p")
		below := distuv.Binomial{N: float64(n), P: p}
		l, u, ok := quantileRanks(n, p)
		if !ok {
			if all, none := math.Pow(p, float64(n)), math.Pow(1-p, float64(n)); all <= .0249999 && none <= .0249999 {
				t.Fatalf("no interval for n = %d, p = %v", n, p)
			}
			return
		}
		const e = 1e-9
		if below.CDF(float64(l-1)) > .025+e || below.CDF(float64(u-1)) < .975-e {
			t.Fatalf("n = %d, p = %v: ranks %d and %d cover too little", n, p, l, u)
		}
		if below.CDF(float64(l)) <= .025-e || (u >= 2 && below.CDF(float64(u-2)) >= .975+e) {
			t.Fatalf("n = %d, p = %v: ranks %d and %d are wider than need be", n, p, l, u)
		}
	})
}

// The worked example of docs/waits.md: both channels got faster, the total rose.
func TestMixSimpson(t *testing.T) {
	m, ok := Mix([]Group{
		{Name: "email", NBefore: 40, Before: 4, NNow: 90, Now: 3.6},
		{Name: "chat", NBefore: 160, Before: .2, NNow: 110, Now: .18},
	})
	if !ok || !near(m.Before, .96, 1e-9) || !near(m.Now, 1.719, 1e-9) {
		t.Fatalf("%+v", m)
	}
	if !near(m.Before+m.Within, .864, 1e-9) {
		t.Errorf("with the mix as before it is %v, want .864", m.Before+m.Within)
	}
	for _, g := range m.Groups {
		if g.Within >= 0 {
			t.Errorf("%s got faster, and yet adds %v", g.Name, g.Within)
		}
	}
}

func TestMixAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Group {
			return Group{
				NBefore: rapid.IntRange(0, 50).Draw(t, "n before"), NNow: rapid.IntRange(0, 50).Draw(t, "n now"),
				Before: rapid.Float64Range(0, 1e5).Draw(t, "before"), Now: rapid.Float64Range(0, 1e5).Draw(t, "now"),
			}
		}), 1, 8).Draw(t, "groups")
		m, ok := Mix(groups)
		if !ok {
			return
		}
		within, mix := 0.0, 0.0
		for _, g := range m.Groups {
			within += g.Within
			mix += g.MixEffect
		}
		if !near(m.Now-m.Before, m.Within+m.Mix, 1e-6) || !near(within, m.Within, 1e-6) || !near(mix, m.Mix, 1e-6) {
			t.Fatalf("does not add up: %+v", m)
		}
	})
}

func TestSampleIsItsWaits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waits := rapid.SliceOfN(rapid.Int64Range(0, 40), 1, 60).Draw(t, "waits")
		s := Of(waits)
		sorted := slices.Clone(waits)
		slices.Sort(sorted)
		for k, want := range sorted {
			if got := s.rank(int64(k + 1)); got != want {
				t.Fatalf("wait %d is %d, want %d", k, got, want)
			}
		}
		limit := rapid.Int64Range(0, 40).Draw(t, "limit")
		over := len(sorted) - sort.Search(len(sorted), func(i int) bool { return sorted[i] > limit })
		if got := s.Over(limit); got != over {
			t.Fatalf("%d over %d, want %d", got, limit, over)
		}
		if s.N() != len(waits) || Pool(s, s).N() != 2*len(waits) {
			t.Fatalf("n is %d", s.N())
		}
	})
	var none Sample
	_, median := none.Median()
	_, quantile := none.Quantile(.9)
	_, mean := none.Mean()
	_, _, interval := none.QuantileInterval(.5)
	if median || quantile || mean || interval || none.Over(1) != 0 || len(KaplanMeier(none, []int64{1})) != 0 {
		t.Error("figures of no waits at all")
	}
}
