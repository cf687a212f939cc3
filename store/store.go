// Package store keeps conversations and findings in SQLite.
//
// Rules:
//
//   - This is the only package that knows SQL, and the only importer of the driver.
//   - One writer: one connection writes, a few read. Settings stand in the DSN, so
//     that every connection of a pool has them.
//   - What came from a source is upserted by (source, external id), in the same
//     transaction as the source's cursor: a kill at any instant loses nothing and
//     doubles nothing.
//   - Errors say which database and what to do. No error holds a customer's text.
package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"

	"odzew"
)

// Store is an open database. Its methods may be called from many goroutines;
// writes queue behind one connection.
type Store struct {
	path string
	w    *sql.DB
	r    *sql.DB
	now  func() time.Time
	lock *fileLock
	// deferred: indexes are still to be made.
	deferred bool

	identityKey []byte
}

// Options of Open.
type Options struct {
	// Now is the clock that stamps what the store writes by itself.
	Now func() time.Time
	// ReadOnly opens an existing database without the right to change it.
	ReadOnly bool
	// Existing makes no new database: the command changes what is in one.
	Existing bool
	// Exclusive takes the database's lock file: one process at a time pulls,
	// imports or analyses. Readers need no lock.
	Exclusive bool
	// Bulk is for a command that writes much and ends: empty tables get most of their
	// indexes only at Close.
	Bulk bool
	// Cache is how much of the database the writer keeps in memory, in MiB; 0 stands
	// for 8. Rows that go into large indexes want more.
	Cache int
}

// ErrBusy says that another process holds the database's lock.
var ErrBusy = errors.New("another odzew is working on this database")

// ErrNoDatabase says that there is no such file.
var ErrNoDatabase = errors.New("no such database")

// Open opens the database at path, makes it if it is not there, and brings an
// older one to the current schema.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if path == "" || path == ":memory:" {
		return nil, fmt.Errorf("store: a database needs a file; give one with --db")
	}
	if o.ReadOnly || o.Existing {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s (run odzew sync, import or demo first, or name another with --db)", ErrNoDatabase, path)
		}
	}
	s := &Store{path: path, now: o.Now}
	if o.Exclusive {
		l, err := s.takeLock()
		if err != nil {
			return nil, err
		}
		s.lock = l
	}
	if err := s.open(ctx, o); err != nil {
		s.Close()
		if _, ok := errors.AsType[sqlite3.Error](err); !ok {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return nil, s.explain(err)
	}
	return s, nil
}

func (s *Store) takeLock() (*fileLock, error) {
	l, err := lockFile(s.path + ".lock")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w: %s", s.path, err, hintNoFolder)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s: %w: %s", s.path, err, hintRights)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	return l, nil
}

// What to do about an error that has several causes.
const (
	hintNoFolder = "its folder does not exist; make it, or name another file with --db"
	hintRights   = "the file or its folder may not be written to, which reading needs as well; check its owner and rights"
)

// Remove deletes a database that no other process works on, with all that lies
// beside it but its lock, which the next one takes. One that is not there is fine.
func Remove(path string) error {
	lock, err := (&Store{path: path}).takeLock()
	if err != nil {
		return err
	}
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, lock.release())...)
}

// makePrivate makes an empty file for SQLite to fill, and others not to read: it holds
// what customers wrote. What lies beside it gets its rights. One that is there keeps its
// own; that it cannot be made SQLite says better.
func makePrivate(path string) {
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
		f.Close()
	}
}

func (s *Store) open(ctx context.Context, o Options) error {
	if !o.ReadOnly {
		makePrivate(s.path)
		s.w = sql.OpenDB(writer(dsn(s.path, "rwc", cmp.Or(o.Cache, 8)<<10)))
		s.w.SetMaxOpenConns(1)
		if err := migrate(ctx, s.w, odzew.SchemaVersion, odzew.Schema, migrations); err != nil {
			return err
		}
		if err := s.initMeta(ctx); err != nil {
			return err
		}
		if err := s.makeIndexes(ctx); err != nil {
			return err
		}
		if o.Bulk {
			if err := s.deferIndexes(ctx); err != nil {
				return err
			}
		}
	}
	var err error
	if s.r, err = sql.Open("sqlite3", dsn(s.path, "ro", 2<<10)); err != nil {
		return err
	}
	s.r.SetMaxOpenConns(4)
	if o.ReadOnly {
		v, err := userVersion(ctx, s.r)
		if err != nil {
			return err
		}
		if v != odzew.SchemaVersion {
			return schemaError(v, odzew.SchemaVersion)
		}
	}
	return s.readIdentityKey(ctx)
}

