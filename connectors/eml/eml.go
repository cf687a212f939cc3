// Package eml reads mails that lie in folders, one file each, as mail programs
// export them.
//
// Rules of this package:
//
//   - Folders are read with all below them, except hidden ones; of the files those
//     that end in .eml, in any case, and those that are named themselves.
//   - A file that was written anew is read again.
//   - A file that was written within the last minute may not be whole yet, and waits.
package eml

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"odzew/connectors"
	"odzew/connectors/internal/files"
	"odzew/connectors/internal/mails"
	"odzew/connectors/mail"
)

// Config is what a source of .eml files needs.
type Config struct {
	// Name is the source of the conversations.
	Name string `yaml:"name"`
	// Paths are folders, files, or patterns of both.
	Paths []string `yaml:"paths"`
	// Complete says that nobody writes to the files any more.
	Complete bool `yaml:"complete"`
	// Inbox names the inbox of the conversations.
	Inbox string `yaml:"inbox"`
	// Own are the company's addresses: support@firma.example, @firma.example.
	Own []string `yaml:"own"`
	// Now bounds what time of a mail can be believed.
	Now func() time.Time `yaml:"-"`
}

// A Source reads the files of a configuration.
type Source struct {
	config Config
	own    mail.Addresses
	folder files.Folder
}

var _ connectors.Connector = (*Source)(nil)

// New checks a configuration.
func New(config Config) (*Source, error) {
	switch {
	case config.Name == "":
		return nil, errors.New("eml: a source needs a name")
	case len(config.Paths) == 0:
		return nil, fmt.Errorf("source %s: paths is empty: name at least one folder, file or pattern", config.Name)
	case files.BadPattern(config.Paths) != nil:
		return nil, fmt.Errorf("source %s: paths: %w", config.Name, files.BadPattern(config.Paths))
	case len(config.Own) == 0:
		return nil, fmt.Errorf("source %s: own is empty: name the company's addresses, as in support@firma.example or @firma.example", config.Name)
	case config.Now == nil:
		return nil, fmt.Errorf("source %s: no clock was given", config.Name)
	}
	own, err := mail.OwnAddresses(config.Own)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", config.Name, err)
	}
	s := &Source{config: config, own: own}
	s.folder = files.Folder{Kind: "eml/1", List: s.list, Read: s.read}
	return s, nil
}

// Pull implements connectors.Connector.
func (s *Source) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	return s.folder.Pull(ctx, since, accept)
}

func (s *Source) list(ctx context.Context, found func(files.Entry)) error {
	roots, err := files.Expand(s.config.Paths)
	errs := []error{err}
	for _, root := range roots {
		errs = append(errs, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, fs.ErrNotExist) && path != root: // gone since it was listed
				return nil
			case err != nil:
				return files.Unreadable(err)
			case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".eml") && !slices.Contains(s.config.Paths, path):
				return nil
			}
			info, err := d.Info()
			if err != nil {
				return nil // gone as well
			}
			if s.config.Complete || files.IsQuiet(info.ModTime(), s.config.Now()) {
				key := fmt.Sprintf("%s\x00%d\x00%d", path, info.Size(), info.ModTime().UnixNano())
				found(files.Entry{Key: key, Path: path})
			}
			return nil
		}))
	}
	return errors.Join(errs...)
}

func (s *Source) read(e files.Entry) (connectors.Record, error) {
	f, err := os.Open(e.Path)
	if err != nil {
		return connectors.Record{}, err
	}
	defer f.Close()
	origin := mail.Origin{Source: s.config.Name, Inbox: s.config.Inbox, Own: s.own, Now: s.config.Now()}
	return mails.Read(e.Path, f, origin, e.Changed)
}
