// Package mbox reads mail from mbox files: mail after mail, each behind a line
// that begins with "From ".
//
// Rules of this package:
//
//   - A "From " line counts where a date ends it: prose begins with that word too,
//     and not every program escapes it. Otherwise lines are unescaped as in mboxrd,
//     which undoes what mboxo escapes as well.
//   - New mails stand at the end. A file that was written anew is read from its
//     beginning.
//   - A mail ends where the next begins. The last waits until the file has been
//     quiet for a minute. What comes after it then, and is no mail, is a dead letter.
//   - Mails are streamed: how long one is does not matter.
package mbox

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"odzew/connectors"
	"odzew/connectors/internal/files"
	"odzew/connectors/internal/mails"
	"odzew/connectors/mail"
)

// Config is what a source of mbox files needs.
type Config struct {
	// Name is the source of the conversations.
	Name string `yaml:"name"`
	// Paths are files or patterns; name that of sent mail too. They may be
	// compressed with gzip.
	Paths []string `yaml:"paths"`
	// Complete says that nobody writes to the files any more: the end of a file
	// ends its last mail.
	Complete bool `yaml:"complete"`
	// Inbox names the inbox of the conversations.
	Inbox string `yaml:"inbox"`
	// Own are the company's addresses: support@firma.example, @firma.example.
	Own []string `yaml:"own"`
	// Now bounds what time of a mail can be believed, and tells whether a file has
	// been quiet.
	Now func() time.Time `yaml:"-"`
}

// A Source reads the files of a configuration.
type Source struct {
	config Config
	own    mail.Addresses
	tail   files.Tail
}

var _ connectors.Connector = (*Source)(nil)

// New checks a configuration.
func New(config Config) (*Source, error) {
	switch {
	case config.Name == "":
		return nil, errors.New("mbox: a source needs a name")
	case len(config.Paths) == 0:
		return nil, fmt.Errorf("source %s: paths is empty: name at least one file or pattern", config.Name)
	case files.BadPattern(config.Paths) != nil:
		return nil, fmt.Errorf("source %s: paths: %w", config.Name, files.BadPattern(config.Paths))
	case len(config.Own) == 0:
		return nil, fmt.Errorf("source %s: own is empty: name the company's addresses, as in support@firma.example or @firma.example", config.Name)
	case config.Now == nil:
		return nil, fmt.Errorf("source %s: no clock was given", config.Name)
	}
	own, err := mail.OwnAddresses(config.Own)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", config.Name, err)
	}
	s := &Source{config: config, own: own}
	s.tail = files.Tail{Kind: "mbox/1", Patterns: config.Paths, Complete: config.Complete, Now: config.Now, Read: s.read}
	return s, nil
}

// Pull implements connectors.Connector.
func (s *Source) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	return s.tail.Pull(ctx, since, accept)
}

func (s *Source) read(f *files.File) error {
	text := newSplitter(f)
	for {
		// What f.Place is at: the line of a mail, or what no mail begins.
		where := fmt.Sprintf("%s:%d", f.Path, f.Line+1)
		line := text.separator
		record, err := s.record(text, where, line)
		if err != nil {
			return err
		}
		if text.ended && !f.Ended() {
			return nil
		}
		next := files.Place{Offset: f.Offset + text.size, Line: f.Line + text.lines}
		if err := f.Accept(record, next); err != nil {
			return err
		}
		if text.ended {
			return nil
		}
		text.next()
	}
}

// record makes a record of the text up to the next mail.
func (s *Source) record(text *splitter, where string, separator []byte) (connectors.Record, error) {
	if separator == nil {
		head, err := io.ReadAll(io.LimitReader(text, connectors.MaxRaw))
		if err == nil {
			_, err = io.Copy(io.Discard, text)
		}
		if err != nil || len(bytes.TrimSpace(head)) == 0 {
			return connectors.Record{}, err
		}
		reason := errors.New(`no mail begins here: a line such as "From jan@klient.example Tue Feb 10 09:00:00 2026" is missing, or the mail before was not whole when it was read`)
		return connectors.Record{DeadLetter: connectors.NewDeadLetter(where, reason, head, text.size)}, nil
	}
	origin := mail.Origin{Source: s.config.Name, Inbox: s.config.Inbox, Own: s.own, Now: s.config.Now()}
	at, zoned, _ := parseSeparator(separator)
	if zoned {
		origin.Received = at
	}
	// Without a zone it is the local time of whoever wrote it: better than none.
	return mails.Read(where, text, origin, at)
}

