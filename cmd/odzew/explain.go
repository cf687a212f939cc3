package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"odzew"
	"odzew/analyzer"
	"odzew/analyzer/reply"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/waits"
	"odzew/reporter/mask"
	"odzew/store"
)

// explainStored explains a message or a conversation of the database, analysed anew
// with today's lexicon: the same versions give the same findings.
func (p *program) explainStored(ctx context.Context, cfg *Config, message, conversation string) error {
	st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer st.Close()
	d, err := p.newAnalyzer(cfg)
	if err != nil {
		return err
	}
	var id, row int64
	if message != "" {
		id, row, err = st.FindMessage(ctx, message)
	} else {
		id, err = st.FindConversation(ctx, conversation)
	}
	if err != nil {
		return err
	}
	list, err := st.Load(ctx, []int64{id})
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("conversation %d: %w", id, store.ErrNotFound)
	}
	c := &list[0]
	if message == "" {
		return p.explainConversation(st, c, d, cfg)
	}
	for i := range c.Messages {
		if c.MessageIDs[i] == row {
			return p.explainMessage(&c.Messages[i], d)
		}
	}
	return fmt.Errorf("message %q: %w", message, store.ErrNotFound)
}

// explainMessage shows what the author wrote new, its score with parts, and what
// was cut away.
func (p *program) explainMessage(m *odzew.Message, d *desk) error {
	parts := reply.Split(m.Text)
	if _, _, ok := d.ScoreMessage(m); !ok {
		return fmt.Errorf("message %q was written by %s: only customers' public messages are scored", m.ID, m.Author)
	}
	s := d.Scorer.Score(parts.Own, "", true)
	s.ID = m.ID
	if err := p.explainText(d.Scorer, parts.Own, s); err != nil || p.global.JSON {
		return err
	}
	w := &errWriter{w: p.stdout}
	for _, cut := range []struct{ name, text string }{{"signature", parts.Signature}, {"quoted", parts.Quoted}} {
		if cut.text != "" {
			w.printf("\n%s, not scored:\n%s\n", cut.name, indent(coverText(cut.text)))
		}
	}
	return w.err
}

type explanation struct {
	Conversation string            `json:"conversation"`
	Source       string            `json:"source"`
	Touchpoint   string            `json:"touchpoint"`
	Flag         odzew.Flag        `json:"flag"`
	Waits        waits.Explanation `json:"waits"`
	Messages     []odzew.Score     `json:"messages"`
	Flips        []messageFlip     `json:"flips"`
	Problems     []odzew.Problem   `json:"problems,omitempty"`
}

func (p *program) explainConversation(st *store.Store, c *store.Stored, d *desk, cfg *Config) error {
	now := p.now()
	in := inputOf(c)
	r := d.Analyze(in, now)
	flips := messageFlips(in, &r, d, now)
	x := waits.Explain(c.Conversation, d.Calendars.For(&c.Conversation), now, d.WaitOptions(in))
	if p.global.JSON {
		out := explanation{c.Conversation.ID, c.Source, r.Touchpoint, maskedFlag(st, r.Flag), x, []odzew.Score{}, flips, slices.Clone(c.Problems)}
		for i := range out.Problems {
			out.Problems[i].Value = mask.Personal(out.Problems[i].Value)
		}
		for i := range r.Scores {
			s := covered(r.Scores[i].Score)
			s.ID = c.Messages[r.Scores[i].Index].ID
			out.Messages = append(out.Messages, s)
		}
		return p.printJSON(out)
	}
	w := &errWriter{w: p.stdout}
	w.printf("conversation %s of %s, touchpoint %s\n", mask.Clean(c.Conversation.ID), mask.Clean(c.Source), mask.Clean(r.Touchpoint))
	if c.Subject != "" {
		w.printf("%s\n", mask.Personal(mask.Clean(c.Subject)))
	}
	w.printf("\nfrustration %.2f, level %d%s\n", r.Flag.Frustration, r.Flag.Level, yes(r.Flag.NeedsCall, ", a person should act today"))
	for _, reason := range r.Flag.Reasons {
		w.printf("  %+.2f  %-18s", reason.Weight, reason.Signal)
		if reason.Count > 0 {
			w.printf(" ×%d", reason.Count)
		}
		if reason.Due != nil {
			w.printf(" until %s", local(*reason.Due, cfg.zone))
		}
		if reason.Seconds > 0 {
			w.printf(" for %s, they say", seconds(reason.Seconds))
		}
		if reason.Quote != "" {
			w.printf(" “%s” (%s)", mask.Personal(mask.Clean(reason.Quote)), mask.Clean(reason.Message))
		}
		w.printf("\n")
	}
	for _, f := range flips {
		if f.Of == flipCall {
			w.printf("  nobody need act without %s\n", mask.Clean(f.Without))
		} else {
			w.printf("  level %s would be level %s without %s\n", f.From, f.To, mask.Clean(f.Without))
		}
	}
	if r.Flag.Level > 0 && len(flips) == 0 {
		w.printf("  hangs on no single message\n")
	}
	for _, pr := range c.Problems {
		w.printf("  not taken as it came: %s %q: %s\n", mask.Clean(pr.Field), mask.Personal(pr.Value), pr.Reason)
	}
	w.printf("\nmessages\n")
	scores := map[int]*odzew.Score{}
	for i := range r.Scores {
		scores[r.Scores[i].Index] = &r.Scores[i].Score
	}
	for i := range c.Messages {
		m := &c.Messages[i]
		author := string(m.Author)
		if !m.Public {
			author = "note"
		}
		w.printf("  %s  %-8s", local(m.At, cfg.zone), author)
		if s := scores[i]; s != nil {
			sentiment := "unscored"
			if s.Sentiment != nil {
				sentiment = string(*s.Sentiment)
			}
			w.printf(" %-8s %+.2f level %d %s", sentiment, s.Valence, s.Level, strings.Join(s.Signals, " "))
		}
		w.printf("\n%s\n", indent(coverText(reply.Split(m.Text).Own)))
	}
	p.explainWaits(w, &x, cfg)
	return w.err
}

