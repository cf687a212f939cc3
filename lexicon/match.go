package lexicon

import "math/bits"

// Matching: over the words of one message, once. At each word the patterns that are
// anchored there are tried to its left and to its right.

// A Word is one token of a message as the matcher reads it.
type Word struct {
	Form  uint32 // from Find; 0 where unknown
	Class Class  // the classes that its shape gives it: number, name, date
	// Mark is set for a run of punctuation.
	Mark MarkKind
	// Sentence and Clause number the sentence and the clause it stands in; both
	// only ever grow along a message, Clause also from one sentence to the next.
	Sentence, Clause uint32

	bloom uint64 // of its form, with bit always; full beside which nothing can be told
	class Class  // of its shape and its form
}

// A MarkKind tells punctuation from words.
type MarkKind uint8

// The kinds of marks. Patterns run over an ellipsis.
const (
	NoMark MarkKind = iota
	EndMark
	Ellipsis
)

// A Match is one entry that stands in a message, from word Start up to End.
type Match struct {
	Entry      uint32
	Start, End uint32
	// mask has a bit for each of the first 64 words from Start that is part of the
	// match, and does not only stand between its parts.
	mask uint64
	// Items is how many words are part of the match.
	Items uint8
}

// Covers reports whether the word with this index is part of the match.
func (m *Match) Covers(i uint32) bool {
	return m.Start <= i && i < m.End && m.mask>>(i-m.Start)&1 != 0
}

// Langs is a set of languages, one bit each.
type Langs uint8

// Has reports whether l is in the set.
func (ls Langs) Has(l Lang) bool { return ls&(1<<l) != 0 }

// LangsOf makes a set. Any is always in it.
func LangsOf(ls ...Lang) Langs {
	set := Langs(1)
	for _, l := range ls {
		set |= 1 << l
	}
	return set
}

// Find returns the number of the form with these hashes: the exact one, else the
// folded one, else 0.
func (c *Compiled) Find(exact, folded Hash) uint32 {
	id := c.index.find(exact)
	if id == 0 && folded != exact {
		id = c.index.find(folded)
	}
	return id
}

// FormLangs returns the languages in which a form is a word; none for 0.
func (c *Compiled) FormLangs(id uint32) Langs { return Langs(c.forms[id].langs) }

// Match appends to dst every entry of the languages that stands in the words,
// overlapping ones too, in the order of their anchors.
//
// It takes linear time: patterns are bounded in length, and so is the number of
// ways in which one is tried around a word.
func (c *Compiled) Match(dst []Match, words []Word, langs Langs) []Match {
	t := trial{c: c, words: words}
	for i := range words {
		w := &words[i]
		f := &c.forms[w.Form]
		w.bloom, w.class = f.bloom|1<<always, w.Class|f.classes(langs)
		if w.Mark == Ellipsis {
			w.bloom = ^uint64(0) // patterns run over it
		}
	}
	before := uint64(1 << always)
	for i := range words {
		w := &words[i]
		after := uint64(1 << always)
		if i+1 < len(words) {
			after = words[i+1].bloom
		}
		f := &c.forms[w.Form]
		anchors := c.anchors[f.anchorLo:f.anchorHi]
		for k, beside := range c.beside[f.anchorLo:f.anchorHi] {
			// Nine patterns of ten end here, for four bytes each.
			if before>>(beside.before&63)&(after>>(beside.after&63))&(uint64(langs)>>beside.lang)&1 == 0 {
				continue
			}
			a := &anchors[k]
			switch {
			case a.alone():
				dst = append(dst, Match{Entry: a.entry, Start: uint32(i), End: uint32(i + 1), mask: 1, Items: 1})
			case a.side != 0 && !worth(a, words, i):
			case t.try(a, i):
				dst = append(dst, t.match(a))
			}
		}
		before = w.bloom
		for rest := w.class; rest != 0; rest &= rest - 1 {
			anchors := c.byClass[bits.TrailingZeros16(uint16(rest))]
			for k := range anchors {
				if a := &anchors[k]; langs.Has(a.lang) && (a.side == 0 || worth(a, words, i)) && t.try(a, i) {
					dst = append(dst, t.match(a))
				}
			}
		}
	}
	return dst
}

// worth reports whether the neighbour may be there, which it mostly is not. An
// ellipsis moves the neighbours, so beside one every pattern is worth a try.
func worth(a *anchor, words []Word, i int) bool {
	lo, hi := i+int(a.near), i+int(a.far)
	if a.side < 0 {
		lo, hi = i-int(a.far), i-int(a.near)
	}
	single := a.only[0] != 0
	for j := max(lo, 0); j <= hi && j < len(words); j++ {
		w := &words[j]
		switch {
		case w.Mark == Ellipsis, w.class&a.class != 0:
			return true
		case single:
			if a.only.is(w.Form) {
				return true
			}
		case w.bloom>>a.bit&1 != 0:
			return true
		}
	}
	return false
}

func (f *form) classes(langs Langs) Class {
	class := f.class[Any]
	if langs.Has(PL) {
		class |= f.class[PL]
	}
	if langs.Has(EN) {
		class |= f.class[EN]
	}
	return class
}

