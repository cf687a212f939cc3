package reply

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// covers checks that nothing is lost: spans without gap or overlap, neighbours of
// different kinds, and every word in the texts.
func covers(body string, p Parts) error {
	at := 0
	for i, s := range p.Spans {
		switch {
		case s.Start != at || s.End <= s.Start:
			return fmt.Errorf("span %d is [%d,%d), want it to start at %d", i, s.Start, s.End, at)
		case s.Kind > Signature:
			return fmt.Errorf("span %d is of unknown kind %d", i, s.Kind)
		case i > 0 && p.Spans[i-1].Kind == s.Kind:
			return fmt.Errorf("spans %d and %d are both %s", i-1, i, s.Kind)
		}
		at = s.End
	}
	if at != len(body) {
		return fmt.Errorf("spans end at %d of %d", at, len(body))
	}
	if n := len(strings.Fields(p.Own)) + len(strings.Fields(p.Quoted)) + len(strings.Fields(p.Signature)); n < len(strings.Fields(body)) {
		return fmt.Errorf("%d words in the parts, %d in the body", n, len(strings.Fields(body)))
	}
	return nil
}

// fragments are lines from which bodies are put together.
var fragments = []string{
	"", " ", ">", "> cytat", ">> cytat w cytacie", "Zwykłe zdanie.", "Kolejne, długie zdanie o zamówieniu, które nie przyszło.",
	"W dniu 12.03.2024 o 10:15, Anna Nowak pisze:", "On Tue, Mar 12, 2024 at 10:15 AM A <a@b.example>", "wrote:", "napisał(a):",
	"-----Oryginalna wiadomość-----", "Od: Sklep <pomoc@sklep.example>", "Wysłano: wtorek, 12 marca 2024 10:15", "Do: Jan", "Temat: RE: x",
	"________________________________", "--", "-- ", "Pozdrawiam", "Jan Kowalski", "tel. 600 100 200", "PS. Jeszcze jedno.", "Wysłane z iPhone'a",
	"Niniejsza wiadomość jest poufna i przeznaczona dla adresata.", "Thanks,", "----", ":", "a:", "\u00a0", "\r", "\x00", "\xff\xfe", "##- Proszę pisać powyżej tej linii -##",
	"Am 12.03.24 um 10:15 schrieb Support:", "Le 12/03/2024 à 10:15, Support a écrit\u00a0:", "Begin forwarded message:", "> 30 dni", "*From:* x", "ok. Pozdrawiam, Jan",
}

func TestNothingIsLost(t *testing.T) {
	kinds := map[Kind]bool{}
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 40).Draw(t, "lines")
		body := strings.Join(lines, rapid.SampledFrom([]string{"\n", "\r\n", " "}).Draw(t, "end"))
		p := Split(body)
		if err := covers(body, p); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		for _, s := range p.Spans {
			kinds[s.Kind] = true
		}
	})
	if len(kinds) != 3 {
		t.Fatalf("only the kinds %v came up", kinds)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range fragments {
		f.Add(s + "\n" + s)
	}
	f.Add(strings.Join(fragments, "\n"))
	f.Fuzz(func(t *testing.T, body string) {
		if err := covers(body, Split(body)); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
	})
}

