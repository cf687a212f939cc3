package workbench_test

import (
	"strings"
	"testing"

	"odzew/analyzer/workbench"
)

// TestLint is each check, a line a case: what is in pl/a.tsv and in the overlay's
// pl/b.tsv, and what is found.
func TestLint(t *testing.T) {
	const good = "dobry / tone / 0.8 / 0.8"
	for _, tt := range []struct {
		name  string
		files map[string]string
		site  map[string]string
		want  []string // beginnings of problems, notes aside
	}{
		{"nothing", map[string]string{"pl/a.tsv": rows(good)}, nil, nil},
		{"syntax", map[string]string{"pl/a.tsv": header + "dobry\ttone\tx\t\t\t\t\n"}, nil, []string{`pl/a.tsv:2: error: polarity "x"`}},
		{"syntax of a site", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"pl/b.tsv": header + "Dobry\ttone\t\t\t\t\t\n"}, []string{`site1/pl/b.tsv:2: error: "Dobry" has upper case`}},
		{"duplicate by order", map[string]string{"pl/a.tsv": rows("=złe|=zła / tone / -1", "=zła|=złe / tone / -0.5")}, nil, []string{`pl/a.tsv:3: error: "=złe|=zła" (tone) means what pl/a.tsv:2`}},
		{"duplicate by guards", map[string]string{"pl/a.tsv": rows("dobry -zły -=nie / tone / 1", "dobry -=nie -zły / tone / 1")}, nil, []string{`pl/a.tsv:3: error: "dobry -zły -=nie" (tone) means`}},
		{"conflict", map[string]string{"pl/a.tsv": rows(good), "pl/c.tsv": rows("dobry / event / -0.5 / 0.5")}, nil, []string{`pl/a.tsv:2: warning: "dobry" (tone) never counts`, `pl/c.tsv:2: warning: "dobry" is event -0.5 here`}},
		{"a site turns around", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"pl/b.tsv": rows("dobry / tone / -0.8 / 0.8")}, []string{`site1/pl/b.tsv:2: warning: "dobry" (tone -0.8) turns around pl/a.tsv:2`}},
		{"a site silences nothing", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"pl/b.tsv": rows("zły / off")}, []string{`site1/pl/b.tsv:2: warning: "zły" silences nothing`}},
		{"a site silences learned words", map[string]string{"pl/a.tsv": rows(good), "pl/learned.desk.tsv": "# licence: MIT\nentry\tnegative\tneutral\tpositive\tmixed\ttalk\nnie _ polecam\t1\t\t\t\t\npolec*\t1\t\t\t\t\npolecać+\t1\t\t\t\t\n~ polecam\t1\t\t\t\t\n", "pl/lemmas.txt": "polecać\t6 m\n"}, map[string]string{"pl/b.tsv": rows("=nie _ =polecam / off", "polec* / off", "polecać+ / off", "~ =polecam / off")}, nil},
		{"a site silences", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"pl/b.tsv": rows("dobry / off")}, nil},
		{"a site writes it otherwise", map[string]string{"pl/a.tsv": rows("=zła|=złe / tone / -1")}, map[string]string{"pl/b.tsv": rows("=złe|=zła / off")}, []string{`site1/pl/b.tsv:2: warning: means what pl/a.tsv:2 says as "=zła|=złe"`}},
		{"a site's file astray", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"b.tsv": rows(good), "de/c.tsv": rows(good), "emoji.tsv": rows(), "oceny.tsv": "id\tlabel\ttext\n", "model.tsv": "# fitted\nfeature\tnegative\n", "pl/unter/d.tsv": rows(good), "pl/.#a.tsv": "x", ".b.tsv": rows(good)}, []string{`site1/b.tsv:1: warning: is not read`, `site1/de/c.tsv:1: warning: is not read`, `site1/model.tsv:1: warning: is not read`, `site1/pl/unter/d.tsv:1: warning: is not read`}},
		{"learned words of no domain", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"pl/b.tsv": rows("zły / tone / -1"), "pl/learned.foo.tsv": "# licence: MIT\nentry\tnegative\tneutral\tpositive\tmixed\ttalk\n"}, []string{`site1/pl/learned.foo.tsv:1: error: learned words stand in pl or en`}},
		{"a site's file with another name", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"pl/b.csv": rows(good), "pl/notes.md": "see README"}, []string{`site1/pl:1: warning: no entries here`, `site1/pl/b.csv:1: warning: is not read`}},
		{"a site's folder without entries", map[string]string{"pl/a.tsv": rows(good)}, map[string]string{"demo.jsonl": "{}"}, []string{`site1/pl:1: warning: no entries here`}},
		{"over a sentence", map[string]string{"pl/a.tsv": rows("dobry =! zły / tone / 1")}, nil, []string{`pl/a.tsv:2: error: "dobry =! zły" can never match`}},
		{"its own guard", map[string]string{"pl/a.tsv": rows("dobry -dobry / tone / 1")}, nil, []string{`pl/a.tsv:2: error: "dobry -dobry" can never match`, `pl/a.tsv:2: warning: "dobry -dobry": the guard "dobry" is one of`}},
		{"an alternative's guard", map[string]string{"pl/a.tsv": rows("dobry|zły -zły / tone / 1")}, nil, []string{`pl/a.tsv:2: warning: "dobry|zły -zły": the guard "zły" is one of`}},
		{"no room for a guard", map[string]string{"pl/a.tsv": rows("^ dobry $ -zły / tone / 1")}, nil, []string{`pl/a.tsv:2: warning: "^ dobry $ -zły": no guard can ever match`}},
		{"room for a guard", map[string]string{"pl/a.tsv": rows("^ dobry ..2 $ -zły / tone / 1")}, nil, nil},
		{"shadowed by its lemma", map[string]string{"pl/a.tsv": rows("=dobra / topic", "dobry / event / 0.5 / 0.5")}, nil, []string{`pl/a.tsv:2: warning: "=dobra" (topic) never counts: "dobry" (event) in pl/a.tsv:3`}},
		{"covers its lemma", map[string]string{"pl/a.tsv": rows("=dobra / idiom / 0.2", "dobry / tone / 0.5 / 0.5")}, nil, nil},
		{"longer wins", map[string]string{"pl/a.tsv": rows("dobry dzień / politeness", "dobry / tone / 0.5 / 0.5")}, nil, nil},
		{"only with a guard", map[string]string{"pl/a.tsv": rows("=dobra / topic", "dobry -zły / event / 0.5 / 0.5")}, nil, nil},
		{"classes and gaps", map[string]string{"pl/a.tsv": rows("czekać ..3 #number #unit / signal / / / signal:waiting", "czekać _ #name / tone / -0.1")}, nil, nil},
		{"a name at the edge", map[string]string{"pl/a.tsv": rows("^ #name czekać $ / tone / -0.1")}, nil, nil},
		{"unknown forms", map[string]string{"pl/a.tsv": rows("piernik / tone / 0.1")}, nil, []string{`pl/a.tsv:2: warning: the inflected forms of "piernik" are not known`}},
		{"a form needs no forms", map[string]string{"pl/a.tsv": rows("=piernik / tone / 0.1")}, nil, nil},
		{"no licence", map[string]string{"pl/learned.tsv": rows(good)}, nil, []string{`pl/learned.tsv:1: error: learned entries stand under the licence`}},
		{"an empty licence", map[string]string{"pl/learned.tsv": "# licence:\n" + rows(good)}, nil, []string{`pl/learned.tsv:1: error: learned entries`}},
		{"a word in all its forms", map[string]string{"pl/a.tsv": rows(good), "pl/lemmas.txt": "zupa\t3 y ę\n", "pl/learned.desk.tsv": "# licence: MIT\nentry\tnegative\tneutral\tpositive\tmixed\ttalk\nzupa+\t1\t\t\t\t\nłyżka+ zupa+\t1\t\t\t\t\n"}, nil, []string{`pl/learned.desk.tsv:4: warning: the forms of "łyżka" are not known, so "łyżka+ zupa+" stands in no text`}},
		{"a licence", map[string]string{"pl/learned.tsv": "# Learned.\n# licence: CC0\n" + rows(good)}, nil, nil},
		{"words without licence", map[string]string{"pl/learned.desk.tsv": "entry\tnegative\tneutral\tpositive\tmixed\ttalk\nzupa\t1\t\t\t\t\n"}, nil, []string{`pl/learned.desk.tsv:1: error: learned entries`}},
		{"a test's tag", map[string]string{"pl/a.tsv": rows(good), "pl/tests.tsv": tests + "dobre\t\tsignal:wating\t\t\n"}, nil, []string{`pl/tests.tsv:2: error: unknown tag "signal:wating"`}},
		{"a test's columns", map[string]string{"pl/a.tsv": rows(good), "pl/tests.tsv": tests + "dobre\tpositive\n"}, nil, []string{`pl/tests.tsv:2: error: 2 columns instead of 5`}},
		{"a test's entry", map[string]string{"pl/a.tsv": rows(good), "pl/tests.tsv": tests + "dobre\t\tentry:dobry_dzień\t\t\n"}, nil, []string{`pl/tests.tsv:2: error: there is no entry "dobry dzień"`}},
		{"a test twice", map[string]string{"pl/a.tsv": rows(good), "pl/tests.tsv": tests + "dobre\tpositive\t\t\t\ndobre\tpositive\t\t\t\n"}, nil, []string{`pl/tests.tsv:3: warning: the same text stands in pl/tests.tsv:2`}},
		{"a test for nothing", map[string]string{"pl/a.tsv": rows(good), "pl/tests.tsv": tests + "dobre\t\t\t\tnote\n"}, nil, []string{`pl/tests.tsv:2: error: the test asks for nothing`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := openBroken(t, tt.files)
			if tt.site != nil {
				l = openBroken(t, tt.files, tt.site)
			}
			problems, err := l.Lint(workbench.LintOptions{Below: true})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				if p.Severity != "note" {
					got = append(got, p.String())
				}
			}
			if len(got) != len(tt.want) {
				t.Fatalf("found %q, want %q", got, tt.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) {
					t.Errorf("found %q, want %q", got[i], tt.want[i])
				}
			}
		})
	}
}

