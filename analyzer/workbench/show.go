package workbench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// Showing what a lexicon knows of a word or phrase.

// A Shown is an entry that has to do with a word or phrase.
type Shown struct {
	File  string // as messages call it
	Where string // file and line
	Entry lexicon.Entry
	// Match: the entry stands in the phrase. Otherwise the phrase is, or begins, one
	// of its words only.
	Match bool
	// Counts: no other entry takes its place there.
	Counts bool
	// Forms are the spellings of the item that the phrase is of.
	Forms []string
}

// Show lists the entries that stand in a phrase, then those that have it as one of
// their words, in the order of their files.
func (l *Lexicon) Show(phrase string) []Shown {
	type state struct{ match, counts bool }
	states := map[int]state{}
	learned := map[sentiment.LearnedFound]bool{}
	for _, hint := range []string{"mixed", "pl", "en"} {
		r := l.Read(phrase, hint)
		for _, f := range r.Found {
			s := states[f.Entry]
			states[f.Entry] = state{true, s.counts || f.Counts}
		}
		for _, f := range r.Learned {
			learned[f] = true
		}
	}
	word := plain(strings.TrimPrefix(phrase, "="))
	var out []Shown
	for i := range l.Set.Entries {
		e := &l.Set.Entries[i]
		s, found := states[i]
		forms := l.formsOf(e, word)
		if !found && forms == nil {
			continue
		}
		out = append(out, Shown{File: l.File(e), Where: l.Where(e), Entry: *e, Match: s.match, Counts: s.counts, Forms: forms})
	}
	for _, f := range l.Set.Learned {
		for i := range f.Rows {
			if row := &f.Rows[i]; learned[sentiment.LearnedFound{Entry: row.Entry, Lang: f.Lang, Domain: f.Domain}] {
				file := l.Layers[f.Layer].File(f.Name)
				out = append(out, Shown{File: file, Where: fmt.Sprintf("%s:%d", file, row.Line), Entry: f.EntryOf(row), Match: true, Counts: true})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Shown) int { return cmp.Compare(order(a), order(b)) })
	return out
}

func order(s Shown) int {
	switch {
	case s.Counts:
		return 0
	case s.Match:
		return 1
	}
	return 2
}

// formsOf returns the spellings of the first item of an entry that a word satisfies.
func (l *Lexicon) formsOf(e *lexicon.Entry, word string) []string {
	if word == "" {
		return nil
	}
	for _, it := range e.Items() {
		var forms []string
		for _, w := range it.Words {
			forms = append(forms, l.Set.Forms(e.Lang, w)...)
		}
		if slices.Contains(forms, word) {
			return forms
		}
	}
	return nil
}

// HasTone reports whether the words of an entry have a tone in this lexicon already,
// in texts of a language.
func (l *Lexicon) HasTone(e *lexicon.Entry, lang string) bool {
	r := l.Read(strings.ReplaceAll(e.Pattern, "=", ""), lang)
	for i := range r.Words {
		if r.Words[i].Owner < 0 {
			return false
		}
	}
	return len(r.Words) > 0
}
