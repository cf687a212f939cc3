package frustration

import (
	"strings"
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
		if e.Rule == "signal:"+signal || signal == reasonTone && e.Weight < 0 {
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

// abbreviated says whether a text ends in a short word and a point.
func abbreviated(text string) bool {
	text = strings.TrimRight(text, " ")
	if !strings.HasSuffix(text, ".") {
		return false
	}
	n := 0
	for i := len(text) - 2; i >= 0 && n <= 4 && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' || text[i] == '.'); i-- {
		n++
	}
	return n > 0 && n <= 4
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

// endsAt says whether a sentence ends at text[i]: not at the point in "19.06".
func endsAt(text string, i int) bool {
	switch text[i] {
	case '\n':
		return true
	case '.', '!', '?':
		return i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n' || text[i+1] == '\t' || text[i+1] == '\r'
	}
	return false
}
