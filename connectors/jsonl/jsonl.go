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
package jsonl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"odzew"
	"odzew/connectors"
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
	// MaxLine is how long a line may be, in bytes; 0 stands for 16 MiB.
	MaxLine int `yaml:"max_line"`
	// Now tells whether a file has been quiet.
	Now func() time.Time `yaml:"-"`
}

// A Source reads the files of a configuration.
type Source struct {
	config Config
	tail   files.Tail
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
	if config.MaxLine == 0 {
		config.MaxLine = 16 << 20
	}
	s := &Source{config: config}
	s.tail = files.Tail{Kind: "jsonl/1", Patterns: config.Paths, Complete: config.Complete, Now: config.Now, Read: s.read}
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
			if (line.Cut() || !whole(line.Bytes)) && !f.Ended() {
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
	var conversation odzew.Conversation
	var err error
	if line.Cut() {
		err = fmt.Errorf("the line has %d bytes, and %d are allowed (max_line)", line.Size, s.config.MaxLine)
	} else {
		conversation, err = odzew.ParseConversation(content)
	}
	if err != nil {
		where := fmt.Sprintf("%s:%d", f.Path, f.Line+1)
		return connectors.Record{DeadLetter: connectors.NewDeadLetter(where, err, line.Bytes, line.Size)}
	}
	if conversation.Source == "" {
		conversation.Source = s.config.Name
	}
	return connectors.Record{Conversation: &conversation}
}

// whole reports whether a line without its end is a whole JSON object.
func whole(line []byte) bool {
	line = bytes.TrimSpace(line)
	return bytes.HasPrefix(line, []byte("{")) && json.Valid(line)
}
