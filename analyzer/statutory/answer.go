package statutory

import (
	"regexp"
	"strings"
	"time"

	"odzew"
	"odzew/analyzer/waits"
)

// Answer sets AnsweredAt of the requests that the replies of a conversation have answered
// by now: of that in which they stand, or of one that went into it. Call it for each.
// Statuses says whether the source tells when the matter is solved; Solve reads that.
//
// An answer is what the law asks for, not a sign of life: a reply that says that the
// complaint was received, is looked into, or wants more information, answers nothing.
// A decision does, and the matter's being solved. Any other reply does where nobody
// tells what is solved: to show a clock that ran out long ago helps nobody either.
func Answer(rs []Request, c *odzew.Conversation, own func(i int, m *odzew.Message) string, statuses bool, now time.Time) {
	if len(rs) == 0 {
		return
	}
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.Author != odzew.AuthorAgent || !m.Public || odzew.AutomaticBy(m.Headers) != "" {
			continue
		}
		text := fold(own(i, m))
		for j := range rs {
			if decides(text, rs[j].Kind) || !statuses && !puts(text, rs[j].Kind) {
				rs[j].answered(m.At, now)
			}
		}
	}
}

// Solve sets AnsweredAt of the requests of a matter that was solved by now. Call it for
// the conversation in which the matter goes on: one that goes into it is closed by that.
func Solve(rs []Request, c *odzew.Conversation, now time.Time) {
	for i := range c.Events {
		if e := &c.Events[i]; e.Kind == odzew.EventStatus && (e.To == string(odzew.StatusSolved) || e.To == string(odzew.StatusClosed)) {
			for j := range rs {
				rs[j].answered(e.At, now)
			}
		}
	}
}

// answered takes a time for that of the answer where it is the earliest.
func (r *Request) answered(at, now time.Time) {
	if at.After(r.At) && !at.After(now) && (r.AnsweredAt.IsZero() || at.Before(r.AnsweredAt)) {
		r.AnsweredAt = at
	}
}

// What an agent writes, in small letters without diacritics.
const (
	// done is the money on its way, or a replacement.
	done = `\b(zwrocil|przelal|wymienil|naprawil|oddal)(am|em|ismy|ysmy)\b|\b(zlecil|zrealizowal|wykonal|wyplacil|wyslal|przygotowal)(am|em|ismy|ysmy)( \w+){0,3} (zwrot|przelew|pieniadze|srodki|nowy|nowa|nowe|zamiennik)` +
		`|\b(zwrot|przelew|srodki|pieniadze|kwota)( \w+){0,4} (zlecon|wykonan|wyslan|zwrocon|zrealizowan|wyplacon|przelan|zaksiegowan)[a-z]*\b` +
		`|\b(we|i)('ve| have)?( \w+)? (refunded|replaced|repaired|reimbursed|credited)\b|\b(issued|processed|sent|made|initiated)( \w+){0,3} (refund|replacement|payment)\b` +
		`|\brefund( \w+){0,5} (has been|was|is|went) (issued|processed|sent|made|out|paid|on its way|complete)|\b(has|have) been (refunded|replaced|repaired|reimbursed)\b`
	// refused is a no to what was asked.
	refused = `\bodmawia(m|my)\b|\bodmowni|\bodrzuc(am|amy|ilam|ilem|ilismy|ono|ona|one)\b|\bnie (uznaj|uwzgled|przychyl|przysluguje|podlega|stwierdz|znajdujemy podstaw)[a-z]*|\bnegatywn` +
		`|\b(reject(ed)?|refused?|declined?|not uphold|not upheld|unable to (accept|uphold|approve)|cannot (accept|uphold|approve)|can't (accept|uphold|approve)|not entitled)\b`
	// granted is a yes, or what will be done about it.
	granted = `\buzna(na|ne|no|jemy|je|lismy|lam|lem)\b|\buwzgledni(amy|am|lismy|lam|lem|ona|one|ono)\b|\bprzychyl(amy|am|ilismy|ilam|ilem)\b|\bpozytywn|\brozpatrzy(lismy|lam|lem)\b` +
		`|\b(zwrocimy|zwroce|oddamy|wymienimy|naprawimy|obnizymy|wyslemy now[a-z]+|wysylamy now[a-z]+)\b|\botrzyma (pan|pani)( \w+){0,2} (zwrot|now)|\botrzymaja panstwo( \w+){0,2} (zwrot|now)` +
		`|\b(upheld|accept(ed|ing)? your (complaint|claim)|approved|granted|in your favou?r)\b|\bwe( will|'ll) (refund|replace|repair|reimburse|credit)\b|\byou( will|'ll) (get|receive|have)( \w+){0,3} (refund|replacement)\b`
	// handed is what the law wants of a request about personal data.
	handed = `\b(usunel|skasowal|wykreslil|zanonimizowal|wymazal)(am|em|ismy|ysmy)\b|\b(dane|konto|profil|adres)( \w+){0,4} (usuniet|skasowan|wykreslon|zanonimizowan|wymazan)[a-z]*\b|\b(usuniet|skasowan|wykreslon)[a-z]*( \w+){0,3} (dane|konto|profil)\b` +
		`|\bw zalacz(eniu|niku|nikach)\b|\b(przesylam|przesylamy|zalaczam|zalaczamy|udostepniam|udostepniamy)( \w+){0,4} (kopi|dan|wyciag|zestawieni)` +
		`|\b(deleted|erased|removed|anonymi[sz]ed)\b|\battached\b|\b(here is|find)( \w+){0,4} (copy|export|data)\b`
)

