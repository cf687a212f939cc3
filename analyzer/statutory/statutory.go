// Package statutory finds the requests that start a clock of the law: a consumer's
// complaint (reklamacja), a withdrawal from a contract made at a distance
// (odstąpienie), and a request about one's personal data; and the answers that stop it.
//
// Rules:
//
//   - A request is found, never judged: it carries no tone.
//   - Only what is filed counts. A question how to file, or a word about somebody's
//     earlier complaint, starts no clock.
//   - Patterns are regular expressions of RE2: linear in the text. A cheap look for
//     their key words comes first, since nearly no message has them.
package statutory

import (
	"regexp"
	"strings"
	"time"

	"odzew"
	"odzew/analyzer/waits"
)

// A Request is the first thing filed of its kind in a conversation.
type Request struct {
	Kind       string // one of waits' terms
	At         time.Time
	Message    string    // the message's ID
	AnsweredAt time.Time // set by Answer and Solve; zero: not yet
}

// Texts are written without diacritics and in small letters, as fold makes them.
var (
	complaint = regexp.MustCompile(`\b(sklad(am|amy)|zglasz(am|amy)|zloz(yc|ylam|ylem)|zglos(ic|ilam|ilem)|wnosz(e|imy)|przesyl(am|amy)|wysyl(am|amy))\b[^.?!\n]{0,40}\breklamacj[eia]\b` +
		`|\breklamuj(e|emy)\b|\bz tytulu (rekojmi|niezgodnosci)|\bniezgodn(y|a|e|osc|osci)( \w+)? z umowa\b|\bna podstawie rekojmi\b` +
		`|\b(file|filing|lodge|lodging|submit|submitting|raise|raising|make|making)\b[^.?!\n]{0,25}\bcomplaint\b|\bthis is a formal complaint\b`)
	dataRequest = regexp.MustCompile(`\busuniec(ie|ia) (wszystkich |wszelkich )?(moich |naszych )?danych\b|\busun(cie|ac|iecie)?\b[^.?!\n]{0,20}\b(moje|moich) dan(e|ych)\b` +
		`|\bkopi[eai] (wszystkich )?(moich )?danych( osobowych)?\b|\bdostep do (moich )?danych osobowych\b|\bart(icle|\.)? ?1[57]\b[^.?!\n]{0,16}\b(rodo|gdpr)\b|\bsprzeciw\b[^.?!\n]{0,30}\bprzetwarzani` +
		`|\b(delete|erase|remove)\b[^.?!\n]{0,20}\bmy (personal )?data\b|\bcopy of (all )?(my|the) (personal )?data\b|\baccess to my personal data\b|\bsubject access request\b|\bright of access\b|\bright to (erasure|be forgotten)\b`)
	// What somebody means to do, or did long ago, is no statement of withdrawal.
	withdrawal = regexp.MustCompile(`\bodstep(uje|ujemy|ujac)\b[^.?!\n]{0,30}\bumow[ay]\b|\bumow[ay]\b[^.?!\n]{0,30}\bodstepuj(e|emy)\b|\bodstapieni\w+ od( \w+){0,2} umowy\b` +
		`|\b(chce|chcemy|chcialabym|chcialbym|zamierzam|pragne|postanowil(am|em)|korzystam z prawa( do)?) odstap(ic|ienia)\b` +
		`|\bwithdraw(ing|al)? from( \w+){1,2} (contract|purchase|order|agreement|sale)\b|\bcancel(l?ing)?\b[^.?!\n]{0,40}\b(14|fourteen)[- ]days?\b` +
		`|\b(my|the) (statutory )?(right (to cancel|to withdraw|of withdrawal|of cancellation)|cooling[- ]off)`)
	// denied comes before what is not filed.
	denied = regexp.MustCompile(`\b(jesli|jezeli|gdyby|o ile|w przeciwnym razie|if|unless|otherwise)\b[^.?!\n]*$|\b(nie|not|no|never)( \w+)?\s*$|\b(prosz[ea]|poprosze|prosimy|wysl(ac|ijcie)|przesl(ac|ijcie))\b[^.\n]{0,30}\b(formularz|wzor|druk)\w*( \w+)?\s*$`)
	// asks makes a question of how to file out of what follows it.
	asks = regexp.MustCompile(`\b(jak|gdzie|czy|kiedy|how|where|can|could|should|may)\b[^.!\n]*$`)
)

// Find returns the first request of each kind among the customer's messages up to now.
// Own gives what a customer wrote new in a message, that with index i.
func Find(c *odzew.Conversation, own func(i int, m *odzew.Message) string, now time.Time) []Request {
	if c.Excluded != "" {
		return nil
	}
	var out []Request
	for _, kind := range []struct {
		name string
		keys *keySet
		re   *regexp.Regexp
	}{
		{waits.TermComplaint, complaintKeys, complaint},
		{waits.TermDataRequest, dataKeys, dataRequest},
		{waits.TermWithdrawal, withdrawalKeys, withdrawal},
	} {
		var first *odzew.Message
		for i := range c.Messages {
			m := &c.Messages[i]
			if m.Author != odzew.AuthorCustomer || !m.Public || m.At.After(now) || first != nil && !m.At.Before(first.At) ||
				!mentions(m.Text, kind.keys) || odzew.AutomaticBy(m.Headers) != "" {
				continue
			}
			if filed(fold(own(i, m)), kind.re) {
				first = m
			}
		}
		if first != nil {
			out = append(out, Request{Kind: kind.name, At: first.At, Message: first.ID})
		}
	}
	return out
}

func filed(text string, re *regexp.Regexp) bool {
	for _, loc := range re.FindAllStringIndex(text, 8) {
		start := max(0, loc[0]-200)
		end := strings.IndexAny(text[loc[1]:], ".?!\n")
		question := end >= 0 && text[loc[1]+end] == '?'
		if denied.MatchString(text[start:loc[0]]) {
			continue
		}
		if !question || !asks.MatchString(text[start:loc[0]]) {
			return true
		}
	}
	return false
}

// A keySet holds key words by the last five bits of their first byte, which small
// letters and capitals share.
type keySet [32][]string

func keys(words ...string) *keySet {
	var set keySet
	for _, w := range words {
		set[w[0]&31] = append(set[w[0]&31], w)
	}
	return &set
}

var (
	complaintKeys  = keys("reklam", "rękojm", "rekojm", "z umow", "complaint")
	withdrawalKeys = keys("odstęp", "odstep", "odstąp", "odstap", "withdraw", "cancel", "cooling")
	dataKeys       = keys("danych", "dane", "rodo", "przetwarz", "my data", "the data", "personal data", "subject access", "right to", "right of", "gdpr")
)

// mentions reports whether a key word stands in a text, in letters of any size.
func mentions(text string, set *keySet) bool {
	for i := range len(text) {
		for _, k := range set[text[i]&31] {
			if len(text)-i >= len(k) && text[i+1]|0x20 == k[1]|0x20 && strings.EqualFold(text[i:i+len(k)], k) {
				return true
			}
		}
	}
	return false
}

var folder = strings.NewReplacer("ą", "a", "ć", "c", "ę", "e", "ł", "l", "ń", "n", "ó", "o", "ś", "s", "ź", "z", "ż", "z", "’", "'")

func fold(s string) string { return folder.Replace(strings.ToLower(s)) }
