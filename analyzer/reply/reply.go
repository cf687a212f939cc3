// Package reply finds what the author of a message wrote new, and sets apart what
// the mail program added: quoted messages, signatures, legal footers.
//
// Rules of this package:
//
//   - Pure, standard library only; text in, spans out.
//   - Nothing is lost: every byte of the body belongs to exactly one span.
//   - A false cut is worse than a miss. A quote is only cut where a mail program
//     would have written those very words; where in doubt the text is the author's.
//   - Linear time: a line is looked at a bounded number of times, and only a bounded
//     number of lines around it, however long the body.
//
// The languages of the mail programs are Polish, English, German, French, Czech and
// Slovak; their words stand in phrases.go.
package reply

import "strings"

// A Kind says whose words a span holds.
type Kind uint8

// The kinds of spans.
const (
	Own       Kind = iota // what the author wrote new
	Quoted                // earlier or forwarded messages, with the lines that introduce them
	Signature             // polite closing, name block, legal footer, "sent from my …"
)

// String gives the kind's name in lower case.
func (k Kind) String() string {
	return [...]string{"own", "quoted", "signature"}[k]
}

// A Span is a part of the body, in bytes, from Start up to but without End.
type Span struct {
	Kind       Kind
	Start, End int
}

// Parts is a body taken apart. The three texts are the spans of one kind in order,
// each trimmed of white space around, with an empty line between.
type Parts struct {
	Own       string
	Quoted    string
	Signature string
	// Spans cover the body without gap or overlap; neighbours differ in kind.
	Spans []Span
}

// Split takes the plain text of a message apart. A message that only forwards
// another has no own text.
func Split(body string) Parts {
	s := splitter{body: body}
	for pos := 0; pos < len(body); {
		end, next := lineAt(body, pos)
		start, stop, ok := s.quoteAt(pos, end, next)
		if !ok {
			pos = max(next, s.skip)
			continue
		}
		s.flush(start)
		s.add(Quoted, start, stop)
		s.own, pos = stop, stop
	}
	s.flush(len(body))
	return Parts{
		Own:       s.text(Own),
		Quoted:    s.text(Quoted),
		Signature: s.text(Signature),
		Spans:     s.spans,
	}
}

// A splitter walks a body line by line, once.
type splitter struct {
	body  string
	spans []Span
	own   int // where the open run of own text began
	skip  int // lines before it are known to hold no quote
	// quoting is set once a mail program's own line introduced a quote: from there
	// on a ">" is a quote mark and never a bullet.
	quoting bool
}

// add appends a span, or lengthens the last one of the same kind.
func (s *splitter) add(k Kind, start, end int) {
	if start >= end {
		return
	}
	if n := len(s.spans); n > 0 && s.spans[n-1].Kind == k {
		s.spans[n-1].End = end
		return
	}
	s.spans = append(s.spans, Span{k, start, end})
}

// flush closes the open run of own text at end, and sets its signature apart.
// White space alone goes with what stands before it.
func (s *splitter) flush(end int) {
	run := s.body[s.own:end]
	if strings.TrimSpace(run) == "" {
		k := Own
		if n := len(s.spans); n > 0 {
			k = s.spans[n-1].Kind
		}
		s.add(k, s.own, end)
		return
	}
	from, to := signature(run)
	s.add(Own, s.own, s.own+from)
	s.add(Signature, s.own+from, s.own+to)
	s.add(Own, s.own+to, end)
}

// text puts the spans of a kind together. Where others stood between them, they are
// apart by an empty line, however the body set them off.
func (s *splitter) text(k Kind) string {
	var pieces []string
	for _, sp := range s.spans {
		if sp.Kind != k {
			continue
		}
		if piece := strings.TrimSpace(s.body[sp.Start:sp.End]); piece != "" {
			pieces = append(pieces, piece)
		}
	}
	return strings.Join(pieces, "\n\n")
}

// lineAt gives the end of the line that holds pos, and the start of the next.
func lineAt(s string, pos int) (end, next int) {
	if i := strings.IndexByte(s[pos:], '\n'); i >= 0 {
		return pos + i, pos + i + 1
	}
	return len(s), len(s)
}

// lineBefore gives the line that ends right before pos, itself the start of a line.
// ok is false at the start of the body, or where the line begins before floor.
func lineBefore(s string, pos, floor int) (start int, ok bool) {
	if pos <= floor {
		return 0, false
	}
	// Not further back than an introducing line can be: a longer line is prose.
	low := max(floor, pos-maxIntro)
	if i := strings.LastIndexByte(s[low:pos-1], '\n'); i >= 0 {
		return low + i + 1, true
	}
	return low, low == floor
}

// indent counts the white space that a line starts with, no-break spaces included.
func indent(s string) int {
	i := 0
	for i < len(s) {
		switch {
		case s[i] == ' ' || s[i] == '\t' || s[i] == '\r':
			i++
		case strings.HasPrefix(s[i:], "\u00a0"):
			i += 2
		case strings.HasPrefix(s[i:], "\u200b") || strings.HasPrefix(s[i:], "\ufeff"):
			i += 3
		default:
			return i
		}
	}
	return i
}
