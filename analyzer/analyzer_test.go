package analyzer_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odzew"
	"odzew/analyzer"
	"odzew/analyzer/frustration"
)

var update = flag.Bool("update", false, "write the golden files anew")

// examples are ten conversations, from the first message on.
func examples(t testing.TB) []odzew.Conversation {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "conversations.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []odzew.Conversation
	for line := range bytes.Lines(data) {
		c, err := odzew.ParseConversation(line)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if len(out) != 10 {
		t.Fatalf("%d conversations, want 10", len(out))
	}
	return out
}

// A summary is what the golden file holds of a result: what people act on, without
// weights, and without the reasons that hang on the last digit of a fitted model.
type summary struct {
	Conversation string
	Level, Peak  int
	NeedsCall    bool `json:",omitempty"`
	SilentLeaver bool `json:",omitempty"`
	ResolvedWell bool `json:",omitempty"`
	Cause        string
	Reasons      []string
	Promises     []string `json:",omitempty"`
	OpenSince    string   `json:",omitempty"`
}

func summarize(r *analyzer.Result) summary {
	s := summary{
		Conversation: r.Flag.Conversation, Level: r.Flag.Level, Peak: r.Peak, NeedsCall: r.Flag.NeedsCall,
		SilentLeaver: r.SilentLeaver, ResolvedWell: r.ResolvedWell, Cause: r.Flag.Cause, Reasons: []string{},
	}
	for _, x := range r.Flag.Reasons {
		if math.Abs(x.Weight) < 0.1 || x.Signal == "negative" || x.Signal == "falling" {
			continue
		}
		line := x.Signal
		if x.Message != "" {
			line += " " + x.Message + ": " + x.Quote
		}
		s.Reasons = append(s.Reasons, line)
	}
	slices.Sort(s.Reasons)
	for _, p := range r.Promises {
		s.Promises = append(s.Promises, string(p.State)+" by "+p.Due.Format(time.RFC3339)+": "+p.Quote)
	}
	if !r.OpenSince.IsZero() {
		s.OpenSince = r.OpenSince.Format(time.RFC3339)
	}
	return s
}

func TestGolden(t *testing.T) {
	a := desk(t)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	for _, c := range examples(t) {
		r := a.Analyze(analyzer.Input{Conversation: c}, lastMessage(&c).Add(time.Hour))
		if err := e.Encode(summarize(&r)); err != nil {
			t.Fatal(err)
		}
	}
	golden := filepath.Join("testdata", "conversations.golden")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("findings changed (-want +got); if they are meant to, run with -update\n%s", diff)
	}
}

// strong are texts that would make any customer's message one of the highest level.
var strong = []string{
	"To jest skandal, jesteście oszustami! Idę do prawnika i do UOKiK, rezygnuję!!!",
	"THIS IS BULLSHIT, I want my money back NOW or you will hear from my lawyer",
	"Kurwa, ile można czekać?! Trzeci raz piszę! Nigdy więcej!",
}

// TestDeskIsNeverScored fills the texts of all but the customer with strong words, and
// then with none, and finds the same, but for promises, which neither text makes.
func TestDeskIsNeverScored(t *testing.T) {
	a := desk(t)
	for _, text := range strong {
		m := odzew.Message{Author: odzew.AuthorCustomer, Public: true, Text: text}
		if s, _, ok := a.ScoreMessage(&m); !ok || s.Level != 2 {
			t.Fatalf("%q is of level %d as a customer's: too weak to prove anything", text, s.Level)
		}
		for name, m := range map[string]odzew.Message{
			"agent":     {Author: odzew.AuthorAgent, Public: true, Text: text},
			"bot":       {Author: odzew.AuthorBot, Public: true, Text: text},
			"auto":      {Author: odzew.AuthorAuto, Public: true, Text: text},
			"note":      {Author: odzew.AuthorCustomer, Public: false, Text: text},
			"unknown":   {Author: "robot", Public: true, Text: text},
			"absence":   {Author: odzew.AuthorCustomer, Public: true, Text: text, Headers: map[string]string{"Auto-Submitted": "auto-replied"}},
			"no author": {Public: true, Text: text},
		} {
			if s, own, ok := a.ScoreMessage(&m); ok || own != "" || s.Signals != nil || s.Frustration != 0 {
				t.Errorf("%s: scored as %+v", name, s)
			}
		}
	}
	for i, c := range examples(t) {
		var results []analyzer.Result
		for _, text := range []string{"", strong[i%len(strong)]} {
			c := c
			c.Messages = slices.Clone(c.Messages)
			for k := range c.Messages {
				if c.Messages[k].Author != odzew.AuthorCustomer || !c.Messages[k].Public {
					c.Messages[k].Text = text
				}
			}
			results = append(results, a.Analyze(analyzer.Input{Conversation: c}, lastMessage(&c).Add(time.Hour)))
		}
		if diff := cmp.Diff(results[0], results[1]); diff != "" {
			t.Errorf("%s: findings depend on what the desk wrote\n%s", c.ID, diff)
		}
	}
}

