package main

import (
	"bytes"
	"cmp"
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

	"github.com/goccy/go-yaml"

	"odzew"
	"odzew/analyzer/calendar"
	"odzew/analyzer/language"
	"odzew/analyzer/reply"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/waits"
	"odzew/connectors/mail"
	"odzew/reporter/mask"
)

// langCode is what counts of what a record says of its language: of en-GB the first part.
var langCode = regexp.MustCompile(`^([a-z]{2}|mixed|und)\b`)

type scoreCmd struct {
	Format     string `enum:"jsonl,lines" default:"jsonl" help:"jsonl: {\"id\",\"text\"} a line; lines: one text a line."`
	NoEvidence bool   `help:"Leave out the evidence: faster."`
}

func (c *scoreCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	sc, err := p.newScorer(cfg)
	if err != nil {
		return err
	}
	f := p.filter()
	return f.each(ctx, func(n int, line []byte) error {
		var in struct {
			ID   json.RawMessage `json:"id"`
			Text *string         `json:"text"`
			Lang string          `json:"lang"`
		}
		if c.Format == "lines" {
			text := string(line)
			in.Text = &text
			in.ID = fmt.Appendf(nil, `"%d"`, n)
		} else if err := readRecord(line, &in); err != nil {
			return f.setAside(n, err)
		} else if in.Text == nil {
			return f.setAside(n, errors.New(`the record has no "text"; a line is {"id":"1","text":"…"}`))
		}
		lang := langCode.FindString(strings.ToLower(in.Lang))
		if lang == "" && in.Lang != "" {
			return f.setAside(n, fmt.Errorf("lang is %q; it must be pl, en, mixed or another code of two letters; left out, it is found out", in.Lang))
		}
		s := sc.Score(strings.ToValidUTF8(*in.Text, "\uFFFD"), lang, !c.NoEvidence)
		if s.Evidence == nil && !c.NoEvidence {
			s.Evidence = []odzew.Evidence{}
		}
		return f.encode(scoreLine{in.ID, &s})
	})
}

// readRecord reads a line of a filter's input.
func readRecord(line []byte, v any) error {
	err := json.Unmarshal(line, v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is a JSON %s, which it cannot be", cmp.Or(wrong.Field, "the line"), wrong.Value)
	}
	if err != nil {
		return fmt.Errorf("not a JSON object: %w", err)
	}
	return nil
}

// A scoreLine is a score with the id as it came: a string or a number.
type scoreLine struct {
	ID json.RawMessage `json:"id,omitempty"`
	*odzew.Score
}

type waitsCmd struct {
	Calendar string `help:"Calendar file (default: the configuration's calendar)." placeholder:"FILE"`
}

func (c *waitsCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	set, err := p.calendars(cfg, c.Calendar)
	if err != nil {
		return err
	}
	sc, err := p.newScorer(cfg)
	if err != nil {
		return err
	}
	closing := func(_ int, m *odzew.Message) bool { return sc.Closing(reply.Split(m.Text).Own) }
	now := p.now()
	// A conversation that went into another answers for it, if it comes before it.
	var merges waits.Merges
	f := p.filter()
	return f.each(ctx, func(n int, line []byte) error {
		conv, err := odzew.ParseConversation(line)
		if err != nil {
			return f.setAside(n, err)
		}
		merges.Add(conv)
		w := waits.Measure(conv, set.For(&conv), now, waits.Options{IsClosing: closing, Merges: &merges})
		return f.encode(&w)
	})
}

// calendars compiles a calendar file, or the configuration's calendars.
func (p *program) calendars(cfg *Config, file string) (calendar.Set, error) {
	if file == "" {
		return cfg.schedules()
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError{err}
	}
	var cc calendar.Config
	if err := yaml.UnmarshalWithOptions(data, &cc, yaml.Strict()); err != nil {
		return nil, usageError{yamlError(file, err)}
	}
	if cc.Timezone == "" {
		cc.Timezone = cfg.Timezone
	}
	cc.Files = os.DirFS(filepath.Dir(file))
	schedule, err := calendar.Compile(cc)
	if err != nil {
		return nil, usagef("%s: %w", file, err)
	}
	return calendar.Set{schedule}, nil
}

