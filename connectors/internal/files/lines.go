package files

import (
	"bufio"
	"errors"
	"io"
)

// A Line is a line of a text, or the rest of one.
type Line struct {
	// Bytes are the line with its "\n", or as much of it as is kept. They are good
	// until the next line.
	Bytes []byte
	// Size is how many bytes the line has in all.
	Size int64
	// Ended: it has its "\n"; only the last line of a text may lack it.
	Ended bool
}

// Cut reports whether only the start of the line was kept.
func (l Line) Cut() bool { return l.Size > int64(len(l.Bytes)) }

// Lines reads lines of any length in bounded memory.
type Lines struct {
	r    *bufio.Reader
	most int
	line []byte
}

// NewLines returns the lines of r, of which each is kept up to most bytes.
func NewLines(r io.Reader, most int) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, 64<<10), most: most}
}

// Next returns the next line, or io.EOF after the last.
func (l *Lines) Next() (Line, error) {
	piece, err := l.r.ReadSlice('\n')
	size := int64(len(piece))
	if errors.Is(err, bufio.ErrBufferFull) {
		l.line = append(l.line[:0], piece[:min(len(piece), l.most)]...)
		for errors.Is(err, bufio.ErrBufferFull) {
			piece, err = l.r.ReadSlice('\n')
			size += int64(len(piece))
			l.line = append(l.line, piece[:min(len(piece), l.most-len(l.line))]...)
		}
		piece = l.line
	}
	if err != nil && (err != io.EOF || size == 0) {
		return Line{}, err
	}
	return Line{Bytes: piece[:min(len(piece), l.most)], Size: size, Ended: err == nil}, nil
}
