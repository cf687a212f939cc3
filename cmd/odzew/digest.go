package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"odzew"
	"odzew/analyzer/calendar"
	"odzew/analyzer/frustration"
	"odzew/analyzer/waits"
	"odzew/reporter"
	"odzew/reporter/stats"
	"odzew/store"
)

const (
	// lookBack is how many days a digest compares with.
	lookBack = 28
	// maxOpenShown is how many open waits a digest is handed.
	maxOpenShown = 10
)

type digestCmd struct {
	Date   string `help:"Local date to report on (default: yesterday)." placeholder:"YYYY-MM-DD"`
	Format string `enum:"text,html,markdown,json" default:"text" help:"text, html, markdown or json."`
	Lang   string `enum:",pl,en" default:"" help:"pl or en."`
	Send   bool   `help:"Mail it to digest.to, once a date."`
}

func (c *digestCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	if c.Lang != "" {
		cfg.Language = c.Lang // also of the mail
	}
	if c.Date == "" {
		c.Date = p.now().In(cfg.zone).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if _, err := time.Parse(time.DateOnly, c.Date); err != nil {
		return usagef("--date %q is not a date; write it as 2026-11-17", c.Date)
	}
	if p.global.JSON {
		c.Format = "json"
	}
	d, err := p.newAnalyzer(cfg)
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: !c.Send, Existing: true})
	if err != nil {
		return err
	}
	defer st.Close()
	if ids, err := st.Pending(ctx, d.versions, 0, 1); err != nil {
		return err
	} else if len(ids) > 0 {
		fmt.Fprintln(p.stderr, "odzew: some conversations are not analysed yet; odzew analyze does it")
	}
	if c.Send {
		if len(cfg.Digest.To) == 0 {
			return usagef("--send: digest.to is not configured")
		}
		rec, err := st.DigestOf(ctx, c.Date)
		if err != nil {
			return err
		}
		if rec != nil && !rec.SentAt.IsZero() {
			fmt.Fprintf(p.stderr, "odzew: the digest of %s was sent at %s already\n", c.Date, local(rec.SentAt, cfg.zone))
			return nil
		}
		to, err := p.makeDigest(ctx, st, d, cfg, c.Date, true)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "sent the digest of %s to %s\n", c.Date, to)
		return err
	}
	dig, err := p.buildDigest(ctx, st, d, cfg, c.Date, p.userLang("", cfg))
	if err != nil {
		return err
	}
	out, err := render(dig, c.Format, p.colour())
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(out)
	return err
}

// render puts a digest into one of its formats.
func render(d reporter.Digest, format string, colour bool) ([]byte, error) {
	var buf bytes.Buffer
	var err error
	switch format {
	case "json":
		err = d.JSON(&buf)
	case "html":
		err = d.HTML(&buf)
	case "markdown":
		err = d.Markdown(&buf)
	default:
		err = d.Text(&buf, reporter.TextOptions{Color: colour})
	}
	return buf.Bytes(), err
}

// A period is what one digest covers.
type period struct {
	from, to   time.Time // local midnights of the first and the last day
	start, end time.Time // instants, [start, end)
	asOf       time.Time
}

// periodOf spans the digest of a local date: that date, or, where it is a Sunday,
// Friday to Sunday. What happened after the morning on which it is sent has not
// happened yet, so that a digest is the same whenever it is made.
func (p *program) periodOf(date string, cfg *Config) (period, error) {
	t, err := time.ParseInLocation(time.DateOnly, date, cfg.zone)
	if err != nil {
		return period{}, usagef("%q is not a date; write it as 2026-11-17", date)
	}
	y, m, d := t.Date()
	back := 0
	if t.Weekday() == time.Sunday {
		back = 2
	}
	at, err := time.Parse("15:04", cfg.Digest.At)
	if err != nil {
		return period{}, err
	}
	per := period{
		from: time.Date(y, m, d-back, 12, 0, 0, 0, cfg.zone), to: time.Date(y, m, d, 12, 0, 0, 0, cfg.zone),
		start: startOfDay(y, m, d-back, cfg.zone), end: startOfDay(y, m, d+1, cfg.zone),
		asOf: time.Date(y, m, d+1, at.Hour(), at.Minute(), 0, 0, cfg.zone),
	}
	if now := p.now(); now.Before(per.asOf) {
		per.asOf = now
	}
	if per.asOf.Before(per.start) {
		return period{}, usagef("%s has not come yet", date)
	}
	return per, nil
}

