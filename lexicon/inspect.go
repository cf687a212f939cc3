package lexicon

import (
	"io/fs"
	"slices"
)

// Looking into entries: what tools need to check, show and try them. Scoring needs
// none of it.

// An Item is one part of a pattern.
type Item struct {
	// Words are the alternatives as written: "czekać", "=czekam".
	Words []string
	// Classes are the names of the classes that are alternatives, too.
	Classes []string
	// Gap is how many words may stand here, Skip how many must.
	Gap, Skip int
	// Start and End stand for an edge of the clause.
	Start, End      bool
	Guard, Optional bool
	// Key is the same for items that mean the same.
	Key string
}

// Items returns the parts of the entry's pattern, in order; none where the entry
// does not come from Parse.
func (e *Entry) Items() []Item {
	its := e.items
	out := make([]Item, len(its))
	for i, it := range its {
		o := Item{Gap: int(it.gap), Start: it.op == opStart, End: it.op == opEnd, Guard: it.op == opGuard, Optional: it.optional}
		if it.op == opAny {
			o.Skip = 1
		}
		if it.choice != nil {
			o.Key = it.key
			for _, w := range it.words {
				o.Words = append(o.Words, w.String())
			}
			for k, name := range classNames {
				if it.class&(1<<k) != 0 {
					o.Classes = append(o.Classes, name)
				}
			}
		}
		out[i] = o
	}
	return out
}

// Forms returns the spellings that a word of a pattern stands for, the word itself
// first: all inflected forms of a lemma, one of "=form".
func (s *Set) Forms(l Lang, word string) []string {
	var out []string
	switch {
	case word[0] == '=' && len(word) > 1:
		return []string{word[1:]}
	case l == PL:
		s.forms.each(word, func(stem, ending string) { out = append(out, stem+ending) })
	case l == EN:
		eachEnglish(word, func(form string) { out = append(out, form) })
	default:
		return []string{word}
	}
	return out
}

// ClassWords returns words, in a language or in all, that are of a class by name.
// Of what is a number, an ordinal, a date or a name by its shape, it returns one.
func (s *Set) ClassWords(l Lang, class string) []string {
	k := slices.Index(classNames[:], class)
	if k < 0 {
		return nil
	}
	var out []string
	switch Class(1) << k {
	case ClassNumber:
		out = append(out, "3")
	case ClassOrdinal:
		out = append(out, "3rd")
	case ClassDate:
		out = append(out, "12.05")
	case ClassName:
		out = append(out, "Anna")
	case ClassNeg:
		for i := range s.Entries {
			e := &s.Entries[i]
			if e.Kind != Negator || e.Lang != l && e.Lang != Any {
				continue
			}
			if its := e.Items(); len(its) == 1 && len(its[0].Words) > 0 {
				out = append(out, s.Forms(e.Lang, its[0].Words[0])[0])
			}
		}
	}
	for _, c := range s.classes {
		if c.class == 1<<k && (c.lang == l || c.lang == Any) {
			for _, w := range c.words {
				out = append(out, w.word)
			}
		}
	}
	return out
}

// CommonWords returns the spellings that give a language away: words without a
// meaning of their own, mostly.
func (s *Set) CommonWords(l Lang) []string {
	var out []string
	for _, c := range s.classes {
		if c.class == 0 && c.lang == l {
			for _, w := range c.words {
				out = append(out, w.word)
			}
		}
	}
	return out
}

// ReadEntries reads the entry files of one folder, without what belongs to no
// single one: classes, forms, and the folders below or above it. Like Load, it
// returns the good lines together with an error of type Errors. Kind off is
// allowed in an overlay only.
func ReadEntries(fsys fs.FS, overlay bool) ([]Entry, error) {
	return readEntries(fsys, overlay)
}
