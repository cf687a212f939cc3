package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/csv"
	"odzew/connectors/eml"
	"odzew/connectors/imap"
	"odzew/connectors/jsonl"
	"odzew/connectors/mail"
	"odzew/connectors/maildir"
	"odzew/connectors/mbox"
	"odzew/reporter/mask"
	"odzew/store"
)

// connector makes the connector of a configured source, with its name, its clock
// and its secret.
func (p *program) connector(cfg *Config, s *sourceConfig) (connectors.Connector, error) {
	password, err := p.secret("source "+s.Name, cfg.resolve(s.PasswordFile), s.PasswordEnv)
	if err != nil {
		return nil, err
	}
	p.keepSecret(password)
	switch {
	case s.JSONL != nil:
		c := *s.JSONL
		c.Name, c.Now, c.Paths = s.Name, p.now, cfg.resolveAll(c.Paths)
		return jsonl.New(c)
	case s.CSV != nil:
		c := *s.CSV
		c.Name, c.Now, c.Paths = s.Name, p.now, cfg.resolveAll(c.Paths)
		if c.Timezone == "" {
			c.Timezone = cfg.Timezone
		}
		return csv.New(c)
	case s.Mbox != nil:
		c := *s.Mbox
		c.Name, c.Now, c.Paths = s.Name, p.now, cfg.resolveAll(c.Paths)
		return mbox.New(c)
	case s.Maildir != nil:
		c := *s.Maildir
		c.Name, c.Now, c.Paths = s.Name, p.now, cfg.resolveAll(c.Paths)
		return maildir.New(c)
	case s.EML != nil:
		c := *s.EML
		c.Name, c.Now, c.Paths = s.Name, p.now, cfg.resolveAll(c.Paths)
		return eml.New(c)
	case s.IMAP != nil:
		c := *s.IMAP
		c.Name, c.Now, c.Password = s.Name, p.now, password
		return imap.New(c)
	}
	return nil, fmt.Errorf("source %s: says of no kind what it is", s.Name)
}

func (c *Config) resolveAll(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = c.resolve(p)
	}
	return out
}

// keepSecret makes the log and printed errors forget a secret.
func (p *program) keepSecret(s string) { p.redact.add(s) }

// connector makes the connector of one file of an import.
func (c *importCmd) connector(p *program, cfg *Config, file string) (connectors.Connector, error) {
	name := c.Source
	if name == "" {
		name = nameOfFile(file)
	}
	switch c.Format {
	case "jsonl":
		source, err := jsonl.New(jsonl.Config{Name: name, Paths: []string{file}, Complete: true, Encoding: c.Encoding, Now: p.now})
		if err == nil && file == "-" {
			return stdinRecords{p, source}, nil
		}
		return source, err
	case "csv":
		zone := c.Zone
		if zone == "" {
			zone = cfg.Timezone
		}
		return csv.New(csv.Config{
			Name: name, Paths: []string{file}, Complete: true, Columns: c.Column, Inbox: c.Inbox, Timezone: zone,
			Authors: c.Author, Rating: c.Rating, RatingMax: c.RatingMax, Encoding: c.Encoding, Now: p.now,
		})
	case "mbox":
		return mbox.New(mbox.Config{Name: name, Paths: []string{file}, Complete: true, Inbox: c.Inbox, Own: c.Own, Now: p.now})
	case "maildir":
		return maildir.New(maildir.Config{Name: name, Paths: []string{file}, Inbox: c.Inbox, Own: c.Own, Now: p.now})
	case "eml":
		return eml.New(eml.Config{Name: name, Paths: []string{file}, Complete: true, Inbox: c.Inbox, Own: c.Own, Now: p.now})
	}
	return nil, fmt.Errorf("--format %s is not known", c.Format)
}

// stdinRecords takes in JSON Lines as they come.
type stdinRecords struct {
	p      *program
	source *jsonl.Source
}

func (r stdinRecords) Pull(ctx context.Context, _ connectors.Cursor, accept func(connectors.Record) error) error {
	return r.p.filter().each(ctx, func(n int, line []byte) error {
		conv, err := r.source.Parse(line)
		if err != nil {
			return accept(connectors.Record{DeadLetter: connectors.NewDeadLetter(fmt.Sprintf("stdin:%d", n), err, line, int64(len(line)))})
		}
		return accept(connectors.Record{Conversation: conv})
	})
}

// lines reads JSON Lines that stand in no file.
func (p *program) lines(source, encoding string) (*jsonl.Source, error) {
	return jsonl.New(jsonl.Config{Name: source, Paths: []string{"-"}, Encoding: encoding, Now: p.now})
}

