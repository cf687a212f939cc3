package frustration

import (
	"strings"
	"testing"

	"odzew"
)

func TestQuoteIsASentence(t *testing.T) {
	for _, tt := range []struct{ lang, text, word, want string }{
		{"en", "Mr. Jones of St. Mary's Road promised a call. Nobody rang. Please help.", "promised", "Mr. Jones of St. Mary's Road promised a call."},
		{"en", "I paid £4.50 on 12.03. Still waiting!", "waiting", "Still waiting!"},
		{"pl", "Dzień dobry. Czekam od 19.06 na zwrot! Proszę o pomoc.", "Czekam", "Czekam od 19.06 na zwrot!"},
		{"pl", "bez kropek\nczekam dalej\npa", "czekam", "czekam dalej"},
	} {
		at := strings.Index(tt.text, tt.word)
		m := &Message{Text: tt.text, Score: odzew.Score{Lang: tt.lang, Evidence: []odzew.Evidence{{Start: at, End: at + len(tt.word), Rule: "signal:waiting"}}}}
		if got := quote(m, "waiting"); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}
