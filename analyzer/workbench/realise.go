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
// optional items in, then out. Words lists the pieces of each text.
func realisations(set *lexicon.Set, e *lexicon.Entry) iter.Seq[string] {
	if e.Kind == lexicon.Emoji {
		return func(yield func(string) bool) { yield(e.Pattern) }
	}
	items := e.Items()
	var spellings [][]string
	var optional []bool
	for _, it := range items {
		switch {
		case it.Guard, it.Start, it.End, it.Gap > 0:
			continue
		case it.Skip > 0:
			spellings, optional = append(spellings, []string{filler}), append(optional, false)
			continue
		}
		var all []string
		for _, w := range it.Words {
			all = append(all, set.Forms(e.Lang, w)...)
		}
		for _, c := range it.Classes {
			all = append(all, set.ClassWords(e.Lang, c)...)
		}
		if len(it.Words) > 1 { // each alternative early
			var first []string
			for _, w := range it.Words {
				first = append(first, set.Forms(e.Lang, w)[0])
			}
			all = append(first, all...)
		}
		if len(all) > mostSpellings {
			all = all[:mostSpellings]
		}
		spellings, optional = append(spellings, all), append(optional, it.Optional)
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
			if text != strings.ToLower(text) {
				text = filler + ", " + text // a name is told by a capital within a sentence
			}
			return yield(text)
		}
		for _, without := range []bool{false, true} {
			if !say(without, -1, 0) {
				return
			}
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

// hintOf is the language in which an entry is tried.
func hintOf(e *lexicon.Entry) string {
	if e.Lang == lexicon.Any {
		return "mixed"
	}
	return e.Lang.String()
}
