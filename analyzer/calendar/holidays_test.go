package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Dates as published: the Polish ones by calendars of the years, the British ones by
// gov.uk's list of bank holidays, the German and Czech ones by the ministries' lists.
func TestHolidays(t *testing.T) {
	for _, tt := range []struct {
		set  string
		year int
		want string
	}{
		{"pl", 2010, "01-01 04-04 04-05 05-01 05-03 05-23 06-03 08-15 11-01 11-11 12-25 12-26"},
		{"pl", 2018, "01-01 01-06 04-01 04-02 05-01 05-03 05-20 05-31 08-15 11-01 11-11 11-12 12-25 12-26"},
		{"pl", 2024, "01-01 01-06 03-31 04-01 05-01 05-03 05-19 05-30 08-15 11-01 11-11 12-25 12-26"},
		{"pl", 2026, "01-01 01-06 04-05 04-06 05-01 05-03 05-24 06-04 08-15 11-01 11-11 12-24 12-25 12-26"},
		{"en-GB", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-26 12-28"},
		{"en-GB", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-26 12-27 12-28"},
		{"en-GB", 2022, "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27"},
		{"en-GB", 2023, "01-01 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"},
		{"de", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"},
		{"de", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		{"cz", 2015, "01-01 04-06 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26"},
		{"cz", 2026, "01-01 04-03 04-06 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26"},
		{"pl", 1999, ""},
		{"pl", 2101, ""},
	} {
		days, err := Holidays(tt.set, tt.year)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range days {
			if d.Name == "" || d.Date.Year() != tt.year {
				t.Errorf("%s %d: odd holiday %+v", tt.set, tt.year, d)
			}
			got = append(got, d.Date.Format("01-02"))
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s %d:\n got %s\nwant %s", tt.set, tt.year, text, tt.want)
		}
	}
	if _, err := Holidays("xx", 2026); err == nil {
		t.Error("holidays of an unknown set")
	}
	if !slices.Equal(HolidaySets(), []string{"cz", "de", "en-GB", "pl"}) {
		t.Errorf("sets %v", HolidaySets())
	}
}

// Easter by an independent way: the Sunday after the first ecclesiastical full moon
// from 21 March on, that moon taken from the golden number and the epact (Clavius).
func TestEaster(t *testing.T) {
	for year := 2000; year <= 2100; year++ {
		golden := year%19 + 1
		century := year/100 + 1
		x := 3*century/4 - 12
		z := (8*century+5)/25 - 5
		d := 5*year/4 - x - 10
		e := ((11*golden+20+z-x)%30 + 30) % 30
		if (e == 25 && golden > 11) || e == 24 {
			e++
		}
		n := 44 - e
		if n < 21 {
			n += 30
		}
		n += 7 - (d+n)%7
		want := dayOf(year, time.March, n)
		if got := easterSunday(year); got != want || got.weekday() != time.Sunday {
			t.Errorf("Easter %d is %v, want %v", year, got, want)
		}
	}
	for year, want := range map[int]string{2000: "2000-04-23", 2008: "2008-03-23", 2026: "2026-04-05", 2038: "2038-04-25", 2100: "2100-03-28"} {
		if got := easterSunday(year).String(); got != want {
			t.Errorf("Easter %d is %s, want %s", year, got, want)
		}
	}
}
