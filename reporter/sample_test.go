package reporter

import (
	"math/rand/v2"
	"testing"
	"time"

	"odzew"
	"odzew/reporter/stats"
)

// The samples: one invented desk, on days of different kinds. Persons, numbers
// and firms are invented.

func warsaw(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// spread returns n waits around a median, the same at each call.
func spread(seed uint64, n int, median float64) stats.Sample {
	return stats.Of(seconds(seed, n, median))
}

func seconds(seed uint64, n int, median float64) []int64 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]int64, n)
	for i := range out {
		f := r.NormFloat64()
		out[i] = int64(median * (1 + 0.45*f + 0.3*f*f))
		if out[i] < 20 {
			out[i] = 20 + int64(i)
		}
	}
	return out
}

func due(t time.Time) *time.Time { return &t }

func busy(t testing.TB, lang string) Input {
	zone := warsaw(t)
	local := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, zone)
	}
	in := Input{
		From: local(11, 17, 0, 0), To: local(11, 17, 0, 0), Zone: zone, SentAt: local(11, 18, 7, 0), Lang: lang,
		Hours: map[string]string{"pl": "pn–pt 9–17", "en": "Mon–Fri 9–17"}[lang],
		Volume: Volume{
			Conversations: 84, Messages: 1314, CustomerMessages: 173, DeadLetters: 3,
			Unscored: map[string]int{"too little text": 6, "language not supported": 1},
			Excluded: map[string]int{"spam": 12, "test": 1},
		},
		Cases: []Case{
			{
				Flag: odzew.Flag{
					Conversation: "48077", Source: "zendesk", Cause: "resignation", Frustration: 0.64, Level: 2, NeedsCall: true, OpenedAt: local(11, 17, 15, 0),
					Reasons: []odzew.Reason{
						{Signal: "resignation", Weight: 0.4, Quote: "trudno, niech tak zostanie", Message: "m-9"},
						{Signal: "handovers", Weight: 0.24, Count: 4},
					},
				},
				Handovers: 4,
			},
			{
				Flag: odzew.Flag{
					Conversation: "48213", Source: "zendesk", Cause: "legal", Frustration: 0.82, Level: 2, NeedsCall: true, OpenedAt: local(11, 17, 9, 0),
					Reasons: []odzew.Reason{
						{Signal: "legal", Weight: 0.402, Quote: "Czekam od dwóch tygodni na zwrot na konto PL61 1090 1014 0000 0712 1981 2874, jutro uruchamiam chargeback w banku", Message: "m-4"},
						{Signal: "waiting", Weight: 0.209, Seconds: 14 * 24 * 3600},
						{Signal: "nudges", Weight: 0.209, Count: 3},
					},
				},
				URL: "https://pomoc.sklep.example/c/48213", Waiting: &odzew.Clock{Seconds: 51*3600 + 120, BusinessSeconds: 13 * 3600}, Nudges: 3,
			},
			{
				Flag: odzew.Flag{
					Conversation: "48190", Source: "imap", Cause: "promise", Frustration: 1, Level: 2, NeedsCall: true, OpenedAt: local(11, 16, 12, 0),
					Reasons: []odzew.Reason{
						{Signal: "broken_promise", Weight: 0.55, Quote: "mieliście oddzwonić na 600 700 800 w poniedziałek!!!", Message: "m-12"},
						{Signal: "churn", Weight: 0.25},
						{Signal: "ultimatum", Weight: 0.2, Due: due(local(11, 18, 12, 0))},
						{Signal: "vulnerability", Weight: 0.2, Quote: "to lek dla dziecka"},
					},
				},
				Waiting: &odzew.Clock{Seconds: 31 * 3600, BusinessSeconds: 9*3600 + 1800}, Nudges: 1,
				Promise: &Promise{Quote: "oddzwonimy w poniedziałek", Message: "m-11", Due: local(11, 16, 17, 0)},
			},
		},
		Deadlines: []Deadline{{Number: "47911", URL: "https://pomoc.sklep.example/c/47911", Kind: DeadlineComplaint, Safe: local(11, 19, 0, 0), Legal: local(11, 19, 0, 0)}},
		Waits: Waits{
			Channels: []ChannelWaits{
				{Channel: "email", Now: spread(1, 101, 4300), Before: spread(2, 1800, 3300)},
				{Channel: "chat", Now: spread(3, 40, 640), Before: spread(4, 1100, 650)},
			},
			First: spread(5, 79, 4100),
			Asked: spread(6, 2700, 3800), AskedOpen: seconds(7, 37, 9000),
			Open: []OpenWait{
				{Number: "47000", Age: odzew.Clock{Seconds: 3600, BusinessSeconds: 0}},
				{Number: "47650", URL: "https://pomoc.sklep.example/c/47650", Age: odzew.Clock{Seconds: 74 * 3600, BusinessSeconds: 18 * 3600}},
			},
			OpenCount: 37, Parked: 4,
		},
		Touchpoints: []Touchpoint{
			{Name: "dostawa", Now: Tally{51, 3, 0, spread(8, 60, 2100)}, Past: []Tally{{350, 30, 2, spread(9, 400, 2100)}, {360, 31, 2, spread(10, 400, 2100)}, {340, 33, 3, spread(11, 400, 2150)}, {350, 36, 4, spread(12, 400, 2100)}}},
			{Name: "zwrot pieniędzy", Now: Tally{24, 11, 5, spread(13, 31, 27600)}, Past: []Tally{{120, 58, 20, spread(14, 140, 26000)}, {110, 14, 3, spread(15, 140, 9000)}, {112, 13, 2, spread(16, 140, 9000)}, {118, 15, 3, spread(17, 140, 9000)}}},
			{Name: "rejestracja", Now: Tally{7, 0, 0, spread(18, 7, 1900)}, Past: []Tally{{33, 3, 0, spread(19, 40, 2000)}, {31, 3, 1, spread(20, 40, 2000)}}},
			{Name: "partnerzy", Now: Tally{Conversations: 2}},
		},
		Sentiment: Sentiment{
			Now: Attitudes{Negative: 14, Neutral: 55, Positive: 12, Mixed: 3}, Norm: Attitudes{Negative: 301, Neutral: 1600, Positive: 350, Mixed: 82},
			Relief: 12, ReliefTopic: "szybka wymiana",
		},
		Ratings: Ratings{CSATGood: 37, CSAT: 44, Promoters: 6, Passives: 3, Detractors: 2},
		Sources: []Source{{Name: "Zendesk", Through: local(11, 17, 23, 58)}, {Name: "IMAP", Through: local(11, 17, 23, 59)}},
		Lexicons: []Lexicon{
			{Lang: "pl", Version: "1.8.2", Since: local(11, 16, 0, 0), Previous: "1.8.1", Changed: 5},
			{Lang: "en", Version: "1.4.0"},
		},
	}
	if lang == "en" {
		for i, name := range []string{"delivery", "refund", "sign-up", "partners"} {
			in.Touchpoints[i].Name = name
		}
		in.Sentiment.ReliefTopic = "quick exchange"
	}
	return in
}

