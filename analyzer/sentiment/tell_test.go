package sentiment_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// TestTell proves that learned words tell what no entry does, that an emotion fits its
// class, and that the evidence names them. The entries are there beside them.
func TestTell(t *testing.T) {
	file := func(rows ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.ReplaceAll(strings.Join(rows, "\n")+"\n", ";", "\t"))}
	}
	const entries = "entry;kind;polarity;opinion;tags;pos;note"
	files := fstest.MapFS{
		"pl/a.tsv": file(entries, "=drogo;aspect;;1;aspect:price;;", "=fatalna|=fatalnie;tone;-1;1;;;", "=porównuję;stage;;1;stage:interest;;", "=super;tone;1;1;;;"),
		"pl/learned.tags.tsv": file("entry;tags", "czułam się;emotion:anger=9", "kasa;aspect:payment=9", "kurier;aspect:price=-9 aspect:delivery=9",
			"waham;stage:decision=9", "waham się;stage:decision=1"),
		"classes.tsv":  {Data: []byte("class\tlang\twords\n")},
		"emoji.tsv":    file(entries, "😡;emoji;-1;1;;;"),
		"pl/forms.txt": {},
	}
	set, err := lexicon.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	_, model := load(t)
	model.Tags = plainTags(t)
	s := sentiment.New(set.Compile(), model)
	for _, tt := range []struct{ text, stage, emotion, aspects, evidence string }{
		{"fatalna kasa", "after_sales", "", "payment negative", "aspect:payment=kasa"},
		{"super kasa", "after_sales", "", "payment positive", "aspect:payment=kasa"},
		{"fatalnie drogo", "after_sales", "", "price negative", "aspect:price==drogo"},
		{"waham się, fatalnie", "decision", "", "", "stage:decision=waham"},
		{"fatalnie, porównuję", "interest", "", "", ""},
		{"czułam się fatalnie", "after_sales", "anger", "", "emotion:anger=czułam się"},
		{"czułam się super", "after_sales", "satisfaction", "", ""},  // no anger in praise
		{"ja się czułam tak", "after_sales", "none", "", ""},         // none in a report
		{"kurier, super, fatalna kasa", "after_sales", "", "*", "*"}, // both are told
	} {
		got := s.Score(tt.text, "pl", true)
		var aspects, evidence []string
		for _, a := range got.Aspects {
			aspects = append(aspects, a.Aspect+" "+string(a.Polarity))
		}
		for _, e := range got.Evidence {
			if kind, _, _ := strings.Cut(e.Rule, ":"); slices.Contains([]string{"stage", "emotion", "aspect"}, kind) {
				evidence = append(evidence, e.Rule+"="+e.Entry)
				if e.Weight != 0 {
					t.Errorf("%q: %s weighs %v", tt.text, e.Rule, e.Weight)
				}
			}
		}
		if tt.aspects == "*" {
			if len(aspects) != 2 || len(evidence) != 2 {
				t.Errorf("%q is about %q by %q", tt.text, aspects, evidence)
			}
			continue
		}
		if tt.emotion != "" && got.Emotion != tt.emotion || got.Stage != tt.stage || tt.aspects != "" && strings.Join(aspects, ", ") != tt.aspects {
			t.Errorf("%q: stage %s, emotion %s, about %q", tt.text, got.Stage, got.Emotion, aspects)
		}
		if tt.evidence != "" && !slices.Contains(evidence, tt.evidence) || tt.evidence == "" && slices.ContainsFunc(evidence, func(e string) bool { return strings.HasPrefix(e, "emotion") }) {
			t.Errorf("%q: told by %q, want %q", tt.text, evidence, tt.evidence)
		}
	}
}

