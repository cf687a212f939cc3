package waits

import (
	"cmp"
	"crypto/sha256"
	"math"
	"slices"

	"odzew"
)

// Repeats finds texts that were hardly written by hand, though they stand as a
// human's: the same body, sent many times, each within a minute of a customer's
// message. They are for a person to look at; no figure leaves them out. The zero
// value is ready to use.
type Repeats struct{ quick map[[sha256.Size]byte]Repeat }

// A Repeat is a suspected automatic text, by one message that has it.
type Repeat struct {
	Source       string `json:"source"`
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
	Count        int    `json:"count"`
}

const (
	repeatCount   = 20
	repeatSeconds = 60
)

// Add takes note of the quick answers in a conversation.
func (r *Repeats) Add(c odzew.Conversation) {
	var opt Options
	events, _ := timeline(&c, math.MaxInt64, &opt)
	asked := int64(-1)
	for _, e := range events {
		switch e.kind {
		case eventCustomer:
			asked = e.at
		case eventAgent:
			if asked < 0 || e.at-asked >= repeatSeconds {
				continue
			}
			m := &c.Messages[e.seq]
			key := sha256.Sum256([]byte(m.Text))
			if r.quick == nil {
				r.quick = map[[sha256.Size]byte]Repeat{}
			}
			seen, ok := r.quick[key]
			if !ok {
				seen = Repeat{Source: c.Source, Conversation: c.ID, Message: m.ID}
			}
			seen.Count++
			r.quick[key] = seen
		}
	}
}

// Suspected lists the texts that were sent 20 times or more, the most frequent first.
func (r *Repeats) Suspected() []Repeat {
	var found []Repeat
	for _, seen := range r.quick {
		if seen.Count >= repeatCount {
			found = append(found, seen)
		}
	}
	slices.SortFunc(found, func(a, b Repeat) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Source, b.Source), cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.Message, b.Message))
	})
	return found
}
