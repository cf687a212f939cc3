package lexicon

import "slices"

// Lemmas: of which Polish word a form is, as learned words ask. Entries do not ask here:
// their lemmas are compiled into symbols.

// lemmas find the word of a form.
type lemmas struct {
	index  index
	hashes []Hash // of the words, as LemmaHash makes them; 0 is none
	text   string // the words, one behind the other
	ends   []uint32
}

// newLemmas reads the words from what stands in lemmasFile.
func newLemmas(f *forms) lemmas {
	names := make([]string, 0, len(f.lines))
	n := 0
	for name, rest := range f.lines {
		names = append(names, name)
		for i := range len(rest) {
			if rest[i] == ' ' {
				n++
			}
		}
	}
	slices.Sort(names)
	x := lemmas{index: newIndex(n + len(names)), hashes: make([]Hash, 1, len(names)+1), ends: make([]uint32, 1, len(names)+1)}
	var text []byte
	for id, name := range names {
		x.hashes = append(x.hashes, LemmaHash(foldedHash(name)))
		text = append(text, name...)
		x.ends = append(x.ends, uint32(len(text)))
		f.each(name, func(stem, ending string) {
			_, h := HashWord(stem)
			_, h = hashOn(h, h, ending)
			if known, slot := x.index.place(h, func(uint32) bool { return true }); known == 0 {
				*slot = mix(h)<<32 | uint64(id+1)
			}
		})
	}
	x.text = string(text)
	return x
}

// of returns the hash of the word of which a form is; 0 where none is known.
func (x *lemmas) of(form Hash) Hash { return x.hashes[x.index.find(form)] }

func (x *lemmas) name(form Hash) string {
	id := x.index.find(form)
	if id == 0 {
		return ""
	}
	return x.text[x.ends[id-1]:x.ends[id]]
}

func (x *lemmas) put(w *imageWriter) {
	x.index.put(w)
	put(w, x.hashes)
	putText(w, x.text)
	put(w, x.ends)
}

func (x *lemmas) take(r *imageReader) {
	x.index.take(r)
	x.hashes = take[Hash](r)
	x.text = takeText(r)
	x.ends = take[uint32](r)
}
