package store

import (
	"context"
	"regexp"
	"slices"

	"odzew"
)

// A first load: into an empty database rows go in without the indexes that only
// analysis and reports read, which are made at the end, by sorting. That spares a
// third of the time.
//
// Rules:
//
//   - Nothing depends on it: without these indexes every query gives the same, only
//     slower. A kill leaves them out, and the next one to open the database for
//     writing makes them.
//   - schema.sql says what they are; here stands only of which tables.

// lateTables are those that a pull fills. Their partial indexes are small, and a
// pull itself reads them.
var lateTables = []string{"customers", "conversations", "messages"}

var lateIndex = regexp.MustCompile(`(?m)^CREATE INDEX (\w+) ON (\w+) \([^)]*\);$`)

// lateIndexes returns the statements that make these indexes, by name.
func lateIndexes() map[string]string {
	late := map[string]string{}
	for _, m := range lateIndex.FindAllStringSubmatch(odzew.Schema, -1) {
		if slices.Contains(lateTables, m[2]) {
			late[m[1]] = m[0]
		}
	}
	return late
}

// makeIndexes makes those that are missing.
func (s *Store) makeIndexes(ctx context.Context) error {
	rows, err := s.w.QueryContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'index'`)
	if err != nil {
		return err
	}
	there, err := scanAll[string](rows)
	if err != nil {
		return err
	}
	for name, statement := range lateIndexes() {
		if !slices.Contains(there, name) {
			if _, err := s.w.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
	}
	return nil
}

// deferIndexes drops them from a database that holds no conversation.
func (s *Store) deferIndexes(ctx context.Context) error {
	var filled bool
	if err := s.w.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM conversations)`).Scan(&filled); err != nil || filled {
		return err
	}
	for name := range lateIndexes() {
		if _, err := s.w.ExecContext(ctx, `DROP INDEX `+name); err != nil {
			return err
		}
	}
	s.deferred = true
	return nil
}
