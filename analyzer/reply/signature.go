package reply

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Where signatures begin. They are looked for at the end of a run of own text only,
// within its last lines. A closing counts if all that follows it looks like a name
// block; else it stands in the middle of a text, and stays.

const (
	// tailLines and tailBytes bound the end of a run that is searched.
	tailLines = 60
	tailBytes = 8 << 10
	// blockLines bounds a name block, legal footers not counted.
	blockLines = 14
)

// signature gives the part of a run that is signature, [from, to); the run's end
// twice if there is none.
func signature(run string) (from, to int) {
	// The last lines, from behind; starts[i] is where line i begins.
	at := len(run)
	starts := append(make([]int, 0, 8), at)
	for len(starts) <= tailLines && at > 0 && len(run)-at < tailBytes {
		low := max(0, at-1-tailBytes)
		i := strings.LastIndexByte(run[low:at-1], '\n')
		if i < 0 && low > 0 {
			break // a line too long for any signature
		}
		at = low + i + 1
		starts = append(starts, at)
	}
	slices.Reverse(starts)
	t := tail{run: run, starts: starts}
	for i := range t.len() {
		line := t.line(i)
		if line == "" && !t.delimits(i) {
			continue
		}
		if t.delimits(i) {
			if end, ok := t.block(i + 1); ok {
				return t.starts[i], end
			}
			continue
		}
		switch c := fold(line[0]); {
		case matches(mobile, c, line) && device(line):
			if end, ok := t.block(i); ok {
				return t.starts[i], end
			}
			return t.starts[i], t.starts[i+1]
		case isLegal(c, line, run[t.starts[i]:]):
			if i > 0 && t.rule(i-1) {
				i--
			}
			return t.starts[i], len(run)
		case isClosing(c, line):
			if end, ok := t.block(i + 1); ok {
				return t.starts[i], end
			}
		case isThanks(c, line):
			if n := t.names(i + 1); n {
				return t.starts[i+1], len(run)
			}
		default:
			if j := inlineClosing(line); j > 0 {
				if end, ok := t.block(i + 1); ok {
					return t.starts[i] + strings.Index(run[t.starts[i]:], line) + j, end
				}
			}
		}
	}
	return len(run), len(run)
}

// A tail is the last lines of a run; line i begins at starts[i] and ends before
// starts[i+1].
type tail struct {
	run    string
	starts []int
}

func (t tail) len() int { return len(t.starts) - 1 }

// line gives a line without the white space around it, no-break spaces included.
func (t tail) line(i int) string {
	return strings.Trim(t.run[t.starts[i]:t.starts[i+1]], " \t\r\n\u00a0\u200b\ufeff*")
}

// delimits says whether a line is the delimiter of RFC 3676, section 4.3, with or
// without its space, which many programs lose.
func (t tail) delimits(i int) bool {
	switch strings.TrimRight(t.run[t.starts[i]:t.starts[i+1]], " \t\r\n\u00a0") {
	case "--", "—", "- --":
		return true
	}
	return false
}

// rule says whether a line is a rule of dashes, stars or the like.
func (t tail) rule(i int) bool {
	line := strings.TrimSpace(t.run[t.starts[i]:t.starts[i+1]])
	return line != "" && isRule(line)
}

// block says whether the lines from i on are a name block, and where it ends: at the
// end of the run, or before a postscript. Below a delimiter that has its space, by
// the standard, anything is signature.
func (t tail) block(i int) (end int, ok bool) {
	marked := i > 0 && strings.HasPrefix(t.run[t.starts[i-1]:], "-- ")
	n, adjacent := 0, true
	for ; i < t.len(); i++ {
		line := t.line(i)
		if line == "" {
			adjacent = false
			continue
		}
		c := fold(line[0])
		if isPostscript(line) && !marked {
			return t.starts[i], true
		}
		if isLegal(c, line, t.run[t.starts[i]:]) {
			return len(t.run), true
		}
		if t.delimits(i) || matches(mobile, c, line) && device(line) || isClosing(c, line) {
			continue
		}
		n++
		if !marked && (n > blockLines || !nameLine(line, adjacent, n == 1)) {
			return 0, false
		}
		adjacent = true
	}
	return len(t.run), true
}

// names says whether the lines from i on are one to four lines of a name, and nothing
// else.
func (t tail) names(i int) bool {
	n := 0
	for j := i; j < t.len(); j++ {
		line := t.line(j)
		if line == "" {
			continue
		}
		c := fold(line[0])
		if n > 0 && (t.delimits(j) || isLegal(c, line, t.run[t.starts[j]:]) || matches(mobile, c, line) && device(line)) {
			return true
		}
		if n++; n > 4 || n == 1 && !isName(line) || !nameLine(line, n > 1, n == 1) {
			return false
		}
	}
	return n > 0
}

