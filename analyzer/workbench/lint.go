package workbench

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Checking a lexicon. What can be found out by trying an entry is tried: an entry
// that does not stand in its own words is wrong, however good it looks.

// A Severity says how bad a finding is.
type Severity string

// The severities. Only errors make a lexicon unfit.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityNote    Severity = "note"
)

// A Problem is one thing that is wrong, or odd, in a line of a lexicon.
type Problem struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Severity Severity `json:"severity"`
	// Check names what found it: syntax, duplicate, conflict, unreachable, guard,
	// forms, off, unused, licence, test, place.
	Check   string `json:"check"`
	Message string `json:"message"`
}

func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s: %s (%s)", p.File, p.Line, p.Severity, p.Message, p.Check)
}

// LintOptions are the settings of Lint.
type LintOptions struct {
	// Below checks the layers below a site's own, too.
	Below bool
	// Corpus are texts: entries that stand in none of them are noted.
	Corpus []string
}

type linter struct {
	*Lexicon
	o     LintOptions
	out   []Problem
	words map[string]bool // learned in the first layer, by language; nil before they are asked for
}

func (l *linter) add(file string, line int, s Severity, check, format string, args ...any) {
	if !l.o.Below && !l.Own(file) {
		return
	}
	l.out = append(l.out, Problem{file, line, s, check, fmt.Sprintf(format, args...)})
}

func (l *linter) entry(e *lexicon.Entry, s Severity, check, format string, args ...any) {
	l.add(l.File(e), e.Line, s, check, format, args...)
}

