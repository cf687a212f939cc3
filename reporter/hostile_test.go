package reporter

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"odzew"
)

// hostileTexts are what a customer, a mail header or a server may send to make the
// digest say or do something else.
var hostileTexts = []string{
	"<script>alert(1)</script>",
	"</td></tr></table><img src=x onerror=alert(1)>",
	"\"><svg/onload=alert(1)>",
	"' onmouseover='alert(1)",
	"{{.Secret}} ${7*7} #{x} %s %d %[1]s",
	"&lt;b&gt; &#60;b&#62; &amp;",
	"[kliknij](https://zly.example) ![x](https://zly.example/p.png)",
	"[kliknij][1]\n\n[1]: https://zly.example",
	"# nagłówek\n## drugi\n- lista\n1. lista\n> cytat\n---\n===",
	"```\nkod\n``` `kod` ~~~",
	"<https://zly.example> https://zly.example www.zly.example",
	"@channel @here @wszyscy",
	"| a | b |\n|---|---|",
	"**gruby** __gruby__ *x* _x_ ~~x~~",
	"\x1b[31mczerwony\x1b[0m \x1b]0;tytuł\x07 \x1b]8;;https://zly.example\x1b\\link\x1b]8;;\x1b\\",
	"\x1b[2J\x1b[H\r\nDZIŚ: nikt do telefonu.",
	"\u009b31m \u0090x\u009c",
	"\u202etxet\u202c \u2066a\u2069 \u200b\u200d\ufeff",
	"\x00\x07\x08\x7f\r\n\t\v\f",
	"\xff\xfe\xc3",
	strings.Repeat("długiesłowo", 40),
	strings.Repeat("漢字", 100),
	strings.Repeat("e\u0301", 200),
	"\\", "`", "[", "]", "(", "<", ">", "'; rm -rf ~; '", "$(reboot)", "-rf",
}

// infested returns an input with s in every place that comes from outside.
func infested(t testing.TB, s string) Input {
	in := busy(t, "pl")
	in.Hours, in.Holiday = s, s
	for i := range in.Cases {
		c := &in.Cases[i]
		c.Number, c.Name, c.URL = s, s, "https://sklep.example/"+s
		c.Flag.Conversation, c.Flag.Source, c.Flag.Cause = s, s, s
		c.Flag.Reasons = []odzew.Reason{{Signal: s, Weight: 0.5, Quote: s, Message: s}, {Signal: "legal", Weight: 0.2}}
		c.Promise = &Promise{Quote: s, Message: s, Due: in.SentAt}
	}
	in.Deadlines[0].Number, in.Deadlines[0].Kind, in.Deadlines[0].URL = s, s, s
	for i := range in.Touchpoints {
		in.Touchpoints[i].Name = s
		in.Touchpoints[i].Past = nil // figures do not matter here, time does
		in.Touchpoints[i].Now.Waits = spread(uint64(i), 20, 3000)
	}
	for i := range in.Waits.Channels {
		in.Waits.Channels[i].Now, in.Waits.Channels[i].Before = spread(1, 30, 9000), spread(2, 30, 3000)
	}
	in.Waits.Asked = in.Waits.First
	in.Sentiment.ReliefTopic = s
	in.Waits.Channels[0].Channel = s
	for i := range in.Waits.Open {
		in.Waits.Open[i].Number, in.Waits.Open[i].URL = s, s
	}
	in.Volume.Unscored, in.Volume.Excluded = map[string]int{s: 1, s + "2": 2}, map[string]int{s: 1}
	in.Sources = []Source{{Name: s, Through: in.To, FailedSince: in.To.Add(time.Hour), Reason: s}, {Name: s}}
	in.Lexicons = []Lexicon{{Lang: s, Version: s, Previous: s, Changed: 2}}
	return in
}

func TestHostile(t *testing.T) {
	for _, s := range hostileTexts {
		checkHostile(t, s)
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			s = s[:2000]
		}
		checkHostile(t, s)
	})
}

