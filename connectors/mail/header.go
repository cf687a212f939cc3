package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"hash"
	"io"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	"odzew"
)

// The header, as tolerant as real mail needs: lines that are no fields are taken for
// broken folds, fields that nobody asks for are passed over however many they are,
// eight-bit bytes and wrong encoded words are decoded as well as can be.

// fields holds the first value of each wanted field by its lower-case name, unfolded.
type fields map[string]string

func (f fields) get(name string) string { return f[strings.ToLower(name)] }

// wanted says whether the parser asks for a field.
func wanted(name string) bool {
	switch name {
	case "message-id", "in-reply-to", "references", "date", "received", "from", "reply-to", "to", "cc", "subject",
		"content-type", "content-transfer-encoding", "content-disposition":
		return true
	}
	return odzew.AutomaticHeader(name)
}

// readHeader reads up to and with the blank line that ends the header. All of it is
// hashed; only wanted fields are kept.
func (p *parser) readHeader(br *bufio.Reader, sum hash.Hash) fields {
	f := fields{}
	var name string // of the open field, "" if it is not wanted
	var begun, broken bool
	for {
		line, err := readLine(br, sum)
		if err != nil && len(line) == 0 {
			return f
		}
		if !begun {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		text := bytes.ReplaceAll(bytes.TrimRight(line, "\r\n"), []byte{0}, nil)
		switch key, value, ok := cutField(text); {
		case len(text) == 0:
			if begun {
				return f
			}
		case !begun && (bytes.HasPrefix(text, []byte("From ")) || bytes.HasPrefix(text, []byte(">From "))):
		case text[0] != ' ' && text[0] != '\t' && ok:
			begun, name = true, ""
			if k := strings.ToLower(string(key)); wanted(k) {
				if _, twice := f[k]; !twice {
					name = k
					f[name] = strings.TrimSpace(string(value))
				}
			}
		default:
			if text[0] != ' ' && text[0] != '\t' && !broken {
				broken = true
				p.problem("header", string(text), "line is no field; taken with the field before it")
			}
			if name != "" && len(f[name]) < maxField {
				f[name] += " " + string(bytes.TrimSpace(text))
			}
			begun = true
		}
		if err != nil {
			return f
		}
	}
}

// readLine reads a line of any length, and gives the first maxField bytes of it.
func readLine(br *bufio.Reader, sum hash.Hash) ([]byte, error) {
	var line []byte
	for {
		chunk, err := br.ReadSlice('\n')
		unixLines{sum}.Write(chunk)
		if room := maxField - len(line); room > 0 {
			line = append(line, chunk[:min(len(chunk), room)]...)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// cutField splits "Name: value"; ok is false if the line is no field.
func cutField(line []byte) (name, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i < 1 || i > 76 {
		return nil, nil, false
	}
	name = bytes.TrimRight(line[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return nil, nil, false
		}
	}
	return name, line[i+1:], true
}

// envelope fills in what the header says.
func (p *parser) envelope(m *Mail, f fields) {
	m.InReplyTo = firstID(f.get("In-Reply-To"))
	m.References = ids(f.get("References"))
	m.Subject = decodeWords(f.get("Subject"))
	if from := addresses(f.get("From")); len(from) > 0 {
		m.From = from[0]
	} else {
		p.problem("From", f.get("From"), "no address")
	}
	m.ReplyTo = addresses(f.get("Reply-To"))
	m.To = addresses(f.get("To"))
	m.Cc = addresses(f.get("Cc"))

	var ok bool
	if m.Date, ok = parseDate(f.get("Date")); !ok {
		p.problem("Date", f.get("Date"), "missing or unreadable")
	}
	if v := f.get("Received"); v != "" {
		m.Received, _ = parseDate(v[strings.LastIndexByte(v, ';')+1:])
	}

	told := map[string]string{"From": m.From.Email, "Subject": m.Subject}
	for name, value := range f {
		if !odzew.AutomaticHeader(name) || name == "content-type" && !strings.HasPrefix(strings.ToLower(value), "multipart/report") {
			continue
		}
		if m.Headers == nil {
			m.Headers = map[string]string{}
		}
		m.Headers[canonical(name)] = shorten(value)
		told[name] = value
	}
	m.Auto = odzew.AutomaticBy(told)
}

// canonical writes a field's name the way people do: Auto-Submitted.
func canonical(name string) string {
	b := []byte(name)
	for i := range b {
		if (i == 0 || b[i-1] == '-') && b[i] >= 'a' && b[i] <= 'z' {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// ids gives the identifiers in a list, without angle brackets, each once.
func ids(v string) []string {
	var out []string
	seen := map[string]bool{}
	for {
		i := strings.IndexByte(v, '<')
		if i < 0 {
			break
		}
		v = v[i+1:]
		j := strings.IndexByte(v, '>')
		if j < 0 {
			break
		}
		if id := strings.Join(strings.Fields(v[:j]), ""); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, strings.ToValidUTF8(id, "\ufffd"))
		}
		v = v[j+1:]
	}
	return out
}

// firstID gives the first identifier of a field, or the bare word that some programs
// write without angle brackets.
func firstID(v string) string {
	if all := ids(v); len(all) > 0 {
		return all[0]
	}
	if w := strings.Fields(v); len(w) == 1 && strings.Contains(w[0], "@") {
		return strings.ToValidUTF8(strings.Trim(w[0], "<>"), "\ufffd")
	}
	return ""
}

// encodedWord is a word of RFC 2047; a language may follow the charset.
var encodedWord = regexp.MustCompile(`=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes a field of text: raw eight-bit text, and encoded words, which
// some programs cut inside a character, so that neighbours are decoded together.
func decodeWords(v string) string {
	v, _ = decodeText([]byte(v), "")
	var b strings.Builder
	var raw []byte // of the words that are not yet decoded, in charset
	var charset string
	flush := func() {
		text, _ := decodeText(raw, charset)
		b.WriteString(text)
		raw = nil
	}
	at := 0
	for _, w := range encodedWord.FindAllStringSubmatchIndex(v, -1) {
		between := v[at:w[0]]
		named := strings.ToLower(v[w[2]:w[3]])
		if at == 0 || strings.TrimSpace(between) != "" {
			flush()
			b.WriteString(between)
		} else if named != charset {
			flush()
		}
		charset = named
		raw = append(raw, decodeWord(v[w[4]], v[w[6]:w[7]])...)
		at = w[1]
	}
	flush()
	b.WriteString(v[at:])
	return strings.Join(strings.Fields(b.String()), " ")
}

// decodeWord gives the bytes of an encoded word.
func decodeWord(encoding byte, text string) []byte {
	if encoding|0x20 == 'b' {
		raw, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "= "))
		return raw
	}
	text = strings.ReplaceAll(text, "_", "=20")
	raw, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(escapeQP([]byte(text)))))
	return raw
}

// addresses reads a list of mailboxes; what is no mailbox is passed over.
func addresses(v string) []Address {
	v, _ = decodeText([]byte(v), "")
	var out []Address
	for _, item := range splitList(v) {
		var name, email string
		if i := strings.LastIndexByte(item, '<'); i >= 0 {
			name = strings.ReplaceAll(strings.Trim(item[:i], ` "'`), `\`, "")
			email, _, _ = strings.Cut(item[i+1:], ">")
		} else {
			email, name, _ = strings.Cut(item, "(") // jan@klient.example (Jan)
			name = strings.TrimRight(name, ") ")
			email = email[strings.LastIndexByte(email, ':')+1:] // of a group
		}
		email = strings.Trim(email, ` "'`)
		if strings.Contains(email, "@") && !strings.ContainsAny(email, " \t") {
			out = append(out, Address{Name: decodeWords(name), Email: strings.ToLower(email)})
		}
	}
	return out
}

// splitList cuts a list of mailboxes at its commas and semicolons, but not within
// quotes or angle brackets.
func splitList(v string) []string {
	var out []string
	start, quoted, angle := 0, false, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case (c == ',' || c == ';') && !angle:
			out = append(out, v[start:i])
			start = i + 1
		}
	}
	return append(out, v[start:])
}

// parseDate reads a date of a header, in the standard's form or near it. Never a
// local time: without a zone it is UTC.
func parseDate(v string) (time.Time, bool) {
	v = strings.TrimSpace(v)
	if v == "" {
		return time.Time{}, false
	}
	if t, err := netmail.ParseDate(v); err == nil {
		return t.UTC(), true
	}
	if i := strings.IndexByte(v, '('); i > 0 {
		v = strings.TrimSpace(v[:i])
	}
	v = strings.Join(strings.Fields(v), " ")
	for _, layout := range [...]string{
		"Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05",
		"Mon 2 Jan 2006 15:04:05 -0700", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 2006 -0700", "Mon Jan 2 15:04:05 MST 2006",
		"Mon, 2 Jan 2006 15:04:05 GMT-0700", "Mon, 2 Jan 2006 15:04:05 GMT-07:00", "Mon, 2-Jan-2006 15:04:05 -0700", "Mon, 2 Jan 06 15:04:05 -0700",
		"Monday, 2 January 2006 15:04:05 -0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", time.RFC3339,
	} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
