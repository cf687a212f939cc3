package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTuningDoc proves that the commands of docs/tuning.md are those that the scripts
// run: an example that does not work is worse than none.
func TestTuningDoc(t *testing.T) {
	doc, err := os.ReadFile("../../docs/tuning.md")
	if err != nil {
		t.Fatal(err)
	}
	var script []byte
	for _, name := range []string{"lexicon.txtar", "lexicon_versions.txtar"} {
		data, err := os.ReadFile(filepath.Join("testdata", "script", name))
		if err != nil {
			t.Fatal(err)
		}
		script = append(script, data...)
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
