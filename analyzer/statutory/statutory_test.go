package statutory

import (
	"strings"
	"testing"
	"time"

	"odzew"
)

func whole(_ int, m *odzew.Message) string { return m.Text }

func find(text string) string {
	c := &odzew.Conversation{Messages: []odzew.Message{{ID: "m1", At: time.Unix(1, 0), Author: odzew.AuthorCustomer, Public: true, Text: text}}}
	var kinds []string
	for _, r := range Find(c, whole, time.Unix(1, 0)) {
		kinds = append(kinds, r.Kind)
	}
	return strings.Join(kinds, " ")
}

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"Składam reklamację na kurtkę, rozpruł się szew.":                       "complaint",
		"skladam reklamacje, prosze o naprawe":                                  "complaint",
		"Niniejszym zgłaszam reklamację z tytułu niezgodności towaru z umową":   "complaint",
		"Chciałabym złożyć reklamację dotyczącą zamówienia 123.":                "complaint",
		"REKLAMUJĘ rower zakupiony u Państwa.":                                  "complaint",
		"I would like to file a formal complaint about my order.":               "complaint",
		"Czy mogę złożyć reklamację przez internet?":                            "",
		"Jak złożyć reklamację?":                                                "",
		"How do I make a complaint?":                                            "",
		"Jaki jest status mojej reklamacji nr 5?":                               "",
		"Widziałem waszą reklamę w telewizji.":                                  "",
		"Proszę o usunięcie moich danych z Państwa bazy.":                       "data_request",
		"Na podstawie art. 17 RODO żądam usunięcia konta.":                      "data_request",
		"Please delete my data and close the account.":                          "data_request",
		"This is a subject access request: send me a copy of my personal data.": "data_request",
		"Nie składam reklamacji, chcę tylko fakturę.":                           "",
		"I do not make a complaint, I only ask.":                                "",
		"I request access to my personal data, art. 15 GDPR.":                   "data_request",
		"I would like to exercise my right of access.":                          "data_request",
		"Podaję dane do faktury.":                                               "",
		"The data sheet says 20 Nm.":                                            "",
		"Składam reklamację i proszę o usunięcie moich danych.":                 "complaint data_request",
		"": "",
	} {
		if got := find(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	const filed = "Składam reklamację."
	now := time.Unix(1000, 0)
	for name, m := range map[string]odzew.Message{
		"an agent's words":   {Author: odzew.AuthorAgent, Public: true, Text: filed},
		"an internal note":   {Author: odzew.AuthorCustomer, Text: filed},
		"an automatic reply": {Author: odzew.AuthorCustomer, Public: true, Text: filed, Headers: map[string]string{"Auto-Submitted": "auto-replied"}},
		"a time to come":     {Author: odzew.AuthorCustomer, Public: true, Text: filed, At: now.Add(time.Second)},
	} {
		if got := Find(&odzew.Conversation{Messages: []odzew.Message{m}}, whole, now); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	twice := &odzew.Conversation{Messages: []odzew.Message{
		{ID: "later", Author: odzew.AuthorCustomer, Public: true, Text: filed, At: time.Unix(20, 0)},
		{ID: "first", Author: odzew.AuthorCustomer, Public: true, Text: filed, At: time.Unix(10, 0)},
	}}
	if got := Find(twice, whole, now); len(got) != 1 || got[0].Message != "first" {
		t.Errorf("filed twice: %v", got)
	}
	twice.Excluded = "spam"
	if got := Find(twice, whole, now); len(got) != 0 {
		t.Errorf("spam: %v", got)
	}
}

func TestLinear(t *testing.T) {
	text := strings.Repeat("składam usuń dane reklama ", 40_000) // 1 MB
	start := time.Now()
	find(text)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("1 MB took %v", took)
	}
}