// TestLintOwn proves that a site hears of its own lines only, unless it asks.
func TestLintOwn(t *testing.T) {
	bad := map[string]string{"pl/a.tsv": rows("dobry -dobry/tone/0.5")}
	l := open(t, bad, map[string]string{"pl/a.tsv": rows("zły -zły/tone/-0.5")})
	for _, tt := range []struct {
		below bool
		want  int
	}{{false, 2}, {true, 4}} {
		problems, err := l.Lint(workbench.LintOptions{Below: tt.below})
		if err != nil || len(problems) != tt.want {
			t.Errorf("below %v: %v, %v; want %d problems", tt.below, problems, err, tt.want)
		}
	}
}

func TestLintNotes(t *testing.T) {
	l := open(t, map[string]string{
		"pl/a.tsv":     rows("dobry / tone / 0.8 / 0.8", "zły / tone / -0.8 / 0.8"),
		"pl/tests.tsv": tests + "dobre pierniki\tpositive\t\t\t\n",
	})
	problems, err := l.Lint(workbench.LintOptions{Corpus: []string{"To jest dobre.", "dobra, i to jest wszystko"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	want := []string{
		`emoji.tsv:2: note: "😡" stands in none of the 2 texts (unused)`,
		`pl/a.tsv:3: note: "zły" stands in none of the 2 texts (unused)`,
		`pl/tests.tsv:2: note: the lexicon knows nothing of: pierniki (test)`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestLintShipped holds the shipped lexicon to its own linter.
func TestLintShipped(t *testing.T) {
	l := openShipped(t)
	problems, err := l.Lint(workbench.LintOptions{Below: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.Set.Entries); n < 5000 {
		t.Fatalf("%d entries: that is not the shipped lexicon", n)
	}
	errs := 0
	for _, p := range problems {
		if p.Severity == "error" {
			errs++
			t.Log(p)
		}
	}
	// Entries are written by hand every day; more slips than these are a pattern.
	const most = 20
	if errs > most {
		t.Errorf("%d errors", errs)
	}
}

func BenchmarkLint(b *testing.B) {
	l := openShipped(b)
	for b.Loop() {
		if _, err := l.Lint(workbench.LintOptions{Below: true}); err != nil {
			b.Fatal(err)
		}
	}
}
