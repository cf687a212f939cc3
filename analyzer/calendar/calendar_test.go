package calendar

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"odzew"
)

var (
	weekdays = []string{"mon", "tue", "wed", "thu", "fri"}
	allDays  = append([]string{"sat", "sun"}, weekdays...)
)

func hours(days []string, spans ...string) map[string][]string {
	m := map[string][]string{}
	for _, d := range days {
		m[d] = spans
	}
	return m
}

func mustCompile(t testing.TB, c Config) *Schedule {
	t.Helper()
	s, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Zones with whole, half and odd offsets, with clock changes of an hour and of half
// an hour, by both hemispheres' calendars, at midnight, and with none at all.
var zones = []string{
	"Europe/Warsaw", "Europe/London", "America/New_York", "Australia/Lord_Howe",
	"Asia/Kathmandu", "America/Santiago", "Africa/Casablanca", "Pacific/Apia",
}

// A slow and plain oracle: step through the minutes, and ask of each what the local
// clock shows. Every transition of these zones since 2000 is at a whole minute.
func slowElapsed(zone *time.Location, week map[time.Weekday][][2]int, from, to time.Time) int64 {
	total := int64(0)
	for u := from.Unix(); u < to.Unix(); {
		next := min(u-u%60+60, to.Unix())
		local := time.Unix(u, 0).In(zone)
		minute := local.Hour()*60 + local.Minute()
		for _, span := range week[local.Weekday()] {
			if span[0] <= minute && minute < span[1] {
				total += next - u
			}
		}
		u = next
	}
	return total
}

func TestAgainstMinuteSteps(t *testing.T) {
	plans := []struct {
		config map[string][]string
		week   map[time.Weekday][][2]int
	}{
		{hours(allDays, "00:00-24:00"), everyDay([2]int{0, 1440})},
		{hours(allDays, "01:30-02:30", "02:45-03:15"), everyDay([2]int{90, 150}, [2]int{165, 195})},
		{hours(allDays, "00:00-00:30", "23:30-24:00"), everyDay([2]int{0, 30}, [2]int{1410, 1440})},
		{hours(allDays, "02:00-03:00", "09:00-17:00"), everyDay([2]int{120, 180}, [2]int{540, 1020})},
	}
	rng := rand.New(rand.NewPCG(11, 12))
	n := 0
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		changes := transitions(zone)
		for _, plan := range plans {
			s := mustCompile(t, Config{Timezone: name, Hours: plan.config})
			for i := range 10000/(len(zones)*len(plans)) + 1 {
				from := time.Unix(rng.Int64N(60*365*86400)+at(t, "2000-01-05T00:00:00Z").Unix(), 0)
				if i%2 == 0 && len(changes) > 0 { // half of them around a clock change
					from = changes[rng.IntN(len(changes))].Add(-time.Duration(rng.IntN(48*3600)) * time.Second)
				}
				to := from.Add(time.Duration(rng.IntN(36*3600)) * time.Second)
				if got, want := s.Elapsed(from, to), slowElapsed(zone, plan.week, from, to); got != want {
					t.Fatalf("%s %v, %v to %v: %d s, want %d", name, plan.config["mon"], from.In(zone), to.In(zone), got, want)
				}
				n++
			}
		}
	}
	if n < 10000 {
		t.Fatalf("only %d intervals", n)
	}
}

func everyDay(spans ...[2]int) map[time.Weekday][][2]int {
	m := map[time.Weekday][][2]int{}
	for d := range 7 {
		m[time.Weekday(d)] = spans
	}
	return m
}

// transitions finds the hours in which a zone's offset changes.
func transitions(zone *time.Location) []time.Time {
	var changes []time.Time
	for u := time.Date(2000, 1, 5, 0, 0, 0, 0, time.UTC); u.Year() < 2100; u = u.Add(24 * time.Hour) {
		_, a := u.In(zone).Zone()
		_, b := u.Add(24 * time.Hour).In(zone).Zone()
		if a != b {
			changes = append(changes, u.Add(24*time.Hour))
		}
	}
	return changes
}

