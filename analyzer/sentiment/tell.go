package sentiment

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"odzew"
	"odzew/lexicon"
)

// Telling: the stage, the emotion, the aspects and the signals of a message. Entries name
// them; learned words, and what else was found in the message, add what entries lack, and
// say where entries are not to be believed.
//
// Rules:
//
//   - Without a TagModel the entries alone tell.
//   - An emotion fits its class by definition: there is none in a neutral message, and
//     no anger in praise. One that the writer names counts before all else. Of one
//     message one stage, one emotion and up to three aspects are told.
//   - Nothing here changes the class or the valence. Only in blame signals are told.

// What speaks for tags beside learned words.
const (
	tBias = iota
	tPolish
	tQuestions
	tRequests
	tLength
	tSilent
	tClosed
	tClass    // the chance of each class
	tAnnoyed  = tClass + numClasses
	tHigh     = tAnnoyed + 1
	tStage    = tHigh + 1          // how much entries speak for each stage
	tHinted   = tStage + numStages // the emotion that entries tell
	tEmotion  = tHinted + numEmotions
	tSignal   = tEmotion + numEmotions
	tAspect   = tSignal + numSignals // the chance of each aspect by its entries
	numTagged = tAspect + numAspects
)

var tagFeatureNames = func() (names [numTagged]string) {
	copy(names[:], strings.Fields("bias polish questions requests length silent closed"))
	for c, n := range classNames {
		names[tClass+c] = string(n)
	}
	names[tAnnoyed], names[tHigh] = "level:1", "level:2"
	for k, n := range lexicon.Stages {
		names[tStage+k] = "stage:" + n
	}
	for k, n := range lexicon.Emotions {
		names[tHinted+k], names[tEmotion+k] = "told:"+n, "emotion:"+n
	}
	for k, n := range lexicon.Signals {
		names[tSignal+k] = "signal:" + n
	}
	for k, n := range lexicon.Aspects {
		names[tAspect+k] = "aspect:" + n
	}
	return names
}()

type tagFeatures [numTagged]float32

// What speaks for signals: some of it, and the sum of the learned words for each.
const (
	numTold     = lexicon.NumToldTags - lexicon.TagSignals
	sWords      = numTagged
	numBelieved = sWords + 1
)

// believedBy are from where to where that some stands: the bias, the length, the classes,
// the signals that entries tell.
var believedBy = [...][2]int{{tBias, tBias + 1}, {tLength, tLength + 1}, {tClass, tAnnoyed}, {tSignal, tAspect}}

// A TagModel holds the weights of what speaks for the tags in lexicon.ToldTags, of those
// for signals apart, and of what speaks for praise of an aspect in a mixed message.
type TagModel struct {
	Weights [numTagged][lexicon.TagSignals]float32
	Signals [numBelieved][numTold]float32
	Praise  [numPraise]float32
}

// praiseRows are the rows of the weights for praise: of each aspect one, and two that are
// the same for all.
var praiseRows = [...]string{"praise", "praise:tone", "praise:place"}

// praiseRow returns a row of the weights for praise, as the columns of the aspects.
func (t *TagModel) praiseRow(row int) []float32 {
	if row == 0 {
		return t.Praise[:numAspects]
	}
	return slices.Repeat(t.Praise[numAspects+row-1:][:1], numAspects)
}

// wordsRow is the row of TagModel.Signals that weighs learned words.
const wordsRow = "words"

var tagsModelHeader = "feature\t" + strings.Join(lexicon.ToldTags[:], "\t")

