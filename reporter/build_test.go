package reporter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odzew"
	"odzew/reporter/stats"
)

// Whoever needs a call comes first, whatever the score; then the higher score;
// then the one who is flagged longer.
func TestOrder(t *testing.T) {
	flag := func(id string, call bool, score float64, opened int) Case {
		return Case{Flag: odzew.Flag{Conversation: id, NeedsCall: call, Frustration: score, OpenedAt: time.Unix(int64(opened), 0)}}
	}
	d := Build(Input{Cases: []Case{
		flag("low", false, 0.2, 1), flag("high", false, 0.99, 1), flag("call", true, 0.5, 9),
		flag("call-older", true, 0.5, 3), flag("call-nan", true, math.NaN(), 1), flag("out", false, 0.1, 1), flag("call-high", true, 0.6, 9),
	}})
	var got []string
	for _, c := range d.Customers {
		got = append(got, c.Conversation)
	}
	if want := []string{"call-high", "call-older", "call", "call-nan", "high"}; !cmp.Equal(want, got) {
		t.Errorf("customers %v, want %v", got, want)
	}
	if d.MoreFlagged != 2 || d.NeedsCall != 4 {
		t.Errorf("%d more, %d to call, want 2 and 4", d.MoreFlagged, d.NeedsCall)
	}
}

// A customer takes one place, with the conversation that comes first; the others are
// counted beside it. Whoever is unknown stands apart.
func TestCustomersStandOnce(t *testing.T) {
	flag := func(customer, id string, call bool, score float64) Case {
		return Case{Customer: customer, Flag: odzew.Flag{Conversation: id, NeedsCall: call, Frustration: score}}
	}
	d := Build(Input{Cases: []Case{
		flag("ewa", "e-low", true, 0.3), flag("ewa", "e-high", false, 0.9), flag("ewa", "e-call", true, 0.4),
		flag("", "x", true, 0.8), flag("", "y", true, 0.8), flag("jan", "j", false, 0.7), flag("ola", "o", false, 0.6),
		flag("iga", "i1", true, 0.1), flag("iga", "i2", true, 0.2), flag("max", "m", false, 0.1), flag("", "z", false, 0.1), flag("max", "m2", false, 0.05),
	}})
	var got []string
	for _, c := range d.Customers {
		got = append(got, fmt.Sprintf("%s+%d", c.Conversation, c.More))
	}
	if want := []string{"x+0", "y+0", "e-call+2", "i2+1", "j+0"}; !cmp.Equal(want, got) {
		t.Errorf("customers %v, want %v", got, want)
	}
	if d.NeedsCall != 4 || d.MoreFlagged != 4 { // ola's, max's two, and one unknown
		t.Errorf("%d to call, %d more, want 4 and 4", d.NeedsCall, d.MoreFlagged)
	}
}

// Cases that come in parts end up as if they had come at once, and only those that
// can be shown keep their words.
func TestRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all, parts []Case
		for i := range rapid.IntRange(0, 30).Draw(t, "cases") {
			c := Case{Customer: rapid.SampledFrom([]string{"", "", "a", "b", "c", "d", "e", "f"}).Draw(t, "customer"), Flag: odzew.Flag{
				Conversation: fmt.Sprint(i), Frustration: float64(rapid.IntRange(0, 5).Draw(t, "score")) / 5, NeedsCall: rapid.Bool().Draw(t, "call"),
				Reasons: []odzew.Reason{{Signal: "legal", Quote: "sąd"}},
			}}
			all, parts = append(all, c), append(parts, c)
			if rapid.Bool().Draw(t, "cut") {
				Rank(parts)
			}
		}
		if diff := cmp.Diff(Build(Input{Cases: all}), Build(Input{Cases: parts})); diff != "" {
			t.Fatalf("in parts it differs (-at once +in parts):\n%s", diff)
		}
		Rank(parts)
		d := Build(Input{Cases: parts})
		var listed, worded []string
		flagged := d.MoreFlagged
		for _, c := range d.Customers {
			listed = append(listed, c.Conversation)
			flagged += 1 + c.More
		}
		for _, c := range parts {
			if c.Flag.Reasons != nil {
				worded = append(worded, c.Flag.Conversation)
			}
		}
		if !cmp.Equal(listed, worded) || flagged != len(all) {
			t.Fatalf("%v are listed, %v have their words; %d of %d are counted", listed, worded, flagged, len(all))
		}
	})
}

