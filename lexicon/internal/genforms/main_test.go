package main

import (
	"archive/zip"
	"slices"
	"strings"
	"testing"

	"odzew/lexicon"
)

func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		in, form, lemma, tag string
		ok                   bool
	}{
		{"czekam;ABć;verb:fin:sg:pri", "czekam", "czekać", "verb:fin:sg:pri", true},
		{"najlepszy;DAxyz;adj", "najlepszy", "lepszyxyz", "adj", true},
		{"był;A" + string([]byte{'A' - 1}) + "być;v", "był", "być", "v", true}, // all of it
		{"a;ZZ;v", "", "", "", false},
		{"a;A", "", "", "", false},
		{"", "", "", "", false},
	} {
		form, lemma, tag, ok := decode([]byte(tt.in))
		if form != tt.form || lemma != tt.lemma || tag != tt.tag || ok != tt.ok {
			t.Errorf("%q: %q %q %q %v", tt.in, form, lemma, tag, ok)
		}
	}
}

func TestWanted(t *testing.T) {
	for tag, want := range map[string]bool{
		"adj:sg:nom": true, "pact:sg:nom:m1:imperf:neg": false, "pact:sg:neg+adj:sg": true, "ger:sg:nom:n2:imperf:aff": true,
	} {
		if wanted(tag) != want {
			t.Errorf("%s: %v", tag, !want)
		}
	}
}

// TestLemmas proves of which word a form is: of the one that is met most, once, and of none
// that hardly is.
func TestLemmas(t *testing.T) {
	counts := map[lexicon.Hash]int{}
	for _, w := range strings.Fields("czekam czekam czeka mamy mam mamo mamo mamie miał mieli mieli miałby kot kota drogą drogą droga drogi nie nie nie je je ona") {
		_, h := lexicon.HashWord(w)
		counts[h]++
	}
	got := string(lemmas(func(yield func(form, lemma string)) {
		for _, line := range []string{
			"czekać czekać czekam czeka czekał", "mama mama mamy mam mamo mamie", "mieć mieć mam mamy miał mieli miałby", "mamić mamić mam mamy mami",
			"kot kot kota kocie", "droga droga drogi drogą", "drogi drogi droga drogą droższy", "drogą droga", "on on nie je ona oni", "nie nie",
		} {
			words := strings.Fields(line)
			for _, form := range words[1:] {
				yield(form, words[0])
			}
		}
	}, counts))
	const want = "czekać\t5 - m ł\ndroga\t4 i\nmama\t3 ie o\nmieć\t1 am amy iał iałby ieli\nnie\t3\non\t0 je ona oni\n"
	if rest, ok := strings.CutPrefix(got, head); !ok || rest != want {
		t.Errorf("%q, want %q", rest, want)
	}
}

// TestDamaged proves that a broken dictionary is an error and no more.
func TestDamaged(t *testing.T) {
	head := []byte{'\\', 'f', 's', 'a', 0xC6, 0, 7, 1, 'a'}
	for _, data := range [][]byte{nil, []byte("PK"), head[:8], head, append(slices.Clone(head), 1, 2, 3), append(slices.Clone(head), 0x81)} {
		a, err := parseAutomaton(data)
		if err == nil {
			err = a.each(func([]byte) {})
		}
		if err == nil {
			t.Errorf("% x: no error", data)
		}
	}
}

// TestDictionary reads the real one, where it is installed.
func TestDictionary(t *testing.T) {
	z, err := zip.OpenReader("/usr/share/java/morfologik-polish.jar")
	if err != nil {
		t.Skip("libmorfologik-stemming2-java is not installed: ", err)
	}
	defer z.Close()
	data, err := read(z, folder+"polish.dict")
	if err != nil {
		t.Fatal(err)
	}
	a, err := parseAutomaton(data)
	if err != nil {
		t.Fatal(err)
	}
	n, found := 0, map[string]bool{}
	err = a.each(func(seq []byte) {
		n++
		if form, lemma, _, ok := decode(seq); ok && lemma == "czekać" {
			found[form] = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"czekam", "czekałyśmy", "czekający", "czekano"} {
		if !found[form] {
			t.Errorf("%s is no form of czekać", form)
		}
	}
	if n < 4_000_000 {
		t.Errorf("%d sequences", n)
	}
}
