package lexicon

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// The table of learned words: what a message is looked up in.

// A Table finds what was learned of words, in one language and all domains.
type Table struct {
	index   index
	rows    []TableRow // 0 is none
	told    []Told     // 0 has no weights
	entries []entriesOf
	text    string   // the entries, one behind the other
	ends    []uint32 // of the entries in the text; 0 is none
	lemmas  lemmas
	lang    Lang
	most    uint16 // no weight is larger
	tableKinds
}

// entriesOf are the numbers of the entries of a row, one a domain; 0 is none.
type entriesOf [TagWords + 1]uint32

// tableKinds are what stands in a table at all.
type tableKinds struct {
	domains uint8 // a bit for each domain that has a file
	stems   uint8 // a bit for each length of a stem
	denies  bool  // negated words
}

// A TableRow is what was learned of a word, a pair, or a stem.
type TableRow struct {
	Pull  [NumDomains]Lanes // as in LearnedRow
	told  uint32            // the number of what it tells
	Talk  int16             // towards reviews
	kinds uint8
}

// The kinds of rows.
const (
	rowPulls = 1 << iota
	rowPairs // begins pairs
	rowApart
	rowEnds // ends pairs
	rowEndsApart
	rowWeighs
)

// Pulls reports whether the row moves classes or talk, and not tags alone.
func (r *TableRow) Pulls() bool { return r.kinds&rowPulls != 0 }

// Weighs reports whether anything was learned of it: other rows stand for words of pairs.
func (r *TableRow) Weighs() bool { return r.kinds&rowWeighs != 0 }

// Pairs reports whether pairs begin with the word.
func (r *TableRow) Pairs() bool { return r.kinds&rowPairs != 0 }

// Apart reports whether pairs with a word between begin with the word.
func (r *TableRow) Apart() bool { return r.kinds&rowApart != 0 }

// Ends reports whether pairs end with the word.
func (r *TableRow) Ends() bool { return r.kinds&rowEnds != 0 }

// EndsApart reports whether pairs with a word between end with the word.
func (r *TableRow) EndsApart() bool { return r.kinds&rowEndsApart != 0 }

// newTable makes the table of a language. Files that come later win, so that a site's
// own words take the place of shipped ones.
func newTable(l Lang, learned []*LearnedFile, lemmas lemmas) *Table {
	t := &Table{lang: l, ends: []uint32{0}, told: make([]Told, 1), lemmas: lemmas}
	var files []*LearnedFile
	n, size, most := 0, 0, 1
	for _, f := range learned {
		if f.Lang == l {
			files = append(files, f)
			t.domains |= 1 << f.Domain
			n += len(f.Rows)
			for i := range f.Rows {
				size += len(f.Rows[i].Entry)
				most += 1 + 2*strings.Count(f.Rows[i].Entry, " ") // words of pairs have rows as well
			}
		}
	}
	t.ends = slices.Grow(t.ends, n)
	var text strings.Builder
	text.Grow(size)
	t.index = newIndex(most)
	t.rows, t.entries = make([]TableRow, 1, n+1), make([]entriesOf, 1, n+1)
	hashes := make([]Hash, 1, n+1) // of the rows
	for _, f := range files {
		for i := range f.Rows {
			row := &f.Rows[i]
			if first, second, pair := strings.Cut(row.Entry, " "); pair {
				begins, ends := uint8(rowPairs), uint8(rowEnds)
				if rest, apart := strings.CutPrefix(second, gapSign+" "); apart {
					begins, ends, second = rowApart, rowEndsApart, rest
				}
				r := t.row(partHash(first), &hashes)
				t.rows[r].kinds |= begins
				r = t.row(partHash(second), &hashes)
				t.rows[r].kinds |= ends
				t.denies = t.denies || first == deniedSign
			} else if w, ok := strings.CutSuffix(row.Entry, "*"); ok {
				t.stems |= 1 << utf8.RuneCountInString(w)
			}
			id := t.row(EntryHash(row.Entry), &hashes)
			to := &t.rows[id]
			to.kinds |= rowWeighs
			t.entries[id][f.Domain] = uint32(len(t.ends))
			text.WriteString(row.Entry)
			t.ends = append(t.ends, uint32(text.Len()))
			if f.Domain == TagWords {
				to.told = uint32(len(t.told))
				t.told = append(t.told, toldOf(row.Tags))
				for _, w := range row.Tags {
					t.note(w.Weight)
				}
				continue
			}
			to.kinds |= rowPulls
			to.Pull[f.Domain] = LanesOf(row.Pull)
			if f.Domain == Reviews {
				to.Talk = row.Talk
			}
			for _, w := range row.Pull {
				t.note(w)
			}
		}
	}
	t.text = text.String()
	t.index = newIndex(len(hashes)) // most words of pairs had a row already
	for id, h := range hashes[1:] {
		_, slot := t.index.place(h, func(uint32) bool { return false })
		*slot = mix(h)<<32 | uint64(id+1)
		t.index.note(h)
	}
	t.lemmas.find(t)
	return t
}

