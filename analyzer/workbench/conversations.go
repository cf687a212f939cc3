package workbench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"odzew"
	"odzew/analyzer"
	"odzew/analyzer/frustration"
	"odzew/analyzer/sentiment/eval"
	"odzew/analyzer/waits"
)

// Measuring on labelled conversations: the whole way, from messages and events to
// who should be called.

// A LabelledConversation is a conversation as a reader judges it, an hour after its
// last message.
type LabelledConversation struct {
	Conversation odzew.Conversation
	Labels       struct {
		Frustration  int  `json:"frustration"`
		Peak         int  `json:"peak"`
		NeedsCall    bool `json:"needs_call"`
		SilentLeaver bool `json:"silent_leaver"`
		ResolvedWell bool `json:"resolved_well"`
		// Promise is a time that the desk named and that has come.
		Promise *struct {
			By   time.Time `json:"by"`
			Kept bool      `json:"kept"`
		} `json:"promise"`
		FirstReply   *int64 `json:"first_reply_seconds"`
		LastOpenWait bool   `json:"last_open_wait"`
	}
}

// AreConversations reports whether a file of JSON Lines holds labelled
// conversations and not messages, by how it begins. Within a text the key would have
// its quotation marks escaped.
func AreConversations(start []byte) bool {
	return bytes.Contains(start, []byte(`"conversation":`)) || bytes.Contains(start, []byte(`"conversation" :`))
}

// ReadConversations reads labelled conversations: JSON Lines of
// {"conversation": …, "labels": …}. The name is used in errors.
func ReadConversations(r io.Reader, name string) ([]LabelledConversation, error) {
	var out []LabelledConversation
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 64<<20)
	for n := 1; sc.Scan(); n++ {
		line := bytes.TrimSpace(sc.Bytes())
		if len(line) == 0 {
			continue
		}
		var raw struct{ Conversation, Labels json.RawMessage }
		if err := json.Unmarshal(line, &raw); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		var l LabelledConversation
		if len(raw.Labels) == 0 {
			return nil, fmt.Errorf("%s:%d: no labels", name, n)
		}
		if err := json.Unmarshal(raw.Labels, &l.Labels); err != nil {
			return nil, fmt.Errorf("%s:%d: labels: %w", name, n, err)
		}
		var err error
		if l.Conversation, err = odzew.ParseConversation(raw.Conversation); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		out = append(out, l)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

// A ConversationReport is what was measured on conversations.
type ConversationReport struct {
	N int `json:"n"`
	// Of the questions with yes and no.
	NeedsCall    eval.Counts `json:"needs_call"`
	Frustrated   eval.Counts `json:"frustration_2"` // at the end
	SilentLeaver eval.Counts `json:"silent_leaver"`
	ResolvedWell eval.Counts `json:"resolved_well"`
	Open         eval.Counts `json:"last_open_wait"`
	// Shares of conversations for which the answer is the label's.
	Level      float64 `json:"frustration_level_accuracy"`
	Peak       float64 `json:"peak_accuracy"`
	Promise    float64 `json:"promise_accuracy"` // the same time, kept or not
	FirstReply float64 `json:"first_reply_accuracy"`
}

// EvaluateConversations analyses the conversations, each an hour after its last
// message, and measures.
func EvaluateConversations(a *analyzer.Analyzer, set []LabelledConversation) ConversationReport {
	results := make([]analyzer.Result, len(set))
	inParallel(len(set), func(i int) {
		c := &set[i].Conversation
		last := c.CreatedAt
		for k := range c.Messages {
			if c.Messages[k].At.After(last) {
				last = c.Messages[k].At
			}
		}
		results[i] = a.Analyze(analyzer.Input{Conversation: *c}, last.Add(time.Hour))
	})
	r := ConversationReport{N: len(set)}
	share := 1 / float64(max(1, len(set)))
	for i := range set {
		got, want := &results[i], &set[i].Labels
		tally(&r.NeedsCall, want.NeedsCall, got.Flag.NeedsCall)
		tally(&r.Frustrated, want.Frustration == 2, got.Flag.Level == 2)
		tally(&r.SilentLeaver, want.SilentLeaver, got.SilentLeaver)
		tally(&r.ResolvedWell, want.ResolvedWell, got.ResolvedWell)
		tally(&r.Open, want.LastOpenWait, !got.OpenSince.IsZero())
		for _, q := range []struct {
			sum   *float64
			equal bool
		}{
			{&r.Level, got.Flag.Level == want.Frustration},
			{&r.Peak, got.Peak == want.Peak},
			{&r.Promise, samePromise(got.Promises, &set[i])},
			{&r.FirstReply, sameFirstReply(&got.Waits.FirstReply, want.FirstReply)},
		} {
			if q.equal {
				*q.sum += share
			}
		}
	}
	return r
}

func tally(c *eval.Counts, truth, found bool) {
	switch {
	case truth && found:
		c.TP++
	case found:
		c.FP++
	case truth:
		c.FN++
	}
}

func sameFirstReply(got *odzew.FirstReply, want *int64) bool {
	if got.State != waits.Answered || got.Seconds == nil {
		return want == nil
	}
	return want != nil && *got.Seconds == *want
}

// samePromise compares the promise that a reader would name: one that was broken,
// else the last that was kept.
func samePromise(got []frustration.Promise, l *LabelledConversation) bool {
	var named *frustration.Promise
	for i := range got {
		if got[i].State == frustration.PromiseBroken {
			named = &got[i]
			break
		}
		if got[i].State == frustration.PromiseKept {
			named = &got[i]
		}
	}
	want := l.Labels.Promise
	if named == nil || want == nil {
		return named == nil && want == nil
	}
	return named.Due.Equal(want.By) && (named.State == frustration.PromiseKept) == want.Kept
}

// String writes the report for a terminal.
func (r ConversationReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-34s %d\n\n%-34s%8s%8s%8s%8s\n", "conversations", r.N, "", "F1", "right", "wrong", "missed")
	for _, q := range []struct {
		name string
		c    eval.Counts
	}{
		{"needs a call", r.NeedsCall},
		{"frustration 2", r.Frustrated},
		{"silent leaver", r.SilentLeaver},
		{"resolved well", r.ResolvedWell},
		{"somebody waits", r.Open},
	} {
		fmt.Fprintf(&b, "%-34s%8.2f%8d%8d%8d\n", q.name, q.c.F1(), q.c.TP, q.c.FP, q.c.FN)
	}
	b.WriteByte('\n')
	for _, q := range []struct {
		name string
		v    float64
	}{
		{"frustration level, accuracy", r.Level},
		{"peak, accuracy", r.Peak},
		{"promise, accuracy", r.Promise},
		{"first reply, accuracy", r.FirstReply},
	} {
		fmt.Fprintf(&b, "%-34s %.3f\n", q.name, q.v)
	}
	return b.String()
}
