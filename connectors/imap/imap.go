// Package imap reads mails from the folders of an IMAP account.
//
// Rules of this package:
//
//   - It changes nothing: folders are opened with EXAMINE, bodies read with PEEK.
//   - The cursor holds, for each folder, its UIDVALIDITY and the last UID that was
//     taken. A folder with a new UIDVALIDITY is read again from its beginning; the
//     store knows the mails by their Message-ID.
//   - The folder of sent mail is read too: without it, agents never answer.
//   - Of a large mail only the beginning is fetched, where its text stands:
//     attachments are not wanted.
//   - A password goes over TLS, or nowhere: plain connections are for this machine.
package imap

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"odzew/connectors"
	"odzew/connectors/mail"
)

// Config is one IMAP account.
type Config struct {
	// Name is the source of the conversations.
	Name string `yaml:"name"`
	Host string `yaml:"host"`
	// Port is 993 with tls, 143 otherwise, where it is left out.
	Port int `yaml:"port"`
	// Security is tls (default), starttls, or none, which is for this machine only.
	Security string `yaml:"security"`
	// CAFile holds certificates (PEM) to trust beside the system's.
	CAFile   string `yaml:"ca_file"`
	Username string `yaml:"username"`
	// Password is not written into a configuration.
	Password string `yaml:"-"`
	// Folders to read; left out: INBOX and the folder of sent mail.
	Folders []string `yaml:"folders"`
	// Own are the company's addresses and @domains: mail from them is an agent's.
	Own []string `yaml:"own"`
	// Inbox names the inbox of the conversations; left out: Name.
	Inbox string `yaml:"inbox"`
	// Timeout bounds each wait for the server; left out: one minute.
	Timeout time.Duration `yaml:"timeout"`
	// Now judges the times of mails.
	Now func() time.Time `yaml:"-"`
}

const (
	cursorKind = "imap/1"
	// fetchBytes is how much of one mail is fetched, in bytes.
	fetchBytes = 1 << 20
	// windowMails and windowBytes bound what is fetched at a time.
	windowMails = 200
	windowBytes = 16 << 20
	// listMails is how many mails of a folder are listed at a time.
	listMails = 5000
)

// A Source reads one account.
type Source struct {
	config Config
	own    mail.Addresses
	roots  *x509.CertPool
}

var _ connectors.Connector = (*Source)(nil)

// New checks a configuration. It connects to nothing.
func New(c Config) (*Source, error) {
	fail := func(format string, args ...any) (*Source, error) {
		return nil, fmt.Errorf("source %s: %s", c.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case c.Name == "":
		return nil, errors.New("imap: a source needs a name")
	case c.Host == "":
		return fail("imap.host is missing")
	case c.Username == "":
		return fail("imap.username is missing")
	case c.Password == "":
		return fail("the password is missing; set password_file or password_env")
	case c.Now == nil:
		return fail("no clock was given")
	case len(c.Own) == 0:
		return fail("imap.own is empty: name the company's addresses or @domain, or customers and agents can't be told apart")
	case c.Port < 0 || c.Port > 65535:
		return fail("imap.port %d is not a port", c.Port)
	}
	switch c.Security {
	case "":
		c.Security = "tls"
	case "tls", "starttls":
	case "none":
		if !loopback(c.Host) {
			return fail("imap.security: none would send the password in clear to %s; use tls or starttls", c.Host)
		}
	default:
		return fail("imap.security %q is not tls, starttls or none", c.Security)
	}
	if c.Port == 0 {
		c.Port = 143
		if c.Security == "tls" {
			c.Port = 993
		}
	}
	if c.Inbox == "" {
		c.Inbox = c.Name
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	own, err := mail.OwnAddresses(c.Own)
	if err != nil {
		return fail("imap.own: %v", err)
	}
	s := &Source{config: c, own: own}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return fail("imap.ca_file: %v", err)
		}
		if s.roots, err = x509.SystemCertPool(); err != nil {
			s.roots = x509.NewCertPool()
		}
		if !s.roots.AppendCertsFromPEM(pem) {
			return fail("imap.ca_file: %s holds no certificate", c.CAFile)
		}
	}
	return s, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// A place is how far a folder was read.
type place struct {
	Validity uint32 `json:"v"`
	UID      uint32 `json:"u"`
}

type state struct {
	Folders map[string]place `json:"folders"`
}

// An entry is a mail that is not yet fetched.
type entry struct {
	folder int
	uid    imap.UID
	at     time.Time // INTERNALDATE
	order  time.Time // at, but never before that of a smaller UID of the folder
	size   int64
}

// Pull implements connectors.Connector. Mails of all folders come in the order in
// which the server received them.
func (s *Source) Pull(ctx context.Context, since connectors.Cursor, accept func(connectors.Record) error) error {
	st := state{Folders: map[string]place{}}
	if err := connectors.DecodeCursor(since, cursorKind, &st); err != nil {
		return err
	}
	c, err := s.connect(ctx)
	if err != nil {
		return s.failed(ctx, err)
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer func() {
		stop()
		c.Close()
		<-c.Closed()
	}()
	p := &pull{s: s, c: c, state: st, accept: accept, ctx: ctx}
	if err := p.run(); err != nil {
		return s.failed(ctx, err)
	}
	// The server may take its time to say good-bye; all is done.
	c.Logout()
	return nil
}

// failed words an error: whose it is, and what to do.
func (s *Source) failed(ctx context.Context, err error) error {
	var accepted acceptError
	if errors.As(err, &accepted) {
		return fmt.Errorf("source %s: %w", s.config.Name, accepted.err)
	}
	if cerr := ctx.Err(); cerr != nil {
		return fmt.Errorf("source %s: %w", s.config.Name, cerr)
	}
	if _, ok := errors.AsType[*connectors.Error](err); ok {
		return fmt.Errorf("source %s: %w", s.config.Name, err)
	}
	where := net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port))
	return fmt.Errorf("source %s: %w", s.config.Name, connectors.Transient(fmt.Errorf("%s: %w", where, err),
		"check that the server is up; the next pull goes on from here"))
}

