package language

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pemistahl/lingua-go"
)

var shared = filepath.Join("..", "..", "..", "shared")

func TestDetectShortLines(t *testing.T) {
	cases := strings.Split(strings.Trim(table, "\n"), "\n")
	if len(cases) < 150 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, line := range cases {
		want, text, ok := strings.Cut(line, "|")
		if !ok {
			t.Fatalf("case %q has no language", line)
		}
		if got := Detect(text); got.Lang != want {
			t.Errorf("Detect(%q) = %s (%.2f), want %s", text, got.Lang, got.Confidence, want)
		}
	}
}

func TestProfilesHaveAllLanguages(t *testing.T) {
	p, err := parseProfiles(profilesText)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range strings.Fields("pl en de cs sk uk ru fr es it lt") {
		if !slices.Contains(p.names, lang) {
			t.Errorf("no profile of %s", lang)
		}
	}
}

func TestParseProfilesRejects(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"pl words\n", "profiles.txt:1: want a language"},
		{"# x\npl wrods nie\n", `profiles.txt:2: unknown list "wrods"`},
		{"pl pairs szcz\n", `profiles.txt:1: "szcz" is no pair`},
		{"pl words nie\n", `no list of "en"`},
	} {
		if _, err := parseProfiles(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("parseProfiles(%q): %v, want %q", c.text, err, c.want)
		}
	}
}

func TestConfidence(t *testing.T) {
	long := Detect("I have been waiting for my order for three weeks and nobody has answered my emails").Confidence
	short := Detect("ok thanks").Confidence
	if long < 0.7 || short >= long {
		t.Errorf("confidence: long %.2f, short %.2f", long, short)
	}
}

func TestLongTextLooksAtBothEnds(t *testing.T) {
	text := strings.Repeat("Proszę o sprawdzenie zamówienia. ", 1000)
	if got := Detect(text); got.Lang != "pl" {
		t.Errorf("long Polish text: %+v", got)
	}
	// A cut through a rune must not matter.
	for i := range 4 {
		text := strings.Repeat(".", i) + strings.Repeat("żółć ", 4000)
		if got := Detect(text); got.Lang != "pl" {
			t.Errorf("cut rune, offset %d: %+v", i, got)
		}
	}
}

// A sample is texts that are known to be of one language.
type sample struct {
	name, lang string
	texts      []string
	// The least share that must be recognised: whole, without diacritics, and
	// the first 5, 3 and 2 words.
	whole, folded, five, three, two float64
}

func TestAccuracy(t *testing.T) {
	gold := goldTexts(t)
	samples := []sample{
		{"support pl", "pl", gold["pl"], .99, .99, .99, .98, .96},
		{"support en", "en", gold["en"], .99, .99, .99, .98, .95},
		{"reviews pl", "pl", column(t, "polemo2_sent.train.tsv", 15), .99, .99, .985, .975, .94},
		{"comments en", "en", column(t, "goemotions.train.tsv", 15), .99, .99, .99, .98, .96},
	}
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			if len(s.texts) < 200 {
				t.Fatalf("only %d texts", len(s.texts))
			}
			for _, v := range []struct {
				name string
				edit func(string) string
				want float64
			}{
				{"whole", func(s string) string { return s }, s.whole},
				{"no diacritics", withoutDiacritics, s.folded},
				{"5 words", prefix(5), s.five},
				{"3 words", prefix(3), s.three},
				{"2 words", prefix(2), s.two},
			} {
				right, n := 0, 0
				wrong := map[string]int{}
				for _, text := range s.texts {
					text = v.edit(text)
					n++
					if got := Detect(text).Lang; got == s.lang {
						right++
					} else {
						wrong[got]++
						if os.Getenv("LANGUAGE_WRONG") == v.name {
							fmt.Printf("%s %s: %q\n", s.lang, got, text)
						}
					}
				}
				acc := float64(right) / float64(n)
				t.Logf("%-14s %.4f of %d; else %v", v.name, acc, n, wrong)
				if acc < v.want {
					t.Errorf("%s: %.4f right, want %.3f", v.name, acc, v.want)
				}
			}
		})
	}
}

