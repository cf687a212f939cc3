package eml_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odzew/connectors"
	"odzew/connectors/connectortest"
	"odzew/connectors/eml"
)

func write(t testing.TB, path, text string, at time.Time) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func mail(key string, at time.Time, text string) string {
	return fmt.Sprintf("From: jan@klient.example\nTo: pomoc@firma.example\nDate: %s\nMessage-ID: <%s@klient.example>\nSubject: Paczka\n\n%s\n", at.Format(time.RFC1123Z), key, text)
}

func open(t testing.TB, config eml.Config) *eml.Source {
	t.Helper()
	config.Name, config.Own, config.Now = "poczta", []string{"@firma.example"}, time.Now
	s, err := eml.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pull(t testing.TB, s *eml.Source, since connectors.Cursor) (got []string, last connectors.Cursor, err error) {
	t.Helper()
	last = since
	err = s.Pull(t.Context(), since, func(r connectors.Record) error {
		if c := r.Conversation; c != nil {
			id, _, _ := strings.Cut(c.Messages[0].Mail.MessageID, "@")
			got = append(got, fmt.Sprintf("%s %s %q", id, c.CreatedAt.Format("01-02T15:04"), c.Messages[0].Text))
		}
		if r.DeadLetter != nil {
			got = append(got, fmt.Sprintf("dead %s (%d)", filepath.Base(r.DeadLetter.Where), r.DeadLetter.Size))
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
		root := t.TempDir()
		n := 0
		add := func(t *testing.T, text string, at time.Time) {
			n++
			write(t, filepath.Join(root, fmt.Sprint(n%3), fmt.Sprintf("%05d.eml", n)), text, at)
		}
		return connectortest.System{
			Open: func(t *testing.T) connectors.Connector { return open(t, eml.Config{Paths: []string{root}}) },
			Add: func(t *testing.T, items ...connectortest.Item) {
				for _, item := range items {
					add(t, mail(item.Key, item.At, item.Text), item.At)
				}
			},
			Break: func(t *testing.T, at time.Time) { add(t, "PK\x03\x04", at) },
		}
	})
}

func TestFolder(t *testing.T) {
	root := t.TempDir()
	at := connectortest.Start
	var cursor connectors.Cursor
	for _, step := range []struct {
		name, path, text string
		at               time.Time
		complete         bool
		want             string
	}{
		{"one", "a.eml", mail("a", at, "x"), at, false, `a 02-10T09:00 "x\n"`},
		{"below, in capitals", "2026/02/b.EML", mail("b", at, "y"), at, false, `b 02-10T09:00 "y\n"`},
		{"another name", "c.txt", mail("c", at, "x"), at, false, ``},
		{"hidden", ".trash/d.eml", mail("d", at, "x"), at, false, ``},
		{"written anew", "a.eml", mail("a", at, "longer"), at.Add(time.Hour), false, `a 02-10T09:00 "longer\n"`},
		{"just being written", "e.eml", mail("e", at, "z"), time.Now(), false, ``},
		{"nobody writes any more", "e.eml", mail("e", at, "z"), time.Now(), true, `e 02-10T09:00 "z\n"`},
		{"no date: the file's own", "f.eml", "From: jan@klient.example\nMessage-ID: <f@klient.example>\n\nx\n", at.Add(time.Hour), true, `f 02-10T10:00 "x\n"`},
		{"empty", "g.eml", "", at, true, `dead g.eml (0)`},
		{"no mail, and long", "h.eml", strings.Repeat("żółć\n", 100_000), at, true, `dead h.eml (900000)`},
	} {
		write(t, filepath.Join(root, step.path), step.text, step.at)
		got, last, err := pull(t, open(t, eml.Config{Paths: []string{root}, Complete: step.complete}), cursor)
		if err != nil {
			t.Fatal(err)
		}
		if cursor = last; strings.Join(got, " | ") != step.want {
			t.Errorf("%s:\n got %s\nwant %s", step.name, strings.Join(got, " | "), step.want)
		}
	}
	for path, want := range map[string]int{"a.eml": 1, "2026": 1, "*.eml": 5, "x*": 0, "none": -1} {
		got, _, err := pull(t, open(t, eml.Config{Paths: []string{filepath.Join(root, path)}, Complete: true}), "")
		if len(got) != max(0, want) || (err != nil) != (want < 0) {
			t.Errorf("%s: %d records and error %v, want %d", path, len(got), err, want)
		}
	}
}

// A file that is named is read, whatever its name.
func TestNamedFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mail.txt")
	write(t, file, mail("a", connectortest.Start, "x"), connectortest.Start)
	got, _, err := pull(t, open(t, eml.Config{Paths: []string{file}, Complete: true}), "")
	if want := `a 02-10T09:00 "x\n"`; err != nil || strings.Join(got, " | ") != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, test := range []struct {
		config eml.Config
		want   string
	}{
		{eml.Config{}, "needs a name"},
		{eml.Config{Name: "a"}, "paths is empty"},
		{eml.Config{Name: "a", Paths: []string{"x", "[x"}}, `source a: paths: pattern "[x": syntax error in pattern: close`},
		{eml.Config{Name: "a", Paths: []string{"x"}}, "own is empty"},
		{eml.Config{Name: "a", Paths: []string{"x"}, Own: []string{"firma"}}, "no clock"},
		{eml.Config{Name: "a", Paths: []string{"x"}, Own: []string{"firma"}, Now: time.Now}, `source a: own address "firma"`},
	} {
		if _, err := eml.New(test.config); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want %q", test.config, err, test.want)
		}
	}
}
