package waits

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odzew"
	"odzew/analyzer/calendar"
)

var update = flag.Bool("update", false, "rewrite testdata/explained.txt and the table of examples in docs/waits.md")

// An example is one line of testdata/examples.txt.
type example struct {
	id, schedule, events string
	want                 []string // key=value
	convs                map[string]*odzew.Conversation
	measured             string
	now                  time.Time
}

func readExamples(t testing.TB) []example {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "examples.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var examples []example
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(strings.TrimSpace(line), " | ")
		if len(cols) != 4 {
			t.Fatalf("not four columns: %s", line)
		}
		x := example{id: cols[0], schedule: cols[1], events: cols[2], want: strings.Split(cols[3], "; ")}
		x.parse(t)
		examples = append(examples, x)
	}
	if len(examples) < 45 {
		t.Fatalf("only %d examples", len(examples))
	}
	return examples
}

// parse turns the events into conversations.
func (x *example) parse(t testing.TB) {
	x.convs = map[string]*odzew.Conversation{}
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	date := ""
	for i, text := range strings.Split(x.events, "; ") {
		words := strings.Fields(text)
		if len(words) == 3 {
			date, words = words[0], words[1:]
		}
		at := x.parseTime(t, date, words[0], zone)
		name, what, named := strings.Cut(words[1], "/")
		if !named {
			name, what = "A", words[1]
		}
		if what == "now" {
			x.now = at
			continue
		}
		x.now = maxTime(x.now, at.AddDate(0, 0, 14))
		c := x.convs[name]
		if c == nil {
			c = &odzew.Conversation{ID: name, Source: "test", CreatedAt: at}
			x.convs[name] = c
		}
		x.measured = name
		m := odzew.Message{ID: fmt.Sprint("m", i), At: at, Public: true, Text: text}
		verb, arg, _ := strings.Cut(what, "-")
		switch verb {
		case "customer", "agent", "bot", "auto":
			m.Author = odzew.Author(verb)
		case "note":
			m.Author, m.Public = odzew.AuthorAgent, false
		case "thanks":
			m.Author, m.Text = odzew.AuthorCustomer, "thanks"
		case "ooo":
			m.Author, m.Headers = odzew.AuthorCustomer, map[string]string{"Auto-Submitted": "auto-replied"}
		case "handoff":
			c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventHandoff})
			continue
		case "merge":
			c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventMerge, Into: strings.TrimPrefix(arg, "into-")})
			continue
		case "assign":
			c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventAssign, To: strings.TrimPrefix(arg, "to-")})
			continue
		default:
			if !knownStatus(odzew.Status(verb)) {
				t.Fatalf("%s: unknown event %q", x.id, what)
			}
			c.Events = append(c.Events, odzew.Event{At: at, Kind: odzew.EventStatus, To: verb})
			continue
		}
		c.Messages = append(c.Messages, m)
	}
}

