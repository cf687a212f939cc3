// Package counting counts the words of the labelled messages in lexicon/corpus, for what is
// generated out of them.
package counting

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"odzew/lexicon"
)

// Words counts the words of the messages in the files of a pattern, by their folded
// hashes, and how many there are at all.
func Words(pattern string) (counts map[lexicon.Hash]int, all int, err error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, 0, err
	}
	counts = map[lexicon.Hash]int{}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, 0, err
		}
		sc := bufio.NewScanner(f)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			line := bytes.TrimSpace(sc.Bytes())
			if len(line) == 0 || line[0] != '{' {
				continue
			}
			var m struct{ Text string }
			if err := json.Unmarshal(line, &m); err != nil {
				return nil, 0, fmt.Errorf("%s: %w", name, err)
			}
			for w := range strings.FieldsFuncSeq(m.Text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
				_, h := lexicon.HashWord(w)
				counts[h]++
				all++
			}
		}
		f.Close()
		if err := sc.Err(); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	return counts, all, nil
}
