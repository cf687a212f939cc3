package lexicon

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Polish forms come from generated files, one lemma a line:
//
//	czekać	4 ć ł ła łam …
//
// the number of bytes that the forms share with the lemma's beginning, then what
// follows them. "-" stands for nothing. internal/genforms writes it.

const formsFile = "pl/forms.txt"

// lemmasFile is for learned words, and written in the same way; a lexicon may do without.
// Each form stands there once, folded, under the word that it is met most as a form of.
const lemmasFile = "pl/lemmas.txt"

type forms struct {
	lines map[string]string // lemma -> what stands after the TAB
}

func parseForms(name, data string) (*forms, error) {
	f := &forms{lines: make(map[string]string, strings.Count(data, "\n"))}
	n := 0
	for raw := range strings.SplitSeq(strings.TrimSuffix(data, "\n"), "\n") {
		n++
		if strings.HasPrefix(raw, "#") || raw == "" {
			continue
		}
		lemma, rest, ok := strings.Cut(raw, "\t")
		shared, _, _ := strings.Cut(rest, " ")
		k, err := strconv.Atoi(shared)
		if !ok || err != nil || k < 0 || k > len(lemma) {
			return nil, &Error{name, n, "not a line of forms; write the file anew with go generate ./lexicon"}
		}
		f.lines[lemma] = rest
	}
	return f, nil
}

// each calls yield with every form of the lemma, as its shared beginning and the
// rest. A lemma that is not known has itself as its only form.
func (f *forms) each(lemma string, yield func(stem, ending string)) {
	yield(lemma, "")
	rest, ok := f.lines[lemma]
	if !ok {
		return
	}
	shared, rest, more := cut(rest, ' ')
	k, _ := strconv.Atoi(shared) // parseForms checked it
	for more {
		var ending string
		ending, rest, more = cut(rest, ' ')
		if ending == "-" {
			ending = ""
		}
		yield(lemma[:k], ending)
	}
}

// FormsLine writes a line of the file of Polish forms. The forms need not be
// sorted or unique; the lemma itself may be among them.
func FormsLine(lemma string, all []string) string {
	all = slices.Clone(all)
	slices.Sort(all)
	all = slices.Compact(all)
	k := len(lemma)
	for _, f := range all {
		for k > 0 && !strings.HasPrefix(f, lemma[:k]) {
			k--
		}
	}
	for k > 0 && k < len(lemma) && lemma[k]&0xC0 == 0x80 { // not within a rune
		k--
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\t%d", lemma, k)
	for _, f := range all {
		if f == lemma {
			continue
		}
		b.WriteByte(' ')
		if e := f[k:]; e != "" {
			b.WriteString(e)
		} else {
			b.WriteByte('-')
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// PolishLemmas returns the lemmas that Polish entries and classes use, sorted.
func (s *Set) PolishLemmas() []string {
	var out []string
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Lang == PL {
			for _, it := range e.items {
				if it.choice == nil {
					continue
				}
				for _, a := range it.words {
					if !a.form {
						out = append(out, a.word)
					}
				}
			}
		}
	}
	for _, c := range s.classes {
		for _, a := range c.words {
			if c.lang == PL && !a.form {
				out = append(out, a.word)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Lemmas returns the Polish words that learned words may have in all their forms, sorted.
func (s *Set) Lemmas() []string { return slices.Sorted(maps.Keys(s.lemmas.lines)) }

// KnownLemma reports whether the forms of a Polish lemma are known.
func (s *Set) KnownLemma(lemma string) bool { _, ok := s.forms.lines[lemma]; return ok }
