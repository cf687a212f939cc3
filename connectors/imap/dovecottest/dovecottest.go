// Package dovecottest starts a real Dovecot for tests, on the loopback interface,
// as an unprivileged user, in a folder of its own, and ends it with the test.
//
// Where Dovecot is not installed the test is skipped, unless the environment
// variable ODZEW_TEST_REQUIRE holds "imap": then it fails.
package dovecottest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// The account that every server has.
const (
	User     = "wsparcie"
	Password = "hasło-testowe-1"
)

// A Server is a running Dovecot.
type Server struct {
	// Port speaks plain IMAP and STARTTLS, TLSPort TLS from the start.
	Port, TLSPort int
	// CAFile holds the certificate that the server shows for 127.0.0.1.
	CAFile string
	// Dir is the server's folder; the account's mail lies in Dir/mail.
	Dir string
}

// Start starts a server with an empty account that has the folders INBOX and Sent.
func Start(t testing.TB) *Server {
	t.Helper()
	bin, err := exec.LookPath("dovecot")
	if err != nil {
		bin = "/usr/sbin/dovecot"
	}
	if _, err := os.Stat(bin); err != nil {
		if slices.Contains(strings.Split(os.Getenv("ODZEW_TEST_REQUIRE"), ","), "imap") {
			t.Fatal("Dovecot is required and not installed (dovecot-imapd)")
		}
		t.Skip("Dovecot is not installed (dovecot-imapd)")
	}
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{Dir: dir, Port: freePort(t), TLSPort: freePort(t), CAFile: filepath.Join(dir, "cert.pem")}
	name, cred := runner(t)
	writeCertificate(t, s.CAFile, filepath.Join(dir, "key.pem"))
	write(t, filepath.Join(dir, "users"), User+":{PLAIN}"+Password+"::::::\n")
	write(t, filepath.Join(dir, "dovecot.conf"), config(s, name))
	for _, d := range []string{"run", "mail"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if cred != nil {
		err := filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
			if err != nil {
				return err
			}
			return os.Chown(path, int(cred.Uid), int(cred.Gid))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bin, "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		timer.Stop()
	})
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if c, err := s.dial(); err == nil {
			if err := c.Create("Sent", &imap.CreateOptions{SpecialUse: []imap.MailboxAttr{imap.MailboxAttrSent}}).Wait(); err != nil {
				err = c.Create("Sent", nil).Wait()
				if err != nil {
					t.Fatal(err)
				}
			}
			c.Close()
			return s
		}
		if time.Now().After(deadline) {
			logged, _ := os.ReadFile(filepath.Join(dir, "dovecot.log"))
			t.Fatalf("Dovecot does not answer:\n%s%s", out.Bytes(), logged)
		}
	}
}

// config is a Dovecot that runs as one ordinary user and needs nothing outside of
// its folder.
func config(s *Server, name string) string {
	return fmt.Sprintf(`protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
log_path = %[1]s/dovecot.log
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = %[2]s
default_login_user = %[2]s
default_internal_group = %[3]s
first_valid_uid = 1
mail_location = maildir:%[1]s/mail/%%u
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %[1]s/users
}
userdb {
  driver = static
  args = uid=%[2]s gid=%[3]s home=%[1]s/mail/%%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[4]d
  }
  inet_listener imaps {
    port = %[5]d
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`, s.Dir, name, groupOf(name), s.Port, s.TLSPort)
}

// runner is who the server runs as: nobody where the test is root's, since mail
// may not be read as root; else whoever runs the test.
func runner(t testing.TB) (string, *syscall.Credential) {
	if os.Getuid() != 0 {
		u, err := user.Current()
		if err != nil {
			t.Fatal(err)
		}
		return u.Username, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return "nobody", &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func groupOf(name string) string {
	if u, err := user.Lookup(name); err == nil {
		if g, err := user.LookupGroupId(u.Gid); err == nil {
			return g.Name
		}
	}
	return name
}

func write(t testing.TB, file, text string) {
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func writeCertificate(t testing.TB, certFile, keyFile string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	kder, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: kder})))
}

func (s *Server) dial() (*imapclient.Client, error) {
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", s.Port), nil)
	if err != nil {
		return nil, err
	}
	if err := c.Login(User, Password).Wait(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Client returns a connection that is logged in, for what a test does to the
// account by itself.
func (s *Server) Client(t testing.TB) *imapclient.Client {
	t.Helper()
	c, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Append puts mails into a folder, with the time at which the server received them.
func (s *Server) Append(t testing.TB, folder string, at time.Time, mails ...string) {
	t.Helper()
	c, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, m := range mails {
		cmd := c.Append(folder, int64(len(m)), &imap.AppendOptions{Time: at})
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
}

// NewValidity makes a folder's UIDs worthless, as a restored backup does.
func (s *Server) NewValidity(t testing.TB, folder string) {
	t.Helper()
	c := s.Client(t)
	data, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("doveadm", "-c", filepath.Join(s.Dir, "dovecot.conf"), "mailbox", "update", "-u", User,
		"--uid-validity", strconv.FormatUint(uint64(data.UIDValidity)+1000, 10), folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("doveadm: %v\n%s", err, out)
	}
}
