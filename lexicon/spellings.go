package lexicon

import (
	"math/bits"
	"slices"
	"sync"
	"unicode/utf8"
)

// Spellings: from the hash of a word to what is known of it. While a lexicon is
// compiled they know their words, and of these the symbols; all that is left of it in
// the end is the number of a form.

// An index finds the number of a hash at run time. A slot is half the hash and the
// number, so that most look-ups cost one line of the cache; where a slot stands
// tells most of the other half.
type index struct {
	slots []uint64
	// filter has a bit for each eighth of a slot in which a hash belongs.
	filter []uint64
}

// newIndex returns an index with room for n hashes.
func newIndex(n int) index {
	size := 8 * (n/5 + 1) // five slots of eight are taken, at most
	return index{slots: make([]uint64, size), filter: make([]uint64, size/8)}
}

// region returns which of n equal regions a mixed hash belongs to.
func region(mixed uint64, n int) int {
	i, _ := bits.Mul64(mixed, uint64(n))
	return int(i)
}

// next returns the slot behind slot i.
func (x *index) next(i int) int {
	if i++; i < len(x.slots) {
		return i
	}
	return 0
}

// place returns the number of a hash and its slot, or 0 and the slot that is free for
// it. Is tells whether a number is that of the hash.
func (x *index) place(h Hash, is func(id uint32) bool) (id uint32, slot *uint64) {
	mixed := mix(h)
	for i := region(mixed, len(x.slots)); ; i = x.next(i) {
		slot = &x.slots[i]
		if *slot == 0 {
			return 0, slot
		}
		if *slot>>32 == mixed&(1<<32-1) && is(uint32(*slot)) {
			return uint32(*slot), slot
		}
	}
}

// ahead returns the slot that a look-up of the hash begins with.
func (x *index) ahead(h Hash) uint64 { return x.slots[region(mix(h), len(x.slots))] }

// filterBit returns which bit of the filter is that of a hash.
func (x *index) filterBit(h Hash) int { return region(mix(h), 64*len(x.filter)) }

// note puts a hash into the filter.
func (x *index) note(h Hash) {
	bit := x.filterBit(h)
	x.filter[bit/64] |= 1 << (bit % 64)
}

