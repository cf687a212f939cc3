package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odzew"
	"odzew/cmd/odzew/demodata"
	"odzew/lexicon"
	"odzew/store"
)

// derived lists all that analyses make, but for our own times of it. Events of flags are
// left out: of a customer with two conversations, analysing all anew tells again what
// the first made of the flag, and then the second.
func derived(t *testing.T, db string) string {
	t.Helper()
	conn, err := sql.Open("sqlite3", "file:"+db+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var out strings.Builder
	for _, q := range []string{
		`SELECT * FROM findings ORDER BY 1`, `SELECT * FROM message_scores ORDER BY 1`, `SELECT * FROM turns ORDER BY 1, 2`, `SELECT * FROM statutory_requests ORDER BY 1, 2`,
		`SELECT * FROM activity_rollups ORDER BY 1, 2`, `SELECT * FROM wait_rollups ORDER BY 1, 2, 3, 4, 5, 6`, `SELECT * FROM touchpoint_rollups ORDER BY 1, 2, 3`,
		`SELECT * FROM topic_rollups ORDER BY 1, 2, 3, 4`, `SELECT * FROM stale_days`, `SELECT * FROM meta WHERE key = 'lexicon_version'`,
		`SELECT id, who, cause, conversation_id, level, frustration, needs_call, state, opened_at, reasons, lexicon_version, analyzer_version FROM flags ORDER BY 1`,
	} {
		rows, err := conn.QueryContext(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values, n := make([]any, len(columns)), 0
		for i := range values {
			values[i] = new(sql.RawBytes)
		}
		for rows.Next() {
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprintf(&out, "%q ", *v.(*sql.RawBytes))
			}
			out.WriteByte('\n')
			n++
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if n == 0 && !strings.Contains(q, "stale_days") && !strings.Contains(q, "statutory_requests") {
			t.Fatalf("%s: no rows", q)
		}
	}
	return out.String()
}

// An overlayWriter writes overlays at random: of words that customers wrote, of slips
// and foldings of them, and of shipped entries, which it changes or silences.
type overlayWriter struct {
	*rand.Rand
	words   map[string][]string
	shipped map[string][]lexicon.Entry
	lines   map[string][]string
}

func newOverlayWriter(t *testing.T, seed uint64, texts []string) *overlayWriter {
	t.Helper()
	w := &overlayWriter{Rand: rand.New(rand.NewPCG(seed, 1)), words: map[string][]string{}, shipped: map[string][]lexicon.Entry{}, lines: map[string][]string{}}
	entries, err := lexicon.ReadEntries(lexicon.Shipped(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Lang != lexicon.Any {
			w.shipped[e.Lang.String()] = append(w.shipped[e.Lang.String()], e)
		}
	}
	for _, text := range texts {
		for word := range strings.FieldsSeq(strings.ToLower(text)) {
			if word = strings.Trim(word, ".,!?():;\"„”-"); lexicon.IsLearned(word) {
				w.words["pl"], w.words["en"] = append(w.words["pl"], word), append(w.words["en"], word)
			}
		}
	}
	if len(w.words["pl"]) < 1000 {
		t.Fatalf("only %d words", len(w.words["pl"]))
	}
	return w
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// word returns a word, as a form or a lemma, sometimes with a slip.
func (w *overlayWriter) word(lang string) string {
	word := pick(w.Rand, w.words[lang])
	if letters := []rune(word); len(letters) > 5 && w.IntN(6) == 0 {
		i := 1 + w.IntN(len(letters)-3)
		letters[i], letters[i+1] = letters[i+1], letters[i]
		word = string(letters)
	}
	return strings.Repeat("=", w.IntN(2)) + word
}

func (w *overlayWriter) line(lang string) string {
	kind := pick(w.Rand, []string{"tone", "tone", "event", "idiom", "negator", "booster", "dampener", "contrast", "politeness", "topic", "request", "closing", "signal", "aspect", "off"})
	pattern := w.word(lang)
	for range w.IntN(3) / 2 {
		pattern += pick(w.Rand, []string{" ", " ", " ..2 ", " -", "|", " ?"}) + w.word(lang)
	}
	if w.IntN(3) == 0 {
		pattern = pick(w.Rand, w.shipped[lang]).Pattern
	}
	polarity, tags := pick(w.Rand, []string{"", "0.4", "0.9"}), ""
	switch kind {
	case "signal":
		tags = "signal:" + pick(w.Rand, lexicon.Signals)
	case "aspect":
		tags = "aspect:" + pick(w.Rand, lexicon.Aspects)
	case "negator", "contrast", "politeness", "topic", "request":
		polarity = ""
	}
	if polarity != "" && kind != "booster" && kind != "dampener" && w.IntN(2) == 0 {
		polarity = "-" + polarity
	}
	return strings.Join([]string{pattern, kind, polarity, "0.7", tags, "", ""}, "\t")
}

const overlayHead = "entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"

// edit drops some lines, adds some, and writes the files.
func (w *overlayWriter) edit(t *testing.T, dir string) {
	t.Helper()
	for _, lang := range []string{"pl", "en"} {
		w.lines[lang] = slices.DeleteFunc(w.lines[lang], func(string) bool { return w.IntN(4) == 0 })
		for n := w.IntN(3); n > 0; {
			line := w.line(lang)
			if _, err := lexicon.Parse(lang+"/x.tsv", []byte(overlayHead+line+"\n")); err == nil {
				w.lines[lang] = append(w.lines[lang], line)
				n--
			}
		}
		slices.SortFunc(w.lines[lang], func(a, b string) int {
			return slices.Compare(strings.Split(a, "\t")[:2], strings.Split(b, "\t")[:2])
		})
		w.lines[lang] = slices.CompactFunc(w.lines[lang], func(a, b string) bool {
			return slices.Equal(strings.Split(a, "\t")[:2], strings.Split(b, "\t")[:2])
		})
		learned := &lexicon.LearnedFile{}
		if w.IntN(2) == 0 {
			learned.Rows = append(learned.Rows, lexicon.LearnedRow{Entry: strings.TrimLeft(w.word(lang), "="), Pull: [4]int16{int16(w.IntN(400) - 200)}})
		}
		if err := os.MkdirAll(filepath.Join(dir, lang), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"own.tsv": []byte(overlayHead + strings.Join(append(slices.Clone(w.lines[lang]), ""), "\n")), "learned.desk.tsv": learned.Bytes()} {
			if err := os.WriteFile(filepath.Join(dir, lang, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// demoConversations are the demo's helpdesk, with own conversations among them: two of
// one customer with the same cause, and two that were merged.
func demoConversations(t *testing.T, now time.Time) []odzew.Conversation {
	t.Helper()
	files, err := demodata.Files(now, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var list []odzew.Conversation
	for line := range bytes.Lines(files[demodata.Helpdesk]) {
		c, err := odzew.ParseConversation(line)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	at := now.AddDate(0, 0, -9)
	own := func(id, customer, text string, events ...odzew.Event) {
		list = append(list, odzew.Conversation{
			ID: id, Source: "own", Channel: "email", CreatedAt: at, Customer: odzew.Customer{ID: customer}, Events: events,
			Messages: []odzew.Message{{ID: id + "-1", At: at, Author: odzew.AuthorCustomer, Public: true, Text: text}, {ID: id + "-2", At: at.Add(time.Hour), Author: odzew.AuthorCustomer, Public: true, Text: "Dziękuję, " + text}},
		})
	}
	own("A", "k", "Czekam trzeci tydzień na zwrot, to skandal. Ile można?")
	own("B", "k", "Nadal czekam na zwrot pieniędzy.")
	own("C", "m", "Reklamacja leży, idę do prawnika.", odzew.Event{At: at.Add(2 * time.Hour), Kind: odzew.EventMerge, Into: "D"})
	own("D", "m", "Ta sama reklamacja, proszę o odpowiedź.")
	return list
}

// After any edit of a site's own entries, what the shortcut leaves is what analysing all
// anew makes: findings, scores, flags and rollups, to the byte.
func TestEditEqualsAll(t *testing.T) {
	now := time.Date(2026, 6, 3, 5, 0, 0, 0, time.UTC)
	p := &program{stdout: io.Discard, stderr: io.Discard, now: func() time.Time { return now }, getenv: func(string) string { return "" }}
	list := demoConversations(t, now)
	var texts []string
	for i := range list {
		for _, m := range list[i].Messages {
			if m.Author == odzew.AuthorCustomer {
				texts = append(texts, m.Text)
			}
		}
	}
	dir := t.TempDir()
	overlay, live := filepath.Join(dir, "own"), filepath.Join(dir, "live.db")
	cfg := &Config{Lexicon: lexiconConfig{Overlay: overlay}}
	if err := cfg.complete(); err != nil {
		t.Fatal(err)
	}
	analyze := func(db string, all bool) analysed {
		t.Helper()
		d, err := p.newAnalyzer(cfg)
		if err != nil {
			t.Fatal(err)
		}
		st, err := store.Open(t.Context(), db, store.Options{Exclusive: true, Now: p.now})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		if count, err := st.Count(t.Context()); err != nil {
			t.Fatal(err)
		} else if count.Conversations == 0 {
			for i := range list {
				pullOne(t, st, &list[i])
			}
		}
		n, err := p.analyze(t.Context(), st, d, all, nil)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	w := newOverlayWriter(t, 7, texts)
	w.edit(t, overlay)
	analyze(live, false)
	checked, anew := 0, 0
	for round := range 10 {
		before, err := os.ReadFile(live)
		if err != nil {
			t.Fatal(err)
		}
		whole := filepath.Join(dir, fmt.Sprintf("all-%d.db", round))
		if err := os.WriteFile(whole, before, 0o600); err != nil {
			t.Fatal(err)
		}
		w.edit(t, overlay)
		n := analyze(live, false)
		checked, anew = checked+n.Checked, anew+n.Conversations
		if all := analyze(whole, true); all.Conversations != len(list) {
			t.Fatalf("%+v: not all were analysed", all)
		}
		if diff := cmp.Diff(strings.Split(derived(t, whole), "\n"), strings.Split(derived(t, live), "\n")); diff != "" {
			t.Fatalf("round %d, lines %q:\n%s", round, w.lines, diff)
		}
	}
	t.Logf("%d conversations checked, %d analysed anew", checked, anew)
	if checked < 3*len(list) || anew == 0 || 2*anew > 10*len(list) {
		t.Errorf("%d conversations checked, %d analysed anew, of 10 times %d: the shortcut was hardly taken", checked, anew, len(list))
	}
}

// An analysis that is killed while it carries findings over, and run again, ends in what
// analysing all anew makes.
func TestEditKilledAnywhere(t *testing.T) {
	dir := t.TempDir()
	var sb strings.Builder
	at := time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	for i := range 9000 {
		at = at.Add(7 * time.Minute)
		text := "Czekam na zwrot, to już trzeci tydzień. Ile można?"
		if i%40 == 0 {
			text = "Fotel wiezie żółwex."
		}
		fmt.Fprintf(&sb, `{"id":"C-%d","channel":"email","created_at":%q,"customer":{"id":"k-%d"},"messages":[{"id":"m1","at":%q,"author":"customer","public":true,"text":%q},{"id":"m2","at":%q,"author":"agent","public":true,"text":"Sprawdzam."}]}`+"\n",
			i, at.Format(time.RFC3339), i, at.Format(time.RFC3339), text, at.Add(time.Hour).Format(time.RFC3339))
	}
	line := "=żółwex\ttone\t-0.7\t0.7\t\t\t\n"
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("shop.jsonl", sb.String())
	write("own/pl/own.tsv", overlayHead)
	for _, name := range []string{"calm", "rough"} {
		write(name+".yaml", "database: "+name+".db\nlexicon: {overlay: own}\n")
	}
	calm, rough := filepath.Join(dir, "calm.yaml"), filepath.Join(dir, "rough.yaml")
	must(t, "", "--config", calm, "import", "--format", "jsonl", filepath.Join(dir, "shop.jsonl"))
	must(t, "", "--config", calm, "analyze")
	data, err := os.ReadFile(filepath.Join(dir, "calm.db"))
	if err != nil {
		t.Fatal(err)
	}
	write("rough.db", string(data))
	write("own/pl/own.tsv", overlayHead+line)
	must(t, "", "--config", calm, "analyze", "--all")
	if !killHalfway(t, filepath.Join(dir, "rough.db"), "--config", rough, "analyze") {
		t.Error("it was never killed between two ranges")
	}
	kills := 1 + untilDone(t, rand.New(rand.NewPCG(5, 6)), "--config", rough, "analyze")
	want, got := derived(t, filepath.Join(dir, "calm.db")), derived(t, filepath.Join(dir, "rough.db"))
	if want != got {
		t.Errorf("after %d kills: %s", kills, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
	}
}

// killHalfway runs a command and kills it once findings stand by two lexicons. It reports
// whether it came to that.
func killHalfway(t *testing.T, db string, args ...string) bool {
	t.Helper()
	conn, err := sql.Open("sqlite3", "file:"+db+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cmd := child(t, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			t.Logf("it ended by itself: %v", err)
			return false
		default:
		}
		var versions int
		if err := conn.QueryRow(`SELECT count(DISTINCT lexicon_version) FROM findings`).Scan(&versions); err != nil {
			t.Fatal(err)
		}
		if versions > 1 {
			cmd.Process.Kill()
			<-ended
			return true
		}
	}
}

// What a rollback refuses, and what it records.
func TestRollbackRefuses(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "own", "pl", "own.tsv")
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "odzew.yaml")
	for file, text := range map[string]string{own: overlayHead, config: "database: t.db\nlexicon: {overlay: own}\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	st, err := store.Open(t.Context(), filepath.Join(dir, "t.db"), store.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	site, err := readSite(filepath.Join(dir, "own"))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"abc1", "abc2", "large"} {
		l := store.Lexicon{Version: version, Shipped: "another", Overlay: site.archive}
		if version == "large" {
			l.Overlay = nil
		}
		if err := st.RecordLexicon(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		version, want string
		status        int
	}{
		{"abc", `"abc" is the beginning of 2 versions: `, statusUsage},
		{"", "there is no lexicon", statusUsage},
		{"x", "there is no lexicon", statusUsage},
		{"large", "were not recorded", statusFailed},
		{"abc1", "another version of the program", statusFailed},
	} {
		status, _, errs := runOdzew(t, "", "--config", config, "lexicon", "rollback", tt.version)
		if status != tt.status || !strings.Contains(errs, tt.want) {
			t.Errorf("rollback %q: status %d, %s", tt.version, status, errs)
		}
	}
	out := must(t, "", "--config", config, "lexicon", "rollback", "abc2", "--force")
	if !strings.Contains(out, "is recorded as") {
		t.Error(out)
	}
	if out := must(t, "", "--config", config, "lexicon", "history"); !strings.Contains(out, "of another version of the program") || !strings.Contains(out, "more than 4 MiB") {
		t.Error(out)
	}

	// More than is recorded: analysed, said, and not put at risk.
	big := overlayHead + "=zzz\ttopic\t\t\t\t\t" + strings.Repeat("x", mostOverlay) + "\n"
	if err := os.WriteFile(own, []byte(big), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, errs := runOdzew(t, "", "--config", config, "analyze")
	if status != statusDone || !strings.Contains(errs, "are not recorded") {
		t.Errorf("status %d, %s", status, errs)
	}
	status, _, errs = runOdzew(t, "", "--config", config, "lexicon", "rollback", "abc1", "--force")
	if status != statusDone {
		t.Errorf("status %d, %s", status, errs)
	}
	if data, err := os.ReadFile(own); err != nil || string(data) != overlayHead {
		t.Errorf("%.80q, %v", data, err)
	}
}

// A full disk, or what else goes wrong before all is written, leaves the files as they
// were.
func TestPutBackWhole(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"en/own.tsv", "pl/own.tsv"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(from, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), []byte("then"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	site, err := readSite(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(to, "en"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"en/own.tsv": "now", "pl": "a file where a folder should be"} {
		if err := os.WriteFile(filepath.Join(to, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := putBack(to, site.archive); err == nil {
		t.Fatal("no error")
	}
	data, err := os.ReadFile(filepath.Join(to, "en/own.tsv"))
	if err != nil || string(data) != "now" {
		t.Errorf("%q, %v", data, err)
	}
	if left, err := os.ReadDir(filepath.Join(to, "en")); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	if err := putBack(to, []byte("no archive")); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Error(err)
	}
}

// The sign test against its definition, by hand.
func TestSignTest(t *testing.T) {
	for _, tt := range []struct {
		a, b int
		want float64
	}{{0, 0, 1}, {0, 1, 1}, {3, 3, 1}, {0, 5, 0.0625}, {6, 2, 74.0 / 256}, {0, 10, 2.0 / 1024}, {1, 9, 22.0 / 1024}} {
		if got := signTest(tt.a, tt.b); max(got-tt.want, tt.want-got) > 1e-9 {
			t.Errorf("signTest(%d, %d) = %g, want %g", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestJudge(t *testing.T) {
	muted := func(live, candidate int) store.ShadowLabel {
		return store.ShadowLabel{Live: live, Candidate: candidate, Muted: true}
	}
	rated := func(live, candidate int, score float64) store.ShadowLabel {
		return store.ShadowLabel{Live: live, Candidate: candidate, Rating: odzew.Rating{Kind: "csat", Score: score, Max: 5}}
	}
	got := judge([]store.ShadowLabel{muted(2, 0), muted(1, 2), rated(0, 1, 1), rated(0, 1, 5), rated(2, 1, 5), rated(0, 1, 3), {Live: 1, Candidate: 0, Rating: odzew.Rating{Kind: "stars", Score: 1, Max: 5}}})
	got.P = 0
	// 3 of 5 counts as good as 1 of 2 does not: reporter.Said draws the line.
	if got.Muted != 2 || got.Live+got.Candidate != got.Muted+got.Ratings || got.Better != "" || got.Candidate < 3 {
		t.Errorf("%+v", got)
	}
	var all []store.ShadowLabel
	for range 9 {
		all = append(all, muted(1, 0))
	}
	if got := judge(all); got.Better != "candidate" || got.Candidate != 9 {
		t.Errorf("%+v", got)
	}
}
