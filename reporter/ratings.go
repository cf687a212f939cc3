package reporter

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"odzew"
	"odzew/reporter/mask"
	"odzew/reporter/stats"
)

// Ratings: the customers' own verdicts beside what was scored of their words. The
// figures are the standard ones:
//
//   - CSAT: the share of satisfied ones, 4 and 5 of 5, with Wilson's interval (E. B.
//     Wilson, J. Am. Stat. Assoc. 22 (1927) 209). On other scales those above three
//     fifths of it.
//   - NPS: the share of promoters (9, 10) less that of detractors (0 to 6) in points (F. F.
//     Reichheld, Harvard Business Review 81/12 (2003) 46), with the interval by the
//     variance of a difference of two shares of one trinomial sample.
//   - CES: the mean on its own scale (M. Dixon, K. Freeman, N. Toman, Harvard Business
//     Review 88/7 (2010) 116), high being easy, with the interval by Student's t.
//   - The agreement with what was scored: its share, and Cohen's kappa over low,
//     middle and high (stats.Kappa).

// The kinds of ratings.
const (
	RatingCSAT = "csat"
	RatingNPS  = "nps"
	RatingCES  = "ces"
)

// MaxDisagreements bounds the ratings that are listed against their scores.
const MaxDisagreements = 20

// A Rated is a verdict beside what was scored of the conversation.
type Rated struct {
	Conversation int64  // odzew's own number; no part of the report
	ExternalID   string // what the source calls the conversation
	Source       string
	Touchpoint   string
	odzew.Rating
	// Messages counts the customer's scored messages up to the rating, Positive and
	// Negative ones are among them; Valence is their mean.
	Messages, Positive, Negative int
	Valence                      float64
}

// A Level is a third of a scale.
type Level int

// The levels.
const (
	Low Level = iota
	Middle
	High
)

// Said is the level of a rating: satisfied, between, not satisfied; promoter,
// passive, detractor; easy, between, hard. False where the scale is not known.
func Said(r odzew.Rating) (Level, bool) {
	if !(r.Score >= 0 && r.Score <= r.Max) {
		return 0, false
	}
	switch r.Kind {
	case RatingNPS:
		switch {
		case r.Max != 10:
			return 0, false
		case r.Score >= 9:
			return High, true
		case r.Score >= 7:
			return Middle, true
		}
		return Low, true
	case RatingCSAT, RatingCES:
		switch share := r.Score / r.Max; {
		case r.Max <= 0, r.Score < 1 && 1 < r.Max && r.Max <= 10: // scales of a few steps begin at 1
			return 0, false
		case share > 0.6:
			return High, true
		case share > 0.5:
			return Middle, true
		}
		return Low, true
	}
	return 0, false
}

// Scored is the level of what was scored: High where more messages are positive
// than negative, Low where fewer. False where nothing was scored.
func (r Rated) Scored() (Level, bool) {
	if r.Messages == 0 {
		return 0, false
	}
	return Level(1 + cmp.Compare(r.Positive, r.Negative)), true
}

// Disagrees says whether the rating is low and the score high, or the other way.
func (r Rated) Disagrees() bool {
	said, ok1 := Said(r.Rating)
	scored, ok2 := r.Scored()
	return ok1 && ok2 && (said == Low && scored == High || said == High && scored == Low)
}

// CountRatings counts verdicts by what they say, for a digest.
func CountRatings(list []odzew.Rating) Ratings {
	var out Ratings
	for _, r := range list {
		level, ok := Said(r)
		switch {
		case !ok:
		case r.Kind == RatingCSAT:
			out.CSAT++
			if level == High {
				out.CSATGood++
			}
		case r.Kind == RatingNPS && level == High:
			out.Promoters++
		case r.Kind == RatingNPS && level == Middle:
			out.Passives++
		case r.Kind == RatingNPS:
			out.Detractors++
		}
	}
	return out
}

// RatingFigures are CSAT, NPS and CES of one group, nil or empty where there are none.
type RatingFigures struct {
	N int `json:"n"` // ratings of all kinds
	RatingFigure
	CES []CES `json:"ces"` // one for each scale
}