// A trial is one pattern tried around one word.
type trial struct {
	c     *Compiled
	words []Word

	budget int
	at     [maxItems + 1]int32 // word of each step
}

// maxProbes bounds the words looked at for one pattern around one word.
const maxProbes = 128

// try reports whether the pattern stands with its anchor at word i.
func (t *trial) try(a *anchor, i int) bool {
	if a.length == 1 {
		t.at[0] = int32(i)
	} else {
		steps := t.c.steps[a.steps:][:a.length]
		t.budget = maxProbes
		t.at[a.step] = int32(i)
		if !t.left(steps, int(a.step), i) || !t.right(steps, int(a.step), i) {
			return false
		}
	}
	return a.plain || t.holds(&t.c.patterns[a.pattern])
}

func (p *pattern) plain() bool { return !p.start && !p.end && p.guardLo == p.guardHi }

// left places the steps before k, which stands at word i.
func (t *trial) left(steps []step, k, i int) bool {
	sentence := t.words[i].Sentence
next:
	for k > 0 {
		st := &steps[k-1]
		reach := &steps[k] // the gap stands before the step that follows it
		from := i - 1 - int(reach.skip)
		for j := from; j >= from-int(reach.gap) && j >= 0 && t.words[j].Sentence == sentence; j-- {
			fits := t.satisfies(j, st)
			if !fits && t.words[j].Mark == Ellipsis {
				from-- // an ellipsis takes no room
				continue
			}
			if t.budget--; t.budget < 0 {
				return false
			}
			if !fits {
				continue
			}
			t.at[k-1] = int32(j)
			if reach.gap == 0 { // no other place
				k, i = k-1, j
				continue next
			}
			if t.left(steps, k-1, j) {
				return true
			}
		}
		return false
	}
	return true
}

// right places the steps behind k; the last one placed stands at word i.
func (t *trial) right(steps []step, k, i int) bool {
	sentence := t.words[i].Sentence
next:
	for k < len(steps)-1 {
		st := &steps[k+1]
		from := i + 1 + int(st.skip)
		for j := from; j <= from+int(st.gap) && j < len(t.words) && t.words[j].Sentence == sentence; j++ {
			fits := t.satisfies(j, st)
			if !fits && t.words[j].Mark == Ellipsis {
				from++
				continue
			}
			if t.budget--; t.budget < 0 {
				return false
			}
			if !fits {
				continue
			}
			t.at[k+1] = int32(j)
			if st.gap == 0 {
				k, i = k+1, j
				continue next
			}
			if t.right(steps, k+1, j) {
				return true
			}
		}
		return false
	}
	return true
}

// satisfies reports whether word j is what the step asks for.
func (t *trial) satisfies(j int, st *step) bool {
	w := &t.words[j]
	if st.sym == 0 {
		return w.Mark == NoMark
	}
	if w.class&st.class != 0 {
		return true
	}
	if st.only[0] != 0 {
		return st.only.is(w.Form)
	}
	if w.bloom&bloomBit(st.sym) == 0 {
		return false
	}
	f := &t.c.forms[w.Form]
	return containsSorted(t.c.syms[f.symLo:f.symHi], st.sym)
}

func (t *trial) match(a *anchor) Match {
	at := t.at[:a.length]
	first, last := at[0], at[len(at)-1]
	m := Match{Entry: a.entry, Start: uint32(first), End: uint32(last + 1), Items: uint8(len(at))}
	for _, i := range at {
		m.mask |= 1 << (i - first)
	}
	return m
}

// holds checks the edges and the guards of the pattern.
func (t *trial) holds(p *pattern) bool {
	words := t.words
	first, last := int(t.at[0]), int(t.at[p.stepHi-p.stepLo-1])
	if p.start && first > 0 && words[first-1].Clause == words[first].Clause {
		return false
	}
	if p.end {
		at := last + 1
		for at < len(words) && at <= last+int(p.slack) && !clauseEnds(words, at) {
			at++
		}
		if !clauseEnds(words, at) {
			return false
		}
	}
	const reach = 40 // words looked at on each side, so that no clause is too long
	for g := p.guardLo; g < p.guardHi; g++ {
		guard := &t.c.guards[g]
		for i := first - 1; i >= 0 && first-i <= reach && words[i].Clause == words[first].Clause; i-- {
			if t.satisfies(i, guard) {
				return false
			}
		}
		for i := first; i < len(words) && i <= last+reach && words[i].Clause <= words[last].Clause; i++ {
			if t.satisfies(i, guard) {
				return false
			}
		}
	}
	return true
}

// clauseEnds reports whether a clause ends before word i.
func clauseEnds(words []Word, i int) bool {
	return i >= len(words) || words[i].Clause != words[i-1].Clause || words[i].Mark != NoMark
}

func containsSorted(list []uint32, v uint32) bool {
	lo, hi := 0, len(list)
	for lo < hi {
		mid := (lo + hi) / 2
		switch {
		case list[mid] == v:
			return true
		case list[mid] < v:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return false
}
