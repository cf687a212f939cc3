package waits

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odzew"
	"odzew/analyzer/calendar"
)

// Tests against data that stand beside the repository, where they do.

func sharedFile(t *testing.T, name ...string) []byte {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared"}, name...)...)
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not here: reference data stand beside the repository", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var (
	weekdays = []string{"mon", "tue", "wed", "thu", "fri"}
	allDays  = append([]string{"sat", "sun"}, weekdays...)
)

func hours(days []string, spans ...string) map[string][]string {
	m := map[string][]string{}
	for _, d := range days {
		m[d] = spans
	}
	return m
}

func compile(t testing.TB, c calendar.Config) *calendar.Schedule {
	t.Helper()
	s, err := calendar.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// schedules are those that the examples name.
func schedules(t testing.TB) map[string]*calendar.Schedule {
	const zone = "Europe/Warsaw"
	return map[string]*calendar.Schedule{
		"S1":    compile(t, calendar.Config{Timezone: zone, Hours: hours(weekdays, "09:00-17:00"), Holidays: "pl"}),
		"LUNCH": compile(t, calendar.Config{Timezone: zone, Hours: hours(weekdays, "09:00-12:00", "13:00-17:00")}),
		"24x7":  compile(t, calendar.Config{Timezone: zone, Hours: hours(allDays, "00:00-24:00")}),
	}
}

func TestSharedExamples(t *testing.T) {
	var file struct {
		Intervals []struct {
			ID, Schedule string
			Start        string    `json:"start"`
			From         time.Time `json:"start_utc"`
			To           time.Time `json:"end_utc"`
			Calendar     int64     `json:"calendar_s"`
			Business     int64     `json:"business_s"`
		}
		Deadlines []struct {
			ID, Schedule string
			Start        string
			Target       int64     `json:"target_s"`
			Deadline     time.Time `json:"deadline_utc"`
		}
		Turns []struct {
			ID     string
			Events []struct {
				At, Kind string
				Flags    []string
			}
			Want []struct {
				Kind, Outcome string
				Calendar      int64 `json:"calendar_s"`
				Nudges        int
			} `json:"expected_turns"`
		}
	}
	if err := json.Unmarshal(sharedFile(t, "spec", "response-times.examples.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Intervals) < 24 || len(file.Deadlines) < 5 || len(file.Turns) < 13 {
		t.Fatalf("%d intervals, %d deadlines, %d turns: fewer than there were", len(file.Intervals), len(file.Deadlines), len(file.Turns))
	}
	cals := schedules(t)
	for _, x := range file.Intervals {
		cal := cals[x.Schedule]
		if got := cal.Elapsed(x.From, x.To); got != x.Business || int64(x.To.Sub(x.From).Seconds()) != x.Calendar {
			t.Errorf("%s: business %d s, want %d", x.ID, got, x.Business)
		}
	}
	for _, x := range file.Deadlines {
		got, ok := cals[x.Schedule].Deadline(localTime(t, x.Start), x.Target)
		if !ok || !got.Equal(x.Deadline) {
			t.Errorf("%s: deadline %v, want %v", x.ID, got, x.Deadline)
		}
	}
	for _, x := range file.Turns {
		c := odzew.Conversation{ID: x.ID}
		for _, e := range x.Events {
			at := localTime(t, e.At)
			flags := strings.Join(e.Flags, " ")
			m := odzew.Message{At: at, Public: true, Author: odzew.Author(e.Kind), ID: e.At + e.Kind}
			switch {
			case e.Kind == "note":
				m.Author, m.Public = odzew.AuthorAgent, false
			case e.Kind == "solved":
				c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventStatus, To: "solved"})
				continue
			case e.Kind == "handoff":
				c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventHandoff})
				continue
			case flags == "thanks":
				m.Text = "thanks"
			case flags == "ooo":
				m.Headers = map[string]string{"Auto-Submitted": "auto-replied"}
			}
			c.Messages = append(c.Messages, m)
		}
		w := Measure(c, cals["S1"], localTime(t, "2026-03-01T00:00+01:00"), testOptions)
		if len(w.Turns) != len(x.Want) {
			t.Errorf("%s: turns %+v, want %+v", x.ID, w.Turns, x.Want)
			continue
		}
		for i, got := range w.Turns {
			want := x.Want[i]
			if want.Kind == "-" {
				want.Kind = KindNone
			}
			if got.Kind != want.Kind || got.Outcome != want.Outcome || got.Seconds != want.Calendar || got.Nudges != want.Nudges {
				t.Errorf("%s: turn %d is %+v, want %+v", x.ID, i, got, want)
			}
		}
	}
}

func localTime(t testing.TB, text string) time.Time {
	t.Helper()
	for _, layout := range []string{"2006-01-02T15:04Z07:00", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	t.Fatalf("%q is not a time", text)
	return time.Time{}
}

// testOptions know a closing when they see one.
var testOptions = Options{IsClosing: func(_ int, m *odzew.Message) bool {
	switch strings.ToLower(strings.Trim(m.Text, "!. ")) {
	case "thanks", "dziękuję", "dzięki", "ok", "clear, thanks", "doszła. dziękuję", "wow that was quick. thank you":
		return true
	}
	return false
}}

func TestSharedConversations(t *testing.T) {
	data := sharedFile(t, "gold", "conversations.jsonl")
	cal := schedules(t)["S1"]
	n := 0
	for line := range bytes.Lines(data) {
		var x struct {
			Conversation json.RawMessage
			Labels       struct {
				First *int64 `json:"first_reply_seconds"`
				Open  bool   `json:"last_open_wait"`
			}
		}
		if err := json.Unmarshal(line, &x); err != nil {
			t.Fatal(err)
		}
		c, err := odzew.ParseConversation(x.Conversation)
		if err != nil {
			t.Fatal(err)
		}
		n++
		now := c.CreatedAt
		for _, m := range c.Messages {
			if m.At.After(now) {
				now = m.At
			}
		}
		w := Measure(c, cal, now.Add(time.Hour), testOptions)
		var first *int64
		if w.FirstReply.State == Answered {
			first = w.FirstReply.Seconds
		}
		if (first == nil) != (x.Labels.First == nil) || (first != nil && *first != *x.Labels.First) {
			t.Errorf("%s: first reply %v (%+v), want %v", c.ID, deref(first), w.FirstReply, deref(x.Labels.First))
		}
		open := false
		for _, turn := range w.Turns {
			open = open || turn.Outcome == Open
		}
		if open != x.Labels.Open {
			t.Errorf("%s: open %v, want %v\n%s", c.ID, open, x.Labels.Open, line)
		}
	}
	if n < 60 {
		t.Fatalf("%d conversations: fewer than there were", n)
	}
}

func deref(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}
