package sentiment

import (
	"strings"
	"testing"

	"odzew/analyzer/text"
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
	for message, want := range map[string]bool{
		"Dziękuję!": true, "dziekuje bardzo": true, "dzieki": true, "ok dziekuje": true, "Super, dziękuję za pomoc": true,
		"ok thanks": true, "👍": true, "Thank you very much": true, "Pozdrawiam serdecznie": true,
		"Dziękuję, a kiedy dojdzie?": false, "ok, ale gdzie paczka": false, "nie działa": false, "": false, "123456": false,
		"Thanks, but it still does not work": false, "dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję dziękuję": false,
	} {
		if got := s.Closing(message); got != want {
			t.Errorf("Closing(%q) is %v", message, got)
		}
	}
}

// TestCloseOff: the words of thanks in which a message ends are left out, where it says
// something beside them.
func TestCloseOff(t *testing.T) {
	for message, want := range map[string]string{
		"Where is my parcel? Thank you! 😊":                          "Where is my parcel?",
		"where is my parcel thx":                                    "where is my parcel",
		"Please send it to Leeds. Many thanks in advance, Jo Smith": "Please send it to Leeds.",
		"I want my money back. Kind regards,\nJo":                   "I want my money back.",
		"The app is down. Thanks for your help. Have a nice day!":   "The app is down.",
		"The app is down. Have a nice day!":                         "The app is down. Have a nice day!", // nobody thanks
		"Proszę o fakturę. Udanego weekendu!":                       "Proszę o fakturę.",
		"The app is up again. Thank you for the great support!":     "The app is up again. Thank you for the great support!",
		"Gdzie jest paczka? Z góry bardzo dziękuję 🙏":               "Gdzie jest paczka?",
		"Proszę o fakturę, pozdrawiam serdecznie, Ewa Nowak":        "Proszę o fakturę,",
		"prosze o fakture dzieki":                                   "prosze o fakture",
		"Dziękuję za pomoc!":                                        "Dziękuję za pomoc!",
		"Działa, dziękuję!":                                         "Działa, dziękuję!",
		"Parcel is here, thank you.":                                "Parcel is here,",
		"I would like to say thank you":                             "I would like to say thank you",
		"To nie jest to, nie, dziękuję.":                            "To nie jest to, nie, dziękuję.",
		"The parcel is late. Thanks for nothing!":                   "The parcel is late. Thanks for nothing!",
		"The parcel is late. THANKS A LOT":                          "The parcel is late. THANKS A LOT",
		"Can you help me with this? Thanks?":                        "Can you help me with this? Thanks?",
		"Thank you for the parcel. It is broken.":                   "Thank you for the parcel. It is broken.",
		"":       "",
		"Dzięki": "Dzięki",
	} {
		m := scratch{toks: text.Tokenize(nil, message)}
		m.closeOff()
		got := ""
		if m.tail > 0 {
			got = message[:m.toks[m.tail-1].End]
		}
		if want := strings.TrimRight(want, ".,"); got != want { // marks that mean nothing are no tokens
			t.Errorf("%q: %q is read, want %q", message, got, want)
		}
	}
}
