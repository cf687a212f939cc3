package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/robfig/cron/v3"

	"odzew"
	"odzew/analyzer/calendar"
	"odzew/analyzer/waits"
	"odzew/connectors/csv"
	"odzew/connectors/eml"
	"odzew/connectors/imap"
	"odzew/connectors/jsonl"
	"odzew/connectors/maildir"
	"odzew/connectors/mbox"
	"odzew/lexicon"
)

// Config is odzew.yaml. An unknown key is an error with its line. Relative paths
// are relative to the file.
type Config struct {
	Database  string `yaml:"database"`
	Timezone  string `yaml:"timezone"`
	Language  string `yaml:"language"`
	ShowNames bool   `yaml:"show_names"`

	Calendar  *calendar.Config  `yaml:"calendar"`
	Calendars []calendar.Config `yaml:"calendars"`

	Touchpoints []odzew.Touchpoint `yaml:"touchpoints"`
	// Targets are what the desk has promised itself, by the date from which they hold.
	Targets []waits.Policy `yaml:"targets"`
	// LongWait is the wait within opening hours above which a customer counts as
	// kept waiting, even one who says nothing of it; 0: none does.
	LongWait time.Duration `yaml:"long_wait"`
	// Leads are the author ids of those who lead the desk: what one of them has
	// taken up needs nobody else.
	Leads []string `yaml:"leads"`

	Lexicon lexiconConfig  `yaml:"lexicon"`
	Sources []sourceConfig `yaml:"sources"`
	Digest  digestConfig   `yaml:"digest"`
	Serve   serveConfig    `yaml:"serve"`
	Log     logConfig      `yaml:"log"`

	// path is the file that it came from, "" for the defaults.
	path string
	dir  string
	zone *time.Location
}

type lexiconConfig struct {
	// Overlay is a folder of the desk's own entries, on top of the shipped ones.
	Overlay string `yaml:"overlay"`
	// Shadow is such a folder that is tried beside it, and changes nothing.
	Shadow string `yaml:"shadow"`
}

// A sourceConfig is one account, mailbox or file: a name and exactly one block
// that says of which kind.
type sourceConfig struct {
	Name string `yaml:"name"`
	// Every is how often serve pulls it; 0: serve.pull.
	Every time.Duration `yaml:"every"`

	JSONL   *jsonl.Config   `yaml:"jsonl"`
	CSV     *csv.Config     `yaml:"csv"`
	Mbox    *mbox.Config    `yaml:"mbox"`
	Maildir *maildir.Config `yaml:"maildir"`
	EML     *eml.Config     `yaml:"eml"`
	IMAP    *imap.Config    `yaml:"imap"`

	// The secret of the source: a file that holds it, or an environment variable.
	PasswordFile string `yaml:"password_file"`
	PasswordEnv  string `yaml:"password_env"`
}

type digestConfig struct {
	// At is the local time of the day at which serve makes the digest.
	At   string   `yaml:"at"`
	To   []string `yaml:"to"`
	From string   `yaml:"from"`
	// File is where serve leaves the newest digest as HTML; empty: nowhere.
	File string     `yaml:"file"`
	SMTP smtpConfig `yaml:"smtp"`
}

type smtpConfig struct {
	Host         string `yaml:"host"`
	Port         int    `yaml:"port"`
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"`
	PasswordEnv  string `yaml:"password_env"`
	// TLS is starttls (default), implicit, or none (only for this machine).
	TLS string `yaml:"tls"`
}

type serveConfig struct {
	Listen string `yaml:"listen"`
	// Pull is how often the sources are pulled.
	Pull time.Duration `yaml:"pull"`
}

type logConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

//go:embed odzew.yaml
var sampleConfig []byte

// sourceName keeps names fit for file names, metrics and the command line.
var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)

// loadConfig reads the configuration that the flags name, or the default one, or
// none: then the defaults hold. All that is wrong with it is said at once.
func (p *program) loadConfig() (*Config, error) {
	path := p.global.Config
	if path == "" {
		for _, c := range p.configPlaces() {
			if _, err := os.Stat(c); err == nil {
				path = c
				break
			}
		}
	}
	cfg := &Config{}
	if path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, usagef("there is no configuration %s; odzew init writes one", path)
			}
			return nil, usageError{err}
		}
		data = bytes.TrimPrefix(data, []byte("\uFEFF"))
		if err := yaml.UnmarshalWithOptions(data, cfg, yaml.Strict()); err != nil {
			return nil, usageError{yamlError(path, err)}
		}
		cfg.path, cfg.dir = path, filepath.Dir(path)
	}
	if err := cfg.complete(); err != nil {
		if path == "" {
			return nil, usageError{err}
		}
		return nil, usagef("%s: %w", path, err)
	}
	if p.global.LogLevel == "" || p.global.LogFormat == "" {
		level, format := p.global.LogLevel, p.global.LogFormat
		if level == "" {
			level = cfg.Log.Level
		}
		if format == "" {
			format = cfg.Log.Format
		}
		p.setLog(level, format)
	}
	return cfg, nil
}

