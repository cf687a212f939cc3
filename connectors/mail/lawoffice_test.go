package mail

import (
	"testing"
	"time"

	"odzew"
)

func TestLawOffice(t *testing.T) {
	own, err := OwnAddresses([]string{"@sklep.example"})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		from string
		cc   []Address
		want string
	}{
		"nobody":         {"jan@poczta.example", nil, ""},
		"a friend":       {"jan@poczta.example", []Address{{Email: "ewa@poczta.example"}}, ""},
		"kancelaria":     {"jan@poczta.example", []Address{{Email: "sekretariat@Kancelaria-Wilk.example"}}, "yes"},
		"solicitors":     {"jan@poczta.example", []Address{{Email: "office@smith-solicitors.example"}}, "yes"},
		"the customer's": {"ja@kancelaria-jan.example", nil, ""},
		"by the desk":    {"pomoc@sklep.example", []Address{{Email: "biuro@adwokat.example"}}, ""},
	} {
		m := Mail{MessageID: "1@x", From: Address{Email: tt.from}, To: []Address{{Email: "pomoc@sklep.example"}, {Email: "jan@poczta.example"}}, Cc: tt.cc, Date: time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC), Body: "Dzień dobry"}
		c, err := m.Conversation(Origin{Own: own, Now: time.Date(2026, 2, 3, 8, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := c.Messages[0].Headers[odzew.HeaderLawOffice]; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