// Whole days have the length that they really had.
func TestDayLengths(t *testing.T) {
	for _, tt := range []struct {
		zone, from, to string
		want           float64 // hours
	}{
		{"Europe/Warsaw", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 23},
		{"Europe/Warsaw", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25},
		{"Australia/Lord_Howe", "2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30", 24.5},
		{"Australia/Lord_Howe", "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00", 23.5},
		{"Pacific/Apia", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", 24},  // the 30th never was
		{"Europe/Warsaw", "2040-12-31T00:00:00+01:00", "2041-01-01T00:00:00+01:00", 24}, // a leap year known by rule only
	} {
		s := mustCompile(t, Config{Timezone: tt.zone, Hours: hours(allDays, "00:00-24:00")})
		if got := float64(s.Elapsed(at(t, tt.from), at(t, tt.to))) / 3600; got != tt.want {
			t.Errorf("%s, %s: %v h, want %v", tt.zone, tt.from, got, tt.want)
		}
	}
}

// Spans on the edges of a clock change, by what the local clock shows.
func TestSpansAtClockChanges(t *testing.T) {
	for _, tt := range []struct {
		span, day string
		minutes   int64
	}{
		{"02:00-03:00", "2026-03-29", 0},   // skipped
		{"02:30-03:30", "2026-03-29", 30},  // its first half is
		{"01:00-02:30", "2026-03-29", 60},  // its last half is
		{"02:00-03:00", "2026-10-25", 120}, // twice
		{"02:00-02:30", "2026-10-25", 60},
		{"01:00-04:00", "2026-10-25", 240},
		{"02:00-03:00", "2026-10-26", 60},
	} {
		s := mustCompile(t, Config{Timezone: "Europe/Warsaw", Hours: hours(allDays, tt.span)})
		from := at(t, tt.day+"T00:00:00Z").Add(-2 * time.Hour)
		if got := s.Elapsed(from, from.Add(25*time.Hour)) / 60; got != tt.minutes {
			t.Errorf("%s on %s: %d min, want %d", tt.span, tt.day, got, tt.minutes)
		}
	}
}

func drawInterval(t *rapid.T) (time.Time, time.Time) {
	from := time.Unix(rapid.Int64Range(946857600, 4102444800).Draw(t, "from"), 0)
	return from, from.Add(time.Duration(rapid.Int64Range(0, 40*86400).Draw(t, "length")) * time.Second)
}

func TestClockProperties(t *testing.T) {
	office := mustCompile(t, Config{Timezone: "Europe/Warsaw", Holidays: "pl", Hours: hours(weekdays, "09:00-12:00", "13:00-17:00")})
	always := mustCompile(t, Config{Timezone: "Australia/Lord_Howe", Hours: hours(allDays, "00:00-24:00")})
	plain := mustCompile(t, Config{Timezone: "Asia/Kathmandu", Hours: hours(weekdays, "09:00-17:30")})
	rapid.Check(t, func(t *rapid.T) {
		a, c := drawInterval(t)
		b := a.Add(time.Duration(rapid.Int64Range(0, int64(c.Sub(a))).Draw(t, "middle"))).Truncate(time.Second)
		whole := office.Elapsed(a, c)
		if parts := office.Elapsed(a, b) + office.Elapsed(b, c); parts != whole {
			t.Fatalf("%d in parts, %d in one", parts, whole)
		}
		calendar := c.Unix() - a.Unix()
		if whole < 0 || whole > calendar {
			t.Fatalf("%d s of %d", whole, calendar)
		}
		if got := always.Elapsed(a, c); got != calendar {
			t.Fatalf("never closed, and yet %d s of %d", got, calendar)
		}
		if office.Elapsed(c, a) != 0 {
			t.Fatal("a clock ran backwards")
		}
		weeks := time.Duration(rapid.IntRange(0, 50).Draw(t, "weeks")) * 7 * 24 * time.Hour
		if plain.Elapsed(a, c) != plain.Elapsed(a.Add(weeks), c.Add(weeks)) && c.Add(weeks).Year() < 2100 {
			t.Fatal("without holidays and clock changes, weeks differ")
		}
		sum := int64(0)
		for _, sp := range office.OpenSpans(a, c) {
			if !sp.From.Before(sp.To) || sp.From.Before(a) || sp.To.After(c) {
				t.Fatalf("span %v is not within", sp)
			}
			sum += sp.To.Unix() - sp.From.Unix()
		}
		if sum != whole {
			t.Fatalf("spans add up to %d, elapsed is %d", sum, whole)
		}
		deadline, ok := office.Deadline(a, whole)
		if !ok || deadline.After(c) || office.Elapsed(a, deadline) != whole {
			t.Fatalf("the deadline of %d s is %v, %v", whole, deadline, ok)
		}
		if whole > 0 && office.Elapsed(a, deadline.Add(-time.Second)) >= whole {
			t.Fatalf("%v is not the earliest", deadline)
		}
	})
}

func TestDeadlines(t *testing.T) {
	s := mustCompile(t, Config{Timezone: "Europe/Warsaw", Holidays: "pl", Hours: hours(weekdays, "09:00-17:00")})
	for _, tt := range []struct {
		from   string
		target int64
		want   string
	}{
		{"2026-10-23T15:00:00+02:00", 4 * 3600, "2026-10-26T11:00:00+01:00"},
		{"2026-02-14T12:00:00+01:00", 3600, "2026-02-16T10:00:00+01:00"},
		{"2025-12-23T16:00:00+01:00", 2 * 3600, "2025-12-29T10:00:00+01:00"},
		{"2026-02-10T15:00:00+01:00", 2 * 3600, "2026-02-10T17:00:00+01:00"},
		{"2026-02-10T20:00:00+01:00", 0, "2026-02-10T20:00:00+01:00"},
	} {
		if got, ok := s.Deadline(at(t, tt.from), tt.target); !ok || !got.Equal(at(t, tt.want)) {
			t.Errorf("%d s from %s: %v %v, want %s", tt.target, tt.from, got, ok, tt.want)
		}
	}
	if _, ok := s.Deadline(at(t, "2100-12-30T12:00:00Z"), 1e6); ok {
		t.Error("a deadline after the last year")
	}
}

func TestVersionsExceptionsAndFiles(t *testing.T) {
	s := mustCompile(t, Config{
		Timezone: "Europe/Warsaw", Hours: hours(weekdays, "09:00-17:00"), Holidays: "pl",
		Closed:       []string{"2026-05-04"},
		Open:         map[string][]string{"2026-05-03": {"10:00-12:00"}},
		HolidaysFile: "days.ics",
		Files: fstest.MapFS{"days.ics": {Data: []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260615\r\n" +
			"SUMMARY:Święto\r\n  firmy\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")}},
		Versions: []Config{
			{Version: "summer", ValidFrom: "2026-07-01", ValidTo: "2026-08-31", Hours: hours(weekdays, "08:00-14:00")},
			{Version: "old", ValidTo: "2025-12-31", Hours: hours(weekdays, "10:00-16:00"), Holidays: "none"},
		},
	})
	for _, tt := range []struct {
		day   string
		hours int64
		why   string
	}{
		{"2026-04-30", 8, "an ordinary Thursday"},
		{"2026-05-01", 0, "Święto Pracy"},
		{"2026-05-02", 0, "Saturday"},
		{"2026-05-03", 2, "a holiday and a Sunday, open by exception"},
		{"2026-05-04", 0, "closed by exception"},
		{"2026-06-15", 0, "from the file"},
		{"2027-06-15", 0, "from the file, the next year"},
		{"2028-06-15", 0, "from the file, the year after"},
		{"2026-06-30", 8, "before the summer"},
		{"2026-07-01", 6, "the summer's first"},
		{"2026-08-31", 6, "the summer's last"},
		{"2026-09-01", 8, "after the summer"},
		{"2025-12-31", 6, "the old hours' last"},
		{"2025-05-01", 6, "the old hours knew no holidays"},
	} {
		noon := at(t, tt.day+"T09:00:00Z")
		midnight := at(t, tt.day+"T00:00:00Z").Add(-2 * time.Hour)
		if got := s.Elapsed(midnight, midnight.Add(25*time.Hour)) / 3600; got != tt.hours {
			t.Errorf("%s, %s: %d h, want %d", tt.day, tt.why, got, tt.hours)
		}
		if s.IsOpen(noon) != (tt.hours > 0) {
			t.Errorf("%s, %s: open before noon is %v", tt.day, tt.why, s.IsOpen(noon))
		}
	}
	// A wait over a change of hours is counted by both.
	if got := s.Elapsed(at(t, "2026-06-30T14:00:00Z"), at(t, "2026-07-01T07:00:00Z")); got != 3600+3600 {
		t.Errorf("over the change of hours: %d s, want 2 h", got)
	}
	if got := s.Version(at(t, "2026-07-15T12:00:00Z")); got != "summer" {
		t.Errorf("version %q in July, want summer", got)
	}
	if got := s.Holiday(at(t, "2026-06-15T12:00:00Z")); got != "Święto firmy" {
		t.Errorf("holiday %q, want the file's name", got)
	}
	if got := s.Holiday(at(t, "2026-05-03T12:00:00Z")); got != "" {
		t.Errorf("holiday %q on a day that is open", got)
	}
}

