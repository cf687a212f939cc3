package reporter

// The words of the report on touchpoints, beside those of words.go and under the
// same rules.
type journeyWords struct {
	title                     string
	periodDays, onDays        noun
	allConversations          noun
	noCritical, criticalList  string
	places, journey, closer   string
	comparedWith              string
	columns                   [5]string
	waitingOf                 string
	scale                     string
	few, small                string
	because                   map[string]string
	verdicts                  map[string]string
	measures                  map[string]string
	peers, past               string
	excess                    noun
	excessOf                  string
	aspectsHead, emotionsHead string
	feels                     string
	ratings, disagreements    string
	csatMean, npsMean         string
	cesMean                   string
	agreed, kappa             string
	table, tableRows          string
	levels                    [3]string
	noRatings, noDisagreement string
	unusable                  noun
	speaks                    string
	comment                   string
	moreDisagreements         noun
	rule                      string

	stages, aspects, emotions map[string]string
}

var polishJourney = journeyWords{
	title:            "punkty styku",
	periodDays:       noun{"dzień", "dni", "dni"},
	onDays:           noun{"dnia", "dni", "dni"},
	allConversations: noun{"rozmowa", "rozmowy", "rozmów"},
	noCritical:       "Żaden punkt styku nie jest krytyczny.",
	criticalList:     "%s: %s.",
	places:           "Punkty styku", journey: "Podróż klienta", closer: "Z bliska",
	comparedWith: "rozmowy zaczęte w tym czasie; frustracja: silna; odpowiedź: pierwsza, h:min, %s",
	columns:      [5]string{"rozmowy", "negatywne", "frustracja", "odp. p50 / p90 (n)", "czeka (n)"},
	waitingOf:    "%s z %s",
	scale:        "nastrój od −1 do 1; udział rozmów negatywnych",
	few:          "za mało klientów, bez rozbicia", small: "%s poniżej %d klientów: bez rozbicia",
	because:  map[string]string{BadNegative: "nastrój", BadStrong: "silna frustracja", BadWaiting: "czekanie", BadOpen: "brak odpowiedzi"},
	verdicts: map[string]string{PlaceCritical: "KRYTYCZNY", PlaceNormal: "w normie", PlaceGood: "dobrze", PlaceTooFew: "za mało"},
	measures: map[string]string{BadNegative: "negatywne", BadStrong: "silna frustracja", BadWaiting: "pierwsza odpowiedź", BadOpen: "bez odpowiedzi"},
	peers:    "wobec pozostałych (n=%s): ", past: "wobec poprzednich %s (n=%s): ",
	excess:      noun{"rozmowa", "rozmowy", "rozmów"},
	excessOf:    "%s ponad udział u pozostałych",
	aspectsHead: "na co narzekają: ", emotionsHead: "emocje: ", feels: "nastrój %s",
	ratings: "Oceny klientów i nastrój", disagreements: "Oceny wbrew nastrojowi",
	csatMean: "CSAT (zadowoleni)", npsMean: "NPS", cesMean: "CES (1–%s, więcej = łatwiej)",
	agreed: "ocena i nastrój zgodne: %s", kappa: "kappa Cohena %s %s",
	table: "ocena (wiersze) a nastrój: ", tableRows: "%s: %s",
	levels:    [3]string{"niska", "średnia", "wysoka"},
	noRatings: "Brak ocen w tym czasie.", noDisagreement: "Brak.",
	unusable: noun{"ocena o nieznanej skali pominięta", "oceny o nieznanej skali pominięte", "ocen o nieznanej skali pominiętych"},
	speaks:   "%s %s/%s, nastrój %s (wiadomości +%s −%s)", comment: "komentarz: %s",
	moreDisagreements: noun{"kolejna", "kolejne", "kolejnych"},
	rule:              "Krytyczny: wyraźnie gorszy od pozostałych, częsty i pewny (Benjamini–Hochberg, 5%). Strzałka tylko przy pewnej różnicy.",

	stages: map[string]string{
		"awareness": "świadomość", "interest": "zainteresowanie", "decision": "decyzja", "purchase": "zakup", "after_sales": "po zakupie",
	},
	aspects: map[string]string{
		"waiting_time": "czas oczekiwania", "courtesy": "uprzejmość", "understanding": "zrozumienie", "competence": "kompetencja", "honesty": "uczciwość",
		"product_quality": "jakość produktu", "clarity": "jasność", "price": "cena", "delivery": "dostawa", "returns": "zwroty", "payment": "płatność",
		"website": "strona", "purchase": "zakup", "promotion": "promocja",
	},
	emotions: map[string]string{
		"joy": "radość", "satisfaction": "zadowolenie", "gratitude": "wdzięczność", "frustration": "frustracja", "disappointment": "rozczarowanie",
		"anger": "złość", "anxiety": "niepokój",
	},
}

