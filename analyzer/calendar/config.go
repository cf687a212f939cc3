package calendar

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"odzew"
)

// A Config is a calendar as people write it. The zero value of a field means
// that it was left out.
type Config struct {
	Name  string `yaml:"name"`
	Match Match  `yaml:"match"`
	// Timezone is an IANA name, such as Europe/Warsaw.
	Timezone string `yaml:"timezone"`
	// Hours are the spans of each day of the week, mon to sun, as "09:00-17:00";
	// the last may end at 24:00. A day left out is closed.
	Hours map[string][]string `yaml:"hours"`
	// Holidays is a built-in set (see HolidaySets), or "none".
	Holidays string `yaml:"holidays"`
	// HolidaysFile names an iCalendar file in Files; its days are closed too.
	HolidaysFile string `yaml:"holidays_file"`
	// Closed are further closed dates, as 2026-05-02.
	Closed []string `yaml:"closed"`
	// Open are dates with hours of their own. They win over everything else.
	Open map[string][]string `yaml:"open"`
	// ValidFrom and ValidTo are the first and the last date on which the hours
	// hold. Outside of them the schedule is closed.
	ValidFrom string `yaml:"valid_from"`
	ValidTo   string `yaml:"valid_to"`
	// Version names these hours, for reports.
	Version string `yaml:"version"`
	// Versions hold hours for other times. On its dates a version replaces the
	// hours above it, and the holidays where it names some; closed and open dates
	// add up. It has no zone, name, match or versions of its own.
	Versions []Config `yaml:"versions"`
	// Files is where HolidaysFile is opened.
	Files fs.FS `yaml:"-"`
}

// A Match says which conversations a calendar measures. An empty field matches
// everything.
type Match struct {
	Source   string `yaml:"source"`
	Inbox    string `yaml:"inbox"`
	Team     string `yaml:"team"`
	Priority string `yaml:"priority"`
}

func (m Match) matches(c *odzew.Conversation) bool {
	return (m.Source == "" || m.Source == c.Source) &&
		(m.Inbox == "" || m.Inbox == c.Inbox) &&
		(m.Team == "" || m.Team == c.Team) &&
		(m.Priority == "" || m.Priority == c.Priority)
}

// A version is the compiled rules of one stretch of dates, [from, to].
type version struct {
	name     string
	from, to day
	week     [7][]clockSpan // by time.Weekday
	closed   map[day]bool
	holidays map[day]string
	open     map[day][]clockSpan
}

// A clockSpan is a part of a day, in seconds of the local clock.
type clockSpan struct{ from, to int32 }

// CompileAll compiles the calendars of a desk. The last must match every
// conversation, so that none is left without one.
func CompileAll(configs []Config) (Set, error) {
	set := make(Set, 0, len(configs))
	for i, c := range configs {
		s, err := Compile(c)
		if err != nil {
			return nil, fmt.Errorf("calendars[%d]: %w", i, err)
		}
		set = append(set, s)
	}
	if n := len(configs); n == 0 || configs[n-1].Match != (Match{}) {
		return nil, errors.New("calendars: the last one must be without match, so that it serves every conversation that no other does")
	}
	return set, nil
}

// Compile checks a Config and builds its Schedule. Errors name the field.
func Compile(c Config) (*Schedule, error) {
	s, err := compile(c)
	if err != nil && c.Name != "" {
		return nil, fmt.Errorf("calendar %q: %w", c.Name, err)
	}
	return s, err
}

func compile(c Config) (*Schedule, error) {
	if c.Timezone == "" || c.Timezone == "Local" {
		return nil, errors.New("timezone: missing; name one, such as Europe/Warsaw")
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return nil, fmt.Errorf("timezone %q: no such zone; use an IANA name, such as Europe/Warsaw", c.Timezone)
	}
	s := &Schedule{name: c.Name, match: c.Match, zone: zone, holidays: map[day]string{}}
	base, err := compileVersion(c)
	if err != nil {
		return nil, err
	}
	for i, vc := range c.Versions {
		v, err := compileNested(c, vc)
		if err != nil {
			return nil, fmt.Errorf("versions[%d].%w", i, err)
		}
		for j, other := range s.versions {
			if v.from <= other.to && other.from <= v.to {
				return nil, fmt.Errorf("versions[%d]: overlaps versions[%d] on %v; set valid_from and valid_to so that one holds at a time",
					i, j, max(v.from, other.from))
			}
		}
		s.versions = append(s.versions, v)
	}
	s.versions = append(s.versions, base) // last: it serves where no other does
	s.build(func(d day) []clockSpan {
		v := versionOn(s.versions, d)
		if v == nil {
			return nil
		}
		spans, holiday := v.on(d)
		if holiday != "" {
			s.holidays[d] = holiday
		}
		return spans
	})
	if len(s.open) == 0 {
		return nil, errors.New("hours: never open; give at least one day a span, such as mon: [\"09:00-17:00\"]")
	}
	return s, nil
}

// compileNested compiles a version with what it takes over from the calendar
// that it is part of.
func compileNested(c, v Config) (version, error) {
	switch {
	case v.Timezone != "":
		return version{}, errors.New("timezone: a version shares its calendar's zone; for another, write another calendar")
	case v.Name != "" || v.Match != (Match{}):
		return version{}, errors.New("match: a version shares its calendar's name and match; for others, write another calendar")
	case len(v.Versions) > 0:
		return version{}, errors.New("versions: a version cannot have versions")
	case v.ValidFrom == "" && v.ValidTo == "":
		return version{}, errors.New("valid_from: missing; a version says from when or until when it holds")
	case len(v.Hours) == 0:
		return version{}, errors.New("hours: missing; a version states all its hours")
	}
	v.Files = c.Files
	if v.Holidays == "" {
		v.Holidays = c.Holidays
	}
	if v.HolidaysFile == "" {
		v.HolidaysFile = c.HolidaysFile
	}
	v.Closed = slices.Concat(c.Closed, v.Closed)
	open := maps.Clone(c.Open)
	if open == nil {
		open = map[string][]string{}
	}
	maps.Copy(open, v.Open)
	v.Open = open
	return compileVersion(v)
}

