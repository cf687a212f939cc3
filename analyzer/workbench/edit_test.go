package workbench

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odzew"
	"odzew/analyzer/reply"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// editTexts are messages to edit lexicons over: the demo's, and own ones of all that
// makes looking a word up hard.
func editTexts(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "cmd", "odzew", "demodata", "helpdesk.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for line := range bytes.Lines(data) {
		c, err := odzew.ParseConversation(line)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Messages {
			if c.Messages[i].Author == odzew.AuthorCustomer {
				texts = append(texts, reply.Split(c.Messages[i].Text).Own)
			}
		}
	}
	texts = append(texts,
		"Rekalmacja ślimaxa trwa, a turbopaczkaa leży", "Czekaaaam i czekam na turbopaczke", "Slimax, SLIMAX, ślimax!!!", "nie polecam", "Nie polecam turbopaczki",
		"strasznie fajna obsługa", "strasznego ślimaxa", "k***a mać", "To jest kur**wska turbopaczka", "The kind parcel's slow", "Kind people, turboparcels", "turboparcel",
		"Ich warte auf die Turbopaczka", "Turbopaczka delivery slow but great, dziękuję", "e-mail z turbopaczką :) 😀", "12 dni, 3 tygodnie, 2.05", "Dziękuję, do widzenia", "Kolejka", "kolejka ślimaków",
		"wroce", "wrócę", "wroc do mnie", "zadluzenie", "Zalezy mi", "paczka", "paczke", "pączki", "szybka szybka szybka dostawa", "dostwaa", "reklamacjja", "super!", "...super", "no nie wiem", "nie wiem czy polecam", "never got the parcel", "no small parcel")
	if len(texts) < 100 {
		t.Fatalf("only %d texts", len(texts))
	}
	return texts
}

// editWords are what drawn entries are made of: words of the texts and of the lexicon,
// new ones, and some that others are typed or folded to.
var editWords = []string{
	"turbopaczka", "=turbopaczka", "=turbopaczkę", "ślimax", "=slimax", "=ślimaxa", "polecać", "=polecam", "czekać", "=czekam", "nie", "=nie", "bez", "strasznie", "straszny", "=straszny",
	"fajny", "obsługa", "reklamacja", "=reklamacje", "wrócić", "=wroce", "=wrócę", "paczka", "=paczke", "pączek", "szybki", "dostawa", "dziękować", "za", "na", "=to", "=jest", "!", "?", "zależeć", "=zalezy",
	"bardzo", "trochę", "ale", "proszę", "super", "kolejka", "dzień", "mail", "kind", "slow", "parcel", "turboparcel", "great", "thank", "very", "the", "=kurwa", "kurwa", "zwrot", "faktura", "klient",
}

var editKinds = []string{"tone", "tone", "tone", "event", "idiom", "irony", "negator", "booster", "dampener", "contrast", "politeness", "topic", "request", "closing", "signal", "aspect", "stage", "off", "off"}