var englishJourney = journeyWords{
	title:            "touchpoints",
	periodDays:       noun{"day", "days", "days"},
	onDays:           noun{"day", "days", "days"},
	allConversations: noun{"conversation", "conversations", "conversations"},
	noCritical:       "No touchpoint is critical.",
	criticalList:     "%s: %s.",
	places:           "Touchpoints", journey: "Customer journey", closer: "A closer look",
	comparedWith: "conversations begun in this time; frustrated: strongly; reply: the first, h:min, %s",
	columns:      [5]string{"n", "negative", "frustrated", "reply p50 / p90 (n)", "waiting (n)"},
	waitingOf:    "%s of %s",
	scale:        "sentiment from −1 to 1; share of negative conversations",
	few:          "too few customers, not broken down", small: "%s below %d customers: not broken down",
	because:  map[string]string{BadNegative: "sentiment", BadStrong: "strong frustration", BadWaiting: "waiting", BadOpen: "no reply"},
	verdicts: map[string]string{PlaceCritical: "CRITICAL", PlaceNormal: "normal", PlaceGood: "good", PlaceTooFew: "too few"},
	measures: map[string]string{BadNegative: "negative", BadStrong: "strong frustration", BadWaiting: "first reply", BadOpen: "unanswered"},
	peers:    "against the others (n=%s): ", past: "against the %s before (n=%s): ",
	excess:      noun{"conversation", "conversations", "conversations"},
	excessOf:    "%s above the others' share",
	aspectsHead: "complaints about: ", emotionsHead: "emotions: ", feels: "sentiment %s",
	ratings: "Customers' ratings and sentiment", disagreements: "Ratings against sentiment",
	csatMean: "CSAT (satisfied)", npsMean: "NPS", cesMean: "CES (1–%s, more = easier)",
	agreed: "rating and sentiment agree: %s", kappa: "Cohen's kappa %s %s",
	table: "rating (rows) and sentiment: ", tableRows: "%s: %s",
	levels:    [3]string{"low", "middle", "high"},
	noRatings: "No ratings in this time.", noDisagreement: "None.",
	unusable: noun{"rating of an unknown scale left out", "ratings of an unknown scale left out", "ratings of an unknown scale left out"},
	speaks:   "%s %s/%s, sentiment %s (messages +%s −%s)", comment: "comment: %s",
	moreDisagreements: noun{"more", "more", "more"},
	rule:              "Critical: clearly worse than the others, frequent and sure (Benjamini–Hochberg, 5%). Arrows only where the difference is sure.",

	stages: map[string]string{
		"awareness": "awareness", "interest": "interest", "decision": "decision", "purchase": "purchase", "after_sales": "after sales",
	},
	aspects: map[string]string{
		"waiting_time": "waiting time", "courtesy": "courtesy", "understanding": "understanding", "competence": "competence", "honesty": "honesty",
		"product_quality": "product quality", "clarity": "clarity", "price": "price", "delivery": "delivery", "returns": "returns", "payment": "payment",
		"website": "website", "purchase": "purchase", "promotion": "promotion",
	},
	emotions: map[string]string{
		"joy": "joy", "satisfaction": "satisfaction", "gratitude": "gratitude", "frustration": "frustration", "disappointment": "disappointment",
		"anger": "anger", "anxiety": "anxiety",
	},
}