// TestMixed joins the beginnings of a Polish and of an English message.
func TestMixed(t *testing.T) {
	gold := goldTexts(t)
	for _, c := range []struct {
		pl, en int // words of each
		want   float64
	}{{8, 8, .95}, {12, 5, .89}, {5, 12, .9}} {
		right, n := 0, 0
		for i, en := range gold["en"] {
			n++
			text := prefix(c.pl)(withoutDiacritics(gold["pl"][i])) + ". " + prefix(c.en)(en)
			if Detect(text).Lang == Mixed {
				right++
			}
		}
		acc := float64(right) / float64(n)
		t.Logf("%d words of Polish, %d of English: %.3f of %d", c.pl, c.en, acc, n)
		if n < 200 || acc < c.want {
			t.Errorf("%d words of Polish, %d of English: %.3f of %d, want %.2f", c.pl, c.en, acc, n, c.want)
		}
	}
}

// TestAgainstLingua compares with a known library, restricted to the languages
// that matter, where it knows the answer.
func TestAgainstLingua(t *testing.T) {
	if testing.Short() {
		t.Skip("the oracle loads its models")
	}
	gold := goldTexts(t)
	oracle := lingua.NewLanguageDetectorBuilder().FromLanguages(
		lingua.Polish, lingua.English, lingua.German, lingua.Czech, lingua.Slovak, lingua.Ukrainian,
		lingua.Russian, lingua.French, lingua.Spanish, lingua.Italian, lingua.Lithuanian).Build()
	for _, words := range []int{3, 5, 1000} {
		var ours, theirs, n int
		for _, lang := range []string{"pl", "en"} {
			for _, text := range gold[lang][:200] {
				text = prefix(words)(withoutDiacritics(text))
				n++
				if Detect(text).Lang == lang {
					ours++
				}
				if l, ok := oracle.DetectLanguageOf(text); ok && strings.EqualFold(l.IsoCode639_1().String(), lang) {
					theirs++
				}
			}
		}
		t.Logf("first %d words: ours %d, lingua %d of %d", words, ours, theirs, n)
		if ours < theirs {
			t.Errorf("first %d words without diacritics: %d right, lingua %d of %d", words, ours, theirs, n)
		}
	}
}

func TestDetectDoesNotAllocate(t *testing.T) {
	text := "Dzień dobry, „no items found” – nie mogę się zalogować, see https://shop.example/x. Ĥęłlö"
	Detect(text)
	if n := testing.AllocsPerRun(100, func() { Detect(text) }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}

func FuzzDetect(f *testing.F) {
	for line := range strings.Lines(table) {
		f.Add(line)
	}
	f.Add("\xff\xc5 „ł” \"x")
	f.Add(strings.Repeat(`"`, 5000))
	f.Fuzz(func(t *testing.T, text string) {
		r := Detect(text)
		if r.Lang == "" || !(r.Confidence >= 0 && r.Confidence <= 1) {
			t.Errorf("Detect(%q) = %+v", text, r)
		}
		if again := Detect(text); again != r {
			t.Errorf("Detect(%q) differs: %+v, %+v", text, r, again)
		}
	})
}

func BenchmarkDetect(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"en", "I ordered a pair of boots three weeks ago and still have no answer about the refund. Order 55120938."},
		{"pl", "Zamówiłam buty trzy tygodnie temu i nadal nie mam odpowiedzi w sprawie zwrotu. Zamówienie 55120938."},
		{"short", "nie dziala"},
		{"hostile", strings.Repeat(`"x@1 `, 200_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				Detect(c.text)
			}
		})
	}
}

func goldTexts(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "gold", "train.jsonl"))
	if err != nil {
		t.Skipf("the labelled messages are absent: %v", err)
	}
	defer f.Close()
	texts := map[string][]string{}
	dec := json.NewDecoder(f)
	for dec.More() {
		var m struct{ Lang, Text string }
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		texts[m.Lang] = append(texts[m.Lang], m.Text)
	}
	return texts
}

// column returns the text of every n-th row of a labelled set.
func column(t *testing.T, file string, every int) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "data", "sentiment", file))
	if err != nil {
		t.Skipf("the labelled sentences are absent: %v", err)
	}
	defer f.Close()
	var texts []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		if fields := strings.SplitN(lines.Text(), "\t", 3); n%every == 0 && len(fields) == 3 {
			texts = append(texts, fields[2])
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

func withoutDiacritics(text string) string {
	var b strings.Builder
	for _, r := range text {
		if s, ok := folds[r]; ok {
			b.WriteString(s)
		} else if s, ok := folds[r+1]; ok && r >= 0x100 && r < 0x180 {
			b.WriteString(strings.ToUpper(s)) // Latin Extended-A: capital before small
		} else if utf8.ValidRune(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func prefix(words int) func(string) string {
	return func(text string) string {
		fields := strings.Fields(text)
		return strings.Join(fields[:min(words, len(fields))], " ")
	}
}
