package odzew

import "time"

// The findings: what the analyzer makes of conversations. They are derived data:
// they carry the versions that made them, and can be made again at any time.

// Sentiment is a customer's attitude as expressed in one message.
type Sentiment string

// The four classes of sentiment.
const (
	Negative Sentiment = "negative"
	Neutral  Sentiment = "neutral"
	Positive Sentiment = "positive"
	Mixed    Sentiment = "mixed"
)

// A Score is what the analyzer finds in one message of a customer. Its JSON form
// is the line that `odzew score` prints.
type Score struct {
	ID string `json:"id,omitempty"`
	// Lang is "pl", "en", "mixed", another ISO 639-1 code, or "und".
	Lang string `json:"lang"`
	// Sentiment is nil where the language is not supported; Reason says so.
	Sentiment *Sentiment `json:"sentiment"`
	// Valence runs from -1 to 1 and is the sum of the evidence's weights, clamped.
	Valence       float64          `json:"valence"`
	Confidence    float64          `json:"confidence"` // 0..1
	Probabilities Probabilities    `json:"probabilities"`
	Reason        string           `json:"reason,omitempty"`
	Frustration   float64          `json:"frustration"`       // 0..1
	Level         int              `json:"frustration_level"` // 0, 1, 2
	Signals       []string         `json:"signals"`
	Aspects       []AspectPolarity `json:"aspects"`
	Stage         string           `json:"stage,omitempty"`
	Emotion       string           `json:"emotion,omitempty"`
	// Evidence is nil where it was not asked for.
	Evidence []Evidence `json:"evidence,omitzero"`
}

// Probabilities of the four classes; they sum to 1, or are all 0 where nothing
// was scored.
type Probabilities struct {
	Negative float64 `json:"negative"`
	Neutral  float64 `json:"neutral"`
	Positive float64 `json:"positive"`
	Mixed    float64 `json:"mixed"`
}

// An AspectPolarity is one thing that a message is about, and how it is judged.
type AspectPolarity struct {
	Aspect   string    `json:"aspect"`
	Polarity Sentiment `json:"polarity"`
}

// Evidence is one part of a score: the piece of text, the lexicon entry that it
// matched, the rule that was applied, and the weight it brought.
type Evidence struct {
	Start  int     `json:"start"` // byte offset in the text as given
	End    int     `json:"end"`
	Text   string  `json:"text"`
	Entry  string  `json:"entry"`
	Rule   string  `json:"rule"`
	Weight float64 `json:"weight"`
}

// Waits is what a conversation made its customer wait: the line that `odzew
// waits` prints. Definitions: docs/waits.md.
type Waits struct {
	Conversation string    `json:"conversation"`
	AsOf         time.Time `json:"as_of"`
	// Excluded says why the conversation has no figures (as of Conversation.Excluded).
	Excluded string `json:"excluded,omitempty"`
	// MergedInto is the conversation that this one went into. It then counts in
	// no figure of conversations; its ended turns count in those of turns.
	MergedInto      string     `json:"merged_into,omitempty"`
	FirstReply      FirstReply `json:"first_reply"`
	FirstHumanTotal *Clock     `json:"first_human_total"`
	Turns           []Turn     `json:"turns"`
	RequesterWait   *Clock     `json:"requester_wait"`
	AgentWork       *Clock     `json:"agent_work"`
	Pending         *Clock     `json:"pending"`
	Hold            *Clock     `json:"hold"`
	ParkedWait      *Clock     `json:"parked_wait"`
	FirstResolution *Clock     `json:"first_resolution"`
	FullResolution  *Clock     `json:"full_resolution"`
	ActiveLife      *Clock     `json:"active_life"`
	Periodic        []Clock    `json:"periodic"`
	Pausable        []Clock    `json:"pausable"`
	Reopens         int        `json:"reopens"`
	Handovers       int        `json:"handovers"`
	Nudges          int        `json:"nudges"`
	OneTouch        bool       `json:"one_touch"`
	Flags           []string   `json:"flags,omitempty"` // quality of the data, whole conversation
}

// A Clock is one duration, in calendar time and within opening hours. Seconds.
type Clock struct {
	Seconds         int64 `json:"seconds"`
	BusinessSeconds int64 `json:"business_seconds"`
}

// FirstReply is the wait for the first human answer.
type FirstReply struct {
	// State is answered, open, closed_unanswered or not_applicable.
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Seconds and BusinessSeconds are the wait, or, while open, its age as of now.
	// They are nil in the other states: the turn tells how long nobody answered.
	Seconds         *int64 `json:"seconds"`
	BusinessSeconds *int64 `json:"business_seconds"`
}

// A Turn is one wait: from a customer's message to what ended it.
type Turn struct {
	Kind     string    `json:"kind"`    // first, next, bot, none
	Outcome  string    `json:"outcome"` // answered, bot_answered, closed_unanswered, no_reply_needed, merged, open
	OpenedAt time.Time `json:"opened_at"`
	// ClosedAt is nil while the turn is open, and where thanks were left as they
	// were; the seconds then run to as_of.
	ClosedAt          *time.Time `json:"closed_at"`
	Seconds           int64      `json:"seconds"`
	BusinessSeconds   int64      `json:"business_seconds"`
	Nudges            int        `json:"nudges"`
	FirstNudgeSeconds *int64     `json:"first_nudge_seconds"`
	Flags             []string   `json:"flags"`
	// Thanks marks a turn that a closing-only message opened.
	Thanks bool `json:"thanks,omitempty"`
	// ParkedSeconds is how long the turn was open while its status said pending
	// or hold.
	ParkedSeconds int64 `json:"parked_seconds,omitempty"`
}

// A Flag says that a person should look at a conversation, and why.
type Flag struct {
	ID           string `json:"id,omitempty"`
	Conversation string `json:"conversation"`
	Source       string `json:"source,omitempty"`
	Customer     string `json:"customer"`
	Cause        string `json:"cause"`
	// Frustration is the conversation's, 0..1: the sum of the reasons' weights,
	// saturated.
	Frustration float64 `json:"frustration"`
	Level       int     `json:"level"` // 0, 1, 2
	// NeedsCall: a person should act today.
	NeedsCall bool      `json:"needs_call"`
	OpenedAt  time.Time `json:"opened_at"`
	State     string    `json:"state"`
	Reasons   []Reason  `json:"reasons"`
}

// A Reason is one part of a flag. Quote is the customer's own words, unmasked;
// whoever shows it masks it.
type Reason struct {
	Signal  string  `json:"signal"`
	Weight  float64 `json:"weight"`
	Quote   string  `json:"quote,omitempty"`
	Message string  `json:"message,omitempty"` // the message's ID
	// Count is how often, for signals of behaviour (nudges, reopens); of repeat_contact
	// the number that the customer names, where contacts were not counted.
	Count int `json:"count,omitempty"`
	// Due is until when an ultimatum gives the company time; nil where it names none.
	Due *time.Time `json:"due,omitempty"`
	// Seconds is how long the customer says that they have waited; 0 where they do not.
	Seconds int64 `json:"seconds,omitempty"`
}
