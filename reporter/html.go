package reporter

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"math"
)

// HTML: the digest for mail programs and browsers. It is one page without scripts,
// pictures or anything else to fetch; layout by tables and inline styles, which
// is what mail programs understand. html/template escapes by context.

//go:embed templates/digest.html
var digestHTML string

var digestTemplate = template.Must(template.New("digest.html").Funcs(template.FuncMap{
	"tone":   func(t tone) template.CSS { return tones[t] },
	"class":  func(t tone) string { return classes[t] },
	"banner": func(t tone) template.CSS { return banners[t] },
	"badge":  func(t tone) template.CSS { return badges[t] },
	"bar":    bar,
	"next":   func(i int) int { return i + 1 },
}).Parse(digestHTML))

// The styles of tones in light mode; the classes let dark mode change them.
var (
	tones = map[tone]template.CSS{
		strong: "font-weight:600;",
		bad:    "font-weight:600;color:#b42318;",
		warn:   "font-weight:600;color:#8a5300;",
		good:   "font-weight:600;color:#1a7f4b;",
		dim:    "color:#667085;",
		code:   "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;color:#475467;",
	}
	classes = map[tone]string{plain: "plain", bad: "bad", warn: "warn", good: "good", dim: "dim", code: "dim"}
	banners = map[tone]template.CSS{
		plain: "background-color:#f2f4f7;border-left:6px solid #b9c3d4;",
		bad:   "background-color:#fef1f0;border-left:6px solid #d92d20;",
		warn:  "background-color:#fff7e8;border-left:6px solid #dc8a0b;",
		good:  "background-color:#ecfaf2;border-left:6px solid #1f9d5c;",
	}
	badges = map[tone]template.CSS{
		plain: "background-color:#eef0f4;color:#475467;",
		bad:   "background-color:#d92d20;color:#ffffff;",
		warn:  "background-color:#fdecc8;color:#7a4a00;",
		good:  "background-color:#d7f3e3;color:#14643b;",
		dim:   "background-color:#eef0f4;color:#667085;",
	}
)

// HTML writes the digest as a page that can be mailed.
func (d Digest) HTML(w io.Writer) error {
	p, err := d.page()
	if err != nil {
		return err
	}
	var b bytes.Buffer // a template that fails halfway must not leave half a page
	if err := digestTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// A stripe is a part of a bar, in percent of its width.
type stripe struct {
	Width int
	Class string
	Color template.CSS
}

// bar draws a share with its interval on a scale from 0 to 100 %.
func bar(s Share) []stripe {
	const (
		track, band, mark                = "background-color:#e9ecf1;", "background-color:#b9c3d4;", "background-color:#344054;"
		trackClass, bandClass, markClass = "track", "band", "mark"
	)
	if s.Share == nil {
		return nil
	}
	whole := func(x *float64) int { return int(math.Round(100 * *x)) }
	low, point, high := whole(s.Low), min(whole(s.Share), 99), whole(s.High)
	var out []stripe
	for _, x := range []stripe{
		{low, trackClass, track},
		{point - low, bandClass, band},
		{1, markClass, mark},
		{high - point - 1, bandClass, band},
		{100 - max(high, point+1), trackClass, track},
	} {
		if x.Width > 0 {
			out = append(out, x)
		}
	}
	return out
}
