package stats

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Stored bucket numbers must mean the same for ever.
func TestBucketsNeverChange(t *testing.T) {
	for _, tt := range []struct {
		seconds int64
		bucket  int
	}{
		{-5, 0},
		{0, 0},
		{1, 1},
		{256, 256},
		{257, 257},
		{261, 257},
		{262, 258},
		{3600, 416},
		{86400, 616},
		{30 * 86400, 830},
		{1 << 62, len(bucketStarts) - 1},
	} {
		if got := Bucket(tt.seconds); got != tt.bucket {
			t.Errorf("%d s is in bucket %d, want %d", tt.seconds, got, tt.bucket)
		}
	}
	if len(bucketStarts) != 1285 {
		t.Errorf("%d buckets, want 1285", len(bucketStarts))
	}
}

func TestBucketWithinOnePercent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, 1e6), rapid.Int64Range(0, 100*366*86400)).Draw(t, "seconds")
		got := bucketValue(Bucket(seconds))
		if diff := got - seconds; diff > seconds/100+1 || 100*max(diff, -diff) > seconds {
			t.Fatalf("%d s is told as %d s", seconds, got)
		}
	})
}

// Histograms added up give what the histogram of everything gives, and every
// percentile is within 1 % of the exact one.
func TestHistogramsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(0, 2e6), 0, 50), 1, 10).Draw(t, "days")
		var sum, whole Histogram
		var all []int64
		for _, day := range days {
			var h Histogram
			for _, v := range day {
				if err := errors.Join(h.AddBucket(Bucket(v), 1), whole.AddBucket(Bucket(v), 1)); err != nil {
					t.Fatal(err)
				}
			}
			for bucket, n := range h.All() { // as stored
				if err := sum.AddBucket(bucket, n); err != nil {
					t.Fatal(err)
				}
			}
			all = append(all, day...)
		}
		if !slices.Equal(sum.counts, whole.counts) {
			t.Fatal("adding up days changes the whole")
		}
		exact, binned := Of(all), sum.Sample()
		if exact.N() != binned.N() {
			t.Fatalf("%d waits became %d", exact.N(), binned.N())
		}
		for p := .05; p < 1; p += .05 {
			a, ok1 := exact.Quantile(p)
			b, ok2 := binned.Quantile(p)
			if ok1 != ok2 || 100*max(a-b, b-a) > a {
				t.Fatalf("p%.0f is %d, from buckets %d", 100*p, a, b)
			}
		}
	})
}

func TestAddBucketRefuses(t *testing.T) {
	for _, tt := range []struct {
		bucket int
		n      int64
	}{{-1, 1}, {len(bucketStarts), 1}, {3, -1}} {
		var h Histogram
		if err := h.AddBucket(tt.bucket, tt.n); err == nil || h.Sample().N() != 0 {
			t.Errorf("%d waits in bucket %d were taken", tt.n, tt.bucket)
		}
	}
}

func TestSlowPlaces(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	around := func(n int, minutes float64) Sample {
		waits := make([]int64, n)
		for i := range waits {
			waits[i] = int64(minutes * 60 * (.5 + rng.Float64()))
		}
		return Of(waits)
	}
	places := []Place{
		{Name: "above its target", Now: around(24, 120), Target: 3600},
		{Name: "within its target", Now: around(24, 30), Target: 3600, Past: around(50, 5)},
		{Name: "slower than ever", Now: around(30, 60), Past: around(80, 30)},
		{Name: "slow as always", Now: around(60, 400), Past: around(80, 400)},
		{Name: "fast as always", Now: around(60, 20), Past: around(80, 20)},
		{Name: "too few", Now: around(4, 900), Past: around(80, 20)},
		{Name: "slower by seconds, beyond doubt", Now: around(9000, 21), Past: around(9000, 20)},
	}
	want := []struct {
		slow, few bool
		against   string
	}{
		{slow: true, against: AgainstTarget},
		{against: AgainstTarget},
		{slow: true, against: AgainstPast},
		{slow: true, against: AgainstPeers},
		{against: AgainstPeers},
		{few: true},
		{against: AgainstPeers},
	}
	for i, f := range SlowPlaces(places) {
		if w := want[i]; f.Name != places[i].Name || f.Slow != w.slow || f.TooFew != w.few || f.Against != w.against || f.N != places[i].Now.N() {
			t.Errorf("%+v, want %+v", f, w)
		}
		if f.Slow && f.Against != AgainstTarget && (f.Low <= 0 || f.BaselineN < MinGroup) {
			t.Errorf("called slow without proof: %+v", f)
		}
		if f.Slow && f.Against == AgainstTarget && f.Low <= f.Baseline {
			t.Errorf("called slow without proof: %+v", f)
		}
	}
}

