// Package reporter turns what the store knows of a period into figures, and the
// figures into the daily digest: as text, HTML, Markdown and JSON.
//
// The way of the data:
//
//	Input ──Build──> Digest ──> Text, HTML, Markdown, JSON
//	(facts)          (figures)  (words)
//
// Rules of this package:
//
//   - No SQL, no clock, no network: everything comes in by Input.
//   - Every figure has its n, every claim its interval. Below n = 20 there is no
//     median, the cases are listed; below k = 5 a touchpoint is not broken down;
//     no arrow without an interval that excludes zero.
//   - Employees have no figures.
//   - Texts from outside are cleaned, masked and cut by Build, and escaped once
//     more by each format for the place where they go.
package reporter

import (
	"time"

	"odzew/reporter/stats"
)

// Limits of what a digest shows, and of what it dares to say.
const (
	MaxCustomers   = 5
	MaxTouchpoints = 3
	MaxDeadlines   = 5
	MaxQuote       = 90 // characters

	MinHeadline = 20             // the least n with a median
	MinGroup    = stats.MinGroup // the least n that is broken down
)

// A Digest is the report of one period: what Build made of an Input. Its JSON form is
// the one that `odzew digest --format json` prints, and holds all that is needed to
// render it: a digest read back renders the same.
//
// Durations are whole seconds, instants RFC 3339 in UTC, days "2006-01-02" in the
// digest's zone. A null figure was not claimed, because n was too small. New
// fields may be added; those here keep their names and meanings.
type Digest struct {
	From      string    `json:"from"` // the first and the last day covered
	To        string    `json:"to"`
	Zone      string    `json:"zone"`
	SentAt    time.Time `json:"sent_at"`
	Lang      string    `json:"lang"` // "pl" or "en"
	Hours     string    `json:"hours"`
	Holiday   string    `json:"holiday"`
	FirstWeek bool      `json:"first_week"`
	// Quiet: nobody needs a call, no score is high, nothing is late, slow or worse than
	// it was. Who is flagged below that is counted then, and not shown.
	Quiet bool `json:"quiet"`
	// NeedsCall counts the customers whom a person should call today, of all in
	// the period; those listed are at most MaxCustomers, each once.
	NeedsCall   int          `json:"needs_call"`
	High        Share        `json:"high"` // conversations with a high score, of all scored
	Customers   []Customer   `json:"customers"`
	MoreFlagged int          `json:"more_flagged"` // flagged conversations of customers who are not listed
	Deadlines   []Due        `json:"deadlines"`
	Waits       WaitFigures  `json:"waits"`
	Touchpoints []Place      `json:"touchpoints"`
	MorePlaces  int          `json:"more_touchpoints"` // not listed; none of them critical or slow, unless listed ones are
	SmallPlaces SmallPlaces  `json:"small_touchpoints"`
	Critical    int          `json:"critical_touchpoints"`
	Slow        int          `json:"slow_touchpoints"`
	Sentiment   Mood         `json:"sentiment"`
	Ratings     RatingFigure `json:"ratings"`
	Quality     Quality      `json:"quality"`
}

