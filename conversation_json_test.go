package odzew

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseConversation(t *testing.T) {
	const line = `{"id":"C-1","source":"shop","channel":"email","inbox":"pomoc","subject":"Zwrot","created_at":"2026-02-10T10:00:00+01:00","priority":"high",
		"customer":{"id":7,"name":"Jan","email":"jan@klient.example"},"tags":["zwrot"],"team":"A","form":"f1",
		"messages":[{"id":"m1","at":"2026-02-10T09:00:00.5Z","author":"customer","author_id":"7","text":"Gdzie paczka?","headers":{"Auto-Submitted":"no"}},
			{"id":12,"at":"2026-02-10T09:10:00Z","author":"agent","public":false,"text":"sprawdzam","html":"<p>sprawdzam</p>"}],
		"events":[{"at":"2026-02-10T09:11:00Z","kind":"status","to":"pending","by":"agent"},{"at":"2026-02-10T09:12:00Z","kind":"merge","into":2}],
		"ratings":[{"kind":"csat","score":4,"max":5,"at":"2026-02-11T09:00:00Z","comment":"ok"}]}`
	at := func(s string) time.Time {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		return t
	}
	want := Conversation{
		ID: "C-1", Source: "shop", Channel: "email", Inbox: "pomoc", Subject: "Zwrot", CreatedAt: at("2026-02-10T09:00:00Z"), Priority: "high",
		Customer: Customer{ID: "7", Name: "Jan", Email: "jan@klient.example"}, Tags: []string{"zwrot"}, Team: "A", Form: "f1",
		Messages: []Message{
			{ID: "m1", At: at("2026-02-10T09:00:00.5Z"), Author: AuthorCustomer, AuthorID: "7", Public: true, Text: "Gdzie paczka?", Headers: map[string]string{"Auto-Submitted": "no"}},
			{ID: "12", At: at("2026-02-10T09:10:00Z"), Author: AuthorAgent, Text: "sprawdzam", HTML: "<p>sprawdzam</p>"},
		},
		Events:  []Event{{At: at("2026-02-10T09:11:00Z"), Kind: EventStatus, To: "pending", By: AuthorAgent}, {At: at("2026-02-10T09:12:00Z"), Kind: EventMerge, Into: "2"}},
		Ratings: []Rating{{Kind: "csat", Score: 4, Max: 5, At: at("2026-02-11T09:00:00Z"), Comment: "ok"}},
	}
	got, err := ParseConversation([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// conv is a conversation with one message, after an edit.
func conv(edits ...string) string {
	s := `{"id":"C-1","messages":[{"id":"m1","at":"2026-02-10T09:00:00Z","author":"customer","text":"a"}]}`
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(s, edits[i]) {
			panic("no " + edits[i])
		}
		s = strings.Replace(s, edits[i], edits[i+1], 1)
	}
	return s
}

func TestParseConversationRefuses(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{``, `not JSON at byte 0`},
		{`{`, `not JSON at byte 1`},
		{`null`, `without an id`},
		{`[]`, `the line is a JSON array`},
		{`{} {}`, `not JSON at byte 4`},
		{conv(`"C-1"`, `""`), `without an id`},
		{conv(`"id":"C-1",`, ``), `without an id`},
		{conv(`"C-1"`, `{"a":1}`), `id is a JSON object`},
		{conv(`"C-1"`, `true`), `id is a JSON bool`},
		{conv(`"m1"`, `["m1"]`), `conversation "C-1": messages.id is a JSON array`},
		{conv(`"text":"a"`, `"text":1`), `conversation "C-1": messages.text is a JSON number`},
		{conv(`"at":"2026-02-10T09:00:00Z",`, ``), `conversation "C-1": messages[0].at: no time`},
		{conv(`"2026-02-10T09:00:00Z"`, `null`), `messages[0].at: no time`},
		{conv(`00Z`, `00`), `messages[0].at: "2026-02-10T09:00:00" is not a time with a zone`},
		{conv(`2026`, `1970`), `messages[0].at: 1970-02-10T09:00:00Z cannot be`},
		{conv(`2026`, `1971`), `messages[0].at: 1971-`},
		{conv(`2026`, `2099`), `messages[0].at: 2099-`},
		{conv(`2026-02-10T09`, `2098-12-31T24`), `messages[0].at: "2098-12-31T24:00:00Z" is not a time`},
		{conv(`"id":"C-1"`, `"id":"C-1","created_at":"wczoraj"`), `created_at: "wczoraj" is not a time`},
		{conv(`]}`, `],"events":[{"kind":"handoff"}]}`), `events[0].at: no time`},
		{conv(`]}`, `],"ratings":[{"kind":"csat","score":1,"max":5}]}`), `ratings[0].at: no time`},
		{`{"id":"C-1"}`, `created_at: no time`},
	} {
		_, err := ParseConversation([]byte(test.line))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\n got error %v\nwant %s", test.line, err, test.want)
		}
	}
}