// dsn spells the settings of every connection; the cache is in KiB.
func dsn(path, mode string, cache int) string {
	q := url.Values{}
	q.Set("mode", mode)
	q.Set("_busy_timeout", "5000")
	q.Set("_foreign_keys", "on")
	q.Set("_mutex", "no") // database/sql gives a connection to one goroutine at a time
	q.Set("_cache_size", strconv.Itoa(-cache))
	if mode != "ro" {
		q.Set("_journal_mode", "WAL")
		q.Set("_synchronous", "NORMAL")
		q.Set("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// writer connects with one setting that the DSN cannot say: how much of the log
// gathers, in pages, before it is moved into the database. A bulk load would
// otherwise wait for the disk at every transaction.
type writer string

func (w writer) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec(`PRAGMA wal_autocheckpoint = 8000`, nil)
		return err
	}}
}

func (w writer) Connect(context.Context) (driver.Conn, error) { return w.Driver().Open(string(w)) }

// Close ends all connections and gives the lock back.
func (s *Store) Close() error {
	var errs []error
	if s.deferred {
		errs = append(errs, s.explain(s.makeIndexes(context.Background())))
		s.deferred = false
	}
	if s.r != nil {
		errs = append(errs, s.r.Close())
	}
	if s.w != nil {
		errs = append(errs, s.w.Close())
	}
	errs = append(errs, s.lock.release())
	return errors.Join(errs...)
}

// Path returns the file of the database.
func (s *Store) Path() string { return s.path }

// initMeta writes the facts that a new database is born with.
func (s *Store) initMeta(ctx context.Context) error {
	var n int
	if err := s.w.QueryRowContext(ctx, `SELECT count(*) FROM meta WHERE key = 'identity_key'`).Scan(&n); err != nil || n > 0 {
		return err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	_, err := s.w.ExecContext(ctx, `INSERT OR IGNORE INTO meta VALUES ('identity_key', ?), ('created_at', ?)`,
		hex.EncodeToString(key), strconv.FormatInt(s.now().Unix(), 10))
	return err
}

func (s *Store) readIdentityKey(ctx context.Context) error {
	v, err := s.Meta(ctx, "identity_key")
	if err != nil {
		return err
	}
	s.identityKey, err = hex.DecodeString(v)
	return err
}

// Alias is a short name for a customer whose own name must not be shown: the same
// wherever the customer stands in this database, and without its key it tells nothing. Of
// an address it is how customers.identity begins, in hexadecimal.
func (s *Store) Alias(customer string) string {
	return hex.EncodeToString(s.identity("", "", customer)[:4])
}

// Meta returns a small fact about the database, "" where there is none.
func (s *Store) Meta(ctx context.Context, key string) (string, error) {
	var v string
	err := s.r.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = ?`, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, s.explain(err)
}

// SetMeta stores a small fact about the database.
func (s *Store) SetMeta(ctx context.Context, key, value string) error {
	_, err := s.w.ExecContext(ctx, `INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return s.explain(err)
}

// Check reads the whole file for damage (PRAGMA quick_check).
func (s *Store) Check(ctx context.Context) error {
	var res string
	if err := s.r.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&res); err != nil {
		return s.explain(err)
	}
	if res != "ok" {
		return fmt.Errorf("%s is damaged: %s; restore the last backup", s.path, res)
	}
	return nil
}

// Backup writes a consistent copy of the database to file, which must not exist,
// while others go on reading and writing.
func (s *Store) Backup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s exists already; name a new file", file)
	}
	tmp := file + ".part"
	remove := func() { // what a failed one leaves, or one that was killed
		os.Remove(tmp)
		os.Remove(tmp + "-journal")
	}
	remove()
	makePrivate(tmp)
	if _, err := s.r.ExecContext(ctx, `VACUUM INTO ?`, tmp); err != nil {
		remove()
		return fmt.Errorf("backup to %s: %w", file, s.explain(err))
	}
	return os.Rename(tmp, file)
}

// explain adds to an error of the driver what to do about it.
func (s *Store) explain(err error) error {
	se, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return err
	}
	hint := ""
	switch se.Code {
	case sqlite3.ErrFull:
		hint = "the disk is full; free some space and run it again, nothing is lost"
	case sqlite3.ErrReadonly:
		hint = hintRights
	case sqlite3.ErrCantOpen:
		if _, serr := os.Stat(filepath.Dir(s.path)); serr != nil {
			hint = hintNoFolder
		} else {
			hint = "check the rights of the file and its folder"
		}
	case sqlite3.ErrNotADB:
		hint = "this is not a database; name another file with --db"
	case sqlite3.ErrCorrupt:
		hint = "the file is damaged; restore the last backup"
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		hint = "another program keeps it locked; try again when it is done"
	case sqlite3.ErrIoErr:
		hint = "reading or writing failed; check the disk"
	default:
		return fmt.Errorf("%s: %w", s.path, err)
	}
	return fmt.Errorf("%s: %w: %s", s.path, err, hint)
}
