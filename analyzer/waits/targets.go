package waits

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"odzew"
	"odzew/analyzer/calendar"
)

// A Target is a wait that a desk has promised itself not to exceed. Empty fields
// match everything; of the targets of one metric, the first that matches counts.
type Target struct {
	Metric     string `yaml:"metric"` // see Metrics
	Priority   string `yaml:"priority"`
	Touchpoint string `yaml:"touchpoint"`
	// Within is the longest wait, in opening hours, or in calendar time where
	// Calendar says so.
	Within   time.Duration `yaml:"within"`
	Calendar bool          `yaml:"calendar"`
}

// A Policy is the targets that hold from a date on, until the next policy's.
type Policy struct {
	Version string `yaml:"version"`
	// ValidFrom is the first local date, as 2026-01-01. Empty: since ever.
	ValidFrom string   `yaml:"valid_from"`
	Targets   []Target `yaml:"targets"`
}

// The metrics that a target can be for.
const (
	MetricFirstReply      = "first_reply"
	MetricNextReply       = "next_reply"
	MetricFirstHumanTotal = "first_human_total"
	MetricRequesterWait   = "requester_wait"
	MetricAgentWork       = "agent_work"
	MetricFirstResolution = "first_resolution"
	MetricFullResolution  = "full_resolution"
	MetricPeriodic        = "periodic"
	MetricPausable        = "pausable"
)

// Metrics lists what a target can be for.
func Metrics() []string {
	return []string{
		MetricFirstReply, MetricNextReply, MetricFirstHumanTotal, MetricRequesterWait, MetricAgentWork,
		MetricFirstResolution, MetricFullResolution, MetricPeriodic, MetricPausable,
	}
}

// The states of a target.
const (
	TargetMet      = "met"
	TargetBreached = "breached"
	TargetRunning  = "running"
	TargetAtRisk   = "at_risk" // running, with three quarters of the target used up
)

// A Verdict compares one clock with its target.
type Verdict struct {
	Conversation string `json:"conversation"`
	Metric       string `json:"metric"`
	Policy       string `json:"policy,omitempty"` // the version in force when the clock began
	Priority     string `json:"priority,omitempty"`
	Touchpoint   string `json:"touchpoint,omitempty"`
	State        string `json:"state"`
	// Business says whether Target and Elapsed are opening hours. Seconds.
	Business bool      `json:"business"`
	Target   int64     `json:"target_seconds"`
	Elapsed  int64     `json:"elapsed_seconds"`
	Parked   int64     `json:"parked_seconds"` // calendar time of it that stood as pending or on hold
	OpenedAt time.Time `json:"opened_at"`
	// Deadline is when the target is, or was, used up; of a clock that pauses, if
	// it runs on from now. Nil where there is none any more.
	Deadline *time.Time `json:"deadline"`
}

// Targets are checked policies, oldest first.
type Targets struct{ policies []policy }

type policy struct {
	Policy
	from time.Time
}

// CompileTargets checks policies. Their dates begin at midnight in zone. Errors
// name the field.
func CompileTargets(policies []Policy, zone *time.Location) (*Targets, error) {
	ts := &Targets{}
	for i, p := range policies {
		compiled := policy{Policy: p}
		if p.ValidFrom != "" {
			from, err := time.ParseInLocation(time.DateOnly, p.ValidFrom, zone)
			if err != nil {
				return nil, fmt.Errorf("policies[%d].valid_from: %q is not a date; write it as 2026-01-01", i, p.ValidFrom)
			}
			compiled.from = from
		}
		if i > 0 && !compiled.from.After(ts.policies[i-1].from) {
			return nil, fmt.Errorf("policies[%d].valid_from: must be later than that of the policy before", i)
		}
		for j, t := range p.Targets {
			if err := t.check(); err != nil {
				return nil, fmt.Errorf("policies[%d].targets[%d].%w", i, j, err)
			}
		}
		ts.policies = append(ts.policies, compiled)
	}
	return ts, nil
}

func (t Target) check() error {
	if !slices.Contains(Metrics(), t.Metric) {
		return fmt.Errorf("metric: there is none called %q; use one of %s", t.Metric, strings.Join(Metrics(), ", "))
	}
	if t.Within < time.Second {
		return errors.New("within: missing or shorter than a second; write it as 4h or 30m")
	}
	return nil
}

// find is the target for a clock that began at that time, with its policy's version.
func (ts *Targets) find(metric, priority, touchpoint string, at time.Time) (Target, string, bool) {
	for _, p := range slices.Backward(ts.policies) {
		if at.Before(p.from) {
			continue
		}
		for _, t := range p.Targets {
			if t.Metric == metric && (t.Priority == "" || t.Priority == priority) &&
				(t.Touchpoint == "" || t.Touchpoint == touchpoint) {
				return t, p.Version, true
			}
		}
		return Target{}, "", false
	}
	return Target{}, "", false
}

