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

	class  Class  // of its shape and its form
	takers takers // the set of it
	busy   uint32 // the number of its form's bitmap
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

// Ahead loads what Find looks at first, and returns some of it so that it must be loaded.
// Look-ups wait for memory most of their time: loads that do not wait for what another
// one found share that time.
func (c *Compiled) Ahead(exact Hash) uint64 { return c.index.ahead(exact) }

// FormLangs returns the languages in which a form is a word; none for 0.
func (c *Compiled) FormLangs(id uint32) Langs { return Langs(c.forms[id].langs) }

// Match appends to dst every entry of the languages that stands in the words,
// overlapping ones too, in the order of their anchors.
//
// It takes linear time: patterns are bounded in length, and so is the number of
// ways in which one is tried around a word.
func (c *Compiled) Match(dst []Match, words []Word, langs Langs) []Match {
	t := trial{c: c, words: words, langs: langs}
	for lo := 0; lo < len(words); {
		hi := lo + 1
		for hi < len(words) && words[hi].Sentence == words[lo].Sentence {
			hi++
		}
		dst = t.sentence(dst, lo, hi)
		lo = hi
	}
	return dst
}

// sentence appends what stands in the words from lo up to hi.
func (t *trial) sentence(dst []Match, lo, hi int) []Match {
	c, words := t.c, t.words
	var near near
	near.marks[0] = 1 << alwaysMark
	for i := lo; i < hi; i++ {
		w := &words[i]
		f := c.forms[w.Form:][:2]
		w.class, w.busy = w.Class|f[0].classes(t.langs), f[0].busy
		w.takers = takersOf(w.Form, w.class)
		if w.Mark == NoMark {
			w.takers |= anyWord
		}
		near.marks[0] |= uint64(w.class) << classMark
		for _, x := range c.wholes[f[0].wholes:f[1].wholes] {
			if t.langs.Has(x.lang) {
				dst = append(dst, Match{Entry: x.entry, Start: uint32(i), End: uint32(i + 1), mask: 1, Items: 1})
			}
		}
		if w.busy != 0 {
			for k, m := range &c.busyMarks[w.busy-1] {
				near.marks[k] |= m
			}
			continue
		}
		for _, m := range c.marks[f[0].marks:f[1].marks] {
			near.marks[m%numMarks/64] |= 1 << (m % 64)
		}
	}
	near.before = always | edge
	for i := lo; i < hi; i++ {
		w := &words[i]
		near.after = always | edge
		if i+1 < hi {
			near.after = words[i+1].beside()
			if clauseEnds(words, i+1) {
				near.after |= edge
			}
		}
		f := c.forms[w.Form:][:2]
		dst = t.at(dst, i, c.gates[f[0].gates:f[1].gates], &near)
		for rest := w.class; rest != 0; rest &= rest - 1 {
			dst = t.at(dst, i, c.byClass[bits.TrailingZeros16(uint16(rest))], &near)
		}
		near.before = w.beside()
		if i+1 < hi && words[i+1].Clause != w.Clause {
			near.before |= edge
		}
	}
	return dst
}

// beside is what the word is to its neighbours: over an ellipsis patterns run.
func (w *Word) beside() beside {
	if w.Mark == Ellipsis {
		return ^beside(0)
	}
	return w.takers.beside() | always
}

// at appends what stands around word i, of the patterns behind these gates.
func (t *trial) at(dst []Match, i int, gates []gate, near *near) []Match {
	for k := range gates {
		g := &gates[k]
		if !g.opens(near) { // nine of ten
			continue
		}
		if p := &t.c.patterns[g.pattern]; t.langs.Has(p.lang) && t.try(p, i) {
			dst = append(dst, t.match(p))
		}
	}
	return dst
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
	langs Langs

	budget int
	place  [maxItems + 1]int32 // word of each step
}

// maxProbes bounds the words looked at for one pattern around one word.
const maxProbes = 128

// try reports whether the pattern stands with its anchor at word i.
func (t *trial) try(p *pattern, i int) bool {
	k := int(p.anchor)
	steps := t.c.steps[p.steps:][:p.length]
	t.budget = maxProbes
	t.place[k] = int32(i)
	return t.left(steps, k, i) && t.right(steps, k, i) && (p.plain() || t.holds(p))
}

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
			t.place[k-1] = int32(j)
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
			t.place[k+1] = int32(j)
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
	return w.takers&st.takers != 0 && t.takes(st, w)
}

// takes reports whether the step takes a word that is among its takers.
func (t *trial) takes(st *step, w *Word) bool {
	switch {
	case st.sym == 0:
		return true
	case w.class&st.class != 0:
		return true
	case w.busy != 0:
		return t.c.bitmaps[int(w.busy-1)*t.c.mapSize()+int(st.sym/64)]>>(st.sym%64)&1 != 0
	}
	if only := t.c.singles[st.sym]; only[0] != 0 {
		return only.is(w.Form)
	}
	f := t.c.forms[w.Form:][:2]
	return containsSorted(t.c.syms[f[0].syms:f[1].syms], st.sym)
}

func (t *trial) match(p *pattern) Match {
	at := t.place[:p.length]
	first, last := at[0], at[len(at)-1]
	m := Match{Entry: p.entry, Start: uint32(first), End: uint32(last + 1), Items: uint8(len(at))}
	for _, i := range at {
		m.mask |= 1 << (i - first)
	}
	return m
}

// holds checks the edges and the guards of the pattern.
func (t *trial) holds(p *pattern) bool {
	words := t.words
	first, last := int(t.place[0]), int(t.place[p.length-1])
	if p.edges&atStart != 0 && first > 0 && words[first-1].Clause == words[first].Clause {
		return false
	}
	if p.edges&atEnd != 0 {
		at := last + 1
		for at < len(words) && at <= last+int(p.slack) && !clauseEnds(words, at) {
			at++
		}
		if !clauseEnds(words, at) {
			return false
		}
	}
	const reach = 40 // words looked at on each side, so that no clause is too long
	guards := t.c.guards[p.guards:][:p.guarded]
	for g := range guards {
		guard := &guards[g]
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
