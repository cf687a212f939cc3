// Command odzew tells a support team which customers are frustrated, why, and
// where they wait too long.
//
// Rules of this package:
//
//   - It carries data from one package to the next and adds nothing to it.
//   - Only here are the clock read, logs written, goroutines started for the
//     process's lifetime, and the process ended.
//   - Data goes to stdout; progress, logs and errors go to stderr.
//   - Exit status: 0 done; 1 failed; 2 wrong usage or configuration; 3 done, but
//     something was set aside.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // zones are right also where the system has none
)

// softMemory is where the collector begins to work harder, in bytes: a first
// analysis makes much garbage, and a small machine has other things to do.
const softMemory = 88 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends what does not heed the first
	p := &program{
		stdin:    os.Stdin,
		stdout:   os.Stdout,
		stderr:   os.Stderr,
		now:      func() time.Time { return time.Now().UTC() },
		getenv:   os.Getenv,
		terminal: isTerminal(os.Stdout),
		unhandle: func() { signal.Reset(os.Interrupt, syscall.SIGTERM) },
	}
	status := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}
