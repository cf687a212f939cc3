package store

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A first load ends with the schema that every database has, also when it was
// killed and another command opens the database.
func TestFirstLoad(t *testing.T) {
	if got, want := slices.Sorted(maps.Keys(lateIndexes())), []string{"conversations_customer", "conversations_last_message", "customers_identity", "messages_at"}; !slices.Equal(got, want) {
		t.Fatalf("indexes made late: %q, want %q", got, want)
	}
	want := shape(t, open(t))
	path := filepath.Join(t.TempDir(), "t.db")
	load := func(id string) *Store {
		s := openAt(t, path, Options{Bulk: true})
		put(t, s, "desk", id, conversation(id))
		return s
	}
	s := load("1")
	if got := shape(t, s); len(got) != len(want)-len(lateIndexes()) {
		t.Errorf("while an empty database is loaded it has\n%s", cmp.Diff(want, got))
	}
	// Killed: the next one opens it as it is.
	if diff := cmp.Diff(want, shape(t, openAt(t, path, Options{}))); diff != "" {
		t.Errorf("after a kill (-want +got):\n%s", diff)
	}
	s.Close()
	if diff := cmp.Diff(want, shape(t, load("2"))); diff != "" {
		t.Errorf("while a database with rows is loaded (-want +got):\n%s", diff)
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
	for name := range lateIndexes() {
		if !slices.Contains(there, name) {
			t.Errorf("after a whole load %s is missing", name)
		}
	}
}
