package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Scores are the same with a kept lexicon, without one, and with a damaged one; the
// cache does not grow, and an overlay has an image of its own.
func TestCompiledLexiconIsKept(t *testing.T) {
	dir := t.TempDir()
	overlay := filepath.Join(dir, "slownik", "pl")
	if err := os.MkdirAll(overlay, 0o700); err != nil {
		t.Fatal(err)
	}
	entries := "entry\tkind\tpolarity\topinion\ttags\tpos\tnote\nkwaziwarzywo\ttone\t-0.9\t1\t\t\t\n"
	if err := os.WriteFile(filepath.Join(overlay, "own.tsv"), []byte(entries), 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "odzew.yaml")
	if err := os.WriteFile(config, []byte("lexicon: {overlay: slownik}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	score := func(cache string, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		p := &program{
			stdin: strings.NewReader("to jest kwaziwarzywo, dziękuję\n"), stdout: &out, stderr: &errs, now: func() time.Time { return time.Date(2026, 6, 3, 7, 0, 0, 0, time.UTC) },
			getenv: func(k string) string { return map[string]string{"XDG_CACHE_HOME": cache}[k] },
		}
		if status := p.run(t.Context(), append(args, "score", "--format", "lines")); status != 0 {
			t.Fatalf("status %d: %s", status, errs.Bytes())
		}
		return out.String()
	}
	cache := filepath.Join(dir, "cache")
	images := func() []string {
		list, err := filepath.Glob(filepath.Join(cache, "odzew", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	plain, own := score(""), score("", "--config", config)
	if plain == own {
		t.Fatal("the overlay says nothing")
	}
	for range 2 {
		if got := score(cache); got != plain {
			t.Errorf("with the cache %s, without %s", got, plain)
		}
		if got := score(cache, "--config", config); got != own {
			t.Errorf("with the cache %s, without %s", got, own)
		}
		if n := len(images()); n != 2 {
			t.Fatalf("%d images of two lexicons: %q", n, images())
		}
		for _, f := range images() { // in the second round they are damaged
			if err := os.WriteFile(f, []byte("odzew lexicon 1\n and no more"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 5 {
		entries += fmt.Sprintf("zzwarzywo%c\ttone\t-0.9\t1\t\t\t\n", 'a'+i)
		if err := os.WriteFile(filepath.Join(overlay, "own.tsv"), []byte(entries), 0o600); err != nil {
			t.Fatal(err)
		}
		score(cache, "--config", config)
	}
	if n := len(images()); n != imagesKept {
		t.Errorf("%d images are kept, not %d", n, imagesKept)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := score(file); got != plain {
		t.Errorf("with no place for a cache %s", got)
	}
}
