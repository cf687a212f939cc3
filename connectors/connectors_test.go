package connectors_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"odzew/connectors"
)

func TestCursor(t *testing.T) {
	type state struct {
		Offset int64  `json:"o"`
		Path   string `json:"p"`
	}
	want := state{7, "skrzynka/żółć \n"}
	cursor, err := connectors.EncodeCursor("mbox/1", want)
	if err != nil {
		t.Fatal(err)
	}
	var got state
	if err := connectors.DecodeCursor(cursor, "mbox/1", &got); err != nil || got != want {
		t.Errorf("%q was read as %v, error %v", cursor, got, err)
	}
	if err := connectors.DecodeCursor("", "mbox/1", &got); err != nil || got != want {
		t.Errorf("the empty cursor made %v, error %v", got, err)
	}
	for cursor, want := range map[connectors.Cursor]string{
		"jsonl/1 {}": `made by "jsonl/1", and this is "mbox/1"; pull the source again from the beginning`,
		"mbox/2 {}":  `made by "mbox/2"`,
		"mbox/1":     `with a broken state`,
		"mbox/1 {":   `with a broken state`,
		"mbox/1 7":   `with a broken state`,
		connectors.Cursor(strings.Repeat("x", 99)): `made by "` + strings.Repeat("x", 40) + `…"`,
	} {
		err := connectors.DecodeCursor(cursor, "mbox/1", &got)
		if !errors.Is(err, connectors.ErrCursor) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", cursor, err, want)
		}
	}
	if _, err := connectors.EncodeCursor("mbox/1", func() {}); err == nil {
		t.Error("a function was encoded")
	}
}

func TestError(t *testing.T) {
	wrapped := func(err error) error { return fmt.Errorf("source poczta: %w", err) }
	for _, test := range []struct {
		err       error
		text      string
		after     time.Duration
		transient bool
	}{
		{wrapped(connectors.Transient(io.ErrUnexpectedEOF, "check the network")), "source poczta: unexpected EOF; check the network", 0, true},
		{wrapped(&connectors.Error{Err: io.ErrUnexpectedEOF, Transient: true, After: time.Minute}), "source poczta: unexpected EOF", time.Minute, true},
		{wrapped(connectors.Permanent(io.ErrUnexpectedEOF, "change the password")), "source poczta: unexpected EOF; change the password", 0, false},
		{wrapped(io.ErrUnexpectedEOF), "source poczta: unexpected EOF", 0, false},
		{errors.Join(wrapped(io.ErrUnexpectedEOF), connectors.Transient(io.ErrUnexpectedEOF, "wait")), "source poczta: unexpected EOF\nunexpected EOF; wait", 0, true},
	} {
		after, transient := connectors.IsTransient(test.err)
		if test.err.Error() != test.text || after != test.after || transient != test.transient || !errors.Is(test.err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: transient %v after %v, want %v after %v", test.err, transient, after, test.transient, test.after)
		}
	}
}

func TestNewDeadLetter(t *testing.T) {
	raw := bytes.Repeat([]byte("x"), connectors.MaxRaw+1)
	l := connectors.NewDeadLetter("a.jsonl:3", io.ErrUnexpectedEOF, raw, 1<<40)
	raw[0] = 'y' // the caller goes on with its buffer
	if l.Where != "a.jsonl:3" || l.Reason != "unexpected EOF" || len(l.Raw) != connectors.MaxRaw || l.Raw[0] != 'x' || l.Size != 1<<40 {
		t.Errorf("dead letter at %s, %s, of %d bytes, %d of them kept", l.Where, l.Reason, l.Size, len(l.Raw))
	}
}
