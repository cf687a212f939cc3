package eval_test

// Reviews to learn from, and that none of them is measured with on the other level.

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"odzew/analyzer/sentiment"
	"odzew/analyzer/text"
)

// reviews are what is learned from of a corpus of reviews.
type reviews struct {
	sentences, texts []sentiment.Example
	// longer are the sentences that teach beside texts.
	longer []sentiment.Example
}

// key is by how many letters a sentence is looked for in a text. One of fewer tells no
// text from another.
const key = 12

// A finder finds sentences in texts, by their letters alone.
type finder struct {
	plain   []string
	byStart map[string][]int
}

func newFinder(sentences []sentiment.Example) *finder {
	f := &finder{make([]string, len(sentences)), map[string][]int{}}
	for i := range sentences {
		f.plain[i] = letters(sentences[i].Text, nil)
		if p := f.plain[i]; len(p) >= key {
			f.byStart[p[:key]] = append(f.byStart[p[:key]], i)
		}
	}
	return f
}

// find calls see with each sentence that stands in the letters of a text, from and to
// which of them.
func (f *finder) find(p string, see func(sentence, from, to int)) {
	for i := range max(0, len(p)-key+1) {
		for _, k := range f.byStart[p[i:i+key]] {
			if strings.HasPrefix(p[i:], f.plain[k]) {
				see(k, i, i+len(f.plain[k]))
			}
		}
	}
}

// stands reports whether any of the sentences stands in a text.
func (f *finder) stands(e sentiment.Example) (ok bool) {
	f.find(letters(e.Text, nil), func(_, _, _ int) { ok = true })
	return ok
}

// isShort reports whether a review is weighed as a sentence.
func isShort(e sentiment.Example) bool { return words(e.Text) <= sentiment.SentenceWords }

func isLong(e sentiment.Example) bool { return !isShort(e) }

// words counts the words of a text, as the scorer does.
func words(s string) (n int) {
	for _, tok := range text.Tokenize(nil, s) {
		if tok.Kind == text.Word {
			n++
		}
	}
	return n
}

// polemo returns the sentences and the texts of PolEmo for training. Both levels were
// split by themselves, so sentences of one's test set stand in the other's texts for
// training, and the other way round. But what is as short as a sentence is weighed by
// what was learned from sentences alone, and longer texts by what was learned from texts:
// so only where the two meet something must not be learned from.
//
//   - Texts that are measured with and as short as a sentence: of these no sentence is
//     learned from.
//   - Sentences that are measured with and longer: of the texts, passages of such a length
//     are learned from only where they are sentences for training, and no text is in which
//     such a sentence stands all the same.
//   - Beside texts, the sentences are learned from that stand in one for training.
func polemo(t testing.TB) (p reviews) {
	all := load(t, shared("data", "sentiment", "polemo2_sent.train.tsv"))
	f := newFinder(all)
	measured := make([]bool, len(all))
	for _, e := range load(t, shared("data", "sentiment", "polemo2_text.dev.tsv")) {
		if isShort(e) {
			f.find(letters(e.Text, nil), func(k, _, _ int) { measured[k] = true })
		}
	}
	long := newFinder(slices.DeleteFunc(load(t, shared("data", "sentiment", "polemo2_sent.dev.tsv")), isShort))
	within := make([]bool, len(all))
	for _, e := range load(t, shared("data", "sentiment", "polemo2_text.train.tsv")) {
		var at []int // of each letter, where it stands in the text
		plain := letters(e.Text, &at)
		at = append(at, len(e.Text))
		var kept strings.Builder
		end := 0 // of what was found
		rest := func(to int) {
			if between := e.Text[at[end]:at[to]]; words(between) <= sentiment.SentenceWords {
				kept.WriteString(between)
			}
		}
		f.find(plain, func(k, from, to int) {
			within[k] = true
			all[k].ID = e.ID
			if from >= end {
				rest(from)
				end = from
			}
			if to > end {
				kept.WriteString(e.Text[at[end]:at[to]])
				end = to
			}
		})
		rest(len(plain))
		if kept.Len()*2 >= len(e.Text) {
			e.Text, e.Lang = kept.String(), "pl"
			p.texts = append(p.texts, e)
		}
	}
	const longer = 15 // words
	for i, e := range all {
		e.Lang = "pl"
		if !measured[i] {
			p.sentences = append(p.sentences, e)
		}
		if within[i] && words(e.Text) > longer {
			p.longer = append(p.longer, e)
		}
	}
	p.texts = slices.DeleteFunc(p.texts, long.stands)
	p.longer = slices.DeleteFunc(p.longer, long.stands)
	return p
}

// TestOverlap proves that no review that is measured with is weighed by what was learned
// from it on the other level.
func TestOverlap(t *testing.T) {
	p := polemo(t)
	sentences, texts := load(t, shared("data", "sentiment", "polemo2_sent.dev.tsv")), load(t, shared("data", "sentiment", "polemo2_text.dev.tsv"))
	for _, tt := range []struct {
		name          string
		parts, wholes []sentiment.Example
		not, notIn    func(sentiment.Example) bool
	}{
		{"sentences that are learned from, in short texts", p.sentences, texts, nil, isLong},
		{"sentences that are learned from beside texts, in long texts", p.longer, texts, nil, isShort},
		{"long sentences, in texts that are learned from", sentences, slices.Concat(p.texts, p.longer), isShort, nil},
	} {
		cut := func(of []sentiment.Example, leave func(sentiment.Example) bool) []sentiment.Example {
			if leave == nil {
				return of
			}
			return slices.DeleteFunc(slices.Clone(of), leave)
		}
		parts, wholes := cut(tt.parts, tt.not), cut(tt.wholes, tt.notIn)
		f, n := newFinder(parts), 0
		for _, e := range wholes {
			if f.stands(e) {
				n++
			}
		}
		t.Logf("%s: %d in %d, %d", tt.name, len(parts), len(wholes), n)
		if n > 0 || len(parts) == 0 || len(wholes) == 0 {
			t.Errorf("%s: %d overlap", tt.name, n)
		}
	}
}

// letters returns a text without anything but its letters, and where each byte of them
// stands.
func letters(s string, at *[]int) string {
	var b strings.Builder
	for i, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		n := b.Len()
		b.WriteRune(unicode.ToLower(r))
		for at != nil && n < b.Len() {
			*at = append(*at, i)
			n++
		}
	}
	return b.String()
}
