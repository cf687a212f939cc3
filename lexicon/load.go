package lexicon

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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

	classes []classWords
	forms   *forms
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
		sum     = sha256.New()
		reading sync.WaitGroup
		failed  error // of the forms
	)
	// The forms are read beside the entries, and hashed behind them.
	spelled, err := fs.ReadFile(base, formsFile)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	reading.Go(func() { s.forms, failed = parseForms(formsFile, string(spelled)) })
	defer reading.Wait()
	for layer, fsys := range append([]fs.FS{base}, overlays...) {
		entries, err := readEntries(fsys, sum, layer > 0)
		var bad Errors
		switch {
		case errors.As(err, &bad):
			errs = append(errs, bad...)
		case err != nil:
			return nil, err
		}
		learned, raw, wrong, err := readLearned(fsys, layer)
		if err != nil {
			return nil, err
		}
		errs = append(errs, wrong...)
		for _, data := range raw {
			hashFile(sum, "learned", data)
		}
		if layer == 0 {
			s.Entries = entries
		} else {
			s.silence(entries)
			s.Entries = overlay(s.Entries, entries)
		}
		s.Learned = append(s.Learned, learned...)
	}
	data, err := readHashed(base, "classes.tsv", sum)
	if err != nil {
		return nil, err
	}
	if s.classes, err = parseClasses("classes.tsv", data); err != nil {
		return nil, err
	}
	hashFile(sum, formsFile, spelled)
	if reading.Wait(); failed != nil {
		return nil, failed
	}
	s.Version = hex.EncodeToString(sum.Sum(nil))[:12]
	return &s, errs.err()
}

func readHashed(fsys fs.FS, name string, sum io.Writer) ([]byte, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	hashFile(sum, name, data)
	return data, nil
}

func hashFile(sum io.Writer, name string, data []byte) {
	fmt.Fprintf(sum, "%s %d\n", name, len(data))
	sum.Write(data)
}

// readEntries reads the entry files of one layer and checks what no single file
// can: that a pattern and kind stand once in a language.
func readEntries(fsys fs.FS, sum io.Writer, isOverlay bool) ([]Entry, error) {
	names, err := entryFiles(fsys)
	if err != nil {
		return nil, err
	}
	// Files are parsed side by side, and put together in their order.
	var (
		files   = make([][]Entry, len(names))
		wrong   = make([]error, len(names))
		parsing sync.WaitGroup
	)
	defer parsing.Wait()
	for i, name := range names {
		data, err := readHashed(fsys, name, sum)
		if err != nil {
			return nil, err
		}
		parsing.Go(func() { files[i], wrong[i] = Parse(name, data) })
	}
	parsing.Wait()
	total := 0
	for _, entries := range files {
		total += len(entries)
	}
	type key struct {
		pattern string
		kind    Kind
	}
	var (
		all  = make([]Entry, 0, total)
		seen [numLangs]map[key]int32
		errs Errors
	)
	for l := range seen {
		seen[l] = make(map[key]int32, total/2)
	}
	for i, entries := range files {
		var bad Errors
		if errors.As(wrong[i], &bad) {
			errs = append(errs, bad...)
		}
		for k := range entries {
			e := &entries[k]
			if e.Kind == Off && !isOverlay {
				errs = append(errs, &Error{e.File, e.Line, "kind off is for a site's own folder: delete the entry instead"})
			}
			known := seen[e.Lang]
			at, ok := known[key{e.Pattern, e.Kind}]
			if ok && all[at].File != e.File {
				errs = append(errs, &Error{e.File, e.Line, fmt.Sprintf("%q (%s) stands in %s:%d already", e.Pattern, e.Kind, all[at].File, all[at].Line)})
				continue
			}
			known[key{e.Pattern, e.Kind}] = int32(len(all))
			all = append(all, *e)
		}
	}
	return all, errs.err()
}

// entryFiles lists the entry files of a folder: *.tsv in pl and en, and emoji.tsv.
func entryFiles(fsys fs.FS) ([]string, error) {
	var names []string
	for _, pattern := range []string{"emoji.tsv", "en/*.tsv", "pl/*.tsv"} {
		found, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, fmt.Errorf("lexicon: %w", err)
		}
		names = append(names, found...)
	}
	return slices.DeleteFunc(names, func(n string) bool { return path.Base(n) == TestsFile || isLearned(n) }), nil
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
		if over[i].Kind != Off {
			out = append(out, over[i])
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
