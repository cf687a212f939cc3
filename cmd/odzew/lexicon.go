package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
)

// lexiconCmd is the workbench for those who tune the lexicon; docs/tuning.md shows
// each command at work.
type lexiconCmd struct {
	Lint     lexiconLintCmd     `cmd:"" help:"Check the entries: duplicates, conflicts, what can never match. Exit 1 on errors."`
	Test     lexiconTestCmd     `cmd:"" help:"Run the phrase tests beside the entries. Exit 1 on failures."`
	Eval     lexiconEvalCmd     `cmd:"" help:"Measure on labelled messages or conversations."`
	Fit      lexiconFitCmd      `cmd:"" help:"Learn entries, or the model's weights, from labelled messages."`
	Suggest  lexiconSuggestCmd  `cmd:"" help:"Find words that entries lack."`
	Diff     lexiconDiffCmd     `cmd:"" help:"Show what flips between two lexicons."`
	Show     lexiconShowCmd     `cmd:"" help:"Show the entries that know a word or phrase."`
	Import   lexiconImportCmd   `cmd:"" help:"Turn a foreign word list into entries."`
	Export   lexiconExportCmd   `cmd:"" help:"Print all entries in one file."`
	History  lexiconHistoryCmd  `cmd:"" help:"The versions that analyses went by, and which is live."`
	Rollback lexiconRollbackCmd `cmd:"" help:"Put the entries of an older version back."`
	Shadow   lexiconShadowCmd   `cmd:"" help:"What a candidate folder of entries finds beside the live one."`
}

// lexiconFlags say which lexicon is on the workbench.
type lexiconFlags struct {
	Lexicon string   `help:"Folder of a whole lexicon (default: the shipped one)." placeholder:"DIR"`
	Overlay []string `help:"Folder of entries on top (default: the configuration's)." placeholder:"DIR"`
}

// open opens the lexicon that the flags and the configuration name.
func (f *lexiconFlags) open(cfg *Config) (*workbench.Lexicon, error) {
	l, err := f.openBroken(cfg)
	if err == nil && len(l.Errors) > 0 {
		return nil, usagef("lexicon: %w", l.Errors)
	}
	return l, err
}

// openBroken opens it also where lines of it are not understood.
func (f *lexiconFlags) openBroken(cfg *Config) (*workbench.Lexicon, error) {
	overlays := f.Overlay
	if len(overlays) == 0 && cfg.Lexicon.Overlay != "" {
		overlays = []string{cfg.Lexicon.Overlay}
	}
	return openLexicon(f.Lexicon, overlays)
}

func openLexicon(whole string, overlays []string) (*workbench.Lexicon, error) {
	base := workbench.Layer{FS: lexicon.Shipped()}
	if whole != "" {
		base = workbench.Layer{Name: whole, FS: os.DirFS(whole)}
	}
	var over []workbench.Layer
	for _, dir := range append([]string{whole}, overlays...) {
		if dir == "" {
			continue
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, usagef("there is no folder %s", dir)
		}
	}
	for _, dir := range overlays {
		over = append(over, workbench.Layer{Name: dir, FS: os.DirFS(dir)})
	}
	model, err := sentiment.LoadModel(base.FS)
	if errors.Is(err, fs.ErrNotExist) {
		model, err = sentiment.LoadModel(lexicon.Shipped())
	}
	if err != nil {
		return nil, usageError{err}
	}
	l, err := workbench.Open(model, base, over...)
	if whole != "" && errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("%w; if it holds entries on top of the shipped ones, name it with --overlay", err)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return l, nil
}

// openNamed opens a lexicon by one name: "shipped", the folder of a whole one, or
// one of entries on top of the shipped ones.
func openNamed(name string) (*workbench.Lexicon, error) {
	var (
		l   *workbench.Lexicon
		err error
	)
	if name == "shipped" {
		l, err = openLexicon("", nil)
	} else if _, serr := os.Stat(filepath.Join(name, "classes.tsv")); serr == nil {
		l, err = openLexicon(name, nil)
	} else {
		l, err = openLexicon("", []string{name})
	}
	if err == nil && len(l.Errors) > 0 {
		return nil, usagef("lexicon %s: %w", name, l.Errors)
	}
	return l, err
}

// openInput opens a file, or stdin for "-".
func (p *program) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, usageError{err}
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, usagef("%s is a directory; name a file", name)
	}
	return f, nil
}

