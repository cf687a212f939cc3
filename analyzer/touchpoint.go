package analyzer

import (
	"strings"

	"odzew"
)

// TouchpointOf names the place where customer and company met: the first rule
// that matches; without one the inbox, else the form, else the channel.
func TouchpointOf(rules []odzew.Touchpoint, c *odzew.Conversation) string {
	for i := range rules {
		if matches(&rules[i], c) {
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

func matches(r *odzew.Touchpoint, c *odzew.Conversation) bool {
	same := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	if !same(r.Source, c.Source) || !same(r.Channel, c.Channel) || !same(r.Inbox, c.Inbox) || !same(r.Form, c.Form) {
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
