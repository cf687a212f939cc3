package maildir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odzew/connectors"
	"odzew/connectors/connectortest"
	"odzew/connectors/maildir"
)

// box is a Maildir with a folder of sent mail.
func box(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"new", "cur", "tmp", ".Sent/new", ".Sent/cur", ".Sent/tmp", ".Trash/new", ".Trash/cur"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func write(t testing.TB, path, text string, at time.Time) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func mail(key, from, to string, at time.Time, text string) string {
	return fmt.Sprintf("From: %s\r\nTo: %s\r\nDate: %s\r\nMessage-ID: <%s@klient.example>\r\nSubject: Paczka\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		from, to, at.Format(time.RFC1123Z), key, text)
}

func open(t testing.TB, config maildir.Config) *maildir.Source {
	t.Helper()
	config.Name, config.Inbox, config.Own, config.Now = "poczta", "pomoc", []string{"@firma.example"}, time.Now
	s, err := maildir.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pull(t testing.TB, s *maildir.Source, since connectors.Cursor) (got []string, last connectors.Cursor, err error) {
	t.Helper()
	last = since
	err = s.Pull(t.Context(), since, func(r connectors.Record) error {
		if c := r.Conversation; c != nil {
			id, _, _ := strings.Cut(c.Messages[0].Mail.MessageID, "@")
			got = append(got, fmt.Sprintf("%s %s %s", id, c.Messages[0].Author, c.CreatedAt.Format("01-02T15:04")))
		}
		if r.DeadLetter != nil {
			got = append(got, "dead "+filepath.Base(r.DeadLetter.Where))
		}
		if r.Cursor != "" {
			last = r.Cursor
		}
		return nil
	})
	return got, last, err
}

func TestConformance(t *testing.T) {
	connectortest.Run(t, func(t *testing.T) connectortest.System {
		root := box(t)
		n := 0
		add := func(t *testing.T, text string, at time.Time) {
			n++
			name := fmt.Sprintf("%d.M%05dP1.host", at.Unix(), n)
			write(t, filepath.Join(root, "new", name), text, at)
			if n%2 == 0 { // somebody read it meanwhile
				if err := os.Rename(filepath.Join(root, "new", name), filepath.Join(root, "cur", name+":2,S")); err != nil {
					t.Fatal(err)
				}
			}
		}
		return connectortest.System{
			Open: func(t *testing.T) connectors.Connector { return open(t, maildir.Config{Paths: []string{root}}) },
			Add: func(t *testing.T, items ...connectortest.Item) {
				for _, item := range items {
					add(t, mail(item.Key, "jan@klient.example", "pomoc@firma.example", item.At, item.Text), item.At)
				}
			},
			Break: func(t *testing.T, at time.Time) { add(t, "\x00\x01", at) },
		}
	})
}

// What mail servers and clients do to a Maildir, and what a pull then brings.
func TestLife(t *testing.T) {
	root := box(t)
	at := connectortest.Start
	const unique = "1770714000.M1P1.host"
	path := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	move := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	customer := func(key string) string {
		return mail(key, "Jan <jan@klient.example>", "pomoc@firma.example", at.Add(-time.Hour), "Gdzie paczka?")
	}
	answer := mail("odp", "pomoc@firma.example", "jan@klient.example", at, "W drodze.")
	var cursor connectors.Cursor
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"nothing yet", func() {}, ""},
		{"half written", func() { write(t, path("tmp", unique), customer("a"), at) }, ""},
		{"delivered", func() { move(path("tmp", unique), path("new", unique)) }, "a customer 02-10T09:00"},
		{"seen", func() { move(path("new", unique), path("cur", unique+":2,")) }, ""},
		{"flagged", func() { move(path("cur", unique+":2,"), path("cur", unique+":2,FRS")) }, ""},
		{"answered", func() { write(t, path(".Sent", "cur", "1770717600.M2P1.host:2,S"), answer, at.Add(time.Hour)) }, "odp agent 02-10T10:00"},
		{"a draft", func() { write(t, path(".Sent", "cur", "1770721200.M3P1.host:2,DS"), answer, at) }, ""},
		{"the draft is sent", func() {
			move(path(".Sent", "cur", "1770721200.M3P1.host:2,DS"), path(".Sent", "cur", "1770721200.M3P1.host:2,S"))
		}, "odp agent 02-10T09:00"},
		{"moved to another folder", func() { move(path("cur", unique+":2,FRS"), path(".Sent", "cur", unique+":2,FRS")) }, ""},
		{"trash is not read", func() { write(t, path(".Trash", "cur", "1770721200.M4P1.host:2,S"), customer("b"), at) }, ""},
		{"servers' own files", func() { write(t, path("cur", ".nfs0001"), "x", at) }, ""},
		{"put back from a backup, written now", func() { write(t, path("cur", "1770703200.M5P1.host:2,S"), customer("c"), time.Now()) }, "c customer 02-10T06:00"},
		{"imported now with its old time", func() { write(t, path("cur", fmt.Sprint(time.Now().Unix())+".M6P1.host:2,S"), customer("d"), at) }, "d customer 02-10T09:00"},
		{"deleted", func() { os.Remove(path(".Sent", "cur", unique+":2,FRS")) }, ""},
		{"another's name for the time", func() { write(t, path("cur", "mail-7;2,S"), customer("e"), at) }, "e customer 02-10T09:00"},
	} {
		step.do()
		got, last, err := pull(t, open(t, maildir.Config{Paths: []string{root}}), cursor)
		if err != nil {
			t.Fatal(err)
		}
		if cursor = last; strings.Join(got, " | ") != step.want {
			t.Errorf("%s:\n got %s\nwant %s", step.name, strings.Join(got, " | "), step.want)
		}
	}
}

func TestPaths(t *testing.T) {
	root := box(t)
	write(t, filepath.Join(root, "new", "1770714000.M1.host"), mail("a", "jan@klient.example", "pomoc@firma.example", connectortest.Start, "x"), connectortest.Start)
	write(t, filepath.Join(root, ".Trash", "new", "1770714000.M2.host"), mail("b", "jan@klient.example", "pomoc@firma.example", connectortest.Start, "x"), connectortest.Start)
	for _, test := range []struct {
		paths, folders []string
		want, err      string
	}{
		{[]string{root}, nil, "a customer 02-10T09:00", ""},
		{[]string{root}, []string{".Trash"}, "b customer 02-10T09:00", ""},
		{[]string{root}, []string{"INBOX", ".Archive"}, "a customer 02-10T09:00", ".Archive is not a Maildir: it has no new; check paths and folders"},
		{[]string{filepath.Dir(root) + "/*"}, nil, "a customer 02-10T09:00", ""},
		{[]string{root + "/none"}, nil, "", "none: no such file or directory; check the path"},
		{[]string{root + "/none", root}, nil, "a customer 02-10T09:00", "none: no such file"},
		{[]string{root + "/new"}, nil, "", "new is not a Maildir"},
	} {
		got, _, err := pull(t, open(t, maildir.Config{Paths: test.paths, Folders: test.folders}), "")
		if strings.Join(got, " | ") != test.want || (err == nil) != (test.err == "") || !strings.Contains(fmt.Sprint(err), test.err) {
			t.Errorf("%s %s:\n got %s, error %v\nwant %s, error %s", test.paths, test.folders, got, err, test.want, test.err)
		}
	}
	for _, test := range []struct {
		config maildir.Config
		want   string
	}{
		{maildir.Config{}, "needs a name"},
		{maildir.Config{Name: "a"}, "paths is empty"},
		{maildir.Config{Name: "a", Paths: []string{"[x"}}, `source a: paths: pattern "[x": syntax error in pattern: close`},
		{maildir.Config{Name: "a", Paths: []string{root}}, "own is empty"},
		{maildir.Config{Name: "a", Paths: []string{root}, Own: []string{"firma"}}, "no clock"},
		{maildir.Config{Name: "a", Paths: []string{root}, Own: []string{"firma"}, Now: time.Now}, `source a: own address "firma"`},
	} {
		if _, err := maildir.New(test.config); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want %q", test.config, err, test.want)
		}
	}
}

// A cursor of many mails stays small, and a pull without news fast.
func BenchmarkPullNothing(b *testing.B) {
	root := box(b)
	const n = 5000
	for i := range n {
		write(b, filepath.Join(root, "cur", fmt.Sprintf("1770714000.M%d.host:2,S", i)), "From: jan@klient.example\n\nx\n", connectortest.Start)
	}
	s := open(b, maildir.Config{Paths: []string{root}})
	_, cursor, err := pull(b, s, "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got, _, err := pull(b, s, cursor); err != nil || len(got) > 0 {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(float64(len(cursor))/n, "cursor-bytes/mail")
}
