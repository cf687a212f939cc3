package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestMain lets the test binary be the program, for scripts and for tests that
// kill it.
func TestMain(m *testing.M) {
	if os.Getenv("ODZEW_TEST_MAIN") != "" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"odzew": main})
}

// TestScripts runs every command as a user does.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"status": exitStatus},
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CONFIG_HOME", "")
			e.Setenv("LANG", "en_GB.UTF-8")
			return nil
		},
	})
}

// exitStatus is the script command that asks for one status: status 3 odzew score
func exitStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [argument...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if args[0] != strconv.Itoa(status) {
		ts.Fatalf("status %d, want %s", status, args[0])
	}
}

// runOdzew runs the program within the test and returns what it printed.
func runOdzew(t testing.TB, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	return runAt(t, context.Background(), time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC), stdin, args...)
}

func runAt(t testing.TB, ctx context.Context, now time.Time, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{
		stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs,
		now: func() time.Time { return now }, getenv: func(string) string { return "" },
	}
	status = p.run(ctx, args)
	return status, out.String(), errs.String()
}

// must fails the test where the program did not end well.
func must(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	status, out, errs := runOdzew(t, stdin, args...)
	if status != statusDone {
		t.Fatalf("odzew %s: status %d\n%s", strings.Join(args, " "), status, errs)
	}
	return out
}