func TestParseConversationReports(t *testing.T) {
	message := func(c Conversation) string {
		m := c.Messages[len(c.Messages)-1]
		return fmt.Sprintf("%s %s %v %q", m.ID, m.Author, m.Public, m.Text)
	}
	for _, test := range []struct{ line, message, problems string }{
		{conv(), `m1 customer true "a"`, ``},
		{conv(`"text"`, `"public":null,"text"`), `m1 customer true "a"`, ``},
		{conv(`customer`, `kosmita`), `m1 auto true "a"`, `messages[0].author=kosmita`},
		{conv(`"author":"customer",`, ``), `m1 auto true "a"`, `messages[0].author=`},
		{conv(`"id":"m1",`, ``), `content-e82634a9ef03eef45378b49c customer true "a"`, ``},
		{"\uFEFF" + conv(), `m1 customer true "a"`, ``},
		{conv(`"a"`, "\"a\xff\""), "m1 customer true \"a\uFFFD\"", `=`},
		{conv(`"a"`, `"a\u0000b"`), "m1 customer true \"a\uFFFDb\"", `=`},
		{conv(`"a"`, `"a\\u0000b"`), `m1 customer true "a\\u0000b"`, ``},
		{conv(`"a"`, "\"a\x00b\""), "m1 customer true \"a\uFFFDb\"", `=`},
		{conv(`]`, `,{"id":"m1","at":"2026-02-10T09:01:00Z","author":"bot","text":"b"}]`), `m1 bot true "b"`, `messages[1].id=m1`},
		{conv(`]}`, `],"events":[{"at":"2026-02-10T09:01:00Z","kind":"teleport"},{"at":"2026-02-10T09:01:00Z","kind":"status","to":"x","by":"y"}]}`), `m1 customer true "a"`, `events[0].kind=teleport events[1].to=x events[1].by=y`},
		{conv(`]}`, `],"ratings":[{"at":"2026-02-10T09:01:00Z","kind":"gwiazdki","score":5,"max":5}],"excluded":"x"}`), `m1 customer true "a"`, `ratings[0].kind=gwiazdki excluded=x`},
	} {
		c, err := ParseConversation([]byte(test.line))
		if err != nil {
			t.Errorf("%s\n%v", test.line, err)
			continue
		}
		var problems []string
		for _, p := range c.Problems {
			problems = append(problems, p.Field+"="+p.Value)
		}
		if got := strings.Join(problems, " "); got != test.problems {
			t.Errorf("%s\n got problems %s\nwant %s", test.line, got, test.problems)
		}
		if got := message(c); got != test.message {
			t.Errorf("%s\n got message %s\nwant %s", test.line, got, test.message)
		}
	}
}

func TestParseConversationKeepsUnknownFields(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{conv(), ``},
		{conv(`"id":"C-1"`, `"ID":"C-1"`), ``},
		{conv(`"id":"C-1"`, `"\u0069d":"C-1"`), ``},
		{conv(`"id":"C-1"`, `"id":"C-1","lang":"pl"`), `lang="pl"`},
		{conv(`"id":"C-1"`, `"x":{"a":[1,"}]\\\"",{}]} , "y" : null,"z":-1.5e3,"id":"C-1","v":true`), `v=true x={"a":[1,"}]\\\"",{}]} y=null z=-1.5e3`},
		{conv(`"text"`, `"lang":"pl","headers":{"X":"1"},"text"`), `messages[0].lang="pl"`},
		{conv(`"id":"C-1"`, `"id":"C-1","customer":{"vip":true,"id":null},"events":[ ],"ratings":null`), `customer.vip=true`},
		{conv(`]}`, `, {"at":"2026-02-10T09:00:01Z","author":"bot","a\"b":[]} ] , "events":[{"at":"2026-02-10T09:00:01Z","kind":"split","n":1}]}`), `events[0].n=1 messages[1].a"b=[]`},
	} {
		c, err := ParseConversation([]byte(test.line))
		if err != nil {
			t.Errorf("%s\n%v", test.line, err)
			continue
		}
		var extra []string
		for _, key := range slices.Sorted(maps.Keys(c.Extra)) {
			extra = append(extra, key+"="+string(c.Extra[key]))
		}
		if got := strings.Join(extra, " "); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.line, got, test.want)
		}
	}
}

