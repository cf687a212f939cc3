package workbench_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/analyzer/workbench"
	"odzew/lexicon"
)

// desk makes labelled messages in which one unknown word blames, another praises and
// the rest say nothing. A tenth of the labels are wrong.
func desk(n int) []sentiment.Example {
	random := rand.New(rand.NewPCG(7, 7))
	plain := strings.Fields("regał szafka biurko krzesło półka stolik kanapa fotel lampa dywan")
	var out []sentiment.Example
	for i := range n {
		words := []string{plain[random.IntN(len(plain))], plain[random.IntN(len(plain))]}
		class := eval.Classes[i%3]
		switch class {
		case odzew.Negative:
			words = append(words, "ślimax")
		case odzew.Positive:
			words = append(words, "turbopaczka")
		}
		if random.IntN(10) == 0 {
			class = eval.Classes[random.IntN(3)]
		}
		random.Shuffle(len(words), func(a, b int) { words[a], words[b] = words[b], words[a] })
		if i%5 == 0 {
			words = slices.DeleteFunc(words, func(w string) bool { return w == "ślimax" })
			if class == odzew.Negative {
				words = append(words, "slimax")
			}
		}
		out = append(out, sentiment.Example{ID: fmt.Sprint(i), Text: "to jest " + strings.Join(words, " "), Lang: "pl", Sentiment: class, Weight: 1})
	}
	return out
}

