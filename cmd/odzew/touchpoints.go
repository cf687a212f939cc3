package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"odzew/analyzer/reply"
	"odzew/analyzer/waits"
	"odzew/reporter"
	"odzew/reporter/stats"
	"odzew/store"
)

// maxReportDays bounds the days of a report: ten years.
const maxReportDays = 3660

type touchpointsCmd struct {
	Date          string `help:"The last local date of the report (default: yesterday)." placeholder:"YYYY-MM-DD"`
	Days          int    `default:"28" help:"How many days; compared with as many before."`
	Format        string `enum:"text,json,chart" default:"text" help:"text, json, or chart: the points of the emotion curve as CSV."`
	Lang          string `enum:",pl,en" default:"" help:"pl or en."`
	Ratings       bool   `help:"Also CSAT, NPS and CES, and how they agree with the sentiment."`
	Disagreements bool   `help:"Also the ratings that speak against the sentiment, to tune with."`
}

// Run prints the report on touchpoints. It reads rollups, and the ratings.
func (c *touchpointsCmd) Run(ctx context.Context, p *program) error {
	if p.global.JSON {
		if c.Format == "chart" {
			return usagef("--json and --format chart: only one of them")
		}
		c.Format = "json"
	}
	if c.Days < 1 || c.Days > maxReportDays {
		return usagef("--days %d: must be 1 to %d", c.Days, maxReportDays)
	}
	return p.withStore(ctx, store.Options{ReadOnly: true}, func(cfg *Config, st *store.Store) error {
		today := p.now().In(cfg.zone)
		to := today.AddDate(0, 0, -1)
		if c.Date != "" {
			var err error
			if to, err = time.ParseInLocation(time.DateOnly, c.Date, cfg.zone); err != nil {
				return usagef("--date %q is not a date; write it as 2026-11-17", c.Date)
			}
			if to.Format(time.DateOnly) > today.Format(time.DateOnly) {
				return usagef("--date %s has not come yet", c.Date)
			}
		}
		if days, err := st.StaleDays(ctx); err != nil {
			return err
		} else if len(days) > 0 {
			fmt.Fprintln(p.stderr, "odzew: some days are not summed up yet; odzew analyze does it")
		}
		j, err := c.build(ctx, st, cfg, to, p.now(), p.userLang(c.Lang, cfg))
		if err != nil {
			return err
		}
		if j.Conversations == 0 {
			fmt.Fprintf(p.stderr, "odzew: no analysed conversation began from %s to %s; odzew status shows which days there are\n", j.From, j.To)
		}
		var out bytes.Buffer
		switch c.Format {
		case "json":
			err = j.JSON(&out)
		case "chart":
			err = j.Chart(&out)
		default:
			err = j.Text(&out, reporter.JourneyOptions{TextOptions: reporter.TextOptions{Color: p.colour()}, Ratings: c.Ratings, Disagreements: c.Disagreements})
		}
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(out.Bytes())
		return err
	})
}

// build reads what the report tells of and makes it.
func (c *touchpointsCmd) build(ctx context.Context, st *store.Store, cfg *Config, to, now time.Time, lang string) (reporter.Journey, error) {
	y, m, d := to.Date()
	date := func(back int) string { return time.Date(y, m, d-back, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }
	last, from, before := date(0), date(c.Days-1), date(2*c.Days-1)
	in := reporter.JourneyInput{
		From: time.Date(y, m, d-c.Days+1, 12, 0, 0, 0, cfg.zone), To: time.Date(y, m, d, 12, 0, 0, 0, cfg.zone),
		Zone: cfg.zone, AsOf: now, Lang: lang, Hours: cfg.hoursText(lang),
	}
	touches, err := st.Touches(ctx, before, last)
	if err != nil {
		return reporter.Journey{}, err
	}
	for _, t := range touches {
		in.Touches = append(in.Touches, reporter.Touch(t))
	}
	topics, err := st.Topics(ctx, from, last)
	if err != nil {
		return reporter.Journey{}, err
	}
	for _, t := range topics {
		in.Topics = append(in.Topics, reporter.Topic(t))
	}
	counts, err := st.WaitCounts(ctx, before, last, "business")
	if err != nil {
		return reporter.Journey{}, err
	}
	if in.Waits, err = firstReplies(counts, from); err != nil {
		return reporter.Journey{}, err
	}
	if c.Ratings || c.Disagreements || c.Format == "json" {
		rated, err := st.RatedConversations(ctx, dayOf(from, cfg.zone).Start, dayOf(last, cfg.zone).End)
		if err != nil {
			return reporter.Journey{}, err
		}
		for _, r := range rated {
			in.Ratings = append(in.Ratings, reporter.Rated(r))
		}
	}
	j := reporter.BuildJourney(in)
	if c.Disagreements {
		err = listDisagreements(ctx, st, in.Ratings, &j)
	}
	return j, err
}

// firstReplies adds up the stored histograms by touchpoint, in and before the period.
func firstReplies(counts []store.WaitCount, from string) ([]reporter.TouchpointWaits, error) {
	type pair struct{ now, before stats.Histogram }
	places := map[string]*pair{}
	for _, w := range counts {
		if w.Kind != waits.KindFirst {
			continue
		}
		p := places[w.Touchpoint]
		if p == nil {
			p = &pair{}
			places[w.Touchpoint] = p
		}
		h := &p.now
		if w.Day < from {
			h = &p.before
		}
		if err := h.AddBucket(w.Bucket, w.N); err != nil {
			return nil, err
		}
	}
	var out []reporter.TouchpointWaits
	for name, p := range places {
		out = append(out, reporter.TouchpointWaits{Touchpoint: name, Now: p.now.Sample(), Before: p.before.Sample()})
	}
	return out, nil
}

// listDisagreements adds the ratings that speak against the scores, each with what the
// customer wrote new in the message that speaks loudest against it. Only the texts
// of those listed are read.
func listDisagreements(ctx context.Context, st *store.Store, rated []reporter.Rated, j *reporter.Journey) error {
	for _, r := range reporter.Disagreeing(rated) {
		message, text, err := st.ExtremeText(ctx, r.Conversation, r.At, r.Positive > r.Negative)
		if err != nil {
			return err
		}
		j.Disagree(r, message, reply.Split(text).Own)
	}
	return nil
}
