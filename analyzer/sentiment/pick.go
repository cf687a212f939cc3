package sentiment

import (
	"slices"
	"strings"

	"odzew/lexicon"
)

// Picking: of all matches, overlapping as they come, those that count. Longer
// entries win over shorter ones inside them, so an idiom protects its words.

// entryInfo is what the scorer needs of an entry at hand.
type entryInfo struct {
	kind     lexicon.Kind
	toned    bool  // takes part in the picking by length
	rank     uint8 // among entries of equal length
	polarity int32 // thousandths
	base     int32 // the weight it brings, in thousandths
	factor   float32
	opinion  float32
	tags     lexicon.Tags
	pos      lexicon.POS
	strong   bool // opinion of 0.4 or more
	without  bool // a negator that says what is missing
	site     bool // a site's own
	// booster is the entry that the same word has as a booster, where it has a
	// tone, too.
	booster      *entryInfo
	boosterEntry uint32
}

// defaultSignal is the polarity of a signal whose entry gives none: a signal is
// frustration worded, but most say so by facts.
const defaultSignal = -0.3

// withouts are the negators that name what is missing. With another negator they
// make a double negation ("nie bez wad", "not without"), while Polish nie, nikt,
// nigdy and nic in one clause are one negation.
var withouts = map[string]bool{"bez": true, "brak": true, "brakować": true, "without": true, "lack": true, "hardly": true, "free": true, "zero": true}

// rank of kinds for entries of the same words: what says most comes first.
var rank = [...]uint8{
	lexicon.Idiom: 15, lexicon.Irony: 14, lexicon.Event: 13, lexicon.Politeness: 12, lexicon.Signal: 11, lexicon.Tone: 10,
	lexicon.Emoji: 10, lexicon.Topic: 9, lexicon.Contrast: 8, lexicon.Negator: 7, lexicon.Booster: 6, lexicon.Dampener: 6,
	lexicon.Request: 5, lexicon.Closing: 3, lexicon.Aspect: 2, lexicon.Stage: 1, lexicon.Off: 0,
}

func newEntryInfo(e *lexicon.Entry) entryInfo {
	in := entryInfo{kind: e.Kind, rank: rank[e.Kind], opinion: float32(e.Opinion), tags: e.Tags, pos: e.POS, strong: e.Opinion >= 0.4, site: e.Site}
	polarity := e.Polarity
	switch e.Kind {
	case lexicon.Booster, lexicon.Dampener:
		in.factor = float32(e.Polarity)
		polarity = 0
	case lexicon.Negator:
		in.without = withouts[strings.TrimLeft(e.Pattern, "=")]
	case lexicon.Signal:
		if polarity == 0 {
			polarity = signalPolarity(e.Tags.Signals)
		}
	}
	in.polarity = int32(polarity * 1000)
	in.base = int32(polarity * (0.4 + 0.6*max(e.Opinion, 0.1)) * 1000)
	switch e.Kind {
	case lexicon.Aspect, lexicon.Stage, lexicon.Closing, lexicon.Off:
		in.toned = e.Polarity != 0
	case lexicon.Signal:
		in.toned = in.polarity != 0
	default:
		in.toned = true
	}
	return in
}

// signalPolarity is the polarity of signals where their entries give none.
func signalPolarity(signals uint32) float64 {
	switch {
	case signals&bit(sigRelief) != 0:
		return 0.4
	case signals&^(bit(sigVulnerability)|bit(sigPressure)) == 0:
		return 0
	}
	return defaultSignal
}

// A hit is a match that counts for the tone.
type hit struct {
	lexicon.Match
	info   *entryInfo
	clause uint32
}

// pick chooses the hits among the matches, in the order of the text.
func (s *Scorer) pick(m *scratch) {
	m.hits, m.order, m.tagged = m.hits[:0], m.order[:0], 0
	m.owner = resize(m.owner, len(m.words))
	for i := range m.matches {
		x := &m.matches[i]
		in := &s.info[x.Entry]
		if !in.toned {
			continue
		}
		span := min(x.End-x.Start, 255)
		m.order = append(m.order, uint64(63-min(x.Items, 63))<<58|uint64(15-in.rank)<<54|uint64(span)<<46|uint64(i))
	}
	slices.Sort(m.order)
	for _, o := range m.order {
		i := o & (1<<46 - 1)
		x := &m.matches[i]
		in := &s.info[x.Entry]
		if m.taken(x) || in.pos != lexicon.NoPOS && !s.isPOS(m, x, in.pos) {
			continue
		}
		for w := x.Start; w < x.End; w++ {
			if x.Covers(w) {
				m.owner[w] = uint32(i) + 1
			}
		}
		m.hits = append(m.hits, hit{Match: *x, info: in, clause: m.words[x.Start].Clause})
	}
	if !slices.IsSortedFunc(m.hits, byStart) {
		slices.SortFunc(m.hits, byStart)
	}
	s.boosts(m)
}