// readExamples reads messages: labelled or not, as JSON Lines or TSV; a file whose
// name ends in .txt holds one text a line.
func (p *program) readExamples(name string) ([]sentiment.Example, error) {
	f, err := p.openInput(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if filepath.Ext(name) != ".txt" {
		return eval.Read(f, name)
	}
	var out []sentiment.Example
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, maxLine)
	for n := 1; sc.Scan(); n++ {
		if text := strings.TrimSpace(sc.Text()); text != "" {
			out = append(out, sentiment.Example{ID: strconv.Itoa(n), Text: text, Weight: 1})
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: there are no messages in it", name)
	}
	return out, nil
}

// shown is how many characters of a customer's text are shown.
const shown = 160

type lexiconLintCmd struct {
	lexiconFlags `embed:""`
	Corpus       string `help:"Texts (JSON Lines, TSV, or .txt with one a line): entries that stand in none are noted." placeholder:"FILE"`
	Notes        bool   `help:"Print the notes as well."`
	Below        bool   `help:"With an overlay: check the entries below it, too."`
}

func (c *lexiconLintCmd) Run(p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	l, err := c.openBroken(cfg)
	if err != nil {
		return err
	}
	var corpus []string
	if c.Corpus != "" {
		examples, err := p.readExamples(c.Corpus)
		if err != nil {
			return err
		}
		for i := range examples {
			corpus = append(corpus, examples[i].Text)
		}
	}
	problems, err := l.Lint(workbench.LintOptions{Below: c.Below, Corpus: corpus})
	if err != nil {
		return err
	}
	counts := map[workbench.Severity]int{}
	w := &errWriter{w: p.stdout}
	for _, x := range problems {
		counts[x.Severity]++
		if x.Severity == workbench.SeverityNote && !c.Notes && x.Check != "unused" {
			continue
		}
		if p.global.JSON {
			if err := p.printJSON(x); err != nil {
				return err
			}
			continue
		}
		w.printf("%s\n", mask.Clean(x.String()))
	}
	if !p.global.JSON {
		w.printf("%d entries: %d errors, %d warnings, %d notes\n", len(l.Set.Entries), counts[workbench.SeverityError], counts[workbench.SeverityWarning], counts[workbench.SeverityNote])
	}
	if w.err == nil && counts[workbench.SeverityError] > 0 {
		return errQuiet
	}
	return w.err
}

type lexiconTestCmd struct {
	lexiconFlags `embed:""`
}

// A testResult is what `odzew lexicon test --json` prints.
type testResult struct {
	Tests    int           `json:"tests"`
	Failed   int           `json:"failed"`
	Failures []testFailure `json:"failures"`
}

type testFailure struct {
	File     string           `json:"file"`
	Line     int              `json:"line"`
	Text     string           `json:"text"`
	Wrong    []string         `json:"wrong"`
	Evidence []odzew.Evidence `json:"evidence"`
}

func (c *lexiconTestCmd) Run(p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	l, err := c.open(cfg)
	if err != nil {
		return err
	}
	tests, bad, err := l.Tests()
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return usageError{bad}
	}
	failures := l.RunTests(tests)
	if len(l.Layers) > 1 {
		below, err := openLexicon(c.Lexicon, nil)
		if err != nil {
			return err
		}
		failures = l.Broken(tests, below)
	}
	if p.global.JSON {
		out := testResult{Tests: len(tests), Failed: len(failures), Failures: []testFailure{}}
		for _, f := range failures {
			out.Failures = append(out.Failures, testFailure{f.File, f.Line, mask.Personal(f.Text), f.Wrong, covered(f.Score).Evidence})
		}
		err = p.printJSON(out)
	} else {
		w := &errWriter{w: p.stdout}
		for _, f := range failures {
			w.printf("%s:%d: %s\n    %s\n", f.File, f.Line, strings.Join(f.Wrong, "; "), mask.Personal(mask.Clean(f.Text)))
			for _, e := range f.Score.Evidence {
				w.printf("    %+6.2f  %-18s %-24s %s\n", e.Weight, e.Rule, mask.Personal(mask.Clean(e.Text)), mask.Clean(e.Entry))
			}
		}
		w.printf("%d tests, %d failed\n", len(tests), len(failures))
		err = w.err
	}
	if err == nil && len(failures) > 0 {
		return errQuiet
	}
	return err
}

type lexiconEvalCmd struct {
	lexiconFlags `embed:""`
	Data         []string `required:"" help:"Labelled messages (TSV: id, label, text; or JSON Lines) or conversations (JSON Lines)." placeholder:"FILE"`
	Worst        count    `help:"Show this many of the worst mistakes." placeholder:"N"`
	Alarms       bool     `help:"List the entries that raise messages without labels of frustration to level 2."`
	Strip        []string `help:"Take from the texts: diacritics, punctuation, case." enum:"diacritics,punctuation,case" placeholder:"WHAT"`
}