// A Share is count of n, with its Wilson interval at 95 %. The fractions are 0..1,
// and null where n is 0.
type Share struct {
	Count int      `json:"count"`
	N     int      `json:"n"`
	Share *float64 `json:"share"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

// A Customer is a customer on the page, with the gravest flagged conversation.
type Customer struct {
	Conversation string  `json:"conversation"`
	Source       string  `json:"source"`
	Number       string  `json:"number"` // what the desk calls it
	Name         string  `json:"name"`   // empty unless the desk wants names
	URL          string  `json:"url"`
	Cause        string  `json:"cause"`
	Score        float64 `json:"score"` // 0..1, in hundredths
	Level        int     `json:"level"`
	NeedsCall    bool    `json:"needs_call"`
	More         int     `json:"more_conversations"` // flagged ones of the same customer, besides this one
	Waiting      *Span   `json:"waiting"`            // nil: nobody waits
	Nudges       int     `json:"nudges"`
	Handovers    int     `json:"handovers"`
	Reopens      int     `json:"reopens"`
	Promise      *Missed `json:"promise"`
	// Deadline is until when the customer gives the company time; nil where no
	// ultimatum names a date.
	Deadline *time.Time `json:"deadline"`
	// Claimed is how long the customer says that they have waited, in seconds; 0 where
	// they do not.
	Claimed int64 `json:"claimed_seconds"`
	// Quote is the heaviest part's, masked; Message is the message it is from.
	Quote   string `json:"quote"`
	Message string `json:"message"`
	// Reasons add up to Score, heaviest first.
	Reasons []Part `json:"reasons"`
}

// A Part is one signal's part of a score, in hundredths. Besides the names of
// signals there are "saturation" (what the limit of 1 takes off) and "other".
type Part struct {
	Signal string  `json:"signal"`
	Weight float64 `json:"weight"`
	Count  int     `json:"count"`
}

// A Span is a duration by the calendar and within opening hours.
type Span struct {
	Seconds         int64 `json:"seconds"`
	BusinessSeconds int64 `json:"business_seconds"`
}

// A Missed promise: what was said, where, and by when.
type Missed struct {
	Quote   string    `json:"quote"`
	Message string    `json:"message"`
	Due     time.Time `json:"due"`
}

// A Due is a statutory deadline without an answer yet.
type Due struct {
	Number string `json:"number"`
	URL    string `json:"url"`
	Kind   string `json:"kind"`
	Safe   string `json:"safe"`  // the day to answer by
	Legal  string `json:"legal"` // the possibly later end by law, or ""
	Past   bool   `json:"past"`  // the safe day is over
}

// WaitFigures are the waits of the desk, within opening hours where it has any.
type WaitFigures struct {
	Answered Wait   `json:"answered"` // all human replies in the period
	First    Wait   `json:"first"`    // the first replies among them
	Asked    Asked  `json:"asked"`    // turns opened in the last 28 days
	Open     int    `json:"open"`     // customers who wait now
	Longest  *Open  `json:"longest"`
	Parked   int    `json:"parked"` // open, though the status says pending or hold
	Change   *Shift `json:"change"` // of Answered, against the 28 days before
}

// A Wait describes a set of n waits. From n = MinHeadline on it has a median with its
// order-statistic interval at 95 %, and the wait that 9 of 10 stay within; below,
// Cases lists them all, in rising order.
type Wait struct {
	N      int     `json:"n"`
	Median *int64  `json:"median_seconds"`
	Low    *int64  `json:"low_seconds"`
	High   *int64  `json:"high_seconds"`
	P90    *int64  `json:"p90_seconds"`
	Cases  []int64 `json:"cases_seconds"`
}

// Asked describes turns by when they were opened, so that the open ones count:
// Kaplan-Meier estimates, nil where the curve does not come down that far.
type Asked struct {
	N      int    `json:"n"`
	Open   int    `json:"open"`
	Median *int64 `json:"median_seconds"`
	P90    *int64 `json:"p90_seconds"`
}

// An Open wait is a customer who waits now.
type Open struct {
	Number string `json:"number"`
	URL    string `json:"url"`
	Span
}

// A Shift is a change of waits: the Hodges-Lehmann shift in seconds with its
// interval at 95 %. Clear: the interval excludes zero.
type Shift struct {
	N       int   `json:"n"`
	Before  int   `json:"n_before"`
	Seconds int64 `json:"seconds"`
	Low     int64 `json:"low_seconds"`
	High    int64 `json:"high_seconds"`
	Clear   bool  `json:"clear"`
	// Within is what each channel's own change adds to the change of the mean
	// wait, Mix what their changed shares add, Mean is the sum. Only with a clear
	// change and two channels or more.
	Within []ChannelShift `json:"within"`
	Mix    int64          `json:"mix_seconds"`
	Mean   int64          `json:"mean_seconds"`
}

// A ChannelShift is one channel's part of a change.
type ChannelShift struct {
	Channel string `json:"channel"`
	Seconds int64  `json:"seconds"`
}

// The verdicts on a touchpoint, the worst first.
const (
	PlaceCritical = "critical" // clearly more negative than the rest of the desk
	PlaceSlow     = "slow"     // its waits are clearly worse than they should be
	PlaceNormal   = "normal"
	PlaceGood     = "good"    // clearly less negative than the rest
	PlaceTooFew   = "too_few" // fewer than MinHeadline conversations, and no slow waits: no verdict
)

// A Place is a touchpoint on the page.
type Place struct {
	Name     string `json:"name"`
	Verdict  string `json:"verdict"`
	Negative Share  `json:"negative"` // of the conversations with a score
	Strong   int    `json:"strong"`   // conversations with a high score
	Wait     Wait   `json:"wait"`
	// Slow says what the waits are worse than, or is nil.
	Slow *Slowness `json:"slow"`
	// Weeks counts the weeks in a row, this one included, in which the
	// touchpoint is critical; 0 where it is not.
	Weeks int `json:"weeks"`
	// Past is the four weeks before.
	Past Share `json:"past_negative"`
}

// A Slowness is why a touchpoint counts as slow: its waits are worse than Than.
type Slowness struct {
	// Than is "target", "past" or "peers".
	Than    string `json:"than"`
	N       int    `json:"n"`       // waits
	Seconds int64  `json:"seconds"` // by how much: median against target, or the shift
	Low     int64  `json:"low_seconds"`
	High    int64  `json:"high_seconds"`
}

// SmallPlaces are the touchpoints with fewer than MinGroup conversations, together.
type SmallPlaces struct {
	Touchpoints   int `json:"touchpoints"`
	Conversations int `json:"conversations"`
}

// A Mood is how many conversations were negative, and what is usual.
type Mood struct {
	Negative Share        `json:"negative"`
	Neutral  int          `json:"neutral"`
	Positive int          `json:"positive"`
	Mixed    int          `json:"mixed"`
	Norm     *Share       `json:"norm"` // the 28 days before
	Change   *ShareChange `json:"change"`
	Relief   int          `json:"relief"`
	Topic    string       `json:"relief_topic"`
}

// A ShareChange is the difference of two shares with Newcombe's interval at 95 %,
// as fractions: 0.038 is 3.8 points.
type ShareChange struct {
	Difference float64 `json:"difference"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Clear      bool    `json:"clear"`
}