// note notes how large weights are.
func (t *Table) note(w int16) { t.most = max(t.most, uint16(max(int(w), -int(w)))) }

// Batch is how many rows add up at most in Lanes.
func (t *Table) Batch() int { return max(1, math.MaxInt16/max(1, int(t.most))) }

// row returns the number of the row of a hash, or of a new one.
func (t *Table) row(h Hash, hashes *[]Hash) uint32 {
	id, slot := t.index.place(h, func(id uint32) bool { return (*hashes)[id] == h })
	if id == 0 {
		id = uint32(len(t.rows))
		*slot = mix(h)<<32 | uint64(id)
		t.rows, t.entries, *hashes = append(t.rows, TableRow{}), append(t.entries, entriesOf{}), append(*hashes, h)
	}
	return id
}

// Find returns the number of the row of a hash: the folded one of a word, or what PairHash,
// StemHash or LemmaHash made; 0 where nothing was learned.
func (t *Table) Find(h Hash) uint32 { return t.index.findRare(h) }

// Ahead loads what Find and Lemma look at first for the folded hash of a word, as
// Compiled.Ahead does.
func (t *Table) Ahead(folded Hash) uint64 {
	bit := t.index.filterBit(folded)
	return t.index.filter[bit/64] ^ t.index.ahead(folded) ^ t.lemmas.index.ahead(folded)
}

// Lemma returns the hash, as LemmaHash makes it, of the word of which a form is, and the
// number of its row; 0 where that is not known.
func (t *Table) Lemma(form Hash) (h Hash, row uint32) {
	x := &t.lemmas.words[t.lemmas.index.find(form)]
	return x.hash, x.row
}

// LemmaName returns the word of which a form is.
func (t *Table) LemmaName(form Hash) string { return t.lemmas.name(form) }

// Row returns a row by its number; an empty one for 0.
func (t *Table) Row(id uint32) *TableRow { return &t.rows[id] }

// Told returns the weights of the tags of a row; zeros where it tells none.
func (t *Table) Told(r *TableRow) *Told { return &t.told[r.told] }

// Stems has a bit for each number of letters of which stems were learned.
func (t *Table) Stems() uint8 { return t.stems }

// Denies reports whether anything was learned of negated words.
func (t *Table) Denies() bool { return t.denies }

// Empty reports whether nothing was learned in the language.
func (t *Table) Empty() bool { return len(t.rows) == 1 }

// Lang is the language of the words.
func (t *Table) Lang() Lang { return t.lang }

// Has reports whether anything was learned in a domain.
func (t *Table) Has(d Domain) bool { return t.domains&(1<<d) != 0 }

// Entry returns the entry of a row in a domain, as it is written.
func (t *Table) Entry(row uint32, d Domain) string {
	at := t.entries[row][d]
	if at == 0 {
		return ""
	}
	return t.text[t.ends[at-1]:t.ends[at]]
}