// buildDigest reads what a digest tells of and makes it.
func (p *program) buildDigest(ctx context.Context, st *store.Store, an *desk, cfg *Config, date, lang string) (reporter.Digest, error) {
	in, err := p.digestInput(ctx, st, an, cfg, date, lang)
	if err != nil {
		return reporter.Digest{}, err
	}
	return reporter.Build(in), nil
}

func (p *program) digestInput(ctx context.Context, st *store.Store, an *desk, cfg *Config, date, lang string) (reporter.Input, error) {
	per, err := p.periodOf(date, cfg)
	if err != nil {
		return reporter.Input{}, err
	}
	g := &gatherer{st: st, an: an, cfg: cfg, per: per}
	g.in = reporter.Input{From: per.from, To: per.to, Zone: cfg.zone, SentAt: per.asOf, Lang: lang, Hours: cfg.hoursText(lang)}
	for _, step := range []func(context.Context) error{g.volume, g.cases, g.deadlines, g.waits, g.ratings, g.sources} {
		if err := step(ctx); err != nil {
			return reporter.Input{}, err
		}
	}
	return g.in, nil
}

// A gatherer fills a reporter.Input, a part at a time.
type gatherer struct {
	st  *store.Store
	an  *desk
	cfg *Config
	per period
	in  reporter.Input
}

// before is the start of the time that the period is compared with.
func (g *gatherer) before(days int) time.Time {
	y, m, d := g.per.start.In(g.cfg.zone).Date()
	return startOfDay(y, m, d-days, g.cfg.zone)
}

func (g *gatherer) volume(ctx context.Context) error {
	v, err := g.st.VolumeOf(ctx, g.per.start, g.per.end)
	if err != nil {
		return err
	}
	first, err := g.st.FirstMessageAt(ctx)
	if err != nil {
		return err
	}
	g.in.Volume = reporter.Volume{Conversations: v.Conversations, Messages: v.Messages, CustomerMessages: v.CustomerMessages}
	if g.in.Volume.Unscored, err = g.st.Unscored(ctx, g.per.start, g.per.end); err != nil {
		return err
	}
	if g.in.Volume.Excluded, err = g.st.Excluded(ctx, g.per.start, g.per.end); err != nil {
		return err
	}
	g.in.FirstWeek = first.IsZero() || first.After(g.before(7))
	set, err := g.cfg.schedules()
	if err != nil {
		return err
	}
	g.in.Holiday = set.For(&odzew.Conversation{}).Holiday(g.per.to)
	return nil
}

// cases looks at the conversations that may have to be shown as they stood then: at
// all of them, for what is not shown is counted. A part at a time is in memory.
func (g *gatherer) cases(ctx context.Context) error {
	ids, err := g.st.Candidates(ctx, g.per.start, g.per.end)
	if err != nil {
		return err
	}
	aside, err := g.st.PutAside(ctx, g.per.asOf)
	if err != nil {
		return err
	}
	for list, err := range g.st.Parts(ctx, ids) {
		if err != nil {
			return err
		}
		for i := range list {
			c := &list[i]
			if at, ok := aside[c.ID]; ok && (at.IsZero() || !wroteAfter(c, at)) {
				continue
			}
			if cs, ok := g.caseOf(c); ok {
				g.in.Cases = append(g.in.Cases, cs)
			}
		}
		reporter.Rank(g.in.Cases)
	}
	return nil
}

