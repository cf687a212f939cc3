package frustration

import (
	"strings"
	"time"

	"odzew"
	"odzew/lexicon"
)

// Facts: what customers state beside a signal: by when an ultimatum wants it, how often
// they say that they wrote, how long they say that they wait.
//
// Rules of this file:
//
//   - A fact is read from the sentence that is quoted for the signal, the date of an
//     ultimatum also from the rest of the message. None is guessed: no number, no fact.
//   - Times are read as those of promises are (promise_when.go).
//   - What customers say is theirs to say. It stands beside what was measured and
//     weighs nothing.

// state fills in what the customer's words state of a reason.
func (a *assessment) state(r *odzew.Reason, said *Message) {
	switch r.Signal {
	case "ultimatum":
		for _, text := range []string{r.Quote, said.Text} {
			if due, ok := Deadline(text, said.At, a.Place); ok {
				r.Due = &due
				return
			}
		}
	case "repeat_contact":
		if r.Count == 0 {
			r.Count = newReader(r.Quote, said.At, a.Place).contacts()
		}
	case "waiting":
		r.Seconds = int64(newReader(r.Quote, said.At, a.Place).waited() / time.Second)
	}
}

func newReader(text string, at time.Time, place Place) *reader {
	if place.Zone == nil {
		place.Zone = time.UTC
	}
	if len(text) > maxPromiseText {
		text = text[:maxPromiseText]
	}
	return &reader{text: text, toks: tokenize(nil, text), at: at.In(place.Zone), place: place}
}

// Deadline is the time by which a text, written at a time, wants something done: the
// first that a word like "do", "by" or "within" leads to; else today or tomorrow; else
// a length that is given ("macie 3 dni").
func Deadline(text string, at time.Time, place Place) (time.Time, bool) {
	r := newReader(text, at, place)
	n := len(r.toks)
	for _, leads := range []func(i int) bool{
		func(i int) bool { return r.class(i, n) == classBy || r.class(i, n) == classWithin },
		func(i int) bool {
			return (r.class(i, n) == classDay || r.class(i, n) == classTonight) && (i == 0 || r.class(i-1, n) != classSince)
		},
	} {
		for i := range r.toks {
			if !leads(i) {
				continue
			}
			w, ok := r.scan(i, r.clauseEnd(i, n))
			if !ok || w.start > i+2 || w.hasHour && !w.hasDay && !w.isSpan() && w.minute == 0 && !r.alone(w.end) {
				continue
			}
			if due, ok := r.due(w); ok && due.After(r.at) {
				return due.UTC(), true
			}
		}
	}
	for i := range r.toks {
		if d := r.length(i + 1); d > 0 && gives[r.word(i)] {
			return r.at.Add(d).UTC(), true
		}
	}
	return time.Time{}, false
}

// alone says whether nothing follows a time of day, from token i on, that it might be the
// number of: "do 17.", "by 5 pm", not "do 5 osób".
func (r *reader) alone(i int) bool {
	switch r.class(i-1, len(r.toks)) {
	case classPM, classAM, classNoon:
		return true
	}
	return i >= len(r.toks) || r.toks[i].kind != kindWord || r.toks[i].word.class == classCondition || joins[r.word(i)]
}

// word is a token as it is written, folded.
func (r *reader) word(i int) string {
	if i >= len(r.toks) || r.toks[i].kind != kindWord {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if _, f := lexicon.Fold(c); f != 0 {
			return f
		}
		return -1 // a mark on the letter before it
	}, r.text[r.toks[i].start:r.toks[i].end])
}

// length is that of "3 tygodnie", "ponad dwa miesiące", "a week", from token i on; 0
// where none is.
func (r *reader) length(i int) time.Duration {
	for skipped := 0; skipped < 2 && fillers[r.word(i)]; skipped++ {
		i++
	}
	n := 1
	if i < len(r.toks) && r.toks[i].kind != kindMark && r.toks[i].number > 0 {
		n = r.toks[i].number
		i++
		if r.class(i, len(r.toks)) == classWorking || fillers[r.word(i)] {
			i++
		}
	}
	return time.Duration(min(n, 999)) * lengths[r.word(i)]
}

