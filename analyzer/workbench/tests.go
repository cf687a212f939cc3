package workbench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"odzew"
	"odzew/lexicon"
)

// Phrase tests: texts beside the entries, with what must and must not fire.

const testsHeader = "text\tsentiment\tfires\tnot\tnote"

// A Test is one line of a tests.tsv.
type Test struct {
	File string // as in messages
	Line int
	Lang string // of the folder: "pl", "en"
	Text string
	// Sentiment is empty where any will do.
	Sentiment  odzew.Sentiment
	Fires, Not []string
}

// A Failure is a test that fails.
type Failure struct {
	Test
	// Wrong says what is not as the test wants it, one thing each.
	Wrong []string
	Score odzew.Score // with evidence
}

// Tests reads the tests of all layers. Lines that are wrong are in the errors; the
// others are returned nevertheless.
func (l *Lexicon) Tests() ([]Test, lexicon.Errors, error) {
	var (
		out  []Test
		errs lexicon.Errors
	)
	for _, layer := range l.Layers {
		for _, lang := range []string{"en", "pl"} {
			name := lang + "/" + lexicon.TestsFile
			data, err := fs.ReadFile(layer.FS, name)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", layer.name(), err)
			}
			tests, bad := parseTests(layer.File(name), lang, data)
			out, errs = append(out, tests...), append(errs, bad...)
		}
	}
	return out, errs, nil
}

func parseTests(file, lang string, data []byte) (out []Test, errs lexicon.Errors) {
	fail := func(line int, format string, args ...any) {
		errs = append(errs, &lexicon.Error{File: file, Line: line, Msg: fmt.Sprintf(format, args...)})
	}
	n := 0
	for raw := range bytes.SplitSeq(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		n++
		row := strings.TrimSuffix(string(raw), "\r")
		if n == 1 {
			if row != testsHeader {
				fail(1, "the header is %q, not %q", row, testsHeader)
				return nil, errs
			}
			continue
		}
		f := strings.Split(row, "\t")
		if len(f) != 5 {
			fail(n, "%d columns instead of 5: write every TAB, also after empty columns", len(f))
			continue
		}
		t := Test{File: file, Line: n, Lang: lang, Text: f[0], Sentiment: odzew.Sentiment(f[1]), Fires: strings.Fields(f[2]), Not: strings.Fields(f[3])}
		switch {
		case strings.TrimSpace(t.Text) == "":
			fail(n, "the test has no text")
			continue
		case t.Sentiment != "" && !slices.Contains(sentiments, t.Sentiment):
			fail(n, "unknown sentiment %q: one of %s", t.Sentiment, sentiments)
			continue
		case t.Sentiment == "" && len(t.Fires)+len(t.Not) == 0:
			fail(n, "the test asks for nothing: give a sentiment, or what fires or not")
			continue
		}
		for _, tag := range slices.Concat(t.Fires, t.Not) {
			if !knownTag(tag) {
				fail(n, "unknown tag %q: signal:, aspect:, stage:, emotion: with a known name, level:0 to level:2, entry: with a pattern", tag)
			}
		}
		out = append(out, t)
	}
	return out, errs
}

var sentiments = []odzew.Sentiment{odzew.Negative, odzew.Neutral, odzew.Positive, odzew.Mixed}

func knownTag(tag string) bool {
	kind, name, _ := strings.Cut(tag, ":")
	switch kind {
	case "signal":
		return slices.Contains(lexicon.Signals, name)
	case "aspect":
		return slices.Contains(lexicon.Aspects, name)
	case "stage":
		return slices.Contains(lexicon.Stages, name)
	case "emotion":
		return name == "none" || slices.Contains(lexicon.Emotions, name)
	case "level":
		return name == "0" || name == "1" || name == "2"
	case "entry":
		return name != ""
	}
	return false
}

// RunTests runs tests and returns those that fail, in their order.
func (l *Lexicon) RunTests(tests []Test) []Failure {
	all := make([]Failure, len(tests))
	inParallel(len(tests), func(i int) { all[i] = l.run(tests[i]) })
	return slices.DeleteFunc(all, func(f Failure) bool { return len(f.Wrong) == 0 })
}

// Broken runs tests and returns those that fail and are the lexicon's own doing: its
// own ones, and those of the lexicon below that pass without it.
func (l *Lexicon) Broken(tests []Test, below *Lexicon) []Failure {
	return slices.DeleteFunc(l.RunTests(tests), func(f Failure) bool {
		return !l.Own(f.File) && len(below.run(f.Test).Wrong) > 0
	})
}

func (l *Lexicon) run(t Test) Failure {
	f := Failure{Test: t, Score: l.Score(t.Text, "", true)}
	if t.Sentiment != "" && (f.Score.Sentiment == nil || *f.Score.Sentiment != t.Sentiment) {
		found := "not scored (" + f.Score.Reason + ")"
		if f.Score.Sentiment != nil {
			found = string(*f.Score.Sentiment)
		}
		f.Wrong = append(f.Wrong, fmt.Sprintf("is %s, not %s", found, t.Sentiment))
	}
	for _, tag := range t.Fires {
		if !fires(&f.Score, tag) {
			f.Wrong = append(f.Wrong, tag+" does not fire")
		}
	}
	for _, tag := range t.Not {
		if fires(&f.Score, tag) {
			f.Wrong = append(f.Wrong, tag+" fires")
		}
	}
	return f
}

func fires(s *odzew.Score, tag string) bool {
	kind, name, _ := strings.Cut(tag, ":")
	switch kind {
	case "signal":
		return slices.Contains(s.Signals, name)
	case "aspect":
		return slices.ContainsFunc(s.Aspects, func(a odzew.AspectPolarity) bool { return a.Aspect == name })
	case "stage":
		return s.Stage == name
	case "emotion":
		return s.Emotion == name
	case "level":
		return strconv.Itoa(s.Level) == name
	case "entry":
		return slices.ContainsFunc(s.Evidence, func(e odzew.Evidence) bool { return strings.ReplaceAll(e.Entry, " ", "_") == name })
	}
	return false
}