// caseOf looks at a conversation as it stood then, and says whether it is flagged.
func (g *gatherer) caseOf(c *store.Stored) (reporter.Case, bool) {
	r := g.an.Analyze(inputOf(c), g.per.asOf)
	if r.Flag.Level == 0 && !r.Flag.NeedsCall {
		return reporter.Case{}, false
	}
	cs := reporter.Case{Flag: r.Flag, Customer: string(c.Identity), Earlier: !wroteWithin(c, g.per), Handovers: r.Waits.Handovers, Reopens: r.Waits.Reopens}
	if g.cfg.ShowNames {
		cs.Name = c.Customer.Name
	}
	if n := len(r.Waits.Turns); n > 0 && r.Waits.Turns[n-1].Outcome == waits.Open && !r.Waits.Turns[n-1].Thanks {
		t := &r.Waits.Turns[n-1]
		cs.Waiting = &odzew.Clock{Seconds: t.Seconds, BusinessSeconds: t.BusinessSeconds}
		cs.Nudges = t.Nudges
	}
	for _, pr := range r.Promises {
		if pr.State == frustration.PromiseBroken {
			cs.Promise = &reporter.Promise{Quote: pr.Quote, Message: pr.Message, Due: pr.Due}
		}
	}
	return cs, true
}

func human(t *store.Turn) bool { return t.Kind == waits.KindFirst || t.Kind == waits.KindNext }

const (
	// deadlineDays is how long before its safe day a statutory deadline is shown.
	deadlineDays = 5
	// requestDays is how far back requests are looked for: the longest term, and a
	// month past it.
	requestDays = 62
)

// deadlines lists what the law wants answered soon, or wanted answered by now.
func (g *gatherer) deadlines(ctx context.Context) error {
	list, err := g.st.PendingRequests(ctx, g.before(requestDays), g.per.asOf)
	if err != nil {
		return err
	}
	today := g.per.asOf.In(g.cfg.zone)
	soon := time.Date(today.Year(), today.Month(), today.Day()+deadlineDays, 0, 0, 0, 0, time.UTC)
	for _, r := range list {
		due, err := waits.DueBy(r.Kind, r.At, g.cfg.zone)
		if err != nil || due.Safe.After(soon) {
			continue // no term held on that date, or there is time
		}
		g.in.Deadlines = append(g.in.Deadlines, reporter.Deadline{Number: r.Conversation, Kind: r.Kind, Safe: due.Safe, Legal: due.Legal})
	}
	return nil
}

// wroteAfter says whether the customer has written since.
func wroteAfter(c *store.Stored, at time.Time) bool {
	for i := range c.Messages {
		if c.Messages[i].Author == odzew.AuthorCustomer && c.Messages[i].At.After(at) {
			return true
		}
	}
	return false
}

// wroteWithin says whether the customer wrote in the period.
func wroteWithin(c *store.Stored, per period) bool {
	for i := range c.Messages {
		if m := &c.Messages[i]; m.Author == odzew.AuthorCustomer && !m.At.Before(per.start) && m.At.Before(per.end) {
			return true
		}
	}
	return false
}

