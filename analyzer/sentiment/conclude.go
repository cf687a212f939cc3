package sentiment

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"odzew"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Concluding: from features to the score, and the evidence for it.

// Levels of frustration: the least figure of each.
const (
	annoyed = 0.22
	high    = 0.4
)

// alone are the signals that are enough for the highest level by themselves; all
// others need a second one, or plain blame beside them.
var alone = signalSet("legal", "vulnerability", "churn", "escalation", "publicity", "ultimatum", "profanity")

func signalSet(names ...string) (set uint32) {
	for _, n := range names {
		set |= bit(slices.Index(lexicon.Signals, n))
	}
	return set
}

var classNames = [numClasses]odzew.Sentiment{negative: odzew.Negative, neutral: odzew.Neutral, positive: odzew.Positive, mixed: odzew.Mixed}

// conclude fills in the score.
func (s *Scorer) conclude(m *scratch, score *odzew.Score) {
	p := s.model.probabilities(&m.f, &m.pulls)
	bar(&p, m.barred(s, &p))
	// Who asks for haste or tells of distress praises nothing, unless an entry does.
	plea := m.tags.signals&(bit(sigPressure)|bit(sigVulnerability)) != 0
	praise := !plea || m.f[fPos] > 0
	best := neutral
	for c := range p {
		if p[c] > p[best] && (c != positive || praise) {
			best = c
		}
	}
	m.plea = p[positive] > p[best]
	if m.plea && p[positive] > 4*p[best] {
		best = neutral // that it is no praise makes nothing else of it likely
	}
	score.Probabilities = rounded(&p)
	score.Confidence = round(p[best])
	if m.f[fIrony] > 0 || m.f[fQuotedPraise] > 0 {
		score.Confidence = round(score.Confidence * 0.8)
	}
	const telling = 300 // thousandths of valence that learned words alone must bring
	if m.tags.words <= 2 && m.tags.toned == 0 && m.tags.signals == 0 && max(m.tags.valence, -m.tags.valence) < telling {
		best = neutral
		score.Reason = ReasonTooShort
		score.Confidence = min(score.Confidence, 0.3)
	}
	class := classNames[best]
	score.Sentiment = &sentiments[best]
	score.Valence = float64(max(-most, min(most, m.tags.valence))) / 1000

	signals := m.tags.signals
	switch class {
	case odzew.Positive:
		signals &= bit(sigRelief)
	case odzew.Neutral:
		signals &= bit(sigPressure) | bit(sigVulnerability)
	default:
		// One stressed word shouts in a complaint; by itself it tells of none.
		if m.tags.stressed {
			signals |= bit(sigShouting)
		}
	}
	score.Frustration, score.Level = s.frustration(m, signals, class)
	if told := s.tell(m, best, &p, signals, score); told != signals {
		signals = told
		score.Frustration, score.Level = s.frustration(m, signals, class)
	}
	if signals != 0 {
		score.Signals = make([]string, 0, bits.OnesCount32(signals))
	}
	for rest := signals; rest != 0; rest &= rest - 1 {
		score.Signals = append(score.Signals, lexicon.Signals[bits.TrailingZeros32(rest)])
	}
}

// barred tells the classes that what the writer says leaves no room for. Who names a feeling
// of theirs reports nothing neutrally, however much else is asked, and with a bad one
// praises nothing where no entry does; where the message looked neutral, there is no more to
// go by. Who only fears that something may happen still asks. Thanks alone blame nobody.
func (m *scratch) barred(s *Scorer, p *[numClasses]float64) (barred [numClasses]bool) {
	t := &m.tags
	bad := t.feelings[frustration]|t.feelings[disappointment]|t.feelings[anger] != 0
	good := t.feelings[joy]|t.feelings[satisfaction]|t.feelings[gratitude] != 0
	blames, praises := bad || m.f[fNeg] > 0, good || m.f[fPos] > 0
	switch {
	case (bad || good) && p[neutral] >= max(p[negative], p[positive], p[mixed]):
		return [numClasses]bool{negative: good, neutral: true, positive: bad, mixed: !blames || !praises}
	case bad || good:
		barred[neutral], barred[positive] = true, !praises
	case m.f[fPolite] > 0 && t.toned == 0 && m.onlyPolite(s):
		barred[negative], barred[mixed] = true, true
	}
	return barred
}

// onlyPolite reports whether a message is nothing but polite formulas.
func (m *scratch) onlyPolite(s *Scorer) bool {
	for i := range m.toks {
		if m.toks[i].Kind == text.Mark {
			continue
		}
		if o := m.owner[i]; o == 0 || s.info[m.matches[o-1].Entry].kind != lexicon.Politeness {
			return false
		}
	}
	return true
}

