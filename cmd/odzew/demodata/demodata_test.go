package demodata

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/htmlindex"
	"pgregory.net/rapid"

	"odzew"
)

func warsaw(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestShiftTo(t *testing.T) {
	zone := warsaw(t)
	for _, c := range []struct {
		now   string
		days  int
		until string
	}{
		{"2026-06-03T08:00:00+02:00", 0, "2026-06-03T00:00:00+02:00"},
		{"2026-06-03T00:00:00+02:00", 0, "2026-06-03T00:00:00+02:00"},
		{"2026-06-02T23:59:59+02:00", 0, "2026-06-02T00:00:00+02:00"},
		{"2026-06-02T22:30:00Z", 0, "2026-06-03T00:00:00+02:00"},
		{"2026-06-04T08:00:00+02:00", 7, "2026-06-04T00:00:00+02:00"},
		{"2026-06-10T08:00:00+02:00", 7, "2026-06-10T00:00:00+02:00"},
		{"2026-06-11T08:00:00+02:00", 14, "2026-06-11T00:00:00+02:00"},
		{"2026-12-02T08:00:00+01:00", 182, "2026-12-02T00:00:00+01:00"},
		{"2026-05-27T08:00:00+02:00", -7, "2026-05-27T00:00:00+02:00"},
		{"2025-06-04T08:00:00+02:00", -364, "2025-06-04T00:00:00+02:00"},
	} {
		shift := ShiftTo(instant(t, c.now), zone)
		if shift.Days != c.days || !shift.Until.Equal(instant(t, c.until)) {
			t.Errorf("ShiftTo(%s) = %d days until %s, want %d until %s", c.now, shift.Days, shift.Until, c.days, c.until)
		}
	}
}

// Whatever the day: the weekday and the hour of a message stay, and the last day
// of the files is yesterday or one of the six days after it.
func TestShiftKeepsTheWeek(t *testing.T) {
	zone := warsaw(t)
	last := time.Date(2026, time.June, 2, 12, 0, 0, 0, zone)
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_500_000_000, 2_500_000_000).Draw(t, "now"), 0)
		at := last.Add(-time.Duration(rapid.IntRange(0, 43*24*60).Draw(t, "minutes before")) * time.Minute)
		shift := ShiftTo(now, zone)
		moved := shift.Time(at)
		if moved.Weekday() != at.Weekday() {
			t.Errorf("%s moved to %s", at, moved)
		}
		// The hour between two and three may not exist on the day it lands on.
		if at.Hour() != 2 && moved.Hour() != at.Hour() {
			t.Errorf("%s moved to %s", at, moved)
		}
		if noon := shift.Time(last); noon.Before(shift.Until.AddDate(0, 0, -1)) || !noon.Before(shift.Until.AddDate(0, 0, 6)) {
			t.Errorf("now %s: the last day lands on %s", now, noon)
		}
	})
}

