package frustration

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"odzew"
	"odzew/lexicon"
)

// Leaving without a word: customers who stop pursuing a matter, or say in passing that
// they went elsewhere. No single word of theirs is angry, so that this is a rule about
// the end of a conversation, and its phrases stand here.

// leaving are phrases by which customers let a matter be. A star stands for any end of
// a word, ".." for up to three words.
var leaving = phrases(
	"kupil* .. gdzie indziej", "zamowil* .. gdzie indziej", "zalatwil* .. gdzie indziej", "znalazl* .. gdzie indziej",
	"wzial* .. gdzie indziej", "pojde .. gdzie indziej", "poszukam .. gdzie indziej", "poszukam innego", "poszukam innej",
	"kupil* .. w innym", "kupil* .. u innego", "zamowil* .. w innym", "skorzystam z innej", "skorzystam z innego",
	"poradzil* sobie", "poradzimy sobie", "poradze sobie", "nieaktualne", "niewazne", "juz nie trzeba", "nie trzeba juz",
	"juz niepotrzebn*", "nie klopotac", "nie fatygowac", "nie zawracac sobie", "dam* sobie spokoj", "dajmy spokoj", "odpuszczam", "odpuszcze",
	"odpuscmy", "nie bede .. wiecej .. korzyst*", "nie bede .. wiecej uzywac", "zostawmy to", "niech .. zostanie", "zamykam temat", "obejdzie sie", "obejde sie",
	"moze innym razem", "zamknac zgloszenie", "zamknac sprawe", "nie bede .. zawracac", "nie bede .. glowy", "szkoda .. zachodu", "nie zalezy mi juz", "juz mi nie zalezy",
	"no coz", "to trudno", "no trudno", "pozostaje mi", "pogodz* sie", "pogodzil* sie", "dam* sobie rade", "jakos damy rade", "nie skorzystam", "przestan* pytac", "nie bede juz pytac", "nie bede .. dopytywac",
	"never mind", "nevermind", "bought .. elsewhere", "bought one", "bought it somewhere", "ordered .. elsewhere", "found .. elsewhere",
	"gone elsewhere", "went elsewhere", "go elsewhere", "find someone else", "found someone else", "use someone else", "someone else did",
	"no need any", "no need anymore", "no longer need*", "don't need it any*", "not needed any", "don't bother", "don't trouble", "forget it", "forget about it",
	"let's leave it", "i'll leave it", "leave it there", "leave it at that", "do without", "sorted it .. myself", "sort it .. myself", "made one", "made my own", "live with it",
	"close the ticket", "close this ticket", "close my ticket", "managed without", "managed it myself", "too late now",
	"oh well", "i'll manage", "we'll manage", "i won't be needing", "we won't be needing", "stop asking", "won't ask again", "won't chase", "won't bother",
)

// solving are words by which such a phrase tells of a good end: "never mind, it works".
var solving = phrases("dziala", "dziala juz", "znalazl* sie", "doszl*", "przyszl*", "works", "working", "arrived", "found it", "it's here", "my mistake", "my fault", "moj blad", "moja wina")

// demands make a good-bye one that wants something, or depends on something.
var demands = phrases("zadam", "oczekuje", "domagam", "chce .. zwrot*", "chce .. pieniedzy", "prosze o zwrot", "prosze .. oddac", "oddajcie", "anuluj*",
	"jesli", "jezeli", "if", "unless", "i want", "i demand", "refund me", "my money back", "i expect", "usun* .. konto", "usuniecie konta", "wypowiadam")

// ownReasons are reasons to leave that the company did not give.
var ownReasons = phrases("przeprowadz*", "wyprowadz*", "wyjezdza* .. na stale", "emigruj*", "zmienia* prace", "zmienia* miejsce", "z powodow osobistych", "z przyczyn osobistych",
	"wzgledow zdrowotnych", "wzgledow osobistych", "urodzi*", "moving to", "moving away", "moving abroad", "moving house", "we're moving", "i'm moving", "we are moving", "i am moving",
	"relocating", "new job", "changing jobs", "personal reasons", "health reasons")

// rivals are those whom customers move to, and not a new home.
var rivals = phrases("konkurenc*", "innego dostawcy", "innego operatora", "innej firmy", "gdzie indziej", "another provider", "another supplier", "another company",
	"another firm", "new provider", "new supplier", "different provider", "different company", "competitor*", "elsewhere")

// goesForOwnReasons says whether a message ends a contract, and blames nothing but the
// course of life.
func goesForOwnReasons(m *Message) bool {
	if len(m.Score.Signals) != 1 || m.Score.Signals[0] != "churn" {
		return false
	}
	text := plainWords(m.Text)
	return text.hasAny(ownReasons) && !text.hasAny(rivals)
}

