package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"odzew"
)

// carried tells by which lexicon each finding stands, and whether it is stale.
func carried(t *testing.T, s *Store) (out []string) {
	t.Helper()
	rows, err := s.r.QueryContext(t.Context(), `SELECT conversation_id || ' ' || lexicon_version || CASE WHEN revision < 0 THEN ' stale' ELSE '' END FROM findings ORDER BY conversation_id`)
	if err != nil {
		t.Fatal(err)
	}
	if out, err = scanAll[string](rows); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCarry(t *testing.T) {
	s, ctx := open(t), t.Context()
	var all []*odzew.Conversation
	for i, customer := range []string{"a", "b", "a", "c", "c", "d"} {
		c := conversation(fmt.Sprintf("C-%d", i+1))
		c.Customer = odzew.Customer{ID: customer}
		all = append(all, c)
	}
	all[5].Events = append(all[5].Events, odzew.Event{At: start.Add(3 * time.Hour), Kind: odzew.EventMerge, Into: "C-5"})
	put(t, s, "shop", "", all...)
	old, edited := Versions{Lexicon: "1", Analyzer: "x"}, Versions{Lexicon: "2", Analyzer: "x"}
	var fs []Finding
	for i := range int64(6) {
		revision := s.revision(t, i+1)
		fs = append(fs, Finding{Conversation: i + 1, Revision: revision, Identity: []byte{byte(i)}, Flag: odzew.Flag{Level: 1, Cause: "waiting"}})
	}
	fs[1].RecheckAt = clock() // its time has come
	if err := s.SaveFindings(ctx, old, fs); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Outdated(ctx, edited); err != nil || !slices.Equal(v, []string{"1"}) {
		t.Errorf("outdated %v, %v", v, err)
	}
	if v, err := s.Outdated(ctx, Versions{Lexicon: "2", Analyzer: "y"}); err != nil || len(v) != 0 {
		t.Errorf("with another analyzer: %v, %v", v, err)
	}
	list, err := s.Carriable(ctx, edited, "1", 0, 4)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, c := range list {
		ids = append(ids, c.ID)
		want := 1
		if c.ID == 5 {
			want = 2 // with that of the one that went into it
		}
		if len(c.Texts) != want || c.Texts[0] != "Gdzie jest moja paczka?" {
			t.Errorf("texts of %d: %q", c.ID, c.Texts)
		}
	}
	if !slices.Equal(ids, []int64{1, 3, 4, 5}) {
		t.Errorf("carriable %v", ids)
	}
	if n, err := s.Carry(ctx, edited, []int64{1, 4, 5}, []int64{3}); err != nil || n != 2 {
		t.Errorf("%d stale, %v", n, err)
	}
	want := []string{"1 2 stale", "2 1", "3 1 stale", "4 2", "5 2", "6 1"}
	if got := carried(t, s); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if ids, err := s.Pending(ctx, edited, 0, 10); err != nil || !slices.Equal(ids, []int64{1, 2, 3, 6}) {
		t.Errorf("pending %v, %v", ids, err)
	}
	rows, err := s.r.QueryContext(ctx, `SELECT conversation_id FROM flags WHERE lexicon_version = '2' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := scanAll[int64](rows); err != nil || !slices.Equal(ids, []int64{1, 4, 5}) {
		t.Errorf("flags of %v, %v", ids, err)
	}
}

func (s *Store) revision(t *testing.T, id int64) (n int64) {
	t.Helper()
	if err := s.r.QueryRowContext(t.Context(), `SELECT revision FROM conversations WHERE id = ?`, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLexicons(t *testing.T) {
	s, ctx := open(t), t.Context()
	if _, err := s.LexiconOf(ctx, "1"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	now := clock()
	s.now = func() time.Time { return now }
	record := func(version string, overlay []byte) {
		t.Helper()
		if err := s.RecordLexicon(ctx, Lexicon{Version: version, Shipped: "p", Entries: 3, Overlay: overlay}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	record("1", []byte("zip"))
	record("2", nil)
	if err := s.KeepLexicon(ctx, Lexicon{Version: "3", Shipped: "p", Overlay: []byte{}}); err != nil {
		t.Fatal(err)
	}
	record("1", []byte("other")) // live again, with other phrase tests
	put(t, s, "shop", "", conversation("C-1"))
	if err := s.SaveFindings(ctx, Versions{Lexicon: "2"}, []Finding{{Conversation: 1, Revision: 1}}); err != nil {
		t.Fatal(err)
	}
	list, err := s.Lexicons(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range list {
		since := "never"
		if !l.Since.IsZero() {
			since = l.Since.Sub(clock()).String()
		}
		got = append(got, fmt.Sprintf("%s: kept %v, %d findings, %d entries, %s", l.Version, l.Kept, l.Findings, l.Entries, since))
	}
	want := []string{"1: kept true, 0 findings, 3 entries, 2h0m0s", "2: kept false, 1 findings, 3 entries, 1h0m0s", "3: kept true, 0 findings, 0 entries, never"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if l, err := s.LexiconOf(ctx, "1"); err != nil || string(l.Overlay) != "other" || !l.Kept || !l.Since.Equal(clock().Add(2*time.Hour)) {
		t.Errorf("%+v, %v", l, err)
	}
}

// What a candidate found is compared with the findings beside which it stands, and with
// no others.
func TestShadow(t *testing.T) {
	s, ctx := open(t), t.Context()
	put(t, s, "shop", "", conversation("C-1"), conversation("C-2"), conversation("C-3"), conversation("C-4"))
	v := Versions{Lexicon: "1", Analyzer: "x"}
	finding := func(id int64, level, candidate int) Finding {
		return Finding{
			Conversation: id, Revision: 1, Identity: []byte{byte(id)}, Flag: odzew.Flag{Level: level, NeedsCall: level == 2, Cause: "waiting"},
			Shadow: &Shadow{Version: "c", Flag: odzew.Flag{Level: candidate, NeedsCall: candidate == 2, Cause: "legal"}, Messages: 2, Sentiments: 1, Signals: 1},
		}
	}
	fs := []Finding{finding(1, 2, 0), finding(2, 0, 2), finding(3, 1, 1), {Conversation: 4, Revision: 1}}
	if err := s.SaveFindings(ctx, v, fs); err != nil {
		t.Fatal(err)
	}
	if version, err := s.LatestShadow(ctx); err != nil || version != "c" {
		t.Errorf("%q, %v", version, err)
	}
	sum, err := s.SumShadow(ctx, "c")
	want := ShadowSum{Conversations: 3, ConversationsChanged: 3, Messages: 6, Sentiments: 3, Signals: 3, Levels: [3][3]int{2: {0: 1}, 0: {2: 1}, 1: {1: 1}}, Unseen: 1}
	if err != nil || sum != want {
		t.Errorf("%+v, %v", sum, err)
	}
	calls, err := s.ShadowCalls(ctx, "c", 10)
	if err != nil || len(calls) != 2 || !calls[0].More || calls[0].Conversation != "C-2" || calls[0].Cause != "legal" || calls[1].More || calls[1].Cause != "waiting" {
		t.Errorf("%+v, %v", calls, err)
	}
	flags, err := s.Flags(ctx, false, 10)
	if err != nil || len(flags) != 2 {
		t.Fatalf("%+v, %v: a candidate makes no flag", flags, err)
	}
	if _, err := s.SetFlag(ctx, 1, FlagMuted, "anna"); err != nil {
		t.Fatal(err)
	}
	labels, err := s.ShadowLabels(ctx, "c")
	if err != nil || len(labels) != 3 || !slices.ContainsFunc(labels, func(l ShadowLabel) bool { return l.Muted && l.Live == 2 && l.Candidate == 0 }) {
		t.Errorf("%+v, %v", labels, err)
	}
	// Other findings have come in place of those beside which it stands.
	if err := s.SaveFindings(ctx, Versions{Lexicon: "2", Analyzer: "x"}, []Finding{{Conversation: 1, Revision: 1, Anew: true}}); err != nil {
		t.Fatal(err)
	}
	if sum, err := s.SumShadow(ctx, "c"); err != nil || sum.Conversations != 2 || sum.Unseen != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
	// Findings that are carried over are the same findings.
	if _, err := s.Carry(ctx, Versions{Lexicon: "2", Analyzer: "x"}, []int64{2, 3}, nil); err != nil {
		t.Fatal(err)
	}
	if sum, err := s.SumShadow(ctx, "c"); err != nil || sum.Conversations != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
}
