package lexicon

import "slices"

// Lemmas: of which Polish word a form is, as learned words ask. Entries do not ask here:
// their lemmas are compiled into symbols.

// lemmas find the word of a form.
type lemmas struct {
	index index
	words []lemma // 0 is none
	text  string  // the words, one behind the other
}

type lemma struct {
	hash Hash   // as LemmaHash makes it
	row  uint32 // what was learned of it
	end  uint32 // in the text
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
	x := lemmas{index: newIndex(n + len(names)), words: make([]lemma, 1, len(names)+1)}
	var text []byte
	for id, name := range names {
		text = append(text, name...)
		x.words = append(x.words, lemma{hash: LemmaHash(foldedHash(name)), end: uint32(len(text))})
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

// find finds the rows of the words.
func (x *lemmas) find(t *Table) {
	for i := range x.words {
		if w := &x.words[i]; w.hash != 0 {
			w.row = t.Find(w.hash)
		}
	}
}

func (x *lemmas) name(form Hash) string {
	id := x.index.find(form)
	if id == 0 {
		return ""
	}
	return x.text[x.words[id-1].end:x.words[id].end]
}

func (x *lemmas) put(w *imageWriter) {
	x.index.put(w)
	put(w, x.words)
	putText(w, x.text)
}

func (x *lemmas) take(r *imageReader) {
	x.index.take(r)
	x.words = take[lemma](r)
	x.text = takeText(r)
}