func byStart(a, b hit) int {
	if a.Start != b.Start {
		return int(a.Start) - int(b.Start)
	}
	return int(a.End) - int(b.End)
}

// taken reports whether a word of the match belongs to a hit already.
func (m *scratch) taken(x *lexicon.Match) bool {
	for w := x.Start; w < x.End; w++ {
		if m.owner[w] != 0 && x.Covers(w) {
			return true
		}
	}
	return false
}

// boosts turns words that have a tone of their own into boosters where they only
// strengthen the next one: "strasznie fajna", "insanely good".
func (s *Scorer) boosts(m *scratch) {
	for i := 0; i+1 < len(m.hits); i++ {
		h, next := &m.hits[i], &m.hits[i+1]
		if h.info.booster == nil || next.info.polarity == 0 || next.info.kind == lexicon.Signal ||
			next.Start > h.End+1 || next.clause != h.clause {
			continue
		}
		h.Entry, h.info = h.info.boosterEntry, h.info.booster
	}
}

// word returns word i as it is written.
func (m *scratch) word(i int) string { return m.text[m.toks[i].Start:m.toks[i].End] }

// What stands before a word often tells its part of speech for nothing; the tagger
// is asked only where this does not.
const (
	beforeVerb = 1 << iota // I, to, would: "we like"
	beforeAdj              // is, very: "is kind"
	beforeNoun             // the, no: "the issue"
	beforeWish             // would: "I'd like" likes nothing yet
)

var before = func() map[lexicon.Hash]uint8 {
	m := map[lexicon.Hash]uint8{}
	for kind, words := range map[uint8]string{
		beforeVerb: `i you we they to don't dont didn't didnt doesn't doesnt did do does really also never always will won't can can't could may might must u`,
		beforeAdj:  `is was are were be been i'm im he's she's it's its that's you're we're they're very so too pretty quite seems seem looks look feels feel sounds sound isn't wasn't aren't more most extremely super such`,
		beforeWish: `would wouldn't i'd we'd id he'd she'd they'd you'd`,
		beforeNoun: `the a an my your our his her their this that these those no any some another each every same of`,
	} {
		for w := range strings.FieldsSeq(words) {
			h, _ := lexicon.HashWord(w)
			m[h] |= kind
		}
	}
	return m
}()

var ofHash, _ = lexicon.HashWord("of")

// inflected reports whether a word has an ending that no adjective takes, and its entry
// has none such.
func inflected(word, entry string) bool {
	for _, ending := range [...]string{"s", "ed", "ing"} {
		if n := len(word) - len(ending); n > 0 && strings.EqualFold(word[n:], ending) && !strings.Contains(entry, ending) {
			return true
		}
	}
	return false
}

// isPOS reports whether the matched word is the part of speech that its entry
// asks for.
func (s *Scorer) isPOS(m *scratch, x *lexicon.Match, want lexicon.POS) bool {
	at := int(x.Start)
	if at == 0 || m.words[at-1].Clause != m.words[at].Clause {
		return want != lexicon.Verb // "Kind people", "Like last time"
	}
	switch before[m.toks[at-1].Exact] {
	case beforeWish:
		return false
	case beforeVerb:
		return want == lexicon.Verb
	case beforeAdj:
		return want == lexicon.Adj
	case beforeNoun:
		last := at+1 >= len(m.words) || m.words[at+1].Clause != m.words[at].Clause
		switch {
		case want == lexicon.Verb || want == lexicon.Adv:
			return false
		case last || m.toks[at+1].Exact == ofHash:
			return want == lexicon.Noun
		}
	}
	if want == lexicon.Adj && inflected(m.word(at), s.lex.Entries[x.Entry].Pattern) {
		return false // "that means", "two kinds"
	}
	// The tagger takes as long as fifty messages: a giant message gets so many
	// answers and no more.
	const (
		around = 4
		enough = 24
	)
	if m.tagged++; m.tagged > enough {
		return false
	}
	lo, hi := max(0, at-around), min(len(m.words), at+around+1)
	m.names = m.names[:0]
	place := 0
	for i := lo; i < hi; i++ {
		if m.words[i].Sentence != m.words[at].Sentence {
			continue
		}
		if i == at {
			place = len(m.names)
		}
		m.names = append(m.names, m.word(i))
	}
	return s.tagger.Tag(m.names, place) == want
}
