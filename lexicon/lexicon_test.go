package lexicon_test

import (
	"bytes"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"odzew/lexicon"
)

// TestShipped is the lint of the shipped files: every line that is wrong is
// reported with file and line.
func TestShipped(t *testing.T) {
	set, err := lexicon.Load(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	byLang := map[lexicon.Lang]int{}
	for i := range set.Entries {
		byLang[set.Entries[i].Lang]++
	}
	t.Logf("version %s: %d Polish, %d English entries, %d emoji", set.Version, byLang[lexicon.PL], byLang[lexicon.EN], byLang[lexicon.Any])
	var unknown []string
	for _, l := range set.PolishLemmas() {
		if !set.KnownLemma(l) {
			unknown = append(unknown, l)
		}
	}
	if len(unknown) > 0 {
		t.Logf("warning: %d Polish lemmas without forms (go generate ./lexicon adds those that the dictionary knows): %s", len(unknown), strings.Join(unknown, " "))
	}
}

// TestWrite proves that the shipped files are in the writer's form.
func TestWrite(t *testing.T) {
	files, err := fs.Glob(lexicon.Shipped(), "*/*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, "emoji.tsv") {
		if strings.HasSuffix(name, lexicon.TestsFile) {
			continue
		}
		data, err := fs.ReadFile(lexicon.Shipped(), name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(name, "/learned.") {
			f, err := lexicon.ParseLearned(name, data)
			if err != nil {
				t.Error(err)
			} else if !bytes.HasSuffix(data, f.Bytes()) {
				t.Errorf("%s is not as the writer writes it", name)
			}
			continue
		}
		entries, err := lexicon.Parse(name, data)
		if err != nil {
			t.Error(err)
			continue
		}
		var b strings.Builder
		if err := lexicon.Write(&b, nil, entries); err != nil {
			t.Fatal(err)
		}
		again, err := lexicon.Parse(name, []byte(b.String()))
		if err != nil {
			t.Errorf("%s, written anew: %v", name, err)
			continue
		}
		if len(again) != len(entries) {
			t.Fatalf("%s: %d entries became %d", name, len(entries), len(again))
		}
		for i := range again {
			a, b := again[i], entries[i]
			a.Line = b.Line
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%s:%d: %+v became %+v", name, b.Line, b, a)
			}
		}
	}
}

const header = "entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"no header", "zły\ttone\t-0.5\t0.5\t\t\t\n", `pl/x.tsv:1: the header is`},
		{"empty file", "", `pl/x.tsv:1: `},
		{"columns", header + "zły\ttone\t-0.5\n", `pl/x.tsv:2: 3 columns instead of 7`},
		{"polarity", header + "zły\ttone\tx\t\t\t\t\n", `pl/x.tsv:2: polarity "x" is not a number between -1 and 1`},
		{"polarity range", header + "zły\ttone\t-1.5\t\t\t\t\n", `polarity "-1.5"`},
		{"polarity NaN", header + "zły\ttone\tNaN\t\t\t\t\n", `polarity "NaN"`},
		{"opinion", header + "zły\ttone\t-1\t2\t\t\t\n", `opinion "2"`},
		{"kind", header + "zły\ttones\t-1\t1\t\t\t\n", `unknown kind "tones"`},
		{"tag", header + "zły\ttone\t-1\t1\tsignal:nope\t\t\n", `unknown tag "signal:nope"`},
		{"tag twice", header + "zły\ttone\t-1\t1\taspect:price aspect:price\t\t\n", `stands twice`},
		{"pos", header + "zły\ttone\t-1\t1\t\tadj\t\n", `pos is for English`},
		{"duplicate", header + "zły\ttone\t-1\t1\t\t\t\nzły\ttone\t-1\t1\t\t\t\n", `pl/x.tsv:3: "zły" (tone) stands in line 2 already`},
		{"unsorted", header + "b\ttone\t-1\t1\t\t\t\na\ttone\t-1\t1\t\t\t\n", `pl/x.tsv:3: "a" must stand before "b"`},
		{"upper case", header + "Zły\ttone\t-1\t1\t\t\t\n", `upper case`},
		{"alternative", header + "a||b\ttone\t-1\t1\t\t\t\n", `empty alternative`},
		{"class", header + "#foo\ttone\t-1\t1\t\t\t\n", `unknown class`},
		{"gap", header + "a ..0 b\ttone\t-1\t1\t\t\t\n", `gap "..0"`},
		{"gap at the edge", header + "a ..2\ttone\t-1\t1\t\t\t\n", `a gap at the end`},
		{"only a guard", header + "-a\ttone\t-1\t1\t\t\t\n", `needs a word`},
		{"spaces", header + "a  b\ttone\t-1\t1\t\t\t\n", `one space`},
		{"sign", header + "a/b\ttone\t-1\t1\t\t\t\n", `parts tokens`},
		{"comment behind", header + "# x\n", `before the header only`},
		{"empty line", header + "\na\ttone\t\t\t\t\t\n", `pl/x.tsv:2: empty line`},
		{"carriage return", header + "a\ttone\t\t\t\t\t\r\n", `CR LF`},
		{"byte order mark", "\uFEFF" + header + "a\ttone\t\t\t\t\t\n", `byte order mark`},
		{"not UTF-8", header + "\xff\n", `pl/x.tsv:2: not UTF-8`},
		{"no line end", header + "a\ttone\t\t\t\t\t", `no line end`},
		{"booster", header + "a\tbooster\t-1\t\t\t\t\n", `polarity "-1" is not a number between 0 and 3`},
		{"signal", header + "a\tsignal\t\t\t\t\t\n", `needs a tag`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := lexicon.Parse("pl/x.tsv", []byte(tt.data))
			var errs lexicon.Errors
			if !errors.As(err, &errs) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// site returns a small base lexicon.
func base(pl, en string) fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"pl/x.tsv":     file(header + pl),
		"en/x.tsv":     file(header + en),
		"emoji.tsv":    file(header + "👍\temoji\t0.5\t0.5\t\t\t\n"),
		"classes.tsv":  file("class\tlang\twords\nnumber\tpl\t=dwa =dwóch\nunit\tpl\ttydzień\n"),
		"pl/forms.txt": file("# forms\nczekać\t4 am asz\ntydzień\t2 godni godniach godnie\nnaprawić\t6 iono ił\n"),
	}
}

