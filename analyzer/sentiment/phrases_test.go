package sentiment_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"odzew"
	"odzew/lexicon"
)

// TestPhrases runs the tests that stand beside the entries. They are written by
// the people who write entries; a few may fail while a model waits to be fitted
// anew, and every failure is shown.
func TestPhrases(t *testing.T) {
	s := scorer(t)
	for _, lang := range []string{"pl", "en"} {
		t.Run(lang, func(t *testing.T) {
			data, err := fs.ReadFile(lexicon.Shipped(), lang+"/"+lexicon.TestsFile)
			if err != nil {
				t.Skip(err)
			}
			rows := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
			if rows[0] != "text\tsentiment\tfires\tnot\tnote" {
				t.Fatalf("header %q", rows[0])
			}
			failed := 0
			for i, row := range rows[1:] {
				f := strings.Split(row, "\t")
				if len(f) != 5 {
					t.Errorf("%s/tests.tsv:%d: %d columns instead of 5", lang, i+2, len(f))
					continue
				}
				score := s.Score(f[0], "", true)
				var bad []string
				if f[1] != "" && (score.Sentiment == nil || string(*score.Sentiment) != f[1]) {
					found := "none"
					if score.Sentiment != nil {
						found = string(*score.Sentiment)
					}
					bad = append(bad, fmt.Sprintf("is %s and not %s", found, f[1]))
				}
				for tag := range strings.FieldsSeq(f[2]) {
					if !fires(&score, tag) {
						bad = append(bad, tag+" does not fire")
					}
				}
				for tag := range strings.FieldsSeq(f[3]) {
					if fires(&score, tag) {
						bad = append(bad, tag+" fires")
					}
				}
				if len(bad) > 0 {
					failed++
					t.Logf("%s/tests.tsv:%d: %q %s", lang, i+2, f[0], strings.Join(bad, ", "))
				}
			}
			t.Logf("%d of %d fail", failed, len(rows)-1)
			if len(rows) < 100 || failed*100 > len(rows) {
				t.Errorf("%d of %d fail", failed, len(rows)-1)
			}
		})
	}
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
		return fmt.Sprint(s.Level) == name
	case "entry":
		return slices.ContainsFunc(s.Evidence, func(e odzew.Evidence) bool { return strings.ReplaceAll(e.Entry, " ", "_") == name })
	}
	return false
}