// TestDeskChangesNothingButPromises lets agents write anything at all.
func TestDeskChangesNothingButPromises(t *testing.T) {
	a := desk(t)
	all := examples(t)
	words := strings.Fields(strings.Join(strong, " ") + " odpowiemy oddzwonimy jutro w piątek do 17 we will call you tomorrow by Friday nie ? . , !")
	rapid.Check(t, func(t *rapid.T) {
		c := all[rapid.IntRange(0, len(all)-1).Draw(t, "conversation")]
		c.Messages = slices.Clone(c.Messages)
		now := lastMessage(&c).Add(time.Hour)
		for k := range c.Messages {
			if c.Messages[k].Author != odzew.AuthorCustomer {
				c.Messages[k].Text = ""
			}
		}
		before := a.Analyze(analyzer.Input{Conversation: c}, now)
		for k := range c.Messages {
			if c.Messages[k].Author != odzew.AuthorCustomer {
				c.Messages[k].Text = strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "text"), " ")
			}
		}
		after := a.Analyze(analyzer.Input{Conversation: c}, now)
		if len(after.Promises) == 0 {
			if diff := cmp.Diff(before, after); diff != "" {
				t.Fatalf("%s: %s", c.ID, diff)
			}
			return
		}
		if diff := cmp.Diff(withoutPromise(&before), withoutPromise(&after)); diff != "" {
			t.Fatalf("%s: more than promises changed\n%s", c.ID, diff)
		}
	})
}

// withoutPromise is all in a result that a promise must not change.
func withoutPromise(r *analyzer.Result) any {
	var signals []string
	for _, x := range r.Flag.Reasons {
		if x.Signal != "promise_passed" {
			signals = append(signals, x.Signal)
		}
	}
	slices.Sort(signals)
	return []any{r.Scores, r.Waits, r.OpenSince, r.SilentLeaver, signals}
}

// TestOrderOfInput shuffles messages, events and ratings.
func TestOrderOfInput(t *testing.T) {
	a := desk(t)
	all := examples(t)
	rapid.Check(t, func(t *rapid.T) {
		c := all[rapid.IntRange(0, len(all)-1).Draw(t, "conversation")]
		now := lastMessage(&c).Add(time.Hour)
		want := a.Analyze(analyzer.Input{Conversation: c}, now)
		c.Messages = rapid.Permutation(c.Messages).Draw(t, "messages")
		got := a.Analyze(analyzer.Input{Conversation: c}, now)
		if diff := cmp.Diff(want.Flag, got.Flag); diff != "" {
			t.Fatalf("%s: %s", c.ID, diff)
		}
		if diff := cmp.Diff(want.Promises, got.Promises); diff != "" {
			t.Fatalf("%s: %s", c.ID, diff)
		}
	})
}

// TestQuotedWordsAreNotThePromise: what stands quoted below an answer is the customer's.
func TestQuotedWordsAreNotThePromise(t *testing.T) {
	a := desk(t)
	at := time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)
	c := odzew.Conversation{ID: "q", CreatedAt: at, Customer: odzew.Customer{ID: "k"}, Messages: []odzew.Message{
		{ID: "1", At: at, Author: odzew.AuthorCustomer, Public: true, Text: "Odpowiemy na ofertę do piątku."},
		{ID: "2", At: at.Add(time.Hour), Author: odzew.AuthorAgent, Public: true, Text: "Dobrze.\n\nW dniu 11.05.2026 o 10:00, Jan pisze:\n> Odpowiemy na ofertę do piątku.\n"},
	}}
	if r := a.Analyze(analyzer.Input{Conversation: c}, at.Add(2*time.Hour)); len(r.Promises) != 0 {
		t.Errorf("promises %+v", r.Promises)
	}
}