// nameLine says whether a line can stand in a name block, as its first line or later;
// adjacent if no empty line is between it and the line before.
func nameLine(line string, adjacent, first bool) bool {
	if len(line) > 160 || strings.ContainsRune(line, '?') || talks(line) {
		return false
	}
	if isName(line) || isContact(line) || isRule(line) {
		return true
	}
	if !adjacent || strings.HasSuffix(line, ".") || strings.HasSuffix(line, "!") {
		return false
	}
	if first { // a name in lower case
		return strings.Count(line, " ") < 2 && len(line) <= 30
	}
	// A role or a firm, right below a name.
	return strings.Count(line, " ") < 9 && len(line) <= 80
}

// isName says whether a line is a few words of which most are capitalised.
func isName(line string) bool {
	words, capital := 0, 0
	for w := range strings.FieldsSeq(line) {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "(\"„"))
		if !unicode.IsLetter(r) {
			continue
		}
		words++
		if unicode.IsUpper(r) {
			capital++
		}
	}
	return capital*2 > words && words <= 6 && len(line) <= 80 && !strings.HasSuffix(line, "!")
}

// talks says whether a line holds a word that name blocks do not have.
func talks(line string) bool {
	for w := range strings.FieldsSeq(line) {
		if talk[strings.ToLower(strings.Trim(w, ".,;:!?()\"„”"))] {
			return true
		}
	}
	return false
}

// isContact says whether a line holds a phone number, an address or the like.
func isContact(line string) bool {
	digits := 0
	for i := range len(line) {
		if line[i] >= '0' && line[i] <= '9' {
			digits++
		}
	}
	if digits >= 5 {
		return true
	}
	low := strings.ToLower(line)
	for _, c := range contacts {
		if strings.Contains(low, c) {
			return true
		}
	}
	return false
}

// isRule says whether a line has neither letters nor digits.
func isRule(line string) bool {
	return strings.IndexFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0
}

func isPostscript(line string) bool {
	return hasFold(line, "ps ") || hasFold(line, "ps.") || hasFold(line, "ps:") || hasFold(line, "p.s") || hasFold(line, "ps,")
}

// isClosing says whether a line is a polite closing, with at most a name behind it.
func isClosing(c byte, line string) bool {
	if len(line) > 120 || strings.ContainsAny(line, "?") {
		return false
	}
	bare := strings.TrimRight(line, " ,.!;:)-–—*🙂😊")
	for _, p := range curt[c] {
		if strings.EqualFold(bare, p) {
			return true
		}
	}
	for _, p := range closings[c] {
		if !hasFold(line, p) {
			continue
		}
		rest := line[len(p):]
		if r, _ := utf8.DecodeRuneInString(rest); unicode.IsLetter(r) {
			continue
		}
		if len(strings.Fields(rest)) <= 6 && !talks(rest) && strings.Count(strings.TrimRight(rest, ". "), ". ") == 0 {
			return true
		}
	}
	return false
}

func isThanks(c byte, line string) bool {
	if len(line) > 60 {
		return false
	}
	bare := strings.TrimRight(line, " ,.!;:)-–—*")
	for _, p := range thanks[c] {
		if strings.EqualFold(bare, p) {
			return true
		}
	}
	return false
}

// inlineClosing gives the offset of a closing that ends a line of text: "Proszę o
// odpowiedź. Pozdrawiam, Jan". 0 if there is none.
func inlineClosing(line string) int {
	for i := len(line) - 1; i >= max(3, len(line)-60); i-- {
		if line[i-1] != ' ' || line[i] < 'A' || line[i] > 'Z' || line[i-2] != '.' && line[i-2] != '!' && line[i-2] != '?' && line[i-2] != ',' {
			continue
		}
		if c := fold(line[i]); matches(closings, c, line[i:]) && isClosing(c, line[i:]) {
			return i
		}
	}
	return 0
}

// isLegal says whether a paragraph that starts with line is a legal footer.
func isLegal(c byte, line, paragraph string) bool {
	if !matches(legal, c, line) {
		return false
	}
	if len(paragraph) > 700 {
		paragraph = paragraph[:700]
	}
	if i := strings.Index(paragraph, "\n\n"); i > 0 {
		paragraph = paragraph[:i]
	}
	low := strings.ToLower(paragraph)
	for _, w := range legalWords {
		// Not the very word that it starts with.
		if i := strings.LastIndex(low, w); i > 2 {
			return true
		}
	}
	return false
}

// device says whether a line that starts like a mobile footer names a device.
func device(line string) bool {
	if len(line) > 120 {
		return false
	}
	low := strings.ToLower(line)
	for _, d := range devices {
		if strings.Contains(low, d) {
			return true
		}
	}
	return false
}

// matches says whether line starts with one of the phrases filed under c.
func matches(t *[256][]string, c byte, line string) bool {
	for _, p := range t[c] {
		if hasFold(line, p) {
			return true
		}
	}
	return false
}

// fold lowers an ASCII letter. Of the other letters in the lists, both cases begin
// with the same byte.
func fold(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
