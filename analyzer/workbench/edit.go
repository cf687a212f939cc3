package workbench

import (
	"bytes"
	"maps"
	"reflect"
	"sort"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/text"
	"odzew/lexicon"
)

// What an edit of a lexicon can change. After one, most texts need not be scored again:
// only those with a word that has to do with the edit.
//
// Why this is safe: a score comes of the words of a text, each looked up by its
// spellings, and of the entries that match there, in the order of their places and of
// the entries. Of two lexicons that differ in entries only,
//
//   - a spelling is known differently only if a word has it that stands in one of them
//     alone: all spellings of such words are in question;
//   - an entry that differs, or stands in another order among the others, can match only
//     where each of its words stands: the spellings of one of them are in question.
//
// A text none of whose words is looked up at a spelling in question reads the same with
// both. Which spellings a word is looked up at, as it is written, folded, without
// stretched letters or slips of the finger, the scorer itself tells: it is asked with a
// lexicon that knows the spellings in question and nothing else.

// An Edit is what lies between two lexicons of the same files but for entries.
type Edit struct {
	// Everything: no text is safe.
	Everything bool

	probe *sentiment.Scorer // nil: every text is safe
}

// manyGuesses is how many unknown words a text may have to be read to its end: the
// scorer looks no more than so many of them up in other spellings.
const manyGuesses = 200

// Touches reports whether a text may score differently with the two lexicons. It may
// say yes where it does not, and never no where it does.
func (e *Edit) Touches(message string) bool {
	if e.Everything || e.probe == nil {
		return e.Everything
	}
	r := e.probe.Read(message, "mixed")
	unknown := 0
	for i := range r.Words {
		switch w := &r.Words[i]; {
		case w.Known:
			return true
		case w.Kind == text.Word:
			unknown++
		}
	}
	return len(r.Learned) > 0 || unknown >= manyGuesses
}

// Between returns what an edit changed. Both sets have the same shipped files.
func Between(old, edited *lexicon.Set) *Edit {
	b := edit{old: old, edited: edited, spellings: map[string]bool{}}
	b.entries()
	learned := b.learned()
	e := &Edit{Everything: b.everything}
	if e.Everything || len(b.spellings) == 0 && len(learned) == 0 {
		return e
	}
	probe, err := b.compile(learned)
	if err != nil {
		// A spelling that no entry can hold: nothing is known of it, so nothing is safe.
		e.Everything = true
		return e
	}
	e.probe = sentiment.New(probe.Compile(), new(sentiment.Model))
	return e
}

// edit is an Edit while it is found out.
type edit struct {
	old, edited *lexicon.Set
	everything  bool
	spellings   map[string]bool // in question
}

// An entryID is all of an entry that counts.
type entryID struct {
	entryKey
	polarity, opinion float64
	tags              lexicon.Tags
	pos               lexicon.POS
}

func idOf(e *lexicon.Entry) entryID {
	return entryID{keyOf(e), e.Polarity, e.Opinion, e.Tags, e.POS}
}

// A spoken is a word of an item in its language.
type spoken struct {
	lang lexicon.Lang
	word string // as Item.Words has it
}

// A vocabulary says how many entries of a set have a word.
type vocabulary map[spoken]int

func vocabularyOf(s *lexicon.Set) vocabulary {
	v := vocabulary{}
	for i := range s.Entries {
		e := &s.Entries[i]
		for _, it := range e.Items() {
			for _, w := range it.Words {
				v[spoken{e.Lang, w}]++
			}
		}
	}
	return v
}

// entries finds what is in question for the entries.
func (b *edit) entries() {
	differ := b.differing()
	if len(differ) == 0 {
		return
	}
	before, after := vocabularyOf(b.old), vocabularyOf(b.edited)
	for _, v := range [2][2]vocabulary{{before, after}, {after, before}} {
		for w := range v[0] {
			if v[1][w] == 0 {
				b.question(w)
			}
		}
	}
	for _, e := range differ {
		words, ok := rarest(e, before, after)
		if !ok {
			b.everything = true // of classes alone: it can match anywhere
			return
		}
		for _, w := range words {
			b.question(spoken{e.Lang, w})
		}
	}
}

// differing returns the entries of which one set has no equal at the same place among
// the others. A word's tone knows the booster that is the same word, so that one differs
// where the other does.
func (b *edit) differing() []*lexicon.Entry {
	boosters := [2]map[spoken]entryID{boostersOf(b.old), boostersOf(b.edited)}
	at := make(map[entryID]int, len(b.old.Entries))
	for i := range b.old.Entries {
		at[idOf(&b.old.Entries[i])] = i + 1
	}
	var out []*lexicon.Entry
	var places []int // of those in both, in the order of the edited one
	var same []*lexicon.Entry
	for i := range b.edited.Entries {
		e := &b.edited.Entries[i]
		p := at[idOf(e)]
		if p > 0 && e.Kind == lexicon.Tone {
			k := bareWord(e)
			if boosters[0][k] != boosters[1][k] {
				p = 0
			}
		}
		if p == 0 {
			out = append(out, e)
			continue
		}
		places, same = append(places, p-1), append(same, e)
	}
	stays := make([]bool, len(b.old.Entries))
	keep := rising(places)
	for i, p := range places {
		if keep[i] {
			stays[p] = true
		} else {
			out = append(out, same[i])
		}
	}
	for i := range b.old.Entries {
		if !stays[i] {
			out = append(out, &b.old.Entries[i])
		}
	}
	return out
}

