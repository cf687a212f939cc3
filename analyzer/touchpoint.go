package analyzer

import (
	"slices"
	"strings"

	"odzew"
)

// Touchpoint names the touchpoint of a conversation by the desk's rules. Only where
// a rule asks for the stage is anything scored.
func (a *Analyzer) Touchpoint(c *odzew.Conversation) string {
	stage := ""
	if slices.ContainsFunc(a.Touchpoints, func(r odzew.Touchpoint) bool { return r.Stage != "" }) && c.Excluded == "" {
		for i := range c.Messages {
			if s, _, ok := a.ScoreMessage(&c.Messages[i]); ok && s.Sentiment != nil {
				stage = s.Stage
				break
			}
		}
	}
	return TouchpointOf(a.Touchpoints, c, stage)
}

// stageOf is where on the customer's journey a conversation began: the stage of the
// first message with a sentiment. Empty where there is none.
func stageOf(scores []MessageScore) string {
	for i := range scores {
		if scores[i].Sentiment != nil {
			return scores[i].Stage
		}
	}
	return ""
}

// TouchpointOf names the place where customer and company met in a conversation
// that began at a stage of the journey: the first rule that matches; without one
// the inbox, else the form, else the channel.
func TouchpointOf(rules []odzew.Touchpoint, c *odzew.Conversation, stage string) string {
	for i := range rules {
		if matches(&rules[i], c, stage) {
			return rules[i].Name
		}
	}
	for _, name := range []string{c.Inbox, c.Form, c.Channel, c.Source} {
		if name != "" {
			return name
		}
	}
	return "other"
}

func matches(r *odzew.Touchpoint, c *odzew.Conversation, stage string) bool {
	same := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	if !same(r.Source, c.Source) || !same(r.Channel, c.Channel) || !same(r.Inbox, c.Inbox) || !same(r.Form, c.Form) || !same(r.Stage, stage) {
		return false
	}
	if r.Tag != "" && !containsFold(c.Tags, r.Tag) {
		return false
	}
	if len(r.Words) == 0 {
		return true
	}
	subject := strings.ToLower(c.Subject)
	for _, w := range r.Words {
		if strings.Contains(subject, strings.ToLower(w)) {
			return true
		}
	}
	return false
}

func containsFold(list []string, want string) bool {
	for _, v := range list {
		if strings.EqualFold(v, want) {
			return true
		}
	}
	return false
}
