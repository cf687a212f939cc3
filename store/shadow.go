package store

import (
	"context"

	"odzew"
)

// Shadow findings: what a candidate for the lexicon found beside the live one.
//
// Rule: they are written together with the findings beside which they stand, and are
// compared with these only.

// A Shadow is what a candidate found in one conversation.
type Shadow struct {
	Version string // the candidate's lexicon
	Flag    odzew.Flag
	// Messages is how many both scored; Sentiments and Signals, on how many of these
	// they differ.
	Messages, Sentiments, Signals int
}

func (b *Batch) saveShadow(v Versions, f *Finding) error {
	s := f.Shadow
	_, err := b.exec(`INSERT OR REPLACE INTO shadow_findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, f.Conversation, f.Revision, v.Lexicon, s.Version,
		s.Flag.Frustration, s.Flag.Level, s.Flag.NeedsCall, s.Flag.Cause, s.Messages, s.Sentiments, s.Signals)
	return err
}

// A ShadowSum sums up what a candidate found in the conversations that both lexicons
// were at.
type ShadowSum struct {
	Conversations        int
	ConversationsChanged int // another level, cause or call
	Messages             int
	Sentiments, Signals  int
	// Levels counts conversations by their level with the live lexicon, then with the
	// candidate.
	Levels [3][3]int
	// Unseen is how many conversations have findings that the candidate was not at.
	Unseen int
}

// both joins what stands beside each other; it takes the candidate's version.
const both = ` FROM shadow_findings s JOIN findings f ON f.conversation_id = s.conversation_id AND f.revision = s.revision AND f.lexicon_version = s.live_version
	JOIN conversations c ON c.id = s.conversation_id WHERE s.version = ? AND c.excluded = '' `

// LatestShadow is the version of the candidate that most conversations were shown to;
// empty where there was none.
func (s *Store) LatestShadow(ctx context.Context) (string, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT version FROM shadow_findings GROUP BY version ORDER BY count(*) DESC, version LIMIT 1`)
	if err != nil {
		return "", s.explain(err)
	}
	found, err := scanAll[string](rows)
	if err != nil || len(found) == 0 {
		return "", s.explain(err)
	}
	return found[0], nil
}

// SumShadow compares a candidate's findings with the live ones.
func (s *Store) SumShadow(ctx context.Context, version string) (ShadowSum, error) {
	var out ShadowSum
	rows, err := s.r.QueryContext(ctx, `SELECT f.level, s.level, count(*), sum(f.level <> s.level OR f.cause <> s.cause OR f.needs_call <> s.needs_call),
		sum(s.messages), sum(s.sentiments), sum(s.signals)`+both+`GROUP BY f.level, s.level`, version)
	if err != nil {
		return out, s.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var live, candidate, n, changed, messages, sentiments, signals int
		if err := rows.Scan(&live, &candidate, &n, &changed, &messages, &sentiments, &signals); err != nil {
			return out, err
		}
		out.Levels[live][candidate] = n
		out.Conversations += n
		out.ConversationsChanged += changed
		out.Messages += messages
		out.Sentiments += sentiments
		out.Signals += signals
	}
	if err := rows.Err(); err != nil {
		return out, s.explain(err)
	}
	err = s.r.QueryRowContext(ctx, `SELECT count(*) FROM findings f JOIN conversations c ON c.id = f.conversation_id WHERE c.excluded = ''`).Scan(&out.Unseen)
	out.Unseen -= out.Conversations
	return out, s.explain(err)
}

// A ShadowCall is a conversation that one of two lexicons calls for and the other does
// not.
type ShadowCall struct {
	Conversation string // the source's id
	Source       string
	Customer     string // the source's id
	More         bool   // the candidate calls for it
	Cause        string // of the one that does
}

// ShadowCalls lists up to limit conversations in which two lexicons differ on whether
// to call, those that the candidate calls for first.
func (s *Store) ShadowCalls(ctx context.Context, version string, limit int) ([]ShadowCall, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT c.external_id, c.source, coalesce((SELECT k.external_id FROM customers k WHERE k.id = c.customer_id), ''), s.needs_call,
		CASE WHEN s.needs_call THEN s.cause ELSE f.cause END`+both+`AND f.needs_call <> s.needs_call ORDER BY s.needs_call DESC, max(f.frustration, s.frustration) DESC, c.id LIMIT ?`, version, limit)
	if err != nil {
		return nil, s.explain(err)
	}
	return collect(rows, func(c *ShadowCall) []any { return []any{&c.Conversation, &c.Source, &c.Customer, &c.More, &c.Cause} })
}

// A ShadowLabel is a word of a person on a conversation to which two lexicons give
// different levels.
type ShadowLabel struct {
	Live, Candidate int // levels
	// Muted: the desk called its flag a false alarm.
	Muted bool
	// Rating is a customer's verdict; its kind is empty where there is none.
	Rating odzew.Rating
}

// ShadowLabels lists muted flags and ratings where two lexicons give different levels.
func (s *Store) ShadowLabels(ctx context.Context, version string) ([]ShadowLabel, error) {
	rows, err := s.r.QueryContext(ctx, `WITH differing AS (SELECT c.id, f.level AS live, s.level AS candidate`+both+`AND f.level <> s.level)
		SELECT d.live, d.candidate, 1, '', 0, 0 FROM differing d WHERE EXISTS (SELECT 1 FROM flags g WHERE g.conversation_id = d.id AND g.state = 'muted')
		UNION ALL
		SELECT d.live, d.candidate, 0, r.kind, r.score, r.max FROM differing d JOIN ratings r ON r.conversation_id = d.id`, version)
	if err != nil {
		return nil, s.explain(err)
	}
	return collect(rows, func(l *ShadowLabel) []any {
		return []any{&l.Live, &l.Candidate, &l.Muted, &l.Rating.Kind, &l.Rating.Score, &l.Rating.Max}
	})
}
