package frustration

import "strings"

// The words of promises, folded: lower case, without diacritics. They are few,
// closed classes of two languages, and stand here and not in the lexicon because they
// are read in the desk's texts, which no entry of the lexicon may ever meet.

// A class says what a word does in a promise.
type class uint8

const (
	classDoing        class = iota + 1 // a doing of the desk, in the future: "wyślemy", "będzie"
	classContact                       // one that a message keeps: "oddzwonimy"
	classNoun                          // the same as a noun: "odpowiedź jutro", "czas reakcji: 3 dni"
	classWill                          // "will": the doing comes later
	classWe                            // "we", "I"
	classNot                           //
	classHedge                         // an offer, not a promise: "mogę", "could"
	classCondition                     // "jeśli", "once"
	classVeto                          // makes a sentence about something else: opening hours, a bank
	classDay                           // value: days from today
	classTonight                       //
	classWeekday                       // value: time.Weekday
	classMonth                         // value: time.Month
	classUnit                          // value: unitMinute …
	classNumber                        // value
	classHalf                          //
	classWorking                       // "roboczy"
	classWithin                        // "w ciągu", "za", "within": a length follows
	classBy                            // "do", "by"
	classAtHour                        // "o", "at"
	classBetween                       // "między"
	classAnd                           // "a", "and"
	classFiller                        // "najbliższych", "the", "max"
	classHourWord                      // "godziny", "godz", "o'clock"
	classNoon                          // "południa", "noon"
	classDayPart                       // value: the hour that it ends
	classAM                            //
	classPM                            //
	classOrdinal                       // "th", "go"
	classSince                         // "od": a time that was
	classLast                          // "zeszły": a time that was
	classNext                          // "przyszłym"
	classThis                          // "tym"
	classEnd                           // "końca"
	classFrom                          // "od", "after": behind a length, not from now on
	classMoney                         //
	classAbbreviation                  // a full stop behind it ends nothing
)

const (
	unitMinute = iota + 1
	unitQuarter
	unitHour
	unitDay
	unitFullDay // 24 hours
	unitWeek
	unitMonth
)

// needsSubject marks words that are a promise only behind "we" or "I".
const needsSubject = 1

// isHour marks an abbreviation of the hour.
const isHour = 1

type word struct {
	class class
	value int
}

var words = buildWords()

