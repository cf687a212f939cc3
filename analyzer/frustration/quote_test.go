package frustration

import (
	"strings"
	"testing"
)

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

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{ // stars around what is quoted
		"Dzień dobry. Na podstawie art. 17 RODO żądam *usunięcia* danych. Pozdrawiam.": "Na podstawie art. 17 RODO żądam usunięcia danych.",
		"Mieszkam przy ul. Polnej. Pisałem m.in. *wczoraj* i nic.":                     "Pisałem m.in. wczoraj i nic.",
		"Paczka na ul. Ogrodową 4 *nie* doszła. Nadal czekam.":                         "Paczka na ul. Ogrodową 4 nie doszła.",
		"Byłem u św. Anny. *Czekam* od godz. 8 rano!":                                  "Czekam od godz. 8 rano!",
		"Halo. Zamówienie 5. listopada *nie* dotarło. ok":                              "Zamówienie 5. listopada nie dotarło.",
		"To już koniec. ale *nie* odpuszczę":                                           "ale nie odpuszczę",
		"no. *Never* again.":                                                           "Never again.",
		"Oh no. *Never* again.":                                                        "Never again.",
		"*x*":                                                                          "x",
	} {
		start, end := strings.IndexByte(text, '*'), strings.LastIndexByte(text, '*')-1
		if got := sentence(strings.ReplaceAll(text, "*", ""), start, end); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
