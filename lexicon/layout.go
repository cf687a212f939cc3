package lexicon

import (
	"math/bits"
	"slices"
	"sync"
)

// Laying out: from what builders took up to the flat tables that matching walks. What is
// looked at together stands together.

// gate asks for the rarest of the other steps of a pattern; words that are in every
// sentence need no mark.
func (b *builder) gate(a *anchor) (g gate) {
	p := &b.patterns[a.pattern]
	var rarest [len(g.marks)]*symbol
	for i, st := range b.steps[p.steps:][:p.length] {
		s := &b.symbols[st.sym]
		if i == int(a.step) || st.sym == 0 || s.cost >= common {
			continue
		}
		mark := markOf(st.sym)
		switch {
		case st.class == 0:
		case s.class == st.class && bits.OnesCount16(uint16(st.class)) == 1:
			mark = classMark + uint16(bits.TrailingZeros16(uint16(st.class)))
		default:
			continue // no mark tells of words and classes together
		}
		for place := 0; place < len(rarest) && s != nil; place++ {
			if rarest[place] == nil || s.cost < rarest[place].cost {
				rarest[place], s = s, rarest[place]
				g.marks[place], mark = mark, g.marks[place]
			}
		}
	}
	for _, s := range rarest {
		if s != nil {
			s.marked = true
		}
	}
	return g
}

// beside makes a gate ask for what must stand right before and behind its word.
func (c *Compiled) beside(g *gate) {
	p := &c.patterns[g.pattern]
	steps := c.steps[p.steps:][:p.length]
	told := func(neighbour, between *step) beside {
		if neighbour.sym == 0 || between.gap > 0 || between.skip > 0 {
			return always
		}
		return neighbour.takers.beside()
	}
	g.before, g.after = always, always
	switch k := p.anchor; {
	case k > 0:
		g.before = told(&steps[k-1], &steps[k])
	case p.edges&atStart != 0:
		g.before = edge
	}
	switch k := p.anchor; {
	case k+1 < p.length:
		g.after = told(&steps[k+1], &steps[k+1])
	case p.edges&atEnd != 0 && p.slack == 0:
		g.after = edge
	}
}

// gates makes the gates of each symbol: those of symbol k stand from from[k] up to
// from[k+1]. Patterns stand in the order of their gates, since those of one word are
// tried together.
func (b *builder) gates(c *Compiled) (gates []gate, from []uint32) {
	from = make([]uint32, len(b.symbols)+1)
	for i := range b.anchors {
		from[b.anchors[i].sym+1]++
	}
	for i := 1; i < len(from); i++ {
		from[i] += from[i-1]
	}
	gates, next := make([]gate, len(b.anchors)), slices.Clone(from)
	order := make([]*anchor, len(b.anchors))
	for i := range b.anchors {
		a := &b.anchors[i]
		at := next[a.sym]
		next[a.sym]++
		g := b.gate(a)
		g.pattern = at
		gates[at], order[at] = g, a
		class := b.steps[b.patterns[a.pattern].steps+uint32(a.step)].class
		for k := range numClasses {
			if class&(1<<k) != 0 {
				c.byClass[k] = append(c.byClass[k], g)
			}
		}
	}
	c.patterns, c.steps = make([]pattern, len(order)), make([]step, 0, len(b.steps))
	for at, a := range order {
		p := b.patterns[a.pattern]
		own := b.steps[p.steps:][:p.length]
		p.steps, p.anchor, p.lang = uint32(len(c.steps)), a.step, b.set.Entries[p.entry].Lang
		c.patterns[at], c.steps = p, append(c.steps, own...)
	}
	return gates, from
}

// layOut makes the flat tables that matching walks.
func (b *builder) layOut(c *Compiled) {
	var gating sync.WaitGroup
	var (
		bySymbol []gate
		from     []uint32
	)
	gating.Go(func() { bySymbol, from = b.gates(c) })
	g := newGrouping(b)
	c.singles = g.singles()
	c.index = g.index(g.form)
	gating.Wait()
	c.guards = b.guards
	c.noteTakers(g)
	for _, list := range append(c.byClass[:], bySymbol) {
		for i := range list {
			c.beside(&list[i])
		}
	}
	c.forms = append(g.forms, form{})
	c.syms = make([]uint32, 0, len(g.syms))
	c.gates = make([]gate, 0, 2*len(bySymbol))
	c.marks = make([]uint16, 0, len(g.syms)/2)
	for i := range c.forms {
		f := &c.forms[i]
		f.syms, f.marks, f.gates, f.wholes = uint32(len(c.syms)), uint32(len(c.marks)), uint32(len(c.gates)), uint32(len(c.wholes))
		for _, sym := range g.of(i) {
			if c.singles[sym] == (single{}) {
				c.syms = append(c.syms, sym)
			}
			if b.symbols[sym].marked {
				c.marks = append(c.marks, markOf(sym))
			}
			for _, gt := range bySymbol[from[sym]:from[sym+1]] {
				if p := &c.patterns[gt.pattern]; p.length == 1 && p.plain() {
					c.wholes = append(c.wholes, whole{p.entry, p.lang})
				} else {
					c.gates = append(c.gates, gt)
				}
			}
		}
	}
	c.mapBusy()
}

// noteTakers notes of all steps what satisfies them.
func (c *Compiled) noteTakers(g *grouping) {
	bySymbol := make([]takers, len(c.singles))
	bySymbol[0] = anyWord
	for i := range g.forms {
		for _, sym := range g.of(i) {
			bySymbol[sym] |= takersOf(uint32(i), 0)
		}
	}
	for _, list := range [][]step{c.steps, c.guards} {
		for i := range list {
			list[i].takers = bySymbol[list[i].sym] | takers(list[i].class)<<classTakers
		}
	}
}

// manySymbols is how many symbols a form satisfies that gets a bitmap: where a search
// takes longer than its look-up.
const manySymbols = 48

// mapBusy makes the bitmaps.
func (c *Compiled) mapBusy() {
	set := func(form, sym uint32) {
		if k := c.forms[form].busy; k != 0 {
			c.bitmaps[int(k-1)*c.mapSize()+int(sym/64)] |= 1 << (sym % 64)
		}
	}
	n := uint32(0)
	for i := range c.forms[:len(c.forms)-1] {
		if c.forms[i+1].syms-c.forms[i].syms >= manySymbols {
			n++
			c.forms[i].busy = n
		}
	}
	c.bitmaps = make([]uint64, int(n)*c.mapSize())
	c.busyMarks = make([][numMarks / 64]uint64, n)
	for i := range c.forms[:len(c.forms)-1] {
		if k := c.forms[i].busy; k != 0 {
			for _, m := range c.marks[c.forms[i].marks:c.forms[i+1].marks] {
				c.busyMarks[k-1][m%numMarks/64] |= 1 << (m % 64)
			}
		}
		for _, sym := range c.syms[c.forms[i].syms:c.forms[i+1].syms] {
			set(uint32(i), sym)
		}
	}
	for sym, only := range c.singles {
		for _, form := range only {
			if form != 0 {
				set(form, uint32(sym))
			}
		}
	}
}

// mapSize is the length of a bitmap.
func (c *Compiled) mapSize() int { return (len(c.singles) + 63) / 64 }
