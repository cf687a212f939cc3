package files

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"odzew"
	"odzew/connectors"
)

// A set of files is the same after it was a cursor.
func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.Uint64(), rapid.Just(true)).Draw(t, "seen")
		got := unpack(pack(want))
		if !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
			t.Fatalf("%v became %v", want, got)
		}
		b := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		unpack(b) // must not panic, whatever it is
	})
}

// Two files are alike in a sum only if their first and last bytes are.
func TestFingerprint(t *testing.T) {
	base := strings.Repeat("0123456789abcdef", 256)
	sum := func(s string, size int) string {
		t.Helper()
		got, err := fingerprint(strings.NewReader(s), int64(size))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := sum(base, len(base))
	for name, test := range map[string]struct {
		text string
		same bool
	}{
		"grown":        {base + "more", true},
		"other head":   {"x" + base[1:], false},
		"other end":    {base[:len(base)-1] + "x", false},
		"shifted":      {"x" + base, false},
		"cut":          {base[:len(base)-1], false},
		"other middle": {base[:2000] + "x" + base[2001:], true}, // the price of a sum that costs the same for any size
	} {
		if got := sum(test.text, len(base)); (got == want) != test.same {
			t.Errorf("%s: the sum is the same: %v, want %v", name, got == want, test.same)
		}
	}
	if sum("", 0) != sum("abc", 0) || sum("a", 1) == sum("b", 1) {
		t.Error("sums of nothing differ, or those of something do not")
	}
}

func TestIsQuiet(t *testing.T) {
	now := time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]bool{0: false, 59 * time.Second: false, time.Minute: true, 24 * time.Hour: true, -time.Second: false, -time.Hour: true} {
		if got := IsQuiet(now.Add(-age), now); got != want {
			t.Errorf("%v after it was written: quiet %v", age, got)
		}
	}
}

func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 100_000).Draw(t, "most")
		var text strings.Builder
		for _, n := range rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 10, 65_535, 65_536, 65_537, 200_000}), 0, 5).Draw(t, "lengths") {
			text.WriteString(strings.Repeat("x", n) + "\n")
		}
		text.WriteString(rapid.SampledFrom([]string{"", "x", strings.Repeat("y", 70_000)}).Draw(t, "rest"))
		l := NewLines(strings.NewReader(text.String()), most)
		for want := range strings.Lines(text.String()) {
			line, err := l.Next()
			if err != nil || line.Size != int64(len(want)) || string(line.Bytes) != want[:min(len(want), most)] ||
				line.Ended != strings.HasSuffix(want, "\n") || line.Cut() != (len(want) > most) {
				t.Fatalf("a line of %d bytes was read as %d bytes of %d, ended %v, error %v", len(want), len(line.Bytes), line.Size, line.Ended, err)
			}
		}
		if _, err := l.Next(); err != io.EOF {
			t.Fatalf("after the last line: %v", err)
		}
	})
}

// All cursors of a pull together stay in proportion to what it reads.
func TestCursorsOfManyFiles(t *testing.T) {
	const n = 20_000
	dir := t.TempDir()
	path := filepath.Join(dir, "one")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := Folder{
		Kind: "test/1",
		List: func(_ context.Context, found func(Entry)) error {
			for i := range n {
				found(Entry{Key: fmt.Sprint(i), Path: path})
			}
			return nil
		},
		Read: func(e Entry) (connectors.Record, error) {
			return connectors.Record{Conversation: &odzew.Conversation{ID: e.Key}}, nil
		},
	}
	records, cursors, bytes := 0, 0, 0
	var last connectors.Cursor
	err := f.Pull(t.Context(), "", func(r connectors.Record) error {
		if r.Conversation != nil {
			records++
		}
		if r.Cursor != "" {
			cursors++
			bytes += len(r.Cursor)
			last = r.Cursor
		}
		return nil
	})
	if err != nil || records != n || cursors < 10 || bytes > 150*n || len(last) > 12*n {
		t.Errorf("%d records with %d cursors of %d bytes, the last of %d; error %v", records, cursors, bytes, len(last), err)
	}
}

// A file of any size takes the same memory.
func TestFlatMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	line := []byte(strings.Repeat("x", 999) + "\n")
	const size = 64 << 20
	for range size / len(line) {
		if _, err := f.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	tail := Tail{
		Kind: "test/1", Patterns: []string{path}, Now: time.Now,
		Read: func(f *File) error {
			lines := NewLines(f, 1<<20)
			for {
				line, err := lines.Next()
				if err == io.EOF {
					return nil
				} else if err != nil {
					return err
				}
				n++
				letter := &connectors.DeadLetter{Where: f.Path, Raw: line.Bytes}
				if err := f.Accept(connectors.Record{DeadLetter: letter}, Place{f.Offset + line.Size, f.Line + 1}); err != nil {
					return err
				}
			}
		},
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := tail.Pull(t.Context(), "", func(connectors.Record) error { return nil }); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; n != size/len(line) || took > size/4 {
		t.Errorf("%d lines took %d MB in all, garbage included", n, took>>20)
	}
}
