package reporter

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"odzew"
	"odzew/reporter/mask"
	"odzew/reporter/stats"
)

const day = "2006-01-02"

// Limits of single words from outside: a name, a number, an error's text.
const (
	maxName   = 60
	maxReason = 120
)

// Build computes every figure of a digest, and picks, orders, masks and cuts what
// it shows. It reads nothing but in, and changes nothing of it.
func Build(in Input) Digest {
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	d := Digest{
		From:      in.From.Format(day),
		To:        in.To.Format(day),
		Zone:      zone.String(),
		SentAt:    in.SentAt.UTC(),
		Lang:      "pl",
		Hours:     short(in.Hours),
		Holiday:   short(in.Holiday),
		FirstWeek: in.FirstWeek,
	}
	if in.Lang == "en" {
		d.Lang = "en"
	}
	d.customers(in)
	d.deadlines(in.Deadlines, in.SentAt.In(zone).Format(day))
	d.Waits = waits(in)
	d.places(in)
	d.Sentiment = mood(in)
	d.Ratings = ratings(in.Ratings)
	d.Quality = quality(in, zone)
	d.Quiet = d.NeedsCall == 0 && !slices.ContainsFunc(in.Cases, Case.high) && len(d.Deadlines) == 0 && d.Critical == 0 && d.Slow == 0 && !d.Waits.late() &&
		d.Quality.Until == nil && d.Quality.DeadLetters == 0 && !d.worse()
	return d
}

// lateWait is how long, within opening hours, a customer may wait on a day that is still
// called quiet: a working week.
const lateWait = 5 * 8 * 3600

// late reports whether somebody has waited so long that no day is quiet.
func (w WaitFigures) late() bool { return w.Longest != nil && w.Longest.BusinessSeconds >= lateWait }

// worse reports whether waits or mood have clearly become worse.
func (d Digest) worse() bool {
	waits, mood := d.Waits.Change, d.Sentiment.Change
	return waits != nil && waits.Clear && waits.Seconds > 0 || mood != nil && mood.Clear && mood.Difference > 0
}

// customers fills in the customers with a flagged conversation, each with the gravest.
func (d *Digest) customers(in Input) {
	cases := slices.Clone(in.Cases)
	high := 0
	for _, c := range cases {
		if c.high() && !c.Earlier {
			high++
		}
	}
	scored := in.Sentiment.Now.total()
	d.High = share(high, max(high, scored))

	Rank(cases)
	d.Customers = []Customer{}
	places := map[string]int{} // in d.Customers; MaxCustomers: not listed
	for _, c := range cases {
		if place, known := places[c.Customer]; known && c.Customer != "" {
			if place < MaxCustomers {
				d.Customers[place].More++
			} else {
				d.MoreFlagged++
			}
			continue
		}
		// A customer comes first with a conversation that needs a call, if any does.
		if c.Flag.NeedsCall {
			d.NeedsCall++
		}
		places[c.Customer] = len(d.Customers)
		if len(d.Customers) < MaxCustomers {
			d.Customers = append(d.Customers, customer(c))
		} else {
			d.MoreFlagged++
		}
	}
}

func (c Case) high() bool { return c.Flag.Level >= 2 }

// Rank puts cases into the digest's order: those that need a call first, then by score,
// then the one that is flagged longest. It drops what is told of a case (the reasons,
// the promise) where it would only be counted: whoever has very many collects them in
// parts, each ranked with those before, and keeps the words of few.
func Rank(cases []Case) {
	slices.SortStableFunc(cases, func(a, b Case) int {
		return cmp.Or(
			boolFirst(a.Flag.NeedsCall, b.Flag.NeedsCall),
			cmp.Compare(finite(b.Flag.Frustration), finite(a.Flag.Frustration)),
			a.Flag.OpenedAt.Compare(b.Flag.OpenedAt),
			strings.Compare(a.Flag.Conversation, b.Flag.Conversation),
		)
	})
	listed, seen := 0, map[string]bool{"": false}
	for i := range cases {
		c := &cases[i]
		if listed == MaxCustomers || seen[c.Customer] {
			c.Flag.Reasons, c.Promise = nil, nil
			continue
		}
		listed++
		seen[c.Customer] = c.Customer != ""
	}
}

func boolFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func customer(c Case) Customer {
	out := Customer{
		Conversation: mask.Clean(c.Flag.Conversation),
		Source:       short(c.Flag.Source),
		Number:       short(cmp.Or(c.Number, c.Flag.Conversation)),
		Name:         name(c.Name),
		URL:          link(c.URL),
		Cause:        short(c.Flag.Cause),
		Score:        hundredths(min(max(finite(c.Flag.Frustration), 0), 1)),
		Level:        c.Flag.Level,
		NeedsCall:    c.Flag.NeedsCall,
		Waiting:      span(c.Waiting),
		Nudges:       c.Nudges,
		Handovers:    c.Handovers,
		Reopens:      c.Reopens,
	}
	if c.Promise != nil {
		out.Promise = &Missed{
			Quote:   mask.Quote(c.Promise.Quote, MaxQuote),
			Message: short(c.Promise.Message),
			Due:     c.Promise.Due.UTC(),
		}
	}
	for _, r := range c.Flag.Reasons {
		if r.Due != nil {
			out.Deadline = instant(*r.Due)
		}
		out.Claimed = max(out.Claimed, r.Seconds)
	}
	out.Reasons = parts(c.Flag)
	out.Quote, out.Message = quote(c.Flag.Reasons)
	return out
}

// name returns a customer's name, or nothing where it is an address or a number: those
// are not shown, and what covers them tells nobody apart.
func name(s string) string {
	if s = mask.Clean(s); mask.Personal(s) != s {
		return ""
	}
	return mask.Cut(s, maxName)
}

// quote returns the words of the heaviest reason that has any. Words that tell of
// health or need are not shown, the signal alone is.
func quote(reasons []odzew.Reason) (words, message string) {
	best := math.Inf(-1)
	for _, r := range reasons {
		if r.Quote == "" || r.Signal == vulnerability || finite(r.Weight) <= best {
			continue
		}
		if q := mask.Quote(r.Quote, MaxQuote); q != "" {
			best, words, message = finite(r.Weight), q, short(r.Message)
		}
	}
	return words, message
}

// parts sums the reasons of a flag by signal, and rounds the sums to hundredths so that they still add
// up to the rounded score (largest remainder). What the reasons do not
// explain becomes a part of its own.
func parts(f odzew.Flag) []Part {
	out := []Part{}
	at := map[string]int{}
	total := 0.0
	for _, r := range f.Reasons {
		signal := short(r.Signal)
		i, ok := at[signal]
		if !ok {
			i = len(out)
			at[signal] = i
			out = append(out, Part{Signal: signal})
		}
		out[i].Weight += finite(r.Weight)
		out[i].Count = max(out[i].Count, r.Count)
		total += finite(r.Weight)
	}
	score := min(max(finite(f.Frustration), 0), 1)
	switch rest := score - total; {
	case rest <= -0.005:
		out = append(out, Part{Signal: saturation, Weight: rest})
	case rest >= 0.005:
		out = append(out, Part{Signal: other, Weight: rest})
	}
	weights := make([]float64, len(out))
	for i, p := range out {
		weights[i] = 100 * p.Weight
	}
	for i, w := range apportion(weights, int(math.Round(100*score))) {
		out[i].Weight = float64(w) / 100
	}
	out = slices.DeleteFunc(out, func(p Part) bool { return p.Weight == 0 })
	slices.SortStableFunc(out, func(a, b Part) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

// apportion rounds values to whole numbers that add up to total, by largest
// remainder. Their own sum must round to total, up or down.
func apportion(values []float64, total int) []int {
	out := make([]int, len(values))
	order := make([]int, len(values))
	for i, v := range values {
		out[i], order[i] = int(math.Floor(v+1e-9)), i
		total -= out[i]
	}
	remainder := func(i int) float64 { return values[i] - float64(out[i]) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder(b), remainder(a)) })
	for _, i := range order[:min(max(total, 0), len(order))] {
		out[i]++
	}
	return out
}

// deadlines fills in the statutory clocks, the nearest first.
func (d *Digest) deadlines(in []Deadline, today string) {
	d.Deadlines = []Due{}
	for _, x := range in {
		due := Due{Number: short(x.Number), URL: link(x.URL), Kind: short(x.Kind), Safe: x.Safe.Format(day)}
		if legal := x.Legal.Format(day); !x.Legal.IsZero() && legal != due.Safe {
			due.Legal = legal
		}
		due.Past = due.Safe < today
		d.Deadlines = append(d.Deadlines, due)
	}
	slices.SortStableFunc(d.Deadlines, func(a, b Due) int {
		return cmp.Or(strings.Compare(a.Safe, b.Safe), strings.Compare(a.Number, b.Number))
	})
}

