// Package text splits a customer's message into tokens, clauses and sentences.
//
// Rules:
//
//   - One pass over the bytes, linear for any input, no regular expression, no
//     allocation but the slice of tokens, which the caller may hand in again.
//   - Start and End are bytes of the text as given; they stand on rune boundaries.
//   - Nothing is judged here and nothing looked up: a token knows its shape and the
//     hashes by which a lexicon finds it (see lexicon.Hash).
package text

import (
	"unicode"
	"unicode/utf8"

	"odzew/lexicon"
)

// A Kind is what a token is by its shape.
type Kind uint8

// The kinds of tokens.
const (
	Word     Kind = iota
	Number        // digits, with their points and commas
	Mark          // a run of ! and ?, or an ellipsis
	Emoji         // one emoji with its modifiers
	Emoticon      // :-), <3
	Link          // a URL, a bare domain
	Email
	Handle // @somebody
	Code   // letters and digits mixed, or many digits: order numbers, products
	Masked // swearing with stars: k***a
)

// String gives the kind's name in lower case.
func (k Kind) String() string {
	return [...]string{"word", "number", "mark", "emoji", "emoticon", "link", "email", "handle", "code", "masked"}[k]
}

// Flags say more of a token's shape.
type Flags uint16

// The flags of tokens.
const (
	Upper     Flags = 1 << iota // begins with a capital
	Caps                        // two letters or more, all capitals
	First                       // the first word of its sentence
	Quoted                      // within quotation marks
	Stretched                   // a letter three times in a row, or more
	Hashtag
	Asks    // Mark: holds a question mark
	Exclaim // Mark: holds an exclamation mark
	Piled   // Mark: three signs or more
	Ordinal // Number: 3rd
	Dots    // Mark: an ellipsis
	Marked  // a letter of the word is not ASCII
)

// A Token is one piece of a text.
type Token struct {
	Exact, Folded    lexicon.Hash
	Start, End       uint32
	Sentence, Clause uint32 // counted from 0; a new sentence begins a new clause
	Kind             Kind
	Letters          uint8 // how many, at most 255
	Flags            Flags
}

// Has reports whether a flag is set.
func (t *Token) Has(f Flags) bool { return t.Flags&f != 0 }

// The classes of bytes.
const (
	other = iota
	letter
	digit
	space
	multi // not ASCII
)

var classOf = func() (c [256]uint8) {
	for b := range c {
		switch {
		case b >= utf8.RuneSelf:
			c[b] = multi
		case 'a' <= b|0x20 && b|0x20 <= 'z':
			c[b] = letter
		case '0' <= b && b <= '9':
			c[b] = digit
		case b == ' ' || '\t' <= b && b <= '\r':
			c[b] = space
		}
	}
	return c
}()

// Tokenize appends the tokens of s to dst.
func Tokenize(dst []Token, s string) []Token {
	t := tokenizer{s: s, out: dst, first: true, base: len(dst)}
	t.run()
	return t.out
}

type tokenizer struct {
	s    string
	i    int
	out  []Token
	base int // where this text's tokens begin in out

	sentence, clause uint32
	first            bool // the next word is the first of its sentence
	quoted           bool
	quoteEnd         int // quotation marks are trusted up to here only
	lineStart        int
	// plain is the end of the unbroken chunk that was searched for addresses and
	// has none, so that it is searched once.
	plain int
}

func (t *tokenizer) run() {
	for t.i < len(t.s) {
		switch c := t.s[t.i]; classOf[c] {
		case space:
			if c == '\n' {
				t.newline()
			}
			t.i++
		case letter:
			t.word(t.i, 0)
		case digit:
			t.number()
		case multi:
			t.multibyte()
		default:
			t.sign(c)
		}
	}
}

// newline ends a sentence, unless the line was long enough to have been wrapped.
func (t *tokenizer) newline() {
	const wrapped = 60
	if t.i-t.lineStart < wrapped {
		t.endSentence()
	}
	t.lineStart = t.i + 1
}

func (t *tokenizer) endSentence() {
	if !t.first {
		t.sentence++
		t.clause++
		t.first = true
	}
}

// endClause begins a new clause, unless the last one has no tokens yet.
func (t *tokenizer) endClause() {
	if n := len(t.out); n > t.base && t.out[n-1].Clause == t.clause {
		t.clause++
	}
}

// emit adds a token of this span, and returns it to be filled in.
func (t *tokenizer) emit(kind Kind, start, end int, flags Flags) *Token {
	if t.quoted && start < t.quoteEnd {
		flags |= Quoted
	}
	if t.first {
		flags |= First
		t.first = false
	}
	t.i = end
	t.out = append(t.out, Token{
		Start: uint32(start), End: uint32(end), Sentence: t.sentence, Clause: t.clause, Kind: kind, Flags: flags,
	})
	return &t.out[len(t.out)-1]
}

