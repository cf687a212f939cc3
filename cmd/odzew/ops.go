package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"odzew/analyzer/waits"
	"odzew/connectors"
	"odzew/reporter/mask"
	"odzew/store"
)

type initCmd struct {
	File  string `arg:"" optional:"" default:"odzew.yaml" help:"Where to write it."`
	Force bool   `help:"Write over a file that is there."`
}

func (c *initCmd) Run(p *program) error {
	if _, err := os.Stat(c.File); err == nil && !c.Force {
		return usagef("%s exists already; --force writes over it", c.File)
	}
	if err := writeFile(c.File, sampleConfig, 0o600); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "wrote %s; name your sources in it, then: odzew check, odzew doctor, odzew sync\n", c.File)
	return err
}

type checkCmd struct{}

func (c *checkCmd) Run(p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	if cfg.path == "" {
		return usagef("there is no configuration; odzew init writes one (looked for %s)", strings.Join(p.configPlaces(), ", "))
	}
	for i := range cfg.Sources {
		if _, err := p.connector(cfg, &cfg.Sources[i]); err != nil {
			return usagef("%s: %w", cfg.path, err)
		}
	}
	if cfg.Digest.SMTP.Host != "" {
		if _, err := p.mailer(cfg); err != nil {
			return usagef("%s: %w", cfg.path, err)
		}
	}
	if _, err := p.newAnalyzer(cfg); err != nil {
		return usagef("%s: %w", cfg.path, err)
	}
	if _, err := p.newCandidate(cfg); err != nil {
		return usagef("%s: %w", cfg.path, err)
	}
	if p.global.JSON {
		return p.printJSON(struct {
			Config      string `json:"config"`
			Sources     int    `json:"sources"`
			Touchpoints int    `json:"touchpoints"`
			Timezone    string `json:"timezone"`
		}{cfg.path, len(cfg.Sources), len(cfg.Touchpoints), cfg.Timezone})
	}
	_, err = fmt.Fprintf(p.stdout, "%s is good: %d sources, %d touchpoints, zone %s\n", cfg.path, len(cfg.Sources), len(cfg.Touchpoints), cfg.Timezone)
	return err
}

type doctorCmd struct {
	Timeout time.Duration `default:"20s" help:"How long to wait for one source or the mailer."`
}

// A finding of doctor.
type doctorLine struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

func (c *doctorCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	bad := 0
	say := func(check string, err error, detail string) error {
		l := doctorLine{check, err == nil, detail}
		if err != nil {
			bad++
			l.Detail = p.redact.clean(err.Error())
		}
		if p.global.JSON {
			return p.printJSON(l)
		}
		mark := "ok  "
		if !l.OK {
			mark = "FAIL"
		}
		_, err = fmt.Fprintf(p.stdout, "%s %s: %s\n", mark, check, mask.Clean(l.Detail))
		return err
	}
	now := p.now()
	var clockErr error
	if now.Year() < 2024 || now.Year() > 2099 {
		clockErr = fmt.Errorf("the clock says %s; set it, or every wait is wrong", now.Format(time.RFC3339))
	}
	if err := say("clock", clockErr, fmt.Sprintf("%s, in %s %s", now.Format(time.RFC3339), cfg.Timezone, now.In(cfg.zone).Format("2006-01-02 15:04"))); err != nil {
		return err
	}
	db := p.dbPath(cfg)
	free, derr := freeBytes(filepath.Dir(db))
	if derr == nil && free < 200<<20 {
		derr = fmt.Errorf("%d MiB free beside %s; make room before it fills", free>>20, db)
	}
	if err := say("disk", derr, fmt.Sprintf("%d MiB free beside %s", free>>20, db)); err != nil {
		return err
	}
	if err := c.database(ctx, p, cfg, say); err != nil {
		return err
	}
	sc, err := p.newScorer(cfg)
	detail := ""
	if err == nil {
		detail = "version " + sc.Version()
	}
	if err := say("lexicon", err, detail); err != nil {
		return err
	}
	if cfg.Lexicon.Shadow != "" {
		cand, err := p.newCandidate(cfg)
		detail = ""
		if err == nil {
			detail = "the candidate in " + cfg.Lexicon.Shadow + " is " + cand.version
		}
		if err := say("lexicon.shadow", err, detail); err != nil {
			return err
		}
	}
	for i := range cfg.Sources {
		s := &cfg.Sources[i]
		detail, err := c.source(ctx, p, cfg, s)
		if err := say("source "+s.Name, err, detail); err != nil {
			return err
		}
	}
	if cfg.Digest.SMTP.Host != "" {
		tctx, cancel := context.WithTimeout(ctx, c.Timeout)
		err := p.checkMailer(tctx, cfg)
		cancel()
		if err := say("mailer", err, fmt.Sprintf("%s answers", cfg.Digest.SMTP.Host)); err != nil {
			return err
		}
	}
	if bad > 0 {
		return errQuiet
	}
	return nil
}

