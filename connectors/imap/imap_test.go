package imap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	goimap "github.com/emersion/go-imap/v2"

	"odzew"
	"odzew/connectors"
	"odzew/connectors/connectortest"
	"odzew/connectors/imap/dovecottest"
)

func config(srv *dovecottest.Server) Config {
	return Config{
		Name: "pomoc", Host: "127.0.0.1", Port: srv.Port, Security: "none", Username: dovecottest.User, Password: dovecottest.Password,
		Own: []string{"pomoc@sklep.example"}, Now: connectortest.Clock, Timeout: 10 * time.Second,
	}
}

func open(t *testing.T, c Config) *Source {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eml is a small mail of a customer.
func eml(id, from, to, subject, refs, text string) string {
	h := fmt.Sprintf("Message-ID: <%s@klient.example>\r\nDate: Tue, 10 Feb 2026 09:00:00 +0100\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\n", id, from, to, subject)
	if refs != "" {
		h += "In-Reply-To: <" + refs + ">\r\nReferences: <" + refs + ">\r\n"
	}
	return h + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text + "\r\n"
}

func TestConformance(t *testing.T) {
	srv := dovecottest.Start(t)
	n := 0
	connectortest.Run(t, func(t *testing.T) connectortest.System {
		// Each case has a folder of its own: a server's start is a second.
		n++
		folder := fmt.Sprintf("Zgłoszenia %d", n)
		if err := srv.Client(t).Create(folder, nil).Wait(); err != nil {
			t.Fatal(err)
		}
		c := config(srv)
		c.Folders = []string{folder, "Sent"}
		return connectortest.System{
			Open: func(t *testing.T) connectors.Connector { return open(t, c) },
			Add: func(t *testing.T, items ...connectortest.Item) {
				client := srv.Client(t)
				defer client.Close()
				for _, it := range items {
					m := eml(it.Key, "Ewa <ewa@klient.example>", "pomoc@sklep.example", "Paczka", "", it.Text)
					cmd := client.Append(folder, int64(len(m)), &goimap.AppendOptions{Time: it.At})
					if _, err := cmd.Write([]byte(m)); err != nil {
						t.Fatal(err)
					}
					if err := cmd.Close(); err != nil {
						t.Fatal(err)
					}
					if _, err := cmd.Wait(); err != nil {
						t.Fatal(err)
					}
				}
			},
			// A server's mail has always a time, and a mail can't be broken so far
			// that nothing of it can be read.
			Many: 230,
		}
	})
}

// collect pulls and returns what came, and the last cursor.
func collect(t *testing.T, c connectors.Connector, since connectors.Cursor) (list []*odzew.Conversation, cursor connectors.Cursor) {
	t.Helper()
	err := c.Pull(t.Context(), since, func(r connectors.Record) error {
		if r.Conversation != nil {
			list = append(list, r.Conversation)
		}
		if r.DeadLetter != nil {
			t.Errorf("dead letter %s: %s", r.DeadLetter.Where, r.DeadLetter.Reason)
		}
		if r.Cursor != "" {
			cursor = r.Cursor
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list, cursor
}

// TestSentFolderIsPaired reads INBOX and Sent without being told of them, in the
// order of time, and knows whose mail is whose.
func TestSentFolderIsPaired(t *testing.T) {
	srv := dovecottest.Start(t)
	at := connectortest.Start
	srv.Append(t, "Sent", at.Add(2*time.Hour), eml("o1", "Pomoc <pomoc@sklep.example>", "ewa@klient.example", "Re: Gdzie =?utf-8?q?paczka=3F?=", "k1@klient.example", "Już sprawdzam."))
	srv.Append(t, "INBOX", at, eml("k1", "Ewa <ewa@klient.example>", "pomoc@sklep.example", "Gdzie =?utf-8?q?paczka=3F?=", "", "Czekam już tydzień."))
	srv.Append(t, "INBOX", at.Add(3*time.Hour), eml("k2", "Ewa <ewa@klient.example>", "pomoc@sklep.example", "Re: Gdzie =?utf-8?q?paczka=3F?=", "o1@klient.example", "Dziękuję!"))
	srv.Append(t, "INBOX", at.Add(4*time.Hour), eml("e1", "Tom <tom@customer.example>", "pomoc@sklep.example", "Refund", "", "Where is my refund?"))

	src := open(t, config(srv))
	list, cursor := collect(t, src, "")
	var got []string
	for _, c := range list {
		m := c.Messages[0]
		got = append(got, fmt.Sprintf("%s %s %s %s", m.Mail.MessageID, m.Author, c.Customer.ID, m.At.Format("15:04")))
	}
	want := []string{
		"k1@klient.example customer ewa@klient.example 09:00",
		"o1@klient.example agent ewa@klient.example 11:00",
		"k2@klient.example customer ewa@klient.example 12:00",
		"e1@klient.example customer tom@customer.example 13:00",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if again, _ := collect(t, src, cursor); len(again) != 0 {
		t.Errorf("%d mails came again", len(again))
	}
	// Nothing was marked as seen.
	client := srv.Client(t)
	if _, err := client.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	unseen, err := client.UIDSearch(&goimap.SearchCriteria{NotFlag: []goimap.Flag{goimap.FlagSeen}}, nil).Wait()
	if err != nil || len(unseen.AllUIDs()) != 3 {
		t.Errorf("%d mails are unseen after the pull, want 3 (%v)", len(unseen.AllUIDs()), err)
	}
}

func TestNewValidityReadsAgain(t *testing.T) {
	srv := dovecottest.Start(t)
	for i := range 3 {
		srv.Append(t, "INBOX", connectortest.Start, eml(fmt.Sprint("v", i), "ewa@klient.example", "pomoc@sklep.example", "x", "", "tekst"))
	}
	src := open(t, config(srv))
	first, cursor := collect(t, src, "")
	srv.NewValidity(t, "INBOX")
	second, next := collect(t, src, cursor)
	if len(first) != 3 || len(second) != 3 || next == cursor {
		t.Errorf("%d mails, then %d with the cursor %s after %s", len(first), len(second), next, cursor)
	}
	if third, _ := collect(t, src, next); len(third) != 0 {
		t.Errorf("%d mails came again under the same validity", len(third))
	}
}

// TestLargeMail fetches of a mail with an attachment of 50 MB only its beginning.
func TestLargeMail(t *testing.T) {
	srv := dovecottest.Start(t)
	head := "Message-ID: <big@klient.example>\r\nDate: Tue, 10 Feb 2026 09:00:00 +0100\r\nFrom: ewa@klient.example\r\nTo: pomoc@sklep.example\r\nSubject: zdjęcia\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nW załączniku zdjęcia uszkodzeń.\r\n--b\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	srv.Append(t, "INBOX", connectortest.Start, head+strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 50<<20/78)+"--b--\r\n")
	list, _ := collect(t, open(t, config(srv)), "")
	if len(list) != 1 || strings.TrimSpace(list[0].Messages[0].Text) != "W załączniku zdjęcia uszkodzeń." {
		t.Fatalf("%d conversations: %+v", len(list), list)
	}
}

func TestSecurity(t *testing.T) {
	srv := dovecottest.Start(t)
	srv.Append(t, "INBOX", connectortest.Start, eml("s", "ewa@klient.example", "pomoc@sklep.example", "x", "", "tekst"))
	for _, tt := range []struct {
		name      string
		change    func(*Config)
		want      string // in the error; empty: it works
		transient bool
	}{
		{"plain on this machine", func(c *Config) {}, "", false},
		{"starttls", func(c *Config) { c.Security, c.CAFile = "starttls", srv.CAFile }, "", false},
		{"tls", func(c *Config) { c.Security, c.Port, c.CAFile = "tls", srv.TLSPort, srv.CAFile }, "", false},
		{"unknown authority", func(c *Config) { c.Security, c.Port = "tls", srv.TLSPort }, "imap.ca_file", false},
		{"tls to a plain port", func(c *Config) { c.Security = "tls" }, "starttls", false},
		{"wrong password", func(c *Config) { c.Password = "złe-hasło" }, "check imap.username and the password", false},
		{"no such folder", func(c *Config) { c.Folders = []string{"Nie ma"} }, `folder "Nie ma"`, false},
		{"nobody there", func(c *Config) { c.Port = closedPort(t) }, "connection refused", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := config(srv)
			tt.change(&c)
			n := 0
			err := open(t, c).Pull(t.Context(), "", func(r connectors.Record) error {
				if r.Conversation != nil {
					n++
				}
				return nil
			})
			if tt.want == "" {
				if err != nil || n != 1 {
					t.Fatalf("%d mails, error %v", n, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want one with %q", err, tt.want)
			}
			if strings.Contains(err.Error(), c.Password) {
				t.Error("the error shows the password")
			}
			if _, ok := connectors.IsTransient(err); ok != tt.transient {
				t.Errorf("transient is %v: %v", ok, err)
			}
		})
	}
}

// TestSilentServer gives up on a server that accepts and says nothing.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := Config{
		Name: "x", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: "none", Username: "u", Password: "p",
		Own: []string{"@a.example"}, Now: connectortest.Clock, Timeout: time.Second,
	}
	began := time.Now()
	err = open(t, c).Pull(t.Context(), "", func(connectors.Record) error { return nil })
	if _, ok := connectors.IsTransient(err); !ok {
		t.Errorf("error %v is not one that may pass", err)
	}
	if d := time.Since(began); d > 3*c.Timeout {
		t.Errorf("it waited %v, more than once", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := open(t, c).Pull(ctx, "", func(connectors.Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	c.Timeout = time.Minute
	ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began = time.Now()
	if err := open(t, c).Pull(ctx, "", func(connectors.Record) error { return nil }); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > c.Timeout/2 {
		t.Errorf("with a context that ends while it waits: %v after %v", err, time.Since(began))
	}
}

func TestConfig(t *testing.T) {
	good := Config{Name: "a", Host: "imap.example.com", Username: "u", Password: "p", Own: []string{"@a.example"}, Now: connectortest.Clock}
	for _, tt := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Host = "" }, "imap.host"},
		{func(c *Config) { c.Username = "" }, "imap.username"},
		{func(c *Config) { c.Password = "" }, "password_file"},
		{func(c *Config) { c.Own = nil }, "imap.own"},
		{func(c *Config) { c.Own = []string{"a"} }, "imap.own"},
		{func(c *Config) { c.Port = 70000 }, "70000"},
		{func(c *Config) { c.Security = "ssl" }, "starttls"},
		{func(c *Config) { c.Security = "none" }, "in clear"},
		{func(c *Config) { c.CAFile = "/nie/ma" }, "imap.ca_file"},
	} {
		c := good
		tt.change(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want one with %q", err, tt.want)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

func closedPort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
