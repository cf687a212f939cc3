package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"odzew"
)

// A Stored conversation is one as it lies in the database.
type Stored struct {
	ID       int64
	Revision int64
	odzew.Conversation
	// MessageIDs are the row numbers of Messages, in the same order.
	MessageIDs []int64
	// Merged are the conversations that went into this one, or into one that did, and
	// their messages.
	Merged []odzew.Conversation
	// MergedInto is the conversation that this one went into, nil where none.
	MergedInto *odzew.Conversation
	// Others are the same customer's other conversations of these weeks.
	Others []Contact
	// Analysed: there are findings of it, of whatever versions.
	Analysed bool
	// Identity is the keyed hash of the customer's; nil where there is none.
	Identity []byte
}

// A Contact is another conversation of the same customer, in brief.
type Contact struct {
	Conversation    string
	Source          string
	Channel         string
	FirstAt, LastAt time.Time // of the conversation's messages
}

// Versions say what made a finding. A finding of other versions is stale.
type Versions struct {
	Lexicon  string
	Analyzer string // code, calendars and touchpoints
}

// Pending lists conversations after the given one whose findings are missing, of
// an older revision, of other versions, or to be checked again by now, by number.
func (s *Store) Pending(ctx context.Context, v Versions, after int64, limit int) ([]int64, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT c.id FROM conversations c LEFT JOIN findings f ON f.conversation_id = c.id
		WHERE c.id > ? AND (f.conversation_id IS NULL OR f.revision <> c.revision OR f.lexicon_version <> ? OR f.analyzer_version <> ? OR f.recheck_at <= ?)
		ORDER BY c.id LIMIT ?`, after, v.Lexicon, v.Analyzer, s.now().Unix(), limit)
	if err != nil {
		return nil, s.explain(err)
	}
	return scanAll[int64](rows)
}

// Invalidate makes every finding stale.
func (s *Store) Invalidate(ctx context.Context) error {
	_, err := s.w.ExecContext(ctx, `UPDATE findings SET revision = -1`)
	return s.explain(err)
}

const conversationFields = `c.id, c.revision, c.source, c.external_id, c.channel, c.inbox, c.subject, c.created_at, c.priority, c.team, c.form, c.tags, c.excluded,
	coalesce(c.merged_into, 0), coalesce(k.external_id, ''), coalesce(k.name, ''), coalesce(k.email, ''), coalesce(c.problems, ''),
	EXISTS (SELECT 1 FROM findings f WHERE f.conversation_id = c.id), k.identity, c.message_count`

const (
	// partConversations and partBytes bound what Parts reads at a time: so many
	// conversations, with so much text but for one that has more.
	partConversations = 500
	partBytes         = 8 << 20
)

// Parts reads conversations with all below them, in the order of ids, some at a time,
// so that memory stays flat however many or long they are. A number that is not there
// is left out.
func (s *Store) Parts(ctx context.Context, ids []int64) iter.Seq2[[]Stored, error] {
	return func(yield func([]Stored, error) bool) {
		ids := slices.Sorted(slices.Values(ids))
		for len(ids) > 0 && ctx.Err() == nil {
			part := ids[:min(len(ids), partConversations)]
			list, err := s.load(ctx, part, partBytes)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(list) == 0 { // all gone since
				ids = ids[len(part):]
				continue
			}
			if !yield(list, nil) {
				return
			}
			n, _ := slices.BinarySearch(ids, list[len(list)-1].ID+1)
			ids = ids[n:]
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// Load reads a few conversations at once, as Parts does.
func (s *Store) Load(ctx context.Context, ids []int64) ([]Stored, error) {
	return s.load(ctx, ids, math.MaxInt)
}

// load reads those of the ids, by number, whose text is within some bytes; the first
// one in any case.
func (s *Store) load(ctx context.Context, ids []int64, bytes int) ([]Stored, error) {
	// The list is short; a context that may end would cost the driver a goroutine a row.
	ctx = context.WithoutCancel(ctx)
	out, mergedInto, err := s.loadPlain(ctx, ids, bytes)
	if err != nil {
		return nil, s.explain(err)
	}
	if err := s.loadMerges(ctx, out, mergedInto); err != nil {
		return nil, s.explain(err)
	}
	return out, s.explain(s.loadOthers(ctx, out))
}

const (
	// contactDays is how far apart two conversations of a customer may lie to have
	// to do with each other.
	contactDays = 14
	// matterDays is how much earlier one of them may have begun that still goes on.
	matterDays = 90
	// maxContacts bounds what is read of customers with very many conversations: the
	// latest ones. Two are enough to be a repeat contact.
	maxContacts = 20
)

// Joins of conversations c with the same customer's others, o, over all sources: those
// that are contacts of c, and those of which c is one.
var (
	sameCustomer = `JOIN customers k ON k.id = c.customer_id JOIN customers k2 ON k2.identity = k.identity JOIN conversations o ON o.customer_id = k2.id AND o.id <> c.id `
	contacts     = sameCustomer + fmt.Sprintf(`AND o.created_at BETWEEN c.created_at - %d AND c.last_message_at + %d AND o.last_message_at >= c.created_at - %[2]d`,
		matterDays*24*3600, contactDays*24*3600)
	contactOf = sameCustomer + fmt.Sprintf(`AND o.created_at <= c.last_message_at + %[2]d AND o.created_at <= c.created_at + %[1]d AND o.last_message_at >= c.created_at - %[2]d`,
		matterDays*24*3600, contactDays*24*3600)
)

// loadOthers adds the same customers' other conversations.
func (s *Store) loadOthers(ctx context.Context, out []Stored) error {
	ids := make([]int64, len(out))
	at := make(map[int64]int, len(out))
	for i := range out {
		ids[i] = out[i].ID
		at[out[i].ID] = i
	}
	rows, err := s.r.QueryContext(ctx, `SELECT id, external_id, source, channel, created_at, last_message_at FROM (
			SELECT c.id, o.external_id, o.source, o.channel, o.created_at, o.last_message_at,
				row_number() OVER (PARTITION BY c.id ORDER BY o.created_at DESC, o.source, o.external_id) AS n
			FROM conversations c `+contacts+` WHERE c.id IN (SELECT value FROM json_each(?1)) AND o.excluded = '')
		WHERE n <= ?2 ORDER BY id, n DESC`, jsonInts(ids), maxContacts)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id, first, last int64
			o               Contact
		)
		if err := rows.Scan(&id, &o.Conversation, &o.Source, &o.Channel, &first, &last); err != nil {
			return err
		}
		o.FirstAt, o.LastAt = time.Unix(first, 0).UTC(), time.Unix(last, 0).UTC()
		out[at[id]].Others = append(out[at[id]].Others, o)
	}
	return rows.Err()
}

func (s *Store) loadPlain(ctx context.Context, ids []int64, bytes int) ([]Stored, map[int64]int64, error) {
	list := jsonInts(ids)
	rows, err := s.r.QueryContext(ctx, `SELECT `+conversationFields+` FROM conversations c LEFT JOIN customers k ON k.id = c.customer_id
		WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id`, list)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	out := make([]Stored, 0, len(ids))
	mergedInto := map[int64]int64{}
	at := make(map[int64]int, len(ids))
	for rows.Next() {
		var (
			c            Stored
			created, mer int64
			tags, faults string
			messages     int
		)
		if err := rows.Scan(&c.ID, &c.Revision, &c.Source, &c.Conversation.ID, &c.Channel, &c.Inbox, &c.Subject, &created, &c.Priority, &c.Team, &c.Form, &tags,
			&c.Excluded, &mer, &c.Customer.ID, &c.Customer.Name, &c.Customer.Email, &faults, &c.Analysed, &c.Identity, &messages); err != nil {
			return nil, nil, err
		}
		c.CreatedAt = time.Unix(created, 0).UTC()
		if tags != "[]" {
			if err := json.Unmarshal([]byte(tags), &c.Tags); err != nil {
				return nil, nil, fmt.Errorf("tags of conversation %d: %w", c.ID, err)
			}
		}
		if faults != "" {
			if err := json.Unmarshal([]byte(faults), &c.Problems); err != nil {
				return nil, nil, fmt.Errorf("problems of conversation %d: %w", c.ID, err)
			}
		}
		if mer != 0 {
			mergedInto[c.ID] = mer
		}
		c.Messages, c.MessageIDs = make([]odzew.Message, 0, messages), make([]int64, 0, messages)
		at[c.ID] = len(out)
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	n, err := s.loadMessages(ctx, list, out, at, bytes)
	if err != nil {
		return nil, nil, err
	}
	if n < len(out) {
		for i := range out[n:] {
			delete(mergedInto, out[n+i].ID)
		}
		out, ids = out[:n], make([]int64, n)
		for i := range out {
			ids[i] = out[i].ID
		}
		list = jsonInts(ids)
	}
	return out, mergedInto, s.loadEvents(ctx, list, out, at)
}

// loadMessages adds the messages of the first n conversations, whose text is within
// some bytes.
func (s *Store) loadMessages(ctx context.Context, list string, out []Stored, at map[int64]int, bytes int) (n int, err error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, conversation_id, external_id, seq, at, author, author_id, public, body, coalesce(headers, '') FROM messages
		WHERE conversation_id IN (SELECT value FROM json_each(?)) ORDER BY conversation_id, at, seq, id`, list)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			m               odzew.Message
			id, conv, when  int64
			author, headers string
		)
		if err := rows.Scan(&id, &conv, &m.ID, &m.Seq, &when, &author, &m.AuthorID, &m.Public, &m.Text, &headers); err != nil {
			return 0, err
		}
		if bytes -= len(m.Text); bytes < 0 && at[conv] > 0 {
			return at[conv], nil
		}
		m.At, m.Author = time.Unix(when, 0).UTC(), odzew.Author(author)
		if headers != "" {
			if err := json.Unmarshal([]byte(headers), &m.Headers); err != nil {
				return 0, fmt.Errorf("headers of message %d: %w", id, err)
			}
		}
		c := &out[at[conv]]
		c.Messages = append(c.Messages, m)
		c.MessageIDs = append(c.MessageIDs, id)
	}
	return len(out), rows.Err()
}

