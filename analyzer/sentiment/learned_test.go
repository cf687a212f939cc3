package sentiment_test

import (
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// TestLearned proves when the pull of a learned entry counts, how much, and that it
// takes no word from another entry.
func TestLearned(t *testing.T) {
	file := func(rows ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.ReplaceAll("entry;kind;polarity;opinion;tags;pos;note;weights\n"+strings.Join(rows, "\n")+"\n", ";", "\t"))}
	}
	set, err := lexicon.Load(fstest.MapFS{
		"pl/a.tsv":       file("=dobra;tone;1;1;;;;", "=nie;negator;;;;;;"),
		"pl/learned.tsv": file("=dobra =zupa;learned;;;;;;-0.6 0 0.6 0", "=zimna;learned;;;;;;0.6 0 -0.6 0", "=zupa;learned;;;;;;0.01 0 0 0"),
		"classes.tsv":    {Data: []byte("class\tlang\twords\n")},
		"emoji.tsv":      file("😡;emoji;-1;1;;;;"),
		"pl/forms.txt":   {},
	})
	if err != nil {
		t.Fatal(err)
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	s := sentiment.New(set.Compile(), model)
	for _, tt := range []struct {
		text, parts string
		valence     float64
	}{
		{"to zimna zupa", "learned:zimna", -0.3},                                    // alone: in full
		{"to dobra zupa", "valence:dobra learned:dobra zupa", 1},                    // the tone keeps its word
		{"to nie dobra, zimna", "negation:nie valence:dobra learned:zimna", -0.899}, // beside a tone: a third
		{"to zimna zupa?", "learned:zimna", -0.049},                                 // in a question: a sixth
		{"zimna" + strings.Repeat(" xyz", 99), "learned:zimna", -0.15},              // four times as long: half
	} {
		got := s.Score(tt.text, "pl", true)
		var parts []string
		for _, e := range got.Evidence {
			parts = append(parts, e.Rule+":"+e.Text)
		}
		if p := strings.Join(parts, " "); p != tt.parts || math.Abs(got.Valence-tt.valence) > 0.0011 {
			t.Errorf("%.30q: %s = %v, want %s = %v", tt.text, p, got.Valence, tt.parts, tt.valence)
		}
	}
	without, with := s.Score("to xyz zupa", "pl", false), s.Score("to zimna zupa", "pl", false)
	if with.Probabilities.Negative <= without.Probabilities.Negative {
		t.Errorf("the pull is not felt: negative %v, without it %v", with.Probabilities.Negative, without.Probabilities.Negative)
	}
}