// drawLine draws a line of an overlay that lexicon.Parse understands.
func drawLine(t *rapid.T, lang string, shipped []lexicon.Entry) string {
	for {
		var pattern string
		kind := rapid.SampledFrom(editKinds).Draw(t, "kind")
		if rapid.IntRange(0, 2).Draw(t, "shipped") == 0 { // change, or silence, one that is there
			pattern = rapid.SampledFrom(shipped).Draw(t, "entry").Pattern
		} else {
			var items []string
			for range rapid.SampledFrom([]int{1, 1, 1, 2, 2, 3}).Draw(t, "items") {
				w := rapid.SampledFrom(editWords).Draw(t, "word")
				switch rapid.IntRange(0, 11).Draw(t, "shape") {
				case 0:
					w += "|" + rapid.SampledFrom(editWords).Draw(t, "other")
				case 1:
					w = "?" + w
				case 2:
					w = "-" + w
				case 3:
					w = "..3 " + w
				case 4:
					w += "|#number"
				case 5:
					w = "^ " + w
				}
				items = append(items, w)
			}
			pattern = strings.Join(items, " ")
		}
		weight := func(label string) string {
			return rapid.SampledFrom([]string{"", "0.3", "0.8", "1"}).Draw(t, label)
		}
		polarity, opinion, tags := weight("polarity"), weight("opinion"), ""
		switch kind {
		case "signal":
			tags = "signal:" + rapid.SampledFrom(lexicon.Signals).Draw(t, "signal")
		case "aspect":
			tags = "aspect:" + rapid.SampledFrom(lexicon.Aspects).Draw(t, "aspect")
		case "stage":
			tags = "stage:" + rapid.SampledFrom(lexicon.Stages).Draw(t, "stage")
		case "negator", "contrast", "politeness", "topic", "request":
			polarity = ""
		}
		if polarity != "" && kind != "booster" && kind != "dampener" && rapid.Bool().Draw(t, "negative") {
			polarity = "-" + polarity
		}
		line := strings.Join([]string{pattern, kind, polarity, opinion, tags, "", ""}, "\t")
		if _, err := lexicon.Parse(lang+"/x.tsv", []byte("entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"+line+"\n")); err == nil {
			return line
		}
	}
}

// drawOverlay draws an overlay of few lines, some of them those of another one.
func drawOverlay(t *rapid.T, shipped map[string][]lexicon.Entry, from fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for _, lang := range []string{"pl", "en"} {
		seen := map[string]bool{}
		var lines []string
		add := func(line string) {
			f := strings.Split(line, "\t")
			if !seen[f[0]+"\t"+f[1]] {
				seen[f[0]+"\t"+f[1]] = true
				lines = append(lines, line)
			}
		}
		for _, name := range []string{lang + "/a.tsv", lang + "/z.tsv"} {
			if old := from[name]; old != nil {
				for line := range strings.SplitSeq(strings.TrimSuffix(string(old.Data), "\n"), "\n") {
					if !strings.HasPrefix(line, "entry\t") && rapid.IntRange(0, 3).Draw(t, "keep") > 0 {
						add(line)
					}
				}
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "lines") {
			add(drawLine(t, lang, shipped[lang]))
		}
		slices.SortFunc(lines, func(a, b string) int {
			x, y := strings.Split(a, "\t"), strings.Split(b, "\t")
			return slices.Compare(x[:2], y[:2])
		})
		// The file's place among the others is a matter of its name.
		name := rapid.SampledFrom([]string{lang + "/a.tsv", lang + "/z.tsv"}).Draw(t, "file")
		out[name] = &fstest.MapFile{Data: []byte("entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n" + strings.Join(append(lines, ""), "\n"))}
		if rapid.IntRange(0, 2).Draw(t, "learned") == 0 {
			f := &lexicon.LearnedFile{Lang: langs[lang]}
			words := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"czekam", "dziekuje", "nie polecam", "paczka", "polecz*", "slow parcel", "super", "turbop*", "ślimax", "~ polecam", "~ parcel", "no _ parcel", "czek*", "czekać+", "paczka+", "czekać+ paczka+"}), 0, 3, rapid.ID[string]).Draw(t, "words")
			for _, w := range words {
				f.Rows = append(f.Rows, lexicon.LearnedRow{Entry: w, Pull: [4]int16{int16(rapid.IntRange(-300, 300).Draw(t, "pull"))}})
			}
			out[lang+"/learned.desk.tsv"] = &fstest.MapFile{Data: f.Bytes()}
		}
	}
	return out
}

var langs = map[string]lexicon.Lang{"pl": lexicon.PL, "en": lexicon.EN}