func buildWords() map[string]word {
	m := map[string]word{}
	add := func(c class, value int, list string) {
		for w := range strings.FieldsSeq(list) {
			m[w] = word{c, value}
		}
	}
	add(classDoing, 0, `wyslemy wysle wysylamy przeslemy przesle nadamy nadam zwrocimy zwroce zwracamy oddamy oddam oddajemy przelejemy przeleje
		zlecimy zlece naprawimy naprawie wymienimy wymienie dostarczymy dostarcze dowieziemy dowioze przyjedzie przyjedziemy przyjade dotrze
		dojdzie wyjedzie wyjdzie wejdzie ruszy trafi zrobimy zrobie zalatwimy zalatwie sprawdzimy sprawdze ustalimy ustale wyjasnimy wyjasnie
		przygotujemy przygotuje wystawimy wystawie doslemy dosle dopiszemy dopisze uzupelnimy uzupelnie usuniemy usune otrzyma otrzymacie
		otrzymasz otrzymaja dostanie dostaniesz dostaniecie odbierze odbierzemy zajmiemy zajme obiecuje obiecujemy gwarantuje gwarantujemy
		bedzie beda bedziemy bede potwierdzam potwierdzamy umowilem umowilam umowilismy zaksieguje zaksiegujemy podejmiemy rozpatrzymy
		rozpatrze wdrozymy wdroze poprawimy poprawie naliczymy nalicze booked scheduled arranged promise guarantee
		przywieziemy przywioze dorecza doreczymy uruchomimy uruchomie wlaczymy wlacze odblokujemy odblokuje zrealizujemy zrealizuje realizujemy`)
	add(classContact, 0, `odpowiemy odpowiem odpowie odpowiadamy odpiszemy odpisze oddzwonimy oddzwonie oddzwoni zadzwonimy zadzwonie zadzwoni dzwonie
		skontaktujemy skontaktuje skontaktuja wrocimy wroce wroci wracam wracamy potwierdzimy potwierdze poinformujemy poinformuje powiadomimy
		powiadomie odezwiemy odezwe odezwie napiszemy napisze udzielimy udzielamy znac przedstawimy przekazemy`)
	add(classContact, needsSubject, `call ring phone reply respond answer update confirm write email contact touch hear back know`)
	add(classNoun, 0, `odpowiedz odpowiedzi decyzja decyzje decyzji stanowisko reakcji`)
	add(classWill, 0, `will shall we'll i'll you'll they'll he'll she'll it'll expect`)
	add(classWe, 0, "we i we're i'm")
	add(classNot, 0, `nie not cannot can't won't don't never nigdy`)
	add(classHedge, 0, `moge mozemy mozesz moze mozecie could can might would should powinien powinna powinno powinny postaramy postaram
		sprobujemy sprobuje hope nadzieje zaproponowac prosze please prosimy`)
	add(classCondition, 0, `jesli jezeli gdy gdyby kiedy if once when unless whenever otrzymaniu zaksiegowaniu wplynieciu`)
	add(classVeto, 0, `nieczynne nieczynny nieczynna zamkniete zamkniety zamkniecie czynne czynny otwarte otwarty closed open
		bank banku bankowi bankowe wazna wazny wazne valid expires promocja promocji oferta`)
	for i, list := range []string{"dzis dzisiaj today", "jutro jutra jutrzejszy jutrzejszego tomorrow", "pojutrze pojutrza"} {
		add(classDay, i, list)
	}
	add(classTonight, 0, "tonight")
	for i, list := range []string{
		"niedziela niedziele niedzieli sunday", "poniedzialek poniedzialku poniedzialkiem monday", "wtorek wtorku wtorkiem tuesday",
		"sroda srode srody wednesday", "czwartek czwartku czwartkiem thursday", "piatek piatku piatkiem friday",
		"sobota sobote soboty saturday",
	} {
		add(classWeekday, i, list)
	}
	for i, list := range []string{
		"stycznia january jan", "lutego february feb", "marca march", "kwietnia april apr", "maja may", "czerwca june jun", "lipca july jul",
		"sierpnia august aug", "wrzesnia september sept sep", "pazdziernika october oct", "listopada november nov", "grudnia december dec",
	} {
		add(classMonth, i+1, list)
	}
	for unit, list := range map[int]string{
		unitMinute: "minut minuty minute minutes min", unitQuarter: "kwadransa kwadrans", unitHour: "godzin godziny godzine hour hours h godzinie",
		unitDay: "dni dnia dniu dzien day days", unitFullDay: "doby dobe dob doba", unitWeek: "tydzien tygodnia tygodni tygodnie tygodniu week weeks", unitMonth: "miesiac miesiaca miesiecy month months",
	} {
		add(classUnit, unit, list)
	}
	for n, list := range []string{
		"", "jednego jednej jeden jedna one a an", "dwa dwie dwoch dwu two couple", "trzy trzech three", "cztery czterech four", "piec pieciu five",
		"szesc szesciu six", "siedem siedmiu seven", "osiem osmiu eight", "dziewiec dziewieciu nine", "dziesiec dziesieciu ten",
		"", "dwanascie dwunastu twelve", "", "czternascie czternastu fourteen", "pietnascie pietnastu fifteen",
	} {
		add(classNumber, n, list)
	}
	add(classNumber, 20, "dwadziescia dwudziestu twenty")
	add(classNumber, 30, "trzydziesci trzydziestu thirty")
	add(classNumber, 24, "dwudziestuczterech")
	add(classHalf, 0, "pol half")
	add(classWorking, 0, "robocze roboczych roboczy roboczego robocza working business")
	add(classWithin, 0, "w ciagu za within in przeciagu under terminie")
	add(classBy, 0, "do by before przed until till najpozniej latest up")
	add(classAtHour, 0, "o at okolo ok around about circa kolo")
	add(classBetween, 0, "miedzy pomiedzy between from")
	add(classAnd, 0, "and to")
	add(classFiller, 0, "najblizszych maksymalnie max the of kolejnych than our")
	add(classHourWord, 0, "o'clock")
	add(classNoon, 0, "poludnia poludnie poludniem noon midday lunchtime")
	add(classDayPart, 12, "rano morning rana przedpoludniem")
	add(classDayPart, endOfWork, "poludniu popoludniu afternoon eod cob")
	add(classDayPart, 20, "wieczorem wieczora wieczor evening")
	add(classAM, 0, "am")
	add(classPM, 0, "pm")
	add(classOrdinal, 0, "th st nd rd go ego ty")
	add(classSince, 0, "od since z ze")
	add(classLast, 0, "last ubiegly ubieglym zeszly zeszlym poprzedni ostatni miniony")
	add(classNext, 0, "przyszlym przyszlego nastepnym nastepnego przyszly next")
	add(classThis, 0, "tym biezacym this tego")
	add(classEnd, 0, "konca koniec koncem end")
	add(classFrom, 0, "after")
	add(classMoney, 0, "zl zlotych pln eur euro zloty procent cm mm m km kg g szt sztuk pieces x")
	add(classAbbreviation, 0, "r ul np tel nr pn wt sr czw pt sob dr mgr inz p m ds tzw itd")
	add(classAbbreviation, isHour, "godz hr")
	return m
}
