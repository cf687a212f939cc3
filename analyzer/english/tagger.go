// Package english knows English grammar: what part of speech a word is in its
// context, and where sentences end.
//
// It is the only importer of prose and of the sentence splitter that prose uses,
// and it keeps their traps in:
//
//   - Their models take tens of milliseconds to decode: each is loaded once, on
//     first use, and shared. Everything here is goroutine-safe.
//   - prose's tokenizer is quadratic in runs of punctuation, gives all copies of a
//     word in one document the tag of the last, is confused by upper case and
//     moves offsets at typographic quotes. So it never sees a customer's text, only
//     a few cleaned words around the one in question, found again by its place.
//   - A tag costs some 50 microseconds, and the tagger's model 27 MB of small maps
//     that each collection walks: ask only where the answer changes a score. The shipped
//     entries tell words apart by their neighbours; a site's may ask (column pos), and
//     explain and suggest show tags to those who write them.
package english

import (
	"fmt"
	"strings"
	"sync"

	"github.com/jdkato/prose/v2"

	"odzew/lexicon"
)

const (
	// before is how many words before the word are shown to the tagger. More
	// context changes the tag of one word in a hundred and costs as much again.
	before = 4
	// behind is how many words behind it the tagger looks at, which goes from the
	// first word to the last.
	behind = 2
	// maxWord is how many bytes of a word are shown: no English word is longer.
	maxWord = 30
)

// A Tagger tells the part of speech of a word in its context. The zero value is
// ready; it loads the model when it is first asked, and is goroutine-safe.
type Tagger struct{}

// model returns prose's English model. Decoding it takes 0.2 seconds.
var model = sync.OnceValues(func() (*prose.Model, error) {
	doc, err := prose.NewDocument("", prose.WithExtraction(false), prose.WithSegmentation(false))
	if err != nil {
		return nil, fmt.Errorf("the English tagger's model: %w", err)
	}
	return doc.Model, nil
})

// Tag returns the part of speech of words[i], in the context of its neighbours in
// words: the words of a sentence in order, as written or in lower case. Other
// parts of speech than a lexicon entry can ask for are lexicon.NoPOS, and so is a
// word that is none, or an i outside of words.
func (Tagger) Tag(words []string, i int) lexicon.POS {
	if i < 0 || i >= len(words) {
		return lexicon.NoPOS
	}
	target := clean(words[i])
	if target == "" {
		return lexicon.NoPOS
	}
	m, err := model()
	if err != nil {
		return lexicon.NoPOS
	}
	var text strings.Builder
	place := 0 // of the target among the tokens
	lo := max(0, i-before)
	for k := i - 1; k >= lo; k-- {
		if clean(words[k]) == target { // copies would share one tag
			lo = k + 1
		}
	}
	for k, more := lo, behind; k < len(words) && more > 0; k++ {
		w := target
		if k != i {
			if w = clean(words[k]); w == "" {
				continue
			}
			if w == target {
				break
			}
			if k > i {
				more--
			} else {
				place++
				if apostrophe := strings.IndexByte(w, '\''); apostrophe > 0 {
					place++ // "don't" is two tokens
				}
			}
		}
		if text.Len() > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(w)
	}
	doc, err := prose.NewDocument(text.String(), prose.UsingModel(m),
		prose.WithExtraction(false), prose.WithSegmentation(false))
	if err != nil {
		return lexicon.NoPOS
	}
	tokens := doc.Tokens()
	// Tokens may be split otherwise than foreseen: the target is the nearest one
	// that reads like it.
	for d := range len(tokens) + 1 {
		for _, k := range [2]int{place - d, place + d} {
			if k >= 0 && k < len(tokens) && tokens[k].Text == target {
				return correct(words, i, target, posOf(tokens[k].Tag))
			}
		}
	}
	return lexicon.NoPOS
}

// correct puts right what a tagger taught on newspapers gets wrong in three words
// that decide on praise: "we really like it", "your kind help", "very pretty".
func correct(words []string, i int, target string, pos lexicon.POS) lexicon.POS {
	switch target {
	case "like":
		k := i - 1
		for k >= 0 && likeAdverbs[clean(words[k])] {
			k--
		}
		if k >= 0 && likeSubjects[clean(words[k])] {
			return lexicon.Verb
		}
	case "kind":
		if pos == lexicon.Noun && (i+1 == len(words) || clean(words[i+1]) != "of") {
			return lexicon.Adj
		}
	case "pretty":
		if i+1 == len(words) {
			return lexicon.Adj
		}
	}
	return pos
}

var (
	likeSubjects = map[string]bool{
		"I": true, "we": true, "they": true, "to": true, "do": true, "don't": true, "doesn't": true,
		"didn't": true, "would": true, "wouldn't": true, "I'd": true, "kids": true, "who": true,
	}
	likeAdverbs = map[string]bool{
		"really": true, "also": true, "just": true, "particularly": true, "especially": true, "actually": true,
		"truly": true, "always": true, "quite": true, "very": true, "much": true, "all": true, "still": true,
	}
)

// posOf maps a tag of the Penn Treebank.
func posOf(tag string) lexicon.POS {
	switch {
	case strings.HasPrefix(tag, "NN"):
		return lexicon.Noun
	case strings.HasPrefix(tag, "VB"), tag == "MD":
		return lexicon.Verb
	case strings.HasPrefix(tag, "JJ"):
		return lexicon.Adj
	case strings.HasPrefix(tag, "RB"), tag == "WRB":
		return lexicon.Adv
	case tag == "IN", tag == "TO":
		return lexicon.Prep
	case tag == "UH":
		return lexicon.Intj
	}
	return lexicon.NoPOS
}

// bare maps contractions that are typed without an apostrophe, for the tagger was
// taught on newspapers.
var bare = map[string]string{
	"dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "wont": "won't", "cant": "can't",
	"isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "werent": "weren't", "couldnt": "couldn't",
	"wouldnt": "wouldn't", "shouldnt": "shouldn't", "havent": "haven't", "hasnt": "hasn't", "hadnt": "hadn't",
	"im": "I'm", "ive": "I've", "id": "I'd", "youre": "you're", "youve": "you've", "theyre": "they're",
	"thats": "that's", "whats": "what's", "theres": "there's", "i": "I", "i'm": "I'm", "i'd": "I'd", "i've": "I've",
	"u": "you", "ur": "your", "pls": "please", "plz": "please", "thx": "thanks", "n": "and",
}

// clean returns the word as the tagger knows it: lower case, plain apostrophes,
// no other marks, of limited length. It is empty where no letter or digit is left.
func clean(word string) string {
	if len(word) > maxWord {
		word = word[:maxWord]
	}
	var b strings.Builder
	for _, r := range strings.ToLower(word) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case r == '\'' || r == '’' || r == '‘':
			if b.Len() > 0 {
				b.WriteByte('\'')
			}
		}
	}
	s := strings.TrimRight(b.String(), "'")
	if full, ok := bare[s]; ok {
		return full
	}
	return s
}
