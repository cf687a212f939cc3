package main

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"odzew/analyzer"
	"odzew/reporter"
	"odzew/reporter/mask"
	"odzew/store"
)

// A candidate for the lexicon: a second folder of entries that every analysis tries
// beside the live one, so that a change is seen at work before it counts.
//
// Rules:
//
//   - It changes nothing: no finding, flag or figure but those of its own report.
//   - What is wrong with it stops no analysis. It is said in the log, and by check and
//     doctor.

// A candidate is an analyzer of the desk with another lexicon.
type candidate struct {
	*analyzer.Analyzer
	version string
}

// newCandidate loads the configured candidate; nil where there is none.
func (p *program) newCandidate(cfg *Config) (*candidate, error) {
	if cfg.Lexicon.Shadow == "" {
		return nil, nil
	}
	_, sc, err := p.loadLexicon("lexicon.shadow", cfg.Lexicon.Shadow)
	if err != nil {
		return nil, err
	}
	return &candidate{&analyzer.Analyzer{Scorer: sc}, sc.Version()}, nil
}

// tryCandidate lets a desk try the configured candidate, if it is sound.
func (p *program) tryCandidate(cfg *Config, d *desk) {
	c, err := p.newCandidate(cfg)
	if err != nil {
		p.log.WithError(err).Error("the candidate for the lexicon is not tried; the live one goes on")
		return
	}
	if c != nil {
		live := *d.Analyzer
		live.Scorer = c.Scorer
		c.Analyzer = &live
	}
	d.shadow = c
}

// find analyses a conversation and compares the result with the live one.
func (c *candidate) find(in *store.Stored, live *analyzer.Result, now time.Time) *store.Shadow {
	r := c.Analyze(inputOf(in), now)
	s := &store.Shadow{Version: c.version, Flag: r.Flag, Messages: len(r.Scores)}
	for i := range r.Scores { // both scored the same messages
		a, b := &live.Scores[i].Score, &r.Scores[i].Score
		if (a.Sentiment == nil) != (b.Sentiment == nil) || a.Sentiment != nil && *a.Sentiment != *b.Sentiment {
			s.Sentiments++
		}
		if !slices.Equal(a.Signals, b.Signals) {
			s.Signals++
		}
	}
	return s
}

type lexiconShadowCmd struct {
	Calls count `default:"20" help:"List at most so many conversations that would be called more, or no more." placeholder:"N"`
}

// A shadowReport is what `odzew lexicon shadow --json` prints.
type shadowReport struct {
	Candidate            string `json:"candidate"`
	Conversations        int    `json:"conversations"`
	ConversationsChanged int    `json:"conversations_changed"`
	Messages             int    `json:"messages"`
	SentimentsChanged    int    `json:"sentiments_changed"`
	SignalsChanged       int    `json:"signals_changed"`
	NotSeen              int    `json:"conversations_not_seen"`
	// Levels counts conversations by level: live, then candidate.
	Levels  [3][3]int     `json:"levels"`
	Calls   []shadowCall  `json:"calls"`
	Verdict shadowVerdict `json:"verdict"`
}

type shadowCall struct {
	Conversation string `json:"conversation"`
	Source       string `json:"source"`
	Customer     string `json:"customer"`
	Call         string `json:"call"` // more, no_more
	Cause        string `json:"cause"`
}

// A shadowVerdict holds both sides against what people said. It counts labels on
// conversations to which the two give different levels.
type shadowVerdict struct {
	Muted     int `json:"muted"`
	Ratings   int `json:"ratings"`
	Live      int `json:"live_right"`
	Candidate int `json:"candidate_right"`
	// P is the chance of so uneven a count, or a more uneven one, if both were right
	// equally often: the two-sided sign test.
	P float64 `json:"p"`
	// Better is live, candidate, or empty where the labels do not tell.
	Better string `json:"better"`
}

// judge counts who is right. A false alarm, or a good rating, speaks for the lower
// level; a bad rating for the higher one.
func judge(labels []store.ShadowLabel) shadowVerdict {
	var v shadowVerdict
	for _, l := range labels {
		lower := l.Muted
		if !l.Muted {
			said, ok := reporter.Said(l.Rating)
			if !ok || said == reporter.Middle {
				continue
			}
			lower = said == reporter.High
			v.Ratings++
		} else {
			v.Muted++
		}
		if (l.Candidate < l.Live) == lower {
			v.Candidate++
		} else {
			v.Live++
		}
	}
	v.P = signTest(v.Live, v.Candidate)
	if v.P < 0.05 {
		v.Better = "live"
		if v.Candidate > v.Live {
			v.Better = "candidate"
		}
	}
	return v
}

