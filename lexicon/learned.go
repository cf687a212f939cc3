package lexicon

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Learned words. What was learned from labelled texts are many small weights of plain
// words, so they are no patterns: they stand in files of their own, and in a flat
// table that is asked once a word and once a pair of neighbours.
//
// Rules:
//
//   - A file is learned.DOMAIN.tsv in the folder of its language. Its domain says what
//     sort of texts its words were learned from.
//   - Words that tell the stage, emotion, aspects and signals of a message stand in a file
//     learned.tags.tsv, whatever the domain.
//   - An entry is a word, two neighbours, or the beginning of a longer word ("polecz*").
//     The edges of a sentence count as neighbours ("^ ale", "polecam $"), and so does a
//     negator for the four words behind it ("~ polecam"); one word may stand between two
//     ("nie _ polecam"). A word with + behind it stands in all its forms ("polecać+"),
//     alone or next to another one ("polecać+ hotel+"); pl/lemmas.txt says of which word a
//     form is. Diacritics never matter: a table knows folded spellings only.
//   - Weights are logits in hundredths, so that reading them is exact and quick.

// A Domain is the sort of texts that words were learned from: they mean other things
// in reviews than in mail to a desk.
type Domain uint8

// The domains. A long review is weighed by words of its own: what says all in a sentence
// says little in a page.
const (
	Desk Domain = iota
	Reviews
	LongReviews
	NumDomains
)

// TagWords takes the place of a domain where words tell tags and no class.
const TagWords = NumDomains

var domainNames = [TagWords + 1]string{"desk", "reviews", "longreviews", "tags"}

// The tags that learned words tell: the stages, the emotions, the aspects, and of the
// signals those that stand before pressure.
const (
	TagStages   = 0
	TagEmotions = TagStages + 5
	TagAspects  = TagEmotions + 7
	TagSignals  = TagAspects + 14
	NumToldTags = TagSignals + 13
)

// ToldTags are their names, as the files write them.
var ToldTags = func() (names [NumToldTags]string) {
	for i, n := range Stages {
		names[TagStages+i] = "stage:" + n
	}
	for i, n := range Emotions {
		names[TagEmotions+i] = "emotion:" + n
	}
	for i, n := range Aspects {
		names[TagAspects+i] = "aspect:" + n
	}
	for i, n := range Signals[:NumToldTags-TagSignals] {
		names[TagSignals+i] = "signal:" + n
	}
	return names
}()

// A TagWeight is how far a word moves the logit of a tag, in hundredths.
type TagWeight struct {
	Tag    uint8 // index in ToldTags
	Weight int16
}

// String returns the domain as files are named.
func (d Domain) String() string { return domainNames[d] }

// Between LeastStem and MostStem is how many letters the beginning of a longer word has, as
// an entry.
const (
	LeastStem = 4
	MostStem  = 7
)

// Signs in the place of a word in an entry.
const (
	startSign  = "^"
	endSign    = "$"
	deniedSign = "~"
	gapSign    = "_"
	lemmaSign  = "+" // behind a word
)

// SentenceStart and SentenceEnd take the place of a neighbour where a word has none in its
// sentence, Denied that of a negator before it.
var SentenceStart, SentenceEnd, Denied = foldedHash(startSign), foldedHash(endSign), foldedHash(deniedSign)

// Sign is how entries write SentenceStart, SentenceEnd and Denied; empty for a word.
func Sign(h Hash) string {
	switch h {
	case SentenceStart:
		return startSign
	case SentenceEnd:
		return endSign
	case Denied:
		return deniedSign
	}
	return ""
}

// A LearnedRow is one line of a file of learned words.
type LearnedRow struct {
	Entry string // as written: "polecam", "nie polecam", "polecz*", "polecam $"
	// Pull is how far the entry moves the logits of negative, neutral, positive and
	// mixed, in hundredths.
	Pull [4]int16
	// Talk is how far it moves the logit of the text's being a review, in hundredths. It
	// is 0 in all domains but Reviews.
	Talk int16
	// Tags are what a row of TagWords has instead, by their numbers.
	Tags []TagWeight
	Line int32
}

