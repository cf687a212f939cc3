// Package mails makes records of mails, for the connectors that find them.
package mails

import (
	"errors"
	"io"
	"time"

	"odzew/connectors"
	"odzew/connectors/mail"
)

// Read makes a record of the mail that r holds, and reads r to its end. A mail
// that is none, or whose time nobody can know, is a dead letter; the error is r's.
//
// Arrived is a time that is worse than any that the mail names itself, such as
// that of its file; zero where there is none.
func Read(where string, r io.Reader, origin mail.Origin, arrived time.Time) (connectors.Record, error) {
	var head start
	m, err := mail.Parse(io.TeeReader(r, &head))
	if err != nil {
		return connectors.Record{}, err
	}
	if m.Received.IsZero() {
		m.Received = arrived
	}
	if m.From.Email == "" && m.Date.IsZero() && m.Subject == "" {
		err = errors.New("not a mail: it has neither From, nor Date, nor Subject")
	}
	if err == nil {
		c, unbelievable := m.Conversation(origin)
		if unbelievable == nil {
			return connectors.Record{Conversation: &c}, nil
		}
		err = unbelievable
	}
	return connectors.Record{DeadLetter: connectors.NewDeadLetter(where, err, head.raw, head.size)}, nil
}

// start keeps the start of what is written to it.
type start struct {
	raw  []byte
	size int64
}

func (s *start) Write(b []byte) (int, error) {
	s.size += int64(len(b))
	s.raw = append(s.raw, b[:min(len(b), connectors.MaxRaw-len(s.raw))]...)
	return len(b), nil
}
