package analyzer_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"odzew"
	"odzew/analyzer"
)

// TestFlags are short conversations from the first message to who is flagged: content
// customers whose words sound bad, those who leave without a sound, matters that came
// right, promises that were kept, and those whom somebody should call.
//
// A line is who wrote (c customer, a agent, auto; s is a status), the hours since Monday,
// 4 May 2026, ten o'clock in Warsaw, and the text. They are looked at an hour after the
// last line.
func TestFlags(t *testing.T) {
	d := desk(t)
	for _, tt := range []struct {
		name   string
		lines  string
		level  int
		call   bool
		silent bool
	}{
		// Content, and scary words.
		{"a storm that the jacket stood", `
			c 0 Trzy dni burzy na Śnieżniku, wiatr jak wściekły, a kurtka nie puściła ani kropli. Brawo Wy!`, 0, false, false},
		{"a swearword of delight", `
			c 0 Kurde, ale Wy jesteście szybcy! Wczoraj zamówione, dziś już gra w salonie.`, 0, false, false},
		{"a lawyer who buys", `
			c 0 Dzień dobry, jestem prawnikiem i szukam wygodnego fotela do kancelarii. Czy mają Państwo coś do 1500 zł?
			a 1 Dzień dobry, polecam model Sowa, mamy go na miejscu.
			c 2 Świetnie, dziękuję, zamawiam.`, 0, false, false},
		{"an old misfortune, told to thank", `
			c 0 U poprzedniego dostawcy czekałam miesiącami i nikt nie odbierał telefonu. U Was wszystko załatwione w jeden dzień, jestem zachwycona.`, 0, false, false},
		{"asks how to complain", `
			c 0 Dzień dobry, jak złożyć reklamację czajnika? Przestał się włączać. Dziękuję za pomoc.
			a 3 Dzień dobry, proszę wypełnić formularz w załączniku.
			c 4 Dziękuję, wysłane.`, 0, false, false},
		{"thirty years", `
			c 0 I have been baking for thirty years and this is the first mixer that does not die on rye dough. Thank you!`, 0, false, false},
		{"killer service", `
			c 0 Your support is insanely good, I was ready for a fight and got a refund in ten minutes. Thanks!`, 0, false, false},
		{"a reminder that is none", `
			c 0 Hi, could you send the invoice for May to my new address?
			a 2 Hi, of course, done.
			c 3 Perfect, got it. Cheers!`, 0, false, false},
		{"agrees to wait", `
			c 0 Dzień dobry, kiedy będzie gotowa umowa?
			a 2 Dzień dobry, przygotujemy ją do czwartku.
			c 3 Dobrze, czekam do czwartku, dziękuję.`, 0, false, false},
		{"slang for fine", `
			c 0 hej da sie zmienic adres dostawy na paczkomat?
			a 1 Hej, zmienione.
			c 1.2 git`, 0, false, false},
		{"dearer than elsewhere", `
			c 0 Kawa u Was droższa niż gdzie indziej, ale za to jaka dobra. Biorę kolejny kilogram.`, 0, false, false},

		// Nothing has happened yet.
		{"a promise about the stock", `
			c 0 Kiedy wrócą zielone doniczki?
			a 2 Dzień dobry, doniczki będą w sklepie w środę.
			s 2 solved
			s 150 closed`, 0, false, false},
		{"one line asked after", `
			c 0 Dzień dobry, czy wysyłają Państwo do Czech?
			c 1 I jeszcze jedno: czy można zapłacić w koronach?`, 0, false, false},
		{"a wrong amount, calmly", `
			c 0 Dzień dobry, zwrócono mi 80 zł zamiast 88 zł. Proszę o sprawdzenie.`, 0, false, false},
		{"leaves for reasons of her own", `
			c 0 Dzień dobry, przeprowadzamy się do Norwegii, więc wypowiadam umowę na internet. Dziękuję za te wszystkie lata.`, 0, false, false},

		// It came right.
		{"nerves, and it is done", `
			c 0 Piszę drugi raz, nadal nie mam hasła do panelu!
			a 2 Przepraszam, hasło wysłane przed chwilą.
			c 3 Działa. Szkoda nerwów, ale dziękuję za szybką pomoc.`, 0, false, false},
		{"it came by itself", `
			c 0 no i gdzie jest ta paczka, miala byc wczoraj
			c 5 a nie, jest, kurier zostawil u sasiada, dzieki
			a 6 Cieszymy się!`, 0, false, false},
		{"angry, then thankful", `
			c 0 This is ridiculous. Third email about the same broken hinge and nobody has replied.
			a 4 I am so sorry. A new hinge left by courier an hour ago, and I have refunded the postage.
			c 30 It arrived this morning and fits. Thanks for sorting it out so quickly, much appreciated.`, 0, false, false},
		{"a threat that was taken back", `
			c 0 Jeśli nie oddacie mi pieniędzy do piątku, zgłaszam sprawę do UOKiK.
			a 2 Bardzo przepraszam. Przelew wyszedł przed chwilą, potwierdzenie w załączniku.
			c 26 Pieniądze są na koncie, dziękuję za szybką reakcję. Sprawę uważam za zamkniętą.`, 0, false, false},
		{"annoyed, and took the answer", `
			c 0 Czekam na kuriera od rana i nic.
			a 2 Przepraszamy, kurier będzie między 16 a 18.
			c 3 Ok, będę w domu.`, 0, false, false},

		// Promises.
		{"kept", `
			c 0 Dzień dobry, czy mogę przesunąć wizytę serwisanta?
			a 1 Sprawdzę i oddzwonię jutro do 12.
			a 24 Dzień dobry, udało się, serwisant będzie w piątek o 10.
			c 25 Super, dziękuję bardzo.`, 0, false, false},
		{"kept early", `
			c 0 Hello, can I get a copy of my contract?
			a 1 Yes, we will send it by Friday.
			a 5 Here it is, attached.
			c 6 Lovely, thanks for the quick turnaround.`, 0, false, false},
		{"broken, and said so", `
			c 0 Dzień dobry, proszę o korektę faktury.
			a 2 Dzień dobry, odpowiemy do jutra do 15.
			c 75 Obiecali mi Państwo odpowiedź do wtorku, jest czwartek i cisza.`, 1, false, false},

		// Annoyed.
		{"asks again, and counts the days", `
			c 0 Dzień dobry, wysłałem ekspres na gwarancję. Proszę o potwierdzenie, że dotarł.
			c 168 Mija tydzień. Czy mój ekspres w ogóle do Państwa dotarł?`, 1, false, false},
		{"asks when, again", `
			c 0 Czekam na zwrot już trzy tygodnie i nikt nie odpisuje.
			a 5 Dzień dobry, sprawa jest w księgowości.
			c 28 A na kiedy mam się spodziewać przelewu?`, 1, false, false},
		{"a review with two sides", `
			c 0 The sofa is gorgeous, but the delivery was a shambles: they changed the date three times and never rang.`, 1, false, false},

		// Leave without a sound.
		{"bought it elsewhere", `
			c 0 Dzień dobry, czy wiadomo już, kiedy przyjedzie moja pralka?
			c 72 Przypominam się z pytaniem o pralkę.
			a 80 Dzień dobry, jeszcze nie mamy terminu.
			c 96 Dziękuję, kupiliśmy gdzie indziej. Pozdrawiam.`, 1, true, true},
		{"never mind", `
			c 0 Hi, is there any news on my repair?
			a 26 Hello, we are still waiting for a part.
			c 50 Never mind, I'll manage without it. Best wishes`, 1, false, true},
		{"no longer needed", `
			c 0 Dzień dobry, nadal nie dostałam kodu do kursu.
			a 50 Dzień dobry, przekazałem do działu technicznego.
			c 98 Już nieaktualne, kurs się skończył.`, 1, false, true},

		// Somebody should call.
		{"law, after silence", `
			c 0 Od miesiąca nie oddajecie kaucji. Trzeci raz o to piszę.
			c 48 Skoro Państwo milczą, oddaję sprawę do sądu.`, 2, true, false},
		{"closes the account", `
			c 0 Po sześciu latach kończę współpracę z Państwem, proszę zamknąć moje konto. Tyle razy prosiłem o jednego opiekuna i nikt mnie nie wysłuchał.`, 2, true, false},
		{"wants the manager", `
			c 0 I have explained this to four different people now. Put me through to a manager today or I cancel.`, 2, true, false},
		{"a threat, and a poor answer", `
			c 0 Brak reakcji do jutra oznacza, że idę z tym do rzecznika konsumentów.
			a 30 Dzień dobry, przekazujemy zgłoszenie do odpowiedniego działu.
			c 31 Przekazujecie to od poniedziałku.`, 2, true, false},
		{"medicine", `
			c 0 Dzień dobry, paczka z insuliną dla córki nie dotarła, zostały nam dwie dawki. Bardzo proszę o pilny kontakt.`, 2, true, false},
		// More of each kind.
		{"a fall, and no fault of theirs", `
			c 0 Spadłam z drabiny i złamałam rękę, dlatego proszę o przesunięcie wizyty na lipiec.
			a 2 Dużo zdrowia! Przesunęliśmy na 7 lipca.
			c 3 Dziękuję, bardzo miło z Państwa strony.`, 0, false, false},
		{"police in passing", `
			c 0 Hi, I work for the police in Leeds and we need forty torches by June. Do you offer a discount for services?
			a 2 Hello, ten per cent from twenty pieces on.
			c 3 That works, please send a quote.`, 0, false, false},
		{"cancels a booking, kindly", `
			c 0 Dzień dobry, muszę odwołać wizytę w piątek, dziecko zachorowało. Czy można przełożyć na przyszły tydzień?
			a 1 Oczywiście, środa o 11?
			c 2 Pasuje, dziękuję!`, 0, false, false},
		{"unsubscribes", `
			c 0 Please take me off the mailing list, I get far too many newsletters these days.
			a 1 Done!
			c 2 Thanks`, 0, false, false},
		{"waited, and is glad", `
			c 0 Czekałem dwa miesiące na ten stół i powiem jedno: warto było. Przepiękny!`, 0, false, false},
		{"jokes", `
			c 0 Uzależniliście mnie od tych pierogów, żona grozi rozwodem :) Poproszę jeszcze trzy paczki.`, 0, false, false},
		{"a bug, calmly", `
			c 0 The app crashes when I open the second tab. Android 15, version 4.2. Log attached.
			a 5 Thanks, we can see the cause. A fix ships tonight.
			c 24 Works now, thanks.`, 0, false, false},
		{"kept, without a word", `
			c 0 Dzień dobry, w paczce zabrakło jednej śrubki.
			a 1 Przepraszam, śrubka wyjdzie jutro.
			c 72 Śrubka dotarła, wszystko gra. Dziękuję!`, 0, false, false},
		{"a promise that is not due", `
			c 0 Czy dostanę duplikat gwarancji?
			a 2 Tak, wyślemy go w ciągu 14 dni.
			c 26 Dziękuję.`, 0, false, false},
		{"annoyed, then made up for", `
			c 0 Seriously, the wrong size again? That is the second time.
			a 3 I'm sorry. The right one left today by express and the wrong one is yours to keep.
			c 27 Well, that is generous. Got it, fits perfectly.`, 0, false, false},
		{"closed by a rating", `
			c 0 Kiedy będzie dostępny rozmiar 44?
			a 1 W czerwcu.
			s 1 solved
			c 2 ok`, 0, false, false},
		{"asks for the boss to praise", `
			c 0 Proszę o adres do kierownika salonu, chciałabym pochwalić pana Jacka za anielską cierpliwość.`, 0, false, false},
		{"a deadline that is the customer's own", `
			c 0 Do piątku muszę oddać projekt, czy zdążą Państwo wydrukować plakaty do czwartku?
			a 1 Zdążymy, będą w środę po południu.
			c 1.5 Super, ratujecie mnie.`, 0, false, false},
		{"an old complaint, solved long ago", `
			c 0 Zamówienie znów niekompletne, brakuje dwóch krzeseł.
			a 4 Przepraszam, krzesła są już w drodze.
			c 50 Krzesła dojechały, dziękuję.
			s 51 solved
			c 140 Dzień dobry, czy pasują do nich poduszki w rozmiarze 40?`, 0, false, false},

		{"two sides, and mild", `
			c 0 Nice jumper, though the sleeves are a little long for me. Can I swap it for a small?`, 0, false, false},
		{"annoyed at the app", `
			c 0 Po raz kolejny aplikacja wylogowała mnie w trakcie płatności. Irytujące.`, 1, false, false},
		{"no answer for days", `
			c 0 Hello, what are your opening hours over the bank holiday?
			c 75 Has anyone read my message? I asked on Monday.`, 1, false, false},
		{"told off by the answer", `
			c 0 Dlaczego naliczono mi opłatę za przechowanie?
			a 5 Zgodnie z regulaminem.
			c 6 To żadna odpowiedź. Proszę wskazać punkt regulaminu i przestać mnie zbywać.`, 1, false, false},

		{"found another", `
			c 0 Czy przyślą Państwo wreszcie tę wycenę?
			a 30 Dzień dobry, jeszcze nad nią pracujemy.
			c 50 Proszę się nie kłopotać, znaleźliśmy innego wykonawcę.`, 1, false, true},
		{"drops it", `
			c 0 I reported the rattling window in March and again in April.
			a 20 We will look into it.
			c 45 Forget it, my brother-in-law fixed it.`, 1, true, true},

		{"goes public", `
			c 0 Oszukaliście mnie na trzy stówy i jeszcze się śmiejecie. Jutro wrzucam wszystko na grupę, niech ludzie wiedzą.`, 2, true, false},
		{"moves the account", `
			c 0 After your third botched invoice we are moving all our sites to another provider at the end of the month.`, 2, true, false},
		{"no heating", `
			c 0 Od wczoraj nie mamy ogrzewania, w domu jest niemowlę i 13 stopni. Infolinia milczy.`, 2, true, false},
		{"swears", `
			c 0 Kurwa, ile razy mam to samo tłumaczyć? Oddajcie mi pieniądze, złodzieje.`, 2, true, false},
		// And more.
		{"a wait in the question", `
			c 0 Hello, I fly home in two weeks. Will the frame be ready by then?
			a 2 Yes, it will be ready next Friday.
			c 3 Brilliant, see you then.`, 0, false, false},
		{"a strike elsewhere", `
			c 0 Przez strajk kurierów nic do mnie nie dociera, ale Wasza paczka jakimś cudem przyszła. Jesteście wielcy!`, 0, false, false},
		{"terribly good", `
			c 0 Strasznie się cieszę z tej lampy, jest obłędna.`, 0, false, false},
		{"her own mistake", `
			c 0 Nie mogę się zalogować, ciągle wyskakuje błąd.
			a 1 Czy caps lock jest wyłączony?
			c 1.2 O rany, ale wstyd. Był włączony. Przepraszam za kłopot!`, 0, false, false},
		{"a claim number", `
			c 0 Complaint reference 5521: please confirm that you have the photos of the cracked lid.
			a 3 Confirmed, we have them.`, 0, false, false},
		{"two questions in two days", `
			c 0 Dzień dobry, jaki jest koszt wysyłki do Szwecji?
			a 2 29 zł.
			c 26 A na Islandię?
			a 28 45 zł.
			c 29 Dziękuję za informacje.`, 0, false, false},
		{"out of office", `
			c 0 Dzień dobry, proszę o duplikat karty.
			auto 0.01 Dziękujemy za wiadomość. Odpowiemy w ciągu 24 godzin.
			a 20 Dzień dobry, duplikat w drodze.
			c 21 Super, dziękuję!`, 0, false, false},
		{"grumbles, and buys again", `
			c 0 Parking pod Waszym sklepem to jakiś żart, ale herbata najlepsza w mieście, będę wracać.`, 0, false, false},

		{"a bill, with feeling", `
			c 0 Znowu policzono mi abonament dwa razy. Naprawdę mam co miesiąc pilnować Waszych faktur?`, 1, false, false},
		{"dear, and says so", `
			c 0 Sixty pounds for a call-out and he stayed five minutes. I feel ripped off.`, 1, false, false},
		{"cold answer", `
			c 0 Czy można liczyć na rabat po tej awarii?
			a 4 Nie przewidujemy.
			c 5 Szkoda, że po dwóch dniach bez internetu nawet nie powiedzieli Państwo przepraszam.`, 1, false, false},
		{"three times the same", `
			c 0 Hi, my parcel is marked as delivered, but I do not have it.
			c 30 Any news about my parcel?
			c 60 Hello? No parcel and still no answer.`, 1, false, false},

		{"lets it be", `
			c 0 Zgłaszam po raz drugi, że grzejnik w pokoju nie działa.
			a 20 Przekazaliśmy zgłoszenie.
			c 70 Dobrze, damy sobie spokój. Kupiliśmy farelkę.`, 1, true, true},
		{"sold it", `
			c 0 Hi, is the spare key in stock yet?
			a 30 Not yet, sorry.
			c 55 No worries, it's too late now, we sold the car.`, 1, false, true},

		{"last straw", `
			c 0 To już czwarta przesunięta dostawa. Mam dość, proszę anulować zamówienie i oddać pieniądze.`, 2, true, false},
		{"the regulator", `
			c 0 If I do not have the refund by Thursday I will report you to the ombudsman and dispute the charge with my bank.`, 2, true, false},
		{"the business stands still", `
			c 0 Terminale nie działają w żadnym z naszych pięciu sklepów, tracimy klientów z każdą minutą. Proszę natychmiast o kontakt osoby decyzyjnej!`, 2, true, false},
	} {
		c, last := scripted(t, tt.lines)
		r := d.Analyze(analyzer.Input{Conversation: c}, last.Add(time.Hour))
		if r.Flag.Level != tt.level || r.Flag.NeedsCall != tt.call || r.SilentLeaver != tt.silent {
			t.Errorf("%s: level %d, call %v, silent leaver %v; want %d, %v, %v\n%s", tt.name,
				r.Flag.Level, r.Flag.NeedsCall, r.SilentLeaver, tt.level, tt.call, tt.silent, signalsOf(&r))
		}
	}
}

// scripted makes a conversation of lines.
func scripted(t *testing.T, lines string) (c odzew.Conversation, last time.Time) {
	t.Helper()
	start := time.Date(2026, time.May, 4, 8, 0, 0, 0, time.UTC)
	c = odzew.Conversation{ID: "c", Source: "test", Channel: "email", CreatedAt: start}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		who, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		hours, text, _ := strings.Cut(rest, " ")
		h, err := strconv.ParseFloat(hours, 64)
		if err != nil {
			t.Fatal(err)
		}
		last = start.Add(time.Duration(h * float64(time.Hour)))
		author, ok := map[string]odzew.Author{"c": odzew.AuthorCustomer, "a": odzew.AuthorAgent, "auto": odzew.AuthorAuto}[who]
		if !ok {
			c.Events = append(c.Events, odzew.Event{At: last, Kind: odzew.EventStatus, To: text})
			continue
		}
		c.Messages = append(c.Messages, odzew.Message{ID: fmt.Sprint(len(c.Messages)), At: last, Author: author, Public: true, Text: text})
	}
	return c, last
}