func TestMergedConversationIsJudgedWhereItGoesOn(t *testing.T) {
	a := desk(t)
	at := time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)
	angry := odzew.Conversation{
		ID: "a", Source: "s", CreatedAt: at, Customer: odzew.Customer{ID: "k"},
		Messages: []odzew.Message{{ID: "1", At: at, Author: odzew.AuthorCustomer, Public: true, Text: strong[0]}},
		Events:   []odzew.Event{{At: at.Add(2 * time.Hour), Kind: odzew.EventMerge, Into: "b"}},
	}
	calm := odzew.Conversation{
		ID: "b", Source: "s", CreatedAt: at, Customer: odzew.Customer{ID: "k"},
		Messages: []odzew.Message{{ID: "2", At: at.Add(time.Hour), Author: odzew.AuthorCustomer, Public: true, Text: "Dzień dobry, jaki jest status zamówienia 7712?"}},
	}
	now := at.Add(3 * time.Hour)
	if r := a.Analyze(analyzer.Input{Conversation: angry}, now); r.Flag.Level != 0 || r.Flag.NeedsCall {
		t.Errorf("merged away: %+v", r.Flag)
	}
	if r := a.Analyze(analyzer.Input{Conversation: calm, Merged: []odzew.Conversation{angry}}, now); r.Flag.Level != 2 || !r.Flag.NeedsCall {
		t.Errorf("merged into: %+v", r.Flag)
	}
}

// A clock of the law that a conversation started runs on in the one that it went into.
func TestMergedRequestIsPending(t *testing.T) {
	a := desk(t)
	at := time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)
	file := func(id string, hour int, text string) odzew.Conversation {
		at := at.Add(time.Duration(hour) * time.Hour)
		return odzew.Conversation{ID: id, Source: "s", CreatedAt: at, Messages: []odzew.Message{{ID: id + "1", At: at, Author: odzew.AuthorCustomer, Public: true, Text: text}}}
	}
	in := analyzer.Input{
		Conversation: file("b", 2, "Składam reklamację na kurtkę."),
		Merged:       []odzew.Conversation{file("a", 0, "Proszę o usunięcie moich danych."), file("c", 1, "Składam reklamację na kurtkę.")},
	}
	var got []string
	for _, r := range a.Analyze(in, at.Add(3*time.Hour)).Requests {
		got = append(got, r.Kind+" "+r.Message)
	}
	if want := []string{"complaint c1", "data_request a1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	in.Events = []odzew.Event{{At: at.Add(150 * time.Minute), Kind: odzew.EventMerge, Into: "d"}}
	if r := a.Analyze(in, at.Add(3*time.Hour)); len(r.Requests) != 1 || r.Requests[0].Message != "b1" {
		t.Errorf("merged away: %+v", r.Requests)
	}
}

// A word of receipt, in whichever of two merged conversations, stops no clock of the
// law; a decision does, and being solved.
func TestRequestIsAnswered(t *testing.T) {
	a := desk(t)
	at := time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)
	says := func(hour int, author odzew.Author, text string) odzew.Message {
		return odzew.Message{ID: fmt.Sprint(hour), At: at.Add(time.Duration(hour) * time.Hour), Author: author, Public: true, Text: text}
	}
	in := analyzer.Input{
		Conversation: odzew.Conversation{ID: "b", Source: "s", CreatedAt: at, Messages: []odzew.Message{
			says(1, odzew.AuthorCustomer, "Składam reklamację na kurtkę."),
			says(2, odzew.AuthorAgent, "Potwierdzamy przyjęcie reklamacji."),
		}},
		Merged: []odzew.Conversation{{ID: "a", Source: "s", CreatedAt: at, Messages: []odzew.Message{
			says(0, odzew.AuthorCustomer, "Gdzie paczka?"),
			says(3, odzew.AuthorAgent, "Sprawdzę i wrócę z odpowiedzią."),
			says(9, odzew.AuthorAgent, "Reklamacja została uznana.\n\n> Składam reklamację na kurtkę."),
		}, Events: []odzew.Event{{At: at.Add(4 * time.Hour), Kind: odzew.EventStatus, To: string(odzew.StatusClosed)}}}}, // by the merge
	}
	for hours, want := range map[int]time.Time{8: {}, 10: at.Add(9 * time.Hour)} {
		if r := a.Analyze(in, at.Add(time.Duration(hours)*time.Hour)).Requests; len(r) != 1 || !r[0].AnsweredAt.Equal(want) {
			t.Errorf("after %d hours: %+v, want answered at %v", hours, r, want)
		}
	}
	in.Events = []odzew.Event{{At: at.Add(5 * time.Hour), Kind: odzew.EventStatus, To: string(odzew.StatusSolved)}}
	if r := a.Analyze(in, at.Add(8*time.Hour)).Requests; len(r) != 1 || !r[0].AnsweredAt.Equal(at.Add(5*time.Hour)) {
		t.Errorf("solved: %+v", r)
	}
}

