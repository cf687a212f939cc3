package sentiment

import (
	"testing"

	"odzew/lexicon"
)

// TestClosing: thanks and good-byes only, as people type them.
func TestClosing(t *testing.T) {
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	model, err := LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	s := New(set.Compile(), model)
	for text, want := range map[string]bool{
		"Dziękuję!": true, "dziekuje bardzo": true, "dzieki": true, "ok dziekuje": true, "Super, dziękuję za pomoc": true,
		"ok thanks": true, "👍": true, "Thank you very much": true, "Pozdrawiam serdecznie": true,
		"Dziękuję, a kiedy dojdzie?": false, "ok, ale gdzie paczka": false, "nie działa": false, "": false, "123456": false,
		"Thanks, but it still does not work": false, "dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję": false,
	} {
		if got := s.Closing(text); got != want {
			t.Errorf("Closing(%q) is %v", text, got)
		}
	}
}
