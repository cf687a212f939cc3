package frustration

import "testing"

func TestAbbreviated(t *testing.T) {
	for text, want := range map[string]bool{
		"I spoke to Mr.": true, "on High St. ": true, "at 9 a.m.": true, "wires, cables etc.": true, "order no.": true, "e.g.": true,
		"please fix it.": false, "it never came": false, "never again!": false, "": false, ".": false, "I called London.": false, "czekam już 3 dni.": false,
	} {
		if got := abbreviated(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
