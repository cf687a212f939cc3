package reporter

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The page: a digest in words, before any format. Text, HTML and Markdown walk
// over the same page from top to bottom, so their order cannot differ. Nothing in it
// is escaped: each format does that where it writes.

// A tone says how a piece of text is meant, and each format shows it in its way.
type tone int

const (
	plain tone = iota
	strong
	bad
	warn
	good
	dim
	code
)

// A bit is a piece of a line. One with a URL is a link.
type bit struct {
	Text string
	URL  string
	Tone tone
}

// A line is a sequence of bits without a break between them.
type line []bit

func text(s string) line { return line{{Text: s}} }

// A page is the whole digest.
type page struct {
	Lang     string
	Title    string // the period
	Sent     string
	Subject  string
	Tone     tone   // bad: somebody needs a person; warn: something is wrong; good
	Today    string // "DZIŚ: "
	Call     string // what is most pressing
	Rest     string // the rest of the headline
	Notices  []bit
	Brief    []line // a quiet day is told in these lines alone
	Sections []section
	Footer   string
}

// Also is the rest of the headline as a sentence of its own.
func (p page) Also() string { return strings.TrimLeft(p.Rest, " ,.") }

// A section is one numbered part.
type section struct {
	Title string
	Note  string // in brackets behind the title
	Cards []card
	Rows  []row
	Lines []line
}

// A card is one customer.
type card struct {
	Head  line // number, name
	Score string
	Call  string // "do telefonu", or empty
	Facts []string
	Quote string
	Why   string
	How   string // the command that explains the score
}

// A row is one line of a table: a label, its figures, a verdict.
type row struct {
	Label string
	Cells []string
	Badge string
	Tone  tone
	Note  string // below the figures
	Bar   *Share
}

// page puts the digest into words.
func (d Digest) page() (page, error) {
	l, err := d.locale()
	if err != nil {
		return page{}, err
	}
	p := page{Lang: l.code, Today: l.today, Footer: l.footer, Sent: fmt.Sprintf(l.sent, l.instant(d.SentAt))}
	from, to := parseDay(d.From), parseDay(d.To)
	dates := l.date(to)
	if d.From != d.To {
		dates = fmt.Sprintf(l.titleSpan, l.date(from), l.date(to))
	}
	p.Title = fmt.Sprintf("%s (%s %s)", dates, l.allDay, d.Zone)
	p.Tone, p.Call, p.Rest = d.headline(l)
	p.Subject = fmt.Sprintf(l.subject, l.shortDate(to), p.Call+p.Rest)
	p.Notices = d.notices(l)
	if d.Quiet {
		p.Brief = []line{d.brief(l), d.sources(l)}
		return p, nil
	}
	p.Sections = append(p.Sections, d.customersPart(l))
	if len(d.Deadlines) > 0 {
		p.Sections = append(p.Sections, d.deadlinesPart(l))
	}
	p.Sections = append(p.Sections, d.waitsPart(l))
	if len(d.Touchpoints) > 0 || d.SmallPlaces.Touchpoints > 0 {
		p.Sections = append(p.Sections, d.placesPart(l))
	}
	p.Sections = append(p.Sections, d.moodPart(l), d.qualityPart(l))
	return p, nil
}

// headline says what needs a person today, the most pressing first.
func (d Digest) headline(l locale) (t tone, call, rest string) {
	var facts []string
	t = good
	if d.NeedsCall > 0 {
		t = bad
		facts = append(facts, l.count(d.NeedsCall, l.call))
	}
	if n := len(d.Deadlines); n > 0 {
		noun := l.dues
		switch {
		case !slices.ContainsFunc(d.Deadlines, func(x Due) bool { return x.Kind != DeadlineComplaint }):
			noun = l.complaints
		case !slices.ContainsFunc(d.Deadlines, func(x Due) bool { return x.Kind != DeadlineDataRequest }):
			noun = l.requests
		}
		facts = append(facts, l.count(n, noun))
	}
	if d.Critical > 0 {
		facts = append(facts, l.count(d.Critical, l.criticalPlaces))
	}
	if d.Slow > 0 {
		facts = append(facts, l.count(d.Slow, l.slowPlaces))
	}
	if d.Waits.late() {
		facts = append(facts, fmt.Sprintf(l.longestWait, l.elapsed(d.Waits.Longest.Seconds)))
	}
	if t == good && (len(facts) > 0 || d.Quality.Until != nil || !d.Quiet) {
		t = warn
	}
	switch {
	case d.Quiet:
		return t, l.nobody, " " + l.quietRest
	case len(facts) == 0:
		return t, l.nobody, ""
	}
	rest = "."
	if len(facts) > 1 {
		rest = ", " + strings.Join(facts[1:], ", ") + "."
	}
	if d.Quality.Until == nil && !d.FirstWeek && !d.worse() && !d.Waits.late() {
		rest += " " + l.rest
	}
	return t, facts[0], rest
}

