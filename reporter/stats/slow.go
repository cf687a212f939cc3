package stats

// MinGroup is the least number of waits about which anything is said: of fewer, a
// reader could tell whose they are.
const MinGroup = 5

// FalseDiscoveries is the share of false alarms that is put up with among all
// touchpoints that are called slow by comparison.
const FalseDiscoveries = 0.10

// minChange is the least shift worth telling, as a share of the baseline's median:
// with many waits even seconds are significant.
const minChange = 0.10

// A Place is a touchpoint with its waits. Ages of waits that are still open may be
// among them: they can only grow, so a claim of slowness stays true.
type Place struct {
	Name   string
	Now    Sample
	Past   Sample // its own, of the time to compare with; may be empty
	Target int64  // what the desk has set itself, in seconds; 0: nothing
}

// What a place is compared with.
const (
	AgainstTarget = "target"
	AgainstPast   = "past"
	AgainstPeers  = "peers"
)

// A Finding is the verdict on a place, with what proves it.
type Finding struct {
	Name string
	N    int
	// TooFew: below MinGroup, or too few for an interval. There is no verdict.
	TooFew bool
	Slow   bool
	// Against is what the verdict rests on: where the place is slow, what it is
	// slower than, else the last comparison made.
	Against string
	// Baseline is the target, or the median of the waits compared with, and
	// BaselineN how many those are.
	Baseline  int64
	BaselineN int
	// Value is the median wait where the target is the measure, else the shift
	// from the baseline; Low and High are its interval.
	Value, Low, High int64
}

// SlowPlaces judges every place: by its own target if it has one, else by its past
// and then by the other places together. Findings are in the order of the places.
//
// A place is slow if the interval of its median lies above the target; or if its
// waits are shifted up against the baseline, by an interval above zero and a tenth
// of the baseline's median at least, and the shift is still a discovery among all
// comparisons (Benjamini-Hochberg).
func SlowPlaces(places []Place) []Finding {
	findings := make([]Finding, len(places))
	var tries []comparison
	for i, p := range places {
		f := &findings[i]
		*f = Finding{Name: p.Name, N: p.Now.N(), TooFew: true}
		if f.N < MinGroup {
			continue
		}
		if p.Target > 0 {
			f.judgeTarget(p)
			continue
		}
		for _, against := range []string{AgainstPast, AgainstPeers} {
			baseline := p.Past
			if against == AgainstPeers {
				baseline = peers(places, i)
			}
			if baseline.N() < MinGroup {
				continue
			}
			if shift, ok := Shifted(baseline, p.Now); ok {
				tries = append(tries, comparison{i, against, baseline, shift})
			}
		}
	}
	pValues := make([]float64, len(tries))
	for i, t := range tries {
		pValues[i] = t.shift.P
	}
	discovered := BenjaminiHochberg(pValues, FalseDiscoveries)
	for i, t := range tries {
		if f := &findings[t.place]; !f.Slow {
			f.judgeShift(t, discovered[i])
		}
	}
	return findings
}

// A comparison is one place against one baseline.
type comparison struct {
	place    int
	against  string
	baseline Sample
	shift    Shift
}

func (f *Finding) judgeTarget(p Place) {
	low, high, ok := p.Now.QuantileInterval(0.5)
	if !ok {
		return
	}
	median, _ := p.Now.Median()
	f.TooFew, f.Slow = false, low > p.Target
	f.Against, f.Baseline = AgainstTarget, p.Target
	f.Value, f.Low, f.High = median, low, high
}

func (f *Finding) judgeShift(t comparison, discovered bool) {
	median, _ := t.baseline.Median()
	f.TooFew = false
	f.Slow = discovered && t.shift.Low > 0 && float64(t.shift.Seconds) >= minChange*float64(median)
	f.Against, f.Baseline, f.BaselineN = t.against, median, t.baseline.N()
	f.Value, f.Low, f.High = t.shift.Seconds, t.shift.Low, t.shift.High
}

// peers is the waits of all other places that have enough to be named.
func peers(places []Place, but int) Sample {
	var samples []Sample
	for i, p := range places {
		if i != but && p.Now.N() >= MinGroup {
			samples = append(samples, p.Now)
		}
	}
	return Pool(samples...)
}
