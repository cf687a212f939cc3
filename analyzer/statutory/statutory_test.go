package statutory

import (
	"strings"
	"testing"
	"time"

	"odzew"
	"odzew/analyzer/waits"
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
		"Składam reklamację na kurtkę, rozpruł się szew.":                                      "complaint",
		"skladam reklamacje, prosze o naprawe":                                                 "complaint",
		"Niniejszym zgłaszam reklamację z tytułu niezgodności towaru z umową":                  "complaint",
		"Chciałabym złożyć reklamację dotyczącą zamówienia 123.":                               "complaint",
		"REKLAMUJĘ rower zakupiony u Państwa.":                                                 "complaint",
		"I would like to file a formal complaint about my order.":                              "complaint",
		"Czy mogę złożyć reklamację przez internet?":                                           "",
		"Jak złożyć reklamację?":                                                               "",
		"How do I make a complaint?":                                                           "",
		"Jaki jest status mojej reklamacji nr 5?":                                              "",
		"Widziałem waszą reklamę w telewizji.":                                                 "",
		"Proszę o usunięcie moich danych z Państwa bazy.":                                      "data_request",
		"Na podstawie art. 17 RODO żądam usunięcia konta.":                                     "data_request",
		"Please delete my data and close the account.":                                         "data_request",
		"This is a subject access request: send me a copy of my personal data.":                "data_request",
		"Nie składam reklamacji, chcę tylko fakturę.":                                          "",
		"I do not make a complaint, I only ask.":                                               "",
		"I request access to my personal data, art. 15 GDPR.":                                  "data_request",
		"I would like to exercise my right of access.":                                         "data_request",
		"Podaję dane do faktury.":                                                              "",
		"The data sheet says 20 Nm.":                                                           "",
		"Składam reklamację i proszę o usunięcie moich danych.":                                "complaint data_request",
		"Odstępuję od umowy sprzedaży nr 4451, proszę o zwrot na konto.":                       "withdrawal",
		"Niniejszym odstępujemy od zawartej na odległość umowy.":                               "withdrawal",
		"W załączniku oświadczenie o odstąpieniu od umowy.":                                    "withdrawal",
		"chce odstapic od umowy, buty odesle jutro":                                            "withdrawal",
		"Korzystam z prawa do odstąpienia, paczka już nadana.":                                 "withdrawal",
		"Od tej umowy odstępuję, nie od poprzedniej. Umowę z maja zostawiam.":                  "withdrawal",
		"I hereby withdraw from the contract.":                                                 "withdrawal",
		"I'm withdrawing from this purchase.":                                                  "withdrawal",
		"I am exercising my right to cancel, please refund me.":                                "withdrawal",
		"Please cancel it, I am within the 14 days.":                                           "withdrawal",
		"Czy mogę odstąpić od umowy po otwarciu paczki?":                                       "",
		"Can I cancel within 14 days?":                                                         "",
		"Jak wypełnić formularz odstąpienia od umowy?":                                         "",
		"Proszę o przesłanie formularza odstąpienia od umowy.":                                 "",
		"Nie odstępuję od umowy, chcę tylko wymienić rozmiar.":                                 "",
		"Jeśli tego nie naprawicie, odstąpię od umowy.":                                        "",
		"Jeśli do piątku pedał nie zostanie wysłany, odstępuję od umowy i zwracam cały rower.": "",
		"Jeżeli nie odpowiecie, składam reklamację u rzecznika.":                               "",
		"If it is not here by Friday, I withdraw from the contract.":                           "",
		"Jeśli trzeba, podam numer. Składam reklamację na buty.":                               "complaint",
		"Please cancel my order.":                                                              "",
		"I want to withdraw 200 zł from my account.":                                           "",
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

// What the desk wrote to a complaint, a request about data, a withdrawal: a decision
// counts anywhere, a word of receipt nowhere, anything else where nobody tells what
// is solved.
func TestAnswer(t *testing.T) {
	const decision, receipt, other = "decision", "receipt", "other"
	all := func(s string) [3]string { return [3]string{s, s, s} }
	for text, want := range map[string][3]string{ // complaint, data request, withdrawal
		"Dzień dobry, potwierdzamy przyjęcie reklamacji, numer sprawy R/12.":               all(receipt),
		"Dziękujemy za zgłoszenie. Odpowiemy w ciągu 14 dni.":                              all(receipt),
		"Pani sprawę przekazałam do działu reklamacji.":                                    all(receipt),
		"Sprawdzę to w magazynie i wrócę z odpowiedzią.":                                   all(receipt),
		"Reklamacja jest w trakcie rozpatrywania, proszę o cierpliwość.":                   all(receipt),
		"Prosimy o przesłanie zdjęć uszkodzenia i numeru zamówienia.":                      all(receipt),
		"Jeśli reklamacja zostanie uznana, zwrócimy pieniądze. Czekamy na opinię serwisu.": all(receipt),
		"Jeszcze nie rozpatrzyliśmy reklamacji, damy znać.":                                all(receipt),
		"Po rozpatrzeniu otrzyma Pani zwrot. Damy znać mailowo.":                           all(receipt),
		"We have received your complaint and will get back to you within 14 days.":         all(receipt),
		"I've passed this to our returns team.":                                            all(receipt),
		"Could you please send a photo of the damage?":                                     all(receipt),
		"We'll look into it. If it is approved, you will get a refund.":                    all(receipt),
		"Your case number is 4711.":                                                        all(receipt),
		"Reklamacja została uznana, nowy model wysłaliśmy dziś kurierem.":                  {decision, other, receipt},
		"Uwzględniliśmy Pana reklamację w całości.":                                        {decision, other, receipt},
		"Niestety nie uznajemy reklamacji: uszkodzenie mechaniczne.":                       all(decision),
		"Reklamacja rozpatrzona negatywnie, opinia rzeczoznawcy w załączniku.":             all(decision),
		"Zwrot został zlecony, środki będą w ciągu 3 dni.":                                 {decision, other, decision},
		"Zwróciliśmy 249 zł na Pani kartę.":                                                {decision, other, decision},
		"Zwrócimy pieniądze do piątku.":                                                    {decision, other, receipt},
		"We have refunded the full amount.":                                                {decision, other, decision},
		"We've now issued a refund of £40.":                                                {decision, other, decision},
		"Your complaint has been upheld.":                                                  {decision, other, receipt},
		"I'm afraid we cannot accept your claim.":                                          all(decision),
		"Dane zostały usunięte z naszych systemów.":                                        {other, decision, other},
		"Usunęliśmy Pana konto i wszystkie dane.":                                          {other, decision, other},
		"Kopię danych znajdzie Pani w załączniku.":                                         {other, decision, other},
		"Your account and data have been deleted.":                                         {other, decision, other},
		"Odmawiamy usunięcia danych: musimy przechować faktury pięć lat.":                  all(decision),
		"Czy zwróciliśmy już Pani pieniądze za pierwszą parę? Proszę o potwierdzenie.":     all(receipt),
		"Produkt ma gwarancję producenta.":                                                 all(other),
		"We’re unable to accept the return of a worn pair.":                                all(decision),
	} {
		for i, kind := range []string{waits.TermComplaint, waits.TermDataRequest, waits.TermWithdrawal} {
			got := other
			switch text := fold(text); {
			case decides(text, kind):
				got = decision
			case puts(text, kind):
				got = receipt
			}
			if got != want[i] {
				t.Errorf("%s: %q: %s, want %s", kind, text, got, want[i])
			}
		}
	}
}

func TestAnswered(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	agent := func(s int64, text string) odzew.Message {
		return odzew.Message{At: at(s), Author: odzew.AuthorAgent, Public: true, Text: text}
	}
	status := func(s int64, to odzew.Status) odzew.Event {
		return odzew.Event{At: at(s), Kind: odzew.EventStatus, To: string(to)}
	}
	note := agent(20, "Uznaliśmy reklamację.")
	note.Public = false
	auto := agent(20, "Uznaliśmy reklamację.")
	auto.Headers = map[string]string{"Auto-Submitted": "auto-generated"}
	for name, tt := range map[string]struct {
		messages []odzew.Message
		events   []odzew.Event
		statuses bool
		want     int64 // 0: not answered
	}{
		"nothing":                   {},
		"before it was filed":       {messages: []odzew.Message{agent(5, "Uznaliśmy reklamację.")}},
		"a decision to come":        {messages: []odzew.Message{agent(2000, "Uznaliśmy reklamację.")}},
		"a receipt":                 {messages: []odzew.Message{agent(20, "Potwierdzam przyjęcie reklamacji.")}},
		"a receipt and a decision":  {messages: []odzew.Message{agent(20, "Potwierdzam przyjęcie reklamacji."), agent(30, "Reklamacja uznana.")}, want: 30},
		"other words":               {messages: []odzew.Message{agent(20, "Produkt ma gwarancję.")}, want: 20},
		"other words, not solved":   {messages: []odzew.Message{agent(20, "Produkt ma gwarancję.")}, statuses: true},
		"a decision, not solved":    {messages: []odzew.Message{agent(20, "Reklamacja uznana.")}, statuses: true, want: 20},
		"solved":                    {messages: []odzew.Message{agent(20, "Przyjęliśmy.")}, events: []odzew.Event{status(15, odzew.StatusPending), status(40, odzew.StatusSolved), status(60, odzew.StatusOpen)}, statuses: true, want: 40},
		"solved before it":          {events: []odzew.Event{status(4, odzew.StatusClosed)}, statuses: true},
		"an internal note":          {messages: []odzew.Message{note}},
		"an automatic reply":        {messages: []odzew.Message{auto}},
		"the earliest, in no order": {messages: []odzew.Message{agent(50, "Reklamacja uznana."), agent(30, "Reklamacja uznana.")}, want: 30},
	} {
		rs := []Request{{Kind: waits.TermComplaint, At: at(10)}}
		c := &odzew.Conversation{Messages: tt.messages, Events: tt.events}
		Answer(rs, c, whole, tt.statuses, at(1000))
		Solve(rs, c, at(1000))
		var got int64
		if !rs[0].AnsweredAt.IsZero() {
			got = rs[0].AnsweredAt.Unix()
		}
		if got != tt.want {
			t.Errorf("%s: answered at %d, want %d", name, got, tt.want)
		}
	}
}