// TestIntroductions lists how mail programs introduce a quote; all of it is quoted.
func TestIntroductions(t *testing.T) {
	for _, intro := range []string{
		"wt., 12 mar 2024 o 10:15 Anna Nowak <anna@sklep.example> napisał(a):",
		"W dniu wt., 12 mar 2024 o 10:15 Anna Nowak <anna@sklep.example> napisał(a):",
		"W dniu 12.03.2024 o 10:15, Anna Nowak pisze:",
		"W dniu 2024-03-12 10:15, Anna Nowak napisał(a):",
		"W dniu 2024-03-12 10:15:22 użytkownik Anna Nowak <anna@sklep.example> napisał:",
		"W dniu wtorek, 12 marca 2024 10:15:22 CET użytkownik Anna <anna@sklep.example> napisał:",
		"Dnia 12 marca 2024 10:15 Anna <anna@sklep.example> napisał(a):",
		"Dnia 12 marca 2024 10:15:22 CET, Anna <anna@sklep.example> napisał/a:",
		"Dnia wtorek, 12 marca 2024 10:15:22 Anna Nowak pisze:",
		"12 marca 2024 10:15:22 CET, Anna <anna@sklep.example> napisał(a):",
		"Wiadomość napisana przez Anna Nowak <anna@sklep.example> w dniu 12 mar 2024, o godz. 10:15:",
		"On Tue, Mar 12, 2024 at 10:15 AM Anna <anna@shop.example> wrote:",
		"On Tue, 12 Mar 2024 at 10:15, Anna <anna@shop.example> wrote:",
		"On 12/03/2024 10:15, Anna wrote:",
		"On 12 Mar 2024, at 10:15, Anna <anna@shop.example> wrote:",
		"On Tuesday, March 12, 2024 at 10:15:22 AM GMT+1, Anna <anna@shop.example> wrote:",
		"Am Di., 12. März 2024 um 10:15 Uhr schrieb Anna <anna@shop.example>:",
		"Am 12.03.24 um 10:15 schrieb Anna:",
		"Am 12.03.2024 um 10:15 schrieb Anna <anna@shop.example>:",
		"Le mar. 12 mars 2024 à 10:15, Anna <anna@shop.example> a écrit :",
		"Le 12/03/2024 à 10:15, Anna a écrit\u00a0:",
		"Dne 12.03.24 v 10:15 Anna napsal(a):",
		"út 12. 3. 2024 v 10:15 odesílatel Anna <anna@shop.example> napsal:",
		"ut 12. 3. 2024 o 10:15 Anna <anna@shop.example> napísal(a):",
		"Anna Nowak <anna@sklep.example> napisał(a):",
		"Anna Nowak <anna@shop.example> schrieb am Di., 12. März 2024, 10:15:",
		"Anna Nowak <anna@sklep.example> napisała w dniu 12.03.2024 10:15:",
	} {
		for _, quote := range []string{"\n> Dzień dobry", "\n\nDzień dobry"} {
			p := Split("Moja odpowiedź.\n\n" + intro + quote + "\n")
			if p.Own != "Moja odpowiedź." || p.Quoted != intro+quote {
				t.Errorf("%s%q:\n own %q\nquoted %q", intro, quote, p.Own, p.Quoted)
			}
		}
		// Broken at any of its spaces, as programs break long lines.
		for i := range intro {
			if intro[i] != ' ' || !strings.Contains(intro, "@") || strings.HasPrefix(intro, "Anna") {
				continue
			}
			p := Split("Moja odpowiedź.\n\n" + intro[:i] + "\n" + intro[i+1:] + "\n\n> Dzień dobry\n")
			if p.Own != "Moja odpowiedź." {
				t.Errorf("%s broken at %d: own %q", intro, i, p.Own)
			}
		}
	}
}

// TestKept lists what looks like a quote or a signature and is the author's own.
func TestKept(t *testing.T) {
	for _, body := range []string{
		"On Monday you wrote: we will call",
		"On 12 March 2024 you wrote:\nwe will call. Nobody did.",
		"W dniu 12.03.2024 konsultant napisał: proszę czekać.",
		"Pan Nowak pisze: nie oddamy pieniędzy.",
		"Sklep odpisał(a) dopiero po miesiącu: nie.",
		"Od: 5 maja\nDo: 10 maja\nTemat: urlop",
		"Data: 12.03.2024\nTemat: zwrot\nProszę o pomoc.",
		"Pozdrawiam\n\nA kiedy dostanę zwrot?",
		"Pozdrawiam panią Anię, bo mi pomogła.\nReszta to dramat.",
		"Pozdrawiam i czekam na odpowiedź",
		"Kind regards to Anna, she was great.\nThe rest was a disaster.",
		"Zrobiłem tak:\n> Panel\n> Zwroty\ni nic.",
		"Menu > Ustawienia > Konto",
		"Czekam\n>30 dni!",
		"> tak, nadal czekam",
		"Kupiłem -- niestety -- pralkę.",
		"-- pierwsza nie działa\n-- druga też",
		"Jedno.\n--\nDrugie: kiedy będzie naprawione? Proszę o odpowiedź, bo czekam już tydzień.",
		"Jedno.\n----------\nDrugie.",
		"Wysłane z magazynu 5 marca.",
		"Sent from your warehouse, not mine.",
		"From: the bottom of my heart\nTo: you\nthank you",
		"Zgodnie z art. 17 RODO żądam usunięcia moich danych osobowych.",
		"Niniejsza wiadomość jest trzecią w tej sprawie.",
		"Thanks,\nbut that did not help at all.",
		"Dzięki",
		"Uwaga: towar jest uszkodzony!",
		"Formularz kontaktowy\n\nOd: Jan <jan@klient.example>\nTemat: Reklamacja\nData: 12.03.2024 10:15\n\nTreść: nie działa",
		"Od: Kraków Do: Łódź Data: 12.03.2024 Temat: przesyłka",
		"Nie działa.\n\npozdrawiam\n\nbrak słów",
		"Trasa.\n\nOd: Kraków\nDo: Łódź\nData: 12.03.2024\nTemat: przesyłka",
		"Godziny: 10:15\nKto: Jan\nCo: paczka",
		"Zażalenie dotyczy: obsługi. Pan z infolinii powiedział: nie.",
	} {
		if p := Split(body); p.Own != body {
			t.Errorf("Split(%q) = own %q, quoted %q, signature %q", body, p.Own, p.Quoted, p.Signature)
		}
	}
}