// Messages of a conversation that went into another are read as what they are, not
// as those that stand at the same place in the other.
func TestMergedMessagesAreTheirOwn(t *testing.T) {
	customer := func(id, text string, minute int) odzew.Message {
		return odzew.Message{ID: id, At: time.Date(2026, 2, 10, 9, minute, 0, 0, time.UTC), Author: odzew.AuthorCustomer, Public: true, Text: text}
	}
	calm := odzew.Conversation{ID: "B", Source: "s", Customer: odzew.Customer{ID: "k"}, Messages: []odzew.Message{customer("b1", "Proszę o fakturę za marzec.", 30)}}
	angry := odzew.Conversation{
		ID: "A", Source: "s", Customer: odzew.Customer{ID: "k"},
		Messages: []odzew.Message{customer("a1", "To skandal, beznadziejna obsługa!", 0), customer("a2", "Halo, ile można czekać?!", 5), customer("a3", "Dziękuję!", 6)},
		Events:   []odzew.Event{{At: time.Date(2026, 2, 10, 10, 0, 0, 0, time.UTC), Kind: odzew.EventMerge, Into: "B"}},
	}
	a := desk(t)
	now := time.Date(2026, 2, 11, 9, 0, 0, 0, time.UTC)
	alone := a.Analyze(analyzer.Input{Conversation: calm}, now)
	merged := a.Analyze(analyzer.Input{Conversation: calm, Merged: []odzew.Conversation{angry}}, now)
	if diff := cmp.Diff(alone.Scores, merged.Scores); diff != "" {
		t.Errorf("the score of what was written here (-alone +merged):\n%s", diff)
	}
}

func TestOtherContacts(t *testing.T) {
	a := desk(t)
	at := time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)
	c := odzew.Conversation{ID: "x", Source: "mail", Channel: "email", CreatedAt: at, Messages: []odzew.Message{
		{ID: "1", At: at, Author: odzew.AuthorCustomer, Public: true, Text: "Dzień dobry, jaki jest status zamówienia 7712?"},
	}}
	other := func(id, channel string, at time.Time) frustration.Contact {
		return frustration.Contact{Conversation: id, Source: "mail", Channel: channel, FirstAt: at, LastAt: at}
	}
	for _, tt := range []struct {
		name   string
		others []frustration.Contact
		want   string
	}{
		{"none", nil, ""},
		{"itself", []frustration.Contact{other("x", "chat", at)}, ""},
		{"another channel on the same day", []frustration.Contact{other("y", "chat", at.Add(-3*time.Hour))}, "second_channel"},
		{"another channel last week", []frustration.Contact{other("y", "chat", at.Add(-7*24*time.Hour))}, ""},
		{"the same channel", []frustration.Contact{other("y", "email", at.Add(-3*time.Hour))}, ""},
		{"a third time in two weeks", []frustration.Contact{other("y", "email", at.Add(-3*24*time.Hour)), other("z", "email", at.Add(-9*24*time.Hour))}, "repeat_contact"},
	} {
		r := a.Analyze(analyzer.Input{Conversation: c, Others: tt.others}, at.Add(time.Hour))
		got := ""
		for _, x := range r.Flag.Reasons {
			got += x.Signal
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLawOfficeInCopy(t *testing.T) {
	a := desk(t)
	at := time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		headers map[string]string
		level   int
	}{
		{nil, 0},
		{map[string]string{odzew.HeaderLawOffice: "yes"}, 2},
	} {
		c := odzew.Conversation{ID: "x", CreatedAt: at, Customer: odzew.Customer{ID: "k"}, Messages: []odzew.Message{
			{ID: "1", At: at, Author: odzew.AuthorCustomer, Public: true, Text: "Dzień dobry, jaki jest status zamówienia 7712?", Headers: tt.headers},
		}}
		if r := a.Analyze(analyzer.Input{Conversation: c}, at.Add(time.Hour)); r.Flag.Level != tt.level {
			t.Errorf("%v: level %d, want %d: %+v", tt.headers, r.Flag.Level, tt.level, r.Flag.Reasons)
		}
	}
}

func TestAnalyzeByManyGoroutines(t *testing.T) {
	a := desk(t)
	all := examples(t)
	var want []analyzer.Result
	for _, c := range all {
		want = append(want, a.Analyze(analyzer.Input{Conversation: c}, lastMessage(&c).Add(time.Hour)))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, c := range all {
				got := a.Analyze(analyzer.Input{Conversation: c}, lastMessage(&c).Add(time.Hour))
				if diff := cmp.Diff(want[i], got); diff != "" {
					t.Errorf("%s: %s", c.ID, diff)
				}
			}
		})
	}
	wg.Wait()
}

