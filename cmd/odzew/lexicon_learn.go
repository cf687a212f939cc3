package main

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"odzew"
	"odzew/analyzer"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/analyzer/workbench"
	"odzew/lexicon"
	"odzew/reporter/mask"
	"odzew/store"
)

// The commands of the workbench that learn, compare and take in.

type lexiconFitCmd struct {
	lexiconFlags `embed:""`
	Data         []string `required:"" help:"Labelled messages. FILE@0.1: each counts a tenth." placeholder:"FILE"`
	Out          string   `help:"Where the learned words go; the file must be named so, in the folder pl or en of an overlay." placeholder:"learned.desk.tsv"`
	Model        string   `help:"Where a model goes whose weights are fitted anew, for a whole lexicon of one's own." placeholder:"model.tsv"`
	Lang         string   `help:"Language of the words: pl or en." enum:"pl,en" default:"pl"`
	Domain       string   `help:"What the messages are: mail to a desk, reviews of up to 30 words, or longer ones." enum:"desk,reviews,longreviews" default:"desk"`
	Top          count    `help:"Learn at most this many words and pairs of words." default:"2000" placeholder:"N"`
	Min          count    `help:"A word must stand in this many messages." default:"3" placeholder:"N"`
	L1           float64  `name:"l1" help:"What a weight must be worth: more makes fewer words." default:"0.5"`
	L2           float64  `name:"l2" help:"How strongly weights are pulled to 0." default:"2"`
	Licence      string   `help:"Licence of the data, which the learned words inherit." placeholder:"NAME"`
	Attribution  string   `help:"Whom the licence wants named." placeholder:"TEXT"`
}

// mostPull is more than any weight is worth.
const mostPull = 1000

func (c *lexiconFitCmd) Run(p *program) error {
	switch {
	case c.Out == "" && c.Model == "":
		return usagef("name what to write: --out learned.desk.tsv, --model model.tsv, or both")
	case c.Out != "" && strings.TrimSpace(c.Licence) == "":
		return usagef("learned words inherit the licence of their data: name it with --licence")
	case strings.ContainsAny(c.Licence+c.Attribution, "\r\n"):
		return usagef("--licence and --attribution are one line each")
	case !(c.L1 >= 0 && c.L1 <= mostPull && c.L2 >= 0 && c.L2 <= mostPull): // neither is NaN
		return usagef("--l1 and --l2 are numbers from 0 to %d", mostPull)
	}
	domain := lexicon.Desk
	for domain.String() != c.Domain {
		domain++
	}
	if want := lexicon.LearnedName(domain); c.Out != "" && filepath.Base(c.Out) != want {
		return usagef("learned words of %s stand in a file named %s: --out %s", domain, want, filepath.Join(filepath.Dir(c.Out), want))
	}
	for _, name := range []string{c.Out, c.Model} {
		if info, err := os.Stat(filepath.Dir(name)); name != "" && (err != nil || !info.IsDir()) {
			return usagef("%s: there is no folder %s: make it first", name, filepath.Dir(name))
		}
	}
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	l, err := c.open(cfg)
	if err != nil {
		return err
	}
	examples, names, err := c.read(p)
	if err != nil {
		return err
	}
	if c.Model != "" {
		m, err := l.FitModel(examples)
		if err != nil {
			return err
		}
		if err := writeFile(c.Model, m.Bytes("Fitted weights of the features of a message. Written by odzew lexicon fit."), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "wrote %s\n", c.Model)
	}
	if c.Out == "" {
		return nil
	}
	fitted, err := l.Fit(examples, workbench.FitOptions{Lang: langOf(c.Lang), Domain: domain, Least: int(c.Min), Most: int(c.Top), L1: c.L1, L2: c.L2})
	if err != nil {
		return err
	}
	if err := c.write(fitted, names); err != nil {
		return err
	}
	if p.global.JSON {
		return p.printJSON(struct {
			Out     string      `json:"out"`
			Entries int         `json:"entries"`
			Learned int         `json:"learned_from"`
			Held    int         `json:"held_back"`
			Before  eval.Report `json:"before"`
			After   eval.Report `json:"after"`
		}{c.Out, len(fitted.File.Rows), fitted.Learned, fitted.Held, fitted.Before, fitted.After})
	}
	return c.print(p, fitted)
}

