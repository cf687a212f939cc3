package sentiment

import (
	"math"
	"slices"
	"testing"

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
