package lexicon

import "sync"

// The compiler. Every item of a pattern becomes a symbol (a lemma, a form, a set of
// alternatives), and every spelling knows the symbols that it satisfies, so that
// lemmas cost nothing at run time. All patterns of all languages stand in one
// index, each under its rarest item, its anchor: "nie polecać" is thought of where
// someone writes "polecam", and not at every "nie". match.go walks it.

// A Compiled is a lexicon ready for matching.
type Compiled struct {
	Entries []Entry // the set's own
	Version string

	index    index
	forms    []form   // by number; 0 is the unknown word; one more at the end
	syms     []uint32 // of the forms
	marks    []uint16 // of the forms
	gates    []gate   // of the forms
	wholes   []whole  // of the forms
	singles  []single // of the symbols
	patterns []pattern
	steps    []step
	guards   []step
	// bitmaps have a bit for each symbol, for the forms that satisfy many: common
	// words are asked for most.
	bitmaps []uint64
	// busyMarks are the marks of these forms, as near has them.
	busyMarks [][numMarks / 64]uint64
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
	// Where its symbols, marks, gates and wholes begin; they end where the next form's do.
	syms, marks, gates, wholes uint32
	// busy is the number of its bitmap; 0 for none.
	busy  uint32
	class [numLangs]Class
	langs uint8 // bit of each language in which it is a word
}

// A whole is an entry that is one word and nothing else.
type whole struct {
	entry uint32
	lang  Lang
}

// A gate stands before a pattern that may stand around a word. What it asks is mostly
// answered no: that the words right before and behind are among the takers of the steps
// there, and that the sentence has words with these marks, for the rarest of the other
// steps. Where nothing is asked stand bits and marks that are always there.
type gate struct {
	before, after beside
	marks         [2]uint16
	pattern       uint32
}

// Takers are the words that satisfy a step, as a set in which each form has a bit that
// it shares with others, and each class one of its own. Common words satisfy so many
// steps that no set of these would tell much; the words of most steps are few.
type takers uint64

// anyWord is a bit of all that is no mark, which is what the step _ takes.
const anyWord takers = 1 << 63

// Beside is what stands beside a word: takers in half the room, for which the forms of
// either half share bits, and whether it stands there always, or at the edge of a clause.
type beside uint32

const (
	always beside = 1 << 31
	edge   beside = 1 << 30
	// Classes have bits from this one on. Forms have those before, and as many in the
	// upper half.
	classTakers = 30 - numClasses

	alwaysMark = 0 // a mark that every sentence has
	numMarks   = 1 << 12
	// Words of a class have marks from this one on, which they may share with symbols.
	classMark = 1
)

// takersOf is the set of one form, which is none where it is unknown, and of some classes.
func takersOf(form uint32, class Class) takers {
	set := takers(class) << classTakers
	if form != 0 {
		k := uint64(form*0x9E3779B1) * (2 * classTakers) >> 32
		set |= 1 << (k/classTakers*32 + k%classTakers)
	}
	return set
}

// beside brings the halves together.
func (t takers) beside() beside { return beside(t | t>>32) }

// opens reports whether all that is asked is so.
func (g *gate) opens(near *near) bool {
	beside := uint64(g.before&near.before) * uint64(g.after&near.after) // 0 where one is
	return beside&-(near.mark(g.marks[0])&near.mark(g.marks[1])&1) != 0
}

// near is what gates ask about.
type near struct {
	before, after beside
	marks         [numMarks / 64]uint64 // of the words of the sentence
}

// mark returns whether a word has the mark, in the lowest bit.
func (n *near) mark(m uint16) uint64 { return n.marks[m%numMarks/64] >> (m % 64) }

// markOf is the mark of words with this symbol. Two symbols may share one.
func markOf(sym uint32) uint16 { return uint16(1 + uint64(sym*0x9E3779B1)*(numMarks-1)>>32) }

// A pattern is an entry as steps.
type pattern struct {
	entry, steps, guards uint32 // where its steps and guards begin
	length, guarded      uint8  // how many there are
	edges                uint8
	slack                uint8 // words that may stand between the pattern and its end edge
	anchor               uint8 // the step under which it is found
	lang                 Lang
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
	takers
}