// A messageFlip names the message without which a conversation would be judged
// otherwise.
type messageFlip struct {
	Of      string `json:"of"` // sentiment.FlipLevel or flipCall
	From    string `json:"from"`
	To      string `json:"to"`
	Without string `json:"without"` // the message's ID
}

// flipCall is a flip of whether a person should act.
const flipCall = "needs_call"

// messageFlips leaves out one message of the customer at a time, the most frustrated
// first, and finds the one without which the level would be lowest, and one without
// which nobody need act. Where no single one decides there is none.
func messageFlips(in analyzer.Input, r *analyzer.Result, d *desk, now time.Time) []messageFlip {
	const most = 20
	scores := slices.Clone(r.Scores)
	slices.SortStableFunc(scores, func(a, b analyzer.MessageScore) int {
		return cmp.Or(cmp.Compare(b.Score.Level, a.Score.Level), cmp.Compare(b.Score.Frustration, a.Score.Frustration))
	})
	lowest, spared, quiet := r.Flag.Level, "", ""
	for _, s := range scores[:min(most, len(scores))] {
		less := in
		less.Messages = slices.Delete(slices.Clone(in.Messages), s.Index, s.Index+1)
		without := d.Analyze(less, now).Flag
		if without.Level < lowest {
			lowest, spared = without.Level, in.Messages[s.Index].ID
		}
		if r.Flag.NeedsCall && !without.NeedsCall && quiet == "" {
			quiet = in.Messages[s.Index].ID
		}
	}
	flips := []messageFlip{}
	if spared != "" {
		flips = append(flips, messageFlip{sentiment.FlipLevel, strconv.Itoa(r.Flag.Level), strconv.Itoa(lowest), spared})
	}
	if quiet != "" {
		flips = append(flips, messageFlip{flipCall, "true", "false", quiet})
	}
	return flips
}

// explainWaits lists every event that the waits are made of, and the opening hours
// that they crossed.
func (p *program) explainWaits(w *errWriter, x *waits.Explanation, cfg *Config) {
	w.printf("waits, by %s time and the desk's opening hours\n", x.Zone)
	for _, s := range x.Steps {
		what := s.Kind
		if s.To != "" {
			what += " " + mask.Clean(s.To)
		}
		w.printf("  %s  %-16s %-7s %-4s %s\n", local(s.At, cfg.zone), what, s.Effect, s.Rule, s.Why)
	}
	for i, t := range x.Waits.Turns {
		end := "open"
		if t.ClosedAt != nil {
			end = local(*t.ClosedAt, cfg.zone)
		}
		w.printf("  turn %d: %s, %s: %s to %s = %s, %s within opening hours", i+1, t.Kind, t.Outcome, local(t.OpenedAt, cfg.zone), end, seconds(t.Seconds), seconds(t.BusinessSeconds))
		if t.Nudges > 0 {
			w.printf(", %d nudges", t.Nudges)
		}
		if len(t.Flags) > 0 {
			w.printf(" [%s]", strings.Join(t.Flags, " "))
		}
		w.printf("\n")
		for j, h := range x.Hours[i] {
			if skip := len(x.Hours[i]) - 2*shownHours; j == shownHours && skip > 1 {
				w.printf("      … %d more times\n", skip)
			} else if skip <= 1 || j < shownHours || j >= shownHours+skip {
				w.printf("      open %s to %s\n", local(h.From, cfg.zone), h.To.In(cfg.zone).Format("15:04"))
			}
		}
	}
}

// shownHours is how many opening hours of a long wait are listed at either end.
const shownHours = 5

func seconds(n int64) string { return (time.Duration(n) * time.Second).String() }

func yes(v bool, s string) string {
	if v {
		return s
	}
	return ""
}

func indent(s string) string { return "      " + strings.ReplaceAll(s, "\n", "\n      ") }

// coverText makes a customer's text fit to be shown, line by line: see cleanText and
// mask.Personal.
func coverText(s string) string {
	lines := strings.Split(cleanText(s), "\n")
	for i, l := range lines {
		lines[i] = mask.Personal(l)
	}
	return strings.Join(lines, "\n")
}

// covered is a score as explain shows it: evidence may quote the whole text.
func covered(s odzew.Score) odzew.Score {
	s.Evidence = slices.Clone(s.Evidence)
	for i := range s.Evidence {
		s.Evidence[i].Text = mask.Personal(s.Evidence[i].Text)
	}
	return s
}

// cleanText makes text from outside fit for a terminal, line by line.
func cleanText(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = mask.Clean(l)
	}
	return strings.Join(lines, "\n")
}
