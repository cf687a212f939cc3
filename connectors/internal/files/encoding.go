package files

import (
	"fmt"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// Encoding returns the encoding that a configuration names. It is nil for "", and
// for UTF-16: a Tail knows that by the first bytes of a file, and gives UTF-8.
func Encoding(name string) (encoding.Encoding, error) {
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
