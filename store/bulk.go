package store

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"odzew"
)

// A first load: rows go into an empty table without the indexes that only reports
// read, which are made at the end, by sorting. That spares a third of the time.
//
// Rules:
//
//   - Nothing depends on it: without these indexes every query gives the same, only
//     slower. A kill leaves them out, and the next one to open the database for
//     writing makes them.
//   - schema.sql says what they are; here stands only of which tables.

// lateTables are those that a first pull or a first analysis fills.
var lateTables = []string{"customers", "conversations", "messages", "turns", "findings", "flags"}

// earlyIndexes are read while conversations are pulled: by mails, and by merges.
var earlyIndexes = []string{"conversations_thread", "conversations_merged"}

var lateIndex = regexp.MustCompile(`(?m)^CREATE INDEX (\w+) ON (\w+) .*;$`)

// lateIndexes returns the statements that make the indexes of a table, by name.
func lateIndexes(table string) map[string]string {
	late := map[string]string{}
	for _, m := range lateIndex.FindAllStringSubmatch(odzew.Schema, -1) {
		if m[2] == table && !slices.Contains(earlyIndexes, m[1]) {
			late[m[1]] = m[0]
		}
	}
	return late
}

// makeIndexes makes those that are missing. Two processes may do so at once: a command
// that needs no lock, and a first load that ends.
func (s *Store) makeIndexes(ctx context.Context) error {
	for _, table := range lateTables {
		for _, statement := range lateIndexes(table) {
			if _, err := s.w.ExecContext(ctx, strings.Replace(statement, "CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// deferIndexes drops those of empty tables.
func (s *Store) deferIndexes(ctx context.Context) error {
	for _, table := range lateTables {
		var filled bool
		if err := s.w.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+table+`)`).Scan(&filled); err != nil {
			return err
		}
		if filled {
			continue
		}
		for name := range lateIndexes(table) {
			if _, err := s.w.ExecContext(ctx, `DROP INDEX IF EXISTS `+name); err != nil {
				return err
			}
			s.deferred = true
		}
	}
	return nil
}
