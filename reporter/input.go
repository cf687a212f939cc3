package reporter

import (
	"time"

	"odzew"
	"odzew/reporter/stats"
)

// The input: what the store knows of one period, as plain structs. Rules:
//
//   - The reporter asks nobody: whatever a digest says must be in here.
//   - Only facts and counts come in. Shares, intervals, medians, orders and
//     verdicts are made by Build, so that every format shows the same ones.
//   - Texts may come from anywhere (a customer, a mail header, a server's error):
//     Build cleans and masks them.
//   - Waits are whole seconds within opening hours; where a desk keeps no calendar,
//     calendar seconds and an empty Hours. They come as samples: of raw waits
//     (stats.Of) for a day, of the stored histograms added up (Histogram.Sample) for
//     weeks.

// An Input is everything that one digest tells of.
type Input struct {
	// From and To are the first and the last day covered, as local dates: only
	// their year, month and day count, as they stand. They are equal on most days; on a
	// Monday they are Friday and Sunday.
	From, To time.Time
	// Zone is the IANA zone of the desk, as of time.LoadLocation. Nil is UTC.
	Zone *time.Location
	// SentAt is the "now" of the digest: ages of open waits are as of it.
	SentAt time.Time
	// Lang is "pl" or "en"; anything else is "pl".
	Lang string
	// Hours describes the opening hours, such as "pn–pt 9–17". Empty: there
	// are none, and all waits are calendar time.
	Hours string
	// FirstWeek: the program has collected for less than 7 days. Nothing is
	// compared.
	FirstWeek bool
	// Holiday is the name of the public holiday within the period, in Lang.
	Holiday string

	Volume      Volume
	Cases       []Case // every flag of the period that is still open; Build picks and orders
	Deadlines   []Deadline
	Waits       Waits
	Touchpoints []Touchpoint
	Sentiment   Sentiment
	Ratings     Ratings
	Sources     []Source
	Lexicons    []Lexicon
}

// A Volume counts what came in during the period.
type Volume struct {
	Conversations    int // with at least one message of a customer; not the excluded ones
	Messages         int // public messages of all hands
	CustomerMessages int
	// Unscored counts customer messages without a score, by reason as of
	// odzew.Score.Reason ("too little text", "language not supported").
	Unscored map[string]int
	// Excluded counts conversations left out, by reason (spam, deleted, test).
	Excluded    map[string]int
	DeadLetters int // records set aside and not replayed yet, whatever their day
}

// A Case is one flagged conversation. Flag.NeedsCall puts it first; Flag.Level 2
// counts as a high score.
type Case struct {
	Flag odzew.Flag
	// Customer joins the conversations of one person, by a key that is not shown.
	// Empty: nobody knows whose it is, and it stands apart.
	Customer string
	// Earlier: the customer did not write in the period, and is here because an
	// earlier matter still waits. It is listed, and is no part of the period's share
	// of high scores.
	Earlier bool
	// Number is what the desk calls the conversation, without "#". Empty:
	// Flag.Conversation.
	Number string
	// Name is the customer's name, where the desk wants names shown. Empty: the
	// digest shows the number only.
	Name string
	// URL leads to the conversation's page. Only http and https are linked.
	URL string
	// Waiting is the age of the open turn as of SentAt, nil where nobody waits.
	Waiting   *odzew.Clock
	Nudges    int // in the open turn
	Handovers int
	Reopens   int
	// Promise is the last promise whose time has passed without a reply, or nil.
	Promise *Promise
}

// A Promise is what the desk said that it would do by a time.
type Promise struct {
	Quote   string // the words of the promise
	Message string // the ID of the message that made it
	Due     time.Time
}

// The kinds of statutory deadlines.
const (
	DeadlineComplaint   = "complaint"    // reklamacja
	DeadlineDataRequest = "data_request" // a request about personal data
	DeadlineWithdrawal  = "withdrawal"   // from a contract: the refund
)

// A Deadline is a statutory clock that is still running, or has run out, without
// an answer. Pass those that the desk should see today: due within the next days.
type Deadline struct {
	Number, URL string
	Kind        string // one of the above
	// Safe is the last working day on or before the raw end, as a local date.
	Safe time.Time
	// Legal is the possibly later legal end, as a local date; zero: the same.
	Legal time.Time
}

// Waits are the waits of the whole desk.
type Waits struct {
	// Channels holds the waits that a human's reply ended in the period (first
	// and next replies), split by channel so that a change can be told apart
	// into "within" and "mix".
	Channels []ChannelWaits
	// First holds those of them that were a first reply.
	First stats.Sample
	// Asked and AskedOpen are the turns that customers opened in the last 28
	// days: waits of the answered ones, ages of the open ones.
	Asked     stats.Sample
	AskedOpen []int64
	// Open are the longest open waits now, in any order; a few are enough.
	// OpenCount counts them all.
	Open      []OpenWait
	OpenCount int
	// Parked counts open turns whose conversation stands as pending or on hold.
	Parked int
}

// ChannelWaits are the answered waits of one channel: in the period, and in the
// 28 days before it.
type ChannelWaits struct {
	Channel     string
	Now, Before stats.Sample
}

// An OpenWait is a customer who waits now.
type OpenWait struct {
	Number, URL string
	Age         odzew.Clock
}

// A Touchpoint is the record of one touchpoint.
type Touchpoint struct {
	Name string
	Now  Tally // in the period
	// Past holds the four weeks before the period, the latest first. Fewer where
	// the record is shorter.
	Past []Tally
	// Target is the desk's own target for its answered waits, in seconds of
	// opening hours; 0: none.
	Target int64
}

// A Tally counts conversations with a scored message, and lists the answered waits.
type Tally struct {
	Conversations int
	Negative      int // the customer's attitude was negative
	Strong        int // of level 2
	Waits         stats.Sample
}

// Sentiment counts conversations by their customer's attitude.
type Sentiment struct {
	Now  Attitudes // in the period
	Norm Attitudes // in the 28 days before it
	// Relief counts conversations of the period with relief or thanks;
	// ReliefTopic is the most frequent touchpoint or phrase of theirs.
	Relief      int
	ReliefTopic string
}

// Attitudes counts conversations by attitude.
type Attitudes struct {
	Negative, Neutral, Positive, Mixed int
}

// Ratings are the customers' own verdicts in the period.
type Ratings struct {
	// CSATGood counts ratings in the upper two fifths of their scale (4 and 5
	// of 5), CSAT all of them.
	CSATGood, CSAT int
	// Promoters gave 9 or 10, detractors 0 to 6.
	Promoters, Passives, Detractors int
}

// A Source is a configured account and how far its data reach.
type Source struct {
	Name string
	// Through is the instant up to which everything has been pulled; zero: never.
	Through time.Time
	// FailedSince is when its pulls began to fail; zero: they work.
	FailedSince time.Time
	// Reason says why it fails, in one line and without secrets.
	Reason string
}

// A Lexicon is the version that scored the period.
type Lexicon struct {
	Lang    string
	Version string
	// Since is the local date from which it is in force; zero: long ago.
	Since time.Time
	// Previous is the version before; Changed counts the messages of the period
	// that it would have scored otherwise. Empty: nothing to tell.
	Previous string
	Changed  int
}
