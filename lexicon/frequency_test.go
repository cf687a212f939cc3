package lexicon

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestFrequencies: they decide where patterns are looked for, and not which are found.
// Only where one could stand in two ways, of which an edge or a guard forbids one, the
// first tried may be either: that may be so in one of ten thousand.
func TestFrequencies(t *testing.T) {
	with := shippedSet(t)
	if len(with.frequencies[PL]) < 1000 || with.frequencies[EN]["=the"] < 1000 {
		t.Fatalf("%d Polish words, “the” %d times", len(with.frequencies[PL]), with.frequencies[EN]["=the"])
	}
	without := *with
	without.frequencies = frequencies{}
	entriesIn := func(c *Compiled, text string) (entries []uint32) {
		for _, m := range c.Match(nil, wordsOf(c, text), LangsOf(PL, EN)) {
			entries = append(entries, m.Entry)
		}
		return entries
	}
	a, b := with.Compile(), without.Compile()
	found, moved, differ := 0, 0, 0
	for _, name := range []string{"pl/tests.tsv", "en/tests.tsv"} {
		data, err := fs.ReadFile(Shipped(), name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			text, _, _ := strings.Cut(line, "\t")
			one, other := entriesIn(a, text), entriesIn(b, text)
			if !slices.Equal(one, other) {
				moved++
			}
			slices.Sort(one)
			slices.Sort(other)
			one, other = slices.Compact(one), slices.Compact(other)
			if !slices.Equal(one, other) {
				differ++
				t.Logf("%q: %d entries with frequencies, %d without", text, len(one), len(other))
			}
			found += len(one)
		}
	}
	if found < 20000 || moved < 1000 || differ > found/5000 {
		t.Errorf("%d entries found; of the phrases %d have them in another order, and %d have others", found, moved, differ)
	}
}

// TestReadFrequencies: strict, with the line.
func TestReadFrequencies(t *testing.T) {
	read := func(text string) (frequencies, error) {
		return readFrequencies(fstest.MapFS{FrequencyFile: {Data: []byte(text)}})
	}
	f, err := read("# why\n" + FrequencyHeader + "\n=a\ten\t2517\nnie\tpl\t1905\n")
	if err != nil || f[EN]["=a"] != 2517 || f[PL]["nie"] != 1905 {
		t.Errorf("%v, %v", f, err)
	}
	for _, line := range []string{"nie\tpl", "nie\tpl\tmany", "nie\tpl\t-1", "\tpl\t3", "nie\tde\t3", "nie"} {
		if _, err := read(FrequencyHeader + "\n" + line + "\n"); err == nil || !strings.HasPrefix(err.Error(), FrequencyFile+":2: ") {
			t.Errorf("%q: %v", line, err)
		}
	}
	if f, err := readFrequencies(fstest.MapFS{}); err != nil || f[PL] != nil {
		t.Errorf("without the file: %v, %v", f, err)
	}
}
