package waits

import (
	"strings"
	"testing"
	"time"

	"odzew"
)

func warsaw(t testing.TB, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at
		}
	}
	t.Fatalf("%q is not a time", text)
	return time.Time{}
}

// A target of opening hours is compared by elapsed time, one of calendar time by the wall.
func TestTargets(t *testing.T) {
	cal := schedules(t)["S1"]
	policies := []Policy{
		{Version: "2025", Targets: []Target{{Metric: MetricFirstReply, Within: 8 * time.Hour}}},
		{Version: "2026", ValidFrom: "2026-01-01", Targets: []Target{
			{Metric: MetricFirstReply, Priority: "high", Within: 30 * time.Minute, Calendar: true},
			{Metric: MetricFirstReply, Touchpoint: "returns", Within: 4 * time.Hour},
			{Metric: MetricFirstReply, Within: 2 * time.Hour},
			{Metric: MetricFullResolution, Within: 10 * time.Hour},
		}},
	}
	targets, err := CompileTargets(policies, cal.Zone())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, asked, answered, now, priority, touchpoint string
		state, policy, deadline                          string
		elapsed                                          int64
	}{
		{"at closing time", "2026-02-10 15:00", "2026-02-10 17:00", "2026-02-20", "", "", TargetMet, "2026", "2026-02-10 17:00", 7200},
		{"after closing time", "2026-02-10 15:00", "2026-02-10 20:00", "2026-02-20", "", "", TargetMet, "2026", "2026-02-10 17:00", 7200},
		{"at the next opening", "2026-02-10 15:00", "2026-02-11 09:00:00", "2026-02-20", "", "", TargetMet, "2026", "2026-02-10 17:00", 7200},
		{"a second later", "2026-02-10 15:00", "2026-02-11 09:00:01", "2026-02-20", "", "", TargetBreached, "2026", "2026-02-10 17:00", 7201},
		{"running", "2026-02-10 15:00", "", "2026-02-10 16:29:59", "", "", TargetRunning, "2026", "2026-02-10 17:00", 5399},
		{"at three quarters", "2026-02-10 15:00", "", "2026-02-10 16:30", "", "", TargetAtRisk, "2026", "2026-02-10 17:00", 5400},
		{"used up over night, not exceeded", "2026-02-10 15:00", "", "2026-02-11 09:00", "", "", TargetAtRisk, "2026", "2026-02-10 17:00", 7200},
		{"exceeded while open", "2026-02-10 15:00", "", "2026-02-11 09:01", "", "", TargetBreached, "2026", "2026-02-10 17:00", 7260},
		{"by touchpoint, over a clock change", "2026-10-23 15:00", "2026-10-26 11:00", "2026-11-01", "", "returns", TargetMet, "2026", "2026-10-26 11:00", 14400},
		{"by priority, in calendar time", "2026-02-14 12:00", "2026-02-14 12:31", "2026-02-20", "high", "", TargetBreached, "2026", "2026-02-14 12:30", 1860},
		{"over the holidays", "2025-12-23 16:00", "2025-12-29 10:00", "2026-02-20", "", "", TargetMet, "2025", "2025-12-29 16:00", 7200},
	} {
		c := odzew.Conversation{ID: "C", Priority: tt.priority, CreatedAt: warsaw(t, tt.asked), Messages: []odzew.Message{
			{ID: "q", At: warsaw(t, tt.asked), Author: odzew.AuthorCustomer, Public: true},
		}}
		if tt.answered != "" {
			c.Messages = append(c.Messages, odzew.Message{ID: "a", At: warsaw(t, tt.answered), Author: odzew.AuthorAgent, Public: true})
		}
		w := Measure(c, cal, warsaw(t, tt.now), testOptions)
		verdicts := targets.Check(c, w, tt.touchpoint, cal)
		if len(verdicts) != 1 {
			t.Errorf("%s: %+v, want one verdict", tt.name, verdicts)
			continue
		}
		v := verdicts[0]
		if v.State != tt.state || v.Policy != tt.policy || v.Elapsed != tt.elapsed || v.Deadline == nil || !v.Deadline.Equal(warsaw(t, tt.deadline)) {
			t.Errorf("%s: %+v, deadline %v", tt.name, v, v.Deadline)
		}
	}
}

