package eval_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
)

var (
	debugSet  = flag.String("debug", "", "print what is wrong with train messages: signals, sentiment, aspects")
	debugLang = flag.String("debuglang", "", "only this language")
)

func TestDebug(t *testing.T) {
	if *debugSet == "" {
		t.Skip()
	}
	s := scorer(t)
	for _, e := range load(t, shared("gold", "train.jsonl")) {
		if *debugLang != "" && e.Lang != *debugLang {
			continue
		}
		sc := s.Score(e.Text, "", true)
		slices.Sort(e.Signals)
		got := slices.Clone(sc.Signals)
		slices.Sort(got)
		bad := false
		switch *debugSet {
		case "signals":
			bad = !slices.Equal(e.Signals, got)
		case "sentiment":
			bad = sc.Sentiment == nil || *sc.Sentiment != e.Sentiment
		case "lang":
			bad = sc.Lang != e.Lang
		}
		if !bad {
			continue
		}
		fmt.Printf("\n%s | %s\n  WANT %s %v %v\n  GOT  %v %v %s p=%v %v\n", e.ID, strings.ReplaceAll(e.Text, "\n", " / "), e.Sentiment, e.Signals, e.Frustration, *sc.Sentiment, got, sc.Lang, sc.Probabilities, sc.Aspects)
		for _, ev := range sc.Evidence {
			fmt.Printf("     %-14s %+.2f %q <- %s\n", ev.Rule, ev.Weight, ev.Text, ev.Entry)
		}
	}
}
