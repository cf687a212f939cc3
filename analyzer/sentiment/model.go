package sentiment

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"odzew/lexicon"
)

// The model: how features of the matches make probabilities. It is small enough to
// read: one row of weights a feature, in lexicon/model.tsv, fitted on labelled
// messages (see Fit).

// Features of a message. What they count is summed up over its hits.
const (
	fBias = iota
	fPos  // weight of praise
	fNeg  // weight of blame
	fMaxPos
	fMaxNeg
	fStrongPos // how many plainly opinionated entries
	fStrongNeg
	fPosClauses
	fNegClauses
	fBoth         // the lesser of praise and blame
	fBothClauses  // praise and blame in different clauses
	fBothContrast // and a contrast word
	fEndsNeg      // the last toned clause blames
	fContrast
	fNegatedPraise
	fNegatedBlame
	fWished     // praise within requests and questions
	fAskedBlame // blame there
	fEventPos
	fEventNeg
	fIdiomPos
	fIdiomNeg
	fEmojiPos
	fEmojiNeg
	fIrony
	fQuotedPraise
	fNegators // that turned nothing, too
	fTopics
	fRequests
	fPolite
	fQuestions
	fExclaims
	fPiled
	fDots
	fNumbers
	fCaps
	fShort  // three words or fewer
	fLength // logarithm of the number of words
	fSilent // no toned hit and no signal
	fSilentAsks
	fSilentReport // and no question or request
	fPolish
	fSignals   // how many different
	fSignalSum // by their weight for frustration
	fAskedSignals
	fClosed      // ends in words of thanks that say nothing of it: see closeOff
	fClosedAsked // and asks for something
	fSignal      // one a signal
	fAspects     = fSignal + numSignals
	numFeatures  = fAspects + 1
)

var featureNames = func() (names [numFeatures]string) {
	copy(names[:], strings.Fields(`bias pos neg max_pos max_neg strong_pos strong_neg pos_clauses neg_clauses both both_clauses both_contrast
		ends_neg contrast negated_praise negated_blame wished asked_blame event_pos event_neg idiom_pos idiom_neg emoji_pos emoji_neg irony
		quoted_praise negators topics requests polite questions exclaims piled dots numbers caps short length silent silent_asks silent_report
		polish signals signal_sum asked_signals closed closed_asked`))
	for i, n := range lexicon.Signals {
		names[fSignal+i] = "signal_" + n
	}
	names[fAspects] = "aspects"
	return names
}()

var aspectNames = func() (names [numAspectFeatures]string) {
	copy(names[:], []string{"aspect", "aspect_score", "aspect_relative", "aspect_first", "aspect_toned", "aspect_others"})
	for i, n := range lexicon.Aspects {
		names[aName+i] = "aspect_" + n
	}
	return names
}()

type features [numFeatures]float32

// Classes, in the order of the model's columns.
const (
	negative = iota
	neutral
	positive
	mixed
	numClasses
)

// A Model holds the fitted weights.
type Model struct {
	Version string
	// Classes are the weights of each feature for each class.
	Classes [numFeatures][numClasses]float32
	// Frustration are the weights that add up to the frustration: of each
	// signal, then of blame (the last one).
	Frustration [numSignals + 1]float32
	// Aspect are the weights that say whether a message is about an aspect.
	Aspect [numAspectFeatures]float32
	// Sharpness is the factor by which logits are multiplied so that
	// probabilities are right as often as they say.
	Sharpness float32
	// Reviews are the weights for texts that are reviews, or nil.
	Reviews *ReviewModel
	// Tags are the weights that tell stage, emotion, aspects and signals with learned words,
	// or nil where entries alone tell them.
	Tags *TagModel
}

// A ReviewModel holds the weights that take the place of a desk's in reviews. They stand
// in a file of their own, since they come of data of another licence.
type ReviewModel struct {
	// Classes are those of a sentence. To them Length is added in the measure of fLength:
	// one word of praise is much among three, and less among twenty.
	Classes, Length [numFeatures][numClasses]float32
	// Long are those of a longer text.
	Long [numFeatures][numClasses]float32
	// Talk are the weights that say, with those of learned words, whether a text is a
	// review.
	Talk [numFeatures]float32
}

// The files of a lexicon's folder that hold the model; all but the first may be missing.
const (
	ModelFile        = "model.tsv"
	ReviewsModelFile = "model.reviews.tsv"
	TagsModelFile    = "model.tags.tsv"
)

const (
	modelHeader        = "feature\tnegative\tneutral\tpositive\tmixed\tfrustration\taspect"
	reviewsModelHeader = "feature\tnegative\tneutral\tpositive\tmixed\ttalk"
)

// reviewParts are the parts of the file of a ReviewModel: all but the first are in front
// of the names of its features.
var reviewParts = [...]string{"", "length", "long"}

