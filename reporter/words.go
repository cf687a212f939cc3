package reporter

import (
	"fmt"
	"time"
)

// Words: all that a digest says, once in each language. Rules:
//
//   - A new word is a new field; a test refuses a language that lacks one.
//   - Placeholders are those of fmt, in an order that the language likes.
//   - Customers are whom somebody calls: in Polish their forms are those of the
//     object ("2 klientów").

// Names of parts of a score that are no signals of the lexicon, and the one
// signal whose words are never shown.
const (
	saturation    = "saturation"
	other         = "other"
	vulnerability = "vulnerability"
)

type words struct {
	code string

	longDays, shortDays [7]string
	calendarDate        func(time.Time) string
	yearSeparator       string

	// the head
	titleSpan, sent, allDay    string
	today                      string
	nobody, rest, quietRest    string
	call                       noun
	complaints, requests, dues noun
	slowPlaces, criticalPlaces noun
	subject                    string

	// notices
	late, lateNever, holiday, firstWeek string

	// the parts
	customers, deadlines, waiting, places, mood, quality string

	ofConversations                 noun
	fromConversations, high         string
	score, needsCall, why, explain  string
	waits, ofWork                   string
	nudges, handovers, reopens      noun
	promise, promiseBare            string
	claims, gives, gave             string
	also                            string
	alsoMore, more                  noun
	moreHow, noCustomers            string
	deadline, unanswered, past      string
	legally                         string
	deadlineKinds                   map[string]string
	hours, calendarTime             string
	answered, first, median, nine   string
	none, tooFewForMedian           string
	askedHalf, askedNine, askedNone string
	askedHead, askedOpen            string
	askedFew                        string
	stillOpen                       noun
	openNow, longest, parked        string
	longestWait                     string
	change, inconclusive, channels  string
	mix                             string
	negative, negatives             string
	tooFew, past28                  string
	verdicts                        map[string]string
	week, slower                    string
	than                            map[string]string
	smallPlaces                     noun
	smallTogether                   string
	norm, difference                string
	points                          string
	relief                          noun
	reliefTopic, mostly, quotes     string
	csat, nps                       string
	through, never, failing         string
	noSources                       string
	messages, unscored, deadLetters noun
	fromCustomers, excluded         string
	deadHow                         string
	lexicon, since                  string
	otherwise                       noun
	noEmployees, numbersOnly        string
	conversations, replies          noun
	openQuiet, care                 string
	days                            noun
	footer                          string

	signals map[string]string // as parts of a score
	threats map[string]string // as facts about a customer
	reasons map[string]string // of unscored and excluded
	channel map[string]string
}

