package eval_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

var report = flag.Bool("report", false, "print the whole report of each set")

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

// measure scores the examples, without their labels of language, and measures.
func measure(s *sentiment.Scorer, examples []sentiment.Example) eval.Report {
	scores := make([]odzew.Score, len(examples))
	for i := range examples {
		scores[i] = s.Score(examples[i].Text, "", false)
	}
	return eval.Measure(examples, scores)
}

// TestEval prints how the scorer does on the labelled sets, a line a set and
// language, and with -report all that Report tells. It fails where a set is told much
// worse than it was, or text loses by being written without diacritics.
func TestEval(t *testing.T) {
	s := scorer(t)
	line := func(name string, examples []sentiment.Example) eval.Report {
		r := measure(s, examples)
		t.Logf("%-28s %5d  acc %.3f  F1 4: %.3f 3: %.3f  cal %.3f  signals %.3f  frustration F1 %.3f AUC %.3f level %.3f  aspects %.3f/%.3f  stage %.3f emotion %.3f",
			name, r.N, r.Accuracy.Value, r.F1Four.Value, r.F1Three.Value, r.Calibration, r.SignalsF1, r.FrustrationF1, r.FrustrationAUC, r.LevelAccuracy, r.AspectsF1, r.AspectPolarityF1, r.StageAccuracy, r.EmotionAccuracy)
		if *report {
			t.Logf("\n%s", r)
		}
		return r
	}
	line("corpus, learned from", corpus(t, false))
	line("corpus, held out", corpus(t, true))
	for _, lang := range []string{"pl", "en"} {
		line("  "+lang, inLang(corpus(t, true), lang))
	}
	for _, set := range []struct {
		path        []string
		four, three float64 // the least macro-F1; 0: not asked
	}{
		{[]string{"gold", "train.jsonl"}, .85, .9}, // learned from
		{[]string{"gold", "dev.jsonl"}, .82, .87},
		{[]string{"gold", "dev-inbox.jsonl"}, .88, .92},
		{[]string{"data", "sentiment", "polemo2_sent.dev.tsv"}, 0, .78},
		{[]string{"data", "sentiment", "polemo2_text.dev.tsv"}, .82, 0},
		{[]string{"data", "sentiment", "airline.dev.tsv"}, 0, .66},
		{[]string{"data", "sentiment", "vader_tweets.dev.tsv"}, 0, 0},
		{[]string{"data", "sentiment", "vader_amazon.dev.tsv"}, 0, 0},
	} {
		name := set.path[len(set.path)-1]
		examples := load(t, shared(set.path...))
		whole := line(name, examples)
		if whole.F1Four.Value < set.four || whole.F1Three.Value < set.three {
			t.Errorf("%s: macro-F1 %.3f of 4 classes and %.3f of 3, want %v and %v", name, whole.F1Four.Value, whole.F1Three.Value, set.four, set.three)
		}
		for _, lang := range []string{"pl", "en", "mixed"} {
			if of := inLang(examples, lang); len(of) > 0 {
				line("  "+lang, of)
			}
		}
		for _, variant := range []struct {
			name string
			f    func(string) string
			most float64 // that it may lose; 0: as it may
		}{
			{"without diacritics", func(s string) string { return strings.Map(folded, s) }, .01},
			{"without signs and capitals", bare, 0},
		} {
			var changed []sentiment.Example
			for _, e := range examples {
				e.Text = variant.f(e.Text)
				changed = append(changed, e)
			}
			r := line("  "+variant.name, changed)
			if variant.most > 0 && r.F1Three.Value < whole.F1Three.Value-variant.most {
				t.Errorf("%s %s: macro-F1 of 3 classes %.3f, with them %.3f", name, variant.name, r.F1Three.Value, whole.F1Three.Value)
			}
		}
	}
}

// TestPlain holds how messages are told that are as plain as most of an inbox. Nothing is
// learned from them; they are by another writer than those of the corpus.
func TestPlain(t *testing.T) {
	r := measure(scorer(t), load(t, filepath.Join("testdata", "plain.pl.jsonl")))
	t.Logf("%d: accuracy %.3f, F1 of 4 %.3f, signals %.3f, aspects %.3f, stage %.3f, emotion %.3f", r.N, r.Accuracy.Value, r.F1Four.Value, r.SignalsF1, r.AspectsF1, r.StageAccuracy, r.EmotionAccuracy)
	if r.Accuracy.Value < 0.9 || r.SignalsF1 < 0.8 || r.AspectsF1 < 0.73 || r.StageAccuracy < 0.8 {
		t.Error("plain messages are told worse than they were")
	}
}

// TestClosings: who asks, reports or blames is not told grateful for ending in thanks, as
// most mail does. These closings are not among those that are learned with.
func TestClosings(t *testing.T) {
	s := scorer(t)
	closings := map[string][]string{
		"pl": {" Dzięki wielkie!", " Dziękuję! 😊", " dziękuję 🙏", " Z góry dzięki, Ola", ", pozdrawiam serdecznie"},
		"en": {" Thank you so much!", " Thank you! 😊", " thx 🙏", " Many thanks, Jo", ", kind regards"},
	}
	grateful := func(message string) int {
		if c := s.Score(message, "", false).Sentiment; c != nil && *c == odzew.Positive {
			return 1
		}
		return 0
	}
	for _, tt := range []struct {
		class odzew.Sentiment
		most  float64 // share of messages that may become praise
	}{{odzew.Neutral, 0.03}, {odzew.Negative, 0.08}} {
		for lang, of := range closings {
			n, without, with := 0, 0, 0
			for i, e := range corpus(t, true) {
				if e.Sentiment == tt.class && e.Lang == lang && len(e.Text) < 140 {
					n++
					without += grateful(e.Text)
					with += grateful(e.Text + of[i%len(of)])
				}
			}
			t.Logf("%s, %s: of %d messages %d are told as praise, with a closing %d", tt.class, lang, n, without, with)
			if n < 300 || float64(with-without) > tt.most*float64(n) {
				t.Errorf("%s, %s: closings make praise of %d messages of %d", tt.class, lang, with-without, n)
			}
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

// TestReaders prints how far the two readers of the corpus agree, as docs/tuning.md says:
// on messages written after a plan, on those written trade by trade, and on the others.
func TestReaders(t *testing.T) {
	type count struct{ messages, staged, stages, both, either int }
	counts := map[string]*count{"planned": {}, "trades": {}, "others": {}}
	once := 0
	for _, e := range slices.Concat(corpus(t, false), corpus(t, true)) {
		if e.Second == nil {
			once++
			continue
		}
		c := counts["others"]
		switch {
		case strings.Contains(e.ID, trades):
			c = counts["trades"]
		case e.Weight == planned:
			c = counts["planned"]
		}
		c.messages++
		if e.Stage != "" { // that of a plan is told of messages that are held out alone
			c.staged++
			if e.Stage == e.Second.Stage {
				c.stages++
			}
		}
		c.either += len(e.Aspects) + len(e.Second.Aspects)
		for _, a := range e.Aspects {
			if slices.Contains(e.Second.Aspects, a.Aspect) {
				c.both += 2
			}
		}
	}
	total := once
	for _, c := range counts {
		total += c.messages
	}
	if t.Logf("%d of %d messages were read once", once, total); once*5 > total {
		t.Error("more than a fifth of the messages have no second reader")
	}
	for name, c := range counts {
		t.Logf("%s: %d messages, F1 of aspects %.3f, stages %.3f", name, c.messages, float64(c.both)/float64(c.either), float64(c.stages)/float64(c.staged))
	}
}