// plainTags is a model that believes the entries and words that tell signals, and where
// there are none that a message is about nothing, after sales.
func plainTags(t *testing.T) *sentiment.TagModel {
	t.Helper()
	var b strings.Builder
	row := func(name string, weight func(tag string) string) {
		b.WriteString(name)
		for _, tag := range lexicon.ToldTags {
			b.WriteString("\t" + weight(tag))
		}
		b.WriteByte('\n')
	}
	row("feature", func(tag string) string { return tag })
	row("bias", func(tag string) string {
		switch {
		case tag == "stage:after_sales":
			return "1"
		case strings.HasPrefix(tag, "aspect:"):
			return "-2"
		case strings.HasPrefix(tag, "signal:"):
			return "-3"
		}
		return ""
	})
	row("words", func(tag string) string {
		if strings.HasPrefix(tag, "signal:") {
			return "1"
		}
		return ""
	})
	for _, name := range lexicon.ToldTags {
		row(strings.Replace(name, "emotion:", "told:", 1), func(tag string) string {
			if tag == name {
				return "6"
			}
			return ""
		})
	}
	data, err := fs.ReadFile(lexicon.Shipped(), sentiment.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	model, err := sentiment.LoadModel(fstest.MapFS{sentiment.ModelFile: {Data: data}, sentiment.TagsModelFile: {Data: []byte(b.String())}})
	if err != nil {
		t.Fatal(err)
	}
	return model.Tags
}

// TestTellNothingElse proves that words which tell tags change nothing but the tags, and
// the frustration of which signals are told: not even these without a model of theirs, and
// no figure of the attitude with it.
func TestTellNothingElse(t *testing.T) {
	set, model := load(t)
	without := *set
	without.Learned = slices.DeleteFunc(slices.Clone(set.Learned), func(f *lexicon.LearnedFile) bool { return f.Domain == lexicon.TagWords })
	if len(without.Learned) == len(set.Learned) || model.Tags == nil {
		t.Fatal("no learned words that tell tags")
	}
	alone := *model
	alone.Tags = nil
	bare, silent := sentiment.New(without.Compile(), &alone), sentiment.New(set.Compile(), &alone)
	full := sentiment.New(set.Compile(), model)
	changed, n := 0, 0
	for _, lang := range []string{"pl", "en"} {
		data, err := fs.ReadFile(lexicon.Shipped(), lang+"/"+lexicon.TestsFile)
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(data)) {
			text, _, _ := strings.Cut(row, "\t")
			want, got := bare.Score(text, lang, true), full.Score(text, lang, true)
			if diff := cmp.Diff(want, silent.Score(text, lang, true)); diff != "" {
				t.Fatalf("%q without a model of tags: %s", text, diff)
			}
			n++
			if want.Stage != got.Stage || want.Emotion != got.Emotion || !slices.Equal(want.Aspects, got.Aspects) {
				changed++
			}
			if got.Sentiment != nil && (*got.Sentiment == odzew.Neutral) != (got.Emotion == "none") {
				t.Errorf("%q is %s, and its emotion %s", text, *got.Sentiment, got.Emotion)
			}
			if slices.Equal(got.Signals, want.Signals) && (got.Frustration != want.Frustration || got.Level != want.Level) {
				t.Errorf("%q: the same signals, and the frustration %v instead of %v", text, got.Frustration, want.Frustration)
			}
			if got.Sentiment != nil && (*got.Sentiment == odzew.Neutral || *got.Sentiment == odzew.Positive) && !slices.Equal(got.Signals, want.Signals) {
				t.Errorf("%q is %s, and told the signals %v instead of %v", text, *got.Sentiment, got.Signals, want.Signals)
			}
			got.Signals, got.Frustration, got.Level = want.Signals, want.Frustration, want.Level
			got.Stage, got.Emotion, got.Aspects, got.Evidence = want.Stage, want.Emotion, want.Aspects, want.Evidence
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q: %s", text, diff)
			}
		}
	}
	if changed*20 < n {
		t.Errorf("of %d texts %d are told anything else", n, changed)
	}
}

// TestBelieve proves that an entry's signal is dropped where all else speaks against it,
// that words tell one which no entry does and are the evidence of it, and that neither
// happens where nothing is blamed.
func TestBelieve(t *testing.T) {
	set, model := load(t)
	over, err := lexicon.Load(lexicon.Shipped(), fstest.MapFS{"en/site.tsv": {Data: []byte("entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n=yak\tsignal\t\t0.8\tsignal:legal\t\t\n")}})
	if err != nil {
		t.Fatal(err)
	}
	with := *over
	with.Learned = append(slices.DeleteFunc(slices.Clone(set.Learned), func(f *lexicon.LearnedFile) bool { return f.Domain == lexicon.TagWords }), &lexicon.LearnedFile{Name: "en/learned.tags.tsv", Lang: lexicon.EN, Domain: lexicon.TagWords, Rows: []lexicon.LearnedRow{
		{Entry: "zebra", Tags: []lexicon.TagWeight{{Tag: uint8(lexicon.TagSignals + slices.Index(lexicon.Signals, "effort")), Weight: 900}}},
		{Entry: "yucca", Tags: []lexicon.TagWeight{{Tag: uint8(lexicon.TagSignals + slices.Index(lexicon.Signals, "legal")), Weight: -900}}},
	}})
	believing := *model
	believing.Tags = plainTags(t)
	s := sentiment.New(with.Compile(), &believing)
	for _, tt := range []struct {
		text, signals, evidence string
	}{
		{"Awful service, my lawyer will write to you.", "legal", ""},
		{"Awful service, yucca, my lawyer will write to you.", "", ""},
		{"Awful service, yucca, the yak will write to you.", "legal", ""}, // by a site's own entry
		{"Awful service, zebra.", "effort", "zebra signal:effort"},
		{"Where is the zebra?", "", ""},
		{"Thank you, the zebra is wonderful!", "", ""},
	} {
		got := s.Score(tt.text, "en", true)
		var evidence []string
		for _, e := range got.Evidence {
			evidence = append(evidence, e.Text+" "+e.Rule)
		}
		if signals := strings.Join(got.Signals, " "); signals != tt.signals || tt.evidence != "" && !slices.Contains(evidence, tt.evidence) {
			t.Errorf("%q: signals %q told by %q", tt.text, signals, evidence)
		}
	}
}