func (c *doctorCmd) database(ctx context.Context, p *program, cfg *Config, say func(string, error, string) error) error {
	st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: true})
	if errors.Is(err, store.ErrNoDatabase) {
		return say("database", nil, p.dbPath(cfg)+" is not there yet; the first pull makes it")
	}
	if err != nil {
		return say("database", err, "")
	}
	defer st.Close()
	if err := st.Check(ctx); err != nil {
		return say("database", err, "")
	}
	t, err := st.Count(ctx)
	if err != nil {
		return say("database", err, "")
	}
	if err := say("database", nil, fmt.Sprintf("%s is whole: %d conversations, %d messages", st.Path(), t.Conversations, t.Messages)); err != nil {
		return err
	}
	skew, err := st.NegativeIntervals(ctx)
	if err != nil {
		return say("clock skew", err, "")
	}
	for _, s := range skew {
		// R15: a source whose own times run backwards cannot be timed.
		if s.Turns >= 20 && s.Negative*20 > s.Turns {
			if err := say("clock skew of "+s.Source, fmt.Errorf("%d of %d waits end before they begin; the source's clocks disagree", s.Negative, s.Turns), ""); err != nil {
				return err
			}
		}
	}
	return c.repeats(ctx, p, st, say)
}

// repeatDays is how far back answers are looked at that may be automatic.
const repeatDays = 28

// repeats tells of texts that stand as a person's answer and were hardly written by one:
// they make waits look short. It is for somebody to look at, and no fault.
func (c *doctorCmd) repeats(ctx context.Context, p *program, st *store.Store, say func(string, error, string) error) error {
	const name = "quick answers"
	ids, err := st.ActiveSince(ctx, p.now().AddDate(0, 0, -repeatDays))
	if err != nil {
		return say(name, err, "")
	}
	var seen waits.Repeats
	for list, err := range st.Parts(ctx, ids) {
		if err != nil {
			return say(name, err, "")
		}
		for i := range list {
			seen.Add(list[i].Conversation)
		}
	}
	for _, r := range seen.Suspected() {
		if err := say(name, nil, fmt.Sprintf("the text of message %s in #%s of %s was sent %d times within a minute of the customer's; if no person wrote it, waits are longer than they look",
			mask.Clean(r.Message), mask.Clean(r.Conversation), mask.Clean(r.Source), r.Count)); err != nil {
			return err
		}
	}
	return nil
}

// errEnough stops a pull that only had to show that it works.
var errEnough = errors.New("enough")

// source pulls one record and keeps nothing.
func (c *doctorCmd) source(ctx context.Context, p *program, cfg *Config, s *sourceConfig) (string, error) {
	conn, err := p.connector(cfg, s)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	n := 0
	err = conn.Pull(ctx, "", func(connectors.Record) error { n++; return errEnough })
	if err != nil && !errors.Is(err, errEnough) {
		return "", err
	}
	if n == 0 {
		return "answers, and has nothing yet", nil
	}
	return "answers, and has conversations", nil
}