// An acceptError is the consumer's.
type acceptError struct{ err error }

func (e acceptError) Error() string { return e.err.Error() }
func (e acceptError) Unwrap() error { return e.err }

// connect dials, secures the connection and logs in.
func (s *Source) connect(ctx context.Context) (*imapclient.Client, error) {
	addr := net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port))
	d := net.Dialer{Timeout: s.config.Timeout}
	raw, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, connectors.Transient(err, "check the host, the port and the network")
	}
	// Whoever stops a pull does not wait for a server that says nothing.
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	var conn net.Conn = &slowConn{Conn: raw, timeout: s.config.Timeout}
	tlsConfig := &tls.Config{ServerName: s.config.Host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	options := &imapclient.Options{TLSConfig: tlsConfig}
	var c *imapclient.Client
	switch s.config.Security {
	case "tls":
		t := tls.Client(conn, tlsConfig)
		if err := t.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, tlsError(err)
		}
		c = imapclient.New(t, options)
	case "starttls":
		if c, err = imapclient.NewStartTLS(conn, options); err != nil {
			conn.Close()
			return nil, tlsError(err)
		}
	default:
		c = imapclient.New(conn, options)
	}
	fail := func(err error) (*imapclient.Client, error) {
		c.Close()
		<-c.Closed()
		return nil, err
	}
	if err := c.WaitGreeting(); err != nil {
		return fail(connectors.Transient(fmt.Errorf("no greeting: %w", err), "check that an IMAP server listens there, and imap.security"))
	}
	if err := c.Login(s.config.Username, s.config.Password).Wait(); err != nil {
		if ie, ok := errors.AsType[*imap.Error](err); ok {
			if ie.Code == imap.ResponseCodeUnavailable || ie.Code == imap.ResponseCodeInUse {
				return fail(connectors.Transient(fmt.Errorf("login of %s: server says %q", s.config.Username, ie.Text), "it may pass by itself"))
			}
			return fail(connectors.Permanent(fmt.Errorf("login of %s refused: server says %q", s.config.Username, ie.Text),
				"check imap.username and the password; some providers want an app password"))
		}
		return fail(err)
	}
	return c, nil
}

func tlsError(err error) error {
	err = fmt.Errorf("TLS: %w", err)
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return connectors.Permanent(err, "check imap.host, or name the certificate's authority with imap.ca_file")
	case errors.As(err, &record):
		return connectors.Permanent(err, "the port does not speak TLS; try imap.security: starttls")
	}
	return connectors.Transient(err, "check the port and imap.security")
}

