package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

const readme = "../../README.md"

// block is a fenced piece of a page: its language and what stands in it.
var block = regexp.MustCompile("(?ms)^```(console|yaml)\n(.*?)^```$")

// TestReadme runs the README's examples: its commands print what it says (-update
// writes what they print now), and its configurations are good.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	page, n := string(data), map[string]int{}
	got := block.ReplaceAllStringFunc(page, func(b string) string {
		kind, text := block.FindStringSubmatch(b)[1], block.FindStringSubmatch(b)[2]
		n[kind]++
		if kind == "yaml" {
			checkExample(t, text)
			return b
		}
		return "```console\n" + runExample(t, text) + "```"
	})
	if n["console"] < 5 || n["yaml"] < 7 {
		t.Errorf("only %v examples were found", n)
	}
	if *update {
		if err := os.WriteFile(readme, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(page, got); diff != "" {
		t.Errorf("the README's examples print something else by now; -update writes it: %s", diff)
	}
}

// runExample runs the lines that begin with "$ " in a shell in which odzew is this
// program, and returns them with what they print.
func runExample(t *testing.T, text string) string {
	t.Helper()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	dir, bin := t.TempDir(), t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "odzew")); err != nil {
		t.Skip("symbolic links cannot be made here: ", err)
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "ODZEW_TEST_MAIN=1", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+dir, "XDG_CONFIG_HOME=")
		printed, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		out.WriteString(line)
		out.Write(printed)
	}
	return out.String()
}

func checkExample(t *testing.T, text string) {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "odzew.yaml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "slownik"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "--config", config, "check")
	cmd.Env = append(os.Environ(), "ODZEW_TEST_MAIN=1", "IMAP_PASSWORD=x", "SMTP_PASSWORD=x")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, out, text)
	}
}

// TestReadmeNamesCommands holds the table of commands against the command line.
func TestReadmeNamesCommands(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	parser, err := kong.New(&commands{}, kong.Name("odzew"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range completions(parser.Model.Node) {
		if c.path == "" {
			names = c.words
		}
	}
	if len(names) < 10 {
		t.Fatalf("only %q were found", names)
	}
	for _, name := range names {
		if !regexp.MustCompile("`odzew " + name + `\b`).Match(data) {
			t.Errorf("the README does not tell of odzew %s", name)
		}
	}
}
