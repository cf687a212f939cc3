package frustration

import "time"

// Times of a promise: spans ("within 24 hours"), days ("w poniedziałek", "jutro"),
// dates and hours, and the instant that they come to.

// A when is a time as words name it; start and end are tokens.
type when struct {
	start, end int
	hasDay     bool
	today      bool
	day        time.Time // a local date
	hasHour    bool
	hour       int
	minute     int
	length     time.Duration // from now on
	days       int           // calendar days from now on
	working    int           // days of work from now on
}

func (w when) isSpan() bool { return w.length > 0 || w.days > 0 || w.working > 0 }
func (w when) some() bool   { return w.hasDay || w.hasHour || w.isSpan() }

// when reads the first time in toks[start:end], with all its parts.
func (r *reader) when(start, end int) (w when, ok bool) {
	end = min(end, len(r.toks))
	for i := start; i < end; i++ {
		switch r.toks[i].word.class {
		case classVeto, classCondition, classHedge:
			return w, false
		}
	}
	return r.scan(start, end)
}

// scan is when, whatever words stand beside the time.
func (r *reader) scan(start, end int) (w when, ok bool) {
	gap := 0
	for i := start; i < end; {
		n := r.span(i, end, &w)
		if n == 0 {
			n = r.dayAt(i, end, &w)
		}
		if n == 0 {
			n = r.hourAt(i, end, &w)
		}
		if n == 0 {
			if w.some() {
				if gap++; gap > 4 {
					break // what follows is about something else
				}
			}
			i++
			continue
		}
		if w.start == w.end {
			w.start = i
		}
		i += n
		w.end, gap = i, 0
	}
	return w, w.some()
}

func (r *reader) class(i, end int) class {
	if i < end {
		return r.toks[i].word.class
	}
	return 0
}

func (r *reader) mark(i, end int, mark rune) bool {
	return i < end && r.toks[i].kind == kindMark && r.toks[i].mark == mark
}

// span reads a length of time that begins now: "w ciągu 24 godzin", "za dwa dni",
// "within an hour", "do 5 dni roboczych". It returns how many tokens that took.
func (r *reader) span(i, end int, w *when) int {
	start := i
	if c := r.class(i, end); c != classWithin && c != classBy && !(i > 0 && r.mark(i-1, end, ':')) {
		return 0
	}
	by := r.class(i, end) == classBy
	for ; i < end; i++ {
		c := r.class(i, end)
		if c == classNext && r.class(i+1, end) == classUnit && r.toks[i+1].word.value == unitWeek {
			return 0 // next week is no length
		}
		if c != classWithin && c != classBy && c != classFiller && c != classAnd && c != classNext {
			break
		}
	}
	n, half := -1, false
	if i < end && r.toks[i].number >= 0 && r.toks[i].kind != kindMark {
		n = r.toks[i].number
		i++
		if r.mark(i, end, '-') && i+1 < end && r.toks[i+1].kind == kindNumber { // 2-3 days: the later
			n = r.toks[i+1].number
			i += 2
		}
	} else if r.class(i, end) == classHalf {
		half = true
		i++
	}
	for r.class(i, end) == classFiller {
		i++
	}
	working := false
	if r.class(i, end) == classWorking {
		working = true
		i++
	}
	if r.class(i, end) != classUnit || by && n < 0 {
		return 0
	}
	unit := r.toks[i].word.value
	i++
	if r.class(i, end) == classWorking {
		working = true
		i++
	}
	unsaid := n < 0
	if unsaid {
		n = 1
	}
	if n == 0 || n > 365 {
		return 0
	}
	switch unit {
	case unitMinute:
		w.length = time.Duration(n) * time.Minute
	case unitQuarter:
		w.length = time.Duration(n) * 15 * time.Minute
	case unitHour:
		w.length = time.Duration(n) * time.Hour
		if half {
			w.length /= 2
		}
	case unitDay:
		switch {
		case working:
			w.working = n
		case unsaid: // "w ciągu dnia"
			w.day, w.hasDay, w.today = dateAt(r.at), true, true
		default:
			w.days = n
		}
	case unitFullDay:
		w.length = time.Duration(n) * 24 * time.Hour
	case unitWeek:
		w.days = 7 * n
	case unitMonth:
		w.days = 30 * n
	}
	if working && unit == unitHour {
		w.working, w.length = (n+7)/8, 0
	}
	return i - start
}

