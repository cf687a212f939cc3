package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"odzew"
)

func parse(t *testing.T, raw string) Mail {
	t.Helper()
	m, err := Parse(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// problem gives the reasons of the problems with a field.
func problem(m Mail, field string) string {
	var all []string
	for _, p := range m.Problems {
		if p.Field == field {
			all = append(all, p.Reason)
		}
	}
	return strings.Join(all, "; ")
}

func TestBadInput(t *testing.T) {
	const head = "From: Jan <jan@klient.example>\nTo: pomoc@sklep.example\nMessage-ID: <1@k.example>\nDate: Tue, 12 Mar 2024 10:15:00 +0100\n"
	for _, tt := range []struct{ name, raw, body, field, reason string }{
		{"empty", "", "", "From", "no address"},
		{"only a body", "\n\nTo tylko tekst.\n", "", "From", "no address"},
		{"no date", "From: a@b.example\nMessage-ID: <1@k>\n\nx\n", "x\n", "Date", "missing"},
		{"no from", "Message-ID: <1@k>\n\nx\n", "x\n", "From", "no address"},
		{"no message id", "From: a@b.example\n\nx\n", "x\n", "Message-ID", "hash"},
		{"bad date", "From: a@b.example\nDate: wczoraj\n\nx\n", "x\n", "Date", "unreadable"},
		{"invalid UTF-8", head + "Content-Type: text/plain; charset=utf-8\n\nza\xc5\xbc\xc3\xb3\xff\xc5\x82\xc4\x87\n", "zażó\ufffdłć\n", "charset", "broken UTF-8"},
		{"NUL", head + "\na\x00b\n", "ab\n", "charset", "NUL"},
		{"unknown charset", head + "Content-Type: text/plain; charset=klingon\n\nza\xbf\xf3\xb3\xe6\n", "zażółć\n", "charset", "klingon"},
		{"unknown encoding", head + "Content-Transfer-Encoding: rot13\n\nx\n", "x\n", "Content-Transfer-Encoding", "unknown"},
		{"broken base64", head + "Content-Transfer-Encoding: base64\n\nQUJDR\n", "ABC", "Content-Transfer-Encoding", "cut short"},
		{"broken quoted-printable", head + "Content-Transfer-Encoding: quoted-printable\n\na=ZZ\x01b =C5=82\n", "a=ZZb ł\n", "Content-Transfer-Encoding", "broken"},
		{"no boundary", head + "Content-Type: multipart/mixed\n\ntekst\n", "tekst\n", "Content-Type", "no boundary"},
		{"cut short", head + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntekst", "tekst", "body", "cut short"},
		{"broken type", head + "Content-Type: text/plain; charset=utf-8; name=a b c; =\n\nzażółć\n", "", "", ""},
		{"fold without indent", "Subject: raz\ndwa\n" + head + "\nx\n", "x\n", "header", "no field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := parse(t, tt.raw)
			if m.Body != tt.body {
				t.Errorf("body %q, want %q", m.Body, tt.body)
			}
			if tt.field != "" && !strings.Contains(problem(m, tt.field), tt.reason) {
				t.Errorf("problems %+v, want %s of %s", m.Problems, tt.reason, tt.field)
			}
		})
	}
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("connection lost")
	for _, n := range []int{0, 5, 40, 60, 120, 200} {
		raw := "From: a@b.example\nMessage-ID: <1@k>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + strings.Repeat("tekst ", 50)
		_, err := Parse(io.MultiReader(strings.NewReader(raw[:n]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: error %v, want %v", n, err, broken)
		}
	}
}

// TestHashID: without Message-ID, a mail has one ID whatever its line ends, and two
// mails have two.
func TestHashID(t *testing.T) {
	raw := "From: a@b.example\nSubject: x\n\nraz\ndwa\n"
	one, crlf, other := parse(t, raw).MessageID, parse(t, strings.ReplaceAll(raw, "\n", "\r\n")).MessageID, parse(t, raw+"trzy").MessageID
	if one != crlf || one == other || len(one) != len("sha256:")+64 {
		t.Errorf("IDs %s, %s, %s", one, crlf, other)
	}
}

func TestReferences(t *testing.T) {
	m := parse(t, "Message-ID: <c@x>\nIn-Reply-To: <b@x> (mail of yesterday)\nReferences: <a@x>\n\t<b@x> <a@x>\n\nx")
	if m.MessageID != "c@x" || m.InReplyTo != "b@x" || cmp.Diff([]string{"a@x", "b@x"}, m.References) != "" {
		t.Errorf("%q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
}

func TestAddresses(t *testing.T) {
	for _, tt := range []struct {
		field string
		want  []Address
	}{
		{"", nil},
		{"Jan@Klient.example", []Address{{"", "jan@klient.example"}}},
		{`"Nowak, Anna" <anna@x.example>, <b@x.example>`, []Address{{"Nowak, Anna", "anna@x.example"}, {"", "b@x.example"}}},
		{"=?utf-8?q?=C5=81ukasz?= <l@x.example>", []Address{{"Łukasz", "l@x.example"}}},
		{`"=?utf-8?q?=C5=81ukasz?=" <l@x.example>`, []Address{{"Łukasz", "l@x.example"}}},
		{"jan@x.example (Jan K)", []Address{{"Jan K", "jan@x.example"}}},
		{"a@x.example; b@x.example", []Address{{"", "a@x.example"}, {"", "b@x.example"}}},
		{"Zespół: a@x.example, b@x.example;", []Address{{"", "a@x.example"}, {"", "b@x.example"}}},
		{"undisclosed-recipients:;", nil},
		{`"O\"Neil" <o@x.example>`, []Address{{`O"Neil`, "o@x.example"}}},
		{"nobody", nil},
		{"<>", nil},
	} {
		if diff := cmp.Diff(tt.want, addresses(tt.field)); diff != "" {
			t.Errorf("addresses(%q) (-want +got)\n%s", tt.field, diff)
		}
	}
}

func TestNormalSubject(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		"Zwrot":                        "zwrot",
		"Re: Zwrot":                    "zwrot",
		"RE: Re: Odp: ODP: FW:  Zwrot": "zwrot",
		"Re[2]: Zwrot":                 "zwrot",
		"Re (3): Zwrot":                "zwrot",
		"AW: WG: Zwrot":                "zwrot",
		"PD: Zwrot":                    "zwrot",
		"Fwd: [Ticket#123]  Zwrot":     "[ticket#123] zwrot",
		"[Ticket#123] Re: Zwrot":       "[ticket#123] re: zwrot",
		"Reklamacja: pralka":           "reklamacja: pralka",
		"Re:":                          "",
		"12:30 spotkanie":              "12:30 spotkanie",
	} {
		if got := NormalSubject(in); got != want {
			t.Errorf("NormalSubject(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAttachmentsAreCounted(t *testing.T) {
	m := parse(t, "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntekst\n--b\nContent-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\nQUJD\nREVG\nRw==\n--b--\n")
	if diff := cmp.Diff([]Attachment{{"x.pdf", "application/pdf", 7}}, m.Attachments); diff != "" {
		t.Error(diff)
	}
	if m.Body != "tekst" {
		t.Errorf("body %q", m.Body)
	}
}

// A repeated reader gives one piece over and over, and then what follows.
type repeated struct {
	piece string
	times int
	at    int
}

func (r *repeated) Read(b []byte) (int, error) {
	if r.times == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.piece[r.at:])
	if r.at += n; r.at == len(r.piece) {
		r.at = 0
		r.times--
	}
	return n, nil
}

// hostile are mails that would cost much: what stands before, a piece repeated, and
// what stands behind.
var hostile = map[string][3]string{
	"text":             {"From: a@b.example\n\n", "Zwykły tekst, dużo tekstu.\n", ""},
	"one line":         {"From: a@b.example\n\n", "bez końca ", "\n"},
	"quotes":           {"From: a@b.example\n\n", ">", "\n"},
	"header fields":    {"From: a@b.example\n", "X-Junk: 12345678901234567890\n", "\ntekst\n"},
	"one header":       {"From: a@b.example\nReferences:", " <a@b.example>\n", "\ntekst\n"},
	"long subject":     {"Subject: ", "=?utf-8?q?=C5=81?= ", "\n\ntekst\n"},
	"many recipients":  {"To: ", `"Ktoś, Ktosiowy" <ktos@b.example>, `, "\n\ntekst\n"},
	"part header":      {"Content-Type: multipart/mixed; boundary=b\n\n--b\n", "X-Junk: 12345678901234567890\n", "\ntekst\n--b--\n"},
	"parts":            {"Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: text/plain\n\nx\n", "--b--\n"},
	"deep parts":       {"Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n"},
	"no boundary":      {"Content-Type: multipart/mixed; boundary=b\n\n", "wciąż nie ma granicy\n", ""},
	"long preamble":    {"Content-Type: multipart/mixed; boundary=b\n\n", "wciąż nie ma granicy ", "\n--b\n\nx\n--b--\n"},
	"near boundaries":  {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n", "\n--bb\n--", "\n--b--\n"},
	"base64":           {"Content-Transfer-Encoding: base64\n\n", strings.Repeat("QUJD", 19) + "\n", ""},
	"base64 no lines":  {"Content-Transfer-Encoding: base64\n\n", "QUJD", ""},
	"quoted-printable": {"Content-Transfer-Encoding: quoted-printable\n\n", "=ZZ=\n=C5", ""},
	"html divs":        {"Content-Type: text/html\n\n", "<div>", "tekst"},
	"html blockquotes": {"Content-Type: text/html\n\n", "<blockquote>x", ""},
	"html unclosed":    {"Content-Type: text/html\n\n", "<p><b><td>x</i></div>", ""},
	"html breaks":      {"Content-Type: text/html\n\n", "<br>", "x"},
	"html attributes":  {"Content-Type: text/html\n\n<div ", `a="b" `, ">x"},
	"html tag":         {"Content-Type: text/html\n\n<", "a", ""},
	"html signatures":  {"Content-Type: text/html\n\n", `<div class="gmail_signature">x`, ""},
	"html hidden":      {"Content-Type: text/html\n\n", `<span style="display:none">x`, ""},
	"html entities":    {"Content-Type: text/html\n\n", "&amp;&#x142;&zzz;", ""},
	"flowed":           {"Content-Type: text/plain; format=flowed\n\n", ">> a \n", ""},
	"nul":              {"\n\n", "\x00", ""},
	"eight bit":        {"From: a@b.example\n\n", "\xb1\xe6\xff ", ""},
}

// TestLinear: four times the mail may take less than eight times the time, up to
// 20 MB, and never more than a bounded amount of memory.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("long mails")
	}
	run := func(h [3]string, size int) (time.Duration, uint64) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		m, err := Parse(io.MultiReader(strings.NewReader(h[0]), &repeated{piece: h[1], times: size / len(h[1])}, strings.NewReader(h[2])))
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Body) > 2*maxText || !utf8.ValidString(m.Body) {
			t.Errorf("body of %d bytes, valid %v", len(m.Body), utf8.ValidString(m.Body))
		}
		return took, after.TotalAlloc - before.TotalAlloc
	}
	for name, h := range hostile {
		t.Run(name, func(t *testing.T) {
			one, _ := run(h, 5<<20)
			four, alloc := run(h, 20<<20)
			if four > 8*one { // once more: others use the machine as well
				one, _ = run(h, 5<<20)
				four, alloc = run(h, 20<<20)
			}
			t.Logf("%v, %v, %d MB allocated", one, four, alloc>>20)
			if four > 8*one && four > 200*time.Millisecond || four > 5*time.Second {
				t.Errorf("%v for 5 MB, %v for 20 MB", one, four)
			}
			if alloc > 400<<20 {
				t.Errorf("%d MB allocated", alloc>>20)
			}
		})
	}
}

// TestAttachmentIsNotHeld: 50 MB go through without being kept.
func TestAttachmentIsNotHeld(t *testing.T) {
	const size = 50 << 20
	line := strings.Repeat("QUJD", 19) + "\n"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Parse(io.MultiReader(
		strings.NewReader("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntekst\n--b\nContent-Type: video/mp4; name=film.mp4\nContent-Transfer-Encoding: base64\n\n"),
		&repeated{piece: line, times: size / len(line)},
		strings.NewReader("--b--\n")))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Size != int64(size/len(line))*57 || m.Body != "tekst" {
		t.Errorf("attachments %+v, body %q", m.Attachments, m.Body)
	}
	if alloc := after.TotalAlloc - before.TotalAlloc; alloc > 2<<20 {
		t.Errorf("%d KB allocated for an attachment of 50 MB", alloc>>10)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("no reader failed, but: %v", err)
		}
		for _, s := range append([]string{m.Body, m.Subject, m.MessageID, m.InReplyTo, m.From.Name, m.From.Email, m.Auto}, m.References...) {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Fatalf("%q is no clean text", s)
			}
		}
		if m.MessageID == "" {
			t.Fatal("no ID")
		}
	})
}

func TestConversation(t *testing.T) {
	own, err := OwnAddresses([]string{"sklep@poczta.example", "@Firma.example"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC)
	const date = "Date: Tue, 12 Mar 2024 10:15:00 +0100\n"
	for _, tt := range []struct {
		name, head string
		customer   string
		author     odzew.Author
		public     bool
	}{
		{"customer", "From: Jan <jan@klient.example>\nTo: pomoc@firma.example\n", "jan@klient.example", odzew.AuthorCustomer, true},
		{"agent by domain", "From: pomoc@firma.example\nTo: jan@klient.example\n", "jan@klient.example", odzew.AuthorAgent, true},
		{"agent by address", "From: Sklep@poczta.example\nTo: a@firma.example, jan@klient.example\n", "jan@klient.example", odzew.AuthorAgent, true},
		{"agent to a copy", "From: pomoc@firma.example\nTo: a@firma.example\nCc: jan@klient.example\n", "jan@klient.example", odzew.AuthorAgent, true},
		{"same provider is not own", "From: jan@poczta.example\nTo: sklep@poczta.example\n", "jan@poczta.example", odzew.AuthorCustomer, true},
		{"contact form", "From: formularz@firma.example\nReply-To: jan@klient.example\nTo: pomoc@firma.example\n", "jan@klient.example", odzew.AuthorCustomer, true},
		{"internal", "From: anna@firma.example\nTo: ewa@firma.example\n", "", odzew.AuthorAgent, false},
		{"to nobody named", "From: anna@firma.example\n", "", odzew.AuthorAgent, true},
		{"own acknowledgement", "From: pomoc@firma.example\nTo: jan@klient.example\nAuto-Submitted: auto-replied\n", "jan@klient.example", odzew.AuthorAuto, true},
		{"customer's absence", "From: jan@klient.example\nTo: pomoc@firma.example\nAuto-Submitted: auto-replied\n", "jan@klient.example", odzew.AuthorAuto, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := parse(t, tt.head+date+"Message-ID: <1@k>\n\nx").Conversation(Origin{Source: "poczta", Inbox: "INBOX", Own: own, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			m := c.Messages[0]
			if c.Customer.Email != tt.customer || m.Author != tt.author || m.Public != tt.public {
				t.Errorf("customer %q, author %s, public %v", c.Customer.Email, m.Author, m.Public)
			}
			if m.ID != "1@k" || m.Mail == nil || m.Mail.MessageID != "1@k" || c.ID != "" || c.Source != "poczta" || c.Inbox != "INBOX" || c.Channel != "email" {
				t.Errorf("%+v", c)
			}
			for _, p := range m.Mail.People {
				if own.Own(p) {
					t.Errorf("%s is the company's own", p)
				}
			}
		})
	}
}

func TestConversationTime(t *testing.T) {
	now := time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC)
	day := func(d int) time.Time { return time.Date(2024, 3, d, 9, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name                   string
		origin, date, received time.Time
		want                   time.Time // zero: a dead letter
		problem                bool
	}{
		{"the server's", day(12), day(11), day(10), day(12), false},
		{"the sender's", time.Time{}, day(11), day(10), day(11), false},
		{"received", time.Time{}, time.Time{}, day(10), day(10), true},
		{"1970", time.Time{}, time.Unix(0, 0), day(10), day(10), true},
		{"2099", time.Time{}, day(11).AddDate(75, 0, 0), day(10), day(10), true},
		{"server says 1970", time.Unix(0, 0), day(11), day(10), day(11), false},
		{"a little ahead", time.Time{}, now.Add(23 * time.Hour), day(10), now.Add(23 * time.Hour), false},
		{"none", time.Time{}, time.Unix(0, 0), time.Time{}, time.Time{}, false},
	} {
		c, err := Mail{MessageID: "1@k", Date: tt.date, Received: tt.received, From: Address{"", "a@b.example"}}.Conversation(Origin{Received: tt.origin, Now: now})
		if tt.want.IsZero() {
			if err == nil || !strings.Contains(err.Error(), "1@k") {
				t.Errorf("%s: error %v, want one that names the mail", tt.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := c.Messages[0].At; !got.Equal(tt.want) || !c.CreatedAt.Equal(tt.want) || (len(c.Problems) > 0) != tt.problem {
			t.Errorf("%s: %v, problems %v; want %v", tt.name, got, c.Problems, tt.want)
		}
	}
}

func TestOwnAddressesRefuses(t *testing.T) {
	for _, bad := range []string{"", "firma.example", "pomoc@", "a@b@c.example", "Pomoc <pomoc@firma.example>"} {
		if _, err := OwnAddresses([]string{bad}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", bad)) {
			t.Errorf("OwnAddresses(%q): error %v, want one that names it", bad, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"001-gmail-web-pl", "071-html-outlook-desktop-pl"} {
		raw, err := os.ReadFile("testdata/corpus/" + name + ".eml")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(bytes.NewReader(raw)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