func (x *example) parseTime(t testing.TB, date, clock string, zone *time.Location) time.Time {
	if clock == "24:00" {
		return x.parseTime(t, date, "00:00", zone).AddDate(0, 0, 1)
	}
	for _, layout := range []string{"2006-01-02 15:04", time.DateTime, "2006-01-02 15:04Z07:00"} {
		if at, err := time.ParseInLocation(layout, date+" "+clock, zone); err == nil {
			return at
		}
	}
	t.Fatalf("%s: %q is not a time", x.id, date+" "+clock)
	return time.Time{}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (x *example) measure(cals map[string]*calendar.Schedule) odzew.Waits {
	opt := testOptions
	opt.Merges = &Merges{}
	for _, c := range x.convs {
		opt.Merges.Add(*c)
	}
	return Measure(*x.convs[x.measured], cals[x.schedule], x.now, opt)
}

func TestExamples(t *testing.T) {
	cals := schedules(t)
	for _, x := range readExamples(t) {
		got := figures(x.measure(cals))
		for _, want := range x.want {
			key, value, _ := strings.Cut(want, "=")
			if got[key] != value {
				t.Errorf("%s: %s is %q, want %q", x.id, key, got[key], value)
			}
		}
	}
}

// figures words a measurement as the examples do.
func figures(w odzew.Waits) map[string]string {
	first := w.FirstReply.State
	if w.FirstReply.Reason != "" {
		first += " " + w.FirstReply.Reason
	}
	if w.FirstReply.Seconds != nil {
		first += " " + clockText(&odzew.Clock{Seconds: *w.FirstReply.Seconds, BusinessSeconds: *w.FirstReply.BusinessSeconds})
	}
	var turns []string
	for _, t := range w.Turns {
		text := t.Kind + " " + t.Outcome + " " + clockText(&odzew.Clock{Seconds: t.Seconds, BusinessSeconds: t.BusinessSeconds})
		if t.Nudges > 0 {
			text += fmt.Sprintf(" %d nudges, first after %s", t.Nudges, secondsText(*t.FirstNudgeSeconds))
		}
		turns = append(turns, strings.Join(append([]string{text}, t.Flags...), " "))
	}
	if len(turns) == 0 {
		turns = []string{"none"}
	}
	list := func(clocks []odzew.Clock) string {
		var texts []string
		for _, c := range clocks {
			texts = append(texts, clockText(&c))
		}
		return strings.Join(texts, ", ")
	}
	touch := "no"
	if w.OneTouch {
		touch = "yes"
	}
	return map[string]string{
		"first": first, "turns": strings.Join(turns, ", "), "first_human_total": clockText(w.FirstHumanTotal),
		"requester_wait": clockText(w.RequesterWait), "agent_work": clockText(w.AgentWork), "pending": clockText(w.Pending),
		"hold": clockText(w.Hold), "parked_wait": clockText(w.ParkedWait), "first_resolution": clockText(w.FirstResolution),
		"full_resolution": clockText(w.FullResolution), "active_life": clockText(w.ActiveLife),
		"periodic": list(w.Periodic), "pausable": list(w.Pausable), "one_touch": touch, "merged_into": w.MergedInto,
		"reopens": fmt.Sprint(w.Reopens), "handovers": fmt.Sprint(w.Handovers), "nudges": fmt.Sprint(w.Nudges),
	}
}

func clockText(c *odzew.Clock) string {
	switch {
	case c == nil:
		return "null"
	case c.Seconds == c.BusinessSeconds:
		return secondsText(c.Seconds)
	}
	return secondsText(c.Seconds) + "/" + secondsText(c.BusinessSeconds)
}

func secondsText(s int64) string {
	text := ""
	for _, unit := range []struct {
		letter string
		length int64
	}{{"h", 3600}, {"m", 60}, {"s", 1}} {
		if n := s / unit.length; n != 0 {
			text += fmt.Sprint(n, unit.letter)
			s -= n * unit.length
		}
	}
	if text == "" {
		return "0"
	}
	return text
}

// The table in docs/waits.md is what the examples measure, so that it cannot tell
// anything else than the program does.
func TestDocumentedExamples(t *testing.T) {
	const begin, end = "<!-- examples: made by go test ./analyzer/waits -update -->\n", "<!-- end of examples -->\n"
	var table strings.Builder
	table.WriteString("\n| | Hours | Events | Figures |\n|---|---|---|---|\n")
	cals := schedules(t)
	for _, x := range readExamples(t) {
		got := figures(x.measure(cals))
		var cells []string
		for _, want := range x.want {
			key, _, _ := strings.Cut(want, "=")
			cells = append(cells, key+": "+got[key])
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", x.id, x.schedule, x.events, strings.Join(cells, "; "))
	}
	table.WriteString("\n")
	path := filepath.Join("..", "..", "docs", "waits.md")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(doc), begin)
	was, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the examples", path)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+table.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table.String(), was); diff != "" {
		t.Errorf("docs/waits.md tells other examples (-measured +told); run go test ./analyzer/waits -update\n%s", diff)
	}
}
