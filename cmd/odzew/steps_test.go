package main

import (
	"database/sql"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odzew"
	"odzew/analyzer/waits"
	"odzew/store"
)

// What is found must not depend on how the records came: pulled in many steps, each
// analysed, they end in the same findings, figures and open flags as pulled and
// analysed at once. Sources tell more of a conversation each time, correct what they
// told, merge; mails come in any order and tie threads together.
func TestStepsEndAsAtOnce(t *testing.T) {
	now := time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC)
	p, d := deskAt(t, func() time.Time { return now })
	dir := t.TempDir()
	n := 0
	// pull stores each step and analyses it; it returns what is found in the end.
	pull := func(rt *rapid.T, steps ...[]odzew.Conversation) string {
		n++
		path := filepath.Join(dir, fmt.Sprint(n, ".db"))
		st, err := store.Open(t.Context(), path, store.Options{Exclusive: true, Bulk: true, Now: p.now})
		if err != nil {
			rt.Fatal(err)
		}
		defer st.Close()
		for _, step := range steps {
			b, err := st.Begin(t.Context(), "desk")
			if err != nil {
				rt.Fatal(err)
			}
			for i := range step {
				c := step[i]
				c.Messages = slices.Clone(c.Messages)
				if err := b.Put(&c); err != nil {
					b.Rollback()
					rt.Fatal(err)
				}
			}
			if err := b.Commit(nil); err != nil {
				rt.Fatal(err)
			}
			if _, err := p.analyze(t.Context(), st, d, false, nil); err != nil {
				rt.Fatal(err)
			}
		}
		if err := st.Close(); err != nil {
			rt.Fatal(err)
		}
		return found(rt, path)
	}
	if testing.Short() {
		checks := flag.Lookup("rapid.checks").Value
		defer checks.Set(checks.String())
		if err := checks.Set("25"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		final, steps := drawSteps(rt)
		if diff := cmp.Diff(strings.Split(pull(rt, final), "\n"), strings.Split(pull(rt, steps...), "\n")); diff != "" {
			rt.Fatalf("at once (-) and in steps (+):\n%s", diff)
		}
	})
}

// An answer that is stamped before its question is known by its source's order, which
// the database keeps.
func TestStoredSkewIsMended(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := odzew.Conversation{ID: "C", Source: "desk", Channel: "chat", CreatedAt: at, Messages: []odzew.Message{
		{ID: "q", At: at.Add(2 * time.Second), Author: odzew.AuthorCustomer, Public: true, Text: "Kiedy dostanę paczkę?"},
		{ID: "a", At: at, Author: odzew.AuthorAgent, Public: true, Text: "Jutro."},
	}}
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "t.db"), store.Options{Exclusive: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	pullOne(t, st, &c)
	list, err := st.Load(t.Context(), []int64{1})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	_, d := deskAt(t, time.Now)
	for name, c := range map[string]*odzew.Conversation{"as it came": &c, "stored": &list[0].Conversation} {
		w := waits.Measure(*c, d.Calendars.For(c), at.Add(time.Hour), waits.Options{})
		if len(w.Turns) != 1 || w.Turns[0].Outcome != waits.Answered || w.Turns[0].Seconds != 0 || !slices.Contains(w.Turns[0].Flags, waits.FlagNegativeInterval) {
			t.Errorf("%s: %+v", name, w.Turns)
		}
	}
}

