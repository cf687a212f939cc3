package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSampleConfig: what init writes is right also with every commented line
// switched on.
func TestSampleConfig(t *testing.T) {
	_, text, _ := strings.Cut(string(sampleConfig), "\n\n") // below the headline
	// A comment that is configuration holds a key or a list entry.
	line := regexp.MustCompile(`(?m)^( *)# (( *- )?\{?[a-z_]+:.*| +- .*| +[a-z_]+:.*)$`)
	text = line.ReplaceAllString(text, "$1$2")
	text = strings.NewReplacer("touchpoints: []", "touchpoints:", "sources: []", "sources:").Replace(text)
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	if err := os.WriteFile(filepath.Join(dir, "pw"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if strings.Count(text, "\n") < 40 || !strings.Contains(text, "\n  - name: helpdesk") {
		t.Fatalf("the comments were not switched on:\n%s", text)
	}
	text = strings.NewReplacer("/etc/odzew/imap-password", "pw", "/etc/odzew/smtp-password", "pw").Replace(text)
	if err := os.WriteFile(filepath.Join(dir, "odzew.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "slownik"), 0o700); err != nil {
		t.Fatal(err)
	}
	if out := must(t, "", "--config", filepath.Join(dir, "odzew.yaml"), "check"); !strings.Contains(out, "2 sources, 3 touchpoints") {
		t.Error(out)
	}
}
