package reporter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"odzew"
)

func rate(kind string, score, most float64) odzew.Rating {
	return odzew.Rating{Kind: kind, Score: score, Max: most, At: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)}
}

// ratedSample is 30 CSAT, 25 NPS, 20 CES and two of no known scale, at touchpoints of
// journeyDesk.
func ratedSample() []Rated {
	var out []Rated
	add := func(place string, r odzew.Rating, positive, negative int) {
		r.At = r.At.Add(time.Duration(len(out)) * time.Minute)
		out = append(out, Rated{
			Conversation: int64(len(out) + 1), ExternalID: fmt.Sprint("C-", len(out)+1), Source: "shop", Touchpoint: place, Rating: r,
			Messages: 2, Positive: positive, Negative: negative, Valence: 0.3 * float64(positive-negative),
		})
	}
	for i := range 30 {
		score := float64(1 + i%5)
		negative := 0
		if score < 3 {
			negative = 1
		}
		add([]string{"zwroty", "sklep"}[i%2], rate(RatingCSAT, score, 5), 1-negative, negative)
	}
	for i := range 25 {
		add("dostawa", rate(RatingNPS, float64(i%11), 10), 1, 1)
	}
	for i := range 20 {
		add("sklep", rate(RatingCES, float64(1+i%7), 7), 0, 0)
	}
	add("sklep", rate("stars", 5, 5), 1, 0)
	add("sklep", rate(RatingNPS, 4, 5), 1, 0)
	r := rate(RatingCSAT, 1, 5)
	r.Comment = "Pisałam z a.kowalska@poczta.example i nic"
	add("zwroty", r, 1, 0)
	add("sklep", rate(RatingCSAT, 5, 5), 0, 2)
	return out
}

func TestSaid(t *testing.T) {
	for _, tt := range []struct {
		kind       string
		score, max float64
		want       Level
		ok         bool
	}{
		{RatingCSAT, 1, 5, Low, true},
		{RatingCSAT, 2, 5, Low, true},
		{RatingCSAT, 3, 5, Middle, true},
		{RatingCSAT, 4, 5, High, true},
		{RatingCSAT, 5, 5, High, true},
		{RatingCSAT, 0, 1, Low, true},
		{RatingCSAT, 1, 1, High, true},
		{RatingCSAT, 6, 10, Middle, true},
		{RatingCSAT, 6, 5, 0, false},
		{RatingCSAT, -1, 5, 0, false},
		{RatingCSAT, 0, 0, 0, false},
		{RatingCSAT, math.NaN(), 5, 0, false},
		{RatingNPS, 10, 10, High, true},
		{RatingNPS, 9, 10, High, true},
		{RatingNPS, 8, 10, Middle, true},
		{RatingNPS, 7, 10, Middle, true},
		{RatingNPS, 6, 10, Low, true},
		{RatingNPS, 0, 10, Low, true},
		{RatingNPS, 5, 5, 0, false},
		{RatingCSAT, 0, 5, 0, false},
		{RatingCES, 0, 7, 0, false},
		{RatingCES, 3, 7, Low, true},
		{RatingCES, 4, 7, Middle, true},
		{RatingCES, 5, 7, High, true},
		{"stars", 5, 5, 0, false},
	} {
		if got, ok := Said(rate(tt.kind, tt.score, tt.max)); got != tt.want || ok != tt.ok {
			t.Errorf("%s %v of %v says %d, %v; want %d, %v", tt.kind, tt.score, tt.max, got, ok, tt.want, tt.ok)
		}
	}
}

