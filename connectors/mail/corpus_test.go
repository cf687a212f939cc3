package mail_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odzew/analyzer/reply"
	"odzew/connectors/mail"
)

var update = flag.Bool("update", false, "write what the program finds over the expected results; read every difference")

// An expected result is what a person says of a mail, by hand.
type expected struct {
	From      string `json:"from"`
	Subject   string `json:"subject"`
	Auto      string `json:"auto"`
	Own       string `json:"own"`
	Quoted    bool   `json:"quoted"` // whether anything was quoted
	Signature string `json:"signature"`
}

// TestCorpus reads mails as programs write them, from the raw bytes to the words that
// the author wrote new. A mail is right if all of the result is, to the letter.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d mails in the corpus, want at least 80 (%v)", len(files), err)
	}
	right, own := 0, 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".eml"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.Parse(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			parts := reply.Split(m.Body)
			got := expected{
				From: m.From.Email, Subject: m.Subject, Auto: m.Auto,
				Own: parts.Own, Quoted: parts.Quoted != "", Signature: parts.Signature,
			}
			if m.From.Name != "" {
				got.From = m.From.Name + " <" + m.From.Email + ">"
			}

			golden := strings.TrimSuffix(file, ".eml") + ".json"
			if *update {
				var b bytes.Buffer
				e := json.NewEncoder(&b)
				e.SetEscapeHTML(false)
				e.SetIndent("", "  ")
				if err := e.Encode(got); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			text, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			var want expected
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			if got.Own == want.Own {
				own++
			}
			// Helpdesks hand over the same text with other line ends.
			crlf := reply.Split(strings.ReplaceAll(m.Body, "\n", "\r\n"))
			if strings.ReplaceAll(crlf.Own, "\r\n", "\n") != parts.Own {
				t.Errorf("with CRLF the own text is %q", crlf.Own)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
				return
			}
			right++
		})
	}
	t.Logf("%d mails: %d own texts exact, %d results exact", len(files), own, right)
}