// TestPart proves who is praised and who is blamed in a mixed message.
func TestPart(t *testing.T) {
	set, model := load(t)
	model.Tags = nil
	s := sentiment.New(set.Compile(), model)
	for _, text := range []string{
		"Pani z infolinii przemiła, ale kurier zgubił paczkę, porażka.",
		"The agent was lovely and kind, but the parcel arrived crushed and a week late.",
	} {
		got := s.Score(text, "", false)
		var aspects []string
		for _, a := range got.Aspects {
			aspects = append(aspects, fmt.Sprintf("%s %s", a.Aspect, a.Polarity))
		}
		if *got.Sentiment != odzew.Mixed || !slices.Contains(aspects, "courtesy positive") || !slices.Contains(aspects, "delivery negative") {
			t.Errorf("%q is %s, about %q", text, *got.Sentiment, aspects)
		}
	}
}

// TestTellNothing proves that a message is about nothing where neither an entry nor a word
// speaks for anything, however likely the class makes it.
func TestTellNothing(t *testing.T) {
	set, model := load(t)
	set.Learned, model.Tags = nil, &sentiment.TagModel{}
	for k := range lexicon.Aspects {
		model.Tags.Weights[0][lexicon.TagAspects+k] = 2 // the bias
	}
	s := sentiment.New(set.Compile(), model)
	for _, tt := range []struct{ text, first string }{{"dzięki wielkie", ""}, {"kurier", "delivery"}} {
		first := ""
		if got := s.Score(tt.text, "pl", false); len(got.Aspects) > 0 {
			first = got.Aspects[0].Aspect
		}
		if first != tt.first {
			t.Errorf("%q is about %q, want %q", tt.text, first, tt.first)
		}
	}
}

// TestLearnPraise proves that it is learned which aspects of mixed messages are praised,
// and that where all are likely to be, the least sure is blamed.
func TestLearnPraise(t *testing.T) {
	var examples []sentiment.Example
	for range 50 {
		examples = append(examples, sentiment.Example{
			Text: "no i zgrzytek tam", Lang: "pl", Sentiment: odzew.Mixed, Weight: 1, Full: true,
			Aspects: []odzew.AspectPolarity{{Aspect: "courtesy", Polarity: odzew.Positive}, {Aspect: "delivery", Polarity: odzew.Negative}},
		})
	}
	set, model := load(t)
	set.Learned, model.Reviews, model.Tags = nil, nil, nil
	tags, _ := sentiment.New(set.Compile(), model).LearnTags(examples, sentiment.LearnOptions{Least: 4, Most: 100, L1: 1, L2: 1, Rate: 0.2, Epochs: 10})
	courtesy, delivery := slices.Index(lexicon.Aspects, "courtesy"), slices.Index(lexicon.Aspects, "delivery")
	if tags.Praise[courtesy] <= 0 || tags.Praise[delivery] >= 0 {
		t.Fatalf("praise %v", tags.Praise)
	}
	tags.Praise[delivery] = tags.Praise[courtesy] / 2
	model.Tags = tags
	got := sentiment.New(set.Compile(), model).Score("Kurier uprzejmy, to lubię. Paczka beznadziejnie zapakowana, wstyd.", "pl", false)
	want := []odzew.AspectPolarity{{Aspect: "courtesy", Polarity: odzew.Positive}, {Aspect: "delivery", Polarity: odzew.Negative}}
	slices.SortFunc(got.Aspects, func(a, b odzew.AspectPolarity) int { return strings.Compare(a.Aspect, b.Aspect) })
	if diff := cmp.Diff(want, got.Aspects); *got.Sentiment != odzew.Mixed || diff != "" {
		t.Errorf("%s: %s", *got.Sentiment, diff)
	}
}

