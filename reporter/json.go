package reporter

import (
	"encoding/json"
	"io"
)

// JSON writes the digest as one indented object, in the form that Digest documents.
func (d Digest) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(true)
	return e.Encode(d)
}