// Every part that is shown adds up to the score that is shown.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		flag := odzew.Flag{Frustration: rapid.Float64Range(-0.5, 1.5).Draw(t, "score")}
		for i := range rapid.IntRange(0, 12).Draw(t, "reasons") {
			flag.Reasons = append(flag.Reasons, odzew.Reason{
				Signal: rapid.SampledFrom([]string{"legal", "waiting", "relief", "nudges", "churn", "effort", "publicity"}).Draw(t, fmt.Sprint("signal ", i)),
				Weight: rapid.Float64Range(-0.3, 0.6).Draw(t, fmt.Sprint("weight ", i)),
			})
		}
		c := customer(Case{Flag: flag})
		sum := 0
		for _, p := range c.Reasons {
			sum += int(math.Round(100 * p.Weight))
		}
		if sum != int(math.Round(100*c.Score)) {
			t.Fatalf("parts %v are %d hundredths, the score is %v", c.Reasons, sum, c.Score)
		}

		d := Digest{Zone: "UTC"}
		l, err := d.locale()
		if err != nil {
			t.Fatal(err)
		}
		shown, words := 0, strings.NewReplacer("\u00a0", " ", "− ", "−", "+ ", "").Replace(l.sum(c.Reasons))
		for _, w := range strings.Fields(words) {
			negative := strings.HasPrefix(w, "−")
			if negative && !strings.ContainsAny(w, "0123456789") {
				continue
			}
			var whole, cents int
			if n, _ := fmt.Sscanf(strings.TrimPrefix(w, "−"), "%d,%d", &whole, &cents); n == 2 {
				shown += 100*whole + cents
			}
		}
		for _, p := range c.Reasons { // the words carry the sign in front of the name
			if p.Weight < 0 {
				shown -= 2 * int(math.Round(-100*p.Weight))
			}
		}
		if shown != sum {
			t.Fatalf("%q shows %d hundredths, want %d", words, shown, sum)
		}
	})
}

// What may be claimed depends on n.
func TestSmallNumbers(t *testing.T) {
	waits := func(n int) stats.Sample { return spread(1, n, 3000) }
	for _, c := range []struct {
		n             int
		median, cases bool
	}{
		{0, false, false}, {1, false, true}, {19, false, true}, {20, true, false}, {500, true, false},
	} {
		w := wait(waits(c.n))
		if (w.Median != nil) != c.median || (w.Low != nil) != c.median || (len(w.Cases) == c.n && c.n > 0) != c.cases || w.N != c.n {
			t.Errorf("wait of %d: %+v", c.n, w)
		}
	}
	if w := wait(stats.Of([]int64{300, 100, 200, 100})); !cmp.Equal(w.Cases, []int64{100, 100, 200, 300}) {
		t.Errorf("cases %v", w.Cases)
	}

	for _, c := range []struct {
		n       int
		verdict string
	}{{4, ""}, {5, PlaceTooFew}, {19, PlaceTooFew}, {20, PlaceNormal}} {
		d := Build(Input{Touchpoints: []Touchpoint{
			{Name: "zwrot", Now: Tally{Conversations: c.n, Negative: c.n / 4}, Past: []Tally{{Conversations: 300, Negative: 75}}},
			{Name: "inne", Now: Tally{Conversations: 30, Negative: 8}, Past: []Tally{{Conversations: 300, Negative: 75}}},
		}})
		got := ""
		for _, p := range d.Touchpoints {
			if p.Name == "zwrot" {
				got = p.Verdict
			}
		}
		if got != c.verdict || (d.SmallPlaces.Touchpoints == 1) != (c.n < MinGroup) {
			t.Errorf("touchpoint of %d: verdict %q, small %+v", c.n, got, d.SmallPlaces)
		}
	}

	if s := shareChange(share(3, 19), share(30, 300)); s != nil {
		t.Errorf("a change is claimed from n = 19: %+v", s)
	}
	if n := nps(Ratings{Promoters: 19}); n.Score != nil || n.N != 19 {
		t.Errorf("an NPS is claimed from n = 19: %+v", n)
	}
	// 12 promoters, 5 detractors of 25: 28 points ± 1.96 · √((0.48+0.20−0.28²)/25).
	n := nps(Ratings{Promoters: 12, Passives: 8, Detractors: 5})
	if math.Abs(*n.Score-28) > 1e-9 || math.Abs(*n.Low+2.4) > 0.1 || math.Abs(*n.High-58.4) > 0.1 {
		t.Errorf("NPS %v [%v, %v]", *n.Score, *n.Low, *n.High)
	}
}

