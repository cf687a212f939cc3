// Package mail reads one e-mail as people and programs really write them, and makes
// of it what the domain knows: a message in a conversation.
//
// Rules of this package:
//
//   - A mail that can be read at all is read: broken charsets, encodings and
//     boundaries cost a Problem, never the message. Parse fails only where reading
//     fails; Conversation only where no time of the mail can be believed.
//   - The body is the whole text, quotes and signature included. What of it is new is
//     found by analyzer/reply, later; this package only renders the quotes of HTML so
//     that they can be seen in plain text.
//   - Attachments are counted and passed over, never held. Memory is bounded by the
//     limits below, not by the mail.
//   - MIME is go-message's work and HTML that of x/net/html; here is what they leave
//     open: which part is the text, which charset was meant, what is a quote.
package mail

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"odzew"
)

// What a mail may take of memory. What goes beyond is passed over, with a Problem.
const (
	maxField = 16 << 10 // bytes of one header field
	maxText  = 4 << 20  // bytes of all text parts, as they came
	maxParts = 1000
	maxDepth = 20 // of parts within parts
)

// A Mail is one e-mail, decoded.
type Mail struct {
	// MessageID, InReplyTo and References are without angle brackets; References
	// stand oldest first. A mail without Message-ID has "sha256:" and the hash of its
	// bytes, carriage returns not counted, so that it has the same ID from any source.
	MessageID  string
	InReplyTo  string
	References []string
	// Date is what the sender's clock said, UTC; zero where missing or unreadable.
	// It may be years off: Conversation checks it.
	Date time.Time
	// Received is when the last server took the mail, UTC; zero where none says so.
	Received time.Time

	From    Address
	ReplyTo []Address
	To, Cc  []Address
	Subject string
	// Auto says by which header field the mail is automatic; "" if a person wrote it.
	Auto string
	// Headers holds the fields that odzew.AutomaticBy looks at, the first of each.
	Headers map[string]string
	// Body is the whole text, with lines that end in "\n" and quotes marked by ">".
	Body        string
	Attachments []Attachment
	Problems    []odzew.Problem
}

// An Address is a mailbox. Email is in lower case.
type Address struct {
	Name, Email string
}

// An Attachment is a part that is not the text. Its content is not kept.
type Attachment struct {
	Name, Type string
	Size       int64 // bytes when decoded
}

// Parse reads one e-mail from r, to its end. It fails only if r does. A line of an
// mbox ("From …") may stand first.
func Parse(r io.Reader) (Mail, error) {
	src := &source{r: r}
	br := bufio.NewReaderSize(src, 32<<10)
	sum := sha256.New()
	p := parser{left: maxText}

	f := p.readHeader(br, sum)
	m := Mail{MessageID: firstID(f.get("Message-Id"))}
	var body io.Reader = br
	if m.MessageID == "" {
		body = io.TeeReader(br, unixLines{sum})
	}
	c := p.part(f.get, body, 0)
	if _, err := io.Copy(io.Discard, body); err != nil {
		return Mail{}, fmt.Errorf("read mail %q from %q: %w", m.MessageID, f.get("From"), err)
	}
	if m.MessageID == "" {
		m.MessageID = "sha256:" + hex.EncodeToString(sum.Sum(nil))
		p.problem("Message-ID", f.get("Message-Id"), "missing; the hash of the mail stands for it")
	}
	p.envelope(&m, f)
	m.Body = c.text()
	m.Attachments = p.attachments
	m.Problems = p.problems
	return m, nil
}

// A parser gathers what the parts of one mail bring.
type parser struct {
	left        int // bytes of text that may still be read
	parts       int
	attachments []Attachment
	problems    []odzew.Problem
}

// problem notes that a field was not taken as it came.
func (p *parser) problem(field, value, reason string) {
	const most = 50
	if len(p.problems) < most {
		p.problems = append(p.problems, odzew.Problem{Field: field, Value: shorten(value), Reason: reason})
	}
}

// shorten keeps a foreign value readable, and valid UTF-8.
func shorten(s string) string {
	const most = 120
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// A source keeps a failure of the underlying reader: it says the same on every
// further read, so that no decoder above can take it for an end.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(b)
	s.err = err
	return n, err
}

// unixLines writes without carriage returns: servers and files differ in them.
type unixLines struct{ h hash.Hash }

func (u unixLines) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			u.h.Write(b)
			break
		}
		u.h.Write(b[:i])
		b = b[i+1:]
	}
	return n, nil
}
