package lexicon_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"odzew/lexicon"
)

const (
	learnedHeader = "entry\tnegative\tneutral\tpositive\tmixed\ttalk\n"
	tagsHeader    = "entry\ttags\n"
)

func TestParseLearned(t *testing.T) {
	const reviews, tags = "pl/learned.reviews.tsv", "pl/learned.tags.tsv"
	for _, tt := range []struct{ name, rows, want string }{
		{reviews, "dobra;1;-0.5;12.34;-99.99;0.07", ""},
		{reviews, "e-mail;1;;;;|nie polecam;1;;;;|życzli*;1;;;;", ""},
		{reviews, "adres e-mail;1;;;;|polecam $;1;;;;", ""},
		{"pl/learned.longreviews.tsv", "^ ale;1;;;;|dobra;1;;;;", ""},
		{reviews, "nie _ polecam;1;;;;|polec*;1;;;;|poleca*;1;;;;|~ polecam;1;;;;|życz*;1;;;;", ""},
		{reviews, "polecać+;1;;;;|polecać+ hotel+;1;;;;", ""},
		{reviews, "polecać+ hotel;1;;;;", `2: "polecać+ hotel" is no learned entry: two neighbours`},
		{reviews, "polecać hotel+;1;;;;", `2: "polecać hotel+" is no learned entry: two neighbours`},
		{reviews, "polecać++;1;;;;", `2: "polecać++" is no learned entry`},
		{reviews, "pole+cać;1;;;;", `2: "pole+cać" is no learned entry`},
		{reviews, "+;1;;;;", `2: "+" is no learned entry`},
		{reviews, "nie _ polecać+;1;;;;", `2: "nie _ polecać+" is no learned entry`},
		{reviews, "^ polecać+;1;;;;", `2: "^ polecać+" is no learned entry`},
		{reviews, "~ polecać+;1;;;;", `2: "~ polecać+" is no learned entry`},
		{"pl/learned.longreviews.tsv", "dobra;1;;;;2", "2: talk stands in learned.reviews.tsv"},
		{reviews, "ale ^;1;;;;", `2: "ale ^" is no learned entry`},
		{reviews, "^ ale $;1;;;;", `2: "^ ale $" is no learned entry`},
		{reviews, "^ ale nie;1;;;;", `2: "^ ale nie" is no learned entry`},
		{reviews, "^ życzli*;1;;;;", `2: "^ życzli*" is no learned entry`},
		{reviews, "^;1;;;;", `2: "^" is no learned entry`},
		{reviews, "nie ;1;;;;", `2: "nie " is no learned entry`},
		{reviews, "dobra;1;;;", "2: a row is an entry and five weights"},
		{reviews, "dobra;1;;;;;", "2: a row is an entry and five weights"},
		{reviews, "dobra;1.234;;;;", `2: "1.234" is no weight`},
		{reviews, "dobra;1.;;;;", `2: "1." is no weight`},
		{reviews, "dobra;.5;;;;", `2: ".5" is no weight`},
		{reviews, "dobra;100;;;;", `2: "100" is no weight`},
		{reviews, "dobra;1e2;;;;", `2: "1e2" is no weight`},
		{reviews, "dobra;-;;;;", `2: "-" is no weight`},
		{reviews, "Dobra;1;;;;", `2: "Dobra" is no learned entry`},
		{reviews, "=dobra;1;;;;", `2: "=dobra" is no learned entry`},
		{reviews, "bardzo dobra zupa;1;;;;", `2: "bardzo dobra zupa" is no learned entry`},
		{reviews, "życ*;1;;;;", `2: "życ*" is no learned entry`},
		{reviews, "życzliwo*;1;;;;", `2: "życzliwo*" is no learned entry`},
		{reviews, "polecam ~;1;;;;", `2: "polecam ~" is no learned entry`},
		{reviews, "~ nie polecam;1;;;;", `2: "~ nie polecam" is no learned entry`},
		{reviews, "_ polecam;1;;;;", `2: "_ polecam" is no learned entry`},
		{reviews, "nie _ _ polecam;1;;;;", `2: "nie _ _ polecam" is no learned entry`},
		{reviews, "^ nie _ polecam;1;;;;", `2: "^ nie _ polecam" is no learned entry`},
		{reviews, "nie  polecam;1;;;;", `2: "nie  polecam" is no learned entry`},
		{reviews, ";1;;;;", `2: "" is no learned entry`},
		{reviews, "dobra;1;;;;|dobra;2;;;;", `3: "dobra" must stand before "dobra", and once`},
		{reviews, "zupa;1;;;;|dobra;2;;;;", `3: "dobra" must stand before "zupa"`},
		{"pl/learned.desk.tsv", "dobra;1;;;;2", "2: talk stands in learned.reviews.tsv"},
		{tags, "dobra;stage:purchase=1.2 aspect:price=-0.4", ""},
		{tags, "dobra;emotion:joy=0.05|nie polecam;aspect:purchase=1", ""},
		{tags, "dobra", `2: "" is no weight of a tag`},
		{tags, "dobra;", `2: "" is no weight of a tag`},
		{tags, "dobra;1", `2: "1" is no weight of a tag`},
		{tags, "dobra;aspect:price=", `2: "aspect:price=" says nothing`},
		{tags, "dobra;aspect:price=0", `2: "aspect:price=0" says nothing`},
		{tags, "dobra;aspect:price=much", `2: "aspect:price=much" is no weight of a tag`},
		{tags, "dobra;aspect:price=1;", `2: "aspect:price=1\t" is no weight of a tag`},
		{tags, "dobra;aspect:price=1 ", `2: "" is no weight of a tag`},
		{tags, "dobra;aspect:soup=1", `2: "aspect:soup" is no stage:, emotion:, aspect: or signal: that is known`},
		{tags, "dobra;signal:soup=1", `2: "signal:soup" is no stage:`},
		{tags, "dobra;aspect:price=1 stage:purchase=1", "2: stage:purchase must stand before aspect:price"},
		{tags, "dobra;aspect:price=1 aspect:price=2", "2: aspect:price must stand before aspect:price"},
		{tags, "Dobra;aspect:price=1", `2: "Dobra" is no learned entry`},
		{"pl/learned.food.tsv", "", "1: learned words stand in pl or en"},
		{"learned.desk.tsv", "", "1: learned words stand in pl or en"},
	} {
		rows := strings.NewReplacer(";", "\t", "|", "\n").Replace(tt.rows)
		if rows != "" {
			rows += "\n"
		}
		header := learnedHeader
		if tt.name == tags {
			header = tagsHeader
		}
		f, err := lexicon.ParseLearned(tt.name, []byte(header+rows))
		switch {
		case err != nil:
			if tt.want == "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s %q: %v, want %q", tt.name, tt.rows, err, tt.want)
			}
		case tt.want != "":
			t.Errorf("%s %q is taken, want %q", tt.name, tt.rows, tt.want)
		case string(f.Bytes()) != header+rows:
			t.Errorf("%q is written as %q", rows, f.Bytes())
		}
	}
}