// drawSteps draws conversations as they are in the end, and steps in which a source
// tells of them, in the order in which they come first: of two equal ones, that counts.
func drawSteps(rt *rapid.T) (final []odzew.Conversation, steps [][]odzew.Conversation) {
	const days = 20
	begin := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	texts := []string{
		"Kiedy dostanę paczkę?", "Dziękuję bardzo za pomoc.", "Składam reklamację na kurtkę, rozpruł się szew.",
		"Jestem wściekła. Piszę trzeci raz i nikt nie odpowiada!", "Jeśli do piątku nie oddacie pieniędzy, zgłaszam sprawę do UOKiK.",
		"Rezygnuję z waszych usług, mam tego dość.", "Where is my order?", "This is the third time I write. Refund me by Friday or I call my lawyer.",
	}
	const answer = "Dzień dobry, odezwiemy się jutro do godziny 15."
	instants := rapid.Custom(func(rt *rapid.T) time.Time {
		return begin.Add(time.Duration(rapid.IntRange(0, days*24*6).Draw(rt, "at")) * 10 * time.Minute)
	})
	numSteps := rapid.IntRange(1, 4).Draw(rt, "steps")
	steps = make([][]odzew.Conversation, numSteps)
	whole := map[string]odzew.Conversation{}
	customer := func(known bool) odzew.Customer {
		k := rapid.IntRange(1, 3).Draw(rt, "customer")
		c := odzew.Customer{ID: fmt.Sprint("k", k)}
		if known {
			c.Email = fmt.Sprintf("k%d@example.com", k)
		}
		return c
	}
	for i := range rapid.IntRange(0, 5).Draw(rt, "conversations") {
		c := odzew.Conversation{
			ID: fmt.Sprint("C", i), Channel: rapid.SampledFrom([]string{"email", "chat"}).Draw(rt, "channel"),
			Source: rapid.SampledFrom([]string{"desk", "desk", "desk", "shop"}).Draw(rt, "source"), Customer: customer(true),
		}
		at := rapid.SliceOfN(instants, 1, 5).Draw(rt, "times")
		slices.SortFunc(at, time.Time.Compare)
		c.CreatedAt = at[0]
		for j, at := range at {
			m := odzew.Message{ID: fmt.Sprint("m", j), At: at, Author: odzew.AuthorCustomer, Public: true, Text: rapid.SampledFrom(texts).Draw(rt, "text")}
			if j > 0 && rapid.IntRange(0, 2).Draw(rt, "agent") == 0 {
				m.Author, m.Text = odzew.AuthorAgent, answer
			}
			c.Messages = append(c.Messages, m)
		}
		end := at[len(at)-1]
		if rapid.IntRange(0, 3).Draw(rt, "solved") == 0 {
			c.Events = append(c.Events, odzew.Event{At: end.Add(time.Hour), Kind: odzew.EventStatus, To: string(odzew.StatusSolved), By: odzew.AuthorAgent})
		}
		if i > 0 && rapid.Bool().Draw(rt, "merge") {
			c.Events = append(c.Events, odzew.Event{At: end.Add(2 * time.Hour), Kind: odzew.EventMerge, Into: fmt.Sprint("C", rapid.IntRange(0, i-1).Draw(rt, "into")), By: odzew.AuthorAgent})
		}
		whole[c.ID] = c
		// Told early: fewer messages, no event, another time, another hand, no address.
		said, from := 0, rapid.IntRange(0, numSteps-1).Draw(rt, "from")
		for s := from; s < numSteps; s++ {
			told := c
			told.Messages = slices.Clone(c.Messages)
			if s < numSteps-1 {
				said = rapid.IntRange(max(said, 1), len(c.Messages)).Draw(rt, "said")
				told.Messages, told.Events = told.Messages[:said], nil
				m := &told.Messages[rapid.IntRange(0, said-1).Draw(rt, "wrong")]
				switch rapid.IntRange(0, 6).Draw(rt, "fault") {
				case 0:
					m.At = m.At.AddDate(0, 0, 1)
				case 1:
					m.Author = odzew.AuthorBot
				case 2:
					m.Text = "?"
				case 3:
					told.Customer.Email = ""
				case 4:
					told.Customer = customer(true)
				case 5:
					told.Excluded = "spam"
				}
			}
			steps[s] = append(steps[s], told)
		}
	}
	for i := range rapid.IntRange(0, 6).Draw(rt, "mails") {
		who := odzew.Customer{Email: "k1@example.com"} // threads are a person's own
		m := odzew.Message{
			ID: fmt.Sprintf("%d@example.com", i), At: instants.Draw(rt, "at"), Author: odzew.AuthorCustomer, AuthorID: who.Email, Public: true,
			Text: rapid.SampledFrom(texts).Draw(rt, "text"), Mail: &odzew.MailRefs{Subject: "zwrot", People: []string{who.Email}},
		}
		who.ID = who.Email
		for _, ref := range rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 0, 3, rapid.ID).Draw(rt, "refs") {
			if ref != i {
				m.Mail.References = append(m.Mail.References, fmt.Sprintf("%d@example.com", ref))
			}
		}
		c := odzew.Conversation{Channel: "email", Subject: "Zwrot", Customer: who, Messages: []odzew.Message{m}, CreatedAt: m.At}
		s := rapid.IntRange(0, numSteps-1).Draw(rt, "step")
		steps[s] = append(steps[s], c)
	}
	seen := map[string]bool{}
	for _, c := range slices.Concat(steps...) {
		if c.ID != "" && seen[c.ID] {
			continue
		}
		seen[c.ID] = true
		if c.ID != "" {
			c = whole[c.ID]
		}
		final = append(final, c)
	}
	return final, steps
}

