package mail

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"

	"odzew/connectors/internal/encodings"
)

// Which charset was meant. What the mail says is believed only as far as its bytes
// agree: Polish mail names ISO-8859-2 for Windows-1250, ISO-8859-1 for either, UTF-8
// for all of them, or nothing.

// guesses are tried where the named charset does not fit, the likeliest first.
var guesses = []string{"windows-1250", "iso-8859-2", "windows-1252"}

// decodeText makes UTF-8 of raw. problem says in words what was not as named; "" if
// all was well. The text has neither NUL nor a byte order mark, and is valid UTF-8.
func decodeText(raw []byte, label string) (text, problem string) {
	label = normalLabel(label)
	if bytes.IndexByte(raw, 0) >= 0 && !strings.HasPrefix(label, "utf-16") && !strings.HasPrefix(label, "utf-32") {
		raw = bytes.ReplaceAll(raw, []byte{0}, nil)
		problem = "NUL bytes left out"
	}
	switch {
	case label == "utf-7" || strings.HasPrefix(label, "iso-2022-") || strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf-32") || label == "hz-gb-2312":
		// Not supersets of ASCII: the bytes tell nothing, the label must be right.
		if t, ok := decodeAs(raw, label); ok {
			return t, problem
		}
	case isASCII(raw):
		return string(raw), problem
	case utf8.Valid(raw):
		if label != "" && label != "utf-8" && label != "us-ascii" {
			problem = "named " + label + " but is UTF-8"
		}
		return string(bytes.TrimPrefix(raw, []byte("\ufeff"))), problem
	}

	if label == "utf-8" || label == "" || label == "us-ascii" {
		if good, bad := encodings.CountUTF8(raw); good > bad {
			return strings.TrimPrefix(strings.ToValidUTF8(string(raw), "\ufffd"), "\ufeff"), "broken UTF-8"
		}
	}
	best, name, points := "", "", -1<<60
	if t, ok := decodeAs(raw, label); ok && label != "utf-8" && label != "us-ascii" {
		if !confusable(label) {
			return t, problem
		}
		best, name, points = t, label, letters(t)+2 // a label counts for something
	}
	for _, g := range guesses {
		if t, ok := decodeAs(raw, g); ok {
			if n := letters(t); n > points {
				best, name, points = t, g, n
			}
		}
	}
	if name != label {
		named := label
		if named == "" {
			named = "nothing"
		}
		problem = "charset " + named + " does not fit; read as " + name
	}
	return best, problem
}

// confusable says whether a charset is often named for another of its kind.
func confusable(label string) bool {
	switch label {
	case "windows-1250", "iso-8859-2", "windows-1252", "iso-8859-1", "iso-8859-15", "latin1", "latin2":
		return true
	}
	return false
}

// normalLabel forgives common misspellings of charset names.
func normalLabel(label string) string {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	switch label {
	case "utf8", "utf_8", "unicode-1-1-utf-8", "utf-8mb4":
		return "utf-8"
	case "ascii", "ansi_x3.4-1968", "us_ascii":
		return "us-ascii"
	case "windows1250", "cp1250", "cp-1250", "win-1250", "x-cp1250", "win1250":
		return "windows-1250"
	case "windows1252", "cp1252", "cp-1252", "win-1252":
		return "windows-1252"
	case "iso8859-2", "iso_8859-2", "iso-8859_2", "iso88592", "iso-latin-2":
		return "iso-8859-2"
	}
	return label
}

// decodeAs decodes raw as the named charset; ok is false if there is none such.
func decodeAs(raw []byte, label string) (string, bool) {
	if label == "" {
		return "", false
	}
	r, err := charset.Reader(label, bytes.NewReader(raw))
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return "", false
	}
	clean := strings.ReplaceAll(strings.ToValidUTF8(string(out), "\ufffd"), "\x00", "")
	return strings.TrimPrefix(clean, "\ufeff"), true
}

// letters says how well a text reads: letters of the languages that come count for
// it, control characters and signs inside words against it.
func letters(s string) int {
	points, inWord := 0, false
	for _, r := range s {
		if r < 0x80 {
			inWord = r|0x20 >= 'a' && r|0x20 <= 'z'
			continue
		}
		switch {
		case strings.ContainsRune("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", r):
			points += 3
			inWord = true
		case strings.ContainsRune("äöüßÄÖÜáéíúýčďěňřšťůžÁÉÍÚÝČĎĚŇŘŠŤŮŽàâèêëîïôùûçÀÂÈÊËÎÏÔÙÛÇñ", r):
			points += 2
			inWord = true
		case r >= 0x80 && r < 0xa0 || r == utf8.RuneError:
			points -= 10
		case strings.ContainsRune("„”“’‘–—…•€§°«»\u00a0", r):
			points++
			inWord = false
		case inWord:
			points -= 4
		default:
			points--
		}
	}
	return points
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
