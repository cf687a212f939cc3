package calendar

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func event(lines ...string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

func TestICS(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"one day", event("DTSTART;VALUE=DATE:20260502", "SUMMARY:Długi weekend"), "2026-05-02"},
		{"the end is exclusive", event("DTSTART;VALUE=DATE:20260502", "DTEND;VALUE=DATE:20260505"), "2026-05-02 2026-05-03 2026-05-04"},
		{"midnight to midnight", event("DTSTART:20260502T000000", "DTEND:20260503T000000"), "2026-05-02"},
		{"duration", event("DTSTART;VALUE=DATE:20260502", "DURATION:P2D"), "2026-05-02 2026-05-03"},
		{"weeks", event("DTSTART;VALUE=DATE:20260803", "DURATION:P1W"), "2026-08-03 2026-08-04 2026-08-05 2026-08-06 2026-08-07 2026-08-08 2026-08-09"},
		{"yearly, counted", event("DTSTART;VALUE=DATE:20260502", "RRULE:FREQ=YEARLY;COUNT=2"), "2026-05-02 2027-05-02"},
		{"yearly, until", event("DTSTART;VALUE=DATE:20260502", "RRULE:FREQ=YEARLY;UNTIL=20280501"), "2026-05-02 2027-05-02"},
		{"every other year", event("DTSTART;VALUE=DATE:20260502", "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=2"), "2026-05-02 2028-05-02"},
		{"leap days", event("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;COUNT=2"), "2024-02-29 2028-02-29"},
		{"cancelled", event("DTSTART;VALUE=DATE:20260502", "STATUS:CANCELLED"), ""},
		{"before the years", event("DTSTART;VALUE=DATE:19980502"), ""},
		{"folded and with CRLF", strings.ReplaceAll(event("DTSTART;VALU\n E=DATE:2026\n\t0502"), "\n", "\r\n"), "2026-05-02"},
		{"properties of other components", "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nDTSTART:19700329T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU\nEND:VTIMEZONE\n" + event("DTSTART;VALUE=DATE:20260502"), "2026-05-02"},
	} {
		days, err := parseICS(strings.NewReader(tt.file))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, d := range slices.Sorted(maps.Keys(days)) {
			got = append(got, d.String())
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, text, tt.want)
		}
	}
}

func TestICSErrors(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"no calendar", "closed on Mondays\n", "no events"},
		{"cut off", "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260502\n", "ends within an event"},
		{"at a time of day", event("DTSTART:20260502T100000Z"), `4: DTSTART "20260502T100000Z" is not a whole day`},
		{"no such date", event("DTSTART;VALUE=DATE:20260231"), "4: DTSTART"},
		{"no start", event("SUMMARY:x"), "5: the event has no DTSTART"},
		{"ends before it starts", event("DTSTART;VALUE=DATE:20260502", "DTEND;VALUE=DATE:20260501"), "6: the event's DTEND"},
		{"endless", event("DTSTART;VALUE=DATE:20260502", "DTEND;VALUE=DATE:29260502"), "lasts"},
		{"weekly", event("DTSTART;VALUE=DATE:20260502", "RRULE:FREQ=WEEKLY"), "5: RRULE"},
		{"by weekday", event("DTSTART;VALUE=DATE:20260502", "RRULE:FREQ=YEARLY;BYDAY=-1SU"), "BYDAY=-1SU is not understood"},
		{"exceptions", event("DTSTART;VALUE=DATE:20260502", "EXDATE;VALUE=DATE:20270502"), "5: EXDATE"},
		{"duration in hours", event("DTSTART;VALUE=DATE:20260502", "DURATION:PT8H"), "5: DURATION"},
		{"an event in an event", "BEGIN:VEVENT\nBEGIN:VEVENT\n", "2: an event begins within another"},
		{"an end without an event", "END:VEVENT\n", "1: an event ends that never began"},
		{"too long", strings.Repeat("X-PADDING:0\n", maxICS/10), "longer than"},
	} {
		if _, err := parseICS(strings.NewReader(tt.file)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\n got %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

func FuzzICS(f *testing.F) {
	f.Add(event("DTSTART;VALUE=DATE:20260502", "DTEND;VALUE=DATE:20260505", "RRULE:FREQ=YEARLY;COUNT=3;INTERVAL=2", "SUMMARY:a\\, b"))
	f.Add(event("DTSTART:20260502T000000Z", "DURATION:P2W", "STATUS:CANCELLED"))
	f.Add("BEGIN:VEVENT\r\nDTST\r\n ART:20240229\r\nRRULE:FREQ=YEARLY;UNTIL=20500101T000000Z\r\nEND:VEVENT")
	f.Fuzz(func(t *testing.T, file string) {
		days, err := parseICS(strings.NewReader(file))
		if err != nil && len(days) > 0 {
			t.Fatal("days beside an error")
		}
		for d, name := range days {
			if d < firstDay || d >= endDay || name == "" {
				t.Fatalf("day %v is called %q", d, name)
			}
		}
	})
}

func FuzzSpans(f *testing.F) {
	f.Add("09:00-12:00", "13:00-24:00")
	f.Add("0:00-24:00", "")
	f.Add("17:00-09:00", "9-17")
	f.Fuzz(func(t *testing.T, a, b string) {
		spans, err := parseSpans([]string{a, b})
		if err != nil {
			return
		}
		end := int32(0)
		for _, sp := range spans {
			if sp.from < end || sp.to <= sp.from || sp.to > daySeconds {
				t.Fatalf("%q and %q are read as %v", a, b, spans)
			}
			end = sp.to
		}
	})
}
