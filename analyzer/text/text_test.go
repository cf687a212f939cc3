package text_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

var kinds = map[text.Kind]string{
	text.Word: "", text.Number: "n:", text.Mark: "m:", text.Emoji: "e:", text.Emoticon: "s:", text.Link: "l:",
	text.Email: "@:", text.Handle: "h:", text.Code: "c:", text.Masked: "*:",
}

// show writes tokens with their kinds, | between clauses and || between sentences.
func show(s string) string {
	var b strings.Builder
	var last *text.Token
	for _, tok := range text.Tokenize(nil, s) {
		switch {
		case last == nil:
		case last.Sentence != tok.Sentence:
			b.WriteString(" || ")
		case last.Clause != tok.Clause:
			b.WriteString(" | ")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(kinds[tok.Kind] + s[tok.Start:tok.End])
		last = &tok
	}
	return b.String()
}

func TestTokenize(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"   ", ""},
		{"Dzień dobry", "Dzień dobry"},
		{"Nie działa, proszę o pomoc.", "Nie działa | proszę o pomoc"},
		{"Koniec. Początek", "Koniec || Początek"},
		{"koniec.Dalej", "koniec || Dalej"},
		{"don't can’t 'quoted'", "don't can’t quoted"},
		{"follow-up e-mail t-shirt", "follow up e-mail t-shirt"},
		{"co to jest?!!! nic", "co to jest m:?!!! || nic"},
		{"no... i czekam… dalej", "no m:... | i czekam m:… | dalej"},
		{"np. paczka nr. 5", "np paczka nr n:5"},
		{"3.05 o 12:30, 1 200,50 zł", "n:3.05 o n:12:30 | n:1 n:200,50 zł"},
		{"3. dzień", "n:3 dzień"},
		{"the 3rd time", "the n:3rd time"},
		{"24h i 10zł", "n:24 h i n:10 zł"},
		{"zamówienie 12345678 i AB-1234 oraz C20418", "zamówienie c:12345678 i AB n:1234 oraz c:C20418"},
		{"pisz na jan.k@sklep.example, tak", "pisz na @:jan.k@sklep.example | tak"},
		{"https://sklep.example/a?b=c. Tak", "l:https://sklep.example/a?b=c || Tak"},
		{"www.sklep.pl super sklep.pl/zwroty", "l:www.sklep.pl super l:sklep.pl/zwroty"},
		{"@united thanks", "h:@united thanks"},
		{"#fail", "#fail"},
		{"k***a f*** k*rwa", "*:k***a *:f*** *:k*rwa"},
		{"**pogrubione** *tak*", "pogrubione tak"},
		{"ok :) :-( ;) <3 :D :'(", "ok s::) s::-( s:;) s:<3 s::D s::'("},
		{"uwaga: nie (tak)", "uwaga | nie | tak"},
		{"super👍🏽👍 ❤️", "super e:👍🏽 e:👍 e:❤️"},
		{"👨‍👩‍👧 🇵🇱", "e:👨‍👩‍👧 e:🇵🇱"},
		{"tak — nie - może", "tak | nie | może"},
		{"krótko\nnowa linia", "krótko || nowa linia"},
		{"to jest bardzo długa linia, którą program pocztowy złamał w tym\nmiejscu", "to jest bardzo długa linia | którą program pocztowy złamał w tym miejscu"},
		{"za\u0142o\u0301z\u0307", "za\u0142o\u0301z\u0307"},
		{"100% pewny", "n:100% pewny"},
	} {
		if got := show(tt.in); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct {
		in    string
		n     int // which token
		flags text.Flags
	}{
		{"Ala", 0, text.Upper | text.First},
		{"GDZIE", 0, text.Upper | text.Caps | text.First},
		{"ŻÓŁĆ", 0, text.Upper | text.Caps | text.First | text.Marked},
		{"nieeee", 0, text.First | text.Stretched},
		{"tak!!!", 1, text.Exclaim | text.Piled},
		{"tak?!", 1, text.Exclaim | text.Asks},
		{`"szybka" obsługa`, 0, text.First | text.Quoted},
		{`"szybka" obsługa`, 1, text.Marked},
		{"„w realizacji” nadal", 2, 0},
		{"5th", 0, text.First | text.Ordinal},
		{"#wow", 0, text.First | text.Hashtag},
	} {
		toks := text.Tokenize(nil, tt.in)
		if tt.n >= len(toks) {
			t.Errorf("%q has %d tokens", tt.in, len(toks))
			continue
		}
		if got := toks[tt.n].Flags; got != tt.flags {
			t.Errorf("%q, token %d: flags %b, want %b", tt.in, tt.n, got, tt.flags)
		}
	}
}

