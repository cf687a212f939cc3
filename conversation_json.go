package odzew

// Conversations as JSON: the form in which files bring them, one a line.
//
// Rules of this file:
//
//   - What is needed to count a wait (the id, the times) is right, or the whole
//     conversation is refused with an error that names the field. Everything
//     else is taken as far as it goes, and what was changed is in Problems.
//   - The text is decoded once, by encoding/json. Fields that no type names are
//     then found by one walk over the bytes, which are known to be valid JSON.

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Times outside these years are slips of a clock or of a program (a zero Unix
// time, a "never"), not times of a message.
const (
	firstYear = 1972
	lastYear  = 2098
)

// Plausible reports whether a conversation can have happened at t.
func Plausible(t time.Time) bool {
	y := t.UTC().Year()
	return y >= firstYear && y <= lastYear
}

// ParseConversation reads one conversation in its JSON form.
//
// It refuses what is not JSON, has no id, or has a time that is missing, has no
// zone or is not Plausible; the error names the conversation and the field. A
// conversation without created_at begins with its first message. A message
// without public is public, and one without an id gets one made of its content.
// Of two messages with one id the last counts. An unknown author is taken for
// AuthorAuto; unknown kinds of events, statuses and ratings are kept. All that
// is in Problems, as are bytes that are not UTF-8 and NUL characters, which
// become U+FFFD. Fields without a name in the types are in Extra, by their path:
// "lang", "messages[2].lang".
func ParseConversation(line []byte) (Conversation, error) {
	var problems []Problem
	line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	if !utf8.Valid(line) {
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
		problems = append(problems, Problem{Reason: "bytes that are not UTF-8, replaced by U+FFFD"})
	}
	if withoutNUL, found := replaceNUL(line); found {
		line = withoutNUL
		problems = append(problems, Problem{Reason: "NUL characters, replaced by U+FFFD"})
	}

	var w wireConversation
	if err := json.Unmarshal(line, &w); err != nil {
		return Conversation{}, describeJSON(err, string(w.ID))
	}
	c := Conversation{
		ID: string(w.ID), Source: w.Source, Channel: w.Channel, Inbox: w.Inbox, Subject: w.Subject,
		Priority: w.Priority, Tags: w.Tags, Team: w.Team, Form: w.Form, Excluded: w.Excluded,
		Customer: Customer{ID: string(w.Customer.ID), Name: w.Customer.Name, Email: w.Customer.Email},
		Problems: problems,
	}
	if c.ID == "" {
		return Conversation{}, errors.New("conversation without an id: id is missing or empty")
	}
	if err := c.take(&w); err != nil {
		return Conversation{}, fmt.Errorf("conversation %q: %w", c.ID, err)
	}
	collectExtra(line, "", conversationShape, &c.Extra)
	return c, nil
}

// take fills in what has to be judged: messages, events, ratings and times.
func (c *Conversation) take(w *wireConversation) error {
	var err error
	c.Messages = make([]Message, 0, len(w.Messages))
	at := make(map[string]int, len(w.Messages))
	for i := range w.Messages {
		m, err := c.takeMessage(&w.Messages[i], i)
		if err != nil {
			return err
		}
		if first, found := at[m.ID]; found {
			c.report("messages", i, "id", m.ID, "a second message with this id; the last one counts")
			c.Messages[first] = m
			continue
		}
		at[m.ID] = len(c.Messages)
		c.Messages = append(c.Messages, m)
	}
	for i, e := range w.Events {
		event := Event{Kind: EventKind(e.Kind), To: string(e.To), Into: string(e.Into), By: Author(e.By)}
		if event.At, err = parseTime(e.At); err != nil {
			return fmt.Errorf("events[%d].at: %w", i, err)
		}
		switch event.Kind {
		case EventStatus:
			if !knownStatus(Status(event.To)) {
				c.report("events", i, "to", event.To, "not a known status; it changes nothing")
			}
		case EventHandoff, EventMerge, EventSplit, EventAssign:
		default:
			c.report("events", i, "kind", e.Kind, "not a known kind of event; it counts for nothing")
		}
		if event.By != "" {
			event.By = c.author(e.By, "events", i, "by")
		}
		c.Events = append(c.Events, event)
	}
	for i, r := range w.Ratings {
		rating := Rating{Kind: r.Kind, Score: r.Score, Max: r.Max, Comment: r.Comment}
		if rating.At, err = parseTime(r.At); err != nil {
			return fmt.Errorf("ratings[%d].at: %w", i, err)
		}
		switch r.Kind {
		case "csat", "nps", "ces":
		default:
			c.report("ratings", i, "kind", r.Kind, "not a known kind of rating; it counts for nothing")
		}
		c.Ratings = append(c.Ratings, rating)
	}
	switch c.Excluded {
	case "", "spam", "deleted", "test":
	default:
		c.Problems = append(c.Problems, Problem{"excluded", c.Excluded, "not a known reason; the conversation is left out all the same"})
	}
	if w.CreatedAt == "" && len(c.Messages) > 0 {
		c.CreatedAt = c.Messages[0].At
		for _, m := range c.Messages {
			if m.At.Before(c.CreatedAt) {
				c.CreatedAt = m.At
			}
		}
		return nil
	}
	if c.CreatedAt, err = parseTime(w.CreatedAt); err != nil {
		return fmt.Errorf("created_at: %w", err)
	}
	return nil
}

func (c *Conversation) takeMessage(w *wireMessage, i int) (Message, error) {
	at, err := parseTime(w.At)
	if err != nil {
		return Message{}, fmt.Errorf("messages[%d].at: %w", i, err)
	}
	m := Message{
		ID: string(w.ID), At: at, Author: c.author(w.Author, "messages", i, "author"), AuthorID: string(w.AuthorID),
		Public: w.Public == nil || *w.Public, Text: w.Text, HTML: w.HTML, Headers: w.Headers,
	}
	if m.ID == "" {
		m.ID = ContentID(m)
	}
	return m, nil
}

// author is the kind that a word names. A message by who knows whom must not be
// scored as a customer's, nor end a wait as an agent's.
func (c *Conversation) author(word, list string, i int, field string) Author {
	switch a := Author(word); a {
	case AuthorCustomer, AuthorAgent, AuthorBot, AuthorAuto:
		return a
	}
	c.report(list, i, field, word, "not a known kind of author; taken for auto")
	return AuthorAuto
}

func (c *Conversation) report(list string, i int, field, value, reason string) {
	c.Problems = append(c.Problems, Problem{
		Field: list + "[" + strconv.Itoa(i) + "]." + field, Value: value, Reason: reason,
	})
}

func knownStatus(s Status) bool {
	switch s {
	case StatusNew, StatusOpen, StatusPending, StatusHold, StatusSolved, StatusClosed:
		return true
	}
	return false
}

// ContentID makes an id for a message whose source gives none: the same message
// gets the same one at each pull.
func ContentID(m Message) string {
	h := sha256.New()
	for _, part := range []string{
		m.At.UTC().Format(time.RFC3339Nano), string(m.Author), m.AuthorID, strconv.FormatBool(m.Public), m.Text, m.HTML,
	} {
		// The lengths keep "ab"+"c" from being "a"+"bc".
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return "content-" + hex.EncodeToString(h.Sum(nil)[:12])
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, errors.New("no time: give it as in 2026-02-10T09:00:00Z")
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%.40q is not a time with a zone: give it as in 2026-02-10T09:00:00Z", s)
	}
	if t = t.UTC(); !Plausible(t) {
		return time.Time{}, fmt.Errorf("%s cannot be: the years %d to %d can", s, firstYear, lastYear)
	}
	return t, nil
}

// describeJSON turns the decoder's error into one in the words of the form: its
// own name Go's types and fields.
func describeJSON(err error, id string) error {
	who := "conversation without an id"
	if id != "" {
		who = fmt.Sprintf("conversation %q", id)
	}
	if mismatch, found := errors.AsType[*json.UnmarshalTypeError](err); found {
		field := mismatch.Field
		if field == "" {
			field = "the line"
		}
		return fmt.Errorf("%s: %s is a JSON %s, which it cannot be (near byte %d)", who, field, mismatch.Value, mismatch.Offset)
	}
	if syntax, found := errors.AsType[*json.SyntaxError](err); found {
		return fmt.Errorf("not JSON at byte %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("%s: %w", who, err)
}

// replaceNUL replaces NUL, raw or escaped: neither SQLite's text functions nor
// terminals can be trusted with it.
func replaceNUL(line []byte) (_ []byte, found bool) {
	const escaped = `\u0000`
	if bytes.IndexByte(line, 0) < 0 && !bytes.Contains(line, []byte(escaped)) {
		return line, false
	}
	out := make([]byte, 0, len(line)+16)
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == 0:
			out, found = append(out, "\uFFFD"...), true
		case line[i] != '\\':
			out = append(out, line[i])
		case bytes.HasPrefix(line[i:], []byte(escaped)):
			out, found = append(out, `\ufffd`...), true
			i += len(escaped) - 1
		default: // the backslash takes the next byte with it: \\u0000 is no NUL
			out = append(out, line[i])
			if i++; i < len(line) && line[i] != 0 {
				out = append(out, line[i])
			} else {
				i--
			}
		}
	}
	return out, found
}

// The form on the wire, where everything may be missing.
type (
	wireConversation struct {
		ID        wireID        `json:"id"`
		Source    string        `json:"source"`
		Channel   string        `json:"channel"`
		Inbox     string        `json:"inbox"`
		Subject   string        `json:"subject"`
		CreatedAt string        `json:"created_at"`
		Priority  string        `json:"priority"`
		Customer  wireCustomer  `json:"customer"`
		Tags      []string      `json:"tags"`
		Team      string        `json:"team"`
		Form      string        `json:"form"`
		Excluded  string        `json:"excluded"`
		Messages  []wireMessage `json:"messages"`
		Events    []wireEvent   `json:"events"`
		Ratings   []wireRating  `json:"ratings"`
	}
	wireCustomer struct {
		ID    wireID `json:"id"`
		Name  string `json:"name"`
		Email string `json:"email"`
	}
	wireMessage struct {
		ID       wireID            `json:"id"`
		At       string            `json:"at"`
		Author   string            `json:"author"`
		AuthorID wireID            `json:"author_id"`
		Public   *bool             `json:"public"`
		Text     string            `json:"text"`
		HTML     string            `json:"html"`
		Headers  map[string]string `json:"headers"`
	}
	wireEvent struct {
		At   string `json:"at"`
		Kind string `json:"kind"`
		To   wireID `json:"to"`
		Into wireID `json:"into"`
		By   string `json:"by"`
	}
	wireRating struct {
		Kind    string  `json:"kind"`
		Score   float64 `json:"score"`
		Max     float64 `json:"max"`
		At      string  `json:"at"`
		Comment string  `json:"comment"`
	}
)

// A wireID is a string, or a number as it is written: exports do both.
type wireID string

func (id *wireID) UnmarshalJSON(b []byte) error {
	switch {
	case b[0] == '"':
		*id = wireID(unquote(b))
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		*id = wireID(b)
	case b[0] == '{':
		return &json.UnmarshalTypeError{Value: "object", Type: reflect.TypeFor[wireID]()}
	case b[0] == '[':
		return &json.UnmarshalTypeError{Value: "array", Type: reflect.TypeFor[wireID]()}
	case b[0] != 'n': // null is no id
		return &json.UnmarshalTypeError{Value: "bool", Type: reflect.TypeFor[wireID]()}
	}
	return nil
}

// A shape is the fields that a JSON object may have; those that are objects, or
// lists of objects, have a shape of their own.
type shape map[string]shape

var conversationShape = shapeOf(reflect.TypeFor[wireConversation]())

func shapeOf(t reflect.Type) shape {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	s := make(shape, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		s[f.Tag.Get("json")] = shapeOf(f.Type)
	}
	return s
}

// collectExtra walks a value, which must be valid JSON, and keeps the fields
// that its shape does not have. It returns the length of what it walked.
func collectExtra(b []byte, path string, s shape, extra *map[string]json.RawMessage) int {
	i := skipSpace(b, 0)
	if s == nil || b[i] != '{' && b[i] != '[' {
		return i + skipValue(b[i:])
	}
	object := b[i] == '{'
	i = skipSpace(b, i+1)
	for n := 0; b[i] != '}' && b[i] != ']'; n++ {
		if !object {
			i += collectExtra(b[i:], path+"["+strconv.Itoa(n)+"]", s, extra)
		} else {
			key := b[i : i+skipValue(b[i:])]
			i = skipSpace(b, i+len(key))
			i = skipSpace(b, i+1) // the colon
			if inner, found := s.field(key); !found {
				value := b[i : i+skipValue(b[i:])]
				if *extra == nil {
					*extra = make(map[string]json.RawMessage)
				}
				(*extra)[join(path, key)] = bytes.Clone(value)
				i += len(value)
			} else if inner == nil {
				i += skipValue(b[i:])
			} else {
				i += collectExtra(b[i:], join(path, key), inner, extra)
			}
		}
		if i = skipSpace(b, i); b[i] == ',' {
			i = skipSpace(b, i+1)
		}
	}
	return i + 1
}

// field finds a quoted key as encoding/json does: exactly, else in any case.
func (s shape) field(quoted []byte) (inner shape, found bool) {
	if inner, found = s[string(quoted[1:len(quoted)-1])]; found {
		return inner, true
	}
	key := unquote(quoted)
	for name, inner := range s {
		if strings.EqualFold(name, key) {
			return inner, true
		}
	}
	return nil, false
}

func join(path string, quoted []byte) string {
	if path == "" {
		return unquote(quoted)
	}
	return path + "." + unquote(quoted)
}

func unquote(quoted []byte) string {
	var s string
	if bytes.IndexByte(quoted, '\\') < 0 || json.Unmarshal(quoted, &s) != nil {
		return string(quoted[1 : len(quoted)-1])
	}
	return s
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the length of the value at the start of valid JSON.
func skipValue(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += skipString(b[i:]) - 1
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 { // the end of what holds a bare value
				return i
			}
		case ',', ' ', '\t', '\n', '\r', ':':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}

// skipString returns the length of the quoted string at the start of b.
func skipString(b []byte) int {
	for i := 1; ; {
		n := bytes.IndexByte(b[i:], '"')
		i += n + 1
		escapes := 0
		for b[i-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
}
