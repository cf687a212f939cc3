package reporter

import (
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Languages: plurals and numbers are those of x/text (CLDR); weekdays and months
// are not in it, so they stand with the other words.

// to stands between two bounds; the joiner keeps a browser from breaking there.
const to = "–\u2060"

// A locale writes figures in one language.
type locale struct {
	words
	tag     language.Tag
	printer *message.Printer
	zone    *time.Location
}

// locale returns the language of the digest, in its zone.
func (d Digest) locale() (locale, error) {
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		return locale{}, fmt.Errorf("digest of %s: time zone %q: %w; use an IANA name such as Europe/Warsaw", d.To, d.Zone, err)
	}
	l := locale{words: polish, tag: language.Polish, zone: zone}
	if d.Lang == "en" {
		l.words, l.tag = english, language.English
	}
	l.printer = message.NewPrinter(l.tag)
	return l, nil
}

// A noun holds the forms that go with a number. Where a language has fewer, they
// repeat: "klient", "klientów", "klientów" for those whom somebody calls.
type noun struct{ one, few, many string }

// count returns the number with the right form of the noun: "2 rozmowy".
func (l locale) count(n int, w noun) string {
	return l.integer(n) + "\u00a0" + l.form(n, w)
}

// form returns the form of the noun that goes with n.
func (l locale) form(n int, w noun) string {
	switch plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0) {
	case plural.One:
		return w.one
	case plural.Few:
		return w.few
	}
	return w.many
}

// quoted returns somebody's words between quotation marks.
func (l locale) quoted(s string) string { return fmt.Sprintf(l.quotes, s) }

// integer returns n with its thousands apart.
func (l locale) integer(n int) string {
	return strings.Replace(l.printer.Sprint(number.Decimal(n)), "-", "−", 1)
}

// decimal returns x with the given number of places.
func (l locale) decimal(x float64, places int) string {
	scale := math.Pow10(places)
	if x = math.Round(x*scale) / scale; x == 0 {
		x = 0 // not "−0,0"
	}
	return strings.Replace(l.printer.Sprint(number.Decimal(x, number.Scale(places))), "-", "−", 1)
}

// signed returns x with a sign, also a plus.
func (l locale) signed(x float64, places int) string {
	s := l.decimal(x, places)
	if x > 0 && strings.ContainsAny(s, "123456789") {
		return "+" + s
	}
	return s
}

// percent returns a fraction in percent.
func (l locale) percent(p float64, places int) string { return l.decimal(100*p, places) + "%" }

// shareInterval returns "[5,7–19,1]".
func (l locale) shareInterval(s Share, places int) string {
	return "[" + l.decimal(100**s.Low, places) + to + l.decimal(100**s.High, places) + "]"
}

// elapsed returns a calendar duration: "48 min", "5 h 10 min", "2 dni 3 h".
func (l locale) elapsed(seconds int64) string {
	if hours := roundTo(seconds, 3600); hours >= 48 {
		s := l.count(int(hours/24), l.days)
		if h := hours % 24; h > 0 {
			s += " " + fmt.Sprintf("%d\u00a0h", h)
		}
		return s
	}
	return l.worked(seconds)
}

// worked returns a duration within opening hours, which has no days of 24 hours:
// "13 h", "1 h 05 min".
func (l locale) worked(seconds int64) string {
	minutes := roundTo(seconds, 60)
	switch {
	case seconds < 60:
		return fmt.Sprintf("%d\u00a0s", seconds)
	case minutes < 60:
		return fmt.Sprintf("%d\u00a0min", minutes)
	case minutes%60 == 0 || minutes >= 100*60:
		return l.integer(int(roundTo(seconds, 3600))) + "\u00a0h"
	}
	return fmt.Sprintf("%d\u00a0h\u00a0%02d\u00a0min", minutes/60, minutes%60)
}

// span returns an age by the calendar and, where the desk has hours, within them:
// "2 dni 3 h (13 h pracy)".
func (l locale) span(s Span, hours bool) string {
	if !hours || s.BusinessSeconds == s.Seconds {
		return l.elapsed(s.Seconds)
	}
	return l.elapsed(s.Seconds) + " (" + fmt.Sprintf(l.ofWork, l.worked(s.BusinessSeconds)) + ")"
}

// interval returns the bounds of a wait in one unit: minutes, or hours and
// minutes as "0:58".
func (l locale) interval(low, high int64) string {
	if roundTo(high, 60) < 60 {
		if high < 60 {
			return fmt.Sprintf("[%d%s%d\u00a0s]", low, to, high)
		}
		return fmt.Sprintf("[%d%s%d]", roundTo(low, 60), to, roundTo(high, 60))
	}
	return "[" + clock(low) + to + clock(high) + "]"
}

func clock(seconds int64) string {
	m := roundTo(seconds, 60)
	return fmt.Sprintf("%d:%02d", m/60, m%60)
}

// signedWait returns a change of a wait with its sign: "+14 min".
func (l locale) signedWait(seconds int64) string {
	switch {
	case seconds < 0:
		return "−" + l.worked(-seconds)
	case seconds > 0:
		return "+" + l.worked(seconds)
	}
	return "0"
}

// signedInterval returns the bounds of a change: "[+3, +26]" in minutes where both
// are below an hour.
func (l locale) signedInterval(low, high int64) string {
	if max(-low, high) < 3600 && max(high-low, -low, high) >= 60 {
		return fmt.Sprintf("[%s, %s]", l.signed(float64(low)/60, 0), l.signed(float64(high)/60, 0))
	}
	return "[" + l.signedWait(low) + ", " + l.signedWait(high) + "]"
}

func roundTo(seconds, unit int64) int64 { return (seconds + unit/2) / unit }

// weekday returns the short name of the day: "śr.".
func (l locale) weekday(t time.Time) string { return l.shortDays[t.Weekday()] }

// date returns "wtorek 17.11.2026" or "Tuesday 17 Nov 2026".
func (l locale) date(t time.Time) string {
	return l.longDays[t.Weekday()] + " " + l.calendarDate(t) + l.yearSeparator + fmt.Sprint(t.Year())
}

// shortDate returns "czw. 19.11" or "Thu 19 Nov".
func (l locale) shortDate(t time.Time) string { return l.weekday(t) + "\u00a0" + l.calendarDate(t) }

// instant returns the day and time in the desk's zone: "śr. 18.11 07:00".
func (l locale) instant(t time.Time) string {
	t = t.In(l.zone)
	return l.shortDate(t) + "\u00a0" + t.Format("15:04")
}

// reach returns when a source's data end, seen from a period that ends on the
// given day: the time alone where it is that day or the one after's midnight.
func (l locale) reach(t time.Time, to string) string {
	t = t.In(l.zone)
	if t.Format(day) == to {
		return t.Format("15:04")
	}
	return l.instant(t)
}

// parseDay returns a day of a digest.
func parseDay(s string) time.Time {
	t, _ := time.Parse(day, s) // the zero time of a broken one is shown as it is
	return t
}