// bareWord is the word by which a tone finds its booster.
func bareWord(e *lexicon.Entry) spoken {
	w := e.Pattern
	if len(w) > 1 && w[0] == '=' {
		w = w[1:]
	}
	return spoken{e.Lang, w}
}

// boostersOf returns the last booster of each word.
func boostersOf(s *lexicon.Set) map[spoken]entryID {
	out := map[spoken]entryID{}
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Kind == lexicon.Booster {
			out[bareWord(e)] = idOf(e)
		}
	}
	return out
}

// rising marks a longest subsequence of numbers that rises. What is the same in two
// lists, and in the same order, is such a one.
func rising(list []int) []bool {
	before := make([]int, len(list)) // the element in front, 1 + index
	var ends []int                   // index of the least last element of those of length i+1
	for i, v := range list {
		k := sort.Search(len(ends), func(k int) bool { return list[ends[k]] >= v })
		if k > 0 {
			before[i] = ends[k-1] + 1
		}
		if k == len(ends) {
			ends = append(ends, i)
		} else {
			ends[k] = i
		}
	}
	keep := make([]bool, len(list))
	if len(ends) > 0 {
		for i := ends[len(ends)-1] + 1; i > 0; i = before[i-1] {
			keep[i-1] = true
		}
	}
	return keep
}

// rarest returns the words of that item of an entry which is met the least, as far as
// the entries tell: of each text in which the entry matches it takes a word.
func rarest(e *lexicon.Entry, vs ...vocabulary) (words []string, ok bool) {
	least := 0
	for _, it := range e.Items() {
		if len(it.Words) == 0 || len(it.Classes) > 0 || it.Guard || it.Optional {
			continue
		}
		cost := 0
		for _, w := range it.Words {
			for _, v := range vs {
				cost += 1 + v[spoken{e.Lang, w}]
			}
		}
		if !ok || cost < least {
			words, least, ok = it.Words, cost, true
		}
	}
	return words, ok
}

// question puts all spellings of a word in question.
func (b *edit) question(w spoken) {
	for _, s := range b.edited.Forms(w.lang, w.word) {
		b.spellings[s] = true
	}
}

// A learnedKey is a place in a table of learned words: of spellings that fold alike, the
// last row counts.
type learnedKey struct {
	lang   lexicon.Lang
	domain lexicon.Domain
	hash   lexicon.Hash
}

// learnedOf returns the rows that count, and in which languages and domains there are
// any at all.
func learnedOf(s *lexicon.Set) (rows map[learnedKey]lexicon.LearnedRow, files map[learnedKey]bool) {
	rows, files = map[learnedKey]lexicon.LearnedRow{}, map[learnedKey]bool{}
	for _, f := range s.Learned {
		files[learnedKey{lang: f.Lang, domain: f.Domain}] = true
		for _, row := range f.Rows {
			row.Line = 0
			rows[learnedKey{f.Lang, f.Domain, lexicon.EntryHash(row.Entry)}] = row
		}
	}
	return rows, files
}

// learned returns the learned words that differ.
func (b *edit) learned() []*lexicon.LearnedFile {
	if reflect.DeepEqual(b.old.Learned, b.edited.Learned) {
		return nil
	}
	before, filesBefore := learnedOf(b.old)
	after, filesAfter := learnedOf(b.edited)
	if !maps.Equal(filesBefore, filesAfter) {
		b.everything = true // a domain that a text is or is not of
		return nil
	}
	differ := map[lexicon.Lang]map[string]bool{lexicon.PL: {}, lexicon.EN: {}}
	for k, row := range before {
		if now, both := after[k]; !both || !reflect.DeepEqual(row, now) {
			differ[k.lang][row.Entry] = true
		}
	}
	for k, row := range after {
		if _, both := before[k]; !both {
			differ[k.lang][row.Entry] = true
		}
	}
	var out []*lexicon.LearnedFile
	for lang, entries := range differ {
		f := &lexicon.LearnedFile{Lang: lang}
		for entry := range entries {
			// What is looked for knows no negators: a denied word may stand wherever it stands.
			f.Rows = append(f.Rows, lexicon.LearnedRow{Entry: lexicon.Undenied(entry)})
		}
		if len(f.Rows) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// compile makes the lexicon that knows what is in question and nothing else. Entries of
// kind emoji are one word each, whatever signs are in it, and hold in every language.
func (b *edit) compile(learned []*lexicon.LearnedFile) (*lexicon.Set, error) {
	entries := make([]lexicon.Entry, 0, len(b.spellings))
	for s := range b.spellings {
		entries = append(entries, lexicon.Entry{Pattern: s, Kind: lexicon.Emoji})
	}
	var file bytes.Buffer
	if err := lexicon.Write(&file, nil, entries); err != nil {
		return nil, err
	}
	parsed, err := lexicon.Parse("emoji.tsv", file.Bytes())
	if err != nil {
		return nil, err
	}
	return b.old.Only(parsed, learned), nil
}