// Of places that are all alike, few are called slow.
func TestSlowPlacesFalseAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	waits := func(n int) Sample {
		v := make([]int64, n)
		for i := range v {
			v[i] = int64(rng.ExpFloat64() * 3600)
		}
		return Of(v)
	}
	const rounds = 100
	alarms := 0
	for range rounds {
		var places []Place
		for i := range 10 {
			places = append(places, Place{Name: fmt.Sprint(i), Now: waits(25), Past: waits(100)})
		}
		for _, f := range SlowPlaces(places) {
			if f.Slow {
				alarms++
				break
			}
		}
	}
	if alarms > 15 {
		t.Errorf("a false alarm in %d of %d rounds, at most about 10 are allowed", alarms, rounds)
	}
}

// 10 M waits of 30 days and 20 touchpoints, rolled up. What is timed is a report's
// question: p50 and p90 of one touchpoint over 30 days, from the rows of its days.
func BenchmarkRollupPercentiles(b *testing.B) {
	const days, touchpoints, waits = 30, 20, 10_000_000
	rng := rand.New(rand.NewPCG(1, 1))
	var rollup [days][touchpoints]Histogram
	exact := make([]int64, 0, waits/touchpoints+1000)
	for range waits {
		v := int64(rng.ExpFloat64() * rng.ExpFloat64() * 20000)
		day, place := rng.IntN(days), rng.IntN(touchpoints)
		if err := rollup[day][place].AddBucket(Bucket(v), 1); err != nil {
			b.Fatal(err)
		}
		if place == 0 {
			exact = append(exact, v)
		}
	}
	type row struct {
		bucket int
		n      int64
	}
	var rows []row
	for day := range days {
		for bucket, n := range rollup[day][0].All() {
			rows = append(rows, row{bucket, n})
		}
	}
	s := Of(exact)
	b.ResetTimer()
	for b.Loop() {
		var h Histogram
		for _, r := range rows {
			if err := h.AddBucket(r.bucket, r.n); err != nil {
				b.Fatal(err)
			}
		}
		sample := h.Sample()
		for _, p := range []float64{.5, .9} {
			got, _ := sample.Quantile(p)
			want, _ := s.Quantile(p)
			if 100*max(got-want, want-got) > want {
				b.Fatalf("p%v is %d, exactly %d", p, got, want)
			}
		}
	}
	b.ReportMetric(float64(len(rows)), "rows")
}

func BenchmarkHistogramAdd(b *testing.B) {
	var h Histogram
	v := int64(0)
	for b.Loop() {
		if err := h.AddBucket(Bucket(v), 1); err != nil {
			b.Fatal(err)
		}
		v = (v + 7919) % (30 * 86400)
	}
}

// A shift between two months of a busy desk, from raw waits.
func BenchmarkShifted(b *testing.B) {
	rng := rand.New(rand.NewPCG(2, 2))
	waits := func(n int) []int64 {
		v := make([]int64, n)
		for i := range v {
			v[i] = int64(rng.ExpFloat64() * 7200)
		}
		return v
	}
	before, now := waits(20000), waits(5000)
	for b.Loop() {
		if _, ok := Shifted(Of(before), Of(now)); !ok {
			b.Fatal("no shift")
		}
	}
}

func TestBucketStartsRise(t *testing.T) {
	if !slices.IsSorted(bucketStarts) || time.Duration(bucketStarts[len(bucketStarts)-1])*time.Second < 100*365*24*time.Hour {
		t.Error("buckets out of order, or too short for a century")
	}
}
