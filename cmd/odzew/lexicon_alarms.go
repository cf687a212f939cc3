package main

import (
	"maps"
	"slices"
	"strings"

	"odzew/analyzer/workbench"
	"odzew/reporter/mask"
	"odzew/reporter/stats"
)

// False alarms, as `odzew lexicon eval` shows them: how many messages without labels
// of frustration reach the highest level, and what for.

// printAlarms prints the counts with their shares and 95 % intervals, then what fired.
func printAlarms(w *errWriter, a *workbench.Alarms) {
	share := func(name string, count int) {
		iv := stats.Wilson(count, a.N)
		w.printf("%-38s %5d  %6.2f%%  (%.2f–%.2f)\n", name, count, 100*float64(count)/float64(a.N), 100*iv.Low, 100*iv.High)
	}
	w.printf("\nfrustration 2 where none is labelled, of %d messages\n", a.N)
	share("level 2", a.Level2)
	share("  with "+strings.Join(workbench.GraveSignals, ", "), a.Grave)
	for _, sig := range slices.SortedFunc(maps.Keys(a.Signals), func(x, y string) int {
		if d := a.Signals[y] - a.Signals[x]; d != 0 {
			return d
		}
		return strings.Compare(x, y)
	}) {
		share("    "+sig, a.Signals[sig])
	}
	if len(a.Fired) > 0 {
		w.printf("\n%5s  %-16s %s\n", "fired", "signal", "entry, where it stands, what it matched")
	}
	for _, f := range a.Fired {
		spans := make([]string, len(f.Spans))
		for i, s := range f.Spans {
			spans[i] = "“" + mask.Quote(s, shown/2) + "”"
		}
		w.printf("%5d  %-16s %s  %s  %s\n", f.Count, f.Signal, mask.Clean(f.Entry), mask.Clean(f.Where), strings.Join(spans, " "))
	}
}
