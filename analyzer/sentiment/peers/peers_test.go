// Package peers measures the scorer against another lexicon scorer of English, in
// one run on the same texts:
//
//	cd analyzer/sentiment/peers && GOMAXPROCS=1 go test -bench . -count 5
//
// It is a module of its own, so that the program does not depend on its peers.
package peers

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jonreiter/govader"

	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// texts returns short English messages of customers.
func texts(b *testing.B) []string {
	b.Helper()
	name := filepath.Join("..", "..", "..", "..", "shared", "data", "sentiment", "airline.dev.tsv")
	data, err := os.ReadFile(name)
	if err != nil {
		b.Skip("the messages are not here: ", err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 3 {
			out = append(out, f[2])
		}
	}
	if len(out) < 1000 {
		b.Fatalf("%s: %d messages", name, len(out))
	}
	return out
}

// measure scores the texts in turn. The processor's time counts, since on a busy
// machine the clock on the wall says little.
func measure(b *testing.B, score func(message string)) {
	all := texts(b)
	for _, m := range all { // warm up
		score(m)
	}
	b.ReportAllocs()
	i := 0
	start := cpu(b)
	for b.Loop() {
		score(all[i%len(all)])
		i++
	}
	b.ReportMetric(float64(b.N)/(cpu(b)-start).Seconds(), "messages/cpu-s")
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkOdzew(b *testing.B) {
	s := scorer(b)
	measure(b, func(message string) { s.Score(message, "", false) })
}

// BenchmarkOdzewHinted is told the language, as govader takes it for granted.
func BenchmarkOdzewHinted(b *testing.B) {
	s := scorer(b)
	measure(b, func(message string) { s.Score(message, "en", false) })
}

func scorer(b *testing.B) *sentiment.Scorer {
	b.Helper()
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	return sentiment.New(set.Compile(), model)
}

func BenchmarkGovader(b *testing.B) {
	a := govader.NewSentimentIntensityAnalyzer()
	measure(b, func(message string) { a.PolarityScores(message) })
}
