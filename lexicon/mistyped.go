package lexicon

// Slips of the finger. Long words that nobody knows are mostly names, but one in ten
// is a word of the lexicon typed wrong.

// Words of these lengths are searched for a slip. Shorter ones are too near to other
// words, longer ones are no words.
const (
	longWord    = 7
	longestWord = 24
)

// FindMistyped returns the number of the form that a long word is, with one letter
// too many, two letters swapped, or a double letter typed once; else 0. First and
// last letters are taken as they are: the last one is grammar.
//
// It makes some thirty words of one. Their hashes are joined of those of the word's
// beginnings and endings, and a filter that fits the near cache knows most of them
// for no words.
func (c *Compiled) FindMistyped(w string) uint32 {
	if len(w) < longWord || len(w) > 2*longestWord {
		return 0
	}
	var word [longestWord]byte
	n := 0
	for _, r := range w {
		_, f := Fold(r)
		if f < 'a' || f > 'z' || n == len(word) {
			return 0
		}
		word[n] = byte(f)
		n++
	}
	if n < longWord {
		return 0
	}
	var endings [longestWord + 1]Hash // of the letters from i on
	for i := n - 1; i > 0; i-- {
		endings[i] = endings[i+1] + Hash(word[i])*hashPowers[n-1-i]
	}
	find := func(beginning Hash, i int) uint32 {
		return c.index.findRare(beginning*hashPowers[n-i] + endings[i])
	}
	beginning := HashSeed.Add(word[0])
	for i := 1; i < n-1; i++ {
		this, next := word[i], word[i+1]
		if this != word[i-1] { // the other of two was tried already
			if id := find(beginning, i+1); id != 0 {
				return id
			}
		}
		if i+1 < n-1 && this != next {
			if id := find(beginning.Add(next).Add(this), i+2); id != 0 {
				return id
			}
		}
		if id := find(beginning.Add(this), i); id != 0 {
			return id
		}
		beginning = beginning.Add(this)
	}
	return 0
}