// notices are what a reader must know before the figures.
func (d Digest) notices(l locale) []bit {
	var out []bit
	for _, s := range d.Quality.Sources {
		if d.Quality.Until == nil || s.FailedSince == nil {
			continue
		}
		notice := fmt.Sprintf(l.lateNever, s.Name, l.instant(*s.FailedSince))
		if s.Through != nil {
			notice = fmt.Sprintf(l.late, l.reach(*s.Through, d.To), s.Name, l.instant(*s.FailedSince))
		}
		if s.Reason != "" {
			notice += " (" + s.Reason + ")"
		}
		out = append(out, bit{Text: notice + ".", Tone: warn})
	}
	if d.Holiday != "" {
		out = append(out, bit{Text: fmt.Sprintf(l.holiday, d.Holiday)})
	}
	if d.FirstWeek {
		out = append(out, bit{Text: l.firstWeek})
	}
	return out
}

// brief is a quiet day's line of figures. It tells of the customers for whom it has no
// room: nobody to call is not nobody to look after.
func (d Digest) brief(l locale) line {
	w := d.Waits
	parts := []string{l.count(d.Quality.Conversations, l.conversations)}
	replies := l.count(w.Answered.N, l.replies)
	if w.Answered.Median != nil {
		replies += ", " + l.medianWait(w.Answered)
	}
	parts = append(parts, replies)
	if s := d.Sentiment.Negative; s.Share != nil {
		parts = append(parts, fmt.Sprintf(l.negatives, l.share(s, 0)))
	}
	parts = append(parts, fmt.Sprintf(l.openQuiet, l.integer(w.Open)))
	out := text(strings.Join(parts, "; ") + ".")
	flagged := d.MoreFlagged
	for _, c := range d.Customers {
		flagged += 1 + c.More
	}
	if flagged > 0 {
		out = append(out, bit{Text: " " + fmt.Sprintf(l.care, l.count(flagged, l.conversations)) + ": "}, bit{Text: l.moreHow, Tone: code})
	}
	return out
}

// share returns "14 z 84 = 16,7% [10,2–26,1]".
func (l locale) share(s Share, places int) string {
	return fmt.Sprintf("%s %s = %s %s", l.integer(s.Count), fmt.Sprintf(l.fromConversations, l.integer(s.N)), l.percent(*s.Share, places), l.shareInterval(s, places))
}

// medianWait returns "mediana 48 min [41–57]".
func (l locale) medianWait(w Wait) string {
	s := fmt.Sprintf(l.median, l.worked(*w.Median))
	if w.Low != nil && w.High != nil {
		s += " " + l.interval(*w.Low, *w.High)
	}
	return s
}

// hash is how a conversation is called on the page.
func hash(s string) string { return "#" + s }

func (d Digest) customersPart(l locale) section {
	s := section{Title: l.customers}
	if n := d.High.N; n > 0 {
		s.Note = fmt.Sprintf(l.fromConversations, l.count(n, l.ofConversations)) + "; " +
			fmt.Sprintf(l.high, l.integer(d.High.Count)) + " = " + l.percent(*d.High.Share, 1) + " " + l.shareInterval(d.High, 1)
	}
	for _, c := range d.Customers {
		s.Cards = append(s.Cards, d.card(l, c))
	}
	if len(d.Customers) == 0 {
		s.Lines = append(s.Lines, text(l.noCustomers))
	}
	if d.MoreFlagged > 0 {
		s.Lines = append(s.Lines, line{{Text: "+ " + l.count(d.MoreFlagged, l.more) + ": "}, {Text: l.moreHow, Tone: code}})
	}
	return s
}

// maxParts bounds the parts of a score on the page; the rest is summed up.
const maxParts = 4