// read reads the messages of all files, each with the weight that stands behind @.
func (c *lexiconFitCmd) read(p *program) (examples []sentiment.Example, names []string, err error) {
	for _, d := range c.Data {
		name, weight := d, 1.0
		if at := strings.LastIndexByte(d, '@'); at >= 0 {
			v, err := strconv.ParseFloat(d[at+1:], 64)
			switch _, missing := os.Stat(d); {
			case err == nil && v > 0 && !math.IsInf(v, 1):
				name, weight = d[:at], v
			case missing != nil:
				return nil, nil, usagef("--data %s: behind @ stands how much each message counts, a number above 0", d)
			}
		}
		more, err := p.readExamples(name)
		if err != nil {
			return nil, nil, err
		}
		for i := range more {
			more[i].Weight = weight
		}
		examples = append(examples, more...)
		names = append(names, filepath.Base(name))
	}
	return examples, names, nil
}

// write writes the learned words with their origin and licence on top.
func (c *lexiconFitCmd) write(fitted *workbench.Fitted, names []string) error {
	comment := []string{
		fmt.Sprintf("Learned from %d messages. Learning anew writes over what is edited here; that is done by", fitted.Learned),
		fmt.Sprintf("odzew lexicon fit --lang %s --domain %s --data %s --top %d --min %d --l1 %g --l2 %g", c.Lang, c.Domain, strings.Join(names, ","), c.Top, c.Min, c.L1, c.L2),
		"licence: " + c.Licence,
	}
	if c.Attribution != "" {
		comment = append(comment, "attribution: "+c.Attribution)
	}
	return writeFile(c.Out, fitted.File.Bytes(comment...), 0o644)
}

func (c *lexiconFitCmd) print(p *program, fitted *workbench.Fitted) error {
	w := &errWriter{w: p.stdout}
	w.printf("%d words learned from %d messages, in %s\non %d messages that were held back:\n\n%-26s%-24s%s\n", len(fitted.File.Rows), fitted.Learned, c.Out, fitted.Held, "", "before", "with them")
	for _, f := range []struct {
		name string
		of   func(*eval.Report) eval.Interval
	}{
		{"accuracy", func(r *eval.Report) eval.Interval { return r.Accuracy }},
		{"macro-F1, four classes", func(r *eval.Report) eval.Interval { return r.F1Four }},
		{"macro-F1, three classes", func(r *eval.Report) eval.Interval { return r.F1Three }},
	} {
		w.printf("%-26s", f.name)
		for _, r := range []*eval.Report{&fitted.Before, &fitted.After} {
			v := f.of(r)
			w.printf("%-24s", fmt.Sprintf("%.3f  (%.3f–%.3f)", v.Value, v.Low, v.High))
		}
		w.printf("\n")
	}
	return w.err
}

func langOf(name string) lexicon.Lang {
	switch name {
	case "pl":
		return lexicon.PL
	case "en":
		return lexicon.EN
	}
	return lexicon.Any
}

type lexiconSuggestCmd struct {
	lexiconFlags `embed:""`
	Data         []string `help:"Messages, labelled or not (default: those of the database)." placeholder:"FILE"`
	Background   []string `help:"Messages to compare with: words that --data has oftener are suggested." placeholder:"FILE"`
	Min          count    `help:"A word must stand in this many messages." default:"5" placeholder:"N"`
	Top          count    `help:"Suggest at most this many a language." default:"30" placeholder:"N"`
	TSV          bool     `name:"tsv" help:"Print a file of entries only."`
}

func (c *lexiconSuggestCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	l, err := c.open(cfg)
	if err != nil {
		return err
	}
	samples := func(yield func(workbench.Sample, error) bool) {
		for i, name := range slices.Concat(c.Background, c.Data) {
			examples, err := p.readExamples(name)
			if err != nil {
				yield(workbench.Sample{}, err)
				return
			}
			for s := range workbench.SamplesOf(examples, i < len(c.Background)) {
				if !yield(s, nil) {
					return
				}
			}
		}
		if len(c.Data) > 0 {
			return
		}
		for s, err := range p.storedSamples(ctx, cfg, l.Scorer) {
			if !yield(s, err) {
				return
			}
		}
	}
	list, err := l.Suggest(samples, workbench.SuggestOptions{Least: int(c.Min), Most: int(c.Top)})
	if err != nil {
		return err
	}
	if c.TSV {
		return c.printTSV(p, list)
	}
	if p.global.JSON {
		for _, s := range list {
			if err := p.printJSON(suggestionLine(s)); err != nil {
				return err
			}
		}
		return nil
	}
	w := &errWriter{w: p.stdout}
	for _, s := range list {
		var b bytes.Buffer
		if err := lexicon.Write(&b, nil, []lexicon.Entry{s.Entry}); err != nil {
			return err
		}
		_, row, _ := strings.Cut(b.String(), "\n")
		w.printf("%s", row)
		if s.POS != lexicon.NoPOS {
			w.printf("    %s\n", s.POS)
		}
		for _, x := range s.Examples {
			w.printf("    “%s”\n", mask.Quote(x, shown))
		}
	}
	if len(list) == 0 {
		fmt.Fprintln(p.stderr, "nothing to suggest: too few messages, or the lexicon knows their words")
	}
	return w.err
}

