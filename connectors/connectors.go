// Package connectors says what a connector is: the one contract between the
// systems that hold conversations and the store that keeps them.
//
// Each system has a folder of its own beside this file, with a Config and a
// New; what they share for mail is in connectors/mail. Whoever writes a new one
// reads the comment of Connector, and runs connectortest.Run against it: each
// sentence there has a case.
//
// Rules of the packages below this one:
//
//   - They import this package, the domain, and the libraries of their protocol.
//     They know nothing of the store, of each other, or of the command line.
//   - They write nothing: not to the system that they read, not to disk, not to a log.
//   - Time is passed in. Secrets never stand in an error.
//   - Memory does not grow with the size of the source: whatever has no bound of
//     its own (a line, a mail, a page) gets one, and a dead letter beyond it.
package connectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"odzew"
)

// A Connector reads one configured source.
//
// Pull streams what is new or changed since a cursor, the oldest change first,
// to accept; the empty cursor stands for the beginning. No record comes twice
// within one pull, and a pull after which nothing has changed brings none.
//
// Accept is called by one goroutine at a time, and may keep what it is given: the
// connector does not touch a record again. When accept fails, it is not called
// again, and Pull returns an error that wraps its own. When ctx ends, Pull
// returns soon, with an error that wraps ctx.Err. No goroutine outlives Pull.
//
// A record's cursor, where it has one, covers that record and all before it.
// To keep the records and the latest cursor in one transaction is therefore all
// that a consumer has to do: a pull from any cursor that was accepted, after a
// failure at any instant, brings every record that the cursor does not cover.
// It may bring again some that are covered: the consumer knows a conversation
// by its source and id, a message by its conversation and id, and keeps each
// once. When Pull returns nil, the last cursor covers all that was accepted.
//
// What cannot be understood becomes a dead letter; the rest arrives. Pull fails
// where it cannot go on, or where a part of the source (a file, a folder) could
// not be reached, which it says after the rest has arrived: with an Error that
// tells whether trying again helps.
// A cursor that Pull cannot read, because another kind of connector or another
// version made it, gives an error that wraps ErrCursor before anything is
// accepted; to start again from the beginning is safe then, and the caller's
// choice.
//
// A Connector may be used again after Pull returns, but not by two at once.
type Connector interface {
	Pull(ctx context.Context, since Cursor, accept func(Record) error) error
}

// A Record is one of three: a conversation, a dead letter, or neither, which
// only says how far the pull has come.
type Record struct {
	// Conversation is a conversation as it now stands. Only of its messages some
	// may be missing, those that came before: what it does not hold was not
	// deleted, and it began when its earliest known message did. Where its ID is
	// empty it is one mail, and the consumer finds the thread by Messages[0].Mail.
	Conversation *odzew.Conversation
	DeadLetter   *DeadLetter
	// Cursor is empty where the connector cannot, or would not for the cost,
	// continue from here.
	Cursor Cursor
}

// A DeadLetter is something of a source that could not be read. It is kept, so
// that it can be shown, and read again by a better program.
type DeadLetter struct {
	// Where it stands, for people: file:line, mailbox/uid, a record's id.
	Where string
	// Reason says what is wrong with it.
	Reason string
	// Raw is its start, or the part of it that tells most, at most MaxRaw bytes.
	Raw []byte
	// Size is how many bytes it has in all; what is more than Raw was not kept.
	Size int64
}

// MaxRaw is how much of a dead letter is kept, in bytes.
const MaxRaw = 1 << 20

// NewDeadLetter returns a dead letter with a copy of as much of raw as is kept.
func NewDeadLetter(where string, err error, raw []byte, size int64) *DeadLetter {
	kept := append([]byte(nil), raw[:min(len(raw), MaxRaw)]...)
	return &DeadLetter{Where: where, Reason: err.Error(), Raw: kept, Size: size}
}

// A Cursor is a place in a source's history. Only the connector that made it
// can read it; it is printable text.
type Cursor string

// ErrCursor is wrapped by the error about a cursor that the connector cannot read.
var ErrCursor = errors.New("cursor is not of this kind")

// EncodeCursor makes a cursor of a connector's state. Kind names the connector
// and the version of the state's form, as in "jsonl/1".
func EncodeCursor(kind string, state any) (Cursor, error) {
	b, err := json.Marshal(state)
	if err != nil {
		return "", fmt.Errorf("cursor %s: %w", kind, err)
	}
	return Cursor(kind + " " + string(b)), nil
}

// DecodeCursor reads a cursor of the same kind into state. The empty cursor
// leaves state as it is.
func DecodeCursor(c Cursor, kind string, state any) error {
	if c == "" {
		return nil
	}
	have, body, _ := strings.Cut(string(c), " ")
	if have != kind {
		if len(have) > 40 {
			have = have[:40] + "…"
		}
		return Permanent(fmt.Errorf("%w: it was made by %q, and this is %q", ErrCursor, have, kind),
			"pull the source again from the beginning; nothing is doubled by that")
	}
	if err := json.Unmarshal([]byte(body), state); err != nil {
		return Permanent(fmt.Errorf("%w: %q with a broken state: %w", ErrCursor, kind, err),
			"pull the source again from the beginning; nothing is doubled by that")
	}
	return nil
}
