package sentiment_test

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// shipped is the scorer of the shipped lexicon, loaded once for all tests.
var shipped = sync.OnceValues(func() (*sentiment.Scorer, error) {
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		return nil, err
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		return nil, err
	}
	return sentiment.New(set.Compile(), model), nil
})

func scorer(t testing.TB) *sentiment.Scorer {
	t.Helper()
	s, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check proves what must hold of every score of every text.
func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *sentiment.Scorer, text string,
) {
	t.Helper()
	got := s.Score(text, "", true)
	sum := 0.0
	for _, e := range got.Evidence {
		if e.Start < 0 || e.Start >= e.End || e.End > len(text) || text[e.Start:e.End] != e.Text {
			t.Fatalf("%q: evidence %+v is not where it says", text, e)
		}
		if utf8.ValidString(text) && !utf8.ValidString(e.Text) {
			t.Fatalf("%q: evidence %+v splits a rune", text, e)
		}
		sum += e.Weight
	}
	if math.Abs(sum-got.Valence) > 1e-9 || math.Abs(sum) > 1+1e-9 {
		t.Fatalf("%q: evidence adds up to %v, valence is %v", text, sum, got.Valence)
	}
	p := got.Probabilities
	total := p.Negative + p.Neutral + p.Positive + p.Mixed
	switch {
	case got.Sentiment == nil && (total != 0 || got.Reason != sentiment.ReasonLanguage):
		t.Fatalf("%q: no sentiment, but probabilities %+v and reason %q", text, p, got.Reason)
	case got.Sentiment != nil && math.Abs(total-1) > 1e-9:
		t.Fatalf("%q: probabilities add up to %v", text, total)
	case math.Signbit(p.Negative) || math.Signbit(p.Neutral) || math.Signbit(p.Positive) || math.Signbit(p.Mixed):
		t.Fatalf("%q: probabilities %+v", text, p)
	case got.Confidence < 0 || got.Confidence > 1 || got.Frustration < 0 || got.Frustration > 1 || got.Level < 0 || got.Level > 2:
		t.Fatalf("%q: %+v is out of range", text, got)
	}
	plain := s.Score(text, "", false)
	got.Evidence = nil
	if !reflect.DeepEqual(plain, got) {
		t.Fatalf("%q: evidence changes the score:\n%+v\n%+v", text, got, plain)
	}
}

func FuzzScore(f *testing.F) {
	for _, s := range []string{
		"Czekam już trzeci tydzień i nikt nie odpisuje!!!", "Świetna obsługa, ale dostawa fatalna.", "could you please check it?", "k***a ile można 😡",
		"NIE POLECAM", "not bad at all", "\xff\xfe", "a\u0301\u200d👨‍👩‍👧", "nieeeeee", "Thanks for nothing… \"great\" service", "",
	} {
		f.Add(s)
	}
	s := scorer(f)
	f.Fuzz(func(t *testing.T, text string) { check(t, s, text) })
}

// TestParts draws texts out of words that the rules are about.
func TestParts(t *testing.T) {
	s := scorer(t)
	words := strings.Fields(`nie bez bardzo strasznie fajna dobra zła fatalna ale jednak obsługa paczka czekam trzy tygodnie ? ! !!! , . "
		DOBRA FATALNA not never very insanely good bad awful but service waiting three weeks I want a refund dziękuję pozdrawiam 😡 👍 :) czy kiedy please
		rezygnuję UOKiK lawyer manager promised obiecano znowu again`)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 25).Draw(t, "words"), " ")
		check(t, s, text)
	})
}

