package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"odzew/store"
)

type customerCmd struct {
	Export customerExportCmd `cmd:"" help:"Print all that is held of one customer, as JSON."`
	Erase  customerEraseCmd  `cmd:"" help:"Delete all that is held of one customer, for good, and keep older mail from coming back."`
}

// customerArgs name one customer.
type customerArgs struct {
	ID     string `arg:"" help:"The source's id of the customer, or the address."`
	Source string `help:"Source that the id is of, where several have it." placeholder:"NAME"`
}

type customerExportCmd struct{ customerArgs }

func (c *customerExportCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{Existing: true}, func(_ *Config, st *store.Store) error {
		rows, err := st.ExportCustomer(ctx, c.Source, c.ID)
		if err != nil {
			return err
		}
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		return enc.Encode(rows)
	})
}

type customerEraseCmd struct{ customerArgs }

func (c *customerEraseCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{Exclusive: true, Existing: true}, func(cfg *Config, st *store.Store) error {
		n, err := st.EraseCustomer(ctx, c.Source, c.ID, func(t time.Time) string { return t.In(cfg.zone).Format(time.DateOnly) })
		if err != nil {
			return err
		}
		if _, err := rollUp(ctx, st, cfg.zone); err != nil {
			return fmt.Errorf("erased, but the figures still count it; odzew analyze mends that: %w", err)
		}
		if p.global.JSON {
			return p.printJSON(struct {
				Erased map[string]int64 `json:"erased"`
			}{n})
		}
		_, err = fmt.Fprintf(p.stdout, "erased: %d conversations, %d messages, %d flags, %d dead letters; digests, backups and the source itself keep what they have\n",
			n["conversations"], n["messages"], n["flags"], n["dead_letters"])
		return err
	})
}
