package lexicon

import (
	"unicode"
	"unicode/utf8"
)

// Words are compared by hash: of the lower-cased word, and of the same word
// folded (without diacritics). The tokenizer of a message computes both hashes as
// it reads, so that a look-up costs neither a copy nor a comparison; 64 bits over
// some 10^5 forms make a false match about as likely as a failing memory cell.

// A Hash identifies a lower-cased word: its bytes are the digits of a number of this
// base, of which 64 bits are kept. So the hash of a word can be put together of those
// of its parts (see Join).
type Hash uint64

const hashBase = 0xD6E8FEB86659FD93

// HashSeed is the hash of the empty word.
const HashSeed Hash = 14695981039346656037

// Add returns the hash of the word that goes on with b.
func (h Hash) Add(b byte) Hash { return h*hashBase + Hash(b) }

// hashPowers are the powers of the base.
var hashPowers = func() (p [longestWord + 1]Hash) {
	p[0] = 1
	for i := range longestWord {
		p[i+1] = p[i] * hashBase
	}
	return p
}()

// AddRune returns the hash of the word that goes on with r.
func (h Hash) AddRune(r rune) Hash {
	var buf [utf8.UTFMax]byte
	for _, b := range buf[:utf8.EncodeRune(buf[:], r)] {
		h = h.Add(b)
	}
	return h
}

// HashWord returns the hash of a word and of its folded form.
func HashWord(w string) (exact, folded Hash) { return hashOn(HashSeed, HashSeed, w) }

// hashOn returns the hashes of a word that goes on with s.
func hashOn(exact, folded Hash, s string) (Hash, Hash) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			exact, folded = exact.Add(c), folded.Add(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		l, f := Fold(r)
		if l != 0 {
			exact = exact.AddRune(l)
		}
		if f != 0 {
			folded = folded.AddRune(f)
		}
	}
	return exact, folded
}

// Fold returns the letter in lower case, and the same without its diacritic
// mark. Marks that combine and signs without a shape of their own are dropped:
// 0. Typographic apostrophes become plain ones.
func Fold(r rune) (lower, folded rune) {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r, r
	}
	switch r {
	case '’', '‘', 'ʼ', '`', '´':
		return '\'', '\''
	case 'ą', 'Ą':
		return 'ą', 'a'
	case 'ć', 'Ć':
		return 'ć', 'c'
	case 'ę', 'Ę':
		return 'ę', 'e'
	case 'ł', 'Ł':
		return 'ł', 'l'
	case 'ń', 'Ń':
		return 'ń', 'n'
	case 'ó', 'Ó':
		return 'ó', 'o'
	case 'ś', 'Ś':
		return 'ś', 's'
	case 'ź', 'Ź':
		return 'ź', 'z'
	case 'ż', 'Ż':
		return 'ż', 'z'
	case 'é', 'É', 'è', 'È', 'ê', 'ë':
		return unicode.ToLower(r), 'e'
	case 'á', 'à', 'â', 'ä', 'Á', 'À', 'Â', 'Ä':
		return unicode.ToLower(r), 'a'
	case 'ö', 'ô', 'Ö', 'Ô':
		return unicode.ToLower(r), 'o'
	case 'ü', 'Ü':
		return 'ü', 'u'
	case 'ï', 'î', 'Ï', 'Î':
		return unicode.ToLower(r), 'i'
	case 'ñ', 'Ñ':
		return 'ñ', 'n'
	case 'ç', 'Ç':
		return 'ç', 'c'
	case 0xAD, 0x200B, 0x200C, 0x200D, 0xFE0E, 0xFE0F, 0xFEFF:
		return 0, 0
	}
	if 0x300 <= r && r <= 0x36F || 0x1F3FB <= r && r <= 0x1F3FF { // combining marks, skin tones
		return 0, 0
	}
	l := unicode.ToLower(r)
	return l, l
}