func TestScore(t *testing.T) {
	s := scorer(t)
	for _, tt := range []struct {
		text      string
		lang      string
		sentiment odzew.Sentiment // empty: none is given
		reason    string
	}{
		{"", "und", odzew.Neutral, sentiment.ReasonTooShort},
		{"12345", "und", odzew.Neutral, sentiment.ReasonTooShort},
		{"Wann kommt mein Paket endlich an? Ich warte seit zwei Wochen.", "de", "", sentiment.ReasonLanguage},
		{"Bardzo miła i szybka obsługa, polecam!", "pl", odzew.Positive, ""},
		{"Fatalna obsługa, nigdy więcej.", "pl", odzew.Negative, ""},
		{"Jestem niezadowolona z jakości.", "pl", odzew.Negative, ""},
		{"Dzień dobry, proszę o fakturę za marzec.", "pl", odzew.Neutral, ""},
		{"Terrible service, never again.", "en", odzew.Negative, ""},
		{"Great support, thank you so much!", "en", odzew.Positive, ""},
		{"Could you please send me the invoice for March?", "en", odzew.Neutral, ""},
		{"Bez zastrzeżeń, polecam.", "pl", odzew.Positive, ""},
		{"Nie polecam.", "pl", odzew.Negative, ""},
		// Two known words tell their language, whatever the detector takes them for.
		{"Nie wrócimy.", "pl", odzew.Negative, ""},
		{"Basen super.", "pl", odzew.Positive, ""},
		{"Nein danke.", "de", "", sentiment.ReasonLanguage},
	} {
		got := s.Score(tt.text, "", false)
		var class odzew.Sentiment
		if got.Sentiment != nil {
			class = *got.Sentiment
		}
		if got.Lang != tt.lang || class != tt.sentiment || got.Reason != tt.reason {
			t.Errorf("%q: %s %q %q, want %s %q %q", tt.text, got.Lang, class, got.Reason, tt.lang, tt.sentiment, tt.reason)
		}
	}
}