func waits(in Input) WaitFigures {
	w := in.Waits
	var channels, past []stats.Sample
	for _, c := range w.Channels {
		channels = append(channels, c.Now)
		past = append(past, c.Before)
	}
	now, before := stats.Pool(channels...), stats.Pool(past...)
	out := WaitFigures{
		Answered: wait(now),
		First:    wait(w.First),
		Asked:    asked(w.Asked, w.AskedOpen),
		Open:     max(w.OpenCount, len(w.Open)),
		Parked:   w.Parked,
	}
	if len(w.Open) > 0 {
		longest := slices.MaxFunc(w.Open, func(a, b OpenWait) int { return cmp.Compare(a.Age.Seconds, b.Age.Seconds) })
		out.Longest = &Open{Number: short(longest.Number), URL: link(longest.URL), Span: *span(&longest.Age)}
	}
	if !in.FirstWeek {
		out.Change = shift(w.Channels, now, before)
	}
	return out
}

func mood(in Input) Mood {
	s := in.Sentiment
	out := Mood{
		Negative: share(s.Now.Negative, s.Now.total()),
		Neutral:  s.Now.Neutral,
		Positive: s.Now.Positive,
		Mixed:    s.Now.Mixed,
		Relief:   s.Relief,
		Topic:    short(mask.Personal(mask.Clean(s.ReliefTopic))),
	}
	if norm := share(s.Norm.Negative, s.Norm.total()); !in.FirstWeek && norm.N > 0 {
		out.Norm = &norm
		out.Change = shareChange(out.Negative, norm)
	}
	return out
}

func (a Attitudes) total() int { return a.Negative + a.Neutral + a.Positive + a.Mixed }

func ratings(r Ratings) RatingFigure {
	var out RatingFigure
	if r.CSAT > 0 {
		s := share(r.CSATGood, r.CSAT)
		out.CSAT = &s
	}
	if r.Promoters+r.Passives+r.Detractors > 0 {
		out.NPS = nps(r)
	}
	return out
}

func quality(in Input, zone *time.Location) Quality {
	v := in.Volume
	q := Quality{
		Conversations:    v.Conversations,
		Messages:         v.Messages,
		CustomerMessages: v.CustomerMessages,
		Unscored:         tallied(v.Unscored),
		Excluded:         tallied(v.Excluded),
		DeadLetters:      v.DeadLetters,
		Sources:          []SourceState{},
		Lexicons:         []LexiconState{},
	}
	end := time.Date(in.To.Year(), in.To.Month(), in.To.Day()+1, 0, 0, 0, 0, zone)
	for _, s := range in.Sources {
		state := SourceState{Name: short(s.Name), Reason: mask.Quote(s.Reason, maxReason), Through: instant(s.Through), FailedSince: instant(s.FailedSince)}
		q.Sources = append(q.Sources, state)
		// A source that failed after the period was complete takes nothing from it.
		if state.FailedSince != nil && s.Through.Before(end) && (q.Until == nil || s.Through.Before(*q.Until)) {
			through := s.Through.UTC()
			q.Until = &through
		}
	}
	for _, l := range in.Lexicons {
		state := LexiconState{Lang: short(l.Lang), Version: short(l.Version), Previous: short(l.Previous), Changed: l.Changed}
		if !l.Since.IsZero() {
			state.Since = l.Since.Format(day)
		}
		q.Lexicons = append(q.Lexicons, state)
	}
	return q
}

// tallied returns the counts, the most frequent first.
func tallied(m map[string]int) []Tallied {
	out := []Tallied{}
	for reason, n := range m {
		if n > 0 {
			out = append(out, Tallied{short(reason), n})
		}
	}
	slices.SortFunc(out, func(a, b Tallied) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Reason, b.Reason))
	})
	return out
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func span(c *odzew.Clock) *Span {
	if c == nil {
		return nil
	}
	return &Span{max(0, c.Seconds), max(0, c.BusinessSeconds)}
}

// short cleans a word from outside and cuts it to a length that fits a line.
func short(s string) string { return mask.Cut(mask.Clean(s), maxName) }

// link returns s if it is an absolute address that a browser may open, else "".
func link(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	var b strings.Builder
	for _, c := range []byte(u.String()) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// finite returns x, or 0 where it is no number.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }
