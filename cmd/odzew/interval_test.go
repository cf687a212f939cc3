package main

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const usualInterval = `{"id":"a","from":"2026-02-10T09:00:00Z","to":"2026-02-10T09:45:00+01:00"}`

// TestPlainInterval: what the short way reads, the long way reads the same.
func TestPlainInterval(t *testing.T) {
	if _, ok := plainInterval([]byte(usualInterval)); !ok {
		t.Error("the usual line goes the long way")
	}
	check := func(t rapid.TB, line string) {
		got, ok := plainInterval([]byte(line))
		if !ok {
			return
		}
		want, err := readInterval([]byte(line), time.UTC)
		if err != nil {
			t.Fatalf("%q was read, and should not have been: %v", line, err)
		}
		if string(got.ID) != string(want.ID) || !got.From.Equal(want.From) || !got.To.Equal(want.To) {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
	for _, line := range []string{
		usualInterval, ` { "to" : "2026-02-10T09:45:00Z" , "from":"2026-02-10T09:00:00Z"} `, `{}`, `[]`, ``, `{"from":"2026-02-10T09:00:00Z",}`,
		`{"id":7,"from":"2026-02-10T09:00:00Z"}`, `{"id":"a\"b","from":"2026-02-10T09:00:00Z"}`, `{"id":"ż"}`, `{"From":"2026-02-10T09:00:00Z"}`, `{"id":"a""from":"x"}`,
	} {
		check(t, line)
	}
	pieces := rapid.SampledFrom([]string{`{`, `}`, `"id"`, `"from"`, `"to"`, `:`, `,`, ` `, `"a"`, `"2026-02-10T09:00:00Z"`, `"2026-02-10"`, `\`, `"`, `7`, "\x00", "ż", usualInterval})
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(pieces, 0, 14).Draw(t, "pieces"), "")
		check(t, line)
		check(t, "{"+line+"}")
		at := rapid.IntRange(0, len(usualInterval)).Draw(t, "at")
		check(t, usualInterval[:at]+line+usualInterval[at:])
	})
}
