package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odzew/store"
)

// Every customer message of status has a score or a reason for having none.
func TestUnscored(t *testing.T) {
	for _, tt := range []struct {
		totals store.Totals
		want   string
	}{
		{store.Totals{CustomerMessages: 3, Scored: 3}, ""},
		{store.Totals{CustomerMessages: 5, Scored: 2, Unscored: map[string]int{"language not supported": 3}}, " (3: language not supported)"},
		{store.Totals{CustomerMessages: 5, Scored: 2, Unscored: map[string]int{"language not supported": 1}}, " (1: language not supported, 2: written by a program, or not analysed yet)"},
	} {
		if got := unscored(&tt.totals); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.totals, got, tt.want)
		}
	}
}

// What doctor can tell of the stored answers: one text that is sent again and again
// within a minute, and answers that are stamped before their questions.
func TestDoctorReadsAnswers(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "odzew.yaml")
	var lines strings.Builder
	at := time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC)
	for i := range 25 {
		at = at.Add(time.Hour)
		for source, after := range map[string]time.Duration{"quick": 20 * time.Second, "skewed": -20 * time.Second} {
			text := "Dziękujemy, zajmiemy się tym."
			if source == "skewed" {
				text = fmt.Sprint("Sprawdzam zamówienie ", i)
			}
			fmt.Fprintf(&lines, `{"id":"%[1]s-%[2]d","source":%[1]q,"channel":"chat","created_at":%[3]q,"customer":{"id":"k%[2]d"},"messages":[{"id":"q","at":%[3]q,"author":"customer","public":true,"text":"Gdzie jest paczka?"},{"id":"a","at":%[4]q,"author":"agent","public":true,"text":%[5]q}]}`+"\n",
				source, i, at.Format(time.RFC3339), at.Add(after).Format(time.RFC3339), text)
		}
	}
	for name, text := range map[string]string{config: "database: t.db\n", filepath.Join(dir, "desk.jsonl"): lines.String()} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must(t, "", "--config", config, "import", "--format", "jsonl", filepath.Join(dir, "desk.jsonl"))
	must(t, "", "--config", config, "analyze")
	status, out, _ := runOdzew(t, "", "--config", config, "--now", "2026-02-20T09:00:00Z", "doctor")
	if status == statusDone {
		t.Error("skewed clocks are no fault")
	}
	for _, want := range []string{
		"ok   quick answers: the text of message a in #quick-0 of quick was sent 25 times within a minute of the customer's",
		"FAIL clock skew of skewed: 25 of 25 waits end before they begin",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if n := strings.Count(out, "quick answers"); n != 1 {
		t.Errorf("%d lines on quick answers:\n%s", n, out)
	}
}
