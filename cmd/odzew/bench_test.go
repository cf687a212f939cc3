//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"odzew"
	"odzew/cmd/odzew/demodata"
)

// The benchmarks run the program as a user does, each command as a process of its
// own, so that start, memory and disk are in the figures:
//
//	go test ./cmd/odzew -run '^$' -bench . -benchtime 1x

// benchNow is a morning on which the demo's last day is yesterday.
const benchNow = "2026-06-03T07:00:00+02:00"

// A ran is what one run of the program cost.
type ran struct {
	time   time.Duration // on the wall
	memory float64       // most that was resident, in MB
	stdout []byte
}

func (r ran) perSecond(n int) float64 { return float64(n) / r.time.Seconds() }

// runChild runs the program in a folder, with the test binary as the program.
func runChild(b *testing.B, dir, stdin string, args ...string) ran {
	b.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"--now", benchNow}, args...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "ODZEW_TEST_MAIN=1")
	if stdin != "" {
		f, err := os.Open(stdin)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		cmd.Stdin = f
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("odzew %s: %v\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	took := time.Since(start)
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return ran{took, float64(usage.Maxrss) / 1000, out.Bytes()}
}

// originals are the conversations that the benchmarks vary: those of the demo, and
// those of real customers where they lie beside the repository.
func originals(b *testing.B) []odzew.Conversation {
	b.Helper()
	now, err := time.Parse(time.RFC3339, benchNow)
	if err != nil {
		b.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		b.Fatal(err)
	}
	files, err := demodata.Files(now, zone)
	if err != nil {
		b.Fatal(err)
	}
	data := files[demodata.Helpdesk]
	real, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "twitter-care", "conversations.jsonl"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.Fatal(err)
	}
	var list []odzew.Conversation
	for line := range bytes.Lines(append(data, real...)) {
		c, err := odzew.ParseConversation(line)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

// write makes a file of conversations with at least n messages: the originals over
// and over, each time under other ids, in another week of a year, with another
// number in the text. It returns how many there are.
func write(b *testing.B, name string, list []odzew.Conversation, n int) (messages int) {
	b.Helper()
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	for round := 0; messages < n; round++ {
		for i := range list {
			c := varied(list[i], round)
			if err := enc.Encode(&c); err != nil {
				b.Fatal(err)
			}
			messages += len(c.Messages)
			if messages >= n {
				break
			}
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return messages
}

func varied(c odzew.Conversation, round int) odzew.Conversation {
	earlier := func(t time.Time) time.Time { return t.AddDate(0, 0, -7*(round%52)) }
	c.ID = fmt.Sprintf("%s-%d", c.ID, round)
	c.CreatedAt = earlier(c.CreatedAt)
	if c.Customer.ID != "" {
		c.Customer.ID = fmt.Sprintf("%s-%d", c.Customer.ID, round)
	}
	if c.Customer.Email != "" {
		c.Customer.Email = fmt.Sprintf("%d.%s", round, c.Customer.Email)
	}
	messages := make([]odzew.Message, len(c.Messages))
	for i, m := range c.Messages {
		m.At = earlier(m.At)
		m.Text = fmt.Sprintf("%s\nnr %d", m.Text, round)
		messages[i] = m
	}
	events := make([]odzew.Event, len(c.Events))
	for i, e := range c.Events {
		e.At = earlier(e.At)
		if e.Into != "" {
			e.Into = fmt.Sprintf("%s-%d", e.Into, round)
		}
		events[i] = e
	}
	ratings := make([]odzew.Rating, len(c.Ratings))
	for i, r := range c.Ratings {
		r.At = earlier(r.At)
		ratings[i] = r
	}
	c.Messages, c.Events, c.Ratings = messages, events, ratings
	return c
}

// BenchmarkImportAnalyze takes a year of a desk in, analyses it and makes a digest
// of its last day and the year's report on touchpoints. Memory must not grow with the number of messages.
func BenchmarkImportAnalyze(b *testing.B) {
	list := originals(b)
	for _, size := range []struct {
		name string
		n    int
	}{{"20k", 20_000}, {"200k", 200_000}} {
		b.Run(size.name, func(b *testing.B) {
			dir := b.TempDir()
			n := write(b, filepath.Join(dir, "desk.jsonl"), list, size.n)
			for b.Loop() {
				for _, f := range []string{"odzew.db", "odzew.db-wal", "odzew.db-shm"} {
					if err := os.Remove(filepath.Join(dir, f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
						b.Fatal(err)
					}
				}
				in := runChild(b, dir, "", "import", "--format", "jsonl", "desk.jsonl")
				an := runChild(b, dir, "", "analyze")
				if !bytes.HasPrefix(an.stdout, []byte("analysed ")) || bytes.HasPrefix(an.stdout, []byte("analysed 0 ")) {
					b.Fatalf("odzew analyze did nothing: %s", an.stdout)
				}
				dig := runChild(b, dir, "", "digest", "--date", "2026-06-02")
				places := runChild(b, dir, "", "touchpoints", "--date", "2026-06-02", "--days", "365", "--disagreements")
				b.ReportMetric(places.time.Seconds(), "touchpoints-s")
				b.ReportMetric(in.perSecond(n), "imported/s")
				b.ReportMetric(in.memory, "import-MB")
				b.ReportMetric(an.perSecond(n), "analysed/s")
				b.ReportMetric(an.memory, "analyze-MB")
				b.ReportMetric(dig.time.Seconds(), "digest-s")
				b.ReportMetric(dig.memory, "digest-MB")
			}
			if info, err := os.Stat(filepath.Join(dir, "odzew.db")); err == nil {
				b.ReportMetric(float64(info.Size())/float64(n), "db-bytes/message")
			}
		})
	}
}

// BenchmarkDemo is the first command that a newcomer runs.
func BenchmarkDemo(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		r := runChild(b, dir, "", "demo")
		b.ReportMetric(r.memory, "MB")
	}
}

// BenchmarkFilterStart is one text through a filter: nearly all of it is the start
// of the program and its lexicon.
func BenchmarkFilterStart(b *testing.B) {
	dir := b.TempDir()
	name := filepath.Join(dir, "one.txt")
	if err := os.WriteFile(name, []byte("Czekam już dwa tygodnie, ile można?!\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r := runChild(b, dir, name, "score", "--format", "lines")
		b.ReportMetric(r.memory, "MB")
	}
}

// BenchmarkFilterScore is many customers' texts through the filter.
func BenchmarkFilterScore(b *testing.B) {
	list := originals(b)
	dir := b.TempDir()
	var texts bytes.Buffer
	enc := json.NewEncoder(&texts)
	n := 0
	for round := 0; n < 50_000; round++ {
		for i := range list {
			for _, m := range varied(list[i], round).Messages {
				if m.Author != odzew.AuthorCustomer {
					continue
				}
				if err := enc.Encode(map[string]string{"id": fmt.Sprint(n), "text": m.Text}); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
	}
	name := filepath.Join(dir, "texts.jsonl")
	if err := os.WriteFile(name, texts.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r := runChild(b, dir, name, "score", "--no-evidence")
		if got := bytes.Count(r.stdout, []byte("\n")); got != n {
			b.Fatalf("%d texts gave %d scores", n, got)
		}
		b.ReportMetric(r.perSecond(n), "scored/s")
		b.ReportMetric(r.memory, "MB")
	}
}
