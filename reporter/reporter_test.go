package reporter

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// formats are the ways out of a digest, with the names of their golden files.
var formats = []struct {
	ext   string
	write func(Digest, io.Writer) error
}{
	{"txt", func(d Digest, w io.Writer) error { return d.Text(w, TextOptions{}) }},
	{"html", Digest.HTML},
	{"md", Digest.Markdown},
	{"json", Digest.JSON},
}

func TestGolden(t *testing.T) {
	for _, s := range samples {
		for _, lang := range []string{"pl", "en"} {
			in := busy(t, lang)
			s.change(&in)
			d := Build(in)
			for _, f := range formats {
				name := s.name + "." + lang + "." + f.ext
				t.Run(name, func(t *testing.T) {
					var got bytes.Buffer
					if err := f.write(d, &got); err != nil {
						t.Fatal(err)
					}
					golden(t, name, got.Bytes())
				})
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
