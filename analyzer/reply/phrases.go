package reply

// The words of mail programs, as they write them. All lists are compared without
// regard to case. A new program is a new line here.

// leads begin the line that introduces a quote, before a date; in this case only, and
// then also in the middle of a line.
var leads = []string{
	"On ", "W dniu ", "Dnia ", "dnia ", "Am ", "Le ", "Dne ", "Dňa ", "Wiadomość napisana przez ",
}

// weekdays, short, begin the line in Gmail's Polish, Czech, Slovak and French.
var weekdays = byFirst(
	"pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz.",
	"po ", "út ", "st ", "čt ", "pá ", "so ", "ne ", "ut ", "št ", "pi ",
	"po,", "út,", "st,", "čt,", "pá,", "so,", "ne,",
	"lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.",
	"mon,", "tue,", "wed,", "thu,", "fri,", "sat,", "sun,",
)

// verbs stand right before the colon that ends the line.
var verbs = []string{
	"wrote", "writes",
	"napisał(a)", "napisał/a", "napisała", "napisał", "napisal(a)", "napisala", "napisal", "pisze",
	"écrit", "ecrit",
	"schrieb",
	"napsal(a)", "napsala", "napsal", "napísal(a)", "napísala", "napísal",
}

// openings are verbs with the author behind them, before the closing colon.
var openings = []string{
	" schrieb ", "napisana przez ",
}

// backwards are verbs with the author before and the date behind them.
var backwards = []string{
	" wrote on ", " napisał(a) w dniu ", " napisała w dniu ", " napisał w dniu ", " napisał(a) dnia ", " napisał dnia ", " napisała dnia ",
	" schrieb am ", " a écrit le ", " napsal(a) dne ",
}

// separators stand between dashes: "-----Original Message-----".
var separators = []string{
	"original message", "original e-mail", "original email", "reply message", "forwarded message", "forwarded email",
	"oryginalna wiadomość", "wiadomość oryginalna", "oryginalna wiadomosc", "wiadomosc oryginalna",
	"wiadomość przekazana", "przekazana wiadomość", "wiadomość przesłana dalej", "przesłana wiadomość",
	"przekazywana wiadomość", "treść przekazanej wiadomości", "treść oryginalnej wiadomości", "wiadomość pierwotna",
	"ursprüngliche nachricht", "originalnachricht", "original-nachricht", "original nachricht", "weitergeleitete nachricht",
	"ursprüngliche e-mail", "weitergeleitete e-mail",
	"message d'origine", "message d’origine", "message original", "message transféré", "message transmis", "message initial",
	"courriel original", "e-mail d'origine",
	"původní zpráva", "původní e-mail", "přeposlaná zpráva", "předaná zpráva", "pôvodná správa", "preposlaná správa",
}

// forwards are whole lines, with a colon, by which Apple Mail starts a forward.
var forwards = []string{
	"begin forwarded message", "początek przekazywanej wiadomości", "początek przekazanej wiadomości",
	"anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
	"début du message réexpédié", "début du message transféré",
	"začátek přeposílané zprávy", "začiatok preposlanej správy",
}

// above is how helpdesks mark where a reply ends.
var above = []string{
	"reply above this line", "text above this line", "powyżej tej linii", "nad tą linią", "powyżej tego wiersza",
	"oberhalb dieser zeile", "au-dessus de cette ligne", "nad tento řádek",
}

// A label is the word before the colon in a copied mail header.
type label uint8

const (
	labelFrom label = 1 << iota
	labelDate
	labelTo
	labelCc
	labelSubject
)

// labels of copied mail headers, in lower case.
var labels = map[string]label{
	"from": labelFrom, "od": labelFrom, "nadawca": labelFrom, "von": labelFrom, "de": labelFrom,
	"expéditeur": labelFrom, "odesílatel": labelFrom,

	"sent": labelDate, "date": labelDate, "sent on": labelDate,
	"wysłano": labelDate, "wysłane": labelDate, "wyslano": labelDate, "wysłany": labelDate, "data": labelDate, "data wysłania": labelDate,
	"gesendet": labelDate, "gesendet am": labelDate, "datum": labelDate,
	"envoyé": labelDate, "envoyé le": labelDate, "odesláno": labelDate, "dátum": labelDate, "odoslané": labelDate,

	"to": labelTo, "do": labelTo, "adresat": labelTo, "an": labelTo, "à": labelTo, "a": labelTo, "pour": labelTo,
	"komu": labelTo, "destinataire": labelTo, "adresát": labelTo, "empfänger": labelTo,

	"cc": labelCc, "dw": labelCc, "kopia": labelCc, "kopie": labelCc, "do wiadomości": labelCc, "udw": labelCc, "bcc": labelCc, "kópia": labelCc,
	"reply-to": labelCc, "odpowiedź do": labelCc, "importance": labelCc, "ważność": labelCc, "priorytet": labelCc, "attachments": labelCc, "załączniki": labelCc,

	"subject": labelSubject, "temat": labelSubject, "betreff": labelSubject, "objet": labelSubject, "sujet": labelSubject,
	"předmět": labelSubject, "predmet": labelSubject,
}

