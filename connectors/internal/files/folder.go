package files

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"odzew/connectors"
)

// A Folder reads folders in which each file is one record.
type Folder struct {
	// Kind names the connector and its version in the cursor.
	Kind string
	// List gives each file that there is to found. An error does not undo what
	// was given before.
	List func(ctx context.Context, found func(Entry)) error
	// Read makes the record of a file. Its error says that the file could not be
	// opened or read; what is wrong inside of it is a dead letter.
	Read func(e Entry) (connectors.Record, error)
}

// An Entry is a file of a folder.
type Entry struct {
	// Key stays the same for as long as the record is the same.
	Key string
	// Path is where the file is now.
	Path string
	// Changed is when the file was written. List need not give it.
	Changed time.Time
}

// Pull is the Pull of a connector over the folder.
//
// The cursor is the set of all files that were read: nothing less tells a mail
// that was put back with its old date from one that was moved or flagged. It
// costs some 8 bytes a file.
func (f *Folder) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	var state struct {
		// Read holds the sums of the keys as differences of a sorted list, in base64.
		Read []byte `json:"read"`
	}
	if err := connectors.DecodeCursor(since, f.Kind, &state); err != nil {
		return err
	}
	before := unpack(state.Read)
	seen := make(map[uint64]bool, len(before)) // those that are still there, and true
	for _, sum := range before {
		seen[sum] = false
	}

	var fresh []Entry
	var errs []error
	err := f.List(ctx, func(e Entry) {
		sum := sumOf(e.Key)
		if here, known := seen[sum]; !known {
			fresh = append(fresh, e)
		} else if here {
			return
		}
		seen[sum] = true
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s := sender{ctx: ctx, accept: accept, cursor: func() (connectors.Cursor, error) {
		state.Read = pack(seen)
		return connectors.EncodeCursor(f.Kind, state)
	}}
	if err != nil { // what was not found may only be away
		errs = append(errs, err)
	}
	for sum, here := range seen {
		if !here && err == nil {
			delete(seen, sum)
			s.changed = true
		}
	}
	// Until it is read, a file is not seen.
	n := 0
	for _, e := range fresh {
		delete(seen, sumOf(e.Key))
		info, err := os.Stat(e.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // moved since it was listed: the next pull finds it
		case err != nil:
			errs = append(errs, Unreadable(err))
		case info.Mode().IsRegular():
			e.Changed = info.ModTime()
			fresh[n] = e
			n++
		}
	}
	fresh = fresh[:n]
	slices.SortFunc(fresh, func(a, b Entry) int {
		return cmp.Or(a.Changed.Compare(b.Changed), strings.Compare(a.Key, b.Key))
	})

	for _, e := range fresh {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := f.Read(e)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			errs = append(errs, Unreadable(err))
			continue
		}
		seen[sumOf(e.Key)] = true
		if err := s.send(r, s.due(len(seen))); err != nil {
			return err
		}
	}
	if err := s.finish(); err != nil {
		return err
	}
	return errors.Join(errs...)
}

func sumOf(key string) uint64 {
	sum := sha256.Sum256([]byte(key))
	return binary.BigEndian.Uint64(sum[:])
}

func pack(seen map[uint64]bool) []byte {
	sums := make([]uint64, 0, len(seen))
	for sum := range seen {
		sums = append(sums, sum)
	}
	slices.Sort(sums)
	b := make([]byte, 0, 8*len(sums))
	last := uint64(0)
	for _, sum := range sums {
		b = binary.AppendUvarint(b, sum-last)
		last = sum
	}
	return b
}

func unpack(b []byte) []uint64 {
	sums := make([]uint64, 0, len(b)/7)
	last := uint64(0)
	for len(b) > 0 {
		difference, n := binary.Uvarint(b)
		if n <= 0 { // cut off: what is not in it is read again
			break
		}
		last += difference
		sums, b = append(sums, last), b[n:]
	}
	return sums
}