func TestOverlay(t *testing.T) {
	b := base("dobry\ttone\t0.5\t0.5\t\t\t\nzły\ttone\t-0.5\t0.5\t\t\t\n", "good\ttone\t0.5\t0.5\t\t\t\n")
	over := fstest.MapFS{"pl/nasze.tsv": {Data: []byte(header + "dobry\toff\t\t\t\t\t\nnowy\ttone\t0.1\t\t\t\t\nzły\ttone\t-0.9\t\t\t\t\n")}}
	before, err := lexicon.Load(b)
	if err != nil {
		t.Fatal(err)
	}
	after, err := lexicon.Load(b, over)
	if err != nil {
		t.Fatal(err)
	}
	if before.Version == after.Version {
		t.Error("an overlay leaves the version as it was")
	}
	got := map[string]float64{}
	for _, e := range after.Entries {
		got[e.Pattern] = e.Polarity
	}
	want := map[string]float64{"zły": -0.9, "nowy": 0.1, "good": 0.5, "👍": 0.5}
	if len(got) != len(want) {
		t.Errorf("entries: %v, want %v", got, want)
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %v, want %v", k, got[k], v)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(header + "a|=b ..3 #number ?c -d\tsignal\t-0.5\t1\tsignal:waiting\t\tnote\n"))
	f.Add([]byte(header + "^ follow-up $\ttone\t1e-1\t\taspect:price emotion:joy\t\t\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := lexicon.Parse("pl/x.tsv", data)
		if err != nil {
			return
		}
		// What parses can be written, and read back as it was.
		var b strings.Builder
		if err := lexicon.Write(&b, nil, entries); err != nil {
			t.Fatal(err)
		}
		again, err := lexicon.Parse("pl/x.tsv", []byte(b.String()))
		if err != nil || len(again) != len(entries) {
			t.Fatalf("written as %q: %v", b.String(), err)
		}
	})
}
