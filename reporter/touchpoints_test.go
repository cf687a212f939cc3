package reporter

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odzew/reporter/stats"
)

// touch makes n conversations of a touchpoint, each of one message, of different
// customers.
func touch(date, name, stage string, n, negative, strong int, valence float64) Touch {
	t := Touch{
		Day: date, Touchpoint: name, Stage: stage, Conversations: n, Negative: negative, Strong: strong, Messages: n, NegativeMessages: negative, StrongMessages: strong,
		Valence: valence * float64(n), ValenceSquares: (valence*valence + 0.04) * float64(n), Asked: n, Open: n / 10,
	}
	for i := range min(n, MinGroup) {
		t.Customers = append(t.Customers, fmt.Sprint(name, date, i))
	}
	return t
}

func repeated(n int, from, step int64) stats.Sample {
	waits := make([]int64, n)
	for i := range waits {
		waits[i] = from + int64(i)*step
	}
	return stats.Of(waits)
}

// desk is a desk of four weeks in which returns are bad in every way, repairs only
// slow, the shop is good, and reviews are few.
func journeyDesk(t testing.TB, lang string) JourneyInput {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	in := JourneyInput{
		From: time.Date(2026, 10, 21, 12, 0, 0, 0, zone), To: time.Date(2026, 11, 17, 12, 0, 0, 0, zone),
		Zone: zone, AsOf: time.Date(2026, 11, 18, 6, 0, 0, 0, time.UTC), Lang: lang, Hours: "pn–pt 9–17",
		Touches: []Touch{
			touch("2026-10-21", "zwroty", "after_sales", 60, 30, 12, -0.4),
			touch("2026-11-17", "zwroty", "after_sales", 40, 20, 8, -0.3),
			touch("2026-10-20", "zwroty", "after_sales", 100, 20, 8, -0.1),
			touch("2026-11-01", "serwis", "after_sales", 50, 9, 1, 0),
			touch("2026-10-02", "serwis", "after_sales", 50, 10, 1, 0),
			touch("2026-11-02", "sklep", "interest", 70, 2, 0, 0.3),
			touch("2026-11-02", "sklep", "decision", 50, 3, 0, 0.2),
			touch("2026-10-02", "sklep", "interest", 100, 5, 0, 0.3),
			touch("2026-11-03", "płatności", "purchase", 12, 3, 0, 0),
			touch("2026-11-03", "=opinie", "after_sales", 3, 3, 3, -1),
			touch("2026-11-04", "dostawa", "after_sales", 150, 30, 5, 0.02),
			touch("2026-10-04", "dostawa", "after_sales", 150, 33, 6, 0),
		},
		Topics: []Topic{
			{Touchpoint: "zwroty", Kind: "aspect", Name: "returns", Conversations: 33},
			{Touchpoint: "zwroty", Kind: "aspect", Name: "waiting_time", Conversations: 25},
			{Touchpoint: "zwroty", Kind: "aspect", Name: "courtesy", Conversations: 12},
			{Touchpoint: "zwroty", Kind: "aspect", Name: "price", Conversations: 9},
			{Touchpoint: "zwroty", Kind: "emotion", Name: "anger", Conversations: 14},
			{Touchpoint: "zwroty", Kind: "emotion", Name: "anxiety", Conversations: 4},
		},
		Waits: []TouchpointWaits{
			{Touchpoint: "zwroty", Now: repeated(90, 20_000, 300), Before: repeated(90, 19_000, 300)},
			{Touchpoint: "serwis", Now: repeated(45, 30_000, 400), Before: repeated(45, 10_000, 200)},
			{Touchpoint: "sklep", Now: repeated(110, 60, 10), Before: repeated(100, 60, 10)},
			{Touchpoint: "dostawa", Now: repeated(130, 1_000, 30), Before: repeated(140, 1_000, 30)},
			{Touchpoint: "płatności", Now: repeated(11, 600, 60)},
		},
		Ratings: ratedSample(),
	}
	return in
}

