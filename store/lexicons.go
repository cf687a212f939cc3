package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Lexicons: which ones analyses went by, and how findings are carried over from one to
// the next where an edit changes nothing in them.
//
// Rules:
//
//   - A version names its content but for phrase tests: of these the latest are recorded.
//   - Findings are carried over in ranges, each in one transaction. What must be
//     analysed anew is marked so in the same one: a kill between two ranges loses
//     nothing, and whoever goes on need not know how far the last one came.

// A Lexicon is the record of one version.
type Lexicon struct {
	Version string
	Since   time.Time // of the analysis that last went over to it; zero: none did
	Shipped string    // hash of the program's own part
	Entries int       // lines in the site's own files
	// Overlay are the site's own files, as a ZIP archive; nil where they were too large.
	// Lexicons leaves it out.
	Overlay []byte
	// Kept: the overlay is recorded.
	Kept bool
	// Findings is how many stand by it.
	Findings int
}

// kept replaces a site's files that are recorded: phrase tests, which stand in no version,
// may be newer.
const kept = `entries = excluded.entries, overlay = coalesce(excluded.overlay, overlay)`

// RecordLexicon notes that analyses go by a lexicon from now on.
func (s *Store) RecordLexicon(ctx context.Context, l Lexicon) error {
	_, err := s.w.ExecContext(ctx, `INSERT INTO lexicons VALUES (?, ?, ?, ?, ?) ON CONFLICT (version) DO UPDATE SET since = excluded.since, `+kept,
		l.Version, s.now().Unix(), l.Shipped, l.Entries, l.Overlay)
	return s.explain(err)
}

// KeepLexicon records a lexicon that no analysis goes by now.
func (s *Store) KeepLexicon(ctx context.Context, l Lexicon) error {
	_, err := s.w.ExecContext(ctx, `INSERT INTO lexicons VALUES (?, ?, ?, ?, ?) ON CONFLICT (version) DO UPDATE SET `+kept,
		l.Version, nil, l.Shipped, l.Entries, l.Overlay)
	return s.explain(err)
}

// Lexicons lists the versions, the latest in use first, without their files.
func (s *Store) Lexicons(ctx context.Context) ([]Lexicon, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT version, coalesce(since, 0), shipped, entries, overlay IS NOT NULL, coalesce(n, 0) FROM lexicons
		LEFT JOIN (SELECT lexicon_version, count(*) AS n FROM findings GROUP BY lexicon_version) ON lexicon_version = version
		ORDER BY since DESC, lexicons.rowid DESC`)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []Lexicon
	for rows.Next() {
		var l Lexicon
		var since int64
		if err := rows.Scan(&l.Version, &since, &l.Shipped, &l.Entries, &l.Kept, &l.Findings); err != nil {
			return nil, err
		}
		l.Since = instant(since)
		out = append(out, l)
	}
	return out, s.explain(rows.Err())
}

// LexiconOf returns the record of a version with its files; ErrNotFound where there is
// none.
func (s *Store) LexiconOf(ctx context.Context, version string) (Lexicon, error) {
	l := Lexicon{Version: version}
	var since int64
	err := s.r.QueryRowContext(ctx, `SELECT coalesce(since, 0), shipped, entries, overlay FROM lexicons WHERE version = ?`, version).Scan(&since, &l.Shipped, &l.Entries, &l.Overlay)
	if errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("lexicon %s: %w; odzew lexicon history lists those that there are", version, ErrNotFound)
	}
	l.Since, l.Kept = instant(since), l.Overlay != nil
	return l, s.explain(err)
}

// Outdated lists the lexicons, but for v's own, by which findings stand that nothing
// else but their lexicon makes stale.
func (s *Store) Outdated(ctx context.Context, v Versions) ([]string, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT DISTINCT f.lexicon_version FROM findings f WHERE f.lexicon_version <> ? AND f.analyzer_version = ? AND f.revision >= 0 ORDER BY 1`, v.Lexicon, v.Analyzer)
	if err != nil {
		return nil, s.explain(err)
	}
	return scanAll[string](rows)
}