// Clocks of statuses, and what no target holds for.
func TestTargetsOfConversations(t *testing.T) {
	cal := schedules(t)["S1"]
	targets, err := CompileTargets([]Policy{{Targets: []Target{
		{Metric: MetricFirstReply, Within: time.Hour},
		{Metric: MetricNextReply, Within: time.Hour},
		{Metric: MetricRequesterWait, Within: 4 * time.Hour},
		{Metric: MetricFirstResolution, Within: 4 * time.Hour},
		{Metric: MetricPausable, Within: time.Hour},
	}}}, cal.Zone())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ events, want string }{
		{"2026-02-09 09:00 customer; 09:30 agent; 09:30 solved; 09:50 thanks; 17:00 now", "first_reply met, requester_wait met, first_resolution met"},
		{"2026-02-09 09:00 customer; 12:00 solved; 17:00 now", "requester_wait met, first_resolution met"},
		{"2026-02-09 09:00 customer; 09:30 agent; 09:30 pending; 15:00 now", "first_reply met, requester_wait running, first_resolution breached"},
		{"2026-02-09 09:00 customer; 09:00 open; 12:30 now", "first_reply breached, requester_wait at_risk, first_resolution at_risk"},
		{"2026-02-09 09:00 agent; 10:00 agent; 10:00 pending; 11:30 open; 12:00 agent; 12:30 customer; 13:00 now", "requester_wait running, first_resolution at_risk, pausable met, pausable met, next_reply running"},
		{"2026-02-09 09:00 customer; 12:00 merge-into-B; 13:00 now", ""},
		{"2026-02-09 09:00 customer; 09:01 bot; 13:00 now", ""},
	} {
		x := example{id: tt.events, events: tt.events}
		x.parse(t)
		c := *x.convs["A"]
		var got []string
		for _, v := range targets.Check(c, Measure(c, cal, x.now, testOptions), "", cal) {
			got = append(got, v.Metric+" "+v.State)
			if (v.State == TargetRunning || v.State == TargetAtRisk) && (v.Deadline == nil || v.Deadline.Before(x.now)) {
				t.Errorf("%s: runs, and yet its deadline is %v", tt.events, v.Deadline)
			}
		}
		if text := strings.Join(got, ", "); text != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.events, text, tt.want)
		}
	}
}

func TestTargetErrors(t *testing.T) {
	ok := []Target{{Metric: MetricFirstReply, Within: time.Hour}}
	for _, tt := range []struct {
		policies []Policy
		want     string
	}{
		{[]Policy{{Targets: []Target{{Metric: "speed", Within: time.Hour}}}}, `policies[0].targets[0].metric: there is none called "speed"`},
		{[]Policy{{Targets: []Target{{Metric: MetricFirstReply}}}}, "policies[0].targets[0].within"},
		{[]Policy{{ValidFrom: "soon", Targets: ok}}, "policies[0].valid_from"},
		{[]Policy{{ValidFrom: "2026-01-01", Targets: ok}, {ValidFrom: "2025-01-01", Targets: ok}}, "policies[1].valid_from"},
		{[]Policy{{Targets: ok}, {Targets: ok}}, "policies[1].valid_from"},
	} {
		if _, err := CompileTargets(tt.policies, time.UTC); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestTerms(t *testing.T) {
	for _, tt := range []struct{ kind, received, raw, safe, legal string }{
		{TermComplaint, "2026-12-10 12:00", "2026-12-24", "2026-12-23", "2026-12-28"},
		{TermComplaint, "2024-12-10 12:00", "2024-12-24", "2024-12-24", "2024-12-24"}, // still a working day
		{TermComplaint, "2026-02-07 23:59", "2026-02-21", "2026-02-20", "2026-02-23"},
		{TermComplaint, "2026-02-08 00:01", "2026-02-22", "2026-02-20", "2026-02-23"},
		{TermWithdrawal, "2026-12-10 12:00", "2026-12-24", "2026-12-23", "2026-12-28"},
		{TermComplaint, "2020-04-17 12:00", "2020-05-01", "2020-04-30", "2020-05-04"},
		{TermComplaint, "2025-12-18 12:00", "2026-01-01", "2025-12-31", "2026-01-02"},
		{TermDataRequest, "2026-01-31 12:00", "2026-02-28", "2026-02-27", "2026-03-02"},
		{TermDataRequest, "2024-01-31 12:00", "2024-02-29", "2024-02-29", "2024-02-29"},
		{TermDataRequest, "2026-12-24 12:00", "2027-01-24", "2027-01-22", "2027-01-25"},
	} {
		received := warsaw(t, tt.received)
		due, err := DueBy(tt.kind, received, received.Location())
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		got := []string{due.RawEnd.Format(time.DateOnly), due.Safe.Format(time.DateOnly), due.Legal.Format(time.DateOnly)}
		if got[0] != tt.raw || got[1] != tt.safe || got[2] != tt.legal || due.Term.Law == "" {
			t.Errorf("%s of %s: %v, want %s, %s, %s", tt.kind, tt.received, got, tt.raw, tt.safe, tt.legal)
		}
	}
	for _, tt := range []struct{ kind, received string }{{TermComplaint, "2010-01-01"}, {TermDataRequest, "2018-05-24"}, {"wish", "2026-01-01"}} {
		if _, err := DueBy(tt.kind, warsaw(t, tt.received), time.UTC); err == nil {
			t.Errorf("%+v has a term", tt)
		}
	}
}

func TestRepeats(t *testing.T) {
	var r Repeats
	at := time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC)
	answer := func(id, text string, after time.Duration) {
		r.Add(odzew.Conversation{ID: id, Source: "s", Messages: []odzew.Message{
			{ID: "q", At: at, Author: odzew.AuthorCustomer, Public: true, Text: id},
			{ID: "a", At: at.Add(after), Author: odzew.AuthorAgent, Public: true, Text: text},
		}})
	}
	for i := range 25 {
		id := string(rune('a' + i))
		answer(id, "we got it", 10*time.Second)
		answer(id, "a macro that people use", 10*time.Minute)
		answer(id, "by hand "+id, 10*time.Second)
		if i < 19 {
			answer(id, "one too few", time.Second)
		}
	}
	got := r.Suspected()
	if len(got) != 1 || got[0] != (Repeat{"s", "a", "a", 25}) {
		t.Errorf("suspected %+v, want the one text that came 25 times at once", got)
	}
}