// TestPublicTexts counts false cuts where there is nothing to cut but a closing:
// reviews, tweets and posts were never mail.
func TestPublicTexts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "sentiment", "*.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no public texts in ../shared/data/sentiment")
	}
	texts, quoted, signed := 0, 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			text := strings.TrimSpace(line[strings.LastIndexByte(line, '\t')+1:])
			if strings.HasPrefix(text, ">") {
				continue // Reddit's own quotes
			}
			texts++
			p := Split(text)
			if p.Quoted != "" {
				quoted++
				t.Errorf("%q\nquoted %q", text, p.Quoted)
			}
			if p.Signature != "" {
				signed++
			}
		}
	}
	t.Logf("%d texts, %d with a quote, %d with a closing", texts, quoted, signed)
	if texts < 10_000 || signed == 0 || signed > texts/500 {
		t.Errorf("%d closings in %d texts", signed, texts)
	}
}

// TestLinear runs hostile bodies of one size and of four times it: the time may grow
// by less than eight times.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("long bodies")
	}
	for name, piece := range map[string]string{
		"quotes":        "> ",
		"nested":        strings.Repeat(">", 1000) + " x\n",
		"alternating":   "> a\nb\n",
		"colons":        ":",
		"verbs":         "wrote:",
		"verb lines":    "napisał(a):\n",
		"leads":         "On 12.03.2024 10:15 A <a@b.example>\n",
		"lead and verb": "On On On wrote: W dniu napisał: ",
		"labels":        "Od: ",
		"label lines":   "Od: x\nData: y\n",
		"copies":        "Od: x\nDW: a@b.example\nDW: a@b.example\nDW: a@b.example\n",
		"rules":         "---------- ",
		"rule lines":    "________________________________\n",
		"closings":      "Pozdrawiam\n",
		"answers":       "> a\nPozdrawiam\nJan\n",
		"delimiters":    "-- \n",
		"blank":         "\n",
		"spaces":        " ",
		"no-break":      "\u00a0",
		"legal":         "Niniejsza wiadomość jest taka\n",
		"long lines":    strings.Repeat("a b ", 250_000) + "\n",
		"digits":        "1",
		"letters":       "Pozdrawiam, ",
	} {
		t.Run(name, func(t *testing.T) {
			const size = 1 << 20
			one := elapsed(strings.Repeat(piece, size/len(piece)))
			four := elapsed(strings.Repeat(piece, 4*size/len(piece)))
			if four > 8*one { // once more: others use the machine as well
				one = elapsed(strings.Repeat(piece, size/len(piece)))
				four = elapsed(strings.Repeat(piece, 4*size/len(piece)))
			}
			if four > 8*one && four > 200*time.Millisecond {
				t.Errorf("%v for %d MB, %v for four times as much", one, size>>20, four)
			}
			if four > 3*time.Second {
				t.Errorf("%v for %d MB", four, 4*size>>20)
			}
			t.Logf("%v, %v", one, four)
		})
	}
}

func elapsed(body string) time.Duration {
	best := time.Duration(1 << 62)
	for range 2 {
		start := time.Now()
		Split(body)
		best = min(best, time.Since(start))
	}
	return best
}

func BenchmarkSplit(b *testing.B) {
	plain := "Dzień dobry, zamówiłam u Państwa pralkę i nadal nie wiem, kiedy przyjedzie kurier. Dzwoniłam trzy razy.\n"
	for name, body := range map[string]string{
		"plain/500B":  strings.Repeat(plain, 5),
		"plain/100KB": strings.Repeat(plain, 1000),
		"reply/1KB":   strings.Repeat(plain, 5) + "\nPozdrawiam\nJan Kowalski\ntel. 600 100 200\n\nW dniu 12.03.2024 o 10:15, Anna Nowak pisze:\n" + strings.Repeat("> "+plain, 5),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				Split(body)
			}
		})
	}
}
