// Package csv reads conversations from tables: exports of helpdesks, surveys and
// review sites as CSV, from a spreadsheet or a program. One row is one message.
//
// Rules of this package:
//
//   - Rows that follow each other with the same id are one conversation; where the
//     id comes back further down, the rest of it is a further record. Without a
//     column for ids each row is a conversation, known by its content.
//   - New rows stand at the end. A table that was written anew is read from its
//     beginning.
//   - The delimiter and the encoding are found out: "," ";" tab or "|"; UTF-8,
//     UTF-16, and windows-1250 for a row that is neither. In a row of UTF-8 what
//     is broken becomes U+FFFD, and is reported.
//   - A time without a zone needs the zone of the configuration; none is guessed.
//   - A row that cannot be read is a dead letter with its line; the header stands
//     before it, so that it can be read by itself, unless it is long (maxHeader).
//     A stray quote is forgiven where the row has as many fields as the header all
//     the same.
package csv

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/internal/encodings"
	"odzew/connectors/internal/files"
)

// Config is what a source of tables needs.
type Config struct {
	// Name is the source of the conversations.
	Name string `yaml:"name"`
	// Paths are files or patterns (export/*.csv). They may be compressed with gzip.
	Paths []string `yaml:"paths"`
	// Complete says that nobody writes to the files any more: the end of a file
	// ends its last row.
	Complete bool `yaml:"complete"`

	// Columns gives the header of the column for each field; those left out are
	// looked for under the field's own name. Fields are the keys of Fields.
	Columns map[string]string `yaml:"columns"`
	// Authors says which author a word in the author column stands for, as in
	// klient: customer. Without any, and without an author column, all is by customers.
	Authors map[string]odzew.Author `yaml:"authors"`
	// Channel and Inbox are those of conversations whose row does not say.
	Channel string `yaml:"channel"`
	Inbox   string `yaml:"inbox"`
	// Rating is the kind of the score column (csat, nps, ces), RatingMax its best.
	Rating    string  `yaml:"rating"`
	RatingMax float64 `yaml:"rating_max"`

	// Timezone is the IANA zone of times that name none, as in Europe/Warsaw.
	Timezone string `yaml:"timezone"`
	// TimeFormats are forms of times, written as Go writes 2 January 2006 15:04:05,
	// tried before the usual ones.
	TimeFormats []string `yaml:"time_formats"`
	// Delimiter is one character; empty: found out.
	Delimiter string `yaml:"delimiter"`
	// Encoding is its name in the WHATWG's list, as in iso-8859-2; empty: found out.
	Encoding string `yaml:"encoding"`
	// MaxRow is how long a row may be, in bytes; 0 stands for 1 MiB.
	MaxRow int `yaml:"max_row"`
	// Now tells which times are in the future, and whether a file has been quiet.
	Now func() time.Time `yaml:"-"`
}

// Fields are what a column can hold, with what it means.
var Fields = map[string]string{
	"id":             "the conversation's identifier",
	"at":             "the message's time (required)",
	"text":           "the message (required)",
	"message_id":     "the message's identifier",
	"author":         "who wrote it: customer, agent, bot, auto, or a word of Authors",
	"author_id":      "the author's identifier",
	"public":         "false for an internal note",
	"html":           "the message in HTML",
	"subject":        "the conversation's subject",
	"channel":        "email, chat, form, review, social, phone",
	"inbox":          "the inbox or queue",
	"priority":       "the conversation's priority",
	"tags":           "tags, with , ; or | between them",
	"team":           "the team",
	"form":           "the form that it came by",
	"customer_id":    "the customer's identifier",
	"customer_name":  "the customer's name",
	"customer_email": "the customer's address",
	"score":          "the customer's rating, a number",
}

// A Source reads the tables of a configuration.
type Source struct {
	config  Config
	zone    *time.Location
	charset encoding.Encoding // nil: found out
	layouts []string
	tail    files.Tail
}

var _ connectors.Connector = (*Source)(nil)

