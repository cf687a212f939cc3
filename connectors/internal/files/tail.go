package files

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"odzew/connectors"
)

// A Tail reads files that grow at their end.
type Tail struct {
	// Kind names the connector and its version in the cursor.
	Kind     string
	Patterns []string
	// Complete says that nobody writes to the files any more.
	Complete bool
	Now      func() time.Time
	// UTF16 says that files in UTF-16 are to be read as UTF-8.
	UTF16 bool
	// Read takes the records of one file from f, and gives them to f.Accept.
	Read func(f *File) error
}

// A Place is a place in a file between two records.
type Place struct {
	Offset int64 `json:"o"` // bytes of the text, as Read sees it
	Line   int64 `json:"l"` // lines before it
}

// A mark is how far a file was read.
type mark struct {
	Place
	// Size and Sum tell a file that grew from one that was replaced: the Sum is
	// that of its bytes on disk before Size.
	Size int64  `json:"s"`
	Sum  string `json:"h"`
	// Done: nothing was left, so a file of the same size needs no look.
	Done bool `json:"d,omitempty"`
}

// Pull is the Pull of a connector over the files.
func (t *Tail) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	var state struct {
		Files map[string]mark `json:"files"`
	}
	if err := connectors.DecodeCursor(since, t.Kind, &state); err != nil {
		return err
	}
	list, err := find(t.Patterns)
	if err != nil && len(list) == 0 {
		return err
	}
	errs := []error{err}
	if state.Files == nil {
		state.Files = make(map[string]mark)
	}
	p := pull{
		sender: sender{ctx: ctx, accept: accept, cursor: func() (connectors.Cursor, error) { return connectors.EncodeCursor(t.Kind, state) }},
		tail:   t, marks: state.Files,
	}
	for _, found := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		stop, err := p.file(found)
		if stop {
			return err
		}
		errs = append(errs, err)
	}
	if err == nil { // a file that could not be found may only be away
		p.forget(list)
	}
	if err := p.finish(); err != nil {
		return err
	}
	return errors.Join(errs...)
}

// A pull is the state of one Pull.
type pull struct {
	sender
	tail  *Tail
	marks map[string]mark
}

// file reads one file. Stop is true where the pull must end with err.
func (p *pull) file(found found) (stop bool, err error) {
	f := &File{Path: found.path, pull: p, mtime: found.info.ModTime()}
	if f.file, err = os.Open(found.path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, Unreadable(err)
	}
	defer f.file.Close()
	// The size that counts is that of the file that is open, not of the one listed.
	info, err := f.file.Stat()
	if err != nil {
		return false, Unreadable(err)
	}
	f.size = info.Size()
	old, known := p.marks[f.Path]
	if known && old.Size <= f.size {
		sum, err := fingerprint(f.file, old.Size)
		if err != nil {
			return false, Unreadable(err)
		}
		if sum == old.Sum {
			f.Place = old.Place
			if old.Done && old.Size == f.size {
				return false, nil
			}
		}
	}
	f.read = f.Place.Offset
	if f.text, f.plain, err = f.open(f.Place.Offset); err != nil {
		f.fail(err)
	} else {
		err = p.tail.Read(f)
	}
	switch {
	case err == nil || f.cut && errors.Is(err, io.ErrUnexpectedEOF):
	case f.broken == nil: // not the file's fault: accept's, or the configuration's
		return true, err
	case p.ctx.Err() != nil:
		return true, p.ctx.Err()
	case errors.As(f.broken, new(flate.CorruptInputError)), errors.Is(f.broken, gzip.ErrChecksum), errors.Is(f.broken, gzip.ErrHeader):
		letter := connectors.NewDeadLetter(fmt.Sprintf("%s:%d", f.Path, f.Line+1), fmt.Errorf("the compressed file is damaged, its rest is lost: %w", f.broken), nil, 0)
		if err := p.send(connectors.Record{DeadLetter: letter}, false); err != nil {
			return true, err
		}
		f.read = f.Place.Offset
	default:
		return false, Unreadable(fmt.Errorf("%s: %w", f.Path, f.broken))
	}
	m, err := f.mark(f.read == f.Place.Offset)
	if err != nil {
		return false, Unreadable(err)
	}
	if !known || m != old { // equal where all that was left is still half a record
		p.marks[f.Path], p.changed = m, true
	}
	return false, nil
}

