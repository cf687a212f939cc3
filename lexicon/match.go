package lexicon

// The walk of the automaton over the words of one message.

// A Word is one token of a message as the automaton reads it.
type Word struct {
	Form  uint32 // from Find; 0 where unknown
	Class Class  // the classes that its shape gives it: number, name, date
	// Mark is set for a run of punctuation.
	Mark MarkKind
	// Sentence and Clause number the sentence and the clause it stands in; both
	// only ever grow along a message, Clause also from one sentence to the next.
	Sentence, Clause uint32
}

// A MarkKind tells punctuation from words.
type MarkKind uint8

// The kinds of marks. Patterns run over an ellipsis.
const (
	NoMark MarkKind = iota
	EndMark
	Ellipsis
)

// A Match is one entry that stands in a message: words Start to End, without
// those from GapLo to GapHi, which only stand between.
type Match struct {
	Entry        uint32
	Start, End   uint32
	GapLo, GapHi uint32
	// Items is how many words of the pattern were matched.
	Items uint8
}

// Covers reports whether the word with this index is part of the match.
func (m *Match) Covers(i uint32) bool {
	return m.Start <= i && i < m.End && (i < m.GapLo || i >= m.GapHi)
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

// A Matcher holds the memory of a walk, to be used again. Not for two goroutines
// at once.
type Matcher struct {
	now, next []state
	out       []Match
}

// A state is a pattern matched halfway.
type state struct {
	node         uint32
	start        uint32
	gapLo, gapHi uint32
	wait         uint8 // how many more tokens the gap may take
}

// Find returns the number of the form with these hashes: the exact one, else the
// folded one, else 0.
func (c *Compiled) Find(exact, folded Hash) uint32 {
	id := c.table.find(exact)
	if id == 0 && folded != exact {
		id = c.table.find(folded)
	}
	return id
}

// FormLangs returns the languages in which a form is a word; none for 0.
func (c *Compiled) FormLangs(id uint32) Langs { return Langs(c.forms[id].langs) }

// Match returns every entry of the languages that stands in the words, overlapping
// ones too, by their ends. The slice is the matcher's and holds until its next use.
//
// It takes linear time: a pattern is bounded in length, so at each word only so
// many can be half matched.
func (c *Compiled) Match(m *Matcher, words []Word, langs Langs) []Match {
	m.now, m.out = m.now[:0], m.out[:0]
	for i := range words {
		w := &words[i]
		if i > 0 && w.Sentence != words[i-1].Sentence {
			m.now = m.now[:0]
		}
		f := &c.forms[w.Form]
		class := w.Class | f.classes(langs)
		m.next = m.next[:0]
		for j := range m.now {
			c.step(m, &m.now[j], f, class, words, uint32(i))
		}
		if w.Mark == Ellipsis {
			m.next = append(m.next, m.now...)
		}
		for _, h := range c.heads[f.headLo:f.headHi] {
			if langs.Has(h.lang) {
				c.enter(m, h.node, state{start: uint32(i)}, words, uint32(i))
			}
		}
		if class != 0 {
			for l, root := range c.roots {
				if r := &c.nodes[root]; langs.Has(Lang(l)) && r.classes&class != 0 {
					c.stepClass(m, r, state{start: uint32(i)}, class, words, uint32(i))
				}
			}
		}
		m.now, m.next = m.next, m.now
	}
	return m.out
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

// step moves one half-matched pattern over a word.
func (c *Compiled) step(m *Matcher, s *state, f *form, class Class, words []Word, i uint32) {
	n := &c.nodes[s.node]
	if n.bloom&f.bloom != 0 {
		c.stepForm(m, n, *s, f, words, i)
	}
	if n.classes&class != 0 {
		c.stepClass(m, n, *s, class, words, i)
	}
	if n.any != 0 && words[i].Mark == NoMark {
		c.enter(m, n.any, *s, words, i)
	}
	if s.wait > 0 {
		t := *s
		t.wait--
		t.gapHi = i + 1
		m.next = append(m.next, t)
	}
}

func (c *Compiled) stepForm(m *Matcher, n *node, s state, f *form, words []Word, i uint32) {
	// Both lists are sorted. The longer one is searched for each of the shorter.
	edges, syms := c.edges[n.edgeLo:n.edgeHi], c.syms[f.symLo:f.symHi]
	if len(edges) <= len(syms) {
		for _, e := range edges {
			if containsSorted(syms, e.sym) {
				c.enter(m, e.to, s, words, i)
			}
		}
		return
	}
	for _, sym := range syms {
		if to := findEdge(edges, sym); to != 0 {
			c.enter(m, to, s, words, i)
		}
	}
}

func (c *Compiled) stepClass(m *Matcher, n *node, s state, class Class, words []Word, i uint32) {
	for _, e := range c.edges[n.classLo:n.classHi] {
		if Class(e.sym)&class != 0 {
			c.enter(m, e.to, s, words, i)
		}
	}
}

// enter arrives at a node having read word i: emits what ends there and keeps
// what goes on.
func (c *Compiled) enter(m *Matcher, to uint32, s state, words []Word, i uint32) {
	n := &c.nodes[to]
	for j := n.outLo; j < n.outHi; j++ {
		if o := &c.outs[j]; c.holds(o, s.start, i+1, words) {
			m.out = append(m.out, Match{Entry: o.entry, Start: s.start, End: i + 1, GapLo: s.gapLo, GapHi: s.gapHi, Items: o.items})
		}
	}
	if n.leaf {
		return
	}
	s.node, s.wait = to, 0
	if n.edgeLo < n.edgeHi || n.classLo < n.classHi || n.any != 0 {
		m.next = append(m.next, s)
	}
	for _, e := range c.edges[n.gapLo:n.gapHi] {
		g := s
		g.node, g.wait = e.to, uint8(e.sym)
		g.gapLo, g.gapHi = i+1, i+1
		m.next = append(m.next, g)
	}
}

// holds checks the edges and the guards of an entry.
func (c *Compiled) holds(o *out, start, end uint32, words []Word) bool {
	if o.start && start > 0 && words[start-1].Clause == words[start].Clause {
		return false
	}
	if o.end {
		at := int(end)
		for at < len(words) && at < int(end)+int(o.slack) && !clauseEnds(words, at) {
			at++
		}
		if !clauseEnds(words, at) {
			return false
		}
	}
	const reach = 40 // words looked at on each side, so that no clause is too long
	for g := o.guardLo; g < o.guardHi; g++ {
		for i := int(start) - 1; i >= 0 && int(start)-i <= reach && words[i].Clause == words[start].Clause; i-- {
			if c.satisfies(&words[i], &c.guard[g], o.entry) {
				return false
			}
		}
		for i := int(start); i < len(words) && i < int(end)+reach && words[i].Clause <= words[end-1].Clause; i++ {
			if c.satisfies(&words[i], &c.guard[g], o.entry) {
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

func (c *Compiled) satisfies(w *Word, g *guard, entry uint32) bool {
	f := &c.forms[w.Form]
	return (w.Class|f.class[c.Entries[entry].Lang])&g.class != 0 || f.bloom&bloomBit(g.sym) != 0 && containsSorted(c.syms[f.symLo:f.symHi], g.sym)
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

func findEdge(list []edge, sym uint32) uint32 {
	lo, hi := 0, len(list)
	for lo < hi {
		mid := (lo + hi) / 2
		switch {
		case list[mid].sym == sym:
			return list[mid].to
		case list[mid].sym < sym:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0
}
