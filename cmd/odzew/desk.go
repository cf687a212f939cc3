package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"odzew/analyzer"
	"odzew/analyzer/frustration"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
	"odzew/reporter/stats"
	"odzew/store"
)

// A desk is the analyzer as one configuration sets it up, with the versions that
// its findings carry.
type desk struct {
	*analyzer.Analyzer
	versions store.Versions
	zone     *time.Location
	site     *siteLexicon
	shadow   *candidate // nil: none is tried
}

func (p *program) newAnalyzer(cfg *Config) (*desk, error) {
	site, sc, err := p.loadLexicon("lexicon.overlay", cfg.Lexicon.Overlay)
	if err != nil {
		return nil, err
	}
	set, err := cfg.schedules()
	if err != nil {
		return nil, err
	}
	// Findings depend on the calendars and touchpoints as well: their sum is part of
	// the version, so that a changed configuration makes them stale.
	rules, err := json.Marshal([]any{cfg.Timezone, cfg.Calendar, cfg.Calendars, cfg.Touchpoints, cfg.LongWait, cfg.Leads})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(rules)
	return &desk{
		Analyzer: &analyzer.Analyzer{Scorer: sc, Calendars: set, Touchpoints: cfg.Touchpoints, LongWait: int64(cfg.LongWait.Seconds()), Leads: cfg.Leads},
		versions: store.Versions{Lexicon: sc.Version(), Analyzer: analyzer.Version + "-" + hex.EncodeToString(sum[:4])},
		zone:     cfg.zone,
		site:     site,
	}, nil
}

// newScorer loads the shipped lexicon with the desk's own entries on top.
func (p *program) newScorer(cfg *Config) (*sentiment.Scorer, error) {
	_, sc, err := p.loadLexicon("lexicon.overlay", cfg.Lexicon.Overlay)
	return sc, err
}

// loadLexicon loads the shipped lexicon with the entries of a folder on top, which the
// configuration names by a key; "" stands for none.
func (p *program) loadLexicon(key, dir string) (*siteLexicon, *sentiment.Scorer, error) {
	if dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, nil, usagef("%s: there is no folder %s", key, dir)
		}
	}
	site, err := readSite(dir)
	if err != nil {
		return nil, nil, usagef("%s: %w", key, err)
	}
	// What loading makes is small and mostly stays: a collection within it would only
	// take time. The soft limit of memory still holds.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	compiled, err := p.compiledLexicon(layers(site.files)...)
	if err != nil {
		return nil, nil, usagef("%s %s: %w", key, dir, err)
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		return nil, nil, err
	}
	return site, sentiment.New(compiled, model), nil
}

// analyzeRange is how many conversations are analysed at a time.
const analyzeRange = 500

// An analysed counts what an analysis did.
type analysed struct {
	Conversations int `json:"conversations"`
	Messages      int `json:"messages_scored"`
	Days          int `json:"days_rolled_up"`
	// Checked is how many conversations were checked for whether an edit of the lexicon
	// can change them; Touched are those that were therefore analysed anew.
	Checked int `json:"conversations_checked,omitempty"`
	Touched int `json:"conversations_touched,omitempty"`
}

