// Package calendar measures time within opening hours.
//
// A Config is what a desk writes down: a zone, spans of local time for each day
// of the week, holidays and exceptions, perhaps in several versions. Compile
// turns it into a Schedule: the open intervals of all days from 2000 to 2100 as
// UTC seconds, with running sums, so that a question costs two binary searches.
//
// Rules of this package:
//
//   - Pure: no clock, no log, no network. The one file that a Config may name is
//     read through the fs.FS that comes with it.
//   - Intervals are half-open, [from, to), in whole seconds.
//   - The desk is open at exactly those instants at which its local clock shows a
//     time within a span of that local date. So a span that a clock change skips
//     is empty, one that a clock change repeats counts twice, and the day is as
//     long as it really was. No boundary is ever asked of time.Date, which
//     promises nothing in a gap or an overlap; offsets come from the zone's own
//     transitions.
//   - Before 2000 and after 2100 a schedule is closed; Covers tells.
package calendar

import (
	"sort"
	"time"
	_ "time/tzdata" // zones must be the same on every machine that has none of its own

	"odzew"
)

// The first day that a schedule covers, and the first that it no longer does.
var (
	firstDay = dayOf(2000, time.January, 1)
	endDay   = dayOf(2101, time.January, 1)
)

const daySeconds = 24 * 60 * 60

// A day counts local dates from 1970-01-01, whatever the zone.
type day int32