// signTest is the two-sided p of the exact sign test: the share of all ways to toss a
// coin a+b times that are at least as uneven.
func signTest(a, b int) float64 {
	n := a + b
	half := math.Log(2) * float64(n)
	lg := func(k int) float64 { v, _ := math.Lgamma(float64(k + 1)); return v }
	tail := 0.0
	for k := range min(a, b) + 1 {
		tail += math.Exp(lg(n) - lg(k) - lg(n-k) - half)
	}
	return min(1, 2*tail)
}

// Run reports on the configured candidate, or on the last one that was tried.
func (c *lexiconShadowCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{ReadOnly: true}, func(cfg *Config, st *store.Store) error {
		version := ""
		if cand, err := p.newCandidate(cfg); err != nil {
			return err
		} else if cand != nil {
			version = cand.version
		} else if version, err = st.LatestShadow(ctx); err != nil {
			return err
		}
		if version == "" {
			return usagef("no candidate was ever tried: name a folder of entries in the configuration (lexicon: {shadow: DIR}), then run odzew analyze")
		}
		r, err := c.report(ctx, st, version)
		if err != nil {
			return err
		}
		if p.global.JSON {
			return p.printJSON(r)
		}
		return r.print(&errWriter{w: p.stdout})
	})
}

func (c *lexiconShadowCmd) report(ctx context.Context, st *store.Store, version string) (*shadowReport, error) {
	sum, err := st.SumShadow(ctx, version)
	if err != nil {
		return nil, err
	}
	r := &shadowReport{
		Candidate: version, Conversations: sum.Conversations, ConversationsChanged: sum.ConversationsChanged, Messages: sum.Messages,
		SentimentsChanged: sum.Sentiments, SignalsChanged: sum.Signals, NotSeen: sum.Unseen, Levels: sum.Levels, Calls: []shadowCall{},
	}
	calls, err := st.ShadowCalls(ctx, version, int(c.Calls))
	if err != nil {
		return nil, err
	}
	for _, x := range calls {
		call := shadowCall{mask.Clean(x.Conversation), mask.Clean(x.Source), maskedCustomer(st, x.Customer), "no_more", x.Cause}
		if x.More {
			call.Call = "more"
		}
		r.Calls = append(r.Calls, call)
	}
	labels, err := st.ShadowLabels(ctx, version)
	if err != nil {
		return nil, err
	}
	r.Verdict = judge(labels)
	return r, nil
}

func (r *shadowReport) print(w *errWriter) error {
	w.printf("candidate %s: %d conversations seen by both, %d differ; %d messages, %d with another sentiment, %d with other signals\n",
		r.Candidate, r.Conversations, r.ConversationsChanged, r.Messages, r.SentimentsChanged, r.SignalsChanged)
	if r.NotSeen > 0 {
		w.printf("%d conversations were not analysed since the candidate is there; odzew analyze --all shows it all\n", r.NotSeen)
	}
	if r.Conversations == 0 {
		return w.err
	}
	w.printf("\nlevel, live (down) and candidate (across)\n%8s%8d%8d%8d\n", "", 0, 1, 2)
	up, down := 0, 0
	for live, row := range r.Levels {
		w.printf("%8d%8d%8d%8d\n", live, row[0], row[1], row[2])
		for cand, n := range row {
			switch cmp.Compare(cand, live) {
			case 1:
				up += n
			case -1:
				down += n
			}
		}
	}
	w.printf("%d up, %d down\n", up, down)
	last := ""
	for _, x := range r.Calls {
		if x.Call != last {
			w.printf("\n%s\n", map[string]string{"more": "to be called with the candidate only", "no_more": "to be called with the live lexicon only"}[x.Call])
			last = x.Call
		}
		w.printf("  %s, %s: %s\n", x.Customer, x.Conversation, x.Cause)
	}
	return r.Verdict.print(w)
}

func (v *shadowVerdict) print(w *errWriter) error {
	n := v.Live + v.Candidate
	if n == 0 {
		w.printf("\nno muted flag and no rating tells which is right where the levels differ\n")
		return w.err
	}
	w.printf("\nwhere the levels differ, %d labels (%d false alarms, %d ratings): the live lexicon is right in %d, the candidate in %d", n, v.Muted, v.Ratings, v.Live, v.Candidate)
	switch {
	case v.Better != "":
		w.printf("; the %s is right more often (p %.3f)\n", map[string]string{"live": "live lexicon", "candidate": "candidate"}[v.Better], v.P)
	default:
		w.printf("; that may be chance (p %.2f)\n", v.P)
	}
	return w.err
}
