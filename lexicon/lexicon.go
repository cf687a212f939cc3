// Package lexicon holds what the scorer knows: entries, as text files that a
// support team can read and edit, and the one index they are compiled into.
//
// The way of an entry:
//
//	lexicon/pl/signals.tsv ──Parse──> Entry ──Compile──> Compiled ──Match──> analyzer
//	site's own folder ──────────────────┘
//
// Rules of this package:
//
//   - Entries are data: a new phenomenon is new lines, not new code.
//   - Files are strict. What is not understood is an error with file and line.
//   - Nothing here judges a message: it says which entries match where, and the
//     analyzer makes a score of it.
//   - A Compiled is immutable and safe for use by many goroutines.
//
// README.md beside this file is the reference of the format.
package lexicon

import (
	"embed"
	"io/fs"
)

//go:generate go run ./internal/genforms
//go:generate go run ./internal/genfrequency

//go:embed emoji.tsv classes.tsv frequency.tsv model.tsv model.reviews.tsv model.tags.tsv pl en
var shipped embed.FS

// Shipped returns the files that the program brings along.
func Shipped() fs.FS { return shipped }

// A Kind says what an entry does.
type Kind uint8

// The kinds of entries; README.md explains each.
const (
	Tone Kind = iota
	Event
	Idiom
	Irony
	Negator
	Booster
	Dampener
	Contrast
	Politeness
	Topic
	Request
	Closing
	Signal
	Aspect
	Stage
	Emoji
	Learned
	Off
	numKinds
)

var kindNames = [numKinds]string{
	"tone", "event", "idiom", "irony", "negator", "booster", "dampener", "contrast", "politeness",
	"topic", "request", "closing", "signal", "aspect", "stage", "emoji", "learned", "off",
}

// String returns the kind as the files write it.
func (k Kind) String() string { return kindNames[k] }

// A Lang is the language whose texts an entry is for.
type Lang uint8

// The languages. Any stands for entries that hold in every text, such as emoji.
const (
	Any Lang = iota
	PL
	EN
	numLangs
)

// String returns the ISO 639-1 code, or "any".
func (l Lang) String() string { return [numLangs]string{"any", "pl", "en"}[l] }

// The names that tags may carry. Their order is the order of reports, and the
// index of a name is its number in Tags.
var (
	Signals = []string{
		"waiting", "repeat_contact", "broken_promise", "ultimatum", "churn", "legal", "publicity", "escalation",
		"effort", "profanity", "shouting", "sarcasm", "resignation", "pressure", "vulnerability", "relief",
	}
	Aspects = []string{
		"waiting_time", "courtesy", "understanding", "competence", "honesty", "product_quality", "clarity", "price",
		"delivery", "returns", "payment", "website", "purchase", "promotion",
	}
	Stages   = []string{"awareness", "interest", "decision", "purchase", "after_sales"}
	Emotions = []string{"joy", "satisfaction", "gratitude", "frustration", "disappointment", "anger", "anxiety"}
)

// Tags is the set of tags of an entry: bit i stands for the name with index i.
type Tags struct {
	Signals  uint32
	Aspects  uint32
	Stages   uint8
	Emotions uint8
	// Feelings are the emotions that the writer names as their own.
	Feelings uint8
}

// A POS is the part of speech that an entry asks for; 0 is none.
type POS uint8

// Parts of speech, as the files write them.
const (
	NoPOS POS = iota
	Noun
	Verb
	Adj
	Adv
	Prep
	Intj
	numPOS
)

var posNames = [numPOS]string{"", "noun", "verb", "adj", "adv", "prep", "intj"}

// String returns the part of speech as the files write it.
func (p POS) String() string { return posNames[p] }

// An Entry is one line of a lexicon.
type Entry struct {
	Pattern string // the pattern, as written
	Kind    Kind
	// Polarity runs from -1 to 1; of a booster or dampener it is the factor.
	Polarity float64
	// Opinion runs from 0 to 1: how opinionated the entry is.
	Opinion float64
	Tags    Tags
	POS     POS
	Note    string
	// Weights are the pulls towards negative, neutral, positive and mixed, as logits,
	// of a learned word that EntryOf shows; 0 otherwise.
	Weights [4]float64

	Lang Lang
	Site bool   // it stands in an overlay
	File string // where it stands, for messages: pl/opinion.tsv
	Line int

	items []item // the pattern, read
}
