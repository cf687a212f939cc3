package english

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"odzew/lexicon"
)

// Ambiguous words in support talk. One line a case: part of speech, then the
// sentence, with the word between asterisks.
const tagTable = `
verb|i really *like* the new editor
verb|we *like* it very much
verb|I would *like* to return a pair of shoes
verb|dont *like* the new layout at all
verb|my kids *like* this game
prep|it looks *like* the parcel is lost
prep|colour isnt really *like* the photo
prep|works *like* new
prep|you treat customers *like* dirt
prep|nothing *like* the picture
adj|you were very *kind* to me
adj|thank you for your *kind* help
adj|such *kind* and patient staff
noun|what *kind* of battery does it need
noun|first time this *kind* of thing happened
noun|is there any *kind* of discount
adj|what a *pretty* dress
adj|the box was very *pretty*
adv|it was *pretty* easy to set up
adv|i am *pretty* annoyed now
adv|delivery was *pretty* quick
adv|it works really *well*
adv|the parcel was *well* packed
adv|everything went *well* today
adv|he did the job *well*
adj|the patch is working and all is *fine*
adj|everything was *fine* until the update
adj|that is *fine* with me
noun|i got a parking *fine* from you
noun|why should i pay a *fine* for this
noun|they sent me a *fine* of 60 pounds
verb|can you *help* me with my order
verb|please *help* me log in
verb|could someone *help* us today
noun|thanks for your *help* yesterday
noun|nobody was of any *help* at all
noun|i need some *help* with the invoice
noun|there is an *issue* with my account
noun|is this a known *issue* in the app
noun|the same *issue* came back
verb|could you *issue* a credit note
verb|please *issue* the invoice again
verb|when will you *issue* my refund
verb|what does the orange light *mean*
verb|i did not *mean* to be rude
adj|that was a *mean* thing to say
adj|the man at the desk was *mean* to my son
adj|what a *cool* feature
adj|the new app is so *cool*
verb|how do i *cool* it down
adj|i am *sorry* to bother you
adj|we are very *sorry* about the mix up
adj|what a *sorry* excuse for a company
adj|it was the *right* decision
adj|is this the *right* size for me
adj|very *poor* service from you
adj|the screen is too *bright*
verb|i *love* the offline mode
noun|with lots of *love* from all of us
verb|we *hate* the new menu
adj|a *fair* price for the work
adj|the price is *fair*
verb|please *thank* him from us
noun|it was a complete *waste* of time
verb|do not *waste* my time
verb|they never *answer* the phone
noun|still no *answer* from you
noun|i have no *complaint* about the driver
verb|you *lie* to customers
noun|that is a *lie*
noun|it was a pleasant *surprise*
adj|my order is *late* again
adv|he came two hours *late*
adj|a *fast* answer
adv|you answered so *fast*
`

func TestTag(t *testing.T) {
	want := map[string]lexicon.POS{
		"noun": lexicon.Noun, "verb": lexicon.Verb, "adj": lexicon.Adj,
		"adv": lexicon.Adv, "prep": lexicon.Prep, "intj": lexicon.Intj,
	}
	var right, n int
	for line := range strings.Lines(strings.Trim(tagTable, "\n") + "\n") {
		pos, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		words := strings.Fields(text)
		i := slices.IndexFunc(words, func(w string) bool { return w[0] == '*' })
		words[i] = strings.Trim(words[i], "*")
		n++
		if got := (Tagger{}).Tag(words, i); got == want[pos] {
			right++
		} else {
			t.Logf("%q in %q: %q, not %q", words[i], text, got, pos)
		}
	}
	accuracy := float64(right) / float64(n)
	t.Logf("%d of %d right: %.3f", right, n, accuracy)
	if n < 70 || accuracy < 0.86 {
		t.Errorf("%.3f of %d right, want 0.86 of 70 at least", accuracy, n)
	}
}

func TestTagOddInput(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	for _, c := range []struct {
		words []string
		i     int
		want  lexicon.POS
	}{
		{nil, 0, lexicon.NoPOS},
		{[]string{"like"}, 1, lexicon.NoPOS},
		{[]string{"like"}, -1, lexicon.NoPOS},
		{[]string{"!!!"}, 0, lexicon.NoPOS},
		{[]string{"I", "really", "LIKE", "it"}, 2, lexicon.Verb},
		{[]string{"we", "don’t", "like", "it"}, 2, lexicon.Verb},
		{[]string{"i", "wouldnt", "like", "that", "like", "ever"}, 2, lexicon.Verb},
		{[]string{"we", "like", "it", "like", "this"}, 1, lexicon.Verb},
		{[]string{long, "we", "like", "it", long}, 2, lexicon.Verb},
	} {
		if got := (Tagger{}).Tag(c.words, c.i); got != c.want {
			t.Errorf("Tag(%.60q, %d) = %q, want %q", c.words, c.i, got, c.want)
		}
	}
}

func TestTagIsGoroutineSafe(t *testing.T) {
	words := strings.Fields("we really like the new app")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if got := (Tagger{}).Tag(words, 2); got != lexicon.Verb {
					t.Errorf("%q", got)
				}
				if n := len(Sentences("It works. Thank you!")); n != 2 {
					t.Errorf("%d sentences", n)
				}
			}
		})
	}
	wg.Wait()
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" \n ", nil},
		{"still nothing", []string{"still nothing"}},
		{"It works. Thank you!", []string{"It works.", "Thank you!"}},
		{"Dear Mr. Fisk called. He paid 12.50 for it.", []string{"Dear Mr. Fisk called.", "He paid 12.50 for it."}},
		{"hello?!?!!! anybody there? no", []string{"hello?!?!!!", "anybody there?", "no"}},
		{"Hi Jo\n\nwhere is it\n", []string{"Hi Jo", "where is it"}},
		{"Hi Jo,\n \t\nwhere is it", []string{"Hi Jo,", "where is it"}},
		{"He said “it is fixed.” It is not.", []string{"He said “it is fixed.”", "It is not."}},
		{"I waited 3 weeks… Nobody came", []string{"I waited 3 weeks… Nobody came"}},
		{"one line\nanother line. End", []string{"one line\nanother line.", "End"}},
	} {
		var got []string
		for _, s := range Sentences(c.text) {
			got = append(got, c.text[s.Start:s.End])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Sentences(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestHostileInputIsLinear(t *testing.T) {
	Sentences("Load the model.")
	for _, piece := range []string{"!", "a", ". ", "a.", "\n", "\"", "1,", "x! ", "?”", " ", "a   ", "a\n b"} {
		text := strings.Repeat(piece, 200_000/len(piece))
		start := time.Now()
		Sentences(text)
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("200 kB of %q took %v", piece, d)
		}
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("It works. Thank you!\n\nBye…")
	f.Add("¡¡?? \xff. „A.” b")
	f.Add("。！ x。")
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, s := range Sentences(text) {
			if s.Start < last || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("Sentences(%q): span %v after %d", text, s, last)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
				t.Fatalf("Sentences(%q): span %v cuts a rune", text, s)
			}
			last = s.End
		}
	})
}

func BenchmarkTag(b *testing.B) {
	words := strings.Fields("i really like the new editor but it is slow")
	for b.Loop() {
		Tagger{}.Tag(words, 2)
	}
}

func BenchmarkSentences(b *testing.B) {
	text := "Hi, I ordered boots on 3 May. They never came! Can you check? Order no. 5512. Thanks, Jo"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Sentences(text)
	}
}
