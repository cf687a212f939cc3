package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"odzew"
	"odzew/connectors"
	"odzew/store"
)

// A source of one mood: it does what a test asks for.
type moody func(context.Context) error

func (m moody) Pull(ctx context.Context, _ connectors.Cursor, _ func(connectors.Record) error) error {
	return m(ctx)
}

// TestPullEnds: who stops a pull does not break the source, and what a server says
// of a password reaches neither the caller nor the database.
func TestPullEnds(t *testing.T) {
	for _, tt := range []struct {
		name          string
		does          func(context.Context, context.CancelFunc) error
		outcome, text string
	}{
		{"done", func(context.Context, context.CancelFunc) error { return nil }, "done", ""},
		{"stopped", func(ctx context.Context, stop context.CancelFunc) error { stop(); return ctx.Err() }, "stopped", ""},
		{"failed", func(context.Context, context.CancelFunc) error { return errors.New("no login u:hunter2") }, "failed", "no login u:[secret]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := &program{stderr: io.Discard, now: func() time.Time { return time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC) }}
			p.keepSecret("hunter2")
			st, err := store.Open(ctx, filepath.Join(t.TempDir(), "t.db"), store.Options{Now: p.now})
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			run, err := p.pull(ctx, st, "sync", "shop", moody(func(ctx context.Context) error { return tt.does(ctx, cancel) }), true)
			if run.Outcome != tt.outcome || (err == nil) != (tt.outcome == "done") || (err != nil && strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("%s: %v", run.Outcome, err)
			}
			runs, err := st.Runs(t.Context(), 1)
			if err != nil || len(runs) != 1 || runs[0].Outcome != tt.outcome || runs[0].Error != tt.text || runs[0].EndedAt.IsZero() {
				t.Errorf("%+v, %v", runs, err)
			}
			sources, err := st.Sources(t.Context())
			failed := len(sources) == 1 && !sources[0].FailedAt.IsZero()
			if err != nil || failed != (tt.outcome == "failed") {
				t.Errorf("%+v, %v", sources, err)
			}
		})
	}
}

// TestDigestFileBeforeMail: a digest whose file cannot be written is not mailed,
// or every retry would mail it again.
func TestDigestFileBeforeMail(t *testing.T) {
	mails, port := startSink(t)
	config := writeDesk(t, fmt.Sprintf("digest:\n  file: nowhere/digest.html\n  to: [lead@example.com]\n  from: odzew@example.com\n  smtp: {host: 127.0.0.1, port: %d, tls: none}\n", port))
	must(t, "", "--config", config, "sync")
	for range 2 {
		if status, _, errs := runOdzew(t, "", "--config", config, "digest", "--send"); status != statusFailed || !strings.Contains(errs, "nowhere") {
			t.Errorf("status %d: %s", status, errs)
		}
	}
	if n := len(mails.all()); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
	if err := os.Mkdir(filepath.Join(filepath.Dir(config), "nowhere"), 0o700); err != nil {
		t.Fatal(err)
	}
	must(t, "", "--config", config, "digest", "--send")
	if n := len(mails.all()); n != 1 {
		t.Errorf("%d mails were sent once it could be written", n)
	}
}

// TestInterruptedFilter: Ctrl-C ends a filter that waits for its input.
func TestInterruptedFilter(t *testing.T) {
	for _, args := range [][]string{{"score"}, {"waits"}, {"clock"}, {"mail", "-"}, {"import", "--format", "jsonl", "-"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			cmd := child(t, append([]string{"--db", filepath.Join(t.TempDir(), "t.db")}, args...)...)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			for deadline := time.After(20 * time.Second); ; {
				cmd.Process.Signal(syscall.SIGINT)
				select {
				case <-ended:
					return
				case <-deadline:
					cmd.Process.Kill()
					<-ended
					t.Fatal("it does not heed Ctrl-C")
				case <-time.After(time.Second):
				}
			}
		})
	}
}

// A line that is too long is set aside, and those behind it have their answers.
func TestEndlessLine(t *testing.T) {
	status, out, errs := runOdzew(t, strings.Repeat("x", maxLine+1)+"\n"+`{"id":"b","text":"ok"}`+"\n", "score", "--no-evidence")
	if status != statusPartial || !strings.HasPrefix(out, `{"id":"b"`) || errs != "odzew: stdin:1: the line is longer than 64 MiB\n" {
		t.Errorf("status %d, %.80s, %.80s", status, out, errs)
	}
}

