package waits

import (
	"fmt"
	"slices"
	"time"

	"odzew/analyzer/calendar"
)

// Terms that the law sets for an answer. They are calendar time and never pause.
// They are data, each with the dates between which it holds and where it stands:
// a change of law is a new row.

// The kinds of statutory terms.
const (
	TermComplaint   = "complaint"    // a consumer's complaint (reklamacja)
	TermDataRequest = "data_request" // a person's request about their data
	TermWithdrawal  = "withdrawal"   // from a contract made at a distance (odstąpienie): the refund
)

// A Term is how long the law gives for an answer.
type Term struct {
	Kind string
	// From and To are the first and the last date of receipt for which it holds,
	// as 2023-01-01; To is empty while it does.
	From, To string
	Days     int
	Months   int
	Holidays string // the set of calendar.Holidays that moves its end
	Law      string // where it stands
}

// Terms lists the statutory terms.
func Terms() []Term {
	return []Term{
		{
			Kind: TermComplaint, From: "2014-12-25", To: "2022-12-31", Days: 14, Holidays: "pl",
			Law: "art. 561(5) k.c. (rękojmia, sprzedaż konsumencka)",
		},
		{
			Kind: TermComplaint, From: "2023-01-01", Days: 14, Holidays: "pl",
			Law: "art. 7a ustawy z 30.05.2014 o prawach konsumenta, w brzmieniu od 1.01.2023",
		},
		{
			Kind: TermWithdrawal, From: "2014-12-25", Days: 14, Holidays: "pl",
			Law: "art. 32 ust. 1 ustawy z 30.05.2014 o prawach konsumenta",
		},
		{
			Kind: TermDataRequest, From: "2018-05-25", Months: 1, Holidays: "pl",
			Law: "art. 12 ust. 3 RODO (rozporządzenie (UE) 2016/679); art. 3 rozporządzenia (EWG, Euratom) 1182/71",
		},
	}
}

// A Due tells when an answer is due by law. All are local dates, at midnight UTC.
type Due struct {
	Term     Term
	Received time.Time
	// RawEnd is the last day by counting alone; the day of receipt does not count
	// (art. 111 k.c.).
	RawEnd time.Time
	// Safe is the last working day on or before RawEnd: the one to keep to.
	Safe time.Time
	// Legal is the first working day on or after RawEnd, to which the term may
	// extend (art. 115 k.c., art. 3(4) of Regulation 1182/71). It is for show.
	Legal time.Time
}

// DueBy finds when the answer to something received at that instant is due, by the
// local date in zone. The error says that no term of that kind holds on that date.
func DueBy(kind string, received time.Time, zone *time.Location) (Due, error) {
	y, m, d := received.In(zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	date := day.Format(time.DateOnly)
	terms := Terms()
	i := slices.IndexFunc(terms, func(t Term) bool {
		return t.Kind == kind && t.From <= date && (t.To == "" || date <= t.To)
	})
	if i < 0 {
		return Due{}, fmt.Errorf("no statutory term %q holds on %s", kind, date)
	}
	t := terms[i]
	due := Due{Term: t, Received: day, RawEnd: addMonths(day, t.Months).AddDate(0, 0, t.Days)}
	var err error
	if due.Safe, err = workingDay(due.RawEnd, -1, t.Holidays); err != nil {
		return Due{}, err
	}
	if due.Legal, err = workingDay(due.RawEnd, 1, t.Holidays); err != nil {
		return Due{}, err
	}
	return due, nil
}

// addMonths is the same day of a later month, or that month's last (art. 112 k.c.).
func addMonths(day time.Time, months int) time.Time {
	if to := day.AddDate(0, months, 0); to.Day() == day.Day() {
		return to
	}
	return time.Date(day.Year(), day.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
}

// workingDay is the nearest day from there, in steps of a day, that is neither a
// Saturday nor a Sunday nor a holiday.
func workingDay(day time.Time, step int, holidays string) (time.Time, error) {
	for ; ; day = day.AddDate(0, 0, step) {
		free, err := calendar.Holidays(holidays, day.Year())
		if err != nil {
			return day, err
		}
		if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday &&
			!slices.ContainsFunc(free, func(h calendar.Holiday) bool { return h.Date.Equal(day) }) {
			return day, nil
		}
	}
}
