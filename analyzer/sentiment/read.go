package sentiment

import (
	"slices"
	"strings"
	"unicode/utf8"

	"odzew/analyzer/text"
	"odzew/lexicon"
)

// Reading: from a text to words of the lexicon and its matches, and the language
// on the way. Known words tell it for nothing; only where they do not is the
// language detector asked.

// read fills m with the tokens, words, language and matches of a text.
func (s *Scorer) read(m *scratch, message, hint string) {
	m.text = message
	m.toks = text.Tokenize(m.toks[:0], message)
	m.saidOnce()
	m.closeOff()
	for i := range m.toks {
		m.ahead ^= s.lex.Ahead(m.toks[i].Exact)
	}
	m.words = m.words[:0]
	const mostGuesses = 200 // unknown words of a message that are looked at twice
	var pl, en, both, words, strange, guesses int
	for i := range m.toks {
		t := &m.toks[i]
		w := lexicon.Word{Sentence: t.Sentence, Clause: t.Clause}
		switch t.Kind {
		case text.Word:
			words++
			w.Form = s.lex.Find(t.Exact, t.Folded)
			if w.Form == 0 && guesses < mostGuesses {
				guesses++
				w.Form = s.guess(m.text, t)
			}
			switch langs := s.lex.FormLangs(w.Form); {
			case langs.Has(lexicon.PL) && langs.Has(lexicon.EN):
				both++
			case langs.Has(lexicon.PL):
				pl++
			case langs.Has(lexicon.EN):
				en++
			default:
				if t.Has(text.Marked) && foreign(message[t.Start:t.End]) {
					strange++
				}
			}
			if t.Has(text.Upper) && !t.Has(text.First) && !t.Has(text.Caps) {
				w.Class = lexicon.ClassName
			}
			if i >= 2 {
				s.undot(m, i)
			}
		case text.Number:
			w.Form = s.lex.Find(t.Exact, t.Folded)
			w.Class = numberClass(message[t.Start:t.End], t)
		case text.Code, text.Emoji, text.Emoticon:
			w.Form = s.lex.Find(t.Exact, t.Folded)
		case text.Masked:
			w.Form = s.unmask(message[t.Start:t.End])
		case text.Mark:
			w.Form = s.lex.Find(t.Exact, t.Folded)
			w.Mark = lexicon.EndMark
			if t.Has(text.Dots) {
				w.Mark = lexicon.Ellipsis
			}
		}
		m.words = append(m.words, w)
	}
	m.lang = hint
	if hint != "mixed" && len(hint) != 2 {
		m.lang = decide(message, pl, en, both, words, strange, guesses)
	}
	switch m.lang {
	case "pl":
		m.langs = lexicon.LangsOf(lexicon.PL)
	case "en":
		m.langs = lexicon.LangsOf(lexicon.EN)
	case "mixed", "und":
		m.langs = lexicon.LangsOf(lexicon.PL, lexicon.EN)
	default:
		m.langs = 0
		m.matches = m.matches[:0]
		return
	}
	m.matches = s.lex.Match(m.matches[:0], m.words, m.langs)
	if m.closed() {
		m.matches = slices.DeleteFunc(m.matches, func(x lexicon.Match) bool { return int(x.Start) >= m.tail })
	}
	// Under which of its words a pattern was found must not tell.
	sortMatches(m.matches)
}

// saidOnce leaves out sentences that were said before, word for word: who pastes a
// complaint six times means it no other way, and sums of what it says would drown all else.
func (m *scratch) saidOnce() {
	const most = 64 // of the sentences before, that are compared with; the latest ones
	m.said = m.said[:0]
	kept := 0
	for lo := 0; lo < len(m.toks); {
		sum, hi := lexicon.HashSeed, lo
		for ; hi < len(m.toks) && m.toks[hi].Sentence == m.toks[lo].Sentence; hi++ {
			if t := &m.toks[hi]; t.Kind != text.Mark || t.Has(text.Asks) {
				sum = lexicon.PairHash(sum, t.Folded)
			}
		}
		if sum == lexicon.HashSeed || !slices.Contains(m.said[max(0, len(m.said)-most):], sum) {
			m.said = append(m.said, sum)
			kept += copy(m.toks[kept:], m.toks[lo:hi])
		}
		lo = hi
	}
	m.toks = m.toks[:kept]
}