// found lists what analysis made, without row numbers, revisions and what tells of
// the past: flags that are over.
func found(rt *rapid.T, path string) string {
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		rt.Fatal(err)
	}
	defer db.Close()
	var out []string
	for _, q := range []string{
		`SELECT 'finding', c.source, c.external_id, f.touchpoint, round(f.frustration, 9), f.level, f.peak, f.needs_call, f.cause, f.reasons, f.first_customer_at, f.last_customer_at, f.open_since, f.parked, f.recheck_at
			FROM findings f JOIN conversations c ON c.id = f.conversation_id`,
		`SELECT 'score', c.external_id, m.external_id, s.sentiment, s.level, s.signals FROM message_scores s JOIN messages m ON m.id = s.message_id JOIN conversations c ON c.id = m.conversation_id`,
		`SELECT 'turn', c.external_id, t.kind, t.outcome, t.opened_at, t.closed_at, t.nudges, t.thanks FROM turns t JOIN conversations c ON c.id = t.conversation_id`,
		`SELECT 'request', c.external_id, r.kind, r.at, r.message, r.answered_at FROM statutory_requests r JOIN conversations c ON c.id = r.conversation_id`,
		`SELECT 'wait', * FROM wait_rollups`, `SELECT 'activity', * FROM activity_rollups`,
		`SELECT 'touch', day, touchpoint, stage, conversations, negative, strong, messages, negative_messages, strong_messages, valence, valence_squares, asked, open FROM touchpoint_rollups`,
		`SELECT 'topic', * FROM topic_rollups`, `SELECT 'stale', * FROM stale_days`,
		`SELECT 'flag', k.external_id, f.cause, c.external_id, f.level, round(f.frustration, 9), f.needs_call, f.state, f.reasons FROM flags f JOIN conversations c ON c.id = f.conversation_id LEFT JOIN customers k ON k.id = c.customer_id WHERE f.state = 'open'`,
	} {
		rows, err := db.Query(q)
		if err != nil {
			rt.Fatal(err)
		}
		cols, err := rows.Columns()
		if err != nil {
			rt.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			row := make([]any, len(cols))
			for i := range row {
				row[i] = new(any)
			}
			if err := rows.Scan(row...); err != nil {
				rt.Fatal(err)
			}
			var sb strings.Builder
			for _, v := range row {
				fmt.Fprintf(&sb, "%v ", *v.(*any))
			}
			lines = append(lines, sb.String())
		}
		if err := rows.Err(); err != nil {
			rt.Fatal(err)
		}
		slices.Sort(lines)
		out = append(out, lines...)
	}
	return strings.Join(out, "\n")
}
