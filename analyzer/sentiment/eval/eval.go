// Package eval measures a scorer on labelled messages, and reads the files that
// hold them. Figures that are learned from are never reported here as measured:
// what to read is the caller's choice.
package eval

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// Read reads labelled messages: JSON Lines with the fields id, lang, text,
// sentiment, frustration, signals and aspects, or TSV with id, label and text.
// Labels of other sets are translated (minus_m, plus_m, zero, amb, ambiguous).
// The name is used in errors.
func Read(r io.Reader, name string) ([]sentiment.Example, error) {
	var out []sentiment.Example
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 16<<20)
	for n := 1; sc.Scan(); n++ {
		line := bytes.TrimSpace(sc.Bytes())
		if len(line) == 0 {
			continue
		}
		e := sentiment.Example{Weight: 1}
		if line[0] == '{' {
			var rec struct {
				ID, Lang, Text, Sentiment, Stage, Emotion string
				Frustration                               *int
				Signals                                   []string
				Aspects                                   []odzew.AspectPolarity
			}
			if err := json.Unmarshal(line, &rec); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, n, err)
			}
			e.ID, e.Lang, e.Text, e.Sentiment = rec.ID, rec.Lang, rec.Text, odzew.Sentiment(rec.Sentiment)
			if rec.Frustration != nil {
				e.Full, e.Frustration, e.Signals, e.Aspects, e.Stage, e.Emotion = true, *rec.Frustration, rec.Signals, rec.Aspects, rec.Stage, rec.Emotion
			}
		} else {
			f := strings.SplitN(string(line), "\t", 3)
			if len(f) != 3 {
				return nil, fmt.Errorf("%s:%d: %d columns instead of id, label, text", name, n, len(f))
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
			default:
				continue // ambiguous: the readers could not tell, either
			}
		}
		out = append(out, e)
	}
	return out, sc.Err()
}

// Classes are the classes in the order of the confusion matrix.
var Classes = [4]odzew.Sentiment{odzew.Negative, odzew.Neutral, odzew.Positive, odzew.Mixed}

// A Report is what was measured.
type Report struct {
	N         int
	Confusion [4][4]int // true class, then found
	Accuracy  Interval
	F1Four    Interval // macro-F1 over the four classes
	F1Three   Interval // without the messages that are mixed, mixed found counted as wrong
	Brier     float64
	// Of the messages that are labelled in full; Full is their number.
	Full             int
	Signals          map[string]Counts
	SignalsF1        float64
	Aspects          map[string]Counts
	AspectsF1        float64 // names
	AspectPolarityF1 float64 // names with polarity
	FrustrationF1    float64 // level 2
	FrustrationAUC   float64
	LevelAccuracy    float64
	StageAccuracy    float64
	EmotionAccuracy  float64
}

// An Interval is a figure and how far chance alone may have moved it (95 %).
type Interval struct{ Value, Low, High float64 }

// Counts are true positives, false positives, false negatives.
type Counts struct{ TP, FP, FN int }

// F1 is the harmonic mean of precision and recall.
func (c Counts) F1() float64 {
	if c.TP == 0 {
		return 0
	}
	return 2 * float64(c.TP) / float64(2*c.TP+c.FP+c.FN)
}

func (c *Counts) add(d Counts) { c.TP += d.TP; c.FP += d.FP; c.FN += d.FN }

