package sentiment_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

// messages returns short ones of a language, made of the phrase tests.
func messages(b *testing.B, lang string, n int) []string {
	b.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "gold", "train.jsonl"))
	if err != nil {
		b.Skip("the labelled sets are not here: ", err)
	}
	defer f.Close()
	examples, err := eval.Read(f, "train.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	var all []string
	for _, e := range examples {
		if e.Lang == lang && len(e.Text) < 200 {
			all = append(all, strings.ReplaceAll(e.Text, "\n", " "))
		}
	}
	out := make([]string, n)
	for i := range out {
		out[i] = all[i%len(all)]
	}
	return out
}

// cpu is the processor time that the process took: on a busy machine the clock on
// the wall says little.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func newScorer(tb testing.TB) *sentiment.Scorer {
	tb.Helper()
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		tb.Log(err)
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		tb.Fatal(err)
	}
	return sentiment.New(set.Compile(), model)
}

func benchmarkScore(b *testing.B, lang string, evidence bool) {
	s := newScorer(b)
	ms := messages(b, lang, 2000)
	bytes := 0
	for _, m := range ms {
		bytes += len(m)
	}
	b.ReportAllocs()
	b.SetBytes(int64(bytes / len(ms)))
	i := 0
	for _, m := range ms { // warm up
		s.Score(m, "", evidence)
	}
	start := cpu()
	for b.Loop() {
		s.Score(ms[i%len(ms)], "", evidence)
		i++
	}
	b.ReportMetric(float64(b.N)/(cpu()-start).Seconds(), "messages/cpu-s")
}

func BenchmarkScoreEnglish(b *testing.B)  { benchmarkScore(b, "en", false) }
func BenchmarkScorePolish(b *testing.B)   { benchmarkScore(b, "pl", false) }
func BenchmarkScoreEvidence(b *testing.B) { benchmarkScore(b, "pl", true) }

// BenchmarkPlainLoop is the measure of speed: split, lower-case, look up.
func BenchmarkPlainLoop(b *testing.B) {
	ms := messages(b, "en", 2000)
	words := map[string]float64{}
	for _, w := range strings.Fields("good bad great terrible awful nice slow fast late broken refund love hate") {
		words[w] = 1
	}
	b.ReportAllocs()
	i := 0
	sum := 0.0
	start := cpu()
	for b.Loop() {
		for _, w := range strings.Fields(ms[i%len(ms)]) {
			sum += words[strings.ToLower(w)]
		}
		i++
	}
	b.ReportMetric(float64(b.N)/(cpu()-start).Seconds(), "messages/cpu-s")
}
