package eval_test

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"odzew"
	"odzew/analyzer/sentiment"
	"odzew/analyzer/sentiment/eval"
	"odzew/lexicon"
)

// Fitting the shipped model and learned words anew:
//
//	go test ./analyzer/sentiment/eval -run Fit -fit -timeout 30m
//
// Rules:
//
//   - Only training sets are read, and of our own corpus the four fifths that are not
//     held out. What is measured with is never learned from, nor are settings chosen by
//     it: those come of cross-validation within the training sets (-cv).
//   - A message's features weigh its signals by the model that stands there: a second
//     run learns with what the first one found, and a third changes nothing.
//   - What comes of data of another licence goes into files of their own.

var (
	fit    = flag.Bool("fit", false, "fit the model and the learned words of the lexicon anew on the training sets")
	cv     = flag.Bool("cv", false, "measure the settings of -fit by cross-validation")
	ridge  = flag.Float64("ridge", 8, "with -fit: the pull of weights towards 0")
	hidden = flag.Float64("hidden", 0.6, "with -fit: the share of phrases that are hidden in messages that entries were written for; of the corpus half of it")
	known  = flag.Float64("known", 0.5, "with -fit: the weight of such messages")
	desk   = flag.Float64("desk", 40, "with -fit: how many sentences of reviews a message weighs where they are told apart")
	short  = flag.Float64("phrases", 0.5, "with -fit: the weight of the phrases that test entries")
	public = flag.Float64("public", 1, "with -fit: the factor on the weights of public sets")
)

const folder = "../../../lexicon"

// heldOut reports whether a message of our own corpus is measured with and not learned
// from: one in five.
func heldOut(id string) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32()%5 == 0
}

// corpus returns our own messages, those that are held out or the others.
func corpus(t testing.TB, held bool) (out []sentiment.Example) {
	names, err := filepath.Glob(filepath.Join(folder, "corpus", "*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Fatal("no messages in lexicon/corpus: ", err)
	}
	for _, name := range names {
		for _, e := range load(t, name) {
			if heldOut(e.ID) == held {
				e.Fair, e.Hide = true, *hidden/2 // fewer entries were written for them
				out = append(out, e)
			}
		}
	}
	return out
}

// phrases returns the phrase tests that stand beside the entries: what entries mean
// where little else is said. What fires a signal of frustration is no neutral report.
func phrases(t testing.TB) (out []sentiment.Example) {
	for _, lang := range []string{"pl", "en"} {
		data, err := os.ReadFile(filepath.Join(folder, lang, lexicon.TestsFile))
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(data)) {
			f := strings.Split(row, "\t")
			if len(f) != 5 {
				continue
			}
			e := sentiment.Example{Text: f[0], Lang: lang, Sentiment: odzew.Sentiment(f[1])}
			for tag := range strings.FieldsSeq(f[2]) {
				if name, ok := strings.CutPrefix(tag, "signal:"); ok && e.Sentiment == "" && slices.Index(lexicon.Signals, name) < slices.Index(lexicon.Signals, "pressure") {
					e.Sentiment = odzew.Negative
				}
			}
			if slices.Contains(eval.Classes[:], e.Sentiment) {
				out = append(out, e)
			}
		}
	}
	return out
}

func inLang(examples []sentiment.Example, lang string) (out []sentiment.Example) {
	for _, e := range examples {
		if e.Lang == lang {
			out = append(out, e)
		}
	}
	return out
}

// weighed returns one of so many examples, with a weight and a share to hide.
func weighed(examples []sentiment.Example, weight, hide float64, every int) (out []sentiment.Example) {
	for i := 0; i < len(examples); i += every {
		e := examples[i]
		e.Weight, e.Hide = weight, hide
		out = append(out, e)
	}
	return out
}

// reviewOptions were chosen on the sentences and texts of a fifth of the reviews for
// training, which were left out.
var reviewOptions = sentiment.LearnOptions{Lang: lexicon.PL, Least: 3, Most: 30000, L1: 0.5, L2: 4, Rate: 0.2, Epochs: 6}

// deskOptions were chosen by cross-validation.
var deskOptions = sentiment.LearnOptions{Least: 3, Most: 3000, L1: 0.5, L2: 2, Rate: 0.2, Epochs: 20}

// ownMessages are those that a desk's model is fitted to, and public ones of other sorts.
func ownMessages(t testing.TB) (own, others []sentiment.Example) {
	own = slices.Concat(corpus(t, false), weighed(load(t, shared("gold", "train.jsonl")), *known, *hidden, 1), weighed(phrases(t), *short, *hidden, 1))
	others = slices.Concat(
		weighed(load(t, shared("data", "sentiment", "vader_tweets.train.tsv")), 0.03**public, *hidden, 1),
		weighed(load(t, shared("data", "sentiment", "vader_amazon.train.tsv")), 0.03**public, *hidden, 1),
		weighed(load(t, shared("data", "sentiment", "goemotions_sentiment.train.tsv")), 0.02**public, *hidden, 20))
	return own, others
}