// mark adds a run of punctuation.
func (t *tokenizer) mark(start, end int, h lexicon.Hash, flags Flags) {
	tok := t.emit(Mark, start, end, flags)
	tok.Exact, tok.Folded = h, h
}

// word reads a word from t.i on; its token begins at start.
func (t *tokenizer) word(start int, flags Flags) {
	s, i := t.s, t.i
	exact, folded := lexicon.HashSeed, lexicon.HashSeed
	var (
		letters, upper, digits, stars int
		last                          rune
		run                           int
	)
	begin := i
	// Most words are ASCII letters and nothing else, with one hash for both.
	for ; i < len(s) && classOf[s[i]] == letter; i++ {
		l := s[i] | 0x20
		exact = exact.Add(l)
		if l != s[i] {
			upper++
		}
		if rune(l) != last {
			last, run = rune(l), 1
		} else if run++; run >= 3 {
			flags |= Stretched
		}
	}
	letters, folded = i-begin, exact
	if letters > 0 && s[begin] < 'a' {
		flags |= Upper
	}
	if letters > 0 && (i == len(s) || s[i] <= ' ' || s[i] == ',') {
		if letters >= 2 && upper == letters {
			flags |= Caps
		}
		tok := t.emit(Word, start, i, flags)
		tok.Exact, tok.Folded, tok.Letters = exact, exact, uint8(min(letters, 255))
		return
	}
	for i < len(s) && s[i] != ' ' {
		c := s[i]
		switch classOf[c] {
		case letter:
			l := c | 0x20
			if l != c {
				upper++
				if i == begin {
					flags |= Upper
				}
			}
			letters++
			exact, folded = exact.Add(l), folded.Add(l)
			if rune(l) == last {
				if run++; run >= 3 {
					flags |= Stretched
				}
			} else {
				last, run = rune(l), 1
			}
			i++
			continue
		case digit:
			digits++
			exact, folded = exact.Add(c), folded.Add(c)
			i++
			continue
		case multi:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == '’' {
				if !apostrophe(s, i, size) {
					break
				}
				exact, folded = exact.Add('\''), folded.Add('\'')
				i += size
				continue
			}
			if !wordRune(r) {
				break
			}
			l, f := lexicon.Fold(r)
			if l != 0 {
				if l != r {
					upper++
					if i == begin {
						flags |= Upper
					}
				}
				letters++
				exact = exact.AddRune(l)
				if l == last {
					if run++; run >= 3 {
						flags |= Stretched
					}
				} else {
					last, run = l, 1
				}
			}
			if f != 0 {
				folded = folded.AddRune(f)
			}
			flags |= Marked
			i += size
			continue
		default:
			if c == '\'' && apostrophe(s, i, 1) {
				exact, folded = exact.Add(c), folded.Add(c)
				i++
				continue
			}
			if c == '-' && letters == 1 && i == begin+1 && i+1 < len(s) && classOf[s[i+1]] == letter {
				exact, folded = exact.Add(c), folded.Add(c)
				i++
				continue
			}
			if c == '*' && (start == 0 || s[start-1] != '*') {
				n := 1
				for i+n < len(s) && s[i+n] == '*' {
					n++
				}
				if n > 1 || i+n < len(s) && classOf[s[i+n]] == letter {
					stars += n
					i += n
					continue
				}
			}
		}
		break
	}
	if start == begin && t.address(start, i) {
		return
	}
	if letters >= 2 && upper == letters {
		flags |= Caps
	}
	kind := Word
	switch {
	case digits > 0:
		kind = Code
	case stars > 0:
		kind = Masked
	}
	if i == begin { // nothing that belongs to a word: cannot happen for a letter, but never stand still
		t.i = begin + 1
		return
	}
	tok := t.emit(kind, start, i, flags)
	tok.Exact, tok.Folded, tok.Letters = exact, folded, uint8(min(letters, 255))
}

// apostrophe reports whether the one at i stands between letters.
func apostrophe(s string, i, size int) bool {
	j := i + size
	if j >= len(s) {
		return false
	}
	switch classOf[s[j]] {
	case letter:
		return true
	case multi:
		r, _ := utf8.DecodeRuneInString(s[j:])
		return unicode.IsLetter(r)
	}
	return false
}