func TestHashes(t *testing.T) {
	for _, tt := range []struct{ in, word string }{
		{"Żółć", "żółć"},
		{"DON’T", "don't"},
		{"e-Mail", "e-mail"},
		{"zo\u0301łw", "zołw"}, // the mark is dropped: found by folding
		{":-))", ":)"},
		{"👍🏽", "👍"},
		{"?!", "?"},
		{"#Fail", "fail"},
	} {
		toks := text.Tokenize(nil, tt.in)
		exact, folded := lexicon.HashWord(tt.word)
		if len(toks) != 1 || toks[0].Exact != exact || toks[0].Folded != folded {
			t.Errorf("%q is not found as %q: %+v", tt.in, tt.word, toks)
		}
	}
}

// TestHostile proves linear time: each input is long and of one kind.
func TestHostile(t *testing.T) {
	const n = 1 << 20
	for _, unit := range []string{"a", "!", "?!", ".", ",", "a.", "a.b@", "http://", "*", "a*", ":)", ":'", "\"", "👍", "👍\u200d", "\u0301", "ą", "1", "1a", "1.", "#a", "@", "<3", "\n", "-", "\xff", "a-", "„", "a'"} {
		s := strings.Repeat(unit, n/len(unit))
		start := time.Now()
		toks := text.Tokenize(nil, s)
		if d := time.Since(start); d > time.Second {
			t.Errorf("%q × %d: %v for %d tokens", unit, n/len(unit), d, len(toks))
		}
	}
}

func check(t *testing.T, s string) {
	t.Helper()
	end := uint32(0)
	clause, sentence := uint32(0), uint32(0)
	for i, tok := range text.Tokenize(nil, s) {
		if tok.Start < end || tok.End <= tok.Start || int(tok.End) > len(s) {
			t.Fatalf("token %d of %q: [%d,%d) after %d", i, s, tok.Start, tok.End, end)
		}
		if utf8.ValidString(s) && !utf8.ValidString(s[tok.Start:tok.End]) {
			t.Fatalf("token %d of %q splits a rune", i, s)
		}
		if tok.Clause < clause || tok.Sentence < sentence || tok.Sentence > sentence && tok.Clause == clause && i > 0 {
			t.Fatalf("token %d of %q: clause %d, sentence %d after %d, %d", i, s, tok.Clause, tok.Sentence, clause, sentence)
		}
		end, clause, sentence = tok.End, tok.Clause, tok.Sentence
	}
}

func FuzzTokenize(f *testing.F) {
	for _, s := range []string{"Nie działa!!! :-( k***a", "a.b@c.de 12ab https://x", "„cytat\" … 👨‍👩‍👧🏽", "e\u0301\u200d*'\u2019a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}

func BenchmarkTokenize(b *testing.B) {
	const s = "Hello, I ordered a kettle last Monday and the tracking page still says pending. Could you please check it?"
	var toks []text.Token
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		toks = text.Tokenize(toks[:0], s)
	}
}

func ExampleTokenize() {
	s := "Nie działa :("
	for _, tok := range text.Tokenize(nil, s) {
		fmt.Println(s[tok.Start:tok.End])
	}
	// Output:
	// Nie
	// działa
	// :(
}