// part returns the weights that stand in a part of the file; nil for none.
func (m *ReviewModel) part(name string) *[numFeatures][numClasses]float32 {
	switch name {
	case reviewParts[0]:
		return &m.Classes
	case reviewParts[1]:
		return &m.Length
	case reviewParts[2]:
		return &m.Long
	}
	return nil
}

// LoadModel reads the model of a lexicon's folder.
func LoadModel(fsys fs.FS) (*Model, error) {
	data, err := fs.ReadFile(fsys, ModelFile)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m, err := ParseModel(data)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{ReviewsModelFile, TagsModelFile} {
		data, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		if name == ReviewsModelFile {
			m.Reviews, err = parseReviews(data)
		} else {
			m.Tags, err = parseTagModel(data)
		}
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(data)
		m.Version += hex.EncodeToString(sum[:])[:4]
	}
	return m, nil
}

// ParseModel reads a model as Write writes it.
func ParseModel(data []byte) (*Model, error) {
	m := &Model{Sharpness: 1}
	sum := sha256.Sum256(data)
	m.Version = hex.EncodeToString(sum[:])[:8]
	err := parseWeights(ModelFile, modelHeader, data, func(name string, v []float32) bool {
		if name == "sharpness" {
			m.Sharpness = v[0]
			return true
		}
		if k := slices.Index(aspectNames[:], name); k >= 0 {
			m.Aspect[k] = v[5]
			return true
		}
		k := slices.Index(featureNames[:], name)
		if k < 0 {
			return false
		}
		copy(m.Classes[k][:], v[:4])
		switch {
		case k >= fSignal && k < fSignal+numSignals:
			m.Frustration[k-fSignal] = v[4]
		case k == fNeg:
			m.Frustration[numSignals] = v[4]
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// parseReviews reads the weights for reviews.
func parseReviews(data []byte) (*ReviewModel, error) {
	m := &ReviewModel{}
	err := parseWeights(ReviewsModelFile, reviewsModelHeader, data, func(name string, v []float32) bool {
		part, feature, ok := strings.Cut(name, ":")
		if !ok {
			part, feature = "", name
		}
		weights, k := m.part(part), slices.Index(featureNames[:], feature)
		if weights == nil || k < 0 || part != "" && v[4] != 0 {
			return false
		}
		copy(weights[k][:], v[:4])
		if part == "" {
			m.Talk[k] = v[4]
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// parseWeights reads a table of weights and hands each row to take, which reports
// whether it knows the feature.
func parseWeights(file, header string, data []byte, take func(name string, v []float32) bool) error {
	columns := strings.Count(header, "\t")
	v := make([]float32, columns)
	headed := false
	sc := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if strings.HasPrefix(line, "# ") {
			continue
		}
		if !headed {
			if line != header {
				return fmt.Errorf("%s:%d: the header is %q, not %q", file, n, line, header)
			}
			headed = true
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != columns+1 {
			return fmt.Errorf("%s:%d: %d columns instead of %d", file, n, len(f), columns+1)
		}
		clear(v)
		for i, s := range f[1:] {
			if s == "" {
				continue
			}
			x, err := strconv.ParseFloat(s, 32)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("%s:%d: %q is not a number", file, n, s)
			}
			v[i] = float32(x)
		}
		if !take(f[0], v) {
			return fmt.Errorf("%s:%d: unknown feature %q", file, n, f[0])
		}
	}
	if !headed {
		return fmt.Errorf("%s: no header", file)
	}
	return sc.Err()
}

// Bytes returns the model as text.
func (m *Model) Bytes(comment ...string) []byte {
	var b bytes.Buffer
	for _, c := range comment {
		fmt.Fprintf(&b, "# %s\n", c)
	}
	b.WriteString(modelHeader + "\n")
	fmt.Fprintf(&b, "sharpness\t%s\t\t\t\t\t\n", number(m.Sharpness))
	for k, name := range featureNames {
		b.WriteString(name)
		for _, w := range m.Classes[k] {
			b.WriteString("\t" + number(w))
		}
		b.WriteByte('\t')
		switch {
		case k >= fSignal && k < fSignal+numSignals:
			b.WriteString(number(m.Frustration[k-fSignal]))
		case k == fNeg:
			b.WriteString(number(m.Frustration[numSignals]))
		}
		b.WriteString("\t\n")
	}
	for k, name := range aspectNames {
		fmt.Fprintf(&b, "%s\t\t\t\t\t\t%s\n", name, number(m.Aspect[k]))
	}
	return b.Bytes()
}

// Bytes returns the weights for reviews as text.
func (m *ReviewModel) Bytes(comment ...string) []byte {
	var b bytes.Buffer
	for _, c := range comment {
		fmt.Fprintf(&b, "# %s\n", c)
	}
	b.WriteString(reviewsModelHeader + "\n")
	for _, part := range reviewParts {
		weights := m.part(part)
		for k, name := range featureNames {
			if part != "" {
				name = part + ":" + name
			}
			b.WriteString(name)
			for _, w := range weights[k] {
				b.WriteString("\t" + number(w))
			}
			b.WriteByte('\t')
			if part == "" {
				b.WriteString(number(m.Talk[k]))
			}
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func number(v float32) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(math.Round(float64(v)*1e4)/1e4, 'f', -1, 64)
}

// probabilities of the classes: a multinomial logistic function of the features and of
// the learned words, in the proportion of the domains that the text is of.
func (m *Model) probabilities(f *features, p *pulls) (out [numClasses]float64) {
	z := logits(&m.Classes, f)
	for c := range z {
		z[c] = z[c]*m.Sharpness + p.desk[c]
	}
	if share := p.reviews; share > 0 {
		r := m.Reviews.logits(f, p.sort)
		for c := range z {
			z[c] += share * (r[c] + p.review[c] - z[c])
		}
	}
	return softmax(z)
}

// logits of the classes of a review by all but learned words.
func (m *ReviewModel) logits(f *features, sort lexicon.Domain) [numClasses]float32 {
	if sort == lexicon.LongReviews {
		return logits(&m.Long, f)
	}
	z, length := logits(&m.Classes, f), logits(&m.Length, f)
	for c := range z {
		z[c] += f[fLength] * length[c]
	}
	return z
}

func logits(weights *[numFeatures][numClasses]float32, f *features) (z [numClasses]float32) {
	for k, v := range f {
		if v != 0 {
			w := &weights[k]
			for c := range z {
				z[c] += v * w[c]
			}
		}
	}
	return z
}

func softmax(z [numClasses]float32) (p [numClasses]float64) {
	top := max(z[0], z[1], z[2], z[3])
	sum := 0.0
	for c := range p {
		p[c] = math.Exp(float64(z[c] - top))
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return p
}

// talk is the share in which a text is a review.
func (m *ReviewModel) talk(f *features, words float32) float32 {
	z := words
	for k, v := range f {
		z += v * m.Talk[k]
	}
	return float32(1 / (1 + math.Exp(-float64(z))))
}

// saturating are the features whose sums grow slower than what they add: ten words of
// praise are not ten times one.
var saturating = [...]int{
	fPos, fNeg, fStrongPos, fStrongNeg, fPosClauses, fNegClauses, fNegatedPraise, fNegatedBlame, fWished, fAskedBlame,
	fEventPos, fEventNeg, fIdiomPos, fIdiomNeg, fNegators, fTopics, fRequests, fQuestions, fExclaims, fDots,
}

// finishFeatures computes what is known only when every hit was weighed.
func (s *Scorer) finishFeatures(m *scratch) {
	f := &m.f
	f[fBias] = 1
	var pos, neg float32
	last := int32(0)
	for i := range m.clauses {
		c := &m.clauses[i]
		if c.pos > c.neg && c.pos > 150 {
			f[fPosClauses]++
			pos = 1
			last = 1
		}
		if c.neg > c.pos && c.neg > 150 {
			f[fNegClauses]++
			neg = 1
			last = -1
		}
	}
	if last < 0 {
		f[fEndsNeg] = 1
	}
	f[fBoth] = min(2, min(f[fPos], f[fNeg]))
	f[fBothClauses] = pos * neg
	f[fBothContrast] = pos * neg * f[fContrast]
	for _, k := range &saturating {
		f[k] /= 1 + f[k]/2
	}
	f[fCaps] = m.tags.capsShare
	if m.tags.words <= 3 {
		f[fShort] = 1
	}
	f[fLength] = float32(m.tags.words) / float32(m.tags.words+12)
	signals := m.tags.signals
	n := 0
	for k := range numSignals {
		if signals&bit(k) != 0 {
			f[fSignal+k] = 1
			f[fSignalSum] += s.model.Frustration[k]
			n++
			if m.tags.asked&bit(k) != 0 {
				f[fAskedSignals]++
			}
		}
	}
	f[fSignals] = float32(n)
	if m.closed() {
		f[fClosed] = 1
		if f[fQuestions] > 0 || f[fRequests] > 0 {
			f[fClosedAsked] = 1
		}
	}
	if m.tags.toned == 0 && n == 0 {
		f[fSilent] = 1
		if f[fQuestions] > 0 || f[fRequests] > 0 {
			f[fSilentAsks] = 1
		} else {
			f[fSilentReport] = 1
		}
	}
	if m.lang == "pl" {
		f[fPolish] = 1
	}
	for _, v := range m.tags.aspects {
		if v > 0 {
			f[fAspects]++
		}
	}
	f[fAspects] = min(3, f[fAspects]) / 3
	s.pull(m)
	if s.model.Reviews != nil && m.langs.Has(lexicon.PL) && s.lex.Learned(lexicon.PL).Has(lexicon.Reviews) { // of English ones nothing is known
		m.pulls.reviews = s.model.Reviews.talk(f, m.pulls.talk)
	}
	s.weighLearned(m)
}