func (c *lexiconSuggestCmd) printTSV(p *program, list []workbench.Suggestion) error {
	var entries []lexicon.Entry
	for _, s := range list {
		if len(entries) > 0 && entries[0].Lang != s.Entry.Lang {
			return usagef("the messages are in two languages, whose entries stand in two files: leave out --tsv, or suggest from each alone")
		}
		entries = append(entries, s.Entry)
	}
	return lexicon.Write(p.stdout, nil, entries)
}

// A suggestedEntry is a line of `odzew lexicon suggest --json`.
type suggestedEntry struct {
	entryLine
	Class     odzew.Sentiment `json:"class"`
	Z         float64         `json:"z"`
	N         int             `json:"n"`
	InClass   int             `json:"n_class"`
	Misjudged int             `json:"n_misjudged"`
	Tagged    string          `json:"tagged,omitempty"`
	Examples  []string        `json:"examples"`
}

func suggestionLine(s workbench.Suggestion) suggestedEntry {
	out := suggestedEntry{lineOf(&s.Entry, ""), s.Class, s.Z, s.N, s.In, s.Misjudged, s.POS.String(), []string{}}
	for _, x := range s.Examples {
		out.Examples = append(out.Examples, mask.Quote(x, shown))
	}
	return out
}

// stored yields the conversations of the database, oldest first.
func (p *program) stored(ctx context.Context, cfg *Config) iter.Seq2[*store.Stored, error] {
	return func(yield func(*store.Stored, error) bool) {
		st, err := p.openStore(ctx, cfg, store.Options{ReadOnly: true})
		if err != nil {
			yield(nil, err)
			return
		}
		defer st.Close()
		for after := int64(0); ; {
			// No finding is of no version, so all are pending.
			ids, err := st.Pending(ctx, store.Versions{}, after, analyzeRange)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(ids) == 0 {
				return
			}
			after = ids[len(ids)-1]
			for list, err := range st.Parts(ctx, ids) {
				if err != nil {
					yield(nil, err)
					return
				}
				for i := range list {
					if list[i].Excluded == "" && !yield(&list[i], nil) {
						return
					}
				}
			}
		}
	}
}

// storedSamples yields what customers wrote, without quotes and signatures.
func (p *program) storedSamples(ctx context.Context, cfg *Config, s *sentiment.Scorer) iter.Seq2[workbench.Sample, error] {
	a := &analyzer.Analyzer{Scorer: s}
	return func(yield func(workbench.Sample, error) bool) {
		for c, err := range p.stored(ctx, cfg) {
			if err != nil {
				yield(workbench.Sample{}, err)
				return
			}
			for i := range c.Messages {
				if _, own, ok := a.ScoreMessage(&c.Messages[i]); ok && !yield(workbench.Sample{Text: own}, nil) {
					return
				}
			}
		}
	}
}

type lexiconDiffCmd struct {
	A        string   `arg:"" optional:"" default:"shipped" help:"shipped, the folder of a whole lexicon, or one of entries on top of the shipped ones."`
	B        string   `arg:"" optional:"" help:"The other (default: the configuration's folder of entries)."`
	Data     []string `help:"Messages, labelled or not (default: the conversations of the database)." placeholder:"FILE"`
	Examples count    `help:"Examples of each change." default:"3" placeholder:"N"`
}

