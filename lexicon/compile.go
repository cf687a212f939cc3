package lexicon

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
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
	forms    []form   // by number; 0 is the unknown word; one more at the end
	syms     []uint32 // of the forms
	marks    []uint16 // of the forms
	gates    []gate   // of the forms
	singles  []single // of the symbols
	patterns []pattern
	steps    []step
	guards   []step
	// byClass are the gates of patterns that have nothing rarer than a class.
	byClass [numClasses][]gate
	learned [numLangs]*Table
}

// Learned returns the table of the learned words of a language.
func (c *Compiled) Learned(l Lang) *Table { return c.learned[l] }

// A form is what is known of a spelling. Spellings of which the same is known, such
// as most of one lemma, are one form: there are ten times fewer, and the tables that
// matching walks stay in the near cache.
type form struct {
	bloom uint64 // of its symbols
	// Where its symbols, marks and gates begin; they end where the next form's do.
	syms, marks, gates uint32
	class              [numLangs]Class
	langs              uint8 // bit of each language in which it is a word
}

// A gate stands before a pattern that may stand around a word. What it asks is mostly
// answered no: that the message is in its language, that the blooms of the words right
// before and behind have these bits, and that the sentence has a word with this mark,
// for the rarest of the other steps. Where nothing is asked stand bits and a mark that
// are always there.
type gate struct {
	// asks holds, from its lowest bit on: the mark in 12 bits, the bits of the words
	// before and behind in 6 each, the language in 2, the step that the word satisfies
	// in 5. The highest bit says that the pattern is this one word.
	asks uint32
	// pattern is its number; of one word alone, that of its entry.
	pattern uint32
}

const (
	always     = 63 // a bit that every word's bloom has
	alwaysMark = 0  // a mark that every sentence has
	numMarks   = 1 << 12

	alone uint32 = 1 << 31
)

func newGate(mark uint16, before, after uint8, lang Lang, step int, pattern uint32) gate {
	return gate{uint32(mark) | uint32(before)<<12 | uint32(after)<<18 | uint32(lang)<<24 | uint32(step)<<26, pattern}
}

func (g gate) mark() uint32 { return g.asks % numMarks }
func (g gate) step() int    { return int(g.asks >> 26 & 31) }

// opens reports whether all that is asked is so.
func (g gate) opens(near *near) bool {
	return near.before>>(g.asks>>12&63)&(near.after>>(g.asks>>18&63))&(near.langs>>(g.asks>>24&3))&
		(near.marks[g.asks%numMarks/64]>>(g.asks%64))&1 != 0
}

// near is what gates ask about.
type near struct {
	before, after, langs uint64
	marks                [numMarks / 64]uint64 // of the words of the sentence
}

// markOf is the mark of words with this symbol. Two symbols may share one.
func markOf(sym uint32) uint16 { return uint16(1 + uint64(sym*0x9E3779B1)*(numMarks-1)>>32) }

// A pattern is an entry as steps.
type pattern struct {
	entry, steps, guards uint32 // where its steps and guards begin
	length, guarded      uint8  // how many there are
	edges                uint8
	slack                uint8 // words that may stand between the pattern and its end edge
}

// The edges of a clause at which a pattern may have to stand.
const (
	atStart = 1 << iota
	atEnd
)

// plain reports whether the pattern asks for its steps and nothing more.
func (p *pattern) plain() bool { return p.edges == 0 && p.guarded == 0 }

// A single is the one or two forms that an item of one spelling has: as written, and
// folded. Words like =nie stand in hundreds of patterns; told by themselves, they
// need no symbol for each.
type single [2]uint32

// is reports whether a form is one of them. No spelling that satisfies no such item
// is of the same form, since the items that it satisfies are what makes a form.
func (s single) is(form uint32) bool { return form != 0 && (form == s[0] || form == s[1]) }

// A step is one item that a word must satisfy.
type step struct {
	sym   uint32
	class Class
	gap   uint8 // words that may stand between the last step and this one
	skip  uint8 // words that must: _
}

// bloomIndex is the bit of a symbol among the 63 of a bloom.
func bloomIndex(sym uint32) uint8 { return uint8(uint64(sym*0x9E3779B1) * always >> 32) }

func bloomBit(sym uint32) uint64 { return 1 << bloomIndex(sym) }

