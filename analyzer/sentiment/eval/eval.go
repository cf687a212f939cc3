// Package eval measures a scorer on labelled messages, and reads the files that
// hold them. Figures that are learned from are never reported here as measured:
// what to read is the caller's choice.
package eval

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// Read reads labelled messages: JSON Lines with the fields id, lang, text, sentiment,
// frustration, signals and aspects, and second where another reader labelled them, too; or
// TSV with id, label and text.
// Labels of other sets are translated (minus_m, plus_m, zero, amb), and what its
// readers called ambiguous is left out. A header "id label text" may stand first.
// The name is used in errors.
func Read(r io.Reader, name string) ([]sentiment.Example, error) {
	var out []sentiment.Example
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 16<<20)
	for n := 1; sc.Scan(); n++ {
		line := sc.Bytes()
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		e := sentiment.Example{Weight: 1}
		if line[0] == '{' {
			var rec struct {
				ID                                             json.RawMessage // a text or a number
				Lang, Channel, Text, Sentiment, Stage, Emotion string
				Frustration                                    *int
				Signals                                        []string
				Aspects                                        []odzew.AspectPolarity
				Second                                         *sentiment.SecondLabels
				Rationales                                     map[string][]string
			}
			if err := json.Unmarshal(line, &rec); err != nil {
				if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
					err = fmt.Errorf(`the field %q holds a JSON %s; an example: {"text":"…","sentiment":"mixed","frustration":1,"signals":["waiting"],"aspects":[{"aspect":"price","polarity":"negative"}]}`, strings.ToLower(wrong.Field), wrong.Value)
				}
				return nil, fmt.Errorf("%s:%d: %w", name, n, err)
			}
			if strings.TrimSpace(rec.Text) == "" {
				return nil, fmt.Errorf(`%s:%d: the record has no "text"; of conversations only labelled ones are read, and by lexicon eval; others are taken in by odzew import`, name, n)
			}
			if rec.Frustration != nil && (*rec.Frustration < 0 || *rec.Frustration > 2) {
				return nil, fmt.Errorf("%s:%d: the frustration %d is none of 0, 1, 2", name, n, *rec.Frustration)
			}
			for _, s := range rec.Signals {
				if !slices.Contains(lexicon.Signals, s) {
					return nil, fmt.Errorf("%s:%d: the signal %q is none of %s", name, n, s, strings.Join(lexicon.Signals, ", "))
				}
			}
			for _, a := range rec.Aspects {
				if !slices.Contains(lexicon.Aspects, a.Aspect) {
					return nil, fmt.Errorf("%s:%d: the aspect %q is none of %s", name, n, a.Aspect, strings.Join(lexicon.Aspects, ", "))
				}
			}
			if s := rec.Second; s != nil {
				for _, a := range s.Aspects {
					if !slices.Contains(lexicon.Aspects, a) {
						return nil, fmt.Errorf("%s:%d: the second reader's aspect %q is none of %s", name, n, a, strings.Join(lexicon.Aspects, ", "))
					}
				}
				if s.Stage != "" && !slices.Contains(lexicon.Stages, s.Stage) {
					return nil, fmt.Errorf("%s:%d: the second reader's stage %q is none of %s", name, n, s.Stage, strings.Join(lexicon.Stages, ", "))
				}
				if s.Stage != "" || len(s.Aspects) > 0 { // some readers looked at other things
					e.Second = s
				}
			}
			for tag, quotes := range rec.Rationales {
				if !slices.Contains(lexicon.ToldTags[:], tag) {
					return nil, fmt.Errorf("%s:%d: there is no tag %q for rationales; an aspect's is aspect:price", name, n, tag)
				}
				for _, q := range quotes {
					if !strings.Contains(rec.Text, q) {
						return nil, fmt.Errorf("%s:%d: the rationale %q does not stand in the text", name, n, q)
					}
				}
			}
			e.Rationales = rec.Rationales
			if json.Unmarshal(rec.ID, &e.ID) != nil {
				e.ID = string(rec.ID)
			}
			e.Lang, e.Channel, e.Text, e.Sentiment = rec.Lang, rec.Channel, rec.Text, odzew.Sentiment(rec.Sentiment)
			if e.Sentiment != "" && !slices.Contains(Classes[:], e.Sentiment) {
				return nil, fmt.Errorf("%s:%d: the sentiment %q is none of %s", name, n, e.Sentiment, Classes)
			}
			if rec.Frustration != nil {
				e.Full, e.Frustration, e.Signals, e.Aspects, e.Stage, e.Emotion = true, *rec.Frustration, rec.Signals, rec.Aspects, rec.Stage, rec.Emotion
			}
		} else {
			f := strings.SplitN(string(line), "\t", 3)
			switch {
			case strings.HasSuffix(name, ".jsonl"):
				return nil, fmt.Errorf("%s:%d: this is no JSON object, as each line of a .jsonl file must be", name, n)
			case n == 1 && slices.Equal(slices.Sorted(slices.Values(f)), []string{"id", "label", "text"}) && f[1] != "label", n == 1 && f[0] == "text":
				return nil, fmt.Errorf("%s:1: the columns are %s; they must be id, label, text, in this order", name, strings.Join(f, ", "))
			case len(f) != 3:
				return nil, fmt.Errorf("%s:%d: %d columns instead of id, label, text, parted by tabs", name, n, len(f))
			}
			e.ID, e.Text = f[0], f[2]
			switch f[1] {
			case "positive", "plus_m":
				e.Sentiment = odzew.Positive
			case "negative", "minus_m":
				e.Sentiment = odzew.Negative
			case "neutral", "zero":
				e.Sentiment = odzew.Neutral
			case "mixed", "amb":
				e.Sentiment = odzew.Mixed
			case "": // not labelled
			case "ambiguous":
				continue // the readers could not tell, either
			default:
				if n == 1 && f[1] == "label" {
					continue
				}
				if emotions(f[1]) {
					break // they say no attitude: not labelled
				}
				return nil, fmt.Errorf("%s:%d: the label %q is none of %s", name, n, f[1], Classes)
			}
		}
		out = append(out, e)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: there are no messages in it", name)
	}
	return out, nil
}

