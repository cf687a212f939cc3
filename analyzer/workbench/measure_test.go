package workbench_test

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"odzew"
	"odzew/analyzer"
	"odzew/analyzer/calendar"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/analyzer/workbench"
)

func shared(t testing.TB, elem ...string) *os.File {
	t.Helper()
	name := filepath.Join(append([]string{"..", "..", "..", "shared"}, elem...)...)
	f, err := os.Open(name)
	if err != nil {
		t.Skip("labelled sets stand beside the repository, and are not here: ", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestStrip(t *testing.T) {
	for _, tt := range []struct{ what, text, want string }{
		{"", "Żółw, OK!", "Żółw, OK!"},
		{"diacritics", "Żółta ŁÓDŹ: élan 😡", "Zolta LODZ: elan 😡"},
		{"punctuation", "Co?! Nie… „tak” 😡 don't 3,5", "Co   Nie   tak    don't 3 5"},
		{"case", "NIE Żółw", "nie żółw"},
		{"diacritics,punctuation,case", "ŻENADA!!!", "zenada   "},
	} {
		if got := workbench.Strip(tt.text, strings.Split(tt.what, ",")...); got != tt.want {
			t.Errorf("%s of %q: %q, want %q", tt.what, tt.text, got, tt.want)
		}
	}
}

func TestEvaluate(t *testing.T) {
	l := openShipped(t)
	examples := []sentiment.Example{
		{ID: "1", Text: "Fatalna obsługa, nigdy więcej.", Lang: "pl", Channel: "chat", Sentiment: odzew.Negative},
		{ID: "2", Text: "Bardzo miła i szybka obsługa, polecam!", Lang: "pl", Channel: "email", Sentiment: odzew.Positive},
		{ID: "3", Text: "Terrible service, never again.", Lang: "en", Channel: "chat", Sentiment: odzew.Positive},
		{ID: "4", Text: "Not labelled."},
	}
	ev := workbench.Evaluate(l.Scorer, examples, 5)
	if ev.All.N != 3 || math.Abs(ev.All.Accuracy.Value-2.0/3) > 1e-9 {
		t.Errorf("%d messages, accuracy %v", ev.All.N, ev.All.Accuracy.Value)
	}
	var names []string
	for _, g := range ev.Groups {
		names = append(names, g.Name)
	}
	if want := []string{"lang en", "lang pl", "channel not given", "channel chat", "channel email"}; !reflect.DeepEqual(names, want) {
		t.Errorf("groups %q, want %q", names, want)
	}
	if len(ev.Mistakes) != 1 || ev.Mistakes[0].ID != "3" || ev.Mistakes[0].Truth != odzew.Positive || ev.Mistakes[0].Found != odzew.Negative || ev.Mistakes[0].Margin <= 0 {
		t.Errorf("mistakes: %+v", ev.Mistakes)
	}
	if again := workbench.Evaluate(l.Scorer, examples, 5); !reflect.DeepEqual(again.All.Accuracy, ev.All.Accuracy) {
		t.Errorf("another interval: %v, %v", again.All.Accuracy, ev.All.Accuracy)
	}
}

// TestEvaluateLarge holds the time of a large file: it is what people wait for.
func TestEvaluateLarge(t *testing.T) {
	l := openShipped(t)
	examples := make([]sentiment.Example, 50_000)
	texts := []string{"Fatalna obsługa, nigdy więcej, czekam trzy tygodnie na paczkę!", "Could you please send me the invoice for March?", "Świetnie, dziękuję, ale drogo."}
	classes := []odzew.Sentiment{odzew.Negative, odzew.Neutral, odzew.Mixed}
	for i := range examples {
		examples[i] = sentiment.Example{Text: texts[i%3], Sentiment: classes[i%3]}
	}
	start := time.Now()
	ev := workbench.Evaluate(l.Scorer, examples, 3)
	if d := time.Since(start); d > 20*time.Second { // a busy machine; 2 s on a quiet one
		t.Errorf("%d messages took %v", ev.All.N, d)
	}
}

func analyzerOf(t testing.TB, l *workbench.Lexicon) *analyzer.Analyzer {
	t.Helper()
	hours := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri"} {
		hours[d] = []string{"09:00-17:00"}
	}
	set, err := calendar.CompileAll([]calendar.Config{{Timezone: "Europe/Warsaw", Hours: hours, Holidays: "pl"}})
	if err != nil {
		t.Fatal(err)
	}
	return &analyzer.Analyzer{Scorer: l.Scorer, Calendars: set}
}

const labelledConversation = `{"conversation":{"id":"C-1","source":"s","created_at":"2026-02-10T09:00:00Z","customer":{"id":"k"},"messages":[` +
	`{"id":"m1","at":"2026-02-10T09:00:00Z","author":"customer","public":true,"text":"Gdzie jest moja paczka?"},` +
	`{"id":"m2","at":"2026-02-10T09:45:00Z","author":"agent","public":true,"text":"W drodze."},` +
	`{"id":"m3","at":"2026-02-11T09:45:00Z","author":"customer","public":true,"text":"Nadal jej nie ma, co dalej?"}]},` +
	`"labels":{"frustration":0,"peak":0,"needs_call":false,"first_reply_seconds":2700,"last_open_wait":true}}`

func TestEvaluateConversations(t *testing.T) {
	if !workbench.AreConversations([]byte(labelledConversation)) || workbench.AreConversations([]byte(`{"id":"1","text":"so \"conversation\": is a word"}`)) {
		t.Error("conversations are not told from messages")
	}
	wrong := strings.Replace(labelledConversation, "2700", "60", 1)
	wrong = strings.Replace(wrong, `"last_open_wait":true`, `"last_open_wait":false`, 1)
	set, err := workbench.ReadConversations(strings.NewReader(labelledConversation+"\n\n"+wrong+"\n"), "x")
	if err != nil || len(set) != 2 {
		t.Fatalf("%d conversations, %v", len(set), err)
	}
	r := workbench.EvaluateConversations(analyzerOf(t, openShipped(t)), set)
	if r.N != 2 || r.FirstReply != 0.5 || r.Promise != 1 || r.Open != (eval.Counts{TP: 1, FP: 1}) {
		t.Errorf("%+v", r)
	}
	for _, bad := range []string{"{", `{"conversation":{"id":"1"}}`, `{"conversation":[],"labels":{}}`} {
		if _, err := workbench.ReadConversations(strings.NewReader("\n"+bad), "x"); err == nil || !strings.HasPrefix(err.Error(), "x:2: ") {
			t.Errorf("%s: error %v, want one at x:2", bad, err)
		}
	}
}

// TestGoldConversations measures on the labelled conversations beside the
// repository: what is computed and not judged must be right.
func TestGoldConversations(t *testing.T) {
	set, err := workbench.ReadConversations(shared(t, "gold", "conversations.jsonl"), "conversations.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	r := workbench.EvaluateConversations(analyzerOf(t, openShipped(t)), set)
	t.Logf("\n%s", r)
	if r.N < 60 || r.FirstReply < 1 || r.Open.FP+r.Open.FN > 0 {
		t.Errorf("%d conversations, first reply %.2f, open waits %+v", r.N, r.FirstReply, r.Open)
	}
}

func inputs(set []workbench.LabelledConversation) (list []analyzer.Input) {
	for _, l := range set {
		list = append(list, analyzer.Input{Conversation: l.Conversation})
	}
	return list
}

func BenchmarkEvaluate(b *testing.B) {
	l := openShipped(b)
	examples := desk(3000)
	for b.Loop() {
		workbench.Evaluate(l.Scorer, examples, 10)
	}
}

func BenchmarkSuggest(b *testing.B) {
	l := openShipped(b)
	examples := desk(3000)
	for b.Loop() {
		if _, err := l.Suggest(samplesOf(examples), workbench.SuggestOptions{Least: 5, Most: 30}); err != nil {
			b.Fatal(err)
		}
	}
}
