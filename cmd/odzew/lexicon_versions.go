package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"odzew/analyzer/reply"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/workbench"
	"odzew/lexicon"
	"odzew/store"
)

// The versions of the lexicon: each that an analysis goes by is recorded with the site's
// own files, so that an older one can be put back, and so that after an edit only what
// it can change is analysed anew.
//
// Rules:
//
//   - What is recorded is what was read: the files are taken once, and scored with and
//     recorded from the same copy.
//   - The program's own part is not recorded. A version of another program is told by
//     its hash, and only its site's files can come back.
//   - When in doubt whether an edit can change a conversation, it is analysed anew.

// mostOverlay bounds the site's own files that are recorded, in bytes.
const mostOverlay = 4 << 20

// A siteLexicon is a site's own part of the lexicon as it was at one moment.
type siteLexicon struct {
	dir     string
	files   fs.FS  // nil where there are none
	archive []byte // the same as a ZIP archive
	entries int    // lines in them
	bytes   int
}

// readSite reads the site's own files out of a folder; "" stands for none.
func readSite(dir string) (*siteLexicon, error) {
	var (
		site = siteLexicon{dir: dir}
		buf  bytes.Buffer
		out  = zip.NewWriter(&buf)
	)
	names, err := siteFiles(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		site.bytes += len(data)
		if filepath.Base(name) != lexicon.TestsFile {
			for line := range bytes.Lines(data) {
				if !bytes.HasPrefix(line, []byte("# ")) && !bytes.HasPrefix(line, []byte("entry\t")) {
					site.entries++
				}
			}
		}
		w, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	site.archive = buf.Bytes()
	site.files, err = openSite(site.archive)
	return &site, err
}

// siteFiles lists the files of a folder that a lexicon is read from, and the tests
// beside them.
func siteFiles(dir string) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	names, err := lexicon.Files(os.DirFS(dir))
	for _, name := range names {
		if strings.Contains(name, `\`) {
			return nil, usagef("%s: a file's name may not hold a backslash", filepath.Join(dir, name))
		}
	}
	return names, err
}

// openSite opens an archive of readSite; nil where there is no file in it.
func openSite(archive []byte) (fs.FS, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil || len(r.File) == 0 {
		return nil, err
	}
	return r, nil
}

// layers are the overlays that a lexicon is loaded with.
func layers(files fs.FS) []fs.FS {
	if files == nil {
		return nil
	}
	return []fs.FS{files}
}

// record is how a version with these files is recorded.
func (s *siteLexicon) record(version string) (store.Lexicon, error) {
	shipped, err := versionOf(nil)
	l := store.Lexicon{Version: version, Shipped: shipped, Entries: s.entries}
	if s.bytes <= mostOverlay {
		l.Overlay = s.archive
	}
	return l, err
}

// versionOf is the version that findings carry with these files on top of the shipped
// ones.
func versionOf(files fs.FS) (string, error) {
	version, err := lexicon.Version(lexicon.Shipped(), layers(files)...)
	if err != nil {
		return "", err
	}
	model, err := sentiment.LoadModel(lexicon.Shipped())
	if err != nil {
		return "", err
	}
	return version + "-" + model.Version, nil
}

// goOver records the lexicon of an analysis where it is not that of the last one, and
// carries over to it what it cannot change, unless all is analysed anew.
func (p *program) goOver(ctx context.Context, st *store.Store, d *desk, all bool, n *analysed) error {
	last, err := st.Meta(ctx, "lexicon_version")
	if err != nil {
		return err
	}
	if _, err := st.LexiconOf(ctx, d.versions.Lexicon); err == nil && last == d.versions.Lexicon {
		return nil
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	l, err := d.site.record(d.versions.Lexicon)
	if err != nil {
		return err
	}
	if l.Overlay == nil {
		p.log.WithField("bytes", d.site.bytes).Warnf("the files in %s are more than %d MiB and are not recorded: this version of the lexicon cannot be put back, and after the next edit all is analysed anew", d.site.dir, mostOverlay>>20)
	}
	if err := st.RecordLexicon(ctx, l); err != nil || all {
		return err
	}
	outdated, err := st.Outdated(ctx, d.versions)
	if err != nil {
		return err
	}
	for _, version := range outdated {
		e, err := editSince(ctx, st, d, version)
		if err != nil {
			return err
		}
		if e == nil || e.Everything {
			continue
		}
		if err := carryOver(ctx, st, d, version, e, n); err != nil {
			return err
		}
	}
	return nil
}

// editSince returns what changed since a version; nil where that cannot be told.
func editSince(ctx context.Context, st *store.Store, d *desk, version string) (*workbench.Edit, error) {
	l, err := st.LexiconOf(ctx, version)
	if errors.Is(err, store.ErrNotFound) || err == nil && !l.Kept {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := openSite(l.Overlay)
	if err != nil {
		return nil, nil // not as it was written: nothing can be told
	}
	// The same files make the same version only upon the same shipped ones.
	if again, err := versionOf(files); err != nil || again != version {
		return nil, err
	}
	old, err := lexicon.Load(lexicon.Shipped(), layers(files)...)
	if err != nil {
		return nil, nil
	}
	edited, err := lexicon.Load(lexicon.Shipped(), layers(d.site.files)...)
	if err != nil {
		return nil, err
	}
	return workbench.Between(old, edited), nil
}

// carryRange is how many conversations are checked, and carried over, at a time.
const carryRange = 2000

// carryOver carries the findings of a version over, but for those that the edit may
// change. Each range is one transaction.
func carryOver(ctx context.Context, st *store.Store, d *desk, version string, e *workbench.Edit, n *analysed) error {
	for after := int64(0); ctx.Err() == nil; {
		list, err := st.Carriable(ctx, d.versions, version, after, carryRange)
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].ID
		touched := make([]bool, len(list))
		workers := runtime.GOMAXPROCS(0)
		var wg sync.WaitGroup
		for k := range workers {
			wg.Go(func() {
				for i := k; i < len(list); i += workers {
					touched[i] = slices.ContainsFunc(list[i].Texts, func(text string) bool { return e.Touches(reply.Split(text).Own) })
				}
			})
		}
		wg.Wait()
		var kept, anew []int64
		for i := range list {
			if touched[i] {
				anew = append(anew, list[i].ID)
			} else {
				kept = append(kept, list[i].ID)
			}
		}
		stale, err := st.Carry(ctx, d.versions, kept, anew)
		if err != nil {
			return err
		}
		n.Checked += len(list)
		n.Touched += int(stale)
	}
	return ctx.Err()
}

type lexiconHistoryCmd struct{}

// A lexiconLine is a version in JSON.
type lexiconLine struct {
	Version  string     `json:"version"`
	Since    *time.Time `json:"since"` // null: no analysis went by it
	Findings int        `json:"findings"`
	Entries  int        `json:"entries"`
	Live     bool       `json:"live"`
	// Recorded: its files are there. SameProgram: its shipped part is this program's.
	Recorded    bool   `json:"recorded"`
	SameProgram bool   `json:"same_program"`
	Shipped     string `json:"shipped"`
}

// Run lists the versions, the one in use first.
func (c *lexiconHistoryCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, store.Options{ReadOnly: true}, func(cfg *Config, st *store.Store) error {
		list, err := st.Lexicons(ctx)
		if err != nil {
			return err
		}
		live, err := st.Meta(ctx, "lexicon_version")
		if err != nil {
			return err
		}
		shipped, err := versionOf(nil)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.stdout, 2, 4, 2, ' ', 0)
		if !p.global.JSON {
			fmt.Fprintf(w, "VERSION\tSINCE\tFINDINGS\tOWN ENTRIES\t\n")
		}
		for _, l := range list {
			line := lexiconLine{l.Version, orNil(l.Since), l.Findings, l.Entries, l.Version == live, l.Kept, l.Shipped == shipped, l.Shipped}
			if p.global.JSON {
				if err := p.printJSON(line); err != nil {
					return err
				}
				continue
			}
			var notes []string
			if line.Live {
				notes = append(notes, "live")
			}
			if !line.Recorded {
				notes = append(notes, "files not recorded: more than 4 MiB")
			}
			if !line.SameProgram {
				notes = append(notes, "of another version of the program")
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", l.Version, local(l.Since, cfg.zone), l.Findings, l.Entries, strings.Join(notes, ", "))
		}
		if p.global.JSON {
			return nil
		}
		if err := w.Flush(); err != nil {
			return err
		}
		return c.folder(p, cfg, live)
	})
}

// folder says where the configured folder is ahead of the analysis.
func (c *lexiconHistoryCmd) folder(p *program, cfg *Config, live string) error {
	site, err := readSite(cfg.Lexicon.Overlay)
	if err != nil {
		return err
	}
	version, err := versionOf(site.files)
	if err != nil || version == live {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "the configured lexicon is %s by now; odzew analyze goes over to it\n", version)
	return err
}

type lexiconRollbackCmd struct {
	Version string `arg:"" help:"The version, or its beginning, as odzew lexicon history lists it; previous is the one that messages were scored by before what is in the folder now."`
	Force   bool   `help:"Put its files back although the program's own part is another one by now."`
	Analyze bool   `help:"Analyse at once what the change can concern."`
}

// A rollbackLine is what a rollback has done, in JSON.
type rollbackLine struct {
	Folder   string `json:"folder"`
	Version  string `json:"version"`
	Entries  int    `json:"entries"`
	Recorded string `json:"recorded"` // the version of what was in the folder
}

// Run puts the site's files of a version back into the configured folder.
func (c *lexiconRollbackCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	dir := cfg.Lexicon.Overlay
	if dir == "" {
		return usagef("there is no folder to put the files into: name one in the configuration (lexicon: {overlay: DIR})")
	}
	st, err := p.openStore(ctx, cfg, store.Options{Exclusive: c.Analyze, Existing: true}) // a daemon may go on
	if err != nil {
		return err
	}
	defer st.Close()
	present, err := readSite(dir)
	if err != nil {
		return err
	}
	version, err := versionOf(present.files)
	if err != nil {
		return err
	}
	l, err := c.find(ctx, st, version)
	if err != nil {
		return err
	}
	shipped, err := versionOf(nil)
	if err != nil {
		return err
	}
	switch {
	case !l.Kept:
		return fmt.Errorf("the files of %s were not recorded: they are more than 4 MiB; take them from a backup", l.Version)
	case l.Shipped != shipped && !c.Force:
		return fmt.Errorf("%s stood upon another version of the program, whose own entries and weights were others: with its files back, messages would score neither as they did then nor as they do now; --force puts them back all the same", l.Version)
	}
	record, err := present.record(version)
	if err != nil {
		return err
	}
	if record.Overlay == nil && !c.Force {
		return fmt.Errorf("the files in %s are more than 4 MiB and cannot be recorded, so that this could not be taken back: copy them elsewhere, then use --force", dir)
	}
	if err := st.KeepLexicon(ctx, record); err != nil {
		return err
	}
	if err := putBack(dir, l.Overlay); err != nil {
		return fmt.Errorf("%w; run it again when that is mended: what was in %s is recorded as %s", err, dir, version)
	}
	if p.global.JSON {
		err = p.printJSON(rollbackLine{dir, l.Version, l.Entries, version})
	} else {
		_, err = fmt.Fprintf(p.stdout, "%s holds the %d entries of %s again; what was in it is recorded as %s\n", dir, l.Entries, l.Version, version)
	}
	if err != nil {
		return err
	}
	if !c.Analyze {
		_, err := fmt.Fprintln(p.stderr, "next: odzew analyze; a running odzew serve does it by itself")
		return err
	}
	d, err := p.newAnalyzer(cfg)
	if err != nil {
		return err
	}
	p.tryCandidate(cfg, d)
	return p.runAnalysis(ctx, st, d, false)
}

// find returns the version that is named, or begins so. The previous one is that which is
// live where the folder holds an edit that was not analysed yet, else the one before.
func (c *lexiconRollbackCmd) find(ctx context.Context, st *store.Store, present string) (store.Lexicon, error) {
	list, err := st.Lexicons(ctx)
	if err != nil {
		return store.Lexicon{}, err
	}
	live, err := st.Meta(ctx, "lexicon_version")
	if err != nil {
		return store.Lexicon{}, err
	}
	var found []string
	edited := live != "" && live != present
	for _, l := range list {
		previous := !l.Since.IsZero() && (l.Version == live) == edited
		if l.Version == c.Version || c.Version == "previous" && previous {
			return st.LexiconOf(ctx, l.Version)
		}
		if c.Version != "" && strings.HasPrefix(l.Version, c.Version) {
			found = append(found, l.Version)
		}
	}
	switch len(found) {
	case 0:
		return store.Lexicon{}, usagef("there is no lexicon %q; odzew lexicon history lists those that there are", c.Version)
	case 1:
		return st.LexiconOf(ctx, found[0])
	}
	return store.Lexicon{}, usagef("%q is the beginning of %d versions: %s", c.Version, len(found), strings.Join(found, ", "))
}

// putBack makes the files of an archive those of a folder. All of them are written
// beside their places before the first takes its own, so that a full disk changes
// nothing; files that a lexicon is not read from stay.
func putBack(dir string, archive []byte) error {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return fmt.Errorf("the recorded files cannot be read: %w", err)
	}
	surplus, err := siteFiles(dir)
	if err != nil {
		return err
	}
	type move struct{ from, to string }
	var moves []move
	defer func() {
		for _, m := range moves {
			os.Remove(m.from)
		}
	}()
	for _, f := range r.File {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("the recorded files are damaged: %q is no name of a file", f.Name)
		}
		data, err := fs.ReadFile(r, f.Name)
		if err != nil {
			return fmt.Errorf("the recorded files cannot be read: %w", err)
		}
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		tmp, err := writeBeside(to, data, 0o644)
		if err != nil {
			return err
		}
		moves = append(moves, move{tmp, to})
		surplus = slices.DeleteFunc(surplus, func(name string) bool { return name == f.Name })
	}
	for _, m := range moves {
		if err := os.Rename(m.from, m.to); err != nil {
			return err
		}
	}
	for _, name := range surplus {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}