// New checks a configuration.
func New(config Config) (*Source, error) {
	s := &Source{config: config}
	wrong := func(format string, args ...any) (*Source, error) {
		return nil, fmt.Errorf("source %s: "+format, append([]any{config.Name}, args...)...)
	}
	switch {
	case config.Name == "":
		return nil, errors.New("csv: a source needs a name")
	case len(config.Paths) == 0:
		return wrong("paths is empty: name at least one file or pattern")
	case files.BadPattern(config.Paths) != nil:
		return wrong("paths: %w", files.BadPattern(config.Paths))
	case config.Delimiter != "" && utf8.RuneCountInString(config.Delimiter) != 1:
		return wrong("delimiter %q is not one character", config.Delimiter)
	case config.MaxRow < 0:
		return wrong("max_row is negative")
	case !slices.Contains([]string{"", "csat", "nps", "ces"}, config.Rating):
		return wrong("rating %q is none of csat, nps, ces", config.Rating)
	case config.Rating == "" && config.RatingMax != 0:
		return wrong("rating is missing: say which kind it is, csat, nps or ces")
	case config.Rating != "" && config.RatingMax <= 0:
		return wrong("rating_max is missing: give the best score that a %s can be", config.Rating)
	case config.Now == nil:
		return wrong("no clock was given")
	}
	for field := range config.Columns {
		if _, known := Fields[field]; !known {
			return wrong("columns: there is no field %q; there are %s", field, strings.Join(sortedFields(), ", "))
		}
	}
	for word, author := range config.Authors {
		if !knownAuthor(author) {
			return wrong("authors: %q is to be %q, which is none of customer, agent, bot, auto", word, author)
		}
	}
	var err error
	if config.Timezone != "" {
		if s.zone, err = time.LoadLocation(config.Timezone); err != nil {
			return wrong("timezone: %w; give it as in Europe/Warsaw", err)
		}
	}
	if s.charset, err = encodings.Named(config.Encoding); err != nil {
		return wrong("%w", err)
	}
	if config.MaxRow == 0 {
		s.config.MaxRow = 1 << 20
	}
	s.layouts = append(slices.Clone(config.TimeFormats), usualLayouts...)
	s.tail = files.Tail{Kind: "csv/1", Patterns: config.Paths, Complete: config.Complete, Now: config.Now, UTF16: true, Read: s.read}
	return s, nil
}

// Pull implements connectors.Connector.
func (s *Source) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	return s.tail.Pull(ctx, since, accept)
}

// Replay reads a dead letter again, which is the header and one row.
func (s *Source) Replay(raw []byte) (*odzew.Conversation, error) {
	rows := newRows(bytes.NewReader(raw), 0, len(raw))
	if rows.delimiter = delimiter(s.config.Delimiter, rows); rows.delimiter == 0 {
		return nil, errors.New("the record is empty")
	}
	head, err := rows.next()
	if err = cmp.Or(err, head.err); err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	t, err := s.newTable(head)
	if err != nil {
		return nil, err
	}
	rows.width = len(head.fields)
	row, err := rows.next()
	if err != nil {
		return nil, fmt.Errorf("the row: %w", err)
	}
	c, err := t.message(row, "the row")
	if err != nil {
		return nil, err
	}
	if more, err := rows.next(); err != io.EOF {
		return nil, fmt.Errorf("after its row stand %d bytes more, which are no part of it; mend the file and pull it again", more.size)
	}
	return c, nil
}

// How much of one conversation is held before its rows so far are passed on.
const (
	maxGroupRows  = 1000
	maxGroupBytes = 16 << 20
)

// read reads the rows of one file.
func (s *Source) read(f *files.File) error {
	t, rows, err := s.table(f)
	if t == nil || err != nil {
		return err
	}
	var group *odzew.Conversation
	groupBytes := 0
	// flush passes the group on; it ends where f's next row begins.
	end := f.Place
	flush := func() error {
		c := group
		group, groupBytes = nil, 0
		return f.Accept(connectors.Record{Conversation: c}, end)
	}
	for {
		row, err := rows.next()
		if err == io.EOF || err == nil && row.unended && !f.Ended() {
			return flush()
		}
		if err != nil {
			return err
		}
		next := files.Place{Offset: end.Offset + row.size, Line: end.Line + row.lines}
		m, err := t.message(row, fmt.Sprintf("%s:%d", f.Path, end.Line+1))
		if _, hopeless := errors.AsType[*connectors.Error](err); hopeless {
			return err
		}
		switch {
		case err != nil:
			if err := flush(); err != nil {
				return err
			}
			where := fmt.Sprintf("%s:%d", f.Path, end.Line+1)
			if err := f.Accept(connectors.Record{DeadLetter: t.letter(where, err, row)}, next); err != nil {
				return err
			}
		case m == nil: // a row of empty fields
		case group == nil || group.ID != m.ID || len(group.Messages) == maxGroupRows || groupBytes > maxGroupBytes:
			if err := flush(); err != nil {
				return err
			}
			group = m
		default:
			t.join(group, m)
		}
		groupBytes += int(row.size)
		end = next
	}
}

