// Package demodata holds the sample mailboxes of `odzew demo`: six weeks of an
// invented shop for bicycles and camping gear, in Polish and English.
//
// Rules of this package:
//
//   - The files are written for fixed days, the last of which is the anchor, 2 June
//     2026. A [Shift] carries them to the weeks before any other day, so the demo
//     always shows a desk as it stood at the last midnight.
//   - A shift is whole weeks in local time: Monday stays Monday and nine o'clock
//     stays nine o'clock, also across a change of clocks, so that opening hours
//     and words such as "since Tuesday" stay true.
//   - What a shift would put after that midnight has not happened yet and is left
//     out: the rest of a conversation, or all of it.
//   - Persons, firms and numbers are invented. See README.md for what is in the
//     files and expected.json for how a human reads them.
package demodata

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
)

//go:embed wsparcie.mbox wyslane.mbox helpdesk.jsonl
var files embed.FS

// The files that [Files] returns.
const (
	Inbox    = "wsparcie.mbox"  // what customers wrote to [Address]
	Sent     = "wyslane.mbox"   // what the desk answered from it
	Helpdesk = "helpdesk.jsonl" // chats, forms, reviews, social media and phone notes
)

// Address is the shop's own, which tells the desk's mail from its customers'.
const Address = "pomoc@szlakiszprycha.example"

// Files returns the samples, by name, as they would stand at the midnight, in
// zone, that the day of now begins with.
func Files(now time.Time, zone *time.Location) (map[string][]byte, error) {
	shift := ShiftTo(now, zone)
	out := make(map[string][]byte)
	for name, move := range map[string]func([]byte) ([]byte, error){
		Inbox: shift.Mbox, Sent: shift.Mbox, Helpdesk: shift.JSONL,
	} {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if out[name], err = move(data); err != nil {
			return nil, fmt.Errorf("demo file %s: %w", name, err)
		}
	}
	return out, nil
}

// A Shift carries sample data from the days it was written for to others.
type Shift struct {
	Days  int            // how many days later, a multiple of 7
	Until time.Time      // what is not before this instant is left out
	Zone  *time.Location // where the days are counted
}

// ShiftTo returns the smallest shift after which the samples reach at least to
// the end of yesterday, cut there.
func ShiftTo(now time.Time, zone *time.Location) Shift {
	anchor := time.Date(2026, time.June, 2, 0, 0, 0, 0, time.UTC) // the last day of the files
	year, month, day := now.In(zone).Date()
	yesterday := time.Date(year, month, day-1, 0, 0, 0, 0, time.UTC)
	days := int(yesterday.Sub(anchor) / (24 * time.Hour))
	days += ((-days)%7 + 7) % 7 // up to whole weeks
	return Shift{Days: days, Until: time.Date(year, month, day, 0, 0, 0, 0, zone), Zone: zone}
}

// Time returns where the shift puts t, in the shift's zone.
func (s Shift) Time(t time.Time) time.Time {
	return t.In(s.Zone).AddDate(0, 0, s.Days)
}

// Mbox shifts an mboxrd file: the separators, and the Date and Received fields.
// Dates in bodies, such as those above a quoted reply, stay as they are.
func (s Shift) Mbox(data []byte) ([]byte, error) {
	var out bytes.Buffer
	for n, message := range splitMbox(data) {
		moved, at, err := s.mail(message)
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", n+1, err)
		}
		if at.Before(s.Until) {
			out.Write(moved)
		}
	}
	return out.Bytes(), nil
}

// splitMbox cuts before each separator. In mboxrd no line of a message begins
// with "From ", so the word alone at the start of a line tells them.
func splitMbox(data []byte) [][]byte {
	var messages [][]byte
	for len(data) > 0 {
		end := len(data)
		if next := bytes.Index(data, []byte("\nFrom ")); next >= 0 {
			end = next + 1
		}
		messages = append(messages, data[:end])
		data = data[end:]
	}
	return messages
}

// mail shifts one message with its separator, and returns its new Date.
func (s Shift) mail(message []byte) ([]byte, time.Time, error) {
	head, body, found := strings.Cut(string(message), "\n\n")
	if !found {
		return nil, time.Time{}, errors.New("no empty line after the header")
	}
	separator, fields, _ := strings.Cut(head, "\n")
	cut := len(separator) - len(time.ANSIC)
	if cut < 0 {
		return nil, time.Time{}, fmt.Errorf("separator %q: no date", separator)
	}
	stamp, err := time.Parse(time.ANSIC, separator[cut:])
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("separator: %w", err)
	}
	lines := []string{separator[:cut] + s.Time(stamp).UTC().Format(time.ANSIC)}

	var date time.Time
	for _, field := range unfold(fields) {
		name, value, _ := strings.Cut(field, ":")
		prefix := name + ": "
		switch {
		case strings.EqualFold(name, "Date"):
		case strings.EqualFold(name, "Received"):
			semicolon := strings.LastIndex(value, ";")
			prefix, value = name+":"+value[:semicolon+1]+" ", value[semicolon+1:]
		default:
			lines = append(lines, field)
			continue
		}
		at, err := mail.ParseDate(strings.TrimSpace(value))
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("field %s: %w", name, err)
		}
		moved := s.keepZone(at)
		if strings.EqualFold(name, "Date") {
			date = moved
		}
		lines = append(lines, prefix+moved.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	}
	if date.IsZero() {
		return nil, time.Time{}, errors.New("no Date field")
	}
	return []byte(strings.Join(lines, "\n") + "\n\n" + body), date, nil
}

// unfold cuts a header into its fields, each with its continuation lines.
func unfold(header string) []string {
	var fields []string
	for line := range strings.SplitSeq(header, "\n") {
		if len(fields) > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			fields[len(fields)-1] += "\n" + line
			continue
		}
		fields = append(fields, line)
	}
	return fields
}

// keepZone shifts t and writes it as its author would: in local time where it
// was local time, else with the offset it came with.
func (s Shift) keepZone(t time.Time) time.Time {
	_, offset := t.Zone()
	if _, local := t.In(s.Zone).Zone(); local == offset {
		return s.Time(t)
	}
	return s.Time(t).In(t.Location())
}

// JSONL shifts a file with one conversation a line: created_at, and the time of
// every message, event and rating.
func (s Shift) JSONL(data []byte) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	line := 0
	for text := range bytes.Lines(data) {
		line++
		var conversation map[string]any
		if err := json.Unmarshal(text, &conversation); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		created, err := s.stamp(conversation, "created_at")
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if !created.Before(s.Until) {
			continue
		}
		for _, list := range []string{"messages", "events", "ratings"} {
			items, found := conversation[list].([]any)
			if !found {
				continue
			}
			past := []any{} // an empty list, not null
			for _, item := range items {
				record, _ := item.(map[string]any)
				at, err := s.stamp(record, "at")
				if err != nil {
					return nil, fmt.Errorf("line %d: %s: %w", line, list, err)
				}
				if at.Before(s.Until) {
					past = append(past, item)
				}
			}
			conversation[list] = past
		}
		if err := encoder.Encode(conversation); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	return out.Bytes(), nil
}

// stamp shifts one time of a record in place and returns it.
func (s Shift) stamp(record map[string]any, key string) (time.Time, error) {
	text, _ := record[key].(string)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", key, err)
	}
	at = s.Time(at).UTC()
	record[key] = at.Format(time.RFC3339)
	return at, nil
}