// A slowConn gives up on a server that has gone silent, for good: the client would
// read on after an error, and wait again each time.
type slowConn struct {
	net.Conn
	timeout time.Duration
}

func (c *slowConn) Read(b []byte) (int, error) {
	c.Conn.SetReadDeadline(time.Now().Add(c.timeout))
	n, err := c.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.Conn.Close()
	}
	return n, err
}

// SetReadDeadline does nothing: the client would take the bound away between responses.
func (c *slowConn) SetReadDeadline(time.Time) error { return nil }

func (c *slowConn) Write(b []byte) (int, error) {
	c.SetWriteDeadline(time.Now().Add(c.timeout))
	return c.Conn.Write(b)
}

// A pull is one run over an account.
type pull struct {
	s        *Source
	c        *imapclient.Client
	ctx      context.Context
	state    state
	accept   func(connectors.Record) error
	folders  []string
	selected int
}

func (p *pull) run() error {
	var err error
	if p.folders, err = p.wanted(); err != nil {
		return err
	}
	p.selected = -1
	// The list of new mails is short but for the first pull, which is why it is made
	// in stretches: memory does not grow with the account.
	lists := make([]folderList, len(p.folders))
	for i := range lists {
		lists[i] = folderList{p: p, folder: i}
	}
	for {
		window, err := p.nextWindow(lists)
		if err != nil {
			return err
		}
		if len(window) == 0 {
			return p.emit(connectors.Record{}) // covers folders without mail as well
		}
		if err := p.take(window); err != nil {
			return err
		}
	}
}

// wanted lists the folders to read.
func (p *pull) wanted() ([]string, error) {
	if f := p.s.config.Folders; len(f) > 0 {
		return f, nil
	}
	folders := []string{"INBOX"}
	opts := &imap.ListOptions{}
	if p.c.Caps().Has(imap.CapSpecialUse) {
		opts.ReturnSpecialUse = true
	}
	list, err := p.c.List("", "*", opts).Collect()
	if err != nil {
		return nil, fmt.Errorf("listing folders: %w", err)
	}
	sent := ""
	for _, l := range list {
		if slices.Contains(l.Attrs, imap.MailboxAttrSent) {
			sent = l.Mailbox
			break
		}
		if sent == "" && sentName(l.Mailbox) {
			sent = l.Mailbox
		}
	}
	if sent != "" {
		folders = append(folders, sent)
	}
	return folders, nil
}

// sentName knows the usual names of the folder of sent mail.
func sentName(folder string) bool {
	if i := strings.LastIndexAny(folder, "./"); i >= 0 {
		folder = folder[i+1:]
	}
	switch strings.ToLower(folder) {
	case "sent", "sent items", "sent messages", "sent mail", "wysłane", "elementy wysłane", "gesendet", "gesendete objekte", "odeslané", "odeslaná pošta":
		return true
	}
	return false
}

func (p *pull) enter(folder int) error {
	if p.selected == folder {
		return nil
	}
	name := p.folders[folder]
	data, err := p.c.Select(name, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		if ie, ok := errors.AsType[*imap.Error](err); ok && ie.Type == imap.StatusResponseTypeNo {
			return connectors.Permanent(fmt.Errorf("folder %q: server says %q", name, ie.Text), "check imap.folders: names are as the server spells them")
		}
		return fmt.Errorf("folder %q: %w", name, err)
	}
	p.selected = folder
	if at := p.state.Folders[name]; at.Validity != data.UIDValidity {
		p.state.Folders[name] = place{Validity: data.UIDValidity}
	}
	return nil
}

// A folderList walks the new mails of one folder in the order of their UIDs.
type folderList struct {
	p      *pull
	folder int
	last   imap.UID
	begun  bool
	ended  bool
	order  time.Time
	ahead  []entry
}

