package lexicon

import (
	"cmp"
	"math/bits"
	"slices"
)

// The compiler. All patterns of all languages become one automaton: a trie whose
// edges are symbols. A symbol is an item as written (a lemma, a set of
// alternatives), and every word form knows the symbols that it satisfies, so that
// a pattern of lemmas costs one edge an item and not one a form. match.go walks it.

// A Compiled is a lexicon ready for matching.
type Compiled struct {
	Entries []Entry
	Version string

	table table
	forms []form // by number; 0 is the unknown word
	syms  []uint32
	heads []head // nodes that a form leads to from a root
	nodes []node
	edges []edge
	outs  []out
	guard []guard
	roots [numLangs]uint32
}

// A form is what the automaton knows of one spelling.
type form struct {
	symLo, symHi   uint32
	headLo, headHi uint32
	bloom          uint64 // of its symbols
	class          [numLangs]Class
	langs          uint8 // bit of each language in which it is a word
}

type node struct {
	edgeLo, edgeHi   uint32 // words: sorted by symbol
	classLo, classHi uint32 // classes: edges whose sym is a Class
	outLo, outHi     uint32
	any              uint32 // the node behind _, or 0
	gapLo, gapHi     uint32 // edges whose sym is the length of the gap
	bloom            uint64 // of the symbols of its edges
	classes          Class  // of its class edges
	leaf             bool   // nothing leads on
}

type edge struct{ sym, to uint32 }

type head struct {
	node uint32
	lang Lang
}

// An out is one entry that ends in a node.
type out struct {
	entry      uint32
	guardLo    uint32
	guardHi    uint32
	items      uint8
	slack      uint8 // words that may stand between the entry and its edge
	start, end bool  // stands at the edge of a clause
}

// A guard is what must not stand within the clause.
type guard struct {
	sym   uint32
	class Class
}

func bloomBit(sym uint32) uint64 { return 1 << (sym * 0x9E3779B1 >> 26) }

// Compile makes the automaton.
func (s *Set) Compile() *Compiled {
	b := &builder{
		set:     s,
		c:       &Compiled{Entries: s.Entries, Version: s.Version},
		symbols: map[symbolKey]uint32{},
		next:    map[step]uint32{},
		nodes:   []buildNode{{}}, // number 0 is no node
	}
	b.form(0) // number 0 is no word
	for l := range b.c.roots {
		b.c.roots[l] = b.node()
	}
	for _, c := range s.classes {
		for _, w := range c.words {
			b.eachForm(c.lang, w, func(id uint32, folded bool) {
				b.classPairs = append(b.classPairs, classPair{id, c.lang, c.class, folded})
			})
		}
	}
	for i := range s.Entries {
		b.add(uint32(i))
	}
	return b.finish()
}

type symbolKey struct {
	lang Lang
	item string
}

type step struct{ node, sym uint32 }

type pair struct {
	form, sym uint32
	folded    bool
}

type classPair struct {
	form   uint32
	lang   Lang
	class  Class
	folded bool
}

type buildNode struct {
	edges, classes, gaps []edge
	any                  uint32
	outs                 []out
}

type builder struct {
	set        *Set
	c          *Compiled
	symbols    map[symbolKey]uint32
	symLang    []Lang
	next       map[step]uint32
	nodes      []buildNode
	pairs      []pair
	classPairs []classPair
}

func (b *builder) node() uint32 {
	b.nodes = append(b.nodes, buildNode{})
	return uint32(len(b.nodes) - 1)
}

// form returns the number of the spelling with this hash.
func (b *builder) form(h Hash) uint32 {
	if h == 0 {
		b.c.forms = append(b.c.forms, form{})
		return 0
	}
	id, added := b.c.table.intern(h, uint32(len(b.c.forms)))
	if added {
		b.c.forms = append(b.c.forms, form{})
	}
	return id
}

// eachForm calls yield with the number of every form of a word, exact and folded.
func (b *builder) eachForm(l Lang, w alt, yield func(id uint32, folded bool)) {
	both := func(exact, folded Hash) {
		yield(b.form(exact), false)
		if folded != exact {
			yield(b.form(folded), true)
		}
	}
	switch {
	case w.form || l == Any:
		both(HashWord(w.word))
	case l == PL:
		var stem string
		exact, folded := HashSeed, HashSeed
		b.set.forms.each(w.word, func(s, ending string) {
			if s != stem {
				stem = s
				exact, folded = HashWord(s)
			}
			both(hashOn(exact, folded, ending))
		})
	default:
		eachEnglish(w.word, func(f string) { both(HashWord(f)) })
	}
}

