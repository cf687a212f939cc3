package lexicon

import (
	"slices"
	"strings"
	"testing"
)

func TestEnglishForms(t *testing.T) {
	for _, tt := range []struct{ lemma, forms string }{
		{"wait", "wait waited waiting waits"},
		{"refuse", "refuse refused refuses refusing"},
		{"stop", "stop stopped stopping stops"},
		{"reply", "replied replier replies repliest reply replying"},
		{"delay", "delay delayed delaying delays"},
		{"fix", "fix fixed fixes fixing"},
		{"box", "box boxed boxes boxing"},
		{"cheap", "cheap cheaped cheaper cheapest cheaping cheaps"},
		{"nice", "nice niced nicer nices nicest nicing"},
		{"charge", "charge charged charges charging"},
		{"cancel", "cancel canceled canceling cancelled cancelling cancels"},
		{"refer", "refer refered refering referred referring refers"},
		{"visit", "visit visited visiting visits"},
		{"agree", "agree agreed agreeing agrees"},
		{"good", "best better good"},
		{"be", "am are be been being is was were"},
		{"send", "send sending sends sent"},
		{"lie", "lie lied lies lying"},
		{"never", "never"},
		{"don't", "don't"},
		{"ok", "ok"},
	} {
		var got []string
		eachEnglish(tt.lemma, func(f string) { got = append(got, f) })
		slices.Sort(got)
		if s := strings.Join(slices.Compact(got), " "); s != tt.forms {
			t.Errorf("%s: %s, want %s", tt.lemma, s, tt.forms)
		}
	}
}

// TestFormsLine proves that the file of Polish forms gives back what was put in.
func TestFormsLine(t *testing.T) {
	for _, forms := range [][]string{
		{"czekać", "czekam", "czekasz", "czeka"},
		{"zły", "gorszy", "najgorszy", "złe"},
		{"łóżko", "łóżka", "łóż"},
		{"ósmy", "óch"},
		{"ą", "ę"}, // the same first byte
		{"a"},
	} {
		f, err := parseForms("forms.txt", FormsLine(forms[0], forms))
		if err != nil {
			t.Errorf("%v: %v", forms, err)
			continue
		}
		var got []string
		f.each(forms[0], func(stem, ending string) { got = append(got, stem+ending) })
		slices.Sort(got)
		want := slices.Sorted(slices.Values(forms))
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Errorf("%v became %v", want, got)
		}
	}
}

func TestParseFormsErrors(t *testing.T) {
	for _, data := range []string{"czekać\n", "czekać\tx am\n", "czekać\t99 am\n", "czekać\t-1 am\n"} {
		if _, err := parseForms("forms.txt", data); err == nil || !strings.Contains(err.Error(), "forms.txt:1:") {
			t.Errorf("%q: %v", data, err)
		}
	}
}