// table reads the header of a file, and returns the rows from f's place on. The
// table is nil where the header is not all there yet.
func (s *Source) table(f *files.File) (*table, *rows, error) {
	from := io.Reader(f)
	if f.Offset > 0 {
		beginning, err := f.Beginning(int64(s.config.MaxRow))
		if err != nil {
			return nil, nil, err
		}
		from = beginning
	}
	head := newRows(from, 0, s.config.MaxRow)
	if head.delimiter = delimiter(s.config.Delimiter, head); head.delimiter == 0 {
		return nil, nil, nil
	}
	row, err := head.next()
	switch {
	case err == io.EOF, err == nil && row.unended && f.Offset == 0 && !f.Ended():
		return nil, nil, nil
	case err == nil:
		err = row.err
	}
	if err != nil {
		return nil, nil, connectors.Permanent(fmt.Errorf("%s:1: the header: %w", f.Path, err), "check that the file is a table with a header")
	}
	t, err := s.newTable(row)
	if err != nil {
		return nil, nil, connectors.Permanent(fmt.Errorf("%s:1: %w", f.Path, err), "name the columns: with columns in the configuration, with --column in an import")
	}
	t.raw = bytes.Clone(row.raw)
	if f.Offset > 0 {
		rest := newRows(f, len(row.fields), s.config.MaxRow)
		rest.delimiter = head.delimiter
		return t, rest, nil
	}
	head.width = len(row.fields)
	return t, head, f.Accept(connectors.Record{}, files.Place{Offset: row.size, Line: row.lines})
}

// delimiter is the one of the configuration, or the one that the first line has
// most of outside of quotes; 0 where there is no line yet.
func delimiter(configured string, r *rows) rune {
	if configured != "" {
		d, _ := utf8.DecodeRuneInString(configured)
		return d
	}
	line := r.peekLine()
	if len(line) == 0 {
		return 0
	}
	best, most := ',', 0
	for _, d := range ",;\t|" {
		n, quoted := 0, false
		for _, c := range string(line) {
			if c == '"' {
				quoted = !quoted
			} else if c == d && !quoted {
				n++
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}

// encoding is that of a row: as configured, else found out; nil stands for UTF-8. A
// single field does not tell: RÓŻA in windows-1250 is valid UTF-8, and one of UTF-8
// that was cut is not.
func (s *Source) encoding(raw []byte) encoding.Encoding {
	if s.charset != nil || utf8.Valid(raw) {
		return s.charset
	}
	if good, bad := encodings.CountUTF8(raw); good > bad {
		return nil
	}
	return charmap.Windows1250
}

// decode makes UTF-8 of a field, and says whether something was lost.
func decode(field string, from encoding.Encoding) (_ string, lost bool) {
	if from != nil {
		if decoded, err := from.NewDecoder().String(field); err == nil {
			field = decoded
		}
	}
	if strings.IndexByte(field, 0) >= 0 {
		field, lost = strings.ReplaceAll(field, "\x00", "\uFFFD"), true
	}
	if !utf8.ValidString(field) {
		field, lost = strings.ToValidUTF8(field, "\uFFFD"), true
	}
	return field, lost || strings.Contains(field, "\uFFFD")
}

func sortedFields() []string {
	names := make([]string, 0, len(Fields))
	for name := range Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func knownAuthor(a odzew.Author) bool {
	switch a {
	case odzew.AuthorCustomer, odzew.AuthorAgent, odzew.AuthorBot, odzew.AuthorAuto:
		return true
	}
	return false
}
