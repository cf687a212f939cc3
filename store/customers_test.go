package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"odzew"
)

// erasable fills a store with a person who is known to two sources, and others.
func erasable(t *testing.T) *Store {
	t.Helper()
	s := open(t)
	own, away, other, joint := conversation("C-1"), conversation("C-2"), conversation("C-3"), conversation("C-4")
	own.Messages[0].Text = "Sekretna sprawa"
	away.Source, away.Customer.ID = "chat", "77"
	other.Customer = odzew.Customer{ID: "k-2", Name: "Jan", Email: "jan@klient.example"}
	other.Messages[0].AuthorID = "k-2"
	joint.Customer, joint.Messages[0].AuthorID = other.Customer, "k-2"
	joint.Messages = append(joint.Messages, odzew.Message{ID: "m3", At: start.Add(2 * time.Hour), Author: odzew.AuthorCustomer, AuthorID: "k-1", Public: true, Text: "Sekretny dopisek"})
	joint.Events = append(joint.Events, odzew.Event{At: start, Kind: odzew.EventMerge, Into: "C-1"})
	b := put(t, s, "shop", "", own, away, other, joint)
	b, err := s.Begin(t.Context(), b.source)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{`{"customer":{"id":"k-1"}}`, "Ewa@Klient.example", `{"customer":{"id":"k-2"},"id":"k-1"}`} {
		err = errors.Join(err, b.Dead(DeadLetter{Place: "a", Reason: "no time", Raw: []byte(raw)}))
	}
	if err := errors.Join(err, b.Commit(nil)); err != nil {
		t.Fatal(err)
	}
	list, err := s.Load(t.Context(), []int64{1, 2, 3, 4})
	if err != nil {
		t.Fatal(err)
	}
	var fs []Finding
	for i := range list {
		c := &list[i]
		fs = append(fs, Finding{
			Conversation: c.ID, Revision: c.Revision, Identity: c.Identity, Touchpoint: "all", FirstAt: start, LastAt: start,
			Flag:   odzew.Flag{Level: 2, Cause: "legal", NeedsCall: true, OpenedAt: start},
			Scores: []MessageScore{{Message: c.MessageIDs[0]}},
		})
	}
	if err := s.SaveFindings(t.Context(), Versions{Lexicon: "l", Analyzer: "a"}, fs); err != nil {
		t.Fatal(err)
	}
	return s
}

func count(t *testing.T, s *Store, query string) (n int) {
	t.Helper()
	if err := s.r.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEraseCustomer(t *testing.T) {
	s := erasable(t)
	shown, err := s.ExportCustomer(t.Context(), "", "EWA@klient.example")
	if err != nil {
		t.Fatal(err)
	}
	date := func(t time.Time) string { return t.UTC().Format(time.DateOnly) }
	gone, err := s.EraseCustomer(t.Context(), "shop", "k-1", date)
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{
		"customers": 2, "conversations": 2, "messages": 5, "events": 2, "ratings": 2, "dead_letters": 2, "findings": 2, "message_scores": 2, "flags": 1, "flag_events": 1,
	} {
		if len(shown[table]) != want || gone[table] != int64(want) {
			t.Errorf("%s: %d shown, %d erased, want %d", table, len(shown[table]), gone[table], want)
		}
	}
	for _, h := range held {
		if int64(len(shown[h.table])) != gone[h.table] {
			t.Errorf("%s: %d shown, %d erased", h.table, len(shown[h.table]), gone[h.table])
		}
	}
	if text := fmt.Sprint(shown); !strings.Contains(text, "Sekretna sprawa") || !strings.Contains(text, start.UTC().String()) || strings.Contains(text, "identity") {
		t.Error(text)
	}
	if n := count(t, s, `SELECT count(*) FROM stale_days WHERE day = '`+date(start)+`'`); n != 1 {
		t.Error("the day is not stale")
	}
	// The other's conversation stands for itself again, and is analysed anew.
	if n := count(t, s, `SELECT count(*) FROM conversations c JOIN findings f ON f.conversation_id = c.id WHERE c.external_id = 'C-4' AND c.merged_into IS NULL AND c.message_count = 2 AND f.revision < c.revision`); n != 1 {
		t.Error("what is left of a conversation with another customer is not right")
	}
	if _, err := s.ExportCustomer(t.Context(), "", "k-1"); err == nil || !strings.Contains(err.Error(), "no such customer") {
		t.Errorf("error %v", err)
	}
	for _, file := range []string{s.path, s.path + "-wal"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"Sekretn", "ewa@klient.example", "Ewa@Klient.example"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s still has %s", file, word)
			}
		}
	}
}