type clockCmd struct {
	Calendar string `help:"Calendar file (default: the configuration's calendar)." placeholder:"FILE"`
	From     string `help:"Start; without it, a filter over {\"id\",\"from\",\"to\"} lines." placeholder:"T"`
	To       string `help:"End." placeholder:"T" xor:"end"`
	Target   int64  `help:"Business seconds: gives the deadline instead." placeholder:"N" xor:"end"`
}

type clockLine struct {
	ID              json.RawMessage `json:"id,omitempty"`
	Seconds         int64           `json:"seconds"`
	BusinessSeconds int64           `json:"business_seconds"`
}

func (c *clockCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	set, err := p.calendars(cfg, c.Calendar)
	if err != nil {
		return err
	}
	cal := set.For(&odzew.Conversation{})
	if c.From == "" {
		if c.To != "" || c.Target != 0 {
			return usagef("--to and --target need --from")
		}
		return clockFilter(ctx, p, cal)
	}
	from, err := parseInstant(c.From, cal.Zone())
	if err != nil {
		return usagef("--from: %w", err)
	}
	if c.To == "" {
		if c.Target <= 0 {
			return usagef("--from needs --to, or --target with seconds of opening hours")
		}
		at, ok := cal.Deadline(from, c.Target)
		if !ok {
			return fmt.Errorf("the calendar has no %d open seconds after %s", c.Target, from.Format(time.RFC3339))
		}
		return p.printJSON(struct {
			Deadline time.Time `json:"deadline"`
		}{at})
	}
	to, err := parseInstant(c.To, cal.Zone())
	if err != nil {
		return usagef("--to: %w", err)
	}
	return p.printJSON(clockLine{nil, to.Unix() - from.Unix(), cal.Elapsed(from, to)})
}

// An interval is a line of the clock's input.
type interval struct {
	ID       json.RawMessage
	From, To time.Time
}

// readInterval reads a line; what has no zone of its own is in the calendar's.
func readInterval(line []byte, zone *time.Location) (interval, error) {
	var in struct {
		ID       json.RawMessage `json:"id"`
		From, To string
	}
	if err := readRecord(line, &in); err != nil {
		return interval{}, err
	}
	if in.From == "" || in.To == "" {
		return interval{}, errors.New("the record needs from and to")
	}
	from, err := parseInstant(in.From, zone)
	if err != nil {
		return interval{}, fmt.Errorf("from: %w", err)
	}
	to, err := parseInstant(in.To, zone)
	if err != nil {
		return interval{}, fmt.Errorf("to: %w", err)
	}
	return interval{escapeControls(in.ID), from, to}, nil
}

// plainInterval reads the usual line, an object of plain strings, and leaves every
// other to readInterval, which takes ten times as long as the clock itself. The ID
// is a piece of line.
func plainInterval(line []byte) (in interval, ok bool) {
	rest := bytes.TrimSpace(line)
	if len(rest) < 2 || rest[0] != '{' || rest[len(rest)-1] != '}' {
		return in, false
	}
	rest = rest[1 : len(rest)-1]
	for {
		key, after, ok := plainString(rest)
		if !ok || len(after) == 0 || after[0] != ':' {
			return in, false
		}
		value, after, ok := plainString(after[1:])
		if !ok {
			return in, false
		}
		var err error
		switch string(key) {
		case `"id"`:
			in.ID = value
		case `"from"`:
			err = in.From.UnmarshalJSON(value)
		case `"to"`:
			err = in.To.UnmarshalJSON(value)
		default:
			return in, false
		}
		if err != nil {
			return in, false
		}
		if len(after) == 0 {
			return in, !in.From.IsZero() && !in.To.IsZero()
		}
		if after[0] != ',' {
			return in, false
		}
		rest = after[1:]
	}
}

// plainString takes a string without escapes, quotes included, and the spaces around
// it from the start of b.
func plainString(b []byte) (s, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, " \t")
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	end := bytes.IndexByte(b[1:], '"') + 2
	if end < 2 || bytes.IndexByte(b[:end], '\\') >= 0 {
		return nil, nil, false
	}
	for _, c := range b[:end] {
		if c < ' ' || c >= 0x7f {
			return nil, nil, false
		}
	}
	return b[:end], bytes.TrimLeft(b[end:], " \t"), true
}

