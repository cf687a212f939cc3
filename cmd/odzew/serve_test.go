package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/sirupsen/logrus"

	"odzew/store"
)

// TestDigestDue: once a local date, whatever the clocks do.
func TestDigestDue(t *testing.T) {
	for _, tt := range []struct {
		now, at string
		want    string // "" : not due
	}{
		{"2026-11-18T06:59:59+01:00", "07:00", ""},
		{"2026-11-18T07:00:00+01:00", "07:00", "2026-11-17"},
		{"2026-11-18T23:59:59+01:00", "07:00", "2026-11-17"},
		{"2026-11-19T00:00:00+01:00", "07:00", ""},
		// In spring 02:30 does not exist: due from 03:00 on all the same.
		{"2026-03-29T01:59:59+01:00", "02:30", ""},
		{"2026-03-29T03:30:00+02:00", "02:30", "2026-03-28"},
		// In autumn 02:30 comes twice: the same date both times.
		{"2026-10-25T02:30:00+02:00", "02:30", "2026-10-24"},
		{"2026-10-25T02:30:00+01:00", "02:30", "2026-10-24"},
		{"2026-01-01T07:00:00+01:00", "07:00", "2025-12-31"},
	} {
		cfg := &Config{Digest: digestConfig{At: tt.at}}
		if err := cfg.complete(); err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		date, due := digestDue(now.UTC(), cfg)
		if date != tt.want || due != (tt.want != "") {
			t.Errorf("%s, at %s: %q, %v; want %q", tt.now, tt.at, date, due, tt.want)
		}
	}
}

// A sink is an SMTP server that keeps what it gets.
type sink struct {
	mu    sync.Mutex
	mails []string
}

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s}, nil }

func (s *sink) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

type session struct{ s *sink }

func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.s.mu.Lock()
	s.s.mails = append(s.s.mails, string(data))
	s.s.mu.Unlock()
	return err
}

func startSink(t *testing.T) (*sink, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{}
	srv := smtp.NewServer(s)
	srv.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(l) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return s, l.Addr().(*net.TCPAddr).Port
}

// shopFile is a small source with an angry customer on 2026-11-17.
const shopFile = `{"id":"C-1","channel":"email","inbox":"zwroty","created_at":"2026-11-17T08:00:00Z","customer":{"id":"k"},"messages":[{"id":"m1","at":"2026-11-17T08:00:00Z","author":"customer","public":true,"text":"Czekam na zwrot od trzech tygodni i nikt nie odpisuje. Zgłaszam sprawę do UOKiK!"}]}
`

// desk writes a configuration with one source into a folder of the test.
func writeDesk(t *testing.T, extra string) (config string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"odzew.yaml": "database: t.db\nlanguage: pl\nsources:\n  - name: shop\n    jsonl: {paths: [shop.jsonl]}\n" + extra,
		"shop.jsonl": shopFile,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "odzew.yaml")
}

// TestSendOncePerDate mails the digest through SMTP, and the second time says that
// it was sent.
func TestSendOncePerDate(t *testing.T) {
	mails, port := startSink(t)
	config := writeDesk(t, fmt.Sprintf("digest:\n  to: [lead@example.com]\n  from: odzew@example.com\n  smtp: {host: 127.0.0.1, port: %d, tls: none}\n", port))
	must(t, "", "--config", config, "sync")
	must(t, "", "--config", config, "analyze")
	if out := must(t, "", "--config", config, "digest", "--send", "--lang", "en"); !strings.Contains(out, "1 recipients") {
		t.Errorf("first: %s", out)
	}
	must(t, "", "--config", config, "digest", "--send")
	got := mails.all()
	if len(got) != 1 {
		t.Fatalf("%d mails were sent", len(got))
	}
	for _, want := range []string{"Auto-Submitted: auto-generated", "working hours", "text/plain", "text/html", "To: <lead@example.com>"} {
		if !strings.Contains(got[0], want) {
			t.Errorf("the mail lacks %q:\n%.1500s", want, got[0])
		}
	}
	// A server that is gone is an error, and the date stays unsent.
	config = writeDesk(t, "digest:\n  to: [lead@example.com]\n  from: odzew@example.com\n  smtp: {host: 127.0.0.1, port: 1, tls: none}\n")
	must(t, "", "--config", config, "sync")
	if status, _, errs := runOdzew(t, "", "--config", config, "digest", "--send"); status != statusFailed || !strings.Contains(errs, "sending the digest through 127.0.0.1") {
		t.Errorf("status %d: %s", status, errs)
	}
}

// smtpDesk is a desk whose digest goes to a mail server on this port.
func smtpDesk(t *testing.T, port int) (config string) {
	t.Helper()
	config = writeDesk(t, fmt.Sprintf("digest:\n  to: [lead@example.com]\n  from: Odzew <odzew@sklep.example>\n  smtp: {host: 127.0.0.1, port: %d, tls: none}\n", port))
	must(t, "", "--config", config, "sync")
	must(t, "", "--config", config, "analyze")
	return config
}