func FuzzParseLearned(f *testing.F) {
	f.Add([]byte(learnedHeader + "dobra\t1\t-0.5\t12.34\t-99.99\t0.07\nnie _ polecam\t1\t\t\t\t\nnie polecam\t1\t\t\t\t\npolecać+\t1\t\t\t\t\npolecać+ hotel+\t1\t\t\t\t\nżyczli*\t1\t\t\t\t\n~ polecam\t1\t\t\t\t\n"))
	f.Add([]byte("# x\n" + learnedHeader))
	f.Add([]byte(tagsHeader + "dobra\tstage:purchase=1.2 aspect:price=-0.4\nnie polecam\temotion:joy=99.99\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		name := "pl/learned.reviews.tsv"
		if bytes.Contains(data, []byte(tagsHeader)) {
			name = "pl/learned.tags.tsv"
		}
		file, err := lexicon.ParseLearned(name, data)
		if err != nil {
			return
		}
		again, err := lexicon.ParseLearned(file.Name, file.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), file.Bytes()) {
			t.Errorf("written anew: %v", err)
		}
	})
}

// TestLearnedLayers proves that a site's own words take the place of shipped ones, and
// that its lines of kind off silence them.
func TestLearnedLayers(t *testing.T) {
	rows := func(rows ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(learnedHeader + strings.ReplaceAll(strings.Join(rows, "\n"), ";", "\t") + "\n")}
	}
	const entries = "entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"
	base := fstest.MapFS{
		"pl/learned.desk.tsv":    rows("dobra;1;;;;", "dobra zupa;2;;;;", "łyżka;3;;;;", "życzli*;4;;;;"),
		"pl/learned.reviews.tsv": rows("dobra;5;;;;6", "zupa+;4;;;;", "łyżka+;8;;;;", "łyżka+ dobry+;9;;;;"),
		"pl/lemmas.txt":          {Data: []byte("dobry\t4 a ego\nłyżka\t6 kach ką\n")},
		"pl/learned.tags.tsv":    {Data: []byte(tagsHeader + "dobra\taspect:price=1\ndobra zupa\tstage:decision=1\nzima\temotion:joy=-1 aspect:price=2\n")},
		"classes.tsv":            {Data: []byte("class\tlang\twords\n")},
		"emoji.tsv":              {Data: []byte(entries + "😡\temoji\t-1\t1\t\t\t\n")},
		"pl/forms.txt":           {},
	}
	site := fstest.MapFS{
		"pl/learned.desk.tsv": rows("lyzka;7;;;;"),
		"pl/learned.tags.tsv": {Data: []byte(tagsHeader + "dobra\taspect:returns=3\n")},
		"pl/off.tsv":          {Data: []byte(entries + "=dobra =zupa\toff\t\t\t\t\t\nzupa+\toff\t\t\t\t\t\n")},
	}
	set, err := lexicon.Load(base, site)
	if err != nil {
		t.Fatal(err)
	}
	table := set.Compile().Learned(lexicon.PL)
	for _, tt := range []struct {
		entry         string
		desk, reviews int16
		talk          int16
	}{
		{"dobra", 100, 500, 600},
		{"łyżka", 700, 0, 0},
		{"życzli*", 400, 0, 0},
		{"zyczli*", 400, 0, 0},
		{"łyżka+", 0, 800, 0},
		{"lyzka+ dobry+", 0, 900, 0},
	} {
		id := table.Find(lexicon.EntryHash(tt.entry))
		if id == 0 {
			t.Errorf("%s is not found", tt.entry)
			continue
		}
		r := table.Row(id)
		if r.Pull[lexicon.Desk].At(0) != tt.desk || r.Pull[lexicon.Reviews].At(0) != tt.reviews || r.Talk != tt.talk {
			t.Errorf("%s: %+v", tt.entry, r)
		}
	}
	for entry, want := range map[string]string{"dobra": "aspect:returns=300 ", "zima": "emotion:joy=-100 aspect:price=200 ", "łyżka": ""} {
		got, r := "", table.Row(table.Find(lexicon.EntryHash(entry)))
		told := table.Told(r)
		for k, name := range lexicon.ToldTags {
			if w := told.At(k); w != 0 {
				got += fmt.Sprintf("%s=%d ", name, w)
			}
		}
		if got != want || r.Pulls() == (entry == "zima") {
			t.Errorf("%s tells %q, want %q", entry, got, want)
		}
	}
	for _, entry := range []string{"dobra zupa", "zupa dobra", "życzli", "zupa", "zupa+"} {
		if table.Find(lexicon.EntryHash(entry)) != 0 {
			t.Errorf("%s is found", entry)
		}
	}
	for form, want := range map[string]string{"łyżka": "łyżka", "lyzka": "łyżka", "dobrego": "dobry", "łyżek": "", "łyżka+": ""} {
		_, h := lexicon.HashWord(form)
		lemma, row := table.Lemma(h)
		var hash lexicon.Hash
		if want != "" {
			hash = lexicon.EntryHash(want + "+")
		}
		if name := table.LemmaName(h); name != want || lemma != hash || row != table.Find(hash) {
			t.Errorf("%s is of %q, row %d", form, name, row)
		}
	}
	if e := table.Entry(table.Find(lexicon.EntryHash("łyżka")), lexicon.Desk); e != "lyzka" {
		t.Errorf("the entry is %q", e)
	}
	if !set.Compile().Learned(lexicon.EN).Empty() {
		t.Error("something was learned of English")
	}
	shown := ""
	for _, f := range set.Learned {
		for i := range f.Rows {
			e := f.EntryOf(&f.Rows[i])
			shown += fmt.Sprintf("%d %s:%d %s %s %g\n", f.Layer, e.File, e.Line, e.Pattern, e.Note, e.Weights[0])
		}
	}
	if want := `0 pl/learned.desk.tsv:2 dobra desk 1
0 pl/learned.desk.tsv:4 łyżka desk 3
0 pl/learned.desk.tsv:5 życzli* desk 4
0 pl/learned.reviews.tsv:2 dobra reviews 5
0 pl/learned.reviews.tsv:4 łyżka+ reviews 8
0 pl/learned.reviews.tsv:5 łyżka+ dobry+ reviews 9
0 pl/learned.tags.tsv:2 dobra tags 0
0 pl/learned.tags.tsv:4 zima tags 0
1 pl/learned.desk.tsv:2 lyzka desk 7
1 pl/learned.tags.tsv:2 dobra tags 0
`; shown != want {
		t.Errorf("shown is\n%s", shown)
	}
}

