package odzew_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// imports is who may import whom, and why. A package is named by its folder; a
// folder with "/…" stands for all below it as well. Standard library packages are
// free for all; what is not in a row is forbidden. Tests may import more.
var imports = []struct {
	pkg    string
	may    []string
	reason string
}{
	{".", nil, "the domain knows nothing but the standard library"},
	{"lexicon/…", []string{"lexicon/…", "golang.org/x/text"}, "entries are data; whoever scores with them comes to them"},
	{"analyzer/…", []string{".", "lexicon/…", "analyzer/…"}, "findings are a pure function of conversations and the lexicon"},
	{"analyzer/english", []string{"github.com/jdkato/prose/v2", "gopkg.in/neurosnap/sentences.v1"}, "the one file behind which prose stands"},
	{"connectors/…", []string{".", "connectors/…", "golang.org/x/net", "golang.org/x/text", "github.com/emersion/go-imap/v2", "github.com/emersion/go-message"}, "a connector speaks a protocol and the domain, and knows no store"},
	{"connectors/connectortest", []string{".", "connectors/…", "go.uber.org/goleak"}, "the conformance suite is itself a test"},
	{"store", []string{".", "github.com/mattn/go-sqlite3"}, "only the store knows SQL"},
	{"reporter/…", []string{".", "reporter/…", "golang.org/x/text"}, "figures come from what is handed in, never from a database"},
	{"cmd/…", []string{"*"}, "the program ties all together"},
}

// only are packages that have one importer: what they do is done in one place.
var only = map[string]string{
	"github.com/mattn/go-sqlite3":    "store",
	"github.com/jdkato/prose/v2":     "analyzer/english",
	"github.com/sirupsen/logrus":     "cmd/odzew",
	"github.com/robfig/cron/v3":      "cmd/odzew",
	"github.com/alecthomas/kong":     "cmd/odzew",
	"github.com/wneessen/go-mail":    "cmd/odzew",
	"github.com/emersion/go-imap/v2": "connectors/imap",
}

// clockless are folders whose packages may not ask the time, the environment or
// the network.
var clockless = []string{"lexicon/…", "analyzer/…", "reporter/…", "."}

func TestImports(t *testing.T) {
	const module = "odzew"
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Standard", "./...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		folder := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if folder == "" {
			folder = "."
		}
		allowed, known := []string(nil), false
		for _, row := range imports {
			if match(row.pkg, folder) {
				known = true
				allowed = append(allowed, row.may...)
			}
		}
		if !known {
			t.Errorf("%s stands in no row: say what it may import", folder)
		}
		for _, imp := range p.Imports {
			if imp == module || strings.HasPrefix(imp, module+"/") {
				imp = strings.TrimPrefix(strings.TrimPrefix(imp, module), "/")
				if imp == "" {
					imp = "."
				}
			} else if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") {
				if slices.Contains([]string{"net", "net/http", "database/sql", "os/exec"}, imp) && slices.ContainsFunc(clockless, func(c string) bool { return match(c, folder) }) {
					t.Errorf("%s imports %s: it is pure", folder, imp)
				}
				continue // standard library
			}
			if !slices.ContainsFunc(allowed, func(a string) bool { return a == "*" || match(a, imp) || strings.HasPrefix(imp, a+"/") }) {
				t.Errorf("%s imports %s, which it may not", folder, imp)
			}
			for lib, owner := range only {
				if (imp == lib || strings.HasPrefix(imp, lib+"/")) && folder != owner && !strings.HasPrefix(folder, owner+"/") {
					t.Errorf("%s imports %s: only %s does", folder, imp, owner)
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

func match(pattern, folder string) bool {
	if base, ok := strings.CutSuffix(pattern, "/…"); ok {
		return folder == base || strings.HasPrefix(folder, base+"/")
	}
	return pattern == folder
}
