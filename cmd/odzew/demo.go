package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"odzew/cmd/odzew/demodata"
	"odzew/store"
)

type demoCmd struct {
	Dir  string `default:"odzew-demo" help:"Folder for the mailboxes, odzew.db and digest.html."`
	Lang string `enum:",pl,en" default:"" help:"Language of the digest: pl or en (default: by LANG, else en)."`
}

// demoMark begins the configuration of every demo: what lies beside it may be
// written over.
const demoMark = "# The configuration of the demo"

// demoConfig is what the demo runs with, and what a user can play on with. The
// holes are the shop's own address.
const demoConfig = demoMark + `: a fictitious shop, its mailbox and its helpdesk.
database: odzew.db
timezone: Europe/Warsaw
calendar:
  hours: {mon: ["09:00-17:00"], tue: ["09:00-17:00"], wed: ["09:00-17:00"], thu: ["09:00-17:00"], fri: ["09:00-17:00"]}
  holidays: pl
sources:
  - name: mail
    mbox:
      paths: [%[1]s, %[2]s]
      own: [%[3]s]
      inbox: pomoc
  - name: helpdesk
    jsonl:
      paths: [%[4]s]
digest:
  file: digest.html
`

// Run does the main job on the embedded mailboxes, with the same parts as sync,
// analyze and digest.
func (c *demoCmd) Run(ctx context.Context, p *program) error {
	started := time.Now()
	if err := c.prepare(p); err != nil {
		return err
	}
	p.global.Config, p.global.DB = filepath.Join(c.Dir, "odzew.yaml"), ""
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, cfg, store.Options{Exclusive: true})
	if err != nil {
		return err
	}
	defer st.Close()
	for i := range cfg.Sources {
		run, err := p.syncSource(ctx, st, cfg, &cfg.Sources[i])
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "pulled %s: %d mails and conversations, %d messages\n", run.Source, run.Conversations, run.Messages)
	}
	an, err := p.newAnalyzer(cfg)
	if err != nil {
		return err
	}
	n, err := p.analyze(ctx, st, an, false, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "analysed %d conversations, scored %d messages of customers\n\n", n.Conversations, n.Messages)

	yesterday := p.now().In(cfg.zone).AddDate(0, 0, -1).Format(time.DateOnly)
	dig, err := p.buildDigest(ctx, st, an, cfg, yesterday, p.userLang(c.Lang, cfg))
	if err != nil {
		return err
	}
	format := "text"
	if p.global.JSON {
		format = "json"
	}
	text, err := render(dig, format, p.colour())
	if err != nil {
		return err
	}
	html, err := render(dig, "html", false)
	if err != nil {
		return err
	}
	if err := writeFile(cfg.Digest.File, html, 0o644); err != nil {
		return err
	}
	if _, err := p.stdout.Write(text); err != nil {
		return err
	}
	first := ""
	if len(dig.Customers) > 0 {
		first = dig.Customers[0].Number
	}
	fmt.Fprint(p.stderr, c.next(first, time.Since(started)))
	return nil
}

// prepare writes the mailboxes, shifted to end yesterday, and the configuration.
// An older demo's database goes; anybody else's stays.
func (c *demoCmd) prepare(p *program) error {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	db := filepath.Join(c.Dir, "odzew.db")
	config, err := os.ReadFile(filepath.Join(c.Dir, "odzew.yaml"))
	ours := err == nil && bytes.HasPrefix(config, []byte(demoMark))
	for _, f := range []string{"odzew.yaml", "odzew.db"} {
		if _, err := os.Stat(filepath.Join(c.Dir, f)); err == nil && !ours {
			return usagef("%s holds an %s that is not a demo's; name another folder with --dir", c.Dir, f)
		}
	}
	if err := store.Remove(db); err != nil {
		return err
	}
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		return err
	}
	files, err := demodata.Files(p.now(), zone)
	if err != nil {
		return err
	}
	files["odzew.yaml"] = fmt.Appendf(nil, demoConfig, demodata.Inbox, demodata.Sent, demodata.Address, demodata.Helpdesk)
	for name, data := range files {
		if err := writeFile(filepath.Join(c.Dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// next says what to try.
func (c *demoCmd) next(conversation string, took time.Duration) string {
	var sb strings.Builder
	fmt.Fprintf(&sb, "\nDone in %.1f s. In %s: digest.html (open it in a browser), odzew.db, the mailboxes and odzew.yaml.\nTry next:\n", took.Seconds(), c.Dir)
	cfg := "--config " + filepath.Join(c.Dir, "odzew.yaml")
	if conversation != "" {
		fmt.Fprintf(&sb, "  odzew explain --conversation %s %s\n", conversation, cfg)
	}
	fmt.Fprintf(&sb, "  odzew explain \"Czekam już dwa tygodnie, ile można?!\"\n  odzew digest --lang pl %s\n  odzew touchpoints --days 42 %s\n  odzew status %s\n  odzew init            # your own mailbox\n", cfg, cfg, cfg)
	return sb.String()
}