// TestLearnTags proves that what was planted is learned, and the same each time.
func TestLearnTags(t *testing.T) {
	var examples []sentiment.Example
	for i := range 200 {
		e := sentiment.Example{
			Text: fmt.Sprintf("no i zgrzytek tam %s", strings.Repeat("tu ", i%5)), Lang: "pl", Sentiment: odzew.Neutral, Weight: 1, Full: true,
			Stage: "after_sales", Emotion: "none", Aspects: []odzew.AspectPolarity{{Aspect: "website"}},
		}
		if i%2 == 0 {
			e.Text = fmt.Sprintf("no i brzęczek tam %s", strings.Repeat("tu ", i%7))
			e.Stage, e.Aspects[0].Aspect = "decision", "price"
		}
		examples = append(examples, e)
	}
	set, model := load(t)
	set.Learned, model.Reviews, model.Tags = nil, nil, nil
	s := sentiment.New(set.Compile(), model)
	o := sentiment.LearnOptions{Least: 4, Most: 100, L1: 1, L2: 1, Rate: 0.2, Epochs: 10, Sparse: true}
	tags, words := s.LearnTags(examples, o)
	again, same := s.LearnTags(examples, o)
	if diff := cmp.Diff(tags, again) + cmp.Diff(words, same); diff != "" {
		t.Error("learned twice, it differs: ", diff)
	}
	read, err := sentiment.LoadModel(fstest.MapFS{sentiment.ModelFile: {Data: model.Bytes()}, sentiment.TagsModelFile: {Data: tags.Bytes("a comment")}})
	if err != nil || string(read.Tags.Bytes()) != string(tags.Bytes()) {
		t.Error("the weights change on their way through a file: ", err)
	}
	model.Tags = tags
	set.Learned = []*lexicon.LearnedFile{{Name: "pl/learned.tags.tsv", Lang: lexicon.PL, Domain: lexicon.TagWords, Rows: words[lexicon.PL]}}
	s = sentiment.New(set.Compile(), model)
	for text, want := range map[string]string{"no i zgrzytek tam": "after_sales website", "no i brzęczek tam": "decision price"} {
		got := s.Score(text, "pl", false)
		if len(got.Aspects) != 1 || got.Stage+" "+got.Aspects[0].Aspect != want {
			t.Errorf("%q: %s %v, want %s", text, got.Stage, got.Aspects, want)
		}
	}
	if len(words[lexicon.EN]) > 0 {
		t.Errorf("English learned %v", words[lexicon.EN])
	}
}

// TestLearnRationales proves that of words which always stand together those are learned
// that the rationales name, and a rationale that is not there teaches nothing.
func TestLearnRationales(t *testing.T) {
	var examples []sentiment.Example
	for i := range 200 {
		e := sentiment.Example{
			Text: fmt.Sprintf("no i zgrzytek, brzęczek tam %s", strings.Repeat("tu ", i%5)), Lang: "pl", Sentiment: odzew.Neutral, Weight: 1, Full: true,
			Stage: "decision", Emotion: "none", Aspects: []odzew.AspectPolarity{{Aspect: "website"}},
			Rationales: map[string][]string{"aspect:website": {"zgrzytek", "pstryczek"}, "stage:decision": {"brzęczek tam"}},
		}
		if i%2 == 0 {
			e.Text = fmt.Sprintf("no i tam %s", strings.Repeat("tu ", i%7))
			e.Stage, e.Aspects[0].Aspect, e.Rationales = "after_sales", "price", nil
		}
		examples = append(examples, e)
	}
	set, model := load(t)
	set.Learned, model.Reviews, model.Tags = nil, nil, nil
	s := sentiment.New(set.Compile(), model)
	for _, rationale := range []float64{0, 1} {
		_, words := s.LearnTags(examples, sentiment.LearnOptions{Least: 4, Most: 100, L1: 1, L2: 1, Rate: 0.2, Epochs: 10, Rationale: rationale})
		weight := func(entry, tag string) int16 {
			for _, row := range words[lexicon.PL] {
				for _, w := range row.Tags {
					if row.Entry == entry && lexicon.ToldTags[w.Tag] == tag {
						return w.Weight
					}
				}
			}
			return 0
		}
		website := weight("zgrzytek", "aspect:website") - weight("brzęczek", "aspect:website")
		decision := weight("brzęczek", "stage:decision") - weight("zgrzytek", "stage:decision")
		if told := rationale > 0; (website > 5) != told || (decision > 5) != told {
			t.Errorf("rationales at %v: the word that tells weighs more than the other by %d for the aspect, %d for the stage", rationale, website, decision)
		}
	}
}