func checkHostile(t *testing.T, s string) {
	t.Helper()
	d := Build(infested(t, s))
	render := func(write func(io.Writer) error) string {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if !utf8.Valid(b.Bytes()) {
			t.Fatalf("%q: not UTF-8", s)
		}
		return b.String()
	}
	for _, width := range []int{40, 72, 100} {
		checkTerminal(t, s, render(func(w io.Writer) error { return d.Text(w, TextOptions{Width: width}) }), width)
		colored := render(func(w io.Writer) error { return d.Text(w, TextOptions{Width: width, Color: true}) })
		checkTerminal(t, s, ownColor.ReplaceAllString(colored, ""), width)
	}
	checkHTML(t, s, render(d.HTML))
	checkMarkdown(t, s, render(d.Markdown))
	if !json.Valid([]byte(render(d.JSON))) {
		t.Fatalf("%q: broken JSON", s)
	}
	if subject, err := d.Subject(); err != nil || strings.ContainsAny(subject, "\r\n") {
		t.Fatalf("%q: subject %q, %v", s, subject, err)
	}
}

var ownColor = regexp.MustCompile("\x1b\\[(1|1;31|33|32|2|36|0)m")

func checkTerminal(t *testing.T, s, out string, width int) {
	t.Helper()
	for i, line := range strings.Split(out, "\n") {
		for _, r := range line {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%q: line %d holds %U: %q", s, i+1, r, line)
			}
		}
		if n := columns(line); n > width {
			t.Fatalf("%q: line %d has %d columns of %d: %q", s, i+1, n, width, line)
		}
	}
	// The first lines are ours alone.
	if !strings.HasPrefix(out, "odzew: wtorek") || !strings.Contains(out, "\nDZIŚ: 3 klientów") || strings.Count(out, "\nDZIŚ") != 1 {
		t.Fatalf("%q: forged head: %.300q", s, out)
	}
}

// The page has no element, attribute or address but those of the template.
var (
	elements   = []string{"html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div", "span", "a", "b"}
	attributes = []string{"lang", "charset", "name", "content", "class", "style", "role", "width", "height", "cellpadding", "cellspacing", "border", "align", "valign", "colspan", "href"}
)

func checkHTML(t *testing.T, s, out string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(out))
	n := 0
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			if z.Err() != io.EOF || n < 100 {
				t.Fatalf("%q: %d elements, then %v", s, n, z.Err())
			}
			return
		case html.CommentToken:
			t.Fatalf("%q: comment %q", s, z.Raw())
		case html.TextToken:
			for _, r := range string(z.Text()) {
				if unicode.In(r, unicode.Bidi_Control) || r != '\n' && unicode.IsControl(r) {
					t.Fatalf("%q: text holds %U", s, r)
				}
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			n++
			if !slices.Contains(elements, token.Data) {
				t.Fatalf("%q: element %s", s, token.Data)
			}
			for _, a := range token.Attr {
				if !slices.Contains(attributes, a.Key) {
					t.Fatalf("%q: attribute %s of %s", s, a.Key, token.Data)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") {
					t.Fatalf("%q: address %q", s, a.Val)
				}
				if v := strings.ToLower(a.Val); a.Key == "style" && (strings.Contains(v, "url(") || strings.Contains(v, "expression") || strings.Contains(v, "zgotmplz")) {
					t.Fatalf("%q: style %q", s, a.Val)
				}
			}
		}
	}
}

var (
	ourLink  = regexp.MustCompile(`\]\(<https?://[!-;=?-~]*>\)`)
	ourCode  = regexp.MustCompile("`odzew [^`\n]*`")
	ourBold  = regexp.MustCompile(`\*\*`)
	escaped  = regexp.MustCompile("\\\\[!-/:-@[-`{-~]")
	ourBlock = regexp.MustCompile(`(?m)^(#{1,2} |- |  > |> )`)
)

