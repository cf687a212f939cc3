package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// The parts of a mail: which of them are the text, and the text out of its encodings.

// A content is the text of a part, in the forms in which it came.
type content struct {
	plain, html string
}

func (c content) empty() bool { return c.plain == "" && c.html == "" }

// text gives the plain form; of HTML where there is no other, or where the plain one
// only says that there is HTML.
func (c content) text() string {
	if c.html == "" {
		return c.plain
	}
	plain := strings.TrimSpace(c.plain)
	if plain != "" && (len(plain) > 400 || !strings.Contains(strings.ToLower(plain), "html")) {
		return c.plain
	}
	if rendered := renderHTML(c.html); strings.TrimSpace(rendered) != "" {
		return rendered
	}
	return c.plain
}

// part reads one part, with all parts inside it.
func (p *parser) part(get func(string) string, body io.Reader, depth int) content {
	kind, params := contentType(get("Content-Type"))
	disposition, named := contentType(get("Content-Disposition"))
	name := decodeWords(named["filename"])
	if name == "" {
		name = decodeWords(params["name"])
	}
	encoding := strings.ToLower(strings.TrimSpace(get("Content-Transfer-Encoding")))

	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		boundary := params["boundary"]
		if boundary == "" {
			br := bufio.NewReader(body)
			if boundary = guessBoundary(br); boundary != "" {
				p.problem("Content-Type", get("Content-Type"), "no boundary named; taken from the body")
			}
			body = br
		}
		if boundary != "" {
			return p.multipart(kind, boundary, body, depth)
		}
		p.problem("Content-Type", get("Content-Type"), "no boundary; read as plain text")
		kind = "text/plain"
	}

	isText := kind == "text/plain" || kind == "text/html"
	if !isText || disposition == "attachment" || name != "" {
		n := counter{base64: encoding == "base64"}
		if _, err := io.Copy(&n, body); err != nil {
			p.problem("attachment", name, "cut short: "+err.Error())
		}
		p.attachments = append(p.attachments, Attachment{Name: name, Type: kind, Size: n.size()})
		return content{}
	}

	raw, err := io.ReadAll(io.LimitReader(body, int64(p.left)))
	if err != nil {
		p.problem("body", "", "cut short: "+err.Error())
	}
	if p.left -= len(raw); p.left == 0 {
		if n, err := io.Copy(io.Discard, body); n > 0 || err != nil {
			p.problem("body", "", "longer than a letter can be; the rest is passed over")
		}
	}
	raw = p.decodeTransfer(raw, encoding)
	label := params["charset"]
	if label == "" && kind == "text/html" {
		label = metaCharset(raw)
	}
	text, problem := decodeText(raw, label)
	if problem != "" {
		p.problem("charset", params["charset"], problem)
	}
	text = unixText(text)
	if kind == "text/html" || isHTML(text) {
		return content{html: text}
	}
	if strings.EqualFold(params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(params["delsp"], "yes"))
	}
	return content{plain: text}
}

// multipart reads the parts inside a part.
func (p *parser) multipart(kind, boundary string, body io.Reader, depth int) content {
	var found []content
	head := &recorder{r: body, on: true}
	mr := textproto.NewMultipartReader(head, boundary)
	for {
		part, err := mr.NextPart()
		if err != nil {
			if head.on { // no part at all: what there is may still be text
				p.problem("Content-Type", kind, "its boundary never comes; read as plain text")
				text, _ := decodeText(head.buf, "")
				return content{plain: unixText(text)}
			}
			if !errors.Is(err, io.EOF) {
				p.problem("body", kind, "parts are broken: "+shorten(err.Error()))
			}
			break
		}
		head.on, head.buf = false, nil
		if p.parts++; p.parts > maxParts {
			p.problem("body", kind, "too many parts; the rest is passed over")
			break
		}
		if c := p.part(part.Header.Get, part, depth+1); !c.empty() {
			found = append(found, c)
		}
	}
	if len(found) == 0 {
		return content{}
	}
	if kind == "multipart/alternative" {
		var c content
		for _, f := range found {
			if c.plain == "" {
				c.plain = f.plain
			}
			if c.html == "" {
				c.html = f.html
			}
		}
		return c
	}
	c := found[0]
	for _, f := range found[1:] {
		if c.plain == "" && f.plain == "" {
			c.html += "\n<br>\n" + f.html
			continue
		}
		c = content{plain: strings.TrimRight(c.text(), "\n") + "\n\n" + f.text()}
	}
	return c
}

// A recorder keeps the first bytes that go through it, while it is on.
type recorder struct {
	r   io.Reader
	on  bool
	buf []byte
}

func (r *recorder) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	const most = 64 << 10
	if room := most - len(r.buf); r.on && room > 0 {
		r.buf = append(r.buf, b[:min(n, room)]...)
	}
	return n, err
}