func (c *lexiconEvalCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	l, err := c.open(cfg)
	if err != nil {
		return err
	}
	for _, name := range c.Data {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.evaluate(p, cfg, l, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *lexiconEvalCmd) evaluate(p *program, cfg *Config, l *workbench.Lexicon, name string) error {
	f, err := p.openInput(name)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	if start, _ := in.Peek(in.Size()); workbench.AreConversations(start) {
		set, err := workbench.ReadConversations(in, name)
		if err != nil {
			return err
		}
		return c.conversations(p, cfg, l, name, set)
	}
	examples, err := eval.Read(in, name)
	if err != nil {
		return err
	}
	labelled := func(e sentiment.Example) bool { return e.Sentiment != "" || e.Full }
	if !c.Alarms && !slices.ContainsFunc(examples, labelled) {
		return fmt.Errorf("%s: no labelled messages, so nothing to measure on: label them with a sentiment or frustration; --alarms shows what unlabelled ones raise", name)
	}
	if len(c.Strip) > 0 {
		for i := range examples {
			examples[i].Text = workbench.Strip(examples[i].Text, c.Strip...)
		}
	}
	ev := workbench.Evaluate(l.Scorer, examples, int(c.Worst))
	if c.Alarms && ev.Alarms != nil {
		l.ListFired(ev.Alarms, examples)
	}
	for i := range ev.Mistakes {
		ev.Mistakes[i].Text = mask.Quote(ev.Mistakes[i].Text, shown)
	}
	if p.global.JSON {
		return p.printJSON(struct {
			Data  string   `json:"data"`
			Strip []string `json:"strip,omitempty"`
			workbench.Evaluation
		}{name, c.Strip, ev})
	}
	w := &errWriter{w: p.stdout}
	w.printf("%s%s\n\n%s", name, without(c.Strip), ev.All)
	if len(ev.Groups) > 0 {
		w.printf("\n%-20s%8s%10s%8s%8s%9s%8s\n", "", "n", "accuracy", "F1 of 4", "F1 of 3", "signals", "level 2")
	}
	for _, g := range ev.Groups {
		r := &g.Report
		w.printf("%-20s%8d%10.3f%8.3f%8.3f", g.Name, r.N, r.Accuracy.Value, r.F1Four.Value, r.F1Three.Value)
		if r.Full > 0 {
			w.printf("%9.3f%8.3f", r.SignalsF1, r.FrustrationF1)
		}
		w.printf("\n")
	}
	if ev.Alarms != nil {
		printAlarms(w, ev.Alarms)
	}
	if len(ev.Mistakes) > 0 {
		w.printf("\nthe worst mistakes\n")
	}
	for _, m := range ev.Mistakes {
		w.printf("%s: is %s, found %s (%.2f)\n    %s\n", mask.Clean(m.ID), m.Truth, m.Found, m.Confidence, m.Text)
	}
	return w.err
}

func without(strip []string) string {
	if len(strip) == 0 {
		return ""
	}
	return ", without " + strings.Join(strip, ", ")
}

func (c *lexiconEvalCmd) conversations(p *program, cfg *Config, l *workbench.Lexicon, name string, set []workbench.LabelledConversation) error {
	a, err := analyzerWith(cfg, l.Scorer)
	if err != nil {
		return err
	}
	r := workbench.EvaluateConversations(a, set)
	if p.global.JSON {
		return p.printJSON(struct {
			Data          string                       `json:"data"`
			Conversations workbench.ConversationReport `json:"conversations"`
		}{name, r})
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n\n%s", name, r)
	return err
}

// analyzerWith is the desk's analyzer with a scorer of the workbench.
func analyzerWith(cfg *Config, s *sentiment.Scorer) (*analyzer.Analyzer, error) {
	set, err := cfg.schedules()
	if err != nil {
		return nil, err
	}
	return &analyzer.Analyzer{Scorer: s, Calendars: set, Touchpoints: cfg.Touchpoints}, nil
}

type lexiconShowCmd struct {
	lexiconFlags `embed:""`
	Phrase       []string `arg:"" help:"A word or phrase, as a customer may write it."`
	All          bool     `help:"All entries that have it among their words, not only the first ten."`
}

func (c *lexiconShowCmd) Run(p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	l, err := c.open(cfg)
	if err != nil {
		return err
	}
	phrase := strings.ToValidUTF8(strings.Join(c.Phrase, " "), "\uFFFD")
	list := l.Show(phrase)
	if len(list) == 0 {
		return fmt.Errorf("no entry knows %q", mask.Clean(phrase))
	}
	w := &errWriter{w: p.stdout}
	parts := 0
	for _, s := range list {
		if !s.Match {
			if parts++; parts > 10 && !c.All {
				continue
			}
		}
		if p.global.JSON {
			if err := p.printJSON(struct {
				entryLine
				Match  bool     `json:"match"`
				Counts bool     `json:"counts"`
				Forms  []string `json:"forms,omitempty"`
			}{lineOf(&s.Entry, s.File), s.Match, s.Counts, s.Forms}); err != nil {
				return err
			}
			continue
		}
		what := "has it among its words"
		switch {
		case s.Counts:
			what = "counts"
		case s.Match:
			what = "stands there, but another takes its place"
		}
		w.printf("%s: %s: %s, %s\n", s.Where, s.Entry.Pattern, describe(&s.Entry), what)
		if s.Match && len(s.Forms) > 1 {
			const most = 12
			w.printf("    forms: %s", strings.Join(s.Forms[:min(most, len(s.Forms))], " "))
			if more := len(s.Forms) - most; more > 0 {
				w.printf(" and %d more", more)
			}
			w.printf("\n")
		}
	}
	if parts > 10 && !c.All && !p.global.JSON {
		w.printf("%d more have it among their words; --all lists them\n", parts-10)
	}
	return w.err
}

// describe says in words what an entry does.
func describe(e *lexicon.Entry) string {
	out := e.Kind.String()
	if e.Polarity != 0 {
		out += fmt.Sprintf(" %+.2f", e.Polarity)
	}
	if e.Opinion != 0 {
		out += fmt.Sprintf(", opinion %.2f", e.Opinion)
	}
	if e.Weights != [4]float64{} {
		out += fmt.Sprintf(" of %s, %v", e.Note, e.Weights)
	}
	for _, s := range []string{e.Tags.String(), e.POS.String()} {
		if s != "" {
			out += ", " + s
		}
	}
	return out
}

type lexiconExportCmd struct {
	lexiconFlags `embed:""`
	Format       string `help:"tsv or json (a line an entry)." enum:"tsv,json" default:"tsv"`
	Lang         string `help:"pl, en or any (emoji); tsv needs one." enum:",pl,en,any" default:""`
}

// An entryLine is an entry in JSON.
type entryLine struct {
	Entry    string    `json:"entry"`
	Kind     string    `json:"kind"`
	Polarity float64   `json:"polarity"`
	Opinion  float64   `json:"opinion"`
	Tags     []string  `json:"tags"`
	POS      string    `json:"pos,omitempty"`
	Note     string    `json:"note,omitempty"`
	Weights  []float64 `json:"weights,omitempty"`
	Lang     string    `json:"lang"`
	File     string    `json:"file,omitempty"`
	Line     int       `json:"line,omitempty"`
}

func lineOf(e *lexicon.Entry, file string) entryLine {
	out := entryLine{
		Entry: e.Pattern, Kind: e.Kind.String(), Polarity: e.Polarity, Opinion: e.Opinion, Tags: strings.Fields(e.Tags.String()),
		POS: e.POS.String(), Note: e.Note, Lang: e.Lang.String(), File: file, Line: e.Line,
	}
	if e.Weights != [4]float64{} {
		out.Weights = e.Weights[:]
	}
	return out
}

func (c *lexiconExportCmd) Run(p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	asJSON := c.Format == "json" || p.global.JSON
	if c.Lang == "" && !asJSON {
		return usagef("a file of entries is of one language: name it with --lang, or use --format json")
	}
	l, err := c.open(cfg)
	if err != nil {
		return err
	}
	var entries []lexicon.Entry
	for i := range l.Set.Entries {
		if e := &l.Set.Entries[i]; c.Lang == "" || e.Lang == langOf(c.Lang) {
			entries = append(entries, *e)
		}
	}
	if !asJSON {
		return lexicon.Write(p.stdout, nil, entries)
	}
	for i := range entries {
		if err := p.printJSON(lineOf(&entries[i], l.File(&entries[i]))); err != nil {
			return err
		}
	}
	for _, f := range l.Set.Learned {
		for i := range f.Rows {
			if e := f.EntryOf(&f.Rows[i]); c.Lang == "" || e.Lang == langOf(c.Lang) {
				if err := p.printJSON(lineOf(&e, l.Layers[f.Layer].File(f.Name))); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