// An arrow needs an interval without zero.
func TestArrows(t *testing.T) {
	for _, c := range []struct {
		name        string
		now, before float64
		arrow       string
	}{
		{"longer", 5000, 3000, "▲"}, {"shorter", 2000, 3000, "▼"}, {"alike", 3050, 3000, ""},
	} {
		in := Input{Volume: Volume{DeadLetters: 1}, Waits: Waits{Channels: []ChannelWaits{{Channel: "email", Now: spread(1, 60, c.now), Before: spread(2, 600, c.before)}}}}
		var b bytes.Buffer
		if err := Build(in).Text(&b, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, arrow := range []string{"▲", "▼"} {
			if strings.Contains(b.String(), arrow) {
				got += arrow
			}
		}
		if got != c.arrow {
			t.Errorf("%s: arrow %q, want %q\n%s", c.name, got, c.arrow, &b)
		}
		in.FirstWeek = true
		if Build(in).Waits.Change != nil {
			t.Errorf("%s: compared in the first week", c.name)
		}
	}
}

// Figures reach as far as the source that fails, if it failed within the period.
func TestLate(t *testing.T) {
	end := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name            string
		through, failed time.Time
		late            bool
	}{
		{"works", end.Add(-time.Hour), time.Time{}, false},
		{"failed before the end", end.Add(-time.Hour), end.Add(-time.Minute), true},
		{"failed after the end", end.Add(time.Hour), end.Add(2 * time.Hour), false},
		{"never delivered", time.Time{}, end, true},
	} {
		in := Input{To: end.AddDate(0, 0, -1), Sources: []Source{{Name: "a", Through: c.through, FailedSince: c.failed}}}
		d := Build(in)
		if got := d.Quality.Until != nil; got != c.late || d.Quiet == c.late {
			t.Errorf("%s: late %v, quiet %v", c.name, got, d.Quiet)
		}
	}
}

// What tells of health or need is not quoted; the signal is shown.
func TestVulnerabilityIsNotQuoted(t *testing.T) {
	d := Build(Input{Cases: []Case{{Flag: odzew.Flag{Conversation: "1", Frustration: 0.5, NeedsCall: true, Reasons: []odzew.Reason{
		{Signal: "vulnerability", Weight: 0.5, Quote: "to lek dla dziecka"},
	}}}}})
	var b bytes.Buffer
	if err := d.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "lek") || !strings.Contains(b.String(), "vulnerability") {
		t.Errorf("%s", &b)
	}
}