// TestMark: colours change nothing of a text but its colour.
func TestMark(t *testing.T) {
	text := "Fatalna  obsługa, ale\nmiła\x1b[31m pani. \n Dziękuję"
	var es []odzew.Evidence
	for word, weight := range map[string]float64{"Fatalna": -1, "obsługa": 0, "miła": 1, "pani": -0.1, "Dziękuję": 1} {
		at := strings.Index(text, word)
		es = append(es, odzew.Evidence{Start: at, End: at + len(word), Rule: "valence", Weight: weight})
	}
	es = append(es, odzew.Evidence{Start: 0, End: len(text), Rule: "limit", Weight: 1})
	p := &program{terminal: true, getenv: func(string) string { return "" }}
	got := p.mark(text, es)
	if want := "\x1b[31mFatalna\x1b[0m \x1b[33mobsługa\x1b[0m, ale\n\x1b[32mmiła\x1b[0m \x1b[31mpani\x1b[0m.\n \x1b[32mDziękuję\x1b[0m"; got != want {
		t.Errorf("%q,\nwant %q", got, want)
	}
}

// TestPrintJSON: no control character reaches a terminal within JSON.
func TestPrintJSON(t *testing.T) {
	var sb strings.Builder
	p := &program{stdout: &sb}
	if err := p.printJSON("a\x1b[31m\x7f\u0085\u009bż<"); err != nil {
		t.Fatal(err)
	}
	if want := `"a\u001b[31m\u007f\u0085\u009bż<"` + "\n"; sb.String() != want {
		t.Errorf("%q, want %q", sb.String(), want)
	}
}

// TestDemoTwice: a demo that was killed starts again, and two at once spare each other.
func TestDemoTwice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	untilDone(t, rand.New(rand.NewPCG(3, 4)), "demo", "--dir", dir)
	var ended [2]*exec.Cmd
	var errs [2]strings.Builder
	for i := range ended {
		ended[i] = child(t, "demo", "--dir", dir)
		ended[i].Stderr = &errs[i]
		if err := ended[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	done := 0
	for i, cmd := range ended {
		switch err := cmd.Wait(); {
		case err == nil:
			done++
		case !strings.Contains(errs[i].String(), "another odzew is working on this database"):
			t.Errorf("%v: %s", err, errs[i].String())
		}
	}
	if done == 0 {
		t.Error("neither ended well")
	}
	calm := filepath.Join(t.TempDir(), "demo")
	if out, err := child(t, "demo", "--dir", calm).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, want := contents(t, filepath.Join(dir, "odzew.db")), contents(t, filepath.Join(calm, "odzew.db")); got != want {
		t.Errorf("%.100s, want %.100s", got, want)
	}
}

// TestReplay: a record that is taken in after all stands where its source would have
// put it.
func TestReplay(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "odzew.yaml")
	if err := os.WriteFile(config, []byte("database: t.db\nsources:\n  - name: help\n    jsonl: {paths: [a]}\n  - name: box\n    mbox: {paths: [b], own: [\"@shop.example\"], inbox: zwroty}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC)
	st, err := store.Open(t.Context(), filepath.Join(dir, "t.db"), store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, d := range []store.DeadLetter{
		{Source: "help", Raw: []byte(`{"id":"C-1","source":"elsewhere","messages":[{"id":"m1","at":"2026-02-10T09:00:00Z","author":"customer","text":"hej"}]}`)},
		{Source: "box", Raw: []byte("From: biuro@shop.example\nTo: jan@klient.example\nMessage-ID: <a@shop.example>\nDate: Tue, 10 Feb 2026 09:00:00 +0100\nSubject: Zwrot\n\nOddajemy.\n")},
	} {
		b, err := st.Begin(t.Context(), d.Source)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(b.Dead(d), b.Commit(nil)); err != nil {
			t.Fatal(err)
		}
	}
	if out := must(t, "", "--config", config, "deadletters", "replay"); !strings.HasPrefix(out, "2 of 2") {
		t.Error(out)
	}
	list, err := st.Load(t.Context(), []int64{1, 2})
	if err != nil || len(list) != 2 {
		t.Fatalf("%d conversations, %v", len(list), err)
	}
	for _, c := range list {
		got := fmt.Sprint(c.Source, " ", c.Inbox, " ", c.Messages[0].Author)
		if want := map[string]string{"help": "help  customer", "box": "box zwroty agent"}[c.Source]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestInterruptedWork: what is stopped says so, in its status and in the list of runs.
func TestInterruptedWork(t *testing.T) {
	config := writeDesk(t, "")
	must(t, "", "--config", config, "sync")
	ctx, cancel := context.WithCancel(t.Context())
	at := time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC)
	var out, errs strings.Builder
	reads := 0
	p := &program{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
		now: func() time.Time {
			if reads++; reads > 1 { // the run has begun
				cancel()
			}
			return at
		},
	}
	if status := p.run(ctx, []string{"--config", config, "analyze"}); status != statusFailed {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(errs.String(), "stopped; 0 conversations are done") {
		t.Error(errs.String())
	}
	if got := must(t, "", "--config", config, "status"); !regexp.MustCompile(`analyze .* stopped\n`).MatchString(got) {
		t.Error(got)
	}
	must(t, "", "--config", config, "analyze")
	if got := must(t, "", "--config", config, "digest", "--date", "2026-11-17"); !strings.Contains(got, "C-1") {
		t.Error(got)
	}
}