// wordRune reports whether a rune beyond ASCII is part of words.
func wordRune(r rune) bool {
	switch {
	case 0xC0 <= r && r <= 0x24F:
		return r != '×' && r != '÷'
	case r == 0xAD || 0x300 <= r && r <= 0x36F || r == 0x200C:
		return true // soft hyphen, combining marks
	case r < 0x250 || 0x2000 <= r && r <= 0x2BFF || r >= 0x1F000 && r < 0x20000:
		return r == 'ª' || r == 'º' || r == 'µ'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// number reads digits and what belongs to them.
func (t *tokenizer) number() {
	s, start := t.s, t.i
	i, digits := start, 0
	exact := lexicon.HashSeed
	for i < len(s) {
		c := s[i]
		if classOf[c] == digit {
			digits++
			exact = exact.Add(c)
			i++
			continue
		}
		joins := c == '.' || c == ',' || c == ':' || c == '/' || c == '-'
		if joins && i+1 < len(s) && classOf[s[i+1]] == digit {
			exact = exact.Add(c)
			i++
			continue
		}
		break
	}
	if t.address(start, i) {
		return
	}
	kind, flags := Number, Flags(0)
	end := i
	for end < len(s) && classOf[s[end]] == letter {
		end++
	}
	switch suffix := s[i:end]; {
	case suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th":
		flags |= Ordinal
		i = end
	case len(suffix) > 3 || end < len(s) && classOf[s[end]] == digit:
		// 12abc34: a code, to the end of what belongs to it
		kind = Code
		for i < len(s) && (classOf[s[i]] == letter || classOf[s[i]] == digit) {
			i++
		}
	case digits >= 6 && len(suffix) == 0:
		kind = Code
	}
	if i < len(s) && s[i] == '%' {
		i++
	}
	tok := t.emit(kind, start, i, flags)
	tok.Exact, tok.Folded = exact, exact
}

// multibyte reads what begins with a rune beyond ASCII.
func (t *tokenizer) multibyte() {
	r, size := utf8.DecodeRuneInString(t.s[t.i:])
	switch r {
	case '…':
		t.mark(t.i, t.i+size, dotsHash, Dots)
		t.endClause()
		return
	case '„', '“', '”', '«', '»':
		t.quote(r == '„' || r == '«', r == '“' || r == '”' || r == '»')
	case '–', '—', '‒', '―':
		t.endClause()
	case '¡', '¿':
	case 0x85, 0x2028, 0x2029:
		t.endSentence()
	default:
		switch {
		case wordRune(r) && (unicode.IsLetter(r) || unicode.IsMark(r)):
			start := t.i
			t.word(start, 0)
			return
		case emoji(r):
			t.emoji(r, size)
			return
		}
	}
	t.i += size
}

// quote opens or closes quotation. An opened one that is not closed within reach
// is taken for a slip.
func (t *tokenizer) quote(opens, closes bool) {
	const reach = 300
	if t.quoted && (closes || t.i >= t.quoteEnd) {
		t.quoted = false
		return
	}
	if t.quoted && !opens {
		t.quoted = false
		return
	}
	t.quoted, t.quoteEnd = true, t.i+reach
}

var (
	dotsHash, _ = lexicon.HashWord("...")
	asksHash, _ = lexicon.HashWord("?")
	bangHash, _ = lexicon.HashWord("!")
)

// sign reads what begins with an ASCII sign.
func (t *tokenizer) sign(c byte) {
	s, i := t.s, t.i
	switch c {
	case '!', '?':
		n := i
		var flags Flags
		for n < len(s) && (s[n] == '!' || s[n] == '?') {
			if s[n] == '?' {
				flags |= Asks
			} else {
				flags |= Exclaim
			}
			n++
		}
		if n-i >= 3 {
			flags |= Piled
		}
		h := bangHash
		if flags&Asks != 0 {
			h = asksHash
		}
		t.mark(i, n, h, flags)
		t.endSentence()
	case '.':
		t.dot()
	case ',', ';', '(', ')', '[', ']', '{', '}', '|':
		if c == ';' && t.emoticon() {
			return
		}
		t.endClause()
		t.i++
	case ':', '=', '<', '^':
		if t.emoticon() {
			return
		}
		if c == ':' {
			t.endClause()
		}
		t.i++
	case '-':
		if i > 0 && classOf[s[i-1]] == space && (i+1 == len(s) || classOf[s[i+1]] == space || s[i+1] == '-') {
			t.endClause()
		}
		t.i++
	case '"':
		t.quote(false, false)
		t.i++
	case '@':
		if n := nameEnd(s, i+1); n > i+1 {
			t.emit(Handle, i, n, 0)
			return
		}
		t.i++
	case '#':
		if i+1 < len(s) && classOf[s[i+1]] == letter {
			t.i++
			t.word(i, Hashtag)
			return
		}
		t.i++
	default:
		t.i++
	}
}

func nameEnd(s string, i int) int {
	for i < len(s) && (classOf[s[i]] == letter || classOf[s[i]] == digit || s[i] == '_') {
		i++
	}
	return i
}

// dot reads a full stop or an ellipsis.
func (t *tokenizer) dot() {
	s, i := t.s, t.i
	n := i
	for n < len(s) && s[n] == '.' {
		n++
	}
	if n-i > 1 {
		t.mark(i, n, dotsHash, Dots)
		t.endClause()
		return
	}
	t.i = n
	for n < len(s) && s[n] == ' ' {
		n++
	}
	if len(t.out) > t.base && n < len(s) && ('a' <= s[n] && s[n] <= 'z' || classOf[s[n]] == digit) {
		// No capital follows: an abbreviation or a date, unless the word is long.
		if last := &t.out[len(t.out)-1]; int(last.End) == i && (last.Kind == Number || last.Kind == Word && last.Letters <= 4 && n > i+1 || last.Letters == 1) {
			return
		}
	}
	t.endSentence()
}

// emoticon reads :-) and its kin. Its hash is that of eyes and mouth.
func (t *tokenizer) emoticon() bool {
	s, i := t.s, t.i
	if i > 0 && (classOf[s[i-1]] == digit || classOf[s[i-1]] == letter && s[i] != ':' && s[i] != ';') {
		return false
	}
	n := i + 1
	if s[i] == '^' {
		if n < len(s) && (s[n] == '^' || n+1 < len(s) && s[n] == '_' && s[n+1] == '^') {
			if s[n] == '_' {
				n++
			}
			t.smile(i, n+1, "^^")
			return true
		}
		return false
	}
	if s[i] == '<' {
		if n < len(s) && s[n] == '3' && (n+1 == len(s) || classOf[s[n+1]] != digit) {
			t.smile(i, n+1, "<3")
			return true
		}
		return false
	}
	tear := false
	if n < len(s) && (s[n] == '\'' || s[n] == '-' || s[n] == 'o') && n+1 < len(s) && mouth(s[n+1]) {
		tear = s[n] == '\''
		n++
	}
	if n >= len(s) || !mouth(s[n]) {
		return false
	}
	m := s[n]
	end := n + 1
	for end < len(s) && s[end] == m {
		end++
	}
	if classOf[m] == letter && end < len(s) && (classOf[s[end]] == letter || classOf[s[end]] == digit) {
		return false // "tel:p..." and such
	}
	if m == '/' && end < len(s) && s[end-1] == '/' && end-n > 1 {
		return false // http://
	}
	shape := []byte{s[i], m}
	if s[i] == '=' {
		shape[0] = ':'
	}
	if tear {
		shape = []byte{':', '\'', m}
	}
	t.smile(i, end, string(shape))
	return true
}

func mouth(c byte) bool {
	switch c {
	case ')', '(', 'D', 'd', 'P', 'p', '/', '\\', '|', '*', 'O', 'o', '[', ']', '3', 'S', 's', '<', '>', 'c':
		return true
	}
	return false
}

// smile emits an emoticon by its plain shape.
func (t *tokenizer) smile(start, end int, shape string) {
	h, _ := lexicon.HashWord(shape)
	tok := t.emit(Emoticon, start, end, 0)
	tok.Exact, tok.Folded = h, h
}

// emoji reports whether a rune begins an emoji.
func emoji(r rune) bool {
	switch {
	case r >= 0x1F300 && r <= 0x1FAFF, r >= 0x2600 && r <= 0x27BF, r >= 0x1F1E6 && r <= 0x1F1FF:
		return true
	case r >= 0x2B05 && r <= 0x2B55, r == 0x203C, r == 0x2049, r == 0x2139, r >= 0x231A && r <= 0x23FF, r >= 0x2190 && r <= 0x21AA,
		r >= 0x1F004 && r <= 0x1F251, r == 0x2122, r == 0xA9, r == 0xAE, r == 0x3030, r == 0x303D:
		return true
	}
	return false
}

// emoji reads one emoji with its modifiers, and what is joined to it.
func (t *tokenizer) emoji(r rune, size int) {
	start := t.i
	i := start + size
	h := lexicon.HashSeed.AddRune(r)
	flag := r >= 0x1F1E6 && r <= 0x1F1FF
	for i < len(t.s) && t.s[i] >= utf8.RuneSelf {
		next, n := utf8.DecodeRuneInString(t.s[i:])
		switch {
		case next == 0xFE0F || next == 0xFE0E || next >= 0x1F3FB && next <= 0x1F3FF || next == 0x20E3:
			i += n
			continue
		case next == 0x200D:
			after, m := utf8.DecodeRuneInString(t.s[i+n:])
			if emoji(after) {
				h = h.AddRune(after)
				i += n + m
				continue
			}
		case flag && next >= 0x1F1E6 && next <= 0x1F1FF:
			flag = false
			h = h.AddRune(next)
			i += n
			continue
		}
		break
	}
	tok := t.emit(Emoji, start, i, 0)
	tok.Exact, tok.Folded = h, h
}
