package main

import (
	"testing"

	"odzew"
)

// TestPlain proves that a message that came as HTML alone is scored by its text.
func TestPlain(t *testing.T) {
	c := odzew.Conversation{Messages: []odzew.Message{
		{HTML: "<p>To jest <b>skandal</b>,<br>idę do UOKiK!</p><style>p{}</style>"},
		{Text: "jak jest", HTML: "<p>inaczej</p>"},
		{},
	}}
	plain(&c)
	for i, want := range []string{"To jest skandal,\nidę do UOKiK!", "jak jest", ""} {
		if got := c.Messages[i].Text; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