func TestExportCustomerOfSeveral(t *testing.T) {
	s := open(t)
	a, b := conversation("C-1"), conversation("C-2")
	a.Customer, b.Customer = odzew.Customer{ID: "7"}, odzew.Customer{ID: "7"}
	b.Source = "chat"
	put(t, s, "shop", "", a, b)
	if _, err := s.ExportCustomer(t.Context(), "", "7"); err == nil || !strings.Contains(err.Error(), "name the source") {
		t.Errorf("error %v", err)
	}
	got, err := s.ExportCustomer(t.Context(), "chat", "7")
	if err != nil || len(got["conversations"]) != 1 || got["conversations"][0]["external_id"] != "C-2" {
		t.Errorf("%v, error %v", got, err)
	}
}

// Who was erased does not come back from an older time; a later letter is a new matter.
func TestErasedStayAway(t *testing.T) {
	s := erasable(t)
	if _, err := s.EraseCustomer(t.Context(), "shop", "k-1", func(time.Time) string { return "2026-01-01" }); err != nil {
		t.Fatal(err)
	}
	erased, err := s.Erased(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	later := clock().Add(time.Hour)
	for _, test := range []struct {
		name           string
		edit           func(c *odzew.Conversation)
		trimmed, empty bool
		left           int
	}{
		{"the same", func(*odzew.Conversation) {}, true, true, 0},
		{"under another address", func(c *odzew.Conversation) { c.Customer.Email = "inna@klient.example" }, true, true, 0},
		{"under another id", func(c *odzew.Conversation) { c.Customer.ID = "k-9" }, true, true, 0},
		{"by mail", func(c *odzew.Conversation) {
			c.ID, c.Source, c.Customer.ID = "", "box", "ewa@klient.example"
		}, true, true, 0},
		{"in another source the id is another's", func(c *odzew.Conversation) {
			c.Source, c.Customer.Email = "forum", ""
		}, false, false, 2},
		{"another", func(c *odzew.Conversation) { c.Customer, c.Messages[0].AuthorID = odzew.Customer{ID: "k-2"}, "k-2" }, false, false, 2},
		{"in another's conversation", func(c *odzew.Conversation) { c.Customer = odzew.Customer{ID: "k-2"} }, true, false, 1},
		{"later", func(c *odzew.Conversation) { c.Messages[1].At = later }, true, false, 1},
		{"all later", func(c *odzew.Conversation) { c.Messages[0].At, c.Messages[1].At = later, later }, false, false, 2},
		{"without messages", func(c *odzew.Conversation) { c.Messages = nil }, true, true, 0},
		{"nobody", func(c *odzew.Conversation) { c.Customer, c.Messages[0].AuthorID = odzew.Customer{}, "" }, false, false, 2},
	} {
		c := conversation("C-1")
		test.edit(c)
		trimmed, empty := erased.Trim(c, "shop")
		if trimmed != test.trimmed || empty != test.empty || len(c.Messages) != test.left {
			t.Errorf("%s: trimmed %v, empty %v, %d messages", test.name, trimmed, empty, len(c.Messages))
		}
		if test.trimmed && !test.empty && c.Customer.ID == "k-1" && len(c.Events)+len(c.Ratings) > 0 {
			t.Errorf("%s: %v %v", test.name, c.Events, c.Ratings)
		}
	}
}
