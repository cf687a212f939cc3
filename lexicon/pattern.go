package lexicon

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The language of patterns, from text to items. README.md is its reference.

// A Class is a set of word classes, one bit each.
type Class uint16

// The classes that patterns may ask for.
const (
	ClassNumber Class = 1 << iota
	ClassOrdinal
	ClassUnit
	ClassDate
	ClassName
	ClassContact
	ClassNeg
	numClasses = 7
)

var classNames = [numClasses]string{"number", "ordinal", "unit", "date", "name", "contact", "neg"}

const (
	maxItems    = 24
	maxOptional = 4
	maxGap      = 9
)

// An item is one part of a pattern.
type item struct {
	*choice  // opWord, opGuard
	op       op
	gap      uint8 // opGap: up to so many tokens
	optional bool  // opWord
}

// A choice is what an item takes: any of the words, or a token of any of the classes.
// The items of a file that read alike share one.
type choice struct {
	words []alt
	class Class
	key   string // words and classes in one order: of choices that mean the same, the same
}

type op uint8

const (
	opWord op = iota
	opAny
	opGap
	opStart
	opEnd
	opGuard
)

// An alt is one word of an item.
type alt struct {
	word string
	form bool // this form only
}

// A patternReader reads the patterns of a file: tens of thousands of items, most of
// which stood in it before. Their memory is allocated in large pieces.
type patternReader struct {
	choices map[string]*choice // as they are written
	items   []item
	alts    []alt
}

func newPatternReader(entries int) *patternReader {
	return &patternReader{choices: make(map[string]*choice, entries)}
}

const pieceOf = 512 // items or words that are allocated at once

// read reads a pattern and checks that it can be matched. The pattern of an emoji
// or emoticon is one token, taken as it is.
func (r *patternReader) read(s string, kind Kind) ([]item, error) {
	if s == "" {
		return nil, errors.New("empty entry")
	}
	if kind == Emoji {
		if strings.Contains(s, " ") {
			return nil, errors.New("an emoji entry is one emoji or emoticon")
		}
		return []item{oneWord(alt{word: s, form: true})}, nil
	}
	most := 1
	for i := range len(s) {
		if s[i] == ' ' || s[i] == '-' {
			most++
		}
	}
	if cap(r.items)-len(r.items) < most {
		r.items = make([]item, 0, max(pieceOf, most))
	}
	from := len(r.items)
	optional := 0
	for rest, more := s, true; more; {
		var text string
		text, rest, more = cut(rest, ' ')
		if text == "" {
			return nil, errors.New("the items of an entry are parted by one space")
		}
		if err := r.item(text); err != nil {
			return nil, err
		}
		if r.items[len(r.items)-1].optional {
			optional++
		}
	}
	items := r.items[from:len(r.items):len(r.items)]
	if len(items) > maxItems {
		return nil, fmt.Errorf("an entry of %d items; at most %d", len(items), maxItems)
	}
	if optional > maxOptional {
		return nil, fmt.Errorf("%d optional items; at most %d", optional, maxOptional)
	}
	return items, checkOrder(items)
}

func isGuard(it item) bool { return it.op == opGuard }

func checkOrder(items []item) error {
	body := items
	if slices.ContainsFunc(items, isGuard) {
		body = slices.DeleteFunc(slices.Clone(items), isGuard)
	}
	if len(body) > 0 && body[0].op == opStart {
		body = body[1:]
	}
	edge := len(body) > 0 && body[len(body)-1].op == opEnd
	if edge {
		body = body[:len(body)-1]
	}
	fixed := false
	for i, it := range body {
		switch it.op {
		case opStart:
			return errors.New("^ stands at the beginning only")
		case opEnd:
			return errors.New("$ stands at the end only")
		case opWord:
			fixed = fixed || !it.optional
		case opGap:
			if i > 0 && body[i-1].op == opGap {
				return errors.New("two gaps in a row")
			}
		}
	}
	if !fixed {
		return errors.New("an entry needs a word, a class or a mark that is not optional")
	}
	if body[0].op != opWord {
		return errors.New("an entry begins with a word, not with _ or a gap")
	}
	if body[len(body)-1].op == opGap && !edge {
		return errors.New("a gap at the end matches nothing more: drop it, or put $ behind it")
	}
	return nil
}