// A LearnedFile is a file of learned words, sorted by entry.
type LearnedFile struct {
	Name   string // pl/learned.reviews.tsv
	Lang   Lang
	Domain Domain
	Layer  int // 0 for the shipped ones, else the number of the overlay
	Rows   []LearnedRow
}

const (
	learnedHeader = "entry\tnegative\tneutral\tpositive\tmixed\ttalk"
	tagsHeader    = "entry\ttags"
)

// header is the first line of the files of a domain.
func (d Domain) header() string {
	if d == TagWords {
		return tagsHeader
	}
	return learnedHeader
}

// LearnedName is the name of the file that holds what was learned in a domain.
func LearnedName(d Domain) string { return "learned." + d.String() + ".tsv" }

// isLearned reports whether a file is named as those of learned words are.
func isLearned(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "learned.") && base != "learned.tsv"
}

// ParseLearned reads a file of learned words. Its name says language and domain. The
// error is of type Errors.
func ParseLearned(name string, data []byte) (*LearnedFile, error) {
	f := &LearnedFile{Name: name, Lang: langOf(name)}
	var errs Errors
	fail := func(line int, format string, args ...any) {
		errs = append(errs, &Error{File: name, Line: line, Msg: fmt.Sprintf(format, args...)})
	}
	domain := slices.IndexFunc(domainNames[:], func(d string) bool { return path.Base(name) == "learned."+d+".tsv" })
	switch {
	case domain < 0 || f.Lang == Any:
		fail(1, "learned words stand in pl or en, in learned.desk.tsv, learned.reviews.tsv, learned.longreviews.tsv or learned.tags.tsv")
		return nil, errs
	case !utf8.Valid(data):
		fail(1, "not UTF-8: save the file as UTF-8")
		return nil, errs
	case len(data) > 0 && data[len(data)-1] != '\n':
		fail(1+bytes.Count(data, []byte{'\n'}), "the last line has no line end")
		return nil, errs
	}
	f.Domain = Domain(domain)
	rest := string(data)
	f.Rows = make([]LearnedRow, 0, strings.Count(rest, "\n"))
	headed := false
	for n := 1; rest != ""; n++ {
		var raw string
		raw, rest, _ = cut(rest, '\n')
		if !headed {
			if strings.HasPrefix(raw, "# ") {
				continue
			}
			if raw != f.Domain.header() {
				fail(n, "the header is %q, not %q", raw, f.Domain.header())
				return nil, errs
			}
			headed = true
			continue
		}
		row, msg := f.Domain.row(raw)
		if msg == "" && f.Domain != Reviews && row.Talk != 0 {
			msg = "talk stands in learned.reviews.tsv: the words there tell reviews, also long ones, from desk talk"
		}
		if msg != "" {
			fail(n, "%s", msg)
			continue
		}
		row.Line = int32(n)
		if k := len(f.Rows); k > 0 && f.Rows[k-1].Entry >= row.Entry {
			fail(n, "%q must stand before %q, and once: sort with LC_ALL=C sort", row.Entry, f.Rows[k-1].Entry)
		}
		f.Rows = append(f.Rows, row)
	}
	if !headed {
		fail(1, "no header: the first line must be %q", f.Domain.header())
	}
	return f, errs.err()
}