func (s *Store) loadEvents(ctx context.Context, list string, out []Stored, at map[int64]int) error {
	rows, err := s.r.QueryContext(ctx, `SELECT conversation_id, at, kind, to_value, into_id, by_author FROM events
		WHERE conversation_id IN (SELECT value FROM json_each(?)) ORDER BY conversation_id, seq`, list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			conv, when int64
			e          odzew.Event
			kind, by   string
		)
		if err := rows.Scan(&conv, &when, &kind, &e.To, &e.Into, &by); err != nil {
			return err
		}
		e.At, e.Kind, e.By = time.Unix(when, 0).UTC(), odzew.EventKind(kind), odzew.Author(by)
		c := &out[at[conv]]
		c.Events = append(c.Events, e)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rat, err := s.r.QueryContext(ctx, `SELECT conversation_id, kind, at, score, max, comment FROM ratings
		WHERE conversation_id IN (SELECT value FROM json_each(?)) ORDER BY conversation_id, at`, list)
	if err != nil {
		return err
	}
	defer rat.Close()
	for rat.Next() {
		var (
			conv, when int64
			r          odzew.Rating
		)
		if err := rat.Scan(&conv, &r.Kind, &when, &r.Score, &r.Max, &r.Comment); err != nil {
			return err
		}
		r.At = time.Unix(when, 0).UTC()
		c := &out[at[conv]]
		c.Ratings = append(c.Ratings, r)
	}
	return rat.Err()
}

