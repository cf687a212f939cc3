package workbench_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/workbench"
)

// TestAlarms: what raises unlabelled messages to the highest level is counted and named.
func TestAlarms(t *testing.T) {
	l := openShipped(t)
	examples := []sentiment.Example{
		{ID: "1", Text: "Zgłaszam sprawę do UOKiK, dość tego."},
		{ID: "2", Text: "Pokój był ładny, a śniadania dobre."},
		{ID: "3", Text: "Zgłaszam sprawę do UOKiK, dość tego.", Full: true, Frustration: 2},
	}
	a := workbench.Evaluate(l.Scorer, examples, 0).Alarms
	if a == nil || a.N != 2 || a.Level2 != 1 || a.Grave != 1 || a.Signals["legal"] != 1 {
		t.Fatalf("%+v", a)
	}
	l.ListFired(a, examples)
	k := slices.IndexFunc(a.Fired, func(f workbench.Fired) bool { return f.Signal == "legal" })
	if k < 0 || a.Fired[k].Count != 1 || !strings.Contains(a.Fired[k].Spans[0], "UOKiK") || !strings.HasPrefix(a.Fired[k].Where, "pl/") {
		t.Errorf("%+v", a.Fired)
	}
	if a := workbench.Evaluate(l.Scorer, examples[2:], 0).Alarms; a != nil {
		t.Errorf("of labelled messages only: %+v", a)
	}
}

// TestFalseAlarms: among reviews and talk hardly anybody calls for a court, a superior
// or sets an ultimatum.
func TestFalseAlarms(t *testing.T) {
	l := openShipped(t)
	for _, name := range []string{"polemo2_sent.dev.tsv", "goemotions.dev.tsv"} {
		path := filepath.Join("..", "..", "..", "shared", "data", "sentiment", name)
		data, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			t.Skipf("%s is not here: public sets stand beside the repository", path)
		}
		if err != nil {
			t.Fatal(err)
		}
		var examples []sentiment.Example
		for line := range bytes.Lines(data) {
			if f := strings.SplitN(string(line), "\t", 3); len(f) == 3 { // no label is needed
				examples = append(examples, sentiment.Example{ID: f[0], Text: f[2]})
			}
		}
		if len(examples) < 5000 {
			t.Fatalf("%s: %d messages: fewer than there were", name, len(examples))
		}
		a := workbench.Evaluate(l.Scorer, examples, 0).Alarms
		t.Logf("%s: level 2 %d of %d, for legal, escalation or ultimatum %d (%.2f %%): %v", name, a.Level2, a.N, a.Grave, 100*float64(a.Grave)/float64(a.N), a.Signals)
		if a.Level2 == 0 {
			t.Errorf("%s: nothing at level 2: is anything scored?", name)
		}
		if 100*a.Grave >= a.N {
			t.Errorf("%s: %d of %d are at level 2 for legal, escalation or ultimatum: `odzew lexicon eval --alarms` names the entries", name, a.Grave, a.N)
		}
	}
}