// threats keep a message from being a quiet good-bye.
var threats = []string{"ultimatum", "legal", "publicity", "escalation", "profanity", "shouting", "vulnerability"}

// leavesQuietly returns the last message of a customer if it is a good-bye without a
// threat or demand, with no more than a line behind it; else -1.
func leavesQuietly(ms []Message) int {
	for i := len(ms) - 1; i >= max(0, len(ms)-2); i-- {
		m := &ms[i]
		if loud(&m.Score) {
			return -1
		}
		text := plainWords(m.Text)
		if text.hasAny(demands) || text.hasAny(solving) {
			return -1
		}
		if text.hasAny(leaving) || givesUp(&m.Score) {
			return i
		}
	}
	return -1
}

// givesUp says whether a message is one of resignation, and of no complaint beside it:
// who still complains still pursues the matter.
func givesUp(s *odzew.Score) bool {
	if pleased(s) {
		return false
	}
	gives := false
	for _, sig := range s.Signals {
		gives = gives || sig == "resignation"
		if k := kinds[sig]; sig != "resignation" && sig != "churn" && k.weight > 0 && k.rank != weak {
			return false
		}
	}
	return gives
}

// told are signals of what has been: who leaves for it calmly need not be furious.
var told = []string{"churn", "resignation", "waiting", "pressure", "repeat_contact", "effort", "broken_promise"}

// loud says whether a message threatens, demands, or is furious about more than what
// its writer goes for.
func loud(s *odzew.Score) bool {
	for _, sig := range s.Signals {
		switch {
		case slices.Contains(threats, sig):
			return true
		case s.Level == 2 && !slices.Contains(told, sig):
			return true
		}
	}
	return false
}

// silent says whether the customer left without a word: by a quiet good-bye, or by
// not coming back to an unsolved matter.
func (a *assessment) silent(quiet int) bool {
	return quiet >= 0 || a.mayFallSilent() && a.now.Sub(a.last) >= silenceAfter
}

// mayFallSilent says whether it would mean something if the customer wrote no more.
func (a *assessment) mayFallSilent() bool {
	last := &a.Messages[len(a.Messages)-1]
	return a.open == nil && !a.Solved && len(a.Replies) > 0 && a.Replies[len(a.Replies)-1].After(last.At) && last.Score.Level > 0
}

// A phrase is words in a row.
type phrase []string

// A phraseSet holds phrases by the first two letters of the first word.
type phraseSet [1 << 10][]phrase

func phrases(list ...string) *phraseSet {
	var set phraseSet
	for _, p := range list {
		words := strings.Fields(p)
		at := begins(words[0])
		set[at] = append(set[at], words)
	}
	return &set
}

// begins tells words apart by their first two letters. A phrase has a star only behind
// two letters or more.
func begins(w string) uint16 {
	at := uint16(w[0]&31) << 5
	if len(w) > 1 {
		at |= uint16(w[1] & 31)
	}
	return at
}

// folded are the words of a text, lower case and without diacritics.
type folded []string

// maxGoodbye is how far into a message phrases are looked for: nobody says good-bye
// in passing in a longer one.
const maxGoodbye = 2 << 10

func plainWords(text string) folded {
	if len(text) > maxGoodbye {
		text = text[:maxGoodbye]
	}
	buf := folding.Get().(*[]byte)
	defer folding.Put(buf)
	b := (*buf)[:0]
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', c == '\'':
			b = append(b, c)
			i++
			continue
		case 'A' <= c && c <= 'Z':
			b = append(b, c|0x20)
			i++
			continue
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if unicode.IsLetter(r) || r == '’' {
				if _, f := lexicon.Fold(r); f != 0 {
					b = utf8.AppendRune(b, f)
				}
				continue
			}
		default:
			i++
		}
		b = append(b, ' ')
	}
	*buf = b
	return strings.Fields(string(b))
}

// folding is memory that calls use again.
var folding = sync.Pool{New: func() any { return new([]byte) }}

func (f folded) hasAny(set *phraseSet) bool {
	for i := range f {
		for _, p := range set[begins(f[i])] {
			if matchWord(p[0], f[i]) && matchPhrase(p[1:], f[i+1:]) {
				return true
			}
		}
	}
	return false
}

func matchWord(pattern, w string) bool {
	if stem, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(w, stem)
	}
	return pattern == w
}

func matchPhrase(p phrase, words []string) bool {
	if len(p) == 0 {
		return true
	}
	if p[0] == ".." {
		for skip := 0; skip <= 3 && skip <= len(words); skip++ {
			if matchPhrase(p[1:], words[skip:]) {
				return true
			}
		}
		return false
	}
	return len(words) > 0 && matchWord(p[0], words[0]) && matchPhrase(p[1:], words[1:])
}
