package workbench

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Taking in word lists of others.

// A Format is that of a foreign word list.
type Format string

// The formats. Each line is a word or phrase, a TAB and the figure; what follows is
// not read. A list is of words only.
const (
	VADER Format = "vader" // mean from -4 to 4, deviation, ratings
	AFINN Format = "afinn" // from -5 to 5
	List  Format = "list"  // words, all of one polarity
)

// ImportOptions are the settings of Import.
type ImportOptions struct {
	Format Format
	Lang   lexicon.Lang
	// Polarity is that of all words of a List.
	Polarity float64
	// Note goes into every entry: where it comes from.
	Note string
}

// Import reads a foreign word list as entries: words as forms, as they stand in the
// list; emoticons and emoji as such. Opinion is the strength of the polarity. Lines
// that cannot be an entry are in the errors. Where a word stands twice, the first
// counts; one that praises here and blames there is an error, too.
func Import(r io.Reader, name string, o ImportOptions) ([]lexicon.Entry, lexicon.Errors, error) {
	scale := map[Format]float64{VADER: 4, AFINN: 5, List: 1}[o.Format]
	if scale == 0 {
		return nil, nil, fmt.Errorf("unknown format %q: one of vader, afinn, list", o.Format)
	}
	var (
		out  []lexicon.Entry
		errs lexicon.Errors
		seen = map[string]*lexicon.Entry{}
	)
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimRight(sc.Text(), "\r")
		if strings.TrimSpace(line) == "" || o.Format == List && strings.HasPrefix(line, "#") {
			continue
		}
		fail := func(format string, args ...any) {
			errs = append(errs, &lexicon.Error{File: name, Line: n, Msg: fmt.Sprintf(format, args...)})
		}
		words, figure := line, o.Polarity
		if o.Format != List {
			f := strings.Split(line, "\t")
			if len(f) < 2 {
				fail("no figure: a word, a TAB and a figure are expected")
				continue
			}
			v, err := strconv.ParseFloat(strings.TrimSpace(f[1]), 64)
			if err != nil || !(math.Abs(v) <= scale) {
				fail("%q is not a figure from %g to %g", f[1], -scale, scale)
				continue
			}
			words, figure = f[0], v/scale
		}
		e := lexicon.Entry{Kind: lexicon.Tone, Polarity: math.Round(figure*100) / 100, Note: o.Note}
		e.Opinion = math.Abs(e.Polarity)
		e.Pattern = patternOf(strings.TrimSpace(words), &e.Kind)
		if _, err := parsed([]lexicon.Entry{e}, o.Lang); err != nil || e.Pattern == "" {
			fail("%q cannot be an entry", words)
			continue
		}
		switch first := seen[e.Pattern]; {
		case first == nil:
			seen[e.Pattern] = &e
			out = append(out, e)
		case first.Polarity*e.Polarity < 0:
			fail("%q is %g here and %g above; the first counts", words, e.Polarity, first.Polarity)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(out) == 0 && len(errs) == 0 {
		return nil, nil, fmt.Errorf("%s: there are no words in it", name)
	}
	slices.SortFunc(out, func(a, b lexicon.Entry) int { return strings.Compare(a.Pattern, b.Pattern) })
	return out, errs, nil
}

// patternOf writes a phrase as a pattern of forms, cut into words as messages are.
// What is one emoticon or emoji changes the kind.
func patternOf(phrase string, kind *lexicon.Kind) string {
	toks := text.Tokenize(nil, phrase)
	var items []string
	for i := range toks {
		t := &toks[i]
		piece := phrase[t.Start:t.End]
		switch {
		case (t.Kind == text.Emoji || t.Kind == text.Emoticon) && len(toks) == 1 && piece == phrase:
			*kind = lexicon.Emoji
			return phrase
		case t.Kind != text.Word || plain(piece) == "":
			return ""
		}
		items = append(items, "="+plain(piece))
	}
	return strings.Join(items, " ")
}
