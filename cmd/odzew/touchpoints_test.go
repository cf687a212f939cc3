package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odzew/reporter"
)

// golden holds what was printed against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got); if it is meant to change, run with -update\n%s", path, diff)
	}
}

// On any day, the touchpoints that the demo is written to be bad at are critical, and no
// other one is but the mailbox on a day; the shop's is good.
func TestDemoTouchpoints(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("demodata", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		SlowInboxes []string `json:"slow_inboxes"`
		GoodInboxes []string `json:"good_inboxes"`
	}
	if err := json.Unmarshal(data, &expected); err != nil || len(expected.SlowInboxes) == 0 || len(expected.GoodInboxes) == 0 {
		t.Fatal(err, expected)
	}
	// The mailbox has more than half of those who are strongly frustrated, also as a
	// reader sees it: once that may just be sure.
	others := 0
	for back := range 7 {
		now := time.Date(2026, 6, 3-back, 5, 0, 0, 0, time.UTC).Format(time.RFC3339)
		dir := t.TempDir()
		config := filepath.Join(dir, "odzew.yaml")
		must(t, "", "--now", now, "demo", "--dir", dir)
		var j reporter.Journey
		if err := json.Unmarshal([]byte(must(t, "", "--now", now, "--config", config, "touchpoints", "--days", "42", "--json")), &j); err != nil {
			t.Fatal(err)
		}
		var critical, good []string
		for _, m := range j.Touchpoints {
			switch m.Verdict {
			case reporter.PlaceCritical:
				critical = append(critical, m.Name)
			case reporter.PlaceGood:
				good = append(good, m.Name)
			}
		}
		slices.Sort(critical)
		if i := slices.Index(critical, "pomoc"); i >= 0 {
			critical = slices.Delete(critical, i, i+1)
			others++
		}
		if !slices.Equal(critical, expected.SlowInboxes) {
			t.Errorf("at %s critical are %v, want %v", now, critical, expected.SlowInboxes)
		}
		// What is good needs many conversations to be surely so.
		if back == 0 && len(good) == 0 || len(good) > 0 && !slices.Equal(good, expected.GoodInboxes) {
			t.Errorf("at %s good are %v, want %v", now, good, expected.GoodInboxes)
		}
		if back == 0 {
			golden(t, "touchpoints.demo.pl.txt", must(t, "", "--now", now, "--config", config, "touchpoints", "--days", "42", "--lang", "pl", "--disagreements"))
		}
	}
	if others > 1 {
		t.Errorf("the mailbox is critical on %d days", others)
	}
}