// TestLearnedPairs proves that a file of pairs alone has room for their words.
func TestLearnedPairs(t *testing.T) {
	const n = 2000
	word := func(i int) string {
		return "słowo" + string([]rune{'a' + rune(i/400), 'a' + rune(i/20%20), 'a' + rune(i%20)})
	}
	f := &lexicon.LearnedFile{Lang: lexicon.PL, Domain: lexicon.Desk}
	for i := range n {
		f.Rows = append(f.Rows, lexicon.LearnedRow{Entry: word(2*i) + " " + word(2*i+1), Pull: [4]int16{1}})
	}
	table := (&lexicon.Set{Learned: []*lexicon.LearnedFile{f}}).Compile().Learned(lexicon.PL)
	for i := range n {
		first, second := table.Row(table.Find(lexicon.EntryHash(word(2*i)))), table.Row(table.Find(lexicon.EntryHash(word(2*i+1))))
		pair := table.Row(table.Find(lexicon.EntryHash(f.Rows[i].Entry)))
		if !first.Pairs() || first.Ends() || second.Pairs() || !second.Ends() || first.Weighs() || !pair.Weighs() {
			t.Fatalf("%s: %+v %+v %+v", f.Rows[i].Entry, first, second, pair)
		}
	}
}

func BenchmarkLearned(b *testing.B) {
	for _, name := range []string{"pl/learned.desk.tsv", "pl/learned.reviews.tsv", "en/learned.desk.tsv", "pl/learned.tags.tsv"} {
		data, err := fs.ReadFile(lexicon.Shipped(), name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := lexicon.ParseLearned(name, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