func (b *builder) symbol(l Lang, it item) uint32 {
	k := symbolKey{l, it.key}
	sym, ok := b.symbols[k]
	if !ok {
		sym = uint32(len(b.symLang))
		b.symbols[k] = sym
		b.symLang = append(b.symLang, l)
		for _, w := range it.words {
			b.eachForm(l, w, func(id uint32, folded bool) {
				b.pairs = append(b.pairs, pair{id, sym, folded})
			})
		}
	}
	return sym
}

func (b *builder) add(entry uint32) {
	e := &b.set.Entries[entry]
	items, _ := parsePattern(e.Pattern, e.Kind) // Parse checked it
	o := out{entry: entry}
	o.guardLo = uint32(len(b.c.guard))
	body := items[:0:0]
	for _, it := range items {
		switch it.op {
		case opStart:
			o.start = true
		case opEnd:
			o.end = true
		case opGuard:
			b.c.guard = append(b.c.guard, guard{b.symbol(e.Lang, it), it.class})
		default:
			body = append(body, it)
		}
	}
	o.guardHi = uint32(len(b.c.guard))
	if last := body[len(body)-1]; last.op == opGap { // before $
		o.slack = uint8(last.gap)
		body = body[:len(body)-1]
	}
	b.thread(e.Lang, b.c.roots[e.Lang], body, o)
	if e.Kind == Negator && len(body) == 1 {
		for _, w := range body[0].words {
			b.eachForm(e.Lang, w, func(id uint32, folded bool) {
				b.classPairs = append(b.classPairs, classPair{id, e.Lang, ClassNeg, folded})
			})
		}
	}
}

// thread lays the rest of a pattern into the trie, with and without its optional
// items.
func (b *builder) thread(l Lang, at uint32, rest []item, o out) {
	if len(rest) == 0 {
		if o.items > 0 && !slices.Contains(b.nodes[at].outs, o) {
			b.nodes[at].outs = append(b.nodes[at].outs, o)
		}
		return
	}
	it := rest[0]
	if it.optional {
		b.thread(l, at, rest[1:], o)
	}
	const anySymbol, gapSymbol = 1<<32 - 1, 1<<32 - 100
	key := step{at, anySymbol}
	switch it.op {
	case opWord:
		key.sym = b.symbol(l, it)
		o.items++
	case opGap:
		key.sym = gapSymbol + uint32(it.gap)
	}
	to, ok := b.next[key]
	if !ok {
		to = b.node()
		b.next[key] = to
		n := &b.nodes[at]
		switch it.op {
		case opAny:
			n.any = to
		case opGap:
			n.gaps = append(n.gaps, edge{uint32(it.gap), to})
		default:
			if len(it.words) > 0 {
				n.edges = append(n.edges, edge{key.sym, to})
			}
			if it.class != 0 {
				n.classes = append(n.classes, edge{uint32(it.class), to})
			}
		}
	}
	b.thread(l, to, rest[1:], o)
}

