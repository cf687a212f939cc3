// Package sentiment scores one message of a customer: its attitude, the signals of
// frustration in it, what it is about, and why all this was said.
//
// The way of a message:
//
//	text ──> tokens ──> words ──> matches ──> hits ──> parts ──> features ──> score
//	        (text)   (read.go)  (lexicon)  (pick.go) (judge.go) (model.go) (sentiment.go)
//
// Rules:
//
//   - A lexicon with rules: every figure goes back to entries that stand in the
//     text and to named rules. Evidence lists them, and the weights in it add up
//     to the valence.
//   - Neutral is the rule: a question, a request and a bare report stay neutral,
//     however bad the problem. Topic words and politeness carry no tone.
//   - Irony is a flagged doubt: it lowers the confidence, and never alone turns a
//     score.
//   - Pure and deterministic: the same text, lexicon and model give the same bytes.
//   - Linear in the length of the text, without allocation where no evidence is
//     asked for but for the lists in the result.
package sentiment

import (
	"math"
	"strings"
	"sync"

	"odzew"
	"odzew/analyzer/english"
	"odzew/analyzer/language"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// A Scorer scores messages. It is safe for use by many goroutines.
type Scorer struct {
	lex    *lexicon.Compiled
	model  *Model
	info   []entryInfo
	tagger english.Tagger
	pool   sync.Pool
}

// New returns a scorer with this lexicon and these weights.
func New(lex *lexicon.Compiled, model *Model) *Scorer {
	s := &Scorer{lex: lex, model: model, info: make([]entryInfo, len(lex.Entries))}
	for i := range lex.Entries {
		s.info[i] = newEntryInfo(&lex.Entries[i])
	}
	boosters := map[string]int{}
	word := func(e *lexicon.Entry) string { return e.Lang.String() + strings.TrimPrefix(e.Pattern, "=") }
	for i := range lex.Entries {
		if e := &lex.Entries[i]; e.Kind == lexicon.Booster {
			boosters[word(e)] = i
		}
	}
	for i := range lex.Entries {
		if e := &lex.Entries[i]; e.Kind == lexicon.Tone {
			if at, ok := boosters[word(e)]; ok {
				s.info[i].booster, s.info[i].boosterEntry = &s.info[at], uint32(at)
			}
		}
	}
	s.pool.New = func() any { return new(scratch) }
	return s
}

// WithModel returns a scorer of the same lexicon with other weights.
func (s *Scorer) WithModel(model *Model) *Scorer {
	t := &Scorer{lex: s.lex, model: model, info: s.info}
	t.pool.New = func() any { return new(scratch) }
	return t
}

// Version names the lexicon and the weights together.
func (s *Scorer) Version() string { return s.lex.Version + "-" + s.model.Version }

// Reasons that a score gives where it says little.
const (
	ReasonLanguage = "language not supported"
	ReasonTooShort = "too little text"
)

// scratch is the memory of one call, used again by later ones.
type scratch struct {
	text    string
	toks    []text.Token
	words   []lexicon.Word
	matches []lexicon.Match
	order   []uint64
	owner   []uint32 // word -> 1 + index of the hit that covers it
	hits    []hit
	parts   []part
	clauses []clause
	f       features
	lang    string
	langs   lexicon.Langs
	tags    tally
	learned []learnedWord
	denied  []bool // words that a negator denies
	pulls   pulls
	hint    hint
	said    []lexicon.Hash // of the sentences
	ahead   uint64         // of what was loaded ahead; nobody reads it
	names   []string       // words for the tagger
	tagged  int            // how often it was asked
	tail    int            // where words of thanks begin that are left out
	plea    bool           // praise was likeliest, and a plea is none
	// explained: evidence will be listed of what learned words bring.
	explained bool
}

// Score scores a text. The hint is the language where the source knows it ("pl",
// "en", "mixed", another ISO 639-1 code), or empty. Evidence is listed where it is
// asked for; it changes no other figure.
func (s *Scorer) Score(message, hint string, evidence bool) odzew.Score {
	if evidence {
		return s.score(message, hint, always)
	}
	return s.score(message, hint, never)
}

// ScoreReasons scores a text, and lists the evidence where reasons will quote it: of
// blame and of signals, also where the text is too calm for these to count.
func (s *Scorer) ScoreReasons(message string) odzew.Score {
	return s.score(message, "", reasons)
}

// When evidence is listed.
type evidenceOf uint8

const (
	never evidenceOf = iota
	always
	reasons // of blame and of signals
)

func (s *Scorer) score(message, hint string, evidence evidenceOf) odzew.Score {
	m := s.pool.Get().(*scratch)
	defer s.release(m)
	s.read(m, message, hint)
	score := odzew.Score{Lang: m.lang, Signals: []string{}, Aspects: []odzew.AspectPolarity{}}
	if m.langs == 0 {
		score.Reason = ReasonLanguage
		return score
	}
	m.explained = evidence != never
	s.pick(m)
	s.judge(m)
	s.conclude(m, &score)
	if evidence == always || evidence == reasons && (m.tags.signals != 0 || score.Sentiment != nil && (*score.Sentiment == odzew.Negative || *score.Sentiment == odzew.Mixed)) {
		s.explain(m, &score)
	}
	return score
}

// release gives the memory of a call back, unless a giant message grew it.
func (s *Scorer) release(m *scratch) {
	const keep = 1 << 14
	m.text = ""
	clear(m.names)
	if cap(m.toks) <= keep && cap(m.matches) <= keep {
		s.pool.Put(m)
	}
}

// Closing reports whether a message is thanks and a good-bye only: at most 8
// words, all of them on the closing lists, and no question.
func (s *Scorer) Closing(message string) bool {
	m := s.pool.Get().(*scratch)
	defer s.release(m)
	m.toks = text.Tokenize(m.toks[:0], message)
	words := 0
	for i := range m.toks {
		switch m.toks[i].Kind {
		case text.Mark:
			if m.toks[i].Has(text.Asks) {
				return false
			}
		default:
			words++
		}
	}
	if words == 0 || words > 8 {
		return false
	}
	s.read(m, message, "mixed")
	m.owner = resize(m.owner, len(m.words))
	for i := range m.matches {
		x := &m.matches[i]
		switch e := &s.lex.Entries[x.Entry]; {
		case e.Kind == lexicon.Closing, e.Kind == lexicon.Politeness, e.Kind == lexicon.Emoji && e.Polarity > 0:
			for w := x.Start; w < x.End; w++ {
				if x.Covers(w) {
					m.owner[w] = 1
				}
			}
		}
	}
	for i := range m.toks[:m.tail] {
		if m.toks[i].Kind != text.Mark && m.owner[i] == 0 {
			return false
		}
	}
	return true
}

// resize returns a slice of n zeros, in the old memory where it is large enough.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func clamp(v, low, high float64) float64 { return math.Max(low, math.Min(high, v)) }

// detect asks the language detector.
func detect(s string) string { return language.Detect(s).Lang }
