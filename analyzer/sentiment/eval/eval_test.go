package eval_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

var (
	fit    = flag.Bool("fit", false, "fit lexicon/model.tsv anew on the training sets")
	ridge  = flag.Float64("ridge", 8, "with -fit: the pull of weights towards 0")
	hidden = flag.Float64("hidden", 0.6, "with -fit: the share of phrases that are hidden")
	public = flag.Float64("public", 1, "with -fit: the factor on the weights of public sets")
	report = flag.Bool("report", false, "print the whole report of each set")
)

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

// TestFit writes the model anew. Only training sets are read, and none whose licence
// would pass to the model.
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
		{"vader_tweets.train.tsv", 1, 0.03},
		{"vader_amazon.train.tsv", 1, 0.03},
		{"goemotions_sentiment.train.tsv", 20, 0.02},
	} {
		more := load(t, shared("data", "sentiment", set.name))
		for i := 0; i < len(more); i += set.every {
			e := more[i]
			e.Weight = set.weight * *public
			examples = append(examples, e)
		}
	}
	model := s.Fit(examples, sentiment.FitOptions{Ridge: *ridge, Rounds: 400, Folds: 4, Copies: 4, Hidden: *hidden})
	out := filepath.Join("..", "..", "..", "lexicon", sentiment.ModelFile)
	if err := os.WriteFile(out, model.Bytes(
		"Fitted weights of the features of a message; see analyzer/sentiment/model.go. Generated: do not edit.",
		"Learned from this project's own labelled messages (MIT) and, with little weight, from those of VADER (MIT,",
		"Hutto and Gilbert 2014) and GoEmotions (Apache-2.0, Demszky et al. 2020).",
	), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEval prints how the scorer does on the labelled sets, a line a set and
// language, and with -report all that Report tells.
func TestEval(t *testing.T) {
	s := scorer(t)
	line := func(name string, examples []sentiment.Example) {
		r := eval.Run(s, examples)
		t.Logf("%-28s %5d  acc %.3f  F1 4: %.3f 3: %.3f  cal %.3f  signals %.3f  frustration F1 %.3f AUC %.3f level %.3f  aspects %.3f/%.3f  stage %.3f emotion %.3f",
			name, r.N, r.Accuracy.Value, r.F1Four.Value, r.F1Three.Value, r.Calibration, r.SignalsF1, r.FrustrationF1, r.FrustrationAUC, r.LevelAccuracy, r.AspectsF1, r.AspectPolarityF1, r.StageAccuracy, r.EmotionAccuracy)
		if *report {
			t.Logf("\n%s", r)
		}
	}
	for _, set := range [][]string{
		{"gold", "train.jsonl"},
		{"gold", "dev.jsonl"},
		{"gold", "dev-inbox.jsonl"},
		{"data", "sentiment", "polemo2_sent.dev.tsv"},
		{"data", "sentiment", "airline.dev.tsv"},
		{"data", "sentiment", "vader_tweets.dev.tsv"},
		{"data", "sentiment", "vader_amazon.dev.tsv"},
	} {
		name := set[len(set)-1]
		examples := load(t, shared(set...))
		line(name, examples)
		if set[0] != "gold" {
			continue
		}
		for _, lang := range []string{"pl", "en", "mixed"} {
			var of []sentiment.Example
			for _, e := range examples {
				if e.Lang == lang {
					of = append(of, e)
				}
			}
			if len(of) > 0 {
				line("  "+lang, of)
			}
		}
		for _, variant := range []struct {
			name string
			f    func(string) string
		}{
			{"without diacritics", func(s string) string { return strings.Map(folded, s) }},
			{"without signs and capitals", bare},
		} {
			var changed []sentiment.Example
			for _, e := range examples {
				e.Text = variant.f(e.Text)
				changed = append(changed, e)
			}
			line("  "+variant.name, changed)
		}
	}
}

func folded(r rune) rune {
	_, f := lexicon.Fold(r)
	if f != 0 && r > 0x7F && f < 0x80 {
		if unicode.IsUpper(r) {
			return unicode.ToUpper(f)
		}
		return f
	}
	return r
}

// bare is a text without the signs and capitals that give written-up messages
// away.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPunct(r) && r != '\'' {
			return ' '
		}
		return unicode.ToLower(r)
	}, s)
}
