package reporter

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Markdown: the digest for chats and wikis (CommonMark and GitHub's dialect). All
// text is escaped, our own too, so that no customer's words become a link, an
// image, a heading, HTML, or a mention that rings somebody's phone.

// Markdown writes the digest as Markdown.
func (d Digest) Markdown(w io.Writer) error {
	p, err := d.page()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# odzew: %s\n\n**%s%s**%s\n", markdown(p.Title), markdown(p.Today), markdown(p.Call), markdown(p.Rest))
	for _, n := range p.Notices {
		fmt.Fprintf(&b, "\n> %s\n", markdownLine(line{n}))
	}
	for _, l := range p.Brief {
		fmt.Fprintf(&b, "\n%s\n", markdownLine(l))
	}
	for i, s := range p.Sections {
		fmt.Fprintf(&b, "\n## %d. %s\n\n", i+1, markdown(s.Title))
		if s.Note != "" {
			fmt.Fprintf(&b, "%s\n\n", markdown(s.Note))
		}
		for _, c := range s.Cards {
			markdownCard(&b, c)
		}
		for _, r := range s.Rows {
			markdownRow(&b, r)
		}
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "- %s\n", markdownLine(l))
		}
	}
	if len(p.Sections) > 0 {
		fmt.Fprintf(&b, "\n%s\n", markdown(p.Footer))
	}
	fmt.Fprintf(&b, "\n%s\n", markdown(p.Sent))
	_, err = w.Write(b.Bytes())
	return err
}

func markdownCard(b *bytes.Buffer, c card) {
	head := []string{markdownLine(c.Head), markdown(c.Score)}
	if c.Call != "" {
		head = append(head, "**"+markdown(c.Call)+"**")
	}
	for _, f := range c.Facts {
		head = append(head, markdown(f))
	}
	fmt.Fprintf(b, "- %s\n", strings.Join(head, " · "))
	if c.Quote != "" {
		fmt.Fprintf(b, "  > %s\n\n", markdown(c.Quote))
	}
	if c.Why != "" {
		fmt.Fprintf(b, "  %s\n", markdown(c.Why))
	}
	if c.How != "" {
		fmt.Fprintf(b, "  %s\n", markdownCode(c.How))
	}
}

func markdownRow(b *bytes.Buffer, r row) {
	fmt.Fprintf(b, "- **%s**", markdown(r.Label))
	for _, c := range r.Cells {
		if c != "" {
			fmt.Fprintf(b, " · %s", markdown(c))
		}
	}
	if r.Badge != "" {
		fmt.Fprintf(b, " · **%s**", markdown(r.Badge))
	}
	if r.Note != "" {
		fmt.Fprintf(b, " · %s", markdown(r.Note))
	}
	b.WriteByte('\n')
}

func markdownLine(l line) string {
	var b strings.Builder
	for _, x := range l {
		s := markdown(x.Text)
		switch {
		case x.Tone == code:
			s = markdownCode(x.Text)
		case x.URL != "":
			s = "[" + s + "](<" + x.URL + ">)"
		}
		if core := strings.TrimSpace(s); core != "" && (x.Tone == strong || x.Tone == bad || x.Tone == good || x.Tone == warn) {
			s = strings.Replace(s, core, "**"+core+"**", 1)
		}
		b.WriteString(s)
	}
	return strings.TrimSpace(b.String())
}

// markdownCode returns s as code, where no backtick of its own can end it.
func markdownCode(s string) string {
	s = visible(s)
	if strings.Contains(s, "`") {
		return markdown(s)
	}
	return "`" + s + "`"
}

// wordJoiner breaks up what would be a mention, without being seen.
const wordJoiner = "\u2060"

// markdown escapes s, a piece of one line.
func markdown(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i, r := range s {
		switch r {
		case '\\', '`', '*', '_', '{', '}', '[', ']', '<', '>', '#', '|', '~', '&', '$', '!', '^':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '@':
			b.WriteString("@" + wordJoiner)
		case ':': // "https://" would become a link
			if strings.HasPrefix(s[i:], "://") {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '.', ')': // "www." would become a link, and "1." a list
			if i >= 3 && strings.EqualFold(s[i-3:i], "www") || i > 0 && strings.Trim(s[:i], " 0123456789") == "" {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '-', '+', '=': // a list or a heading, at the start of a line
			if strings.TrimSpace(s[:i]) == "" {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '\u00a0', '\u202f':
			b.WriteRune(r)
		default:
			if !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}
