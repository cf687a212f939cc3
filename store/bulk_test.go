package store

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A first load ends with the schema that every database has, also when it was
// killed and another command opens the database.
func TestFirstLoad(t *testing.T) {
	late := map[string]string{}
	for _, table := range lateTables {
		if len(lateIndexes(table)) == 0 {
			t.Errorf("no index of %s is made late", table)
		}
		maps.Copy(late, lateIndexes(table))
	}
	want := shape(t, open(t))
	path := filepath.Join(t.TempDir(), "t.db")
	load := func(id string) *Store {
		s := openAt(t, path, Options{Bulk: true})
		put(t, s, "desk", id, conversation(id))
		return s
	}
	s := load("1")
	if got := shape(t, s); len(got) != len(want)-len(late) {
		t.Errorf("while an empty database is loaded it has\n%s", cmp.Diff(want, got))
	}
	// Killed: the next one opens it as it is.
	if diff := cmp.Diff(want, shape(t, openAt(t, path, Options{}))); diff != "" {
		t.Errorf("after a kill (-want +got):\n%s", diff)
	}
	s.Close()
	filled := shape(t, load("2"))
	for _, line := range want {
		late := slices.ContainsFunc([]string{"turns", "findings", "flags"}, func(table string) bool {
			return slices.ContainsFunc(slices.Collect(maps.Keys(lateIndexes(table))), func(name string) bool { return strings.HasPrefix(line, "index "+name+" ") })
		})
		if slices.Contains(filled, line) == late {
			t.Errorf("while a database with conversations is loaded, %q is there: %t", line, !late)
		}
	}
	path = filepath.Join(t.TempDir(), "whole.db")
	if err := load("1").Close(); err != nil {
		t.Fatal(err)
	}
	ro := openAt(t, path, Options{ReadOnly: true})
	rows, err := ro.r.QueryContext(t.Context(), `SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	there, err := scanAll[string](rows)
	if err != nil {
		t.Fatal(err)
	}
	for name := range late {
		if !slices.Contains(there, name) {
			t.Errorf("after a whole load %s is missing", name)
		}
	}
}

// A command that needs no lock may open the database while a first load ends: both
// make the same indexes.
func TestFirstLoadBesideOthers(t *testing.T) {
	for range 20 {
		path := filepath.Join(t.TempDir(), "t.db")
		s := openAt(t, path, Options{Bulk: true})
		put(t, s, "desk", "1", conversation("1"))
		errs := make(chan error, 3)
		for range cap(errs) - 1 {
			go func() {
				other, err := Open(t.Context(), path, Options{Now: s.now})
				if err == nil {
					err = other.Close()
				}
				errs <- err
			}()
		}
		errs <- s.Close()
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
	}
}