// startRude is an SMTP server that takes mails, and hangs up at a command.
func startRude(t *testing.T, at string) (taken *atomic.Int32, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken = &atomic.Int32{}
	var wg sync.WaitGroup
	talk := func(c net.Conn) {
		defer c.Close()
		fmt.Fprint(c, "220 rude\r\n")
		for in := bufio.NewScanner(c); in.Scan() && in.Text() != at; {
			switch in.Text() {
			case "DATA":
				fmt.Fprint(c, "354 go on\r\n")
				for in.Scan() && in.Text() != "." {
				}
				taken.Add(1)
			}
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talk(c)
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return taken, l.Addr().(*net.TCPAddr).Port
}

// TestTakenIsSent: a digest that the server took is sent, however the talk ends.
func TestTakenIsSent(t *testing.T) {
	for _, at := range []string{"RSET", "QUIT"} {
		taken, port := startRude(t, at)
		config := smtpDesk(t, port)
		if status, _, errs := runOdzew(t, "", "--config", config, "digest", "--send"); status != statusDone || !strings.Contains(errs, "did not say good-bye") {
			t.Errorf("%s: status %d: %s", at, status, errs)
		}
		must(t, "", "--config", config, "digest", "--send")
		if n := taken.Load(); n != 1 {
			t.Errorf("%s: %d mails were taken", at, n)
		}
	}
}

// TestTwoSend: of two processes that send a date's digest at once, one does.
func TestTwoSend(t *testing.T) {
	mails, port := startSink(t)
	config := smtpDesk(t, port)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if status, _, errs := runOdzew(t, "", "--config", config, "digest", "--send"); status != statusDone && !strings.Contains(errs, "another odzew has just sent") {
				t.Errorf("status %d: %s", status, errs)
			}
		})
	}
	wg.Wait()
	if n := len(mails.all()); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
}

// TestMessageID: a digest that is sent again, here from a backup, has the name of the
// first; another date's and another desk's have others, and none tells of the machine.
func TestMessageID(t *testing.T) {
	mails, port := startSink(t)
	here, there := smtpDesk(t, port), smtpDesk(t, port)
	backup := filepath.Join(t.TempDir(), "backup.db")
	must(t, "", "--config", here, "backup", backup)
	for _, args := range [][]string{
		{"--config", here, "--date", "2026-11-17"},
		{"--config", here, "--date", "2026-11-17", "--db", backup},
		{"--config", here, "--date", "2026-11-16"},
		{"--config", there, "--date", "2026-11-17"},
	} {
		must(t, "", append([]string{"digest", "--send"}, args...)...)
	}
	var ids []string
	for _, m := range mails.all() {
		id := regexp.MustCompile(`(?m)^Message-ID: <odzew\.2026-11-1[67]\.[0-9a-f]{16}@sklep\.example>`).FindString(m)
		if id == "" {
			t.Fatalf("no message id:\n%.1000s", m)
		}
		ids = append(ids, id)
	}
	if len(ids) != 4 || ids[0] != ids[1] || ids[0] == ids[2] || ids[0] == ids[3] {
		t.Errorf("%q", ids)
	}
}

// TestDigestRetry: a mail server that is down is asked after ever longer pauses.
func TestDigestRetry(t *testing.T) {
	for n, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		if got := retryDelay(n); got != want*time.Minute {
			t.Errorf("after %d failures %v", n, got)
		}
	}
	config := smtpDesk(t, 1)
	p := &program{stderr: io.Discard, now: func() time.Time { return time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC) }, getenv: func(string) string { return "" }, log: logrus.New()}
	var log bytes.Buffer
	p.log.SetOutput(&log)
	p.global.Config = config
	cfg, err := p.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	an, err := p.newAnalyzer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	st, err := p.openStore(t.Context(), cfg, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s := &server{p: p, cfg: cfg, st: st, an: an, metrics: newMetrics(st)}
	for _, want := range []int{1, 1, 2} {
		if want == 2 {
			s.digestRetry = time.Time{} // the pause is over
		}
		s.digestIfDue(t.Context())
		if got := strings.Count(log.String(), "digest failed"); got != want {
			t.Fatalf("%d tries, want %d\n%s", got, want, &log)
		}
	}
}

