package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func TestStudentT(t *testing.T) {
	for v := 1.0; v < 3000; v++ {
		want := distuv.StudentsT{Sigma: 1, Nu: v}.Quantile(1 - (1-Level)/2)
		if got := studentT(v); v != 3 && !near(got, want, want/1000) {
			t.Errorf("t with %v degrees of freedom is %v, want %v", v, got, want)
		}
	}
}

func TestMean(t *testing.T) {
	// Student's own data: the additional hours of sleep by the second drug.
	hours := []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
	var sum, squares float64
	for _, h := range hours {
		sum += h
		squares += h * h
	}
	mean, iv, ok := Mean(len(hours), sum, squares)
	if !ok || !near(mean, 2.33, 1e-9) || !near(iv.Low, 0.8977, 1e-3) || !near(iv.High, 3.7623, 1e-3) {
		t.Errorf("%v %v %v, want 2.33 in 0.90 to 3.76", mean, iv, ok)
	}
	if _, _, ok := Mean(1, 3, 9); ok {
		t.Error("an interval of one value")
	}
	if mean, iv, ok := Mean(3, 0.3, 0.03); !ok || !near(iv.High-iv.Low, 0, 1e-7) || !near(mean, 0.1, 1e-9) {
		t.Errorf("of equal values %v %v", mean, iv)
	}
}

func TestMeanAgainstGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1, 7), 5, 200).Draw(t, "values")
		var sum, squares float64
		for _, v := range values {
			sum += v
			squares += v * v
		}
		want, sd := stat.MeanStdDev(values, nil)
		half := sd / math.Sqrt(float64(len(values))) * distuv.StudentsT{Sigma: 1, Nu: float64(len(values) - 1)}.Quantile(.975)
		mean, iv, ok := Mean(len(values), sum, squares)
		if !ok || !near(mean, want, 1e-9) || !near(iv.Low, want-half, 1e-5+half/1000) || !near(iv.High, want+half, 1e-5+half/1000) {
			t.Fatalf("%v %v, want %v ± %v", mean, iv, want, half)
		}
	})
}

func TestFisher(t *testing.T) {
	for _, tt := range []struct {
		a, na, b, nb int
		want         float64
	}{
		{3, 4, 1, 4, .4857},     // the lady tasting tea
		{10, 13, 2, 17, .00054}, // Fisher's own: twins of convicts
		{1, 12, 9, 12, .0028},   // the studying men and women of textbooks
		{0, 10, 0, 20, 1},
		{5, 5, 0, 5, .0079},
		{0, 0, 3, 9, 1},
	} {
		if got := Fisher(tt.a, tt.na, tt.b, tt.nb); !near(got, tt.want, 6e-5) {
			t.Errorf("Fisher(%d of %d, %d of %d) = %.5f, want %.5f", tt.a, tt.na, tt.b, tt.nb, got, tt.want)
		}
	}
}

// Fisher's test by adding up all tables.
func TestFisherAgainstAllTables(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		na, nb := rapid.IntRange(1, 60).Draw(t, "na"), rapid.IntRange(1, 60).Draw(t, "nb")
		a, b := rapid.IntRange(0, na).Draw(t, "a"), rapid.IntRange(0, nb).Draw(t, "b")
		choose := func(n, k int) float64 {
			if k < 0 || k > n {
				return 0
			}
			p := 1.0
			for i := range k {
				p = p * float64(n-i) / float64(i+1)
			}
			return p
		}
		this, want, all := choose(na, a)*choose(nb, b), 0.0, 0.0
		for k := 0; k <= a+b; k++ {
			p := choose(na, k) * choose(nb, a+b-k)
			all += p
			if p <= this*(1+1e-7) {
				want += p
			}
		}
		if got := Fisher(a, na, b, nb); !near(got, want/all, 1e-6) {
			t.Fatalf("Fisher(%d of %d, %d of %d) = %v, want %v", a, na, b, nb, got, want/all)
		}
		if x, y := Fisher(a, na, b, nb), Fisher(b, nb, a, na); !near(x, y, 1e-9) {
			t.Fatalf("it matters which share comes first: %v, %v", x, y)
		}
	})
}

func TestKappa(t *testing.T) {
	for _, tt := range []struct {
		table     [][]int
		kappa     float64
		low, high float64
		ok        bool
	}{
		// Cohen's grant proposals of textbooks: 50 cases, .7 agreed, .5 by chance.
		{[][]int{{20, 5}, {10, 15}}, .4, .1511, .6489, true},
		// The interval by the delta method with numerical derivatives.
		{[][]int{{25, 8, 2}, {6, 10, 4}, {1, 5, 19}}, .5042, .3509, .6575, true},
		{[][]int{{9, 0, 0}, {0, 9, 0}, {0, 0, 2}}, 1, 1, 1, true},
		{[][]int{{7, 0}, {0, 0}}, 0, 0, 0, false},
		{[][]int{{0, 0}, {0, 0}}, 0, 0, 0, false},
	} {
		k, iv, ok := Kappa(tt.table)
		if ok != tt.ok || ok && (!near(k, tt.kappa, 5e-5) || !near(iv.Low, tt.low, 5e-5) || !near(iv.High, tt.high, 5e-5)) {
			t.Errorf("kappa of %v is %.4f %v %v, want %v [%v, %v]", tt.table, k, iv, ok, tt.kappa, tt.low, tt.high)
		}
	}
}

// The interval holds the true kappa about as often as it says.
func TestKappaCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	p := [3][3]float64{{.3, .05, .05}, {.1, .15, .05}, {.02, .08, .2}}
	var agreed, chance float64
	for i := range 3 {
		agreed += p[i][i]
		chance += (p[i][0] + p[i][1] + p[i][2]) * (p[0][i] + p[1][i] + p[2][i])
	}
	truth := (agreed - chance) / (1 - chance)
	const rounds = 2000
	held := 0
	for range rounds {
		table := [][]int{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}
		for range 150 {
			u := rng.Float64()
			for cell := range 9 {
				if u -= p[cell/3][cell%3]; u < 0 || cell == 8 {
					table[cell/3][cell%3]++
					break
				}
			}
		}
		if _, iv, ok := Kappa(table); ok && iv.Low <= truth && truth <= iv.High {
			held++
		}
	}
	if share := float64(held) / rounds; share < .93 || share > .97 {
		t.Errorf("the interval holds in %.3f of the rounds", share)
	}
}

// A pool without one of its parts is the others.
func TestWithout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wait := rapid.SliceOfN(rapid.Int64Range(0, 50), 0, 60)
		a, b := Of(wait.Draw(t, "a")), Of(wait.Draw(t, "b"))
		if got := Pool(a, b).Without(b); !slices.Equal(got.values, a.values) || !slices.Equal(got.upTo, a.upTo) {
			t.Fatalf("%v, want %v", got, a)
		}
	})
}