// Run scores the examples and measures. Labels of language are not used: the
// scorer finds it.
func Run(s *sentiment.Scorer, examples []sentiment.Example) Report {
	r := Report{Signals: map[string]Counts{}, Aspects: map[string]Counts{}}
	var pairs [][2]int
	var frustration []ranked
	var high, polar Counts
	for i := range examples {
		e := &examples[i]
		score := s.Score(e.Text, "", false)
		if truth := slices.Index(Classes[:], e.Sentiment); truth >= 0 {
			found := 1 // no score is no opinion
			if score.Sentiment != nil {
				found = slices.Index(Classes[:], *score.Sentiment)
			}
			r.Confusion[truth][found]++
			pairs = append(pairs, [2]int{truth, found})
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
		compare(r.Aspects, aspectNames(e.Aspects), aspectNames(score.Aspects))
		for _, a := range score.Aspects {
			if slices.Contains(e.Aspects, a) {
				polar.TP++
			} else {
				polar.FP++
			}
		}
		for _, a := range e.Aspects {
			if !slices.Contains(score.Aspects, a) {
				polar.FN++
			}
		}
		high.add(confuse(e.Frustration == 2, score.Level == 2))
		if e.Frustration == score.Level {
			r.LevelAccuracy++
		}
		if e.Stage == score.Stage {
			r.StageAccuracy++
		}
		if e.Emotion == score.Emotion {
			r.EmotionAccuracy++
		}
		frustration = append(frustration, ranked{score.Frustration, e.Frustration == 2})
	}
	r.N = len(pairs)
	r.Brier /= float64(max(1, r.N))
	full := float64(max(1, r.Full))
	r.LevelAccuracy /= full
	r.StageAccuracy /= full
	r.EmotionAccuracy /= full
	r.Accuracy = interval(pairs, accuracy)
	r.F1Four = interval(pairs, func(p [][2]int) float64 { return macroF1(p, 4) })
	r.F1Three = interval(pairs, func(p [][2]int) float64 { return macroF1(p, 3) })
	r.SignalsF1, r.AspectsF1 = micro(r.Signals), micro(r.Aspects)
	r.AspectPolarityF1, r.FrustrationF1 = polar.F1(), high.F1()
	r.FrustrationAUC = auc(frustration)
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
	sum := 0.0
	for c := range classes {
		sum += counts[c].F1()
	}
	return sum / float64(classes)
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
func auc(list []ranked) float64 {
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
		return math.NaN()
	}
	return above / pairs
}

// String writes the report for a terminal.
func (r Report) String() string {
	var b strings.Builder
	iv := func(name string, v Interval) {
		fmt.Fprintf(&b, "%-34s %.3f  (%.3f–%.3f)\n", name, v.Value, v.Low, v.High)
	}
	fmt.Fprintf(&b, "%-34s %d\n", "messages", r.N)
	iv("accuracy", r.Accuracy)
	iv("macro-F1, four classes", r.F1Four)
	iv("macro-F1, three classes", r.F1Three)
	fmt.Fprintf(&b, "%-34s %.3f\n", "Brier score", r.Brier)
	fmt.Fprintf(&b, "\n%-10s", "is \\ found")
	for _, c := range Classes {
		fmt.Fprintf(&b, "%10s", c)
	}
	b.WriteByte('\n')
	for i, c := range Classes {
		fmt.Fprintf(&b, "%-10s", c)
		for j := range Classes {
			fmt.Fprintf(&b, "%10d", r.Confusion[i][j])
		}
		b.WriteByte('\n')
	}
	if r.Full == 0 {
		return b.String()
	}
	for _, f := range []struct {
		name string
		v    float64
	}{
		{"signals, micro-F1", r.SignalsF1},
		{"frustration 2, F1", r.FrustrationF1},
		{"frustration 2, AUC", r.FrustrationAUC},
		{"frustration level, accuracy", r.LevelAccuracy},
		{"aspects, micro-F1", r.AspectsF1},
		{"aspects with polarity, micro-F1", r.AspectPolarityF1},
		{"stage, accuracy", r.StageAccuracy},
		{"emotion, accuracy", r.EmotionAccuracy},
	} {
		fmt.Fprintf(&b, "%-34s %.3f\n", f.name, f.v)
	}
	for _, part := range []struct {
		names []string
		m     map[string]Counts
	}{{lexicon.Signals, r.Signals}, {lexicon.Aspects, r.Aspects}} {
		fmt.Fprintf(&b, "\n%-18s%8s%8s%8s%8s\n", "", "F1", "right", "wrong", "missed")
		for _, n := range part.names {
			if c, ok := part.m[n]; ok {
				fmt.Fprintf(&b, "%-18s%8.2f%8d%8d%8d\n", n, c.F1(), c.TP, c.FP, c.FN)
			}
		}
	}
	return b.String()
}
