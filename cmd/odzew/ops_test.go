package main

import (
	"testing"

	"odzew/store"
)

// Every customer message of status has a score or a reason for having none.
func TestUnscored(t *testing.T) {
	for _, tt := range []struct {
		totals store.Totals
		want   string
	}{
		{store.Totals{CustomerMessages: 3, Scored: 3}, ""},
		{store.Totals{CustomerMessages: 5, Scored: 2, Unscored: map[string]int{"language not supported": 3}}, " (3: language not supported)"},
		{store.Totals{CustomerMessages: 5, Scored: 2, Unscored: map[string]int{"language not supported": 1}}, " (1: language not supported, 2: written by a program, or not analysed yet)"},
	} {
		if got := unscored(&tt.totals); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.totals, got, tt.want)
		}
	}
}