var (
	decisions = map[string]*regexp.Regexp{
		waits.TermComplaint:   regexp.MustCompile(done + `|` + refused + `|` + granted),
		waits.TermDataRequest: regexp.MustCompile(refused + `|` + handed),
		// That the money will come is no refund.
		waits.TermWithdrawal: regexp.MustCompile(done + `|` + refused),
	}
	// later is what is not decided yet, or hangs on something else.
	later = regexp.MustCompile(`\b(jesli|jezeli|gdy|gdyby|kiedy|jak tylko|po rozpatrzeniu|po otrzymaniu|czy|aby|zeby|jeszcze nie|nie zostal[ao]? jeszcze|if|once|when|whether|after|until|before|unless|not yet|hasn't|haven't|has not|have not|to be)\b`)
	// receipt is a word that the request came, is looked at, or lacks something.
	receipt = regexp.MustCompile(`\b(potwierdzam|potwierdzamy|przyjel(am|em|ismy)|przyjeta|przyjete|przyjmujemy|otrzymal(am|em|ismy)|dotarl[ao]|wplynel[ao]|wplynal|zarejestrowa|odnotowa|zalozyl(am|em|ismy)|nadal(am|em|ismy))` +
		`|\b(rozpatrz(ymy|e|ona|one|enie|enia|eniu)|rozpatrujemy|rozpatrywan|analizuj|weryfikuj|zweryfikuj|sprawdz(am|amy|e|imy)\b|ustal(am|amy|e|imy)\b|wyjasni(am|amy|e|my)\b|zajm(e|iemy|uje|ujemy) sie|przyjrz(e|ymy) sie|w toku|w trakcie)` +
		`|\b(przekaz(alam|alem|alismy|uje|ujemy|ana|ane)|przekierowal|trafil[ao]? do)|\b(wroc(e|imy)|odezw(e|iemy) sie|odpowiem|odpowiemy|odpisz(e|emy)|skontaktuj(e|emy) sie|zadzwoni(e|my)|dam znac|damy znac|poinformuj(e|emy))\b` +
		`|\b(prosze|prosimy|prosilbym|prosilabym|czy (moze|mozesz|moglby|moglaby)) .{0,40}(przesl|dosl|nadesl|poda|odesl|uzupeln|wypeln|dolacz|zdjec|cierpliw|potwierdz|wskaz)|\b(czekamy|oczekujemy) na\b` +
		`|\b(dziekuj(e|emy)|thank you|thanks) (za|for) (zgloszenie|wiadomosc|kontakt|informacj|cierpliw|contacting|getting in touch|reaching|your (message|complaint|request|patience|email)|letting us)` +
		`|\b(received|logged|registered|recorded|acknowledge|opened a (case|ticket))\b|\b(we|i)( will|'ll|'m going to| am going to|'re going to| are going to) (look|investigate|get|be in touch|come|review|check|let|pass|forward|find out|reply|respond|call|contact|update)` +
		`|\b(passed|forwarded|referred|escalated|handed)( \w+){0,5} to\b|\b(under (review|investigation)|being (looked|reviewed|investigated|processed|handled)|looking into|in progress)\b` +
		`|\b(could|can|would) you( please| kindly)? (send|provide|share|confirm|tell|attach|let)|\bplease (send|provide|share|attach|confirm|return|fill)|\b(case|reference|ticket|complaint) (number|no)\b|\b(numer (zgloszenia|sprawy|reklamacji)|nr (zgloszenia|sprawy|reklamacji))\b`)
)

// decides reports whether a sentence of a reply is the answer that a request of that
// kind wants.
func decides(text, kind string) bool {
	for s := range sentences(text) {
		if decisions[kind].MatchString(s) && !strings.HasSuffix(s, "?") && !later.MatchString(s) {
			return true
		}
	}
	return false
}

// puts reports whether a reply puts the customer off.
func puts(text, kind string) bool {
	return receipt.MatchString(text) || kind == waits.TermWithdrawal && decisions[waits.TermComplaint].MatchString(text)
}

// sentences cuts a folded text behind . ! ? and at line ends.
func sentences(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := strings.IndexAny(text, ".!?\n") + 1
			if n == 0 {
				n = len(text)
			}
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}