// Compile makes the index. Languages are read side by side, and then put together.
func (s *Set) Compile() *Compiled {
	c := &Compiled{Entries: s.Entries, Version: s.Version}
	var (
		languages [numLangs]*builder
		building  sync.WaitGroup
	)
	for l := range numLangs {
		building.Go(func() {
			of := &forms{}
			if l == PL && s.lemmas != nil {
				of = s.lemmas
			}
			c.learned[l] = newTable(l, s.Learned, newLemmas(of))
		})
		building.Go(func() {
			languages[l] = newBuilder(s, l)
			languages[l].build()
		})
	}
	building.Wait()
	join(languages[Any], languages[EN], languages[PL]).layOut(c) // in the order of the entries
	return c
}

// A builder takes up the entries of one language.
type builder struct {
	set  *Set
	lang Lang

	symbolOf map[string]uint32 // by the key of the choice
	choiceOf map[*choice]uint32
	wordOf   [2]map[string]uint32 // lemmas, forms

	symbols     []symbol // 0 is none
	words       []word   // 0 is none
	wordSymbols []wordSymbol
	anchors     []anchor
	patterns    []pattern
	steps       []step
	guards      []step
}

func newBuilder(s *Set, l Lang) *builder {
	n := 0
	for i := range s.Entries {
		if s.Entries[i].Lang == l {
			n++
		}
	}
	return &builder{
		set: s, lang: l,
		symbolOf: make(map[string]uint32, n), choiceOf: make(map[*choice]uint32, n+n/2),
		wordOf:  [2]map[string]uint32{make(map[string]uint32, n/2), make(map[string]uint32, n/2)},
		symbols: make([]symbol, 1, n+1), words: make([]word, 1, n+1), wordSymbols: make([]wordSymbol, 0, 3*n),
		anchors: make([]anchor, 0, n+n/8), patterns: make([]pattern, 0, n+n/8),
		steps: make([]step, 0, 3*n),
	}
}

func (b *builder) build() {
	for _, class := range b.set.classes {
		if class.lang == b.lang {
			for _, w := range class.words {
				id := b.word(w)
				b.words[id].class |= class.class
			}
		}
	}
	for i := range b.set.Entries {
		e := &b.set.Entries[i]
		if e.Lang != b.lang {
			continue
		}
		b.variant(uint32(i), nil, e.items)
		if e.Kind == Negator && len(e.items) == 1 {
			for _, w := range e.items[0].words {
				id := b.word(w)
				b.words[id].class |= ClassNeg
			}
		}
	}
}

// A symbol is what an item asks for.
type symbol struct {
	cost int32
	word uint32 // the one word of an item that is one spelling, or 0
	// marked says that a gate asks for it.
	marked bool
	// class is the one that it stands for, where it has no words.
	class Class
}

// A word is an alternative of items or a word of a class, in its language.
type word struct {
	alt
	lang  Lang
	class Class
}

// A wordSymbol says that a word satisfies a symbol.
type wordSymbol struct{ word, sym uint32 }

// An anchor is the rarest step of a pattern, under which it is found.
type anchor struct {
	sym, pattern uint32
	step         uint8
}

// word returns the number of a word.
func (b *builder) word(w alt) uint32 {
	numbers := b.wordOf[0]
	if w.form {
		numbers = b.wordOf[1]
	}
	if id, ok := numbers[w.word]; ok {
		return id
	}
	id := uint32(len(b.words))
	numbers[w.word] = id
	b.words = append(b.words, word{alt: w, lang: b.lang})
	return id
}

// What a step costs is how often it is met, in 100,000 words: the anchor is the one
// with the least. Of words in no list it is taken to be this often.
const (
	rareWord  = 1
	rareLemma = 2
	// Words that are met so often stand in every other message: to ask for them says
	// nothing.
	common = 3000
)

// costClass is about how often classes are met there; that of negators is estimated.
var costClass = [numClasses]int32{4700, 750, 2000, 1500, 5600, 1650, 3000}