// TestLearnSignals proves that a word that tells a signal is learned, that an entry which
// is wrong in blind messages is doubted, and both the same each time.
func TestLearnSignals(t *testing.T) {
	var examples []sentiment.Example
	for i := range 400 {
		e := sentiment.Example{
			Text: fmt.Sprintf("Beznadziejna obsługa %s. Zgłaszam ponownie.", strings.Repeat("tu ", i%5)), Lang: "pl",
			Sentiment: odzew.Negative, Weight: 1, Full: true, Blind: i%4 < 2,
		}
		if i%2 == 0 {
			e.Text = fmt.Sprintf("Beznadziejna obsługa, zgrzytek %s.", strings.Repeat("tu ", i%7))
			e.Signals = []string{"effort"}
		}
		examples = append(examples, e)
	}
	for range 40 { // labelled with some signals only: the others may be there, too
		examples = append(examples,
			sentiment.Example{Text: "Beznadziejna obsługa, brzęczek.", Lang: "pl", Sentiment: odzew.Negative, Weight: 1, Signals: []string{"waiting"}, Without: []string{"effort"}},
			sentiment.Example{Text: "Beznadziejna obsługa, pstryczek, zgrzytek.", Lang: "pl", Sentiment: odzew.Negative, Weight: 1, Signals: []string{"resignation"}},
			sentiment.Example{Text: "Beznadziejna obsługa, pstryczek.", Lang: "pl", Sentiment: odzew.Negative, Weight: 1})
	}
	set, model := load(t)
	set.Learned, model.Reviews, model.Tags = nil, nil, nil
	s := sentiment.New(set.Compile(), model)
	entry, word := "Beznadziejna obsługa. Zgłaszam ponownie.", "Beznadziejna obsługa, zgrzytek."
	if got := s.Score(entry, "pl", false).Signals; !slices.Contains(got, "repeat_contact") {
		t.Fatalf("%q: %v: no entry to doubt", entry, got)
	}
	o := sentiment.LearnOptions{Least: 3, Most: 100, L1: 1, L2: 1, Rate: 0.5, Epochs: 10}
	tags, again := new(sentiment.TagModel), new(sentiment.TagModel)
	words, same := s.LearnSignals(examples, tags, o), s.LearnSignals(examples, again, o)
	if diff := cmp.Diff(tags, again) + cmp.Diff(words, same); diff != "" {
		t.Error("learned twice, it differs: ", diff)
	}
	model.Tags = tags
	set.Learned = []*lexicon.LearnedFile{{Name: "pl/learned.tags.tsv", Lang: lexicon.PL, Domain: lexicon.TagWords, Rows: words[lexicon.PL]}}
	s = sentiment.New(set.Compile(), model)
	if got := s.Score(entry, "pl", false).Signals; slices.Contains(got, "repeat_contact") {
		t.Errorf("%q: %v: of a hundred blind messages it was in none", entry, got)
	}
	for text, want := range map[string]string{
		word:                               "effort",
		"Beznadziejna obsługa, brzęczek.":  "waiting",
		"Beznadziejna obsługa, pstryczek.": "resignation",
	} {
		if got := s.Score(text, "pl", false).Signals; !slices.Equal(got, []string{want}) {
			t.Errorf("%q: %v, want %s", text, got, want)
		}
	}
}

// TestTagModelErrors is what a file of weights for tags may not say.
func TestTagModelErrors(t *testing.T) {
	data, err := fs.ReadFile(lexicon.Shipped(), sentiment.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	header := "feature\t" + strings.Join(lexicon.ToldTags[:], "\t") + "\n"
	row := func(name, weight string) string {
		return name + "\t" + weight + strings.Repeat("\t", lexicon.NumToldTags-1) + "\n"
	}
	for _, tt := range []struct{ file, want string }{
		{header + row("bias", "0.5"), ""},
		{row("bias", "1"), "model.tags.tsv:1: the header"},
		{header + "bias\t1\n", "model.tags.tsv:2: 2 columns"},
		{header + row("bias", "much"), `model.tags.tsv:2: "much" is not a number`},
		{header + row("biass", "1"), `model.tags.tsv:2: unknown feature "biass"`},
	} {
		_, err := sentiment.LoadModel(fstest.MapFS{sentiment.ModelFile: {Data: data}, sentiment.TagsModelFile: {Data: []byte(tt.file)}})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: %v, want %q", tt.file, err, tt.want)
		}
	}
}