// row reads one row; msg is empty where it is good.
func (d Domain) row(raw string) (row LearnedRow, msg string) {
	row.Entry, raw, _ = cut(raw, '\t')
	if msg := checkLearned(row.Entry); msg != "" {
		return row, msg
	}
	if d == TagWords {
		row.Tags, msg = tagWeights(raw)
		return row, msg
	}
	for k := range 5 {
		v, n := hundredths(raw)
		switch {
		case n < 0:
			s, _, _ := cut(raw, '\t')
			return row, fmt.Sprintf("%q is no weight: a number from -99.99 to 99.99 with at most two decimals, or empty", s)
		case (n < len(raw)) != (k < 4):
			return row, "a row is an entry and five weights: write every TAB, also after empty columns"
		case k < 4:
			raw = raw[n+1:]
			row.Pull[k] = v
		default:
			row.Talk = v
		}
	}
	return row, ""
}

// tagWeights reads weights of tags: "stage:purchase=1.2 aspect:price=-0.4", in the
// order of ToldTags.
func tagWeights(raw string) (tags []TagWeight, msg string) {
	tags = make([]TagWeight, 0, 1+strings.Count(raw, " "))
	for more := true; more; {
		var one string
		one, raw, more = cut(raw, ' ')
		name, weight, ok := cut(one, '=')
		k := slices.Index(ToldTags[:], name)
		v, n := hundredths(weight)
		switch {
		case !ok || n != len(weight):
			return nil, fmt.Sprintf("%q is no weight of a tag: write aspect:price=0.42, from -99.99 to 99.99 with at most two decimals, one space between", one)
		case k < 0:
			return nil, fmt.Sprintf("%q is no stage:, emotion:, aspect: or signal: that is known", name)
		case v == 0:
			return nil, fmt.Sprintf("%q says nothing: leave it out", one)
		case len(tags) > 0 && int(tags[len(tags)-1].Tag) >= k:
			return nil, fmt.Sprintf("%s must stand before %s, and once", name, ToldTags[tags[len(tags)-1].Tag])
		}
		tags = append(tags, TagWeight{uint8(k), v})
	}
	return tags, ""
}

// checkLearned says what is wrong with a learned entry.
func checkLearned(entry string) string {
	rest, words := entry, 1
	if w, ok := strings.CutPrefix(entry, startSign+" "); ok {
		rest, words = w, 2
	} else if w, ok := strings.CutPrefix(entry, deniedSign+" "); ok {
		rest, words = w, 2
	} else if w, ok := strings.CutSuffix(entry, " "+endSign); ok {
		rest, words = w, 2
	} else {
		rest = strings.Replace(entry, " "+gapSign+" ", " ", 1)
	}
	letters, last := 0, rune(' ') // of the word
	lemmas := 0
	for i, r := range rest {
		switch {
		case 'a' <= r && r <= 'z', r == 'ą', r == 'ć', r == 'ę', r == 'ł', r == 'ń', r == 'ó', r == 'ś', r == 'ź', r == 'ż':
			letters++
		case r == '\'' && last != ' ' || r >= utf8.RuneSelf && unicode.IsLetter(r) && !unicode.IsUpper(r):
			letters++
		case r == '-' && letters == 1: // e-mail
			letters++
		case r == ' ' && last != ' ':
			words++
			letters = 0
		case r == '+' && letters > 0 && rest == entry && (i == len(rest)-1 || rest[i+1] == ' '):
			lemmas++
		case r == '*' && LeastStem <= letters && letters <= MostStem && words == 1 && i == len(rest)-1:
		default:
			return fmt.Sprintf("%q is no learned entry: one word in lower case, two with a space between (^ before the first of a sentence, $ after the last, ~ before one that is negated, _ for a word between), + behind each of them for all its forms, or the first %d to %d letters of a longer one and *", entry, LeastStem, MostStem)
		}
		last = r
	}
	if letters == 0 || words > 2 {
		return fmt.Sprintf("%q is no learned entry: it has one word or two", entry)
	}
	if lemmas != 0 && lemmas != words {
		return fmt.Sprintf("%q is no learned entry: two neighbours stand both in all their forms, or both as they are written", entry)
	}
	return ""
}