// waits reads how long customers waited: for the answered ones the rollups, for
// those of the last weeks and the open ones the turns.
func (g *gatherer) waits(ctx context.Context) error {
	counts, err := g.st.WaitCounts(ctx, g.before(lookBack).In(g.cfg.zone).Format(time.DateOnly), g.per.to.Format(time.DateOnly), "business")
	if err != nil {
		return err
	}
	type pair struct{ now, before stats.Histogram }
	var (
		channels = map[string]*pair{}
		places   = map[string]*[1 + lookBack/7]stats.Histogram{} // the period, then the weeks before it
		first    stats.Histogram
		from     = g.per.from.Format(time.DateOnly)
		w        = &g.in.Waits
	)
	for _, c := range counts {
		ch, tp := channels[c.Channel], places[c.Touchpoint]
		if ch == nil {
			ch = &pair{}
			channels[c.Channel] = ch
		}
		if tp == nil {
			tp = &[1 + lookBack/7]stats.Histogram{}
			places[c.Touchpoint] = tp
		}
		all, slot := &ch.now, 0
		if c.Day < from {
			all, slot = &ch.before, 1+g.weeksBefore(c.Day)
		} else if c.Kind == waits.KindFirst {
			if err := first.AddBucket(c.Bucket, c.N); err != nil {
				return err
			}
		}
		if err := errors.Join(all.AddBucket(c.Bucket, c.N), tp[slot].AddBucket(c.Bucket, c.N)); err != nil {
			return err
		}
	}
	w.First = first.Sample()
	for name, ch := range channels {
		w.Channels = append(w.Channels, reporter.ChannelWaits{Channel: name, Now: ch.now.Sample(), Before: ch.before.Sample()})
	}
	slices.SortFunc(w.Channels, func(a, b reporter.ChannelWaits) int { return strings.Compare(a.Channel, b.Channel) })
	touchpoints := map[string]*reporter.Touchpoint{}
	for name, hs := range places {
		tp := g.place(touchpoints, name)
		tp.Now.Waits = hs[0].Sample()
		for i := range tp.Past {
			tp.Past[i].Waits = hs[1+i].Sample()
		}
	}
	if err := g.questions(ctx); err != nil {
		return err
	}
	return g.activity(ctx, touchpoints)
}

// weeksBefore says in which week before the period a local date lies: 0 for the last.
func (g *gatherer) weeksBefore(date string) int {
	week := int(g.per.start.Sub(dayOf(date, g.cfg.zone).Start).Hours()-1) / (7 * 24)
	return min(max(week, 0), lookBack/7-1)
}

// questions reads the turns that customers opened in the last weeks, and all that
// are open.
func (g *gatherer) questions(ctx context.Context) error {
	w := &g.in.Waits
	set := g.an.Calendars
	var answered []int64
	asked, err := g.st.TurnsOpened(ctx, g.before(lookBack), g.per.end)
	if err != nil {
		return err
	}
	for i := range asked {
		t := &asked[i]
		switch {
		case !human(t):
		case t.Outcome == waits.Answered && !t.ClosedAt.After(g.per.asOf):
			answered = append(answered, t.Business)
		case t.ClosedAt.IsZero() || t.ClosedAt.After(g.per.asOf):
			w.AskedOpen = append(w.AskedOpen, g.age(set, t).BusinessSeconds)
		}
	}
	w.Asked = stats.Of(answered)
	open, err := g.st.TurnsOpenAt(ctx, g.per.asOf)
	if err != nil {
		return err
	}
	for i := range open {
		t := &open[i]
		if len(w.Open) < maxOpenShown {
			w.Open = append(w.Open, reporter.OpenWait{Number: t.Conversation, Age: g.age(set, t)})
		}
		w.OpenCount++
		if t.Parked {
			w.Parked++
		}
	}
	return nil
}

// age is how long a turn was open by then.
func (g *gatherer) age(set calendar.Set, t *store.Turn) odzew.Clock {
	cal := set.For(&odzew.Conversation{Source: t.Source, Channel: t.Channel})
	return odzew.Clock{Seconds: int64(g.per.asOf.Sub(t.OpenedAt).Seconds()), BusinessSeconds: cal.Elapsed(t.OpenedAt, g.per.asOf)}
}

func (g *gatherer) place(places map[string]*reporter.Touchpoint, name string) *reporter.Touchpoint {
	tp := places[name]
	if tp == nil {
		tp = &reporter.Touchpoint{Name: name, Past: make([]reporter.Tally, lookBack/7)}
		places[name] = tp
	}
	return tp
}

