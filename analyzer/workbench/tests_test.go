package workbench_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"odzew/analyzer/workbench"
)

// TestRunTests is what a test may ask for, a line a case: which of them fails, and
// why.
func TestRunTests(t *testing.T) {
	files := map[string]string{"pl/a.tsv": rows("dobry/tone/0.95/0.95", "fatalny/tone/-0.95/0.95", "=czekam/signal///signal:waiting", "paczka/aspect//0.9/aspect:delivery", "bez zarzut/idiom/0.9/0.9")}
	for _, tt := range []struct{ row, wrong string }{
		{"to jest dobre\tpositive\t\t\t", ""},
		{"to jest dobre\tnegative\t\t\t", "is positive, not negative"},
		{"to jest dobre\t\tentry:dobry\t\t", ""},
		{"to jest dobre\t\tentry:fatalny\tentry:dobry\t", "entry:fatalny does not fire; entry:dobry fires"},
		{"bez zarzut\t\tentry:bez_zarzut\t\t", ""},
		{"fatalny sklep, czekam\t\tsignal:waiting\tsignal:legal\t", ""},
		{"fatalny sklep, czekam\t\tsignal:legal\tsignal:waiting\t", "signal:legal does not fire; signal:waiting fires"},
		{"to jest dobra paczka\t\taspect:delivery stage:after_sales\taspect:price\t", ""},
		{"to jest dobra paczka\t\tstage:awareness\temotion:anger level:2\t", "stage:awareness does not fire"},
		{"to jest dobra paczka\t\tlevel:0\tlevel:0\t", "level:0 fires"},
		{"das ist nicht gut genug für uns und euch\tnegative\t\t\t", "is not scored (language not supported), not negative"},
	} {
		files["pl/tests.tsv"] = tests + tt.row + "\n"
		l := open(t, files)
		list, bad, err := l.Tests()
		if err != nil || len(bad) > 0 || len(list) != 1 {
			t.Fatalf("%q: %d tests, %v, %v", tt.row, len(list), bad, err)
		}
		got := ""
		for _, f := range l.RunTests(list) {
			got = strings.Join(f.Wrong, "; ")
			if f.File != "pl/tests.tsv" || f.Line != 2 {
				t.Errorf("%q: reported at %s:%d", tt.row, f.File, f.Line)
			}
		}
		if got != tt.wrong {
			t.Errorf("%q: %q, want %q", tt.row, got, tt.wrong)
		}
	}
}

// TestTestsOfALayer proves that a site's tests run, too, with the site's entries.
func TestTestsOfALayer(t *testing.T) {
	l := open(t, map[string]string{"pl/a.tsv": rows("dobry/tone/0.95/0.95"), "pl/tests.tsv": tests + "dobre\tpositive\t\t\t\n"},
		map[string]string{"pl/a.tsv": rows("ślimax/tone/-0.9/0.9"), "pl/tests.tsv": tests + "znowu ślimax\t\tentry:ślimax\t\t\nślimax\t\tentry:zły\t\t\n"})
	list, bad, err := l.Tests()
	if err != nil || len(bad) > 0 || len(list) != 3 {
		t.Fatalf("%d tests, %v, %v", len(list), bad, err)
	}
	failures := l.RunTests(list)
	if len(failures) != 1 || failures[0].File != "site1/pl/tests.tsv" || failures[0].Line != 3 {
		t.Errorf("failures: %+v", failures)
	}
	if len(failures) == 1 && len(failures[0].Score.Evidence) == 0 {
		t.Error("a failure without evidence does not say why")
	}
}

// TestBroken proves that a site hears of the tests below that it breaks, and not of
// those that failed before.
func TestBroken(t *testing.T) {
	files := map[string]string{"pl/a.tsv": rows("dobry/tone/0.95/0.95"), "pl/tests.tsv": tests + "to jest dobre\t\tentry:dobry\t\t\ndobra\t\tsignal:legal\t\t\n"}
	below := open(t, files)
	if got := len(below.RunTests(all(t, below))); got != 1 {
		t.Fatalf("%d tests fail below", got)
	}
	for _, tt := range []struct {
		entries, tests string
		want           []string
	}{
		{rows("zły/tone/-0.9/0.9"), tests + "zły\t\tentry:zły\t\t\n", nil},
		{rows("dobry/off"), tests + "dobre\t\tentry:dobry\t\t\n", []string{"pl/tests.tsv:2", "site1/pl/tests.tsv:2"}},
	} {
		l := open(t, files, map[string]string{"pl/b.tsv": tt.entries, "pl/tests.tsv": tt.tests})
		var got []string
		for _, f := range l.Broken(all(t, l), below) {
			got = append(got, fmt.Sprintf("%s:%d", f.File, f.Line))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: broken %q, want %q", tt.entries, got, tt.want)
		}
	}
}

func all(t *testing.T, l *workbench.Lexicon) []workbench.Test {
	t.Helper()
	list, bad, err := l.Tests()
	if err != nil || len(bad) > 0 {
		t.Fatal(err, bad)
	}
	return list
}

func FuzzTests(f *testing.F) {
	f.Add(tests + "a\tpositive\tsignal:waiting\tentry:x_y\tz\n")
	f.Add("text\n")
	f.Add("")
	l := openShipped(f)
	f.Fuzz(func(t *testing.T, data string) {
		over, err := workbench.Open(l.Model, workbench.Layer{FS: folder(map[string]string{"pl/tests.tsv": data})})
		if err != nil {
			t.Fatal(err)
		}
		list, bad, err := over.Tests()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range bad {
			if e.Line < 1 || e.File != "pl/tests.tsv" {
				t.Errorf("an error at %s:%d", e.File, e.Line)
			}
		}
		over.RunTests(list)
	})
}
