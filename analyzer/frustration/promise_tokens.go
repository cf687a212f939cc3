package frustration

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"odzew/lexicon"
)

// Tokens of a promise: words by class, numbers, marks, and where a sentence ends.

// tokens is memory that calls use again: every message of a desk is read.
var tokens = sync.Pool{New: func() any { return new([]token) }}

// The kinds of tokens.
const (
	kindWord   = iota
	kindNumber // digits
	kindMark   // , ; : . - / ( ) within a sentence
	kindEnd    // the end of a sentence
)

type token struct {
	start, end int
	kind       uint8
	glued      bool // no space before it
	mark       rune
	word       word
	number     int // of digits, and of words for numbers; -1 if none
	digits     int // how many
}

// tokenize cuts a text into words, numbers and marks.
func tokenize(toks []token, text string) []token {
	var buf [32]byte
	space := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		start := i
		switch {
		case r >= '0' && r <= '9':
			n := 0
			for i < len(text) && text[i] >= '0' && text[i] <= '9' {
				if i-start < 6 {
					n = n*10 + int(text[i]-'0')
				}
				i++
			}
			toks = append(toks, token{start: start, end: i, kind: kindNumber, glued: !space, number: n, digits: i - start})
			space = false
		case unicode.IsLetter(r):
			w := buf[:0]
			for i < len(text) {
				if c := text[i] | 0x20; 'a' <= c && c <= 'z' {
					if len(w)+utf8.UTFMax <= cap(buf) {
						w = append(w, c)
					}
					i++
					continue
				}
				r, size := utf8.DecodeRuneInString(text[i:])
				if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && r != '\'' && r != '’' {
					break
				}
				if _, f := lexicon.Fold(r); f != 0 && len(w)+utf8.UTFMax <= cap(buf) {
					w = utf8.AppendRune(w, f)
				}
				i += size
			}
			t := token{start: start, end: i, kind: kindWord, glued: !space, number: -1, word: words[string(w)]}
			if t.word.class == classNumber {
				t.number = t.word.value
			}
			if cut := len(w) - 3; t.word.class == 0 && cut > 0 && string(w[cut:]) == "'ll" {
				t.word = word{class: classWill}
			}
			toks = append(toks, t)
			space = false
		case r == '\n':
			i += size
			if endsLine(text, i) {
				toks = append(toks, token{start: start, end: i, kind: kindEnd, number: -1})
			}
			space = true
		case r == '.' || r == '!' || r == '?' || r == '…':
			i += size
			for i < len(text) && (text[i] == '.' || text[i] == '!' || text[i] == '?') {
				if text[i] == '?' {
					r = '?'
				}
				i++
			}
			k := uint8(kindEnd)
			if r == '.' && !endsSentence(toks, text, i) {
				k = kindMark
			}
			toks = append(toks, token{start: start, end: i, kind: k, glued: !space, mark: r, number: -1})
			space = false
		case unicode.IsSpace(r):
			i += size
			space = true
		default:
			i += size
			if r == '–' || r == '—' || r == '−' {
				r = '-'
			}
			toks = append(toks, token{start: start, end: i, kind: kindMark, glued: !space, mark: r, number: -1})
			space = false
		}
	}
	return toks
}

// endsLine says whether a line break before text[i:] ends a sentence: mail programs
// also break lines within one.
func endsLine(text string, i int) bool {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return !unicode.IsLower(r) && !unicode.IsDigit(r)
}

// endsSentence says whether a full stop before text[i:] ends a sentence.
func endsSentence(toks []token, text string, i int) bool {
	if i >= len(text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(text[i:])
	if !unicode.IsSpace(next) {
		return false // 19.06, 4.2, p.m.
	}
	if len(toks) == 0 {
		return true
	}
	last := toks[len(toks)-1]
	if last.word.class == classAbbreviation {
		return false
	}
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	next, _ = utf8.DecodeRuneInString(text[i:])
	if last.word.class == classAtHour && unicode.IsDigit(next) {
		return false // "ok. 14"
	}
	return last.kind != kindNumber || !unicode.IsLower(next) // "15. czerwca"
}