// A splitter reads one mail after another of an mbox, each to io.EOF.
type splitter struct {
	r *bufio.Reader
	// separator is the "From " line of the mail at hand; nil before the first one.
	separator []byte
	// size and lines are those of the mail up to now, with its separator.
	size, lines int64
	// ended: the file has no more.
	ended bool

	following []byte // the separator that ended the mail
	inLine    bool   // the next piece does not begin a line
	blank     []byte // a blank line that may belong to what ends the mail
	out       []byte // what was not yet read of the mail
}

func newSplitter(r io.Reader) *splitter {
	s := &splitter{r: bufio.NewReaderSize(r, 64<<10)}
	if line, err := s.r.Peek(len("From ")); err == nil && string(line) == "From " {
		line, _ := s.r.ReadSlice('\n')
		if _, _, ok := parseSeparator(line); ok && bytes.HasSuffix(line, []byte("\n")) {
			s.following = bytes.Clone(line)
			s.next()
		} else {
			s.out = line
			s.size, s.lines, s.inLine = int64(len(line)), int64(bytes.Count(line, []byte("\n"))), !bytes.HasSuffix(line, []byte("\n"))
		}
	}
	return s
}

// next goes on to the mail whose separator ended the last.
func (s *splitter) next() {
	s.separator, s.following = s.following, nil
	s.size, s.lines, s.inLine = int64(len(s.separator)), 1, false
}

func (s *splitter) Read(b []byte) (int, error) {
	for len(s.out) == 0 {
		if s.following != nil || s.ended {
			return 0, io.EOF
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, s.out)
	s.out = s.out[n:]
	return n, nil
}

// fill reads a piece of a line.
func (s *splitter) fill() error {
	piece, err := s.r.ReadSlice('\n')
	if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	begins := !s.inLine
	s.inLine = err != nil
	if begins && err == nil {
		if _, _, ok := parseSeparator(piece); ok {
			s.following, s.blank = bytes.Clone(piece), nil
			return nil
		}
	}
	s.size += int64(len(piece))
	if err == nil {
		s.lines++
	}
	before := s.blank
	s.blank = nil
	if len(piece) == 0 { // the end of the file: it takes the blank line as a separator does
		s.ended = true
		return nil
	}
	if begins && err == nil && len(bytes.TrimRight(piece, "\r\n")) == 0 {
		s.blank = bytes.Clone(piece)
		piece = nil
	}
	if begins && isEscaped(piece) {
		piece = piece[1:]
	}
	if s.out = piece; before != nil {
		s.out = append(before, piece...)
	}
	s.ended = err == io.EOF
	return nil
}

// isEscaped reports whether a line is one or more ">" and "From ".
func isEscaped(line []byte) bool {
	rest := bytes.TrimLeft(line, ">")
	return len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From "))
}

// dates are the forms of the date of a separator, after its words are put one
// space apart. Some have a zone.
var dates = []struct {
	layout string
	zoned  bool
}{
	{"Mon Jan 2 15:04:05 2006", false},
	{"Mon Jan 2 15:04:05 -0700 2006", true},
	{"Mon Jan 2 15:04:05 2006 -0700", true},
	{"Mon Jan 2 15:04:05 UTC 2006", true},
	{"Mon Jan 2 15:04:05 MST 2006", false}, // CET, or whatever else those letters mean
	{"Mon Jan 2 15:04 2006", false},
}

// parseSeparator reads a line "From SENDER DATE"; ok is false where it is none.
func parseSeparator(line []byte) (at time.Time, zoned, ok bool) {
	if !bytes.HasPrefix(line, []byte("From ")) || len(line) > 1000 {
		return time.Time{}, false, false
	}
	words := strings.Fields(string(line))
	// Five words are the least that a date has.
	for i := 1; i <= len(words)-5; i++ {
		switch words[i] {
		case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		default:
			continue
		}
		for _, form := range dates {
			if at, err := time.Parse(form.layout, strings.Join(words[i:], " ")); err == nil {
				return at.UTC(), form.zoned, true
			}
		}
	}
	return time.Time{}, false, false
}
