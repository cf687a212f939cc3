package calendar

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// An iCalendar file (RFC 5545), read for one thing: which whole days it makes
// free. Of its events this takes SUMMARY, DTSTART, DTEND or DURATION in days, and
// RRULE where it is a plain yearly one. An event at a time of day, or with another
// recurrence, is an error with its line: a holiday that is quietly left out would
// make every wait over it too long.

const (
	maxICS      = 1 << 20 // bytes; a century of holidays has a tenth of it
	maxICSDays  = 62      // the longest event: a summer's closure, not a mistyped year
	icsDate     = "20060102"
	icsMidnight = "T000000"
)

// parseICS returns the days of a file by date, with the events' names. Errors begin with
// the line's number.
func parseICS(r io.Reader) (map[day]string, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf(" %w", err)
	}
	if len(data) > maxICS {
		return nil, fmt.Errorf(" longer than %d bytes; take a file of holidays only", maxICS)
	}
	days := map[day]string{}
	var ev *icsEvent
	seen := false
	err = icsLines(data, func(n int, line string) error {
		head, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil // RFC 5545 has no such line; no date can hide in it
		}
		name, _, _ := strings.Cut(head, ";")
		switch name = strings.ToUpper(strings.TrimSpace(name)); {
		case name == "BEGIN" && strings.EqualFold(value, "VEVENT"):
			if ev != nil {
				return errors.New("an event begins within another")
			}
			ev = &icsEvent{}
		case name == "END" && strings.EqualFold(value, "VEVENT"):
			if ev == nil {
				return errors.New("an event ends that never began")
			}
			done := ev
			ev, seen = nil, true
			return done.addTo(days)
		case ev != nil:
			return ev.set(name, value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if ev != nil {
		return nil, errors.New(" the file ends within an event")
	}
	if !seen {
		return nil, errors.New(" no events; is it an iCalendar file?")
	}
	return days, nil
}

// icsLines calls f for every logical line, with the number of its first physical
// one. A line that begins with a space or a tab goes on from the one before.
func icsLines(data []byte, f func(n int, line string) error) error {
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, maxICS+1)
	var line strings.Builder
	n, first := 0, 0
	flush := func() error {
		if line.Len() == 0 {
			return nil
		}
		err := f(first, line.String())
		line.Reset()
		if err != nil {
			return fmt.Errorf("%d: %w", first, err)
		}
		return nil
	}
	for sc.Scan() {
		n++
		text := strings.TrimSuffix(sc.Text(), "\r")
		if n > 1 && text != "" && (text[0] == ' ' || text[0] == '\t') {
			line.WriteString(text[1:])
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		first = n
		line.WriteString(text)
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf(" %w", err)
	}
	return flush()
}

// An icsEvent is a VEVENT while it is read.
type icsEvent struct {
	name       string
	start, end time.Time
	days       int // of DURATION
	yearly     bool
	every      int // years
	count      int // 0: no bound
	until      time.Time
	cancelled  bool
}

func (ev *icsEvent) set(name, value string) (err error) {
	switch name {
	case "SUMMARY":
		ev.name = strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, " ", `\N`, " ", `\\`, `\`).Replace(value)
	case "DTSTART":
		ev.start, err = icsDay(name, value)
	case "DTEND":
		ev.end, err = icsDay(name, value)
	case "DURATION":
		ev.days, err = icsDuration(value)
	case "RRULE":
		err = ev.recur(value)
	case "STATUS":
		ev.cancelled = strings.EqualFold(value, "CANCELLED")
	case "RDATE", "EXDATE", "RECURRENCE-ID":
		err = fmt.Errorf("%s is not understood; write the dates as events of their own", name)
	}
	return err
}

func icsDay(name, value string) (time.Time, error) {
	t, err := time.Parse(icsDate, strings.TrimSuffix(strings.TrimSuffix(value, "Z"), icsMidnight))
	if err != nil {
		return t, fmt.Errorf("%s %q is not a whole day; write it as %s;VALUE=DATE:20260502", name, value, name)
	}
	return t, nil
}

func icsDuration(value string) (int, error) {
	for suffix, length := range map[string]int{"D": 1, "W": 7} {
		number, ok := strings.CutSuffix(strings.TrimPrefix(value, "P"), suffix)
		if n, err := strconv.Atoi(number); ok && err == nil && n > 0 && n <= maxICSDays {
			return n * length, nil
		}
	}
	return 0, fmt.Errorf("DURATION %q is not a number of days; write it as P1D", value)
}

func (ev *icsEvent) recur(value string) error {
	ev.every = 1
	for part := range strings.SplitSeq(value, ";") {
		key, v, _ := strings.Cut(part, "=")
		var err error
		switch strings.ToUpper(key) {
		case "FREQ":
			ev.yearly = strings.EqualFold(v, "YEARLY")
		case "INTERVAL":
			ev.every, err = strconv.Atoi(v)
		case "COUNT":
			ev.count, err = strconv.Atoi(v)
			if err == nil && ev.count < 1 {
				err = strconv.ErrRange
			}
		case "UNTIL":
			date, _, _ := strings.Cut(v, "T")
			ev.until, err = time.Parse(icsDate, date)
		case "WKST": // has no meaning for whole years
		default: // BYDAY and the like would move the date from year to year
			err = strconv.ErrSyntax
		}
		if err != nil || ev.every < 1 || ev.every > 100 {
			return fmt.Errorf("RRULE %q: %s is not understood; only FREQ=YEARLY with INTERVAL, COUNT and UNTIL is", value, part)
		}
	}
	if !ev.yearly {
		return fmt.Errorf("RRULE %q: only FREQ=YEARLY is understood; write other dates as events of their own", value)
	}
	return nil
}

// addTo marks the event's days. Days outside of a schedule's years are dropped.
func (ev *icsEvent) addTo(days map[day]string) error {
	if ev.cancelled {
		return nil
	}
	if ev.start.IsZero() {
		return errors.New("the event has no DTSTART")
	}
	length := max(1, ev.days)
	if !ev.end.IsZero() {
		length = max(1, int(dayOf(ev.end.Date())-dayOf(ev.start.Date())))
		if ev.end.Before(ev.start) {
			return errors.New("the event's DTEND is before its DTSTART")
		}
	}
	if length > maxICSDays {
		return fmt.Errorf("the event lasts %d days; at most %d are believed", length, maxICSDays)
	}
	name := ev.name
	if name == "" {
		name = "holiday"
	}
	y, m, d := ev.start.Date()
	for n := 0; ; y += max(1, ev.every) {
		date := dayOf(y, m, d)
		if date >= endDay || (n > 0 && (!ev.yearly || (ev.count > 0 && n >= ev.count))) ||
			(!ev.until.IsZero() && date > dayOf(ev.until.Date())) {
			return nil
		}
		if date.time().Day() == d { // 29 February comes only in leap years
			n++
			for i := range length {
				if at := date + day(i); at >= firstDay && at < endDay {
					days[at] = name
				}
			}
		}
	}
}