// closings end a letter. They count as a line of their own, with at most a name
// behind them.
var closings = byFirst(
	"pozdrawiam", "pozdrawiamy", "pozdrowienia", "pozdr", "serdecznie pozdrawiam", "serdecznie pozdrawiamy", "serdeczne pozdrowienia",
	"z pozdrowieniami", "z serdecznymi pozdrowieniami", "łączę pozdrowienia", "łączę wyrazy szacunku", "łączymy pozdrowienia",
	"z poważaniem", "z powazaniem", "z wyrazami szacunku", "z szacunkiem", "z uszanowaniem", "gorąco pozdrawiam", "również pozdrawiam",
	"dziękuję i pozdrawiam", "dziekuje i pozdrawiam", "dzięki i pozdrawiam", "z góry dziękuję i pozdrawiam",
	"miłego dnia", "życzę miłego dnia", "życzymy miłego dnia", "dobrego dnia", "życzę dobrego dnia", "udanego dnia", "miłego popołudnia", "miłego weekendu",
	"kind regards", "kindest regards", "best regards", "warm regards", "warmest regards", "with kind regards", "with best regards",
	"regards", "many thanks and kind regards", "thanks and regards", "thank you and kind regards", "thank you and best regards",
	"thanks & regards", "best wishes", "with best wishes", "sincerely", "yours sincerely", "yours faithfully", "yours truly", "sincerely yours",
	"all the best", "have a nice day", "have a great day", "respectfully",
	"mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mit besten grüßen", "freundliche grüße", "viele grüße",
	"beste grüße", "liebe grüße", "schöne grüße", "hochachtungsvoll",
	"cordialement", "bien cordialement", "très cordialement", "bien à vous", "salutations distinguées", "sincères salutations", "cordiales salutations",
	"s pozdravem", "s přátelským pozdravem", "s úctou", "přeji hezký den", "přeji pěkný den", "hezký den", "s pozdravom",
)

// curt closings are words too common to count with anything behind them.
var curt = byFirst("best", "br", "kr", "rgds", "cheers", "mfg", "vg", "lg", "cdlt", "pzdr", "pozdr", "pozdro", "zdravím", "ukłony", "buziaki", "grüße", "gruß")

// thanks stay the author's own words, but a name right below them is a signature.
var thanks = byFirst(
	"dziękuję", "dziekuje", "dziękujemy", "dzięki", "z góry dziękuję", "z gory dziekuje", "bardzo dziękuję", "dziękuję za pomoc", "dziękuję bardzo",
	"thanks", "thank you", "many thanks", "thanks in advance", "thank you in advance", "thanks again", "thx", "danke", "vielen dank",
	"merci", "merci d'avance", "děkuji", "předem děkuji",
)

// mobile lines start so, and name a device or a program as well: the advertisement of
// a phone, a mail program or a virus scanner.
var mobile = byFirst(
	"wysłane z", "wysłano z", "wyslane z", "wyslano z", "wysłane za pomocą", "wysłano za pomocą", "wysłane przez", "wiadomość wysłana z", "wysłane bezpiecznie",
	"pobierz aplikację outlook", "pobierz program outlook", "uzyskaj aplikację outlook", "pobierz outlook", "uzyskaj outlook", "przesłane z", "napisane z",
	"sent from", "sent with", "sent via", "sent using", "get outlook for", "sent on the move",
	"von meinem", "gesendet von", "gesendet mit", "gesendet über", "diese nachricht wurde von meinem", "outlook für", "holen sie sich outlook",
	"envoyé de", "envoyé depuis", "envoyé à partir", "télécharger outlook", "obtenez outlook",
	"yahoo mail: search", "virus-free", "wolny od wirusów", "wolne od wirusów", "virenfrei", "bez virů",
	"odesláno z", "odesláno ze", "získejte outlook", "odoslané z",
)