func (d Digest) card(l locale, c Customer) card {
	out := card{Head: line{{Text: hash(c.Number), URL: c.URL, Tone: strong}}, Score: fmt.Sprintf(l.score, l.decimal(c.Score, 2))}
	if c.Name != "" {
		out.Head = append(out.Head, bit{Text: " " + c.Name})
	}
	if c.More > 0 {
		out.Head = append(out.Head, bit{Text: " " + fmt.Sprintf(l.also, l.count(c.More, l.alsoMore)), Tone: dim})
	}
	if c.NeedsCall {
		out.Call = l.needsCall
	}
	if c.Waiting != nil {
		out.Facts = append(out.Facts, fmt.Sprintf(l.waits, l.span(*c.Waiting, d.Hours != "")))
	}
	if c.Nudges > 0 {
		out.Facts = append(out.Facts, l.count(c.Nudges, l.nudges))
	}
	if c.Handovers >= 3 {
		out.Facts = append(out.Facts, l.count(c.Handovers, l.handovers))
	}
	if c.Reopens > 0 {
		out.Facts = append(out.Facts, l.count(c.Reopens, l.reopens))
	}
	if p := c.Promise; p != nil {
		fact := fmt.Sprintf(l.promiseBare, l.instant(p.Due))
		if p.Quote != "" {
			fact = fmt.Sprintf(l.promise, l.quoted(p.Quote), l.instant(p.Due))
		}
		out.Facts = append(out.Facts, fact)
	}
	// What the customer says counts where it is far from what was measured: the wait may
	// have begun elsewhere.
	if c.Claimed > 0 && (c.Waiting == nil || c.Claimed >= 2*c.Waiting.Seconds) {
		out.Facts = append(out.Facts, fmt.Sprintf(l.claims, l.elapsed(c.Claimed)))
	}
	if c.Deadline != nil {
		said := l.gives
		if !c.Deadline.After(d.SentAt) {
			said = l.gave
		}
		out.Facts = append(out.Facts, fmt.Sprintf(said, l.instant(*c.Deadline)))
	}
	for _, r := range c.Reasons {
		if r.Signal == "ultimatum" && c.Deadline != nil {
			continue
		}
		if threat := l.threats[r.Signal]; threat != "" {
			out.Facts = append(out.Facts, threat)
			break
		}
	}
	if c.Quote != "" {
		out.Quote = l.quoted(c.Quote)
	}
	if len(c.Reasons) > 0 {
		out.Why = l.why + l.sum(c.Reasons)
	}
	if command := shellWord(c.Conversation); command != "" {
		out.How = l.explain + command
	}
	return out
}

// sum returns "prawo 0,40 + czekanie 0,21 + ponaglenia 0,21".
func (l locale) sum(parts []Part) string {
	shown := parts
	if len(parts) > maxParts {
		rest := Part{Signal: other}
		shown = nil
		for _, p := range parts {
			// What is taken off stays in sight.
			if len(shown) < maxParts-1 || p.Weight < 0 {
				shown = append(shown, p)
			} else {
				rest.Weight += p.Weight
			}
		}
		if w := hundredths(rest.Weight); w > 0 {
			at := slices.IndexFunc(shown, func(p Part) bool { return p.Weight < 0 })
			if at < 0 {
				at = len(shown)
			}
			shown = slices.Insert(shown, at, Part{Signal: other, Weight: w})
		}
	}
	var b strings.Builder
	for i, p := range shown {
		weight := p.Weight
		switch {
		case i == 0:
		case weight < 0:
			b.WriteString(" − ")
			weight = -weight
		default:
			b.WriteString(" + ")
		}
		name := l.signals[p.Signal]
		if name == "" {
			name = strings.ReplaceAll(p.Signal, "_", " ")
		}
		b.WriteString(name + "\u00a0" + l.decimal(weight, 2))
	}
	return b.String()
}

// shellWord returns an identifier as a word of a shell, or "" where it is too long
// to be shown as one.
func shellWord(id string) string {
	if id == "" || len(id) > maxName {
		return ""
	}
	safe := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_.:/@+", r)
	}
	if id[0] != '-' && strings.IndexFunc(id, func(r rune) bool { return !safe(r) }) < 0 {
		return id
	}
	return "'" + strings.ReplaceAll(id, "'", `'\''`) + "'"
}

