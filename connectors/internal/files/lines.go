package files

import (
	"bufio"
	"errors"
	"io"
)

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

// Next returns the next line with its "\n", or as much of it as is kept, and its
// size. The last line may lack the "\n". After it, or instead of it, comes
// io.EOF. The line is good until the next call.
func (l *Lines) Next() (line []byte, size int64, err error) {
	line, err = l.r.ReadSlice('\n')
	size = int64(len(line))
	if errors.Is(err, bufio.ErrBufferFull) {
		l.line = append(l.line[:0], line[:min(len(line), l.most)]...)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = l.r.ReadSlice('\n')
			size += int64(len(line))
			l.line = append(l.line, line[:min(len(line), l.most-len(l.line))]...)
		}
		line = l.line
	}
	if err == io.EOF && size > 0 {
		err = nil
	}
	return line[:min(len(line), l.most)], size, err
}
