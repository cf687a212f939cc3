package reporter

import (
	"cmp"
	"math"
	"slices"

	"odzew/reporter/stats"
)

// Figures: where facts become claims. The statistics are those of reporter/stats;
// here it is decided what may be claimed.

func share(count, n int) Share {
	s := Share{Count: count, N: n}
	if n > 0 {
		p, interval := float64(count)/float64(n), stats.Wilson(count, n)
		s.Share, s.Low, s.High = &p, &interval.Low, &interval.High
	}
	return s
}

func wait(s stats.Sample) Wait {
	w := Wait{N: s.N(), Cases: []int64{}}
	if w.N < MinHeadline {
		for i := range w.N {
			v, _ := s.Quantile((float64(i) + 0.5) / float64(w.N))
			w.Cases = append(w.Cases, v)
		}
		return w
	}
	w.Median = known(s.Median())
	w.P90 = known(s.Quantile(0.9))
	if low, high, ok := s.QuantileInterval(0.5); ok {
		w.Low, w.High = &low, &high
	}
	return w
}

func known(v int64, ok bool) *int64 {
	if !ok {
		return nil
	}
	return &v
}

func asked(done stats.Sample, open []int64) Asked {
	a := Asked{N: done.N() + len(open), Open: len(open)}
	if a.N >= MinHeadline {
		curve := stats.KaplanMeier(done, open)
		a.Median, a.P90 = known(curve.Quantile(0.5)), known(curve.Quantile(0.9))
	}
	return a
}

// shift compares the answered waits with those before, or returns nil where there
// are too few of either.
func shift(channels []ChannelWaits, now, before stats.Sample) *Shift {
	if now.N() < MinHeadline || before.N() < MinHeadline {
		return nil
	}
	s, ok := stats.Shifted(before, now)
	if !ok {
		return nil
	}
	out := &Shift{N: s.NNow, Before: s.NBefore, Seconds: s.Seconds, Low: s.Low, High: s.High, Clear: s.Exclusive, Within: []ChannelShift{}}
	if !out.Clear || len(channels) < 2 {
		return out
	}
	groups := make([]stats.Group, len(channels))
	for i, c := range channels {
		groups[i] = stats.Group{Name: short(c.Channel), NBefore: c.Before.N(), NNow: c.Now.N()}
		groups[i].Before, _ = c.Before.Mean()
		groups[i].Now, _ = c.Now.Mean()
	}
	mixed, ok := stats.Mix(groups)
	if !ok {
		return out
	}
	// Rounded so that what is shown still adds up.
	out.Mix = int64(math.Round(mixed.Mix))
	out.Mean = out.Mix
	for _, g := range mixed.Groups {
		within := int64(math.Round(g.Within))
		out.Mean += within
		out.Within = append(out.Within, ChannelShift{g.Name, within})
	}
	return out
}

func shareChange(now, before Share) *ShareChange {
	if now.N < MinHeadline || before.N < MinHeadline {
		return nil
	}
	change, interval, ok := stats.Newcombe(before.Count, before.N, now.Count, now.N)
	if !ok {
		return nil
	}
	return &ShareChange{Difference: change, Low: interval.Low, High: interval.High, Clear: interval.Low > 0 || interval.High < 0}
}

// nps is the difference of the shares of promoters and detractors; both come from
// one sample, so its variance is (p + d − (p − d)²) / n.
func nps(r Ratings) *NPS {
	out := &NPS{N: r.Promoters + r.Passives + r.Detractors, Promoters: r.Promoters, Detractors: r.Detractors}
	if out.N < MinHeadline {
		return out
	}
	const z = 1.959963984540054 // 95 %
	n := float64(out.N)
	p, d := float64(r.Promoters)/n, float64(r.Detractors)/n
	half := 100 * z * math.Sqrt((p+d-(p-d)*(p-d))/n)
	score := 100 * (p - d)
	low, high := max(-100, score-half), min(100, score+half)
	out.Score, out.Low, out.High = &score, &low, &high
	return out
}

// places fills in the touchpoints: judged together, so that with many of them
// chance alone does not make one critical every day; the worst first.
func (d *Digest) places(in Input) {
	var places []Place
	var tallies []Touchpoint
	for _, t := range in.Touchpoints {
		if n := t.Now.Conversations; n < MinGroup {
			if n > 0 {
				d.SmallPlaces.Touchpoints++
				d.SmallPlaces.Conversations += n
			}
			continue
		}
		places = append(places, place(t))
		tallies = append(tallies, t)
	}
	judgeMood(places, tallies, in.Touchpoints)
	judgeWaits(places, tallies)
	for _, p := range places {
		if p.Verdict == PlaceCritical {
			d.Critical++
		} else if p.Slow != nil {
			d.Slow++
		}
	}
	rank := []string{PlaceCritical, PlaceSlow, PlaceNormal, PlaceGood, PlaceTooFew}
	slices.SortStableFunc(places, func(a, b Place) int {
		ra, rb := slices.Index(rank, a.Verdict), slices.Index(rank, b.Verdict)
		if min(ra, rb) >= 2 && max(ra, rb) <= 3 { // normal and good: by size
			ra, rb = 0, 0
		}
		return cmp.Or(cmp.Compare(ra, rb), cmp.Compare(b.Negative.N, a.Negative.N), cmp.Compare(a.Name, b.Name))
	})
	shown := min(len(places), MaxTouchpoints)
	d.MorePlaces = len(places) - shown
	d.Touchpoints = append([]Place{}, places[:shown]...)
}

