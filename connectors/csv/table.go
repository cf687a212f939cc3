package csv

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"odzew"
	"odzew/connectors"
)

// A table makes messages of the rows of one file.
type table struct {
	source *Source
	header []string
	column map[string]int // by field
	other  []int          // columns that are no field
	// raw is the header as it stands: a dead letter begins with it, see letter.
	raw []byte
	// layout is the form that the last time had: the next mostly has the same.
	layout string
}

func (s *Source) newTable(header row) (*table, error) {
	t := &table{source: s, column: make(map[string]int)}
	at := make(map[string]int)
	from := s.encoding(header.raw)
	for i, name := range header.fields {
		name, _ = decode(name, from)
		name = strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF"))
		t.header = append(t.header, name)
		at[strings.ToLower(name)] = i
	}
	taken := make(map[int]bool)
	for _, field := range sortedFields() {
		name, configured := s.config.Columns[field]
		if !configured {
			name = field
		}
		i, found := at[strings.ToLower(strings.TrimSpace(name))]
		switch {
		case found:
			t.column[field], taken[i] = i, true
		case configured:
			return nil, fmt.Errorf("there is no column %q for %s; there are %.200q", name, field, t.header)
		case field == "at" || field == "text":
			return nil, fmt.Errorf("no column is named for %s, which is required; there are %.200q", field, t.header)
		}
	}
	// Without its column all would be by customers, agents too, and nothing be rated.
	if _, found := t.column["author"]; !found && len(s.config.Authors) > 0 {
		return nil, fmt.Errorf("authors are named, but no column is for author; there are %.200q", t.header)
	}
	if _, found := t.column["score"]; !found && s.config.Rating != "" {
		return nil, fmt.Errorf("a rating is named, but no column is for score; there are %.200q", t.header)
	}
	for i := range header.fields {
		if !taken[i] {
			t.other = append(t.other, i)
		}
	}
	return t, nil
}

// maxHeader is how long a header may be to be kept with each dead letter, in bytes.
const maxHeader = 8 << 10

// letter makes a dead letter of one row. Where the header is too long for it, or would
// push the row's end out, the row is kept alone; the size still counts both, by which a
// replay knows that it cannot read it.
func (t *table) letter(where string, err error, r row) *connectors.DeadLetter {
	raw := r.raw
	if len(t.raw) <= maxHeader && len(t.raw)+len(raw) <= connectors.MaxRaw {
		raw = slices.Concat(t.raw, raw)
	}
	return connectors.NewDeadLetter(where, err, raw, int64(len(t.raw))+r.size)
}

// message makes a conversation of one row, or nil of an empty one.
func (t *table) message(r row, where string) (*odzew.Conversation, error) {
	if r.err != nil {
		return nil, r.err
	}
	c := &odzew.Conversation{Source: t.source.config.Name}
	empty := true
	from := t.source.encoding(r.raw)
	for i, field := range r.fields {
		decoded, lost := decode(field, from)
		if lost {
			c.Problems = append(c.Problems, odzew.Problem{Field: t.header[i], Reason: "characters that cannot be read, replaced by U+FFFD"})
		}
		r.fields[i] = decoded
		empty = empty && strings.TrimSpace(decoded) == ""
	}
	if empty {
		return nil, nil
	}
	if r.forgiven {
		c.Problems = append(c.Problems, odzew.Problem{Reason: "a quote within a field, kept as it stands"})
	}
	get := func(field string) string {
		if i, found := t.column[field]; found {
			return r.fields[i]
		}
		return ""
	}
	word := func(field string) string { return strings.TrimSpace(get(field)) }

	at, err := t.time(word("at"), where)
	if err != nil {
		return nil, err
	}
	m := odzew.Message{
		ID: word("message_id"), At: at, Author: odzew.AuthorCustomer, AuthorID: word("author_id"),
		Public: true, Text: get("text"), HTML: get("html"),
	}
	if _, found := t.column["author"]; found {
		m.Author = t.author(c, word("author"))
	}
	switch flag := word("public"); strings.ToLower(flag) {
	case "", "true", "1", "yes", "y", "tak", "t", "prawda":
	case "false", "0", "no", "n", "nie", "fałsz":
		m.Public = false
	default:
		c.Problems = append(c.Problems, odzew.Problem{Field: t.name("public"), Value: flag, Reason: "neither true nor false; taken for true"})
	}
	if m.ID == "" {
		m.ID = odzew.ContentID(m)
	}

	c.CreatedAt = at
	c.Subject, c.Priority, c.Team, c.Form = get("subject"), word("priority"), word("team"), word("form")
	c.Channel, c.Inbox = orElse(word("channel"), t.source.config.Channel), orElse(word("inbox"), t.source.config.Inbox)
	c.Customer = odzew.Customer{ID: word("customer_id"), Name: word("customer_name"), Email: word("customer_email")}
	for _, tag := range strings.FieldsFunc(get("tags"), func(r rune) bool { return r == ',' || r == ';' || r == '|' }) {
		if tag = strings.TrimSpace(tag); tag != "" {
			c.Tags = append(c.Tags, tag)
		}
	}
	if c.ID = word("id"); c.ID == "" {
		if _, found := t.column["id"]; found {
			return nil, fmt.Errorf("no id in the column %q", t.name("id"))
		}
		m := m
		m.AuthorID += "\x00" + c.Customer.ID + "\x00" + c.Customer.Email + "\x00" + c.Customer.Name
		c.ID = odzew.ContentID(m)
	}
	t.rate(c, word("score"), at)
	c.Messages = []odzew.Message{m}
	for _, i := range t.other {
		if r.fields[i] == "" {
			continue
		}
		value, err := json.Marshal(r.fields[i])
		if err != nil {
			return nil, err
		}
		if c.Extra == nil {
			c.Extra = make(map[string]json.RawMessage)
		}
		c.Extra["messages[0]."+t.header[i]] = value
	}
	return c, nil
}