// small returns a scorer of a lexicon of a few lines, so that what it tests does
// not depend on what the shipped one happens to hold.
func small(t testing.TB) *sentiment.Scorer {
	t.Helper()
	const head = "entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"
	file := func(rows ...string) *fstest.MapFile {
		for i, r := range rows {
			f := strings.Split(r, ";")
			rows[i] = strings.Join(append(f, make([]string, 7-len(f))...), "\t") + "\n"
		}
		slices.Sort(rows)
		return &fstest.MapFile{Data: []byte(head + strings.Join(rows, ""))}
	}
	set, err := lexicon.Load(fstest.MapFS{
		"pl/x.tsv": file("zły;tone;-1;1", "dobry;tone;1;1", "nie;negator", "bez;negator", "=zła|=złe;tone;-1;1", "ale;contrast",
			"strasznie;booster;1.5", "strasznie;tone;-0.5;0.5", "trochę;dampener;0.5", "czy;request", "wada;tone;-1;1",
			"bez zarzut;idiom;0.8;0.8", "=rezygnuję;signal;;;signal:churn", "nie ma problem;idiom;0.1", "problem;tone;-0.5", "paczka;aspect;;;aspect:delivery"),
		"en/x.tsv":     file("good;tone;1;1", "not;negator", "very;booster;1.5"),
		"emoji.tsv":    file("😡;emoji;-1;1"),
		"classes.tsv":  {Data: []byte("class\tlang\twords\n")},
		"pl/forms.txt": {Data: []byte("dobry\t4 a e ego\nzarzut\t6 u\nproblem\t7 u\nwada\t3 y\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return sentiment.New(set.Compile(), model)
}

// TestRules shows each rule at work: the parts that it leaves, and what they add
// up to.
func TestRules(t *testing.T) {
	s := small(t)
	for _, tt := range []struct {
		text    string
		parts   string // rule:words of each part
		valence float64
	}{
		{"to dobre", "valence:dobre", 1},
		{"to nie dobre", "negation:nie valence:dobre", -0.8},
		{"to nie złe", "negation:nie valence:złe", 0.6},
		{"nie jest to takie dobre", "negation:nie valence:dobre", -0.8},
		{"nie, to dobre", "valence:dobre", 1},
		{"bez wady", "negation:bez valence:wady", 0.6},
		{"nie bez wady", "valence:wady", -1},
		{"bez zarzutu", "idiom:bez zarzutu", 0.704},
		{"nie ma problemu", "idiom:nie ma problemu", 0.046},
		{"strasznie dobre", "booster:strasznie valence:dobre limit", 1},
		{"strasznie", "valence:strasznie", -0.35},
		{"trochę dobre", "dampener:trochę valence:dobre", 0.5},
		{"nie strasznie dobre", "negation:nie booster:strasznie valence:dobre limit", -1},
		{"dobre ale złe", "valence:dobre contrast:ale valence:złe", 0},
		{"to jest DOBRE", "valence:DOBRE capitals:DOBRE limit", 1},
		{"czy to dobre", "valence:dobre request:dobre", 0.35},
		{"to dobre?", "valence:dobre request:dobre", 0.35},
		{`"dobra" paczka`, "valence:dobra quoted:dobra aspect:delivery:paczka", -0.3},
		{"dobre dobre dobre", "valence:dobre valence:dobre valence:dobre repeated:dobre limit", 1},
		{"rezygnuję", "signal:rezygnuję", -0.138},
		{"nie rezygnuję", "signal:rezygnuję", -0.138},
		{"paczka 😡", "aspect:delivery:paczka emoji:😡", -1},
		{"nie dobre, dobre", "negation:nie valence:dobre valence:dobre", 0.2},
	} {
		got := s.Score(tt.text, "pl", true)
		var parts []string
		for _, e := range got.Evidence {
			switch {
			case strings.HasPrefix(e.Rule, "signal:"): // which hang on the class
			case e.Rule == "limit": // of the whole text
				parts = append(parts, e.Rule)
			default:
				parts = append(parts, e.Rule+":"+e.Text)
			}
		}
		if p := strings.Join(parts, " "); p != tt.parts || math.Abs(got.Valence-tt.valence) > 1e-9 {
			t.Errorf("%q: %s = %v, want %s = %v", tt.text, p, got.Valence, tt.parts, tt.valence)
		}
	}
}

// TestSpelling proves that how a word is written does not matter.
func TestSpelling(t *testing.T) {
	s := scorer(t)
	for _, tt := range []struct{ plain, other string }{
		{"Obsługa jest okropna", "Obsluga jest okropna"},
		{"Obsługa jest okropna", "Obsługa jest okroooopna"},
		{"Nie działa ta kurwa aplikacja", "Nie działa ta k***a aplikacja"},
		{"Żenada", "Zenada"},
		{"Jestem rozczarowany", "Jestem rozczraowany"},
		{"Jestem rozczarowany", "Jestem rozczzarowany"},
		{"I am disappointed", "I am disapointed"},
		{"It is awful", "It is awfullll"},
		{"Don't recommend this", "Don’t recommend this"},
	} {
		a, b := s.Score(tt.plain, "", false), s.Score(tt.other, "", false)
		// Learned words add what they know of the right spelling, with or without
		// diacritics.
		limit := 0.1
		if lexicon.EntryHash(strings.ToLower(tt.plain)) != lexicon.EntryHash(strings.ToLower(tt.other)) {
			limit = 0.6
		}
		if math.Abs(a.Valence-b.Valence) > limit || math.Abs(a.Valence) < 0.3 {
			t.Errorf("%q: valence %v, %q: %v", tt.plain, a.Valence, tt.other, b.Valence)
		}
	}
}

// TestNothingCounts proves that addresses, handles, numbers and code words carry no
// tone.
func TestNothingCounts(t *testing.T) {
	s := scorer(t)
	for _, text := range []string{
		"Proszę o kontakt: fatalny.sklep@super.example, nr 887162534",
		"@terrible could you send the invoice to awful@bad.example please",
		"Adres strony to https://best.example/love/great?hate=1 , proszę sprawdzić",
	} {
		for _, e := range s.Score(text, "", true).Evidence {
			if e.Rule == "talk:reviews" || e.Rule == "limit" {
				continue // of the whole text
			}
			if e.Weight != 0 && strings.ContainsAny(e.Text, "@./") || regexp.MustCompile("fatal|terr|awful|best|love|great|hate").MatchString(e.Text) {
				t.Errorf("%q: %+v", text, e)
			}
		}
	}
}

func TestClosing(t *testing.T) {
	s := scorer(t)
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"Dziękuję!", true},
		{"ok, dziękuję bardzo", true},
		{"thanks", true},
		{"👍", true},
		{"Dziękuję, a kiedy będzie paczka?", false},
		{"dziękuję?", false},
		{"Dziękuję za nic, rezygnuję", false},
		{"", false},
		{"Gdzie jest moja paczka", false},
	} {
		if got := s.Closing(tt.text); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.text, got, tt.want)
		}
	}
}

