package mail

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTML as text: paragraphs stay paragraphs, quotes get ">", what is hidden is left
// out. The tokenizer is enough, and unlike a tree it keeps its memory and its time in
// proportion to the page, however deep the page nests.

const (
	maxStack  = 4096 // open elements that are remembered
	maxPrefix = 20   // ">" in front of a line
)

// Text gives the text of HTML: what is hidden is left out, and quotes get ">".
func Text(html string) string { return strings.TrimSpace(renderHTML(html)) }

// renderHTML gives the text of a page.
func renderHTML(page string) string {
	r := renderer{lineEmpty: true}
	r.b.Grow(len(page) / 2)
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimRight(r.b.String(), " \n") + "\n"
		case html.TextToken:
			if r.skipped == 0 && r.hidden == 0 {
				r.text(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			a := atom.Lookup(name)
			if r.skipped != 0 {
				continue
			}
			r.open(a, attributes(z, more))
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if r.skipped != 0 {
				if a == r.skipped {
					r.skipped = 0
				}
				continue
			}
			r.close(a)
		}
	}
}

// attrs are the attributes that tell quotes, in lower case.
type attrs struct {
	class, id, style, kind, cite, alt string
	hidden                            bool
}

func attributes(z *html.Tokenizer, more bool) attrs {
	var a attrs
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if len(value) > 2000 {
			value = value[:2000]
		}
		switch string(key) {
		case "class":
			a.class = strings.ToLower(string(value))
		case "id":
			a.id = strings.ToLower(string(value))
		case "style":
			a.style = strings.ReplaceAll(strings.ToLower(string(value)), " ", "")
		case "type":
			a.kind = strings.ToLower(string(value))
		case "cite":
			a.cite = string(value)
		case "alt":
			a.alt = string(value)
		case "hidden":
			a.hidden = true
		}
	}
	return a
}

// A frame is an open element, and what ends with it.
type frame struct {
	tag                      atom.Atom
	quote, hidden, pre, sign bool
}

type renderer struct {
	b         strings.Builder
	stack     []frame
	lost      int // open elements beyond maxStack
	quotes    int // open quotes
	hidden    int
	pre       int
	skipped   atom.Atom // the element whose text is no text: style, script, title
	breaks    int       // line ends owed before the next text
	lineEmpty bool
	space     bool // a space is owed within the line
	blank     bool // the line holds a no-break space and nothing else
	sign      bool // a signature begins with the next text
	depth     int  // ">" in front of the current line
	lineStart int
}

// open handles a start tag.
func (r *renderer) open(tag atom.Atom, a attrs) {
	switch tag {
	case atom.Style, atom.Script, atom.Title:
		r.skipped = tag
		return
	case atom.Br:
		r.settle()
		r.breaks = min(r.breaks+1, 2)
		return
	case atom.Hr:
		r.owe(2)
		return
	case atom.Img:
		if r.hidden == 0 && isEmoji(a.alt) {
			r.text([]byte(a.alt))
		}
		return
	case atom.Meta, atom.Link, atom.Input, atom.Col, atom.Wbr, atom.Base, atom.Area, atom.Source:
		return
	case atom.P:
		if strings.Contains(a.class, "mso") || strings.Contains(a.style, "margin:0") || strings.Contains(a.style, "margin-bottom:0") {
			r.owe(1)
		} else {
			r.owe(2)
		}
		if !a.hidden && !strings.Contains(a.style, "display:none") {
			return
		}
	case atom.Li:
		r.owe(1)
		r.text([]byte("- "))
		r.space = true
		return
	case atom.Td, atom.Th:
		r.space = true
	case atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Dl:
		r.owe(2)
	case atom.Div, atom.Blockquote, atom.Table, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Center, atom.Form,
		atom.Fieldset, atom.Dd, atom.Dt, atom.Address, atom.Tbody, atom.Body, atom.Html, atom.Figure, atom.Main, atom.Nav, atom.Aside:
		r.owe(1)
	}

	f := frame{
		tag:    tag,
		quote:  isQuote(tag, a),
		hidden: a.hidden || strings.Contains(a.style, "display:none") || strings.Contains(a.style, "mso-hide:all"),
		pre:    tag == atom.Pre,
		sign:   hasClass(a.class, "gmail_signature") || hasClass(a.class, "moz-signature") || a.id == "ms-outlook-mobile-signature",
	}
	if len(r.stack) == maxStack {
		r.lost++
		return
	}
	r.stack = append(r.stack, f)
	r.apply(f, 1)
	if f.sign && r.quotes == 0 {
		r.sign = true
	}
	if a.id == "divrplyfwdmsg" || tag == atom.Div && strings.Contains(a.style, "border-top:solid") {
		// What Outlook itself writes here in plain text.
		r.owe(2)
		r.text([]byte("________________________________"))
		r.owe(1)
	}
}

// close handles an end tag: it ends the nearest element of that name, with all that
// is open inside it.
func (r *renderer) close(tag atom.Atom) {
	switch tag {
	case atom.P:
		if r.breaks < 1 || r.blank {
			r.settle()
		}
		r.owe(1)
	case atom.Div, atom.Blockquote, atom.Table, atom.Tr, atom.Section, atom.Article, atom.Li, atom.Dd, atom.Dt, atom.Address, atom.Center, atom.Header, atom.Footer:
		r.owe(1)
	case atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre:
		r.owe(2)
	}
	if r.lost > 0 {
		r.lost--
		return
	}
	for i := len(r.stack) - 1; i >= max(0, len(r.stack)-64); i-- {
		if r.stack[i].tag != tag {
			continue
		}
		for _, f := range r.stack[i:] {
			r.apply(f, -1)
		}
		r.stack = r.stack[:i]
		return
	}
}

