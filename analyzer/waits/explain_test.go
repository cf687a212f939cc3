package waits

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What explanations say of the worked examples: each message and event with its
// effect, rule and reason, and the opening hours within each turn.
func TestExplainGolden(t *testing.T) {
	cals := schedules(t)
	var got strings.Builder
	for _, x := range readExamples(t) {
		opt := testOptions
		opt.Merges = &Merges{}
		for _, c := range x.convs {
			opt.Merges.Add(*c)
		}
		cal := cals[x.schedule]
		e := Explain(*x.convs[x.measured], cal, x.now, opt)
		fmt.Fprintf(&got, "%s\n", x.id)
		for _, s := range e.Steps {
			fmt.Fprintf(&got, "  %s %s %s: %s, %s %s\n", s.At.In(cal.Zone()).Format("01-02 15:04:05"), s.Kind, s.To, s.Effect, s.Rule, s.Why)
		}
		for i, spans := range e.Hours {
			turn := e.Waits.Turns[i]
			fmt.Fprintf(&got, "  turn %s %s", turn.Kind, turn.Outcome)
			for _, sp := range spans {
				fmt.Fprintf(&got, " [%s, %s)", sp.From.In(cal.Zone()).Format("01-02 15:04:05"), sp.To.In(cal.Zone()).Format("01-02 15:04:05"))
			}
			got.WriteString("\n")
		}
	}
	path := filepath.Join("testdata", "explained.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("explanations changed (-golden +now); run go test ./analyzer/waits -update\n%s", diff)
	}
}
