package sentiment_test

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

func TestParseModel(t *testing.T) {
	const head = "feature\tnegative\tneutral\tpositive\tmixed\tfrustration\taspect\n"
	for _, tt := range []struct{ name, data, want string }{
		{"empty", "", "no header"},
		{"header", "feature\tnegative\n", "the header is"},
		{"columns", head + "bias\t1\n", "model.tsv:2: 2 columns"},
		{"number", head + "bias\tx\t\t\t\t\t\n", `model.tsv:2: "x" is not a number`},
		{"infinity", head + "bias\tInf\t\t\t\t\t\n", "not a number"},
		{"feature", head + "nope\t\t\t\t\t\t\n", `unknown feature "nope"`},
	} {
		if _, err := sentiment.ParseModel([]byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// TestModelBytes proves that a model is written as it is read.
func TestModelBytes(t *testing.T) {
	data, err := fs.ReadFile(lexicon.Shipped(), sentiment.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	m, err := sentiment.ParseModel(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sentiment.ParseModel(m.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Bytes(), again.Bytes()) {
		t.Error("a model changes on its way through a file")
	}
}

// TestFit proves that fitting learns, and the same each time.
func TestFit(t *testing.T) {
	s := small(t)
	var examples []sentiment.Example
	for range 10 {
		for text, class := range map[string]odzew.Sentiment{
			"to jest dobre": odzew.Positive, "to jest złe": odzew.Negative, "gdzie paczka?": odzew.Neutral, "dobre ale złe": odzew.Mixed,
		} {
			examples = append(examples, sentiment.Example{Text: text, Lang: "pl", Sentiment: class, Weight: 1, Hide: 0.2})
		}
	}
	// The order of a map is no order.
	sortByText(examples)
	o := sentiment.FitOptions{Ridge: 0.1, Rounds: 300, Folds: 2, Copies: 2}
	m := s.Fit(examples, o)
	if !bytes.Equal(m.Bytes(), s.Fit(examples, o).Bytes()) {
		t.Error("fitted twice, the model differs")
	}
	set := s.WithModel(m.Model)
	for _, e := range examples[:4] {
		if got := set.Score(e.Text, "pl", false); *got.Sentiment != e.Sentiment {
			t.Errorf("%q: %s, want %s (%+v)", e.Text, *got.Sentiment, e.Sentiment, got.Probabilities)
		}
	}
}

func sortByText(examples []sentiment.Example) {
	slices.SortStableFunc(examples, func(a, b sentiment.Example) int { return strings.Compare(a.Text, b.Text) })
	// One of each first.
	for i := range 4 {
		examples[i], examples[i*10] = examples[i*10], examples[i]
	}
}