var polish = words{
	code:          "pl",
	longDays:      [7]string{"niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"},
	shortDays:     [7]string{"niedz.", "pon.", "wt.", "śr.", "czw.", "pt.", "sob."},
	calendarDate:  func(t time.Time) string { return fmt.Sprintf("%d.%02d", t.Day(), t.Month()) },
	yearSeparator: ".",

	titleSpan: "%s – %s, razem", sent: "wysłano %s", allDay: "00:00" + to + "24:00",
	today:  "DZIŚ: ",
	nobody: "nikt do telefonu.", rest: "Reszta w normie.", quietRest: "Spokojny dzień.",
	call:           noun{"klient do telefonu", "klientów do telefonu", "klientów do telefonu"},
	complaints:     noun{"termin reklamacji", "terminy reklamacji", "terminów reklamacji"},
	requests:       noun{"termin wniosku RODO", "terminy wniosków RODO", "terminów wniosków RODO"},
	dues:           noun{"termin ustawowy", "terminy ustawowe", "terminów ustawowych"},
	slowPlaces:     noun{"wolny punkt styku", "wolne punkty styku", "wolnych punktów styku"},
	criticalPlaces: noun{"krytyczny punkt styku", "krytyczne punkty styku", "krytycznych punktów styku"},
	subject:        "odzew %s: %s",

	late:      "NIEPEŁNE DANE: liczby do %s, źródło %s nie działa od %s",
	lateNever: "NIEPEŁNE DANE: źródło %s jeszcze niczego nie dostarczyło, nie działa od %s",
	holiday:   "Święto: %s. Godziny pracy w tym dniu się nie liczą.",
	firstWeek: "Pierwszy tydzień: porównań jeszcze nie ma.",

	customers: "Klienci do zajęcia się", deadlines: "Terminy ustawowe", waiting: "Czekanie",
	places: "Punkty styku", mood: "Nastrój", quality: "Jakość danych",

	ofConversations:   noun{"rozmowy", "rozmów", "rozmów"},
	fromConversations: "z %s", high: "%s z wysokim wynikiem",
	score: "wynik %s", needsCall: "do telefonu", why: "dlaczego: ", explain: "odzew explain --conversation ",
	waits: "czeka %s", ofWork: "%s pracy",
	nudges:    noun{"ponaglenie", "ponaglenia", "ponagleń"},
	handovers: noun{"przekazanie", "przekazania", "przekazań"},
	reopens:   noun{"powrót sprawy", "powroty sprawy", "powrotów sprawy"},
	promise:   "obietnica %s minęła %s, bez odpowiedzi", promiseBare: "obietnica minęła %s, bez odpowiedzi",
	claims: "według siebie czeka %s", gives: "daje czas do %s", gave: "czas, który dał klient, minął %s",
	also: "i jeszcze %s", alsoMore: noun{"rozmowa", "rozmowy", "rozmów"},
	more: noun{"kolejna rozmowa", "kolejne rozmowy", "kolejnych rozmów"}, moreHow: "odzew flags list --open",
	noCustomers: "Nikt.",
	deadline:    "bezpieczny termin %s", unanswered: "brak odpowiedzi", past: "TERMIN MINĄŁ", legally: "prawnie może do %s",
	deadlineKinds: map[string]string{DeadlineComplaint: "reklamacja", DeadlineDataRequest: "wniosek RODO", DeadlineWithdrawal: "odstąpienie od umowy"},
	hours:         "godziny pracy %s", calendarTime: "czas kalendarzowy",
	answered: "odpowiedzi", first: "pierwsza odpowiedź", median: "mediana %s", nine: "9 na 10 w %s",
	none: "brak", tooFewForMedian: "za mało na medianę: %s",
	askedHead: "pytania z 28 dni", askedOpen: ", razem z %s", stillOpen: noun{"wciąż otwartym", "wciąż otwartymi", "wciąż otwartymi"},
	askedHalf: "połowa w %s", askedNine: "9 na 10 w %s", askedNone: "ponad połowa wciąż bez odpowiedzi", askedFew: "za mało na wniosek",
	openNow: "czeka teraz %s", longest: "najdłużej ", longestWait: "najdłuższe czekanie %s", parked: "Zaparkowane bez odpowiedzi: %s",
	change: "zmiana wobec 28 dni: ", inconclusive: "bez wniosku", channels: "średnia wg kanałów: ", mix: "udział kanałów",
	negative: "%s negatywnych", negatives: "negatywne %s", tooFew: "za mało rozmów na wniosek", past28: "28 dni: n=%s, %s negatywnych %s",
	verdicts: map[string]string{PlaceCritical: "KRYTYCZNY", PlaceSlow: "WOLNY", PlaceNormal: "w normie", PlaceGood: "dobrze", PlaceTooFew: ""},
	week:     "%d. tydzień z rzędu", slower: "o %s %s dłużej niż %s",
	than:        map[string]string{"target": "cel", "past": "przez ostatnie 28 dni", "peers": "w innych punktach styku"},
	smallPlaces: noun{"punkt styku", "punkty styku", "punktów styku"}, smallTogether: "%s poniżej %d rozmów: bez rozbicia",
	norm: "norma %s", difference: "Różnica %s", points: "pkt",
	relief: noun{"rozmowa", "rozmowy", "rozmów"}, reliefTopic: "Ulga i podziękowania: %s", mostly: "najczęściej", quotes: "„%s”",
	csat: "CSAT", nps: "NPS",
	through: "%s do %s", never: "%s: jeszcze nic", failing: "%s: nie działa od %s", noSources: "brak źródeł",
	messages:      noun{"wiadomość", "wiadomości", "wiadomości"},
	fromCustomers: "w tym %s od klientów",
	unscored:      noun{"bez oceny", "bez oceny", "bez oceny"},
	excluded:      "pominięte: %s",
	deadLetters:   noun{"rekord odłożony", "rekordy odłożone", "rekordów odłożonych"}, deadHow: "odzew deadletters list",
	lexicon: "Słownik %s %s", since: " od %s", otherwise: noun{"ocena inaczej niż %s", "oceny inaczej niż %s", "ocen inaczej niż %s"},
	noEmployees: "Nie oceniamy pracowników.", numbersOnly: "Rozmowy: tylko numery.",
	conversations: noun{"rozmowa", "rozmowy", "rozmów"}, replies: noun{"odpowiedź", "odpowiedzi", "odpowiedzi"},
	openQuiet: "czeka %s", care: "Do zajęcia się %s",
	days:   noun{"dzień", "dni", "dni"},
	footer: "Przedziały w nawiasach: 95%. n: liczba przypadków.",

	signals: map[string]string{
		"waiting": "czekanie", "repeat_contact": "kolejny kontakt", "broken_promise": "złamana obietnica", "ultimatum": "ultimatum",
		"churn": "odejście", "legal": "prawo", "publicity": "rozgłos", "escalation": "eskalacja", "effort": "wysiłek",
		"profanity": "wulgaryzm", "shouting": "krzyk", "sarcasm": "ironia", "resignation": "rezygnacja", "pressure": "nacisk",
		vulnerability: "trudne położenie", "relief": "ulga", "nudges": "ponaglenia", "shrinking_gaps": "coraz częstsze ponaglenia",
		"long_wait": "długie czekanie", "reopen": "powrót sprawy", "handovers": "przekazania", "second_channel": "drugi kanał",
		"law_office": "kancelaria w kopii", "length": "skok długości wiadomości", "falling": "spadek nastroju", "promise_passed": "miniona obietnica",
		"closed_unanswered": "zamknięte bez odpowiedzi", "bot_loop": "pętla bota", "low_csat": "niska ocena", "silence": "cisza klienta",
		"valence": "nastrój", "negative": "nastrój", saturation: "nasycenie", other: "inne",
	},
	threats: map[string]string{
		"legal": "zapowiada kroki prawne", "churn": "zapowiada odejście", "publicity": "zapowiada rozgłos", "escalation": "żąda przełożonego",
		"ultimatum": "stawia termin", "resignation": "rezygnuje ze sprawy", vulnerability: "zdrowie lub byt, pilne", "silence": "zamilkł bez rozwiązania",
		"law_office": "kancelaria w kopii", "closed_unanswered": "zamknięte bez odpowiedzi", "bot_loop": "nie może przejść przez bota", "low_csat": "wystawił niską ocenę",
	},
	reasons: map[string]string{
		"too little text": "za mało tekstu", "language not supported": "inny język", "spam": "spam", "deleted": "usunięte", "test": "testowe",
	},
	channel: map[string]string{
		"email": "e-mail", "chat": "czat", "form": "formularz", "review": "opinie", "social": "społecznościowe", "phone": "telefon", "": "inne",
	},
}