// devices make a mobile line certain.
var devices = []string{
	"iphone", "ipad", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "motorola", "nokia", "sony", "oneplus", "pixel", "realme", "oppo", "honor",
	"outlook", "poczt", "mail", "telefon", "smartfon", "smartphone", "handy", "tablet", "aplikacji", "mobile", "yahoo", "onet", "wirtualn", "interia",
	"blackberry", "windows", "macbook", "typeapp", "mymail", "spark", "proton", "tutanota", "tuta", "urządzenia", "gmx", "web.de", "orange", "thunderbird", "avast", "avg",
}

// legal footers start so, and hold one of legalWords as well.
var legal = byFirst(
	"niniejsza wiadomość", "niniejszy e-mail", "niniejszy mail", "niniejsza korespondencja", "ta wiadomość", "treść tej wiadomości", "treść niniejszej",
	"wiadomość ta", "wiadomość zawiera", "wiadomość e-mail", "informacje zawarte w", "informacja zawarta w", "uwaga:", "uwaga!", "poufność", "klauzula poufności", "klauzula informacyjna",
	"zastrzeżenie", "administratorem danych", "administratorem państwa danych", "administratorem pani/pana danych", "jeżeli nie jest pan", "jeśli nie jest pan", "jeżeli nie są państwo", "jeśli nie są państwo",
	"jeżeli nie jesteś adresatem", "jeśli nie jesteś adresatem", "jeśli nie jesteś zamierzonym", "jeżeli nie jesteś zamierzonym",
	"pomyśl o środowisku", "zanim wydrukujesz", "przed wydrukowaniem", "chroń środowisko", "dbaj o środowisko",
	"this e-mail", "this email", "this message", "this communication", "this transmission", "the information contained", "the information in this",
	"the information transmitted", "the contents of this", "the content of this", "confidentiality", "disclaimer", "legal notice", "notice:", "important notice", "if you are not the intended",
	"please consider the environment", "think before you print", "before printing",
	"diese e-mail", "diese nachricht", "der inhalt dieser", "ce message", "ce courriel", "cet e-mail", "tato zpráva", "tento e-mail", "obsah této zprávy",
)

var legalWords = []string{
	"poufn", "adresat", "przeznaczon", "odbiorc", "informacyjn", "danych osobowych", "omyłk", "środowisk", "drukowa", "druku", "wydruk",
	"confidential", "intended", "recipient", "privileged", "environment", "printing", "virus", "wirus",
	"vertraulich", "empfänger", "confidentiel", "destinataire", "důvěrn", "adresát", "příjemc", "určen",
}

// talk words betray a sentence in what would else be taken for a name block.
var talk = setOf(
	"proszę", "prosze", "prosimy", "czekam", "czekamy", "mam", "mamy", "nie", "jest", "są", "czy", "kiedy", "dlaczego", "gdzie", "ale", "bo", "że", "już",
	"tylko", "jak", "mi", "mnie", "się", "sie", "to", "będę", "chcę", "chce", "liczę", "licze", "dziękuję", "dziekuje", "dzięki", "mogę", "może", "jeszcze", "jeśli", "jeżeli",
	"zamówienie", "paczka", "paczki", "pieniądze", "dajcie", "odpiszcie", "załączam", "przesyłam", "byłem", "byłam", "jestem", "oczekuję", "oczekujemy", "gdyby", "wciąż", "nadal",
	"please", "i", "i'm", "i've", "you", "we", "is", "are", "was", "not", "will", "have", "has", "when", "why", "what", "my", "me", "it", "can", "could", "still", "waiting", "thanks", "thank", "but", "if",
	"bitte", "ich", "wir", "sie", "nicht", "ist", "wann", "je", "vous", "nous", "pas", "est", "prosím", "jsem", "není",
)

// contacts mark a line of a name block.
var contacts = []string{
	"tel", "kom.", "kom:", "mob", "phone", "fax", "nip", "krs", "regon", "ul.", "al.", "www.", "http", "e-mail", "email", "@", "sp. z o.o", "s.a.", "gmbh", "ltd", "s.r.o", "sąd rejonowy", "kapitał zakładowy", "bdo",
}

// byFirst files phrases under the byte that they start with.
func byFirst(phrases ...string) *[256][]string {
	var t [256][]string
	for _, p := range phrases {
		t[p[0]] = append(t[p[0]], p)
	}
	return &t
}

func setOf(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
