package sentiment

import (
	"math"
	"slices"
	"testing"

	"odzew"
	"odzew/lexicon"
)

// TestFitFrustration: of messages with one signal, the frustration is the share of
// those that are strong, be they few or many.
func TestFitFrustration(t *testing.T) {
	effort := slices.Index(lexicon.Signals, "effort")
	for _, share := range []float64{0.06, 0.1, 0.3, 0.7} {
		const n = 400
		rows := make([]frustratedRow, n)
		for i := range rows {
			rows[i] = frustratedRow{signals: bit(effort), high: float64(i) < share*n, weight: 1}
		}
		w := fitFrustration(rows)
		if got := 1 - math.Exp(-0.02-float64(w[effort])); math.Abs(got-share) > 0.01 {
			t.Errorf("%.2f of the messages are strong, and the signal tells %.3f", share, got)
		}
	}
}

// TestTagGoal: where two readers differ, each has half of what they say; what nobody looked
// at teaches nothing, nor in a phrase what is not named.
func TestTagGoal(t *testing.T) {
	praise := func(names ...string) (list []odzew.AspectPolarity) {
		for _, name := range names {
			list = append(list, odzew.AspectPolarity{Aspect: name, Polarity: odzew.Positive})
		}
		return list
	}
	for _, tt := range []struct {
		e                                   Example
		purchase, afterSales, price, honest float32
	}{
		{Example{Full: true, Stage: "purchase", Aspects: praise("price")}, 1, 0, 1, 0},
		{Example{Full: true, Stage: "purchase", Aspects: praise("price"), Second: &SecondLabels{Stage: "purchase", Aspects: []string{"price"}}}, 1, 0, 1, 0},
		{Example{Full: true, Stage: "purchase", Aspects: praise("price"), Second: &SecondLabels{Stage: "after_sales", Aspects: []string{"price", "honesty"}}}, 0.5, 0.5, 1, 0.5},
		{Example{Full: true, Second: &SecondLabels{Stage: "after_sales", Aspects: []string{"honesty"}}}, 0, 1, 0, 1},
		{Example{Full: true, Stage: "purchase", Aspects: praise("price"), Second: &SecondLabels{}}, 1, 0, 1, 0},
		{Example{Full: true}, unlabelled, unlabelled, unlabelled, unlabelled},
		{Example{}, unlabelled, unlabelled, unlabelled, unlabelled},
		{Example{Aspects: praise("price"), Without: []string{"honesty"}}, unlabelled, unlabelled, 1, 0},
		{Example{Aspects: praise("price")}, unlabelled, unlabelled, 1, unlabelled},
	} {
		goal := tagGoal(&tt.e)
		at := func(from int, names []string, name string) float32 { return goal[from+slices.Index(names, name)] }
		got := [...]float32{
			at(lexicon.TagStages, lexicon.Stages, "purchase"), at(lexicon.TagStages, lexicon.Stages, "after_sales"),
			at(lexicon.TagAspects, lexicon.Aspects, "price"), at(lexicon.TagAspects, lexicon.Aspects, "honesty"),
		}
		if want := [...]float32{tt.purchase, tt.afterSales, tt.price, tt.honest}; got != want {
			t.Errorf("%+v, %+v: %v, want %v", tt.e, tt.e.Second, got, want)
		}
	}
}

// TestRatios proves that words may move by how much they stand apart, and dense features
// as before.
func TestRatios(t *testing.T) {
	const never, seldom, alike = 0, 1, 2
	v := newVocabulary()
	v.list = make([]learnt, 3)
	rows := []learnRow{{goal: one(2, 1), weight: 1, words: []uint32{alike}}, {goal: one(2, 1), weight: 1, words: []uint32{alike}}}
	for range 8 {
		rows = append(rows,
			learnRow{goal: one(2, 0), weight: 1, words: []uint32{never, never, seldom, alike}},
			learnRow{goal: one(2, 1), weight: 1, words: []uint32{seldom, alike, alike, alike}})
	}
	rows = append(rows, learnRow{goal: []float32{unlabelled, unlabelled}, weight: 1, words: []uint32{alike}}, learnRow{goal: one(2, 0), words: []uint32{alike}})
	for _, tt := range []struct {
		share  float64
		expect func(scale []float32) bool
	}{
		{0, func(scale []float32) bool { return slices.Max(scale) == 1 && slices.Min(scale) == 1 }},
		{1, func(scale []float32) bool {
			want := float32(math.Log(17.0 / 33 * 35 / 1)) // 16 of 32 words of one class, none of 34 of the other
			return math.Abs(float64(scale[0]-want)) < 1e-5 && scale[0] == scale[1] && scale[2*seldom] < 0.1
		}},
		{0.5, func(scale []float32) bool { return scale[0] > 1 && scale[2*seldom] > 0.5 && scale[2*seldom] < 0.55 }},
	} {
		scale := v.ratios(rows, 1, 2, tt.share)
		if dense := scale[2*len(v.list):]; !tt.expect(scale) || len(dense) != 2 || dense[0] != 1 || dense[1] != 1 {
			t.Errorf("share %v: %v", tt.share, scale)
		}
	}
}