func TestTouchpointOf(t *testing.T) {
	c := odzew.Conversation{Source: "s", Channel: "email", Inbox: "zwroty", Tags: []string{"VIP"}, Subject: "Zwrot pieniędzy"}
	for _, tt := range []struct {
		name  string
		rules []odzew.Touchpoint
		c     odzew.Conversation
		want  string
	}{
		{"inbox by default", nil, c, "zwroty"},
		{"form next", nil, odzew.Conversation{Form: "kontakt", Channel: "form"}, "kontakt"},
		{"then channel", nil, odzew.Conversation{Channel: "chat"}, "chat"},
		{"then source", nil, odzew.Conversation{Source: "s"}, "s"},
		{"else other", nil, odzew.Conversation{}, "other"},
		{"a rule", []odzew.Touchpoint{{Name: "r", Inbox: "ZWROTY"}}, c, "r"},
		{"the first rule", []odzew.Touchpoint{{Name: "x", Channel: "chat"}, {Name: "r", Tag: "vip"}, {Name: "s"}}, c, "r"},
		{"words of the subject", []odzew.Touchpoint{{Name: "r", Words: []string{"PIENIĘDZY"}}}, c, "r"},
		{"none of the words", []odzew.Touchpoint{{Name: "r", Words: []string{"dostawa"}}}, c, "zwroty"},
		{"the stage", []odzew.Touchpoint{{Name: "x", Stage: "after_sales"}, {Name: "r", Stage: "purchase"}}, c, "r"},
	} {
		if got := analyzer.TouchpointOf(tt.rules, &tt.c, "purchase"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A rule over the stage sees where the conversation began, in an analysis and when
// only the name is asked for.
func TestTouchpointByStage(t *testing.T) {
	a := desk(t)
	a.Touchpoints = []odzew.Touchpoint{{Name: "przed zakupem", Stage: "interest"}, {Name: "po zakupie", Stage: "after_sales"}}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ text, want string }{
		{"Jestem zainteresowany rowerem, czym się różnią te modele?", "przed zakupem"},
		{"Paczka przyszła uszkodzona, proszę o wymianę.", "po zakupie"},
		{"", "sklep"},
	} {
		c := odzew.Conversation{ID: "c", Inbox: "sklep", CreatedAt: at}
		if tt.text != "" {
			c.Messages = []odzew.Message{{ID: "m", At: at, Author: odzew.AuthorCustomer, Public: true, Text: tt.text}}
		}
		if got := a.Analyze(analyzer.Input{Conversation: c}, at.Add(time.Hour)).Touchpoint; got != tt.want {
			t.Errorf("%q is at %q, want %q", tt.text, got, tt.want)
		}
		if got := a.Touchpoint(&c); got != tt.want {
			t.Errorf("%q is called %q, want %q", tt.text, got, tt.want)
		}
	}
}

// BenchmarkAnalyze measures a whole analysis; BenchmarkScore what of it is scoring.
func BenchmarkAnalyze(b *testing.B) {
	a := desk(b)
	all := examples(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := all[i%len(all)]
		a.Analyze(analyzer.Input{Conversation: c}, lastMessage(&c).Add(time.Hour))
	}
}

func BenchmarkScore(b *testing.B) {
	a := desk(b)
	all := examples(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := &all[i%len(all)]
		for k := range c.Messages {
			a.ScoreMessage(&c.Messages[k])
		}
	}
}