// emotions reports whether a label is a list of the emotions of GoEmotions (Demszky et
// al. 2020).
func emotions(label string) bool {
	for name := range strings.SplitSeq(label, ",") {
		switch name {
		case "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire", "disappointment",
			"disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy", "love", "nervousness", "neutral",
			"optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise":
		default:
			return false
		}
	}
	return true
}

// Classes are the classes in the order of the confusion matrix.
var Classes = [4]odzew.Sentiment{odzew.Negative, odzew.Neutral, odzew.Positive, odzew.Mixed}

// A Report is what was measured.
type Report struct {
	N         int       `json:"n"`
	Confusion [4][4]int `json:"confusion"` // true class, then found
	Accuracy  Interval  `json:"accuracy"`
	F1Four    Interval  `json:"macro_f1_4"` // macro-F1 over the four classes
	F1Three   Interval  `json:"macro_f1_3"` // without the messages that are mixed, mixed found counted as wrong
	Brier     float64   `json:"brier"`
	// Calibration is how far the confidence is from the share that is right, on
	// average over ten bins.
	Calibration float64 `json:"calibration_error"`
	// Of the messages whose frustration is labelled; Full is their number. Of some of
	// them aspects, stage or emotion may not be.
	Full             int               `json:"n_full"`
	WithAspects      int               `json:"n_aspects"`
	WithStage        int               `json:"n_stage"`
	WithEmotion      int               `json:"n_emotion"`
	Signals          map[string]Counts `json:"signals"`
	SignalsF1        float64           `json:"signals_f1"`
	Aspects          map[string]Counts `json:"aspects"`
	AspectsF1        float64           `json:"aspects_f1"`          // names
	AspectPolarityF1 float64           `json:"aspects_polarity_f1"` // names with polarity
	FrustrationF1    float64           `json:"frustration_2_f1"`    // level 2
	FrustrationAUC   Figure            `json:"frustration_2_auc"`
	// FrustrationPrecision is the precision at which 80 % of the frustrated are found.
	FrustrationPrecision Figure  `json:"frustration_2_precision_at_recall_80"`
	LevelAccuracy        float64 `json:"frustration_level_accuracy"`
	StageAccuracy        float64 `json:"stage_accuracy"`
	EmotionAccuracy      float64 `json:"emotion_accuracy"`
}

// A Figure may be NaN where it has no meaning: then it is null in JSON.
type Figure float64