// yamlError says in what line of a file which error is.
func yamlError(file string, err error) error {
	at, ok := errors.AsType[yaml.Error](err)
	if !ok || at.GetToken() == nil || at.GetToken().Position == nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	what := at.GetMessage()
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		want := "what belongs here"
		switch kind := wrong.DstType.Kind(); {
		case wrong.DstType == reflect.TypeFor[time.Duration]():
			want = "a duration, such as 8h or 30m"
		case kind == reflect.String:
			want = "a text"
		case kind == reflect.Bool:
			want = "true or false"
		case kind == reflect.Slice:
			want = "a list, such as [a, b]"
		case kind >= reflect.Int && kind <= reflect.Float64:
			want = "a number"
		}
		is := wrong.Token.Value
		switch wrong.SrcType.Kind() {
		case reflect.Slice:
			is = "a list"
		case reflect.Map:
			is = "a block of keys"
		}
		what = is + " is not " + want
	}
	return fmt.Errorf("%s:%d: %s", file, at.GetToken().Position.Line, what)
}

func (p *program) configPlaces() []string {
	places := []string{"odzew.yaml"}
	if dir := p.getenv("XDG_CONFIG_HOME"); dir != "" {
		places = append(places, filepath.Join(dir, "odzew", "odzew.yaml"))
	} else if home := p.getenv("HOME"); home != "" {
		places = append(places, filepath.Join(home, ".config", "odzew", "odzew.yaml"))
	}
	return places
}

// complete fills in defaults and checks every value.
func (c *Config) complete() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if c.Timezone == "" {
		c.Timezone = "Europe/Warsaw"
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil || c.Timezone == "Local" {
		bad("timezone: there is no zone %q; write one as Europe/Warsaw", c.Timezone)
		zone = time.UTC
	}
	c.zone = zone
	if c.Language != "" && c.Language != "pl" && c.Language != "en" {
		bad("language: %q is neither pl nor en", c.Language)
	}
	if c.Calendar != nil && c.Calendars != nil {
		bad("calendar and calendars: only one of them")
	}
	// Compiling a century of days takes a filter's start a tenth longer; the default
	// hours are known to be right.
	if c.Calendar != nil || c.Calendars != nil {
		if _, err := c.schedules(); err != nil {
			errs = append(errs, err)
		}
	}
	for i, t := range c.Touchpoints {
		if t.Name == "" {
			bad("touchpoints[%d]: needs a name", i)
		}
		if t.Stage != "" && !slices.Contains(lexicon.Stages, t.Stage) {
			bad("touchpoints[%d]: there is no stage %q; the stages are %s", i, t.Stage, strings.Join(lexicon.Stages, ", "))
		}
	}
	if _, err := waits.CompileTargets(c.Targets, zone); err != nil {
		bad("targets: %w", err)
	}
	if c.LongWait < 0 {
		bad("long_wait: %v is negative", c.LongWait)
	}
	seen := map[string]bool{}
	for i := range c.Sources {
		s := &c.Sources[i]
		switch {
		case !sourceName.MatchString(s.Name):
			bad("sources[%d]: the name %q must be 1 to 64 small letters, digits, dots, dashes or underscores", i, s.Name)
		case seen[s.Name]:
			bad("sources[%d]: the name %q stands twice", i, s.Name)
		}
		seen[s.Name] = true
		if n := s.kinds(); n != 1 {
			bad("source %q: needs exactly one of jsonl, csv, mbox, maildir, eml, imap; it has %d", s.Name, n)
		}
		if s.PasswordFile != "" && s.PasswordEnv != "" {
			bad("source %q: password_file and password_env: only one of them", s.Name)
		}
		if s.Every < 0 || (s.Every > 0 && s.Every < 10*time.Second) {
			bad("source %q: every: %v is too often; 10s at least", s.Name, s.Every)
		}
	}
	if c.Digest.At == "" {
		c.Digest.At = "07:00"
	}
	if _, err := time.Parse("15:04", c.Digest.At); err != nil {
		bad("digest.at: %q is not a time of day; write it as 07:00", c.Digest.At)
	}
	if len(c.Digest.To) > 0 && c.Digest.SMTP.Host == "" {
		bad("digest.to: needs digest.smtp.host to send with")
	}
	if len(c.Digest.To) > 0 && c.Digest.From == "" {
		bad("digest.to: needs digest.from")
	}
	for _, a := range slices.Concat(c.Digest.To, []string{c.Digest.From}) {
		if _, err := mail.ParseAddress(a); err != nil && a != "" {
			bad("digest: %q is not an address of mail", a)
		}
	}
	if p := c.Digest.SMTP.Port; p < 0 || p > 65535 {
		bad("digest.smtp.port: %d is not a port; leave it out for the usual one", p)
	}
	if t := c.Digest.SMTP.TLS; !slices.Contains([]string{"", "starttls", "implicit", "none"}, t) {
		bad("digest.smtp.tls: %q is not starttls, implicit or none", t)
	} else if host := c.Digest.SMTP.Host; t == "none" && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		bad("digest.smtp.tls: none is for this machine alone; the digest quotes customers, and %s is another: starttls or implicit", host)
	}
	if c.Serve.Listen == "" {
		c.Serve.Listen = "127.0.0.1:8080"
	}
	if _, port, err := net.SplitHostPort(c.Serve.Listen); err != nil || port == "" {
		bad("serve.listen: %q is not a host and a port; write it as 127.0.0.1:8080", c.Serve.Listen)
	}
	if c.Serve.Pull == 0 {
		c.Serve.Pull = 10 * time.Minute
	}
	if c.Serve.Pull < 10*time.Second {
		bad("serve.pull: %v is too often; 10s at least", c.Serve.Pull)
	}
	if !slices.Contains([]string{"", "error", "warn", "info", "debug"}, c.Log.Level) {
		bad("log.level: %q is not error, warn, info or debug", c.Log.Level)
	}
	if !slices.Contains([]string{"", "text", "json"}, c.Log.Format) {
		bad("log.format: %q is not text or json", c.Log.Format)
	}
	for _, p := range []*string{&c.Database, &c.Lexicon.Overlay, &c.Lexicon.Shadow, &c.Digest.File, &c.Digest.SMTP.PasswordFile} {
		*p = c.resolve(*p)
	}
	return errors.Join(errs...)
}

