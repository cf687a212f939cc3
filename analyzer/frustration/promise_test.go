package frustration

import (
	"testing"
	"time"
)

// at is Tuesday 9 June 2026, 10:30 in Warsaw.
var madeAt = time.Date(2026, time.June, 9, 8, 30, 0, 0, time.UTC)

func warsaw(t testing.TB) Place {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return Place{Zone: zone}
}

func TestFindPromise(t *testing.T) {
	for _, tt := range []struct{ text, due, quote string }{
		// Polish
		{"Dzień dobry, oddzwonimy w poniedziałek. Pozdrawiam", "2026-06-15 17:00", "oddzwonimy w poniedziałek"},
		{"Odpowiem do jutra do 17.", "2026-06-10 17:00", "Odpowiem do jutra do 17"},
		{"Odpowiadamy w ciągu 24 godzin.", "2026-06-10 10:30", "Odpowiadamy w ciągu 24 godzin"},
		{"Odpowiadamy w ciągu 2 dni roboczych.", "2026-06-11 17:00", "Odpowiadamy w ciągu 2 dni roboczych"},
		{"Wrócę z odpowiedzią do środy 17 czerwca.", "2026-06-17 17:00", "Wrócę z odpowiedzią do środy 17 czerwca"},
		{"Poprawka wejdzie dziś do 15:00.", "2026-06-09 15:00", "wejdzie dziś do 15:00"},
		{"Zadzwoniłem tam, jutro będzie u Pana między 10 a 14.", "2026-06-10 14:00", "jutro będzie u Pana między 10 a 14"},
		{"Potwierdzam: wtorek 16.06, 17:00-19:00. Kierowca zadzwoni.", "2026-06-16 19:00", "Potwierdzam: wtorek 16.06, 17:00-19:00"},
		{"Reklamacja zarejestrowana. Odpowiedzi udzielamy w ciągu 14 dni.", "2026-06-23 17:00", "udzielamy w ciągu 14 dni"},
		{"Standardowy czas reakcji: 3 dni robocze.", "2026-06-12 17:00", "reakcji: 3 dni robocze"},
		{"Sprawdzam u przewoźnika, wracam w ciągu godziny.", "2026-06-09 11:30", "wracam w ciągu godziny"},
		{"Wysyłka jutro po południu, obiecuję.", "2026-06-10 17:00", "jutro po południu, obiecuję"},
		{"Poprosiłem o drugą ocenę, odpowiedź jutro.", "2026-06-10 17:00", "odpowiedź jutro"},
		{"Oddzwonię dziś.", "2026-06-09 17:00", "Oddzwonię dziś"},
		{"Przelew zlecimy do wtorku.", "2026-06-16 17:00", "zlecimy do wtorku"},
		{"Odpiszemy do końca tygodnia.", "2026-06-12 17:00", "Odpiszemy do końca tygodnia"},
		{"Damy znać do końca dnia.", "2026-06-09 17:00", "Damy znać do końca dnia"},
		{"Skontaktujemy się do 19.06.", "2026-06-19 17:00", "Skontaktujemy się do 19.06"},
		{"Odpowiemy najpóźniej 2 stycznia.", "2027-01-02 17:00", "Odpowiemy najpóźniej 2 stycznia"},
		{"Odezwiemy się jutro rano.", "2026-06-10 12:00", "Odezwiemy się jutro rano"},
		{"Oddzwonię za pół godziny.", "2026-06-09 11:00", "Oddzwonię za pół godziny"},
		{"W czwartek serwis nieczynny, na wiadomości odpowiemy w piątek 12 czerwca.", "2026-06-12 17:00", "odpowiemy w piątek 12 czerwca"},
		{"ODDZWONIMY JUTRO O GODZ. 9", "2026-06-10 09:00", "ODDZWONIMY JUTRO O GODZ. 9"},
		{"Zwrot wyślemy w ciągu dwóch tygodni.", "2026-06-23 17:00", "wyślemy w ciągu dwóch tygodni"},
		{"Zwrot środków zrealizujemy w ciągu 14 dni.", "2026-06-23 17:00", "zrealizujemy w ciągu 14 dni"},
		{"Odpowiedź na reklamację prześlemy w terminie 14 dni.", "2026-06-23 17:00", "prześlemy w terminie 14 dni"},
		// English
		{"We'll call you back by Friday.", "2026-06-12 17:00", "We'll call you back by Friday"},
		{"We’ll call you back by 5 pm today.", "2026-06-09 17:00", "We’ll call you back by 5 pm today"},
		{"We reply within two working days.", "2026-06-11 17:00", "reply within two working days"},
		{"Of course, it will go out on Monday.", "2026-06-15 17:00", "will go out on Monday"},
		{"The van broke down; they will be with you by 16:00 today.", "2026-06-09 16:00", "will be with you by 16:00 today"},
		{"I will update you tomorrow morning.", "2026-06-10 12:00", "will update you tomorrow morning"},
		{"You'll hear from us by the end of the week.", "2026-06-12 17:00", "You'll hear from us by the end of the week"},
		{"I'll get back to you within an hour.", "2026-06-09 11:30", "I'll get back to you within an hour"},
		{"It will be there by 19 June.", "2026-06-19 17:00", "will be there by 19 June"},
		{"It will be with you on June 19th between 9 and 12.", "2026-06-19 12:00", "will be with you on June 19th between 9 and 12"},
		{"We will sort it next week.", "2026-06-19 17:00", "will sort it next week"},
		{"Odpowiadamy w ciągu jednego dnia roboczego.", "2026-06-10 17:00", "Odpowiadamy w ciągu jednego dnia roboczego"},
		{"Granatowe będą w sklepie w przyszłym tygodniu.", "2026-06-19 17:00", "będą w sklepie w przyszłym tygodniu"},
		{"I'll ring you by 5 tomorrow.", "2026-06-10 17:00", "I'll ring you by 5 tomorrow"},
		{"We will get back to you within the next 2-3 business days.", "2026-06-12 17:00", "will get back to you within the next 2-3 business days"},
		{"I will call you this afternoon.", "2026-06-09 17:00", "will call you this afternoon"},
		{"Kierowca zadzwoni jutro ok. 14.", "2026-06-10 14:00", "zadzwoni jutro ok. 14"},
		{"Odpiszemy w ciągu dnia.", "2026-06-09 17:00", "Odpiszemy w ciągu dnia"},
		{"Odpiszemy w ciągu doby.", "2026-06-10 10:30", "Odpiszemy w ciągu doby"},
		{"Oddzwonię dziś wieczorem.", "2026-06-09 20:00", "Oddzwonię dziś wieczorem"},
		{"You'll hear from us by EOD Friday.", "2026-06-12 17:00", "You'll hear from us by EOD Friday"},
		{"We will ring you on Thursday between 2 and 4 pm.", "2026-06-11 16:00", "will ring you on Thursday between 2 and 4 pm"},
		// no promises
		{"With that inseam you'll clear the frame by about 4 cm.", "", ""},
		{"Czy oddzwonimy w poniedziałek?", "", ""},
		{"Jeśli towar wróci jutro, damy znać.", "", ""},
		{"Kurier może odebrać w poniedziałek między 9 a 15.", "", ""},
		{"Zwracam tę z karty, potrwa to do 5 dni roboczych po stronie banku.", "", ""},
		{"Nie odpowiemy do piątku.", "", ""},
		{"Nowy czajnik wyszedł dziś.", "", ""},
		{"Beżowy wyślemy dziś.", "", ""},
		{"Oferta będzie ważna do 8 czerwca.", "", ""},
		{"Please reply by Friday.", "", ""},
		{"Could you send it by Friday?", "", ""},
		{"I can't give a date I'd be sure of.", "", ""},
		{"Our chat is now closed. Please come back on Monday at 9:00.", "", ""},
		{"Zwrot zrobimy w ciągu 14 dni od otrzymania paczki.", "", ""},
		{"Czekamy na paczkę od poniedziałku.", "", ""},
		{"Z metką wymieniamy na inny rozmiar do 31 stycznia.", "", ""},
		{"", "", ""},
	} {
		p, ok := FindPromise(tt.text, madeAt, warsaw(t))
		due := ""
		if ok {
			due = p.Due.In(warsaw(t).Zone).Format("2006-01-02 15:04")
		}
		if due != tt.due || p.Quote != tt.quote {
			t.Errorf("%q\n got %s %q\nwant %s %q", tt.text, due, p.Quote, tt.due, tt.quote)
		}
	}
}