func TestFit(t *testing.T) {
	l := open(t, map[string]string{"pl/a.tsv": rows("dobry/tone/0.8/0.8", "=nie/negator")})
	o := workbench.FitOptions{Lang: lexicon.PL, Least: 5, Most: 10, L1: 0.5, L2: 2}
	got, err := l.Fit(desk(1000), o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Learned != 900 || got.Held != 100 || got.After.Accuracy.Value < got.Before.Accuracy.Value+0.2 {
		t.Errorf("learned from %d, held back %d, accuracy from %.2f to %.2f", got.Learned, got.Held, got.Before.Accuracy.Value, got.After.Accuracy.Value)
	}
	rowOf := map[string]lexicon.LearnedRow{}
	for _, r := range got.File.Rows {
		rowOf[r.Entry] = r
	}
	if blame := rowOf["ślimax"].Pull; blame[0] <= max(50, blame[1], blame[2]) {
		t.Errorf("blame: %+v", blame)
	}
	if praise := rowOf["turbopaczka"].Pull; praise[2] <= max(50, praise[0], praise[1]) {
		t.Errorf("praise: %+v", praise)
	}
	if _, ok := rowOf["slimax"]; ok {
		t.Error("the careless spelling was learned beside the right one")
	}
	if _, ok := rowOf["jest"]; ok {
		t.Error("a common word was learned")
	}
	file := got.File.Bytes("licence: CC0")
	if _, err := lexicon.ParseLearned(got.File.Name, file); err != nil {
		t.Errorf("what was learned cannot be read: %v", err)
	}
	second, err := l.Fit(desk(1000), o)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, second.File.Bytes("licence: CC0")) {
		t.Error("the same messages teach other words")
	}
	// The learned file, as an overlay, does what was measured.
	with := open(t, map[string]string{"pl/a.tsv": rows("dobry/tone/0.8/0.8", "=nie/negator")}, map[string]string{got.File.Name: string(file)})
	for text, want := range map[string]odzew.Sentiment{"to jest ślimax": odzew.Negative, "to jest slimax": odzew.Negative, "to jest turbopaczka": odzew.Positive} {
		if s := with.Score(text, "pl", false); *s.Sentiment != want {
			t.Errorf("%q is %s, want %s", text, *s.Sentiment, want)
		}
	}
	// Learned again upon themselves, the words say nearly the same.
	third, err := with.Fit(desk(1000), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range third.File.Rows {
		if before := rowOf[r.Entry]; r.Entry == "ślimax" && (r.Pull[0] < before.Pull[0]*2/3 || r.Pull[0] > before.Pull[0]*3/2) {
			t.Errorf("%+v was %+v", r, before)
		}
	}
}

// TestFitSettings proves what the settings of the learner do.
func TestFitSettings(t *testing.T) {
	l := open(t, map[string]string{"pl/a.tsv": rows("=turbopaczka/tone/-0.9/0.9///nasza nazwa")})
	fit := func(o workbench.FitOptions) []string {
		t.Helper()
		o.Lang = lexicon.PL
		got, err := l.Fit(desk(600), o)
		if err != nil {
			t.Fatal(err)
		}
		var entries []string
		for _, r := range got.File.Rows {
			entries = append(entries, r.Entry)
		}
		return entries
	}
	if got := fit(workbench.FitOptions{Least: 5, Most: 1, L1: 2, L2: 1}); len(got) != 1 {
		t.Errorf("the one best: %q", got)
	}
	if got := fit(workbench.FitOptions{Least: 5, Most: 100, L1: 1e6, L2: 1}); len(got) != 0 {
		t.Errorf("with a great L1: %q", got)
	}
	if got := fit(workbench.FitOptions{Least: 1000, Most: 100, L1: 1, L2: 1}); len(got) != 0 {
		t.Errorf("too rare: %q", got)
	}
	if _, err := l.Fit(desk(50), workbench.FitOptions{Lang: lexicon.PL, Least: 1, Most: 10, L1: 1, L2: 1}); err == nil {
		t.Error("fifty messages are enough")
	}
	if _, err := l.Fit(desk(600), workbench.FitOptions{Lang: lexicon.EN, Least: 1, Most: 10, L1: 1, L2: 1}); err == nil {
		t.Error("Polish messages are taken for English")
	}
}

func samplesOf(examples []sentiment.Example, background ...sentiment.Example) func(func(workbench.Sample, error) bool) {
	return func(yield func(workbench.Sample, error) bool) {
		for i, list := range [][]sentiment.Example{background, examples} {
			for s := range workbench.SamplesOf(list, i == 0) {
				if !yield(s, nil) {
					return
				}
			}
		}
	}
}

func TestSuggest(t *testing.T) {
	l := open(t, map[string]string{"pl/a.tsv": rows("dobry/tone/0.8/0.8")})
	got, err := l.Suggest(samplesOf(desk(400)), workbench.SuggestOptions{Least: 5, Most: 10})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]workbench.Suggestion{}
	for _, s := range got {
		found[s.Entry.Pattern] = s
	}
	for pattern, class := range map[string]odzew.Sentiment{"=ślimax": odzew.Negative, "=turbopaczka": odzew.Positive} {
		s, ok := found[pattern]
		if !ok || s.Class != class || s.Entry.Polarity*sign(class) <= 0.3 || s.N < 80 || s.In > s.N || s.Z < 3 || len(s.Examples) != 3 {
			t.Errorf("%s: %+v", pattern, s)
		}
	}
	if len(got) > 4 {
		t.Errorf("chance was suggested, too: %d entries", len(got))
	}
	for i := 1; i < len(got); i++ {
		if got[i].Z > got[i-1].Z {
			t.Error("the surest do not come first")
		}
	}
	again, err := l.Suggest(samplesOf(desk(400)), workbench.SuggestOptions{Least: 5, Most: 10})
	if err != nil || !reflect.DeepEqual(got, again) {
		t.Errorf("another answer to the same question, %v", err)
	}
}

func sign(class odzew.Sentiment) float64 {
	if class == odzew.Negative {
		return -1
	}
	return 1
}

// TestSuggestBackground proves that words which people always use are not
// suggested.
func TestSuggestBackground(t *testing.T) {
	l := open(t, map[string]string{"pl/a.tsv": rows("dobry/tone/0.8/0.8")})
	var usual []sentiment.Example
	for i := range 200 {
		usual = append(usual, sentiment.Example{Text: fmt.Sprintf("to jest turbopaczka i regał numer %d", i), Lang: "pl"})
	}
	got, err := l.Suggest(samplesOf(desk(300), usual...), workbench.SuggestOptions{Least: 5, Most: 50})
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for _, s := range got {
		patterns = append(patterns, s.Entry.Pattern)
	}
	if !slices.Contains(patterns, "=ślimax") || slices.Contains(patterns, "=turbopaczka") {
		t.Errorf("suggested: %q", patterns)
	}
}

