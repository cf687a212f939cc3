package csv_test

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/connectortest"
	"odzew/connectors/csv"
)

var update = flag.Bool("update", false, "write the golden files")

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, config csv.Config) *csv.Source {
	t.Helper()
	config.Name = cmp.Or(config.Name, "sklep")
	if config.Now == nil {
		config.Now = time.Now // the files were just written: they are not quiet
	}
	s, err := csv.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pull gives a line a record, and the last cursor.
func pull(t testing.TB, s *csv.Source, since connectors.Cursor) (got []string, last connectors.Cursor, err error) {
	t.Helper()
	last = since
	err = s.Pull(t.Context(), since, func(r connectors.Record) error {
		if c := r.Conversation; c != nil {
			line := c.ID + ":"
			for _, m := range c.Messages {
				line += fmt.Sprintf(" %s %s %q", m.At.Format("01-02T15:04"), m.Author, m.Text)
			}
			for _, p := range c.Problems {
				line += fmt.Sprintf(" (%s=%s: %s)", p.Field, p.Value, p.Reason)
			}
			got = append(got, line)
		}
		if r.DeadLetter != nil {
			got = append(got, fmt.Sprintf("dead %s (%d): %s", filepath.Base(r.DeadLetter.Where), r.DeadLetter.Size, r.DeadLetter.Reason))
		}
		if r.Cursor != "" {
			last = r.Cursor
		}
		return nil
	})
	return got, last, err
}

func TestConformance(t *testing.T) {
	plain := func(s string) string { return s }
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("\uFEFFid;at;text\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, header, row string
		encode            func(string) string
	}{
		{"comma", "id,at,text\n", "%s,%s,\"%s\n\"\"druga\"\" linia\"\n", plain},
		{"semicolon, windows-1250", "id;at;text\r\n", "%s;%s;%s żółć\r\n", func(s string) string {
			b, err := charmap.Windows1250.NewEncoder().String(s)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
		{"UTF-16", utf16, "%s;%s;%s żółć\r\n", func(s string) string {
			b, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(s)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			connectortest.Run(t, func(t *testing.T) connectortest.System {
				path := filepath.Join(t.TempDir(), "a.csv")
				appendTo(t, path, test.header)
				row := func(item connectortest.Item) {
					appendTo(t, path, test.encode(fmt.Sprintf(test.row, item.Key, item.At.Format(time.RFC3339), item.Text)))
				}
				return connectortest.System{
					Open: func(t *testing.T) connectors.Connector { return open(t, csv.Config{Paths: []string{path}}) },
					Add: func(t *testing.T, items ...connectortest.Item) {
						for _, item := range items {
							row(item)
						}
					},
					Change: func(t *testing.T, item connectortest.Item) { row(item) },
					Break:  func(t *testing.T, _ time.Time) { appendTo(t, path, test.encode("x\n")) },
				}
			})
		})
	}
}

// Each table under testdata, with the configuration of its kind, gives the records beside it.
func TestTables(t *testing.T) {
	for name, config := range map[string]csv.Config{
		"helpdesk": {
			Timezone: "Europe/Warsaw", Channel: "email",
			Columns: map[string]string{
				"id": "Nr zgłoszenia", "at": "Data", "author": "Typ", "author_id": "Autor", "text": "Treść", "subject": "Temat",
				"public": "Publiczna", "tags": "Etykiety", "customer_email": "Klient", "inbox": "Kolejka",
			},
			Authors: map[string]odzew.Author{"Klient": odzew.AuthorCustomer, "Konsultant": odzew.AuthorAgent, "System": odzew.AuthorAuto},
		},
		"reviews": {
			Channel: "review", Rating: "csat", RatingMax: 5, TimeFormats: []string{"1/2/2006 3:04 PM"}, Timezone: "America/New_York",
			Columns: map[string]string{"at": "Date", "text": "Review", "score": "Stars", "customer_name": "Name"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			config.Paths, config.Complete = []string{filepath.Join("testdata", name+".csv")}, true
			var got strings.Builder
			out := json.NewEncoder(&got)
			out.SetIndent("", "  ")
			out.SetEscapeHTML(false)
			err := open(t, config).Pull(t.Context(), "", func(r connectors.Record) error {
				if r.DeadLetter != nil {
					return out.Encode(map[string]any{"where": r.DeadLetter.Where, "reason": r.DeadLetter.Reason, "raw": string(r.DeadLetter.Raw)})
				}
				if r.Conversation == nil {
					return nil
				}
				return out.Encode(map[string]any{"conversation": r.Conversation, "extra": r.Conversation.Extra, "problems": r.Conversation.Problems})
			})
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden.json")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("differs from %s; see what -update changes in it:\n%s", golden, got.String())
			}
		})
	}
}

// A file grows in steps; after each, what a pull brings.
func TestGrowth(t *testing.T) {
	type step struct{ write, want string }
	const unclosed = "a,2026-02-10T09:00:00Z,\"no end\n"
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"half a header waits", []step{{"id,at,te", ""}, {"xt\n", ""}, {"a,2026-02-10 09:00:00Z,x\n", `a: 02-10T09:00 customer "x"`}}},
		{"half a row waits", []step{
			{"id,at,text\na,2026-02-10T09:00:00Z,x\nb,2026-02-10T09:00:0", `a: 02-10T09:00 customer "x"`},
			{"0Z,y", ""},
			{"z\n", `b: 02-10T09:00 customer "yz"`},
		}},
		{"half a quoted field waits", []step{{"id,at,text\na,2026-02-10T09:00:00Z,\"x\n", ""}, {"y\"\n", `a: 02-10T09:00 customer "x\ny"`}}},
		{"rows of one id are one conversation", []step{
			{"id,at,text\na,2026-02-10T09:00:00Z,x\na,2026-02-10T09:01:00Z,y\nb,2026-02-10T09:02:00Z,z\na,2026-02-10T09:03:00Z,w\n", `a: 02-10T09:00 customer "x" 02-10T09:01 customer "y" | b: 02-10T09:02 customer "z" | a: 02-10T09:03 customer "w"`},
			{"a,2026-02-10T09:04:00Z,v\n", `a: 02-10T09:04 customer "v"`},
		}},
		{"lines are counted over quoted newlines and pulls", []step{
			{"id,at,text\na,2026-02-10T09:00:00Z,\"x\n\n\ny\"\nb\n", `a: 02-10T09:00 customer "x\n\n\ny" | dead a.csv:6 (13): the row has 1 fields, the header 3`},
			{"\n,,\nc,x,x\n", `dead a.csv:9 (17): the column "at" has "x", which has no form of a time that is known; add it to time_formats`},
			{"c,2098-04-10T09:00:00Z,x\nc,1970-01-01T00:00:00Z,x\nc,,x\n,2026-02-10T09:00:00Z,x\n", `dead a.csv:10 (36): the time 2098-04-10T09:00:00Z cannot be: it is long ago or yet to come | dead a.csv:11 (36): the time 1970-01-01T00:00:00Z cannot be: it is long ago or yet to come | dead a.csv:12 (16): no time in the column "at" | dead a.csv:13 (35): no id in the column "id"`},
		}},
		{"stray quotes", []step{
			{"id,at,text\na,2026-02-10T09:00:00Z,monitor 24\" x\nb,2026-02-10T09:00:00Z,y\n", `a: 02-10T09:00 customer "monitor 24\" x" (=: a quote within a field, kept as it stands) | b: 02-10T09:00 customer "y"`},
			{"c,2026-02-10T09:00:00Z,\"z\" z\nd,2026-02-10T09:00:00Z,v\n", `c: 02-10T09:00 customer "z\" z\n" (=: a quote within a field, kept as it stands) | d: 02-10T09:00 customer "v"`},
		}},
		{"a quote that is not closed ends with its bound", []step{
			{"id,at,text\n" + unclosed + strings.Repeat("x", 999) + "\nb,2026-02-10T09:00:00Z,y\n", ""},
			{strings.Repeat("c,2026-02-10T09:00:00Z,z\n", 100), "dead"},
			{"d,2026-02-10T09:00:00Z,z\n", `d: 02-10T09:00 customer "z"`},
		}},
		{"a long row waits for its end", []step{{"id,at,text\na,2026-02-10T09:00:00Z," + strings.Repeat("x", 2000), ""}, {"x\nb,2026-02-10T09:00:00Z,y\n", `dead a.csv:2 (2036): no row ends within 2000 bytes (max_row): a quote is not closed, or the row is too long | b: 02-10T09:00 customer "y"`}}},
		{"a long row is dead", []step{{"id,at,text\na,2026-02-10T09:00:00Z," + strings.Repeat("x", 200_000) + "\nb,2026-02-10T09:00:00Z,y\n", `dead a.csv:2 (200035): no row ends within 2000 bytes (max_row): a quote is not closed, or the row is too long | b: 02-10T09:00 customer "y"`}}},
		{"bytes that are nothing", []step{{"id,at,text\na,2026-02-10 09:00:00 UTC,x\x00y\n", "a: 02-10T09:00 customer \"x\uFFFDy\" (text=: characters that cannot be read, replaced by U+FFFD)"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.csv")
			var cursor connectors.Cursor
			for i, step := range test.steps {
				appendTo(t, path, step.write)
				var got []string
				var err error
				got, cursor, err = pull(t, open(t, csv.Config{Paths: []string{path}, MaxRow: 2000}), cursor)
				if err != nil {
					t.Fatal(err)
				}
				if s := strings.Join(got, " | "); s != step.want && !(step.want == "dead" && strings.HasPrefix(s, "dead a.csv:2 (")) {
					t.Errorf("step %d\n got %s\nwant %s", i+1, s, step.want)
				}
			}
		})
	}
}

func TestForms(t *testing.T) {
	const at = "2026-02-10T09:00:00Z"
	utf16 := func(order unicode.Endianness, s string) string {
		encoded, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	gzipped := func(s string) string {
		var b strings.Builder
		w := gzip.NewWriter(&b)
		io.WriteString(w, s)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, test := range []struct {
		name   string
		config csv.Config
		file   string
		want   string
	}{
		{"delimiter found", csv.Config{}, "id;at;text\na;" + at + ";b, c, d\n", `a: 02-10T09:00 customer "b, c, d"`},
		{"tab", csv.Config{}, "id\tat\ttext\na\t" + at + "\tb\n", `a: 02-10T09:00 customer "b"`},
		{"quoted header", csv.Config{Columns: map[string]string{"id": "nr;x;y;z"}}, `"nr;x;y;z","at","text"` + "\n" + `a,` + at + ",b\n", `a: 02-10T09:00 customer "b"`},
		{"delimiter given", csv.Config{Delimiter: "^"}, "id^at^text,a,b,c\na^" + at + "^b\n", "error: no column is named for text"},
		{"byte order mark", csv.Config{}, "\uFEFFid,at,text\na," + at + ",b\n", `a: 02-10T09:00 customer "b"`},
		{"UTF-16, big end first", csv.Config{}, utf16(unicode.BigEndian, "\uFEFFid;at;text\r\na;"+at+";żółć\r\n"), `a: 02-10T09:00 customer "żółć"`},
		{"UTF-16 without a mark", csv.Config{}, utf16(unicode.LittleEndian, "id;at;text\r\na;"+at+";żółć\r\n"), `a: 02-10T09:00 customer "żółć"`},
		{"UTF-16, stated", csv.Config{Encoding: "utf-16be"}, utf16(unicode.BigEndian, "id;at;text\r\na;"+at+";żółć\r\n"), `a: 02-10T09:00 customer "żółć"`},
		{"gzip", csv.Config{}, gzipped("id,at,text\na," + at + ",b\n"), `a: 02-10T09:00 customer "b"`},
		{"windows-1250", csv.Config{}, "id,at,text\na," + at + ",za\xbf\xf3\xb3\xe6\n", `a: 02-10T09:00 customer "zażółć"`},
		{"windows-1250, a field of it UTF-8 by chance", csv.Config{}, "id,at,text,subject\na," + at + ",R\xd3\xafA,za\xbf\xf3\xb3\xe6\n", `a: 02-10T09:00 customer "RÓŻA"`},
		{"UTF-8 with half a character", csv.Config{}, "id,at,text,team\na," + at + ",zażółć g\xc4,b\n", "a: 02-10T09:00 customer \"zażółć g\uFFFD\" (text=: characters that cannot be read, replaced by U+FFFD)"},
		{"a header in windows-1250", csv.Config{Columns: map[string]string{"text": "Treść"}}, "id,at,Tre\x9c\xe6\na," + at + ",b\n", `a: 02-10T09:00 customer "b"`},
		{"a configured encoding", csv.Config{Encoding: "iso-8859-2"}, "id,at,text\na," + at + ",\xb1\xb6\xbc\n", `a: 02-10T09:00 customer "ąśź"`},
		{"Polish times in summer", csv.Config{Timezone: "Europe/Warsaw", Now: func() time.Time { return connectortest.Clock().AddDate(1, 0, 0) }}, "id,at,text\na,10.07.2026 11:00,b\n", `a: 07-10T09:00 customer "b"`},
		{"zones in the text count", csv.Config{Timezone: "Europe/Warsaw"}, "id,at,text\na,2026-02-10T09:00:00-05:00,b\n", `a: 02-10T14:00 customer "b"`},
		{"no zone", csv.Config{}, "id,at,text\nx," + at + ",x\na,2026-02-10 09:00,b\n", `error: a.csv:3: the column "at" has "2026-02-10 09:00", a time without a zone; set timezone`},
		{"no such column", csv.Config{Columns: map[string]string{"text": "Treść"}}, "id,at,text\n", `error: a.csv:1: there is no column "Treść" for text; there are ["id" "at" "text"]; name the columns`},
		{"no such author", csv.Config{}, "id,at,text,author\na," + at + ",b,Marsjanin\n", `a: 02-10T09:00 auto "b" (author=Marsjanin: not a known kind of author; taken for auto; name it under authors, in an import with --author)`},
		{"an author by name", csv.Config{Authors: map[string]odzew.Author{"Marsjanin": odzew.AuthorAgent}}, "id,at,text,author\na," + at + ",b,MARSJANIN\n", `a: 02-10T09:00 agent "b"`},
		{"authors, but no column", csv.Config{Authors: map[string]odzew.Author{"Kuba": odzew.AuthorAgent}}, "id,at,text,Kto\na," + at + ",b,Kuba\n", `error: a.csv:1: authors are named, but no column is for author; there are ["id" "at" "text" "Kto"]; name the columns`},
		{"a rating, but no column", csv.Config{Rating: "csat", RatingMax: 5}, "id,at,text,Ocena\na," + at + ",b,4\n", `error: a.csv:1: a rating is named, but no column is for score; there are ["id" "at" "text" "Ocena"]; name the columns`},
		{"a rating out of range", csv.Config{Rating: "csat", RatingMax: 5}, "id,at,text,score\na," + at + ",b,6\n", `a: 02-10T09:00 customer "b" (score=6: not a score from 0 to 5 (rating_max); left out)`},
		{"a rating of no kind", csv.Config{}, "id,at,text,score\na," + at + ",b,4\n", `a: 02-10T09:00 customer "b" (score=4: of which kind it is was not configured (rating and rating_max, in an import --rating and --rating-max); left out)`},
		{"note or not", csv.Config{}, "id,at,text,public\na," + at + ",b,być może\n", `a: 02-10T09:00 customer "b" (public=być może: neither true nor false; taken for true)`},
		{"no ids", csv.Config{}, "at,text\n" + at + ",b\n" + at + ",b\n" + at + ",c\n", `content-2ebeb371c9f84ec9c67cf4db: 02-10T09:00 customer "b" (message_id=content-9f51d0c6c0de32979964ea78: a second row with this message; the last one counts) | content-4459ec2002d441e03f43df80: 02-10T09:00 customer "c"`},
		{"empty", csv.Config{}, "", ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.csv")
			appendTo(t, path, test.file)
			test.config.Paths = []string{path}
			got, _, err := pull(t, open(t, test.config), "")
			s := strings.Join(got, " | ")
			if err != nil {
				s = "error: " + strings.ReplaceAll(err.Error(), filepath.Dir(path)+"/", "")
			}
			if s != test.want && !(err != nil && strings.Contains(s, strings.TrimPrefix(test.want, "error: ")) && test.want != "") {
				t.Errorf("\n got %s\nwant %s", s, test.want)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	ok := csv.Config{Name: "a", Paths: []string{"a.csv"}, Now: time.Now}
	for want, edit := range map[string]func(*csv.Config){
		"needs a name":                        func(c *csv.Config) { c.Name = "" },
		"paths is empty":                      func(c *csv.Config) { c.Paths = nil },
		`paths: pattern "[a": syntax error`:   func(c *csv.Config) { c.Paths = []string{"[a"} },
		`delimiter ";;" is not one character`: func(c *csv.Config) { c.Delimiter = ";;" },
		"max_row is negative":                 func(c *csv.Config) { c.MaxRow = -1 },
		`rating "stars" is none of csat, nps`: func(c *csv.Config) { c.Rating, c.RatingMax = "stars", 5 },
		"rating is missing":                   func(c *csv.Config) { c.RatingMax = 5 },
		"rating_max is missing":               func(c *csv.Config) { c.Rating = "csat" },
		"no clock":                            func(c *csv.Config) { c.Now = nil },
		`no field "tekst"; there are at,`:     func(c *csv.Config) { c.Columns = map[string]string{"tekst": "x"} },
		`"Klient" is to be "client"`:          func(c *csv.Config) { c.Authors = map[string]odzew.Author{"Klient": "client"} },
		"timezone: unknown time zone":         func(c *csv.Config) { c.Timezone = "Europe/Krakow" },
		`encoding "cp-1" is not known`:        func(c *csv.Config) { c.Encoding = "cp-1" },
	} {
		config := ok
		edit(&config)
		if _, err := csv.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := csv.New(ok); err != nil {
		t.Error(err)
	}
}

// FuzzPull: whatever the bytes, a file read in two parts gives what it gives at once.
func FuzzPull(f *testing.F) {
	f.Add([]byte("id,at,text\na,2026-02-10T09:00:00Z,\"x\ny\"\nb,2026-02-10T09:00:00Z,z\n"), 20)
	f.Add([]byte("id;at;text\r\na;2026-02-10T09:00:00Z;\"x\" y\r\n;;\r\nb\r\n"), 30)
	f.Add([]byte("\xff\xfei\x00d\x00,\x00a\x00t\x00,\x00t\x00e\x00x\x00t\x00\n\x00"), 7)
	f.Add([]byte("id,at,text\n\"\n"+strings.Repeat("x,2026-02-10T09:00:00Z,y\n", 20)), 100)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		path := filepath.Join(t.TempDir(), "a.csv")
		config := csv.Config{Paths: []string{path}, Timezone: "UTC", MaxRow: 200}
		read := func(since connectors.Cursor) (records []string, last connectors.Cursor, ok bool) {
			t.Helper()
			records, last, err := pull(t, open(t, config), since)
			return records, last, err == nil
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		want, last, ok := read("")
		if !ok {
			return
		}
		if again, _, _ := read(last); len(again) > 0 {
			t.Fatalf("the second pull brought %q", again)
		}
		if cut < 0 || cut > len(text) {
			return
		}
		if err := os.WriteFile(path, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		first, last, ok := read("")
		if !ok {
			return
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		second, _, ok := read(last)
		if !ok {
			return
		}
		// A conversation may come in two parts then; each of its messages once.
		count := func(records []string) int { return strings.Count(strings.Join(records, "\n"), ` customer "`) }
		if all := append(first, second...); count(all) < count(want) {
			t.Fatalf("in two parts\n%q\nat once\n%q", all, want)
		}
	})
}

func BenchmarkPull(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.csv")
	const n = 20_000
	var text strings.Builder
	text.WriteString("id;at;author;text;Segment\n")
	for i := range n {
		fmt.Fprintf(&text, "%d;2026-02-10 09:%02d;customer;\"Od tygodnia czekam na \"\"przesyłkę\"\" i nikt nie odbiera telefonu.\nProszę o odpowiedź.\";A\n", i/3, i%60)
	}
	appendTo(b, path, text.String())
	s := open(b, csv.Config{Paths: []string{path}, Timezone: "Europe/Warsaw"})
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		err := s.Pull(b.Context(), "", func(r connectors.Record) error {
			if r.Conversation != nil {
				got += len(r.Conversation.Messages)
			}
			return nil
		})
		if err != nil || got != n {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
}

// A dead letter of a table is read again by itself, once the configuration knows what
// it did not.
func TestReplay(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	appendTo(t, path, "Nr;Kiedy;Treść\na;10.02.2026 09:00;\"x;\ny\"\nb;Feb 10 2026;y\n;10.02.2026;z\n")
	config := csv.Config{Name: "forms", Paths: []string{path}, Complete: true, Columns: map[string]string{"id": "Nr", "at": "Kiedy", "text": "Treść"}, Timezone: "Europe/Warsaw"}
	var letters []*connectors.DeadLetter
	err := open(t, config).Pull(t.Context(), "", func(r connectors.Record) error {
		if r.DeadLetter != nil {
			letters = append(letters, r.DeadLetter)
		}
		return nil
	})
	if err != nil || len(letters) != 2 {
		t.Fatal(letters, err)
	}
	if int64(len(letters[0].Raw)) != letters[0].Size {
		t.Errorf("%d of %d bytes are kept", len(letters[0].Raw), letters[0].Size)
	}
	if _, err := open(t, config).Replay(letters[0].Raw); err == nil || !strings.Contains(err.Error(), "time_formats") {
		t.Errorf("before it is known: %v", err)
	}
	config.TimeFormats = []string{"Jan 2 2006"}
	c, err := open(t, config).Replay(letters[0].Raw)
	if err != nil || c.ID != "b" || c.Source != "forms" || c.Messages[0].Text != "y" || !c.CreatedAt.Equal(time.Date(2026, 2, 9, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", c, err)
	}
	for raw, want := range map[string]string{
		"":                                    "empty",
		"Nr;Kiedy;Treść\n":                    "the row: EOF",
		"Nr;x\n1;2\n":                         "no column",
		"Nr;Kiedy;Treść\n;10.02.2026;x\n":     "no id",
		"Nr;Kiedy;Treść\na;10.02.2026;x\nb\n": "2 bytes more",
	} {
		if _, err := open(t, config).Replay([]byte(raw)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", raw, err, want)
		}
	}
}

// A long header is not kept with each bad row: a thousand rows would keep a thousand of
// it. The row is, and the size tells that something is missing.
func TestLongHeader(t *testing.T) {
	const rest, bad = ",text\n", "b,yesterday,,y\n"
	for _, test := range []struct {
		name   string
		header int // bytes
		bad    string
		want   int // bytes of the header that are kept
	}{
		{"short", 100, bad, 100},
		{"as long as it may be", 8 << 10, bad, 8 << 10},
		{"too long", 8<<10 + 1, bad, 0},
		{"huge", 500_000, bad, 0},
		{"a row that leaves no room for it", 100, "b,yesterday,," + strings.Repeat("y", connectors.MaxRaw-60) + "\n", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.csv")
			header := "id,at,"
			header += strings.Repeat("x", test.header-len(header)-len(rest)) + rest
			appendTo(t, path, header+strings.Repeat(test.bad, 3)+"c,2026-02-10T09:00:00Z,,z\n")
			letters, read := 0, 0
			err := open(t, csv.Config{Paths: []string{path}, Complete: true}).Pull(t.Context(), "", func(r connectors.Record) error {
				if r.Conversation != nil {
					read++
				}
				if d := r.DeadLetter; d != nil {
					letters++
					if string(d.Raw) != header[:test.want]+test.bad || d.Size != int64(len(header)+len(test.bad)) {
						t.Errorf("%d bytes are kept of %d: %.50q…, want %d of the header and the row", len(d.Raw), d.Size, d.Raw, test.want)
					}
				}
				return nil
			})
			if err != nil || letters != 3 || read != 1 {
				t.Errorf("%d dead letters, %d conversations, %v", letters, read, err)
			}
		})
	}
}
