package csv_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odzew/connectors"
	"odzew/connectors/csv"
)

// Four times the bytes take some four times the time, whatever they are.
func TestHostile(t *testing.T) {
	for name, piece := range map[string]string{
		"quotes that do not close": "\"\n",
		"quotes":                   `"`,
		"quotes within fields":     "a,\"b\" c,d\n",
		"one long line":            "x",
		"commas":                   ",",
		"line ends":                "\n",
		"one conversation":         "a,2026-02-10T09:00:00Z,x\n",
		"long lines with a quote":  "\"\n" + strings.Repeat("x", 1<<14) + "\n",
	} {
		took := func(size int) time.Duration {
			path := filepath.Join(t.TempDir(), "a.csv")
			appendTo(t, path, "id,at,text\n"+strings.Repeat(piece, size/len(piece)))
			s := open(t, csv.Config{Paths: []string{path}, Complete: true, MaxRow: 1 << 14})
			start := time.Now()
			if err := s.Pull(t.Context(), "", func(connectors.Record) error { return nil }); err != nil {
				t.Fatal(err)
			}
			return time.Since(start)
		}
		// Others use the machine too: the best of three counts.
		best := func(size int) time.Duration { return min(took(size), took(size), took(size)) }
		one, four := best(1<<16), best(1<<18)
		t.Logf("%-25s %v %v", name, one, four)
		if four > 100*time.Millisecond && four > 10*one {
			t.Errorf("%s: 64 kB took %v, 256 kB %v", name, one, four)
		}
	}
}
