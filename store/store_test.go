package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-sqlite3"
	"pgregory.net/rapid"

	"odzew"
)

var start = time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return start.AddDate(0, 1, 0) }

// open opens a new database in a folder of the test.
func open(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "t.db"), Options{})
}

func openAt(t testing.TB, path string, o Options) *Store {
	t.Helper()
	o.Now = clock
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// put stores conversations in one batch with a cursor.
func put(t testing.TB, s *Store, source, cursor string, cs ...*odzew.Conversation) *Batch {
	t.Helper()
	b, err := s.Begin(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Rollback()
	for _, c := range cs {
		if err := b.Put(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Commit([]byte(cursor)); err != nil {
		t.Fatal(err)
	}
	return b
}

// dump lists the rows of the tables that came from outside, without row numbers
// and our own times.
func dump(t testing.TB, s *Store) string {
	t.Helper()
	var out []string
	for _, q := range []string{
		`SELECT 'c', source, external_id, channel, inbox, subject, created_at, priority, tags, excluded, last_message_at, message_count,
			(SELECT external_id FROM customers k WHERE k.id = c.customer_id), (SELECT external_id FROM conversations m WHERE m.id = c.merged_into) FROM conversations c ORDER BY 2, 3`,
		`SELECT 'm', c.external_id, m.external_id, m.at, m.author, m.author_id, m.public, m.body, m.headers FROM messages m JOIN conversations c ON c.id = m.conversation_id ORDER BY 2, 3`,
		`SELECT 'e', c.external_id, e.seq, e.at, e.kind, e.to_value, e.into_id FROM events e JOIN conversations c ON c.id = e.conversation_id ORDER BY 2, 3`,
		`SELECT 'r', c.external_id, r.kind, r.at, r.score, r.max, r.comment FROM ratings r JOIN conversations c ON c.id = r.conversation_id ORDER BY 2, 3`,
		`SELECT 'k', source, external_id, name, email FROM customers ORDER BY 2, 3`,
	} {
		rows, err := s.r.QueryContext(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		cols, _ := rows.Columns()
		for rows.Next() {
			vals := make([]any, len(cols))
			for i := range vals {
				vals[i] = new(sql.NullString)
			}
			if err := rows.Scan(vals...); err != nil {
				t.Fatal(err)
			}
			parts := make([]string, len(cols))
			for i, v := range vals {
				parts[i] = v.(*sql.NullString).String
			}
			out = append(out, strings.Join(parts, "|"))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return strings.Join(out, "\n")
}

func conversation(id string) *odzew.Conversation {
	return &odzew.Conversation{
		ID: id, Channel: "email", Inbox: "pomoc", Subject: "Paczka", CreatedAt: start, Tags: []string{"zwrot"},
		Customer: odzew.Customer{ID: "k-1", Name: "Ewa", Email: "ewa@klient.example"},
		Messages: []odzew.Message{
			{ID: "m1", At: start, Author: odzew.AuthorCustomer, AuthorID: "k-1", Public: true, Text: "Gdzie jest moja paczka?"},
			{ID: "m2", At: start.Add(time.Hour), Author: odzew.AuthorAgent, AuthorID: "a", Public: true, Text: "Sprawdzam.", Headers: map[string]string{"X": "y"}},
		},
		Events:  []odzew.Event{{At: start, Kind: odzew.EventStatus, To: "open"}},
		Ratings: []odzew.Rating{{Kind: "csat", Score: 4, Max: 5, At: start.Add(2 * time.Hour)}},
	}
}

// TestParts: parts are the same as all at once, and hold no more than some text each;
// a conversation that alone has more comes alone, with all of it.
func TestParts(t *testing.T) {
	s := open(t)
	var cs []*odzew.Conversation
	for i := range 9 {
		c := conversation(fmt.Sprint("C-", i))
		c.Messages[0].Text = strings.Repeat("Gdzie jest moja paczka? ", partBytes/24/3)
		if i == 4 {
			c.Messages[1].Text = strings.Repeat("Sprawdzam. ", partBytes/5)
		}
		cs = append(cs, c)
	}
	cs[7].Events = append(cs[7].Events, odzew.Event{At: start, Kind: odzew.EventMerge, Into: "C-1"})
	put(t, s, "shop", "1", cs...)
	ids := []int64{9, 1, 2, 3, 4, 5, 6, 7, 8, 99}
	want, err := s.Load(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	var got []Stored
	var sizes []int
	for part, err := range s.Parts(t.Context(), ids) {
		if err != nil {
			t.Fatal(err)
		}
		bytes := 0
		for i := range part {
			for j := range part[i].Messages {
				bytes += len(part[i].Messages[j].Text)
			}
		}
		if bytes > partBytes && len(part) > 1 {
			t.Errorf("a part of %d conversations has %d bytes", len(part), bytes)
		}
		got, sizes = append(got, part...), append(sizes, len(part))
	}
	if len(want) != 9 || !reflect.DeepEqual(got, want) {
		t.Errorf("parts of %v are not all at once", sizes)
	}
	if len(sizes) < 4 {
		t.Errorf("only parts of %v", sizes)
	}
	for range s.Parts(t.Context(), []int64{77, 78}) {
		t.Error("a part of what is not there")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.Parts(ctx, ids) {
		if err == nil {
			t.Error("a part after the end")
		}
	}
}

func TestPutTwiceChangesNothing(t *testing.T) {
	s := open(t)
	if b := put(t, s, "shop", "1", conversation("C-1"), conversation("C-2")); b.Changed != 2 || b.Messages != 4 {
		t.Errorf("first: %d changed, %d messages", b.Changed, b.Messages)
	}
	before := dump(t, s)
	if n := strings.Count(before, "\n"); n < 8 {
		t.Fatalf("only %d rows:\n%s", n, before)
	}
	if b := put(t, s, "shop", "2", conversation("C-1"), conversation("C-2")); b.Changed != 0 || b.Seen != 2 {
		t.Errorf("second: %d changed of %d", b.Changed, b.Seen)
	}
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Error(diff)
	}
	if c, err := s.Cursor(t.Context(), "shop"); err != nil || string(c) != "2" {
		t.Errorf("cursor %q, %v", c, err)
	}
}

func TestPutChanges(t *testing.T) {
	s := open(t)
	put(t, s, "shop", "1", conversation("C-1"))
	c := conversation("C-1")
	c.Subject = "Inny temat"
	c.Messages = append(c.Messages[1:], odzew.Message{ID: "m3", At: start.Add(3 * time.Hour), Author: "ghost", Public: true, Text: "?"})
	c.Events = append(c.Events, odzew.Event{At: start.Add(time.Hour), Kind: odzew.EventStatus, To: "solved"})
	c.Ratings[0].Score = 1
	if b := put(t, s, "shop", "2", c); b.Changed != 1 {
		t.Errorf("%d changed", b.Changed)
	}
	id, err := s.FindConversation(t.Context(), "C-1")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Load(t.Context(), []int64{id})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	got := list[0]
	if got.Revision != 2 || got.Subject != "Inny temat" || len(got.Events) != 2 || got.Ratings[0].Score != 1 {
		t.Errorf("%+v", got)
	}
	// What the source no longer shows was said all the same; an unknown hand counts
	// as none.
	var ids []string
	for _, m := range got.Messages {
		ids = append(ids, m.ID+" "+string(m.Author))
	}
	if want := []string{"m1 customer", "m2 agent", "m3 auto"}; !slices.Equal(ids, want) {
		t.Errorf("messages %v, want %v", ids, want)
	}
}

func TestLoadReturnsWhatWasPut(t *testing.T) {
	s := open(t)
	want := conversation("C-1")
	want.Problems = []odzew.Problem{{Field: "tags[1]", Value: "x", Reason: "not a text"}}
	put(t, s, "shop", "", want)
	list, err := s.Load(t.Context(), []int64{1})
	if err != nil {
		t.Fatal(err)
	}
	want.Source, want.Messages[1].Seq = "shop", 1
	if diff := cmp.Diff(*want, list[0].Conversation); diff != "" {
		t.Error(diff)
	}
}

// What went into a conversation on the way through others belongs to it, and has it
// analysed again when it changes; a ring of merges ends.
func TestMergedOnTheWay(t *testing.T) {
	into := func(id, target string) *odzew.Conversation {
		c := conversation(id)
		c.Events = append(c.Events, odzew.Event{At: start.Add(2 * time.Hour), Kind: odzew.EventMerge, Into: target})
		return c
	}
	s := open(t)
	put(t, s, "shop", "", into("A", "B"), into("B", "C"), conversation("C"))
	merged := func(id int64) (names []string, revision int64) {
		t.Helper()
		list, err := s.Load(t.Context(), []int64{id})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list[0].Merged {
			names = append(names, m.ID)
		}
		return names, list[0].Revision
	}
	names, before := merged(3)
	if !slices.Equal(names, []string{"A", "B"}) {
		t.Errorf("into C went %v", names)
	}
	a := into("A", "B")
	a.Messages = append(a.Messages, odzew.Message{ID: "m3", At: start.Add(3 * time.Hour), Author: odzew.AuthorCustomer, Public: true, Text: "Halo?"})
	put(t, s, "shop", "", a)
	if _, after := merged(3); after == before {
		t.Error("C is not analysed again when A changes")
	}
	put(t, s, "shop", "", into("C", "A"))
	if names, _ := merged(3); !slices.Equal(names, []string{"A", "B"}) {
		t.Errorf("in a ring: %v", names)
	}
}

// Two threads that a mail ties together were analysed apart: what the second counts for
// is taken back, and its flag is looked at again.
func TestJoinedThreadIsAnalysedAnew(t *testing.T) {
	s, ctx := open(t), t.Context()
	v := Versions{Lexicon: "1", Analyzer: "1"}
	put(t, s, "mail", "", letter("late@x", "ewa@x", "zwrot", "", nil, 30))
	f := Finding{Conversation: 1, Revision: 1, Identity: []byte("ewa"), Touchpoint: "email", Flag: odzew.Flag{Cause: "legal", Level: 2, OpenedAt: start}}
	if err := s.SaveFindings(ctx, v, []Finding{f}); err != nil {
		t.Fatal(err)
	}
	put(t, s, "mail", "", letter("early@x", "ewa@x", "zwrot", "", nil, 0), letter("both@x", "ewa@x", "zwrot", "late@x", []string{"early@x"}, 40))
	ids, err := s.Pending(ctx, v, 0, 10)
	if err != nil || len(ids) != 1 {
		t.Fatalf("pending %v, %v", ids, err)
	}
	list, err := s.Load(ctx, ids)
	if err != nil || len(list[0].Messages) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	if !list[0].Analysed {
		t.Error("what was counted of the thread would be counted twice")
	}
	if err := s.SaveFindings(ctx, v, []Finding{{Conversation: ids[0], Revision: list[0].Revision, Anew: list[0].Analysed, Identity: []byte("ewa")}}); err != nil {
		t.Fatal(err)
	}
	if flags, err := s.Flags(ctx, true, 10); err != nil || len(flags) != 0 {
		t.Errorf("the flag stays: %+v, %v", flags, err)
	}
}

func TestMerge(t *testing.T) {
	a, b := conversation("A"), conversation("B")
	a.Events = append(a.Events, odzew.Event{At: start.Add(2 * time.Hour), Kind: odzew.EventMerge, Into: "B"})
	for name, order := range map[string][]*odzew.Conversation{"target last": {a, b}, "target first": {b, a}} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			put(t, s, "shop", "", order...)
			id, err := s.FindConversation(t.Context(), "B")
			if err != nil {
				t.Fatal(err)
			}
			list, err := s.Load(t.Context(), []int64{id})
			if err != nil || len(list) != 1 || len(list[0].Merged) != 1 || list[0].Merged[0].ID != "A" {
				t.Fatalf("%+v, %v", list, err)
			}
			id, _ = s.FindConversation(t.Context(), "A")
			list, err = s.Load(t.Context(), []int64{id})
			if err != nil || list[0].MergedInto == nil || list[0].MergedInto.ID != "B" {
				t.Fatalf("%+v, %v", list, err)
			}
			// The source takes it back: both stand alone, and both are looked at anew.
			before, err := s.Load(t.Context(), []int64{1, 2})
			if err != nil {
				t.Fatal(err)
			}
			put(t, s, "shop", "", conversation("A"))
			after, err := s.Load(t.Context(), []int64{1, 2})
			if err != nil || len(after) != 2 {
				t.Fatal(after, err)
			}
			for i, c := range after {
				if c.MergedInto != nil || len(c.Merged) > 0 || c.Revision <= before[i].Revision {
					t.Errorf("after the merge was taken back: %+v", c)
				}
			}
		})
	}
}

// A letter is a mail of the thread tests.
func letter(id, from, subject, inReplyTo string, refs []string, hour int) *odzew.Conversation {
	author, customer := odzew.AuthorCustomer, from
	if strings.HasPrefix(from, "agent>") {
		author, customer = odzew.AuthorAgent, strings.TrimPrefix(from, "agent>")
	}
	norm, reply := strings.CutPrefix(subject, "Re: ")
	return &odzew.Conversation{
		Channel: "email", Inbox: "pomoc", Subject: subject, Customer: odzew.Customer{ID: customer, Email: customer},
		Messages: []odzew.Message{{
			ID: id, At: start.Add(time.Duration(hour) * time.Hour), Author: author, AuthorID: from, Public: true, Text: "text of " + id,
			Mail: &odzew.MailRefs{MessageID: id, InReplyTo: inReplyTo, References: refs, Subject: strings.ToLower(norm), Reply: reply, People: []string{customer}},
		}},
	}
}

// threads lists which mails share a conversation.
func threads(t testing.TB, s *Store) []string {
	t.Helper()
	rows, err := s.r.QueryContext(t.Context(), `SELECT group_concat(external_id, ' ') FROM (SELECT conversation_id, external_id FROM messages ORDER BY at, external_id) GROUP BY conversation_id`)
	if err != nil {
		t.Fatal(err)
	}
	out, err := scanAll[string](rows)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestThreads(t *testing.T) {
	for _, tt := range []struct {
		name  string
		mails []*odzew.Conversation
		want  []string
	}{
		{"references", []*odzew.Conversation{letter("a", "ewa", "Paczka", "", nil, 0), letter("b", "agent>ewa", "Re: Paczka", "a", []string{"a"}, 1), letter("c", "ewa", "Re: Paczka", "b", []string{"a", "b"}, 2)}, []string{"a b c"}},
		{"in-reply-to alone", []*odzew.Conversation{letter("a", "ewa", "Paczka", "", nil, 0), letter("b", "agent>ewa", "x", "a", nil, 1), letter("c", "ewa", "y", "b", nil, 2)}, []string{"a b c"}},
		{"the middle comes last", []*odzew.Conversation{letter("a", "ewa", "Paczka", "", nil, 0), letter("c", "ewa", "y", "b", nil, 2), letter("b", "agent>ewa", "x", "a", nil, 1)}, []string{"a b c"}},
		{"subject and person", []*odzew.Conversation{letter("a", "ewa", "Paczka", "", nil, 0), letter("b", "ewa", "Re: Paczka", "", nil, 5)}, []string{"a b"}},
		{"the same subject anew", []*odzew.Conversation{letter("a", "ewa", "Pytanie", "", nil, 0), letter("b", "ewa", "Pytanie", "", nil, 5)}, []string{"a", "b"}},
		{"another person's subject", []*odzew.Conversation{letter("a", "ewa", "Paczka", "", nil, 0), letter("b", "jan", "Re: Paczka", "", nil, 5)}, []string{"a", "b"}},
		{"an old subject", []*odzew.Conversation{letter("a", "ewa", "Paczka", "", nil, 0), letter("b", "ewa", "Re: Paczka", "", nil, 24*30)}, []string{"a", "b"}},
		{"a colleague answers", []*odzew.Conversation{letter("a", "ewa", "Paczka", "", nil, 0), letter("b", "agent>ewa", "Re: Paczka", "a", []string{"a"}, 1), letter("c", "jan", "Re: Paczka", "b", []string{"a", "b"}, 2)}, []string{"a b c"}},
		{"two answers to one newsletter", []*odzew.Conversation{letter("a", "ewa", "Re: Promocja", "news", []string{"news"}, 0), letter("b", "jan", "Re: Promocja", "news", []string{"news"}, 1)}, []string{"a", "b"}},
		{"refers to itself", []*odzew.Conversation{letter("a", "ewa", "x", "a", []string{"a", "a"}, 0)}, []string{"a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t)
			put(t, s, "pomoc", "", tt.mails...)
			if got := threads(t, s); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			before := dump(t, s)
			put(t, s, "pomoc", "", tt.mails...)
			if diff := cmp.Diff(before, dump(t, s)); diff != "" {
				t.Errorf("the second time something changed: %s", diff)
			}
		})
	}
}

// TestThreadsInAnyOrder: a desk's mail ends in the same threads whatever the order
// in which folders are read.
func TestThreadsInAnyOrder(t *testing.T) {
	var mails []*odzew.Conversation
	for _, who := range []string{"ewa", "jan"} {
		root := who + "1"
		mails = append(mails,
			letter(root, who, "Sprawa "+who, "", nil, 0),
			letter(who+"2", "agent>"+who, "Re: Sprawa "+who, root, []string{root}, 1),
			letter(who+"3", who, "Re: Sprawa "+who, who+"2", nil, 2),
			letter(who+"4", "agent>"+who, "Re: Sprawa "+who, who+"3", []string{root, who + "2", who + "3"}, 3),
			letter(who+"5", who, "Re: Sprawa "+who, who+"4", nil, 4))
	}
	want := []string{"ewa1 ewa2 ewa3 ewa4 ewa5", "jan1 jan2 jan3 jan4 jan5"}
	var first string
	rapid.Check(t, func(r *rapid.T) {
		order := rapid.Permutation(mails).Draw(r, "order")
		s, err := Open(t.Context(), filepath.Join(t.TempDir(), "t.db"), Options{Now: clock})
		if err != nil {
			r.Fatal(err)
		}
		defer s.Close()
		put(t, s, "pomoc", "", order...)
		if got := threads(t, s); !slices.Equal(got, want) {
			r.Fatalf("got %q", got)
		}
		rows := dump(t, s)
		// The name of a thread is that of its first mail to come; all else is equal.
		for _, line := range strings.Split(rows, "\n") {
			if name, ok := strings.CutPrefix(line, "c|pomoc|"); ok {
				name, _, _ = strings.Cut(name, "|")
				who := "thread of jan"
				if strings.Contains(line, "Sprawa ewa") {
					who = "thread of ewa"
				}
				rows = strings.ReplaceAll(rows, name, who)
			}
		}
		lines := strings.Split(rows, "\n")
		slices.Sort(lines)
		rows = strings.Join(lines, "\n")
		if first == "" {
			first = rows
		}
		if diff := cmp.Diff(first, rows); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestRollbackKeepsCursorAndRows(t *testing.T) {
	s := open(t)
	put(t, s, "shop", "1", conversation("C-1"))
	before := dump(t, s)
	b, err := s.Begin(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(conversation("C-2")); err != nil {
		t.Fatal(err)
	}
	b.Rollback()
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Error(diff)
	}
	if c, _ := s.Cursor(t.Context(), "shop"); string(c) != "1" {
		t.Errorf("cursor %q", c)
	}
}

func TestOnlyCustomersAreScored(t *testing.T) {
	s := open(t)
	put(t, s, "shop", "", conversation("C-1"))
	neg := odzew.Negative
	score := func(message int64) error {
		return s.SaveFindings(t.Context(), Versions{}, []Finding{{Conversation: 1, Revision: 1, Touchpoint: "x", Scores: []MessageScore{{message, odzew.Score{Lang: "pl", Sentiment: &neg}}}}})
	}
	if err := score(1); err != nil {
		t.Fatal(err)
	}
	if err := score(2); err == nil || !strings.Contains(err.Error(), "only customers' messages are scored") {
		t.Errorf("an agent's message was scored: %v", err)
	}
	// The source says by now that an agent wrote it: the next analysis forgets the score.
	c := conversation("C-1")
	c.Messages[0].Author = odzew.AuthorAgent
	put(t, s, "shop", "", c)
	if err := s.SaveFindings(t.Context(), Versions{}, []Finding{{Conversation: 1, Revision: 2, Anew: true, Touchpoint: "x"}}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Count(t.Context()); err != nil || n.Scored != 0 {
		t.Errorf("%d scores of agents are left, %v", n.Scored, err)
	}
}

func TestPending(t *testing.T) {
	s, ctx := open(t), t.Context()
	put(t, s, "shop", "", conversation("C-1"), conversation("C-2"), conversation("C-3"))
	v := Versions{Lexicon: "1", Analyzer: "1"}
	check := func(v Versions, want ...int64) {
		t.Helper()
		got, err := s.Pending(ctx, v, 0, 10)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("pending %v (%v), want %v", got, err, want)
		}
	}
	check(v, 1, 2, 3)
	if err := s.SaveFindings(ctx, v, []Finding{{Conversation: 1, Revision: 1}, {Conversation: 2, Revision: 1}}); err != nil {
		t.Fatal(err)
	}
	check(v, 3)
	check(Versions{Lexicon: "2", Analyzer: "1"}, 1, 2, 3)
	c := conversation("C-2")
	c.Subject = "nowy"
	put(t, s, "shop", "", c)
	check(v, 2, 3)
	if err := s.SaveFindings(ctx, v, []Finding{{Conversation: 2, Revision: 2, Anew: true, RecheckAt: clock()}, {Conversation: 3, Revision: 1, RecheckAt: clock().Add(time.Second)}}); err != nil {
		t.Fatal(err)
	}
	check(v, 2) // its time has come
	if err := s.Invalidate(ctx); err != nil {
		t.Fatal(err)
	}
	check(v, 1, 2, 3)
}

// What first findings add to the rollups is what the tables sum up to, whatever the
// conversations; and findings in place of older ones make their days stale.
func TestRollUp(t *testing.T) {
	bucket := func(seconds int64) int { return int(seconds / 1000) }
	zone := time.FixedZone("", 3600)
	date := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
	type rolledUp struct {
		Activities []Activity
		Waits      []WaitCount
		Touches    []Touch
		Topics     []Topic
	}
	read := func(s *Store) (r rolledUp) {
		var err error
		if r.Touches, err = s.Touches(t.Context(), "2026-01-01", "2026-12-31"); err != nil {
			t.Fatal(err)
		}
		if r.Topics, err = s.Topics(t.Context(), "2026-01-01", "2026-12-31"); err != nil {
			t.Fatal(err)
		}
		r.Activities, err = s.Activities(t.Context(), "2026-01-01", "2026-12-31")
		if err != nil {
			t.Fatal(err)
		}
		for _, clock := range []string{"calendar", "business"} {
			w, err := s.WaitCounts(t.Context(), "2026-01-01", "2026-12-31", clock)
			if err != nil {
				t.Fatal(err)
			}
			r.Waits = append(r.Waits, w...)
		}
		return r
	}
	path := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		s := openAt(t, filepath.Join(path, fmt.Sprint(runs, ".db")), Options{})
		defer s.Close()
		var ids []int64
		for i := range rapid.IntRange(1, 4).Draw(rt, "conversations") {
			c := conversation(fmt.Sprint("C-", i))
			c.Excluded = rapid.SampledFrom([]string{"", "", "spam"}).Draw(rt, "excluded")
			for j := range c.Messages {
				c.Messages[j].At = start.Add(time.Duration(rapid.IntRange(0, 40).Draw(rt, "hour")) * time.Hour)
				c.Messages[j].Public = rapid.Bool().Draw(rt, "public")
				c.Messages[j].Author = rapid.SampledFrom([]odzew.Author{odzew.AuthorCustomer, odzew.AuthorCustomer, odzew.AuthorAgent}).Draw(rt, "author")
			}
			put(t, s, "shop", "", c)
			ids = append(ids, int64(i+1))
		}
		find := func(anew bool) {
			list, err := s.Load(t.Context(), ids)
			if err != nil {
				t.Fatal(err)
			}
			var fs []Finding
			for i := range list {
				c := &list[i]
				f := Finding{Conversation: c.ID, Revision: c.Revision, Anew: anew, Touchpoint: rapid.SampledFrom([]string{"pomoc", "zwroty"}).Draw(rt, "touchpoint"), Excluded: c.Excluded != ""}
				for j := range c.Messages {
					if c.Messages[j].Author != odzew.AuthorCustomer || !c.Messages[j].Public {
						continue
					}
					sc := odzew.Score{Lang: "pl", Level: rapid.IntRange(0, 2).Draw(rt, "level")}
					if v := rapid.SampledFrom([]odzew.Sentiment{"", odzew.Negative, odzew.Neutral, odzew.Positive, odzew.Mixed}).Draw(rt, "sentiment"); v != "" {
						sc.Sentiment, sc.Signals = &v, rapid.SampledFrom([][]string{nil, {"legal"}, {"legal", "relief"}}).Draw(rt, "signals")
						sc.Valence, sc.Emotion = rapid.Float64Range(-1, 1).Draw(rt, "valence"), rapid.SampledFrom([]string{"none", "anger"}).Draw(rt, "emotion")
						sc.Stage = rapid.SampledFrom([]string{"purchase", "after_sales"}).Draw(rt, "stage")
						sc.Aspects = []odzew.AspectPolarity{{Aspect: "price", Polarity: rapid.SampledFrom([]odzew.Sentiment{odzew.Negative, odzew.Positive}).Draw(rt, "polarity")}}
					} else {
						sc.Level = 0
					}
					f.Scores = append(f.Scores, MessageScore{c.MessageIDs[j], sc})
					if f.FirstAt.IsZero() {
						f.FirstAt = c.Messages[j].At
					}
				}
				f.Identity, f.Peak = c.Identity, rapid.IntRange(0, 2).Draw(rt, "peak")
				end := c.Messages[len(c.Messages)-1].At
				f.Waits.Turns = []odzew.Turn{{
					Kind:    rapid.SampledFrom([]string{"first", "next", "bot"}).Draw(rt, "kind"),
					Outcome: rapid.SampledFrom([]string{"answered", "merged"}).Draw(rt, "outcome"), Thanks: rapid.Bool().Draw(rt, "thanks"),
					OpenedAt: start, ClosedAt: &end, Seconds: int64(rapid.IntRange(0, 9000).Draw(rt, "seconds")), BusinessSeconds: 300,
				}}
				f.SumUp(c, date, bucket)
				fs = append(fs, f)
			}
			if err := s.SaveFindings(t.Context(), Versions{}, fs); err != nil {
				t.Fatal(err)
			}
		}
		rollUp := func() {
			for d := range 4 {
				from := time.Date(2026, 2, 9+d, 23, 0, 0, 0, time.UTC)
				day := Day{date(from), from, from.AddDate(0, 0, 1)}
				if err := s.RollUpTouchpoints(t.Context(), day); err != nil {
					t.Fatal(err)
				}
				if err := s.RollUp(t.Context(), day, bucket); err != nil {
					t.Fatal(err)
				}
			}
		}
		find(false)
		if days, err := s.StaleDays(t.Context()); err != nil || len(days) > 0 {
			t.Fatal("a first finding leaves stale days:", days, err)
		}
		added := read(s)
		rollUp()
		if diff := cmp.Diff(read(s), added); diff != "" {
			rt.Fatalf("added up otherwise than the tables say (-tables +added):\n%s", diff)
		}
		find(true)
		if days, err := s.StaleDays(t.Context()); err != nil || len(days) == 0 {
			t.Fatal("findings in place of others leave no stale day", err)
		}
		rollUp()
		if days, err := s.StaleDays(t.Context()); err != nil || len(days) > 0 {
			t.Fatal("still stale:", days, err)
		}
	})
}

func TestDeadLetters(t *testing.T) {
	s, ctx := open(t), t.Context()
	for range 2 {
		b, err := s.Begin(ctx, "shop")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Dead(DeadLetter{Place: "a.jsonl:7", Reason: "no time", Raw: []byte("{\x00"), RawBytes: 99}); err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.DeadLetters(ctx, 10)
	if err != nil || len(list) != 1 || list[0].Times != 2 || list[0].RawBytes != 99 {
		t.Fatalf("%+v, %v", list, err)
	}
	d, err := s.DeadLetter(ctx, list[0].ID)
	if err != nil || string(d.Raw) != "{\x00" {
		t.Errorf("%+v, %v", d, err)
	}
	b, _ := s.Begin(ctx, "shop")
	if err := errors.Join(b.Replayed(d.ID), b.Commit(nil)); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.DeadLetters(ctx, 10); len(list) != 0 {
		t.Errorf("%d are left after the replay", len(list))
	}
	if _, err := s.DeadLetter(ctx, 77); err == nil || !strings.Contains(err.Error(), "deadletters list") {
		t.Error(err)
	}
}

func TestSources(t *testing.T) {
	s, ctx := open(t), t.Context()
	put(t, s, "shop", "1", conversation("C-1"))
	end := func(outcome, text string) {
		t.Helper()
		id, err := s.StartRun(ctx, "sync", "shop")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.EndRun(ctx, Run{ID: id, Kind: "sync", Source: "shop", Outcome: outcome, Error: text}); err != nil {
			t.Fatal(err)
		}
	}
	end("failed", "connection refused")
	list, err := s.Sources(ctx)
	if err != nil || len(list) != 1 || list[0].Error == "" || list[0].DownSince.IsZero() || list[0].Messages != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	end("done", "")
	if list, _ = s.Sources(ctx); list[0].Error != "" || !list[0].DownSince.IsZero() || list[0].PulledAt.IsZero() || string(list[0].Cursor) != "1" {
		t.Errorf("%+v", list)
	}
	runs, err := s.Runs(ctx, 10)
	if err != nil || len(runs) != 2 || runs[0].Outcome != "done" {
		t.Errorf("%+v, %v", runs, err)
	}
}

func TestDigestOncePerDate(t *testing.T) {
	s, ctx := open(t), t.Context()
	if d, err := s.DigestOf(ctx, "2026-02-10"); d != nil || err != nil {
		t.Fatal(d, err)
	}
	for _, to := range []string{"", "2 recipients", "other"} {
		if err := s.RecordDigest(ctx, "2026-02-10", to); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := s.DigestOf(ctx, "2026-02-10"); err != nil || d.SentTo != "2 recipients" || d.SentAt.IsZero() {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestClaimDigest: one sends a date, until it gives up or died.
func TestClaimDigest(t *testing.T) {
	const claim, fail, send = "claim", "fail", "send"
	for _, tt := range []struct {
		name string
		did  string        // before
		ago  time.Duration // how long ago that was
		want bool
	}{
		{"nobody", "", 0, true},
		{"another does", claim, ClaimFor - time.Second, false},
		{"another did, and died", claim, ClaimFor, true},
		{"the other's clock is ahead", claim, -time.Second, false},
		{"the clock was put back", claim, -24 * time.Hour, true},
		{"another failed", fail, 0, true},
		{"it was sent", send, 0, false},
		{"it was sent long ago", send, 24 * time.Hour, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, ctx, now, day := open(t), t.Context(), clock(), "2026-02-10"
			s.now = func() time.Time { return now }
			if tt.did != "" {
				if ok, err := s.ClaimDigest(ctx, day); !ok || err != nil {
					t.Fatal(ok, err)
				}
			}
			if to, ended := map[string]string{fail: "", send: "2 recipients"}[tt.did]; ended {
				if err := s.RecordDigest(ctx, day, to); err != nil {
					t.Fatal(err)
				}
			}
			now = now.Add(tt.ago)
			if ok, err := s.ClaimDigest(ctx, day); ok != tt.want || err != nil {
				t.Errorf("%v, %v", ok, err)
			}
			if d, err := s.DigestOf(ctx, day); err != nil || d.SentAt.IsZero() == (tt.did == send) {
				t.Errorf("%+v, %v", d, err)
			}
		})
	}
}

func TestFind(t *testing.T) {
	s, ctx := open(t), t.Context()
	put(t, s, "shop", "", conversation("C-1"), conversation("C-2"))
	put(t, s, "other", "", conversation("C-1"))
	for _, tt := range []struct {
		id   string
		want int64
		err  string
	}{
		{"C-2", 2, ""}, {"shop/C-1", 1, ""}, {"other/C-1", 3, ""}, {"2", 2, ""}, {"C-1", 0, "more than one source"}, {"X", 0, "not found"},
	} {
		got, err := s.FindConversation(ctx, tt.id)
		if got != tt.want || (tt.err == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("conversation %q: %d, %v", tt.id, got, err)
		}
	}
	if c, m, err := s.FindMessage(ctx, "C-2/m2"); c != 2 || m != 4 || err != nil {
		t.Error(c, m, err)
	}
	if c, m, err := s.FindMessage(ctx, "other/C-1/m2"); c != 3 || m != 6 || err != nil {
		t.Error(c, m, err)
	}
	if _, _, err := s.FindMessage(ctx, "C-1/m2"); err == nil || !strings.Contains(err.Error(), "write SOURCE/C-1/m2") {
		t.Error(err)
	}
	if _, _, err := s.FindMessage(ctx, "m1"); err == nil || !strings.Contains(err.Error(), "more than one conversation") {
		t.Error(err)
	}
}

func TestBackup(t *testing.T) {
	s := open(t)
	put(t, s, "shop", "9", conversation("C-1"))
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), file); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Error(err)
	}
	for _, name := range []string{s.path, s.path + "-wal", file} { // customers' words are not for everybody
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the rights %v", name, info.Mode())
		}
	}
	c := openAt(t, file, Options{ReadOnly: true})
	if diff := cmp.Diff(dump(t, s), dump(t, c)); diff != "" {
		t.Error(diff)
	}
	if err := c.Check(t.Context()); err != nil {
		t.Error(err)
	}
	// One that fails leaves nothing behind, and clears up after one that was killed.
	dir := t.TempDir()
	for _, name := range []string{"b.db.part", "b.db.part-journal"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half a copy"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Backup(ctx, filepath.Join(dir, "b.db")); err == nil {
		t.Error("a backup was made under a context that had ended")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestRemove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	if err := Remove(path); err != nil {
		t.Errorf("one that is not there: %v", err)
	}
	s := openAt(t, path, Options{Exclusive: true})
	if err := Remove(path); !errors.Is(err, ErrBusy) {
		t.Errorf("one in use: %v", err)
	}
	s.Close()
	if err := Remove(path); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 1 || left[0] != path+".lock" {
		t.Errorf("left: %v", left)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, _ := sql.Open("sqlite3", foreign)
	if _, err := db.Exec(`CREATE TABLE x (y)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	newer := filepath.Join(dir, "newer.db")
	openAt(t, newer, Options{}).Close()
	db, _ = sql.Open("sqlite3", newer)
	if _, err := db.Exec(fmt.Sprintf(`PRAGMA user_version = %d`, odzew.SchemaVersion+3)); err != nil {
		t.Fatal(err)
	}
	db.Close()
	busy := filepath.Join(dir, "busy.db")
	openAt(t, busy, Options{Exclusive: true})
	for _, tt := range []struct {
		name, path string
		o          Options
		want       string
	}{
		{"not a database", write("text.db", strings.Repeat("nie jest bazą ", 100)), Options{}, "not a database"},
		{"no folder", filepath.Join(dir, "nie", "ma.db"), Options{}, "its folder does not exist"},
		{"no folder to lock in", filepath.Join(dir, "nie", "ma.db"), Options{Exclusive: true}, "its folder does not exist"},
		{"nothing to read", filepath.Join(dir, "none.db"), Options{ReadOnly: true}, "odzew sync, import or demo"},
		{"nothing to change", filepath.Join(dir, "none.db"), Options{Existing: true}, "odzew sync, import or demo"},
		{"another program's", foreign, Options{}, "another program's tables"},
		{"newer", newer, Options{}, "use a newer odzew"},
		{"newer, to read", newer, Options{ReadOnly: true}, "use a newer odzew"},
		{"in use", busy, Options{Exclusive: true}, fmt.Sprintf("process %d", os.Getpid())},
		{"no file", "", Options{}, "--db"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Now = clock
			s, err := Open(t.Context(), tt.path, tt.o)
			if err == nil {
				s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.path) {
				t.Errorf("error %v, want one with %q and the file", err, tt.want)
			}
		})
	}
}

// TestFullDisk: SQLite's own limit of pages fails as a full disk does.
func TestFullDisk(t *testing.T) {
	s, ctx := open(t), t.Context()
	put(t, s, "shop", "1", conversation("C-1"))
	before := dump(t, s)
	if _, err := s.w.ExecContext(ctx, `PRAGMA max_page_count = 1`); err != nil {
		t.Fatal(err)
	}
	b, err := s.Begin(ctx, "shop")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		c := conversation(fmt.Sprint("X-", i))
		c.Messages[0].Text = strings.Repeat("długi tekst ", 50)
		if err = b.Put(c); err != nil {
			break
		}
	}
	if err == nil {
		err = b.Commit([]byte("2"))
	}
	b.Rollback()
	if se, ok := errors.AsType[sqlite3.Error](err); !ok || se.Code != sqlite3.ErrFull || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("error %v", err)
	}
	if _, err := s.w.ExecContext(ctx, `PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Error(diff)
	}
	put(t, s, "shop", "2", conversation("C-2")) // and it goes on
}

func TestReadOnlyFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root may write everywhere: the rights are not tested, only the read-only connection")
	}
	path := filepath.Join(t.TempDir(), "t.db")
	openAt(t, path, Options{}).Close()
	s := openAt(t, path, Options{ReadOnly: true})
	if _, err := s.r.ExecContext(t.Context(), `DELETE FROM meta`); err == nil {
		t.Error("a reader could write")
	} else if !strings.Contains(s.explain(err).Error(), "may not be written") {
		t.Error(s.explain(err))
	}
}

// TestMigrate runs invented steps: each once, in order, and all or nothing.
func TestMigrate(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open("sqlite3", dsn(filepath.Join(t.TempDir(), "m.db"), "rwc", 2000))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	v1 := `CREATE TABLE a (x INTEGER);`
	steps := []string{`ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a VALUES (1, 2);`, `CREATE TABLE b (z INTEGER);`}
	if err := migrate(ctx, db, 1, v1, nil); err != nil {
		t.Fatal(err)
	}
	if err := migrate(ctx, db, 3, "", []string{steps[0], "CREATE nonsense"}); err == nil || !strings.Contains(err.Error(), "version 2 to 3") {
		t.Fatalf("error %v", err)
	}
	if v, _ := userVersion(ctx, db); v != 1 {
		t.Fatalf("after a failed step the version is %d", v)
	}
	for range 2 {
		if err := migrate(ctx, db, 3, "", steps); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM a JOIN pragma_user_version ON user_version = 3`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestMigratedEqualsFresh brings every older schema, kept in testdata, up to date
// and holds it against schema.sql.
func TestMigratedEqualsFresh(t *testing.T) {
	if len(migrations) != odzew.SchemaVersion-1 {
		t.Fatalf("schema %d needs %d steps, there are %d", odzew.SchemaVersion, odzew.SchemaVersion-1, len(migrations))
	}
	fresh := shape(t, openAt(t, filepath.Join(t.TempDir(), "fresh.db"), Options{}))
	for v := 1; v < odzew.SchemaVersion; v++ {
		old, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema-v%d.sql", v)))
		if err != nil {
			t.Fatalf("%v: every older version keeps a copy of its schema", err)
		}
		path := filepath.Join(t.TempDir(), "old.db")
		db, err := sql.Open("sqlite3", dsn(path, "rwc", 2000))
		if err != nil {
			t.Fatal(err)
		}
		if err := migrate(t.Context(), db, v, string(old), nil); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if diff := cmp.Diff(fresh, shape(t, openAt(t, path, Options{}))); diff != "" {
			t.Errorf("version %d, migrated, is not the fresh one: %s", v, diff)
		}
	}
}

// shape lists tables, columns, indexes, views and triggers, without comments and
// white space.
func shape(t *testing.T, s *Store) []string {
	t.Helper()
	rows, err := s.r.QueryContext(t.Context(), `SELECT m.type || ' ' || m.name || ' ' || coalesce(group_concat(p.name || ' ' || p.type || ' ' || p."notnull" || ' ' || coalesce(p.dflt_value, '') || ' ' || p.pk), '') ||
		CASE WHEN m.type = 'table' THEN '' ELSE coalesce(m.sql, '') END FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) p GROUP BY m.type, m.name ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	out, err := scanAll[string](rows)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("only %d objects", len(out))
	}
	return out
}

func BenchmarkPut(b *testing.B) {
	s := open(b)
	c := conversation("")
	for i := 0; b.Loop(); {
		batch, err := s.Begin(b.Context(), "shop")
		if err != nil {
			b.Fatal(err)
		}
		for range 1000 {
			c.ID = fmt.Sprint("C-", i)
			i++
			if err := batch.Put(c); err != nil {
				b.Fatal(err)
			}
		}
		if err := batch.Commit([]byte("x")); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(2*i)/b.Elapsed().Seconds(), "messages/s")
	}
}