var english = words{
	code:          "en",
	longDays:      [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	shortDays:     [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	calendarDate:  func(t time.Time) string { return t.Format("2 Jan") },
	yearSeparator: " ",

	titleSpan: "%s – %s, together", sent: "sent %s", allDay: "00:00" + to + "24:00",
	today:  "TODAY: ",
	nobody: "nobody to call.", rest: "The rest is normal.", quietRest: "A quiet day.",
	call:           noun{"customer to call", "customers to call", "customers to call"},
	complaints:     noun{"complaint deadline", "complaint deadlines", "complaint deadlines"},
	requests:       noun{"data request deadline", "data request deadlines", "data request deadlines"},
	dues:           noun{"statutory deadline", "statutory deadlines", "statutory deadlines"},
	slowPlaces:     noun{"slow touchpoint", "slow touchpoints", "slow touchpoints"},
	criticalPlaces: noun{"critical touchpoint", "critical touchpoints", "critical touchpoints"},
	subject:        "odzew %s: %s",

	late:      "INCOMPLETE DATA: figures until %s, source %s down since %s",
	lateNever: "INCOMPLETE DATA: source %s has not delivered anything yet, down since %s",
	holiday:   "Public holiday: %s. Its hours do not count as working hours.",
	firstWeek: "First week: nothing to compare with yet.",

	customers: "Customers to take care of", deadlines: "Statutory deadlines", waiting: "Waiting",
	places: "Touchpoints", mood: "Sentiment", quality: "Data quality",

	ofConversations:   noun{"conversation", "conversations", "conversations"},
	fromConversations: "of %s", high: "%s with a high score",
	score: "score %s", needsCall: "to call", why: "why: ", explain: "odzew explain --conversation ",
	waits: "waiting %s", ofWork: "%s of work",
	nudges:    noun{"nudge", "nudges", "nudges"},
	handovers: noun{"handover", "handovers", "handovers"},
	reopens:   noun{"reopening", "reopenings", "reopenings"},
	promise:   "promise %s passed %s, no reply", promiseBare: "promise passed %s, no reply",
	claims: "says to have waited %s", gives: "gives you until %s", gave: "the customer's deadline passed %s",
	also: "and %s", alsoMore: noun{"more conversation", "more conversations", "more conversations"},
	more: noun{"more conversation", "more conversations", "more conversations"}, moreHow: "odzew flags list --open",
	noCustomers: "Nobody.",
	deadline:    "safe until %s", unanswered: "no answer yet", past: "OVERDUE", legally: "by law perhaps until %s",
	deadlineKinds: map[string]string{DeadlineComplaint: "complaint", DeadlineDataRequest: "data request", DeadlineWithdrawal: "withdrawal from contract"},
	hours:         "working hours %s", calendarTime: "calendar time",
	answered: "replies", first: "first reply", median: "median %s", nine: "9 in 10 within %s",
	none: "none", tooFewForMedian: "too few for a median: %s",
	askedHead: "asked in 28 days", askedOpen: ", with %s", stillOpen: noun{"still open", "still open", "still open"},
	askedHalf: "half within %s", askedNine: "9 in 10 within %s", askedNone: "more than half still without a reply", askedFew: "too few for a conclusion",
	openNow: "waiting now %s", longest: "longest ", longestWait: "longest wait %s", parked: "Parked without a reply: %s",
	change: "change against 28 days: ", inconclusive: "no conclusion", channels: "mean by channel: ", mix: "share of channels",
	negative: "%s negative", negatives: "negative %s", tooFew: "too few conversations for a conclusion", past28: "28 days: n=%s, %s negative %s",
	verdicts: map[string]string{PlaceCritical: "CRITICAL", PlaceSlow: "SLOW", PlaceNormal: "normal", PlaceGood: "good", PlaceTooFew: ""},
	week:     "week %d in a row", slower: "%s %s longer than %s",
	than:        map[string]string{"target": "the target", "past": "in the last 28 days", "peers": "at other touchpoints"},
	smallPlaces: noun{"touchpoint", "touchpoints", "touchpoints"}, smallTogether: "%s below %d conversations: not broken down",
	norm: "norm %s", difference: "Difference %s", points: "points",
	relief: noun{"conversation", "conversations", "conversations"}, reliefTopic: "Relief and thanks: %s", mostly: "mostly", quotes: "“%s”",
	csat: "CSAT", nps: "NPS",
	through: "%s until %s", never: "%s: nothing yet", failing: "%s: down since %s", noSources: "no sources",
	messages:      noun{"message", "messages", "messages"},
	fromCustomers: "%s of them from customers",
	unscored:      noun{"without a score", "without a score", "without a score"},
	excluded:      "left out: %s",
	deadLetters:   noun{"record set aside", "records set aside", "records set aside"}, deadHow: "odzew deadletters list",
	lexicon: "Lexicon %s %s", since: " since %s", otherwise: noun{"score differs from %s", "scores differ from %s", "scores differ from %s"},
	noEmployees: "Employees are not scored.", numbersOnly: "Conversations: numbers only.",
	conversations: noun{"conversation", "conversations", "conversations"}, replies: noun{"reply", "replies", "replies"},
	openQuiet: "open %s", care: "%s to take care of",
	days:   noun{"day", "days", "days"},
	footer: "Intervals in brackets: 95%. n: number of cases.",

	signals: map[string]string{
		"waiting": "waiting", "repeat_contact": "repeat contact", "broken_promise": "broken promise", "ultimatum": "ultimatum",
		"churn": "leaving", "legal": "legal", "publicity": "publicity", "escalation": "escalation", "effort": "effort",
		"profanity": "profanity", "shouting": "shouting", "sarcasm": "sarcasm", "resignation": "resignation", "pressure": "pressure",
		vulnerability: "vulnerable person", "relief": "relief", "nudges": "nudges", "shrinking_gaps": "ever faster nudges",
		"long_wait": "long wait", "reopen": "reopening", "handovers": "handovers", "second_channel": "second channel",
		"law_office": "law office in copy", "length": "jump in length", "falling": "falling sentiment", "promise_passed": "passed promise",
		"closed_unanswered": "closed without a reply", "bot_loop": "bot loop", "low_csat": "low rating", "silence": "silence",
		"valence": "sentiment", "negative": "sentiment", saturation: "saturation", other: "other",
	},
	threats: map[string]string{
		"legal": "announces legal steps", "churn": "announces leaving", "publicity": "threatens publicity", "escalation": "demands a manager",
		"ultimatum": "sets a deadline", "resignation": "gives up", vulnerability: "health or livelihood, urgent", "silence": "went silent unsolved",
		"law_office": "law office in copy", "closed_unanswered": "closed without a reply", "bot_loop": "cannot get past the bot", "low_csat": "rated low",
	},
	reasons: map[string]string{
		"too little text": "too little text", "language not supported": "other language", "spam": "spam", "deleted": "deleted", "test": "test",
	},
	channel: map[string]string{
		"email": "e-mail", "chat": "chat", "form": "form", "review": "reviews", "social": "social", "phone": "phone", "": "other",
	},
}
