package language

// The lists of profiles.txt, parsed once on first use.

import (
	_ "embed"
	"fmt"
	"math/bits"
	"strings"
	"sync"
)

//go:embed profiles.txt
var profilesText string

// A langSet is a set of languages, as bits.
type langSet uint32

func (s langSet) has(lang int) bool { return s>>lang&1 != 0 }
func (s langSet) len() int          { return bits.OnesCount32(uint32(s)) }

// A profileSet is what is known of all languages.
type profileSet struct {
	names   []string // index: language
	pl, en  int
	words   map[string]langSet
	letters map[rune]langSet
	endings map[string]langSet
	pairs   [26 * 26]langSet
}

// profiles returns the embedded profiles. A test proves that they parse.
var profiles = sync.OnceValue(func() *profileSet {
	p, err := parseProfiles(profilesText)
	if err != nil {
		panic(err)
	}
	return p
})

func parseProfiles(text string) (*profileSet, error) {
	p := &profileSet{
		pl: -1, en: -1,
		words:   map[string]langSet{},
		letters: map[rune]langSet{},
		endings: map[string]langSet{},
	}
	lang := map[string]int{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) < 3 {
			return nil, fmt.Errorf("profiles.txt:%d: want a language, a list's name and its items", number)
		}
		index, ok := lang[fields[0]]
		if !ok {
			index = len(p.names)
			if index == maxLangs {
				return nil, fmt.Errorf("profiles.txt:%d: more than %d languages", number, maxLangs)
			}
			lang[fields[0]] = index
			p.names = append(p.names, fields[0])
		}
		set := langSet(1) << index
		for _, item := range fields[2:] {
			switch fields[1] {
			case "words":
				p.words[foldAll(item)] |= set
			case "letters":
				for _, r := range item {
					p.letters[r] |= set
				}
			case "endings":
				p.endings[foldAll(item)] |= set
			case "pairs":
				if len(item) != 2 || !isASCIILetter(item[0]) || !isASCIILetter(item[1]) {
					return nil, fmt.Errorf("profiles.txt:%d: %q is no pair of letters a-z", number, item)
				}
				p.pairs[int(item[0]-'a')*26+int(item[1]-'a')] |= set
			default:
				return nil, fmt.Errorf("profiles.txt:%d: unknown list %q", number, fields[1])
			}
		}
	}
	for name, index := range map[string]*int{"pl": &p.pl, "en": &p.en} {
		i, ok := lang[name]
		if !ok {
			return nil, fmt.Errorf("profiles.txt: no list of %q", name)
		}
		*index = i
	}
	return p, nil
}