// activity reads the rollups of the period and the four weeks before it.
func (g *gatherer) activity(ctx context.Context, places map[string]*reporter.Touchpoint) error {
	acts, err := g.st.Activities(ctx, g.before(lookBack).In(g.cfg.zone).Format(time.DateOnly), g.per.to.Format(time.DateOnly))
	if err != nil {
		return err
	}
	first := g.per.from.Format(time.DateOnly)
	for _, a := range acts {
		tp := g.place(places, a.Touchpoint)
		tally, mood := &tp.Now, &g.in.Sentiment.Now
		if a.Day < first {
			tally, mood = &tp.Past[g.weeksBefore(a.Day)], &g.in.Sentiment.Norm
		} else {
			g.in.Sentiment.Relief += a.Relief
		}
		tally.Conversations += a.Negative + a.Neutral + a.Positive + a.Mixed
		tally.Negative += a.Negative
		tally.Strong += a.Strong
		mood.Negative += a.Negative
		mood.Neutral += a.Neutral
		mood.Positive += a.Positive
		mood.Mixed += a.Mixed
	}
	for _, tp := range places {
		g.in.Touchpoints = append(g.in.Touchpoints, *tp)
	}
	slices.SortFunc(g.in.Touchpoints, func(a, b reporter.Touchpoint) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func (g *gatherer) ratings(ctx context.Context) error {
	rs, err := g.st.Ratings(ctx, g.per.start, g.per.end)
	if err != nil {
		return err
	}
	g.in.Ratings = reporter.CountRatings(rs)
	return nil
}

func (g *gatherer) sources(ctx context.Context) error {
	list, err := g.st.Sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range list {
		g.in.Volume.DeadLetters += s.DeadLetters
		if s.PulledAt.IsZero() && s.FailedAt.IsZero() && s.Conversations == 0 {
			continue // a file that only named others
		}
		src := reporter.Source{Name: s.Name, Through: s.PulledAt, FailedSince: s.DownSince, Reason: s.Error}
		if src.Through.IsZero() {
			src.Through = s.LastMessageAt // imported: as far as its records go
		}
		if src.Through.After(g.per.asOf) {
			src.Through = g.per.asOf
		}
		if src.FailedSince.After(g.per.asOf) {
			src.FailedSince = time.Time{}
		}
		g.in.Sources = append(g.in.Sources, src)
	}
	g.in.Lexicons = []reporter.Lexicon{{Lang: "pl+en", Version: g.an.versions.Lexicon}}
	return nil
}

// hoursText describes the desk's opening hours in a few characters, as "pn–pt 9–17".
func (c *Config) hoursText(lang string) string {
	cal := defaultCalendar(c.Timezone)
	if c.Calendar != nil {
		cal = *c.Calendar
	} else if n := len(c.Calendars); n > 0 {
		cal = c.Calendars[n-1]
	}
	keys := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	names := []string{"pn", "wt", "śr", "czw", "pt", "sob", "nd"}
	if lang == "en" {
		names = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	}
	var parts []string
	for i := 0; i < len(keys); {
		spans := cal.Hours[keys[i]]
		j := i
		for j+1 < len(keys) && slices.Equal(cal.Hours[keys[j+1]], spans) {
			j++
		}
		if len(spans) > 0 {
			days := names[i]
			if j > i {
				days += "–" + names[j]
			}
			parts = append(parts, days+" "+shortHours(spans))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// shortHours spells "09:00-17:00" as 9–17.
func shortHours(spans []string) string {
	out := make([]string, len(spans))
	for i, s := range spans {
		from, to, _ := strings.Cut(s, "-")
		short := func(t string) string { return strings.TrimPrefix(strings.TrimSuffix(strings.TrimSpace(t), ":00"), "0") }
		out[i] = short(from) + "–" + short(to)
	}
	return strings.Join(out, ", ")
}
