package workbench

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"odzew"
	"odzew/analyzer"
	"odzew/analyzer/reply"
	"odzew/analyzer/sentiment"
	"odzew/lexicon"
)

// Comparing two lexicons by what they do to the same texts.

// A Change counts figures that are another with the second lexicon, in one way.
type Change struct {
	// Figure is sentiment, level, signal and its name, conversation level or
	// needs_call.
	Figure string `json:"figure"`
	From   string `json:"from"`
	To     string `json:"to"`
	N      int    `json:"n"`
	// Examples are the first few.
	Examples []Example `json:"examples,omitempty"`
}

// An Example is one place where a change is seen.
type Example struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// A Comparison counts what differs between two lexicons. The zero value is ready
// but for Examples, how many of each change are kept.
type Comparison struct {
	Examples int `json:"-"`

	Messages        int `json:"messages"`
	MessagesChanged int `json:"messages_changed"`
	Customers       int `json:"customers"` // with a message or conversation that changed
	Conversations   int `json:"conversations"`
	// ConversationsChanged have another level, or need a call with one lexicon only.
	ConversationsChanged int `json:"conversations_changed"`

	flips     int
	changes   map[[3]string]*Change
	customers map[string]bool
}

// message compares the scores of one message. The customer may be empty.
func (c *Comparison) message(id, customer, message string, a, b *odzew.Score) {
	c.Messages++
	before := c.flips
	c.flip("sentiment", className(a), className(b), id, message)
	c.flip("level", fmt.Sprint(a.Level), fmt.Sprint(b.Level), id, message)
	for _, name := range lexicon.Signals {
		c.flip("signal "+name, has(a, name), has(b, name), id, message)
	}
	if c.flips > before {
		c.MessagesChanged++
		c.customer(customer)
	}
}

// conversation compares the findings of two analyzers in one conversation, and in
// its messages.
func (c *Comparison) conversation(in *analyzer.Input, a, b *analyzer.Result) {
	c.Conversations++
	customer := cmp.Or(in.Customer.ID, in.Customer.Email, in.Source+"/"+in.ID)
	last := "" // what the customer wrote last
	for i := range min(len(a.Scores), len(b.Scores)) {
		m := &in.Messages[a.Scores[i].Index]
		last = reply.Split(m.Text).Own
		c.message(m.ID, customer, last, &a.Scores[i].Score, &b.Scores[i].Score)
	}
	before := c.flips
	c.flip("conversation level", fmt.Sprint(a.Flag.Level), fmt.Sprint(b.Flag.Level), in.ID, last)
	c.flip("needs_call", yesNo(a.Flag.NeedsCall), yesNo(b.Flag.NeedsCall), in.ID, last)
	if c.flips > before {
		c.ConversationsChanged++
		c.customer(customer)
	}
}

// Changes lists the changes, the most frequent first.
func (c *Comparison) Changes() []Change {
	out := make([]Change, 0, len(c.changes))
	for _, x := range c.changes {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Figure, b.Figure), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// flip counts a figure that is another.
func (c *Comparison) flip(figure, from, to, id, message string) {
	if from == to {
		return
	}
	c.flips++
	if c.changes == nil {
		c.changes = map[[3]string]*Change{}
	}
	key := [3]string{figure, from, to}
	x := c.changes[key]
	if x == nil {
		x = &Change{Figure: figure, From: from, To: to}
		c.changes[key] = x
	}
	x.N++
	if len(x.Examples) < c.Examples {
		x.Examples = append(x.Examples, Example{id, message})
	}
}

func (c *Comparison) customer(id string) {
	if id == "" || c.customers[id] {
		return
	}
	if c.customers == nil {
		c.customers = map[string]bool{}
	}
	c.customers[id] = true
	c.Customers++
}

func className(s *odzew.Score) string {
	if s.Sentiment == nil {
		return "not scored"
	}
	return string(*s.Sentiment)
}

func has(s *odzew.Score, signal string) string { return yesNo(slices.Contains(s.Signals, signal)) }

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// CompareMessages scores messages with both lexicons.
func (c *Comparison) CompareMessages(a, b *sentiment.Scorer, messages []sentiment.Example) {
	inChunks(len(messages), func(i int) [2]odzew.Score {
		return [2]odzew.Score{a.Score(messages[i].Text, "", false), b.Score(messages[i].Text, "", false)}
	}, func(i int, s [2]odzew.Score) {
		c.message(messages[i].ID, "", messages[i].Text, &s[0], &s[1])
	})
}

// CompareConversations analyses conversations with both lexicons as of now.
func (c *Comparison) CompareConversations(a, b *analyzer.Analyzer, list []analyzer.Input, now time.Time) {
	inChunks(len(list), func(i int) [2]analyzer.Result {
		return [2]analyzer.Result{a.Analyze(list[i], now), b.Analyze(list[i], now)}
	}, func(i int, r [2]analyzer.Result) {
		c.conversation(&list[i], &r[0], &r[1])
	})
}