// Compile makes the index.
func (s *Set) Compile() *Compiled {
	n := len(s.Entries)
	var learned [numLangs]*Table
	var tables sync.WaitGroup
	tables.Go(func() {
		for _, l := range []Lang{PL, EN} {
			learned[l] = newTable(l, s.Learned)
		}
	})
	b := &builder{
		set: s, c: &Compiled{Entries: make([]Entry, n), Version: s.Version},
		lines: map[alt]bool{}, symbols: make([]symbol, 1, n), anchors: make([]anchor, 0, n+n/8),
		wordSymbols: make([]wordSymbol, 0, 2*n), words: make([]word, 1, n), more: make([]wordLink, 1, n),
	}
	b.c.patterns = make([]pattern, 0, n+n/8)
	b.c.steps = make([]step, 0, 3*n)
	for l := range numLangs {
		b.symbolOf[l] = make(map[string]uint32, n/2)
		b.wordOf[l] = [2]map[string]uint32{make(map[string]uint32, n/4), make(map[string]uint32, n/4)}
	}
	b.spellings = newSpellings(s.forms.spellings() + n)
	for _, c := range s.classes {
		for _, w := range c.words {
			if c.class == 0 {
				b.lines[w] = true
			}
			b.words[b.word(c.lang, w)].class |= c.class
		}
	}
	for i := range s.Entries {
		b.add(uint32(i))
		// The entries as read, patterns and all, stay with the set.
		b.c.Entries[i] = s.Entries[i]
		b.c.Entries[i].items = nil
	}
	c := b.finish()
	tables.Wait()
	c.learned = learned
	return c
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

type builder struct {
	set *Set
	c   *Compiled

	symbolOf    [numLangs]map[string]uint32 // by the key of the item
	symbols     []symbol                    // 0 is none
	wordOf      [numLangs][2]map[string]uint32
	words       []word // 0 is none
	wordSymbols []wordSymbol
	lines       map[alt]bool // the words that every other line has
	spellings   spellings
	more        []wordLink
	anchors     []anchor
}

// A symbol is what an item asks for.
type symbol struct {
	cost int32
	word uint32 // the one word of an item that is one spelling, or 0
	// marked says that a gate asks for it.
	marked bool
}

// A word is an alternative of items or a word of a class, in its language.
type word struct {
	lang  Lang
	class Class
	// The spellings of a word that stands for one form: as written, and folded.
	exact, folded uint32
}

// A wordSymbol says that a word satisfies a symbol.
type wordSymbol struct{ word, sym uint32 }

// An anchor is the rarest step of a pattern, under which it is found.
type anchor struct {
	sym, pattern uint32
	step         uint8
}

// word returns the number of a word. A new one is spelled in all its forms, exact
// and folded.
func (b *builder) word(l Lang, w alt) uint32 {
	numbers := b.wordOf[l][0]
	if w.form {
		numbers = b.wordOf[l][1]
	}
	if id, ok := numbers[w.word]; ok {
		return id
	}
	id := uint32(len(b.words))
	numbers[w.word] = id
	b.words = append(b.words, word{lang: l})
	switch {
	case w.form && l == PL && isASCII(w.word):
		h, _ := HashWord(w.word)
		b.words[id].exact = b.spell(h, id, typed)
	case w.form || l == Any:
		exact, fold := HashWord(w.word)
		b.words[id].exact, b.words[id].folded = b.both(exact, fold, id)
	case l == PL:
		var stem string
		exact, fold := HashSeed, HashSeed
		b.set.forms.each(w.word, func(s, ending string) {
			if s != stem {
				stem = s
				exact, fold = HashWord(s)
			}
			e, f := hashOn(exact, fold, ending)
			b.both(e, f, id)
		})
	default:
		eachEnglish(w.word, func(f string) {
			exact, fold := HashWord(f)
			b.both(exact, fold, id)
		})
	}
	return id
}

func (b *builder) both(exact, fold Hash, word uint32) (e, f uint32) {
	e = b.spell(exact, word, firm)
	if fold != exact {
		f = b.spell(fold, word, folded)
	}
	return e, f
}

// A wordLink is a word that has a spelling, and where the next one stands.
type wordLink struct {
	word uint32
	how  match
	next uint32 // in the list of more, or 0
}

// spell notes that a word has the spelling with this hash.
func (b *builder) spell(h Hash, word uint32, how match) uint32 {
	id, added := b.spellings.intern(h)
	link := &b.spellings.list[id].wordLink
	if added {
		*link = wordLink{word: word, how: how}
		return id
	}
	for {
		if link.word == word {
			link.how = min(link.how, how)
			return id
		}
		if link.next == 0 {
			break
		}
		link = &b.more[link.next]
	}
	link.next = uint32(len(b.more))
	b.more = append(b.more, wordLink{word: word, how: how})
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

// How often a word is met, roughly: the anchor is the item with the least.
const (
	costWord  = 1
	costLemma = 2
	costLine  = 80 // a word that every other line has
)

var costClass = [numClasses]int32{60, 20, 30, 30, 90, 40, 200}

func (b *builder) symbol(l Lang, it *item) uint32 {
	if sym, ok := b.symbolOf[l][it.key]; ok {
		return sym
	}
	sym := uint32(len(b.symbols))
	b.symbolOf[l][it.key] = sym
	var s symbol
	for _, w := range it.words {
		switch {
		case b.lines[alt{w.word, true}]:
			s.cost += costLine
		case w.form:
			s.cost += costWord
		default:
			s.cost += costLemma
		}
		id := b.word(l, w)
		b.wordSymbols = append(b.wordSymbols, wordSymbol{id, sym})
		if len(it.words) == 1 && w.form {
			s.word = id
		}
	}
	for k := range numClasses {
		if it.class&(1<<k) != 0 {
			s.cost += costClass[k]
		}
	}
	b.symbols = append(b.symbols, s)
	return sym
}

func (b *builder) add(entry uint32) {
	e := &b.set.Entries[entry]
	b.variant(entry, nil, e.items)
	if e.Kind == Negator && len(e.items) == 1 {
		for _, w := range e.items[0].words {
			b.words[b.word(e.Lang, w)].class |= ClassNeg
		}
	}
}

// variant adds the pattern of an entry with and without each of its optional items.
func (b *builder) variant(entry uint32, done, rest []item) {
	for i := range rest {
		if it := rest[i]; it.optional {
			b.variant(entry, append(done[:len(done):len(done)], rest[:i]...), rest[i+1:])
			it.optional = false
			b.variant(entry, append(append(done[:len(done):len(done)], rest[:i]...), it), rest[i+1:])
			return
		}
	}
	if len(done) > 0 {
		rest = append(done[:len(done):len(done)], rest...)
	}
	b.pattern(entry, rest)
}

func (b *builder) pattern(entry uint32, items []item) {
	l := b.set.Entries[entry].Lang
	p := pattern{entry: entry, steps: uint32(len(b.c.steps)), guards: uint32(len(b.c.guards))}
	var gap, skip uint8
	for i := range items {
		it := &items[i]
		switch it.op {
		case opStart:
			p.edges |= atStart
		case opEnd:
			p.edges |= atEnd
			p.slack, gap = gap, 0
		case opGap:
			gap += it.gap
		case opAny:
			skip++
		case opGuard:
			b.c.guards = append(b.c.guards, step{sym: b.symbol(l, it), class: it.class})
			p.guarded++
		case opWord:
			b.c.steps = append(b.c.steps, step{sym: b.symbol(l, it), class: it.class, gap: gap, skip: skip})
			p.length++
			gap, skip = 0, 0
		}
	}
	if skip > 0 { // _ at the end: any word at all
		b.c.steps = append(b.c.steps, step{gap: gap, skip: skip - 1})
		p.length++
	}
	b.anchor(p)
}

// anchor puts a pattern into the index under its rarest step.
func (b *builder) anchor(p pattern) {
	steps := b.c.steps[p.steps:]
	best, cost := -1, int32(0)
	for i := range steps {
		st := &steps[i]
		if c := b.symbols[st.sym].cost; st.sym != 0 && (best < 0 || c < cost) {
			best, cost = i, c
		}
	}
	b.anchors = append(b.anchors, anchor{steps[best].sym, uint32(len(b.c.patterns)), uint8(best)})
	b.c.patterns = append(b.c.patterns, p)
}

// gate says what is asked of the words around an anchor.
func (b *builder) gate(a *anchor) gate {
	p := &b.c.patterns[a.pattern]
	lang := b.set.Entries[p.entry].Lang
	if p.length == 1 && p.plain() {
		g := newGate(alwaysMark, always, always, lang, 0, p.entry)
		g.asks |= alone
		return g
	}
	steps := b.c.steps[p.steps:][:p.length]
	told := func(neighbour, between *step) bool {
		return neighbour.sym != 0 && neighbour.class == 0 && between.gap == 0 && between.skip == 0
	}
	var before, after uint8 = always, always
	k := int(a.step)
	if k > 0 && told(&steps[k-1], &steps[k]) {
		before = bloomIndex(steps[k-1].sym)
	}
	if k+1 < len(steps) && told(&steps[k+1], &steps[k+1]) {
		after = bloomIndex(steps[k+1].sym)
	}
	// Words that are in every other sentence need no marks.
	mark, least := uint16(alwaysMark), int32(2*costLine)
	var rarest *symbol
	for i := range steps {
		st := &steps[i]
		if s := &b.symbols[st.sym]; i != k && st.sym != 0 && st.class == 0 && s.cost < least {
			least, mark, rarest = s.cost, markOf(st.sym), s
		}
	}
	if rarest != nil {
		rarest.marked = true
	}
	return newGate(mark, before, after, lang, k, a.pattern)
}

// finish lays everything out flat.
func (b *builder) finish() *Compiled {
	c := b.c
	g := newGrouping(b)
	list := b.spellings.list
	for i := 1; i < len(list); i++ {
		list[i].form = g.form(&list[i].wordLink)
	}
	c.singles = make([]single, len(b.symbols))
	for i := range b.symbols {
		s := &b.symbols[i]
		if s.word == 0 {
			continue
		}
		w := &b.words[s.word]
		c.singles[i][0] = list[w.exact].form
		// A folded form that is firmly another word is none of this one.
		if f := &list[w.folded]; w.folded != 0 && b.firmIn(&f.wordLink)&(1<<w.lang) == 0 {
			c.singles[i][1] = f.form
		}
	}
	// Gates of each symbol, by counting.
	from := make([]uint32, len(b.symbols)+1)
	for i := range b.anchors {
		from[b.anchors[i].sym+1]++
	}
	for i := 1; i < len(from); i++ {
		from[i] += from[i-1]
	}
	bySymbol, next := make([]gate, len(b.anchors)), slices.Clone(from)
	for i := range b.anchors {
		a := &b.anchors[i]
		g := b.gate(a)
		bySymbol[next[a.sym]] = g
		next[a.sym]++
		class := c.steps[c.patterns[a.pattern].steps+uint32(a.step)].class
		for k := range numClasses {
			if class&(1<<k) != 0 {
				c.byClass[k] = append(c.byClass[k], g)
			}
		}
	}
	c.forms = append(g.forms, form{})
	c.syms = make([]uint32, 0, len(g.syms))
	c.gates = make([]gate, 0, 2*len(bySymbol))
	c.marks = make([]uint16, 0, len(g.syms)/2)
	for i := range c.forms {
		f := &c.forms[i]
		f.syms, f.marks, f.gates = uint32(len(c.syms)), uint32(len(c.marks)), uint32(len(c.gates))
		for _, sym := range g.of(i) {
			f.bloom |= bloomBit(sym)
			if c.singles[sym] == (single{}) {
				c.syms = append(c.syms, sym)
			}
			if b.symbols[sym].marked {
				c.marks = append(c.marks, markOf(sym))
			}
			c.gates = append(c.gates, bySymbol[from[sym]:from[sym+1]]...)
		}
	}
	c.index = b.spellings.index()
	return c
}

// firmIn returns the languages, one bit each, in which a spelling is firmly a word.
func (b *builder) firmIn(link *wordLink) (langs uint8) {
	for ; ; link = &b.more[link.next] {
		if link.how == firm {
			langs |= 1 << b.words[link.word].lang
		}
		if link.next == 0 {
			return langs
		}
	}
}

// A grouping makes forms of spellings: one of each set of words and languages.
type grouping struct {
	b      *builder
	from   []uint32 // word -> its symbols in list
	list   []uint32
	forms  []form
	syms   []uint32 // of the forms
	ends   []uint32 // where those of each form end
	single []uint32 // the form of spellings of this word alone
	sets   map[string]uint32
	words  []uint32 // of the spelling at hand
	key    []byte
}

func newGrouping(b *builder) *grouping {
	g := &grouping{
		b: b, from: make([]uint32, len(b.words)+1), list: make([]uint32, len(b.wordSymbols)),
		forms: make([]form, 1, 2*len(b.words)), ends: make([]uint32, 1, 2*len(b.words)), syms: make([]uint32, 0, 2*len(b.wordSymbols)),
		single: make([]uint32, len(b.words)), sets: map[string]uint32{},
	}
	for _, p := range b.wordSymbols {
		g.from[p.word+1]++
	}
	for i := 1; i < len(g.from); i++ {
		g.from[i] += g.from[i-1]
	}
	next := slices.Clone(g.from)
	for _, p := range b.wordSymbols {
		g.list[next[p.word]] = p.sym
		next[p.word]++
	}
	return g
}

// form returns the number of the form of a spelling with these words.
func (g *grouping) form(link *wordLink) uint32 {
	if link.next == 0 {
		w := link.word
		if g.single[w] == 0 {
			g.words = append(g.words[:0], w)
			g.single[w] = g.add(1 << g.b.words[w].lang)
		}
		return g.single[w]
	}
	var langs [folded + 1]uint8
	langs[firm] = g.b.firmIn(link)
	g.words = g.words[:0]
	for ; ; link = &g.b.more[link.next] {
		l := uint8(1) << g.b.words[link.word].lang
		langs[link.how] |= l
		if link.how != folded || langs[firm]&l == 0 {
			g.words = append(g.words, link.word)
		}
		if link.next == 0 {
			break
		}
	}
	in := langs[firm] | langs[typed]
	if in&^1 == 0 {
		in |= langs[folded]
	}
	slices.Sort(g.words)
	g.key = append(g.key[:0], in)
	for _, w := range g.words {
		g.key = binary.LittleEndian.AppendUint32(g.key, w)
	}
	id, ok := g.sets[string(g.key)]
	if !ok {
		id = g.add(in)
		g.sets[string(g.key)] = id
	}
	return id
}

// add adds a form of the words at hand.
func (g *grouping) add(langs uint8) uint32 {
	f := form{langs: langs}
	start := len(g.syms)
	for _, w := range g.words {
		g.syms = append(g.syms, g.list[g.from[w]:g.from[w+1]]...)
		f.class[g.b.words[w].lang] |= g.b.words[w].class
	}
	own := g.syms[start:]
	if len(g.words) > 1 {
		slices.Sort(own)
		own = slices.Compact(own)
	}
	g.syms = g.syms[:start+len(own)]
	g.ends = append(g.ends, uint32(len(g.syms)))
	g.forms = append(g.forms, f)
	return uint32(len(g.forms) - 1)
}

// of returns the symbols of a form; none of the one behind the last.
func (g *grouping) of(form int) []uint32 {
	if form == 0 || form == len(g.ends) {
		return nil
	}
	return g.syms[g.ends[form-1]:g.ends[form]]
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
	// filter has a bit for each eighth of a slot in which a hash belongs.
	filter []uint64
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

// findRare is find for a hash that is most likely not known.
func (x *index) findRare(h Hash) uint32 {
	i := mix(h) >> (x.shift - 3)
	if x.filter[i/64]>>(i%64)&1 == 0 {
		return 0
	}
	return x.find(h)
}

func mix(h Hash) uint64 { return uint64(h) * 0x9E3779B97F4A7C15 }

// spellings numbers hashes while a lexicon is compiled, in a table that becomes the
// index.
type spellings struct {
	list  []spelling // 0 is none
	table index
}

// A spelling is a hash, and what is known of it while compiling.
type spelling struct {
	hash Hash
	wordLink
	form uint32
}

func newSpellings(expected int) spellings {
	t := spellings{list: make([]spelling, 1, expected+1)}
	t.resize(1 << max(8, bits.Len(uint(expected))))
	return t
}

func (t *spellings) resize(n int) {
	t.table = index{slots: make([]uint64, n), shift: uint(64 - bits.TrailingZeros(uint(n)))}
	for i := 1; i < len(t.list); i++ {
		t.put(mix(t.list[i].hash), uint32(i))
	}
}

func (t *spellings) put(mixed uint64, id uint32) {
	slots := t.table.slots
	i := int(mixed >> t.table.shift)
	for slots[i] != 0 {
		i = (i + 1) & (len(slots) - 1)
	}
	slots[i] = mixed<<32 | uint64(id)
}

func (t *spellings) intern(h Hash) (id uint32, added bool) {
	mixed := mix(h)
	slots := t.table.slots
	for i := int(mixed >> t.table.shift); slots[i] != 0; i = (i + 1) & (len(slots) - 1) {
		if slot := slots[i]; slot>>32 == mixed&(1<<32-1) && t.list[uint32(slot)].hash == h {
			return uint32(slot), false
		}
	}
	if len(t.list)*3 >= len(slots)*2 {
		t.resize(2 * len(slots))
	}
	id = uint32(len(t.list))
	t.list = append(t.list, spelling{hash: h})
	t.put(mixed, id)
	return id, true
}

// index makes the table lead to forms.
func (t *spellings) index() index {
	for i, slot := range t.table.slots {
		if slot != 0 {
			t.table.slots[i] = slot>>32<<32 | uint64(t.list[uint32(slot)].form)
		}
	}
	x := &t.table
	x.filter = make([]uint64, len(x.slots)/8)
	for i := 1; i < len(t.list); i++ {
		bit := mix(t.list[i].hash) >> (x.shift - 3)
		x.filter[bit/64] |= 1 << (bit % 64)
	}
	return *x
}