// clockFilter answers a line each. Its output is put together by hand: encoding it
// would cost as much as all the rest.
func clockFilter(ctx context.Context, p *program, cal *calendar.Schedule) error {
	f := p.filter()
	var out []byte
	return f.each(ctx, func(n int, line []byte) error {
		in, ok := plainInterval(line)
		if !ok {
			var err error
			if in, err = readInterval(line, cal.Zone()); err != nil {
				return f.setAside(n, err)
			}
		}
		out = append(out[:0], '{')
		if in.ID != nil {
			out = append(append(append(out, `"id":`...), in.ID...), ',')
		}
		out = strconv.AppendInt(append(out, `"seconds":`...), in.To.Unix()-in.From.Unix(), 10)
		out = strconv.AppendInt(append(out, `,"business_seconds":`...), cal.Elapsed(in.From, in.To), 10)
		_, err := f.out.Write(append(out, '}', '\n'))
		return err
	})
}

type mailCmd struct {
	File []string `arg:"" help:"Mails (.eml); - reads one from stdin."`
}

// A mailLine is what `odzew mail` prints of one mail.
type mailLine struct {
	File       string          `json:"file,omitempty"`
	MessageID  string          `json:"message_id"`
	InReplyTo  string          `json:"in_reply_to"`
	References []string        `json:"references"`
	Date       *time.Time      `json:"date"`
	From       string          `json:"from"`
	To         []string        `json:"to"`
	Subject    string          `json:"subject"`
	Auto       string          `json:"auto"`
	Text       string          `json:"text"`
	Quoted     string          `json:"quoted"`
	Signature  string          `json:"signature"`
	Lang       string          `json:"lang"`
	Problems   []odzew.Problem `json:"problems,omitempty"`
}

func (c *mailCmd) Run(ctx context.Context, p *program) error {
	failed := 0
	for _, name := range c.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := p.readMail(name)
		if err != nil {
			fmt.Fprintln(p.stderr, "odzew:", cleanText(err.Error()))
			p.partial = true
			failed++
			continue
		}
		if len(c.File) > 1 {
			line.File = name
		}
		if err := p.printJSON(line); err != nil {
			return err
		}
	}
	if failed == len(c.File) {
		return errQuiet
	}
	return nil
}