// closeOff finds the words of thanks in which a message ends, and which are left out but
// where an entry begins before them: whatever people ask for, report or complain of, most
// end so, and only the rest tells whether they are grateful. That it ends so is a feature.
func (m *scratch) closeOff() {
	m.tail = len(m.toks)
	keep, names, run := len(m.toks), 0, 0
	const mostNames, mostRun = 3, 8 // of who signs; of a formula
walk:
	for i := len(m.toks) - 1; i >= 0 && run <= mostRun; i-- {
		switch t := &m.toks[i]; t.Kind {
		case text.Emoji, text.Emoticon:
		case text.Mark:
			if t.Has(text.Asks) {
				break walk
			}
		case text.Word:
			run++
			switch role := formulas[t.Folded]; {
			case role == formulaThanks, role == formulaLead && i+1 == keep:
				keep, run = i, 0
			case role == formulaNice && (i+1 == len(m.toks) || formulas[m.toks[i+1].Folded] != formulaDay):
				break walk // what is great here is no day
			case role != 0:
			case keep == len(m.toks) && t.Has(text.Upper) && !t.Has(text.Caps) && names < mostNames:
				names++
			default:
				break walk
			}
		default:
			break walk
		}
	}
	// "No, thanks" is no formula; and a message that only thanks does thank.
	words, last := 0, lexicon.Hash(0)
	for i := range keep {
		if t := &m.toks[i]; t.Kind == text.Word {
			words, last = words+1, t.Folded
		}
	}
	if keep < len(m.toks) && words >= 3 && formulas[last] != formulaNot {
		m.tail = keep
	}
}

// closed says whether the message ends in words of thanks that say nothing of it.
func (m *scratch) closed() bool { return m.tail < len(m.toks) }

// What a word does in a closing.
const (
	formulaThanks = iota + 1 // without which it is none
	formulaLead              // may stand in front of it
	formulaRest              // may stand behind it
	formulaNice              // may stand there in front of a day
	formulaDay               // may stand there as well
	formulaNot               // in front of it makes it none
)

// formulas are the words of a closing, by folded hash.
var formulas = func() map[lexicon.Hash]int {
	m := map[lexicon.Hash]int{}
	for role, list := range map[int]string{
		formulaThanks: `dziękuję dziękujemy dzięki pozdrawiam pozdrawiamy pozdrowienia pozdrowieniami poważaniem szacunku miłego dobrego udanego spokojnego
			thanks thank thankyou thx tnx cheers regards wishes sincerely faithfully`,
		formulaLead: `góry bardzo serdecznie serdeczne uprzejmie ślicznie wielkie wyrazami z many kind best warm and i yours`,
		formulaRest: `za że się tym temu zajmiecie przyjrzycie pomoc odpowiedź wsparcie informację informacje kontakt czas dnia wieczoru tygodnia weekendu
			you much very so kindly in advance for your the this time help assistance support reply response looking into it have a rest of`,
		formulaNice: `nice good great lovely wonderful`,
		formulaDay:  `day evening week weekend one`,
		formulaNot:  `nie no not say saying said powiedzieć`,
	} {
		for w := range strings.FieldsSeq(list) {
			_, folded := lexicon.HashWord(w)
			m[folded] = role
		}
	}
	return m
}()

// sortMatches brings matches into one order.
func sortMatches(all []lexicon.Match) {
	if len(all) > 32 {
		slices.SortFunc(all, func(a, b lexicon.Match) int { return compareMatches(&a, &b) })
		return
	}
	// The few of a short message are nearly in order.
	for i := 1; i < len(all); i++ {
		if compareMatches(&all[i-1], &all[i]) <= 0 {
			continue
		}
		x, at := all[i], i
		for ; at > 0 && compareMatches(&all[at-1], &x) > 0; at-- {
			all[at] = all[at-1]
		}
		all[at] = x
	}
}

func compareMatches(a, b *lexicon.Match) int {
	switch {
	case a.Start != b.Start:
		return int(a.Start) - int(b.Start)
	case a.Entry != b.Entry:
		return int(a.Entry) - int(b.Entry)
	case a.End != b.End:
		return int(a.End) - int(b.End)
	}
	return int(a.Items) - int(b.Items)
}

