package sentiment

import (
	"math/rand/v2"
	"slices"
	"testing"

	"odzew/lexicon"
)

// TestSortMatches proves that short lists and long ones are brought into the same order.
func TestSortMatches(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for n := range 70 {
		all := make([]lexicon.Match, n)
		for i := range all {
			start := uint32(random.IntN(1 + n/3))
			all[i] = lexicon.Match{Entry: uint32(random.IntN(3)), Start: start, End: start + 1 + uint32(random.IntN(2)), Items: uint8(random.IntN(3))}
		}
		want := slices.Clone(all)
		slices.SortStableFunc(want, func(a, b lexicon.Match) int { return compareMatches(&a, &b) })
		if sortMatches(all); !slices.Equal(all, want) {
			t.Fatalf("%d matches: %v, want %v", n, all, want)
		}
	}
}
