package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/mail"
	"odzew/reporter/mask"
	"odzew/store"
)

// How many records a transaction holds. Of a source that must be asked again after a
// kill, fewer; of a file, which is soon read again, as many as spare the most writing.
const (
	commitPulled   = 1000
	commitImported = 8000
)

// streaming is how much the collector lets the heap grow while records stream through,
// in percent: of what they make a few MB live at a time, and a collection for each of
// these would take a tenth of the time. The soft limit of memory still holds.
const streaming = 400

// pull brings what is new of one source into the store. Rows and cursor are
// committed together, also of a pull that fails half-way: what came is kept.
// The cursor to start from is the stored one, or the beginning.
func (p *program) pull(ctx context.Context, st *store.Store, kind, name string, c connectors.Connector, incremental bool) (store.Run, error) {
	run := store.Run{Kind: kind, Source: name, Outcome: "failed"}
	var since connectors.Cursor
	if incremental {
		cur, err := st.Cursor(ctx, name)
		if err != nil {
			return run, err
		}
		since = connectors.Cursor(cur)
	}
	erased, err := st.Erased(ctx)
	if err != nil {
		return run, err
	}
	if run.ID, err = st.StartRun(ctx, kind, name); err != nil {
		return run, err
	}
	// What was received is stored also after the order to stop has come.
	keep := context.WithoutCancel(ctx)
	in := newIntake(keep, st, name, incremental, erased)
	err = c.Pull(ctx, since, in.accept)
	if errors.Is(err, connectors.ErrCursor) {
		p.log.WithField("source", name).Warn("the stored cursor is of another kind; pulling from the beginning")
		err = c.Pull(ctx, "", in.accept)
	}
	if serr := in.close(); serr != nil && !errors.Is(err, serr) {
		err = errors.Join(err, serr)
	}
	err = p.clean(err)
	run.Conversations, run.Messages, run.DeadLetters = in.changed, in.messages, in.dead
	run.Problems, run.Problem = in.problems, in.problem
	switch {
	case err != nil && ctx.Err() != nil:
		run.Outcome = "stopped" // by whoever runs the program: the source has not failed
	case err != nil:
		run.Error = err.Error()
	case in.dead > 0:
		run.Outcome = "partial"
	default:
		run.Outcome = "done"
	}
	return run, errors.Join(err, st.EndRun(keep, run))
}

// An intake stores records in transactions, in a goroutine of its own: the
// connector reads on meanwhile. Records are stored in their order, and a cursor
// with or after all that it covers. It is closed by whoever made it.
type intake struct {
	ctx         context.Context
	st          *store.Store
	source      string
	incremental bool
	erased      store.Erased
	commitEvery int
	records     chan connectors.Record
	failed      chan struct{} // closed once err is set
	done        chan struct{}
	err         error

	batch                   *store.Batch
	n                       int
	cursor                  []byte
	changed, messages, dead int
	problems                int           // conversations with one
	problem                 odzew.Problem // the first
}

func newIntake(ctx context.Context, st *store.Store, source string, incremental bool, erased store.Erased) *intake {
	in := &intake{
		ctx: ctx, st: st, source: source, incremental: incremental, commitEvery: commitImported,
		records: make(chan connectors.Record, 256), failed: make(chan struct{}), done: make(chan struct{}),
		erased: erased,
	}
	if incremental {
		in.commitEvery = commitPulled
	}
	go func() {
		defer close(in.done)
		for r := range in.records {
			if in.err != nil {
				continue
			}
			if err := in.store(r); err != nil {
				in.rollback()
				in.err = err
				close(in.failed)
			}
		}
		if in.err == nil {
			in.err = in.commit()
		}
		in.rollback()
	}()
	return in
}

// accept hands a record on; it fails once an earlier one could not be stored.
func (in *intake) accept(r connectors.Record) error {
	select {
	case <-in.failed:
		return in.err
	default:
	}
	select {
	case in.records <- r:
		return nil
	case <-in.failed:
		return in.err
	}
}

// close stores what was accepted and says whether all could be.
func (in *intake) close() error {
	close(in.records)
	<-in.done
	return in.err
}

// plain gives messages that came as HTML alone their text: it is what is scored.
func plain(c *odzew.Conversation) {
	for i := range c.Messages {
		if m := &c.Messages[i]; m.HTML != "" && strings.TrimSpace(m.Text) == "" {
			m.Text = mail.Text(m.HTML)
		}
	}
}

