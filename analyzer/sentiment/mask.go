package sentiment

import (
	"strings"

	"odzew/lexicon"
)

// Masked swearing. Customers put stars or dots for letters, one each or any number; the
// words that may stand behind them are few, and are listed here by their stems,
// for a mask hides the ending as well.

type maskList [][2]string // what is visible at least (first letter), the plain word

// masked are the plain words that a mask may hide; each is looked up in the lexicon.
var masked = maskList{
	{"k", "kurwa"},
	{"k", "kurwy"},
	{"ch", "chuj"},
	{"ch", "chuja"},
	{"h", "huj"},
	{"p", "pierdolę"},
	{"p", "pierdolony"},
	{"sp", "spierdalaj"},
	{"w", "wkurwiony"},
	{"wk", "wkurwia"},
	{"j", "jebać"},
	{"je", "jebany"},
	{"d", "dupa"},
	{"du", "dupie"},
	{"g", "gówno"},
	{"za", "zajebiście"},
	{"s", "skurwysyn"},
	{"f", "fuck"},
	{"f", "fucking"},
	{"f", "fucked"},
	{"s", "shit"},
	{"s", "shitty"},
	{"b", "bullshit"},
	{"b", "bitch"},
	{"a", "arse"},
	{"a", "ass"},
	{"a", "asshole"},
	{"c", "crap"},
	{"c", "cunt"},
	{"d", "damn"},
	{"b", "bastard"},
	{"b", "bastards"},
	{"p", "piss"},
	{"p", "pissed"},
}

// find returns the form of the word behind a mask. Where several fit, the first
// of the list does.
func (ms maskList) find(w string, lex *lexicon.Compiled) uint32 {
	pattern := strings.ToLower(w)
	for exactLength := true; ; exactLength = false {
		for _, m := range ms {
			if !strings.HasPrefix(pattern, m[0]) && !strings.HasPrefix(pattern, m[1][:1]+"*") {
				continue
			}
			if exactLength && len([]rune(m[1])) != len([]rune(pattern)) || !fits(pattern, m[1]) {
				continue
			}
			if id := lex.Find(lexicon.HashWord(m[1])); id != 0 {
				return id
			}
		}
		if !exactLength {
			return 0
		}
	}
}

// fits reports whether a word can stand behind a mask: a run of stars hides any
// letters.
func fits(mask, word string) bool {
	head, rest, _ := strings.Cut(mask, "*")
	if !strings.HasPrefix(word, head) {
		return false
	}
	word = word[len(head):]
	for _, piece := range strings.Split(rest, "*") {
		if piece == "" {
			continue
		}
		i := strings.Index(word, piece)
		if i < 0 {
			return false
		}
		word = word[i+len(piece):]
	}
	return strings.HasSuffix(mask, "*") || word == ""
}
