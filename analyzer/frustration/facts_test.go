package frustration

import (
	"testing"
	"time"
)

// Texts of facts are written on a Wednesday at 11:00 in Warsaw.
var factsAt = time.Date(2026, 2, 11, 10, 0, 0, 0, time.UTC)

func factsPlace(t *testing.T) Place {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return Place{Zone: zone}
}

func TestDeadline(t *testing.T) {
	for text, want := range map[string]string{
		"Jeśli do piątku nie oddacie pieniędzy, idę do UOKiK.": "2026-02-13 17:00",
		"Macie czas do jutra do 12, potem cofam płatność.":     "2026-02-12 12:00",
		"Czekam do końca tygodnia, potem zgłaszam sprawę.":     "2026-02-13 17:00",
		"Daję Państwu 3 dni na odpowiedź, inaczej sąd.":        "2026-02-14 11:00",
		"Macie tydzień.": "2026-02-18 11:00",
		"W terminie 7 dni proszę o zwrot, w przeciwnym razie kieruję sprawę do sądu": "2026-02-18 17:00",
		"Albo do 30 czerwca usuną Państwo grzyb, albo wstrzymuję czynsz.":            "2026-06-30 17:00",
		"Do 16.02 oczekuję zwrotu albo idę do rzecznika.":                            "2026-02-16 17:00",
		"Zamówiłam 12 stycznia. Jeśli do poniedziałku nie będzie paczki, rezygnuję.": "2026-02-16 17:00",
		"Czekam od poniedziałku, jeśli dziś nie dostanę zwrotu, piszę do UOKiK.":     "2026-02-11 17:00",
		"Fix it by Friday or I go to the ombudsman.":                                 "2026-02-13 17:00",
		"You have 48 hours, then my solicitor takes over.":                           "2026-02-13 11:00",
		"Refund me within 14 days or I'll see you in court.":                         "2026-02-25 17:00",
		"Fix it today or I'll post the screenshots.":                                 "2026-02-11 17:00",
		"Resolve this by end of day tomorrow or we terminate the contract.":          "2026-02-12 17:00",
		"If it isn't here by 5pm I'm cancelling.":                                    "2026-02-11 17:00",
		"Replace the windscreen by 20 February or I go to small claims.":             "2026-02-20 17:00",
		"Ostatnia szansa, potem idę do sądu.":                                        "",
		"Nie pójdę do 5 osób po jedną odpowiedź, bo złożę skargę.":                   "",
		"Zapłaciłem 12 stycznia i jeśli nie oddacie, idę do sądu.":                   "",
		"One more mistake and I leave.":                                              "",
		"":                                                                           "",
	} {
		got := ""
		place := factsPlace(t)
		if due, ok := Deadline(text, factsAt, place); ok {
			got = due.In(place.Zone).Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestContacts(t *testing.T) {
	for text, want := range map[string]int{
		"Piszę już trzeci raz w tej samej sprawie.":          3,
		"To mój piąty mail bez odpowiedzi.":                  5,
		"Dzwoniłem 4 razy i nic.":                            4,
		"Potwierdzenie wysyłałam już dwukrotnie.":            2,
		"piszę po raz drugi":                                 2,
		"This is the third time I write.":                    3,
		"I've called five times now.":                        5,
		"my 6th email about one invoice":                     6,
		"I have written twice already":                       2,
		"W piątek mail, w poniedziałek telefon.":             0,
		"Znowu piszę w tej sprawie.":                         0,
		"Trzeci dzień czekam.":                               0,
		"Zamówienie 3 sztuki, drugi raz nie zamówię niczego": 2,
		"I'm writing again.":                                 0,
	} {
		if got := newReader(text, factsAt, factsPlace(t)).contacts(); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestWaited(t *testing.T) {
	for text, want := range map[string]string{
		"Czekam już 3 tygodnie na zwrot.":                      "504h",
		"Od miesiąca nikt nie odpowiada.":                      "720h",
		"Czekam od poniedziałku.":                              "48h",
		"Od środy cisza.":                                      "168h",
		"Paczki nie ma od 1 lutego.":                           "240h",
		"Czekamy od 15 grudnia na technika.":                   "1392h",
		"Wisiałam 45 minut na infolinii.":                      "45m",
		"Mija dziesięć dni i nic.":                             "240h",
		"I've been waiting for two weeks.":                     "336h",
		"Waiting since Monday for an answer.":                  "48h",
		"over a month and still no reply":                      "720h",
		"Ten days now and not a peep from anyone.":             "240h",
		"Miało być w ciągu 2 dni, a nadal nic.":                "",
		"You said within 24 hours and I'm still waiting.":      "",
		"still nothing, and your site says 3-5 days":           "",
		"Ile jeszcze mam czekać?":                              "",
		"Obiecaliście odpowiedź do 5 dni, a czekam 3 tygodnie": "504h",
	} {
		var expected time.Duration
		if want != "" {
			var err error
			if expected, err = time.ParseDuration(want); err != nil {
				t.Fatal(err)
			}
		}
		if got := newReader(text, factsAt, factsPlace(t)).waited(); got != expected {
			t.Errorf("%q: %v, want %v", text, got, expected)
		}
	}
}

// FuzzFacts: whatever is read, a deadline lies ahead and no wait is negative.
func FuzzFacts(f *testing.F) {
	for _, text := range []string{"Jeśli do piątku nie oddacie, idę do UOKiK.", "You have 48 hours", "trzeci raz od 31.02", "since May 99", "do 24:00", "dwa razy\u0301 od"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if due, ok := Deadline(text, factsAt, Place{}); ok && !due.After(factsAt) {
			t.Errorf("the deadline %v is past", due)
		}
		r := newReader(text, factsAt, Place{})
		if n, d := r.contacts(), r.waited(); n < 0 || n > 99 || d < 0 {
			t.Errorf("%d contacts, %v waited", n, d)
		}
	})
}