// TestSuggestPOS proves that English words are shown to the tagger where they stand.
func TestSuggestPOS(t *testing.T) {
	l := openShipped(t)
	var examples []sentiment.Example
	for i := range 60 {
		e := sentiment.Example{Text: "Could you please send me the invoice for order " + fmt.Sprint(i) + "?", Lang: "en", Sentiment: odzew.Neutral}
		if i%2 == 0 {
			e = sentiment.Example{Text: "This is a very wobblish chair and I want to send it back.", Lang: "en", Sentiment: odzew.Negative}
		}
		examples = append(examples, e)
	}
	got, err := l.Suggest(samplesOf(examples), workbench.SuggestOptions{Least: 5, Most: 20})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(got, func(s workbench.Suggestion) bool { return s.Entry.Pattern == "=wobblish" })
	if i < 0 || got[i].POS != lexicon.Adj || got[i].Entry.Lang != lexicon.EN {
		t.Errorf("suggested: %+v", got)
	}
}

func TestCompare(t *testing.T) {
	files := map[string]string{"pl/a.tsv": rows("dobry/tone/0.9/0.9", "=czekam/signal/-0.5/0.5/signal:waiting")}
	a, b := open(t, files), open(t, files, map[string]string{"pl/a.tsv": rows("=czekam/off", "ślimax/tone/-0.95/0.95")})
	examples := []sentiment.Example{{ID: "1", Text: "to jest dobre"}, {ID: "2", Text: "to jest ślimax i fatalny dzień"}, {ID: "3", Text: "to jest znowu ślimax"}, {ID: "4", Text: "zły dzień i czekam"}}
	for i := range examples {
		examples[i].Text += ", to jest dwa tygodnie"
	}
	c := workbench.Comparison{Examples: 1}
	c.CompareMessages(a.Scorer, b.Scorer, examples)
	if c.Messages != 4 || c.MessagesChanged < 2 || c.MessagesChanged > 3 {
		t.Errorf("%+v", c)
	}
	total := 0
	for _, x := range c.Changes() {
		total += x.N
		if x.From == x.To || len(x.Examples) != 1 {
			t.Errorf("change %+v", x)
		}
	}
	if total < c.MessagesChanged {
		t.Errorf("%d messages changed by %d changes", c.MessagesChanged, total)
	}
	same := workbench.Comparison{Examples: 1}
	same.CompareMessages(a.Scorer, a.Scorer, examples)
	if same.MessagesChanged != 0 || len(same.Changes()) != 0 {
		t.Errorf("a lexicon differs from itself: %+v", same.Changes())
	}
}

func TestCompareConversations(t *testing.T) {
	set, err := workbench.ReadConversations(strings.NewReader(strings.Replace(labelledConversation, "Nadal jej nie ma, co dalej?", "Znowu ślimax, idę z tym do zbójnika.", 1)), "x")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"pl/a.tsv": rows("dobry/tone/0.9/0.9")}
	a := open(t, files)
	b := open(t, files, map[string]string{"pl/a.tsv": rows("=do =zbójnika/signal/-0.9/0.9/signal:legal", "ślimax/tone/-0.95/0.95")})
	c := workbench.Comparison{Examples: 2}
	c.CompareConversations(analyzerOf(t, a), analyzerOf(t, b), inputs(set), set[0].Conversation.Messages[2].At.Add(1))
	if c.Conversations != 1 || c.ConversationsChanged != 1 || c.Customers != 1 || c.Messages != 2 || c.MessagesChanged != 1 {
		t.Errorf("%+v", c)
	}
	i := slices.IndexFunc(c.Changes(), func(x workbench.Change) bool {
		return x.Figure == "signal legal" && x.From == "no" && x.To == "yes" && x.N == 1
	})
	if i < 0 {
		t.Errorf("changes: %+v", c.Changes())
	}
}