// apply counts an element in or out.
func (r *renderer) apply(f frame, by int) {
	if f.quote {
		r.quotes += by
	}
	if f.hidden {
		r.hidden += by
	}
	if f.pre {
		r.pre += by
	}
	if f.sign && by < 0 {
		r.sign = false
	}
}

// owe asks for at least n line ends before the next text.
func (r *renderer) owe(n int) {
	r.settle()
	r.breaks = max(r.breaks, n)
}

// settle ends the text of a line: one that held a no-break space only becomes an
// empty line, and a signature's delimiter keeps its space.
func (r *renderer) settle() {
	if r.blank {
		r.breaks, r.blank = 2, false
	}
	if r.space && r.breaks == 0 && r.b.String()[r.lineStart:] == "--" {
		r.b.WriteByte(' ')
	}
	r.space = false
}

// text writes a piece of text, white space collapsed.
func (r *renderer) text(t []byte) {
	if r.pre > 0 {
		for line := range bytes.Lines(t) {
			end := bytes.HasSuffix(line, []byte("\n"))
			r.word(bytes.TrimRight(line, "\r\n"))
			if end {
				r.breaks = min(r.breaks+1, 2)
			}
		}
		return
	}
	for len(t) > 0 {
		i := 0
		for i < len(t) && !isSpace(t[i:]) {
			i++
		}
		if i > 0 {
			r.word(t[:i])
			t = t[i:]
			continue
		}
		if t[0] == 0xc2 {
			if r.lineEmpty || r.breaks > 0 {
				r.blank = true
			}
			t = t[2:]
		} else {
			t = t[1:]
		}
		r.space = true
	}
}

// isSpace says whether b begins with white space or a no-break space.
func isSpace(b []byte) bool {
	switch b[0] {
	case ' ', '\t', '\n', '\r', '\f':
		return true
	}
	return len(b) > 1 && b[0] == 0xc2 && b[1] == 0xa0
}

// word writes text that stands in one line, after the line ends and the space owed.
func (r *renderer) word(w []byte) {
	if len(w) == 0 {
		return
	}
	r.blank = false
	if r.sign {
		r.sign = false
		if !bytes.HasPrefix(w, []byte("--")) && !strings.HasSuffix(strings.TrimRight(r.b.String(), " "), "\n--") {
			r.breaks = max(r.breaks, 1)
			r.word([]byte("-- "))
			r.breaks = 1
		}
	}
	if r.breaks > 0 && r.b.Len() > 0 {
		r.b.WriteByte('\n')
		if r.breaks > 1 {
			for range min(r.depth, r.quotes, maxPrefix) {
				r.b.WriteByte('>')
			}
			r.b.WriteByte('\n')
		}
		r.lineEmpty = true
	}
	r.breaks = 0
	if r.lineEmpty {
		r.lineStart = r.b.Len()
		r.depth = r.quotes
		if n := min(r.depth, maxPrefix); n > 0 {
			for range n {
				r.b.WriteByte('>')
			}
			r.b.WriteByte(' ')
		}
	} else if r.space {
		r.b.WriteByte(' ')
	}
	r.b.Write(w)
	r.lineEmpty, r.space = false, false
}

// isQuote says whether an element holds an earlier message.
func isQuote(tag atom.Atom, a attrs) bool {
	if tag == atom.Blockquote {
		// Gmail and Outlook indent the author's own words with a blockquote as well.
		indented := strings.Contains(a.style, "border:none") || strings.Contains(a.style, "border:0") || strings.Contains(a.style, "border-width:0")
		return !indented || a.kind == "cite" || a.cite != "" || strings.Contains(a.class, "quote")
	}
	return hasClass(a.class, "yahoo_quoted") || strings.HasPrefix(a.id, "yahoo_quoted") ||
		hasClass(a.class, "protonmail_quote") || hasClass(a.class, "moz-forward-container") || hasClass(a.class, "zmail_extra") ||
		a.id == "mail-editor-reference-message-container"
}

// hasClass says whether a list of classes holds one.
func hasClass(classes, class string) bool {
	for c := range strings.FieldsSeq(classes) {
		if c == class {
			return true
		}
	}
	return false
}

// isEmoji says whether an image's text is a sign and no description.
func isEmoji(alt string) bool {
	if alt == "" || len(alt) > 24 {
		return false
	}
	for _, r := range alt {
		if r < 0x2000 && r != utf8.RuneError {
			return false
		}
	}
	return true
}

// isHTML says whether a text that calls itself plain is a page.
func isHTML(s string) bool {
	s = strings.TrimLeft(s[:min(len(s), 200)], " \t\n\ufeff")
	for _, p := range [...]string{"<!doctype html", "<html"} {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return true
		}
	}
	return false
}

// metaCharset gives the charset that a page names in its head, or "".
func metaCharset(page []byte) string {
	head := bytes.ToLower(page[:min(len(page), 2048)])
	i := bytes.Index(head, []byte("charset="))
	if i < 0 {
		return ""
	}
	v := bytes.TrimLeft(head[i+len("charset="):], `"' `)
	if j := bytes.IndexAny(v, `"'>;/ `+"\r\n"); j >= 0 {
		v = v[:j]
	}
	return string(v)
}