// A Carried is a conversation whose findings may be carried over, with what could
// change them.
type Carried struct {
	ID int64
	// Texts are all public messages of the customer, also in conversations that went
	// into this one.
	Texts []string
}

// Carriable lists conversations after the given one, by number, whose findings stand by
// another lexicon than v's and are not stale for any other reason.
func (s *Store) Carriable(ctx context.Context, v Versions, lexicon string, after int64, limit int) ([]Carried, error) {
	// A context that may end would cost the driver a goroutine a row.
	ctx = context.WithoutCancel(ctx)
	rows, err := s.r.QueryContext(ctx, `SELECT c.id FROM findings f JOIN conversations c ON c.id = f.conversation_id
		WHERE f.conversation_id > ? AND f.lexicon_version = ? AND f.analyzer_version = ? AND f.revision = c.revision AND (f.recheck_at IS NULL OR f.recheck_at > ?)
		ORDER BY c.id LIMIT ?`, after, lexicon, v.Analyzer, s.now().Unix(), limit)
	if err != nil {
		return nil, s.explain(err)
	}
	ids, err := scanAll[int64](rows)
	if err != nil || len(ids) == 0 {
		return nil, s.explain(err)
	}
	out := make([]Carried, len(ids))
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		out[i].ID, at[id] = id, i
	}
	rows, err = s.r.QueryContext(ctx, `SELECT conversation_id, body FROM messages WHERE conversation_id IN (SELECT value FROM json_each(?1)) AND author = 'customer' AND public
		UNION ALL
		SELECT c.merged_into, m.body FROM conversations c JOIN messages m ON m.conversation_id = c.id
		WHERE c.merged_into IS NOT NULL AND c.merged_into IN (SELECT value FROM json_each(?1)) AND m.author = 'customer' AND m.public`, jsonInts(ids))
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id   int64
			text string
		)
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		c := &out[at[id]]
		c.Texts = append(c.Texts, text)
	}
	return out, s.explain(rows.Err())
}

// Carry puts v's lexicon into the findings of the conversations kept, and into the flags
// that rest on them, and makes the findings of the others stale, together with those of
// the same customers: what a flag says is what the last of a customer's conversations to
// be analysed said, so that all of them are or none. It returns how many
// it made stale.
func (s *Store) Carry(ctx context.Context, v Versions, kept, anew []int64) (stale int64, err error) {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return 0, s.explain(err)
	}
	defer tx.Rollback()
	for _, q := range []string{
		`UPDATE findings SET lexicon_version = ?1 WHERE conversation_id IN (SELECT value FROM json_each(?2))`,
		`UPDATE shadow_findings SET live_version = ?1 WHERE conversation_id IN (SELECT value FROM json_each(?2))`,
		`UPDATE flags SET lexicon_version = ?1 WHERE conversation_id IN (SELECT value FROM json_each(?2))
			AND EXISTS (SELECT 1 FROM findings f WHERE f.conversation_id = flags.conversation_id AND f.level > 0 AND f.cause = flags.cause)`,
	} {
		if _, err := tx.ExecContext(ctx, q, v.Lexicon, jsonInts(kept)); err != nil {
			return 0, s.explain(err)
		}
	}
	if len(anew) > 0 {
		res, err := tx.ExecContext(ctx, `UPDATE findings SET revision = -1 WHERE revision >= 0 AND conversation_id IN (
			SELECT value FROM json_each(?1)
			UNION
			SELECT o.id FROM conversations c JOIN customers k ON k.id = c.customer_id JOIN customers k2 ON k2.identity = k.identity
				JOIN conversations o ON o.customer_id = k2.id WHERE c.id IN (SELECT value FROM json_each(?1)))`, jsonInts(anew))
		if err != nil {
			return 0, s.explain(err)
		}
		if stale, err = res.RowsAffected(); err != nil {
			return 0, err
		}
	}
	return stale, s.explain(tx.Commit())
}