// decide says which language a text is in, given how many of its words are known
// in one language only, how many in both, how many have strange letters, and how many
// were not known as they are written.
func decide(message string, pl, en, both, words, strange, guesses int) string {
	known := pl + en + both
	if strange == 0 && known*5 >= words*2 {
		switch {
		case pl >= 3 && en*6 <= pl:
			return "pl"
		case en >= 3 && pl*6 <= en && en*4 >= words:
			return "en"
		}
	}
	if strange == 0 && known == words && guesses == 0 { // two words are little for the detector, and enough here
		switch {
		case pl > 0 && en == 0:
			return "pl"
		case en > 0 && pl == 0:
			return "en"
		}
	}
	return detect(message)
}

// foreign reports whether a word has a letter that neither Polish nor English has.
func foreign(w string) bool {
	for _, r := range w {
		if r < utf8.RuneSelf {
			continue
		}
		switch l, f := lexicon.Fold(r); {
		case l == 0 || f == '\'':
		case f < utf8.RuneSelf && l != f:
			switch l {
			case 'ą', 'ć', 'ę', 'ł', 'ń', 'ó', 'ś', 'ź', 'ż':
			default:
				return true
			}
		default:
			return true
		}
	}
	return false
}

// numberClass says what a number may be by its shape.
func numberClass(s string, t *text.Token) lexicon.Class {
	if t.Has(text.Ordinal) {
		return lexicon.ClassOrdinal | lexicon.ClassNumber
	}
	points := 0
	for i := range len(s) {
		if s[i] == '.' || s[i] == '/' || s[i] == '-' {
			points++
		}
	}
	if points > 0 && len(s) <= 10 {
		return lexicon.ClassNumber | lexicon.ClassDate
	}
	return lexicon.ClassNumber
}

// guess finds an unknown word in another spelling: without the possessive ending,
// without stretched letters.
func (s *Scorer) guess(message string, t *text.Token) uint32 {
	w := message[t.Start:t.End]
	if n := len(w); n > 3 && (w[n-1]|0x20) == 's' && (w[n-2] == '\'' || n > 5 && w[n-4:n-1] == "’") {
		cut := n - 2
		if w[n-2] != '\'' {
			cut = n - 4
		}
		return s.lex.Find(lexicon.HashWord(w[:cut]))
	}
	if t.Has(text.Stretched) && len(w) <= 64 {
		// nieeee: every run of three or more as one letter, then as two.
		for keep := 1; keep <= 2; keep++ {
			if id := s.lex.Find(squeezed(w, keep)); id != 0 {
				return id
			}
		}
	}
	return s.lex.FindMistyped(w)
}

// squeezed returns the hashes of a word with every run of three letters or more
// cut down.
func squeezed(w string, keep int) (exact, folded lexicon.Hash) {
	exact, folded = lexicon.HashSeed, lexicon.HashSeed
	for i := 0; i < len(w); {
		r, size := utf8.DecodeRuneInString(w[i:])
		l, f := lexicon.Fold(r)
		j, n := i+size, 1
		for j < len(w) {
			next, size := utf8.DecodeRuneInString(w[j:])
			if lower, _ := lexicon.Fold(next); lower != l {
				break
			}
			j += size
			n++
		}
		if n >= 3 {
			n = keep
		}
		for ; n > 0; n-- {
			if l != 0 {
				exact = exact.AddRune(l)
			}
			if f != 0 {
				folded = folded.AddRune(f)
			}
		}
		i = j
	}
	return exact, folded
}

// unmask finds swearing behind its stars: the one word of the lexicon's profanity
// that has the same letters where letters stand.
func (s *Scorer) unmask(w string) uint32 {
	if len(w) > 40 {
		return 0
	}
	return masked.find(w, s.lex)
}

// undot finds swearing with dots for letters, of which the word at i is the end: k..wa.
func (s *Scorer) undot(m *scratch, i int) {
	head, dots, tail := &m.toks[i-2], &m.toks[i-1], &m.toks[i]
	if !dots.Has(text.Dots) || head.Kind != text.Word || head.End-head.Start > 3 || head.End != dots.Start || dots.End != tail.Start {
		return
	}
	if form := s.unmask(m.text[head.Start:head.End] + "**" + m.text[tail.Start:tail.End]); form != 0 {
		m.words[i-2].Form = form
	}
}