func TestBeyondTheYears(t *testing.T) {
	s := mustCompile(t, Config{Timezone: "UTC", Hours: hours(allDays, "00:00-24:00")})
	old, far := at(t, "1970-01-01T00:00:00Z"), at(t, "9999-01-01T00:00:00Z")
	if s.Covers(old) || s.Covers(far) || !s.Covers(at(t, "2000-01-01T00:00:00Z")) || !s.Covers(at(t, "2100-12-31T23:59:59Z")) {
		t.Error("covers the wrong years")
	}
	if got, want := s.Elapsed(old, far), int64(endDay-firstDay)*daySeconds; got != want {
		t.Errorf("%d s, want the years that there are, %d", got, want)
	}
	if s.IsOpen(old) || s.IsOpen(far) {
		t.Error("open beyond the years")
	}
}

func TestCompileErrors(t *testing.T) {
	week := hours(weekdays, "09:00-17:00")
	for _, tt := range []struct {
		config Config
		want   string
	}{
		{Config{Hours: week}, "timezone"},
		{Config{Timezone: "Local", Hours: week}, "timezone"},
		{Config{Timezone: "Europe/Warszawa", Hours: week}, `timezone "Europe/Warszawa"`},
		{Config{Timezone: "../etc/passwd", Hours: week}, "timezone"},
		{Config{Timezone: "UTC"}, "never open"},
		{Config{Timezone: "UTC", Hours: hours([]string{"pon"}, "09:00-17:00")}, `hours: no day is called "pon"`},
		{Config{Timezone: "UTC", Hours: hours([]string{"mon"}, "09:00-17:00", "16:00-18:00")}, `hours.mon[1] "16:00-18:00": overlaps`},
		{Config{Timezone: "UTC", Hours: hours([]string{"mon"}, "13:00-17:00", "09:00-12:00")}, `hours.mon[1] "09:00-12:00": overlaps or precedes`},
		{Config{Timezone: "UTC", Hours: hours([]string{"mon"}, "17:00-09:00")}, `hours.mon[0] "17:00-09:00": ends before`},
		{Config{Timezone: "UTC", Hours: hours([]string{"mon"}, "09:00-09:00")}, "empty"},
		{Config{Timezone: "UTC", Hours: hours([]string{"mon"}, "09:00-24:01")}, `"24:01" is not a time`},
		{Config{Timezone: "UTC", Hours: hours([]string{"mon"}, "9-17")}, `"9" is not a time`},
		{Config{Timezone: "UTC", Hours: hours([]string{"mon"}, "09:00")}, "not a span"},
		{Config{Timezone: "UTC", Hours: week, Closed: []string{"2026-02-30"}}, `closed[0]: "2026-02-30" is not a date`},
		{Config{Timezone: "UTC", Hours: week, Closed: []string{"1999-02-03"}}, "outside of the years"},
		{Config{Timezone: "UTC", Hours: week, Open: map[string][]string{"2026-02-03": {"x"}}}, `open.2026-02-03[0] "x"`},
		{Config{Timezone: "UTC", Hours: week, Holidays: "fr"}, "cz, de, en-GB, pl or none"},
		{Config{Timezone: "UTC", Hours: week, HolidaysFile: "x.ics"}, "holidays_file: x.ics"},
		{Config{Timezone: "UTC", Hours: week, HolidaysFile: "x.ics", Files: fstest.MapFS{}}, "holidays_file"},
		{Config{Timezone: "UTC", Hours: week, ValidFrom: "2026-02-03", ValidTo: "2026-02-02"}, "valid_to: 2026-02-02 is before"},
		{Config{Timezone: "UTC", Hours: week, ValidFrom: "now"}, "valid_from"},
		{Config{Timezone: "UTC", Hours: week, Versions: []Config{{Hours: week}}}, "versions[0].valid_from"},
		{Config{Timezone: "UTC", Hours: week, Versions: []Config{{ValidFrom: "2026-01-01"}}}, "versions[0].hours"},
		{Config{Timezone: "UTC", Hours: week, Versions: []Config{{ValidFrom: "2026-01-01", Timezone: "UTC", Hours: week}}}, "versions[0].timezone"},
		{Config{Timezone: "UTC", Hours: week, Versions: []Config{
			{ValidFrom: "2026-01-01", Hours: week},
			{ValidTo: "2026-06-01", Hours: week},
		}}, "versions[1]: overlaps versions[0] on 2026-01-01"},
		{Config{Name: "desk", Timezone: "UTC"}, `calendar "desk": hours`},
	} {
		if _, err := Compile(tt.config); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v:\n got %v\nwant %s", tt.config, err, tt.want)
		}
	}
}

