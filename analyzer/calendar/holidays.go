package calendar

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Statutory holidays by law and year, from 2000 to 2100. Each set is a table: a
// rule for the date, the years in which the law holds, and the name in the
// country's own language. A change of law is a new row, never an edit of an old one.
//
// Sources:
//
//   - pl: ustawa z 18.01.1951 o dniach wolnych od pracy; Trzech Króli by Dz.U. 2010
//     nr 224 poz. 1459 from 2011; 12.11.2018 by Dz.U. 2018 poz. 2117; Wigilia by
//     Dz.U. 2024 poz. 1965 from 2025. Sundays that are holidays by name are listed
//     too, for desks that are open on Sundays.
//   - en-GB: England and Wales, Banking and Financial Dealings Act 1971 with the
//     substitute days and royal proclamations. Where Christmas or New Year falls on
//     a weekend, both that day and its substitute are listed.
//   - de: the days that are free in all Länder; 31.10.2017 once.
//   - cz: zákon 245/2000 Sb.; Velký pátek by 359/2015 Sb. from 2016.

// A Holiday is a day that the law makes free.
type Holiday struct {
	Date time.Time // midnight UTC of the date
	Name string
}

// HolidaySets names the built-in sets.
func HolidaySets() []string { return slices.Sorted(maps.Keys(holidaySets)) }

// Holidays lists the holidays of a built-in set in one year, in order of date.
// Before 2000 and after 2100 there are none.
func Holidays(set string, year int) ([]Holiday, error) {
	rules, ok := holidaySets[set]
	if !ok {
		return nil, unknownSet(set)
	}
	days := map[day]string{}
	addYear(days, rules, year)
	holidays := make([]Holiday, 0, len(days))
	for _, d := range slices.Sorted(maps.Keys(days)) {
		holidays = append(holidays, Holiday{d.time(), days[d]})
	}
	return holidays, nil
}

func holidayMap(set string) (map[day]string, error) {
	days := map[day]string{}
	if set == "" || set == "none" {
		return days, nil
	}
	rules, ok := holidaySets[set]
	if !ok {
		return nil, unknownSet(set)
	}
	for year := 2000; year <= 2100; year++ {
		addYear(days, rules, year)
	}
	return days, nil
}

func unknownSet(set string) error {
	return fmt.Errorf("no set is called %q; use %s or none", set, strings.Join(HolidaySets(), ", "))
}

func addYear(days map[day]string, rules []holidayRule, year int) {
	if year < 2000 || year > 2100 {
		return
	}
	for _, r := range rules {
		if (r.from != 0 && year < r.from) || (r.to != 0 && year > r.to) || slices.Contains(r.not, year) {
			continue
		}
		d := r.date(year)
		if _, taken := days[d]; !taken { // the first row of a date names it
			days[d] = r.name
		}
	}
}

// A holidayRule is one row: from and to are the first and the last year, 0 where
// there is no bound; not are years in between without it.
type holidayRule struct {
	date     func(year int) day
	from, to int
	name     string
	not      []int
}

