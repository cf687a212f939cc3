package eval_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

var fit = flag.Bool("fit", false, "fit lexicon/model.tsv anew on the training sets")

func scorer(t testing.TB) *sentiment.Scorer {
	t.Helper()
	// From the folder and not from what was embedded, so that -fit can be followed
	// by a measurement.
	folder := os.DirFS(filepath.Join("..", "..", "..", "lexicon"))
	set, err := lexicon.Load(folder)
	if err != nil {
		t.Log(err)
	}
	model, err := sentiment.LoadModel(folder)
	if err != nil {
		t.Fatal(err)
	}
	return sentiment.New(set.Compile(), model)
}

func shared(elem ...string) string {
	return filepath.Join(append([]string{"..", "..", "..", "..", "shared"}, elem...)...)
}

func load(t testing.TB, name string) []sentiment.Example {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Skip("the labelled sets are not here: ", err)
	}
	defer f.Close()
	examples, err := eval.Read(f, name)
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

// TestFit writes the model anew. Only training sets are read.
func TestFit(t *testing.T) {
	if !*fit {
		t.Skip("-fit was not given")
	}
	s := scorer(t)
	examples := load(t, shared("gold", "train.jsonl"))
	for _, set := range []struct {
		name   string
		every  int
		weight float64
	}{
		{"polemo2_sent.train.tsv", 10, 0.04},
		{"vader_tweets.train.tsv", 1, 0.03},
		{"vader_amazon.train.tsv", 1, 0.03},
		{"goemotions_sentiment.train.tsv", 20, 0.02},
	} {
		more := load(t, shared("data", "sentiment", set.name))
		for i := 0; i < len(more); i += set.every {
			e := more[i]
			e.Weight = set.weight
			examples = append(examples, e)
		}
	}
	model := s.Fit(examples, sentiment.FitOptions{Ridge: 4, Rounds: 600, Folds: 5})
	out := filepath.Join("..", "..", "..", "lexicon", sentiment.ModelFile)
	if err := os.WriteFile(out, model.Bytes("Fitted weights of the features of a message; see analyzer/sentiment/model.go. Written by odzew lexicon fit."), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEval prints how the scorer does on the labelled sets.
func TestEval(t *testing.T) {
	s := scorer(t)
	for _, set := range [][]string{
		{"gold", "train.jsonl"},
		{"gold", "dev.jsonl"}, {"gold", "dev-inbox.jsonl"},
		{"data", "sentiment", "polemo2_sent.dev.tsv"}, {"data", "sentiment", "airline.dev.tsv"},
		{"data", "sentiment", "vader_tweets.dev.tsv"}, {"data", "sentiment", "vader_amazon.dev.tsv"},
	} {
		t.Run(set[len(set)-1], func(t *testing.T) {
			t.Logf("\n%s", eval.Run(s, load(t, shared(set...))))
		})
	}
}