// analyze finds what there is to find in all conversations that changed, or whose
// findings are of other versions, in ranges: each is stored whole, so a kill costs
// one range. One goroutine reads, several score, this one writes.
func (p *program) analyze(ctx context.Context, st *store.Store, d *desk, all bool, progress func(analysed)) (analysed, error) {
	var n analysed
	if all {
		if err := st.Invalidate(ctx); err != nil {
			return n, err
		}
	}
	if err := p.goOver(ctx, st, d, all, &n); err != nil {
		return n, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	now := p.now()
	// No more than one part a hand is in memory.
	in := make(chan []store.Stored)
	out := make(chan []store.Finding)
	var readErr error
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(in)
		var after int64
		for ctx.Err() == nil {
			ids, err := st.Pending(ctx, d.versions, after, analyzeRange)
			if err != nil || len(ids) == 0 {
				readErr = err
				return
			}
			after = ids[len(ids)-1]
			for list, err := range st.Parts(ctx, ids) {
				if err != nil {
					readErr = err
					return
				}
				select {
				case in <- list:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	var scorers sync.WaitGroup
	for range workers {
		scorers.Go(func() {
			for list := range in {
				fs := make([]store.Finding, 0, len(list))
				for i := range list {
					fs = append(fs, d.find(&list[i], now))
				}
				select {
				case out <- fs:
				case <-ctx.Done():
				}
			}
		})
	}
	wg.Go(func() { scorers.Wait(); close(out) })
	var err error
	touched := map[string]bool{}
	for fs := range out {
		if err != nil {
			continue // let the others end
		}
		if err = st.SaveFindings(ctx, d.versions, fs); err != nil {
			cancel()
			continue
		}
		n.Conversations += len(fs)
		for i := range fs {
			n.Messages += len(fs[i].Scores)
			for j := range fs[i].Sums {
				touched[fs[i].Sums[j].Day] = true
			}
		}
		if progress != nil {
			progress(n)
		}
	}
	wg.Wait()
	if err == nil {
		err = readErr
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return n, err
	}
	days, err := rollUp(ctx, st, d.zone)
	if err != nil {
		return n, err
	}
	for _, date := range days {
		touched[date] = true
	}
	n.Days = len(touched)
	return n, st.SetMeta(ctx, "lexicon_version", d.versions.Lexicon)
}

// rollUp sums up anew the days whose figures are older than what they count.
func rollUp(ctx context.Context, st *store.Store, zone *time.Location) (days []string, err error) {
	if days, err = st.StaleDays(ctx); err != nil {
		return nil, err
	}
	for _, date := range days {
		day := dayOf(date, zone)
		if err := st.RollUpTouchpoints(ctx, day); err != nil {
			return nil, err
		}
		if err := st.RollUp(ctx, day, stats.Bucket); err != nil {
			return nil, err
		}
	}
	return days, nil
}

// inputOf hands a stored conversation to the analyzer.
func inputOf(c *store.Stored) analyzer.Input {
	in := analyzer.Input{Conversation: c.Conversation, Merged: c.Merged}
	for _, o := range c.Others {
		in.Others = append(in.Others, frustration.Contact(o))
	}
	return in
}

// find analyses one stored conversation.
func (d *desk) find(c *store.Stored, now time.Time) store.Finding {
	r := d.Analyze(inputOf(c), now)
	f := store.Finding{
		Conversation: c.ID, Revision: c.Revision, Anew: c.Analysed, Identity: c.Identity, Touchpoint: r.Touchpoint, Excluded: c.Excluded != "", Merged: c.MergedInto != nil, Waits: r.Waits, Flag: r.Flag, Peak: r.Peak,
		FirstAt: r.FirstAt, LastAt: r.LastAt, OpenSince: r.OpenSince, Parked: r.Parked, RecheckAt: r.RecheckAt,
	}
	f.Scores = make([]store.MessageScore, len(r.Scores))
	for i := range r.Scores {
		f.Scores[i] = store.MessageScore{Message: c.MessageIDs[r.Scores[i].Index], Score: r.Scores[i].Score}
	}
	for _, q := range r.Requests {
		f.Requests = append(f.Requests, store.Request(q))
	}
	if d.shadow != nil {
		f.Shadow = d.shadow.find(c, &r, now)
	}
	f.SumUp(c, func(t time.Time) string { return t.In(d.zone).Format(time.DateOnly) }, stats.Bucket)
	return f
}

// dayOf spans a local date, which is 23 or 25 hours long when the clocks change.
func dayOf(date string, zone *time.Location) store.Day {
	t, err := time.ParseInLocation(time.DateOnly, date, zone)
	if err != nil {
		return store.Day{Date: date}
	}
	y, m, dd := t.Date()
	return store.Day{Date: date, Start: startOfDay(y, m, dd, zone), End: startOfDay(y, m, dd+1, zone)}
}

// startOfDay is the first instant of a local date. Where the clocks skip midnight,
// time.Date may give an instant of the day before.
func startOfDay(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if want := time.Date(y, m, d, 12, 0, 0, 0, zone).Day(); t.Day() != want {
		_, end := t.ZoneBounds()
		return end
	}
	return t
}

type analyzeCmd struct {
	All bool `help:"Everything anew, also what is up to date."`
}

// Run analyses what changed.
func (c *analyzeCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	d, err := p.newAnalyzer(cfg)
	if err != nil {
		return err
	}
	p.tryCandidate(cfg, d)
	st, err := p.openStore(ctx, cfg, store.Options{Exclusive: true, Bulk: true, Existing: true})
	if err != nil {
		return err
	}
	defer st.Close()
	return p.runAnalysis(ctx, st, d, c.All)
}

// runAnalysis is an analysis that is noted as a run, and told about.
func (p *program) runAnalysis(ctx context.Context, st *store.Store, d *desk, all bool) (err error) {
	run := store.Run{Kind: "analyze"}
	if run.ID, err = st.StartRun(ctx, run.Kind, ""); err != nil {
		return err
	}
	n, err := p.analyze(ctx, st, d, all, nil)
	run.Conversations, run.Messages, run.Outcome = n.Conversations, n.Messages, "done"
	switch {
	case err != nil && ctx.Err() != nil:
		run.Outcome = "stopped"
	case err != nil:
		run.Outcome, run.Error = "failed", err.Error()
	}
	if eerr := st.EndRun(context.WithoutCancel(ctx), run); err == nil {
		err = eerr
	}
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("stopped; %d conversations are done, the next analyze goes on from there", n.Conversations)
		}
		return err
	}
	if p.global.JSON {
		return p.printJSON(n)
	}
	if n.Checked > 0 {
		fmt.Fprintf(p.stdout, "the lexicon was edited: of %d conversations checked, %d could change and are analysed anew\n", n.Checked, n.Touched)
	}
	_, err = fmt.Fprintf(p.stdout, "analysed %d conversations, scored %d messages of customers\n", n.Conversations, n.Messages)
	return err
}
