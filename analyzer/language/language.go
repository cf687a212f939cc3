// Package language tells in what language a customer writes.
//
// It is made for support messages: two words or two thousand, with diacritics or
// without, with order numbers, addresses and brand names in between. Polish and
// English matter most, and both in one message are a result of their own; other
// languages matter so far as they must not be scored as one of these.
//
// Every word votes: by being a common word, by its letters, by its ending and by
// its letter pairs. The lists stand in profiles.txt. Rules:
//
//   - Pure, goroutine-safe, no allocation, linear in the bytes looked at, and no
//     more than maxBytes of them are looked at.
//   - Tokens with digits, addresses, handles and quoted text do not vote. Unknown
//     capitalised words (names, brands) vote only where nothing else does.
//   - Two votes are never mixed up with certainty: Confidence says how clear it is.
package language

import (
	"unicode"
	"unicode/utf8"
)

// Results of Detect that are not ISO 639-1 codes.
const (
	Mixed        = "mixed" // Polish and English, both substantial
	Undetermined = "und"   // no letters, or too little to tell
)

// maxBytes is how much of a text votes: its head and, where it is longer, its
// tail, for long messages are often forwarded under a line in another language.
const (
	maxBytes  = 1600
	tailBytes = 400
)

// A Result is the language of a text.
type Result struct {
	// Lang is "pl", "en", Mixed, another ISO 639-1 code, or Undetermined.
	Lang string
	// Confidence runs from 0 to 1: how far the winner is ahead, less where
	// little was seen. It is no probability.
	Confidence float64
}

// Detect returns the language of text.
func Detect(text string) Result {
	p := profiles()
	var v votes
	if len(text) <= maxBytes {
		p.count(text, &v)
	} else {
		p.count(text[:maxBytes-tailBytes], &v)
		p.count(text[len(text)-tailBytes:], &v)
	}
	return p.decide(&v)
}

// Weights of a vote, in points. A list item shared by k languages gives each of
// them share[k] of its weight.
const (
	wordPoints   = 24
	letterPoints = 18
	endingPoints = 8
	pairPoints   = 4
	unsurePoints = 48 // evidence below which confidence is cut

	// plainLead is how far one of Polish and English must be ahead in an unknown
	// word's form for it to count as a word of that language.
	plainLead = 3 * pairPoints * 12
)

// share is 1/k-like, falling faster: a word of five languages says nothing.
var share = [...]int32{0: 0, 1: 12, 2: 5, 3: 2, 4: 1}

func shareOf(set langSet) int32 {
	if n := set.len(); n < len(share) {
		return share[n]
	}
	return 0
}

const maxLangs = 24

// votes is what a text's words say, per language.
type votes struct {
	points [maxLangs]int32
	// weak holds the votes of what counts only where nothing else does:
	// unknown capitalised words and quoted text.
	weak [maxLangs]int32
	// pl and en count the words that plainly are one and not the other.
	pl, en int
	// strange counts the words, no names, with letters that neither has, less those
	// with Polish ones.
	strange int
	tokens  int
	letters int
	scripts [nScripts]int
}

// Scripts that stand for a language by themselves.
const (
	scriptGreek = iota
	scriptHebrew
	scriptArabic
	scriptThai
	scriptHangul
	scriptKana
	scriptHan
	scriptCyrillic
	nScripts
)

var scriptLangs = [nScripts]string{
	scriptGreek: "el", scriptHebrew: "he", scriptArabic: "ar", scriptThai: "th",
	scriptHangul: "ko", scriptKana: "ja", scriptHan: "zh",
}

// count lets every token of text vote.
func (p *profileSet) count(text string, v *votes) {
	allCaps := mostlyCapitals(text)
	sentenceStart := true
	quotedUntil := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf && !isASCIILetter(c) {
			switch c {
			case '.', '!', '?', '\n', ':', ';':
				sentenceStart = true
			case '"':
				if end := closingQuote(text, i+1, `"`); end > 0 && i >= quotedUntil {
					quotedUntil = end
				}
			}
			if c >= '0' && c <= '9' || c == '@' || c == '#' || c == '/' || c == '_' {
				i = skipToken(text, i) // a number, a handle, a path: no words
				continue
			}
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if !unicode.IsLetter(r) {
			if (r == '„' || r == '“' || r == '«') && i >= quotedUntil {
				if end := closingQuote(text, i+size, "”", "“", "»", `"`); end > 0 {
					quotedUntil = end
				}
			}
			i += size
			continue
		}
		i = p.countWord(text, i, v, sentenceStart || allCaps, i < quotedUntil)
		sentenceStart = false
	}
}

