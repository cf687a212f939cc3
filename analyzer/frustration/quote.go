package frustration

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"odzew/analyzer/english"
)

// maxQuote is how long, in bytes, the sentence around a signal may be. Whoever shows
// it cuts it further.
const maxQuote = 300

// maxSplit is how long, in bytes, a text may be to be split by the model.
const maxSplit = 8 << 10

// quote returns the sentence around the signal's evidence.
func quote(m *Message, signal string) string {
	for i := range m.Score.Evidence {
		e := &m.Score.Evidence[i]
		if e.Start < 0 || e.End > len(m.Text) || e.Start > e.End {
			continue
		}
		if e.Rule == "signal:"+signal || signal == reasonTone && e.Weight < 0 && e.Rule != ruleLimit {
			return around(m, e.Start, e.End)
		}
	}
	if len(m.Text) <= maxQuote/3 {
		return sentence(m.Text, 0, 0) // so short that it speaks for itself
	}
	return ""
}

// around is the sentence that [start, end) stands in. Where an English one seems to
// begin or end at an abbreviation ("Mr.", "St."), a splitter that knows them is asked.
func around(m *Message, start, end int) string {
	s := sentence(m.Text, start, end)
	if m.Score.Lang != "en" || len(m.Text) > maxSplit {
		return s
	}
	at := strings.Index(m.Text, s)
	if at < 0 || !(abbreviated(m.Text[:at]) || abbreviated(s) && at+len(s) < len(m.Text)) {
		return s
	}
	for _, sp := range english.Sentences(m.Text) {
		if sp.Start <= start && end <= sp.End && sp.End-sp.Start <= maxQuote {
			return m.Text[sp.Start:sp.End]
		}
	}
	return s
}

// shortened are words that are mostly written short, where no capital tells it.
var shortened = map[string]bool{
	"approx": true, "ca": true, "co": true, "cf": true, "dept": true, "est": true, "etc": true, "ext": true, "fig": true, "hrs": true, "inc": true,
	"ltd": true, "max": true, "min": true, "mins": true, "no": true, "nos": true, "nr": true, "pp": true, "ref": true, "tel": true, "vs": true,
}

// abbreviated says whether a text ends in what may be an abbreviation and its point: a
// short word with a capital ("Mr.", "St."), with points within ("a.m."), or one of those
// that are written short.
func abbreviated(text string) bool {
	text = strings.TrimRight(text, " ")
	if !strings.HasSuffix(text, ".") {
		return false
	}
	text = text[:len(text)-1]
	start := len(text)
	for start > 0 && (text[start-1]|0x20 >= 'a' && text[start-1]|0x20 <= 'z' || text[start-1] == '.') {
		start--
	}
	w := text[start:]
	return w != "" && len(w) <= 6 && (len(w) <= 4 && w[0] < 'a' || strings.Contains(w, ".") || shortened[w])
}

// sentence widens [start, end) to the sentence that it stands in.
func sentence(text string, start, end int) string {
	room := max(0, maxQuote-(end-start))
	low, high := max(0, start-room), min(len(text), end+room)
	for start > low && !endsAt(text, start-1) {
		start--
	}
	high = min(high, start+max(maxQuote, end-start))
	for end < high && !endsAt(text, end) {
		end++
	}
	if end < len(text) && end < high && text[end] != '\n' {
		end++ // the mark belongs to it
	}
	for start < end && (text[start] == ' ' || text[start] == '\t' || text[start] == '\r' || !utf8.RuneStart(text[start])) {
		start++
	}
	for end > start && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	for end > start && (text[end-1] == ' ' || text[end-1] == '\r') {
		end--
	}
	return text[start:end]
}

// endsAt says whether a sentence ends at text[i]: not at the points in "19.06",
// "art. 17" and "ul. Polna".
func endsAt(text string, i int) bool {
	switch text[i] {
	case '\n':
		return true
	case '!', '?':
		return spaceAt(text, i+1)
	case '.':
		return spaceAt(text, i+1) && !shortAt(text, i)
	}
	return false
}

func spaceAt(text string, i int) bool {
	return i >= len(text) || strings.IndexByte(" \t\r\n", text[i]) >= 0
}

// beforeNames are Polish words that are written short before a name.
var beforeNames = map[string]bool{"al": true, "dr": true, "im": true, "mgr": true, "os": true, "p": true, "pl": true, "prof": true, "św": true, "ul": true}

// shortAt says whether the point at text[i] is that of a short word: a figure or a small letter
// follows, or a name that such a word stands before.
func shortAt(text string, i int) bool {
	next := strings.TrimLeft(text[i+1:min(len(text), i+8)], " ")
	if next == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(next)
	if i > 0 && '0' <= text[i-1] && text[i-1] <= '9' {
		return unicode.IsLower(r) // "5. listopada"
	}
	const longest = 4 // letters
	word, letters := text[max(0, i-2*longest-1):i], 0
	for n := len(word); n > 0; letters++ {
		r, size := utf8.DecodeLastRuneInString(word[:n])
		if !unicode.IsLetter(r) {
			word = word[n:]
			break
		}
		n -= size
	}
	if letters == 0 || letters > longest {
		return false
	}
	return unicode.IsDigit(r) || unicode.IsLower(r) || beforeNames[strings.ToLower(word)]
}