// dayAt reads a date: "jutro", "w poniedziałek", "15 kwietnia", "27.01", "June 9th",
// "do końca tygodnia".
func (r *reader) dayAt(i, end int, w *when) int {
	if r.class(i, end) == classSince {
		return 0
	}
	if i > 0 && (r.toks[i-1].word.class == classSince || r.toks[i-1].word.class == classLast) {
		return 0
	}
	today := dateAt(r.at)
	set := func(t time.Time, n int) int {
		w.day, w.hasDay = t, true
		return n
	}
	tok := r.toks[i]
	switch tok.word.class {
	case classDay:
		if w.hasDay {
			return 1
		}
		if tok.word.value == 0 {
			w.today = true
		}
		return set(today.AddDate(0, 0, tok.word.value), 1)
	case classTonight:
		if !w.hasDay {
			w.today = true
			w.hour, w.minute, w.hasHour = 24, 0, true
		}
		return set(today, 1)
	case classWeekday:
		if w.hasDay { // a date says it already: "do środy 15 kwietnia"
			return 1
		}
		ahead := (tok.word.value - int(today.Weekday()) + 7) % 7
		if ahead == 0 {
			ahead = 7
		}
		return set(today.AddDate(0, 0, ahead), 1)
	case classEnd:
		for j := i + 1; j < end && j <= i+3; j++ {
			switch {
			case r.toks[j].word.class == classUnit && r.toks[j].word.value == unitDay:
				w.hour, w.minute, w.hasHour = endOfWork, 0, true
				if !w.hasDay && r.class(j+1, end) == classDay { // "by end of day tomorrow"
					return set(today.AddDate(0, 0, r.toks[j+1].word.value), j+2-i)
				}
				if !w.hasDay {
					w.today = true
					return set(today, j+1-i)
				}
				return j + 1 - i
			case r.toks[j].word.class == classUnit && r.toks[j].word.value == unitWeek:
				return set(friday(today), j+1-i)
			case r.toks[j].word.class == classUnit && r.toks[j].word.value == unitMonth:
				return set(time.Date(today.Year(), today.Month()+1, 0, 0, 0, 0, 0, time.UTC), j+1-i)
			case r.toks[j].word.class == classWeekday:
				return 1
			}
		}
	case classNext:
		if i+1 < end && r.toks[i+1].word.class == classUnit && r.toks[i+1].word.value == unitWeek {
			return set(friday(today.AddDate(0, 0, 7)), 2)
		}
	case classThis:
		if i+1 < end && r.toks[i+1].word.class == classUnit && r.toks[i+1].word.value == unitWeek {
			return set(friday(today), 2)
		}
		if !w.hasDay && r.class(i+1, end) == classDayPart { // "this afternoon"
			w.today = true
			return set(today, 1)
		}
	case classMonth:
		if i+1 < end && r.toks[i+1].kind == kindNumber && r.toks[i+1].number >= 1 && r.toks[i+1].number <= 31 && r.toks[i+1].digits <= 2 {
			if t, ok := dateOf(today, r.toks[i+1].number, tok.word.value, 0); ok {
				return set(t, r.ordinalEnd(i+2, end)-i)
			}
		}
	}
	if tok.kind != kindNumber || tok.digits > 4 {
		return 0
	}
	return r.numericDate(i, end, today, set)
}

