// Package jsonl reads conversations from files of JSON Lines: one conversation a
// line, in the form of odzew.ParseConversation. The files may be compressed with
// gzip, and may grow while they are read.
//
// Rules of this package:
//
//   - A conversation that changed is a further line; lines are never changed in
//     their place. A file that was written anew is read from its beginning.
//   - A last line without its end is read if it is whole: a JSON object has no
//     other beginning that is one. Otherwise it waits for its rest, until the file
//     has been quiet for a minute.
//   - UTF-16 is known by a file's first bytes. A line that is not UTF-8 then is a
//     dead letter, unless the configuration says what it is: a guess that is wrong
//     would change what customers wrote, and nobody would see it.
package jsonl

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/internal/encodings"
	"odzew/connectors/internal/files"
)

// Config is what a source of JSON Lines needs.
type Config struct {
	// Name is the source of the conversations that do not name theirs.
	Name string `yaml:"name"`
	// Paths are files or patterns (logs/*.jsonl.gz).
	Paths []string `yaml:"paths"`
	// Complete says that nobody writes to the files any more: the end of a file
	// ends its last line.
	Complete bool `yaml:"complete"`
	// Encoding is its name in the WHATWG's list, as in windows-1250; empty: UTF-8.
	// Where it is stated, what it cannot read is U+FFFD and told, also with utf-8.
	Encoding string `yaml:"encoding"`
	// MaxLine is how long a line may be, in bytes; 0 stands for 16 MiB.
	MaxLine int `yaml:"max_line"`
	// Now tells whether a file has been quiet.
	Now func() time.Time `yaml:"-"`
}

// A Source reads the files of a configuration.
type Source struct {
	config  Config
	charset encoding.Encoding // nil: not stated
	tail    files.Tail
}

var _ connectors.Connector = (*Source)(nil)

// New checks a configuration.
func New(config Config) (*Source, error) {
	switch {
	case config.Name == "":
		return nil, errors.New("jsonl: a source needs a name")
	case len(config.Paths) == 0:
		return nil, fmt.Errorf("source %s: paths is empty: name at least one file or pattern", config.Name)
	case files.BadPattern(config.Paths) != nil:
		return nil, fmt.Errorf("source %s: paths: %w", config.Name, files.BadPattern(config.Paths))
	case config.MaxLine < 0:
		return nil, fmt.Errorf("source %s: max_line is negative", config.Name)
	case config.Now == nil:
		return nil, fmt.Errorf("source %s: no clock was given", config.Name)
	}
	charset, err := encodings.Named(config.Encoding)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", config.Name, err)
	}
	if config.MaxLine == 0 {
		config.MaxLine = 16 << 20
	}
	s := &Source{config: config, charset: charset}
	s.tail = files.Tail{Kind: "jsonl/1", Patterns: config.Paths, Complete: config.Complete, Now: config.Now, UTF16: true, Read: s.read}
	return s, nil
}

// Pull implements connectors.Connector.
func (s *Source) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	return s.tail.Pull(ctx, since, accept)
}

func (s *Source) read(f *files.File) error {
	lines := files.NewLines(f, s.config.MaxLine)
	for {
		line, err := lines.Next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		next := files.Place{Offset: f.Offset + line.Size, Line: f.Line + 1}
		if !line.Ended {
			if (line.Cut() || !s.whole(line.Bytes)) && !f.Ended() {
				return nil
			}
			next.Line-- // the "\n" may still come
		}
		if err := f.Accept(s.record(f, line), next); err != nil {
			return err
		}
	}
}

// record makes what a line holds; a blank one holds nothing.
func (s *Source) record(f *files.File, line files.Line) connectors.Record {
	content := bytes.TrimSpace(line.Bytes)
	if len(content) == 0 && !line.Cut() {
		return connectors.Record{}
	}
	var conversation *odzew.Conversation
	var err error
	if line.Cut() {
		err = fmt.Errorf("the line has %d bytes, and %d are allowed (max_line)", line.Size, s.config.MaxLine)
	} else {
		conversation, err = s.Parse(content)
	}
	if err != nil {
		where := fmt.Sprintf("%s:%d", f.Path, f.Line+1)
		return connectors.Record{DeadLetter: connectors.NewDeadLetter(where, err, line.Bytes, line.Size)}
	}
	return connectors.Record{Conversation: conversation}
}

// Parse reads one line as Pull does: of a stream, or of a dead letter again.
func (s *Source) Parse(line []byte) (*odzew.Conversation, error) {
	lost := false
	if s.charset != nil {
		var err error
		if line, err = s.charset.NewDecoder().Bytes(line); err != nil {
			return nil, fmt.Errorf("not %s: %w", s.config.Encoding, err)
		}
		lost = bytes.ContainsRune(line, utf8.RuneError)
	} else if n := validUTF8(line); n < len(line) {
		return nil, fmt.Errorf("not UTF-8 at byte %d; give the encoding of the source, as in encoding: windows-1250; in an import or a replay --encoding windows-1250", n+1)
	}
	c, err := odzew.ParseConversation(line)
	if err != nil {
		return nil, err
	}
	if lost {
		c.Problems = append(c.Problems, odzew.Problem{Reason: "characters that cannot be read, replaced by U+FFFD"})
	}
	c.Source = cmp.Or(c.Source, s.config.Name)
	return &c, nil
}

// validUTF8 returns how many bytes at the start of b are UTF-8.
func validUTF8(b []byte) int {
	if utf8.Valid(b) {
		return len(b)
	}
	for n := 0; ; {
		r, size := utf8.DecodeRune(b[n:])
		if r == utf8.RuneError && size == 1 {
			return n
		}
		n += size
	}
}

// whole reports whether a line without its end is a whole JSON object.
func (s *Source) whole(line []byte) bool {
	if s.charset != nil { // a byte that JSON knows may be half a character
		decoded, err := s.charset.NewDecoder().Bytes(line)
		if err != nil {
			return false
		}
		line = decoded
	}
	line = bytes.TrimSpace(line)
	return bytes.HasPrefix(line, []byte("{")) && json.Valid(line)
}
