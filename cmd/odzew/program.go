package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"github.com/sirupsen/logrus"
	"golang.org/x/term"

	"odzew/store"
)

// A program is one run of odzew, with all that it takes from the outside. Tests
// start it as main does.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	getenv         func(string) string
	terminal       bool // stdout is one: colours and progress are welcome
	// unhandle lets signals end the process at once; nil: they cannot come.
	unhandle func()

	global globals
	log    *logrus.Logger
	redact redact
	// partial is set by a command that is done but set something aside.
	partial bool
}

// The exit statuses.
const (
	statusDone    = 0
	statusFailed  = 1
	statusUsage   = 2
	statusPartial = 3
)

// A usageError is the user's to mend: a wrong flag, a wrong configuration.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// globals are the options of every command; they stand before or after it.
type globals struct {
	Config    string           `help:"Configuration file (default: odzew.yaml, then $$XDG_CONFIG_HOME/odzew/odzew.yaml)." placeholder:"FILE"`
	DB        string           `name:"db" help:"Database file (default: the configuration's, or odzew.db)." placeholder:"FILE"`
	JSON      bool             `name:"json" help:"Print data as JSON."`
	Now       nowFlag          `help:"Fix the clock at this instant (RFC 3339): for tests, and for looking back." placeholder:"T"`
	LogLevel  string           `help:"What to log: error, warn, info, debug." enum:",error,warn,info,debug" default:"" placeholder:"LEVEL"`
	LogFormat string           `help:"How to log: text or json." enum:",text,json" default:"" placeholder:"FORMAT"`
	Version   kong.VersionFlag `help:"Print the version and stop."`
}

type nowFlag struct{ time.Time }

func (f *nowFlag) UnmarshalText(b []byte) error {
	t, err := parseInstant(string(b), time.UTC)
	if err != nil {
		return err
	}
	f.Time = t
	return nil
}

// A count is how many of something an option asks for.
type count int

func (c *count) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 31)
	if err != nil {
		return fmt.Errorf("%q is not a number from 0 on", b)
	}
	*c = count(n)
	return nil
}

// parseInstant reads RFC 3339, or a date or date and time in a zone.
func parseInstant(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time; write it as 2026-11-17T09:00:00+01:00", s)
}

// commands is the command line: flags, defaults and help in one place.
type commands struct {
	globals `embed:""`

	Demo        demoCmd        `cmd:"" help:"Show the main job on embedded sample mailboxes. Needs nothing."`
	Init        initCmd        `cmd:"" help:"Write a commented configuration."`
	Check       checkCmd       `cmd:"" help:"Validate the configuration."`
	Doctor      doctorCmd      `cmd:"" help:"Test the clock, the disk, the database, each source and the mailer."`
	Sync        syncCmd        `cmd:"" help:"Pull what is new from the sources, once."`
	Import      importCmd      `cmd:"" help:"Take conversations in from files."`
	Analyze     analyzeCmd     `cmd:"" help:"Score and time what changed."`
	Digest      digestCmd      `cmd:"" help:"Print or send the daily report."`
	Touchpoints touchpointsCmd `cmd:"" help:"Where customers come to grief, and how they feel along their journey."`
	Serve       serveCmd       `cmd:"" help:"Run the schedule, health checks and metrics until stopped."`
	Score       scoreCmd       `cmd:"" help:"Filter: texts in, scores out."`
	Waits       waitsCmd       `cmd:"" help:"Filter: conversations in, waits out."`
	Clock       clockCmd       `cmd:"" help:"Business seconds between two instants, or a deadline."`
	Mail        mailCmd        `cmd:"" help:"Parse e-mails: what the author wrote new, and what was cut."`
	Explain     explainCmd     `cmd:"" help:"Say why: a text, a message or a conversation."`
	Flags       flagsCmd       `cmd:"" help:"Customers to look after: list, acknowledge, resolve, mute."`
	Targets     targetsCmd     `cmd:"" help:"What the desk promised itself: breached, at risk, met."`
	Lexicon     lexiconCmd     `cmd:"" help:"The tuning workbench of the lexicon."`
	Status      statusCmd      `cmd:"" help:"Show sources, runs and counts."`
	Customer    customerCmd    `cmd:"" help:"What is held of one customer: export it, erase it."`
	Deadletters deadlettersCmd `cmd:"" name:"deadletters" help:"Records that could not be taken in."`
	Backup      backupCmd      `cmd:"" help:"Copy the database while it is in use."`
	Completion  completionCmd  `cmd:"" help:"Print a completion script for bash, zsh or fish."`
}