// contacts is how often the customer says that they got in touch: "trzeci raz", "five
// emails", "twice"; 0 where they do not.
func (r *reader) contacts() int {
	for i := range r.toks {
		w := r.word(i)
		if n := times[w]; n > 0 {
			return n
		}
		n := max(r.toks[i].number, 0)
		for stem, value := range ordinals {
			if rest, is := strings.CutPrefix(w, stem); is && len(rest) <= 3 && r.toks[i].word.class != classWeekday {
				n = value
			}
		}
		if n >= 2 && n <= 99 && (contactNouns[r.word(i+1)] || i > 0 && r.word(i-1) == "raz" || contactNouns[r.word(i+2)] && r.class(i+1, len(r.toks)) != classUnit) {
			return n
		}
	}
	return 0
}

// waited is how long the customer says that they wait: "3 tygodnie", "od 12 maja",
// "since Monday"; 0 where they do not. A length that something was to take is none.
func (r *reader) waited() time.Duration {
	n := len(r.toks)
	for i := range r.toks {
		if r.class(i, n) == classSince {
			if day, ok := r.past(i + 1); ok {
				return dateAt(r.at).Sub(day)
			}
		}
		if i > 0 && (r.class(i-1, n) == classWithin || r.class(i-1, n) == classBy || r.mark(i-1, n, '-') || r.mark(i+1, n, '-')) {
			continue // what it was to take: "within 2 days", "3-5 days"
		}
		if d := r.length(i); d > 0 && (r.toks[i].number > 0 || i > 0 && (r.class(i-1, n) == classSince || sinceWhen[r.word(i-1)])) {
			return d
		}
	}
	return 0
}

// past reads a day that was: of a weekday the last one, of a date the
// year in which it is over.
func (r *reader) past(i int) (day time.Time, ok bool) {
	today, n := dateAt(r.at), len(r.toks)
	if fillers[r.word(i)] || r.class(i, n) == classLast || r.class(i, n) == classFiller {
		i++
	}
	switch {
	case i >= n:
		return day, false
	case r.toks[i].word.class == classWeekday:
		back := (int(today.Weekday())-r.toks[i].word.value+6)%7 + 1
		return today.AddDate(0, 0, -back), true
	case r.toks[i].kind == kindNumber:
		r.numericDate(i, n, today, func(t time.Time, used int) int { day, ok = t, true; return used })
	case r.toks[i].word.class == classMonth && r.class(i+1, n) != classNumber && i+1 < n && r.toks[i+1].kind == kindNumber && r.toks[i+1].digits <= 2:
		day, ok = dateOf(today, r.toks[i+1].number, r.toks[i].word.value, 0)
	}
	if ok && day.After(today) {
		day = day.AddDate(-1, 0, 0)
	}
	const halfYear = 183 * 24 * time.Hour // beyond it the date is rather one to come
	return day, ok && day.Before(today) && today.Sub(day) <= halfYear
}

func set(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// The words of facts, folded.
var (
	gives     = set("macie masz maja daje dajemy daj give giving have got") // before a length
	fillers   = set("juz ponad prawie blisko okolo caly cale calych cala pelne pelny over nearly almost about around more than whole full the another kolejny kolejne you wam panstwu na")
	sinceWhen = set("for juz ponad prawie blisko caly cala over nearly almost czekam czekamy mija minal minely minelo")
	joins     = set("i or and albo lub czekam") // after a time of day
	times     = map[string]int{"twice": 2, "dwukrotnie": 2, "thrice": 3, "trzykrotnie": 3, "czterokrotnie": 4, "pieciokrotnie": 5}
	// ordinals are stems; no more than three letters follow.
	ordinals = map[string]int{
		"drug": 2, "trzec": 3, "czwart": 4, "piat": 5, "szost": 6, "siodm": 7, "osm": 8, "dziewiat": 9, "dziesiat": 10,
		"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	}
	contactNouns = set(`raz razy time times mail maila maile maili mailem email emaile emails emaili wiadomosc wiadomosci telefon telefony telefonow call calls message
		messages letter letters zgloszenie zgloszenia zgloszen pismo pisma pism ticket tickets phonecall monit monity prosba prosby`)
	lengths = buildLengths()
)

// buildLengths knows the units of promises, and those that no desk promises in.
func buildLengths() map[string]time.Duration {
	const day = 24 * time.Hour
	m := map[string]time.Duration{"mins": time.Minute, "godz": time.Hour, "hrs": time.Hour, "fortnight": 14 * day}
	for w := range set("rok roku lata lat year years") {
		m[w] = 365 * day
	}
	of := map[int]time.Duration{unitMinute: time.Minute, unitQuarter: 15 * time.Minute, unitHour: time.Hour, unitDay: day, unitFullDay: day, unitWeek: 7 * day, unitMonth: 30 * day}
	for w, x := range words {
		if x.class == classUnit {
			m[w] = of[x.value]
		}
	}
	return m
}
