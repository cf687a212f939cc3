// Package odzew holds the domain of the program in plain types: the
// conversations that connectors bring, and the findings that the analyzer makes
// of them. It is the one package that all others share, so it knows nothing of
// files, databases, clocks or networks.
//
// The way of the data, and the map of the program:
//
//		connectors ──> store ──> analyzer ──> store ──> reporter ──> terminal, mail, page
//		                            ^
//		                         lexicon
//
//	  - connectors/ pulls conversations out of mailboxes and files.
//	  - store/ keeps them in SQLite, with the cursor of each source, in one transaction.
//	  - analyzer/ is pure: a conversation, a lexicon, a calendar and "now" in, findings out.
//	  - lexicon/ holds the entries, as text files that a support team can edit.
//	  - reporter/ turns findings into figures with their n, and figures into a digest.
//	  - cmd/odzew carries the data from one to the next; only it reads the clock.
//
// Rules of this package:
//
//   - Standard library only.
//   - Instants are UTC; durations in JSON are whole seconds.
//   - A text from outside is never trusted to hold a known word: unknown kinds are
//     reported and treated as the mildest one.
package odzew

import (
	"encoding/json"
	"time"
)

// A Conversation is one matter between a customer and the company, with all its
// messages and events, as its source tells it. Its identity is (Source, ID).
type Conversation struct {
	// ID is the source's own identifier, stable between pulls. A mailbox has
	// none: then ID is empty, Mail is set, and the store finds the thread.
	ID     string `json:"id"`
	Source string `json:"source"`
	// Channel is email, chat, form, review, social, phone, or the source's word.
	Channel   string    `json:"channel,omitempty"`
	Inbox     string    `json:"inbox,omitempty"`
	Subject   string    `json:"subject,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	Priority  string    `json:"priority,omitempty"`
	Customer  Customer  `json:"customer"`
	Tags      []string  `json:"tags,omitempty"`
	Team      string    `json:"team,omitempty"`
	Form      string    `json:"form,omitempty"`
	// Excluded says why the conversation is left out of every figure and only
	// counted: "spam", "deleted" or "test". Empty: it takes part.
	Excluded string    `json:"excluded,omitempty"`
	Messages []Message `json:"messages"`
	Events   []Event   `json:"events,omitempty"`
	Ratings  []Rating  `json:"ratings,omitempty"`

	// Extra keeps the fields of the source's record that the types do not name.
	Extra map[string]json.RawMessage `json:"-"`
	// Problems lists what could not be taken as it came: unknown kinds, odd times.
	Problems []Problem `json:"-"`
}

// A Customer is the person, or firm, that a conversation is with.
type Customer struct {
	ID    string `json:"id,omitempty"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

// An Author is the kind of hand that wrote a message.
type Author string

// The kinds of authors. Only Customer messages are ever scored.
const (
	AuthorCustomer Author = "customer"
	AuthorAgent    Author = "agent" // a human of the company
	AuthorBot      Author = "bot"   // a conversational answer by a program
	AuthorAuto     Author = "auto"  // acknowledgement, out-of-office, campaign, survey
)

// A Message is one text in a conversation. Its identity is (Source, ID).
type Message struct {
	ID string `json:"id"`
	// At is the provider's own time of the message, UTC. Waits use this one;
	// the time of the pull is kept apart, by the store.
	At       time.Time `json:"at"`
	Author   Author    `json:"author"`
	AuthorID string    `json:"author_id,omitempty"`
	// Public is false for an internal note.
	Public bool `json:"public"`
	// Text is the whole text as it came, with quotes and signature: what of it
	// the author wrote new is derived by analyzer/reply and never stored over it.
	Text string `json:"text"`
	HTML string `json:"html,omitempty"`
	// Headers holds the few mail headers that say whether the message is
	// automatic (see AutomaticBy), and HeaderLawOffice.
	Headers map[string]string `json:"headers,omitempty"`
	// Mail carries what threads need. Nil where the source threads by itself.
	Mail *MailRefs `json:"-"`
	// Seq is the message's place in the order in which its source tells them, for those
	// who have brought them into another. 0 in all: the source's order is that of Messages.
	Seq int `json:"-"`
}

// MailRefs is how an e-mail points to others. Identifiers are Message-IDs without
// angle brackets.
type MailRefs struct {
	MessageID  string
	InReplyTo  string
	References []string // oldest first
	// Subject is the normalised subject (no Re:, Odp:, Fwd:, one case, one space).
	Subject string
	// Reply says that the subject carried a reply prefix (Re:, Odp:, AW:): without
	// references, only such a mail may join a thread by its subject.
	Reply bool
	// People are the normalised addresses of all that are not the company's own.
	People []string
}

// EventKind is what happened to a conversation beside its messages.
type EventKind string

// The kinds of events. Others are kept and reported, and count for nothing.
const (
	EventStatus  EventKind = "status"
	EventHandoff EventKind = "handoff" // from a bot to a human
	EventMerge   EventKind = "merge"   // this conversation went into another
	EventSplit   EventKind = "split"
	EventAssign  EventKind = "assign"
)

// Status is the state of a conversation.
type Status string

// The statuses. Pending waits for the customer, hold for a third party.
const (
	StatusNew     Status = "new"
	StatusOpen    Status = "open"
	StatusPending Status = "pending"
	StatusHold    Status = "hold"
	StatusSolved  Status = "solved"
	StatusClosed  Status = "closed"
)

// An Event is a change of a conversation's state.
type Event struct {
	At   time.Time `json:"at"`
	Kind EventKind `json:"kind"`
	To   string    `json:"to,omitempty"`   // the new status, or the assignee
	Into string    `json:"into,omitempty"` // merge: the conversation that goes on
	// By is who did it, where the source says.
	By Author `json:"by,omitempty"`
}

// A Rating is a customer's own verdict: CSAT, NPS or CES.
type Rating struct {
	Kind    string    `json:"kind"`
	Score   float64   `json:"score"`
	Max     float64   `json:"max"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment,omitempty"`
}

// A Problem is something of a record that was not taken as it came. Status counts
// them and explain shows them; the record itself is kept.
type Problem struct {
	Field  string `json:"field"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// A Touchpoint names a place where customer and company meet: a rule over the
// conversation. An empty field of a rule matches everything; the first rule that
// matches wins.
type Touchpoint struct {
	Name    string `json:"name" yaml:"name"`
	Source  string `json:"source,omitempty" yaml:"source"`
	Channel string `json:"channel,omitempty" yaml:"channel"`
	Inbox   string `json:"inbox,omitempty" yaml:"inbox"`
	Tag     string `json:"tag,omitempty" yaml:"tag"`
	Form    string `json:"form,omitempty" yaml:"form"`
	// Stage is where on the customer's journey the conversation began: awareness,
	// interest, decision, purchase or after_sales.
	Stage string   `json:"stage,omitempty" yaml:"stage"`
	Words []string `json:"words,omitempty" yaml:"words"` // any of them in the subject
}
