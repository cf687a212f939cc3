package lexicon

import (
	"math/bits"
	"slices"
)

// The compiler. Every item of a pattern becomes a symbol (a lemma, a form, a set of
// alternatives), and every spelling knows the symbols that it satisfies, so that
// lemmas cost nothing at run time. All patterns of all languages stand in one
// index, each under its rarest item, its anchor: "nie polecać" is thought of where
// someone writes "polecam", and not at every "nie". match.go walks it.

// A Compiled is a lexicon ready for matching.
type Compiled struct {
	Entries []Entry
	Version string

	index    index
	forms    []form // by number; 0 is the unknown word
	syms     []uint32
	anchors  []anchor
	patterns []pattern
	steps    []step
	guards   []step
	// byClass are the anchors of patterns that have nothing rarer than a class.
	byClass [numClasses][]anchor
}

// A form is what is known of one spelling.
type form struct {
	symLo, symHi       uint32
	anchorLo, anchorHi uint32
	bloom              uint64 // of its symbols
	class              [numLangs]Class
	langs              uint8 // bit of each language in which it is a word
}

// An anchor says that a pattern may stand around a word: the step that the word
// satisfies, and where to look first whether it is worth a try.
type anchor struct {
	pattern uint32
	step    uint8
	lang    Lang
	side    int8  // of the neighbour: -1, 1, or 0 for none that tells
	near    uint8 // how far the neighbour is at least
	far     uint8 // and at most
	bit     uint8 // of the neighbour's symbol in the bloom of its word
	class   Class // of the neighbour
	// only are the forms of a neighbour that is one spelling, instead of the bit.
	only  only
	alone bool // the pattern is this one word: no try is needed
}

// A pattern is an entry as steps.
type pattern struct {
	entry            uint32
	stepLo, stepHi   uint32
	guardLo, guardHi uint32
	start, end       bool  // stands at the edge of a clause
	slack            uint8 // words that may stand between the pattern and its end edge
}

// only are the one or two forms that an item of one spelling has: as written, and
// folded. Words like =nie stand in hundreds of patterns; told by themselves, they
// need no symbol for each.
type only [2]uint32

func (o only) is(form uint32) bool { return form != 0 && (form == o[0] || form == o[1]) }

// A step is one item that a word must satisfy.
type step struct {
	sym   uint32
	only  only
	class Class
	gap   uint8 // words that may stand between the last step and this one
	skip  uint8 // words that must: _
}

// bloomIndex is the bit of a symbol among the 64 of a bloom.
func bloomIndex(sym uint32) uint8 { return uint8(sym * 0x9E3779B1 >> 26) }

func bloomBit(sym uint32) uint64 { return 1 << bloomIndex(sym) }

// Compile makes the index.
func (s *Set) Compile() *Compiled {
	b := &builder{set: s, c: &Compiled{Entries: s.Entries, Version: s.Version}, symbols: map[symbolKey]uint32{}, lines: map[alt]bool{}, words: map[wordKey][]spelling{}}
	const manyForms, manyPairs = 1 << 18, 1 << 19
	b.c.forms = append(make([]form, 0, manyForms), form{}) // number 0 is no word
	b.pairs = make([]pair, 0, manyPairs)
	b.symbolCost = append(b.symbolCost, 0)
	b.symbolLang = append(b.symbolLang, Any)
	b.symbolOnly = append(b.symbolOnly, only{})
	for _, c := range s.classes {
		for _, w := range c.words {
			if c.class == 0 {
				b.lines[w] = true
			}
			for _, f := range b.spellings(c.lang, w) {
				b.classes = append(b.classes, classPair{f.form, c.lang, c.class, f.how})
			}
		}
	}
	for i := range s.Entries {
		b.add(uint32(i))
	}
	// The entries as read, patterns and all, stay with the set.
	b.c.Entries = slices.Clone(s.Entries)
	for i := range b.c.Entries {
		b.c.Entries[i].items = nil
	}
	c := b.finish()
	c.forms = slices.Clone(c.forms)
	c.index = newIndex(&b.table)
	return c
}

type symbolKey struct {
	lang Lang
	item string
}