func (in *intake) store(r connectors.Record) error {
	if in.batch == nil {
		b, err := in.st.Begin(in.ctx, in.source)
		if err != nil {
			return err
		}
		in.batch = b
	}
	if r.Conversation != nil {
		plain(r.Conversation)
		if in.incremental {
			r.Conversation.Source = in.source
		}
		problems := r.Conversation.Problems
		trimmed, empty := in.erased.Trim(r.Conversation, in.source)
		if trimmed {
			problems = []odzew.Problem{{Reason: "written before its customer was erased; left out"}}
		}
		if len(problems) > 0 {
			if in.problems++; in.problems == 1 {
				in.problem = problems[0]
			}
		}
		if empty {
			r.Conversation = nil
		}
	}
	if r.Conversation != nil {
		if err := in.batch.Put(r.Conversation); err != nil {
			return err
		}
	}
	if d := r.DeadLetter; d != nil {
		if err := in.batch.Dead(store.DeadLetter{Place: d.Where, Reason: d.Reason, Raw: d.Raw, RawBytes: d.Size}); err != nil {
			return err
		}
	}
	in.n++
	if r.Cursor != "" && in.incremental {
		in.cursor = []byte(r.Cursor)
	}
	if in.n >= in.commitEvery && (r.Cursor != "" || !in.incremental) {
		return in.commit()
	}
	return nil
}

// commit ends the transaction. Rows after the last cursor are kept as well: they
// will come again, and be found unchanged.
func (in *intake) commit() error {
	if in.batch == nil {
		return nil
	}
	b := in.batch
	if err := b.Commit(in.cursor); err != nil {
		in.rollback()
		return err
	}
	in.changed += b.Changed
	in.messages += b.Messages
	in.dead += b.DeadLetters
	in.batch, in.n, in.cursor = nil, 0, nil
	return nil
}

func (in *intake) rollback() {
	if in.batch != nil {
		in.batch.Rollback()
		in.batch = nil
	}
}

type syncCmd struct {
	Source []string `arg:"" optional:"" help:"Sources to pull; all where none is named."`
}

func (c *syncCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	if len(cfg.Sources) == 0 {
		return usagef("no source is configured; odzew init writes a configuration to start from")
	}
	for _, name := range c.Source {
		if !slices.ContainsFunc(cfg.Sources, func(s sourceConfig) bool { return s.Name == name }) {
			return usagef("there is no source %q; the configuration has %s", name, strings.Join(cfg.sourceNames(), ", "))
		}
	}
	st, err := p.openStore(ctx, cfg, store.Options{Exclusive: true, Bulk: true, Cache: 48})
	if err != nil {
		return err
	}
	defer st.Close()
	defer debug.SetGCPercent(debug.SetGCPercent(streaming))
	asked, failed, misconfigured := 0, 0, 0
	for i := range cfg.Sources {
		s := &cfg.Sources[i]
		if len(c.Source) > 0 && !slices.Contains(c.Source, s.Name) {
			continue
		}
		asked++
		run, err := p.syncSource(ctx, st, cfg, s)
		if ctx.Err() != nil {
			return fmt.Errorf("stopped; what came is stored, the next sync goes on from there")
		}
		if err != nil {
			failed++
			p.partial = true
			if ue := (usageError{}); errors.As(err, &ue) {
				misconfigured++
			}
			fmt.Fprintf(p.stderr, "odzew: source %s: %s\n", s.Name, cleanText(strings.TrimPrefix(err.Error(), "source "+s.Name+": ")))
		}
		p.partial = p.partial || run.DeadLetters > 0
		if err := p.reportRun(run); err != nil {
			return err
		}
	}
	switch asked {
	case misconfigured:
		return usageError{errQuiet}
	case failed:
		return errQuiet
	}
	return nil
}

func (c *Config) sourceNames() []string {
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	return names
}

func (p *program) syncSource(ctx context.Context, st *store.Store, cfg *Config, s *sourceConfig) (store.Run, error) {
	c, err := p.connector(cfg, s)
	if err != nil {
		c = broken{err}
	}
	return p.pull(ctx, st, "sync", s.Name, c, true)
}

// broken stands for a source that cannot even be asked, as one without its secret:
// that, too, is a pull that failed, and status and digest say so.
type broken struct{ err error }

func (b broken) Pull(context.Context, connectors.Cursor, func(connectors.Record) error) error {
	return b.err
}

type runLine struct {
	Run           int64  `json:"run"`
	Kind          string `json:"kind"`
	Source        string `json:"source"`
	Outcome       string `json:"outcome"`
	Conversations int    `json:"conversations"`
	Messages      int    `json:"messages"`
	DeadLetters   int    `json:"dead_letters"`
	Problems      int    `json:"problems"`
	Error         string `json:"error,omitempty"`
}