func (d Digest) deadlinesPart(l locale) section {
	s := section{Title: l.deadlines}
	for i, x := range d.Deadlines {
		if i == MaxDeadlines {
			s.Lines = append(s.Lines, line{{Text: "+ " + l.count(len(d.Deadlines)-i, l.more) + ": "}, {Text: "odzew digest --date " + d.To + " --format json", Tone: code}})
			break
		}
		kind := l.deadlineKinds[x.Kind]
		if kind == "" {
			kind = x.Kind
		}
		facts := kind + ", " + fmt.Sprintf(l.deadline, l.shortDate(parseDay(x.Safe)))
		if x.Legal != "" {
			facts += " (" + fmt.Sprintf(l.legally, l.shortDate(parseDay(x.Legal))) + ")"
		}
		line := line{{Text: hash(x.Number), URL: x.URL, Tone: strong}, {Text: " " + facts + ", " + l.unanswered}}
		if x.Past {
			line = append(line, bit{Text: ". "}, bit{Text: l.past, Tone: bad})
		}
		s.Lines = append(s.Lines, line)
	}
	return s
}

func (d Digest) waitsPart(l locale) section {
	s := section{Title: l.waiting, Note: l.calendarTime}
	if d.Hours != "" {
		s.Note = fmt.Sprintf(l.hours, d.Hours)
	}
	w := d.Waits
	s.Rows = []row{l.waitRow(l.answered, w.Answered), l.waitRow(l.first, w.First)}
	if w.Asked.N > 0 {
		s.Lines = append(s.Lines, text(l.asked(w.Asked)))
	}

	open := line{{Text: fmt.Sprintf(l.openNow, l.integer(w.Open))}}
	if w.Longest != nil {
		open = append(open,
			bit{Text: ", " + l.longest},
			bit{Text: hash(w.Longest.Number), URL: w.Longest.URL, Tone: strong},
			bit{Text: " (" + l.elapsed(w.Longest.Seconds) + ")"})
	}
	s.Lines = append(s.Lines, append(open, bit{Text: ". " + fmt.Sprintf(l.parked, l.integer(w.Parked))}))
	if w.Change != nil {
		s.Lines = append(s.Lines, l.changeLines(*w.Change)...)
	}
	return s
}

func (l locale) asked(a Asked) string {
	s := l.askedHead
	if a.Open > 0 {
		s += fmt.Sprintf(l.askedOpen, l.count(a.Open, l.stillOpen))
	}
	s += " (n=" + l.integer(a.N) + "): "
	switch {
	case a.N < MinHeadline:
		return s + l.askedFew
	case a.Median == nil:
		return s + l.askedNone
	}
	s += fmt.Sprintf(l.askedHalf, l.worked(*a.Median))
	if a.P90 != nil {
		s += ", " + fmt.Sprintf(l.askedNine, l.worked(*a.P90))
	}
	return s
}

// waitRow shows a set of waits: its figures, or the cases themselves.
func (l locale) waitRow(label string, w Wait) row {
	r := row{Label: label, Cells: []string{"n=" + l.integer(w.N)}}
	switch {
	case w.N == 0:
		r.Cells = append(r.Cells, l.none)
	case w.Median == nil:
		r.Cells = append(r.Cells, fmt.Sprintf(l.tooFewForMedian, l.cases(w.Cases)))
	default:
		r.Cells = append(r.Cells, l.medianWait(w))
		if w.P90 != nil {
			r.Cells = append(r.Cells, fmt.Sprintf(l.nine, l.worked(*w.P90)))
		}
	}
	return r
}

func (l locale) cases(seconds []int64) string {
	var out []string
	for _, s := range seconds {
		out = append(out, l.worked(s))
	}
	return strings.Join(out, ", ")
}

// changeLines tells of a shift of the waits: with an arrow only where it is clear.
func (l locale) changeLines(c Shift) []line {
	interval := l.signedInterval(c.Low, c.High)
	first := line{{Text: l.change}}
	if !c.Clear {
		return []line{append(first, bit{Text: l.signedWait(c.Seconds) + " " + interval + ": " + l.inconclusive})}
	}
	arrow, t := "▲ ", bad
	if c.Seconds < 0 {
		arrow, t = "▼ ", good
	}
	first = append(first, bit{Text: arrow + l.signedWait(c.Seconds), Tone: t}, bit{Text: " " + interval})
	if len(c.Within) == 0 {
		return []line{first}
	}
	// In whole minutes that add up, as the mean does.
	values := make([]float64, 0, len(c.Within)+1)
	for _, w := range c.Within {
		values = append(values, float64(w.Seconds)/60)
	}
	values = append(values, float64(c.Mix)/60)
	minutes := apportion(values, int(math.Round(float64(c.Mean)/60)))
	var parts []string
	for i, w := range c.Within {
		name := l.channel[w.Channel]
		if name == "" {
			name = w.Channel
		}
		parts = append(parts, name+"\u00a0"+l.signed(float64(minutes[i]), 0))
	}
	parts = append(parts, l.mix+"\u00a0"+l.signed(float64(minutes[len(minutes)-1]), 0))
	return []line{first, text(l.channels + l.signed(float64(c.Mean)/60, 0) + "\u00a0min = " + strings.Join(parts, ", "))}
}