func TestShow(t *testing.T) {
	l := open(t, map[string]string{"pl/a.tsv": rows("dobry/tone/0.9/0.9", "dobry dzień/politeness", "dzień/topic", "zły/tone/-0.9/0.9")},
		map[string]string{"pl/b.tsv": rows("=dobra =!/tone/0.5")})
	for _, tt := range []struct {
		phrase string
		want   []string // where: match counts
	}{
		{"dobre", []string{"pl/a.tsv:2: true true", "pl/a.tsv:3: false false"}},
		{"Dobry dzień", []string{"pl/a.tsv:3: true true", "pl/a.tsv:2: true false", "pl/a.tsv:4: true false"}},
		{"dobra", []string{"pl/a.tsv:2: true true", "pl/a.tsv:3: false false", "site1/pl/b.tsv:2: false false"}},
		{"nieznane", nil},
		{"", nil},
	} {
		var got []string
		for _, s := range l.Show(tt.phrase) {
			got = append(got, fmt.Sprintf("%s: %v %v", s.Where, s.Match, s.Counts))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.phrase, got, tt.want)
		}
	}
	forms := l.Show("dobre")[0].Forms
	if !slices.Equal(forms, []string{"dobry", "dobra", "dobre", "dobrego"}) {
		t.Errorf("forms %q", forms)
	}
}

// TestImport is each format, a line a case: the line, and the entry or the error.
func TestImport(t *testing.T) {
	for _, tt := range []struct {
		format workbench.Format
		line   string
		want   string
	}{
		{workbench.VADER, "lovely\t2.8\t0.74\t[3, 3]", "=lovely tone 0.7 0.7"},
		{workbench.VADER, ":)\t2\t1\t[2]", ":) emoji 0.5 0.5"},
		{workbench.VADER, "Don’t care\t-1.0", "=don't =care tone -0.25 0.25"},
		{workbench.VADER, "well-made\t2", "=well =made tone 0.5 0.5"},
		{workbench.VADER, "lovely\t4.5", "x:1: \"4.5\" is not a figure from -4 to 4"},
		{workbench.VADER, "lovely\tNaN", "x:1: \"NaN\" is not a figure from -4 to 4"},
		{workbench.VADER, "lovely", "x:1: no figure"},
		{workbench.VADER, "a1b2\t1", "x:1: \"a1b2\" cannot be an entry"},
		{workbench.AFINN, "abandon\t-2", "=abandon tone -0.4 0.4"},
		{workbench.AFINN, "can't stand\t-3\r", "=can't =stand tone -0.6 0.6"},
		{workbench.AFINN, "\t-3", "x:1: \"\" cannot be an entry"},
		{workbench.List, "Żenua", "=żenua tone -0.6 0.6"},
		{workbench.AFINN, "great\t3\nGREAT\t-3", "x:2: \"GREAT\" is -0.6 here and 0.6 above; the first counts"},
		{workbench.List, "# comment", "x: there are no words"},
		{workbench.List, "", "x: there are no words"},
	} {
		entries, bad, err := workbench.Import(strings.NewReader(tt.line+"\n"+tt.line+"\n"), "x", workbench.ImportOptions{Format: tt.format, Lang: lexicon.EN, Polarity: -0.6, Note: "n"})
		got := ""
		if err != nil {
			got = err.Error()
		}
		for _, e := range entries {
			got += fmt.Sprintf("%s %s %v %v", e.Pattern, e.Kind, e.Polarity, e.Opinion)
		}
		if len(bad) > 0 {
			got = bad[0].Error()
		}
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s %q: %s, want %s", tt.format, tt.line, got, tt.want)
		}
	}
	if _, _, err := workbench.Import(strings.NewReader(""), "x", workbench.ImportOptions{Format: "senti"}); err == nil {
		t.Error("an unknown format is taken")
	}
}

func FuzzImport(f *testing.F) {
	f.Add("vader", "lovely\t2.8\t0.74\t[3, 3]\n:)\t2\n")
	f.Add("afinn", "can't stand\t-3\n")
	f.Add("list", "żenua\nę’ę\n-\n")
	f.Fuzz(func(t *testing.T, format, data string) {
		entries, _, err := workbench.Import(strings.NewReader(data), "x", workbench.ImportOptions{Format: workbench.Format(format), Lang: lexicon.PL, Polarity: 0.5})
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := lexicon.Write(&b, []string{"licence: CC0"}, entries); err != nil {
			t.Fatal(err)
		}
		again, err := lexicon.Parse("pl/x.tsv", b.Bytes())
		if err != nil || len(again) != len(entries) {
			t.Fatalf("%d entries, read back as %d: %v\n%s", len(entries), len(again), err, b.String())
		}
		for _, e := range again {
			if math.Abs(e.Polarity) > 1 || e.Opinion < 0 || e.Opinion > 1 {
				t.Fatalf("%+v", e)
			}
		}
	})
}
