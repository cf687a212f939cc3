package reporter

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func locales(t *testing.T) (pl, en locale) {
	t.Helper()
	for lang, l := range map[string]*locale{"pl": &pl, "en": &en} {
		var err error
		if *l, err = (Digest{Lang: lang, Zone: "Europe/Warsaw"}).locale(); err != nil {
			t.Fatal(err)
		}
	}
	return pl, en
}

// Both languages have every word, with the same placeholders.
func TestWordsAreComplete(t *testing.T) {
	complete(t, reflect.ValueOf(polish), reflect.ValueOf(english))
}

func complete(t *testing.T, pl, en reflect.Value) {
	t.Helper()
	for i := range pl.NumField() {
		name := pl.Type().Field(i).Name
		for lang, f := range map[string]reflect.Value{"pl": pl.Field(i), "en": en.Field(i)} {
			if f.IsZero() {
				t.Errorf("%s: no word for %s", lang, name)
			}
			for k := range fields(f) {
				if fields(f)[k] == "" {
					t.Errorf("%s: %s lacks form %d", lang, name, k)
				}
			}
		}
		a, b := pl.Field(i), en.Field(i)
		switch a.Kind() {
		case reflect.String:
			if x, y := verbs(a.String()), verbs(b.String()); !slices.Equal(x, y) {
				t.Errorf("%s: placeholders %v in pl, %v in en", name, x, y)
			}
		case reflect.Map:
			for _, k := range a.MapKeys() {
				if !b.MapIndex(k).IsValid() {
					t.Errorf("%s: en lacks %q", name, k)
				}
			}
			if a.Len() != b.Len() {
				t.Errorf("%s: %d words in pl, %d in en", name, a.Len(), b.Len())
			}
		}
	}
}

func fields(v reflect.Value) (out []string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, v.Field(i).String())
		}
	case reflect.Array:
		for i := range v.Len() {
			out = append(out, v.Index(i).String())
		}
	}
	return out
}

func verbs(s string) (out []string) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '%' {
			out = append(out, s[i:i+2])
		}
	}
	return out
}

func TestPlurals(t *testing.T) {
	pl, en := locales(t)
	for _, c := range []struct {
		n                          int
		call, conversations, nudge string
		english                    string
	}{
		{0, "0 klientów do telefonu", "0 rozmów", "0 ponagleń", "0 conversations"},
		{1, "1 klient do telefonu", "1 rozmowa", "1 ponaglenie", "1 conversation"},
		{2, "2 klientów do telefonu", "2 rozmowy", "2 ponaglenia", "2 conversations"},
		{5, "5 klientów do telefonu", "5 rozmów", "5 ponagleń", "5 conversations"},
		{12, "12 klientów do telefonu", "12 rozmów", "12 ponagleń", "12 conversations"},
		{21, "21 klientów do telefonu", "21 rozmów", "21 ponagleń", "21 conversations"},
		{22, "22 klientów do telefonu", "22 rozmowy", "22 ponaglenia", "22 conversations"},
		{112, "112 klientów do telefonu", "112 rozmów", "112 ponagleń", "112 conversations"},
		{1204, "1 204 klientów do telefonu", "1 204 rozmowy", "1 204 ponaglenia", "1,204 conversations"},
	} {
		for _, x := range []struct{ got, want string }{
			{pl.count(c.n, pl.call), c.call},
			{pl.count(c.n, pl.conversations), c.conversations},
			{pl.count(c.n, pl.nudges), c.nudge},
			{en.count(c.n, en.conversations), c.english},
		} {
			if visible(x.got) != x.want {
				t.Errorf("%d: %q, want %q", c.n, visible(x.got), x.want)
			}
		}
	}
}

func TestDurations(t *testing.T) {
	pl, en := locales(t)
	for _, c := range []struct {
		seconds                  int64
		elapsed, worked, english string
	}{
		{0, "0 s", "0 s", "0 s"},
		{59, "59 s", "59 s", "59 s"},
		{60, "1 min", "1 min", "1 min"},
		{2880, "48 min", "48 min", "48 min"},
		{3569, "59 min", "59 min", "59 min"},
		{3570, "1 h", "1 h", "1 h"}, // rounded before it is split
		{3900, "1 h 05 min", "1 h 05 min", "1 h 05 min"},
		{18600, "5 h 10 min", "5 h 10 min", "5 h 10 min"},
		{86400, "24 h", "24 h", "24 h"},
		{51 * 3600, "2 dni 3 h", "51 h", "2 days 3 h"},
		{24 * 5 * 3600, "5 dni", "120 h", "5 days"},
		{1200*3600 + 240, "50 dni", "1 200 h", "50 days"},
	} {
		for _, x := range []struct{ got, want string }{
			{pl.elapsed(c.seconds), c.elapsed}, {pl.worked(c.seconds), c.worked}, {en.elapsed(c.seconds), c.english},
		} {
			if visible(x.got) != x.want {
				t.Errorf("%d s: %q, want %q", c.seconds, visible(x.got), x.want)
			}
		}
	}
	for _, c := range []struct{ got, want string }{
		{pl.span(Span{51 * 3600, 13 * 3600}, true), "2 dni 3 h (13 h pracy)"},
		{pl.span(Span{51 * 3600, 13 * 3600}, false), "2 dni 3 h"},
		{en.span(Span{51 * 3600, 13 * 3600}, true), "2 days 3 h (13 h of work)"},
		{pl.interval(41*60, 57*60), "[41–57]"},
		{pl.interval(58*60, 91*60), "[0:58–1:31]"},
		{pl.interval(5, 40), "[5–40 s]"},
		{pl.signedInterval(180, 1560), "[+3, +26]"},
		{pl.signedInterval(-300, 660), "[−5, +11]"},
		{pl.signedInterval(600, 7260), "[+10 min, +2 h 01 min]"},
		{pl.signedWait(840), "+14 min"},
		{pl.signedWait(-3900), "−1 h 05 min"},
		{pl.signedWait(0), "0"},
	} {
		if visible(c.got) != c.want {
			t.Errorf("%q, want %q", visible(c.got), c.want)
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	pl, en := locales(t)
	at := time.Date(2026, 11, 18, 6, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{pl.integer(1234567), "1\u00a0234\u00a0567"},
		{en.integer(1234567), "1,234,567"},
		{pl.decimal(10.68, 1), "10,7"},
		{pl.decimal(-0.04, 1), "0,0"},
		{pl.signed(-2.9, 1), "−2,9"},
		{pl.signed(3.75, 1), "+3,8"},
		{pl.signed(0.01, 1), "0,0"},
		{pl.percent(0.107, 1), "10,7%"},
		{en.percent(0.107, 1), "10.7%"},
		{pl.date(at), "środa 18.11.2026"},
		{en.date(at), "Wednesday 18 Nov 2026"},
		{pl.instant(at), "śr.\u00a018.11\u00a007:00"}, // in the desk's zone
		{en.instant(at), "Wed\u00a018 Nov\u00a007:00"},
		{pl.reach(at, "2026-11-18"), "07:00"},
		{pl.reach(at, "2026-11-17"), "śr.\u00a018.11\u00a007:00"},
		{pl.form(2, pl.days) + " " + pl.form(1, pl.days), "dni dzień"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