// What is written as JSON is read back as it was.
func TestConversationRoundTrip(t *testing.T) {
	word := rapid.StringMatching(`[a-zą-ź0-9"\\<\n -]{0,12}`)
	id := rapid.StringMatching(`[a-z0-9-]{1,8}`)
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(63072000, 4070908799).Draw(t, "unix"), int64(rapid.IntRange(0, 999).Draw(t, "ms"))*1e6).UTC()
	})
	message := rapid.Custom(func(t *rapid.T) Message {
		return Message{
			ID: id.Draw(t, "id"), At: instant.Draw(t, "at"), Public: rapid.Bool().Draw(t, "public"), Text: word.Draw(t, "text"), HTML: word.Draw(t, "html"),
			Author: rapid.SampledFrom([]Author{AuthorCustomer, AuthorAgent, AuthorBot, AuthorAuto}).Draw(t, "author"), AuthorID: word.Draw(t, "author_id"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := Conversation{
			ID: id.Draw(t, "id"), Source: word.Draw(t, "source"), Subject: word.Draw(t, "subject"), CreatedAt: instant.Draw(t, "created"),
			Customer: Customer{ID: word.Draw(t, "customer"), Name: word.Draw(t, "name")},
			Tags:     rapid.SliceOfN(word, 1, 3).Draw(t, "tags"),
			Messages: rapid.SliceOfNDistinct(message, 0, 4, func(m Message) string { return m.ID }).Draw(t, "messages"),
			Events:   []Event{{At: instant.Draw(t, "event"), Kind: EventStatus, To: string(StatusHold), By: AuthorBot}},
			Ratings:  []Rating{{Kind: "nps", Score: float64(rapid.IntRange(0, 10).Draw(t, "score")), Max: 10, At: instant.Draw(t, "rating")}},
		}
		line, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseConversation(line)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

// Conversations of real customers have none of the fields and words that the
// types do not know.
func TestParseConversationReference(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "shared", "data", "twitter-care", "conversations.jsonl"))
	if err != nil {
		t.Skip("no reference conversations beside the repository: ", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		n++
		c, err := ParseConversation(lines.Bytes())
		if err != nil {
			t.Errorf("line %d: %v", n, err)
		} else if len(c.Messages) == 0 || len(c.Extra) > 0 || len(c.Problems) > 0 {
			t.Errorf("line %d: %d messages, extra %v, problems %v", n, len(c.Messages), c.Extra, c.Problems)
		}
	}
	if n < 400 || lines.Err() != nil {
		t.Errorf("read %d lines, error %v", n, lines.Err())
	}
}

func FuzzParseConversation(f *testing.F) {
	f.Add([]byte(conv()))
	f.Add([]byte(conv(`"id":"C-1"`, `"x":{"a":[1,"}]\\\"",{}]} , "y" : null,"z":-1.5e3,"id":"C-1","customer":{"v":[]}`)))
	f.Add([]byte(conv(`"a"`, "\"\\u0000\x00\xff\"")))
	f.Add([]byte(conv(`]}`, `],"events":[{"at":"2026-02-10T09:01:00Z","kind":"x","Q":[]}]}`)))
	f.Fuzz(func(t *testing.T, line []byte) {
		before := bytes.Clone(line)
		c, err := ParseConversation(line)
		if !bytes.Equal(before, line) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			return
		}
		if c.ID == "" || !Plausible(c.CreatedAt) {
			t.Fatalf("id %q, created at %v", c.ID, c.CreatedAt)
		}
		for _, m := range c.Messages {
			if m.ID == "" || !Plausible(m.At) || !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, 0) {
				t.Fatalf("message %+v", m)
			}
		}
		for path, value := range c.Extra {
			if !json.Valid(value) {
				t.Fatalf("extra %s: %q", path, value)
			}
		}
	})
}

func BenchmarkParseConversation(b *testing.B) {
	const text = `Dzień dobry, od tygodnia czekam na przesyłkę i nikt nie odbiera telefonu. Proszę o pilną odpowiedź, bo to już trzeci raz. `
	var messages []string
	for i, author := range []string{"customer", "agent", "customer"} {
		messages = append(messages, fmt.Sprintf(`{"id":"m%d","at":"2026-02-10T09:0%d:00Z","author":"%s","author_id":"k-7","public":true,"text":"%s"}`, i, i, author, text))
	}
	line := []byte(conv(`"messages":[{"id":"m1","at":"2026-02-10T09:00:00Z","author":"customer","text":"a"}]`,
		`"source":"shop","channel":"email","customer":{"id":"k-7","name":"Jan","email":"jan@klient.example"},"messages":[`+strings.Join(messages, ",")+`]`))
	for name, line := range map[string][]byte{
		"plain": line,
		"extra": bytes.Replace(line, []byte(`"source"`), []byte(`"lang":"pl","source"`), 1),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseConversation(line); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "conversations/s")
		})
	}
}