// fill lists the next stretch where nothing is ahead.
func (l *folderList) fill() error {
	for len(l.ahead) == 0 && !l.ended {
		p := l.p
		if err := p.enter(l.folder); err != nil {
			return err
		}
		if !l.begun {
			l.begun, l.last = true, imap.UID(p.state.Folders[p.folders[l.folder]].UID)
		}
		// SEARCH is cheap and says what is there; UIDs have gaps.
		found, err := p.c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: l.last + 1, Stop: 0}}}}, nil).Wait()
		if err != nil {
			return fmt.Errorf("folder %q: %w", p.folders[l.folder], err)
		}
		uids := slices.DeleteFunc(found.AllUIDs(), func(u imap.UID) bool { return u <= l.last }) // n:* always has the newest
		slices.Sort(uids)
		if len(uids) == 0 {
			l.ended = true
			return nil
		}
		uids = uids[:min(len(uids), listMails)]
		list, err := p.c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true}).Collect()
		if err != nil {
			return fmt.Errorf("folder %q: %w", p.folders[l.folder], err)
		}
		for _, m := range list {
			if m.UID > l.last {
				l.ahead = append(l.ahead, entry{folder: l.folder, uid: m.UID, at: m.InternalDate.UTC(), size: m.RFC822Size})
			}
		}
		slices.SortFunc(l.ahead, func(a, b entry) int { return cmp.Compare(a.uid, b.uid) })
		l.ahead = slices.CompactFunc(l.ahead, func(a, b entry) bool { return a.uid == b.uid })
		for i := range l.ahead {
			if l.ahead[i].at.After(l.order) {
				l.order = l.ahead[i].at
			}
			l.ahead[i].order = l.order
		}
		l.last = uids[len(uids)-1]
	}
	return nil
}

// nextWindow takes the oldest mails of all folders.
func (p *pull) nextWindow(lists []folderList) ([]entry, error) {
	var window []entry
	var size int64
	for len(window) < windowMails && size < windowBytes {
		best := -1
		for i := range lists {
			if err := lists[i].fill(); err != nil {
				return nil, err
			}
			if len(lists[i].ahead) > 0 && (best < 0 || lists[i].ahead[0].order.Before(lists[best].ahead[0].order)) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		e := lists[best].ahead[0]
		lists[best].ahead = lists[best].ahead[1:]
		size += min(e.size, fetchBytes)
		window = append(window, e)
	}
	return window, nil
}

// take fetches a window, a folder at a time, and hands it on in its order.
func (p *pull) take(window []entry) error {
	bodies := make(map[int]map[imap.UID][]byte, len(p.folders))
	for folder := range p.folders {
		var set imap.UIDSet
		for _, e := range window {
			if e.folder == folder {
				set.AddNum(e.uid)
			}
		}
		if len(set) == 0 {
			continue
		}
		if err := p.enter(folder); err != nil {
			return err
		}
		section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: fetchBytes}}
		list, err := p.c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		if err != nil {
			return fmt.Errorf("folder %q: %w", p.folders[folder], err)
		}
		bodies[folder] = make(map[imap.UID][]byte, len(list))
		for _, m := range list {
			if len(m.BodySection) > 0 {
				bodies[folder][m.UID] = m.BodySection[0].Bytes
			}
		}
	}
	for _, e := range window {
		name := p.folders[e.folder]
		at := p.state.Folders[name]
		at.UID = uint32(e.uid)
		body, ok := bodies[e.folder][e.uid]
		rec := connectors.Record{}
		if ok {
			rec = p.record(e, body)
		} // else it was deleted meanwhile
		p.state.Folders[name] = at
		if err := p.emit(rec); err != nil {
			return err
		}
	}
	return nil
}

// record makes a conversation of one mail, or a dead letter.
func (p *pull) record(e entry, body []byte) connectors.Record {
	c := &p.s.config
	m, err := mail.Parse(bytes.NewReader(body))
	if err == nil {
		conv, cerr := m.Conversation(mail.Origin{Source: c.Name, Inbox: c.Inbox, Own: p.s.own, Received: e.at, Now: c.Now()})
		if cerr == nil {
			return connectors.Record{Conversation: &conv}
		}
		err = cerr
	}
	where := fmt.Sprintf("%s/%d", p.folders[e.folder], e.uid)
	return connectors.Record{DeadLetter: connectors.NewDeadLetter(where, err, body, e.size)}
}

// emit hands a record on with the cursor that covers it.
func (p *pull) emit(r connectors.Record) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	cursor, err := connectors.EncodeCursor(cursorKind, p.state)
	if err != nil {
		return err
	}
	r.Cursor = cursor
	if err := p.accept(r); err != nil {
		return acceptError{err}
	}
	return nil
}