func TestSet(t *testing.T) {
	week := hours(weekdays, "09:00-17:00")
	set, err := CompileAll([]Config{
		{Name: "vip", Timezone: "UTC", Hours: week, Match: Match{Priority: "urgent", Source: "shop"}},
		{Name: "returns", Timezone: "UTC", Hours: week, Match: Match{Inbox: "zwroty"}},
		{Name: "night", Timezone: "UTC", Hours: week, Match: Match{Team: "night"}},
		{Name: "all", Timezone: "UTC", Hours: week},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		c    odzew.Conversation
		want string
	}{
		{odzew.Conversation{Source: "shop", Priority: "urgent", Inbox: "zwroty"}, "vip"},
		{odzew.Conversation{Source: "bank", Priority: "urgent", Inbox: "zwroty"}, "returns"},
		{odzew.Conversation{Team: "night"}, "night"},
		{odzew.Conversation{}, "all"},
	} {
		if got := set.For(&tt.c).Name(); got != tt.want {
			t.Errorf("%+v is measured by %s, want %s", tt.c, got, tt.want)
		}
	}
	if _, err := CompileAll([]Config{{Timezone: "UTC", Hours: week, Match: Match{Inbox: "x"}}}); err == nil {
		t.Error("a set that leaves conversations without a calendar")
	}
	if _, err := CompileAll([]Config{{Timezone: "UTC"}}); err == nil || !strings.Contains(err.Error(), "calendars[0]") {
		t.Errorf("error without its place: %v", err)
	}
}

func BenchmarkElapsed(b *testing.B) {
	s := mustCompile(b, Config{Timezone: "Europe/Warsaw", Holidays: "pl", Hours: hours(weekdays, "09:00-12:00", "13:00-17:00")})
	rng := rand.New(rand.NewPCG(1, 2))
	type interval struct{ from, to time.Time }
	const million = 1_000_000
	intervals := make([]interval, million)
	for i := range intervals {
		from := time.Unix(1767225600+rng.Int64N(3*365*86400), 0)
		intervals[i] = interval{from, from.Add(time.Duration(rng.Int64N(40*86400)) * time.Second)}
	}
	total := int64(0)
	for b.Loop() { // one round is a million intervals of up to 40 days
		for _, iv := range intervals {
			total += s.Elapsed(iv.from, iv.to)
		}
	}
	if total == 0 {
		b.Fatal("nothing was open")
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		mustCompile(b, Config{Timezone: "Europe/Warsaw", Holidays: "pl", Hours: hours(weekdays, "09:00-12:00", "13:00-17:00")})
	}
}