// thin is the shipped lexicon with one line in so many of its entries: it loads fast.
func thin(t testing.TB, one int) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(lexicon.Shipped(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(lexicon.Shipped(), name)
		if err != nil {
			return err
		}
		if strings.Contains(name, "/") && strings.HasSuffix(name, ".tsv") {
			var kept []byte
			n, headed := 0, false
			for line := range bytes.Lines(data) {
				if n++; !headed || n%one == 0 {
					kept = append(kept, line...)
				}
				headed = headed || bytes.HasPrefix(line, []byte("entry\t"))
			}
			data = kept
		}
		out[name] = &fstest.MapFile{Data: data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What an edit does not touch, scores the same: every figure, and every line of the
// evidence.
func TestEditTouches(t *testing.T) {
	texts := editTexts(t)
	base := thin(t, 9)
	model, err := sentiment.LoadModel(base)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := lexicon.Load(base)
	if err != nil {
		t.Fatal(err)
	}
	shipped := map[string][]lexicon.Entry{}
	for _, e := range plain.Entries {
		shipped[e.Lang.String()] = append(shipped[e.Lang.String()], e)
	}
	edits, everything, safe, touched, changed := 0, 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		from := drawOverlay(t, shipped, nil)
		to := drawOverlay(t, shipped, from)
		old, err := lexicon.Load(base, from)
		if err != nil {
			t.Fatal(err)
		}
		edited, err := lexicon.Load(base, to)
		if err != nil {
			t.Fatal(err)
		}
		e := Between(old, edited)
		edits++
		if e.Everything {
			everything++
		}
		a, b := sentiment.New(old.Compile(), model), sentiment.New(edited.Compile(), model)
		for _, text := range texts {
			diff := cmp.Diff(a.Score(text, "", true), b.Score(text, "", true))
			closing := a.Closing(text) != b.Closing(text)
			differs := diff != "" || closing
			switch {
			case !e.Touches(text):
				safe++
				if differs {
					t.Fatalf("%q is not touched, and differs: closing %v\n%s\nfrom %v\nto %v", text, closing, diff, from, to)
				}
			case differs:
				changed++
				fallthrough
			default:
				touched++
			}
		}
	})
	t.Logf("%d edits, %d of everything; texts: %d safe, %d touched, %d changed", edits, everything, safe, touched, changed)
	if safe < 10*touched/4 || changed == 0 || everything > edits/2 {
		t.Errorf("%d texts safe, %d touched, %d changed; %d of %d edits are of everything: too little is told apart", safe, touched, changed, everything, edits)
	}
}

// Edits that reach texts in which no entry that was written or deleted stands.
func TestEditReaches(t *testing.T) {
	base := thin(t, 50)
	model, err := sentiment.LoadModel(base)
	if err != nil {
		t.Fatal(err)
	}
	const (
		good, bad  = "=xaba\ttone\t0.9\t0.9\t\t\t\n", "=xaba|=yaba\ttone\t-0.9\t0.9\t\t\t\n"
		tones      = "cudny\ttone\t0.9\t0.9\t\t\t\nstraszny\ttone\t-0.9\t0.9\t\t\t\n"
		booster    = "=straszny\tbooster\t2\t\t\t\t\n"
		negator    = "=nie\tnegator\t\t\t\t\t\n"
		denied     = "~ xaba\t-9\t\t9\t\t\n"
		lemma      = "paczka+\t-9\t\t9\t\t\n"
		typo, fold = "=turbopaczka\ttone\t0.9\t0.9\t\t\t\n", "zółwić\ttone\t-0.9\t0.9\t\t\t\n"
	)
	tests := []struct {
		name     string
		old, new map[string]string
		text     string
	}{
		{"a tone learns of a booster", map[string]string{"a": tones}, map[string]string{"a": tones, "b": booster}, "straszną cudną"},
		{"files change places", map[string]string{"a": good, "b": bad}, map[string]string{"a": bad, "b": good}, "xaba"},
		{"a slip of the finger", nil, map[string]string{"a": typo}, "turbopaczkka"},
		{"stretched letters", nil, map[string]string{"a": typo}, "turbopaaaaczka"},
		{"without diacritics", nil, map[string]string{"a": fold}, "zolwic"},
		{"a word that is denied", map[string]string{"a": negator, "learned.desk": ""}, map[string]string{"a": negator, "learned.desk": denied}, "nie jest to xaba"},
		{"a word in all its forms", map[string]string{"learned.desk": ""}, map[string]string{"learned.desk": lemma}, "o paczkach"},
	}
	for _, tt := range tests {
		load := func(files map[string]string) *lexicon.Set {
			over := fstest.MapFS{}
			for name, lines := range files {
				header := "entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"
				if strings.HasPrefix(name, "learned.") {
					header = "entry\tnegative\tneutral\tpositive\tmixed\ttalk\n"
				}
				over["pl/"+name+".tsv"] = &fstest.MapFile{Data: []byte(header + lines)}
			}
			s, err := lexicon.Load(base, over)
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			return s
		}
		old, edited := load(tt.old), load(tt.new)
		a, b := sentiment.New(old.Compile(), model), sentiment.New(edited.Compile(), model)
		if cmp.Equal(a.Score(tt.text, "", true), b.Score(tt.text, "", true)) {
			t.Errorf("%s: %q scores the same", tt.name, tt.text)
		}
		if e := Between(old, edited); e.Everything || !e.Touches(tt.text) || e.Touches("Poproszę o numer konta") {
			t.Errorf("%s: everything %v, touches %v", tt.name, e.Everything, e.Touches(tt.text))
		}
	}
}

// A text of very many words is not read to its end, so that it is in doubt.
func TestEditLongText(t *testing.T) {
	base := thin(t, 50)
	load := func(lines string) *lexicon.Set {
		s, err := lexicon.Load(base, fstest.MapFS{"pl/a.tsv": {Data: []byte("entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n" + lines)}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	e := Between(load(""), load("=turbopaczka\ttone\t0.8\t0.8\t\t\t\n"))
	if e.Everything {
		t.Fatalf("%+v", e)
	}
	for n := 1; n < 400; n += 7 {
		text := strings.Repeat("nie ", n) + "turbopacczka"
		if !e.Touches(text) {
			t.Errorf("after %d words a slip is not seen", n)
		}
	}
	if text := strings.Repeat("nie ", 100); e.Touches(text) {
		t.Error("a text without the word is touched")
	}
	if same := Between(load(""), load("")); same.Everything || same.Touches("turbopaczka") {
		t.Errorf("%+v", same)
	}
}

// The longest rising subsequence is as long as trying all of them finds.
func TestRising(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}).Draw(t, "list")
		var kept []int
		for i, k := range rising(list) {
			if k {
				kept = append(kept, list[i])
			}
		}
		most := 0
		for set := range 1 << len(list) {
			var some []int
			for i, v := range list {
				if set>>i&1 == 1 {
					some = append(some, v)
				}
			}
			if slices.IsSorted(some) {
				most = max(most, len(some))
			}
		}
		if !slices.IsSorted(kept) || len(kept) != most {
			t.Fatalf("kept %v of %v; the longest has %d", kept, list, most)
		}
	})
}

func BenchmarkEditTouches(b *testing.B) {
	texts := editTexts(b)
	line := "=turbopaczka\ttone\t0.8\t0.8\t\t\t\n"
	var sets [2]*lexicon.Set
	for i := range sets {
		var err error
		if sets[i], err = lexicon.Load(lexicon.Shipped(), fstest.MapFS{"pl/a.tsv": {Data: []byte("entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n" + strings.Repeat(line, i))}}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("between", func(b *testing.B) {
		for b.Loop() {
			Between(sets[0], sets[1])
		}
	})
	e := Between(sets[0], sets[1])
	b.Run("touches", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			if e.Touches(texts[n%len(texts)]) {
				n++
			}
			n++
		}
	})
}
