package workbench

import (
	"iter"
	"strings"

	"odzew/lexicon"
)

// Realising: from an entry to texts that it stands for, so that it can be tried.

const (
	mostSpellings = 60 // of one item that are tried
	filler        = "xyz"
)

// realisations yields texts in which the entry should stand, the plainest first:
// each item in its first spelling, then one item after the other in its others;
// optional items in, then out. Where the entry does not ask for an edge, other words
// stand around it.
func realisations(set *lexicon.Set, e *lexicon.Entry) iter.Seq[string] {
	if e.Kind == lexicon.Emoji {
		return func(yield func(string) bool) { yield(e.Pattern) }
	}
	var (
		spellings  [][]string
		optional   []bool
		start, end bool
	)
	for _, it := range e.Items() {
		start, end = start || it.Start, end || it.End
		switch {
		case it.Guard, it.Start, it.End, it.Gap > 0:
		case it.Skip > 0:
			spellings, optional = append(spellings, []string{filler}), append(optional, false)
		default:
			spellings, optional = append(spellings, spellingsOf(set, e.Lang, &it)), append(optional, it.Optional)
		}
	}
	return func(yield func(string) bool) {
		say := func(without bool, varied, spelling int) bool {
			var words []string
			for i, s := range spellings {
				switch {
				case without && optional[i] && i != varied || len(s) == 0:
				case i == varied:
					words = append(words, s[spelling])
				default:
					words = append(words, s[0])
				}
			}
			text := strings.Join(words, " ")
			switch {
			case !start:
				text = filler + " " + text
			case text != strings.ToLower(text):
				text = filler + ", " + text // a name is told by a capital within a sentence
			}
			if !end {
				text += " " + filler
			}
			return yield(text)
		}
		if !say(false, -1, 0) || !say(true, -1, 0) {
			return
		}
		for i, s := range spellings {
			for k := 1; k < len(s); k++ {
				if !say(true, i, k) {
					return
				}
			}
		}
	}
}

// spellingsOf lists what may stand for an item: of each alternative one, then more.
func spellingsOf(set *lexicon.Set, lang lexicon.Lang, it *lexicon.Item) []string {
	var first, more []string
	for _, w := range it.Words {
		forms := set.Forms(lang, w)
		first, more = append(first, forms[0]), append(more, forms[1:]...)
	}
	for _, c := range it.Classes {
		more = append(more, set.ClassWords(lang, c)...)
	}
	all := append(first, more...)
	return all[:min(len(all), mostSpellings)]
}

// hintOf is the language in which an entry is tried.
func hintOf(e *lexicon.Entry) string {
	if e.Lang == lexicon.Any {
		return "mixed"
	}
	return e.Lang.String()
}