func TestDisagrees(t *testing.T) {
	for _, tt := range []struct {
		score                        float64
		messages, positive, negative int
		want                         bool
	}{
		{1, 1, 1, 0, true},
		{5, 2, 0, 1, true},
		{5, 3, 1, 2, true},
		{3, 1, 0, 1, false},
		{1, 2, 1, 1, false},
		{5, 1, 1, 0, false},
		{1, 0, 0, 0, false},
		{9, 1, 0, 1, false}, // not of 5
	} {
		r := Rated{Rating: rate(RatingCSAT, tt.score, 5), Messages: tt.messages, Positive: tt.positive, Negative: tt.negative}
		if got := r.Disagrees(); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestRatingFigures(t *testing.T) {
	in := journeyDesk(t, "pl")
	j := BuildJourney(in)
	v := j.Ratings
	if v.N != 77 || v.Unusable != 2 {
		t.Errorf("%d ratings, %d unusable", v.N, v.Unusable)
	}
	// 12 of the 30, and the 5 against a bad score, of 32. Wilson by hand: centre
	// (13/32 + 3.8415/64) / (1 + 3.8415/32).
	if c := v.CSAT; c.Count != 13 || c.N != 32 || math.Abs(*c.Share-.40625) > 1e-9 || math.Abs(*c.Low-.2552) > 1e-4 || math.Abs(*c.High-.5774) > 1e-4 {
		t.Errorf("CSAT %d of %d: %v [%v, %v]", c.Count, c.N, *c.Share, *c.Low, *c.High)
	}
	// i%11 over 25: 0 to 10 twice, then 0, 1, 2. Promoters 4, detractors 17.
	// (4-17)/25 = -52; variance (.16+.68-.52²)/25 = .022784.
	if n := v.NPS; n.N != 25 || n.Promoters != 4 || n.Detractors != 17 || math.Abs(*n.Score+52) > 1e-9 || math.Abs(*n.Low+81.584) > 1e-3 || math.Abs(*n.High+22.416) > 1e-3 {
		t.Errorf("NPS %+v %v [%v, %v]", n, *n.Score, *n.Low, *n.High)
	}
	// 1 to 7 twice, then 1 to 6: sum 77, squares 371; t(19) = 2.0930.
	half := 2.0930 * math.Sqrt((371-77.*77/20)/19/20)
	if len(v.CES) != 1 || v.CES[0].N != 20 || math.Abs(*v.CES[0].Mean-3.85) > 1e-9 || math.Abs(*v.CES[0].High-3.85-half) > 1e-3 || math.Abs(3.85-*v.CES[0].Low-half) > 1e-3 {
		t.Errorf("CES %+v", v.CES)
	}
	if m := findMoment(t, j, "zwroty"); m.Ratings == nil || m.Ratings.CSAT.N != 16 || m.Ratings.NPS != nil {
		t.Errorf("zwroty: %+v", m.Ratings)
	}
	if m := findMoment(t, j, "serwis"); m.Ratings != nil {
		t.Errorf("serwis has no ratings: %+v", m.Ratings)
	}

	// CSAT: low 12 scored low, 1 high; middle 6 scored high; high 12 scored high, 1 low.
	if got, want := v.Kinds[RatingCSAT].Table, [3][3]int{{12, 0, 1}, {0, 0, 6}, {1, 0, 12}}; got != want {
		t.Errorf("table %v, want %v", got, want)
	}
	// Agreed 24/32; by chance (13·13 + 6·0 + 13·19)/32² = .40625; kappa .5789.
	if a := v.Kinds[RatingCSAT]; a.Agreed.Count != 24 || a.Kappa == nil || math.Abs(*a.Kappa-.578947) > 1e-5 || *a.Low >= *a.Kappa || *a.High <= *a.Kappa {
		t.Errorf("agreement %+v", a)
	}
	// The NPS and the effort were given where the words weighed nothing.
	if got := v.Kinds[RatingNPS].Table; got[0][1] != 17 || got[1][1] != 4 || got[2][1] != 4 {
		t.Errorf("NPS table %v", got)
	}
	if v.DisagreementCount != 2 {
		t.Errorf("%d disagreements", v.DisagreementCount)
	}
	list := Disagreeing(in.Ratings)
	if len(list) != 2 || list[0].Score != 5 || list[1].Score != 1 {
		t.Errorf("disagreeing: %+v", list)
	}
	j.Disagree(list[1], "m", "Dzwońcie pod 601 234 567, "+"bardzo dziękuję za świetną pomoc")
	if d := j.Ratings.Disagreements[0]; d.Comment != "Pisałam z [e-mail] i nic" || d.Quote != "Dzwońcie pod [tel.], bardzo dziękuję za świetną pomoc" || d.Explain != "odzew explain --conversation C-78" {
		t.Errorf("%+v", d)
	}
}

func TestDisagreementsAreBounded(t *testing.T) {
	var list []Rated
	for i := range 100 {
		r := rate(RatingCSAT, 1, 5)
		r.At = r.At.Add(time.Duration(i) * time.Hour)
		list = append(list, Rated{ExternalID: fmt.Sprint(i), Rating: r, Messages: 1, Positive: 1})
	}
	got := Disagreeing(list)
	if len(got) != MaxDisagreements || got[0].ExternalID != "99" {
		t.Errorf("%d, the first %s", len(got), got[0].ExternalID)
	}
}

// Intervals lie around their figure and within the scale, narrow with n, and do not
// depend on the order.
func TestRatingIntervals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.IntRange(0, 10), MinHeadline, 200).Draw(t, "scores")
		build := func(scores []int) RatingFigures {
			var list []odzew.Rating
			for _, s := range scores {
				list = append(list, rate(RatingNPS, float64(s), 10), rate(RatingCSAT, float64(s)/2, 5), rate(RatingCES, float64(1+s%7), 7))
			}
			return ratingFigures(list)
		}
		f := build(scores)
		inside := func(name string, low, value, high, least, most float64) {
			if !(least <= low && low <= value+1e-9 && value <= high+1e-9 && high <= most) {
				t.Fatalf("%s %v in [%v, %v] of %v to %v", name, value, low, high, least, most)
			}
		}
		inside("NPS", *f.NPS.Low, *f.NPS.Score, *f.NPS.High, -100, 100)
		inside("CSAT", *f.CSAT.Low, *f.CSAT.Share, *f.CSAT.High, 0, 1)
		inside("CES", *f.CES[0].Low, *f.CES[0].Mean, *f.CES[0].High, 0, 7)
		turned := slices.Clone(scores)
		slices.Reverse(turned)
		if g := build(turned); *g.NPS.Low != *f.NPS.Low || *g.CSAT.High != *f.CSAT.High {
			t.Fatal("the order matters")
		}
		four := build(slices.Repeat(scores, 4))
		if *four.CSAT.High-*four.CSAT.Low >= *f.CSAT.High-*f.CSAT.Low {
			t.Fatal("four times as many are no surer")
		}
		if a, b := *four.NPS.High-*four.NPS.Low, *f.NPS.High-*f.NPS.Low; a > b {
			t.Fatalf("NPS: four times as many are no surer: %v, %v", a, b)
		}
		if *four.NPS.Score != *f.NPS.Score || math.Abs(*four.CES[0].Mean-*f.CES[0].Mean) > 1e-9 {
			t.Fatal("four times the same is another figure")
		}
	})
}

// The interval of the NPS holds the true score about as often as it says.
func TestNPSCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	const p, d, rounds = .45, .25, 3000
	held := 0
	for range rounds {
		r := Ratings{}
		for range 100 {
			switch u := rng.Float64(); {
			case u < p:
				r.Promoters++
			case u < p+d:
				r.Detractors++
			default:
				r.Passives++
			}
		}
		if n := nps(r); *n.Low <= 100*(p-d) && 100*(p-d) <= *n.High {
			held++
		}
	}
	if share := float64(held) / rounds; share < .935 || share > .965 {
		t.Errorf("the interval holds in %.3f of the rounds", share)
	}
}