func place(t Touchpoint) Place {
	p := Place{Name: short(t.Name), Verdict: PlaceTooFew, Negative: share(t.Now.Negative, t.Now.Conversations), Strong: t.Now.Strong, Wait: wait(t.Now.Waits)}
	past := pooled(t.Past)
	p.Past = share(past.Negative, past.Conversations)
	if p.Negative.N >= MinHeadline {
		p.Verdict = PlaceNormal
	}
	return p
}

// pooled adds up the tallies of several weeks.
func pooled(weeks []Tally) (sum Tally) {
	var waits []stats.Sample
	for _, w := range weeks {
		sum.Conversations += w.Conversations
		sum.Negative += w.Negative
		sum.Strong += w.Strong
		waits = append(waits, w.Waits)
	}
	sum.Waits = stats.Pool(waits...)
	return sum
}

// judgeMood finds the places that are clearly more negative than the rest of the
// desk in the four weeks before (in the period itself, where there is no past yet), or
// clearly less.
func judgeMood(places []Place, tallies, all []Touchpoint) {
	var judged []int
	var p []float64
	rests := make([]Tally, len(places))
	for i := range places {
		rests[i] = restOf(all, tallies[i].Name)
		if places[i].Verdict == PlaceNormal && rests[i].Conversations >= MinHeadline {
			judged = append(judged, i)
			p = append(p, differ(places[i].Negative.Count, places[i].Negative.N, rests[i].Negative, rests[i].Conversations))
		}
	}
	for k, found := range stats.BenjaminiHochberg(p, stats.FalseDiscoveries) {
		i := judged[k]
		if !found {
			continue
		}
		switch worse, better := against(tallies[i].Now, rests[i]); {
		case worse:
			places[i].Verdict = PlaceCritical
			places[i].Weeks = 1
			for _, week := range tallies[i].Past {
				if worse, _ := against(week, rests[i]); !worse || week.Conversations < MinHeadline {
					break
				}
				places[i].Weeks++
			}
		case better:
			places[i].Verdict = PlaceGood
		}
	}
}

// restOf adds up the touchpoints but the named one: their past, or where none of
// them has any, the period.
func restOf(all []Touchpoint, name string) Tally {
	var past, now []Tally
	for _, t := range all {
		if t.Name != name {
			past = append(past, t.Past...)
			now = append(now, t.Now)
		}
	}
	if sum := pooled(past); sum.Conversations > 0 {
		return sum
	}
	return pooled(now)
}

// against compares the negative shares by Newcombe's interval.
func against(t, rest Tally) (worse, better bool) {
	_, interval, ok := stats.Newcombe(rest.Negative, rest.Conversations, t.Negative, t.Conversations)
	return ok && interval.Low > 0, ok && interval.High < 0
}

// differ is the two-sided p of the test that two shares are one (pooled normal
// approximation).
func differ(a, na, b, nb int) float64 {
	x, y := float64(a)/float64(na), float64(b)/float64(nb)
	p := float64(a+b) / float64(na+nb)
	spread := math.Sqrt(p * (1 - p) * (1/float64(na) + 1/float64(nb)))
	if spread == 0 {
		return 1
	}
	return math.Erfc(math.Abs(x-y) / spread / math.Sqrt2)
}

// judgeWaits finds the slow places, as stats.SlowPlaces does: against their own
// target, or without one their own past, or their peers.
func judgeWaits(places []Place, tallies []Touchpoint) {
	in := make([]stats.Place, len(tallies))
	for i, t := range tallies {
		in[i] = stats.Place{Name: t.Name, Now: t.Now.Waits, Past: pooled(t.Past).Waits, Target: t.Target}
	}
	for i, f := range stats.SlowPlaces(in) {
		if !f.Slow {
			continue
		}
		slow := &Slowness{Than: f.Against, N: f.N, Seconds: f.Value, Low: f.Low, High: f.High}
		if f.Against == stats.AgainstTarget {
			slow.Seconds -= f.Baseline
			slow.Low -= f.Baseline
			slow.High -= f.Baseline
		}
		places[i].Slow = slow
		if places[i].Verdict != PlaceCritical {
			places[i].Verdict = PlaceSlow
		}
	}
}
