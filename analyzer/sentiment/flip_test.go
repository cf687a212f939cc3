package sentiment_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"odzew/analyzer/sentiment"
)

// TestFlips: what is named does turn the verdict, by whoever leaves it out, and of one
// or two pieces none is named for nothing.
func TestFlips(t *testing.T) {
	s := scorer(t)
	for _, tt := range []struct{ text, of, from, to, without string }{
		{"Jestem bardzo rozczarowany, czekam już dwa tygodnie!", sentiment.FlipLevel, "1", "0", "czekam już dwa tygodnie"},
		{"Zgłaszam sprawę do UOKiK.", sentiment.FlipLevel, "2", "", "UOKiK"},
		{"I want to speak to your manager right now.", sentiment.FlipLevel, "2", "", "manager"},
		{"Świetna obsługa, dziękuję! Niestety paczka przyszła zniszczona i jestem wściekły.", sentiment.FlipSentiment, "", "", ""},
		{"The food was great.", sentiment.FlipSentiment, "positive", "", "great"},
	} {
		score := s.Score(tt.text, "", true)
		flips := s.Flips(tt.text, &score)
		k := slices.IndexFunc(flips, func(f sentiment.Flip) bool { return f.Of == tt.of })
		if len(flips) != 2 || k < 0 {
			t.Fatalf("%q: %+v", tt.text, flips)
		}
		f := flips[k]
		if tt.from != "" && f.From != tt.from || tt.to != "" && f.To != tt.to || f.To == "" || f.To == f.From {
			t.Errorf("%q: %+v", tt.text, f)
		}
		var words []string
		left := tt.text
		for _, p := range slices.Backward(f.Without) {
			if tt.text[p.Start:p.End] != p.Text {
				t.Errorf("%q: %+v is not its text", tt.text, p)
			}
			words = append(words, p.Text)
			left = left[:p.Start] + " " + left[p.End:]
		}
		if got := strings.Join(words, " "); !strings.Contains(got, tt.without) {
			t.Errorf("%q: without %q, want %q", tt.text, got, tt.without)
		}
		again := s.Score(left, score.Lang, false)
		if got := map[string]string{sentiment.FlipSentiment: string(*again.Sentiment), sentiment.FlipLevel: string('0' + rune(again.Level))}[tt.of]; got != f.To {
			t.Errorf("%q is %s, not %s", left, got, f.To)
		}
	}
	foreign := "Wann kommt mein Paket endlich an? Ich warte schon lange darauf."
	if score := s.Score(foreign, "", true); len(s.Flips(foreign, &score)) != 0 {
		t.Error("what is not scored cannot turn")
	}
}

// TestFlipsLong: a giant message is read again a few times and no more. What is read
// again is allocated again, some 30 bytes a byte of text, so that bytes tell how often;
// a busy machine would tell another time. With the limit it is 270 bytes a byte of
// text, without it 710.
func TestFlipsLong(t *testing.T) {
	s := scorer(t)
	long := strings.Repeat("Czekam już dwa tygodnie, ile można?! Skandal. Dziękuję bardzo za pomoc. ", 14000)
	score := s.Score(long, "", true)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	flips := s.Flips(long, &score)
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / uint64(len(long)); each > 400 {
		t.Errorf("%d bytes were allocated for each byte of text", each)
	}
	if len(flips) != 2 || len(flips[0].Without) > 20 {
		t.Errorf("%+v", flips)
	}
}
