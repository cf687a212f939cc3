package lexicon

import (
	"bytes"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The reader and the writer of the entry files. The reader is strict, because a
// line that is silently misread would be a wrong score that nobody can find; it
// reports every bad line, not only the first.

const (
	header = "entry\tkind\tpolarity\topinion\ttags\tpos\tnote"

	// The factors of boosters and dampeners that name none.
	defaultBoost = 1.3
	defaultDamp  = 0.6
)

// An Error is a line that was not understood.
type Error struct {
	File string
	Line int
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// Errors are all that is wrong with a lexicon, in the order of its files.
type Errors []*Error

func (es Errors) Error() string {
	const most = 20
	var b strings.Builder
	for i, e := range es {
		if i == most {
			fmt.Fprintf(&b, "\n… and %d more", len(es)-most)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

func (es Errors) err() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

// Parse reads one file of entries. Its name is used in errors and says the
// language: pl/x.tsv, en/x.tsv, or neither. The error is of type Errors.
func Parse(name string, data []byte) ([]Entry, error) {
	entries, errs := parse(make([]Entry, 0, bytes.Count(data, []byte{'\n'})), name, data)
	return entries, errs.err()
}

// parse appends the entries of a file.
func parse(entries []Entry, name string, data []byte) ([]Entry, Errors) {
	var (
		errs   Errors
		lang   = langOf(name)
		headed bool
		reader = newPatternReader(cap(entries))
	)
	fail := func(line int, format string, args ...any) {
		errs = append(errs, &Error{File: name, Line: line, Msg: fmt.Sprintf(format, args...)})
	}
	if !utf8.Valid(data) {
		line := 1
		for row := range bytes.Lines(data) {
			if !utf8.Valid(row) {
				break
			}
			line++
		}
		fail(line, "not UTF-8: save the file as UTF-8")
		return nil, errs
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		fail(1+bytes.Count(data, []byte{'\n'}), "the last line has no line end")
	}
	text := strings.TrimSuffix(string(data), "\n")
	n := 0
	for raw := range strings.SplitSeq(text, "\n") {
		n++
		switch {
		case strings.HasSuffix(raw, "\r"):
			fail(n, "the line ends in CR LF: save the file with LF")
			continue
		case !headed && strings.HasPrefix(raw, "# "):
			continue
		case !headed:
			if strings.HasPrefix(raw, "\uFEFF") {
				fail(n, "the file begins with a byte order mark: save it as UTF-8 without one")
				return nil, errs
			}
			if raw != header {
				fail(n, "the header is %q, not %q", raw, header)
				return nil, errs
			}
			headed = true
			continue
		case raw == "":
			fail(n, "empty line")
			continue
		case strings.HasPrefix(raw, "# "):
			fail(n, "comments stand before the header only; use the note column")
			continue
		}
		e, msg := reader.row(raw)
		if msg != "" {
			fail(n, "%s", msg)
			continue
		}
		e.Lang, e.File, e.Line = lang, name, n
		if e.POS != NoPOS && lang != EN {
			fail(n, "pos is for English entries only")
		}
		if len(entries) > 0 {
			last := &entries[len(entries)-1]
			switch c := compareEntries(last, &e); {
			case c == 0:
				fail(n, "%q (%s) stands in line %d already", e.Pattern, e.Kind, last.Line)
			case c > 0:
				fail(n, "%q must stand before %q: sort with LC_ALL=C sort", e.Pattern, last.Pattern)
			}
		}
		entries = append(entries, e)
	}
	if !headed && len(errs) == 0 {
		fail(1, "no header: the first line must be %q", header)
	}
	return entries, errs
}

func langOf(name string) Lang {
	switch {
	case strings.HasPrefix(name, "pl/"):
		return PL
	case strings.HasPrefix(name, "en/"):
		return EN
	}
	return Any
}

func compareEntries(a, b *Entry) int {
	if c := strings.Compare(a.Pattern, b.Pattern); c != 0 {
		return c
	}
	return strings.Compare(a.Kind.String(), b.Kind.String())
}

// row reads one row; msg is empty where it is good.
func (r *patternReader) row(raw string) (e Entry, msg string) {
	const columns = 7
	var f [columns]string
	if n := strings.Count(raw, "\t") + 1; n != columns {
		return e, fmt.Sprintf("%d columns instead of %d: write every TAB, also after empty columns", n, columns)
	}
	for i := range columns {
		f[i], raw, _ = cut(raw, '\t')
	}
	for i, s := range f[:6] {
		if s != strings.TrimSpace(s) {
			return e, fmt.Sprintf("spaces around %q in column %d", s, i+1)
		}
	}
	e.Pattern, e.Note = f[0], f[6]
	k := slices.Index(kindNames[:], f[1])
	if k < 0 {
		return e, fmt.Sprintf("unknown kind %q: one of %s", f[1], strings.Join(kindNames[:], ", "))
	}
	e.Kind = Kind(k)
	var err error
	if e.items, err = r.read(e.Pattern, e.Kind); err != nil && !(e.Kind == Off && IsLearned(Silenced(e.Pattern))) {
		return e, err.Error()
	}
	low, high := -1.0, 1.0
	if e.Kind == Booster || e.Kind == Dampener {
		low, high = 0, 3
	}
	var ok bool
	if e.Polarity, ok = parseNumber(f[2], low, high); !ok {
		return e, fmt.Sprintf("polarity %q is not a number between %g and %g", f[2], low, high)
	}
	if e.Opinion, ok = parseNumber(f[3], 0, 1); !ok {
		return e, fmt.Sprintf("opinion %q is not a number between 0 and 1", f[3])
	}
	if e.Tags, msg = parseTags(f[4]); msg != "" {
		return e, msg
	}
	p := slices.Index(posNames[:], f[5])
	if p < 0 {
		return e, fmt.Sprintf("unknown part of speech %q: one of noun, verb, adj, adv, prep, intj", f[5])
	}
	e.POS = POS(p)
	switch {
	case e.Kind == Booster && e.Polarity == 0:
		e.Polarity = defaultBoost
	case e.Kind == Dampener && e.Polarity == 0:
		e.Polarity = defaultDamp
	}
	if msg = e.checkKind(); msg != "" {
		return e, msg
	}
	return e, ""
}

// checkKind says what the kind asks of the other columns and does not get.
func (e *Entry) checkKind() string {
	switch e.Kind {
	case Learned:
		return "learned words stand in files named learned.DOMAIN.tsv, which odzew lexicon fit writes"
	case Signal:
		if e.Tags.Signals == 0 {
			return "an entry of kind signal needs a tag signal:NAME"
		}
	case Aspect:
		if e.Tags.Aspects == 0 {
			return "an entry of kind aspect needs a tag aspect:NAME"
		}
	case Stage:
		if e.Tags.Stages == 0 {
			return "an entry of kind stage needs a tag stage:NAME"
		}
	case Negator, Contrast, Politeness, Topic, Request:
		if e.Polarity != 0 {
			return "an entry of kind " + e.Kind.String() + " has no polarity; is it a tone or an idiom?"
		}
	}
	if e.POS != NoPOS && strings.ContainsAny(e.Pattern, " ") {
		return "pos is asked for entries of one word; a longer pattern tells by its words"
	}
	return ""
}

func parseNumber(s string, low, high float64) (float64, bool) {
	if s == "" {
		return 0, true
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && low <= v && v <= high // NaN fails both
}

func parseTags(s string) (t Tags, msg string) {
	if s == "" {
		return t, ""
	}
	for tag := range strings.SplitSeq(s, " ") {
		kind, name, _ := strings.Cut(tag, ":")
		names, ok := tagNames(kind)
		i := slices.Index(names, name)
		if !ok || i < 0 {
			return t, fmt.Sprintf("unknown tag %q", tag)
		}
		bit := uint32(1) << i
		if t.bits(kind)&bit != 0 {
			return t, fmt.Sprintf("tag %q stands twice", tag)
		}
		switch kind {
		case "signal":
			t.Signals |= bit
		case "aspect":
			t.Aspects |= bit
		case "stage":
			t.Stages |= uint8(bit)
		case "emotion":
			t.Emotions |= uint8(bit)
		case "feeling":
			t.Feelings |= uint8(bit)
		}
	}
	return t, ""
}

func tagNames(kind string) ([]string, bool) {
	switch kind {
	case "signal":
		return Signals, true
	case "aspect":
		return Aspects, true
	case "stage":
		return Stages, true
	case "emotion", "feeling":
		return Emotions, true
	}
	return nil, false
}

func (t Tags) bits(kind string) uint32 {
	switch kind {
	case "signal":
		return t.Signals
	case "aspect":
		return t.Aspects
	case "stage":
		return uint32(t.Stages)
	case "feeling":
		return uint32(t.Feelings)
	default:
		return uint32(t.Emotions)
	}
}

// String returns the tags as the files write them.
func (t Tags) String() string {
	var out []string
	for _, kind := range []string{"signal", "aspect", "stage", "emotion", "feeling"} {
		names, _ := tagNames(kind)
		for rest := t.bits(kind); rest != 0; rest &= rest - 1 {
			out = append(out, kind+":"+names[bits.TrailingZeros32(rest)])
		}
	}
	return strings.Join(out, " ")
}

// Write writes entries in the one form that Parse reads, sorted. The comment
// lines come first, without their "# ".
func Write(w io.Writer, comment []string, entries []Entry) error {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b Entry) int { return compareEntries(&a, &b) })
	var b bytes.Buffer
	for _, c := range comment {
		fmt.Fprintf(&b, "# %s\n", c)
	}
	b.WriteString(header + "\n")
	for i := range sorted {
		e := &sorted[i]
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Pattern, e.Kind, formatNumber(e.Polarity), formatNumber(e.Opinion), e.Tags, e.POS, e.Note)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func formatNumber(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