// A match of a spelling with a word is firm, or typed: a spelling of Polish without
// diacritics that an entry lists by itself (=dzieki), or folded. Where a spelling
// is firmly a word of a language, what only folds to it does not count; one that is
// typed so shuts nothing out, or each such entry would blind all others.
type match uint8

const (
	firm match = iota
	typed
	folded
)

// A pair says that a form satisfies a symbol.
type pair struct {
	form, sym uint32
	how       match
}

type classPair struct {
	form  uint32
	lang  Lang
	class Class
	how   match
}

type builder struct {
	set        *Set
	c          *Compiled
	table      table
	symbols    map[symbolKey]uint32
	symbolLang []Lang
	symbolCost []int
	symbolOnly []only
	bySymbol   [][]anchor
	lines      map[alt]bool // the words that every other line has
	words      map[wordKey][]spelling
	spelled    []spelling // what words has slices of
	pairs      []pair
	classes    []classPair
}

// form returns the number of the spelling with this hash.
func (b *builder) form(h Hash) uint32 {
	id, added := b.table.intern(h, uint32(len(b.c.forms)))
	if added {
		b.c.forms = append(b.c.forms, form{})
	}
	return id
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// A spelling is a form of a word, as written or folded.
type spelling struct {
	form uint32
	how  match
}

type wordKey struct {
	lang Lang
	word alt
}

// spellings returns every form of a word, exact and folded.
func (b *builder) spellings(l Lang, w alt) []spelling {
	k := wordKey{l, w}
	if list, ok := b.words[k]; ok {
		return list
	}
	from := len(b.spelled)
	add := func(h Hash, how match) { b.spelled = append(b.spelled, spelling{b.form(h), how}) }
	both := func(exact, fold Hash) {
		add(exact, firm)
		if fold != exact {
			add(fold, folded)
		}
	}
	switch {
	case w.form && l == PL && isASCII(w.word):
		h, _ := HashWord(w.word)
		add(h, typed)
	case w.form || l == Any:
		both(HashWord(w.word))
	case l == PL:
		var stem string
		exact, fold := HashSeed, HashSeed
		b.set.forms.each(w.word, func(s, ending string) {
			if s != stem {
				stem = s
				exact, fold = HashWord(s)
			}
			both(hashOn(exact, fold, ending))
		})
	default:
		eachEnglish(w.word, func(f string) { both(HashWord(f)) })
	}
	list := b.spelled[from:len(b.spelled):len(b.spelled)]
	b.words[k] = list
	return list
}

// How often a word is met, roughly: the anchor is the item with the least.
const (
	costWord  = 1
	costLemma = 2
	costLine  = 80 // a word that every other line has
)

var costClass = [numClasses]int{60, 20, 30, 30, 90, 40, 200}

func (b *builder) symbol(l Lang, it item) uint32 {
	k := symbolKey{l, it.key}
	sym, ok := b.symbols[k]
	if ok {
		return sym
	}
	sym = uint32(len(b.symbolLang))
	b.symbols[k] = sym
	cost := 0
	for _, w := range it.words {
		switch {
		case b.lines[alt{w.word, true}]:
			cost += costLine
		case w.form:
			cost += costWord
		default:
			cost += costLemma
		}
		for _, f := range b.spellings(l, w) {
			b.pairs = append(b.pairs, pair{f.form, sym, f.how})
		}
	}
	for k := range numClasses {
		if it.class&(1<<k) != 0 {
			cost += costClass[k]
		}
	}
	b.symbolLang = append(b.symbolLang, l)
	b.symbolCost = append(b.symbolCost, cost)
	var one only
	if len(it.words) == 1 && it.words[0].form {
		for i, f := range b.spellings(l, it.words[0]) {
			one[i] = f.form
		}
	}
	b.symbolOnly = append(b.symbolOnly, one)
	return sym
}

func (b *builder) add(entry uint32) {
	e := &b.set.Entries[entry]
	b.variant(entry, nil, e.items)
	if e.Kind == Negator && len(e.items) == 1 {
		for _, w := range e.items[0].words {
			for _, f := range b.spellings(e.Lang, w) {
				b.classes = append(b.classes, classPair{f.form, e.Lang, ClassNeg, f.how})
			}
		}
	}
}

// variant adds the pattern of an entry with and without each of its optional items.
func (b *builder) variant(entry uint32, done, rest []item) {
	for i, it := range rest {
		if it.optional {
			b.variant(entry, append(done[:len(done):len(done)], rest[:i]...), rest[i+1:])
			it.optional = false
			b.variant(entry, append(append(done[:len(done):len(done)], rest[:i]...), it), rest[i+1:])
			return
		}
	}
	b.pattern(entry, append(done[:len(done):len(done)], rest...))
}

func (b *builder) pattern(entry uint32, items []item) {
	l := b.set.Entries[entry].Lang
	p := pattern{entry: entry, stepLo: uint32(len(b.c.steps)), guardLo: uint32(len(b.c.guards))}
	var gap, skip uint8
	for _, it := range items {
		switch it.op {
		case opStart:
			p.start = true
		case opEnd:
			p.end = true
			p.slack, gap = gap, 0
		case opGap:
			gap += uint8(it.gap)
		case opAny:
			skip++
		case opGuard:
			b.c.guards = append(b.c.guards, step{sym: b.symbol(l, it), class: it.class})
		case opWord:
			b.c.steps = append(b.c.steps, step{sym: b.symbol(l, it), class: it.class, gap: gap, skip: skip})
			gap, skip = 0, 0
		}
	}
	if skip > 0 { // _ at the end: any word at all
		b.c.steps = append(b.c.steps, step{gap: gap, skip: skip - 1})
	}
	p.stepHi, p.guardHi = uint32(len(b.c.steps)), uint32(len(b.c.guards))
	b.anchor(l, p)
}

// anchor puts a pattern into the index under its rarest step.
func (b *builder) anchor(l Lang, p pattern) {
	steps := b.c.steps[p.stepLo:p.stepHi]
	best, cost := -1, 0
	for i, st := range steps {
		if c := b.symbolCost[st.sym]; st.sym != 0 && (best < 0 || c < cost) {
			best, cost = i, c
		}
	}
	b.c.patterns = append(b.c.patterns, p)
	a := anchor{pattern: uint32(len(b.c.patterns) - 1), step: uint8(best), lang: l, alone: len(steps) == 1 && p.plain()}
	st := steps[best]
	for int(st.sym) >= len(b.bySymbol) {
		b.bySymbol = append(b.bySymbol, nil)
	}
	b.bySymbol[st.sym] = append(b.bySymbol[st.sym], a)
	for k := range numClasses {
		if st.class&(1<<k) != 0 {
			b.c.byClass[k] = append(b.c.byClass[k], a)
		}
	}
}

// look says where to look before a pattern is tried: at the rarer neighbour.
func (b *builder) look(a anchor) anchor {
	p := &b.c.patterns[a.pattern]
	steps := b.c.steps[p.stepLo:p.stepHi]
	least := 0
	for _, side := range []int{-1, 1} {
		k := int(a.step) + side
		if k < 0 || k >= len(steps) || steps[k].sym == 0 {
			continue
		}
		cost := b.symbolCost[steps[k].sym]
		if steps[k].only == (only{}) {
			cost += costLine // a bloom tells less
		}
		if a.side != 0 && cost >= least {
			continue
		}
		least = cost
		between := &steps[max(int(a.step), k)]
		a.side, a.near, a.far = int8(side), 1+between.skip, 1+between.skip+between.gap
		a.bit, a.class, a.only = bloomIndex(steps[k].sym), steps[k].class, steps[k].only
	}
	return a
}

// finish lays everything out flat.
func (b *builder) finish() *Compiled {
	c := b.c
	// For each form, the languages in which it is a word by each kind of match.
	var langs [folded + 1][]uint8
	for how := range langs {
		langs[how] = make([]uint8, len(c.forms))
	}
	mark := func(form uint32, l Lang, how match) { langs[how][form] |= 1 << l }
	for i := range b.pairs {
		p := &b.pairs[i]
		mark(p.form, b.symbolLang[p.sym], p.how)
		c.forms[p.form].symHi++
	}
	for _, p := range b.classes {
		mark(p.form, p.lang, p.how)
	}
	for _, p := range b.classes {
		if p.how != folded || langs[firm][p.form]&(1<<p.lang) == 0 {
			c.forms[p.form].class[p.lang] |= p.class
		}
	}
	// Symbols of each form, by counting.
	at := uint32(0)
	for i := range c.forms {
		f := &c.forms[i]
		f.langs = langs[firm][i] | langs[typed][i]
		if f.langs&^1 == 0 {
			f.langs |= langs[folded][i]
		}
		n := f.symHi
		f.symLo, f.symHi = at, at
		at += n
	}
	c.syms = make([]uint32, at)
	for i := range b.pairs {
		p := &b.pairs[i]
		if p.how == folded && langs[firm][p.form]&(1<<b.symbolLang[p.sym]) != 0 {
			continue
		}
		f := &c.forms[p.form]
		c.syms[f.symHi] = p.sym
		f.symHi++
	}
	for sym := range b.symbolOnly {
		// A folded form that is firmly another word is none of this one.
		if o := &b.symbolOnly[sym]; o[1] != 0 && langs[firm][o[1]]&(1<<b.symbolLang[sym]) != 0 {
			o[1] = 0
		}
	}
	for _, steps := range [][]step{c.steps, c.guards} {
		for i := range steps {
			steps[i].only = b.symbolOnly[steps[i].sym]
		}
	}
	for i := range c.forms {
		f := &c.forms[i]
		own := c.syms[f.symLo:f.symHi]
		slices.Sort(own)
		own = slices.Compact(own)
		f.anchorLo = uint32(len(c.anchors))
		kept := own[:0]
		for _, sym := range own {
			if int(sym) < len(b.bySymbol) {
				for _, a := range b.bySymbol[sym] {
					c.anchors = append(c.anchors, b.look(a))
				}
			}
			if b.symbolOnly[sym] == (only{}) {
				f.bloom |= bloomBit(sym)
				kept = append(kept, sym)
			}
		}
		f.symHi = f.symLo + uint32(len(kept))
		f.anchorHi = uint32(len(c.anchors))
	}
	for k := range c.byClass {
		for i, a := range c.byClass[k] {
			c.byClass[k][i] = b.look(a)
		}
	}
	return c
}

// hashOn returns the hashes of a word that goes on with s.
func hashOn(exact, folded Hash, s string) (Hash, Hash) {
	for _, r := range s {
		l, f := Fold(r)
		exact, folded = exact.AddRune(l), folded.AddRune(f)
	}
	return exact, folded
}

// An index finds the number of a hash at run time. A slot is half the hash and the
// number, so that most look-ups cost one line of the cache; where a slot stands
// tells most of the other half.
type index struct {
	slots []uint64
	shift uint
}

func newIndex(t *table) index {
	n := 1 << bits.Len(uint(2*t.count))
	x := index{slots: make([]uint64, n), shift: uint(64 - bits.TrailingZeros(uint(n)))}
	for k, h := range t.keys {
		if h == 0 {
			continue
		}
		mixed := mix(h)
		i := int(mixed >> x.shift)
		for x.slots[i] != 0 {
			i = (i + 1) & (n - 1)
		}
		x.slots[i] = mixed<<32 | uint64(t.vals[k])
	}
	return x
}

// find returns the number of a hash, or 0.
func (x *index) find(h Hash) uint32 {
	mixed := mix(h)
	mask := len(x.slots) - 1
	for i := int(mixed >> x.shift); ; i = (i + 1) & mask {
		slot := x.slots[i]
		if slot>>32 == mixed&(1<<32-1) && slot != 0 {
			return uint32(slot)
		}
		if slot == 0 {
			return 0
		}
	}
}

func mix(h Hash) uint64 { return uint64(h) * 0x9E3779B97F4A7C15 }

// A table maps hashes to numbers while a lexicon is compiled, by open addressing.
type table struct {
	keys  []Hash
	vals  []uint32
	count int
	shift uint
}

func (t *table) intern(h Hash, val uint32) (got uint32, added bool) {
	if t.count*2 >= len(t.keys) {
		t.grow()
	}
	for i := int(mix(h) >> t.shift); ; i = (i + 1) & (len(t.keys) - 1) {
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
	n := max(1<<18, 2*len(old.keys))
	*t = table{keys: make([]Hash, n), vals: make([]uint32, n), shift: uint(64 - bits.TrailingZeros(uint(n)))}
	for i, h := range old.keys {
		if h != 0 {
			t.intern(h, old.vals[i])
		}
	}
}
