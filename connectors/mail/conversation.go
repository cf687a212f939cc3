package mail

import (
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"odzew"
)

// From a mail to the domain: whose it is, when it was, and to what it belongs.

// Addresses are the company's own: whole addresses and whole domains.
type Addresses struct {
	mailboxes, domains map[string]bool
}

// OwnAddresses reads "support@firma.example" as an address and "@firma.example" as a
// domain.
func OwnAddresses(list []string) (Addresses, error) {
	a := Addresses{map[string]bool{}, map[string]bool{}}
	for _, item := range list {
		s := strings.ToLower(strings.TrimSpace(item))
		i := strings.IndexByte(s, '@')
		switch {
		case i < 0 || i == len(s)-1 || strings.Contains(s[i+1:], "@") || strings.ContainsAny(s, " <>,;"):
			return Addresses{}, fmt.Errorf("own address %q: write support@firma.example for a mailbox, or @firma.example for a whole domain", item)
		case i == 0:
			a.domains[s[1:]] = true
		default:
			a.mailboxes[s] = true
		}
	}
	return a, nil
}

// Own says whether an address is the company's.
func (a Addresses) Own(email string) bool {
	email = strings.ToLower(email)
	return a.mailboxes[email] || a.domains[email[strings.LastIndexByte(email, '@')+1:]]
}

// An Origin is where a mail was found.
type Origin struct {
	Source string
	Inbox  string
	Own    Addresses
	// Received is the server's own time of the mail: INTERNALDATE, an mbox's From
	// line. Zero if there is none.
	Received time.Time
	// Now bounds what time of a mail can be believed.
	Now time.Time
}

// Conversation makes a conversation with this one message of the mail. It has no ID:
// the store finds the thread by the message's MailRefs.
//
// The message's time is the server's, else the Date of the header, else the last
// Received line: the first of them that is after 1971 and at most a day after
// o.Now. If none is, the error says so, and the mail is a dead letter.
//
// The author is an agent if From is the company's own, unless Reply-To leads outside,
// as a contact form's does; else a customer; and auto, whoever sent it, if the header
// says that a program did. A mail from own to own addresses only is a note.
func (m Mail) Conversation(o Origin) (odzew.Conversation, error) {
	problems := m.Problems[:len(m.Problems):len(m.Problems)]
	at, problem, err := m.at(o)
	if err != nil {
		return odzew.Conversation{}, err
	}
	if problem.Field != "" {
		problems = append(problems, problem)
	}

	customer, author, public := m.parties(o.Own)
	if m.Auto != "" {
		author = odzew.AuthorAuto
	}
	if customer.Email == "" {
		problems = append(problems, odzew.Problem{Field: "To", Value: shorten(m.From.Email), Reason: "no address outside the company"})
	}
	authorID := m.From.Email
	people, headers := m.people(o.Own), m.Headers
	if author == odzew.AuthorCustomer {
		authorID = customer.Email
		if lawOfficeAmong(people, customer.Email) {
			if headers = maps.Clone(headers); headers == nil {
				headers = map[string]string{}
			}
			headers[odzew.HeaderLawOffice] = "yes"
		}
	}
	return odzew.Conversation{
		Source:    o.Source,
		Channel:   "email",
		Inbox:     o.Inbox,
		Subject:   m.Subject,
		CreatedAt: at,
		Customer:  odzew.Customer{ID: customer.Email, Name: customer.Name, Email: customer.Email},
		Messages: []odzew.Message{{
			ID:       m.MessageID,
			At:       at,
			Author:   author,
			AuthorID: authorID,
			Public:   public,
			Text:     m.Body,
			Headers:  headers,
			Mail: &odzew.MailRefs{
				MessageID:  m.MessageID,
				InReplyTo:  m.InReplyTo,
				References: m.References,
				Subject:    NormalSubject(m.Subject),
				Reply:      isReply(m.Subject),
				People:     people,
			},
		}},
		Problems: problems,
	}, nil
}

