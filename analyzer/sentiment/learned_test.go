package sentiment_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// TestLearned proves what learned words bring, and that they take no word from an entry.
func TestLearned(t *testing.T) {
	file := func(rows ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.ReplaceAll(strings.Join(rows, "\n")+"\n", ";", "\t"))}
	}
	const entries, learned = "entry;kind;polarity;opinion;tags;pos;note", "entry;negative;neutral;positive;mixed;talk"
	files := fstest.MapFS{
		"pl/a.tsv":            file(entries, "=dobra;tone;1;1;;;", "=nie;negator;;;;;"),
		"pl/learned.desk.tsv": file(learned, "^ widelec;1;;-1;;", "dobra zupa;-6;;6;;", "obsług*;-3;;3;;", "sam _ talerz;4;;-4;;", "stół+;7;;-7;;", "stół+ nakryć+;8;;-8;;", "widelec $;5;;-5;;", "zimna;6;;-6;;", "~ garnek;2;;-2;;", "łyżka;1;;-1;;"),
		"classes.tsv":         {Data: []byte("class\tlang\twords\n")},
		"emoji.tsv":           file(entries, "😡;emoji;-1;1;;;"),
		"pl/forms.txt":        {},
		"pl/lemmas.txt":       file("nakryć\t5 te ty", "stół\t2 ole ołem oły"),
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	model.Reviews = nil
	scorer := func() *sentiment.Scorer {
		t.Helper()
		set, err := lexicon.Load(files)
		if err != nil {
			t.Fatal(err)
		}
		return sentiment.New(set.Compile(), model)
	}
	s := scorer()
	for _, tt := range []struct {
		text, parts string
		words       float64 // of which the root damps
		pull        float64 // of the learned words together, in logits of praise over blame
	}{
		{"to zimna zupa", "learned:desk:zimna", 3, -12},
		{"to dobra zupa", "valence:dobra learned:desk:dobra zupa", 3, 12},            // the tone keeps its word
		{"to dobra, zupa", "valence:dobra learned:desk:dobra, zupa", 3, 12},          // a comma is no word
		{"to dobra. Zupa", "valence:dobra", 3, 0},                                    // another sentence
		{"to dobra ! zupa", "valence:dobra", 3, 0},                                   // a mark stands between
		{"Zimna lyzka", "learned:desk:Zimna learned:desk:lyzka", 2, -14},             // as careless writers write
		{"obsługa, OBSLUGUJE", "learned:desk:obsługa learned:desk:OBSLUGUJE", 2, 12}, // stems of longer words
		{"obsług", "", 1, 0},
		{"widelec xyz", "learned:desk:widelec", 2, -2}, // begins a sentence
		{"xyz, widelec!", "learned:desk:widelec", 2, -10},
		{"xyz widelec xyz", "", 3, 0},
		{"xyz. Widelec. Abc", "learned:desk:Widelec learned:desk:Widelec", 3, -12},
		{"nie xyz xyz xyz garnek", "learned:desk:garnek", 5, -4}, // denied
		{"nie xyz. Garnek", "", 3, 0},
		{"nie xyz xyz xyz xyz garnek", "", 6, 0},
		{"xyz stołem", "learned:desk:stołem", 2, -14},
		{"stól STOLE", "learned:desk:stól learned:desk:STOLE", 2, -28}, // without diacritics
		{"stoły nakryte", "learned:desk:stoły learned:desk:stoły nakryte", 2, -30},
		{"stoły xyz nakryte", "learned:desk:stoły", 3, -14},
		{"stoły. Nakryte", "learned:desk:stoły", 2, -14},
		{"sam xyz talerz", "learned:desk:sam xyz talerz", 3, -8},
		{"sam talerz xyz talerz", "", 4, 0},
		{"sam nie talerz", "", 3, 0}, // denied
		{"sam ! xyz talerz", "", 3, 0},
		{"sam. Xyz talerz", "", 3, 0},
		{"zimna" + strings.Repeat(" xyz", 99), "learned:desk:zimna", 100, -12},
	} {
		got := s.Score(tt.text, "pl", true)
		var parts []string
		pull := 0.0
		for _, e := range got.Evidence {
			if e.Rule == "limit" {
				continue
			}
			parts = append(parts, e.Rule+":"+e.Text)
			if strings.HasPrefix(e.Rule, "learned") {
				pull += e.Weight
			}
		}
		want := tt.pull / 4 / math.Sqrt(1+tt.words/5)
		if p := strings.Join(parts, " "); p != tt.parts || math.Abs(pull-want) > 0.0031 {
			t.Errorf("%.30q: %s = %.3f, want %s = %.3f", tt.text, p, pull, tt.parts, want)
		}
	}
	without, with := s.Score("to xyz zupa", "pl", false), s.Score("to zimna zupa", "pl", false)
	if with.Probabilities.Negative <= without.Probabilities.Negative {
		t.Errorf("the pull is not felt: negative %v, without it %v", with.Probabilities.Negative, without.Probabilities.Negative)
	}

	// What was learned from reviews counts as much as the text is a review, and from long
	// ones in long ones.
	files["pl/learned.reviews.tsv"] = file(learned, "hotel;;;;;4", "paczka;;;;;-4", "zimna;-6;;6;;")
	files["pl/learned.longreviews.tsv"] = file(learned, "zimna;6;;-6;;")
	model.Reviews = &sentiment.ReviewModel{}
	s = scorer()
	for _, tt := range []struct {
		text   string
		words  float64
		talk   float64
		rule   string
		praise float64
	}{
		{"zimna hotel", 2, 4, "learned:reviews", 1},
		{"zimna paczka", 2, -4, "learned:reviews", 1},
		{"zimna xyz", 2, 0, "learned:reviews", 1},
		{"zimna" + strings.Repeat(" xyz", sentiment.SentenceWords-1), sentiment.SentenceWords, 0, "learned:reviews", 1},
		{"zimna" + strings.Repeat(" xyz", sentiment.SentenceWords), sentiment.SentenceWords + 1, 0, "learned:longreviews", -1},
	} {
		damp := 1 / math.Sqrt(1+tt.words/5)
		want := 1 / (1 + math.Exp(-tt.talk*damp))
		share, desk, reviews := "", 0.0, 0.0
		for _, e := range s.Score(tt.text, "pl", true).Evidence {
			switch e.Rule {
			case "talk:reviews":
				share = e.Entry
			case "learned:desk":
				desk += e.Weight
			case tt.rule:
				reviews += e.Weight
			}
		}
		whole := 3 * damp
		if share != fmt.Sprintf("%.2f", want) || math.Abs(desk+whole*(1-want)) > 0.03 || math.Abs(reviews-tt.praise*whole*want) > 0.03 {
			t.Errorf("%.20q: share %s, desk %.3f, reviews %.3f; want a share of %.2f", tt.text, share, desk, reviews, want)
		}
	}
}
