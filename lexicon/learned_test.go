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

const learnedHeader = "entry\tnegative\tneutral\tpositive\tmixed\ttalk\n"

func TestParseLearned(t *testing.T) {
	const reviews = "pl/learned.reviews.tsv"
	for _, tt := range []struct{ name, rows, want string }{
		{reviews, "dobra;1;-0.5;12.34;-99.99;0.07", ""},
		{reviews, "e-mail;1;;;;|nie polecam;1;;;;|życzli*;1;;;;", ""},
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
		{reviews, "życz*;1;;;;", `2: "życz*" is no learned entry`},
		{reviews, "nie  polecam;1;;;;", `2: "nie  polecam" is no learned entry`},
		{reviews, ";1;;;;", `2: "" is no learned entry`},
		{reviews, "dobra;1;;;;|dobra;2;;;;", `3: "dobra" must stand before "dobra", and once`},
		{reviews, "zupa;1;;;;|dobra;2;;;;", `3: "dobra" must stand before "zupa"`},
		{"pl/learned.desk.tsv", "dobra;1;;;;2", "2: talk is for other domains"},
		{"pl/learned.food.tsv", "", "1: learned words stand in pl or en"},
		{"learned.desk.tsv", "", "1: learned words stand in pl or en"},
	} {
		rows := strings.NewReplacer(";", "\t", "|", "\n").Replace(tt.rows)
		if rows != "" {
			rows += "\n"
		}
		f, err := lexicon.ParseLearned(tt.name, []byte(learnedHeader+rows))
		switch {
		case err != nil:
			if tt.want == "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s %q: %v, want %q", tt.name, tt.rows, err, tt.want)
			}
		case tt.want != "":
			t.Errorf("%s %q is taken, want %q", tt.name, tt.rows, tt.want)
		case string(f.Bytes()) != learnedHeader+rows:
			t.Errorf("%q is written as %q", rows, f.Bytes())
		}
	}
}

func FuzzParseLearned(f *testing.F) {
	f.Add([]byte(learnedHeader + "dobra\t1\t-0.5\t12.34\t-99.99\t0.07\nnie polecam\t1\t\t\t\t\nżyczli*\t1\t\t\t\t\n"))
	f.Add([]byte("# x\n" + learnedHeader))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := lexicon.ParseLearned("pl/learned.reviews.tsv", data)
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
		"pl/learned.reviews.tsv": rows("dobra;5;;;;6"),
		"classes.tsv":            {Data: []byte("class\tlang\twords\n")},
		"emoji.tsv":              {Data: []byte(entries + "😡\temoji\t-1\t1\t\t\t\n")},
		"pl/forms.txt":           {},
	}
	site := fstest.MapFS{
		"pl/learned.desk.tsv": rows("lyzka;7;;;;"),
		"pl/off.tsv":          {Data: []byte(entries + "=dobra =zupa\toff\t\t\t\t\t\n")},
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
	} {
		r := table.Find(lexicon.EntryHash(tt.entry))
		if r == nil {
			t.Errorf("%s is not found", tt.entry)
			continue
		}
		if r.Pull[lexicon.Desk][0] != tt.desk || r.Pull[lexicon.Reviews][0] != tt.reviews || r.Talk != tt.talk {
			t.Errorf("%s: %+v", tt.entry, r)
		}
	}
	for _, entry := range []string{"dobra zupa", "zupa dobra", "życzli", "zupa"} {
		if table.Find(lexicon.EntryHash(entry)) != nil {
			t.Errorf("%s is found", entry)
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
1 pl/learned.desk.tsv:2 lyzka desk 7
`; shown != want {
		t.Errorf("shown is\n%s", shown)
	}
}

func BenchmarkLearned(b *testing.B) {
	for _, name := range []string{"pl/learned.desk.tsv", "pl/learned.reviews.tsv", "en/learned.desk.tsv"} {
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
