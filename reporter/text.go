package reporter

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Text: the digest for a terminal. Every word goes through put, which lets no
// control character pass: only paint writes an escape, and only around a word.

// TextOptions say what the terminal can do.
type TextOptions struct {
	// Width is the number of columns; 0 and everything above 100 mean 100, everything
	// below 40 means 40.
	Width int
	// Color: tones are shown in the 16 colours of ANSI.
	Color bool
}

const (
	widest    = 100
	narrowest = 40
)

// Text writes the digest in lines of at most o.Width columns.
func (d Digest) Text(w io.Writer, o TextOptions) error {
	p, err := d.page()
	if err != nil {
		return err
	}
	t := textWriter{width: widest, color: o.Color}
	if o.Width > 0 {
		t.width = min(max(o.Width, narrowest), widest)
	}
	t.page(p)
	_, err = w.Write(t.b.Bytes())
	return err
}

type textWriter struct {
	b     bytes.Buffer
	width int
	color bool
}

func (t *textWriter) page(p page) {
	t.line(0, 1, line{{Text: "odzew: ", Tone: strong}, {Text: p.Title + ", " + p.Sent}})
	t.line(0, 1, line{{Text: p.Today, Tone: strong}, {Text: p.Call, Tone: p.Tone}, {Text: p.Rest}})
	for _, n := range p.Notices {
		t.line(0, 1, line{n})
	}
	for _, l := range p.Brief {
		t.line(0, 1, l)
	}
	for i, s := range p.Sections {
		t.b.WriteByte('\n')
		head := line{{Text: fmt.Sprintf("%d. %s", i+1, s.Title), Tone: strong}}
		if s.Note != "" {
			head = append(head, bit{Text: " (" + s.Note + ")", Tone: dim})
		}
		t.line(0, 3, head)
		for _, c := range s.Cards {
			t.card(c)
		}
		t.rows(s.Rows)
		for _, l := range s.Lines {
			t.line(1, 3, l)
		}
	}
	if p.Footer != "" && len(p.Sections) > 0 {
		t.line(1, 3, line{{Text: p.Footer, Tone: dim}})
	}
}

func (t *textWriter) card(c card) {
	head := append(line{}, c.Head...)
	head = append(head, bit{Text: "  " + c.Score})
	if c.Call != "" {
		head = append(head, bit{Text: "  "}, bit{Text: strings.ToUpper(c.Call), Tone: bad})
	}
	if len(c.Facts) > 0 {
		head = append(head, bit{Text: "  " + strings.Join(c.Facts, ", ")})
	}
	t.line(1, 8, head)
	if c.Quote != "" {
		t.line(8, 8, line{{Text: c.Quote}})
	}
	if c.Why != "" {
		t.line(8, 8, line{{Text: c.Why, Tone: dim}})
	}
	if c.How != "" {
		t.line(8, 8, line{{Text: c.How, Tone: code}})
	}
}

// rows writes a table in columns, or, where that is too wide, as running text.
func (t *textWriter) rows(rows []row) {
	var widths []int
	label := 0
	for _, r := range rows {
		label = max(label, columns(r.Label))
		if len(r.Cells) < 3 && r.Badge == "" {
			continue // its last cell runs on; it does not set a column
		}
		for i, c := range r.Cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(c))
		}
	}
	for _, r := range rows {
		l := line{{Text: padded(r.Label, label), Tone: plain}}
		plainLine := line{{Text: r.Label}}
		for i, c := range r.Cells {
			w := 0
			if i < len(widths) && (i < len(r.Cells)-1 || r.Badge != "") {
				w = widths[i]
			}
			l = append(l, bit{Text: "  " + padded(c, w)})
			if c != "" {
				plainLine = append(plainLine, bit{Text: "  " + c})
			}
		}
		if r.Badge != "" {
			l = append(l, bit{Text: "  "}, bit{Text: r.Badge, Tone: r.Tone})
			plainLine = append(plainLine, bit{Text: "  "}, bit{Text: r.Badge, Tone: r.Tone})
		}
		n := 1
		for _, b := range l {
			n += columns(b.Text)
		}
		if n > t.width {
			l = plainLine
		}
		t.line(1, 5, l)
		if r.Note != "" {
			t.line(5, 5, line{{Text: r.Note}})
		}
	}
}

// padded fills s up with no-break spaces, which are not a place to break at.
func padded(s string, n int) string {
	return s + strings.Repeat("\u00a0", max(0, n-columns(s)))
}

// A piece is a part of a word in one tone.
type piece struct {
	text string
	tone tone
}

// line writes bits as one paragraph: the first line indented by first, the others
// by rest, broken between words.
func (t *textWriter) line(first, rest int, bits line) {
	t.b.WriteString(strings.Repeat(" ", first))
	column, start := first, true
	var word []piece
	wide, gap := 0, 0
	flush := func() {
		if len(word) == 0 {
			return
		}
		if !start && column+gap+wide > t.width {
			t.b.WriteByte('\n')
			t.b.WriteString(strings.Repeat(" ", rest))
			column, gap = rest, 0
		}
		t.b.WriteString(strings.Repeat(" ", gap))
		column += gap
		for _, p := range word {
			t.put(p)
		}
		column += wide
		word, wide, gap, start = word[:0], 0, 0, false
	}
	for _, b := range bits {
		from := 0
		for i, r := range b.Text {
			n := runeColumns(r)
			switch {
			case r == ' ':
				if from < i {
					word = append(word, piece{b.Text[from:i], b.Tone})
				}
				flush()
				gap++
				from = i + 1
				continue
			case wide+n > t.width-max(first, rest): // no word is longer than a line
				word = append(word, piece{b.Text[from:i], b.Tone})
				flush()
				from = i
			}
			wide += n
		}
		if from < len(b.Text) {
			word = append(word, piece{b.Text[from:], b.Tone})
		}
	}
	flush()
	t.b.WriteByte('\n')
}

// put writes a part of a word, without anything that a terminal would obey.
func (t *textWriter) put(p piece) {
	t.paint(visible(p.text), p.tone)
}

// visible returns s as a terminal may have it: a no-break space has done its work and becomes a space.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, s)
}

// paint writes s in the colour of its tone.
func (t *textWriter) paint(s string, tone tone) {
	escape := ""
	if t.color {
		escape = [...]string{strong: "1", bad: "1;31", warn: "33", good: "32", dim: "2", code: "36"}[tone]
	}
	if escape == "" {
		t.b.WriteString(s)
		return
	}
	t.b.WriteString("\x1b[" + escape + "m" + s + "\x1b[0m")
}

// columns returns how many columns s takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