// Check compares a conversation's waits with the targets: w is what Measure made of
// c by cal. The elapsed time decides, not the instant of the deadline: an answer that
// comes at the very opening after the target ran out at closing time is in time.
//
// No target holds for thanks, for turns that ended without a reply, and for a
// conversation that was excluded or went into another. A priority is the one that the
// conversation has: sources do not tell since when.
func (ts *Targets) Check(c odzew.Conversation, w odzew.Waits, touchpoint string, cal *calendar.Schedule) []Verdict {
	if w.Excluded != "" || w.MergedInto != "" {
		return nil
	}
	k := checker{ts: ts, c: &c, w: &w, touchpoint: touchpoint, cal: cal}
	for i := range w.Turns {
		t := &w.Turns[i]
		metric := MetricFirstReply
		if t.Kind == KindNext {
			metric = MetricNextReply
		}
		if !t.Thanks && (t.Outcome == Answered || t.Outcome == Open) {
			k.parked = t.ParkedSeconds
			k.check(metric, t.OpenedAt, odzew.Clock{Seconds: t.Seconds, BusinessSeconds: t.BusinessSeconds}, t.Outcome == Open, true)
		}
	}
	k.parked = 0
	created := c.CreatedAt
	if created.IsZero() && len(w.Turns) > 0 {
		created = w.Turns[0].OpenedAt
	}
	unsolved := w.ActiveLife != nil && w.FullResolution == nil
	age := &odzew.Clock{Seconds: max(0, w.AsOf.Unix()-created.Unix()), BusinessSeconds: cal.Elapsed(created, w.AsOf)}
	resolution := func(metric string, clock *odzew.Clock) {
		switch {
		case clock != nil:
			k.check(metric, created, *clock, false, true)
		case unsolved:
			k.check(metric, created, *age, true, true)
		}
	}
	pausing := func(metric string, clock *odzew.Clock, running bool) {
		if clock != nil {
			k.check(metric, created, *clock, running, false)
		}
	}
	pausing(MetricFirstHumanTotal, w.FirstHumanTotal, false)
	pausing(MetricRequesterWait, w.RequesterWait, unsolved)
	pausing(MetricAgentWork, w.AgentWork, unsolved)
	resolution(MetricFirstResolution, w.FirstResolution)
	resolution(MetricFullResolution, w.FullResolution)
	for i := range w.Periodic {
		pausing(MetricPeriodic, &w.Periodic[i], false)
		pausing(MetricPausable, &w.Pausable[i], false)
	}
	slices.SortStableFunc(k.verdicts, func(a, b Verdict) int { return a.OpenedAt.Compare(b.OpenedAt) })
	return k.verdicts
}

// A checker collects the verdicts on one conversation.
type checker struct {
	ts         *Targets
	c          *odzew.Conversation
	w          *odzew.Waits
	touchpoint string
	cal        *calendar.Schedule
	parked     int64 // of the clock that is being checked
	verdicts   []Verdict
}

// check adds a verdict, if there is a target. A steady clock runs from its opening
// without a pause, so its deadline is known from the start; one that pauses has a
// deadline only while it runs, if it runs on from now.
func (k *checker) check(metric string, opened time.Time, clock odzew.Clock, running, steady bool) {
	t, version, ok := k.ts.find(metric, k.c.Priority, k.touchpoint, opened)
	if !ok {
		return
	}
	v := Verdict{
		Conversation: k.c.ID, Metric: metric, Policy: version, Priority: k.c.Priority, Touchpoint: k.touchpoint,
		Business: !t.Calendar, Target: int64(t.Within / time.Second), Elapsed: clock.Seconds, Parked: k.parked, OpenedAt: opened,
	}
	if v.Business {
		v.Elapsed = clock.BusinessSeconds
	}
	switch {
	case v.Elapsed > v.Target:
		v.State = TargetBreached
	case !running:
		v.State = TargetMet
	case 4*v.Elapsed >= 3*v.Target:
		v.State = TargetAtRisk
	default:
		v.State = TargetRunning
	}
	switch {
	case steady:
		v.Deadline = k.deadline(opened, v.Target, v.Business)
	case running && v.Elapsed <= v.Target:
		v.Deadline = k.deadline(k.w.AsOf, v.Target-v.Elapsed, v.Business)
	}
	k.verdicts = append(k.verdicts, v)
}

func (k *checker) deadline(from time.Time, seconds int64, business bool) *time.Time {
	at := unix(from.Unix() + seconds)
	if business {
		var ok bool
		if at, ok = k.cal.Deadline(from, seconds); !ok {
			return nil
		}
	}
	return &at
}
