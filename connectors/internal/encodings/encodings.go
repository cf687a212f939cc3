// Package encodings is what connectors ask about texts that need not be UTF-8.
package encodings

import (
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// Named returns the encoding that a configuration names. It is nil for "", and for
// UTF-16: files.Tail knows that by the first bytes of a file, and gives UTF-8.
func Named(name string) (encoding.Encoding, error) {
	if name == "" {
		return nil, nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("encoding %q is not known; give it as in windows-1250", name)
	}
	switch canonical, err := htmlindex.Name(e); {
	case err != nil:
		return nil, err
	case canonical == "utf-16le" || canonical == "utf-16be":
		return nil, nil
	case canonical == "replacement": // a name whose texts no browser reads: all of it would be lost
		return nil, fmt.Errorf("encoding %q cannot be read; save the file as UTF-8", name)
	}
	return e, nil
}

// CountUTF8 counts the characters of more than one byte, and the bytes that belong to
// none: UTF-8 that was cut or damaged has few of these, any other encoding many.
func CountUTF8(b []byte) (good, bad int) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good, bad
}
