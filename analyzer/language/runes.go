package language

// Letters and marks: folding, scripts, and where a token ends.

import (
	"strings"
	"unicode"
)

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// folds maps a lower-case Latin letter to what is typed without diacritics.
var folds = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th"}
	for plain, letters := range map[string]string{
		"a": "ąáàâäãåāă", "c": "ćčçĉċ", "d": "ďđð", "e": "ęéèêëěėēĕ", "g": "ğĝġģ",
		"h": "ĥħ", "i": "íìîïıīįĩ", "j": "ĵ", "k": "ķ", "l": "łľĺļ", "n": "ńñňņ",
		"o": "óòôöõőøō", "r": "řŕŗ", "s": "śšşșŝ", "t": "ťţțŧ",
		"u": "úùûüůűūųũ", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
	} {
		for _, r := range letters {
			m[r] = plain
		}
	}
	return m
}()

// fold returns a lower-case letter without its diacritic, or the letter itself.
func fold(r rune) string {
	if s, ok := folds[r]; ok {
		return s
	}
	return string(r)
}

func foldAll(word string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(word) {
		b.WriteString(fold(r))
	}
	return b.String()
}

// put appends a byte to the folded word. Of a word longer than the buffer the
// end is kept.
func put(buf *[32]byte, n int, c byte) int {
	if n == len(buf) {
		n = copy(buf[:], buf[len(buf)/2:])
	}
	buf[n] = c
	return n + 1
}

func scriptOf(r rune) int {
	switch {
	case r < 0x370:
		return -1
	case r < 0x400 || 0x1f00 <= r && r < 0x2000:
		return scriptGreek
	case r < 0x530:
		return scriptCyrillic
	case 0x590 <= r && r < 0x600:
		return scriptHebrew
	case 0x600 <= r && r < 0x780:
		return scriptArabic
	case 0xe00 <= r && r < 0xe80:
		return scriptThai
	case 0x1100 <= r && r < 0x1200 || 0xac00 <= r && r < 0xd7b0:
		return scriptHangul
	case 0x3040 <= r && r < 0x3100:
		return scriptKana
	case 0x4e00 <= r && r < 0xa000 || 0x3400 <= r && r < 0x4dc0:
		return scriptHan
	}
	return -1
}

// endsNoWord says that the word before i is part of an address, a handle, a
// number or a file name: what follows it without a space makes it no word.
func endsNoWord(text string, i int) bool {
	switch c := text[i]; c {
	case '@', '_', '\\':
		return true
	case '.', ':', '/':
		// "site.pl", "https://", "and/or" is words: only with a letter after.
		return i+1 < len(text) && (c == ':' && text[i+1] == '/' || c == '.' && isASCIILetter(text[i+1]) && !sentenceAfter(text, i+1))
	default:
		return '0' <= c && c <= '9'
	}
}

// sentenceAfter tells "działa.Proszę" from "shop.example": a new sentence, with
// its space forgotten, begins with a capital.
func sentenceAfter(text string, i int) bool {
	return 'A' <= text[i] && text[i] <= 'Z'
}

// skipToken returns where the run of non-space bytes at i ends.
func skipToken(text string, i int) int {
	for i < len(text) {
		switch text[i] {
		case ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}

// closingQuote returns where the quoted text that begins at start ends, or 0
// where it is not closed within a line and quoteBytes.
func closingQuote(text string, start int, closers ...string) int {
	const quoteBytes = 200
	end := min(len(text), start+quoteBytes)
	for i := start; i < end; i++ {
		if text[i] == '\n' {
			return 0
		}
		for _, c := range closers {
			if strings.HasPrefix(text[i:], c) {
				return i
			}
		}
	}
	return 0
}

// mostlyCapitals says that capitals mean nothing in text: it shouts.
func mostlyCapitals(text string) bool {
	upper, lower := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case 'A' <= c && c <= 'Z':
			upper++
		case 'a' <= c && c <= 'z':
			lower++
		}
	}
	return upper > lower
}

// isMark says whether r only marks the letter before it.
func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) }