func (d Digest) placesPart(l locale) section {
	s := section{Title: l.places}
	for _, p := range d.Touchpoints {
		s.Rows = append(s.Rows, l.place(p))
	}
	if d.MorePlaces > 0 {
		s.Lines = append(s.Lines, line{{Text: "+ " + l.count(d.MorePlaces, l.smallPlaces) + ".", Tone: dim}})
	}
	if n := d.SmallPlaces.Touchpoints; n > 0 {
		s.Lines = append(s.Lines, line{{Text: fmt.Sprintf(l.smallTogether, l.count(n, l.smallPlaces), MinGroup), Tone: dim}})
	}
	return s
}

func (l locale) place(p Place) row {
	r := row{Label: p.Name, Cells: []string{"n=" + l.integer(p.Negative.N)}, Badge: l.verdicts[p.Verdict]}
	var notes []string
	switch p.Verdict {
	case PlaceTooFew:
		r.Tone = dim
		r.Cells = append(r.Cells, l.tooFew)
		if p.Past.N >= MinHeadline {
			r.Note = fmt.Sprintf(l.past28, l.integer(p.Past.N), l.percent(*p.Past.Share, 0), l.shareInterval(p.Past, 0))
		}
		return r
	case PlaceCritical:
		r.Tone = bad
		if p.Weeks > 1 {
			notes = append(notes, fmt.Sprintf(l.week, p.Weeks))
		}
	case PlaceSlow:
		r.Tone = warn
	case PlaceGood:
		r.Tone = good
	}
	share := p.Negative
	r.Bar = &share
	r.Cells = append(r.Cells, fmt.Sprintf(l.negative, l.percent(*share.Share, 0))+" "+l.shareInterval(share, 0))
	if p.Wait.Median != nil {
		r.Cells = append(r.Cells, l.medianWait(p.Wait)+" (n="+l.integer(p.Wait.N)+")")
	} else {
		r.Cells = append(r.Cells, "")
	}
	if p.Strong > 0 {
		notes = append(notes, fmt.Sprintf(l.high, l.integer(p.Strong)))
	}
	if p.Slow != nil {
		slower := fmt.Sprintf(l.slower, l.worked(p.Slow.Seconds), l.interval(p.Slow.Low, p.Slow.High), l.than[p.Slow.Than])
		if p.Wait.Median == nil { // else the n stands with the median
			slower += " (n=" + l.integer(p.Slow.N) + ")"
		}
		notes = append(notes, slower)
	}
	r.Note = strings.Join(notes, "; ")
	return r
}

func (d Digest) moodPart(l locale) section {
	s := section{Title: l.mood}
	m := d.Sentiment
	if m.Negative.N == 0 {
		s.Lines = append(s.Lines, text(l.none))
		return s
	}
	first := line{{Text: fmt.Sprintf(l.negatives, l.share(m.Negative, 1))}}
	if m.Norm != nil {
		first = append(first, bit{Text: "; " + fmt.Sprintf(l.norm, l.percent(*m.Norm.Share, 1)) + " (n=" + l.integer(m.Norm.N) + "). "})
	}
	if c := m.Change; c != nil {
		interval := fmt.Sprintf(" [%s, %s]", l.signed(100*c.Low, 1), l.signed(100*c.High, 1))
		size := l.signed(100*c.Difference, 1) + "\u00a0" + l.points
		switch {
		case !c.Clear:
			first = append(first, bit{Text: fmt.Sprintf(l.difference, size) + interval + ": " + l.inconclusive + "."})
		case c.Difference > 0:
			first = append(first, bit{Text: "▲ " + size, Tone: bad}, bit{Text: interval + "."})
		default:
			first = append(first, bit{Text: "▼ " + size, Tone: good}, bit{Text: interval + "."})
		}
	}
	s.Lines = append(s.Lines, first)
	if m.Relief > 0 {
		relief := fmt.Sprintf(l.reliefTopic, l.count(m.Relief, l.relief))
		if m.Topic != "" {
			relief += ", " + l.mostly + " " + l.quoted(m.Topic)
		}
		s.Lines = append(s.Lines, text(relief+"."))
	}
	var ratings []string
	if c := d.Ratings.CSAT; c != nil {
		v := fmt.Sprintf("%s %s, %s", l.integer(c.Count), fmt.Sprintf(l.fromConversations, l.integer(c.N)), l.askedFew)
		if c.N >= MinHeadline {
			v = l.percent(*c.Share, 0) + " " + l.shareInterval(*c, 0) + " (n=" + l.integer(c.N) + ")"
		}
		ratings = append(ratings, l.csat+": "+v)
	}
	if n := d.Ratings.NPS; n != nil {
		v := "n=" + l.integer(n.N) + ", " + l.askedFew
		if n.Score != nil {
			v = l.signed(*n.Score, 0) + " [" + l.signed(*n.Low, 0) + ", " + l.signed(*n.High, 0) + "] (n=" + l.integer(n.N) + ")"
		}
		ratings = append(ratings, l.nps+": "+v)
	}
	if len(ratings) > 0 {
		s.Lines = append(s.Lines, text(strings.Join(ratings, "; ")+"."))
	}
	return s
}

