package reporter

import (
	"math"
	"slices"
)

// Figures: where facts become claims. The statistics are those of reporter/stats.

func share(count, n int) Share {
	s := Share{Count: count, N: n}
	if n == 0 {
		return s
	}
	p, z := float64(count)/float64(n), 1.959963984540054
	f := float64(n)
	mid, half := (p+z*z/(2*f))/(1+z*z/f), z*math.Sqrt(p*(1-p)/f+z*z/(4*f*f))/(1+z*z/f)
	low, high := max(0, mid-half), min(1, mid+half)
	s.Share, s.Low, s.High = &p, &low, &high
	return s
}

func wait(values []int64) Wait {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	w := Wait{N: len(sorted), Cases: []int64{}}
	if w.N < MinHeadline {
		w.Cases = append(w.Cases, sorted...)
		return w
	}
	return w
}

func asked(done, open []int64) Asked { return Asked{N: len(done) + len(open), Open: len(open)} }

func shift(channels []ChannelWaits, now, before []int64) *Shift { return nil }

func shareChange(now, before Share) *ShareChange { return nil }

func nps(r Ratings) *NPS { return nil }

func (d *Digest) places(in Input) {}