// bar takes classes out, and shares what they had among the others.
func bar(p *[numClasses]float64, barred [numClasses]bool) {
	if barred == [numClasses]bool{} {
		return
	}
	sum := 0.0
	for c := range p {
		if barred[c] {
			p[c] = 0
			continue
		}
		p[c] += 1e-9 // were nothing left
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// most is the end of the scale of valence, in thousandths.
const most = 1000

// sentiments are the classes to point to, so that no score allocates its own.
var sentiments = classNames

// frustration adds up the signals, and how much is blamed, to a figure that
// saturates at 1: one minus the chance that none of the parts means it.
func (s *Scorer) frustration(m *scratch, signals uint32, class odzew.Sentiment) (float64, int) {
	sum := 0.0
	for rest := signals; rest != 0; rest &= rest - 1 {
		sum += float64(s.model.Frustration[bits.TrailingZeros32(rest)])
	}
	if class == odzew.Negative || class == odzew.Mixed {
		sum += float64(s.model.Frustration[numSignals] * m.f[fNeg])
	}
	v := round(1 - math.Exp(-max(0, sum)))
	independent := bits.OnesCount32(signals &^ (bit(sigRelief) | bit(sigPressure)))
	level := 0
	switch {
	case v >= high && (independent >= 2 || signals&alone != 0):
		level = 2
	case v >= annoyed || independent > 0 && (class == odzew.Negative || class == odzew.Mixed):
		level = 1
	}
	return v, level
}

// rounded are probabilities of four digits that still add up to 1. What rounding up
// leaves too little of for the last one, the likeliest gives back.
func rounded(p *[numClasses]float64) odzew.Probabilities {
	out := odzew.Probabilities{Negative: round(p[negative]), Neutral: round(p[neutral]), Positive: round(p[positive])}
	out.Mixed = round(1 - out.Negative - out.Neutral - out.Positive)
	if out.Mixed <= 0 { // also -0, which JSON would show
		largest := &out.Negative
		for _, v := range []*float64{&out.Neutral, &out.Positive} {
			if *v > *largest {
				largest = v
			}
		}
		*largest, out.Mixed = round(*largest+out.Mixed), 0
	}
	return out
}

// round keeps four digits: more would say more than is known.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// The rules of evidence of each signal and aspect.
var signalRules, aspectRules = rules(ruleSignal, lexicon.Signals), rules(ruleAspect, lexicon.Aspects)

func rules(kind string, names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = kind + ":" + n
	}
	return out
}

// explain lists the evidence: the parts of the valence, then the signals and
// aspects that brought no weight. Weights add up to the valence.
func (s *Scorer) explain(m *scratch, score *odzew.Score) {
	score.Evidence = make([]odzew.Evidence, 0, len(m.parts)+len(score.Signals)+len(score.Aspects)+2)
	add := func(start, end uint32, entry, rule string, weight int32) {
		from, to := m.toks[start].Start, m.toks[end-1].End
		score.Evidence = append(score.Evidence, odzew.Evidence{
			Start: int(from), End: int(to), Text: m.text[from:to], Entry: entry, Rule: rule, Weight: float64(weight) / 1000,
		})
	}
	for _, p := range m.parts {
		entry := ""
		switch d := slices.Index(learnedRules[:], p.rule); {
		case d >= 0:
			x := &m.learned[p.entry]
			entry = x.table.Entry(x.row, lexicon.Domain(d))
		case p.entry != noEntry:
			entry = s.lex.Entries[p.entry].Pattern
		}
		add(p.start, p.end, entry, p.rule, p.weight)
	}
	if share := round(float64(m.pulls.reviews)); share >= 0.01 && len(m.toks) > 0 {
		add(0, uint32(len(m.toks)), strconv.FormatFloat(share, 'f', 2, 64), ruleTalk, 0)
	}
	for i := range m.hits {
		if h := &m.hits[i]; h.info.kind == lexicon.Contrast {
			add(h.Start, h.End, s.lex.Entries[h.Entry].Pattern, ruleContrast, 0)
		}
	}
	for k, at := range m.tags.bySignal {
		if at != 0 && slices.Contains(score.Signals, lexicon.Signals[k]) {
			x := &m.matches[at-1]
			add(x.Start, x.End, s.lex.Entries[x.Entry].Pattern, signalRules[k], 0)
		}
	}
	if m.tags.bySignal[sigShouting] == 0 && slices.Contains(score.Signals, lexicon.Signals[sigShouting]) {
		if start, end, ok := m.loudest(); ok {
			add(start, end, "", signalRules[sigShouting], 0)
		}
	}
	for _, k := range [...]int{sigPressure, sigVulnerability} {
		if at := m.tags.bySignal[k]; at != 0 && m.plea {
			x := &m.matches[at-1]
			add(x.Start, x.End, s.lex.Entries[x.Entry].Pattern, rulePlea, 0)
		}
	}
	for k, at := range m.tags.byAspect {
		if at == 0 || !slices.ContainsFunc(score.Aspects, func(a odzew.AspectPolarity) bool { return a.Aspect == lexicon.Aspects[k] }) {
			continue
		}
		x := &m.matches[at-1]
		add(x.Start, x.End, s.lex.Entries[x.Entry].Pattern, aspectRules[k], 0)
	}
	s.explainTags(m, score, add)
	slices.SortStableFunc(score.Evidence, func(a, b odzew.Evidence) int { return cmp.Compare(a.Start, b.Start) })
	// Last, what is past the end of the scale: it is the whole text's.
	if v := m.tags.valence; v < -most || v > most {
		add(0, uint32(len(m.toks)), "", ruleLimit, max(-most, min(most, v))-v)
	}
}