func compileVersion(c Config) (v version, err error) {
	v = version{name: c.Version, from: firstDay, to: endDay - 1, closed: map[day]bool{}, open: map[day][]clockSpan{}}
	if c.ValidFrom != "" {
		if v.from, err = parseDay(c.ValidFrom); err != nil {
			return v, fmt.Errorf("valid_from: %w", err)
		}
	}
	if c.ValidTo != "" {
		if v.to, err = parseDay(c.ValidTo); err != nil {
			return v, fmt.Errorf("valid_to: %w", err)
		}
	}
	if v.to < v.from {
		return v, fmt.Errorf("valid_to: %v is before valid_from %v", v.to, v.from)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Hours)) {
		weekday := slices.Index(weekdayNames[:], name)
		if weekday < 0 {
			return v, fmt.Errorf("hours: no day is called %q; use mon, tue, wed, thu, fri, sat, sun", name)
		}
		if v.week[weekday], err = parseSpans(c.Hours[name]); err != nil {
			return v, fmt.Errorf("hours.%s%w", name, err)
		}
	}
	for i, text := range c.Closed {
		d, err := parseDay(text)
		if err != nil {
			return v, fmt.Errorf("closed[%d]: %w", i, err)
		}
		v.closed[d] = true
	}
	for _, text := range slices.Sorted(maps.Keys(c.Open)) {
		d, err := parseDay(text)
		if err != nil {
			return v, fmt.Errorf("open: %w", err)
		}
		if v.open[d], err = parseSpans(c.Open[text]); err != nil {
			return v, fmt.Errorf("open.%s%w", text, err)
		}
	}
	if v.holidays, err = holidayMap(c.Holidays); err != nil {
		return v, fmt.Errorf("holidays: %w", err)
	}
	if c.HolidaysFile != "" {
		if err := addFile(v.holidays, c.Files, c.HolidaysFile); err != nil {
			return v, fmt.Errorf("holidays_file: %w", err)
		}
	}
	return v, nil
}

func addFile(into map[day]string, files fs.FS, name string) error {
	if files == nil {
		return fmt.Errorf("%s: nowhere to read it from", name)
	}
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() // read only
	days, err := parseICS(io.LimitReader(f, maxICS+1))
	if err != nil {
		return fmt.Errorf("%s:%w", name, err)
	}
	maps.Copy(into, days)
	return nil
}

// on is what the version says of a date: its spans, and the holiday if that is
// why it has none.
func (v *version) on(d day) (spans []clockSpan, holiday string) {
	if spans, ok := v.open[d]; ok {
		return spans, ""
	}
	if name := v.holidays[d]; name != "" {
		return nil, name
	}
	if v.closed[d] {
		return nil, ""
	}
	return v.week[d.weekday()], ""
}

func versionOn(versions []version, d day) *version {
	for i := range versions {
		if versions[i].from <= d && d <= versions[i].to {
			return &versions[i]
		}
	}
	return nil
}

var weekdayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday

// parseDay reads a date such as 2026-05-02, within the years of a schedule.
func parseDay(text string) (day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date; write it as 2026-05-02", text)
	}
	d := dayOf(t.Date())
	if d < firstDay || d >= endDay {
		return 0, fmt.Errorf("%s is outside of the years 2000 to 2100", text)
	}
	return d, nil
}

// parseSpans reads the spans of one day. They must be in order and apart.
// Errors begin with the index: `[1] "17:00-09:00": …`.
func parseSpans(texts []string) ([]clockSpan, error) {
	spans := make([]clockSpan, 0, len(texts))
	for i, text := range texts {
		sp, err := parseSpan(text)
		if err != nil {
			return nil, fmt.Errorf("[%d] %q: %w", i, text, err)
		}
		if i > 0 && sp.from < spans[i-1].to {
			return nil, fmt.Errorf("[%d] %q: overlaps or precedes %q; write the spans of a day in order and apart", i, text, texts[i-1])
		}
		spans = append(spans, sp)
	}
	return spans, nil
}

func parseSpan(text string) (clockSpan, error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return clockSpan{}, errors.New("not a span; write it as 09:00-17:00")
	}
	a, err := parseClock(from)
	if err != nil {
		return clockSpan{}, err
	}
	b, err := parseClock(to)
	if err != nil {
		return clockSpan{}, err
	}
	switch {
	case a == b:
		return clockSpan{}, errors.New("empty; a whole day is 00:00-24:00, a closed day is left out")
	case b < a:
		return clockSpan{}, errors.New("ends before it starts; a span over midnight is two: one to 24:00, and one from 00:00 on the next day")
	}
	return clockSpan{a, b}, nil
}

// parseClock reads HH:MM, 00:00 to 24:00, as seconds of the local clock.
func parseClock(text string) (int32, error) {
	text = strings.TrimSpace(text)
	hh, mm, _ := strings.Cut(text, ":")
	h, errH := strconv.ParseUint(hh, 10, 8)
	m, errM := strconv.ParseUint(mm, 10, 8)
	if errH != nil || errM != nil || len(hh) > 2 || len(mm) != 2 || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("%q is not a time of day; write it as 09:00, the end of a day as 24:00", text)
	}
	return int32(h*60+m) * 60, nil
}