// MarshalJSON writes a number or null.
func (f Figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// An Interval is a figure and how far chance alone may have moved it (95 %).
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Counts are true positives, false positives, false negatives.
type Counts struct {
	TP int `json:"tp"`
	FP int `json:"fp"`
	FN int `json:"fn"`
}

// F1 is the harmonic mean of precision and recall.
func (c Counts) F1() float64 {
	if c.TP == 0 {
		return 0
	}
	return 2 * float64(c.TP) / float64(2*c.TP+c.FP+c.FN)
}

func (c *Counts) add(d Counts) { c.TP += d.TP; c.FP += d.FP; c.FN += d.FN }

// Measure compares scores with the labels of the examples that they are of.
func Measure(examples []sentiment.Example, scores []odzew.Score) Report {
	r := Report{Signals: map[string]Counts{}, Aspects: map[string]Counts{}}
	var pairs [][2]int
	var frustration []ranked
	var bins [10]struct{ n, right, sum float64 }
	var high, polar Counts
	for i := range examples {
		e := &examples[i]
		score := &scores[i]
		if truth := slices.Index(Classes[:], e.Sentiment); truth >= 0 {
			found := 1 // no score is no opinion
			if score.Sentiment != nil {
				found = slices.Index(Classes[:], *score.Sentiment)
			}
			r.Confusion[truth][found]++
			pairs = append(pairs, [2]int{truth, found})
			bin := &bins[min(9, int(score.Confidence*10))]
			bin.n++
			bin.sum += score.Confidence
			if truth == found {
				bin.right++
			}
			p := [4]float64{score.Probabilities.Negative, score.Probabilities.Neutral, score.Probabilities.Positive, score.Probabilities.Mixed}
			p[truth]--
			for _, d := range p {
				r.Brier += d * d
			}
		}
		if !e.Full {
			continue
		}
		r.Full++
		compare(r.Signals, e.Signals, only(score.Signals))
		if e.Aspects != nil {
			r.WithAspects++
			compare(r.Aspects, aspectNames(e.Aspects), aspectNames(score.Aspects))
			for _, a := range score.Aspects {
				polar.add(confuse(slices.Contains(e.Aspects, a), true))
			}
			for _, a := range e.Aspects {
				if !slices.Contains(score.Aspects, a) {
					polar.FN++
				}
			}
		}
		high.add(confuse(e.Frustration == 2, score.Level == 2))
		if e.Frustration == score.Level {
			r.LevelAccuracy++
		}
		if e.Stage != "" {
			r.WithStage++
			if e.Stage == score.Stage {
				r.StageAccuracy++
			}
		}
		if e.Emotion != "" {
			r.WithEmotion++
			if e.Emotion == score.Emotion {
				r.EmotionAccuracy++
			}
		}
		frustration = append(frustration, ranked{score.Frustration, e.Frustration == 2})
	}
	r.N = len(pairs)
	r.Brier /= float64(max(1, r.N))
	for _, b := range bins {
		r.Calibration += math.Abs(b.right-b.sum) / float64(max(1, r.N))
	}
	r.LevelAccuracy /= float64(max(1, r.Full))
	r.StageAccuracy /= float64(max(1, r.WithStage))
	r.EmotionAccuracy /= float64(max(1, r.WithEmotion))
	r.Accuracy = interval(pairs, accuracy)
	r.F1Four = interval(pairs, func(p [][2]int) float64 { return macroF1(p, 4) })
	r.F1Three = interval(pairs, func(p [][2]int) float64 { return macroF1(p, 3) })
	r.SignalsF1, r.AspectsF1 = micro(r.Signals), micro(r.Aspects)
	r.AspectPolarityF1, r.FrustrationF1 = polar.F1(), high.F1()
	r.FrustrationAUC, r.FrustrationPrecision = auc(frustration), precisionAt(0.8, frustration)
	return r
}

// only leaves out the signals that labelled sets do not have.
func only(signals []string) []string {
	return slices.DeleteFunc(slices.Clone(signals), func(s string) bool { return s == "pressure" || s == "vulnerability" || s == "relief" })
}

func aspectNames(as []odzew.AspectPolarity) (names []string) {
	for _, a := range as {
		names = append(names, a.Aspect)
	}
	return names
}

func confuse(truth, found bool) (c Counts) {
	switch {
	case truth && found:
		c.TP++
	case found:
		c.FP++
	case truth:
		c.FN++
	}
	return c
}

func compare(m map[string]Counts, truth, found []string) {
	for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(truth, found)))) {
		c := m[name]
		c.add(confuse(slices.Contains(truth, name), slices.Contains(found, name)))
		m[name] = c
	}
}

func micro(m map[string]Counts) float64 {
	var sum Counts
	for _, c := range m {
		sum.add(c)
	}
	return sum.F1()
}

func accuracy(pairs [][2]int) float64 {
	right := 0
	for _, p := range pairs {
		if p[0] == p[1] {
			right++
		}
	}
	return float64(right) / float64(max(1, len(pairs)))
}

func macroF1(pairs [][2]int, classes int) float64 {
	var counts [4]Counts
	for _, p := range pairs {
		if p[0] >= classes {
			continue
		}
		for c := range classes {
			counts[c].add(confuse(p[0] == c, p[1] == c))
		}
	}
	sum, n := 0.0, 0
	for c := range classes {
		if counts[c] != (Counts{}) { // a class that nothing is, and nothing was found to be, is none of the set's
			sum += counts[c].F1()
			n++
		}
	}
	return sum / float64(max(1, n))
}