// loadMerges adds the conversations on the other side of a merge.
func (s *Store) loadMerges(ctx context.Context, out []Stored, mergedInto map[int64]int64) error {
	ids := make([]int64, len(out))
	at := make(map[int64]int, len(out))
	for i := range out {
		ids[i] = out[i].ID
		at[out[i].ID] = i
	}
	// UNION ends a ring of conversations that went into each other.
	rows, err := s.r.QueryContext(ctx, `WITH RECURSIVE went (id, into_id) AS (
			SELECT id, merged_into FROM conversations WHERE merged_into IS NOT NULL AND merged_into IN (SELECT value FROM json_each(?))
			UNION SELECT c.id, w.into_id FROM went w JOIN conversations c ON c.merged_into = w.id)
		SELECT id, into_id FROM went WHERE id <> into_id ORDER BY id, into_id`, jsonInts(ids))
	if err != nil {
		return err
	}
	type pair struct{ from, into int64 }
	from, err := collect(rows, func(p *pair) []any { return []any{&p.from, &p.into} })
	if err != nil {
		return err
	}
	if len(from) == 0 && len(mergedInto) == 0 {
		return nil
	}
	var others []int64
	for _, p := range from {
		others = append(others, p.from)
	}
	for _, into := range mergedInto {
		others = append(others, into)
	}
	slices.Sort(others)
	loaded, _, err := s.loadPlain(ctx, slices.Compact(others), math.MaxInt)
	if err != nil {
		return err
	}
	find := func(id int64) *odzew.Conversation {
		for i := range loaded {
			if loaded[i].ID == id {
				return &loaded[i].Conversation
			}
		}
		return nil
	}
	for _, p := range from {
		if c := find(p.from); c != nil {
			out[at[p.into]].Merged = append(out[at[p.into]].Merged, *c)
		}
	}
	for id, into := range mergedInto {
		out[at[id]].MergedInto = find(into)
	}
	return nil
}

