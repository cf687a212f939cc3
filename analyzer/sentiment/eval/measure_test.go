package eval_test

import (
	"math"
	"strings"
	"testing"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
)

// TestRead is each form of a line: the label that it has, or the error.
func TestRead(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"1\tnegative\ta\tb", "negative"},
		{"1\tplus_m\ttext", "positive"},
		{"1\t\ttext", ""},
		{"1\tambiguous\ttext", "x: there are no messages"}, // it is left out
		{"id\tlabel\ttext", "x: there are no messages"},
		{"", "x: there are no messages"},
		{"text\tlabel\tid", "x:1: the columns are text, label, id; they must be id, label, text"},
		{"label\tid\ttext", "x:1: the columns are label, id, text; they must be id, label, text"},
		{"text\tlabel", "x:1: the columns are text, label; they must be"},
		{"1\tapproval,neutral\ttext", ""},
		{"1\tjoy,glee\ttext", `x:1: the label "joy,glee" is none of`},
		{"1\tangry\ttext", `x:1: the label "angry" is none of`},
		{"1\tnegative", "x:1: 2 columns"},
		{`{"id":"1","text":"t","sentiment":"mixed"}`, "mixed"},
		{`{"id":"1","text":"t"}`, ""},
		{`{"id":"1","text":"t","sentiment":"angry"}`, `x:1: the sentiment "angry" is none of`},
		{`{"id":"1","text":"t","second":{"aspects":["price"],"stage":"interest"}}`, ""},
		{`{"id":"1","text":"t","second":{"aspects":["prize"]}}`, `x:1: the second reader's aspect "prize" is none of`},
		{`{"id":"1","text":"t","second":{"stage":"late"}}`, `x:1: the second reader's stage "late" is none of`},
		{`{"id":"1","text":"the price","rationales":{"aspect:price":["price"]}}`, ""},
		{`{"id":"1","text":"the price","rationales":{"price":["price"]}}`, `x:1: there is no tag "price" for rationales`},
		{`{"id":"1","text":"the price","rationales":{"aspect:price":["Price"]}}`, `x:1: the rationale "Price" does not stand in the text`},
		{`{"id":`, "x:1: "},
		{`{"id":"1","messages":[{"text":"t"}]}`, `x:1: the record has no "text"; of conversations`},
		{`{"id":"1","text":"t","aspects":["price"]}`, `x:1: the field "aspects" holds a JSON string; an example: {"text":`},
	} {
		list, err := eval.Read(strings.NewReader(tt.line+"\n"), "x")
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case len(list) == 1:
			got = string(list[0].Sentiment)
		}
		if got != tt.want && (err == nil || !strings.HasPrefix(got, tt.want)) {
			t.Errorf("%q: %q, want %q", tt.line, got, tt.want)
		}
	}
	if _, err := eval.Read(strings.NewReader("1\tnegative\ttext\n"), "x.jsonl"); err == nil || !strings.Contains(err.Error(), "x.jsonl:1: this is no JSON object") {
		t.Errorf("TSV named .jsonl: %v", err)
	}
}

// TestFrustrationRanks proves the figures of ranking, on rankings that can be
// counted by hand.
func TestFrustrationRanks(t *testing.T) {
	for _, tt := range []struct {
		ranked         string // from the highest figure down: x frustrated, - not, ( ) one figure
		auc, precision float64
	}{
		{"xxxxx-----", 1, 1},
		{"-----xxxxx", 0, 4.0 / 9},
		{"xxx-x-----x", 1 - 7.0/30, 0.8},
		{"(x-)", 0.5, 0.5},
		{"(xx--)", 0.5, 0.5},
		{"x(x-)-", 0.875, 2.0 / 3},
	} {
		var examples []sentiment.Example
		var scores []odzew.Score
		value, tied := 1.0, false
		for _, r := range tt.ranked {
			switch r {
			case '(':
				tied = true
				continue
			case ')':
				tied = false
				value -= 0.01
				continue
			}
			e := sentiment.Example{Full: true}
			if r == 'x' {
				e.Frustration = 2
			}
			examples, scores = append(examples, e), append(scores, odzew.Score{Frustration: value})
			if !tied {
				value -= 0.01
			}
		}
		r := eval.Measure(examples, scores)
		if math.Abs(float64(r.FrustrationAUC)-tt.auc) > 1e-9 || math.Abs(float64(r.FrustrationPrecision)-tt.precision) > 1e-9 {
			t.Errorf("%s: AUC %v, precision %v; want %v, %v", tt.ranked, r.FrustrationAUC, r.FrustrationPrecision, tt.auc, tt.precision)
		}
	}
	if r := eval.Measure(nil, nil); !math.IsNaN(float64(r.FrustrationAUC)) || !math.IsNaN(float64(r.FrustrationPrecision)) {
		t.Errorf("figures of nothing: %v, %v", r.FrustrationAUC, r.FrustrationPrecision)
	}
}