// replay reads a dead letter's raw record again, with today's program. The encoding
// counts for a record that is not UTF-8, before that of its source: one that is was
// set aside for another reason.
func (p *program) replay(cfg *Config, d store.DeadLetter, encoding string) (*odzew.Conversation, error) {
	if d.RawBytes > int64(len(d.Raw)) {
		return nil, fmt.Errorf("only %d of its %d bytes are kept; pull the source again from the beginning", len(d.Raw), d.RawBytes)
	}
	if utf8.Valid(d.Raw) {
		encoding = ""
	}
	var source *sourceConfig
	if i := slices.IndexFunc(cfg.Sources, func(s sourceConfig) bool { return s.Name == d.Source }); i >= 0 {
		source = &cfg.Sources[i]
	}
	if source != nil && source.CSV != nil {
		s, table := *source, *source.CSV
		table.Encoding = cmp.Or(encoding, table.Encoding)
		s.CSV = &table
		conn, err := p.connector(cfg, &s)
		if err != nil {
			return nil, err
		}
		return conn.(*csv.Source).Replay(d.Raw)
	}
	raw := bytes.TrimSpace(bytes.TrimPrefix(d.Raw, []byte("\uFEFF")))
	if bytes.HasPrefix(raw, []byte("{")) || source != nil && source.JSONL != nil {
		if source != nil && source.JSONL != nil {
			encoding = cmp.Or(encoding, source.JSONL.Encoding)
		}
		lines, err := p.lines(d.Source, encoding)
		if err != nil {
			return nil, err
		}
		conv, err := lines.Parse(raw)
		if err != nil {
			return nil, err
		}
		// What a configured source brings is its own, whatever the record says.
		if source != nil {
			conv.Source = d.Source
		}
		return conv, nil
	}
	if !bytes.Contains(raw, []byte(":")) {
		return nil, fmt.Errorf("it is neither a mail nor a JSON record; mend it at its source")
	}
	m, err := mail.Parse(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	origin := mail.Origin{Source: d.Source, Now: p.now()}
	if source != nil {
		var own []string
		own, origin.Inbox = source.mailbox()
		if origin.Own, err = mail.OwnAddresses(own); err != nil {
			return nil, err
		}
	}
	conv, err := m.Conversation(origin)
	if err != nil {
		return nil, err
	}
	return &conv, nil
}

// mailbox returns the source's own addresses and its inbox, where it holds mails.
func (s *sourceConfig) mailbox() (own []string, inbox string) {
	switch {
	case s.Mbox != nil:
		return s.Mbox.Own, s.Mbox.Inbox
	case s.Maildir != nil:
		return s.Maildir.Own, s.Maildir.Inbox
	case s.EML != nil:
		return s.EML.Own, s.EML.Inbox
	case s.IMAP != nil:
		return s.IMAP.Own, cmp.Or(s.IMAP.Inbox, s.Name)
	}
	return nil, ""
}

// Run tries dead letters again: after an upgrade, or a mended configuration.
func (c *deadReplayCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	if _, err := p.lines("replay", c.Encoding); err != nil {
		return usageError{errors.Unwrap(err)}
	}
	st, err := p.openStore(ctx, cfg, store.Options{Exclusive: true, Existing: true})
	if err != nil {
		return err
	}
	defer st.Close()
	ids := c.ID
	if len(ids) == 0 {
		list, err := st.DeadLetters(ctx, 1_000_000)
		if err != nil {
			return err
		}
		for _, d := range list {
			ids = append(ids, d.ID)
		}
	}
	done := 0
	for _, id := range ids {
		d, err := st.DeadLetter(ctx, id)
		if err != nil {
			return err
		}
		conv, err := p.replay(cfg, d, c.Encoding)
		if err == nil {
			err = putReplayed(ctx, st, d, conv)
		}
		if err != nil {
			p.partial = true
			fmt.Fprintf(p.stderr, "odzew: dead letter %d (%s %s): %s\n", d.ID, mask.Clean(d.Source), mask.Clean(d.Place), cleanText(err.Error()))
			continue
		}
		done++
	}
	if p.global.JSON {
		return p.printJSON(struct {
			Replayed int `json:"replayed"`
			Failed   int `json:"failed"`
		}{done, len(ids) - done})
	}
	_, err = fmt.Fprintf(p.stdout, "%d of %d dead letters taken in; odzew analyze scores them\n", done, len(ids))
	return err
}

func putReplayed(ctx context.Context, st *store.Store, d store.DeadLetter, conv *odzew.Conversation) error {
	erased, err := st.Erased(ctx)
	if err != nil {
		return err
	}
	if _, empty := erased.Trim(conv, d.Source); empty {
		return errors.New("its customer was erased; nothing of it is taken in")
	}
	b, err := st.Begin(ctx, d.Source)
	if err != nil {
		return err
	}
	defer b.Rollback()
	if err := b.Put(conv); err != nil {
		return err
	}
	if err := b.Replayed(d.ID); err != nil {
		return err
	}
	return b.Commit(nil)
}