// lawOfficeAmong says whether one of a letter's people, other than the customer, is
// at a law office, as far as its address tells.
func lawOfficeAmong(people []string, customer string) bool {
	for _, address := range people {
		address = strings.ToLower(address)
		if strings.EqualFold(address, customer) {
			continue
		}
		for _, sign := range [...]string{"kancelari", "adwokat", "radcaprawn", "radcowi", "prawnik", "lawoffice", "lawfirm", "lawyer", "solicitor", "attorney", "barrister"} {
			if strings.Contains(address, sign) {
				return true
			}
		}
	}
	return false
}

// at chooses the mail's time.
func (m Mail) at(o Origin) (time.Time, odzew.Problem, error) {
	for i, t := range [...]time.Time{o.Received, m.Date, m.Received} {
		if t.Year() <= 1971 || t.After(o.Now.Add(24*time.Hour)) {
			continue
		}
		var p odzew.Problem
		if i == 2 {
			p = odzew.Problem{Field: "Date", Value: dateWord(m.Date), Reason: "not believable; the time of receipt is used"}
		}
		return t.UTC(), p, nil
	}
	return time.Time{}, odzew.Problem{}, fmt.Errorf("mail %s: no believable time: Date is %s, Received is %s; correct its Date and replay it", m.MessageID, dateWord(m.Date), dateWord(m.Received))
}

func dateWord(t time.Time) string {
	if t.IsZero() {
		return "missing"
	}
	return t.Format(time.RFC3339)
}

// parties says who the customer is, who wrote, and whether others than the company
// got the mail.
func (m Mail) parties(own Addresses) (customer Address, author odzew.Author, public bool) {
	if m.From.Email != "" && !own.Own(m.From.Email) {
		return m.From, odzew.AuthorCustomer, true
	}
	for _, a := range m.ReplyTo {
		if !own.Own(a.Email) {
			return a, odzew.AuthorCustomer, true
		}
	}
	for _, list := range [...][]Address{m.To, m.Cc} {
		for _, a := range list {
			if !own.Own(a.Email) {
				return a, odzew.AuthorAgent, true
			}
		}
	}
	return Address{}, odzew.AuthorAgent, len(m.To)+len(m.Cc) == 0
}

// people are all addresses that are not the company's, each once.
func (m Mail) people(own Addresses) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [...][]Address{{m.From}, m.ReplyTo, m.To, m.Cc} {
		for _, a := range list {
			if a.Email != "" && !own.Own(a.Email) && !seen[a.Email] {
				seen[a.Email] = true
				out = append(out, a.Email)
			}
		}
	}
	return out
}

// replyMarks stand before the colon that begins the subject of an answer or a
// forward.
var replyMarks = map[string]bool{
	"re": true, "odp": true, "odpowiedź": true, "aw": true, "antw": true, "sv": true, "rv": true, "ré": true, "réf": true, "rép": true,
	"fwd": true, "fw": true, "pd": true, "wg": true, "vs": true, "tr": true, "vb": true,
	"przekaż": true, "przesłano dalej": true,
}

// isReply says whether a subject begins as that of an answer or a forward.
func isReply(s string) bool {
	return NormalSubject(s) != strings.ToLower(strings.Join(strings.Fields(s), " "))
}

// NormalSubject gives a subject by which the mails of a thread are alike: without
// "Re:", "Odp:", "Fwd:" and their like, however often, in lower case, with single
// spaces. A tag in brackets, such as a ticket's number, stays.
func NormalSubject(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for {
		mark, rest, ok := strings.Cut(s, ":")
		if !ok || utf8.RuneCountInString(mark) > 20 {
			break
		}
		// Re[2]: and Re (3): count the answers.
		mark = strings.TrimRightFunc(mark, func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("[]()^ ", r) })
		if !replyMarks[strings.ToLower(mark)] {
			break
		}
		s = strings.TrimSpace(rest)
	}
	return strings.ToLower(s)
}