// samples are the days that the golden files show.
var samples = []struct {
	name   string
	change func(*Input)
}{
	{"busy", func(*Input) {}},
	{"quiet", quietDay},
	{"late", func(in *Input) {
		in.Sources[0].Through = time.Date(2026, 11, 17, 14, 10, 0, 0, in.Zone)
		in.Sources[0].FailedSince = time.Date(2026, 11, 17, 14, 25, 0, 0, in.Zone)
		in.Sources[0].Reason = "503 Service Unavailable"
	}},
	{"monday", func(in *Input) {
		in.From, in.To = time.Date(2026, 11, 20, 0, 0, 0, 0, in.Zone), time.Date(2026, 11, 22, 0, 0, 0, 0, in.Zone)
		in.SentAt = time.Date(2026, 11, 23, 7, 0, 0, 0, in.Zone)
		for i := range in.Sources {
			in.Sources[i].Through = time.Date(2026, 11, 22, 23, 57+i, 0, 0, in.Zone)
		}
		// More flags than the page has room for, one of a named customer.
		for i, number := range []string{"48300", "48301", "48302", "48303"} {
			c := in.Cases[0]
			c.Number = number
			c.Flag.NeedsCall = false
			c.Flag.Frustration = 0.5 - float64(i)/10
			in.Cases = append(in.Cases, c)
		}
		in.Cases[1].Name = "Anna Nowak"
		in.Cases[1].Customer, in.Cases[4].Customer = "anna", "anna"
		in.Deadlines = append(in.Deadlines, Deadline{Number: "47800", Kind: DeadlineDataRequest, Safe: time.Date(2026, 11, 20, 0, 0, 0, 0, in.Zone), Legal: time.Date(2026, 11, 23, 0, 0, 0, 0, in.Zone)})
	}},
	{"holiday", func(in *Input) {
		quietDay(in)
		in.From = time.Date(2026, 11, 11, 0, 0, 0, 0, in.Zone)
		in.To, in.SentAt = in.From, time.Date(2026, 11, 12, 7, 0, 0, 0, in.Zone)
		in.Holiday = map[string]string{"pl": "Narodowe Święto Niepodległości", "en": "Independence Day"}[in.Lang]
		for i := range in.Sources {
			in.Sources[i].Through = time.Date(2026, 11, 11, 23, 58, 0, 0, in.Zone)
		}
		in.Volume.Conversations = 2
		in.Waits.Channels = nil
		in.Sentiment.Now = Attitudes{Neutral: 2}
	}},
	{"first-week", func(in *Input) {
		in.FirstWeek = true
		in.Sentiment.Norm = Attitudes{}
		in.Cases = in.Cases[1:2]
		in.Cases[0].Number = "1"
		in.Deadlines = nil
		in.Volume = Volume{Conversations: 9, Messages: 22, CustomerMessages: 12}
		in.Sentiment = Sentiment{Now: Attitudes{Negative: 2, Neutral: 6, Positive: 1}}
		in.Ratings = Ratings{CSATGood: 1, CSAT: 1}
		in.Lexicons = nil
		in.Waits = Waits{Channels: []ChannelWaits{{Channel: "email", Now: spread(21, 8, 3000)}}, First: spread(22, 1, 700), Asked: spread(21, 8, 3000), AskedOpen: []int64{4000}, OpenCount: 1, Open: in.Waits.Open[:1]}
		for i := range in.Touchpoints {
			in.Touchpoints[i].Past = nil
			in.Touchpoints[i].Now.Conversations = min(5, in.Touchpoints[i].Now.Conversations)
			in.Touchpoints[i].Now.Negative = min(1, in.Touchpoints[i].Now.Negative)
			in.Touchpoints[i].Now.Strong = 0
			in.Touchpoints[i].Now.Waits = spread(uint64(30+i), 3, 2000)
		}
	}},
}

func quietDay(in *Input) {
	in.Cases, in.Deadlines, in.Touchpoints, in.Lexicons = nil, nil, nil, nil
	in.Volume.DeadLetters = 0
	for i := range in.Waits.Channels {
		in.Waits.Channels[i].Before = in.Waits.Channels[i].Now
	}
	in.Sentiment.Now.Negative = 9
}