func (d Digest) qualityPart(l locale) section {
	q := d.Quality
	s := section{Title: l.quality, Lines: []line{d.sources(l)}}
	counts := []string{l.count(q.Messages, l.messages), fmt.Sprintf(l.fromCustomers, l.integer(q.CustomerMessages))}
	if len(q.Unscored) > 0 {
		total := 0
		for _, u := range q.Unscored {
			total += u.Count
		}
		counts = append(counts, l.count(total, l.unscored)+" ("+l.reasonsOf(q.Unscored)+")")
	}
	if len(q.Excluded) > 0 {
		counts = append(counts, fmt.Sprintf(l.excluded, l.reasonsOf(q.Excluded)))
	}
	s.Lines = append(s.Lines, text(strings.Join(counts, ", ")+"."))
	if q.DeadLetters > 0 {
		s.Lines = append(s.Lines, line{
			{Text: l.count(q.DeadLetters, l.deadLetters), Tone: warn},
			{Text: ": "},
			{Text: l.deadHow, Tone: code},
		})
	}
	for _, x := range q.Lexicons {
		lexicon := fmt.Sprintf(l.lexicon, x.Lang, x.Version)
		if x.Since != "" {
			lexicon += fmt.Sprintf(l.since, l.shortDate(parseDay(x.Since)))
		}
		if x.Previous != "" {
			lexicon += ": " + l.integer(x.Changed) + "\u00a0" + fmt.Sprintf(l.form(x.Changed, l.otherwise), x.Previous)
		}
		s.Lines = append(s.Lines, text(lexicon+"."))
	}
	last := l.noEmployees
	if !slices.ContainsFunc(d.Customers, func(c Customer) bool { return c.Name != "" }) {
		last += " " + l.numbersOnly
	}
	s.Lines = append(s.Lines, line{{Text: last, Tone: dim}})
	return s
}

func (l locale) reasonsOf(counts []Tallied) string {
	var out []string
	for _, c := range counts {
		name := l.reasons[c.Reason]
		if name == "" {
			name = c.Reason
		}
		if len(counts) > 1 {
			name += " " + l.integer(c.Count)
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// sources tells how far the data reach.
func (d Digest) sources(l locale) line {
	var out line
	if d.Quiet {
		out = text(l.quality + ": ")
	}
	if len(d.Quality.Sources) == 0 {
		return append(out, bit{Text: l.noSources + "."})
	}
	for i, s := range d.Quality.Sources {
		if i > 0 {
			out = append(out, bit{Text: ", "})
		}
		switch {
		case s.FailedSince != nil:
			out = append(out, bit{Text: fmt.Sprintf(l.failing, s.Name, l.instant(*s.FailedSince)), Tone: bad})
		case s.Through == nil:
			out = append(out, bit{Text: fmt.Sprintf(l.never, s.Name), Tone: warn})
		default:
			out = append(out, bit{Text: fmt.Sprintf(l.through, s.Name, l.reach(*s.Through, d.To))})
		}
	}
	return append(out, bit{Text: "."})
}

// Subject returns the subject of the digest's mail: the day, and the first line.
func (d Digest) Subject() (string, error) {
	p, err := d.page()
	return p.Subject, err
}