// hundredths reads a number of at most two decimals, up to a TAB or the end of s; n is
// how long it is, or -1 where it is none.
func hundredths(s string) (v int16, n int) {
	negative := false
	if n < len(s) && s[n] == '-' {
		negative = true
		n++
	}
	start, point := n, -1
	for ; n < len(s) && s[n] != '\t'; n++ {
		switch c := s[n]; {
		case '0' <= c && c <= '9' && n-start < len("99.99"):
			v = v*10 + int16(c-'0')
		case c == '.' && point < 0 && n > start:
			point = n
		default:
			return 0, -1
		}
	}
	whole, decimals := n-start, 0
	if point >= 0 {
		whole, decimals = point-start, n-point-1
	}
	switch {
	case n == 0:
		return 0, 0 // empty
	case whole < 1 || whole > 2 || decimals > 2 || point >= 0 && decimals == 0:
		return 0, -1
	}
	for ; decimals < 2; decimals++ {
		v *= 10
	}
	if negative {
		v = -v
	}
	return v, n
}

// Bytes returns the file as ParseLearned reads it, sorted. The comment lines come
// first, without their "# ".
func (f *LearnedFile) Bytes(comment ...string) []byte {
	rows := slices.Clone(f.Rows)
	slices.SortFunc(rows, func(a, b LearnedRow) int { return strings.Compare(a.Entry, b.Entry) })
	var b bytes.Buffer
	for _, c := range comment {
		fmt.Fprintf(&b, "# %s\n", c)
	}
	b.WriteString(f.Domain.header() + "\n")
	number := func(v int16) string { return strconv.FormatFloat(float64(v)/100, 'f', -1, 64) }
	for i := range rows {
		b.WriteString(rows[i].Entry)
		if f.Domain == TagWords {
			sep := byte('\t')
			for _, t := range rows[i].Tags {
				b.WriteByte(sep)
				b.WriteString(ToldTags[t.Tag] + "=" + number(t.Weight))
				sep = ' '
			}
			b.WriteByte('\n')
			continue
		}
		for _, v := range append(rows[i].Pull[:], rows[i].Talk) {
			b.WriteByte('\t')
			if v != 0 {
				b.WriteString(number(v))
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// EntryOf shows a learned word as an entry of kind learned; the domain is its note. It
// is none of the Entries of a set.
func (f *LearnedFile) EntryOf(row *LearnedRow) Entry {
	e := Entry{Pattern: row.Entry, Kind: Learned, Note: f.Domain.String(), Lang: f.Lang, File: f.Name, Line: int(row.Line)}
	for c, v := range row.Pull {
		e.Weights[c] = float64(v) / 100
	}
	for _, t := range row.Tags {
		switch k := t.Tag; {
		case t.Weight <= 0: // it speaks against the tag
		case k >= TagSignals:
			e.Tags.Signals |= 1 << (k - TagSignals)
		case k >= TagAspects:
			e.Tags.Aspects |= 1 << (k - TagAspects)
		case k >= TagEmotions:
			e.Tags.Emotions |= 1 << (k - TagEmotions)
		default:
			e.Tags.Stages |= 1 << (k - TagStages)
		}
	}
	return e
}

// learnedFiles lists the files of learned words of a folder.
func learnedFiles(fsys fs.FS) ([]string, error) {
	names, err := Files(fsys)
	return slices.DeleteFunc(names, func(n string) bool { return !isLearned(n) }), err
}

// CheckLearned reads the learned words of a folder, and says what is wrong with them: an
// error of type Errors.
func CheckLearned(fsys fs.FS) error {
	_, errs, err := readLearned(fsys, 0)
	return errors.Join(errs.err(), err)
}

// readLearned reads the learned words of one layer.
func readLearned(fsys fs.FS, layer int) (files []*LearnedFile, errs Errors, err error) {
	names, err := learnedFiles(fsys)
	if err != nil {
		return nil, nil, err
	}
	parsed, wrong := make([]*LearnedFile, len(names)), make([]error, len(names))
	var parsing sync.WaitGroup
	defer parsing.Wait()
	for i, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, nil, fmt.Errorf("lexicon: %w", err)
		}
		parsing.Go(func() { parsed[i], wrong[i] = ParseLearned(name, data) })
	}
	parsing.Wait()
	for i, f := range parsed {
		if bad, ok := wrong[i].(Errors); ok {
			errs = append(errs, bad...)
		}
		if f != nil {
			f.Layer = layer
			files = append(files, f)
		}
	}
	return files, errs, nil
}

// Silenced is the learned entry that a pattern of kind off switches off.
func Silenced(pattern string) string { return strings.ReplaceAll(pattern, "=", "") }

// silence drops the learned words that a site switches off by a line of kind off.
func (s *Set) silence(off []Entry) {
	type key struct {
		lang  Lang
		entry string
	}
	silent := map[key]bool{}
	for i := range off {
		if off[i].Kind == Off {
			silent[key{off[i].Lang, Silenced(off[i].Pattern)}] = true
		}
	}
	if len(silent) == 0 {
		return
	}
	for i, f := range s.Learned {
		g := *f
		g.Rows = slices.DeleteFunc(slices.Clone(f.Rows), func(r LearnedRow) bool { return silent[key{f.Lang, r.Entry}] })
		s.Learned[i] = &g
	}
}

// PairHash is the hash of two neighbours by their folded hashes.
func PairHash(first, second Hash) Hash {
	return Hash(bits.RotateLeft64(mix(first), 29)) ^ second*1099511628211
}

// ApartHash is the hash of two words with one between.
func ApartHash(first, second Hash) Hash { return ^PairHash(first, second) }

// Undenied is the entry of the word that another one asks for behind a negator; itself where
// it asks for none.
func Undenied(entry string) string { return strings.TrimPrefix(entry, deniedSign+" ") }

// ApartEntry is how an entry writes two words with one between.
func ApartEntry(first, second string) string { return first + " " + gapSign + " " + second }

// StemHash is the hash of a stem by the folded hash of its letters.
func StemHash(letters Hash) Hash { return ^letters }

// LemmaHash is the hash of a word in all its forms by the folded hash of the word.
func LemmaHash(word Hash) Hash { return PairHash(inAllForms, word) }

var inAllForms = foldedHash(lemmaSign)

// LemmaEntry is how an entry writes a word in all its forms.
func LemmaEntry(word string) string { return word + lemmaSign }

// InAllForms returns the word of which a part of an entry asks for all forms; false where
// it asks for one as it is written.
func InAllForms(part string) (word string, ok bool) { return strings.CutSuffix(part, lemmaSign) }

// partHash is the hash of one word of an entry.
func partHash(w string) Hash {
	if lemma, ok := InAllForms(w); ok {
		return LemmaHash(foldedHash(lemma))
	}
	return foldedHash(w)
}

// EntryHash is the hash under which a table has an entry.
func EntryHash(entry string) Hash {
	first, second, pair := strings.Cut(entry, " ")
	last, apart := strings.CutPrefix(second, gapSign+" ")
	switch {
	case apart:
		return ApartHash(foldedHash(first), foldedHash(last))
	case pair:
		return PairHash(partHash(first), partHash(second))
	case strings.HasSuffix(first, "*"):
		return StemHash(foldedHash(first[:len(first)-1]))
	}
	return partHash(first)
}

// IsLearned reports whether an entry can stand in a file of learned words.
func IsLearned(entry string) bool { return checkLearned(entry) == "" }

// foldedHash is HashWord's second result for a lower-case word.
func foldedHash(w string) Hash {
	h := HashSeed
	for i := 0; i < len(w); i++ {
		if w[i] >= utf8.RuneSelf {
			_, f := HashWord(w)
			return f
		}
		h = h.Add(w[i])
	}
	return h
}