func findMoment(t testing.TB, j Journey, name string) Moment {
	t.Helper()
	for _, m := range j.Touchpoints {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no touchpoint %q", name)
	return Moment{}
}

func TestJourneyFigures(t *testing.T) {
	j := BuildJourney(journeyDesk(t, "pl"))
	if j.BeforeFrom != "2026-09-23" || j.BeforeTo != "2026-10-20" || j.Conversations != 60+40+50+120+12+3+150 {
		t.Errorf("before is %s to %s, %d conversations", j.BeforeFrom, j.BeforeTo, j.Conversations)
	}
	if want := (SmallPlaces{1, 3}); j.Small != want {
		t.Errorf("small touchpoints %+v, want %+v", j.Small, want)
	}
	for _, tt := range []struct {
		name, verdict string
		because       []string
		negative, n   int
		position      float64
		stage         string
	}{
		{"zwroty", PlaceCritical, []string{BadNegative, BadStrong, BadWaiting}, 50, 100, 4, "after_sales"},
		{"serwis", PlaceCritical, []string{BadWaiting}, 9, 50, 4, "after_sales"},
		{"sklep", PlaceGood, []string{}, 5, 120, (70*1 + 50*2) / 120., "interest"},
		{"dostawa", PlaceNormal, []string{}, 30, 150, 4, "after_sales"},
		{"płatności", PlaceTooFew, []string{}, 3, 12, 3, "purchase"},
	} {
		m := findMoment(t, j, tt.name)
		if m.Verdict != tt.verdict || !slices.Equal(m.Because, tt.because) || m.Negative.Count != tt.negative || m.N != tt.n || m.Position != tt.position || m.Stage != tt.stage {
			t.Errorf("%s is %s because of %v, %d of %d, at %v %s; want %+v", tt.name, m.Verdict, m.Because, m.Negative.Count, m.N, m.Position, m.Stage, tt)
		}
	}
	var order []string
	for _, m := range j.Touchpoints {
		order = append(order, m.Name)
	}
	if want := []string{"zwroty", "serwis", "dostawa", "sklep", "płatności"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	z := findMoment(t, j, "zwroty")
	// The others have 50 negative in 335: of 100 that were 14.9.
	if z.Excess != 35 {
		t.Errorf("excess %d, want 35", z.Excess)
	}
	if p := z.Past; p == nil || p.N != 100 || !p.Negative.Clear || math.Abs(p.Negative.Difference-.3) > 1e-9 || p.Wait == nil || p.Wait.Clear {
		t.Errorf("past %+v", p)
	}
	if diff := cmp.Diff([]Tallied{{"returns", 33}, {"waiting_time", 25}, {"courtesy", 12}}, z.Aspects); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Tallied{{"anger", 14}}, z.Emotions); diff != "" {
		t.Errorf("an emotion of four conversations is named: %s", diff)
	}
	// 100 conversations of mean -0.36, squares (0.16+0.04)·60 + (0.09+0.04)·40 = 17.2:
	// variance (17.2 - 12.96)/99, t(99) = 1.98422.
	half := 1.98422 * math.Sqrt((17.2-12.96)/99/100)
	if v := z.Valence; v.N != 100 || math.Abs(v.Mean+.36) > 1e-9 || math.Abs(v.Low-(-.36-half)) > 1e-5 || math.Abs(v.High-(-.36+half)) > 1e-5 {
		t.Errorf("valence %+v, want -0.36 ± %.4f", v, half)
	}
	if p := findMoment(t, j, "serwis").Past; p == nil || !p.Wait.Clear || p.Negative.Clear {
		t.Errorf("repairs became slower, and no worse: %+v", p)
	}
	if m := findMoment(t, j, "płatności"); m.Past != nil || m.Peers != nil || m.FirstReply.Median != nil {
		t.Errorf("12 conversations are compared: %+v", m)
	}
	stages := map[string]int{}
	for i, p := range j.Stages {
		if p.Position != float64(i) || p.Name != journeyStages[i] {
			t.Errorf("stage %d is %+v", i, p)
		}
		stages[p.Name] = p.N
	}
	if diff := cmp.Diff(map[string]int{"awareness": 0, "interest": 70, "decision": 50, "purchase": 12, "after_sales": 303}, stages); diff != "" {
		t.Error(diff)
	}
}

// A touchpoint that nobody answers is critical by that, though it has no replies that
// came late; one where they are only two days old is not.
func TestUnanswered(t *testing.T) {
	for _, tt := range []struct {
		began, verdict string
		because        []string
	}{
		{"2026-11-15", PlaceCritical, []string{BadOpen}},
		{"2026-11-16", PlaceNormal, []string{}},
	} {
		in := journeyDesk(t, "pl")
		chat := touch(tt.began, "czat", "after_sales", 40, 4, 0, 0)
		chat.Open = 30
		in.Touches = append(in.Touches, chat)
		m := findMoment(t, BuildJourney(in), "czat")
		if m.Verdict != tt.verdict || !slices.Equal(m.Because, tt.because) {
			t.Errorf("30 of 40 unanswered since %s: %s because of %v, want %s %v", tt.began, m.Verdict, m.Because, tt.verdict, tt.because)
		}
		if m.Open.Count != 30 {
			t.Errorf("%d wait, want 30", m.Open.Count)
		}
		if tt.verdict == PlaceCritical && m.Excess < 20 {
			t.Errorf("excess %d of 30", m.Excess)
		}
	}
}

// Few customers are no group, however many their conversations.
func TestFewCustomers(t *testing.T) {
	for _, tt := range []struct {
		customers []string
		few       bool
	}{
		{[]string{"a"}, true},
		{[]string{"a", "b", "c", "d"}, true},
		{[]string{"a", "b", "c", "d", "e"}, false},
	} {
		in := journeyDesk(t, "pl")
		in.Touches = nil
		for i := range 40 {
			one := touch("2026-11-01", "firma", "purchase", 1, 1, 1, -0.987)
			one.Customers = []string{tt.customers[i%len(tt.customers)]}
			in.Touches = append(in.Touches, one)
		}
		j := BuildJourney(in)
		if got := len(j.Touchpoints) == 0 && j.Small.Conversations == 40 && j.Stages[3].Few; got != tt.few {
			t.Errorf("%d customers: small %+v, stage %+v", len(tt.customers), j.Small, j.Stages[3])
		}
		var out bytes.Buffer
		for _, f := range journeyFormats {
			if err := f.write(j, &out); err != nil {
				t.Fatal(err)
			}
		}
		if shown := strings.Contains(out.String(), "0,99") || strings.Contains(out.String(), "0.987"); shown == tt.few {
			t.Errorf("%d customers: how they feel is shown: %v", len(tt.customers), shown)
		}
	}
}

// Of desks whose touchpoints are all alike, few have a critical one.
func TestCriticalFalseAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	const rounds = 200
	alarms := 0
	for range rounds {
		in := JourneyInput{From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)}
		for i := range 12 {
			n := 25 + rng.IntN(100)
			negative, strong := 0, 0
			waits := make([]int64, n)
			for k := range n {
				if rng.Float64() < .25 {
					negative++
				}
				if rng.Float64() < .1 {
					strong++
				}
				waits[k] = int64(rng.ExpFloat64() * 7200)
			}
			name := fmt.Sprint("t", i)
			in.Touches = append(in.Touches, touch("2026-11-03", name, "after_sales", n, negative, strong, 0))
			in.Waits = append(in.Waits, TouchpointWaits{Touchpoint: name, Now: stats.Of(waits)})
		}
		if BuildJourney(in).Critical > 0 {
			alarms++
		}
	}
	if alarms > rounds/20 {
		t.Errorf("a false alarm in %d of %d rounds", alarms, rounds)
	}
}