// parseTagModel reads the weights for tags.
func parseTagModel(data []byte) (*TagModel, error) {
	t := &TagModel{Praise: byTone}
	err := parseWeights(TagsModelFile, tagsModelHeader, data, func(name string, v []float32) bool {
		if k := slices.Index(tagFeatureNames[:], name); k >= 0 {
			copy(t.Weights[k][:], v)
			copy(t.Signals[k][:], v[lexicon.TagSignals:])
			return true
		}
		if name == wordsRow {
			copy(t.Signals[sWords][:], v[lexicon.TagSignals:])
			return true
		}
		row := slices.Index(praiseRows[:], name)
		switch {
		case row == 0:
			copy(t.Praise[:numAspects], v[lexicon.TagAspects:])
		case row > 0:
			t.Praise[numAspects+row-1] = v[lexicon.TagAspects]
		}
		return row >= 0
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Bytes returns the weights for tags as text.
func (t *TagModel) Bytes(comment ...string) []byte {
	var b bytes.Buffer
	for _, c := range comment {
		fmt.Fprintf(&b, "# %s\n", c)
	}
	b.WriteString(tagsModelHeader + "\n")
	write := func(name string, from int, weights ...float32) {
		b.WriteString(name + strings.Repeat("\t", from))
		for _, w := range weights {
			b.WriteString("\t" + number(w))
		}
		b.WriteString(strings.Repeat("\t", lexicon.NumToldTags-from-len(weights)) + "\n")
	}
	for k, name := range tagFeatureNames {
		write(name, 0, slices.Concat(t.Weights[k][:], t.Signals[k][:])...)
	}
	write(wordsRow, lexicon.TagSignals, t.Signals[sWords][:]...)
	for k, name := range praiseRows {
		write(name, lexicon.TagAspects, t.praiseRow(k)...)
	}
	return b.Bytes()
}

// tagFeatures describes a message of a class for which the entries gave a hint.
func (m *scratch) tagFeatures(p *[numClasses]float64, level int, h *hint) (f tagFeatures) {
	f[tBias], f[tPolish], f[tLength], f[tSilent] = 1, m.f[fPolish], m.f[fLength], m.f[fSilent]
	f[tQuestions], f[tRequests], f[tClosed] = m.f[fQuestions], m.f[fRequests], m.f[fClosed]
	for c, v := range p {
		if v >= 0.05 { // less costs time and tells nothing
			f[tClass+c] = float32(v)
		}
	}
	if level > 0 {
		f[tAnnoyed+level-1] = 1
	}
	for k, v := range m.tags.stages {
		f[tStage+k] = v / (1 + v)
	}
	if h.emotion != noEmotion {
		f[tHinted+h.emotion] = 1
	}
	for k, v := range m.tags.emotions {
		f[tEmotion+k] = v / (1 + v)
	}
	for k := range numSignals {
		f[tSignal+k] = m.f[fSignal+k]
	}
	if m.tags.stressed {
		f[tSignal+sigShouting] = 1 // in a complaint it is
	}
	copy(f[tAspect:], h.aspects[:])
	return f
}

// logits of the tags but signals by all but learned words.
func (t *TagModel) logits(f *tagFeatures) (z [lexicon.TagSignals]float32) {
	// A few of the features are there, here and there: to leap over the others one by
	// one takes longer than to list the few.
	var there [numTagged]uint8
	n := 0
	for k, v := range f {
		there[n] = uint8(k)
		if v != 0 {
			n++
		}
	}
	for _, k := range there[:n] {
		v := f[k]
		for c, w := range &t.Weights[k] {
			z[c] += v * w
		}
	}
	return z
}

// signalLogits are those of the signals, with the sum of the learned words for each.
func (t *TagModel) signalLogits(f *tagFeatures, words []float32) (z [numTold]float32) {
	for c, w := range t.Signals[sWords] {
		z[c] = words[c] * w
	}
	for _, span := range &believedBy {
		for k := span[0]; k < span[1]; k++ {
			if v := f[k]; v != 0 {
				for c, w := range &t.Signals[k] {
					z[c] += v * w
				}
			}
		}
	}
	return z
}

// fitting are the emotions that each class may have.
var fitting = [numClasses][]int{
	negative: {frustration, disappointment, anger, anxiety},
	positive: {joy, satisfaction, gratitude},
	mixed:    {satisfaction, frustration, disappointment, anger},
}

// withWords are logits, of the chances 0.2 and 0.3; they were chosen by cross-validation
// where learned words tell aspects, too.
var withWords = aspectLimits{first: -1.39, further: -0.85, mixed: -3}

const (
	// leastTold is how far words must speak for an aspect that no entry names: a bare
	// "thanks a lot" is about nothing.
	leastTold = 0.3
	unlikely  = -99
)

// tell fills in what the message is about, and returns the signals to be believed.
func (s *Scorer) tell(m *scratch, class int, p *[numClasses]float64, signals uint32, score *odzew.Score) uint32 {
	m.hint = s.hintsOf(m, class, score.Level)
	stage, emotion, likely, limits := m.hint.stage, m.hint.emotion, m.hint.aspects, &byEntries
	if t := s.model.Tags; t != nil {
		f := m.tagFeatures(p, score.Level, &m.hint)
		z := t.logits(&f)
		for k := range z {
			z[k] += m.pulls.tags[k]
		}
		for k := range numStages {
			if z[lexicon.TagStages+k] > z[lexicon.TagStages+stage] {
				stage = k
			}
		}
		for _, k := range fitting[class] {
			if z[lexicon.TagEmotions+k] > z[lexicon.TagEmotions+emotion] {
				emotion = k
			}
		}
		copy(likely[:], z[lexicon.TagAspects:])
		for k := range likely {
			if m.tags.byAspect[k] == 0 && m.pulls.tags[lexicon.TagAspects+k] < leastTold {
				likely[k] = unlikely
			}
		}
		limits = &withWords
		if class == negative || class == mixed {
			signals = m.believe(signals, t.signalLogits(&f, m.pulls.tags[lexicon.TagSignals:]))
		}
		if class == mixed { // who praises and blames praises in earnest: of five told ironic here one was
			signals &^= bit(sigSarcasm) &^ m.tags.bySite
		}
	}
	if felt := m.felt(class); felt != noEmotion {
		emotion = felt
	}
	score.Aspects = s.aspectsOf(m, class, &likely, limits, score.Aspects)
	score.Stage, score.Emotion = lexicon.Stages[stage], "none"
	if emotion != noEmotion {
		score.Emotion = lexicon.Emotions[emotion]
	}
	return signals
}

// felt returns the emotion that the writer names, the last one of those that fit the class.
func (m *scratch) felt(class int) int {
	felt, last := noEmotion, uint32(0)
	for _, k := range fitting[class] {
		if at := m.tags.feelings[k]; at > last {
			felt, last = k, at
		}
	}
	return felt
}

// Logits, of the chances 0.14 and 0.4, between which the F1 of signals on messages that
// were left out hardly changes. Entries are written by people who mean them: what one
// tells is dropped only where it is unlikely.
const (
	unlikelySignal = -1.8
	toldByWords    = -0.4
)

// believe returns the signals to be believed: of those that entries tell all that are not
// unlikely, and those that learned words tell. What is enough for the highest level by
// itself must be worded as entries know it: in idle talk words alone would raise alarms.
// A site's own entries are never doubted: nothing is known of how often they are right.
func (m *scratch) believe(signals uint32, z [numTold]float32) uint32 {
	for k, v := range z {
		switch {
		case v < unlikelySignal:
			signals &^= bit(k) &^ m.tags.bySite
		case alone&bit(k) == 0 && v >= toldByWords && m.pulls.tags[lexicon.TagSignals+k] >= leastTold:
			signals |= bit(k)
		}
	}
	return signals
}

// strongest returns the learned word of the message that speaks most for a tag; nil
// where none does.
func (m *scratch) strongest(tag int) *learnedWord {
	var best *learnedWord
	most := int16(0)
	for i := range m.learned {
		x := &m.learned[i]
		if told := x.table.Told(x.table.Row(x.row)); told.At(tag) > most {
			best, most = x, told.At(tag)
		}
	}
	return best
}

// explainTags lists the learned words that told what no entry did.
func (s *Scorer) explainTags(m *scratch, score *odzew.Score, add func(start, end uint32, entry, rule string, weight int32)) {
	list := func(tag int) {
		if x := m.strongest(tag); x != nil {
			add(x.start, x.end, x.table.Entry(x.row, lexicon.TagWords), lexicon.ToldTags[tag], 0)
		}
	}
	if k := slices.Index(lexicon.Stages, score.Stage); k != m.hint.stage {
		list(lexicon.TagStages + k)
	}
	if k := slices.Index(lexicon.Emotions, score.Emotion); k >= 0 && k != m.hint.emotion && m.tags.feelings[k] == 0 {
		list(lexicon.TagEmotions + k)
	}
	for _, a := range score.Aspects {
		if k := slices.Index(lexicon.Aspects, a.Aspect); m.tags.byAspect[k] == 0 {
			list(lexicon.TagAspects + k)
		}
	}
	for _, name := range score.Signals {
		if k := slices.Index(lexicon.Signals, name); m.tags.bySignal[k] == 0 && k != sigShouting {
			list(lexicon.TagSignals + k)
		}
	}
}
