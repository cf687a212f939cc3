// Package files is what the connectors that read files have in common: which
// files there are, how far each was read, and how to say so in a cursor.
//
// There are two kinds of sources, and a type for each:
//
//   - Tail: files that only grow at their end (JSON Lines, CSV, mbox). The cursor
//     holds a place in each, and a sum by which a file that was replaced is known.
//   - Folder: folders where each file is one record and comes and goes as a whole
//     (Maildir, .eml). The cursor holds which files were read.
//
// Rules of this package:
//
//   - Only regular files are opened, and only to read: a pipe would block, and a
//     device never ends.
//   - A file that cannot be read does not keep the others from being read: its
//     error comes after them.
//   - A cursor costs as much as it has files, so one goes out after a number of
//     records that grows with them (see sender), and one at the end.
package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"odzew/connectors"
)

// Quiet is how long a file must have been left alone until its end is taken for
// the end of its last record. A writer that flushes half a record goes on sooner.
const Quiet = time.Minute

// IsQuiet reports whether a file that was last written at changed has been left
// alone. A time that lies ahead is that of another clock, and says nothing.
func IsQuiet(changed, now time.Time) bool {
	age := now.Sub(changed)
	return age >= Quiet || age <= -Quiet
}

// BadPattern returns what is wrong with the first pattern that no path can match; nil
// where all are well formed.
func BadPattern(patterns []string) error {
	for _, pattern := range patterns {
		if _, err := filepath.Match(pattern, ""); err != nil {
			return fmt.Errorf("pattern %q: %w: close the bracket, or write \\[ for a plain one", pattern, err)
		}
	}
	return nil
}

// Expand returns the paths that the patterns match, each once. A pattern without
// a wildcard must match; so must the folder that a wildcard begins in. The error
// does not keep what was found from being used.
func Expand(patterns []string) ([]string, error) {
	var all []string
	var errs []error
	known := make(map[string]bool)
	for _, pattern := range patterns {
		paths := []string{pattern}
		if i := strings.IndexAny(pattern, "*?["); i >= 0 {
			var err error
			if paths, err = filepath.Glob(pattern); err != nil {
				errs = append(errs, connectors.Permanent(fmt.Errorf("pattern %q: %w", pattern, err), "correct the pattern"))
			} else if len(paths) == 0 {
				// An empty folder is fine, one that is not mounted is not.
				if _, err := os.Stat(filepath.Dir(pattern[:i] + "x")); err != nil {
					errs = append(errs, Unreadable(err))
				}
			}
		} else if _, err := os.Stat(pattern); err != nil {
			errs = append(errs, Unreadable(err))
			continue
		}
		for _, path := range paths {
			if path = filepath.Clean(path); !known[path] {
				known[path] = true
				all = append(all, path)
			}
		}
	}
	return all, errors.Join(errs...)
}

// A found is a regular file that a pattern matches.
type found struct {
	path string
	info fs.FileInfo
}

// find returns the regular files that the patterns match, the one changed longest
// ago first.
func find(patterns []string) ([]found, error) {
	paths, err := Expand(patterns)
	errs := []error{err}
	var all []found
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // gone since it was listed
		case err != nil:
			errs = append(errs, Unreadable(err))
		case info.Mode().IsRegular():
			all = append(all, found{path, info})
		case slices.Contains(patterns, path):
			errs = append(errs, connectors.Permanent(fmt.Errorf("%s is not a regular file", path), "name a file, or a pattern such as "+filepath.Join(path, "*")))
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(a.info.ModTime().Compare(b.info.ModTime()), strings.Compare(a.path, b.path))
	})
	return all, errors.Join(errs...)
}

// Unreadable judges an error of the file system; it names the path by itself.
func Unreadable(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return connectors.Permanent(err, "check the path")
	case errors.Is(err, fs.ErrPermission):
		return connectors.Permanent(err, "let the user that the program runs as read it")
	}
	return connectors.Transient(err, "check the disk or the share")
}

// A sender passes records on, and says when a cursor goes with them.
type sender struct {
	ctx    context.Context
	accept func(connectors.Record) error
	// cursor is the cursor of what was read up to now.
	cursor func() (connectors.Cursor, error)
	// since counts the records after the last cursor.
	since int
	// changed: something was read that no cursor covers yet.
	changed bool
}

// due reports whether the next record is to have a cursor. The larger the
// cursor, the rarer, so that all cursors of a pull are in proportion to what it reads.
func (s *sender) due(entries int) bool { return s.since >= 100+entries/8 }

func (s *sender) send(r connectors.Record, withCursor bool) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.since++
	s.changed = true
	if withCursor {
		var err error
		if r.Cursor, err = s.cursor(); err != nil {
			return err
		}
		s.since, s.changed = 0, false
	}
	return s.accept(r)
}

// finish sends the cursor that covers all.
func (s *sender) finish() error {
	if !s.changed {
		return nil
	}
	return s.send(connectors.Record{}, true)
}
