package sentiment_test

import (
	"bytes"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

func TestParseModel(t *testing.T) {
	const head = "feature\tnegative\tneutral\tpositive\tmixed\tfrustration\taspect\n"
	for _, tt := range []struct{ name, data, want string }{
		{"empty", "", "no header"},
		{"header", "feature\tnegative\n", "the header is"},
		{"columns", head + "bias\t1\n", "model.tsv:2: 2 columns"},
		{"number", head + "bias\tx\t\t\t\t\t\n", `model.tsv:2: "x" is not a number`},
		{"infinity", head + "bias\tInf\t\t\t\t\t\n", "not a number"},
		{"feature", head + "nope\t\t\t\t\t\t\n", `unknown feature "nope"`},
	} {
		if _, err := sentiment.ParseModel([]byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// TestLoadModel proves that the weights for reviews are read as strictly, and may be
// missing.
func TestLoadModel(t *testing.T) {
	desk, err := fs.ReadFile(lexicon.Shipped(), sentiment.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	const head = "feature\tnegative\tneutral\tpositive\tmixed\ttalk\n"
	versions := map[string]bool{}
	for _, tt := range []struct{ name, reviews, want string }{
		{"missing", "", ""},
		{"good", head + "bias\t1\t\t\t\t-0.5\n", ""},
		{"long", head + "bias\t1\t\t\t\t-0.5\nlong:bias\t1\t\t\t\t\n", ""},
		{"talk of long", head + "long:bias\t1\t\t\t\t-0.5\n", `model.reviews.tsv:2: unknown feature "long:bias"`},
		{"header", "feature\tnegative\n", "model.reviews.tsv:1: the header is"},
		{"columns", head + "bias\t1\t\t\t\t\t\n", "model.reviews.tsv:2: 7 columns instead of 6"},
		{"feature", head + "sharpness\t1\t\t\t\t\n", `model.reviews.tsv:2: unknown feature "sharpness"`},
	} {
		files := fstest.MapFS{sentiment.ModelFile: {Data: desk}}
		if tt.reviews != "" {
			files[sentiment.ReviewsModelFile] = &fstest.MapFile{Data: []byte(tt.reviews)}
		}
		m, err := sentiment.LoadModel(files)
		switch {
		case err != nil:
			if tt.want == "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
		case tt.want != "" || (m.Reviews != nil) != (tt.reviews != "") || versions[m.Version]:
			t.Errorf("%s: version %s, reviews %v", tt.name, m.Version, m.Reviews != nil)
		default:
			versions[m.Version] = true
		}
	}
}

// TestLearnReviews proves that the words of sentences and of longer reviews are learned
// beside those of a desk: the same word means another thing in each, and the text tells
// which.
func TestLearnReviews(t *testing.T) {
	const more = " tam i tu, w tym i w tamtym hotelu" // of which four are a longer review
	var reviews, long, desk []sentiment.Example
	for i := range 120 {
		class, word := odzew.Positive, "ciepła"
		if i%2 == 0 {
			class, word = odzew.Negative, "zimna"
		}
		other := odzew.Positive
		if class == other {
			other = odzew.Negative
		}
		end := strings.Repeat(" tu", i%7)
		reviews = append(reviews, sentiment.Example{Text: "zupa w hotelu " + word + end, Lang: "pl", Sentiment: class, Weight: 1})
		long = append(long, sentiment.Example{Text: "zupa w hotelu " + word + end + strings.Repeat(more, 4), Lang: "pl", Sentiment: other, Weight: 1})
		desk = append(desk, sentiment.Example{Text: "proszę o fakturę " + word + end, Lang: "pl", Sentiment: other, Weight: 1})
	}
	set, model := load(t)
	set.Learned, model.Reviews = nil, nil
	s := sentiment.New(set.Compile(), model)
	o := sentiment.LearnOptions{Lang: lexicon.PL, Least: 3, Most: 1000, L1: 0.1, L2: 1, Rate: 0.3, Epochs: 20}
	words, longWords, talk := s.LearnReviews(reviews, long, desk, sentiment.ReviewOptions{Sentences: o, Texts: o, Talk: o})
	set.Learned = []*lexicon.LearnedFile{
		{Name: "pl/learned.reviews.tsv", Lang: lexicon.PL, Domain: lexicon.Reviews, Rows: words},
		{Name: "pl/learned.longreviews.tsv", Lang: lexicon.PL, Domain: lexicon.LongReviews, Rows: longWords},
		{Name: "pl/learned.desk.tsv", Lang: lexicon.PL, Domain: lexicon.Desk, Rows: s.Learn(desk, lexicon.Desk, o)},
	}
	model.Reviews = talk
	s = sentiment.New(set.Compile(), model)
	for text, want := range map[string]odzew.Sentiment{
		"zupa w hotelu ciepła": odzew.Positive, "zupa w hotelu zimna": odzew.Negative,
		"zupa w hotelu ciepła" + strings.Repeat(more, 4): odzew.Negative, "zupa w hotelu zimna" + strings.Repeat(more, 4): odzew.Positive,
		"proszę o fakturę ciepła": odzew.Negative, "proszę o fakturę zimna": odzew.Positive,
	} {
		p := s.Score(text, "pl", false).Probabilities
		if (p.Positive > p.Negative) != (want == odzew.Positive) {
			t.Errorf("%q: %+v, want rather %s", text, p, want)
		}
	}
}

// load loads the shipped lexicon and model.
func load(t *testing.T) (*lexicon.Set, *sentiment.Model) {
	t.Helper()
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return set, model
}

// inclined returns a scorer of the shipped entries that leans to classes by so much,
// whatever a message says.
func inclined(t *testing.T, classes [4]float32) *sentiment.Scorer {
	t.Helper()
	set, model := load(t)
	set.Learned, model.Reviews, model.Tags = nil, nil, nil
	model.Classes = [len(model.Classes)][4]float32{classes} // the first feature is the bias
	return sentiment.New(set.Compile(), model)
}

// TestNamedFeeling proves that who names a feeling of theirs is told to blame or to praise,
// however sure the model is that the message only asks, and who asks what if is not.
func TestNamedFeeling(t *testing.T) {
	s := inclined(t, [4]float32{0, 9, 0, 0}) // only neutral
	for text, want := range map[string]odzew.Sentiment{
		"Jestem rozczarowany. Proszę o dosłanie śrub.":             odzew.Negative,
		"I'm fed up. Please send the screws.":                      odzew.Negative,
		"Jestem zadowolona z szafy. Proszę o fakturę.":             odzew.Positive,
		"We are happy with it. Please send the bill.":              odzew.Positive,
		"Jestem zadowolona z szafy, a kurierem rozczarowana.":      odzew.Mixed,
		"Jestem zła na kuriera, choć z szafy jestem zadowolona.":   odzew.Mixed,
		"Czy mogę oddać szafę, jeśli będę niezadowolona?":          odzew.Neutral,
		"Can I send it back if I'm not happy with it?":             odzew.Neutral,
		"I'm worried about the dose, may I take two?":              odzew.Neutral,
		"Szkoda 118/24: proszę o termin oględzin. Szkoda w aucie.": odzew.Neutral,
		"Nie jestem zły, pytam tylko, kiedy szafa przyjedzie.":     odzew.Neutral,
		"Proszę o fakturę za szafę.":                               odzew.Neutral,
	} {
		got := s.Score(text, "", false)
		if *got.Sentiment != want {
			t.Errorf("%q: %s %+v, want %s", text, *got.Sentiment, got.Probabilities, want)
		}
		if p := got.Probabilities; want != odzew.Neutral && (p.Neutral != 0 || got.Confidence < 0.5) {
			t.Errorf("%q: %+v, confidence %v", text, p, got.Confidence)
		}
	}
}

// TestThanksAlone proves that thanks alone blame nobody, however likely the model holds it.
func TestThanksAlone(t *testing.T) {
	s := inclined(t, [4]float32{9, 0, 0, 8}) // only blame
	for text, blames := range map[string]bool{
		"Dziękuję za informacje.":             false,
		"Thanks for the update":               false,
		"Thank you very much for your reply!": false,
		"Dziękuję za informacje bez sensu.":   true,
		"Thanks for the update, again.":       true,
	} {
		if got := s.Score(text, "", false); (*got.Sentiment == odzew.Negative) != blames || got.Probabilities.Negative == 0 != !blames {
			t.Errorf("%q: %s %+v", text, *got.Sentiment, got.Probabilities)
		}
	}
}

// TestNamedBlame proves that who names a bad feeling praises nothing, however likely the
// model holds it, unless an entry praises.
func TestNamedBlame(t *testing.T) {
	s := inclined(t, [4]float32{0, 0, 9, 0}) // only praise
	for text, want := range map[string]odzew.Sentiment{
		"Jestem bardzo niezadowolona z zakupu.":                  odzew.Negative,
		"Byłam rozczarowana, ale teraz szafa jest piękna.":       odzew.Positive,
		"I was disappointed, but the new one works beautifully.": odzew.Positive,
	} {
		if got := s.Score(text, "", false); *got.Sentiment != want {
			t.Errorf("%q: %s %+v, want %s", text, *got.Sentiment, got.Probabilities, want)
		}
	}
}

// TestPlea proves that who asks for haste or tells of distress is not taken for praising,
// however likely the model holds it, unless an entry praises.
func TestPlea(t *testing.T) {
	set, model := load(t)
	const bias, positive = 0, 2
	model.Classes[bias][positive] += 9
	s := sentiment.New(set.Compile(), model)
	for text, want := range map[string]bool{
		"pilne!!": true,
		"Babcia została sama w domu bez prądu.":   true,
		"We have no heating and a small child.":   true,
		"asap please, you are great":              false,
		"Jestem na wózku. Wspaniała obsługa.":     false,
		"Dzień dobry, chodzi o fakturę za marzec": false,
	} {
		got := s.Score(text, "", true)
		if (*got.Sentiment != odzew.Positive) != want {
			t.Errorf("%q is %s", text, *got.Sentiment)
		}
		if said := slices.ContainsFunc(got.Evidence, func(e odzew.Evidence) bool { return e.Rule == "plea" }); said != want {
			t.Errorf("%q: evidence of a plea: %v, want %v", text, said, want)
		}
	}
}

// TestModelBytes proves that a model is written as it is read, that of reviews with it.
func TestModelBytes(t *testing.T) {
	_, m := load(t)
	m.Reviews.Length[0] = [4]float32{1, -2, 0.25, 0}
	m.Reviews.Long[1] = [4]float32{0, 0.5, 1, 0}
	again, err := sentiment.LoadModel(fstest.MapFS{
		sentiment.ModelFile:        {Data: m.Bytes()},
		sentiment.ReviewsModelFile: {Data: m.Reviews.Bytes()},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Bytes(), again.Bytes()) || *m.Reviews != *again.Reviews {
		t.Error("a model changes on its way through a file")
	}
}

// TestLong proves that features of a review may weigh something else in a longer sentence,
// and in a text.
func TestLong(t *testing.T) {
	set, model := load(t)
	lex := set.Compile()
	gain := func(words int, change func(r *sentiment.ReviewModel)) float64 {
		score := func(r *sentiment.ReviewModel) float64 {
			r.Talk[0] = 99 // all is a review
			m := *model
			m.Reviews = r
			return sentiment.New(lex, &m).Score(strings.Repeat("xyz ", words), "pl", false).Probabilities.Positive
		}
		changed := &sentiment.ReviewModel{}
		change(changed)
		return math.Log(score(changed) / score(&sentiment.ReviewModel{}))
	}
	for _, tt := range []struct {
		name                  string
		change                func(r *sentiment.ReviewModel)
		short, sentence, long bool
	}{
		{"classes", func(r *sentiment.ReviewModel) { r.Classes[0][2] = 3 }, true, true, false},
		{"length", func(r *sentiment.ReviewModel) { r.Length[0][2] = 3 }, false, true, false},
		{"long", func(r *sentiment.ReviewModel) { r.Long[0][2] = 3 }, false, false, true},
	} {
		for words, want := range map[int]bool{1: tt.short, sentiment.SentenceWords: tt.sentence, sentiment.SentenceWords + 1: tt.long} {
			if got := gain(words, tt.change); (got > 0.3) != want {
				t.Errorf("weights of %s add %.3f to the chance of praise in %d words", tt.name, got, words)
			}
		}
	}
}

// TestFit proves that fitting learns, and the same each time.
func TestFit(t *testing.T) {
	s := small(t)
	var examples []sentiment.Example
	for range 10 {
		for text, class := range map[string]odzew.Sentiment{
			"to jest dobre": odzew.Positive, "to jest złe": odzew.Negative, "gdzie paczka?": odzew.Neutral, "dobre ale złe": odzew.Mixed,
		} {
			examples = append(examples, sentiment.Example{Text: text, Lang: "pl", Sentiment: class, Weight: 1, Hide: 0.2})
		}
	}
	// The order of a map is no order.
	sortByText(examples)
	o := sentiment.FitOptions{Ridge: 0.1, Rounds: 300, Folds: 2, Copies: 2}
	m := s.Fit(examples, o)
	if !bytes.Equal(m.Bytes(), s.Fit(examples, o).Bytes()) {
		t.Error("fitted twice, the model differs")
	}
	set := s.WithModel(m.Model)
	for _, e := range examples[:4] {
		if got := set.Score(e.Text, "pl", false); *got.Sentiment != e.Sentiment {
			t.Errorf("%q: %s, want %s (%+v)", e.Text, *got.Sentiment, e.Sentiment, got.Probabilities)
		}
	}
}

func sortByText(examples []sentiment.Example) {
	slices.SortStableFunc(examples, func(a, b sentiment.Example) int { return strings.Compare(a.Text, b.Text) })
	// One of each first.
	for i := range 4 {
		examples[i], examples[i*10] = examples[i*10], examples[i]
	}
}
