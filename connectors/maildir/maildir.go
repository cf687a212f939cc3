// Package maildir reads mail from Maildirs, as mail servers keep them.
//
// Rules of this package:
//
//   - new/ and cur/ are read, tmp/ never: what lies there is half written.
//   - A mail is known by the unique part of its file's name. It changes neither
//     when the mail is moved from new/ to cur/ or to another folder, nor with its
//     flags (:2,RS). So nothing is read twice, and nothing that was put back from a
//     backup with its old date is missed.
//   - A draft (flag D) was not sent; it is left until it is.
//   - The company's answers are in the folder of sent mail: without it nobody ever
//     answered. It is read by default, under the names that it usually has.
package maildir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/internal/files"
	"odzew/connectors/internal/mails"
	"odzew/connectors/mail"
)

// Config is what a source of Maildirs needs.
type Config struct {
	// Name is the source of the conversations.
	Name string `yaml:"name"`
	// Paths are Maildirs, or patterns of them (/var/vmail/firma.example/*/Maildir).
	Paths []string `yaml:"paths"`
	// Folders are those within each Maildir that are read, as they are called on
	// disk (.Sent); INBOX is the Maildir itself. Empty: INBOX and the usual folders
	// of sent mail.
	Folders []string `yaml:"folders"`
	// Inbox names the inbox of the conversations.
	Inbox string `yaml:"inbox"`
	// Own are the company's addresses: support@firma.example, @firma.example.
	Own []string `yaml:"own"`
	// Now bounds what time of a mail can be believed.
	Now func() time.Time `yaml:"-"`
}

// sent are the names of the folder of sent mail, by server and client; the last
// is Wysłane in the UTF-7 of IMAP.
var sent = []string{".Sent", ".Sent Items", ".Sent Messages", ".INBOX.Sent", ".Wysłane", ".Wys&AUI-ane"}

// A Source reads the Maildirs of a configuration.
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
		return nil, errors.New("maildir: a source needs a name")
	case len(config.Paths) == 0:
		return nil, fmt.Errorf("source %s: paths is empty: name at least one Maildir", config.Name)
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
	s.folder = files.Folder{Kind: "maildir/1", List: s.list, Read: s.read}
	return s, nil
}

// Pull implements connectors.Connector.
func (s *Source) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	return s.folder.Pull(ctx, since, accept)
}

// list finds the mails of all folders.
func (s *Source) list(ctx context.Context, found func(files.Entry)) error {
	roots, err := files.Expand(s.config.Paths)
	errs := []error{err}
	for _, root := range roots {
		folders, optional := s.config.Folders, []string(nil)
		if len(folders) == 0 {
			folders, optional = []string{"INBOX"}, sent
		}
		for _, name := range folders {
			errs = append(errs, listFolder(ctx, root, name, found))
		}
		for _, name := range optional {
			if _, err := os.Stat(filepath.Join(root, name)); err == nil {
				errs = append(errs, listFolder(ctx, root, name, found))
			}
		}
	}
	return errors.Join(errs...)
}

func listFolder(ctx context.Context, root, name string, found func(files.Entry)) error {
	dir := filepath.Join(root, name)
	if name == "INBOX" {
		dir = root
	}
	// In this order, a mail that is moved meanwhile is seen in one of the two.
	for _, part := range []string{"new", "cur"} {
		if err := ctx.Err(); err != nil {
			return err
		}
		list, err := os.ReadDir(filepath.Join(dir, part))
		if errors.Is(err, fs.ErrNotExist) {
			return connectors.Permanent(fmt.Errorf("%s is not a Maildir: it has no %s", dir, part), "check paths and folders in the configuration")
		} else if err != nil {
			return files.Unreadable(err)
		}
		for _, entry := range list {
			unique, flags := split(entry.Name())
			if unique == "" || strings.HasPrefix(unique, ".") || strings.Contains(flags, "D") || entry.IsDir() {
				continue
			}
			found(files.Entry{Key: root + "\x00" + unique, Path: filepath.Join(dir, part, entry.Name())})
		}
	}
	return nil
}

// split cuts the flags off a file's name. Where a file system has no colon, other
// characters stand for it.
func split(name string) (unique, flags string) {
	for _, mark := range []string{":2,", ";2,", "!2,"} {
		if unique, flags, found := strings.Cut(name, mark); found {
			return unique, flags
		}
	}
	return name, ""
}

func (s *Source) read(e files.Entry) (connectors.Record, error) {
	f, err := os.Open(e.Path)
	if err != nil {
		return connectors.Record{}, err
	}
	defer f.Close()
	origin := mail.Origin{Source: s.config.Name, Inbox: s.config.Inbox, Own: s.own, Received: delivered(e), Now: s.config.Now()}
	return mails.Read(e.Path, f, origin, time.Time{})
}

// delivered is when the mail came to the Maildir. Its name begins with that time,
// and the file bears it too. Either may be that of a move to another server, later
// than the other: so the earlier counts.
func delivered(e files.Entry) time.Time {
	number, _, _ := strings.Cut(filepath.Base(e.Path), ".")
	seconds, err := strconv.ParseInt(number, 10, 64)
	if named := time.Unix(seconds, 0); err == nil && odzew.Plausible(named) && named.Before(e.Changed) {
		return named
	}
	return e.Changed
}