// tagOptions were chosen by cross-validation. A copy of which something is hidden
// counts as a text: each word stands in four messages at least.
var tagOptions = sentiment.LearnOptions{Least: 16, Most: 4000, L1: 7, L2: 3, Rate: 0.1, Epochs: 12, Sparse: true}

// taught are the messages that stages, emotions and aspects are learned from. How they
// are labelled matters more than which entries they were read for: those of the corpus
// follow the others.
func taught(own []sentiment.Example) []sentiment.Example {
	out := slices.Clone(own)
	for i := range out {
		out[i].Weight, out[i].Hide = 1, *hidden/2
		if !out[i].Fair {
			out[i].Weight = 2
		}
	}
	return out
}

// fitDesk fits the model of desk talk and learns its words.
func fitDesk(s *sentiment.Scorer, own, others []sentiment.Example) (*sentiment.Model, []*lexicon.LearnedFile) {
	options := sentiment.FitOptions{Ridge: *ridge, Rounds: 400, Folds: 5, Copies: 4}
	fitted := s.Fit(slices.Concat(own, others), options)
	var files []*lexicon.LearnedFile
	for _, lang := range []lexicon.Lang{lexicon.PL, lexicon.EN} {
		o := deskOptions
		o.Lang, o.Fit, o.Folds = lang, options, fitted.Folds
		rows := s.Learn(only(own, func(e *sentiment.Example) bool { return e.Lang == lang.String() }), lexicon.Desk, o)
		files = append(files, &lexicon.LearnedFile{Name: lang.String() + "/" + lexicon.LearnedName(lexicon.Desk), Lang: lang, Domain: lexicon.Desk, Rows: rows})
	}
	o := tagOptions
	o.Fit, o.Folds = options, fitted.Folds
	tags, words := s.LearnTags(taught(own), o)
	for _, lang := range []lexicon.Lang{lexicon.PL, lexicon.EN} {
		files = append(files, &lexicon.LearnedFile{Name: lang.String() + "/" + lexicon.LearnedName(lexicon.TagWords), Lang: lang, Domain: lexicon.TagWords, Rows: words[lang]})
	}
	fitted.Tags = tags
	return fitted.Model, files
}

// TestCrossValidate prints how well settings do on messages of the corpus that were left
// out in turn.
func TestCrossValidate(t *testing.T) {
	if !*cv {
		t.Skip("-cv was not given")
	}
	s, set := bareScorer(t)
	own, others := ownMessages(t)
	const folds = 4
	var truth []sentiment.Example
	var without, with []odzew.Score
	for k := range folds {
		var train, left []sentiment.Example
		for i, e := range own {
			if e.Fair && i%folds == k {
				left = append(left, e)
			} else {
				train = append(train, e)
			}
		}
		model, files := fitDesk(s, train, others)
		full := *set
		full.Learned = files
		alone := *model
		alone.Tags = nil
		a, b := s.WithModel(&alone), sentiment.New(full.Compile(), model)
		for _, e := range left {
			truth = append(truth, e)
			without = append(without, a.Score(e.Text, "", false))
			with = append(with, b.Score(e.Text, "", false))
		}
	}
	for _, lang := range []string{"pl", "en"} {
		for _, x := range []struct {
			name   string
			scores []odzew.Score
		}{{"entries alone", without}, {"and words", with}} {
			var of []sentiment.Example
			var scores []odzew.Score
			loss := 0.0
			for i, e := range truth {
				if e.Lang == lang {
					of, scores = append(of, e), append(scores, x.scores[i])
					p := x.scores[i].Probabilities
					loss -= math.Log(max(1e-4, [4]float64{p.Negative, p.Neutral, p.Positive, p.Mixed}[slices.Index(eval.Classes[:], e.Sentiment)]))
				}
			}
			r := eval.Measure(of, scores)
			t.Logf("%s %-14s %5d  log-loss %.4f  acc %.3f  F1 4: %.3f 3: %.3f  frustration F1 %.3f AUC %.3f  aspects %.3f/%.3f  stage %.3f emotion %.3f", lang, x.name, r.N, loss/float64(len(of)), r.Accuracy.Value, r.F1Four.Value, r.F1Three.Value, r.FrustrationF1, r.FrustrationAUC, r.AspectsF1, r.AspectPolarityF1, r.StageAccuracy, r.EmotionAccuracy)
		}
	}
}

