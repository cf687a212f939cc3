package jsonl_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/connectortest"
	"odzew/connectors/jsonl"
)

func line(t testing.TB, items ...connectortest.Item) string {
	t.Helper()
	c := odzew.Conversation{ID: items[0].Key, CreatedAt: items[0].At}
	for _, item := range items {
		c.Messages = append(c.Messages, odzew.Message{
			ID: fmt.Sprintf("%s-%d", item.Key, item.At.Unix()), At: item.At, Author: odzew.AuthorCustomer, Public: true, Text: item.Text,
		})
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

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

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func encoded(t testing.TB, in encoding.Encoding, text string) string {
	t.Helper()
	out, err := in.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func open(t testing.TB, config jsonl.Config) *jsonl.Source {
	t.Helper()
	if config.Name == "" {
		config.Name = "shop"
	}
	if config.Now == nil {
		config.Now = time.Now // the files were just written: they are not quiet
	}
	s, err := jsonl.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pull gives each record as a line, and the last cursor.
func pull(t testing.TB, s *jsonl.Source, since connectors.Cursor) (got []string, last connectors.Cursor) {
	t.Helper()
	last = since
	err := s.Pull(t.Context(), since, func(r connectors.Record) error {
		switch {
		case r.Conversation != nil:
			got = append(got, r.Conversation.Source+"/"+r.Conversation.ID)
		case r.DeadLetter != nil:
			got = append(got, fmt.Sprintf("dead %s (%d) %s", filepath.Base(r.DeadLetter.Where), r.DeadLetter.Size, r.DeadLetter.Reason))
		}
		if r.Cursor != "" {
			last = r.Cursor
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, last
}

func TestConformance(t *testing.T) {
	write := map[string]func(t testing.TB, dir, text string){
		"one file": func(t testing.TB, dir, text string) { appendTo(t, filepath.Join(dir, "a.jsonl"), text) },
		"a file a batch": func(t testing.TB, dir, text string) {
			n, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, fmt.Sprintf("%03d.jsonl", len(n)))
			appendTo(t, path, text)
			at := connectortest.Start.Add(time.Duration(len(n)) * time.Second)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		},
		"gzip": func(t testing.TB, dir, text string) { appendTo(t, filepath.Join(dir, "a.jsonl"), gzipped(t, text)) },
		"UTF-16": func(t testing.TB, dir, text string) {
			appendTo(t, filepath.Join(dir, "a.jsonl"), encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text))
		},
	}
	for name, write := range write {
		t.Run(name, func(t *testing.T) {
			connectortest.Run(t, func(t *testing.T) connectortest.System {
				dir := t.TempDir()
				items := make(map[string]connectortest.Item)
				return connectortest.System{
					Open: func(t *testing.T) connectors.Connector {
						return open(t, jsonl.Config{Paths: []string{filepath.Join(dir, "*.jsonl")}})
					},
					Add: func(t *testing.T, add ...connectortest.Item) {
						var text strings.Builder
						for _, item := range add {
							items[item.Key] = item
							text.WriteString(line(t, item))
						}
						write(t, dir, text.String())
					},
					Change: func(t *testing.T, item connectortest.Item) { write(t, dir, line(t, items[item.Key], item)) },
					Break:  func(t *testing.T, _ time.Time) { write(t, dir, "{\"id\":\"x\",\n") },
				}
			})
		})
	}
}

// A file grows in steps; after each, what a pull brings.
func TestGrowth(t *testing.T) {
	const a, b = `{"id":"a","created_at":"2026-02-10T09:00:00Z"}`, `{"id":"b","source":"own","created_at":"2026-02-10T09:00:00Z"}`
	type step struct{ write, want string }
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"half a line waits", []step{{a + "\n" + b[:20], "shop/a"}, {"", ""}, {b[20:40], ""}, {b[40:] + "\n", "own/b"}}},
		{"a whole object needs no end", []step{{a + "\n" + b, "shop/a own/b"}, {"", ""}, {"\n", ""}, {a + "\n", "shop/a"}}},
		{"lines are counted over pulls", []step{{a + "\n" + b, "shop/a own/b"}, {"\n\nx\n", "dead a.jsonl:4 (2) not JSON at byte 1: invalid character 'x' looking for beginning of value"}}},
		{"blank lines and CRLF", []step{{"\r\n" + a + "\r\n \n", "shop/a"}, {"\n" + b + "\r\n", "own/b"}}},
		{"a byte order mark", []step{{"\uFEFF" + a + "\n", "shop/a"}}},
		{"a long line waits for its end", []step{{strings.Repeat("x", 95_000), ""}, {"x\n" + a + "\n", "dead a.jsonl:1 (95002) the line has 95002 bytes, and 90000 are allowed (max_line) shop/a"}}},
		{"a long line is dead, the next is not", []step{
			{`{"id":"` + strings.Repeat("x", 100_000) + "\"}\n" + b + "\n", "dead a.jsonl:1 (100010) the line has 100010 bytes, and 90000 are allowed (max_line) own/b"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.jsonl")
			var cursor connectors.Cursor
			for i, step := range test.steps {
				appendTo(t, path, step.write)
				var got []string
				got, cursor = pull(t, open(t, jsonl.Config{Paths: []string{path}, MaxLine: 90_000}), cursor)
				if strings.Join(got, " ") != step.want {
					t.Errorf("step %d\n got %s\nwant %s", i+1, strings.Join(got, " "), step.want)
				}
			}
		})
	}
}

// What is not UTF-8 is set aside as it came, or read in the encoding that is stated.
func TestEncoding(t *testing.T) {
	const format = `{"id":"%s","created_at":"2026-02-10T09:00:00Z","subject":"%s"}`
	ascii, polish := fmt.Sprintf(format, "a", "zolc"), fmt.Sprintf(format, "b", "żółć")
	in1250, cut := encoded(t, charmap.Windows1250, polish), fmt.Sprintf(format, "c", "żół\xc4")
	const dead = "dead a.jsonl:%d (%d) not UTF-8 at byte %d; give the encoding of the source, as in encoding: windows-1250; in an import or a replay --encoding windows-1250"
	const lost = "characters that cannot be read, replaced by U+FFFD"
	for _, test := range []struct {
		name, encoding string
		lines          []string
		want           []string
	}{
		{"UTF-8 needs no word", "", []string{ascii, polish}, []string{"a zolc", "b żółć"}},
		{"a mark is not text", "", []string{"\uFEFF" + polish, ascii}, []string{"b żółć", "a zolc"}},
		{"what is not is dead, the next is not", "", []string{ascii, in1250, polish}, []string{"a zolc", fmt.Sprintf(dead, 2, len(in1250), 58), "b żółć"}},
		{"half a character", "", []string{cut}, []string{fmt.Sprintf(dead, 1, len(cut), 64)}},
		{"stated", "windows-1250", []string{ascii, in1250}, []string{"a zolc", "b żółć"}},
		{"another name of it", "CP1250", []string{in1250}, []string{"b żółć"}},
		{"stated as UTF-8, half a character is told", "utf-8", []string{polish, cut}, []string{"b żółć", "c żół\uFFFD (" + lost + ")"}},
		{"no character of the stated one", "windows-1250", []string{fmt.Sprintf(format, "d", "\x81")}, []string{"d \uFFFD (" + lost + ")"}},
		{"a backslash that is half a character", "shift_jis", []string{encoded(t, japanese.ShiftJIS, fmt.Sprintf(format, "e", "表"))}, []string{"e 表"}},
		{"UTF-16 is known by its first bytes", "", []string{encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), polish+"\n"+ascii)}, []string{"b żółć", "a zolc"}},
		{"UTF-16, stated", "utf-16le", []string{encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), polish)}, []string{"b żółć"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, end := range []string{"\n", ""} { // the last line may lack its end
				if end == "\n" && strings.HasPrefix(test.name, "UTF-16") {
					continue
				}
				path := filepath.Join(t.TempDir(), "a.jsonl")
				appendTo(t, path, strings.Join(test.lines, "\n")+end)
				var got []string
				err := open(t, jsonl.Config{Paths: []string{path}, Encoding: test.encoding}).Pull(t.Context(), "", func(r connectors.Record) error {
					if c := r.Conversation; c != nil {
						line := c.ID + " " + c.Subject
						for _, p := range c.Problems {
							line += " (" + p.Reason + ")"
						}
						got = append(got, line)
					}
					if d := r.DeadLetter; d != nil {
						got = append(got, fmt.Sprintf("dead %s (%d) %s", filepath.Base(d.Where), len(bytes.TrimSuffix(d.Raw, []byte("\n"))), d.Reason))
						if n := int(d.Where[len(d.Where)-1] - '1'); strings.TrimSuffix(string(d.Raw), "\n") != test.lines[n] {
							t.Errorf("kept %q of %q", d.Raw, test.lines[n])
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("end %q\n got %q\nwant %q", end, got, test.want)
				}
			}
		})
	}
}

func TestEndOfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	appendTo(t, path, `{"id":"a"`)
	if got, _ := pull(t, open(t, jsonl.Config{Paths: []string{path}, Now: time.Now}), ""); len(got) != 0 {
		t.Errorf("a line that is being written brought %s", got)
	}
	for name, config := range map[string]jsonl.Config{
		"complete": {Complete: true},
		"quiet":    {Now: func() time.Time { return time.Now().Add(2 * time.Minute) }},
	} {
		config.Paths = []string{path}
		got, cursor := pull(t, open(t, config), "")
		if len(got) != 1 || !strings.HasPrefix(got[0], "dead a.jsonl:1 (9) not JSON") {
			t.Errorf("%s: %s", name, got)
		}
		if got, _ := pull(t, open(t, config), cursor); len(got) != 0 {
			t.Errorf("%s: came again: %s", name, got)
		}
	}
}

func TestReplaced(t *testing.T) {
	const format = `{"id":"%s","created_at":"2026-02-10T09:00:00Z"}` + "\n"
	long := func(id string) string { return strings.Repeat(fmt.Sprintf(format, id), 100) }
	for name, test := range map[string]struct {
		before, after string
		want          int
	}{
		"grown":                   {long("a"), long("a") + long("b"), 100},
		"same":                    {long("a"), long("a"), 0},
		"shorter":                 {long("a"), fmt.Sprintf(format, "a"), 1},
		"other head":              {long("a"), long("b") + long("a"), 200},
		"same head, other middle": {long("a"), long("a")[:3000] + fmt.Sprintf(format, "bcd") + long("a")[3000:], 101},
		"emptied":                 {long("a"), "", 0},
	} {
		for _, pack := range []func(testing.TB, string) string{func(_ testing.TB, s string) string { return s }, gzipped} {
			path := filepath.Join(t.TempDir(), "a.jsonl")
			appendTo(t, path, pack(t, test.before))
			_, cursor := pull(t, open(t, jsonl.Config{Paths: []string{path}}), "")
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			appendTo(t, path, pack(t, test.after))
			got, _ := pull(t, open(t, jsonl.Config{Paths: []string{path}}), cursor)
			// A file that is packed again is another file, as far as anyone can see.
			if packed := pack(t, "") != ""; len(got) != test.want && !(packed && name == "grown" && len(got) == 200) {
				t.Errorf("%s (packed %v): %d records, want %d", name, packed, len(got), test.want)
			}
		}
	}
}

// A compressed file that is still being written has its first part read.
func TestCutGzip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl.gz")
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, `{"id":"%d","created_at":"2026-02-10T09:00:00Z","subject":"%x"}`+"\n", i, i*7919)
	}
	packed := gzipped(t, text.String())
	var cursor connectors.Cursor
	n := 0
	for _, cut := range []int{0, 1, 5, len(packed) / 2, len(packed) - 4, len(packed)} {
		if err := os.WriteFile(path, []byte(packed[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		var got []string
		got, cursor = pull(t, open(t, jsonl.Config{Paths: []string{path}}), cursor)
		if n += len(got); cut == len(packed)/2 && (n < 500 || n > 1500) {
			t.Errorf("half of the file gave %d records", n)
		}
	}
	if n != 2000 {
		t.Errorf("the parts together gave %d records", n)
	}

	damaged := []byte(packed)
	damaged[len(damaged)/2] ^= 0xff
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	got, cursor := pull(t, open(t, jsonl.Config{Paths: []string{path}}), "")
	if len(got) < 2 || !strings.Contains(got[len(got)-1], "damaged") {
		t.Errorf("a damaged file gave %d records, the last is %v", len(got), got[len(got)-1])
	}
	if got, _ := pull(t, open(t, jsonl.Config{Paths: []string{path}}), cursor); len(got) != 0 {
		t.Errorf("a damaged file came again: %v", got)
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	ok := filepath.Join(dir, "ok.jsonl")
	appendTo(t, ok, `{"id":"a","created_at":"2026-02-10T09:00:00Z"}`+"\n")
	for _, test := range []struct {
		paths []string
		want  string // of the error; "" for none
		n     int
	}{
		{[]string{filepath.Join(dir, "none.jsonl")}, "none.jsonl: no such file or directory; check the path", 0},
		{[]string{filepath.Join(dir, "none.jsonl"), ok}, "none.jsonl: no such file or directory; check the path", 1},
		{[]string{filepath.Join(dir, "none*")}, "", 0},
		{[]string{filepath.Join(dir, "none", "*.jsonl")}, "none: no such file or directory", 0},
		{[]string{dir}, "is not a regular file; name a file, or a pattern", 0},
		{[]string{ok, filepath.Join(dir, "*")}, "", 1},
	} {
		n := 0
		err := open(t, jsonl.Config{Paths: test.paths}).Pull(t.Context(), "", func(r connectors.Record) error {
			if r.Conversation != nil {
				n++
			}
			return nil
		})
		if got := fmt.Sprint(err); n != test.n || (err == nil) != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%v: %d records and error %v, want %d and %q", test.paths, n, err, test.n, test.want)
		}
	}
	for _, test := range []struct {
		config jsonl.Config
		want   string
	}{
		{jsonl.Config{}, "needs a name"},
		{jsonl.Config{Name: "shop"}, "paths is empty"},
		{jsonl.Config{Name: "shop", Paths: []string{"a", "[a"}}, `source shop: paths: pattern "[a": syntax error in pattern: close`},
		{jsonl.Config{Name: "shop", Paths: []string{"a"}, MaxLine: -1}, "max_line is negative"},
		{jsonl.Config{Name: "shop", Paths: []string{"a"}}, "no clock"},
		{jsonl.Config{Name: "shop", Paths: []string{"a"}, Encoding: "cp-1", Now: time.Now}, `source shop: encoding "cp-1" is not known; give it as in windows-1250`},
		{jsonl.Config{Name: "shop", Paths: []string{"a"}, Encoding: "hz-gb-2312", Now: time.Now}, `encoding "hz-gb-2312" cannot be read`},
	} {
		if _, err := jsonl.New(test.config); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want %q", test.config, err, test.want)
		}
	}
}

func BenchmarkPull(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.jsonl")
	const n = 5000
	var text strings.Builder
	for i := range n {
		at := connectortest.Start.Add(time.Duration(i) * time.Minute)
		item := connectortest.Item{Key: fmt.Sprint(i), At: at, Text: strings.Repeat("Od tygodnia czekam na przesyłkę i nikt nie odbiera telefonu. ", 2)}
		second, third := item, item
		second.At, third.At = at.Add(time.Second), at.Add(2*time.Second)
		io.WriteString(&text, line(b, item, second, third))
	}
	appendTo(b, path, text.String())
	s := open(b, jsonl.Config{Paths: []string{path}})
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		if err := s.Pull(context.Background(), "", func(connectors.Record) error { got++; return nil }); err != nil || got < n {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "conversations/s")
}