// TestServe runs the daemon: it pulls, analyses, makes the digest once, answers
// health checks and metrics, and stops when it is told to.
func TestServe(t *testing.T) {
	mails, port := startSink(t)
	config := writeDesk(t, fmt.Sprintf("digest:\n  file: digest.html\n  to: [lead@example.com]\n  from: odzew@example.com\n  smtp: {host: 127.0.0.1, port: %d, tls: none}\n", port))
	now := time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC)
	for round := range 2 { // the second is a restart on the same day
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		l.Close()
		ctx, cancel := context.WithCancel(t.Context())
		var out, errs lockedBuffer
		p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: func() time.Time { return now }, getenv: func(string) string { return "" }}
		ended := make(chan int, 1)
		go func() {
			ended <- p.run(ctx, []string{"--config", config, "--log-format", "json", "serve", "--listen", addr})
		}()
		get := func(path string) (int, string) {
			res, err := http.Get("http://" + addr + path)
			if err != nil {
				return 0, err.Error()
			}
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			return res.StatusCode, string(body)
		}
		ready := false
		for range 200 {
			if code, _ := get("/readyz"); code == http.StatusOK {
				ready = true
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if !ready {
			t.Fatalf("round %d: never ready\n%s", round, errs.String())
		}
		if code, body := get("/healthz"); code != http.StatusOK {
			t.Errorf("healthz: %d %s", code, body)
		}
		code, body := get("/metrics")
		for _, want := range []string{`odzew_conversations{source="shop"} 1`, `odzew_source_up{source="shop"} 1`, `odzew_pulls_total{outcome="done",source="shop"}`, "go_goroutines"} {
			if code != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("metrics (%d) lack %s", code, want)
			}
		}
		if status, _, errs := runOdzew(t, "", "--config", config, "sync"); status != statusFailed || !strings.Contains(errs, "another odzew is working") {
			t.Errorf("a second process: status %d, %s", status, errs)
		}
		cancel()
		select {
		case status := <-ended:
			if status != statusDone {
				t.Errorf("status %d\n%s", status, errs.String())
			}
		case <-time.After(20 * time.Second):
			t.Fatal("serve does not stop")
		}
		if !strings.Contains(errs.String(), `"msg":"stopped"`) {
			t.Errorf("log:\n%s", errs.String())
		}
	}
	if n := len(mails.all()); n != 1 {
		t.Errorf("%d digests were sent over two starts on one day", n)
	}
	html, err := os.ReadFile(filepath.Join(filepath.Dir(config), "digest.html"))
	if err != nil || !bytes.Contains(html, []byte("C-1")) {
		t.Errorf("digest.html: %v, %d bytes", err, len(html))
	}
}

// A lockedBuffer may be written and read at once.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestServeFreshens: entries that are edited while the program serves count from the next
// analysis on; a wrong one does not, and is said once.
func TestServeFreshens(t *testing.T) {
	dir := t.TempDir()
	write := func(row string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, "pl"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pl", "sklep.tsv"), []byte("entry\tkind\tpolarity\topinion\ttags\tpos\tnote\n"+row), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("żółwex\ttone\t-0.9\t0.9\t\t\t\n")
	var log bytes.Buffer
	p := &program{stdout: io.Discard, stderr: io.Discard, now: time.Now, getenv: func(string) string { return "" }, log: logrus.New()}
	p.log.SetOutput(&log)
	cfg := &Config{}
	cfg.Lexicon.Overlay = dir
	if err := cfg.complete(); err != nil {
		t.Fatal(err)
	}
	an, err := p.newAnalyzer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	read, err := cfg.entryFolders()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{p: p, cfg: cfg, an: an, read: read}
	valence := func() float64 {
		s.freshen()
		return s.an.Scorer.Score("To jest żółwex.", "pl", false).Valence
	}
	blamed := valence()
	if blamed >= 0 || s.an != an || log.Len() > 0 {
		t.Errorf("at first: %v, %s", blamed, &log)
	}
	write("żółwex\ttone\t0.9\t0.9\t\t\t\n")
	praised := valence()
	if praised <= 0 || s.an.versions == an.versions {
		t.Errorf("edited: %v, %s", praised, &log)
	}
	log.Reset()
	write("żółwex\ttone\tbardzo\t0.9\t\t\t\n")
	if v := valence(); v <= 0 || !strings.Contains(log.String(), "sklep.tsv:2") {
		t.Errorf("wrong: %v, %s", v, &log)
	}
	log.Reset()
	if v := valence(); v <= 0 || log.Len() > 0 {
		t.Errorf("wrong still: %v, %s", v, &log)
	}
	write("")
	if v := valence(); v < blamed+0.1 || v > praised-0.1 { // learned words have some tone
		t.Errorf("mended: %v, %s", v, &log)
	}
}

// TestSecretsStayOut: neither logs nor errors show a password, even if a library's
// error does.
func TestSecretsStayOut(t *testing.T) {
	var errs lockedBuffer
	p := &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &errs, now: time.Now, getenv: func(string) string { return "" }}
	p.run(t.Context(), []string{"--version"})
	p.keepSecret("hunter2")
	p.log.WithError(fmt.Errorf("login u:hunter2 refused")).WithField("url", "imap://u:hunter2@host").Error("with hunter2 inside")
	if p.exitStatus(fmt.Errorf("smtp says hunter2")); strings.Contains(errs.String(), "hunter2") {
		t.Error(errs.String())
	}
	if strings.Count(errs.String(), "[secret]") != 4 {
		t.Error(errs.String())
	}
}
