package frustration

import (
	"strings"
	"time"
)

// Promises: the times that the desk named for its own doing.
//
// Rules of this file:
//
//   - It, with promise_tokens.go and promise_when.go, is the only one that ever sees what the company wrote, and it gives back a
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
	if lo > from && r.word(lo) == "znac" {
		lo-- // "damy znać"
	}
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
