package workbench_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/workbench"
	"odzew/lexicon"
)

const (
	header = "entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"
	tests  = "text\tsentiment\tfires\tnot\tnote\n"
)

// rows makes a file of entries: "entry / kind / polarity / …" each.
func rows(list ...string) string {
	var out []string
	for _, r := range list {
		f := strings.Split(r, "/")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		out = append(out, strings.Join(append(f, make([]string, 7-len(f))...), "\t")+"\n")
	}
	slices.Sort(out)
	return header + strings.Join(out, "")
}

// folder makes a folder of files, with what a whole lexicon needs beside them.
func folder(files map[string]string) fs.FS {
	all := map[string]string{
		"emoji.tsv":    rows("😡 / emoji / -0.9 / 0.9"),
		"classes.tsv":  "class\tlang\twords\nlang\tpl\t=to =jest =i\nnumber\tpl\tdwa trzy\nunit\tpl\tdzień tydzień\n",
		"pl/forms.txt": "czekać\t4 ć m ł\ndobry\t4 a e ego\ndzień\t1 nia\nzły\t1 ła łe\ntydzień\t3 godnie\n",
	}
	maps.Copy(all, files)
	return overlay(all)
}

func overlay(files map[string]string) fs.FS {
	out := fstest.MapFS{}
	for name, data := range files {
		out[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return out
}

// open opens a lexicon of these files under the shipped model. All lines must be
// good.
func open(t testing.TB, files map[string]string, overlays ...map[string]string) *workbench.Lexicon {
	t.Helper()
	l := openBroken(t, files, overlays...)
	if len(l.Errors) > 0 {
		t.Fatal(l.Errors)
	}
	return l
}

func openBroken(t testing.TB, files map[string]string, overlays ...map[string]string) *workbench.Lexicon {
	t.Helper()
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	var over []workbench.Layer
	for i, o := range overlays {
		over = append(over, workbench.Layer{Name: fmt.Sprintf("site%d", i+1), FS: overlay(o)})
	}
	l, err := workbench.Open(model, workbench.Layer{FS: folder(files)}, over...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// openShipped opens what the program brings along.
func openShipped(t testing.TB, site ...workbench.Layer) *workbench.Lexicon {
	t.Helper()
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	l, err := workbench.Open(model, workbench.Layer{FS: lexicon.Shipped()}, site...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestLexiconDoc proves that the files of the worked example in docs/lexicon.md do what the
// page says, and that without the entries the phrase is not told.
func TestLexiconDoc(t *testing.T) {
	page, err := os.ReadFile("../../docs/lexicon.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(head string) []byte {
		_, rest, ok := strings.Cut(string(page), "```\n"+head)
		body, _, end := strings.Cut(rest, "```")
		if !ok || !end {
			t.Fatalf("no example with %q in the page", head)
		}
		return []byte(head + body)
	}
	entries, tests := block("entry\tkind\t"), block("text\tsentiment\t")
	failures := func(files fstest.MapFS) (errs, failed int) {
		l := openShipped(t, workbench.Layer{Name: "moj-slownik", FS: files})
		all, bad, err := l.Tests()
		if err != nil || len(bad) > 0 {
			t.Fatal(err, bad)
		}
		all = slices.DeleteFunc(all, func(x workbench.Test) bool { return !strings.HasPrefix(x.File, "moj-slownik") })
		if len(all) == 0 {
			t.Fatal("the example has no tests")
		}
		return len(l.Errors), len(l.RunTests(all))
	}
	if errs, failed := failures(fstest.MapFS{"pl/nasze.tsv": {Data: entries}, "pl/tests.tsv": {Data: tests}}); errs > 0 || failed > 0 {
		t.Errorf("the example has %d errors, and %d of its tests fail", errs, failed)
	}
	if _, failed := failures(fstest.MapFS{"pl/tests.tsv": {Data: tests}}); failed == 0 {
		t.Error("the tests pass without the entries: they prove nothing")
	}
}

func TestOpenNeedsAWholeLexicon(t *testing.T) {
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := workbench.Open(model, workbench.Layer{Name: "empty", FS: fstest.MapFS{}}); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty folder opens: %v", err)
	}
}

// TestWhere proves that messages name the file of the layer that an entry is of.
func TestWhere(t *testing.T) {
	l := open(t, map[string]string{"pl/a.tsv": rows("dobry / tone / 0.8 / 0.8", "zły / tone / -0.8 / 0.8")},
		map[string]string{"pl/a.tsv": rows("zły / tone / -0.5 / 0.8")})
	got := map[string]string{}
	for i := range l.Set.Entries {
		got[l.Set.Entries[i].Pattern] = l.Where(&l.Set.Entries[i])
	}
	for pattern, want := range map[string]string{"dobry": "pl/a.tsv:2", "zły": "site1/pl/a.tsv:2"} {
		if got[pattern] != want {
			t.Errorf("%s stands in %s, want %s", pattern, got[pattern], want)
		}
	}
}