// With our own markup taken away, nothing is left that Markdown would obey.
func checkMarkdown(t *testing.T, s, out string) {
	t.Helper()
	left := ourCode.ReplaceAllString(out, "")
	left = ourLink.ReplaceAllString(left, "")
	left = ourBlock.ReplaceAllString(left, "")
	left = strings.ReplaceAll(left, `\\`, "")
	left = escaped.ReplaceAllString(left, "")
	left = ourBold.ReplaceAllString(left, "")
	left = strings.ReplaceAll(left, "[", "") // opens our links
	if i := strings.IndexAny(left, "\\`*_]<>|~{}#&$!^"); i >= 0 {
		t.Fatalf("%q: %q is not escaped in …%s", s, left[i], left[max(0, i-40):min(len(left), i+40)])
	}
	for _, bad := range []string{"://", "www."} {
		if strings.Contains(strings.ToLower(left), bad) {
			t.Fatalf("%q: %q is left", s, bad)
		}
	}
	for rest := left; ; {
		i := strings.IndexByte(rest, '@')
		if i < 0 {
			break
		}
		if rest = rest[i+1:]; !strings.HasPrefix(rest, wordJoiner) {
			t.Fatalf("%q: a mention is left", s)
		}
	}
	// A bracket opens nothing but our own links.
	if opened, ours := strings.Count(escaped.ReplaceAllString(ourLink.ReplaceAllString(ourCode.ReplaceAllString(out, ""), ""), ""), "["), len(ourLink.FindAllString(out, -1)); opened != ours {
		t.Fatalf("%q: %d brackets, %d links", s, opened, ours)
	}
}

func TestMarkdownEscapes(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"zwykły tekst, 10,7% (n=84).", "zwykły tekst, 10,7% (n=84)."},
		{"[x](y)", `\[x\](y)`},
		{"![x](y)", `\!\[x\](y)`},
		{"<b>", `\<b\>`},
		{"*a* _b_ `c` ~d~", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~"},
		{"# h", `\# h`},
		{"- x", `\- x`},
		{"+14 min", `\+14 min`},
		{"a - b", "a - b"},
		{"https://x.example", `https\://x.example`},
		{"www.x.example", `www\.x.example`},
		{"WWW.x.example", `WWW\.x.example`},
		{"@here", "@" + wordJoiner + "here"},
		{"&amp;", `\&amp;`},
		{"a\nb\x1bc\u202e", "abc"},
		{"1. x", `1\. x`},
		{"12) x", `12\) x`},
	} {
		if got := markdown(c.in); got != c.want {
			t.Errorf("markdown(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// A hostile identifier stays one word of the shell.
func TestShellWord(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"48213", "48213"},
		{"C-1", "C-1"},
		{"a@b.example", "a@b.example"},
		{"x; rm -rf ~", "'x; rm -rf ~'"},
		{"it's", `'it'\''s'`},
		{"$(reboot)", "'$(reboot)'"},
		{"-rf", "'-rf'"},
		{"~", "'~'"},
		{"zażółć", "'zażółć'"},
		{"", ""},
		{strings.Repeat("x", 61), ""},
	} {
		if got := shellWord(c.in); got != c.want {
			t.Errorf("shellWord(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// All formats tell the same parts in the same order.
func TestSameOrder(t *testing.T) {
	d := Build(busy(t, "pl"))
	p, err := d.page()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Sections) != 6 {
		t.Fatalf("%d sections, want 6", len(p.Sections))
	}
	for _, f := range formats[:3] {
		var b bytes.Buffer
		if err := f.write(d, &b); err != nil {
			t.Fatal(err)
		}
		out, last := visible(b.String()), 0
		for _, s := range p.Sections {
			at := strings.Index(out[last:], s.Title)
			if at < 0 {
				t.Fatalf("%s: %q is missing or out of order", f.ext, s.Title)
			}
			last += at
		}
	}
}
