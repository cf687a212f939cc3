package lexicon

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Set is a lexicon as read: the shipped entries with a site's own on top.
type Set struct {
	Entries []Entry // by language, then file, then as they stand
	// Version names the content: equal content has an equal version. Findings
	// carry it, so that an edit makes exactly what it touches be scored anew.
	Version string
	// Learned are the learned words; of files later ones win.
	Learned []*LearnedFile

	classes     []classWords
	forms       *forms
	lemmas      *forms
	frequencies frequencies
}

// Only returns a set of nothing but these entries and learned words. It knows of which
// word a form is as s does.
func (s *Set) Only(entries []Entry, learned []*LearnedFile) *Set {
	return &Set{Entries: entries, Learned: learned, lemmas: s.lemmas}
}

// TestsFile is the name of the phrase tests beside the entries of a language.
const TestsFile = "tests.tsv"

// Load reads a lexicon and, on top of it, the overlays in their order. An overlay
// holds entry files only. An error of type Errors lists every line that is wrong;
// the set then holds the others, for tools that go on.
func Load(base fs.FS, overlays ...fs.FS) (*Set, error) {
	var (
		s       Set
		errs    Errors
		reading sync.WaitGroup
		failed  error // of the forms
		unread  error // of the version
	)
	reading.Go(func() { s.Version, unread = Version(base, overlays...) })
	spelled, err := fs.ReadFile(base, formsFile)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	lemmas, err := fs.ReadFile(base, lemmasFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	reading.Go(func() {
		var ofLemmas error
		s.forms, failed = parseForms(formsFile, string(spelled))
		s.lemmas, ofLemmas = parseForms(lemmasFile, string(lemmas))
		failed = errors.Join(failed, ofLemmas)
	})
	defer reading.Wait()
	for layer, fsys := range append([]fs.FS{base}, overlays...) {
		var (
			learned []*LearnedFile
			wrong   Errors
			noFile  error
			beside  sync.WaitGroup
		)
		beside.Go(func() { learned, wrong, noFile = readLearned(fsys, layer) })
		entries, err := readEntries(fsys, layer > 0)
		beside.Wait()
		var bad Errors
		switch {
		case errors.As(err, &bad):
			errs = append(errs, bad...)
		case err != nil:
			return nil, err
		}
		if noFile != nil {
			return nil, noFile
		}
		errs = append(errs, wrong...)
		if layer == 0 {
			s.Entries = entries
		} else {
			s.silence(entries)
			s.Entries = overlay(s.Entries, entries)
		}
		s.Learned = append(s.Learned, learned...)
	}
	data, err := fs.ReadFile(base, classesFile)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	if s.classes, err = parseClasses(classesFile, data); err != nil {
		return nil, err
	}
	if s.frequencies, err = readFrequencies(base); err != nil {
		return nil, err
	}
	if reading.Wait(); failed != nil || unread != nil {
		return nil, errors.Join(failed, unread)
	}
	return &s, errs.err()
}

// Version names the content of a lexicon with its overlays without reading the
// entries: it is the Version of the set that Load makes of them.
func Version(base fs.FS, overlays ...fs.FS) (string, error) {
	sum := sha256.New()
	hash := func(fsys fs.FS, names ...string) error {
		for _, name := range names {
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return fmt.Errorf("lexicon: %w", err)
			}
			fmt.Fprintf(sum, "%s %d\n", name, len(data))
			sum.Write(data)
		}
		return nil
	}
	generated := []string{classesFile, formsFile}
	if _, err := fs.Stat(base, lemmasFile); err == nil {
		generated = append(generated, lemmasFile)
	}
	if err := hash(base, generated...); err != nil {
		return "", err
	}
	for layer, fsys := range append([]fs.FS{base}, overlays...) {
		entries, err := entryFiles(fsys)
		if err != nil {
			return "", err
		}
		learned, err := learnedFiles(fsys)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "layer %d\n", layer)
		if err := hash(fsys, append(entries, learned...)...); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// classesFile holds the words of classes such as numbers.
const classesFile = "classes.tsv"

// readEntries reads the entry files of one layer and checks what no single file
// can: that a pattern and kind stand once in a language.
func readEntries(fsys fs.FS, isOverlay bool) ([]Entry, error) {
	names, err := entryFiles(fsys)
	if err != nil {
		return nil, err
	}
	data := make([][]byte, len(names))
	from := make([]int, len(names)+1) // where the entries of each file begin, at most
	for i, name := range names {
		if data[i], err = fs.ReadFile(fsys, name); err != nil {
			return nil, fmt.Errorf("lexicon: %w", err)
		}
		from[i+1] = from[i] + bytes.Count(data[i], []byte{'\n'})
	}
	// Files are parsed side by side into one piece of memory.
	var (
		all     = make([]Entry, from[len(names)])
		files   = make([][]Entry, len(names))
		wrong   = make([]Errors, len(names))
		parsing sync.WaitGroup
	)
	for i, name := range names {
		parsing.Go(func() { files[i], wrong[i] = parse(all[from[i]:from[i]:from[i+1]], name, data[i]) })
	}
	parsing.Wait()
	again := make([]map[int]*Entry, len(names))
	for i := range files {
		parsing.Go(func() { again[i] = repeated(files[i], files[:i]) })
	}
	parsing.Wait()
	n := 0
	var errs Errors
	for i, entries := range files {
		errs = append(errs, wrong[i]...)
		for k := range entries {
			e := &entries[k]
			if e.Kind == Off && !isOverlay {
				errs = append(errs, &Error{e.File, e.Line, "kind off is for a site's own folder: delete the entry instead"})
			}
			if at := again[i][k]; at != nil {
				errs = append(errs, &Error{e.File, e.Line, fmt.Sprintf("%q (%s) stands in %s:%d already", e.Pattern, e.Kind, at.File, at.Line)})
				continue
			}
			all[n] = *e
			n++
		}
	}
	return all[:n], errs.err()
}

// repeated returns which entries of a file stand in others of its language already,
// and where.
func repeated(entries []Entry, others [][]Entry) map[int]*Entry {
	var at map[int]*Entry
	for _, other := range others {
		if len(other) == 0 || len(entries) == 0 || other[0].Lang != entries[0].Lang {
			continue
		}
		for i, k := 0, 0; i < len(other) && k < len(entries); { // both are sorted
			switch c := compareEntries(&other[i], &entries[k]); {
			case c < 0:
				i++
			case c > 0:
				k++
			default:
				if at == nil {
					at = map[int]*Entry{}
				}
				e := other[i] // its place may be taken by another
				at[k] = &e
				k++
			}
		}
	}
	return at
}

// Files lists the files of a folder that a lexicon is read from, sorted: *.tsv in pl and en,
// emoji.tsv, and learned words, with the phrase tests beside them. Hidden files, which
// editors and systems leave behind, are none.
func Files(fsys fs.FS) ([]string, error) {
	var names []string
	for _, pattern := range []string{"emoji.tsv", "en/*.tsv", "pl/*.tsv", "*/learned.*.tsv"} {
		found, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, fmt.Errorf("lexicon: %w", err)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return strings.HasPrefix(path.Base(n), ".") }), nil
}