// numericDate reads a date that begins with a number.
func (r *reader) numericDate(i, end int, today time.Time, set func(time.Time, int) int) int {
	tok := r.toks[i]
	if tok.digits == 4 { // 2026-06-19
		if i+4 < end && r.mark(i+1, end, '-') && r.mark(i+3, end, '-') && r.toks[i+2].kind == kindNumber && r.toks[i+4].kind == kindNumber {
			if t, ok := dateOf(today, r.toks[i+4].number, r.toks[i+2].number, tok.number); ok {
				return set(t, 5)
			}
		}
		return 0
	}
	if tok.number < 1 || tok.number > 31 || tok.digits > 2 {
		return 0
	}
	j := r.ordinalEnd(i+1, end)
	if r.mark(j, end, '.') && j+1 < end && r.toks[j+1].word.class == classMonth {
		j++
	}
	if r.class(j, end) == classFiller {
		j++ // "the 9th of June"
	}
	if r.class(j, end) == classMonth {
		year := 0
		if j+1 < end && r.toks[j+1].digits == 4 {
			year = r.toks[j+1].number
		}
		if t, ok := dateOf(today, tok.number, r.toks[j].word.value, year); ok {
			if year > 0 {
				j++
			}
			return set(t, j+1-i)
		}
		return 0
	}
	for _, sep := range []rune{'.', '/'} { // 27.01, 27.01.2026
		if i+2 < end && r.mark(i+1, end, sep) && r.toks[i+1].glued && r.toks[i+2].kind == kindNumber && r.toks[i+2].glued && r.toks[i+2].digits <= 2 {
			year, n := 0, 3
			if i+4 < end && r.mark(i+3, end, sep) && r.toks[i+4].digits == 4 {
				year, n = r.toks[i+4].number, 5
			}
			if t, ok := dateOf(today, tok.number, r.toks[i+2].number, year); ok {
				return set(t, n)
			}
			return 0
		}
	}
	if end := r.ordinalEnd(i+1, end); end > i+1 { // "do 15-go", "by the 9th"
		t := time.Date(today.Year(), today.Month(), tok.number, 0, 0, 0, 0, time.UTC)
		if t.Before(today) {
			t = time.Date(today.Year(), today.Month()+1, tok.number, 0, 0, 0, 0, time.UTC)
		}
		if t.Day() == tok.number {
			return set(t, end-i)
		}
	}
	return 0
}

// ordinalEnd skips what makes a number an ordinal: 9th, 15-go, 15-tego.
func (r *reader) ordinalEnd(i, end int) int {
	if r.class(i, end) == classOrdinal && r.toks[i].glued {
		return i + 1
	}
	if r.mark(i, end, '-') && r.class(i+1, end) == classOrdinal && r.toks[i+1].glued {
		return i + 2
	}
	return i
}

// hourAt reads a time of day: "do 17", "do godz. 17:30", "o 15", "przed południem",
// "między 10 a 14", "17:00-19:00", "9-11", "by 5 pm". Of two it is the later.
func (r *reader) hourAt(i, end int, w *when) int {
	start := i
	lead := false // a word before says that this is a time
	between := false
words:
	for ; i < end; i++ {
		switch c := r.class(i, end); {
		case c == classBy, c == classAtHour, c == classWithin, c == classHourWord:
			lead = true
		case c == classBetween:
			lead, between = true, true
		case lead && (c == classFiller || c == classUnit && r.toks[i].word.value == unitHour || r.mark(i, end, '.')):
		case c == classAbbreviation && r.toks[i].word.value == isHour:
			lead = true
			if r.mark(i+1, end, '.') {
				i++
			}
		default:
			break words
		}
	}
	switch r.class(i, end) {
	case classNoon:
		if lead {
			w.hour, w.minute, w.hasHour = 12, 0, true
			return i + 1 - start
		}
	case classDayPart:
		if w.hasDay || lead {
			w.hour, w.minute, w.hasHour = r.toks[i].word.value, 0, true
			return i + 1 - start
		}
	}
	if i >= end || r.toks[i].kind != kindNumber {
		return 0
	}
	h, m, clock, n := r.clock(i, end)
	if n == 0 {
		return 0
	}
	i += n
	ranged := false
	if c := r.class(i, end); r.mark(i, end, '-') || between && (c == classAnd || c == classBy || c == classNumber) {
		if h2, m2, c2, n2 := r.clock(i+1, end); n2 > 0 {
			h, m, clock, ranged = h2, m2, clock || c2, true
			i += 1 + n2
		}
	}
	if !clock && !lead && !(ranged && w.hasDay) {
		return 0
	}
	if c := r.class(i, end); !clock && (c == classUnit || c == classWorking || c == classMonth || c == classMoney) {
		return 0 // "do 5 dni", "o 100 zł"
	}
	if !clock && h >= 1 && h <= 6 {
		h += 12 // no desk means five in the morning
	}
	w.hour, w.minute, w.hasHour = h, m, true
	return i - start
}

