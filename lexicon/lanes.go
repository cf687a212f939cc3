package lexicon

// Lanes are four small weights in one number. Lanes add up in one go, as long as each of
// the sums fits an int16 (see Table.Batch).
type Lanes int64

const (
	lanes    = 4
	laneBits = 16
)

// LanesOf puts weights side by side.
func LanesOf(weights [lanes]int16) (l Lanes) {
	for k, w := range weights {
		l += Lanes(w) << (laneBits * k)
	}
	return l
}

// At returns a weight. One below zero has borrowed from the next: so half is added.
func (l Lanes) At(k int) int16 {
	k %= lanes
	return int16((l + 1<<(laneBits*k)>>1) >> (laneBits * k))
}

// Told are the weights of all the tags in ToldTags.
type Told [(NumToldTags + lanes - 1) / lanes]Lanes

// At returns the weight of a tag.
func (t *Told) At(tag int) int16 { return t[tag/lanes].At(tag % lanes) }

// toldOf puts the weights of tags in their places.
func toldOf(tags []TagWeight) (t Told) {
	for _, w := range tags {
		t[w.Tag/lanes] += Lanes(w.Weight) << (laneBits * (w.Tag % lanes))
	}
	return t
}