// contentType reads a type with parameters, and of a broken one what can be read.
func contentType(v string) (string, map[string]string) {
	if strings.TrimSpace(v) == "" {
		return "text/plain", nil
	}
	kind, params, err := mime.ParseMediaType(v)
	if err == nil {
		return kind, params
	}
	params = map[string]string{}
	items := strings.Split(v, ";")
	for _, item := range items[1:] {
		if k, value, ok := strings.Cut(item, "="); ok {
			params[strings.ToLower(strings.TrimSpace(k))] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	kind = strings.ToLower(strings.TrimSpace(items[0]))
	if !strings.Contains(kind, "/") {
		if kind == "text" || kind == "" {
			kind = "text/plain"
		}
	}
	return kind, params
}

// guessBoundary takes the first line that begins with two dashes for a boundary.
func guessBoundary(br *bufio.Reader) string {
	head, _ := br.Peek(4096)
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n \t")
		if len(line) > 10 && bytes.HasPrefix(line, []byte("--")) && !bytes.ContainsAny(line, " \t") {
			return string(line[2:])
		}
	}
	return ""
}

// decodeTransfer undoes the transfer encoding, and of a broken one what can be undone.
func (p *parser) decodeTransfer(raw []byte, encoding string) []byte {
	switch encoding {
	case "", "7bit", "8bit", "binary":
		return raw
	case "quoted-printable":
		out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
		if err == nil {
			return out
		}
		p.problem("Content-Transfer-Encoding", encoding, "broken: "+err.Error())
		out, _ = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(escapeQP(raw))))
		return out
	case "base64":
		return p.decodeBase64(raw)
	}
	p.problem("Content-Transfer-Encoding", encoding, "unknown; the text is taken as it is")
	return raw
}

// escapeQP makes quoted-printable of what is nearly so: an equals sign that encodes
// nothing stands for itself, control characters are left out.
func escapeQP(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+len(raw)/8)
	for i, c := range raw {
		switch {
		case c == '=' && !encodes(raw[i+1:]):
			out = append(out, "=3D"...)
		case c < ' ' && c != '\n' && c != '\r' && c != '\t', c == 0x7f:
		default:
			out = append(out, c)
		}
	}
	return out
}

// encodes says whether b, behind an equals sign, is two hexadecimal digits or the end
// of a line.
func encodes(b []byte) bool {
	hex := func(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }
	if len(b) >= 2 && hex(b[0]) && hex(b[1]) {
		return true
	}
	b = bytes.TrimLeft(b[:min(len(b), 80)], " \t")
	return len(b) == 0 || b[0] == '\n' || len(b) >= 2 && b[0] == '\r' && b[1] == '\n'
}

// decodeBase64 decodes line by line up to the first line that is none, as list servers
// add their footers in clear text.
func (p *parser) decodeBase64(raw []byte) []byte {
	var code []byte
	var rest []byte // in clear
	at := 0
	for line := range bytes.Lines(raw) {
		at += len(line)
		bare := bytes.TrimSpace(line)
		if bytes.ContainsFunc(bare, func(r rune) bool { return !isBase64(r) && r != '=' && r != ' ' && r != '\t' }) ||
			len(bare) < 40 && bytes.ContainsAny(bare, " \t") {
			rest = raw[at-len(line):]
			break
		}
		for _, c := range bare {
			if isBase64(rune(c)) {
				code = append(code, c)
			}
		}
	}
	if len(code)%4 == 1 {
		code = code[:len(code)-1]
		p.problem("Content-Transfer-Encoding", "base64", "cut short")
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(code)))
	n, err := base64.RawStdEncoding.Decode(out, code)
	if err != nil {
		p.problem("Content-Transfer-Encoding", "base64", err.Error())
	}
	out = out[:n]
	if len(rest) > 0 {
		out = append(append(out, '\n'), rest...)
	}
	return out
}

func isBase64(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/'
}

// A counter measures an attachment without keeping it.
type counter struct {
	base64 bool
	n      int64
}

func (c *counter) Write(b []byte) (int, error) {
	if !c.base64 {
		c.n += int64(len(b))
		return len(b), nil
	}
	for _, x := range b {
		if isBase64(rune(x)) {
			c.n++
		}
	}
	return len(b), nil
}

func (c *counter) size() int64 {
	if c.base64 {
		return c.n * 6 / 8
	}
	return c.n
}

// unixText ends every line with "\n" alone.
func unixText(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unflow joins the lines that a program broke, by RFC 3676: a line that ends in a
// space goes on in the next of the same quote depth. The signature's delimiter ends
// in a space and does not.
func unflow(s string, delsp bool) string {
	var b strings.Builder
	b.Grow(len(s))
	depth, open := 0, false
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		d := len(line) - len(strings.TrimLeft(line, ">"))
		text := strings.TrimPrefix(line[d:], " ") // space-stuffing
		joins := open && d == depth && text != "-- "
		if open && !joins {
			b.WriteByte('\n')
		}
		if !joins && d > 0 {
			b.WriteString(line[:d])
			if text != "" {
				b.WriteByte(' ')
			}
		}
		depth, open = d, strings.HasSuffix(text, " ") && text != "-- "
		if open && delsp {
			text = text[:len(text)-1]
		}
		b.WriteString(text)
		if !open {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
