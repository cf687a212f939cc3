package reporter

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"odzew/reporter/mask"
)

// JSON writes the report as one indented object, in the form that Journey documents.
func (j Journey) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(true)
	return e.Encode(j)
}

// Curve is the touchpoints in the order of the journey.
func (j Journey) Curve() []Point {
	var out []Point
	for _, m := range j.Touchpoints {
		out = append(out, m.Point)
	}
	slices.SortStableFunc(out, func(a, b Point) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), strings.Compare(a.Name, b.Name))
	})
	return out
}

// chartColumns head the data of the chart; docs/touchpoints.md describes them.
var chartColumns = []string{
	"series", "order", "position", "name", "n", "valence", "valence_low", "valence_high",
	"negative", "negative_low", "negative_high", "strong", "strong_low", "strong_high",
}

// Chart writes the points of the emotion curve as CSV (RFC 4180) for drawing: the stages,
// then the touchpoints, in order. A point of too few customers has its n only.
func (j Journey) Chart(w io.Writer) error {
	c := csv.NewWriter(w)
	rows := [][]string{chartColumns}
	for _, series := range []struct {
		name   string
		points []Point
	}{{"stage", j.Stages}, {"touchpoint", j.Curve()}} {
		for i, p := range series.points {
			row := []string{series.name, strconv.Itoa(i + 1), figure(p.Position), spreadsheetText(p.Name), strconv.Itoa(p.N)}
			if p.Valence != nil {
				row = append(row, figure(p.Valence.Mean), figure(p.Valence.Low), figure(p.Valence.High))
			} else {
				row = append(row, "", "", "")
			}
			for _, s := range []*Share{p.Negative, p.Strong} {
				if s != nil && s.Share != nil {
					row = append(row, figure(*s.Share), figure(*s.Low), figure(*s.High))
				} else {
					row = append(row, "", "", "")
				}
			}
			rows = append(rows, row)
		}
	}
	return c.WriteAll(rows)
}

func figure(x float64) string { return strconv.FormatFloat(math.Round(x*1e4)/1e4+0, 'f', -1, 64) }