// A share that is surely larger and yet hardly so is not critical.
func TestSmallDifferencesAreNotCritical(t *testing.T) {
	in := journeyDesk(t, "pl")
	in.Waits = nil
	for _, tt := range []struct {
		negative int // of 20,000, against 4,000 of 20,000
		want     string
	}{{4000, PlaceNormal}, {4600, PlaceNormal}, {5400, PlaceCritical}, {2900, PlaceGood}} {
		in.Touches = []Touch{touch("2026-11-01", "a", "purchase", 20_000, tt.negative, 0, 0), touch("2026-11-01", "b", "purchase", 20_000, 4000, 0, 0)}
		if m := findMoment(t, BuildJourney(in), "a"); m.Verdict != tt.want {
			t.Errorf("%d of 20,000 is %s, want %s", tt.negative, m.Verdict, tt.want)
		}
	}
}

var journeyFormats = []struct {
	ext   string
	write func(Journey, io.Writer) error
}{
	{"txt", func(j Journey, w io.Writer) error {
		return j.Text(w, JourneyOptions{Ratings: true, Disagreements: true})
	}},
	{"json", Journey.JSON},
	{"csv", Journey.Chart},
}

func TestJourneyGolden(t *testing.T) {
	empty := JourneyInput{From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	for _, lang := range []string{"pl", "en"} {
		empty.Lang = lang
		for name, in := range map[string]JourneyInput{"touchpoints": journeyDesk(t, lang), "touchpoints-empty": empty} {
			j := BuildJourney(in)
			for _, r := range Disagreeing(in.Ratings) {
				j.Disagree(r, "m-7", "Mój PESEL 44051401458, a jednak świetnie!")
			}
			for _, f := range journeyFormats {
				file := name + "." + lang + "." + f.ext
				t.Run(file, func(t *testing.T) {
					var got bytes.Buffer
					if err := f.write(j, &got); err != nil {
						t.Fatal(err)
					}
					golden(t, file, got.Bytes())
				})
			}
		}
	}
}

func TestJourneyJSONRoundTrip(t *testing.T) {
	j := BuildJourney(journeyDesk(t, "en"))
	var first, second bytes.Buffer
	if err := j.JSON(&first); err != nil {
		t.Fatal(err)
	}
	var back Journey
	if err := json.Unmarshal(first.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if err := back.JSON(&second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Error(diff)
	}
}

// The table stays one, whatever its names and numbers.
func TestJourneyTableFits(t *testing.T) {
	for _, lang := range []string{"pl", "en"} {
		in := journeyDesk(t, lang)
		for i := range in.Touches {
			in.Touches[i].Touchpoint = "formularz kontaktowy " + in.Touches[i].Touchpoint
		}
		for i := range in.Waits {
			in.Waits[i].Touchpoint = "formularz kontaktowy " + in.Waits[i].Touchpoint
		}
		in.Touches = append(in.Touches, touch("2026-11-02", "formularz kontaktowy zwroty", "after_sales", 12_345, 6_100, 2_000, -0.4))
		var out bytes.Buffer
		if err := BuildJourney(in).Text(&out, JourneyOptions{}); err != nil {
			t.Fatal(err)
		}
		at := map[int]int{} // where the second column begins
		for line := range strings.Lines(out.String()) {
			if row, found := strings.CutPrefix(line, " formularz…  "); found {
				at[strings.Index(row, "%")-len(regexp.MustCompile(`\d+%`).FindString(row))]++
			}
		}
		if len(at) != 1 {
			t.Errorf("%s: not in columns %v:\n%s", lang, at, out.String())
		}
	}
}

// Whatever a touchpoint is called, it moves no terminal and no spreadsheet.
func TestHostileTouchpoints(t *testing.T) {
	for _, name := range []string{"=1+1", "+48", "-2", "@sum", "\t=1", "\r=1", " =1", "|cmd", "%0", "＝1", "\x1b[31mred", "a\nb,\"c\"", "\u202eabc", strings.Repeat("ż", 500)} {
		in := journeyDesk(t, "en")
		in.Touches = append(in.Touches, touch("2026-11-01", name, "purchase", 30, 29, 20, -0.9))
		j := BuildJourney(in)
		var chart, text bytes.Buffer
		if err := j.Chart(&chart); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&chart).ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if len(rows) != 1+5+6 {
			t.Errorf("%q: %d rows", name, len(rows))
		}
		for _, row := range rows[1:] {
			if c := []rune(strings.TrimSpace(row[3])); strings.ContainsRune("=+-@\t\r|%＝", c[0]) {
				t.Errorf("%q: a cell begins with %q", name, row[3])
			}
		}
		if err := j.Text(&text, JourneyOptions{}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(text.String(), "\x1b\r\t\u202e") {
			t.Errorf("%q reaches the terminal", name)
		}
		for line := range strings.Lines(text.String()) {
			if columns(strings.TrimRight(line, "\n")) > widest {
				t.Errorf("%q: a line of %d columns", name, columns(line))
			}
		}
	}
}

func TestJourneyWordsAreComplete(t *testing.T) {
	complete(t, reflect.ValueOf(polishJourney), reflect.ValueOf(englishJourney))
}

// The document names every field of the JSON, and every column of the chart.
func TestJourneyDocument(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "touchpoints.md"))
	if err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile(filepath.Join("testdata", "touchpoints.en.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if example, _, found := bytes.Cut(printed, []byte("\n3. ")); !found || !bytes.Contains(doc, bytes.TrimSpace(example)) {
		t.Error("the document's example is not what is printed")
	}
	var names []string
	var walk func(reflect.Type)
	walk = func(ty reflect.Type) {
		switch ty.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			walk(ty.Elem())
		case reflect.Struct:
			for i := range ty.NumField() {
				if name, _, _ := strings.Cut(ty.Field(i).Tag.Get("json"), ","); name != "" {
					names = append(names, name)
				}
				if ty != reflect.TypeFor[time.Time]() {
					walk(ty.Field(i).Type)
				}
			}
		}
	}
	walk(reflect.TypeFor[Journey]())
	if len(names) < 60 {
		t.Fatalf("only %d fields were found", len(names))
	}
	for _, name := range append(names, chartColumns...) {
		for _, figure := range []string{"valence", "negative", "strong"} {
			if rest, found := strings.CutPrefix(name, figure); found && (rest == "_low" || rest == "_high") {
				name = rest // named once for all
			}
		}
		if !regexp.MustCompile("[`.]" + name + "(\\[\\])?`").Match(doc) {
			t.Errorf("the document does not name %q", name)
		}
	}
}