// A Finding is what the analysis of one conversation made.
type Finding struct {
	Conversation int64
	Revision     int64
	// Anew: there are older findings to put these in place of.
	Anew bool
	// Identity is the customer's; it owns the flag.
	Identity   []byte
	Touchpoint string
	Excluded   bool // in no figure
	Merged     bool // into another conversation
	Scores     []MessageScore
	Waits      odzew.Waits
	Flag       odzew.Flag
	Peak       int // the highest level of any message
	FirstAt    time.Time
	LastAt     time.Time // of the customer's messages; zero where there is none
	OpenSince  time.Time // zero: nobody waits
	Parked     bool
	// RecheckAt is when time alone may change the finding; zero: never.
	RecheckAt time.Time
	// Requests are what the customer filed that the law wants answered.
	Requests []Request
	// Sums are what the conversation adds to the rollups, by SumUp. A first finding is
	// added; in place of older ones, the rollups of its days are stale.
	Sums  []Sum
	began touched // the same for the day that it began on
	// Shadow is what a candidate for the lexicon found; nil where none is tried.
	Shadow *Shadow
}

// A Request is a statutory one: a complaint, one about personal data, a withdrawal.
type Request struct {
	Kind       string
	At         time.Time
	Message    string
	AnsweredAt time.Time // zero: not yet
}

// A MessageScore is the score of one stored message.
type MessageScore struct {
	Message int64
	odzew.Score
}

// SaveFindings stores a range of findings in one transaction, in place of older
// ones, and marks the days that they touch.
func (s *Store) SaveFindings(ctx context.Context, v Versions, fs []Finding) error {
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	b := &Batch{transaction: tx}
	defer b.Rollback()
	for i := range fs {
		if err := b.saveFinding(v, &fs[i]); err != nil {
			return fmt.Errorf("storing the findings of conversation %d: %w", fs[i].Conversation, s.explain(err))
		}
	}
	if err := b.addSums(fs); err != nil {
		return s.explain(err)
	}
	return b.commit()
}

func (b *Batch) saveFinding(v Versions, f *Finding) error {
	if f.Anew {
		for _, q := range []string{
			`DELETE FROM turns WHERE conversation_id = ?`,
			`DELETE FROM statutory_requests WHERE conversation_id = ?`,
			// What was a customer's message may turn out to be an agent's, or a note.
			`DELETE FROM message_scores WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ? AND (author <> 'customer' OR NOT public))`,
		} {
			if _, err := b.exec(q, f.Conversation); err != nil {
				return err
			}
		}
	}
	for i := range f.Scores {
		sc := &f.Scores[i]
		var sentiment any
		if sc.Sentiment != nil {
			sentiment = string(*sc.Sentiment)
		}
		if _, err := b.exec(`INSERT OR REPLACE INTO message_scores VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, sc.Message, sc.Lang, sentiment, sc.Reason, sc.Valence, sc.Confidence,
			sc.Frustration, sc.Level, strings.Join(sc.Signals, " "), aspectText(sc.Aspects), sc.Stage, sc.Emotion); err != nil {
			return err
		}
	}
	for i := range f.Waits.Turns {
		t := &f.Waits.Turns[i]
		var closed, secs, business any
		if t.ClosedAt != nil {
			closed, secs, business = t.ClosedAt.Unix(), t.Seconds, t.BusinessSeconds
		}
		if _, err := b.exec(`INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, f.Conversation, i, t.Kind, t.Outcome, t.OpenedAt.Unix(), closed,
			secs, business, t.Nudges, t.FirstNudgeSeconds, t.ParkedSeconds, t.Thanks, strings.Join(t.Flags, " ")); err != nil {
			return err
		}
	}
	for _, r := range f.Requests {
		if _, err := b.exec(`INSERT INTO statutory_requests VALUES (?, ?, ?, ?, ?)`, f.Conversation, r.Kind, r.At.Unix(), r.Message, unixOrNil(r.AnsweredAt)); err != nil {
			return err
		}
	}
	reasons := jsonText(f.Flag.Reasons, "[]")
	if err := b.saveFlag(v, f, reasons); err != nil {
		return err
	}
	_, err := b.exec(`INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, f.Conversation, f.Revision, v.Lexicon, v.Analyzer, f.Touchpoint,
		f.Flag.Frustration, f.Flag.Level, f.Peak, f.Flag.NeedsCall, f.Flag.Cause, reasons, unixOrNil(f.FirstAt), unixOrNil(f.LastAt),
		unixOrNil(f.OpenSince), f.Parked, unixOrNil(f.RecheckAt))
	if err == nil && f.Shadow != nil {
		err = b.saveShadow(v, f)
	}
	return err
}

func aspectText(as []odzew.AspectPolarity) string {
	if len(as) == 0 {
		return ""
	}
	var sb strings.Builder
	for i, a := range as {
		if i > 0 {
			sb.WriteByte(' ')
		}
		sb.WriteString(a.Aspect)
		sb.WriteByte(':')
		sb.WriteString(string(a.Polarity))
	}
	return sb.String()
}

func unixOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}