// item reads one item; a word with hyphens becomes several.
func (r *patternReader) item(s string) error {
	switch {
	case s == "_":
		r.items = append(r.items, item{op: opAny})
		return nil
	case s == "^":
		r.items = append(r.items, item{op: opStart})
		return nil
	case s == "$":
		r.items = append(r.items, item{op: opEnd})
		return nil
	case strings.HasPrefix(s, "..") && s != "...":
		n, err := strconv.Atoi(s[2:])
		if err != nil || n < 1 || n > maxGap {
			return fmt.Errorf("gap %q is not ..1 to ..%d", s, maxGap)
		}
		r.items = append(r.items, item{op: opGap, gap: uint8(n)})
		return nil
	}
	it, body := item{op: opWord}, s
	switch {
	case len(s) > 1 && s[0] == '-':
		it.op, body = opGuard, s[1:]
	case len(s) > 1 && s[0] == '?':
		it.optional, body = true, s[1:]
	}
	if known, ok := r.choices[body]; ok {
		it.choice = known
		r.items = append(r.items, it)
		return nil
	}
	alternatives := strings.Count(body, "|") + 1
	if cap(r.alts)-len(r.alts) < alternatives {
		r.alts = make([]alt, 0, max(pieceOf, alternatives))
	}
	from := len(r.alts)
	var class Class
	for rest, more := body, true; more; {
		var a string
		a, rest, more = cut(rest, '|')
		if a == "" || a == "=" {
			return fmt.Errorf("empty alternative in %q", s)
		}
		if name, ok := strings.CutPrefix(a, "#"); ok {
			i := slices.Index(classNames[:], name)
			if i < 0 {
				return fmt.Errorf("unknown class %q: one of #%s", a, strings.Join(classNames[:], " #"))
			}
			class |= 1 << i
			continue
		}
		word, form := strings.CutPrefix(a, "=")
		if form && strings.HasPrefix(word, "#") {
			return fmt.Errorf("%q: a class has no forms: write %s", a, word)
		}
		if parts := hyphenParts(word); len(parts) > 1 {
			if alternatives > 1 || it.op == opGuard || it.optional {
				return fmt.Errorf("%q: a hyphen parts words, and an alternative, a guard or an optional item is one word: write an entry of its own", a)
			}
			for _, p := range parts {
				if err := checkWord(p); err != nil {
					return err
				}
				r.items = append(r.items, oneWord(alt{p, form}))
			}
			return nil
		}
		if err := checkWord(word); err != nil {
			return err
		}
		r.alts = append(r.alts, alt{word, form})
	}
	it.choice = &choice{words: r.alts[from:len(r.alts):len(r.alts)], class: class, key: body}
	if alternatives > 1 {
		it.sort()
	}
	r.choices[body] = it.choice
	r.items = append(r.items, it)
	return nil
}

// oneWord returns an item of one word.
func oneWord(a alt) item {
	return item{choice: &choice{words: []alt{a}, key: a.String()}, op: opWord}
}

// String returns the word as entries write it.
func (a alt) String() string {
	if a.form {
		return "=" + a.word
	}
	return a.word
}

// sort brings the words into one order, and makes the key of it.
func (c *choice) sort() {
	sorted := true
	for i := 1; i < len(c.words) && sorted; i++ {
		sorted = c.words[i-1].compare(c.words[i]) < 0
	}
	if sorted && c.class == 0 {
		return
	}
	slices.SortFunc(c.words, alt.compare)
	c.words = slices.Compact(c.words)
	key := make([]byte, 0, len(c.key)+1)
	for _, a := range c.words {
		if a.form {
			key = append(key, '=')
		}
		key = append(append(key, a.word...), '|')
	}
	for k, name := range classNames {
		if c.class&(1<<k) != 0 {
			key = append(append(append(key, '#'), name...), '|')
		}
	}
	c.key = string(key[:len(key)-1])
}

// compare orders lemmas before forms, and each by the letters.
func (a alt) compare(b alt) int {
	switch {
	case a.form == b.form:
		return strings.Compare(a.word, b.word)
	case a.form:
		return 1
	}
	return -1
}

// cut is strings.Cut at a byte, which takes half the time.
func cut(s string, sep byte) (before, after string, found bool) {
	if i := strings.IndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// hyphenParts parts a word at its hyphens, as the tokenizer does: one letter and
// a hyphen stay with what follows.
func hyphenParts(w string) []string {
	if !strings.Contains(w, "-") {
		return nil
	}
	parts := strings.Split(w, "-")
	for i := 0; i+1 < len(parts); {
		if len(parts[i]) == 1 {
			parts[i] += "-" + parts[i+1]
			parts = slices.Delete(parts, i+1, i+2)
			continue
		}
		i++
	}
	return parts
}

// checkWord says why a word cannot be met as one token.
func checkWord(w string) error {
	switch w {
	case "":
		return errors.New("a hyphen at the edge of a word")
	case "!", "?", "...":
		return nil
	}
	plain := true
	for i := range len(w) {
		plain = plain && 'a' <= w[i] && w[i] <= 'z'
	}
	if plain {
		return nil
	}
	letters, other := 0, rune(0)
	for i, r := range w {
		switch {
		case unicode.IsUpper(r):
			return fmt.Errorf("%q has upper case: entries are lower case", w)
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r), r == '\'', r == '-' && i == 1:
		default:
			other = r
		}
	}
	if other != 0 && (letters > 0 || other < 0x80) {
		return fmt.Errorf("%q: the sign %q parts tokens; write the parts as items", w, other)
	}
	return nil
}