// Lint checks a lexicon, the worst first.
func (l *Lexicon) Lint(o LintOptions) ([]Problem, error) {
	t := linter{Lexicon: l, o: o}
	for _, e := range l.Errors {
		t.add(e.File, e.Line, SeverityError, "syntax", "%s", e.Msg)
	}
	if err := t.overlays(); err != nil {
		return nil, err
	}
	if err := t.places(); err != nil {
		return nil, err
	}
	t.sameMeaning()
	t.tryAll()
	t.guards()
	t.lemmas()
	t.inAllForms()
	if err := t.licences(); err != nil {
		return nil, err
	}
	if err := t.tests(); err != nil {
		return nil, err
	}
	if len(o.Corpus) > 0 {
		t.unused(o.Corpus)
	}
	order := func(p Problem) int {
		return slices.Index([]Severity{SeverityError, SeverityWarning, SeverityNote}, p.Severity)
	}
	slices.SortStableFunc(t.out, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return t.out, nil
}

// canonical is the same for patterns that mean the same.
func canonical(e *lexicon.Entry) string {
	var body, guards []string
	for _, it := range e.Items() {
		if it.Guard {
			guards = append(guards, it.Key)
			continue
		}
		body = append(body, fmt.Sprintf("%d %d %t %t %t %s", it.Gap, it.Skip, it.Start, it.End, it.Optional, it.Key))
	}
	slices.Sort(guards)
	return e.Lang.String() + " " + strings.Join(body, " / ") + " -- " + strings.Join(guards, " / ")
}

// overlays finds lines of a site's folder that do not do what they look like: those
// that silence nothing, and those that turn a shipped entry around.
func (l *linter) overlays() error {
	if len(l.Layers) == 1 {
		return nil
	}
	below, err := lexicon.ReadEntries(l.Layers[0].FS, false)
	if err := notLines(err); err != nil {
		return err
	}
	base := l.Layers[0]
	for _, layer := range l.Layers[1:] {
		over, err := lexicon.ReadEntries(layer.FS, true)
		if err := notLines(err); err != nil {
			return err
		}
		under := map[string][]*lexicon.Entry{}
		for i := range below {
			under[canonical(&below[i])] = append(under[canonical(&below[i])], &below[i])
		}
		for i := range over {
			e := &over[i]
			same := 0
			for _, b := range under[canonical(e)] {
				switch {
				case b.Pattern != e.Pattern && (e.Kind == lexicon.Off || e.Kind == b.Kind):
					l.add(layer.File(e.File), e.Line, SeverityWarning, "off", "means what %s:%d says as %q; write it so to take its place", base.File(b.File), b.Line, b.Pattern)
				case e.Kind == b.Kind && b.Polarity*e.Polarity < 0:
					l.add(layer.File(e.File), e.Line, SeverityWarning, "conflict", "%q (%s %+.2g) turns around %s:%d (%+.2g)", e.Pattern, e.Kind, e.Polarity, base.File(b.File), b.Line, b.Polarity)
				}
				same++
			}
			if e.Kind == lexicon.Off && same == 0 && !l.learned(e) {
				l.add(layer.File(e.File), e.Line, SeverityWarning, "off", "%q silences nothing: no entry has this pattern", e.Pattern)
			}
		}
		below = append(below, over...)
	}
	return nil
}

// learned reports whether a pattern of kind off silences a learned word.
func (l *linter) learned(e *lexicon.Entry) bool {
	if l.words == nil {
		l.words = map[string]bool{}
		if set, _ := lexicon.Load(l.Layers[0].FS); set != nil {
			for _, f := range set.Learned {
				for i := range f.Rows {
					l.words[f.Lang.String()+" "+f.Rows[i].Entry] = true
				}
			}
		}
	}
	return l.words[e.Lang.String()+" "+lexicon.Silenced(e.Pattern)]
}

// unread are the first lines of files that look like a lexicon's.
var unread = []string{"entry\t", "feature\t", "class\tlang", "text\tsentiment\t"}

// places finds files of a lexicon in a site's folder where none is read from.
func (l *linter) places() error {
	for _, layer := range l.Layers[1:] {
		read, err := lexicon.Files(layer.FS)
		if err != nil {
			return err
		}
		for _, pattern := range []string{"*", "*/*", "*/*/*"} {
			names, err := fs.Glob(layer.FS, pattern)
			if err != nil {
				return err
			}
			for _, name := range names {
				if slices.Contains(read, name) || strings.HasPrefix(path.Base(name), ".") {
					continue
				}
				if info, err := fs.Stat(layer.FS, name); err != nil || !info.Mode().IsRegular() {
					continue
				}
				data, err := fs.ReadFile(layer.FS, name)
				if err != nil {
					return err
				}
				if looks := func(head string) bool {
					return bytes.HasPrefix(data, []byte(head)) || bytes.Contains(data, []byte("\n"+head))
				}; slices.ContainsFunc(unread, looks) {
					l.add(layer.File(name), 1, SeverityWarning, "place", "is not read: in a site's folder entries stand in files named *.tsv in the folders pl and en, and those of emoji in emoji.tsv")
				}
			}
		}
		if len(read) == 0 {
			l.add(layer.File("pl"), 1, SeverityWarning, "place", "no entries here: they stand in files named *.tsv in the folders pl and en, and those of emoji in emoji.tsv")
		}
	}
	return nil
}

// notLines drops errors of single lines: those are reported already.
func notLines(err error) error {
	if _, ok := err.(lexicon.Errors); ok {
		return nil
	}
	return err
}

// sameMeaning finds entries that say the same twice, or the opposite.
func (l *linter) sameMeaning() {
	seen := map[string][]*lexicon.Entry{}
	for i := range l.Set.Entries {
		e := &l.Set.Entries[i]
		key := canonical(e)
		for _, other := range seen[key] {
			switch {
			case other.Kind == e.Kind:
				l.entry(e, SeverityError, "duplicate", "%q (%s) means what %s says as %q: keep one", e.Pattern, e.Kind, l.Where(other), other.Pattern)
			case opposed(e, other):
				l.entry(e, SeverityWarning, "conflict", "%q is %s %+.2g here, %s %+.2g in %s", e.Pattern, e.Kind, e.Polarity, other.Kind, other.Polarity, l.Where(other))
			}
		}
		seen[key] = append(seen[key], e)
	}
}

func opposed(a, b *lexicon.Entry) bool {
	factor := func(e *lexicon.Entry) bool { return e.Kind == lexicon.Booster || e.Kind == lexicon.Dampener }
	return !factor(a) && !factor(b) && a.Polarity*b.Polarity < 0
}

// tryAll tries each entry on its own words.
func (l *linter) tryAll() {
	found := make([]func(), len(l.Set.Entries))
	inParallel(len(found), func(i int) { found[i] = l.try(i) })
	for _, report := range found {
		if report != nil {
			report()
		}
	}
}

// try returns how to report what is wrong with an entry, or nil.
func (l *linter) try(i int) (report func()) {
	e := &l.Set.Entries[i]
	if !l.o.Below && !l.Own(l.File(e)) {
		return nil
	}
	stands, example, by := false, "", -1
	for s := range realisations(l.Set, e) {
		if example == "" {
			example = strings.TrimSuffix(strings.TrimPrefix(s, filler+" "), " "+filler)
		}
		r := l.Read(s, hintOf(e))
		k := slices.IndexFunc(r.Found, func(f sentiment.Found) bool { return f.Entry == i })
		if k < 0 {
			continue
		}
		stands = true
		f := r.Found[k]
		if f.Counts || e.POS != lexicon.NoPOS || e.Tags == (lexicon.Tags{}) && quiet(e) {
			return nil // what a tagger says of a word without a sentence says nothing
		}
		if by = r.Words[f.Start].Owner; by >= 0 && (boosts(&l.Set.Entries[by], e) || narrower(&l.Set.Entries[by], e)) {
			return nil
		}
	}
	switch {
	case !stands:
		return func() {
			l.entry(e, SeverityError, "unreachable", "%q can never match: it does not even stand in its own words, %q", e.Pattern, example)
		}
	case by >= 0:
		o := &l.Set.Entries[by]
		if o.Kind == e.Kind && canonical(o) == canonical(e) {
			return nil // a duplicate, and reported as that
		}
		return func() {
			l.entry(e, SeverityWarning, "unreachable", "%q (%s) never counts: %q (%s) in %s always takes its place", e.Pattern, e.Kind, o.Pattern, o.Kind, l.Where(o))
		}
	}
	return nil
}

// quiet reports whether an entry brings nothing of its own to count.
func quiet(e *lexicon.Entry) bool {
	return e.Polarity == 0 && (e.Kind == lexicon.Aspect || e.Kind == lexicon.Stage)
}

// boosts reports whether a tone has the words of a booster: it takes turns with it.
func boosts(tone, booster *lexicon.Entry) bool {
	return tone.Kind == lexicon.Tone && booster.Kind == lexicon.Booster &&
		strings.TrimPrefix(tone.Pattern, "=") == strings.TrimPrefix(booster.Pattern, "=")
}

// narrower reports whether an entry asks more of what stands around it than another:
// then it does not take its place everywhere.
func narrower(e, than *lexicon.Entry) bool {
	return slices.ContainsFunc(e.Items(), func(it lexicon.Item) bool {
		return (it.Guard || it.Start || it.End) && !slices.ContainsFunc(than.Items(), func(other lexicon.Item) bool {
			return other.Guard == it.Guard && other.Start == it.Start && other.End == it.End && other.Key == it.Key
		})
	})
}

// guards finds guards that nothing can stand against: where both edges of the clause
// are asked for and no word is left open, only the entry's own words are in it.
func (l *linter) guards() {
	for i := range l.Set.Entries {
		e := &l.Set.Entries[i]
		items := e.Items()
		start, end, open := false, false, false
		var own []string
		for _, it := range items {
			start, end = start || it.Start, end || it.End
			open = open || it.Gap > 0 || it.Skip > 0 || len(it.Classes) > 0 && !it.Guard
			if !it.Guard {
				own = append(own, it.Words...)
			}
		}
		for _, it := range items {
			if !it.Guard {
				continue
			}
			both := slices.IndexFunc(it.Words, func(w string) bool { return slices.Contains(own, w) })
			switch {
			case both >= 0:
				l.entry(e, SeverityWarning, "guard", "%q: the guard %q is one of the entry's own words, which it keeps out", e.Pattern, it.Words[both])
			case start && end && !open:
				l.entry(e, SeverityWarning, "guard", "%q: no guard can ever match: between ^ and $ there is no room for one", e.Pattern)
				start = false // once is enough
			}
		}
	}
}

// inAllForms finds learned words in all their forms of which none is known.
func (l *linter) inAllForms() {
	known := map[lexicon.Hash]bool{}
	for _, w := range l.Set.Lemmas() {
		_, h := lexicon.HashWord(w)
		known[h] = true
	}
	for _, f := range l.Set.Learned {
		for i := range f.Rows {
			r := &f.Rows[i]
			for part := range strings.FieldsSeq(r.Entry) {
				word, all := lexicon.InAllForms(part)
				if _, h := lexicon.HashWord(word); all && (f.Lang != lexicon.PL || !known[h]) {
					l.add(l.Layers[f.Layer].File(f.Name), int(r.Line), SeverityWarning, "forms", "the forms of %q are not known, so %q stands in no text: write its spellings, a line each", word, r.Entry)
					break
				}
			}
		}
	}
}

// lemmas finds Polish lemmas whose forms are not known.
func (l *linter) lemmas() {
	seen := map[string]bool{}
	for i := range l.Set.Entries {
		e := &l.Set.Entries[i]
		if e.Lang != lexicon.PL || e.Kind == lexicon.Emoji {
			continue
		}
		for _, it := range e.Items() {
			for _, w := range it.Words {
				if w[0] == '=' || seen[w] || l.Set.KnownLemma(w) || !isWord(w) {
					continue
				}
				seen[w] = true
				fix := "list its forms as alternatives, or run go generate ./lexicon if it is a lemma"
				if l.layer[keyOf(e)] > 0 {
					fix = "list its forms as alternatives, =x|=y"
				}
				l.entry(e, SeverityWarning, "forms", "the inflected forms of %q are not known, so it stands for itself alone: %s", w, fix)
			}
		}
	}
}

// licences finds files of learned entries that do not say under which licence
// they stand: they derive from data of others.
func (l *linter) licences() error {
	for _, layer := range l.Layers {
		for _, pattern := range []string{"*/*.tsv", "*.tsv"} {
			names, err := fs.Glob(layer.FS, pattern)
			if err != nil {
				return fmt.Errorf("%s: %w", layer.name(), err)
			}
			for _, name := range names {
				learned := strings.HasPrefix(path.Base(name), "learned")
				data, err := fs.ReadFile(layer.FS, name)
				if err != nil {
					return fmt.Errorf("%s: %w", layer.name(), err)
				}
				said := false
				for line := range bytes.Lines(data) {
					if !bytes.HasPrefix(line, []byte("# ")) {
						break
					}
					key, value, _ := strings.Cut(strings.ToLower(string(line[2:])), ":")
					said = said || (key == "licence" || key == "license") && strings.TrimSpace(value) != ""
				}
				if learned && !said {
					l.add(layer.File(name), 1, SeverityError, "licence", "learned entries stand under the licence of the data that they come from: say so in a line \"# licence: …\" before the header")
				}
			}
		}
	}
	return nil
}

// tests checks the phrase tests without running them.
func (l *linter) tests() error {
	tests, errs, err := l.Tests()
	if err != nil {
		return err
	}
	for _, e := range errs {
		l.add(e.File, e.Line, SeverityError, "test", "%s", e.Msg)
	}
	patterns := map[string]bool{}
	for i := range l.Set.Entries {
		patterns[strings.ReplaceAll(l.Set.Entries[i].Pattern, " ", "_")] = true
	}
	seen := map[string]string{}
	for _, t := range tests {
		where := fmt.Sprintf("%s:%d", t.File, t.Line)
		if at, ok := seen[t.Text]; ok {
			l.add(t.File, t.Line, SeverityWarning, "test", "the same text stands in %s", at)
		}
		seen[t.Text] = where
		for _, tag := range slices.Concat(t.Fires, t.Not) {
			if name, ok := strings.CutPrefix(tag, "entry:"); ok && !patterns[name] {
				l.add(t.File, t.Line, SeverityError, "test", "there is no entry %q", strings.ReplaceAll(name, "_", " "))
			}
		}
		r := l.Read(t.Text, t.Lang)
		var unknown []string
		for i := range r.Words {
			if w := &r.Words[i]; w.Kind == text.Word && !w.Known {
				unknown = append(unknown, t.Text[w.Start:w.End])
			}
		}
		if len(unknown) > 0 {
			l.add(t.File, t.Line, SeverityNote, "test", "the lexicon knows nothing of: %s", strings.Join(unknown, ", "))
		}
	}
	return nil
}

// unused notes the entries that stand in no text of the corpus.
func (l *linter) unused(corpus []string) {
	readings := make([][]sentiment.Found, len(corpus))
	inParallel(len(corpus), func(i int) { readings[i] = l.Read(corpus[i], "").Found })
	used := make([]bool, len(l.Set.Entries))
	for _, found := range readings {
		for _, f := range found {
			used[f.Entry] = true
		}
	}
	for i, u := range used {
		if e := &l.Set.Entries[i]; !u {
			l.entry(e, SeverityNote, "unused", "%q stands in none of the %d texts", e.Pattern, len(corpus))
		}
	}
}

// isWord reports whether an item's word has letters; marks have no forms.
func isWord(w string) bool {
	toks := text.Tokenize(nil, w)
	return len(toks) > 0 && toks[0].Kind == text.Word
}
