package mail

import "testing"

func TestIsReply(t *testing.T) {
	for subject, want := range map[string]bool{
		"Re: Paczka": true, "ODP:  Paczka": true, "Re[2]: x": true, "Fwd: x": true, "AW: x": true,
		"Paczka": false, "Uwaga: pilne": false, "": false, "Reklamacja: rower": false, "  Paczka   nr 5": false,
	} {
		if got := isReply(subject); got != want {
			t.Errorf("isReply(%q) is %v", subject, got)
		}
	}
}
