package lexicon

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestLanes proves that lanes add up as their weights do, each up to the ends of an int16.
func TestLanes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		rows := 1 + random.IntN(20)
		most := math.MaxInt16 / rows
		var (
			sums  [NumToldTags]int
			told  Told
			first [lanes]int
			pull  Lanes
		)
		for range rows {
			var tags []TagWeight
			for k := range sums {
				if w := random.IntN(2*most+1) - most; random.IntN(3) > 0 {
					tags = append(tags, TagWeight{uint8(k), int16(w)})
					sums[k] += w
				}
			}
			for k, w := range toldOf(tags) {
				told[k] += w
			}
			var weights [lanes]int16
			for k := range weights {
				weights[k] = int16([]int{-most, 0, most, random.IntN(most + 1)}[random.IntN(4)])
				first[k] += int(weights[k])
			}
			pull += LanesOf(weights)
		}
		for k, want := range sums {
			if got := int(told.At(k)); got != want {
				t.Fatalf("tag %d of %d rows: %d, want %d", k, rows, got, want)
			}
		}
		for k, want := range first {
			if got := int(pull.At(k)); got != want {
				t.Fatalf("lane %d of %d rows: %d, want %d", k, rows, got, want)
			}
		}
	}
}