// version is the program's own; a release build may set it.
var version = "0.1.0"

// run parses the arguments, runs the command and returns the exit status.
func (p *program) run(ctx context.Context, args []string) int {
	p.log = logrus.New()
	p.log.SetOutput(p.stderr)
	p.log.SetLevel(logrus.WarnLevel)
	p.log.AddHook(&p.redact)

	var cli commands
	exited := -1
	parser, err := kong.New(&cli, kong.Name("odzew"),
		kong.Description("Which customers are frustrated, why, and where they wait too long.\n\nStart with: odzew demo"),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { exited = code; panic(exitNow{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars{"version": "odzew " + version},
		kong.Bind(p), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(p.stderr, "odzew:", err)
		return statusFailed
	}
	var kctx *kong.Context
	func() {
		defer func() {
			if r := recover(); r != nil {
				if _, ok := r.(exitNow); !ok {
					panic(r)
				}
			}
		}()
		if len(args) == 0 {
			args = []string{"--help"}
		}
		kctx, err = parser.Parse(args)
	}()
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "odzew: %s\nodzew --help shows how it is used\n", cleanText(err.Error()))
		return statusUsage
	}
	p.global = cli.globals
	if t := cli.Now.Time; !t.IsZero() {
		p.now = func() time.Time { return t }
	}
	p.setLog(cli.LogLevel, cli.LogFormat)
	err = kctx.Run()
	return p.exitStatus(err)
}

// exitNow unwinds kong where it wants the process to end (--help, --version).
type exitNow struct{}

func (p *program) exitStatus(err error) int {
	var ue usageError
	switch {
	case err == nil && p.partial:
		return statusPartial
	case err == nil:
		return statusDone
	case brokenPipe(err):
		return statusDone // the reader has seen enough
	case errors.Is(err, errQuiet):
	case p.log.Formatter == jsonLog: // who reads the log by program reads its end, too
		p.log.Error(err)
	default:
		fmt.Fprintln(p.stderr, "odzew:", cleanText(p.redact.clean(err.Error())))
	}
	if errors.As(err, &ue) {
		return statusUsage
	}
	return statusFailed
}

// errQuiet fails without a further line: the command has said what is wrong.
var errQuiet = errors.New("failed")

var jsonLog logrus.Formatter = &logrus.JSONFormatter{TimestampFormat: time.RFC3339}

func (p *program) setLog(level, format string) {
	if level != "" {
		if l, err := logrus.ParseLevel(level); err == nil {
			p.log.SetLevel(l)
		}
	}
	switch format {
	case "json":
		p.log.SetFormatter(jsonLog)
	case "text":
		p.log.SetFormatter(&logrus.TextFormatter{FullTimestamp: true, TimestampFormat: time.RFC3339, DisableColors: true})
	}
}

// dbPath is where the database lies: the flag, the configuration, the default.
func (p *program) dbPath(cfg *Config) string {
	if p.global.DB != "" {
		return p.global.DB
	}
	if cfg != nil && cfg.Database != "" {
		return cfg.Database
	}
	return "odzew.db"
}

// openStore opens the database for a command. Writers exclude each other.
func (p *program) openStore(ctx context.Context, cfg *Config, o store.Options) (*store.Store, error) {
	o.Now = p.now
	return store.Open(ctx, p.dbPath(cfg), o)
}

// printJSON prints one value a line.
func (p *program) printJSON(v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := p.stdout.Write(escapeControls(buf.Bytes()))
	return err
}

// escapeControls escapes what a terminal might obey and JSON lets stand: DEL, the C1
// controls, and the marks that turn the direction of writing around.
func escapeControls(b []byte) []byte {
	if !mayControl(b) {
		return b
	}
	return controls.ReplaceAllFunc(b, func(c []byte) []byte {
		r, _ := utf8.DecodeRune(c)
		return fmt.Appendf(nil, `\u%04x`, r)
	})
}

var controls = regexp.MustCompile(`[\x{7f}-\x{9f}\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

// mayControl looks for the bytes that such a character begins with: most lines have
// none, and a regexp would cost a filter as much as all the rest.
func mayControl(b []byte) bool {
	for i, c := range b {
		switch c {
		case 0x7f:
			return true
		case 0xc2:
			if i+1 < len(b) && b[i+1] < 0xa0 {
				return true
			}
		case 0xd8:
			if i+1 < len(b) && b[i+1] == 0x9c {
				return true
			}
		case 0xe2:
			if i+1 < len(b) && (b[i+1] == 0x80 || b[i+1] == 0x81) {
				return true
			}
		}
	}
	return false
}

// colour says whether to colour what goes to stdout.
func (p *program) colour() bool {
	return p.terminal && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// maxLine bounds a line of a filter's input, in bytes.
const maxLine = 64 << 20

// A lineFilter reads lines and writes one answer for each, as they come: what is
// answered is flushed whenever no further input is at hand.
type lineFilter struct {
	p   *program
	in  *bufio.Reader
	out *bufio.Writer

	buf bytes.Buffer // of the line that enc writes
	enc *json.Encoder
}

func (p *program) filter() *lineFilter {
	p.waitForInput()
	l := &lineFilter{p: p, in: bufio.NewReaderSize(p.stdin, 1<<18), out: bufio.NewWriterSize(p.stdout, 1<<18)}
	l.enc = json.NewEncoder(&l.buf)
	l.enc.SetEscapeHTML(false)
	return l
}

// encode answers a line with a value.
func (l *lineFilter) encode(v any) error {
	l.buf.Reset()
	if err := l.enc.Encode(v); err != nil {
		return err
	}
	_, err := l.out.Write(escapeControls(l.buf.Bytes()))
	return err
}

// setAside says what is wrong with a line, and goes on: those behind it have their
// answers.
func (l *lineFilter) setAside(n int, wrong error) error {
	l.p.partial = true
	_, err := fmt.Fprintf(l.p.stderr, "odzew: stdin:%d: %s\n", n, cleanText(wrong.Error()))
	return err
}

// waitForInput is called before stdin is read: no context ends a read from a
// terminal or a pipe, and what only reads and prints needs no farewell.
func (p *program) waitForInput() {
	if p.unhandle != nil {
		p.unhandle()
	}
}

// each calls f with every line and its number, without its line end and
// byte order mark. A line over maxLine is set aside: half a text is another text.
func (l *lineFilter) each(ctx context.Context, f func(n int, line []byte) error) error {
	var line []byte
	for n := 1; ; n++ {
		line = line[:0]
		var err error
		tooLong := false
		for {
			var part []byte
			part, err = l.in.ReadSlice('\n')
			if tooLong = tooLong || len(line)+len(part) > maxLine; !tooLong {
				line = append(line, part...)
			}
			if err != bufio.ErrBufferFull {
				break
			}
		}
		if tooLong {
			line = line[:0]
			if err := l.setAside(n, fmt.Errorf("the line is longer than %d MiB", maxLine>>20)); err != nil {
				return err
			}
		}
		if err != nil && err != io.EOF {
			return errors.Join(fmt.Errorf("reading the input: %w", err), l.out.Flush())
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		if text := bytes.TrimRight(line, "\r\n"); len(text) > 0 {
			if err := f(n, text); err != nil {
				return errors.Join(err, l.out.Flush())
			}
		}
		if err == io.EOF {
			return l.out.Flush()
		}
		if l.in.Buffered() == 0 {
			if err := l.out.Flush(); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return errors.Join(err, l.out.Flush())
		}
	}
}

// writeFile writes a file as a whole or not at all.
func writeFile(name string, data []byte, mode os.FileMode) error {
	tmp, err := writeBeside(name, data, mode)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	return os.Rename(tmp, name)
}

// writeBeside writes what is to become a file beside it, and returns under which name.
func writeBeside(name string, data []byte, mode os.FileMode) (tmp string, err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if wrong, ok := errors.AsType[*fs.PathError](err); ok {
		return "", fmt.Errorf("writing %s: %w", name, wrong.Err)
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("writing %s: %w", name, err)
	}
	return f.Name(), nil
}

// userLang is pl or en, as the flag, the configuration or the environment says.
func (p *program) userLang(flag string, cfg *Config) string {
	for _, l := range []string{flag, cfg.Language} {
		if l == "pl" || l == "en" {
			return l
		}
	}
	for _, k := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := p.getenv(k); v != "" {
			if strings.HasPrefix(v, "pl") {
				return "pl"
			}
			return "en"
		}
	}
	return "en"
}