// A mailbox may know a customer's address or number as the name: it is not shown, though
// the desk wants names.
func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Anna Nowak": "Anna Nowak", "Anna \x1b[1mNowak": "Anna Nowak",
		"anna@klient.example": "", "Anna (anna@klient.example)": "", "600 700 800": "",
	} {
		d := Build(Input{Cases: []Case{{Name: in}}})
		if got := d.Customers[0].Name; got != want {
			t.Errorf("name %q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://pomoc.sklep.example/c/1?a=b&c=d#e", "https://pomoc.sklep.example/c/1?a=b&c=d#e"},
		{"http://127.0.0.1:8080/c/1", "http://127.0.0.1:8080/c/1"},
		{"javascript:alert(1)", ""},
		{"JaVaScRiPt:alert(1)", ""},
		{"data:text/html,x", ""},
		{"//pomoc.sklep.example", ""},
		{"/c/1", ""},
		{"https://user:secret@sklep.example/", ""},
		{"https://sklep.example/\"><script>", "https://sklep.example/%22%3E%3Cscript%3E"},
		{"https://sklep.example/?q=>)[x](y)\u202e", "https://sklep.example/?q=%3E)[x](y)%E2%80%AE"},
		{"https://sklep.example/\x1b[31m", ""},
		{"", ""},
	} {
		if got := link(c.in); got != c.want {
			t.Errorf("link(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// The JSON holds all: a digest that is read back renders the same.
func TestJSONRoundTrip(t *testing.T) {
	for _, s := range samples {
		in := busy(t, "en")
		s.change(&in)
		d := Build(in)
		var b bytes.Buffer
		if err := d.JSON(&b); err != nil {
			t.Fatal(err)
		}
		var back Digest
		dec := json.NewDecoder(&b)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&back); err != nil {
			t.Fatal(err)
		}
		for _, f := range formats {
			var want, got bytes.Buffer
			if err := f.write(d, &want); err != nil {
				t.Fatal(err)
			}
			if err := f.write(back, &got); err != nil {
				t.Fatal(err)
			}
			if want.Len() == 0 || !bytes.Equal(want.Bytes(), got.Bytes()) {
				t.Errorf("%s.%s differs after a round trip: %s", s.name, f.ext, cmp.Diff(want.String(), got.String()))
			}
		}
	}
}

func TestSubject(t *testing.T) {
	for i, want := range []string{
		"odzew wt. 17.11: 3 klientów do telefonu, 1 termin reklamacji, 1 krytyczny punkt styku.",
		"odzew wt. 17.11: nikt do telefonu. Spokojny dzień.",
	} {
		in := busy(t, "pl")
		samples[i].change(&in)
		if got, err := Build(in).Subject(); err != nil || visible(got) != want {
			t.Errorf("%s: %q, %v, want %q", samples[i].name, visible(got), err, want)
		}
	}
}

// No day is quiet on which somebody has waited for a working week, and the headline says so.
func TestLateWait(t *testing.T) {
	for _, tt := range []struct {
		hours int64
		want  string
	}{
		{39, "nobody to call. A quiet day."},
		{40, "longest wait 7\u00a0days."},
	} {
		in := busy(t, "en")
		quietDay(&in)
		in.Waits.Open = []OpenWait{{Number: "1", Age: odzew.Clock{Seconds: 7 * 24 * 3600, BusinessSeconds: tt.hours * 3600}}}
		d := Build(in)
		p, err := d.page()
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Call + p.Rest; got != tt.want || d.Quiet != (tt.hours < 40) {
			t.Errorf("after %d hours: %q, quiet %v; want %q", tt.hours, got, d.Quiet, tt.want)
		}
	}
}

// A quiet day hides nobody: whoever is flagged without need of a call is counted, and a
// high score, be it of an earlier matter, is no quiet day.
func TestQuietTellsFlagged(t *testing.T) {
	for _, tt := range []struct {
		lang  string
		cases []Case
		quiet bool
		want  string
	}{
		{"pl", nil, true, "czeka 37.\n"},
		{"pl", []Case{{Flag: odzew.Flag{Level: 1}}}, true, "czeka 37. Do zajęcia się 1 rozmowa: odzew flags list --open\n"},
		{"en", make([]Case, MaxCustomers+2), true, "open 37. 7 conversations to take care of: odzew flags list --open\n"},
		{"en", []Case{{Customer: "a"}, {Customer: "a"}}, true, "open 37. 2 conversations to take care of: odzew flags list --open\n"},
		{"pl", []Case{{Flag: odzew.Flag{Level: 2, Conversation: "48300"}}}, false, "#48300"},
		{"pl", []Case{{Flag: odzew.Flag{Level: 2, Conversation: "48300"}, Earlier: true}}, false, "#48300"},
	} {
		in := busy(t, tt.lang)
		quietDay(&in)
		in.Cases = tt.cases
		d := Build(in)
		var b bytes.Buffer
		if err := d.Text(&b, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(b.String(), "\n ", " "); d.Quiet != tt.quiet || !strings.Contains(got, tt.want) {
			t.Errorf("%d cases: quiet %v; want %q in\n%s", len(tt.cases), d.Quiet, tt.want, got)
		}
	}
}

// Deadlines for which there is no room are counted, and the command that is named has
// them all.
func TestMoreDeadlines(t *testing.T) {
	for n, want := range map[int]string{
		MaxDeadlines:     "",
		MaxDeadlines + 1: "+ 1 kolejna rozmowa: odzew digest --date 2026-11-17 --format json\n",
		MaxDeadlines + 3: "+ 3 kolejne rozmowy: odzew digest --date 2026-11-17 --format json\n",
	} {
		in := busy(t, "pl")
		for len(in.Deadlines) < n {
			in.Deadlines = append(in.Deadlines, in.Deadlines[0])
		}
		d := Build(in)
		var b bytes.Buffer
		if err := d.Text(&b, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "kolejn"); got != (want != "") || !strings.Contains(b.String(), want) || len(d.Deadlines) != n {
			t.Errorf("of %d deadlines: want %q in\n%s", n, want, &b)
		}
	}
}

// An unknown zone is an error that says what to do; an empty input is a quiet day.
func TestEdges(t *testing.T) {
	err := Digest{To: "2026-11-17", Zone: "Europe/Atlantis"}.Text(&bytes.Buffer{}, TextOptions{})
	if err == nil || !strings.Contains(err.Error(), "Europe/Atlantis") || !strings.Contains(err.Error(), "IANA") {
		t.Errorf("unknown zone: %v", err)
	}
	for _, f := range formats {
		for _, d := range []Digest{Build(Input{}), {}} {
			if err := f.write(d, &bytes.Buffer{}); err != nil {
				t.Errorf("%s of nothing: %v", f.ext, err)
			}
		}
	}
}

// A digest with every list at its limit, as on a bad day of a large desk.
func BenchmarkBuild(b *testing.B) {
	in := busy(b, "pl")
	b.ReportAllocs()
	for b.Loop() {
		Build(in)
	}
}

func BenchmarkRender(b *testing.B) {
	in := busy(b, "pl")
	samples[3].change(&in)
	d := Build(in)
	for _, f := range formats {
		b.Run(f.ext, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var w bytes.Buffer
				if err := f.write(d, &w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestHighCountsThePeriod: an earlier matter that still waits is listed, and does
// not blow up the share of the day.
func TestHighCountsThePeriod(t *testing.T) {
	in := Input{Sentiment: Sentiment{Now: Attitudes{Negative: 2, Neutral: 8}}}
	for i, earlier := range []bool{false, true, true} {
		in.Cases = append(in.Cases, Case{Earlier: earlier, Flag: odzew.Flag{Conversation: string(rune('a' + i)), Level: 2, Frustration: 0.5}})
	}
	d := Build(in)
	if d.High.Count != 1 || d.High.N != 10 || len(d.Customers) != 3 {
		t.Errorf("%d of %d are high, %d customers", d.High.Count, d.High.N, len(d.Customers))
	}
}