func (t *table) author(c *odzew.Conversation, word string) odzew.Author {
	for name, author := range t.source.config.Authors {
		if strings.EqualFold(name, word) {
			return author
		}
	}
	if a := odzew.Author(strings.ToLower(word)); knownAuthor(a) {
		return a
	}
	c.Problems = append(c.Problems, odzew.Problem{Field: t.name("author"), Value: word, Reason: "not a known kind of author; taken for auto; name it under authors, in an import with --author"})
	return odzew.AuthorAuto
}

// rate takes a score, with a comma or a point in it.
func (t *table) rate(c *odzew.Conversation, score string, at time.Time) {
	switch {
	case score == "":
		return
	case t.source.config.Rating == "":
		c.Problems = append(c.Problems, odzew.Problem{Field: t.name("score"), Value: score, Reason: "of which kind it is was not configured (rating and rating_max, in an import --rating and --rating-max); left out"})
		return
	}
	value, err := strconv.ParseFloat(strings.Replace(score, ",", ".", 1), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) || value < 0 || value > t.source.config.RatingMax {
		c.Problems = append(c.Problems, odzew.Problem{Field: t.name("score"), Value: score, Reason: fmt.Sprintf("not a score from 0 to %g (rating_max); left out", t.source.config.RatingMax)})
		return
	}
	c.Ratings = []odzew.Rating{{Kind: t.source.config.Rating, Score: value, Max: t.source.config.RatingMax, At: at}}
}

// join adds a row to the conversation of the rows before it. What is said of the
// conversation stays as its first row had it, where it had it.
func (t *table) join(c, row *odzew.Conversation) {
	n := slices.IndexFunc(c.Messages, func(m odzew.Message) bool { return m.ID == row.Messages[0].ID })
	if n >= 0 {
		c.Problems = append(c.Problems, odzew.Problem{Field: "message_id", Value: row.Messages[0].ID, Reason: "a second row with this message; the last one counts"})
		c.Messages[n] = row.Messages[0]
	} else {
		n = len(c.Messages)
		c.Messages = append(c.Messages, row.Messages...)
	}
	c.Ratings = append(c.Ratings, row.Ratings...)
	c.Problems = append(c.Problems, row.Problems...)
	if row.CreatedAt.Before(c.CreatedAt) {
		c.CreatedAt = row.CreatedAt
	}
	for _, field := range []struct {
		has   *string
		other string
	}{
		{&c.Subject, row.Subject},
		{&c.Channel, row.Channel},
		{&c.Inbox, row.Inbox},
		{&c.Priority, row.Priority},
		{&c.Team, row.Team},
		{&c.Form, row.Form},
		{&c.Customer.ID, row.Customer.ID},
		{&c.Customer.Name, row.Customer.Name},
		{&c.Customer.Email, row.Customer.Email},
	} {
		*field.has = orElse(*field.has, field.other)
	}
	if c.Tags == nil {
		c.Tags = row.Tags
	}
	for key, value := range row.Extra {
		if c.Extra == nil {
			c.Extra = make(map[string]json.RawMessage)
		}
		c.Extra[fmt.Sprintf("messages[%d].%s", n, strings.TrimPrefix(key, "messages[0]."))] = value
	}
}

// name is the header of a field's column.
func (t *table) name(field string) string { return t.header[t.column[field]] }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// usualLayouts are the forms of times of the exports that we know. None of them
// can be read in two ways: month before day has to be configured. Zones are
// numbers, or UTC: other abbreviations have no one meaning.
var usualLayouts = []string{
	time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700",
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", "02-01-2006 15:04:05", "02-01-2006 15:04", "02-01-2006",
}

// nowhere marks a time whose text names no zone: nothing in a text names this one.
var nowhere = time.FixedZone("", 1)

// time reads a time. Where the clocks go back an hour comes twice: then it is the
// first, as package time has it.
func (t *table) time(s, where string) (time.Time, error) {
	if s == "" {
		return time.Time{}, fmt.Errorf("no time in the column %q", t.name("at"))
	}
	if utc, found := strings.CutSuffix(s, " UTC"); found {
		s = utc + "Z"
	}
	at, err := time.ParseInLocation(t.layout, s, nowhere)
	for i := 0; err != nil && i < len(t.source.layouts); i++ {
		t.layout = t.source.layouts[i]
		at, err = time.ParseInLocation(t.layout, s, nowhere)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("the column %q has %.40q, which has no form of a time that is known; add it to time_formats", t.name("at"), s)
	}
	if at.Location() == nowhere {
		if t.source.zone == nil {
			return time.Time{}, connectors.Permanent(fmt.Errorf("%s: the column %q has %.40q, a time without a zone", where, t.name("at"), s),
				"set timezone in the configuration of the source, as in timezone: Europe/Warsaw")
		}
		if at, err = time.ParseInLocation(t.layout, s, t.source.zone); err != nil {
			return time.Time{}, err
		}
	}
	at = at.UTC()
	if !odzew.Plausible(at) || at.After(t.source.config.Now().AddDate(0, 0, 1)) {
		return time.Time{}, errors.New("the time " + at.Format(time.RFC3339) + " cannot be: it is long ago or yet to come")
	}
	return at, nil
}
