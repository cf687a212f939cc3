// Package workbench holds the tools of those who tune a lexicon: they check it,
// try it, measure it, learn for it and compare it.
//
//	entries ──Lint──> what is wrong with them        texts ──Suggest──> entries that lack
//	tests   ──RunTests──> which fail, and why        labels ──Fit──> learned entries
//	labels  ──Evaluate──> how good the scores are    two lexicons ──Compare──> what flips
//
// Rules of this package:
//
//   - Nothing is scored here by other rules than the scorer's own: what an entry
//     does is found out by trying it.
//   - Pure: files come as fs.FS or io.Reader, texts as they are. Texts in results
//     are the customers' own, unmasked; whoever shows them masks them.
//   - Everything that is learned or drawn at random is drawn with fixed seeds: the
//     same input gives the same bytes.
//   - Time grows with the texts, memory with the different words in them.
package workbench

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// A Layer is one folder of a lexicon: the shipped one, or a site's own on top.
type Layer struct {
	// Name is put before the names of its files. Empty for the shipped ones.
	Name string
	FS   fs.FS
}

// A Lexicon is one that is open on the workbench.
type Lexicon struct {
	*sentiment.Scorer
	Set    *lexicon.Set
	Model  *sentiment.Model
	Layers []Layer
	// Errors are the lines that were not understood; the others are in the Set.
	Errors lexicon.Errors

	layer  map[entryKey]int // the topmost that has the entry
	common map[lexicon.Hash]bool
}

type entryKey struct {
	lang    lexicon.Lang
	pattern string
	kind    lexicon.Kind
}

func keyOf(e *lexicon.Entry) entryKey { return entryKey{e.Lang, e.Pattern, e.Kind} }

// Open opens a lexicon: a whole one and the overlays upon it. Lines that are not
// understood are no error of Open.
func Open(model *sentiment.Model, base Layer, overlays ...Layer) (*Lexicon, error) {
	l := &Lexicon{Model: model, Layers: append([]Layer{base}, overlays...), layer: map[entryKey]int{}, common: map[lexicon.Hash]bool{}}
	folders := make([]fs.FS, len(overlays))
	for i := range overlays {
		folders[i] = overlays[i].FS
	}
	var err error
	if l.Set, err = lexicon.Load(base.FS, folders...); err != nil {
		var bad lexicon.Errors
		if l.Set == nil || !errors.As(err, &bad) {
			for _, layer := range l.Layers {
				if _, err := lexicon.ReadEntries(layer.FS, true); err != nil && !errors.As(err, &bad) {
					return nil, fmt.Errorf("%s: %w", layer.name(), err)
				}
			}
			return nil, fmt.Errorf("%s: %w", base.name(), err)
		}
	}
	for i := range l.Layers {
		note := func(err error) error {
			var bad lexicon.Errors
			if !errors.As(err, &bad) {
				return err
			}
			for _, e := range bad {
				at := *e
				at.File = l.Layers[i].File(e.File)
				l.Errors = append(l.Errors, &at)
			}
			return nil
		}
		if err := note(lexicon.CheckLearned(l.Layers[i].FS)); err != nil {
			return nil, fmt.Errorf("%s: %w", l.Layers[i].name(), err)
		}
		entries, err := lexicon.ReadEntries(l.Layers[i].FS, i > 0)
		if err = note(err); err != nil {
			return nil, fmt.Errorf("%s: %w", l.Layers[i].name(), err)
		}
		for k := range entries {
			l.layer[keyOf(&entries[k])] = i
		}
	}
	for _, lang := range []lexicon.Lang{lexicon.PL, lexicon.EN} {
		for _, w := range l.Set.CommonWords(lang) {
			l.common[folded(w)] = true
		}
	}
	l.Scorer = sentiment.New(l.Set.Compile(), model)
	return l, nil
}

func (l Layer) name() string {
	if l.Name == "" {
		return "the shipped lexicon"
	}
	return l.Name
}

// File is how a file of the layer is called in messages.
func (l Layer) File(name string) string {
	if l.Name == "" {
		return name
	}
	return path.Join(l.Name, name)
}

// File is how the file that holds an entry is called in messages.
func (l *Lexicon) File(e *lexicon.Entry) string { return l.Layers[l.layer[keyOf(e)]].File(e.File) }

// Where is the file and line of an entry.
func (l *Lexicon) Where(e *lexicon.Entry) string { return fmt.Sprintf("%s:%d", l.File(e), e.Line) }

// Own reports whether a file, as messages call it, is a site's own: of an overlay, or
// of the only layer that there is.
func (l *Lexicon) Own(file string) bool {
	return len(l.Layers) == 1 || slices.ContainsFunc(l.Layers[1:], func(o Layer) bool { return strings.HasPrefix(file, o.File("")+"/") })
}

// ScoreAll scores the texts of examples, in their order, on all processors.
func ScoreAll(s *sentiment.Scorer, examples []sentiment.Example) []odzew.Score {
	scores := make([]odzew.Score, len(examples))
	inParallel(len(examples), func(i int) { scores[i] = s.Score(examples[i].Text, "", false) })
	return scores
}

// inParallel calls f for 0 to n-1 on all processors and waits for the end of all.
func inParallel(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			for i := k; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}

// inChunks calls f for 0 to n-1 on all processors and take with each result, in
// order, on the caller's goroutine. No more than a chunk of results is held.
func inChunks[T any](n int, f func(i int) T, take func(i int, v T)) {
	const size = 4096
	out := make([]T, min(n, size))
	for from := 0; from < n; from += size {
		part := out[:min(size, n-from)]
		inParallel(len(part), func(i int) { part[i] = f(from + i) })
		for i := range part {
			take(from+i, part[i])
		}
	}
}
