package sentiment

import (
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Looking into a text: what the scorer sees in it before it judges. The workbench
// needs it, scoring does not.

// A Reading is what a scorer sees in a text.
type Reading struct {
	// Lang is as in a score. Where it is not supported, nothing is found.
	Lang  string
	Words []ReadWord
	Found []Found
	// Learned are the learned words that stand in the text, once for each file of theirs.
	Learned []LearnedFound
}

// A LearnedFound is a learned word that stands in the text.
type LearnedFound struct {
	Entry  string // as it is written in its file
	Lang   lexicon.Lang
	Domain lexicon.Domain
}

// A ReadWord is one token of the text.
type ReadWord struct {
	text.Token
	// Known: a word of an entry, a class or the lists of common words.
	Known bool
	// Owner is the index of the entry that counts for its tone, or -1.
	Owner int
}

// A Found is an entry that stands in the text.
type Found struct {
	Entry      int // index in the lexicon's Entries
	Start, End int // words
	// Counts: it brings its tone, its tags or its rule. Otherwise a longer or
	// weightier entry covers it.
	Counts bool
	// Negated: its tone is turned.
	Negated bool
}

// Read returns what the scorer sees in a text. The hint is as for Score.
func (s *Scorer) Read(message, hint string) Reading {
	m := s.pool.Get().(*scratch)
	defer s.release(m)
	s.read(m, message, hint)
	r := Reading{Lang: m.lang, Words: make([]ReadWord, len(m.toks))}
	for i := range m.toks {
		r.Words[i] = ReadWord{Token: m.toks[i], Owner: -1}
		langs := s.lex.FormLangs(m.words[i].Form)
		r.Words[i].Known = langs&(m.langs|lexicon.LangsOf()) != 0
	}
	if m.langs == 0 {
		return r
	}
	s.pick(m)
	s.judge(m)
	for i := range m.learned {
		x := &m.learned[i]
		for d := range lexicon.TagWords + 1 {
			if entry := x.table.Entry(x.row, d); entry != "" {
				r.Learned = append(r.Learned, LearnedFound{entry, x.table.Lang(), d})
			}
		}
	}
	negated := map[[2]uint32]bool{} // entry and first word of what is turned
	first := uint32(0)
	for _, p := range m.parts {
		switch p.rule {
		case ruleValence:
			first = p.start
		case ruleNegation:
			negated[[2]uint32{p.entry, first}] = true
		}
	}
	hit := map[[2]uint32]bool{}
	for i := range m.hits {
		h := &m.hits[i]
		hit[[2]uint32{h.Entry, h.Start}] = true
		for w := h.Start; w < h.End; w++ {
			if h.Covers(w) {
				r.Words[w].Owner = int(h.Entry)
			}
		}
	}
	r.Found = make([]Found, len(m.matches))
	for i := range m.matches {
		x := &m.matches[i]
		at := [2]uint32{x.Entry, x.Start}
		r.Found[i] = Found{Entry: int(x.Entry), Start: int(x.Start), End: int(x.End), Counts: hit[at] || s.tells(m, x), Negated: negated[at]}
	}
	return r
}

// tells reports whether a match that brings no tone still tells its tags, or that
// the message is a closing.
func (s *Scorer) tells(m *scratch, x *lexicon.Match) bool {
	in := &s.info[x.Entry]
	switch {
	case in.kind == lexicon.Closing:
		return true
	case in.tags == lexicon.Tags{}, in.pos != lexicon.NoPOS:
		return false
	}
	owner := m.ownerInfo(s, x)
	if owner == nil || owner == in {
		return true
	}
	if covering(owner.kind) && m.matches[m.owner[x.Start]-1].Items > x.Items {
		return false
	}
	return in.tags.Signals == 0 || in.kind == lexicon.Signal || in.kind == lexicon.Irony || !in.toned
}