// countWord lets the word that begins at start vote, and returns where it ends.
func (p *profileSet) countWord(text string, start int, v *votes, capitalsMeanNothing, quoted bool) int {
	var buf [32]byte // the folded word; longer ones are cut: their end still votes
	n := 0
	var marks [maxLangs]int32
	marked := false
	capital := false
	i := start
	for ; i < len(text); v.letters++ {
		c := text[i]
		if c < utf8.RuneSelf {
			lower := c | 0x20
			if !isASCIILetter(c) {
				if c == '\'' && i+1 < len(text) && isASCIILetter(text[i+1]) && n > 0 {
					n = put(&buf, n, c)
					i++
					continue
				}
				if endsNoWord(text, i) {
					return skipToken(text, i)
				}
				break
			}
			if c != lower && i == start {
				capital = true
			}
			n = put(&buf, n, lower)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == '’' && n > 0 {
			n = put(&buf, n, '\'')
			i += size
			continue
		}
		if isMark(r) {
			i += size
			continue
		}
		if !unicode.IsLetter(r) {
			break
		}
		lower := unicode.ToLower(r)
		if lower != r && i == start {
			capital = true
		}
		if s := scriptOf(lower); s >= 0 {
			v.scripts[s]++
		}
		if set := p.letters[lower]; set != 0 {
			addSet(&marks, set, letterPoints)
			marked = true
		}
		s := fold(lower)
		for k := range len(s) {
			n = put(&buf, n, s[k])
		}
		i += size
	}
	word := buf[:n]
	points := &v.points
	if quoted {
		points = &v.weak
	}
	v.tokens++
	if n == 1 && word[0] == 'i' && capital && !capitalsMeanNothing {
		points[p.en] += wordPoints * share[1] // only English writes its I so
		return i
	}
	if set, ok := p.words[string(word)]; ok {
		addSet(points, set, wordPoints)
		if !quoted && (!capital || capitalsMeanNothing) { // "Holiday Inn Express" is a name
			switch {
			case set.has(p.pl) && !set.has(p.en):
				v.pl++
			case set.has(p.en) && !set.has(p.pl):
				v.en++
			}
		}
		if marked {
			addAll(points, &marks)
			v.strange += strange(p, &marks, quoted || capital && !capitalsMeanNothing)
		}
		return i
	}
	if marked {
		addAll(points, &marks)
		v.strange += strange(p, &marks, quoted || capital && !capitalsMeanNothing)
		if marks[p.pl] > 0 && !quoted {
			v.pl++
		}
	}
	if capital && !capitalsMeanNothing {
		points = &v.weak
	}
	before := points[p.pl] - points[p.en]
	if n >= 4 {
		for k := 4; k >= 2; k-- {
			if n <= k {
				continue
			}
			if set, ok := p.endings[string(word[n-k:])]; ok {
				addSet(points, set, endingPoints)
				break
			}
		}
	}
	for k := 0; k+2 <= n; k++ {
		a, b := word[k], word[k+1]
		if a < 'a' || a > 'z' || b < 'a' || b > 'z' {
			continue
		}
		if set := p.pairs[int(a-'a')*26+int(b-'a')]; set != 0 {
			addSet(points, set, pairPoints)
		}
	}
	if points == &v.points {
		switch lead := points[p.pl] - points[p.en] - before; {
		case lead >= plainLead && !marked:
			v.pl++
		case lead <= -plainLead:
			v.en++
		}
	}
	return i
}

// decide turns votes into a result.
func (p *profileSet) decide(v *votes) Result {
	if s, n := top(v.scripts[:]); n*2 > v.letters && scriptLangs[s] != "" {
		return Result{scriptLangs[s], 1}
	}
	cyrillic := v.scripts[scriptCyrillic]
	points := &v.points
	if v.strange > 0 && v.strange*4 >= v.tokens {
		// Neither Polish nor English is spelt so; what others share with them says little.
		points[p.pl] /= 4
		points[p.en] /= 4
		v.pl = 0
	}
	first, second := best(points)
	if points[first] <= 0 {
		points = &v.weak
		first, second = best(points)
	}
	total := points[first] + points[second]
	if points[first] <= 0 {
		if cyrillic > 0 {
			return Result{"ru", 0.3}
		}
		return Result{Undetermined, 0}
	}
	if p.bothSubstantial(v) {
		return Result{Mixed, clamp(float64(min(v.pl, v.en)) / float64(max(v.pl, v.en)) * 2)}
	}
	// Polish and English are what customers of this desk write: another language
	// must be clearly ahead of them.
	if first != p.pl && first != p.en {
		home := p.pl
		if points[p.en] > points[home] {
			home = p.en
		}
		if points[first]*4 < points[home]*5 {
			first, second = home, first
		}
		// One shared little word is no proof of a foreign language.
		if points[first] < wordPoints*6 {
			if points[home] <= 0 {
				return Result{Undetermined, 0.1}
			}
		}
	}
	lead := float64(points[first]-points[second]) / float64(total)
	seen := float64(points[first]) / float64(unsurePoints*12)
	return Result{p.names[first], clamp(lead * clamp(0.4+seen*0.6))}
}

// bothSubstantial says whether Polish and English both carry the message: the
// lesser has a fifth of the greater's telling words and two at least, or one of
// two where that is all there is.
func (p *profileSet) bothSubstantial(v *votes) bool {
	less, more := min(v.pl, v.en), max(v.pl, v.en)
	switch {
	case less == 0:
		return false
	case less == 1:
		return more == 1 && v.tokens <= 3
	default:
		return less*5 >= more
	}
}

// strange is how much a word with letters beyond a-z speaks against Polish and English:
// nothing where it may be a name.
func strange(p *profileSet, marks *[maxLangs]int32, name bool) int {
	switch {
	case name:
		return 0
	case marks[p.pl] > 0:
		return -1
	}
	return 1
}

func clamp(x float64) float64 { return max(0, min(1, x)) }

func best(points *[maxLangs]int32) (first, second int) {
	second = 1
	if points[1] > points[0] {
		first, second = 1, 0
	}
	for i := 2; i < maxLangs; i++ {
		switch {
		case points[i] > points[first]:
			first, second = i, first
		case points[i] > points[second]:
			second = i
		}
	}
	return first, second
}

func top(counts []int) (index, count int) {
	for i, n := range counts {
		if n > count {
			index, count = i, n
		}
	}
	return index, count
}

func addSet(points *[maxLangs]int32, set langSet, weight int32) {
	add := weight * shareOf(set)
	if add == 0 {
		return
	}
	for i := 0; set != 0; i, set = i+1, set>>1 {
		if set&1 != 0 {
			points[i] += add
		}
	}
}

func addAll(points, more *[maxLangs]int32) {
	for i, n := range more {
		points[i] += n
	}
}
