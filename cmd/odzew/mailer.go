package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"odzew/store"
)

// The mailer sends the digest, over TLS unless the configuration says otherwise.

func (p *program) mailer(cfg *Config) (*gomail.Client, error) {
	s := cfg.Digest.SMTP
	if s.Host == "" {
		return nil, usagef("digest.smtp.host is not configured")
	}
	password, err := p.secret("digest.smtp", s.PasswordFile, s.PasswordEnv)
	if err != nil {
		return nil, err
	}
	p.keepSecret(password)
	opts := []gomail.Option{gomail.WithTimeout(30 * time.Second)}
	switch s.TLS {
	case "none":
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	case "implicit":
		opts = append(opts, gomail.WithSSL())
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.Port != 0 {
		opts = append(opts, gomail.WithPort(s.Port))
	}
	if s.Username != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.Username), gomail.WithPassword(password))
	}
	return gomail.NewClient(s.Host, opts...)
}

// checkMailer connects and says good-bye.
func (p *program) checkMailer(ctx context.Context, cfg *Config) error {
	c, err := p.mailer(cfg)
	if err != nil {
		return err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return p.clean(fmt.Errorf("%s: %w", cfg.Digest.SMTP.Host, err))
	}
	return c.Close()
}

// send mails one digest to all its readers, as the message id of the sender's domain.
func (p *program) send(ctx context.Context, cfg *Config, id, subject, text, html string) error {
	c, err := p.mailer(cfg)
	if err != nil {
		return err
	}
	m := gomail.NewMsg()
	if err := m.From(cfg.Digest.From); err != nil {
		return usagef("digest.from %q: %w", cfg.Digest.From, err)
	}
	if err := m.To(cfg.Digest.To...); err != nil {
		return usagef("digest.to: %w", err)
	}
	from := m.GetFrom()[0].Address
	m.SetMessageIDWithValue(id + from[strings.LastIndexByte(from, '@'):])
	m.Subject(subject)
	m.SetDateWithValue(p.now())
	// RFC 3834: an out-of-office reply to this mail is not wanted.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	failed := func(err error) error {
		return p.clean(fmt.Errorf("sending the digest through %s: %w", cfg.Digest.SMTP.Host, err))
	}
	if err := c.DialWithContext(ctx); err != nil {
		return failed(err)
	}
	err = errors.Join(c.Send(m), c.Close())
	switch {
	case err == nil:
	case !m.IsDelivered():
		return failed(err)
	default: // it was taken: to send it again would double it
		p.log.WithError(p.clean(err)).Warn("the mail server took the digest, but did not say good-bye")
	}
	return nil
}

// makeDigest makes the digest of a date, records it and, if asked, mails it. It
// returns to how many it went.
func (p *program) makeDigest(ctx context.Context, st *store.Store, an *desk, cfg *Config, date string, send bool) (string, error) {
	dig, err := p.buildDigest(ctx, st, an, cfg, date, p.userLang("", cfg))
	if err != nil {
		return "", err
	}
	html, err := render(dig, "html", false)
	if err != nil {
		return "", err
	}
	if cfg.Digest.File != "" {
		if err := writeFile(cfg.Digest.File, html, 0o600); err != nil {
			return "", err
		}
	}
	if !send {
		return "", st.RecordDigest(ctx, date, "")
	}
	text, err := render(dig, "text", false)
	if err != nil {
		return "", err
	}
	subject, err := dig.Subject()
	if err != nil {
		return "", err
	}
	id, err := digestID(ctx, st, cfg, date)
	if err != nil {
		return "", err
	}
	// What can fail comes before the mail, and so does the claim: a disk that is full,
	// or another process, must not send one date's digest again.
	claimed, err := st.ClaimDigest(ctx, date)
	if err != nil {
		return "", err
	}
	if !claimed {
		return "", fmt.Errorf("another odzew has just sent the digest of %s, or is about to; if it does not arrive, try again in %d minutes", date, int(store.ClaimFor.Minutes()))
	}
	to := ""
	if err = p.send(ctx, cfg, id, subject, string(text), string(html)); err == nil {
		to = fmt.Sprintf("%d recipients", len(cfg.Digest.To))
	}
	return to, errors.Join(err, st.RecordDigest(context.WithoutCancel(ctx), date, to))
}

// digestID names the mail of a date's digest: the same whenever it is sent to the same
// readers, so that mail programs can drop a double, and telling nothing of the machine.
func digestID(ctx context.Context, st *store.Store, cfg *Config, date string) (string, error) {
	key, err := st.Meta(ctx, "identity_key")
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "digest %s %q", date, cfg.Digest.To)
	return fmt.Sprintf("odzew.%s.%x", date, mac.Sum(nil)[:8]), nil
}

// clean makes an error of a library forget the secrets.
func (p *program) clean(err error) error {
	if err == nil {
		return nil
	}
	if text := p.redact.clean(err.Error()); text != err.Error() {
		return fmt.Errorf("%s", text)
	}
	return err
}