// TestConcurrent proves that one scorer serves many goroutines with equal results.
func TestConcurrent(t *testing.T) {
	s := scorer(t)
	texts := []string{"Fatalna obsługa, czekam trzy tygodnie!!!", "I like it, kind people, pretty good.", "Świetnie, ale drogo.", "ok"}
	var want []odzew.Score
	for _, text := range texts {
		want = append(want, s.Score(text, "", true))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				if got := s.Score(texts[i%len(texts)], "", true); !reflect.DeepEqual(got, want[i%len(texts)]) {
					t.Errorf("%q: %+v, want %+v", texts[i%len(texts)], got, want[i%len(texts)])
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestAllocations(t *testing.T) {
	s := scorer(t)
	const text = "Dzień dobry, czekam trzy tygodnie na paczkę i nikt nie odpisuje. Fatalna obsługa!"
	s.Score(text, "", false)
	if n := testing.AllocsPerRun(100, func() { s.Score(text, "", false) }); n > 2 {
		t.Errorf("%v allocations a message", n)
	}
}

// TestHostile proves that time grows no faster than the text.
func TestHostile(t *testing.T) {
	s := scorer(t)
	const n = 1 << 17
	for _, unit := range []string{"!", "nie ", "nie, ", "czekam ", "nie czekam trzy tygodnie ", "if not by friday i will ", "like ", "a", "do to jest i nie ", "good bad ", "😡", "k***a ", "jeśli nie do jutra to zgłaszam ", "\n", "nieeee "} {
		text := strings.Repeat(unit, n/len(unit))
		start := time.Now()
		s.Score(text, "", false)
		if d := time.Since(start); d > 8*time.Second {
			t.Errorf("%q × %d: %v", unit, n/len(unit), d)
		}
	}
}

// One stressed word shouts in a complaint and nowhere else; names of things do not.
func TestStressedWord(t *testing.T) {
	s := scorer(t)
	for _, tt := range []struct {
		text  string
		shout bool
	}{
		{"This is the worst service I have ever had, it is NOT fixed", true},
		{"Fatalna obsługa, czekam już DWA tygodnie i nikt nie odpisał", true},
		{"Terrible support, my PS5 and the USB cable never arrived", false},
		{"Fatalna obsługa, nikt nie umie wystawić faktury VAT", false},
		{"Terrible support, my PROGEN and my BHIM never arrived", false},
		{"Fatalna obsługa, mój ROBOTEX przyszedł zepsuty", false},
		{"Is it the BLUE one or the black one?", false},
		{"Thank you SO much, you are GREAT", false},
	} {
		if got := slices.Contains(s.Score(tt.text, "", false).Signals, "shouting"); got != tt.shout {
			t.Errorf("%q: shouting %t", tt.text, got)
		}
	}
}

// A sentence that is said again and again says no more than once.
func TestSaidAgain(t *testing.T) {
	s := newScorer(t)
	for _, text := range []string{
		"Oszuści!", "Skandal!", "Nie polecam!", "Fatalna obsługa, czekam już trzeci tydzień.", "Oddajcie pieniądze!", "Brilliant service, thank you.",
		"Where is my parcel?", "Awful. I want my money back.",
	} {
		want := s.Score(text, "", false)
		for _, n := range []int{2, 6, 40} {
			got := s.Score(strings.Repeat(text+" ", n), "", false)
			if *got.Sentiment != *want.Sentiment || !slices.Equal(got.Signals, want.Signals) || got.Level != want.Level || !slices.Equal(got.Aspects, want.Aspects) {
				t.Errorf("%q %d times is %s %v %v, level %d; once %s %v %v, level %d", text, n,
					*got.Sentiment, got.Signals, got.Aspects, got.Level, *want.Sentiment, want.Signals, want.Aspects, want.Level)
			}
		}
	}
	for _, text := range []string{"Czekam 3 dni. Czekam 5 dni.", "Czekam. Czekam?", "Nie działa. Nie dzwoni."} {
		if r := s.Read(text, "pl"); int(r.Words[len(r.Words)-1].End) < len(text)-1 {
			t.Errorf("%q is not read to its end", text)
		}
	}
}