// symbol returns the number of what an item asks for.
func (b *builder) symbol(it *item) uint32 {
	if sym, ok := b.choiceOf[it.choice]; ok {
		return sym
	}
	sym, ok := b.symbolOf[it.key]
	if ok {
		b.choiceOf[it.choice] = sym
		return sym
	}
	sym = uint32(len(b.symbols))
	b.symbolOf[it.key], b.choiceOf[it.choice] = sym, sym
	var s symbol
	for _, w := range it.words {
		id := b.word(w)
		b.wordSymbols = append(b.wordSymbols, wordSymbol{id, sym})
		s.cost += b.frequency(w)
		if len(it.words) == 1 && w.form {
			s.word = id
		}
	}
	for k := range numClasses {
		if it.class&(1<<k) != 0 {
			s.cost += costClass[k]
		}
	}
	if len(it.words) == 0 {
		s.class = it.class
	}
	b.symbols = append(b.symbols, s)
	return sym
}

// frequency is how often a word is met.
func (b *builder) frequency(w alt) int32 {
	of := b.set.frequencies[b.lang]
	if !w.form {
		return max(rareLemma, of[w.word])
	}
	var key [64]byte
	return max(rareWord, of[string(append(append(key[:0], '='), w.word...))])
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
	p := pattern{entry: entry, steps: uint32(len(b.steps)), guards: uint32(len(b.guards))}
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
			b.guards = append(b.guards, step{sym: b.symbol(it), class: it.class})
			p.guarded++
		case opWord:
			b.steps = append(b.steps, step{sym: b.symbol(it), class: it.class, gap: gap, skip: skip})
			p.length++
			gap, skip = 0, 0
		}
	}
	if skip > 0 { // _ at the end: any word at all
		b.steps = append(b.steps, step{gap: gap, skip: skip - 1})
		p.length++
	}
	b.anchor(p)
}

// anchor puts a pattern into the index under its rarest step.
func (b *builder) anchor(p pattern) {
	steps := b.steps[p.steps:]
	best, cost := -1, int32(0)
	for i := range steps {
		st := &steps[i]
		if c := b.symbols[st.sym].cost; st.sym != 0 && (best < 0 || c < cost) {
			best, cost = i, c
		}
	}
	b.anchors = append(b.anchors, anchor{steps[best].sym, uint32(len(b.patterns)), uint8(best)})
	b.patterns = append(b.patterns, p)
}

// join puts what builders made behind each other.
func join(parts ...*builder) *builder {
	var n struct{ symbols, words, wordSymbols, anchors, patterns, steps, guards int }
	for _, p := range parts {
		n.symbols, n.words, n.wordSymbols = n.symbols+len(p.symbols), n.words+len(p.words), n.wordSymbols+len(p.wordSymbols)
		n.anchors, n.patterns = n.anchors+len(p.anchors), n.patterns+len(p.patterns)
		n.steps, n.guards = n.steps+len(p.steps), n.guards+len(p.guards)
	}
	b := &builder{
		set: parts[0].set, symbols: make([]symbol, 1, n.symbols), words: make([]word, 1, n.words), wordSymbols: make([]wordSymbol, 0, n.wordSymbols),
		anchors: make([]anchor, 0, n.anchors), patterns: make([]pattern, 0, n.patterns), steps: make([]step, 0, n.steps), guards: make([]step, 0, n.guards),
	}
	for _, p := range parts {
		symbols, words := uint32(len(b.symbols)-1), uint32(len(b.words)-1)
		patterns, steps, guards := uint32(len(b.patterns)), uint32(len(b.steps)), uint32(len(b.guards))
		for _, s := range p.symbols[1:] {
			if s.word != 0 {
				s.word += words
			}
			b.symbols = append(b.symbols, s)
		}
		b.words = append(b.words, p.words[1:]...)
		for _, s := range p.wordSymbols {
			b.wordSymbols = append(b.wordSymbols, wordSymbol{s.word + words, s.sym + symbols})
		}
		for _, a := range p.anchors {
			b.anchors = append(b.anchors, anchor{a.sym + symbols, a.pattern + patterns, a.step})
		}
		for _, pt := range p.patterns {
			pt.steps, pt.guards = pt.steps+steps, pt.guards+guards
			b.patterns = append(b.patterns, pt)
		}
		b.steps = append(b.steps, p.steps...)
		b.guards = append(b.guards, p.guards...)
		for _, list := range [][]step{b.steps[steps:], b.guards[guards:]} {
			for i := range list {
				if list[i].sym != 0 {
					list[i].sym += symbols
				}
			}
		}
	}
	return b
}