// resolve makes a relative path of the configuration absolute.
func (c *Config) resolve(path string) string {
	if path == "" || filepath.IsAbs(path) || c.dir == "" || c.dir == "." {
		return path
	}
	return filepath.Join(c.dir, path)
}

// schedules compiles the desk's opening hours; without any, the statutory hours
// of a Polish desk: Monday to Friday, 9 to 17, Polish public holidays.
func (c *Config) schedules() (calendar.Set, error) {
	list := slices.Clone(c.Calendars)
	switch {
	case c.Calendar != nil:
		list = []calendar.Config{*c.Calendar}
	case len(list) == 0:
		list = []calendar.Config{defaultCalendar(c.Timezone)}
	}
	dir := c.dir
	if dir == "" {
		dir = "."
	}
	for i := range list {
		if list[i].Timezone == "" {
			list[i].Timezone = c.Timezone
		}
		list[i].Files = os.DirFS(dir)
	}
	set, err := calendar.CompileAll(list)
	if err != nil && c.Calendar != nil { // not in a list, so by its own name
		if _, wrong := calendar.Compile(list[0]); wrong != nil {
			err = fmt.Errorf("calendar: %w", wrong)
		}
	}
	return set, err
}

func defaultCalendar(zone string) calendar.Config {
	hours := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri"} {
		hours[d] = []string{"09:00-17:00"}
	}
	return calendar.Config{Timezone: zone, Hours: hours, Holidays: "pl"}
}

// digestSchedule is the cron form of digest.at.
func (c *Config) digestSchedule() (cron.Schedule, error) {
	t, err := time.Parse("15:04", c.Digest.At)
	if err != nil {
		return nil, err
	}
	return cron.ParseStandard(fmt.Sprintf("CRON_TZ=%s %d %d * * *", c.Timezone, t.Minute(), t.Hour()))
}

// kinds counts the blocks that say of which kind the source is.
func (s *sourceConfig) kinds() int {
	n := 0
	for _, set := range []bool{s.JSONL != nil, s.CSV != nil, s.Mbox != nil, s.Maildir != nil, s.EML != nil, s.IMAP != nil} {
		if set {
			n++
		}
	}
	return n
}

// secret reads a password out of a file or the environment.
func (p *program) secret(what, file, env string) (string, error) {
	switch {
	case file != "":
		data, err := os.ReadFile(file)
		if err != nil {
			return "", usagef("%s: password_file: %w", what, err)
		}
		s := strings.TrimRight(string(data), "\r\n")
		if s == "" {
			return "", usagef("%s: password_file %s is empty", what, file)
		}
		return s, nil
	case env != "":
		if s := p.getenv(env); s != "" {
			return s, nil
		}
		return "", usagef("%s: password_env: the environment variable %s is not set", what, env)
	}
	return "", nil
}
