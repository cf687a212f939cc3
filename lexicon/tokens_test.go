package lexicon_test

import (
	"testing"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

// TestEmojiAreTokens proves that each emoji and emoticon is read as one token, and
// found.
func TestEmojiAreTokens(t *testing.T) {
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		t.Log(err)
	}
	c := set.Compile()
	n := 0
	for i := range set.Entries {
		e := &set.Entries[i]
		if e.Kind != lexicon.Emoji {
			continue
		}
		n++
		toks := text.Tokenize(nil, "ok "+e.Pattern)
		if len(toks) != 2 {
			t.Errorf("%s:%d: %q is read as %d tokens", e.File, e.Line, e.Pattern, len(toks)-1)
			continue
		}
		if c.Find(toks[1].Exact, toks[1].Folded) == 0 {
			t.Errorf("%s:%d: %q is not found", e.File, e.Line, e.Pattern)
		}
	}
	if n < 120 {
		t.Errorf("%d emoji", n)
	}
}

func FuzzCompileAndMatch(f *testing.F) {
	f.Add("czekać ..3 #number #unit -nie", "czekam już dwa tygodnie")
	f.Add("^ ?=a b|=c _ d ..2 $", "a b x d e")
	f.Fuzz(func(t *testing.T, pattern, message string) {
		b := base("", "")
		row := header + pattern + "\ttone\t-0.5\t0.5\t\t\t\n"
		if _, err := lexicon.Parse("pl/x.tsv", []byte(row)); err != nil {
			return
		}
		b["pl/x.tsv"].Data = []byte(row)
		set, err := lexicon.Load(b)
		if err != nil {
			t.Fatal(err)
		}
		c := set.Compile()
		var words []lexicon.Word
		for _, tok := range text.Tokenize(nil, message) {
			words = append(words, lexicon.Word{Form: c.Find(tok.Exact, tok.Folded), Sentence: tok.Sentence, Clause: tok.Clause})
		}
		for _, x := range c.Match(nil, words, lexicon.LangsOf(lexicon.PL)) {
			if x.Start >= x.End || int(x.End) > len(words) || x.Items == 0 {
				t.Fatalf("%q in %q: %+v of %d words", pattern, message, x, len(words))
			}
		}
	})
}

// TestMatch is the meaning of patterns, a line a case.
func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          string // the words matched, with the gap as …; empty: no match
	}{
		{"czekać", "czekam tu", "czekam"},
		{"czekać", "CZEKAM", "CZEKAM"},
		{"=czekać", "czekam tu", ""},
		{"zły|dobry", "dobry dzień", "dobry"},
		{"tydzień", "dwa tygodnie", "tygodnie"},
		{"czekać #number #unit", "czekam 3 tygodnie", "czekam 3 tygodnie"},
		{"czekać #number #unit", "czekam dwóch tygodni", "czekam dwóch tygodni"},
		{"czekać ..2 #unit", "czekam tydzień", "czekam tydzień"},
		{"czekać ..2 #unit", "czekam cały długi tydzień", "czekam … tydzień"},
		{"czekać ..2 #unit", "czekam cały bardzo długi tydzień", ""},
		{"czekać _ #unit", "czekam tydzień", ""},
		{"czekać _ #unit", "czekam cały tydzień", "czekam … tydzień"},
		{"czekać ?już tydzień", "czekam już tydzień", "czekam już tydzień"},
		{"czekać ?już tydzień", "czekam tydzień", "czekam tydzień"},
		{"czekać -nie", "nie czekam", ""},
		{"czekać -nie", "nie, czekam", "czekam"},
		{"czekać -nie|ale", "czekam ale", ""},
		{"^ czekać", "no czekam", ""},
		{"^ czekać", "no, czekam", "czekam"},
		{"czekać $", "czekam tu", ""},
		{"czekać $", "czekam, tu", "czekam"},
		{"czekać $", "czekam!", "czekam"},
		{"czekać ..1 $", "czekam tu", "czekam"},
		{"czekać ..1 $", "czekam tu dalej", ""},
		{"czekać tydzień", "czekam. tydzień", ""},
		{"czekać tydzień", "czekam, tydzień", "czekam tydzień"},
		{"czekać tydzień", "czekam... tydzień", "czekam … tydzień"},
		{"czekać =!", "czekam!!!", "czekam !!!"},
		{"czekać =?", "czekam?!", "czekam ?!"},
		{"naprawić", "naprawiono", "naprawiono"},
		{"follow-up", "follow-up", "follow up"},
		{"follow-up", "follow up", "follow up"},
		{"=e-mail", "E-mail", "E-mail"},
		{"łóżko", "lozko", "lozko"},
		{"łóżko", "łozko", "łozko"},
		{"lozko", "łóżko", "łóżko"},
	} {
		b := base(tt.pattern+"\ttone\t-0.5\t0.5\t\t\t\n", "")
		set, err := lexicon.Load(b)
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
			continue
		}
		c := set.Compile()
		toks := text.Tokenize(nil, tt.text)
		var words []lexicon.Word
		for i := range toks {
			w := lexicon.Word{Form: c.Find(toks[i].Exact, toks[i].Folded), Sentence: toks[i].Sentence, Clause: toks[i].Clause}
			switch {
			case toks[i].Kind == text.Number:
				w.Class = lexicon.ClassNumber
			case toks[i].Has(text.Dots):
				w.Mark = lexicon.Ellipsis
			case toks[i].Kind == text.Mark:
				w.Mark = lexicon.EndMark
			}
			words = append(words, w)
		}
		got := ""
		for _, x := range c.Match(nil, words, lexicon.LangsOf(lexicon.PL)) {
			got = ""
			for i := x.Start; i < x.End; i++ {
				switch {
				case x.Covers(i):
					got += " " + tt.text[toks[i].Start:toks[i].End]
				case x.Covers(i - 1):
					got += " …"
				}
			}
		}
		if len(got) > 0 {
			got = got[1:]
		}
		if got != tt.want {
			t.Errorf("%q in %q: got %q, want %q", tt.pattern, tt.text, got, tt.want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		set, err := lexicon.Load(lexicon.Shipped())
		if err != nil {
			b.Log(err)
		}
		set.Compile()
	}
}
