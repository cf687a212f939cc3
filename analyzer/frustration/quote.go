package frustration

import (
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

// around is the sentence that [start, end) stands in. English has a splitter that
// knows its abbreviations; for Polish, and for a text that is no letter, marks and
// lines must do.
func around(m *Message, start, end int) string {
	if m.Score.Lang == "en" && len(m.Text) <= maxSplit {
		for _, s := range english.Sentences(m.Text) {
			if s.Start <= start && end <= s.End && s.End-s.Start <= maxQuote {
				return m.Text[s.Start:s.End]
			}
		}
	}
	return sentence(m.Text, start, end)
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
