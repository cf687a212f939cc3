package sentiment

import (
	"math"
	"math/bits"
	"slices"

	"odzew"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Tags: the signals, aspects, stages and emotions that matches carry.

// Numbers of signals, as they stand in lexicon.Signals.
var (
	sigShouting      = slices.Index(lexicon.Signals, "shouting")
	sigSarcasm       = slices.Index(lexicon.Signals, "sarcasm")
	sigPressure      = slices.Index(lexicon.Signals, "pressure")
	sigVulnerability = slices.Index(lexicon.Signals, "vulnerability")
	sigRelief        = slices.Index(lexicon.Signals, "relief")
	stageAfterSales  = slices.Index(lexicon.Stages, "after_sales")
)

const (
	numSignals  = 16
	numAspects  = 14
	numStages   = 5
	numEmotions = 7
)

// quiet are the signals of people who are more let down than annoyed.
var quiet = signalSet("resignation", "broken_promise")

func bit(i int) uint32 { return 1 << i }

// tally holds what was counted over a message beside the features.
type tally struct {
	valence   int32 // thousandths, before clamping
	toned     int
	words     int
	capsShare float32
	capsRun   int  // most capitalised words in a row
	capsWords int  // capitalised words of four letters or more
	stressed  bool // a word in capitals is stressed

	signals  uint32
	bySite   uint32              // signals that a site's own entries tell
	asked    uint32              // signals within questions only
	bySignal [numSignals]uint32  // 1 + index of the match that is the strongest
	aspects  [numAspects]float32 // how much the message is about it
	byAspect [numAspects]uint32  // 1 + index of its first match
	aspectV  [numAspects]int32
	stages   [numStages]float32
	emotions [numEmotions]float32
	feelings [numEmotions]uint32 // 1 + index of the last match that names it
}

// collectTags goes over all matches: an entry inside a longer one still tells what
// the message is about, but fires no signal where an idiom or a formula covers it.
func (s *Scorer) collectTags(m *scratch) {
	for i := range m.matches {
		x := &m.matches[i]
		in := &s.info[x.Entry]
		t := in.tags
		if t == (lexicon.Tags{}) {
			continue
		}
		owner := m.ownerInfo(s, x)
		if owner != nil && owner != in && covering(owner.kind) && m.matches[m.owner[x.Start]-1].Items > x.Items {
			continue
		}
		if in.pos != lexicon.NoPOS && (in.toned && owner != in || !in.toned && !s.isPOS(m, x, in.pos)) {
			continue
		}
		if t.Signals != 0 && !(in.kind != lexicon.Signal && in.kind != lexicon.Irony && owner != in && in.toned) && !s.deniedSignal(m, x) {
			asked := m.clauses[m.words[x.Start].Clause].asks
			for rest := t.Signals; rest != 0; rest &= rest - 1 {
				k := bits.TrailingZeros32(rest)
				if m.tags.signals&bit(k) == 0 {
					m.tags.bySignal[k] = uint32(i) + 1
					m.tags.asked |= bit(k)
				}
				if !asked {
					m.tags.asked &^= bit(k)
				}
				m.tags.signals |= bit(k)
				if in.site {
					m.tags.bySite |= bit(k)
				}
			}
		}
		for rest := t.Aspects; rest != 0; rest &= rest - 1 {
			k := bits.TrailingZeros32(rest)
			share := in.opinion
			if share == 0 {
				share = 0.5
			}
			m.tags.aspects[k] += share
			if m.tags.byAspect[k] == 0 {
				m.tags.byAspect[k] = uint32(i) + 1
			}
			v := in.polarity
			if v == 0 || in.kind == lexicon.Tone {
				c := &m.clauses[m.words[x.Start].Clause]
				v = c.pos - c.neg
			}
			m.tags.aspectV[k] += v
		}
		for rest := t.Stages; rest != 0; rest &= rest - 1 {
			m.tags.stages[bits.TrailingZeros8(rest)] += 1 + in.opinion
		}
		for rest := t.Emotions; rest != 0; rest &= rest - 1 {
			m.tags.emotions[bits.TrailingZeros8(rest)] += 0.2 + in.opinion
		}
		if t.Feelings != 0 && !s.deniedSignal(m, x) {
			for rest := t.Feelings; rest != 0; rest &= rest - 1 {
				m.tags.feelings[bits.TrailingZeros8(rest)] = uint32(i) + 1
			}
		}
	}
}

// covering reports whether entries of a kind silence the signals inside them.
func covering(k lexicon.Kind) bool {
	return k == lexicon.Idiom || k == lexicon.Politeness || k == lexicon.Topic || k == lexicon.Closing
}

// ownerInfo returns the entry that covers the beginning of a match, or nil.
func (m *scratch) ownerInfo(s *Scorer, x *lexicon.Match) *entryInfo {
	if o := m.owner[x.Start]; o != 0 {
		return &s.info[m.matches[o-1].Entry]
	}
	return nil
}

// deniedSignal reports whether a negator stands right before a signal: "nie
// rezygnuję", "I won't cancel".
func (s *Scorer) deniedSignal(m *scratch, x *lexicon.Match) bool {
	if x.Start == 0 || s.info[x.Entry].kind == lexicon.Irony {
		return false
	}
	w := x.Start - 1
	o := m.owner[w]
	return o != 0 && m.words[w].Clause == m.words[x.Start].Clause && s.info[m.matches[o-1].Entry].kind == lexicon.Negator
}

// shouts reports capitals for emphasis, or piled marks.
func (s *Scorer) shouts(m *scratch) bool {
	t := &m.tags
	return m.f[fPiled] > 0 || t.capsRun >= 3 || t.words >= 3 && t.capsShare >= 0.6 || t.capsRun >= 2 && t.capsWords >= 1 || t.capsWords >= 1 && m.f[fNeg] > 0.3
}

// What speaks for an aspect; after these comes one for each aspect itself.
const (
	aBias     = iota
	aScore    // how much of its words stands in the message
	aRelative // against the aspect with the most
	aFirst    // its first word is the first of all
	aToned    // its words stand in clauses with praise or blame, while the message has them
	aOthers   // how many other aspects there are
	aName
	numAspectFeatures = aName + numAspects
)

type aspectFeatures [aName]float32

// aspectSum is what the aspects of a message have in common.
type aspectSum struct {
	top   float32 // how much of its words the foremost has
	first uint32
	n     int
}

func (m *scratch) aspectSum() (sum aspectSum) {
	sum.first = 1<<32 - 1
	for k, at := range m.tags.byAspect {
		if at != 0 {
			sum.top = max(sum.top, m.tags.aspects[k])
			sum.first = min(sum.first, at)
			sum.n++
		}
	}
	return sum
}

// aspectFeatures describes how aspect k, which has words in the message, stands in
// it.
func (m *scratch) aspectFeatures(k int, sum *aspectSum) (f aspectFeatures) {
	t := &m.tags
	f[aBias] = 1
	f[aScore] = min(t.aspects[k], 3)
	f[aRelative] = t.aspects[k] / sum.top
	if t.byAspect[k] == sum.first {
		f[aFirst] = 1
	}
	if t.toned > 0 && t.aspectV[k] != 0 {
		f[aToned] = 1
	}
	f[aOthers] = min(4, float32(sum.n-1))
	return f
}

// chance is how likely it is that the message is about an aspect.
func (model *Model) chance(k int, f *aspectFeatures) float64 {
	z := float64(model.Aspect[aName+k])
	for i, v := range f {
		z += float64(model.Aspect[i] * v)
	}
	return logistic(z)
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// A hint is what the entries of a message say it is about.
type hint struct {
	stage   int
	emotion int                 // noEmotion for none
	aspects [numAspects]float32 // chances; 0 of those without an entry
}

const noEmotion = -1

// hintsOf asks the entries.
func (s *Scorer) hintsOf(m *scratch, class, level int) (h hint) {
	h.stage, h.emotion = stageOf(m), emotionOf(m, class, level)
	sum := m.aspectSum()
	for k, at := range m.tags.byAspect {
		if at != 0 {
			f := m.aspectFeatures(k, &sum)
			h.aspects[k] = float32(s.model.chance(k, &f))
		}
	}
	return h
}

// aspectsOf lists what the message is about, likeliest first, at most three. Praise and
// blame are of two things, so a mixed message is about two where any two are likely.
func (s *Scorer) aspectsOf(m *scratch, class int, likely *[numAspects]float32, limits *aspectLimits, out []odzew.AspectPolarity) []odzew.AspectPolarity {
	const most = 3
	least, further, sides := limits.first, limits.further, 1
	if class == mixed {
		least, sides = limits.mixed, 2
	}
	var list [numAspects]int
	n := 0
	for k, v := range likely {
		if v < least {
			continue
		}
		place := n
		for place > 0 && likely[list[place-1]] < v {
			list[place] = list[place-1]
			place--
		}
		list[place] = k
		n++
	}
	n = min(n, most)
	for n > sides && likely[list[n-1]] < further {
		n--
	}
	if n > 0 {
		out = make([]odzew.AspectPolarity, 0, n)
	}
	for _, k := range list[:n] {
		out = append(out, odzew.AspectPolarity{Aspect: lexicon.Aspects[k], Polarity: classNames[class]})
	}
	if class == mixed {
		s.part(m, list[:n], out)
	}
	return out
}

// aspectLimits are how likely the first aspect must be, further ones, and the first two
// of a mixed message.
type aspectLimits struct{ first, further, mixed float32 }

// byEntries are chances; they were chosen where entries alone tell aspects.
var byEntries = aspectLimits{first: 0.1, further: 0.27, mixed: 0.1}

// What speaks for praise of an aspect of a mixed message; after the bias of each aspect.
const (
	pTone  = numAspects + iota // praise against blame where it is spoken of
	pPlace                     // how far in the message: people praise first
	numPraise
)

// byTone are the weights where entries alone tell aspects.
var byTone = [numPraise]float32{pTone: 1}

// spoken returns how an aspect is spoken of, and where: by its entries, or else by the
// learned word that speaks most for it.
func (m *scratch) spoken(k int) (tone, place float32) {
	var v int32
	var at uint32
	if first := m.tags.byAspect[k]; first != 0 {
		v, at = m.tags.aspectV[k], m.matches[first-1].Start
	} else if x := m.strongest(lexicon.TagAspects + k); x != nil {
		c := &m.clauses[m.words[x.start].Clause]
		v, at = c.pos-c.neg, x.start
	} else {
		return 0, 0
	}
	return max(-1, min(1, float32(v)/1000)), float32(at)/float32(len(m.toks)) - 0.5
}

// part finds the polarity of each aspect of a mixed message. It has both; where all
// look like one, the least sure is the other.
func (s *Scorer) part(m *scratch, aspects []int, out []odzew.AspectPolarity) {
	w := &byTone
	if s.model.Tags != nil {
		w = &s.model.Tags.Praise
	}
	var praise [numAspects]float32
	best, worst := 0, 0
	for i, k := range aspects {
		tone, place := m.spoken(k)
		praise[i] = w[k] + w[pTone]*tone + w[pPlace]*place
		if praise[i] > praise[best] {
			best = i
		}
		if praise[i] <= praise[worst] {
			worst = i
		}
	}
	for i := range out {
		out[i].Polarity = odzew.Negative
		if praise[i] > 0 || i == best && best != worst {
			out[i].Polarity = odzew.Positive
		}
	}
	if best != worst {
		out[worst].Polarity = odzew.Negative
	}
}

// stageOf returns the stage that entries name most, by its number.
func stageOf(m *scratch) int {
	best, at := float32(0), stageAfterSales
	for k, v := range m.tags.stages {
		if v > best {
			best, at = v, k
		}
	}
	return at
}

// Numbers of emotions, as they stand in lexicon.Emotions.
const (
	joy = iota
	satisfaction
	gratitude
	frustration
	disappointment
	anger
	anxiety
)

// emotionOf returns the main emotion that entries tell and that fits the class.
func emotionOf(m *scratch, class, level int) int {
	e := m.tags.emotions
	pick := func(allowed ...int) (int, float32) {
		best, at := float32(0), -1
		for _, k := range allowed {
			if e[k] > best {
				best, at = e[k], k
			}
		}
		return at, best
	}
	const plain = 0.9 // an entry that names the feeling
	firm := m.tags.signals &^ (bit(sigRelief) | bit(sigVulnerability) | bit(sigPressure))
	switch class {
	case positive:
		if e[gratitude] > 0 && e[gratitude] >= e[joy] {
			return gratitude
		}
		if e[joy] > plain && e[joy] > e[satisfaction] {
			return joy
		}
		return satisfaction
	case negative:
		switch at, v := pick(frustration, disappointment, anger, anxiety); {
		case level == 2:
			return anger
		case (at == anxiety || at == anger) && v > plain:
			return at
		case firm&^quiet != 0:
			return frustration
		case at == frustration && v > plain && level == 1:
			return frustration
		}
		return disappointment
	case mixed:
		switch {
		case level == 2:
			return anger
		case firm != 0:
			return frustration
		case m.tags.valence > 0:
			return satisfaction
		}
		return disappointment
	}
	return noEmotion
}

// loudest finds the words in capitals, or the piled marks, that shout.
func (m *scratch) loudest() (start, end uint32, ok bool) {
	for i := range m.toks {
		t := &m.toks[i]
		switch {
		case t.Kind == text.Word && t.Has(text.Caps) && (!acronym(m.text[t.Start:t.End]) || m.stressed(t)):
			j := i + 1
			for j < len(m.toks) && m.toks[j].Kind == text.Word && m.toks[j].Has(text.Caps) {
				j++
			}
			return uint32(i), uint32(j), true
		case t.Kind == text.Mark && t.Has(text.Piled):
			start, end, ok = uint32(i), uint32(i+1), true
		}
	}
	return start, end, ok
}