// spreadsheetText is a name that no spreadsheet takes for a formula.
func spreadsheetText(s string) string {
	if t := strings.TrimLeft(s, " \u00a0"); t != "" && strings.ContainsRune("=+-@\t\r|%＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}

// JourneyOptions say what of the report is printed.
type JourneyOptions struct {
	TextOptions
	Ratings       bool // the section on ratings
	Disagreements bool // the ratings against their scores, listed
}

// A journeyLocale writes the report in one language.
type journeyLocale struct {
	locale
	say journeyWords
}

// Text writes the report in lines of at most o.Width columns.
func (j Journey) Text(w io.Writer, o JourneyOptions) error {
	base, err := Digest{Lang: j.Lang, Zone: j.Zone, To: j.To}.locale()
	if err != nil {
		return err
	}
	l := journeyLocale{base, polishJourney}
	if j.Lang == "en" {
		l.say = englishJourney
	}
	t := textWriter{width: widest, color: o.Color}
	if o.Width > 0 {
		t.width = min(max(o.Width, narrowest), widest)
	}
	from, to := parseDay(j.From), parseDay(j.To)
	days := int(to.Sub(from).Hours()/24) + 1
	dates := l.date(to)
	if days > 1 {
		dates = fmt.Sprintf("%s: %s – %s", l.count(days, l.say.periodDays), l.date(from), dates)
	}
	t.line(0, 1, line{
		{Text: "odzew: ", Tone: strong},
		{Text: fmt.Sprintf("%s, %s (%s), %s", l.say.title, dates, j.Zone, l.count(j.Conversations, l.say.allConversations))},
	})
	t.line(0, 1, l.headline(j))
	section := 0
	head := func(title, note string) {
		section++
		t.b.WriteByte('\n')
		h := line{{Text: fmt.Sprintf("%d. %s", section, title), Tone: strong}}
		if note != "" {
			h = append(h, bit{Text: " (" + note + ")", Tone: dim})
		}
		t.line(0, 3, h)
	}
	clock := l.calendarTime
	if j.Hours != "" {
		clock = fmt.Sprintf(l.hours, j.Hours)
	}
	head(l.say.places, fmt.Sprintf(l.say.comparedWith, clock))
	if len(j.Touchpoints) > 0 {
		t.rows(l.moments(j))
	} else if j.Small.Touchpoints == 0 {
		t.line(1, 3, text(l.none+"."))
	}
	if n := j.Small.Touchpoints; n > 0 {
		t.line(1, 3, line{{Text: fmt.Sprintf(l.say.small, l.count(n, l.smallPlaces), MinGroup), Tone: dim}})
	}
	first := true
	for _, m := range j.Touchpoints {
		lines := l.closer(m, days)
		if len(lines) == 0 {
			continue
		}
		if first {
			head(l.say.closer, "")
			first = false
		}
		t.line(1, 5, line{{Text: m.Name, Tone: strong}})
		for _, x := range lines {
			t.line(5, 7, x)
		}
	}
	head(l.say.journey, l.say.scale)
	t.rows(l.curve(j))
	if o.Ratings || o.Disagreements {
		head(l.say.ratings, "")
		for _, x := range l.ratings(j) {
			t.line(1, 3, x)
		}
		t.rows(l.ratingRows(j))
	}
	if o.Disagreements {
		head(l.say.disagreements, "")
		for _, d := range j.Ratings.Disagreements {
			t.card(l.disagreement(d))
		}
		switch more := j.Ratings.DisagreementCount - len(j.Ratings.Disagreements); {
		case j.Ratings.DisagreementCount == 0:
			t.line(1, 3, text(l.say.noDisagreement))
		case more > 0:
			t.line(1, 3, text("+ "+l.count(more, l.say.moreDisagreements)))
		}
	}
	t.b.WriteByte('\n')
	t.line(1, 3, line{{Text: l.footer + " " + l.say.rule, Tone: dim}})
	_, err = w.Write(t.b.Bytes())
	return err
}

// headline names the critical touchpoints.
func (l journeyLocale) headline(j Journey) line {
	if j.Critical == 0 {
		return line{{Text: l.say.noCritical, Tone: good}}
	}
	var names []string
	for _, m := range j.Touchpoints {
		if m.Verdict == PlaceCritical && len(names) < MaxTouchpoints {
			names = append(names, m.Name)
		}
	}
	if more := j.Critical - len(names); more > 0 {
		names = append(names, "+"+l.integer(more))
	}
	return line{{Text: fmt.Sprintf(l.say.criticalList, l.count(j.Critical, l.criticalPlaces), strings.Join(names, ", ")), Tone: bad}}
}

// maxLabel bounds a touchpoint's name in a table, so that its columns fit a terminal.
const maxLabel = 18

// moments is the table of touchpoints, with a head.
func (l journeyLocale) moments(j Journey) []row {
	rows := []row{{Cells: l.say.columns[:]}}
	for _, m := range j.Touchpoints {
		r := row{Label: mask.Cut(m.Name, maxLabel), Cells: []string{l.integer(m.N), l.bare(*m.Negative), l.bare(*m.Strong), "–", "–"}, Badge: l.say.verdicts[m.Verdict]}
		if w := m.FirstReply; w.Median != nil && w.P90 != nil {
			r.Cells[3] = fmt.Sprintf("%s / %s (%s)", clock(*w.Median), clock(*w.P90), l.integer(w.N))
		}
		switch {
		case m.Open.N >= MinHeadline:
			r.Cells[4] = fmt.Sprintf("%s (%s)", l.percent(*m.Open.Share, 0), l.integer(m.Open.N))
		case m.Open.N > 0:
			r.Cells[4] = fmt.Sprintf(l.say.waitingOf, l.integer(m.Open.Count), l.integer(m.Open.N))
		}
		switch m.Verdict {
		case PlaceCritical:
			r.Tone = bad
		case PlaceGood:
			r.Tone = good
		case PlaceTooFew:
			r.Tone = dim
		}
		rows = append(rows, r)
	}
	return rows
}

// bare returns a share with its interval: "46% [28–65]".
func (l locale) bare(s Share) string {
	if s.Share == nil {
		return "–"
	}
	return l.percent(*s.Share, 0) + " " + l.shareInterval(s, 0)
}

// closer tells of a critical touchpoint all that is known, of another one only what
// changed for sure.
func (l journeyLocale) closer(m Moment, days int) []line {
	var out []line
	critical := m.Verdict == PlaceCritical
	if critical {
		var why []string
		for _, b := range m.Because {
			why = append(why, l.say.because[b])
		}
		first := line{{Text: l.say.verdicts[PlaceCritical], Tone: bad}, {Text: ": " + strings.Join(why, ", ")}}
		if m.Excess > 0 {
			first = append(first, bit{Text: "; " + fmt.Sprintf(l.say.excessOf, l.count(m.Excess, l.say.excess))})
		}
		out = append(out, first)
		if x := l.comparison(m.Peers, false); x != nil {
			out = append(out, append(line{{Text: fmt.Sprintf(l.say.peers, l.integer(m.Peers.N))}}, x...))
		}
	}
	if x := l.comparison(m.Past, !critical); x != nil {
		out = append(out, append(line{{Text: fmt.Sprintf(l.say.past, l.count(days, l.say.onDays), l.integer(m.Past.N))}}, x...))
	}
	if !critical {
		return out
	}
	if len(m.Aspects) > 0 {
		out = append(out, text(l.say.aspectsHead+l.named(m.Aspects, l.say.aspects)))
	}
	if len(m.Emotions) > 0 {
		out = append(out, text(l.say.emotionsHead+l.named(m.Emotions, l.say.emotions)))
	}
	return out
}

func (l journeyLocale) named(list []Tallied, names map[string]string) string {
	var out []string
	for _, t := range list {
		name := names[t.Reason]
		if name == "" {
			name = strings.ReplaceAll(t.Reason, "_", " ")
		}
		out = append(out, name+"\u00a0"+l.integer(t.Count))
	}
	return strings.Join(out, ", ")
}

// comparison lists the differences, or only the clear ones. Nil where there is none.
func (l journeyLocale) comparison(c *Comparison, clearOnly bool) line {
	if c == nil {
		return nil
	}
	var out line
	add := func(measure string, bits ...bit) {
		if len(out) > 0 {
			out = append(out, bit{Text: "; "})
		}
		out = append(append(out, bit{Text: l.say.measures[measure] + " "}), bits...)
	}
	for _, x := range []struct {
		measure string
		change  *ShareChange
	}{{BadNegative, c.Negative}, {BadStrong, c.Strong}, {BadOpen, c.Open}} {
		if x.change == nil || (clearOnly || x.measure == BadOpen) && !x.change.Clear {
			continue
		}
		size := l.signed(100*x.change.Difference, 0) + "\u00a0" + l.points
		interval := fmt.Sprintf(" [%s, %s]", l.signed(100*x.change.Low, 0), l.signed(100*x.change.High, 0))
		add(x.measure, l.arrow(size, x.change.Clear, x.change.Difference > 0), bit{Text: interval})
	}
	if w := c.Wait; w != nil && (w.Clear || !clearOnly) {
		add(BadWaiting, l.arrow(l.signedWait(w.Seconds), w.Clear, w.Seconds > 0), bit{Text: fmt.Sprintf(" %s (n=%s, %s)", l.signedInterval(w.Low, w.High), l.integer(w.N), l.integer(w.Base))})
	}
	return out
}

// arrow marks a difference that is sure.
func (l locale) arrow(s string, clear, worse bool) bit {
	switch {
	case !clear:
		return bit{Text: s}
	case worse:
		return bit{Text: "▲\u00a0" + s, Tone: bad}
	}
	return bit{Text: "▼\u00a0" + s, Tone: good}
}

// curve is the emotion curve: the stages, then the touchpoints in their order.
func (l journeyLocale) curve(j Journey) []row {
	var rows []row
	add := func(label string, p Point) {
		r := row{Label: label, Cells: []string{"n=" + l.integer(p.N)}}
		switch {
		case p.N == 0:
			r.Cells = append(r.Cells, l.none)
		case p.Few:
			r.Cells = append(r.Cells, l.say.few)
		case p.Valence != nil:
			interval := "[" + l.signed(p.Valence.Low, 2) + ", " + l.signed(p.Valence.High, 2) + "]"
			r.Cells = append(r.Cells, axis(*p.Valence), l.signed(p.Valence.Mean, 2)+" "+interval, l.bare(*p.Negative))
		}
		rows = append(rows, r)
	}
	for _, p := range j.Stages {
		name := l.say.stages[p.Name]
		add(cmp.Or(name, p.Name), p)
	}
	for _, p := range j.Curve() {
		add("· "+mask.Cut(p.Name, maxLabel), p)
	}
	return rows
}

// axis draws a mean and its interval between −1 and 1.
func axis(a Average) string {
	const half = 10
	at := func(x float64) int { return half + int(math.Round(half*min(max(x, -1), 1))) }
	cells := []rune(strings.Repeat("·", 2*half+1))
	cells[half] = '|'
	for i := at(a.Low); i <= at(a.High); i++ {
		cells[i] = '─'
	}
	cells[at(a.Mean)] = '●'
	return string(cells)
}

// ratings are the figures over all, and how far they agree with the scores.
func (l journeyLocale) ratings(j Journey) []line {
	v := j.Ratings
	var out []line
	if v.N == 0 {
		out = append(out, text(l.say.noRatings))
	} else if a := v.Agreement; a.Agreed.N > 0 {
		agreed := line{{Text: fmt.Sprintf(l.say.agreed, l.share(a.Agreed, 0))}}
		if a.Kappa != nil {
			interval := "[" + l.decimal(*a.Low, 2) + to + l.decimal(*a.High, 2) + "]"
			agreed = append(agreed, bit{Text: "; " + fmt.Sprintf(l.say.kappa, l.decimal(*a.Kappa, 2), interval)})
		} else {
			agreed = append(agreed, bit{Text: "; " + l.askedFew})
		}
		var rows []string
		for i, counts := range a.Table {
			var cells []string
			for _, n := range counts {
				cells = append(cells, l.integer(n))
			}
			rows = append(rows, fmt.Sprintf(l.say.tableRows, l.say.levels[i], strings.Join(cells, "/")))
		}
		out = append(out, agreed, text(l.say.table+strings.Join(rows, ", ")))
	}
	if v.Unusable > 0 {
		out = append(out, line{{Text: l.count(v.Unusable, l.say.unusable) + ".", Tone: warn}})
	}
	return out
}

// ratingRows are the figures in all, and of each touchpoint that has enough.
func (l journeyLocale) ratingRows(j Journey) []row {
	var rows []row
	add := func(label string, f RatingFigures) {
		if c := f.CSAT; c != nil {
			v := fmt.Sprintf("%s %s, %s", l.integer(c.Count), fmt.Sprintf(l.fromConversations, l.integer(c.N)), l.askedFew)
			if c.N >= MinHeadline {
				v = l.bare(*c)
			}
			rows = append(rows, row{Label: label, Cells: []string{l.say.csatMean, "n=" + l.integer(c.N), v}})
		}
		if n := f.NPS; n != nil {
			v := l.askedFew
			if n.Score != nil {
				v = l.signed(*n.Score, 0) + " [" + l.signed(*n.Low, 0) + ", " + l.signed(*n.High, 0) + "]"
			}
			rows = append(rows, row{Label: label, Cells: []string{l.say.npsMean, "n=" + l.integer(n.N), v}})
		}
		for _, c := range f.CES {
			v := l.askedFew
			if c.Mean != nil {
				v = l.decimal(*c.Mean, 2) + " [" + l.decimal(*c.Low, 2) + to + l.decimal(*c.High, 2) + "]"
			}
			rows = append(rows, row{Label: label, Cells: []string{fmt.Sprintf(l.say.cesMean, figure(c.Max)), "n=" + l.integer(c.N), v}})
		}
	}
	add("", j.Ratings.RatingFigures)
	for _, m := range j.Touchpoints {
		if m.Ratings != nil {
			add(mask.Cut(m.Name, maxLabel), *m.Ratings)
		}
	}
	return rows
}

func (l journeyLocale) disagreement(d Disagreement) card {
	kind := map[string]string{RatingCSAT: l.csat, RatingNPS: l.nps, RatingCES: "CES"}[d.Kind]
	c := card{
		Head:  line{{Text: hash(d.Conversation), Tone: strong}},
		Score: fmt.Sprintf(l.say.speaks, kind, figure(d.Score), figure(d.Max), l.signed(d.Valence, 2), l.integer(d.Positive), l.integer(d.Negative)),
		Facts: []string{d.Touchpoint},
		How:   d.Explain,
	}
	if d.Quote != "" {
		c.Quote = l.quoted(d.Quote)
	}
	if d.Comment != "" {
		c.Why = fmt.Sprintf(l.say.comment, l.quoted(d.Comment))
	}
	return c
}
