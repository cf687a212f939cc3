package english

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gopkg.in/neurosnap/sentences.v1"
	punkt "gopkg.in/neurosnap/sentences.v1/english"
)

// A Span is a piece of a text: bytes from Start up to End.
type Span struct{ Start, End int }

// splitter returns the sentence splitter with its English model: Punkt (Kiss and
// Strunk 2006), the same that prose's own segmenter loads anew for each document.
var splitter = sync.OnceValues(func() (*sentences.DefaultSentenceTokenizer, error) {
	s, err := punkt.NewSentenceTokenizer(nil)
	if err != nil {
		return nil, fmt.Errorf("the English sentence splitter's model: %w", err)
	}
	return s, nil
})

// Sentences returns the sentences of an English text, in order, without the space
// around them. An empty line ends a sentence; abbreviations and decimal points
// do not. Where the model cannot be loaded, paragraphs are returned.
func Sentences(text string) []Span {
	var spans []Span
	s, err := splitter()
	for start := 0; start < len(text); {
		end := paragraphEnd(text, start)
		if err != nil {
			spans = appendTrimmed(spans, text, start, end)
			start = end
			continue
		}
		paragraph, shift := compact(text[start:end])
		last := 0
		for _, stop := range s.SentencePositions(paragraph) {
			stop = shift(stop)
			spans = appendTrimmed(spans, text, start+last, start+stop)
			last = stop
		}
		start = end
	}
	return spans
}

// paragraphEnd returns where the paragraph that begins at start ends: behind the
// first empty line.
func paragraphEnd(text string, start int) int {
	for i := start; i < len(text); {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		rest := strings.IndexByte(text[i:], '\n')
		if rest < 0 {
			break
		}
		if strings.TrimSpace(text[i:i+rest]) == "" {
			return i + rest + 1
		}
	}
	return len(text)
}

// appendTrimmed adds the span without the space at its ends, if anything is left.
func appendTrimmed(spans []Span, text string, start, end int) []Span {
	for start < end {
		r, size := utf8.DecodeRuneInString(text[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		start += size
	}
	for start < end {
		r, size := utf8.DecodeLastRuneInString(text[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		end -= size
	}
	if start == end {
		return spans
	}
	return append(spans, Span{start, end})
}

// compact returns text with each run of space, and each run of ! and ?, cut to its
// first byte: the splitter is quadratic in the former and stumbles over the
// latter. shift maps an offset in the result back to text; offsets must be asked
// in ascending order.
func compact(text string) (compacted string, shift func(int) int) {
	type cut struct{ at, removed int } // removed: bytes so far, before offset at
	var cuts []cut
	var b strings.Builder
	kept, removed := 0, 0
	for i := 1; i < len(text); i++ {
		if !sameRun(text[i-1], text[i]) {
			continue
		}
		b.WriteString(text[kept:i])
		end := i + 1
		for end < len(text) && sameRun(text[end-1], text[end]) {
			end++
		}
		removed += end - i
		cuts = append(cuts, cut{b.Len(), removed})
		kept, i = end, end-1
	}
	if cuts == nil {
		return text, func(offset int) int { return offset }
	}
	b.WriteString(text[kept:])
	removed = 0
	return b.String(), func(offset int) int {
		for len(cuts) > 0 && cuts[0].at <= offset {
			removed, cuts = cuts[0].removed, cuts[1:]
		}
		return offset + removed
	}
}

func sameRun(a, b byte) bool { return isMark(a) && isMark(b) || isSpace(a) && isSpace(b) }

func isMark(c byte) bool { return c == '!' || c == '?' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
