package mbox_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"odzew/connectors"
	"odzew/connectors/connectortest"
	"odzew/connectors/mbox"
)

// put appends to a file, which is then as if nobody had touched it for long.
func put(t testing.TB, path, text string) {
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
	if err := os.Chtimes(path, connectortest.Start, connectortest.Start); err != nil {
		t.Fatal(err)
	}
}

func mail(key, text string) string {
	return "From jan@klient.example Tue Feb 10 09:00:00 2026\nFrom: jan@klient.example\nTo: pomoc@firma.example\nDate: Tue, 10 Feb 2026 09:00:00 +0000\nMessage-ID: <" +
		key + "@klient.example>\nSubject: Paczka\n\n" + text + "\n\n"
}

func open(t testing.TB, path string, complete bool) *mbox.Source {
	t.Helper()
	s, err := mbox.New(mbox.Config{Name: "poczta", Paths: []string{path}, Own: []string{"@firma.example"}, Complete: complete, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pull(t testing.TB, s *mbox.Source, since connectors.Cursor) (got []string, last connectors.Cursor) {
	t.Helper()
	last = since
	err := s.Pull(t.Context(), since, func(r connectors.Record) error {
		if c := r.Conversation; c != nil {
			id, _, _ := strings.Cut(c.Messages[0].Mail.MessageID, "@")
			got = append(got, fmt.Sprintf("%.12s %s %q", id, c.CreatedAt.Format("15:04"), c.Messages[0].Text))
		}
		if r.DeadLetter != nil {
			got = append(got, fmt.Sprintf("dead %s (%d) %.15q", filepath.Base(r.DeadLetter.Where), r.DeadLetter.Size, r.DeadLetter.Raw))
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
	connectortest.Run(t, func(t *testing.T) connectortest.System {
		path := filepath.Join(t.TempDir(), "inbox")
		put(t, path, "")
		return connectortest.System{
			Open: func(t *testing.T) connectors.Connector { return open(t, path, false) },
			Add: func(t *testing.T, items ...connectortest.Item) {
				for _, item := range items {
					put(t, path, mail(item.Key, item.Text))
				}
			},
			Break: func(t *testing.T, _ time.Time) {
				put(t, path, "From x Tue Feb 10 09:00:00 2026\n\n\x00\x01\n\n")
			},
		}
	})
}

// A file grows in steps; after each, what a pull brings.
func TestSplit(t *testing.T) {
	head := func(separator, more string) string {
		return separator + "\nFrom: jan@klient.example\nMessage-ID: <a@x>\n" + more + "\nx\n"
	}
	type step struct{ write, want string }
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"two, and one more", []step{{mail("a", "x") + mail("b", "y"), `a 09:00 "x\n" | b 09:00 "y\n"`}, {mail("c", "z"), `c 09:00 "z\n"`}}},
		{"escapes are undone once", []step{{mail("a", ">From here\n>>From there\n> From far\nFrom 10:30 we wait\n\nFrom Monday on"), `a 09:00 "From here\n>From there\n> From far\nFrom 10:30 we wait\n\nFrom Monday on\n"`}}},
		{"CRLF", []step{{strings.ReplaceAll(mail("a", "x\n>From y")+mail("b", "z"), "\n", "\r\n"), `a 09:00 "x\nFrom y\n" | b 09:00 "z\n"`}}},
		{"no blank line between", []step{{strings.TrimRight(mail("a", "x"), "\n") + "\n" + mail("b", "y"), `a 09:00 "x\n" | b 09:00 "y\n"`}}},
		{"no last newline", []step{{strings.TrimRight(mail("a", "x"), "\n"), `a 09:00 "x"`}, {"\n\n" + mail("b", "y"), `b 09:00 "y\n"`}}},
		{"what is added to a mail that was taken", []step{{mail("a", "x"), `a 09:00 "x\n"`}, {"more\n" + mail("b", "y"), `dead a.mbox:10 (5) "more\n" | b 09:00 "y\n"`}}},
		{"no mbox", []step{{"Subject: x\n\ny\n", `dead a.mbox:1 (14) "Subject: x\n\ny\n"`}, {"z", `dead a.mbox:4 (1) "z"`}, {"\n" + mail("b", "y"), `b 09:00 "y\n"`}}},
		{"prose before the first", []step{{"From here on\nx\n" + mail("b", "y"), `dead a.mbox:1 (15) "From here on\nx\n" | b 09:00 "y\n"`}}},
		{"long line before the first", []step{{"From " + strings.Repeat("x", 70_000) + "\n" + mail("b", "y"), `dead a.mbox:1 (70006) "From xxxxxxxxxx" | b 09:00 "y\n"`}}},
		{"blank lines before the first", []step{{"\n\n" + mail("b", "y"), `b 09:00 "y\n"`}}},
		{"date of the separator with a zone", []step{{head("From 17@xxx Tue Feb 10 09:00:00 +0100 2026", ""), `a 08:00 "x\n"`}}},
		{"date of the separator without one", []step{{head("From - Tue Feb 10 09:00:00 2026", "Date: Tue, 10 Feb 2026 09:00:00 +0100\n"), `a 08:00 "x\n"`}}},
		{"date of the separator alone", []step{{head("From Jan Nowak Tue Feb 10 09:00 2026", ""), `a 09:00 "x\n"`}}},
		{"one digit of a day", []step{{head("From - Sun Feb  1 09:00:00 2026", ""), `a 09:00 "x\n"`}}},
		{"nothing", []step{{"", ""}, {"\n", ""}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.mbox")
			var cursor connectors.Cursor
			for i, step := range test.steps {
				put(t, path, step.write)
				var got []string
				got, cursor = pull(t, open(t, path, false), cursor)
				if s := strings.Join(got, " | "); s != step.want {
					t.Errorf("step %d\n got %s\nwant %s", i+1, s, step.want)
				}
			}
		})
	}
}

// The last mail waits while the file is being written.
func TestLastWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mbox")
	put(t, path, mail("a", "x")+mail("b", "y"))
	if err := os.Chtimes(path, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	got, cursor := pull(t, open(t, path, false), "")
	if len(got) != 1 {
		t.Errorf("got %s, want a alone", got)
	}
	if got, _ := pull(t, open(t, path, false), cursor); len(got) != 0 {
		t.Errorf("then got %s, want nothing", got)
	}
	if got, _ := pull(t, open(t, path, true), cursor); len(got) != 1 || !strings.HasPrefix(got[0], "b ") {
		t.Errorf("of the complete file got %s, want b", got)
	}
}

// A mail of any length takes little memory.
func TestLongMail(t *testing.T) {
	const size = 64 << 20
	path := filepath.Join(t.TempDir(), "a.mbox")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, strings.Replace(mail("a", ""), "Subject", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nSubject", 1))
	io.WriteString(f, "--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\nContent-Transfer-Encoding: base64\n\n")
	block := strings.Repeat("QUFBQUFBQUFB", 1000) // one line without an end
	for n := 0; n < size; n += len(block) {
		if _, err := io.WriteString(f, block); err != nil {
			t.Fatal(err)
		}
	}
	io.WriteString(f, "\n--b--\n\n"+mail("b", "y"))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, _ := pull(t, open(t, path, true), "")
	runtime.ReadMemStats(&after)
	if len(got) != 2 || !strings.Contains(got[0], "x") {
		t.Errorf("got %.200q", got)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > size/4 {
		t.Errorf("a mail of %d MB took %d MB of memory", size>>20, took>>20)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, test := range []struct {
		config mbox.Config
		want   string
	}{
		{mbox.Config{}, "needs a name"},
		{mbox.Config{Name: "a"}, "paths is empty"},
		{mbox.Config{Name: "a", Paths: []string{"[x"}}, `source a: paths: pattern "[x": syntax error in pattern: close`},
		{mbox.Config{Name: "a", Paths: []string{"x"}}, "own is empty"},
		{mbox.Config{Name: "a", Paths: []string{"x"}, Own: []string{"firma"}}, "no clock"},
		{mbox.Config{Name: "a", Paths: []string{"x"}, Own: []string{"firma"}, Now: time.Now}, `source a: own address "firma"`},
	} {
		if _, err := mbox.New(test.config); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want %q", test.config, err, test.want)
		}
	}
}

func BenchmarkPull(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.mbox")
	const n = 5000
	var text strings.Builder
	for i := range n {
		text.WriteString(mail(fmt.Sprint(i), strings.Repeat("Od tygodnia czekam na przesyłkę.\n", 10)))
	}
	put(b, path, text.String())
	s := open(b, path, true)
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if got, _ := pull(b, s, ""); len(got) != n {
			b.Fatal(len(got))
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "mails/s")
}