// forget drops the marks of files that are no more.
func (p *pull) forget(list []found) {
	here := make(map[string]bool, len(list))
	for _, found := range list {
		here[found.path] = true
	}
	before := len(p.marks)
	maps.DeleteFunc(p.marks, func(path string, _ mark) bool { return !here[path] })
	p.changed = p.changed || len(p.marks) != before
}

// A File is one file, read from the place where the last pull ended.
type File struct {
	Path string
	// Place is where the next record begins. Read starts there; Accept moves it.
	Place

	pull   *pull
	file   *os.File
	text   io.Reader
	size   int64
	mtime  time.Time
	read   int64 // bytes of text read, from the beginning of the file
	plain  bool  // the text is the file's bytes as they are
	cut    bool  // a compressed file ends in its middle
	broken error // what kept the text from being read
}

// Read reads the text: unpacked, and in UTF-8 where Tail says so.
func (f *File) Read(b []byte) (int, error) {
	n, err := f.text.Read(b)
	f.read += int64(n)
	if err != nil && err != io.EOF {
		if f.fail(err); f.broken == nil {
			err = io.EOF
		}
	}
	return n, err
}

// fail notes what keeps the text from being read. A compressed file without its
// end is one that is still being written.
func (f *File) fail(err error) {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		f.cut = true
	} else {
		f.broken = err
	}
}

// Ended says, after Read gave io.EOF, whether the end of the file ends its last
// record as well; otherwise the rest waits for the next pull.
func (f *File) Ended() bool {
	return f.pull.tail.Complete || IsQuiet(f.mtime, f.pull.tail.Now())
}

// Beginning opens the text at its first byte, for what stands only there. Its
// limit keeps a file without an end of line from being read whole.
func (f *File) Beginning(limit int64) (io.Reader, error) {
	text, _, err := f.open(0)
	if err != nil {
		f.fail(err)
		return nil, err
	}
	return io.LimitReader(text, limit), nil
}

// Accept passes on a record that ends before next. A record without content
// only moves the place.
func (f *File) Accept(r connectors.Record, next Place) error {
	f.Place = next
	if r.Conversation == nil && r.DeadLetter == nil {
		return nil
	}
	due := f.pull.due(len(f.pull.marks))
	if due {
		m, err := f.mark(false)
		if err != nil {
			return Unreadable(err)
		}
		f.pull.marks[f.Path] = m
	}
	return f.pull.send(r, due)
}

// mark is how far the file was read.
func (f *File) mark(done bool) (mark, error) {
	m := mark{Place: f.Place, Size: f.Place.Offset, Done: done && !f.cut}
	if !f.plain {
		m.Size = f.size
	}
	var err error
	m.Sum, err = fingerprint(f.file, m.Size)
	return m, err
}

// open returns the file's text from an offset on, and whether that is its bytes
// as they are. It leaves the file's own position alone, so that two may be open.
func (f *File) open(offset int64) (text io.Reader, plain bool, err error) {
	section := io.NewSectionReader(f.file, 0, math.MaxInt64)
	raw := bufio.NewReaderSize(contextReader{f.pull.ctx, section}, 64<<10)
	head, err := raw.Peek(2)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	switch {
	case bytes.Equal(head, []byte{0x1f, 0x8b}):
		if text, err = gzip.NewReader(raw); errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
	case f.pull.tail.UTF16 && isUTF16(head):
		order := unicode.LittleEndian
		if head[0] == 0 || head[0] == 0xfe {
			order = unicode.BigEndian
		}
		text = transform.NewReader(raw, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	default:
		_, err = section.Seek(offset, io.SeekStart)
		return contextReader{f.pull.ctx, section}, true, err
	}
	if err == nil && offset > 0 {
		if _, err = io.CopyN(io.Discard, text, offset); err == io.EOF {
			err = nil // shorter than it was: there is nothing new
		}
	}
	return text, false, err
}

// A contextReader ends with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// isUTF16 judges by the byte order mark, or by a first character that is ASCII.
func isUTF16(head []byte) bool {
	if len(head) < 2 {
		return false
	}
	return head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff || (head[0] == 0) != (head[1] == 0)
}

// fingerprint is a sum of the first and the last bytes of a file's first size
// bytes: cheap however large the file, and other for a file that was written anew.
func fingerprint(r io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	window := make([]byte, min(size, 1<<10))
	for _, from := range []int64{0, size - int64(len(window))} {
		n, err := r.ReadAt(window, from)
		if err != nil && err != io.EOF {
			return "", err
		}
		h.Write(window[:n])
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
