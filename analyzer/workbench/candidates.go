package workbench

import (
	"bytes"
	"strings"
	"unicode"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Candidates: words, and pairs of neighbours, that no entry gives a tone yet. Words
// without a meaning of their own are none, but may be one half of a pair.

// A candidate is one that stands in a text, as the pattern that it would have.
type candidate struct {
	pattern string
	first   int // word
	words   int // 1 or 2
	negated bool
	named   bool // a word is capitalised within a sentence, as names and acronyms are
	unknown bool // no entry, class or list knows it, or one of its words
}

// candidatesIn lists the candidates of a text.
func (l *Lexicon) candidatesIn(message string, r *sentiment.Reading) []candidate {
	const reach = 4 // words that a negator turns, as in judging
	var out []candidate
	notUntil := -1 // first word behind the reach of the last negator
	negators := map[int]int{}
	for _, f := range r.Found {
		if f.Counts && l.Set.Entries[f.Entry].Kind == lexicon.Negator {
			negators[f.Start] = f.End
		}
	}
	before, common, named := "", false, false // the free word in front
	for i := range r.Words {
		w := &r.Words[i]
		if i > 0 && r.Words[i-1].Clause != w.Clause {
			before, notUntil = "", -1
		}
		if end, ok := negators[i]; ok {
			notUntil = end + reach
		}
		word := ""
		if w.Kind == text.Word && w.Owner < 0 {
			word = plain(message[w.Start:w.End])
		}
		if word != "" {
			negated, wasCommon, wasNamed := i < notUntil, common, named
			named = w.Has(text.Upper) && !w.Has(text.First)
			if common = l.common[folded(word)]; !common {
				out = append(out, candidate{"=" + word, i, 1, negated, named, !w.Known})
			}
			if before != "" && !(common && wasCommon) {
				out = append(out, candidate{"=" + before + " =" + word, i - 1, 2, negated, named || wasNamed, !w.Known || !r.Words[i-1].Known})
			}
		}
		before = word
	}
	return out
}

// plain returns a word as an entry has it, or "" where no entry can.
func plain(w string) string {
	const longest = 40 // bytes
	if len(w) > longest {
		return ""
	}
	var b strings.Builder
	for i, r := range w {
		lower, _ := lexicon.Fold(r)
		switch {
		case lower == 0:
		case lower == '\'' && i > 0, lower == '-' && i == 1, unicode.IsLetter(lower) && !unicode.IsUpper(lower):
			b.WriteRune(lower)
		default:
			return ""
		}
	}
	return strings.TrimRight(b.String(), "'-")
}

// folded is the hash of a word without its diacritics.
func folded(w string) lexicon.Hash {
	_, f := lexicon.HashWord(w)
	return f
}

// twins maps patterns to the one that they are a careless spelling of: written
// without diacritics, seldomer. The lexicon finds both by the latter.
func twins(seen map[string]int) map[string]string {
	marked := map[lexicon.Hash]string{} // the most frequent spelling with diacritics
	for p, n := range seen {
		exact, f := lexicon.HashWord(p)
		if exact == f {
			continue
		}
		if q, ok := marked[f]; !ok || seen[q] < n || seen[q] == n && p < q {
			marked[f] = p
		}
	}
	out := map[string]string{}
	for p, n := range seen {
		exact, f := lexicon.HashWord(p)
		if q, ok := marked[f]; ok && exact == f && seen[q] >= n {
			out[p] = q
		}
	}
	return out
}

// writable reports whether a word of a message can stand in an entry.
func writable(pattern string) bool {
	_, err := parsed([]lexicon.Entry{{Pattern: pattern}}, lexicon.Any)
	return err == nil
}

// parsed takes entries through their file, so that what is proposed is what will be
// read.
func parsed(entries []lexicon.Entry, lang lexicon.Lang) ([]lexicon.Entry, error) {
	var b bytes.Buffer
	if err := lexicon.Write(&b, nil, entries); err != nil {
		return nil, err
	}
	return lexicon.Parse(lang.String()+"/new.tsv", b.Bytes())
}