// clock reads 17, 17:30, 17.30, 5 pm, 24h excluded; clock says that nothing but a
// time of day looks like that.
func (r *reader) clock(i, end int) (h, m int, clock bool, n int) {
	if i >= end || r.toks[i].kind != kindNumber || r.toks[i].digits > 2 || r.toks[i].number > 24 {
		return 0, 0, false, 0
	}
	h, n = r.toks[i].number, 1
	if i+2 < end && (r.mark(i+1, end, ':') || r.mark(i+1, end, '.')) && r.toks[i+1].glued && r.toks[i+2].glued &&
		r.toks[i+2].kind == kindNumber && r.toks[i+2].digits == 2 && r.toks[i+2].number < 60 {
		m, n, clock = r.toks[i+2].number, 3, r.toks[i+1].mark == ':'
		if !clock && m > 0 && m <= 12 {
			return 0, 0, false, 0 // 19.06 is a date
		}
	}
	switch r.class(i+n, end) {
	case classPM:
		if h < 12 {
			h += 12
		}
		return h, m, true, n + 1
	case classAM:
		return h % 12, m, true, n + 1
	}
	return h, m, clock, n
}

// due says when a time is over.
func (r *reader) due(w when) (time.Time, bool) {
	if w.length > 0 {
		return r.at.Add(w.length), true
	}
	day := dateAt(r.at)
	local := func(h, m int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), h, m, 0, 0, r.place.Zone)
	}
	switch {
	case w.hasDay:
		day = w.day
	case w.days > 0:
		day = day.AddDate(0, 0, w.days)
	case w.working > 0:
		for n := w.working; n > 0; {
			day = day.AddDate(0, 0, 1)
			if r.workday(day) {
				n--
			}
		}
	case w.hasHour:
		due := local(w.hour, w.minute)
		if !due.After(r.at) {
			day = day.AddDate(0, 0, 1)
			due = local(w.hour, w.minute)
		}
		return due, true
	}
	hour, minute := endOfWork, 0
	if w.hasHour {
		hour, minute = w.hour, w.minute
	}
	due := local(hour, minute)
	if !w.hasHour && !due.After(r.at) && w.today {
		due = local(24, 0)
	}
	return due, due.After(r.at)
}

// workday says whether a local date is a day of work.
func (r *reader) workday(day time.Time) bool {
	noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, r.place.Zone)
	if r.place.Working != nil {
		return r.place.Working(noon)
	}
	d := noon.Weekday()
	return d != time.Saturday && d != time.Sunday
}

// dateAt is the local date of a time, as midnight UTC.
func dateAt(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// friday is that of the week of a day; of the next one on a weekend.
func friday(day time.Time) time.Time {
	return day.AddDate(0, 0, (int(time.Friday)-int(day.Weekday())+7)%7)
}

// dateOf is the date by day and month, in the year given or, at 0, the one in which
// it is not long past.
func dateOf(today time.Time, day, month, year int) (time.Time, bool) {
	if month < 1 || month > 12 {
		return time.Time{}, false
	}
	y := year
	if y == 0 {
		y = today.Year()
	}
	t := time.Date(y, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year == 0 && today.Sub(t) > 60*24*time.Hour {
		t = time.Date(y+1, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	}
	return t, t.Day() == day && t.Sub(today) < 400*24*time.Hour
}
