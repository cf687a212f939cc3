package frustration

import (
	"slices"
	"strings"

	"odzew"
)

// What the score of one message says: whether it complains, and how plainly.

// levelOf is the level of a message within its conversation. Where a customer blames
// and says for what, the message is at least of level 1, however mild its words.
func levelOf(s *odzew.Score) int {
	if s.Level > 0 || !blames(s) {
		return s.Level
	}
	if s.Frustration >= 0.1 && (*s.Sentiment == odzew.Negative || s.Valence <= 0) {
		return 1
	}
	if *s.Sentiment == odzew.Negative {
		if v := verdict(s); v <= harsh || v < 0 && s.Confidence >= sure {
			return 1
		}
	}
	for _, sig := range s.Signals {
		if k := kinds[sig]; k.weight > 0 && k.rank != weak && sig != "vulnerability" {
			return 1
		}
	}
	return 0
}

// ruleLimit is the evidence's rule for what is past the end of the scale: no words of
// the customer's.
const ruleLimit = "limit"

// verdict is the weight of the worst that an entry blames, learned words and events
// aside: these tell what a message sounds like, and what happened; nobody is flagged
// for that.
func verdict(s *odzew.Score) (worst float64) {
	for i := range s.Evidence {
		if e := &s.Evidence[i]; e.Rule != "event" && e.Rule != ruleLimit && !strings.HasPrefix(e.Rule, "learned:") {
			worst = min(worst, e.Weight)
		}
	}
	return worst
}

// reproaches says whether a message blames too mildly for a complaint, or is calm, and
// the words of a signal stand in it. Where it asks for the second time they are meant.
func reproaches(s *odzew.Score) bool {
	return blames(s) && s.Valence < 0 || s.Sentiment != nil && *s.Sentiment == odzew.Neutral &&
		slices.ContainsFunc(s.Evidence, func(e odzew.Evidence) bool { return e.Rule == "signal" && e.Weight < 0 })
}

// mild says whether a message blames and gives no sign of frustration beside it: any
// answer is the end of that.
func mild(s *odzew.Score) bool {
	return s.Level < 2 && !slices.ContainsFunc(s.Signals, func(sig string) bool { return kinds[sig].weight > 0 && sig != "vulnerability" && sig != "pressure" })
}

// blames says whether a message criticises.
func blames(s *odzew.Score) bool {
	return s.Sentiment != nil && (*s.Sentiment == odzew.Negative || *s.Sentiment == odzew.Mixed)
}

// atRisk says whether what makes a customer vulnerable is a matter of now: not where
// all went well, nor where somebody just asks before buying.
func atRisk(s *odzew.Score) bool {
	if pleased(s) {
		return false
	}
	return blames(s) || s.Stage != "awareness" && s.Stage != "interest" && s.Stage != "decision"
}