// A CES is the mean of customers' effort scores on the scale up to Max. Below
// n = MinHeadline the figures are nil.
type CES struct {
	Max  float64  `json:"max"`
	N    int      `json:"n"`
	Mean *float64 `json:"mean"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// Verdicts are the ratings of the period, and how they agree with the scores.
type Verdicts struct {
	RatingFigures
	// Unusable ratings are of a kind or scale that is not known.
	Unusable int `json:"unusable"`
	// Agreement is over all kinds, Kinds over each.
	Agreement Agreement            `json:"agreement"`
	Kinds     map[string]Agreement `json:"agreement_by_kind"`
	// Disagreements are those that speak against each other, the latest first;
	// nil unless they were asked for.
	Disagreements     []Disagreement `json:"disagreements,omitempty"`
	DisagreementCount int            `json:"disagreement_count"`
}

// An Agreement holds ratings against scores. Below n = MinHeadline the kappa is nil.
type Agreement struct {
	// Table counts by the rating (down) and the score (across): low, middle, high.
	Table [3][3]int `json:"table"`
	// Agreed is the share with the same level.
	Agreed Share    `json:"agreed"`
	Kappa  *float64 `json:"kappa"`
	Low    *float64 `json:"kappa_low"`
	High   *float64 `json:"kappa_high"`
}

// A Disagreement is a conversation to look at when tuning.
type Disagreement struct {
	Conversation string    `json:"conversation"`
	Source       string    `json:"source"`
	Touchpoint   string    `json:"touchpoint"`
	At           time.Time `json:"at"`
	Kind         string    `json:"kind"`
	Score        float64   `json:"score"`
	Max          float64   `json:"max"`
	Valence      float64   `json:"valence"` // mean of the messages up to the rating
	Positive     int       `json:"positive_messages"`
	Negative     int       `json:"negative_messages"`
	// Message is the one that speaks loudest against the rating, Quote its words,
	// and Comment those of the rating, both masked.
	Message string `json:"message"`
	Quote   string `json:"quote"`
	Comment string `json:"comment"`
	// Explain is the command that shows why the conversation was scored so; empty
	// where its name is no word of a shell.
	Explain string `json:"explain"`
}

// verdicts fills in the ratings, all and by touchpoint.
func (j *Journey) verdicts(list []Rated) {
	v := &j.Ratings
	all := map[string][][]int{"": emptyTable()}
	byPlace := map[string][]odzew.Rating{}
	var usable []odzew.Rating
	for _, r := range list {
		said, ok := Said(r.Rating)
		if !ok {
			v.Unusable++
			continue
		}
		usable = append(usable, r.Rating)
		place := short(r.Touchpoint)
		byPlace[place] = append(byPlace[place], r.Rating)
		scored, ok := r.Scored()
		if !ok {
			continue
		}
		if all[r.Kind] == nil {
			all[r.Kind] = emptyTable()
		}
		all[""][said][scored]++
		all[r.Kind][said][scored]++
		if r.Disagrees() {
			v.DisagreementCount++
		}
	}
	v.RatingFigures = ratingFigures(usable)
	v.Kinds = map[string]Agreement{}
	for kind, table := range all {
		if kind == "" {
			v.Agreement = agreement(table)
		} else {
			v.Kinds[kind] = agreement(table)
		}
	}
	for i := range j.Touchpoints {
		if m := &j.Touchpoints[i]; len(byPlace[m.Name]) >= MinGroup {
			f := ratingFigures(byPlace[m.Name])
			m.Ratings = &f
		}
	}
}

func emptyTable() [][]int { return [][]int{make([]int, 3), make([]int, 3), make([]int, 3)} }

func agreement(table [][]int) (a Agreement) {
	agreed, n := 0, 0
	for i, row := range table {
		agreed += row[i]
		for k, count := range row {
			a.Table[i][k] = count
			n += count
		}
	}
	a.Agreed = share(agreed, n)
	if kappa, iv, ok := stats.Kappa(table); ok && n >= MinHeadline {
		a.Kappa, a.Low, a.High = &kappa, &iv.Low, &iv.High
	}
	return a
}

func ratingFigures(list []odzew.Rating) RatingFigures {
	f := RatingFigures{N: len(list), RatingFigure: ratings(CountRatings(list)), CES: []CES{}}
	type sums struct {
		n            int
		sum, squares float64
	}
	scales := map[float64]sums{}
	for _, r := range list {
		if r.Kind == RatingCES {
			s := scales[r.Max]
			scales[r.Max] = sums{s.n + 1, s.sum + r.Score, s.squares + r.Score*r.Score}
		}
	}
	for scale, s := range scales {
		c := CES{Max: scale, N: s.n}
		if mean, iv, ok := stats.Mean(s.n, s.sum, s.squares); ok && s.n >= MinHeadline {
			low, high := max(0, iv.Low), min(scale, iv.High)
			c.Mean, c.Low, c.High = &mean, &low, &high
		}
		f.CES = append(f.CES, c)
	}
	slices.SortFunc(f.CES, func(a, b CES) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Max, b.Max)) })
	return f
}

// Disagreeing picks the ratings to be listed, the latest first.
func Disagreeing(list []Rated) []Rated {
	out := slices.DeleteFunc(slices.Clone(list), func(r Rated) bool { return !r.Disagrees() })
	slices.SortStableFunc(out, func(a, b Rated) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ExternalID, b.ExternalID))
	})
	return out[:min(len(out), MaxDisagreements)]
}

// Disagree lists a disagreement, with the words of the message that speaks loudest
// against the rating.
func (j *Journey) Disagree(r Rated, message, words string) {
	d := Disagreement{
		Conversation: mask.Clean(r.ExternalID), Source: short(r.Source), Touchpoint: short(r.Touchpoint), At: r.At.UTC(), Kind: short(r.Kind), Score: r.Score, Max: r.Max,
		Valence: hundredths(finite(r.Valence)), Positive: r.Positive, Negative: r.Negative, Message: short(message),
		Quote: mask.Quote(words, MaxQuote), Comment: mask.Quote(r.Comment, MaxQuote),
	}
	if word := shellWord(d.Conversation); word != "" {
		d.Explain = "odzew explain --conversation " + word
	}
	j.Ratings.Disagreements = append(j.Ratings.Disagreements, d)
}
