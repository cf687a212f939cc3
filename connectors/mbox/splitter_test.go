package mbox

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzSplitter: whatever the bytes, the mails add up to the file, and where the
// reads end makes no difference.
func FuzzSplitter(f *testing.F) {
	const separator = "From jan@klient.example Tue Feb 10 09:00:00 2026\n"
	f.Add([]byte(separator + "a: b\n\n>From x\n>>From y\n\n\n" + separator + "\nFrom x\n\n"))
	f.Add([]byte("x\r\n\r\n" + strings.TrimSpace(separator) + "\r\n\r\n\n\ny"))
	f.Add([]byte("From x"))
	f.Add([]byte(strings.TrimSpace(separator))) // not yet a line
	f.Fuzz(func(t *testing.T, text []byte) {
		split := func(r io.Reader) (mails []string, size, lines int64) {
			s := newSplitter(r)
			for {
				b, err := io.ReadAll(s)
				if err != nil {
					t.Fatal(err)
				}
				mails = append(mails, string(s.separator)+string(b))
				size += s.size
				lines += s.lines
				if s.ended {
					return mails, size, lines
				}
				s.next()
			}
		}
		mails, size, lines := split(bytes.NewReader(text))
		if size != int64(len(text)) || lines != int64(bytes.Count(text, []byte("\n"))) {
			t.Fatalf("mails of %d bytes and %d lines from %d bytes", size, lines, len(text))
		}
		for i, m := range mails {
			if i > 0 && !strings.HasPrefix(m, "From ") {
				t.Fatalf("mail %d begins %.40q", i, m)
			}
		}
		if again, _, _ := split(iotest.OneByteReader(bytes.NewReader(text))); strings.Join(again, "|") != strings.Join(mails, "|") {
			t.Fatalf("byte by byte\n%q\nat once\n%q", again, mails)
		}
	})
}
