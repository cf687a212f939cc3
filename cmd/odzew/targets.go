package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"odzew/analyzer/waits"
	"odzew/reporter/mask"
	"odzew/store"
)

type targetsCmd struct {
	State []string `help:"Which: breached, at_risk, running, met." enum:"breached,at_risk,running,met" default:"breached,at_risk"`
	Since string   `help:"Conversations active since this time (default: 28 days ago)." placeholder:"T"`
}

// Run measures the conversations of these weeks against the desk's targets.
func (c *targetsCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{ReadOnly: true}, func(cfg *Config, st *store.Store) error {
		if len(cfg.Targets) == 0 {
			return usagef("no targets are configured; odzew init shows how they are written")
		}
		targets, err := waits.CompileTargets(cfg.Targets, cfg.zone)
		if err != nil {
			return usageError{err}
		}
		since := p.now().AddDate(0, 0, -lookBack)
		if c.Since != "" {
			if since, err = parseInstant(c.Since, cfg.zone); err != nil {
				return usagef("--since: %w", err)
			}
		}
		d, err := p.newAnalyzer(cfg)
		if err != nil {
			return err
		}
		ids, err := st.ActiveSince(ctx, since)
		if err != nil {
			return err
		}
		for list, err := range st.Parts(ctx, ids) {
			if err != nil {
				return err
			}
			for i := range list {
				if err := c.check(p, cfg, d, targets, &list[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (c *targetsCmd) check(p *program, cfg *Config, d *desk, targets *waits.Targets, conv *store.Stored) error {
	cal := d.Calendars.For(&conv.Conversation)
	in := inputOf(conv)
	w := waits.Measure(conv.Conversation, cal, p.now(), d.WaitOptions(in))
	for _, v := range targets.Check(conv.Conversation, w, d.Touchpoint(&conv.Conversation), cal) {
		if !slices.Contains(c.State, v.State) {
			continue
		}
		if p.global.JSON {
			if err := p.printJSON(v); err != nil {
				return err
			}
			continue
		}
		deadline := ""
		if v.Deadline != nil {
			deadline = ", deadline " + local(*v.Deadline, cfg.zone)
		}
		clock := "calendar time"
		if v.Business {
			clock = "opening hours"
		}
		if _, err := fmt.Fprintf(p.stdout, "%-9s %s  %s: %s of %s in %s (since %s%s)\n", v.State, mask.Clean(v.Conversation), v.Metric,
			time.Duration(v.Elapsed)*time.Second, time.Duration(v.Target)*time.Second, clock, local(v.OpenedAt, cfg.zone), deadline); err != nil {
			return err
		}
	}
	return nil
}
