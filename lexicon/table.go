package lexicon

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The table of learned words: what a message is looked up in.

// A Table finds what was learned of words, in one language and all domains.
type Table struct {
	index index
	rows  []TableRow // 0 is none
	tags  []TagWeight
	text  string   // the entries, one behind the other
	ends  []uint32 // of the entries in the text; 0 is none
	lang  Lang
	tableKinds
}

// tableKinds are what stands in a table at all.
type tableKinds struct {
	domains uint8 // a bit for each domain that has a file
	stems   uint8 // a bit for each length of a stem
	denies  bool  // negated words
}

// A TableRow is what was learned of a word, a pair, or a stem.
type TableRow struct {
	Pull [NumDomains][4]int16 // as in LearnedRow
	Talk int16                // towards reviews
	// Pairs: pairs begin with the word.
	Pairs bool
	Apart bool // and with one word between
	nTags uint8
	tags  uint32               // where its tags begin
	at    [TagWords + 1]uint32 // number of its entry; 0 is none
}

// Pulls reports whether the row moves classes or talk, and not tags alone.
func (r *TableRow) Pulls() bool { return r.at[Desk]|r.at[Reviews]|r.at[LongReviews] != 0 }

// newTable makes the table of a language. Files that come later win, so that a site's
// own words take the place of shipped ones.
func newTable(l Lang, learned []*LearnedFile) *Table {
	t := &Table{lang: l, ends: []uint32{0}}
	var files []*LearnedFile
	n, size := 0, 0
	for _, f := range learned {
		if f.Lang == l {
			files = append(files, f)
			t.domains |= 1 << f.Domain
			n += len(f.Rows)
			for i := range f.Rows {
				size += len(f.Rows[i].Entry)
			}
		}
	}
	t.ends = slices.Grow(t.ends, n)
	var text strings.Builder
	text.Grow(size)
	t.index = newIndex(n + n/2) // first words of pairs take room as well
	t.rows = make([]TableRow, 1, n+1)
	hashes := make([]Hash, 1, n+1) // of the rows
	for _, f := range files {
		for i := range f.Rows {
			row := &f.Rows[i]
			if first, second, pair := strings.Cut(row.Entry, " "); pair {
				r := t.row(foldedHash(first), &hashes)
				if strings.HasPrefix(second, gapSign) {
					r.Apart = true
				} else {
					r.Pairs = true
				}
				t.denies = t.denies || first == deniedSign
			} else if w, ok := strings.CutSuffix(row.Entry, "*"); ok {
				t.stems |= 1 << utf8.RuneCountInString(w)
			}
			to := t.row(EntryHash(row.Entry), &hashes)
			to.at[f.Domain] = uint32(len(t.ends))
			text.WriteString(row.Entry)
			t.ends = append(t.ends, uint32(text.Len()))
			switch f.Domain {
			case TagWords:
				to.tags, to.nTags = uint32(len(t.tags)), uint8(len(row.Tags))
				t.tags = append(t.tags, row.Tags...)
			case Reviews:
				to.Pull[Reviews], to.Talk = row.Pull, row.Talk
			default:
				to.Pull[f.Domain] = row.Pull
			}
		}
	}
	t.text = text.String()
	return t
}

// row returns the row of a hash, or a new one.
func (t *Table) row(h Hash, hashes *[]Hash) *TableRow {
	id, slot := t.index.place(h, func(id uint32) bool { return (*hashes)[id] == h })
	if id == 0 {
		id = uint32(len(t.rows))
		*slot = mix(h)<<32 | uint64(id)
		t.index.note(h)
		t.rows, *hashes = append(t.rows, TableRow{}), append(*hashes, h)
	}
	return &t.rows[id]
}

// Find returns the row of a hash: the folded one of a word, or what PairHash or
// StemHash made; nil where nothing was learned.
func (t *Table) Find(h Hash) *TableRow {
	if id := t.index.findRare(h); id != 0 {
		return &t.rows[id]
	}
	return nil
}

// Tags returns the weights of the tags of a row.
func (t *Table) Tags(r *TableRow) []TagWeight { return t.tags[r.tags : r.tags+uint32(r.nTags)] }

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
func (t *Table) Entry(r *TableRow, d Domain) string {
	at := r.at[d]
	if at == 0 {
		return ""
	}
	return t.text[t.ends[at-1]:t.ends[at]]
}