type statusCmd struct{}

func (c *statusCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer st.Close()
	t, err := st.Count(ctx)
	if err != nil {
		return err
	}
	sources, err := st.Sources(ctx)
	if err != nil {
		return err
	}
	runs, err := st.Runs(ctx, 10)
	if err != nil {
		return err
	}
	if p.global.JSON {
		return p.printJSON(statusJSON(st.Path(), t, sources, runs))
	}
	fmt.Fprintf(p.stdout, "%s: %d conversations, %d messages (%s to %s), %d of %d customer messages scored%s, %d dead letters, %d conversations with problems\n", st.Path(), t.Conversations, t.Messages,
		day(t.FirstMessageAt, cfg.zone), day(t.LastMessageAt, cfg.zone), t.Scored, t.CustomerMessages, unscored(&t), t.DeadLetters, t.Problems)
	w := tabwriter.NewWriter(p.stdout, 2, 4, 2, ' ', 0)
	fmt.Fprintf(w, "\nSOURCE\tPULLED\tCONVERSATIONS\tMESSAGES\tSET ASIDE\tSTATE\n")
	for _, s := range sources {
		state := "ok"
		if !s.FailedAt.IsZero() {
			state = "failing since " + local(s.DownSince, cfg.zone) + ": " + mask.Clean(s.Error)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\n", mask.Clean(s.Name), local(s.PulledAt, cfg.zone), s.Conversations, s.Messages, s.DeadLetters, state)
	}
	fmt.Fprintf(w, "\nRUN\tKIND\tSOURCE\tSTARTED\tTOOK\tOUTCOME\n")
	for _, r := range runs {
		took, outcome := "", r.Outcome
		if r.EndedAt.IsZero() {
			outcome = "running, or killed"
		} else {
			took = r.EndedAt.Sub(r.StartedAt).String()
		}
		if r.Error != "" {
			outcome += ": " + mask.Clean(r.Error)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Kind, mask.Clean(r.Source), local(r.StartedAt, cfg.zone), took, outcome)
	}
	return w.Flush()
}

// unscored says why messages have no score: " (3: language not supported)".
func unscored(t *store.Totals) string {
	var parts []string
	rest := t.CustomerMessages - t.Scored
	for _, r := range slices.Sorted(maps.Keys(t.Unscored)) {
		parts = append(parts, fmt.Sprintf("%d: %s", t.Unscored[r], r))
		rest -= t.Unscored[r]
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("%d: written by a program, or not analysed yet", rest))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func statusJSON(path string, t store.Totals, sources []store.SourceState, runs []store.Run) any {
	type source struct {
		Name          string     `json:"name"`
		PulledAt      *time.Time `json:"pulled_at"`
		FailedAt      *time.Time `json:"failed_at"`
		Error         string     `json:"error,omitempty"`
		Conversations int        `json:"conversations"`
		Messages      int        `json:"messages"`
		DeadLetters   int        `json:"dead_letters"`
	}
	type run struct {
		ID        int64      `json:"id"`
		Kind      string     `json:"kind"`
		Source    string     `json:"source,omitempty"`
		StartedAt *time.Time `json:"started_at"`
		EndedAt   *time.Time `json:"ended_at"`
		Outcome   string     `json:"outcome"`
		Error     string     `json:"error,omitempty"`
	}
	out := struct {
		Database         string         `json:"database"`
		Conversations    int            `json:"conversations"`
		Messages         int            `json:"messages"`
		CustomerMessages int            `json:"customer_messages"`
		Scored           int            `json:"scored"`
		Unscored         map[string]int `json:"unscored"`
		DeadLetters      int            `json:"dead_letters"`
		Problems         int            `json:"problems"`
		First            *time.Time     `json:"first_message_at"`
		Last             *time.Time     `json:"last_message_at"`
		Sources          []source       `json:"sources"`
		Runs             []run          `json:"runs"`
	}{path, t.Conversations, t.Messages, t.CustomerMessages, t.Scored, t.Unscored, t.DeadLetters, t.Problems, orNil(t.FirstMessageAt), orNil(t.LastMessageAt), []source{}, []run{}}
	for _, s := range sources {
		out.Sources = append(out.Sources, source{s.Name, orNil(s.PulledAt), orNil(s.FailedAt), s.Error, s.Conversations, s.Messages, s.DeadLetters})
	}
	for _, r := range runs {
		out.Runs = append(out.Runs, run{r.ID, r.Kind, r.Source, orNil(r.StartedAt), orNil(r.EndedAt), r.Outcome, r.Error})
	}
	return out
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func local(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

func day(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format(time.DateOnly)
}

type deadlettersCmd struct {
	List   deadListCmd   `cmd:"" default:"withargs" help:"List them, the newest first."`
	Show   deadShowCmd   `cmd:"" help:"Show one with its raw record."`
	Replay deadReplayCmd `cmd:"" help:"Try again to take them in."`
}

type deadListCmd struct {
	Limit count `default:"50" help:"How many at most."`
}

type deadLine struct {
	ID     int64     `json:"id"`
	Source string    `json:"source"`
	Where  string    `json:"where"`
	Reason string    `json:"reason"`
	Bytes  int64     `json:"bytes"`
	Times  int       `json:"times"`
	LastAt time.Time `json:"last_at"`
	Raw    string    `json:"raw,omitempty"`
}

func (c *deadListCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer st.Close()
	ds, err := st.DeadLetters(ctx, int(c.Limit))
	if err != nil {
		return err
	}
	for _, d := range ds {
		if p.global.JSON {
			err = p.printJSON(deadLine{d.ID, d.Source, d.Place, d.Reason, d.RawBytes, d.Times, d.LastAt, ""})
		} else {
			_, err = fmt.Fprintf(p.stdout, "%d  %s  %s  %s  (%d bytes, %d×)\n", d.ID, mask.Clean(d.Source), mask.Clean(d.Place), mask.Clean(d.Reason), d.RawBytes, d.Times)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type deadShowCmd struct {
	ID int64 `arg:"" help:"Its number in the list."`
}

func (c *deadShowCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer st.Close()
	d, err := st.DeadLetter(ctx, c.ID)
	if err != nil {
		return err
	}
	if p.global.JSON {
		return p.printJSON(deadLine{d.ID, d.Source, d.Place, d.Reason, d.RawBytes, d.Times, d.LastAt, strings.ToValidUTF8(string(d.Raw), "\uFFFD")})
	}
	_, err = fmt.Fprintf(p.stdout, "%s %s\n%s\nfirst %s, last %s, %d times, %d bytes\n\n%s\n", mask.Clean(d.Source), mask.Clean(d.Place), mask.Clean(d.Reason),
		local(d.FirstAt, cfg.zone), local(d.LastAt, cfg.zone), d.Times, d.RawBytes, cleanText(string(d.Raw)))
	return err
}

type deadReplayCmd struct {
	ID       []int64 `arg:"" optional:"" help:"Which; all where none is named."`
	Encoding string  `help:"Encoding of JSON Lines and tables that are not UTF-8, as in windows-1250." placeholder:"NAME"`
}

type backupCmd struct {
	File string `arg:"" help:"New file to copy the database to."`
}

func (c *backupCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.Backup(ctx, c.File); err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	if p.global.JSON {
		return p.printJSON(struct {
			File  string `json:"file"`
			Bytes int64  `json:"bytes"`
		}{c.File, info.Size()})
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d bytes\n", c.File, info.Size())
	return err
}
