package workbench

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// False alarms: what the highest level of frustration is given for in texts that
// nobody wrote to a desk. In reviews of hotels and in talk among strangers hardly
// anything calls for a team lead, so whatever reaches the level there is suspect, and
// no labels are needed to see it.

// Alarms counts the messages at the highest level among those whose frustration is not
// labelled.
type Alarms struct {
	N      int `json:"n"`
	Level2 int `json:"level_2"`
	// Signals counts those of Level2 that carry each signal; one may carry many.
	Signals map[string]int `json:"signals"`
	// Grave counts those that carry one of GraveSignals at least.
	Grave int `json:"grave"`
	// Fired are the entries behind them, the most frequent first; where asked for.
	Fired []Fired `json:"fired,omitempty"`

	at []int // indices of the examples of Level2
}

// GraveSignals are those that a text which is no message to a desk should never carry
// at the highest level: somebody is called for each.
var GraveSignals = []string{"legal", "escalation", "ultimatum"}

// Fired is an entry that brought a signal to messages at the highest level.
type Fired struct {
	Signal string `json:"signal"`
	Entry  string `json:"entry"`           // empty: no entry, but capitals or piled marks
	Where  string `json:"where,omitempty"` // file and line
	Count  int    `json:"count"`           // messages
	// Spans are what it matched, the most frequent first, five at most.
	Spans []string `json:"spans"`
}

// countAlarms counts those of the examples whose frustration nobody labelled; nil
// where there are none.
func countAlarms(examples []sentiment.Example, scores []odzew.Score) *Alarms {
	a := Alarms{Signals: map[string]int{}}
	for i := range examples {
		if examples[i].Full {
			continue
		}
		a.N++
		if scores[i].Level != 2 {
			continue
		}
		a.Level2++
		a.at = append(a.at, i)
		grave := false
		for _, sig := range scores[i].Signals {
			a.Signals[sig]++
			grave = grave || slices.Contains(GraveSignals, sig)
		}
		if grave {
			a.Grave++
		}
	}
	if a.N == 0 {
		return nil
	}
	return &a
}

// ListFired fills in which entries fired. The examples are those that were evaluated.
func (l *Lexicon) ListFired(a *Alarms, examples []sentiment.Example) {
	type key struct{ signal, entry string }
	counts := map[key]int{}
	spans := map[key]map[string]int{}
	for _, i := range a.at {
		score := l.Score(examples[i].Text, "", true)
		for _, e := range score.Evidence {
			signal, ok := strings.CutPrefix(e.Rule, "signal:")
			if !ok {
				continue
			}
			k := key{signal, e.Entry}
			counts[k]++
			if spans[k] == nil {
				spans[k] = map[string]int{}
			}
			spans[k][e.Text]++
		}
	}
	for k, n := range counts {
		texts := byCount(spans[k])
		a.Fired = append(a.Fired, Fired{Signal: k.signal, Entry: k.entry, Where: l.whereOf(k.signal, k.entry), Count: n, Spans: texts[:min(5, len(texts))]})
	}
	slices.SortFunc(a.Fired, func(x, y Fired) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Signal, y.Signal), cmp.Compare(x.Entry, y.Entry))
	})
}

// byCount returns the keys, the most frequent first.
func byCount(m map[string]int) []string {
	return slices.SortedFunc(maps.Keys(m), func(x, y string) int { return cmp.Or(cmp.Compare(m[y], m[x]), cmp.Compare(x, y)) })
}

// whereOf is the place of the entry of a pattern that carries a signal.
func (l *Lexicon) whereOf(signal, pattern string) string {
	bit := uint32(1) << max(0, slices.Index(lexicon.Signals, signal))
	for i := range l.Set.Entries {
		if e := &l.Set.Entries[i]; e.Pattern == pattern && e.Tags.Signals&bit != 0 {
			return l.Where(e)
		}
	}
	return ""
}
