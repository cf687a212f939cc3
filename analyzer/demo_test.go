package analyzer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"odzew"
	"odzew/analyzer"
)

// demo reads the helpdesk of the demo, and how a human reads its conversations.
func demo(t *testing.T) (conversations map[string]odzew.Conversation, expected []expectation) {
	t.Helper()
	folder := filepath.Join("..", "cmd", "odzew", "demodata")
	data, err := os.ReadFile(filepath.Join(folder, "helpdesk.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	conversations = map[string]odzew.Conversation{}
	for line := range bytes.Lines(data) {
		c, err := odzew.ParseConversation(line)
		if err != nil {
			t.Fatal(err)
		}
		conversations[c.ID] = c
	}
	if data, err = os.ReadFile(filepath.Join(folder, "expected.json")); err != nil {
		t.Fatal(err)
	}
	var file struct{ Conversations []expectation }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, x := range file.Conversations {
		if x.Source == "helpdesk" {
			expected = append(expected, x)
		}
	}
	if len(expected) < 100 || len(conversations) < len(expected) {
		t.Fatalf("%d conversations, %d expectations: fewer than there were", len(conversations), len(expected))
	}
	return conversations, expected
}

type expectation struct {
	Source, ID   string
	States       []state
	Content      bool
	ContentFrom  time.Time `json:"content_from"`
	SilentLeaver bool      `json:"silent_leaver"`
}

type state struct {
	From        time.Time
	Frustration int
	NeedsCall   bool `json:"needs_call"`
}

// TestDemo measures on the demo's helpdesk, each conversation whenever a human reads
// it differently, and as it ends.
func TestDemo(t *testing.T) {
	a := desk(t)
	conversations, expected := demo(t)
	var needsCall, frustrated, silent counts
	var level, content share
	for _, x := range expected {
		c := conversations[x.ID]
		if c.Excluded != "" {
			continue
		}
		states := x.States
		if len(states) == 0 {
			states = []state{{From: lastMessage(&c)}}
		}
		for _, s := range states {
			r := a.Analyze(analyzer.Input{Conversation: c}, s.From.Add(time.Minute))
			needsCall.add(r.Flag.NeedsCall, s.NeedsCall)
			frustrated.add(r.Flag.Level == 2, s.Frustration == 2)
			level.add(r.Flag.Level == s.Frustration)
			if r.Flag.NeedsCall != s.NeedsCall || (r.Flag.Level == 2) != (s.Frustration == 2) {
				t.Logf("%s at %v: level %d, call %v; want %d, %v %s", x.ID, s.From.Format(time.RFC3339), r.Flag.Level, r.Flag.NeedsCall, s.Frustration, s.NeedsCall, signalsOf(&r))
			}
		}
		r := a.Analyze(analyzer.Input{Conversation: c}, lastMessage(&c).Add(time.Hour))
		silent.add(r.SilentLeaver, x.SilentLeaver)
		if r.SilentLeaver != x.SilentLeaver {
			t.Logf("%s: silent leaver %v", x.ID, r.SilentLeaver)
		}
		if x.Content {
			if r.Flag.NeedsCall || r.Flag.Level == 2 {
				t.Errorf("%s: flagged although content: level %d, %s", x.ID, r.Flag.Level, signalsOf(&r))
			}
			content.add(r.Flag.Level == 0)
		}
	}
	t.Logf("needs_call     %v\nlevel 2        %v\nlevel          %v\nsilent_leaver  %v\ncontent, not flagged %v", needsCall, frustrated, level, silent, content)
	atLeast(t, "needs_call", needsCall.f1(), 0.75)
	atLeast(t, "level 2", frustrated.f1(), 0.75)
	atLeast(t, "level", level.of(), 0.84)
	atLeast(t, "silent_leaver", silent.f1(), 0.5) // of two in all
	atLeast(t, "content not flagged", content.of(), 0.90)
}

// signalsOf lists why a conversation is flagged.
func signalsOf(r *analyzer.Result) string {
	s := ""
	for _, x := range r.Flag.Reasons {
		s += fmt.Sprintf(" %s %.2f", x.Signal, x.Weight)
	}
	for _, m := range r.Scores {
		s += fmt.Sprintf(" | %s %d %v", *m.Sentiment, m.Level, m.Signals)
	}
	return s
}
