// Package mask makes a customer's words fit to be shown: it takes out what is
// not to be seen (control characters, reordering marks), covers personal numbers
// and addresses, and cuts to a length.
//
// Rules of this package:
//
//   - The order is always clean, mask, cut: a mark hidden inside a number must not
//     save the number from its mask, and a cut must not halve a number first.
//   - A number is covered by its checksum where it has one, else by its shape and
//     its neighbours. Numbers of orders, invoices and parcels, dates and amounts
//     stay: a support team needs them.
//   - When in doubt it is covered. A lost figure costs a click, a shown one cannot
//     be called back.
//   - Linear time: every place of the text is looked at from a bounded window.
package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands in place of the covered text. The words read the same in Polish and
// in English.
const (
	PESEL = "[PESEL]"
	NIP   = "[NIP]"
	IBAN  = "[IBAN]"
	Card  = "[••••]"
	Phone = "[tel.]"
	Email = "[e-mail]"
)

// Clean returns s as one line of visible text: control characters, whole ANSI and
// OSC sequences, reordering and invisible marks are gone, invalid UTF-8 is U+FFFD, runs of
// white space are one space. No-break spaces stay.
func Clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for i := 0; i < len(s); {
		if n := sequence(s[i:]); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r == '\u00a0' || r == '\u202f':
		case unicode.IsSpace(r), r == '\u2800': // U+2800 is blank though not a space
			space = b.Len() > 0
			continue
		case !shown(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// shown reports whether r leaves ink, or belongs to a mark that does. Joiners are
// let go: they build emoji families, but also hide digits from one another.
func shown(r rune) bool {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp):
		return false
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Variation_Selector, r):
		return false
	}
	return true
}

// maxSequence bounds how far the end of an escape sequence is looked for.
const maxSequence = 4096

// sequence returns the length of the ANSI escape sequence that s begins with, or 0.
// An unfinished one counts as its introducer only. ECMA-48, sections 5.4 and 5.6.
func sequence(s string) int {
	var intro int
	var kind byte
	switch {
	case len(s) > 1 && s[0] == 0x1b:
		intro, kind = 2, s[1]
	case len(s) > 1 && s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f: // C1 as UTF-8
		intro, kind = 2, s[1]-0x40
	default:
		return 0
	}
	end := min(len(s), maxSequence)
	switch kind {
	case '[': // CSI: parameters and intermediates, then one final byte
		for i := intro; i < end; i++ {
			if c := s[i]; c >= 0x40 && c <= 0x7e {
				return i + 1
			} else if c < 0x20 || c > 0x3f {
				break
			}
		}
	case ']', 'P', 'X', '^', '_': // OSC and other strings: up to BEL or ST
		for i := intro; i < end; i++ {
			switch {
			case s[i] == 0x07:
				return i + 1
			case s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\', s[i] == 0xc2 && i+1 < len(s) && s[i+1] == 0x9c:
				return i + 2
			case s[i] == 0x1b, s[i] == '\n': // broken off
				return intro
			}
		}
	}
	return intro
}

// Quote returns s cleaned, masked, and cut to at most limit characters.
func Quote(s string, limit int) string { return Cut(Personal(Clean(s)), limit) }

// Cut returns s in at most limit characters: the end is taken off at the edge of a
// word, where there is one in the second half, and "…" put for it.
func Cut(s string, limit int) string {
	end, edge, n := 0, 0, 0 // bytes of limit-1 characters; bytes before its last space
	for i, r := range s {
		if n == limit {
			if edge > end/2 {
				end = edge
			}
			return strings.TrimRight(s[:end], " ,.;:–-(\"„“") + "…"
		}
		// Where the cut may fall: before a character that is not joined to the
		// one in front of it.
		if n < limit && !unicode.Is(unicode.M, r) {
			if n <= limit-1 {
				end = i
			}
			if r == ' ' {
				edge = i
			}
		}
		n++
	}
	return s
}

// Personal covers e-mail addresses, PESEL, NIP, account, card and phone numbers in
// s, which should be clean.
func Personal(s string) string { return numbers(emails(s)) }

// emails covers the addresses in s.
func emails(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '@' {
			continue
		}
		from, to := i, i+1
		for from > done {
			r, n := utf8.DecodeLastRuneInString(s[done:from])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r) {
				break
			}
			from -= n
		}
		dot := false
		for to < len(s) {
			r, n := utf8.DecodeRuneInString(s[to:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.' {
				break
			}
			dot = dot || r == '.' && to > i+1
			to += n
		}
		domain := strings.TrimRight(s[i+1:to], ".-")
		if from == i || !dot || !strings.Contains(domain, ".") {
			continue
		}
		b.WriteString(s[done:from])
		b.WriteString(Email)
		done = i + 1 + len(domain)
		i = done - 1
	}
	b.WriteString(s[done:])
	return b.String()
}