func dayOf(y int, m time.Month, d int) day {
	return day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

func (d day) time() time.Time       { return time.Unix(int64(d)*daySeconds, 0).UTC() }
func (d day) weekday() time.Weekday { return d.time().Weekday() }
func (d day) String() string        { return d.time().Format(time.DateOnly) }

// A Schedule is a compiled calendar. It is immutable: one may be shared by any
// number of goroutines.
type Schedule struct {
	name     string
	match    Match
	zone     *time.Location
	open     []interval // in order, neither touching nor overlapping
	holidays map[day]string
	versions []version
}

// An interval is open time in UTC seconds; before is how much there was of it in
// all intervals before this one.
type interval struct{ from, to, before int64 }

// A Span is a stretch of time, [From, To), in UTC.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Name is the name in the schedule's Config.
func (s *Schedule) Name() string { return s.name }

// Zone is where the schedule's local dates are.
func (s *Schedule) Zone() *time.Location { return s.zone }

// Covers says whether t is within the years for which the schedule is built.
func (s *Schedule) Covers(t time.Time) bool {
	d := s.localDay(t)
	return d >= firstDay && d < endDay
}

// Version names the version in force on the local date of t; empty where the
// Config has none for that date.
func (s *Schedule) Version(t time.Time) string {
	if v := versionOn(s.versions, s.localDay(t)); v != nil {
		return v.name
	}
	return ""
}

// Holiday names the holiday on the local date of t, or returns "".
func (s *Schedule) Holiday(t time.Time) string { return s.holidays[s.localDay(t)] }

// IsOpen says whether t is within opening hours.
func (s *Schedule) IsOpen(t time.Time) bool {
	u := t.Unix()
	i := s.lastFrom(u)
	return i >= 0 && u < s.open[i].to
}

// Elapsed is the open time in [from, to), in seconds. It is 0 if to is not after
// from: a clock never runs backwards. Fractions of a second are cut off.
func (s *Schedule) Elapsed(from, to time.Time) int64 {
	return max(0, s.openBefore(to.Unix())-s.openBefore(from.Unix()))
}

// Deadline is the earliest instant t at or after from with Elapsed(from, t) equal
// to seconds. It is false if the schedule has not that much open time left.
func (s *Schedule) Deadline(from time.Time, seconds int64) (time.Time, bool) {
	u := from.Unix()
	if seconds <= 0 {
		return time.Unix(u, 0).UTC(), true
	}
	before := s.openBefore(u)
	i := sort.Search(len(s.open), func(i int) bool {
		iv := s.open[i]
		return iv.before+iv.to-iv.from-before >= seconds
	})
	if i == len(s.open) {
		return time.Time{}, false
	}
	iv := s.open[i]
	return time.Unix(iv.from+seconds-(iv.before-before), 0).UTC(), true
}

// OpenSpans lists the open time within [from, to), in order: the parts of which
// Elapsed is the sum.
func (s *Schedule) OpenSpans(from, to time.Time) []Span {
	a, b := from.Unix(), to.Unix()
	var spans []Span
	for i := max(0, s.lastFrom(a)); i < len(s.open) && s.open[i].from < b; i++ {
		lo, hi := max(a, s.open[i].from), min(b, s.open[i].to)
		if lo < hi {
			spans = append(spans, Span{time.Unix(lo, 0).UTC(), time.Unix(hi, 0).UTC()})
		}
	}
	return spans
}

// lastFrom is the index of the last interval that begins at or before u, or -1.
func (s *Schedule) lastFrom(u int64) int {
	lo, hi := 0, len(s.open)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if s.open[mid].from <= u {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// openBefore is all open time before u.
func (s *Schedule) openBefore(u int64) int64 {
	i := s.lastFrom(u)
	if i < 0 {
		return 0
	}
	iv := s.open[i]
	return iv.before + min(u, iv.to) - iv.from
}

// add appends an interval that begins at or after the end of the last one.
func (s *Schedule) add(from, to int64) {
	n := len(s.open)
	if n == 0 {
		s.open = append(s.open, interval{from: from, to: to})
		return
	}
	last := &s.open[n-1]
	if last.to == from {
		last.to = to
		return
	}
	s.open = append(s.open, interval{from, to, last.before + last.to - last.from})
}

// build lays out the open intervals. It walks the zone's transitions: between two
// of them the offset is constant, so a local time is a UTC second, and the part of
// a date's span that lies between the two is what is added. Within a stretch the
// dates, and within a date the spans, come in order, so the intervals do too.
func (s *Schedule) build(spansOn func(day) []clockSpan) {
	end := int64(endDay+2) * daySeconds
	for lo := int64(firstDay-2) * daySeconds; lo < end; {
		off := s.offset(lo)
		hi := s.nextTransition(lo, end)
		first := max(firstDay, day(floorDiv(lo+off, daySeconds)))
		last := min(endDay-1, day(floorDiv(hi-1+off, daySeconds)))
		for d := first; d <= last; d++ {
			midnight := int64(d)*daySeconds - off
			for _, sp := range spansOn(d) {
				a, b := max(lo, midnight+int64(sp.from)), min(hi, midnight+int64(sp.to))
				if a < b {
					s.add(a, b)
				}
			}
		}
		lo = hi
	}
}

// offset is the zone's offset from UTC at u, in seconds.
func (s *Schedule) offset(u int64) int64 {
	_, offset := time.Unix(u, 0).In(s.zone).Zone()
	return int64(offset)
}

// nextTransition is the first second after u with another offset than at u, or
// end. It looks a day ahead at a time, and then closes in. (Time.ZoneBounds would
// say it in one go, but for years that a zone's file gives by rule only, it ends
// a leap year a day early and may return the very time that it was asked for.)
func (s *Schedule) nextTransition(u, end int64) int64 {
	off := s.offset(u)
	for u+daySeconds < end && s.offset(u+daySeconds) == off {
		u += daySeconds
	}
	return u + int64(sort.Search(int(min(daySeconds, end-u)), func(i int) bool {
		return s.offset(u+int64(i)) != off
	}))
}

func (s *Schedule) localDay(t time.Time) day {
	return day(floorDiv(t.Unix()+s.offset(t.Unix()), daySeconds))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// A Set is the calendars of a desk. The first that matches a conversation is the
// one that measures it.
type Set []*Schedule

// For is the schedule of a conversation; nil only for an empty Set.
func (set Set) For(c *odzew.Conversation) *Schedule {
	for _, s := range set {
		if s.match.matches(c) {
			return s
		}
	}
	return nil
}
