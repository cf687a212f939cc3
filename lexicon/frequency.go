package lexicon

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Frequencies: how often words are met. They decide under which of its words a
// pattern is thought of, and so how fast matching is, not what matches.

// FrequencyFile holds the frequencies of the shipped entries' words: a word as
// patterns write it, its language, and how often it is met in 100,000 words. Words
// that are not there are rare. A lexicon may do without the file.
const FrequencyFile = "frequency.tsv"

// FrequencyHeader is the header of the file.
const FrequencyHeader = "word\tlang\tfrequency"

// frequencies are the words of each language.
type frequencies [numLangs]map[string]int32

func readFrequencies(fsys fs.FS) (f frequencies, err error) {
	data, err := fs.ReadFile(fsys, FrequencyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return f, fmt.Errorf("lexicon: %w", err)
	}
	var errs Errors
	n := 0
	rest := strings.TrimSuffix(string(data), "\n")
	for more := true; more; {
		var line string
		line, rest, more = cut(rest, '\n')
		n++
		if line == FrequencyHeader || strings.HasPrefix(line, "# ") {
			continue
		}
		word, columns, _ := cut(line, '\t')
		name, number, _ := cut(columns, '\t')
		lang, met := langOf(name+"/"), 0
		if met, err = strconv.Atoi(number); err != nil || met < 0 || word == "" || lang == Any {
			errs = append(errs, &Error{FrequencyFile, n, fmt.Sprintf("%q is not a word, a language and a frequency", line)})
			continue
		}
		if f[lang] == nil {
			f[lang] = make(map[string]int32, 4096)
		}
		f[lang][word] = int32(min(met, 100_000))
	}
	return f, errs.err()
}