// interval resamples the pairs with a generator of its own, so that the same
// pairs give the same figures.
func interval(pairs [][2]int, f func([][2]int) float64) Interval {
	const rounds = 200
	iv := Interval{Value: f(pairs)}
	if len(pairs) == 0 {
		return iv
	}
	state := uint64(1)
	draw := make([][2]int, len(pairs))
	figures := make([]float64, rounds)
	for k := range figures {
		for i := range draw {
			state = state*6364136223846793005 + 1442695040888963407
			draw[i] = pairs[(state>>33)%uint64(len(pairs))]
		}
		figures[k] = f(draw)
	}
	slices.Sort(figures)
	iv.Low, iv.High = figures[rounds*25/1000], figures[rounds*975/1000]
	return iv
}

type ranked struct {
	value float64
	high  bool
}

// auc is the chance that a frustrated message ranks above another; ties count half.
func auc(list []ranked) Figure {
	slices.SortFunc(list, func(a, b ranked) int { return cmp.Compare(a.value, b.value) })
	var above, pairs, low float64
	for i := 0; i < len(list); {
		j, h, l := i, 0.0, 0.0
		for ; j < len(list) && list[j].value == list[i].value; j++ {
			if list[j].high {
				h++
			} else {
				l++
			}
		}
		above += h * (low + l/2)
		low += l
		i = j
	}
	for _, r := range list {
		if r.high {
			pairs++
		}
	}
	pairs *= float64(len(list)) - pairs
	if pairs == 0 {
		return Figure(math.NaN())
	}
	return Figure(above / pairs)
}

// precisionAt is the share of frustrated messages among those that rank above the
// least threshold which finds so many of them. The list is sorted by auc.
func precisionAt(recall float64, list []ranked) Figure {
	all := 0.0
	for _, r := range list {
		if r.high {
			all++
		}
	}
	found := 0.0
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].high {
			found++
		}
		last := i == 0 || list[i-1].value != list[i].value
		if last && all > 0 && found >= recall*all {
			return Figure(found / float64(len(list)-i))
		}
	}
	return Figure(math.NaN())
}

// String writes the report for a terminal: figures of what is labelled.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-38s %d\n", "messages", cmp.Or(r.N, r.Full))
	if r.N > 0 {
		r.sentiment(&b)
	}
	for _, f := range []struct {
		name string
		n    int
		v    float64
	}{
		{"signals, micro-F1", r.Full, r.SignalsF1},
		{"frustration 2, F1", r.Full, r.FrustrationF1},
		{"frustration 2, AUC", r.Full, float64(r.FrustrationAUC)},
		{"frustration 2, precision at recall .8", r.Full, float64(r.FrustrationPrecision)},
		{"frustration level, accuracy", r.Full, r.LevelAccuracy},
		{"aspects, micro-F1", r.WithAspects, r.AspectsF1},
		{"aspects with polarity, micro-F1", r.WithAspects, r.AspectPolarityF1},
		{"stage, accuracy", r.WithStage, r.StageAccuracy},
		{"emotion, accuracy", r.WithEmotion, r.EmotionAccuracy},
	} {
		if f.n > 0 && !math.IsNaN(f.v) {
			fmt.Fprintf(&b, "%-38s %.3f\n", f.name, f.v)
		}
	}
	for _, part := range []struct {
		names []string
		m     map[string]Counts
	}{{lexicon.Signals, r.Signals}, {lexicon.Aspects, r.Aspects}} {
		if len(part.m) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%-18s%8s%8s%8s%8s\n", "", "F1", "right", "wrong", "missed")
		for _, n := range part.names {
			if c, ok := part.m[n]; ok {
				fmt.Fprintf(&b, "%-18s%8.2f%8d%8d%8d\n", n, c.F1(), c.TP, c.FP, c.FN)
			}
		}
	}
	return b.String()
}

// sentiment writes the figures of the four classes.
func (r *Report) sentiment(b *strings.Builder) {
	iv := func(name string, v Interval) {
		fmt.Fprintf(b, "%-38s %.3f  (%.3f–%.3f)\n", name, v.Value, v.Low, v.High)
	}
	iv("accuracy", r.Accuracy)
	iv("macro-F1, four classes", r.F1Four)
	iv("macro-F1, three classes", r.F1Three)
	fmt.Fprintf(b, "%-38s %.3f\n", "Brier score", r.Brier)
	fmt.Fprintf(b, "%-38s %.3f\n", "calibration error", r.Calibration)
	fmt.Fprintf(b, "\n%-10s", "is \\ found")
	for _, c := range Classes {
		fmt.Fprintf(b, "%10s", c)
	}
	b.WriteByte('\n')
	for i, c := range Classes {
		fmt.Fprintf(b, "%-10s", c)
		for j := range Classes {
			fmt.Fprintf(b, "%10d", r.Confusion[i][j])
		}
		b.WriteByte('\n')
	}
}
