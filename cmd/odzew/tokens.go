package main

import (
	"strings"

	"odzew/analyzer/english"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/text"
	"odzew/lexicon"
	"odzew/reporter/mask"
)

// A token is one of a text, as explain shows it to those who write entries.
type token struct {
	Start    int    `json:"start"` // byte
	End      int    `json:"end"`
	Text     string `json:"text"`
	Kind     string `json:"kind"`
	Sentence int    `json:"sentence"` // from 0
	Clause   int    `json:"clause"`   // from 0, on through the sentences
	Known    bool   `json:"known"`    // a word of an entry, a class or the common words
	// POS is the part of speech that an English word has to the tagger, and so to
	// entries that ask for one; empty where it is none of theirs.
	POS string `json:"pos,omitempty"`
}

// mostTokens is how many tokens are shown: tagging takes some 50 µs each.
const mostTokens = 400

// tokensOf takes a text apart as the scorer does. What is part of a personal number or
// address is covered.
func tokensOf(sc *sentiment.Scorer, s, lang string) []token {
	shown := coverText(s)
	words := sc.Read(s, lang).Words
	words = words[:min(mostTokens, len(words))]
	out := make([]token, len(words))
	for lo := 0; lo < len(words); {
		var sentence []string
		hi := lo
		for ; hi < len(words) && words[hi].Sentence == words[lo].Sentence; hi++ {
			w := &words[hi]
			out[hi] = token{
				Start: int(w.Start), End: int(w.End), Text: s[w.Start:w.End], Kind: w.Kind.String(),
				Sentence: int(w.Sentence), Clause: int(w.Clause), Known: w.Known,
			}
			sentence = append(sentence, out[hi].Text)
			if w.Kind != text.Word && w.Kind != text.Mark && !strings.Contains(shown, mask.Clean(out[hi].Text)) {
				out[hi].Text = "[" + out[hi].Kind + "]"
			}
		}
		for i := lo; i < hi && lang == "en"; i++ {
			if words[i].Kind != text.Word {
				continue
			}
			if pos := (english.Tagger{}).Tag(sentence, i-lo); pos != lexicon.NoPOS {
				out[i].POS = pos.String()
			}
		}
		lo = hi
	}
	return out
}

// printTokens shows tokens, a clause a line.
func printTokens(w *errWriter, tokens []token) {
	var line []string
	for i, t := range tokens {
		if i == 0 {
			w.printf("\nwords, clause by clause; [so] where no entry knows them, with the part of speech of English ones\n")
		}
		shown := mask.Clean(t.Text)
		if !t.Known && t.Kind == text.Word.String() {
			shown = "[" + shown + "]"
		}
		if t.POS != "" {
			shown += "/" + t.POS
		}
		line = append(line, shown)
		if i+1 == len(tokens) || tokens[i+1].Clause != t.Clause {
			w.printf("  %s\n", strings.Join(line, " "))
			line = line[:0]
		}
	}
	if len(tokens) == mostTokens {
		w.printf("  …\n")
	}
}