// find returns the number of a hash, or 0.
func (x *index) find(h Hash) uint32 {
	mixed := mix(h)
	for i := region(mixed, len(x.slots)); ; i = x.next(i) {
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
	bit := x.filterBit(h)
	if x.filter[bit/64]>>(bit%64)&1 == 0 {
		return 0
	}
	return x.find(h)
}

func mix(h Hash) uint64 { return uint64(h) * 0x9E3779B97F4A7C15 }

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

// A spelled is a hash that a word has.
type spelled struct {
	hash Hash
	word uint32
	how  match
	lang Lang
}

// A speller spells words. What it writes stands in pieces, which need not grow.
type speller struct {
	forms  *forms
	pieces [][]spelled // the last one has room
}

func (sp *speller) add(s spelled) {
	last := len(sp.pieces) - 1
	if last < 0 || len(sp.pieces[last]) == cap(sp.pieces[last]) {
		sp.pieces = append(sp.pieces, make([]spelled, 0, 4096))
		last++
	}
	sp.pieces[last] = append(sp.pieces[last], s)
}

// both adds a form of a word, exact and folded.
func (sp *speller) both(exact, fold Hash, w *word, id uint32) {
	sp.add(spelled{exact, id, firm, w.lang})
	if fold != exact {
		sp.add(spelled{fold, id, folded, w.lang})
	}
}

// spell adds all forms of a word.
func (sp *speller) spell(w *word, id uint32) {
	switch {
	case w.form || w.lang == Any:
		exact, fold := HashWord(w.word)
		if w.isTyped() {
			sp.add(spelled{exact, id, typed, w.lang})
		} else {
			sp.both(exact, fold, w, id)
		}
	case w.lang == PL:
		var (
			stem        string
			exact, fold Hash
		)
		sp.forms.each(w.word, func(s, ending string) {
			if s != stem {
				stem = s
				exact, fold = HashWord(s)
			}
			e, f := hashOn(exact, fold, ending)
			sp.both(e, f, w, id)
		})
	default:
		eachEnglish(w.word, func(form string) {
			exact, fold := HashWord(form)
			sp.both(exact, fold, w, id)
		})
	}
}

// isTyped reports whether a word is a spelling of Polish without diacritics.
func (w *word) isTyped() bool {
	if !w.form || w.lang != PL {
		return false
	}
	for i := range len(w.word) {
		if w.word[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// spellAll spells all words, several at a time.
func spellAll(words []word, forms *forms) (all [][]spelled) {
	const parts = 8
	var (
		spellers [parts]speller
		spelling sync.WaitGroup
	)
	for p := range spellers {
		spelling.Go(func() {
			sp := &spellers[p]
			sp.forms = forms
			for i := max(1, p*len(words)/parts); i < (p+1)*len(words)/parts; i++ {
				sp.spell(&words[i], uint32(i))
			}
		})
	}
	spelling.Wait()
	for p := range spellers {
		all = append(all, spellers[p].pieces...)
	}
	return all
}

// spellings are all hashes that words have, in a table that becomes the index.
type spellings struct {
	list  []spelling // 0 is none
	table index
}

// A spelling is a hash that a word has. Words that have the same are linked, and only
// the first of them stands in the table.
type spelling struct {
	hash       Hash
	word, next uint32 // the next one's place in the list, or 0
	how        match
	lang       Lang
}

// newSpellings brings together what is spelled alike. It goes over the table from
// its beginning to its end, since leaping about in it would take most of the time of
// compiling: first all is parted by the region in which it belongs.
func newSpellings(all [][]spelled) *spellings {
	const regions = 256
	var from [regions + 1]int
	for _, some := range all {
		for i := range some {
			from[mix(some[i].hash)>>56+1]++
		}
	}
	from[0] = 1
	for i := range regions {
		from[i+1] += from[i]
	}
	n := from[regions]
	t := &spellings{list: make([]spelling, n), table: newIndex(n)}
	for _, some := range all {
		for _, s := range some {
			at := &from[mix(s.hash)>>56]
			t.list[*at] = spelling{hash: s.hash, word: s.word, how: s.how, lang: s.lang}
			*at++
		}
	}
	for i := 1; i < n; i++ {
		t.add(uint32(i))
	}
	return t
}

// add puts a spelling into the table, or behind the others of its hash.
func (t *spellings) add(id uint32) {
	s := &t.list[id]
	first, slot := t.place(s.hash)
	if first == 0 {
		*slot = mix(s.hash)<<32 | uint64(id)
		return
	}
	for at := &t.list[first]; ; at = &t.list[at.next] {
		switch {
		case at.word == s.word:
			at.how = min(at.how, s.how)
			return
		case at.next == 0:
			at.next = id
			return
		}
	}
}

// place returns the number of the first spelling of a hash and its slot, or 0 and the
// slot that is free for it.
func (t *spellings) place(h Hash) (id uint32, slot *uint64) {
	return t.table.place(h, func(id uint32) bool { return t.list[id].hash == h })
}

// find returns the first spelling of a hash.
func (t *spellings) find(h Hash) *spelling {
	id, _ := t.place(h)
	return &t.list[id]
}

// index makes the table lead to forms.
func (t *spellings) index(form func(*spelling) uint32) index {
	x := t.table
	for i, slot := range x.slots {
		if slot == 0 {
			continue
		}
		sp := &t.list[uint32(slot)]
		x.slots[i] = slot>>32<<32 | uint64(form(sp))
		x.note(sp.hash)
	}
	return x
}

// A grouping makes forms of spellings: one of each set of words and languages.
type grouping struct {
	b *builder
	*spellings
	from   []uint32 // word -> its symbols
	ofWord []uint32
	forms  []form
	syms   []uint32 // of the forms
	ends   []uint32 // where those of each form end
	single []uint32 // the form of spellings of this word alone
	sets   map[Hash]uint32
	words  []uint32 // of the spelling at hand
}

func newGrouping(b *builder) *grouping {
	g := &grouping{
		b: b, spellings: newSpellings(spellAll(b.words, b.set.forms)), from: make([]uint32, len(b.words)+1), ofWord: make([]uint32, len(b.wordSymbols)),
		forms: make([]form, 1, len(b.words)+len(b.words)/4), ends: make([]uint32, 1, len(b.words)+len(b.words)/4), syms: make([]uint32, 0, 2*len(b.wordSymbols)),
		single: make([]uint32, len(b.words)), sets: make(map[Hash]uint32, len(b.words)/4),
	}
	for _, p := range b.wordSymbols {
		g.from[p.word+1]++
	}
	for i := 1; i < len(g.from); i++ {
		g.from[i] += g.from[i-1]
	}
	next := slices.Clone(g.from)
	for _, p := range b.wordSymbols {
		g.ofWord[next[p.word]] = p.sym
		next[p.word]++
	}
	return g
}

// singles returns the forms of each symbol that is one spelling.
func (g *grouping) singles() []single {
	all := make([]single, len(g.b.symbols))
	for i := range all {
		w := &g.b.words[g.b.symbols[i].word]
		if w.word == "" {
			continue
		}
		exact, fold := HashWord(w.word)
		all[i][0] = g.form(g.find(exact))
		if fold != exact && !w.isTyped() {
			// A folded form that is firmly another word is none of this one.
			if sp := g.find(fold); g.firmIn(sp)&(1<<w.lang) == 0 {
				all[i][1] = g.form(sp)
			}
		}
	}
	return all
}

// firmIn returns the languages, one bit each, in which a spelling is firmly a word.
func (g *grouping) firmIn(sp *spelling) (langs uint8) {
	for ; ; sp = &g.list[sp.next] {
		if sp.how == firm {
			langs |= 1 << sp.lang
		}
		if sp.next == 0 {
			return langs
		}
	}
}

// form returns the number of the form of a spelling, the first of its hash.
func (g *grouping) form(sp *spelling) uint32 {
	if sp.next == 0 {
		w := sp.word
		if g.single[w] == 0 {
			g.words = append(g.words[:0], w)
			g.single[w] = g.add(1 << sp.lang)
		}
		return g.single[w]
	}
	var langs [folded + 1]uint8
	langs[firm] = g.firmIn(sp)
	g.words = g.words[:0]
	for ; ; sp = &g.list[sp.next] {
		l := uint8(1) << sp.lang
		langs[sp.how] |= l
		if sp.how != folded || langs[firm]&l == 0 {
			g.words = append(g.words, sp.word)
		}
		if sp.next == 0 {
			break
		}
	}
	in := langs[firm] | langs[typed]
	if in&^1 == 0 {
		in |= langs[folded]
	}
	// Words that are spelled alike are linked in the order of their numbers.
	key := HashSeed.Add(in)
	for _, w := range g.words {
		key = key*hashBase + Hash(w)
	}
	id, ok := g.sets[key]
	if !ok {
		id = g.add(in)
		g.sets[key] = id
	}
	return id
}

// add adds a form of the words at hand.
func (g *grouping) add(langs uint8) uint32 {
	f := form{langs: langs}
	start := len(g.syms)
	for _, w := range g.words {
		g.syms = append(g.syms, g.ofWord[g.from[w]:g.from[w+1]]...)
		f.class[g.b.words[w].lang] |= g.b.words[w].class
	}
	own := g.syms[start:]
	if len(g.words) > 1 {
		slices.Sort(own)
	}
	own = slices.Compact(own)
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
