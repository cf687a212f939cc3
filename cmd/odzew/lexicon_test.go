package main

import (
	"os"
	"strings"
	"testing"
)

// TestTuningDoc proves that the commands of docs/tuning.md are those that the script
// runs: an example that does not work is worse than none.
func TestTuningDoc(t *testing.T) {
	doc, err := os.ReadFile("../../docs/tuning.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/script/lexicon.txtar")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(doc)) {
		line = strings.TrimSuffix(line, "\n")
		command, ok := strings.CutPrefix(line, "    odzew ")
		fails := ""
		if !ok {
			if command, ok = strings.CutPrefix(line, "    ! odzew "); !ok {
				continue
			}
			fails = "! "
		}
		n++
		want := fails + "exec odzew " + command
		// The script may fix the database and the clock before the command.
		if !strings.Contains(string(script), "\n"+want+"\n") && !strings.Contains(string(script), strings.TrimPrefix(command, "--config sklep.yaml ")+"\n") {
			t.Errorf("no script runs %q", want)
		}
	}
	if n < 10 {
		t.Errorf("only %d commands were found in the document", n)
	}
}