func (p *program) readMail(name string) (*mailLine, error) {
	var r io.Reader = p.stdin
	if name == "-" {
		p.waitForInput()
	} else {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	m, err := mail.Parse(r)
	if wrong, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, wrong
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	parts := reply.Split(m.Body)
	line := &mailLine{
		MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References, From: m.From.Email, Subject: m.Subject, Auto: m.Auto,
		Text: parts.Own, Quoted: parts.Quoted, Signature: parts.Signature, Lang: language.Detect(parts.Own).Lang, Problems: m.Problems, To: []string{},
	}
	if line.References == nil {
		line.References = []string{}
	}
	for _, a := range m.To {
		line.To = append(line.To, a.Email)
	}
	if !m.Date.IsZero() {
		utc := m.Date.UTC()
		line.Date = &utc
	}
	return line, nil
}

type explainCmd struct {
	Text         string `arg:"" optional:"" help:"A text to score."`
	Message      string `help:"A stored message." placeholder:"ID" xor:"what"`
	Conversation string `help:"A stored conversation." placeholder:"ID" xor:"what"`
	Lang         string `help:"pl or en (default: found out)." enum:",pl,en" default:""`
}

func (c *explainCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	if (c.Text == "") == (c.Message == "" && c.Conversation == "") {
		return usagef("name one of TEXT, --message and --conversation")
	}
	if c.Text != "" {
		sc, err := p.newScorer(cfg)
		if err != nil {
			return err
		}
		text := strings.ToValidUTF8(c.Text, "\uFFFD")
		return p.explainText(sc, text, sc.Score(text, c.Lang, true))
	}
	return p.explainStored(ctx, cfg, c.Message, c.Conversation)
}

// explainText prints a score with its parts, and what it hangs on.
func (p *program) explainText(sc *sentiment.Scorer, text string, s odzew.Score) error {
	flips, tokens := sc.Flips(text, &s), tokensOf(sc, text, s.Lang)
	s = covered(s)
	if p.global.JSON {
		if s.Evidence == nil {
			s.Evidence = []odzew.Evidence{}
		}
		return p.printJSON(struct {
			*odzew.Score
			Flips  []sentiment.Flip `json:"flips"`
			Tokens []token          `json:"tokens"`
		}{&s, flips, tokens})
	}
	verdict := "not scored"
	if s.Sentiment != nil {
		verdict = string(*s.Sentiment)
	}
	if s.Reason != "" {
		verdict += " (" + s.Reason + ")"
	}
	w := &errWriter{w: p.stdout}
	w.printf("%s\n\n", p.mark(text, s.Evidence))
	w.printf("%-12s %s\n%-12s %s, confidence %.2f\n", "language", s.Lang, "sentiment", verdict, s.Confidence)
	w.printf("%-12s negative %.2f, neutral %.2f, positive %.2f, mixed %.2f\n", "", s.Probabilities.Negative, s.Probabilities.Neutral, s.Probabilities.Positive, s.Probabilities.Mixed)
	w.printf("%-12s %+.2f\n%-12s %.2f, level %d\n", "valence", s.Valence, "frustration", s.Frustration, s.Level)
	if len(s.Signals) > 0 {
		w.printf("%-12s %s\n", "signals", strings.Join(s.Signals, ", "))
	}
	for _, a := range s.Aspects {
		w.printf("%-12s %s: %s\n", "aspect", a.Aspect, a.Polarity)
	}
	if s.Stage != "" {
		w.printf("%-12s %s\n", "stage", s.Stage)
	}
	if s.Emotion != "" {
		w.printf("%-12s %s\n", "emotion", s.Emotion)
	}
	if len(s.Evidence) > 0 {
		w.printf("\n%8s  %-18s %-28s %s\n", "weight", "rule", "text", "entry")
	}
	sum := 0.0
	for _, e := range s.Evidence {
		sum += e.Weight
		words := mask.Clean(e.Text)
		if wholeText(&e) {
			words = mask.Cut(words, 24)
		}
		w.printf("%+8.2f  %-18s %-28s %s\n", e.Weight, e.Rule, words, mask.Clean(e.Entry))
	}
	if len(s.Evidence) > 0 {
		w.printf("%+8.2f  sum\n", sum)
	}
	for i := range flips {
		if i == 0 {
			w.printf("\n")
		}
		w.printf("%s\n", describeFlip(&flips[i]))
	}
	printTokens(w, tokens)
	return w.err
}

// describeFlip says in a line what would turn a verdict.
func describeFlip(f *sentiment.Flip) string {
	from, to := f.From, f.To
	if f.Of == sentiment.FlipLevel {
		from, to = "level "+from, "level "+to
	}
	if f.To == "" {
		line := from + " hangs on no few words"
		if f.Next != "" {
			line += fmt.Sprintf("; %s is next, less likely by %.2f", f.Next, f.Margin)
		}
		return line
	}
	without := make([]string, len(f.Without))
	for i, x := range f.Without {
		without[i] = "“" + mask.Quote(x.Text, shown) + "”"
	}
	return fmt.Sprintf("%s would be %s without %s", from, to, strings.Join(without, " and "))
}

// wholeText says whether evidence is of the text as a whole, and of no words in it.
func wholeText(e *odzew.Evidence) bool { return e.Rule == "limit" || e.Rule == "talk:reviews" }

// mark colours the pieces of evidence: green what speaks well, red what does not.
func (p *program) mark(text string, es []odzew.Evidence) string {
	if !p.colour() {
		return coverText(text)
	}
	colour := make([]int8, len(text))
	for _, e := range es {
		if wholeText(&e) {
			continue
		}
		for i := max(0, e.Start); i < e.End && i < len(text); i++ {
			switch {
			case e.Weight < 0:
				colour[i] = 31
			case e.Weight > 0:
				colour[i] = 32
			case colour[i] == 0:
				colour[i] = 33
			}
		}
	}
	var sb strings.Builder
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && colour[end] == colour[start] {
			end++
		}
		piece := cleanPiece(text[start:end])
		if colour[start] != 0 {
			piece = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colour[start], piece)
		}
		sb.WriteString(piece)
		start = end
	}
	return sb.String()
}

// cleanPiece is coverText for a piece of a text: a space at its ends parts it from its
// neighbours.
func cleanPiece(s string) string {
	const blank = " \t"
	clean := coverText(s)
	switch {
	case clean == "" && strings.ContainsAny(s, blank):
		return " "
	case strings.TrimSpace(clean) == "":
		return clean
	}
	if strings.TrimLeft(s, blank) != s {
		clean = " " + clean
	}
	if strings.TrimRight(s, blank) != s {
		clean += " "
	}
	return clean
}

// An errWriter keeps the first error of many prints.
type errWriter struct {
	w   io.Writer
	err error
}

func (w *errWriter) printf(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.w, format, args...)
	}
}
