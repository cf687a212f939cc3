package sentiment

import (
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Judging: what each hit weighs in its clause. Every rule that changes a weight
// leaves a part of its own, so that the parts always add up to the whole.

// The names of rules in the evidence.
const (
	ruleValence  = "valence"
	ruleEvent    = "event"
	ruleIdiom    = "idiom"
	ruleIrony    = "irony"
	ruleSignal   = "signal"
	ruleEmoji    = "emoji"
	ruleNegation = "negation"
	ruleBooster  = "booster"
	ruleDampener = "dampener"
	ruleCapitals = "capitals"
	ruleRequest  = "request"
	ruleQuoted   = "quoted"
	ruleRepeated = "repeated"
	ruleContrast = "contrast"
	ruleAspect   = "aspect"
	ruleShouting = "shouting"
	rulePlea     = "plea"
	ruleTalk     = "talk:reviews"
	ruleLimit    = "limit"
)

// How rules change a weight. A negated word of praise is blame, a negated word of
// blame less praise.
const (
	negatedPraise = -0.8
	negatedBlame  = -0.6
	negationScope = 4 // words between the negator and what it turns
	boostReach    = 2
	capitals      = 1.2
	wishedPraise  = 0.35 // praise within a request or a question: not given yet
	wishedBlame   = 0.7
	quotedPraise  = -0.3 // "fast" delivery
	mostRepeated  = 2    // times that the same entry counts in full
)

// noEntry stands for a part that comes of no entry.
const noEntry = 1<<32 - 1

// A part is one share of the valence, in thousandths.
type part struct {
	start, end uint32 // words
	entry      uint32
	rule       string
	weight     int32
}

// A clause sums up what was said in it.
type clause struct {
	pos, neg int32 // thousandths, both positive
	asks     bool  // its sentence ends in a question mark
	bangs    bool
	request  bool
}

// scope is what the rules remember of the clause on the way.
type scope struct {
	clause           uint32
	notAt, withoutAt int // end of the last negator of each sort, or far away
	boostAt          int
	boostBy          uint32 // index of the hit
	boost            float32
}

const farAway = -1 << 20

func newScope(clause uint32) scope {
	return scope{clause: clause, notAt: farAway, withoutAt: farAway, boostAt: farAway, boost: 1}
}

// judge weighs the hits and collects the features of the message.
func (s *Scorer) judge(m *scratch) {
	m.parts = m.parts[:0]
	m.f = features{}
	m.tags = tally{}
	s.survey(m)
	sc := newScope(0)
	for i := range m.hits {
		h := &m.hits[i]
		if h.clause != sc.clause {
			sc = newScope(h.clause)
		}
		switch h.info.kind {
		case lexicon.Negator:
			if h.info.without {
				sc.withoutAt = int(h.End)
			} else {
				sc.notAt = int(h.End)
			}
			m.f[fNegators]++
			continue
		case lexicon.Booster, lexicon.Dampener:
			if sc.boostAt < int(h.Start)-1 || sc.boost == 1 {
				sc.boost = 1
			}
			sc.boost *= h.info.factor
			sc.boostAt, sc.boostBy = int(h.End), uint32(i)
			continue
		case lexicon.Contrast:
			m.f[fContrast] = 1
			sc = newScope(h.clause)
			continue
		case lexicon.Request:
			m.f[fRequests]++
			m.clauses[h.clause].request = true
			continue
		case lexicon.Topic:
			m.f[fTopics]++
			continue
		case lexicon.Politeness:
			m.f[fPolite] = 1
			continue
		}
		if h.info.polarity != 0 {
			s.weigh(m, i, &sc)
		}
	}
	if s.shouts(m) {
		m.tags.signals |= bit(sigShouting)
		s.weighShouting(m)
	}
	s.collectTags(m)
	s.finishFeatures(m)
}

// weighShouting makes shouting blame where nothing is praised: people shout for joy
// with words of joy.
func (s *Scorer) weighShouting(m *scratch) {
	const weight = -300
	start, end, ok := m.loudest()
	if !ok || m.f[fPos] > 0 {
		return
	}
	m.parts = append(m.parts, part{start, end, noEntry, ruleShouting, weight})
	m.tags.valence += weight
	m.tags.toned++
	m.f[fNeg] -= weight / 1000.0
	m.clauses[m.words[start].Clause].neg -= weight
}

// survey notes the marks of each clause, and the shape of the whole message.
func (s *Scorer) survey(m *scratch) {
	n := 0
	if len(m.toks) > 0 {
		n = int(m.toks[len(m.toks)-1].Clause) + 1
	}
	m.clauses = resize(m.clauses, n)
	var words, letters, caps, run int
	firstClause, sentence := uint32(0), uint32(0)
	for i := range m.toks[:m.tail] {
		t := &m.toks[i]
		if t.Sentence != sentence {
			sentence, firstClause = t.Sentence, t.Clause
		}
		switch t.Kind {
		case text.Word:
			words++
			letters += int(t.Letters)
			// Capitals of a word that nobody knows are likely how a thing is called.
			known := m.words[i].Form != 0
			if known && t.Has(text.Caps) && m.stressed(t) {
				m.tags.stressed = true
			}
			if t.Has(text.Caps) && t.Letters >= 2 && !acronym(m.text[t.Start:t.End]) {
				caps += int(t.Letters)
				run++
				m.tags.capsRun = max(m.tags.capsRun, run)
				if known && t.Letters >= 4 {
					m.tags.capsWords++
				}
			} else if !t.Has(text.Caps) && t.Letters > 1 {
				run = 0
			}
		case text.Number, text.Code:
			m.f[fNumbers] = 1
		case text.Mark:
			for c := firstClause; c <= t.Clause; c++ {
				m.clauses[c].asks = m.clauses[c].asks || t.Has(text.Asks)
				m.clauses[c].bangs = m.clauses[c].bangs || t.Has(text.Exclaim)
			}
			if t.Has(text.Asks) {
				m.f[fQuestions]++
			}
			if t.Has(text.Exclaim) {
				m.f[fExclaims]++
			}
			if t.Has(text.Piled) {
				m.f[fPiled] = 1
			}
			if t.Has(text.Dots) {
				m.f[fDots]++
			}
		}
	}
	m.tags.words = words
	if letters > 0 {
		m.tags.capsShare = float32(caps) / float32(letters)
	}
}

// capitals returns the first word from start on that stands in capitals; end where none does.
func (m *scratch) capitals(start, end uint32) uint32 {
	for ; start < end; start++ {
		if t := &m.toks[start]; t.Has(text.Caps) && t.Letters >= 3 {
			break
		}
	}
	return start
}

// weigh brings one toned hit in, with all that changes it.
func (s *Scorer) weigh(m *scratch, i int, sc *scope) {
	h := &m.hits[i]
	in := h.info
	c := &m.clauses[h.clause]
	w := in.base
	rule := ruleValence
	inflects := false // the rules of the clause apply
	switch in.kind {
	case lexicon.Event:
		rule = ruleEvent
	case lexicon.Idiom:
		rule = ruleIdiom
	case lexicon.Irony:
		rule = ruleIrony
		m.f[fIrony] = 1
	case lexicon.Signal:
		rule = ruleSignal
	case lexicon.Emoji:
		rule = ruleEmoji
	default:
		inflects = true
	}
	m.parts = append(m.parts, part{h.Start, h.End, h.Entry, rule, w})
	change := func(start, end uint32, entry uint32, rule string, factor float32) {
		changed := int32(float32(w) * factor)
		m.parts = append(m.parts, part{start, end, entry, rule, changed - w})
		w = changed
	}
	negated := false
	if inflects {
		if not, without := int(h.Start)-sc.notAt <= negationScope, int(h.Start)-sc.withoutAt <= negationScope-1; not != without {
			at := sc.notAt
			if without {
				at = sc.withoutAt
			}
			factor := float32(negatedPraise)
			if w < 0 {
				factor = negatedBlame
			}
			change(uint32(at-1), uint32(at), h.Entry, ruleNegation, factor)
			negated = true
		}
	}
	if inflects || in.kind == lexicon.Idiom {
		if sc.boost != 1 && int(h.Start)-sc.boostAt < boostReach {
			b := &m.hits[sc.boostBy]
			rule := ruleBooster
			if sc.boost < 1 {
				rule = ruleDampener
			}
			change(b.Start, b.End, b.Entry, rule, sc.boost)
		}
	}
	if at := m.capitals(h.Start, h.End); inflects && at < h.End && m.tags.capsShare < 0.6 {
		change(at, at+1, h.Entry, ruleCapitals, capitals)
	}
	// A quoted word or two, or a phrase that ends in them; longer quotations are cited.
	if t := &m.toks[h.Start]; w > 0 && inflects && (t.Has(text.Quoted) && h.End-h.Start <= 2 || !t.Has(text.Quoted) && m.toks[h.End-1].Has(text.Quoted)) {
		change(h.Start, h.End, h.Entry, ruleQuoted, quotedPraise)
		m.f[fQuotedPraise] = 1
	}
	if (c.request || c.asks) && in.kind != lexicon.Signal && in.kind != lexicon.Emoji {
		if w > 0 {
			m.f[fWished] += float32(w) / 1000
			change(h.Start, h.End, h.Entry, ruleRequest, wishedPraise)
		} else {
			m.f[fAskedBlame] -= float32(w) / 1000
			change(h.Start, h.End, h.Entry, ruleRequest, wishedBlame)
		}
	}
	if s.repeats(m, i) >= mostRepeated {
		change(h.Start, h.End, h.Entry, ruleRepeated, 0.2)
	}
	s.count(m, h, w, negated)
}

// repeats counts how often the entry stood among the last hits.
func (s *Scorer) repeats(m *scratch, i int) int {
	n := 0
	for j := i - 1; j >= 0 && j > i-24; j-- {
		if m.hits[j].Entry == m.hits[i].Entry {
			n++
		}
	}
	return n
}

// count adds a weighed hit to its clause and to the features.
func (s *Scorer) count(m *scratch, h *hit, w int32, negated bool) {
	c := &m.clauses[h.clause]
	v := float32(w) / 1000
	m.tags.valence += w
	m.tags.toned++
	if v > 0 {
		c.pos += w
		m.f[fPos] += v
		m.f[fMaxPos] = max(m.f[fMaxPos], v)
		if h.info.strong {
			m.f[fStrongPos]++
		}
	} else if v < 0 {
		c.neg -= w
		m.f[fNeg] -= v
		m.f[fMaxNeg] = max(m.f[fMaxNeg], -v)
		if h.info.strong {
			m.f[fStrongNeg]++
		}
	}
	switch h.info.kind {
	case lexicon.Event:
		if v > 0 {
			m.f[fEventPos] += v
		} else {
			m.f[fEventNeg] -= v
		}
	case lexicon.Idiom:
		if v > 0 {
			m.f[fIdiomPos] += v
		} else {
			m.f[fIdiomNeg] -= v
		}
	case lexicon.Emoji:
		if v > 0 {
			m.f[fEmojiPos] = min(2, m.f[fEmojiPos]+v)
		} else {
			m.f[fEmojiNeg] = min(2, m.f[fEmojiNeg]-v)
		}
	default:
		if negated {
			if v > 0 {
				m.f[fNegatedBlame] += v
			} else {
				m.f[fNegatedPraise] -= v
			}
		}
	}
}

// stressed reports whether a word in capitals is one that people stress: a long one that
// is no acronym, or a short one that a complaint turns on.
func (m *scratch) stressed(t *text.Token) bool {
	w := m.text[t.Start:t.End]
	if t.Letters >= 4 {
		return !acronym(w)
	}
	switch w {
	case "NOT", "NO", "ONE", "TWO", "SIX", "TEN", "WHO", "WHY", "HOW", "ALL", "DAY", "NOW", "YOU", "OUT", "OFF", "FIX", "ANY", "OUR", "HAS", "HAD", "WAS", "DID", "CAN", "GET", "GOT", "ASK", "YES", "MY",
		"NIE", "TAK", "ILE", "JAK", "DWA", "TRZY", "STO", "DNI", "RAZ", "CO", "JA", "WY":
		return true
	}
	return false
}

// acronym reports whether capitals are just how a word is written.
func acronym(w string) bool {
	if len(w) <= 3 {
		switch w {
		case "NIE", "TAK", "CO", "JA", "WY", "NO", "NOT", "YOU", "WHY", "NOW", "ILE", "JAK", "DO", "NA", "TO", "SĄ", "IS", "MY", "I", "THE", "AND", "WTF", "OMG", "ALL", "W", "Z":
			return false
		}
		return true
	}
	switch w {
	case "RODO", "GDPR", "HTTP", "HTTPS", "IBAN", "IMEI", "PESEL", "REGON", "UOKIK", "UOKiK", "UODO", "BLIK", "SWIFT", "HDMI", "JSON", "ERROR", "HTML", "WIFI", "EPUAP", "CEIDG", "FAQ", "SEPA", "HMRC", "DVLA", "NHS", "CCTV":
		return true
	}
	return false
}
