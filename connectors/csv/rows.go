package csv

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// rows splits a text into rows. The grammar is encoding/csv's; what is added is a
// bound for a row, the bytes that each is made of, and how to go on after one that
// is wrong.
type rows struct {
	width     int // fields of a row; 0 until the header is read
	most      int // bytes of a row
	delimiter rune

	csv  *csv.Reader
	tape *tape
}

// A row is what stands between two places of the text.
type row struct {
	fields []string // good until the next row
	err    error    // why there are none
	// forgiven: a quote stands where none may.
	forgiven bool
	raw      []byte // good until the next row
	size     int64
	lines    int64
	// unended: the text ends in it, so there may be more to come.
	unended bool
}

var errTooLong = errors.New("row too long")

func newRows(src io.Reader, width, most int) *rows {
	return &rows{width: width, most: most, tape: &tape{r: src, most: most}}
}

// peekLine returns the first line, before anything was read.
func (r *rows) peekLine() []byte {
	b := bufio.NewReaderSize(r.tape, 64<<10)
	line, _ := b.Peek(1)
	for n := 1; len(line) == n && line[n-1] != '\n' && n < b.Size(); n++ {
		line, _ = b.Peek(n + 1)
	}
	r.tape = &tape{r: io.MultiReader(bytes.NewReader(r.tape.kept), r.tape.r), most: r.most}
	return bytes.Clone(line)
}

// next returns the next row, or io.EOF, or what is wrong with the source.
func (r *rows) next() (row, error) {
	if r.csv == nil {
		r.csv = csv.NewReader(bufio.NewReaderSize(r.tape, 64<<10))
		r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = r.delimiter, -1, true
	}
	fields, err := r.csv.Read()
	if err == io.EOF {
		return row{}, io.EOF
	}
	if errors.Is(err, errTooLong) || r.csv.InputOffset()-r.tape.base > int64(r.most) {
		return r.skip()
	}
	_, bad := errors.AsType[*csv.ParseError](err)
	if err != nil && !bad {
		return row{}, err
	}
	raw := r.tape.take(r.csv.InputOffset())
	made := row{fields: fields, raw: raw, size: int64(len(raw)), lines: int64(bytes.Count(raw, []byte("\n")))}
	atEnd := r.tape.ended && len(r.tape.kept) == 0
	made.unended = atEnd && (!bytes.HasSuffix(raw, []byte("\n")) || bad && r.open(raw))
	if bad {
		made.fields, made.forgiven = nil, true
		if fields, lazyErr := r.parse(string(raw), true); lazyErr == nil && len(fields) == r.width {
			made.fields = fields
		} else {
			parseErr, _ := errors.AsType[*csv.ParseError](err)
			made.err = fmt.Errorf("the row cannot be split into fields: %w at its column %d", parseErr.Err, parseErr.Column)
		}
		return made, nil
	}
	for r.width > 0 && len(made.fields) > r.width && made.fields[len(made.fields)-1] == "" {
		made.fields = made.fields[:len(made.fields)-1]
	}
	if r.width > 0 && len(made.fields) != r.width {
		made.err = fmt.Errorf("the row has %d fields, the header %d", len(made.fields), r.width)
	}
	return made, nil
}

// open reports whether raw ends within quotes, and would be a row but for that.
func (r *rows) open(raw []byte) bool {
	_, err := r.parse(string(raw)+`"`, false)
	return err == nil
}

// parse reads one row; lazy forgives quotes within a field.
func (r *rows) parse(raw string, lazy bool) ([]string, error) {
	c := csv.NewReader(strings.NewReader(raw))
	c.Comma, c.LazyQuotes, c.FieldsPerRecord = r.delimiter, lazy, -1
	fields, err := c.Read()
	if err != nil {
		return nil, err
	}
	if _, err := c.Read(); err != io.EOF {
		return nil, errors.New("it is more than one row")
	}
	return fields, nil
}

// skip gives up a row that has no end within its bound. The cause is mostly a
// quote that is not closed, so of what is given up as much as can be is whole lines.
func (r *rows) skip() (row, error) {
	kept := r.tape.kept
	n := bytes.LastIndexByte(kept[:min(len(kept), r.most)], '\n') + 1
	if n == 0 { // one long line: to its end
		n = bytes.IndexByte(kept, '\n') + 1
	}
	rest := io.Reader(bytes.NewReader(bytes.Clone(kept[n:])))
	beyond := int64(0) // what is given up of the text after kept
	unended := false
	if n == 0 {
		n = len(kept)
		b := bufio.NewReaderSize(r.tape.r, 64<<10)
		for {
			piece, err := b.ReadSlice('\n')
			beyond += int64(len(piece))
			if unended = err == io.EOF; unended || err == nil {
				break
			} else if !errors.Is(err, bufio.ErrBufferFull) {
				return row{}, err
			}
		}
		rest = b
	} else {
		rest = io.MultiReader(rest, r.tape.r)
	}
	made := row{
		err: fmt.Errorf("no row ends within %d bytes (max_row): a quote is not closed, or the row is too long", r.most),
		raw: kept[:n], size: int64(n) + beyond, lines: max(1, int64(bytes.Count(kept[:n], []byte("\n")))),
		unended: unended,
	}
	r.tape, r.csv = &tape{r: rest, most: r.most}, nil
	return made, nil
}

// A tape keeps what was read of a source until it is taken.
type tape struct {
	r     io.Reader
	most  int
	kept  []byte
	base  int64 // offset of kept
	ended bool
}

func (t *tape) Read(b []byte) (int, error) {
	if len(t.kept) > t.most {
		return 0, errTooLong
	}
	n, err := t.r.Read(b)
	t.kept = append(t.kept, b[:n]...)
	t.ended = err == io.EOF
	return n, err
}

// take returns what was read up to an offset, and forgets it.
func (t *tape) take(offset int64) []byte {
	n := int(offset - t.base)
	taken := t.kept[:n:n]
	t.kept, t.base = t.kept[n:], offset
	return taken
}
