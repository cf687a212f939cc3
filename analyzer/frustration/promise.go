package frustration

import (
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"odzew/lexicon"
)

// Promises: the times that the desk named for its own doing.
//
// Rules of this file:
//
//   - It is the only one that ever sees what the company wrote, and it gives back a
//     time and the words that name it, nothing else: no score can come out of it.
//   - A promise is a word of doing ("oddzwonimy", "we'll") and a time ("do jutra do
//     17", "within two working days") in one sentence, the time in the clause of the
//     word or in the one beside it. Questions, offers, conditions, denials, opening
//     hours and the doings of banks are none.
//   - A date without an hour means 17:00 there; a time of day alone means the next
//     such time. A week ends on Friday.
//   - Linear in the length of the text. The words stand in words.go.

// A Promise is a time that the desk named for its own doing.
type Promise struct {
	Message string    // the ID of the message that made it
	Made    time.Time // when
	Due     time.Time
	Quote   string // the words that made it
	// Start and End are the bytes of the quote in the text.
	Start, End int
	State      PromiseState
}

// PromiseState is what became of a promise.
type PromiseState string

// The states of promises.
const (
	PromisePending PromiseState = "pending" // not due yet, not kept yet
	PromiseKept    PromiseState = "kept"
	PromiseBroken  PromiseState = "broken"
)

// A Place is where a desk's words are meant: its zone, and its days of work.
type Place struct {
	Zone *time.Location // nil: UTC
	// Working says whether the local date of t is a day of work. Nil: Monday to
	// Friday are.
	Working func(t time.Time) bool
}

// endOfWork is the hour that a date without an hour means.
const endOfWork = 17

// maxPromiseText is how far into a text promises are looked for: a desk's letter is
// no longer, a pasted log is.
const maxPromiseText = 16 << 10

// FindPromise finds the promise in a text that the desk sent at a time. Of several
// it is the first one that a message can keep (to call, to answer), else the first.
func FindPromise(text string, at time.Time, place Place) (Promise, bool) {
	if place.Zone == nil {
		place.Zone = time.UTC
	}
	if len(text) > maxPromiseText {
		text = text[:maxPromiseText]
	}
	buf := tokens.Get().(*[]token)
	defer tokens.Put(buf)
	*buf = tokenize((*buf)[:0], text)
	r := reader{text: text, at: at.In(place.Zone), place: place, toks: *buf}
	var found Promise
	ok := false
	for i := 0; i < len(r.toks); {
		j := i
		for j < len(r.toks) && r.toks[j].kind != kindEnd {
			j++
		}
		asked := j < len(r.toks) && r.toks[j].mark == '?'
		if p, contact, is := r.sentence(i, j, asked); is {
			if contact {
				return p, true
			}
			if !ok {
				found, ok = p, true
			}
		}
		i = j + 1
	}
	return found, ok
}

// tokens is memory that calls use again: every message of a desk is read.
var tokens = sync.Pool{New: func() any { return new([]token) }}

// The kinds of tokens.
const (
	kindWord   = iota
	kindNumber // digits
	kindMark   // , ; : . - / ( ) within a sentence
	kindEnd    // the end of a sentence
)

type token struct {
	start, end int
	kind       uint8
	glued      bool // no space before it
	mark       rune
	word       word
	number     int // of digits, and of words for numbers; -1 if none
	digits     int // how many
}

// tokenize cuts a text into words, numbers and marks.
func tokenize(toks []token, text string) []token {
	var buf [32]byte
	space := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		start := i
		switch {
		case r >= '0' && r <= '9':
			n := 0
			for i < len(text) && text[i] >= '0' && text[i] <= '9' {
				if i-start < 6 {
					n = n*10 + int(text[i]-'0')
				}
				i++
			}
			toks = append(toks, token{start: start, end: i, kind: kindNumber, glued: !space, number: n, digits: i - start})
			space = false
		case unicode.IsLetter(r):
			w := buf[:0]
			for i < len(text) {
				r, size := utf8.DecodeRuneInString(text[i:])
				if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && r != '\'' && r != '’' {
					break
				}
				if _, f := lexicon.Fold(r); f != 0 && len(w)+utf8.UTFMax <= cap(buf) {
					w = utf8.AppendRune(w, f)
				}
				i += size
			}
			t := token{start: start, end: i, kind: kindWord, glued: !space, number: -1, word: words[string(w)]}
			if t.word.class == classNumber {
				t.number = t.word.value
			}
			if cut := len(w) - 3; t.word.class == 0 && cut > 0 && string(w[cut:]) == "'ll" {
				t.word = word{class: classWill}
			}
			toks = append(toks, t)
			space = false
		case r == '\n':
			i += size
			if endsLine(text, i) {
				toks = append(toks, token{start: start, end: i, kind: kindEnd, number: -1})
			}
			space = true
		case r == '.' || r == '!' || r == '?' || r == '…':
			i += size
			for i < len(text) && (text[i] == '.' || text[i] == '!' || text[i] == '?') {
				if text[i] == '?' {
					r = '?'
				}
				i++
			}
			k := uint8(kindEnd)
			if r == '.' && !endsSentence(toks, text, i) {
				k = kindMark
			}
			toks = append(toks, token{start: start, end: i, kind: k, glued: !space, mark: r, number: -1})
			space = false
		case unicode.IsSpace(r):
			i += size
			space = true
		default:
			i += size
			if r == '–' || r == '—' || r == '−' {
				r = '-'
			}
			toks = append(toks, token{start: start, end: i, kind: kindMark, glued: !space, mark: r, number: -1})
			space = false
		}
	}
	return toks
}

