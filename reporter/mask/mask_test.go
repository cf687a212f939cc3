package mask

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// All persons, numbers and addresses are invented; the check digits are right.
func TestPersonal(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		// PESEL: the control digit and a birth date.
		{"mój PESEL 44051401359, proszę", "mój PESEL [PESEL], proszę"},
		{"PESEL:02070803628.", "PESEL:[PESEL]."},
		{"440514 01359", "[PESEL]"},
		{"pesel 44051401358 z błędem", "pesel 44051401358 z błędem"},
		{"44951401352", "44951401352"}, // the digit is right, the month is not
		{"A44051401359", "A44051401359"},

		// NIP: bare, with hyphens, with its country.
		{"NIP 123-456-32-18", "NIP [NIP]"},
		{"NIP PL1234563218 firmy", "NIP [NIP] firmy"},
		{"NIP: PL 123-456-32-18", "NIP: [NIP]"},
		{"nip pl1234563218", "nip [NIP]"},
		{"faktura na NIP 1234563218", "faktura na NIP [NIP]"},
		{"12 345 63 218", "12 345 63 218"}, // not a shape of a NIP
		{"123-45-63-218", "[NIP]"},
		{"123-456-32-19", "123-456-32-19"},

		// Accounts: with and without spaces and country, small letters, abroad.
		{"konto PL61 1090 1014 0000 0712 1981 2874 proszę", "konto [IBAN] proszę"},
		{"PL61109010140000071219812874", "[IBAN]"},
		{"pl61 1090 1014 0000 0712 1981 2874", "[IBAN]"},
		{"PL 61 1090 1014 0000 0712 1981 2874", "[IBAN]"},
		{"61 1090 1014 0000 0712 1981 2874", "[IBAN]"},
		{"na 61109010140000071219812874!", "na [IBAN]!"},
		{"GB82 WEST 1234 5698 7654 32 thanks", "[IBAN] thanks"},
		{"DE89 3704 0044 0532 0130 00", "[IBAN]"},
		{"NO9386011117947", "[IBAN]"},
		{"PL62 1090 1014 0000 0712 1981 2874", "PL62 1090 1014 0000 0712 1981 2874"},
		{"61\u00a01090\u00a01014\u00a00000\u00a00712\u00a01981\u00a02874", "[IBAN]"},

		// Cards: the Luhn digit, a range that is issued, a shape that is printed.
		{"karta 4111 1111 1111 1111 12/28", "karta [••••] 12/28"},
		{"4111-1111-1111-1111", "[••••]"},
		{"5555555555554444", "[••••]"},
		{"3782 822463 10005", "[••••]"},
		{"30569309025904", "[••••]"},
		{"4222222222222", "[••••]"},
		{"6011111111111117", "[••••]"},
		{"6304000000000000", "[••••]"},
		{"4111 1111 1111 1112", "4111 1111 1111 1112"},
		{"5901234123457", "5901234123457"}, // a bar code

		// Phones.
		{"proszę dzwonić 600 700 800", "proszę dzwonić [tel.]"},
		{"tel. 600-700-800.", "tel. [tel.]."},
		{"tel.600700800", "tel.[tel.]"},
		{"tel600700800", "tel[tel.]"},
		{"600700800", "[tel.]"},
		{"+48 600 700 800, dziękuję", "[tel.], dziękuję"},
		{"+48600700800", "[tel.]"},
		{"+48 (22) 123 45 67", "[tel.]"},
		{"0048 600 700 800", "[tel.]"},
		{"48 600 700 800", "[tel.]"},
		{"48600700800", "[tel.]"},
		{"(22) 123-45-67", "[tel.]"},
		{"22 123 45 67", "[tel.]"},
		{"22 1234567", "[tel.]"},
		{"my number is 07700 900123", "my number is [tel.]"},
		{"call 020 7946 0958 now", "call [tel.] now"},
		{"+44 20 7946 0958", "[tel.]"},
		{"+1 (555) 234-5678", "[tel.]"},
		{"(555) 234-5678", "[tel.]"},
		{"telefon 2212345", "telefon [tel.]"},
		{"+48 600 700 800 2026", "[tel.] 2026"},
		{"600.700.800", "[tel.]"},

		// Addresses.
		{"pisz na jan.kowalski+sklep@poczta.example.", "pisz na [e-mail]."},
		{"<ANNA@SKLEP.EXAMPLE>", "<[e-mail]>"},
		{"600700800@sms.example", "[e-mail]"},
		{"łukasz@żółw.example i ola@x.test", "[e-mail] i [e-mail]"},
		{"@sklep na profilu, a@b", "@sklep na profilu, a@b"},

		// What a team needs stays.
		{"zamówienie 512345678 od tygodnia", "zamówienie 512345678 od tygodnia"},
		{"zamówienie nr 600700800", "zamówienie nr 600700800"},
		{"order no. 1234563218", "order no. 1234563218"},
		{"#600700800", "#600700800"},
		{"ref. 600700800, refund: 600700800", "ref. 600700800, refund: [tel.]"},
		{"ZAM600700800, FV/600700800, SKU-600700800", "ZAM600700800, FV/600700800, SKU-600700800"},
		{"faktura 11/2026/600700800", "faktura 11/2026/600700800"},
		{"paczka 520000012345678901234567 InPost", "paczka 520000012345678901234567 InPost"},
		{"2026-11-17, 17.11.2026, 17/11/2026 14:30:15", "2026-11-17, 17.11.2026, 17/11/2026 14:30:15"},
		{"1 234 567,89 zł i 600 700 800 zł", "1 234 567,89 zł i 600 700 800 zł"},
		{"€600 700 800 or 600700800 EUR", "€600 700 800 or 600700800 EUR"},
		{"+14 min [+3, +26]", "+14 min [+3, +26]"},
		{"192.168.100.200", "192.168.100.200"},
		{"100 200 300", "100 200 300"},
		{"czekam 14 dni, 3 raz, 2026 rok", "czekam 14 dni, 3 raz, 2026 rok"},
		{"", ""},
	} {
		if got := Personal(c.in); got != c.want {
			t.Errorf("Personal(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"  dwa\n\twiersze \r\n ", "dwa wiersze"},
		{"\x1b[31mczerwony\x1b[0m", "czerwony"},
		{"\x1b]8;;https://zly.example\x07kliknij\x1b]8;;\x07", "kliknij"},
		{"\x1b]0;tytuł\x1b\\po", "po"},
		{"\x1b[2J\x1b[Hpusto", "pusto"},
		{"\u009b31mC1\u009c", "C1"},
		{"\x1b[31", "31"},                   // an unfinished sequence loses its introducer
		{"\x1b]0;bez końca", "0;bez końca"}, // and swallows nothing
		{"a\u202eb\u2066c\u2069d", "abcd"},
		{"12\u200b34\u2060\ufeff5\u00ad6", "123456"},
		{"\u3164\u115fpuste", "puste"},
		{"za\xffzb", "za\ufffdzb"},
		{"1\u00a0200", "1\u00a0200"},
		{"zażółć 👍🏽 é", "zażółć 👍🏽 é"},
		{"\U000E0041tag", "tag"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"krótko", 90, "krótko"},
		{"dokładnie dziesięć", 18, "dokładnie dziesięć"},
		{"dokładnie dziesięć!", 18, "dokładnie…"},
		{"a bardzodługiesłowobezspacji", 10, "a bardzod…"},
		{"zażółcona gęśla, jaźń", 17, "zażółcona gęśla…"},
		{"e\u0301e\u0301e\u0301e\u0301", 4, "e\u0301…"},                                   // no accent is torn off
		{"konto 61 1090 1014 0000 0712 1981 2874 i dalej", 24, "konto [IBAN] i dalej"},    // masked before it is cut
		{"440\u200b51401\u2060359 to ja", 90, "[PESEL] to ja"},                            // cleaned before it is masked
		{"\x1b[31m4111\x1b[0m 1111 1111 1111", 90, "[••••]"},                              //
		{"piszę w sprawie 44051401359 i znów nic", 20, "piszę w sprawie…"},                //
		{"bez sensu", 1, "…"},                                                             //
		{strings.Repeat("słowo ", 40), 90, strings.Repeat("słowo ", 13) + "słowo słowo…"}, //
	} {
		if got := Quote(c.in, c.limit); got != c.want {
			t.Errorf("Quote(%q, %d)\n got %q\nwant %q", c.in, c.limit, got, c.want)
		}
	}
}

// TestLinearTime feeds shapes that make naive matchers go back over and over.
func TestLinearTime(t *testing.T) {
	const size = 1 << 20
	for _, part := range []string{"1", "1 ", "12-", "a@", "@", "+", "+4", "(1", "PL", "PL61 ", "A1", "\x1b]", "\x1b[1", "600 700 80", "61 1090 1014 0000 ", "é"} {
		s := strings.Repeat(part, size/len(part))
		start := time.Now()
		Quote(s, 90)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d bytes of %q took %v", len(s), part, took)
		}
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "tel. 600 700 800", "a@b.example", "PL61109010140000071219812874", "\x1b]0;x\x07 4111111111111111", "é\u0301\u202e\xff", "+48(22)1"} {
		f.Add(s, 90)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + int(uint(limit)%200)
		got := Quote(s, limit)
		if n := utf8.RuneCountInString(got); n > limit {
			t.Fatalf("%d characters of %d: %q", n, limit, got)
		}
		if !utf8.ValidString(got) {
			t.Fatalf("not UTF-8: %q", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
				t.Fatalf("%U is left in %q", r, got)
			}
		}
		if clean := Clean(s); Clean(clean) != clean {
			t.Fatalf("Clean is not idempotent on %q", s)
		}
		// Whatever stands around, a number between spaces is covered.
		around := Personal(Clean(s)+" ola@sklep.example ") + Personal(" PL61109010140000071219812874 "+Clean(s))
		if strings.Contains(around, "ola@sklep") && !strings.Contains(s, "ola@sklep") || strings.Contains(around, "61109010140000071219812874") && !strings.Contains(s, "61109") {
			t.Fatalf("uncovered in %q", around)
		}
	})
}

func BenchmarkQuote(b *testing.B) {
	s := "Dzień dobry, czekam od dwóch tygodni na zwrot 249,00 zł za zamówienie 512345678, proszę o telefon 600 700 800 lub ola@sklep.example."
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Quote(s, 90)
	}
}