func TestAxis(t *testing.T) {
	for _, tt := range []struct {
		a    Average
		want string
	}{
		{Average{Mean: 0, Low: 0, High: 0}, "··········●··········"},
		{Average{Mean: -1, Low: -1, High: -.8}, "●──·······|··········"},
		{Average{Mean: 1, Low: .8, High: 1}, "··········|·······──●"},
		{Average{Mean: 2, Low: -5, High: 5}, "────────────────────●"},
	} {
		if got := axis(tt.a); got != tt.want {
			t.Errorf("%+v is %s, want %s", tt.a, got, tt.want)
		}
	}
}

// 100 touchpoints over two months, of 10,000 conversations each.
func BenchmarkBuildJourney(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	in := JourneyInput{From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)}
	for i := range 100 {
		name := fmt.Sprint("t", i)
		var now, before stats.Histogram
		for d := range 56 {
			n := 100 + rng.IntN(200)
			in.Touches = append(in.Touches, touch(time.Date(2026, 10, 4+d, 0, 0, 0, 0, time.UTC).Format(day), name, journeyStages[d%5], n, rng.IntN(n), rng.IntN(n), 0))
			for range n {
				if err := errors.Join(now.AddBucket(stats.Bucket(int64(rng.ExpFloat64()*7200)), 1), before.AddBucket(stats.Bucket(int64(rng.ExpFloat64()*7200)), 1)); err != nil {
					b.Fatal(err)
				}
			}
		}
		in.Waits = append(in.Waits, TouchpointWaits{Touchpoint: name, Now: now.Sample(), Before: before.Sample()})
	}
	for b.Loop() {
		if j := BuildJourney(in); len(j.Touchpoints) != 100 {
			b.Fatal(len(j.Touchpoints))
		}
	}
}
