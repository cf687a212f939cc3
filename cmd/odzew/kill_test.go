package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odzew/connectors/imap/dovecottest"
	"odzew/store"
)

// child starts the program as a process of its own, to be killed.
func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "ODZEW_TEST_MAIN=1")
	return cmd
}

// contents is what a database holds, apart from row numbers and our own times.
func contents(t *testing.T, db string) string {
	t.Helper()
	s, err := store.Open(t.Context(), db, store.Options{ReadOnly: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	var ids []int64
	n, err := s.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id := range int64(3 * n.Conversations) {
		ids = append(ids, id+1)
	}
	list, err := s.Load(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	var sb strings.Builder
	fmt.Fprintf(&sb, "%d conversations, %d messages, %d scored, %d dead letters\n", n.Conversations, n.Messages, n.Scored, n.DeadLetters)
	rows := map[string]string{}
	for i := range list {
		data, err := json.Marshal(list[i].Conversation)
		if err != nil {
			t.Fatal(err)
		}
		rows[list[i].Conversation.ID] = string(data)
	}
	data, err := json.Marshal(rows) // sorted by id
	if err != nil {
		t.Fatal(err)
	}
	sb.Write(data)
	return sb.String()
}

// untilDone runs a command again and again, killing it after a while that grows,
// until it ends by itself. It returns how often it was killed.
func untilDone(t *testing.T, rng *rand.Rand, args ...string) (kills int) {
	t.Helper()
	for wait := 20 * time.Millisecond; ; wait = wait * 5 / 4 {
		cmd := child(t, args...)
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(wait+time.Duration(rng.Int64N(int64(wait))), func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if err == nil {
			return kills
		}
		if code := cmd.ProcessState.ExitCode(); code != -1 {
			t.Fatalf("odzew %s: status %d after %d kills\n%s", strings.Join(args, " "), code, kills, out.String())
		}
		kills++
		if kills > 60 {
			t.Fatal("it never ends")
		}
	}
}

// TestKilledAnywhere: a pull and an analysis that are killed at any instant, and
// run again, end in the same database as ones that are not.
func TestKilledAnywhere(t *testing.T) {
	dir := t.TempDir()
	var sb strings.Builder
	at := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	for i := range 6000 {
		at = at.Add(7 * time.Minute)
		fmt.Fprintf(&sb, `{"id":"C-%d","channel":"email","inbox":"zwroty","created_at":%q,"customer":{"id":"k-%d"},"messages":[{"id":"m1","at":%q,"author":"customer","public":true,"text":"Czekam na zwrot nr %d, to już %d dni. Ile można?"},{"id":"m2","at":%q,"author":"agent","public":true,"text":"Sprawdzam."}]}`+"\n",
			i, at.Format(time.RFC3339), i%500, at.Format(time.RFC3339), i, i%30, at.Add(time.Hour).Format(time.RFC3339))
	}
	config := func(name string) string {
		sub := filepath.Join(dir, name)
		if err := os.Mkdir(sub, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, text := range map[string]string{"odzew.yaml": "database: t.db\nsources:\n  - name: shop\n    jsonl: {paths: [shop.jsonl]}\n", "shop.jsonl": sb.String()} {
			if err := os.WriteFile(filepath.Join(sub, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return filepath.Join(sub, "odzew.yaml")
	}
	calm := config("calm")
	must(t, "", "--config", calm, "sync")
	must(t, "", "--config", calm, "analyze")
	want := contents(t, filepath.Join(dir, "calm", "t.db"))
	if !strings.HasPrefix(want, "6000 conversations, 12000 messages, 6000 scored, 0 dead letters") {
		t.Fatalf("%.100s", want)
	}

	rough := config("rough")
	rng := rand.New(rand.NewPCG(1, 2))
	kills := untilDone(t, rng, "--config", rough, "sync")
	kills += untilDone(t, rng, "--config", rough, "analyze")
	if kills == 0 {
		t.Error("it was never killed")
	}
	t.Logf("killed %d times", kills)
	if got := contents(t, filepath.Join(dir, "rough", "t.db")); got != want {
		t.Errorf("after %d kills: %.100s", kills, got)
	}
	day := []string{"digest", "--date", "2026-02-18", "--format", "json"}
	a := must(t, "", append([]string{"--config", calm}, day...)...)
	b := must(t, "", append([]string{"--config", rough}, day...)...)
	strip := func(s string) string { // how far sources reach is told by the clock
		i := strings.Index(s, `"quality"`)
		return s[:i]
	}
	if strip(a) != strip(b) {
		t.Error("the digests differ")
	}
}

// TestMailboxEndToEnd pulls a real Dovecot: Polish and English threads, the folder
// of sent mail, a kill half-way, a second pull.
func TestMailboxEndToEnd(t *testing.T) {
	srv := dovecottest.Start(t)
	dir := t.TempDir()
	const threads = 400
	at := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	mail := func(id, from, to, subject, ref, text string, when time.Time) string {
		h := fmt.Sprintf("Message-ID: <%s>\r\nDate: %s\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\n", id, when.Format(time.RFC1123Z), from, to, subject)
		if ref != "" {
			h += "In-Reply-To: <" + ref + ">\r\nReferences: <" + ref + ">\r\n"
		}
		return h + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text + "\r\n"
	}
	var inbox, sent []string
	for i := range threads {
		at = at.Add(11 * time.Minute)
		who := fmt.Sprintf("klient%d@klient.example", i)
		subject, ask, answer := "Gdzie jest paczka", "Dzień dobry, czekam na paczkę od dwóch tygodni.", "Dzień dobry, sprawdzam."
		if i%3 == 0 {
			subject, ask, answer = "Where is my parcel", "Hello, I have been waiting for my parcel for two weeks.", "Hello, let me check."
		}
		root, reply := fmt.Sprintf("q%d@klient.example", i), fmt.Sprintf("a%d@sklep.example", i)
		inbox = append(inbox, mail(root, who, "pomoc@sklep.example", subject, "", ask, at))
		sent = append(sent, mail(reply, "pomoc@sklep.example", who, "Re: "+subject, root, answer, at.Add(time.Hour)))
	}
	srv.Append(t, "INBOX", at, inbox...)
	srv.Append(t, "Sent", at.Add(time.Hour), sent...)
	for file, text := range map[string]string{
		"pw":         dovecottest.Password,
		"odzew.yaml": fmt.Sprintf("database: t.db\nsources:\n  - name: pomoc\n    password_file: pw\n    imap: {host: 127.0.0.1, port: %d, security: starttls, ca_file: %s, username: %s, own: [pomoc@sklep.example]}\n", srv.Port, srv.CAFile, dovecottest.User),
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(dir, "odzew.yaml")
	kills := untilDone(t, rand.New(rand.NewPCG(3, 4)), "--config", config, "sync")
	t.Logf("killed %d times", kills)
	status, out, errs := runAt(t, context.Background(), at.AddDate(0, 0, 2), "", "--config", config, "sync")
	if status != statusDone || !strings.Contains(out, "0 conversations new or changed, 0 messages") {
		t.Errorf("the second pull: status %d, %s%s", status, out, errs)
	}
	s, err := store.Open(t.Context(), filepath.Join(dir, "t.db"), store.Options{ReadOnly: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := s.Count(t.Context())
	if err != nil || n.Conversations != threads || n.Messages != 2*threads || n.DeadLetters != 0 {
		t.Errorf("%+v, %v: want %d threads of 2 mails", n, err, threads)
	}
	must(t, "", "--config", config, "analyze")
	turns, err := s.TurnsOpened(t.Context(), time.Unix(0, 0), at.AddDate(1, 0, 0))
	if err != nil || len(turns) != threads {
		t.Fatalf("%d turns, %v", len(turns), err)
	}
	for _, turn := range turns {
		if turn.Kind != "first" || turn.Outcome != "answered" {
			t.Fatalf("turn %+v", turn)
		}
	}
}