// finish lays everything out flat.
func (b *builder) finish() *Compiled {
	c := b.c
	// Exact spellings come first: where a spelling is itself a word of a language,
	// what only folds to it there does not count.
	exact := make([]uint8, len(c.forms))
	folded := make([]uint8, len(c.forms))
	mark := func(form uint32, l Lang, isFolded bool) {
		if isFolded {
			folded[form] |= 1 << l
		} else {
			exact[form] |= 1 << l
		}
	}
	for _, p := range b.pairs {
		mark(p.form, b.symLang[p.sym], p.folded)
	}
	for _, p := range b.classPairs {
		mark(p.form, p.lang, p.folded)
	}
	for i := range c.forms {
		c.forms[i].langs = exact[i]
		if exact[i]&^1 == 0 {
			c.forms[i].langs |= folded[i]
		}
	}
	for _, p := range b.classPairs {
		if !p.folded || exact[p.form]&(1<<p.lang) == 0 {
			c.forms[p.form].class[p.lang] |= p.class
		}
	}

	for i := range b.nodes {
		n := &b.nodes[i]
		slices.SortFunc(n.edges, func(x, y edge) int { return cmp.Compare(x.sym, y.sym) })
		flat := node{any: n.any, leaf: len(n.edges)+len(n.classes)+len(n.gaps) == 0 && n.any == 0}
		for _, e := range n.edges {
			flat.bloom |= bloomBit(e.sym)
		}
		for _, e := range n.classes {
			flat.classes |= Class(e.sym)
		}
		flat.edgeLo, flat.edgeHi = appendEdges(c, n.edges)
		flat.classLo, flat.classHi = appendEdges(c, n.classes)
		flat.gapLo, flat.gapHi = appendEdges(c, n.gaps)
		flat.outLo = uint32(len(c.outs))
		c.outs = append(c.outs, n.outs...)
		flat.outHi = uint32(len(c.outs))
		c.nodes = append(c.nodes, flat)
	}

	root := make([]uint32, len(b.symLang)) // symbol -> the node it leads to from its root
	for sym, l := range b.symLang {
		root[sym] = b.next[step{c.roots[l], uint32(sym)}]
	}
	// Symbols of each form, by counting: lo, then filled, then sorted.
	for _, p := range b.pairs {
		c.forms[p.form].symHi++
	}
	at := uint32(0)
	for i := range c.forms {
		f := &c.forms[i]
		n := f.symHi
		f.symLo, f.symHi = at, at
		at += n
	}
	c.syms = make([]uint32, at)
	for _, p := range b.pairs {
		if p.folded && exact[p.form]&(1<<b.symLang[p.sym]) != 0 {
			continue
		}
		f := &c.forms[p.form]
		c.syms[f.symHi] = p.sym
		f.symHi++
	}
	for i := range c.forms {
		f := &c.forms[i]
		own := c.syms[f.symLo:f.symHi]
		slices.Sort(own)
		own = slices.Compact(own)
		f.symHi = f.symLo + uint32(len(own))
		f.headLo = uint32(len(c.heads))
		for _, sym := range own {
			f.bloom |= bloomBit(sym)
			if n := root[sym]; n != 0 {
				c.heads = append(c.heads, head{n, b.symLang[sym]})
			}
		}
		f.headHi = uint32(len(c.heads))
	}
	return c
}

func appendEdges(c *Compiled, es []edge) (lo, hi uint32) {
	lo = uint32(len(c.edges))
	c.edges = append(c.edges, es...)
	return lo, uint32(len(c.edges))
}

// hashOn returns the hashes of a word that goes on with s.
func hashOn(exact, folded Hash, s string) (Hash, Hash) {
	for _, r := range s {
		l, f := Fold(r)
		exact, folded = exact.AddRune(l), folded.AddRune(f)
	}
	return exact, folded
}

// A table maps hashes to numbers by open addressing.
type table struct {
	keys  []Hash
	vals  []uint32
	count int
	shift uint
}

func (t *table) slot(h Hash) int { return int(uint64(h) * 0x9E3779B97F4A7C15 >> t.shift) }

// find returns the number of a hash, or 0.
func (t *table) find(h Hash) uint32 {
	for i := t.slot(h); ; i = (i + 1) & (len(t.keys) - 1) {
		switch t.keys[i] {
		case h:
			return t.vals[i]
		case 0:
			return 0
		}
	}
}

func (t *table) intern(h Hash, val uint32) (got uint32, added bool) {
	if t.count*2 >= len(t.keys) {
		t.grow()
	}
	for i := t.slot(h); ; i = (i + 1) & (len(t.keys) - 1) {
		switch t.keys[i] {
		case h:
			return t.vals[i], false
		case 0:
			t.keys[i], t.vals[i] = h, val
			t.count++
			return val, true
		}
	}
}

func (t *table) grow() {
	old := *t
	n := max(1<<16, 2*len(old.keys))
	*t = table{keys: make([]Hash, n), vals: make([]uint32, n), shift: uint(64 - bits.TrailingZeros(uint(n)))}
	for i, h := range old.keys {
		if h != 0 {
			t.intern(h, old.vals[i])
		}
	}
}
