package store

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations[i] brings a database from version i+1 to i+2. A step is never
// changed once released; TestMigratedEqualsFresh holds each old schema, kept in
// testdata, against schema.sql.
var migrations = []string{
	// 1 to 2: flags outlive an analysis; statutory requests are kept.
	`ALTER TABLE findings ADD COLUMN recheck_at INTEGER;
DROP INDEX findings_last_customer;
DROP INDEX findings_level;
CREATE INDEX conversations_merged ON conversations (merged_into) WHERE merged_into IS NOT NULL;
DROP INDEX conversations_customer;
CREATE INDEX conversations_customer ON conversations (customer_id, created_at);
CREATE TABLE statutory_requests (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  kind            TEXT NOT NULL,
  at              INTEGER NOT NULL,
  message         TEXT NOT NULL,
  PRIMARY KEY (conversation_id, kind)
) WITHOUT ROWID, STRICT;
CREATE INDEX statutory_requests_at ON statutory_requests (at);
CREATE TABLE flags (
  id               INTEGER PRIMARY KEY,
  who              BLOB NOT NULL,
  cause            TEXT NOT NULL,
  conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
  level            INTEGER NOT NULL,
  frustration      REAL NOT NULL,
  needs_call       INTEGER NOT NULL,
  state            TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved', 'muted')),
  opened_at        INTEGER NOT NULL,
  changed_at       INTEGER NOT NULL,
  reasons          TEXT NOT NULL,
  lexicon_version  TEXT NOT NULL,
  analyzer_version TEXT NOT NULL,
  UNIQUE (who, cause)
) STRICT;
CREATE INDEX flags_conversation ON flags (conversation_id);
CREATE INDEX flags_state ON flags (state, needs_call, frustration);

CREATE TABLE flag_events (
  flag_id INTEGER NOT NULL REFERENCES flags (id),
  at      INTEGER NOT NULL,
  event   TEXT NOT NULL,
  level   INTEGER NOT NULL,
  by_whom TEXT NOT NULL
) STRICT;
CREATE INDEX flag_events_flag ON flag_events (flag_id, at);`,
	// 2 to 3: touchpoints are rolled up by conversation; the next analysis does it
	// for the days that are there. Lexicons are recorded, and candidates tried.
	`CREATE INDEX findings_first ON findings (first_customer_at);
CREATE TABLE touchpoint_rollups (
  day               TEXT NOT NULL,
  touchpoint        TEXT NOT NULL,
  stage             TEXT NOT NULL,
  conversations     INTEGER NOT NULL,
  negative          INTEGER NOT NULL,
  strong            INTEGER NOT NULL,
  messages          INTEGER NOT NULL,
  negative_messages INTEGER NOT NULL,
  strong_messages   INTEGER NOT NULL,
  valence           INTEGER NOT NULL,
  valence_squares   INTEGER NOT NULL,
  asked             INTEGER NOT NULL,
  open              INTEGER NOT NULL,
  customers         TEXT NOT NULL,
  PRIMARY KEY (day, touchpoint, stage)
) WITHOUT ROWID, STRICT;
CREATE TABLE topic_rollups (
  day           TEXT NOT NULL,
  touchpoint    TEXT NOT NULL,
  kind          TEXT NOT NULL,
  name          TEXT NOT NULL,
  conversations INTEGER NOT NULL,
  PRIMARY KEY (day, touchpoint, kind, name)
) WITHOUT ROWID, STRICT;
CREATE TABLE lexicons (
  version TEXT PRIMARY KEY,
  since   INTEGER,
  shipped TEXT NOT NULL,
  entries INTEGER NOT NULL,
  overlay BLOB
) STRICT;
CREATE TABLE shadow_findings (
  conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
  revision        INTEGER NOT NULL,
  live_version    TEXT NOT NULL,
  version         TEXT NOT NULL,
  frustration     REAL NOT NULL,
  level           INTEGER NOT NULL,
  needs_call      INTEGER NOT NULL,
  cause           TEXT NOT NULL DEFAULT '',
  messages        INTEGER NOT NULL,
  sentiments      INTEGER NOT NULL,
  signals         INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO stale_days SELECT DISTINCT day FROM activity_rollups;`,
	// 3 to 4: who was erased does not come back.
	`CREATE TABLE erased (
  who BLOB PRIMARY KEY,
  at  INTEGER NOT NULL
) WITHOUT ROWID, STRICT;`,
	// 4 to 5: when a statutory request was answered; the next analysis finds it out,
	// and nothing is known until then.
	`DROP TABLE statutory_requests;
CREATE TABLE statutory_requests (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  kind            TEXT NOT NULL,
  at              INTEGER NOT NULL,
  message         TEXT NOT NULL,
  answered_at     INTEGER,
  PRIMARY KEY (conversation_id, kind)
) WITHOUT ROWID, STRICT;
CREATE INDEX statutory_requests_at ON statutory_requests (at);`,
}

// migrate makes the schema in an empty database, or runs the steps that an older
// one lacks, all in one transaction.
func migrate(ctx context.Context, db *sql.DB, want int, schema string, steps []string) error {
	v, err := userVersion(ctx, db)
	if err != nil {
		return err
	}
	if v == want {
		return nil
	}
	if v > want {
		return schemaError(v, want)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Another process may have done it while this one waited for the lock.
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v); err != nil {
		return err
	}
	if v == 0 {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("the file holds another program's tables; name another file with --db")
		}
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return fmt.Errorf("making the schema: %w", err)
		}
		v = want
	}
	for ; v < want; v++ {
		if _, err := tx.ExecContext(ctx, steps[v-1]); err != nil {
			return fmt.Errorf("bringing the schema from version %d to %d: %w", v, v+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, want)); err != nil {
		return err
	}
	return tx.Commit()
}

func userVersion(ctx context.Context, db *sql.DB) (int, error) {
	var v int
	err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v)
	return v, err
}

func schemaError(have, want int) error {
	if have > want {
		return fmt.Errorf("the database has schema %d, this program knows %d: use a newer odzew, or restore a backup of before the upgrade", have, want)
	}
	return fmt.Errorf("the database has schema %d, this program needs %d: run odzew analyze once to bring it up", have, want)
}
