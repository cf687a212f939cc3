package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"odzew"
	"odzew/reporter/mask"
	"odzew/store"
)

type flagsCmd struct {
	List    flagListCmd    `cmd:"" default:"withargs" help:"List flags, those that need a call first."`
	Ack     flagAckCmd     `cmd:"" help:"Somebody looks after it."`
	Resolve flagResolveCmd `cmd:"" help:"It is settled; it comes back if the customer writes again or it gets worse."`
	Mute    flagMuteCmd    `cmd:"" help:"It is a false alarm: not shown again unless it gets worse; kept as a label to tune with."`
	History flagHistoryCmd `cmd:"" help:"What happened to a flag."`
}

type flagListCmd struct {
	Open  bool  `help:"Only open and acknowledged ones."`
	Limit count `default:"1000" help:"How many at most."`
}

func (c *flagListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{ReadOnly: true}, func(_ *Config, st *store.Store) error {
		list, err := st.Flags(ctx, c.Open, int(c.Limit))
		if err != nil {
			return err
		}
		for _, f := range list {
			if err := p.printJSON(maskedFlag(st, f)); err != nil {
				return err
			}
		}
		return nil
	})
}

// maskedFlag is a flag as it is shown: quotes are short, and personal numbers and
// addresses covered.
func maskedFlag(st *store.Store, f odzew.Flag) odzew.Flag {
	rs := make([]odzew.Reason, len(f.Reasons))
	for i, r := range f.Reasons {
		r.Quote = mask.Quote(r.Quote, 90)
		rs[i] = r
	}
	f.Reasons = rs
	f.Customer = maskedCustomer(st, f.Customer)
	return f
}

// maskedCustomer is a customer's id as it is shown. A mailbox knows customers by their
// address: what is covered goes by an alias, so that two can be told apart.
func maskedCustomer(st *store.Store, id string) string {
	id = mask.Clean(id)
	shown := mask.Personal(id)
	if shown != id {
		shown += " " + st.Alias(id)
	}
	return shown
}

type flagAckCmd struct {
	ID int64 `arg:"" help:"Its number in the list."`
}

func (c *flagAckCmd) Run(ctx context.Context, p *program) error {
	return p.setFlag(ctx, c.ID, store.FlagAcknowledged)
}

type flagResolveCmd struct {
	ID int64 `arg:"" help:"Its number in the list."`
}

func (c *flagResolveCmd) Run(ctx context.Context, p *program) error {
	return p.setFlag(ctx, c.ID, store.FlagResolved)
}

type flagMuteCmd struct {
	ID     int64  `arg:"" help:"Its number in the list."`
	Labels string `default:"odzew-labels.jsonl" help:"File that the message is added to, masked, as labelled without frustration." placeholder:"FILE"`
}

func (c *flagMuteCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{Existing: true}, func(_ *Config, st *store.Store) error {
		f, err := st.SetFlag(ctx, c.ID, store.FlagMuted, p.person())
		if err != nil {
			return err
		}
		if err := addLabels(c.Labels, f); err != nil {
			return err
		}
		return p.printJSON(maskedFlag(st, f))
	})
}

// addLabels keeps what a false alarm rested on, in the form that lexicon eval
// reads: each quoted sentence, masked, with no signal and no frustration. A sentence
// stands in the file once, though several reasons rest on it.
func addLabels(file string, f odzew.Flag) error {
	there, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	known := map[string]bool{"": true}
	for line := range bytes.Lines(there) {
		var old struct{ Text string }
		if json.Unmarshal(line, &old) == nil {
			known[old.Text] = true
		}
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	for i, r := range f.Reasons {
		text := mask.Personal(mask.Clean(r.Quote))
		if known[text] {
			continue
		}
		known[text] = true
		if err := enc.Encode(struct {
			ID          string   `json:"id"`
			Text        string   `json:"text"`
			Frustration int      `json:"frustration"`
			Signals     []string `json:"signals"`
		}{fmt.Sprintf("flag-%s-%d", f.ID, i+1), text, 0, []string{}}); err != nil {
			return err
		}
	}
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(lines.Bytes())
	return errors.Join(err, out.Close())
}

type flagHistoryCmd struct {
	ID int64 `arg:"" help:"Its number in the list."`
}

func (c *flagHistoryCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{ReadOnly: true}, func(cfg *Config, st *store.Store) error {
		events, err := st.FlagHistory(ctx, c.ID)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return fmt.Errorf("flag %d: %w; odzew flags list shows them", c.ID, store.ErrNotFound)
		}
		for _, e := range events {
			if p.global.JSON {
				if err := p.printJSON(flagEventLine{strconv.FormatInt(c.ID, 10), e.At, e.Event, e.Level, e.By}); err != nil {
					return err
				}
				continue
			}
			if _, err := fmt.Fprintf(p.stdout, "%s  %-12s level %d  by %s\n", local(e.At, cfg.zone), e.Event, e.Level, mask.Clean(e.By)); err != nil {
				return err
			}
		}
		return nil
	})
}

type flagEventLine struct {
	Flag  string    `json:"flag"`
	At    time.Time `json:"at"`
	Event string    `json:"event"`
	Level int       `json:"level"`
	By    string    `json:"by"`
}

func (p *program) setFlag(ctx context.Context, id int64, state string) error {
	return p.withStore(ctx, store.Options{Existing: true}, func(_ *Config, st *store.Store) error {
		f, err := st.SetFlag(ctx, id, state, p.person())
		if err != nil {
			return err
		}
		return p.printJSON(maskedFlag(st, f))
	})
}

// person is who gave the command.
func (p *program) person() string {
	if u := p.getenv("USER"); u != "" {
		return u
	}
	return "uid " + strconv.Itoa(os.Getuid())
}

// withStore runs f on the configured database.
func (p *program) withStore(ctx context.Context, o store.Options, f func(*Config, *store.Store) error) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, cfg, o)
	if err != nil {
		return err
	}
	defer st.Close()
	return f(cfg, st)
}