func (p *program) reportRun(r store.Run) error {
	if p.global.JSON {
		return p.printJSON(runLine{r.ID, r.Kind, r.Source, r.Outcome, r.Conversations, r.Messages, r.DeadLetters, r.Problems, r.Error})
	}
	more := ""
	if r.DeadLetters > 0 {
		more = fmt.Sprintf(", %d set aside (odzew deadletters list)", r.DeadLetters)
	}
	if r.Problems > 0 { // the value is somebody's; what is wrong with it is not
		more += fmt.Sprintf(", %d not as they came (%s)", r.Problems, mask.Clean(strings.TrimPrefix(r.Problem.Field+": "+r.Problem.Reason, ": ")))
	}
	_, err := fmt.Fprintf(p.stdout, "%s: %s, %d conversations new or changed, %d messages%s\n", r.Source, r.Outcome, r.Conversations, r.Messages, more)
	return err
}

type importCmd struct {
	File   []string          `arg:"" help:"Files or folders; - reads JSON Lines from stdin."`
	Format string            `required:"" enum:"jsonl,csv,mbox,maildir,eml" help:"jsonl, csv, mbox, maildir or eml."`
	Source string            `help:"Name of the source (default: what the records say, else the file's name)." placeholder:"NAME"`
	Inbox  string            `help:"Inbox to put mails into." placeholder:"NAME"`
	Own    []string          `help:"Own addresses and @domains: mail from them is an agent's." placeholder:"ADDRESS"`
	Column map[string]string `help:"CSV: field=column, as text=Treść." placeholder:"FIELD=COLUMN"`
	Zone   string            `help:"CSV: zone of times without one." placeholder:"ZONE"`

	Author    map[string]odzew.Author `mapsep:"none" help:"CSV: who wrote what has this word in the author column, as Klient=customer; or agent, bot, auto." placeholder:"WORD=AUTHOR"`
	Rating    string                  `help:"CSV: what the score column rates: csat, nps or ces." placeholder:"KIND"`
	RatingMax float64                 `help:"CSV: the best score." placeholder:"N"`
	Encoding  string                  `help:"JSON Lines, CSV: encoding of the files, as in windows-1250 (default: UTF-8; of CSV it is found out)." placeholder:"NAME"`
}

func (c *importCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	if c.Source != "" && !sourceName.MatchString(c.Source) {
		return usagef("--source %q: use small letters, digits, dots, dashes and underscores", c.Source)
	}
	if slices.Contains([]string{"mbox", "maildir", "eml"}, c.Format) && len(c.Own) == 0 {
		return usagef("--own is missing: whose mail is yours, as in --own pomoc@firma.example or --own @firma.example; all other is customers'")
	}
	if c.Encoding != "" && c.Format != "jsonl" && c.Format != "csv" {
		return usagef("--encoding is for jsonl and csv: mails name their own")
	}
	if c.Format != "csv" && (len(c.Author) > 0 || c.Rating != "" || c.RatingMax != 0) {
		return usagef("--author, --rating and --rating-max are for csv; the other formats say it themselves")
	}
	var list []connectors.Connector
	for _, f := range c.File {
		if f == "-" && c.Format != "jsonl" {
			return usagef("from stdin only --format jsonl is read; name a file")
		}
		conn, err := c.connector(p, cfg, f)
		if err != nil {
			return usageError{err}
		}
		list = append(list, conn)
	}
	st, err := p.openStore(ctx, cfg, store.Options{Exclusive: true, Bulk: true, Cache: 48})
	if err != nil {
		return err
	}
	defer st.Close()
	defer debug.SetGCPercent(debug.SetGCPercent(streaming))
	failed := 0
	for i, f := range c.File {
		name := c.Source
		if name == "" {
			name = nameOfFile(f)
		}
		conn := list[i]
		if c.Source != "" {
			conn = renamed{conn, c.Source}
		}
		run, err := p.pull(ctx, st, "import", name, conn, false)
		if ctx.Err() != nil {
			return fmt.Errorf("stopped; what came is stored, importing %s again goes on", f)
		}
		if err != nil {
			failed++
			fmt.Fprintf(p.stderr, "odzew: %s\n", cleanText(err.Error()))
		}
		p.partial = p.partial || err != nil || run.DeadLetters > 0
		if err := p.reportRun(run); err != nil {
			return err
		}
	}
	if failed == len(c.File) {
		return errQuiet
	}
	return nil
}

// renamed gives all conversations of a connector one source.
type renamed struct {
	connectors.Connector
	source string
}

func (r renamed) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	return r.Connector.Pull(ctx, since, func(rec connectors.Record) error {
		if rec.Conversation != nil {
			rec.Conversation.Source = r.source
		}
		return accept(rec)
	})
}

// nameOfFile makes a source's name of a file's.
func nameOfFile(f string) string {
	if f == "-" {
		return "stdin"
	}
	base := strings.ToLower(filepath.Base(strings.TrimRight(f, "/")))
	if i := strings.IndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	out := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, base)
	if out = strings.Trim(out, "-_"); out == "" {
		return "import"
	}
	return out[:min(len(out), 64)]
}
