package lexicon

import (
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func shippedSet(t testing.TB) *Set {
	t.Helper()
	set, err := Load(Shipped())
	if err != nil {
		t.Log(err)
	}
	return set
}

// wordsOf reads a text roughly: every fifth comma is an ellipsis.
func wordsOf(c *Compiled, text string) (words []Word) {
	var sentence, clause, commas uint32
	for _, field := range strings.Fields(text) {
		word := strings.Trim(strings.ToLower(field), `.,!?"()`)
		words = append(words, Word{Form: c.Find(HashWord(word)), Sentence: sentence, Clause: clause})
		switch field[len(field)-1] {
		case '.', '!', '?':
			sentence++
			clause++
		case ',':
			clause++
			if commas++; commas%5 == 0 {
				words = append(words, Word{Mark: Ellipsis, Sentence: sentence, Clause: clause})
			}
		}
	}
	return words
}

// TestGatesShutNothingOut proves that gates and takers only save time: with all gates
// open and all words in all sets of takers, the same entries match.
func TestGatesShutNothingOut(t *testing.T) {
	c := shippedSet(t).Compile()
	open := *c
	opened := func(gates []gate) []gate {
		gates = slices.Clone(gates)
		for i := range gates {
			gates[i].before, gates[i].after, gates[i].marks = always, always, [2]uint16{alwaysMark, alwaysMark}
		}
		return gates
	}
	open.gates = opened(c.gates)
	for k := range open.byClass {
		open.byClass[k] = opened(c.byClass[k])
	}
	all := func(steps []step) []step {
		steps = slices.Clone(steps)
		for i := range steps {
			if steps[i].sym != 0 {
				steps[i].takers = ^takers(0)
			}
		}
		return steps
	}
	open.steps, open.guards = all(c.steps), all(c.guards)
	n := 0
	for _, name := range []string{"pl/tests.tsv", "en/tests.tsv"} {
		data, err := fs.ReadFile(Shipped(), name)
		if err != nil {
			t.Fatal(err)
		}
		var before string
		for line := range strings.Lines(string(data)) {
			text, _, _ := strings.Cut(line, "\t")
			// Two phrases in a row also have patterns that almost stand there.
			words := wordsOf(c, before+" "+text)
			before = text
			for _, langs := range []Langs{LangsOf(PL), LangsOf(EN), LangsOf(PL, EN)} {
				got := c.Match(nil, slices.Clone(words), langs)
				want := open.Match(nil, slices.Clone(words), langs)
				if !slices.Equal(got, want) {
					t.Errorf("%q: %d matches, %d with open gates", text, len(got), len(want))
				}
				n += len(want)
			}
		}
	}
	if n < 10000 {
		t.Errorf("%d matches in the phrases: too few to prove anything", n)
	}
}

// mistypedPlainly does what FindMistyped does, one spelling after the other.
func mistypedPlainly(c *Compiled, w string) uint32 {
	for i := 1; i < len(w)-1; i++ {
		var tries []string
		if w[i] != w[i-1] {
			tries = append(tries, w[:i]+w[i+1:])
		}
		if i+1 < len(w)-1 && w[i] != w[i+1] {
			tries = append(tries, w[:i]+string(w[i+1])+string(w[i])+w[i+2:])
		}
		for _, try := range append(tries, w[:i]+string(w[i])+w[i:]) {
			if id := c.Find(HashWord(try)); id != 0 {
				return id
			}
		}
	}
	return 0
}

func TestFindMistyped(t *testing.T) {
	set := shippedSet(t)
	c := set.Compile()
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for i := range set.Entries {
		for _, it := range set.Entries[i].items {
			if it.choice == nil {
				continue
			}
			for _, a := range it.words {
				w := []byte(a.word)
				if len(w) < longWord+1 || len(w) >= longestWord || slices.ContainsFunc(w, func(b byte) bool { return b < 'a' || b > 'z' }) {
					continue
				}
				k := 1 + random.IntN(len(w)-2)
				switch random.IntN(3) {
				case 0:
					w = slices.Insert(w, k, byte('a'+random.IntN(26)))
				case 1:
					w[k], w[k-1] = w[k-1], w[k]
				default:
					w = slices.Delete(w, k, k+1)
				}
				got, want := c.FindMistyped(string(w)), mistypedPlainly(c, string(w))
				if got != want {
					t.Errorf("%s: form %d, want %d", w, got, want)
				}
				if got != 0 {
					found++
				}
			}
		}
	}
	if found < 1000 {
		t.Errorf("%d of the mistyped words are found: too few to prove anything", found)
	}
	for _, w := range []string{"", "short", "zażółćgęślą", strings.Repeat("a", 24), strings.Repeat("a", 25), strings.Repeat("ą", 40), "a'postrophe"} {
		c.FindMistyped(w)
	}
}