// entryFiles lists the entry files of a folder.
func entryFiles(fsys fs.FS) ([]string, error) {
	names, err := Files(fsys)
	return slices.DeleteFunc(names, func(n string) bool { return path.Base(n) == TestsFile || isLearned(n) }), err
}

// overlay puts a site's entries on top: of the same language and pattern, one of
// the same kind is replaced and one of kind off silences all.
func overlay(base, over []Entry) []Entry {
	type key struct {
		lang    Lang
		pattern string
	}
	changed := map[key][]Kind{}
	for i := range over {
		k := key{over[i].Lang, over[i].Pattern}
		changed[k] = append(changed[k], over[i].Kind)
	}
	out := slices.DeleteFunc(slices.Clone(base), func(e Entry) bool {
		kinds := changed[key{e.Lang, e.Pattern}]
		return slices.Contains(kinds, e.Kind) || slices.Contains(kinds, Off)
	})
	for i := range over {
		if e := over[i]; e.Kind != Off {
			e.Site = true
			out = append(out, e)
		}
	}
	return out
}

// classWords are the words of a class in one language.
type classWords struct {
	lang  Lang
	class Class // 0: words that only tell the language
	words []alt
}

// parseClasses reads classes.tsv: class, language, words.
func parseClasses(name string, data []byte) ([]classWords, error) {
	var (
		out  []classWords
		errs Errors
		n    int
	)
	for raw := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		n++
		if n == 1 && raw == "class\tlang\twords" || strings.HasPrefix(raw, "# ") {
			continue
		}
		f := strings.Split(raw, "\t")
		if len(f) != 3 {
			errs = append(errs, &Error{name, n, fmt.Sprintf("%d columns instead of 3", len(f))})
			continue
		}
		cw := classWords{lang: langOf(f[1] + "/")}
		if f[0] != "lang" {
			i := slices.Index(classNames[:], f[0])
			if i < 0 {
				errs = append(errs, &Error{name, n, fmt.Sprintf("unknown class %q", f[0])})
				continue
			}
			cw.class = 1 << i
		}
		for w := range strings.FieldsSeq(f[2]) {
			word, form := strings.CutPrefix(w, "=")
			if err := checkWord(word); err != nil {
				errs = append(errs, &Error{name, n, err.Error()})
			}
			cw.words = append(cw.words, alt{word, form})
		}
		out = append(out, cw)
	}
	return out, errs.err()
}