// endsLine says whether a line break before text[i:] ends a sentence: mail programs
// also break lines within one.
func endsLine(text string, i int) bool {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return !unicode.IsLower(r) && !unicode.IsDigit(r)
}

// endsSentence says whether a full stop before text[i:] ends a sentence.
func endsSentence(toks []token, text string, i int) bool {
	if i >= len(text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(text[i:])
	if !unicode.IsSpace(next) {
		return false // 19.06, 4.2, p.m.
	}
	if len(toks) == 0 {
		return true
	}
	last := toks[len(toks)-1]
	if last.word.class == classAbbreviation {
		return false
	}
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	next, _ = utf8.DecodeRuneInString(text[i:])
	if last.word.class == classAtHour && unicode.IsDigit(next) {
		return false // "ok. 14"
	}
	return last.kind != kindNumber || !unicode.IsLower(next) // "15. czerwca"
}

// A reader reads the sentences of one text.
type reader struct {
	text  string
	toks  []token
	at    time.Time
	place Place
}

// sentence finds the promise in toks[from:to]; contact says that a message keeps it.
func (r *reader) sentence(from, to int, asked bool) (p Promise, contact, ok bool) {
	if asked {
		return p, false, false
	}
	clauseStart := from
	for i := from; i <= to; i++ {
		if i < to && !clauseEdge(r.toks[i]) {
			continue
		}
		if p, contact, ok = r.clause(from, to, clauseStart, i); ok {
			return p, contact, true
		}
		clauseStart = i + 1
	}
	return p, false, false
}

func clauseEdge(t token) bool {
	if t.kind != kindMark {
		return false
	}
	switch t.mark {
	case ',', ';', ':', '(', ')':
		return !t.glued || t.mark != ':'
	case '-':
		return !t.glued
	}
	return false
}

// clause finds a promise whose word stands in toks[start:end], in the sentence
// toks[from:to].
func (r *reader) clause(from, to, start, end int) (p Promise, contact, ok bool) {
	at, noun := -1, false
	for i := start; i < end; i++ {
		w := r.toks[i].word
		switch w.class {
		case classCondition, classHedge, classVeto:
			return p, false, false
		case classContact:
			// "we reply within a day", not "please reply within a day"
			if w.value == needsSubject && at < 0 && !r.subject(start, i) {
				continue
			}
			contact = true
		case classDoing, classWill:
		case classNoun:
			if at < 0 {
				at, noun, contact = i, true, true
			}
			continue
		default:
			continue
		}
		if (at < 0 || noun) && !r.denied(start, i) {
			at, noun = i, false
		}
	}
	if at < 0 {
		return p, false, false
	}
	w, ok := r.when(start, end)
	if next := r.clauseEnd(end+1, to); !ok && (!noun || r.mark(end, to, ':')) {
		// "Wysyłka jutro po południu, obiecuję"; "potwierdzam: wtorek, 17-19".
		if w, ok = r.when(end+1, next); !ok && start > from {
			prev := start - 1
			for prev > from && !clauseEdge(r.toks[prev-1]) {
				prev--
			}
			w, ok = r.when(prev, start-1)
		}
	}
	if !ok {
		return p, false, false
	}
	if w.end < to && !w.hasHour {
		// An hour may stand behind a comma of its own: "wtorek 27.01, 17:00-19:00".
		if h, is := r.when(w.end+1, r.clauseEnd(w.end+1, to)); is && h.hasHour && !h.hasDay && h.start == w.end+1 {
			w.hour, w.minute, w.hasHour, w.end = h.hour, h.minute, true, h.end
		}
	}
	if w.today && !w.hasHour && !contact {
		return p, false, false // "wyślemy dziś" tells what is being done, and no message follows it
	}
	if c := r.class(w.end, to); w.isSpan() && (c == classSince || c == classFrom) {
		return p, false, false // so many days from something that has yet to happen
	}
	due, ok := r.due(w)
	if !ok {
		return p, false, false
	}
	lo, hi := min(at, w.start), max(at+1, w.end)
	p = Promise{Made: r.at.UTC(), Due: due.UTC(), Start: r.toks[lo].start, End: r.toks[hi-1].end, State: PromisePending}
	p.Quote = strings.Join(strings.Fields(r.text[p.Start:p.End]), " ")
	return p, contact, true
}

func (r *reader) clauseEnd(start, to int) int {
	for start < to && !clauseEdge(r.toks[start]) {
		start++
	}
	return min(start, to)
}

// subject says whether "we" or "I" stands before a word that is a promise only then:
// "we reply within a day", not "please reply within a day".
func (r *reader) subject(start, i int) bool {
	for j := i - 1; j >= start && j >= i-3; j-- {
		if r.toks[j].word.class == classWe {
			return true
		}
	}
	return false
}

// denied says whether a negator stands close before a word.
func (r *reader) denied(start, i int) bool {
	for j := i - 1; j >= start && j >= i-2; j-- {
		if r.toks[j].word.class == classNot {
			return true
		}
	}
	return i+1 < len(r.toks) && r.toks[i+1].word.class == classNot && r.toks[i].word.class == classWill
}

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