// RatingFigure holds the customers' own verdicts, nil where there are none.
type RatingFigure struct {
	CSAT *Share `json:"csat"`
	NPS  *NPS   `json:"nps"`
}

// An NPS is the net promoter score, -100..100, with the interval at 95 % of a difference of
// two shares of one sample. Below n = MinHeadline the figures are nil.
type NPS struct {
	N          int      `json:"n"`
	Promoters  int      `json:"promoters"`
	Detractors int      `json:"detractors"`
	Score      *float64 `json:"score"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
}

// Quality says what the figures are made of, and what they have not seen.
type Quality struct {
	Conversations    int           `json:"conversations"`
	Messages         int           `json:"messages"`
	CustomerMessages int           `json:"customer_messages"`
	Unscored         []Tallied     `json:"unscored"`
	Excluded         []Tallied     `json:"excluded"`
	DeadLetters      int           `json:"dead_letters"`
	Sources          []SourceState `json:"sources"`
	// Until is how far the figures reach, where a source fails.
	Until    *time.Time     `json:"figures_until"`
	Lexicons []LexiconState `json:"lexicons"`
}

// A Tallied is a count by reason.
type Tallied struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// A SourceState is how far a source's data reach.
type SourceState struct {
	Name        string     `json:"name"`
	Through     *time.Time `json:"through"`
	FailedSince *time.Time `json:"failed_since"`
	Reason      string     `json:"reason"`
}

// A LexiconState is the lexicon that scored the period.
type LexiconState struct {
	Lang     string `json:"lang"`
	Version  string `json:"version"`
	Since    string `json:"since"`
	Previous string `json:"previous"`
	Changed  int    `json:"changed"`
}