func TestMbox(t *testing.T) {
	const before = `From a@mail.example Mon Jun  1 07:00:05 2026
Received: from mx.mail.example (mx.mail.example [192.0.2.7])
	by mail.shop.example (Postfix) with ESMTPS id 6A1967E3
	for <pomoc@shop.example>; Mon, 1 Jun 2026 09:00:04 +0200 (CEST)
From: A <a@mail.example>
Date: Mon, 1 Jun 2026 09:00:00 +0200
Message-ID: <1@mail.example>

W dniu 01.06.2026 pisze:
Date: Mon, 1 Jun 2026 09:00:00 +0200
>From the first day.

From b@mail.example Mon Jun  1 08:30:05 2026
DATE: Mon, 1 Jun 2026 09:30:00 +0100
Message-ID: <2@mail.example>

from London

From c@mail.example Tue Jun  2 08:30:05 2026
Date: Tue, 2 Jun 2026 10:30:00 +0200

not yet

`
	const after = `From a@mail.example Mon Nov 16 08:00:05 2026
Received: from mx.mail.example (mx.mail.example [192.0.2.7])
	by mail.shop.example (Postfix) with ESMTPS id 6A1967E3
	for <pomoc@shop.example>; Mon, 16 Nov 2026 09:00:04 +0100
From: A <a@mail.example>
Date: Mon, 16 Nov 2026 09:00:00 +0100
Message-ID: <1@mail.example>

W dniu 01.06.2026 pisze:
Date: Mon, 1 Jun 2026 09:00:00 +0200
>From the first day.

From b@mail.example Mon Nov 16 09:30:05 2026
DATE: Mon, 16 Nov 2026 10:30:00 +0100
Message-ID: <2@mail.example>

from London

`
	shift := ShiftTo(instant(t, "2026-11-17T12:00:00+01:00"), warsaw(t))
	got, err := shift.Mbox([]byte(before))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestMboxErrors(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"no separator", "Date: x\n\nbody\n", "message 1: separator"},
		{"short separator", "From a\nDate: x\n\n", "no date"},
		{"no body", "From a Mon Jun  1 07:00:05 2026\nDate: Mon, 1 Jun 2026 09:00:00 +0200\n", "no empty line"},
		{"no date", "From a Mon Jun  1 07:00:05 2026\nSubject: x\n\nbody\n", "no Date field"},
		{"bad date", "From a Mon Jun  1 07:00:05 2026\nDate: wczoraj\n\nbody\n", "field Date"},
	} {
		_, err := Shift{Zone: time.UTC}.Mbox([]byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestJSONL(t *testing.T) {
	const before = `{"id":"1","created_at":"2026-06-01T07:00:00Z","messages":[{"id":"1-1","at":"2026-06-01T07:00:00Z","text":"<b>","odd":[1]},{"id":"1-2","at":"2026-06-02T07:00:00Z","text":"not yet"}],"events":[{"at":"2026-06-02T07:00:00Z","kind":"status"}]}
{"id":"2","created_at":"2026-06-02T07:00:00Z","messages":[]}
`
	const after = `{"created_at":"2026-11-16T08:00:00Z","events":[],"id":"1","messages":[{"at":"2026-11-16T08:00:00Z","id":"1-1","odd":[1],"text":"<b>"}]}
`
	shift := ShiftTo(instant(t, "2026-11-17T12:00:00+01:00"), warsaw(t))
	got, err := shift.JSONL([]byte(before))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestJSONLErrors(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"not JSON", "{\n", "line 1: "},
		{"no creation", `{"id":"1"}`, "created_at"},
		{"bad message", `{"created_at":"2026-06-01T07:00:00Z","messages":[7]}`, "messages: at"},
	} {
		_, err := Shift{Zone: time.UTC, Until: time.Now().AddDate(100, 0, 0)}.JSONL([]byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

// asWritten returns the samples on the day after their last, where nothing moves.
func asWritten(t testing.TB) map[string][]byte {
	t.Helper()
	data, err := Files(time.Date(2026, time.June, 3, 8, 0, 0, 0, warsaw(t)), warsaw(t))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func conversations(t testing.TB, data []byte) []odzew.Conversation {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var all []odzew.Conversation
	for {
		var c odzew.Conversation
		err := decoder.Decode(&c)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("after %d conversations: %v", len(all), err)
		}
		all = append(all, c)
	}
}

func TestHelpdesk(t *testing.T) {
	all := conversations(t, asWritten(t)[Helpdesk])
	if len(all) < 150 {
		t.Fatalf("%d conversations", len(all))
	}
	authors := []odzew.Author{odzew.AuthorCustomer, odzew.AuthorAgent, odzew.AuthorBot, odzew.AuthorAuto}
	statuses := []string{"new", "open", "pending", "hold", "solved"}
	seen := make(map[string]bool)
	ids := make(map[string]bool)
	for _, c := range all {
		ids[c.ID] = true
	}
	for _, c := range all {
		if c.Source != "helpdesk" || c.Inbox == "" || len(c.Messages) == 0 {
			t.Errorf("%s: source %q, inbox %q, %d messages", c.ID, c.Source, c.Inbox, len(c.Messages))
		}
		var last time.Time
		for _, m := range c.Messages {
			if seen[m.ID] {
				t.Errorf("%s: a second message of this id", m.ID)
			}
			seen[m.ID] = true
			if !slices.Contains(authors, m.Author) || strings.TrimSpace(m.Text) == "" {
				t.Errorf("%s: author %q, text %q", m.ID, m.Author, m.Text)
			}
			if !m.At.After(last) || m.At.Before(c.CreatedAt) {
				t.Errorf("%s: at %s, after one at %s", m.ID, m.At, last)
			}
			last = m.At
		}
		last = time.Time{}
		for _, e := range c.Events {
			if e.At.Before(last) {
				t.Errorf("%s: event at %s after one at %s", c.ID, e.At, last)
			}
			last = e.At
			if e.Kind == odzew.EventStatus && !slices.Contains(statuses, e.To) {
				t.Errorf("%s: status %q", c.ID, e.To)
			}
			if e.Kind == odzew.EventMerge && !ids[e.Into] {
				t.Errorf("%s: merged into %q, which is not there", c.ID, e.Into)
			}
		}
	}
}

func TestMail(t *testing.T) {
	data := asWritten(t)
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{
		CharsetReader: func(charset string, input io.Reader) (io.Reader, error) {
			encoding, err := htmlindex.Get(charset)
			if err != nil {
				return nil, err
			}
			return encoding.NewDecoder().Reader(input), nil
		},
	}}
	ids := make(map[string]time.Time)
	type reply struct{ from, to string }
	var replies []reply
	count := make(map[string]int)
	for _, name := range []string{Inbox, Sent} {
		if bytes.Contains(data[name], []byte("\r")) {
			t.Errorf("%s: a carriage return", name)
		}
		var last time.Time
		for _, raw := range splitMbox(data[name]) {
			if !bytes.HasSuffix(raw, []byte("\n\n")) {
				t.Errorf("%s: no empty line after %.60q", name, raw)
			}
			_, rest, _ := bytes.Cut(raw, []byte("\n"))
			message, err := mail.ReadMessage(bytes.NewReader(rest))
			if err != nil {
				t.Fatalf("%s: %.60q: %v", name, raw, err)
			}
			at, err := message.Header.Date()
			if err != nil {
				t.Errorf("%s: %.60q: %v", name, raw, err)
			}
			if at.Before(last) {
				t.Errorf("%s: %s comes after %s", name, at, last)
			}
			last = at
			for _, field := range []string{"From", "To"} {
				if _, err := parser.Parse(message.Header.Get(field)); err != nil {
					t.Errorf("%s: %.60q: %s: %v", name, raw, field, err)
				}
			}
			id := message.Header.Get("Message-ID")
			if _, twice := ids[id]; twice || id == "" {
				t.Errorf("%s: a second message of id %q", name, id)
			}
			ids[id] = at
			if to := message.Header.Get("In-Reply-To"); to != "" {
				replies = append(replies, reply{id, to})
			}
			count[name]++
		}
	}
	for _, r := range replies {
		if asked, found := ids[r.to]; !found || !asked.Before(ids[r.from]) {
			t.Errorf("%s answers %s, which is not before it", r.from, r.to)
		}
	}
	if count[Inbox] < 120 || count[Sent] < 70 || len(replies) < 100 {
		t.Errorf("%v messages, %d replies", count, len(replies))
	}
}

// Nothing in the files may reach a real mailbox or site, and all of it together
// stays small enough to embed.
func TestInvented(t *testing.T) {
	host := regexp.MustCompile(`(?:[@]|https?://)([a-zA-Z0-9.-]+[a-zA-Z0-9])`)
	size, found := 0, 0
	for name, data := range asWritten(t) {
		size += len(data)
		data = bytes.ReplaceAll(data, []byte("=\n"), nil) // the soft breaks of quoted-printable
		for _, m := range host.FindAllStringSubmatch(string(data), -1) {
			found++
			if !strings.HasSuffix(m[1], ".example") && !strings.HasSuffix(m[1], ".test") {
				t.Errorf("%s: %s is not a name set aside for examples", name, m[0])
			}
		}
	}
	if size > 1_500_000 || found == 0 {
		t.Errorf("%d bytes, %d addresses", size, found)
	}
}

// expectation is a line of expected.json: how a human reads a conversation.
type expectation struct {
	Source, ID, Inbox string
	States            []struct {
		From        time.Time
		Frustration int
		NeedsCall   bool `json:"needs_call"`
	}
	Content      bool
	ContentFrom  time.Time `json:"content_from"`
	SilentLeaver bool      `json:"silent_leaver"`
}

func expectations(t testing.TB) []expectation {
	t.Helper()
	data, err := os.ReadFile("expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Conversations []expectation }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Conversations
}

func TestExpectedNamesEveryConversation(t *testing.T) {
	data := asWritten(t)
	want := make(map[string]bool)
	for _, c := range conversations(t, data[Helpdesk]) {
		want[c.ID] = true
	}
	for _, raw := range splitMbox(data[Inbox]) {
		scanner := bufio.NewScanner(bytes.NewReader(raw))
		for scanner.Scan() && scanner.Text() != "" {
			if id, found := strings.CutPrefix(scanner.Text(), "Message-ID: "); found {
				want[strings.Trim(id, "<>")] = true
			}
		}
	}
	got := make(map[string]bool)
	for _, e := range expectations(t) {
		if got[e.ID] || !want[e.ID] {
			t.Errorf("expected.json: %s is named twice or not in the files", e.ID)
		}
		got[e.ID] = true
		if e.Content && len(e.States) > 0 {
			if last := e.States[len(e.States)-1]; last.Frustration > 0 || last.NeedsCall {
				t.Errorf("expected.json: %s is content and frustrated", e.ID)
			}
		}
	}
	if len(got) < 150 {
		t.Errorf("%d conversations in expected.json", len(got))
	}
}

// Whatever weekday the demo is run on, in summer or winter, yesterday has
// something to tell and today has not begun.
func TestEveryYesterdayIsWorthADigest(t *testing.T) {
	zone := warsaw(t)
	states := expectations(t)
	for day := range 14 {
		now := time.Date(2026, time.October, 19+day, 9, 0, 0, 0, zone) // clocks change on the 25th
		shift := ShiftTo(now, zone)
		yesterday := shift.Until.AddDate(0, 0, -1)
		data, err := Files(now, zone)
		if err != nil {
			t.Fatal(err)
		}

		active, last := 0, time.Time{}
		for _, c := range conversations(t, data[Helpdesk]) {
			if slices.ContainsFunc(c.Messages, func(m odzew.Message) bool {
				return m.Author == odzew.AuthorCustomer && !m.At.Before(yesterday)
			}) {
				active++
			}
			for _, m := range c.Messages {
				if m.At.After(last) {
					last = m.At
				}
			}
		}
		if last.Before(yesterday) || !last.Before(shift.Until) {
			t.Errorf("now %s: the last message is of %s", now, last)
		}

		frustrated, call := 0, 0
		for _, e := range states {
			for _, state := range slices.Backward(e.States) {
				if shift.Time(state.From).Before(shift.Until) {
					if state.Frustration > 0 {
						frustrated++
					}
					if state.NeedsCall {
						call++
					}
					break
				}
			}
		}
		if active < 8 || frustrated < 3 || call < 3 {
			t.Errorf("now %s: %d conversations of the helpdesk active, %d customers frustrated, %d to call", now, active, frustrated, call)
		}
		t.Logf("%s: %d active, %d frustrated, %d to call", yesterday.Format("Mon 2006-01-02"), active, frustrated, call)
	}
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