func (c *lexiconDiffCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	other := c.B
	if other == "" {
		other = cfg.Lexicon.Overlay
	}
	if other == "" {
		return usagef("name two lexicons to compare, or a folder of entries in the configuration (lexicon: {overlay: DIR})")
	}
	a, err := openNamed(c.A)
	if err != nil {
		return err
	}
	b, err := openNamed(other)
	if err != nil {
		return err
	}
	cmp := workbench.Comparison{Examples: int(c.Examples)}
	for _, name := range c.Data {
		examples, err := p.readExamples(name)
		if err != nil {
			return err
		}
		cmp.CompareMessages(a.Scorer, b.Scorer, examples)
	}
	if len(c.Data) == 0 {
		if err := c.stored(ctx, p, cfg, a, b, &cmp); err != nil {
			return err
		}
	}
	changes := cmp.Changes()
	for i := range changes {
		for k := range changes[i].Examples {
			x := &changes[i].Examples[k]
			x.Text = mask.Quote(x.Text, shown)
		}
	}
	if p.global.JSON {
		return p.printJSON(struct {
			workbench.Comparison
			Changes []workbench.Change `json:"changes"`
		}{cmp, changes})
	}
	w := &errWriter{w: p.stdout}
	w.printf("%d messages, %d changed", cmp.Messages, cmp.MessagesChanged)
	if len(c.Data) == 0 {
		w.printf("; %d conversations, %d changed; %d customers", cmp.Conversations, cmp.ConversationsChanged, cmp.Customers)
	}
	w.printf("\n")
	for _, x := range changes {
		w.printf("\n%6d  %s: %s → %s\n", x.N, x.Figure, x.From, x.To)
		for _, e := range x.Examples {
			w.printf("        %s  “%s”\n", mask.Clean(e.ID), e.Text)
		}
	}
	return w.err
}

// stored compares the findings in the conversations of the database.
func (c *lexiconDiffCmd) stored(ctx context.Context, p *program, cfg *Config, a, b *workbench.Lexicon, cmp *workbench.Comparison) error {
	with := [2]*analyzer.Analyzer{}
	for i, l := range []*workbench.Lexicon{a, b} {
		var err error
		if with[i], err = analyzerWith(cfg, l.Scorer); err != nil {
			return err
		}
	}
	now := p.now()
	var list []analyzer.Input
	for s, err := range p.stored(ctx, cfg) {
		if err != nil {
			return err
		}
		list = append(list, analyzer.Input{Conversation: s.Conversation, Merged: s.Merged})
		if len(list) == analyzeRange {
			cmp.CompareConversations(with[0], with[1], list, now)
			list = list[:0]
		}
	}
	cmp.CompareConversations(with[0], with[1], list, now)
	return nil
}

type lexiconImportCmd struct {
	lexiconFlags `embed:""`
	File         string  `arg:"" help:"The word list; - is stdin."`
	Format       string  `required:"" help:"vader: word, mean from -4 to 4; afinn: word, figure from -5 to 5; list: words only." enum:"vader,afinn,list"`
	Lang         string  `help:"Language of the words: pl or en." enum:"pl,en" default:"en"`
	Polarity     float64 `help:"Polarity of the words of a list, -1 to 1." placeholder:"N"`
	Licence      string  `required:"" help:"Licence of the list." placeholder:"NAME"`
	New          bool    `help:"Leave out what the lexicon has a tone for."`
}

func (c *lexiconImportCmd) Run(p *program) error {
	if c.Format == "list" && (c.Polarity == 0 || c.Polarity < -1 || c.Polarity > 1) {
		return usagef("a list has no figures: give all its words one with --polarity, from -1 to 1")
	}
	if strings.TrimSpace(c.Licence) == "" || strings.ContainsAny(c.Licence, "\r\n") {
		return usagef("--licence is one line")
	}
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	f, err := p.openInput(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	name := filepath.Base(c.File)
	entries, bad, err := workbench.Import(f, c.File, workbench.ImportOptions{Format: workbench.Format(c.Format), Lang: langOf(c.Lang), Polarity: c.Polarity, Note: c.Format + ": " + name})
	if err != nil {
		return err
	}
	for _, e := range bad {
		fmt.Fprintln(p.stderr, "odzew:", mask.Clean(e.Error()))
		p.partial = true
	}
	if c.New {
		l, err := c.open(cfg)
		if err != nil {
			return err
		}
		entries = slices.DeleteFunc(entries, func(e lexicon.Entry) bool { return l.HasTone(&e, c.Lang) })
	}
	return lexicon.Write(p.stdout, []string{
		fmt.Sprintf("Imported by odzew lexicon import from %s (%s): words as forms, figures scaled to -1 to 1, opinion as strong as the polarity.", name, c.Format),
		"licence: " + c.Licence,
	}, entries)
}