func TestFit(t *testing.T) {
	if !*fit {
		t.Skip("-fit was not given")
	}
	s, _ := bareScorer(t)
	own, others := ownMessages(t)
	model, files := fitDesk(s, own, others)
	write(t, sentiment.ModelFile, model.Bytes(
		"Fitted weights of the features of a message; see analyzer/sentiment/model.go. Generated: do not edit.",
		"Learned from this project's own labelled messages (MIT) and, with little weight, from those of VADER (MIT,",
		"Hutto and Gilbert 2014) and GoEmotions (Apache-2.0, Demszky et al. 2020).",
	))
	write(t, sentiment.TagsModelFile, model.Tags.Bytes(
		"Fitted weights of what tells stage, emotion and aspects beside words; see analyzer/sentiment/tell.go. Generated: do not edit.",
		"Learned from this project's own labelled messages (MIT).",
	))
	for _, f := range files {
		from := inLang(own, f.Lang.String())
		if f.Domain == lexicon.TagWords {
			from = slices.DeleteFunc(from, func(e sentiment.Example) bool { return !e.Full })
		}
		write(t, f.Name, f.Bytes(
			fmt.Sprintf("Learned from %d messages to a desk. Generated: do not edit; see analyzer/sentiment/eval/fit_test.go.", len(from)),
			"licence: MIT, as the program; the messages are the project's own",
		))
	}
	sentences, texts := polemo(t)
	words, reviews := s.LearnReviews(slices.Concat(sentences, texts), weighed(inLang(own, "pl"), *desk, 0, 1), reviewOptions)
	file := &lexicon.LearnedFile{Lang: lexicon.PL, Domain: lexicon.Reviews, Rows: words}
	head := []string{
		fmt.Sprintf("Learned from %d sentences and %d texts of reviews. Generated: do not edit; see analyzer/sentiment/eval/fit_test.go.", len(sentences), len(texts)),
		"licence: CC BY-SA 4.0, see pl/learned.reviews.LICENSE.txt",
		"attribution: PolEmo 2.0, Kocoń, Miłkowski and Zaśko-Zielińska 2019, CLARIN-PL",
	}
	write(t, "pl/"+lexicon.LearnedName(lexicon.Reviews), file.Bytes(head...))
	write(t, sentiment.ReviewsModelFile, reviews.Bytes(head...))
}

// only keeps the examples that pass, and nothing in the place of the others, so that
// each keeps its fold.
func only(examples []sentiment.Example, pass func(*sentiment.Example) bool) []sentiment.Example {
	out := slices.Clone(examples)
	for i := range out {
		if !pass(&out[i]) {
			out[i] = sentiment.Example{}
		}
	}
	return out
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// bareScorer is the scorer of the lexicon without learned words, and its set.
func bareScorer(t testing.TB) (*sentiment.Scorer, *lexicon.Set) {
	t.Helper()
	set, err := lexicon.Load(os.DirFS(folder))
	if set == nil {
		t.Fatal(err)
	}
	set.Learned = nil
	data, err := os.ReadFile(filepath.Join(folder, sentiment.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	model, err := sentiment.ParseModel(data)
	if err != nil {
		t.Fatal(err)
	}
	return sentiment.New(set.Compile(), model), set
}

// polemo returns the sentences and the texts of PolEmo for training. Both levels were
// split by themselves, so sentences of one's test set stand in the other's texts for
// training, and the other way round. Here only that is learned from which is for
// training on both levels: of the texts what stands among the sentences, and of the
// sentences those that stand in a text, whose ID they get.
func polemo(t testing.TB) (sentences, texts []sentiment.Example) {
	all := load(t, shared("data", "sentiment", "polemo2_sent.train.tsv"))
	const key = 12 // letters by which a sentence is looked for
	byStart := map[string][]int{}
	plain := make([]string, len(all))
	for i := range all {
		plain[i] = letters(all[i].Text, nil)
		if len(plain[i]) >= key {
			byStart[plain[i][:key]] = append(byStart[plain[i][:key]], i)
		}
	}
	found := make([]bool, len(all)) // those of fewer letters tell no text from another
	for i := range all {
		found[i] = len(plain[i]) < key
	}
	for _, e := range load(t, shared("data", "sentiment", "polemo2_text.train.tsv")) {
		var at []int // of each letter, where it stands in the text
		p := letters(e.Text, &at)
		var kept strings.Builder
		for i := 0; i+key <= len(p); {
			longest := 0
			for _, k := range byStart[p[i:i+key]] {
				if n := len(plain[k]); n <= len(p)-i && p[i:i+n] == plain[k] {
					longest = max(longest, n)
					found[k] = true
					all[k].ID = e.ID
				}
			}
			if longest == 0 {
				i++
				continue
			}
			end := len(e.Text)
			if i+longest < len(at) {
				end = at[i+longest]
			}
			kept.WriteString(e.Text[at[i]:end])
			i += longest
		}
		if kept.Len()*2 >= len(e.Text) {
			e.Text = kept.String()
			e.Lang = "pl"
			texts = append(texts, e)
		}
	}
	for i, ok := range found {
		if ok {
			all[i].Lang = "pl"
			sentences = append(sentences, all[i])
		}
	}
	return sentences, texts
}

// letters returns a text without anything but its letters, and where each byte of them
// stands.
func letters(s string, at *[]int) string {
	var b strings.Builder
	for i, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		n := b.Len()
		b.WriteRune(unicode.ToLower(r))
		for at != nil && n < b.Len() {
			*at = append(*at, i)
			n++
		}
	}
	return b.String()
}