var holidaySets = map[string][]holidayRule{
	"pl": {
		{date: fixed(1, 1), name: "Nowy Rok"},
		{date: fixed(1, 6), from: 2011, name: "Trzech Króli"},
		{date: easter(0), name: "Wielkanoc"},
		{date: easter(1), name: "Poniedziałek Wielkanocny"},
		{date: fixed(5, 1), name: "Święto Pracy"},
		{date: fixed(5, 3), name: "Święto Konstytucji 3 Maja"},
		{date: easter(49), name: "Zielone Świątki"},
		{date: easter(60), name: "Boże Ciało"},
		{date: fixed(8, 15), name: "Wniebowzięcie Najświętszej Maryi Panny"},
		{date: fixed(11, 1), name: "Wszystkich Świętych"},
		{date: fixed(11, 11), name: "Święto Niepodległości"},
		{date: fixed(11, 12), from: 2018, to: 2018, name: "Święto Narodowe z okazji setnej rocznicy odzyskania niepodległości"},
		{date: fixed(12, 24), from: 2025, name: "Wigilia Bożego Narodzenia"},
		{date: fixed(12, 25), name: "Boże Narodzenie"},
		{date: fixed(12, 26), name: "Drugi dzień Bożego Narodzenia"},
	},
	"en-GB": {
		{date: fixed(1, 1), name: "New Year's Day"},
		{date: substitute(1, 1, 1), name: "New Year's Day (substitute)"},
		{date: easter(-2), name: "Good Friday"},
		{date: easter(1), name: "Easter Monday"},
		{date: firstMonday(5), not: []int{2020}, name: "Early May bank holiday"},
		{date: fixed(5, 8), from: 2020, to: 2020, name: "Early May bank holiday (VE day)"},
		{date: lastMonday(5), not: []int{2002, 2012, 2022}, name: "Spring bank holiday"},
		{date: fixed(6, 4), from: 2002, to: 2002, name: "Spring bank holiday"},
		{date: fixed(6, 4), from: 2012, to: 2012, name: "Spring bank holiday"},
		{date: fixed(6, 2), from: 2022, to: 2022, name: "Spring bank holiday"},
		{date: lastMonday(8), name: "Summer bank holiday"},
		{date: fixed(12, 25), name: "Christmas Day"},
		{date: fixed(12, 26), name: "Boxing Day"},
		{date: substitute(12, 25, 2), name: "Christmas Day (substitute)"},
		{date: substitute(12, 26, 2), name: "Boxing Day (substitute)"},
		{date: fixed(6, 3), from: 2002, to: 2002, name: "Golden Jubilee of Elizabeth II"},
		{date: fixed(4, 29), from: 2011, to: 2011, name: "Wedding of William and Catherine"},
		{date: fixed(6, 5), from: 2012, to: 2012, name: "Diamond Jubilee of Elizabeth II"},
		{date: fixed(6, 3), from: 2022, to: 2022, name: "Platinum Jubilee of Elizabeth II"},
		{date: fixed(9, 19), from: 2022, to: 2022, name: "State Funeral of Queen Elizabeth II"},
		{date: fixed(5, 8), from: 2023, to: 2023, name: "Coronation of Charles III"},
	},
	"de": {
		{date: fixed(1, 1), name: "Neujahr"},
		{date: easter(-2), name: "Karfreitag"},
		{date: easter(1), name: "Ostermontag"},
		{date: fixed(5, 1), name: "Tag der Arbeit"},
		{date: easter(39), name: "Christi Himmelfahrt"},
		{date: easter(50), name: "Pfingstmontag"},
		{date: fixed(10, 3), name: "Tag der Deutschen Einheit"},
		{date: fixed(10, 31), from: 2017, to: 2017, name: "Reformationstag"},
		{date: fixed(12, 25), name: "Erster Weihnachtstag"},
		{date: fixed(12, 26), name: "Zweiter Weihnachtstag"},
	},
	"cz": {
		{date: fixed(1, 1), name: "Nový rok"},
		{date: easter(-2), from: 2016, name: "Velký pátek"},
		{date: easter(1), name: "Velikonoční pondělí"},
		{date: fixed(5, 1), name: "Svátek práce"},
		{date: fixed(5, 8), name: "Den vítězství"},
		{date: fixed(7, 5), name: "Den slovanských věrozvěstů Cyrila a Metoděje"},
		{date: fixed(7, 6), name: "Den upálení mistra Jana Husa"},
		{date: fixed(9, 28), name: "Den české státnosti"},
		{date: fixed(10, 28), name: "Den vzniku samostatného československého státu"},
		{date: fixed(11, 17), name: "Den boje za svobodu a demokracii"},
		{date: fixed(12, 24), name: "Štědrý den"},
		{date: fixed(12, 25), name: "1. svátek vánoční"},
		{date: fixed(12, 26), name: "2. svátek vánoční"},
	},
}

func fixed(m time.Month, d int) func(int) day {
	return func(year int) day { return dayOf(year, m, d) }
}

// easter is the date that many days after Easter Sunday.
func easter(after int) func(int) day {
	return func(year int) day { return easterSunday(year) + day(after) }
}

// firstMonday is the first Monday of a month.
func firstMonday(m time.Month) func(int) day {
	return func(year int) day {
		first := dayOf(year, m, 1)
		return first + day((8-int(first.weekday()))%7)
	}
}

func lastMonday(m time.Month) func(int) day {
	return func(year int) day {
		last := dayOf(year, m+1, 1) - 1
		return last - day((int(last.weekday())+6)%7)
	}
}

// substitute is the date that is free instead of one on a weekend: two days after
// a Saturday, and that many days after a Sunday. From Monday to Friday it is the
// date itself. Christmas and Boxing Day both move by two, so that they stay apart.
func substitute(m time.Month, d, afterSunday int) func(int) day {
	return func(year int) day {
		date := dayOf(year, m, d)
		switch date.weekday() {
		case time.Saturday:
			return date + 2
		case time.Sunday:
			return date + day(afterSunday)
		}
		return date
	}
}

// easterSunday is the Gregorian computus, as published by an anonymous author in
// Nature of 20 April 1876 (Meeus, Astronomical Algorithms, chapter 8).
func easterSunday(year int) day {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return dayOf(year, time.Month(n/31), n%31+1)
}
