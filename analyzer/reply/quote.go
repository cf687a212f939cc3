package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Where quotes begin and end. A quote begins with one of
//
//   - a line with ">" (unless it is a bullet in a list of the author's),
//   - an introduction: "On … wrote:", "W dniu … napisał(a):", which may be broken
//     over lines or share its line with text,
//   - a copied header: From/Sent/To/Subject as lines, or all in one,
//   - a separator: "-----Original Message-----".
//
// After the last three the quote runs to the end of the body, unless its lines
// carry ">": then only those are quoted, and answers between them are own.

const (
	// maxIntro bounds the length of an introduction, in bytes.
	maxIntro = 400
	// maxTries bounds the introductions looked for in one line.
	maxTries = 8
	// maxFolds bounds the lines of a copied header that go on a line before.
	maxFolds = 8
	// maxBullets and maxBullet bound the lines, and the bytes of a line, of what can
	// be a list with ">" for bullets.
	maxBullets = 12
	maxBullet  = 60
)

// quoteAt says whether a quote begins in, or is made certain by, the line at pos.
// The quote may begin in an earlier line of the open run, and stops at the start of
// a line or at the end of the body.
func (s *splitter) quoteAt(pos, end, next int) (start, stop int, ok bool) {
	line := s.body[pos:end]
	in := indent(line)
	if in == len(line) {
		return 0, 0, false
	}
	switch line[in] {
	case '>':
		if in > 3 {
			break
		}
		return s.marked(pos, end, next)
	case '-', '_', '*', '#', '=':
		if start, stop, ok := s.ruled(pos, end, next, in); ok {
			return start, stop, true
		}
	}
	if i := strings.Index(line, "----"); i > in {
		if n := separator(line[i:]); n > 0 {
			s.quoting = true
			return pos + i, s.extent(pos + i + n), true
		}
	}
	return s.coloned(pos, end, in)
}

// marked handles a line that starts with ">".
func (s *splitter) marked(pos, end, next int) (int, int, bool) {
	if !s.quoting {
		if n := s.bullets(pos); n > 0 {
			s.skip = n
			return 0, 0, false
		}
		// What stands before is not quoted by the program, but all further marks are.
		s.quoting = true
	}
	return pos, next, true
}

// bullets says whether the lines with ">" from pos on are a list of the author's, and
// gives the position behind it; 0 if they are a quote. A list is short lines without
// a full stop, right below its text; or right below a colon; or "> 30 dni".
func (s *splitter) bullets(pos int) int {
	before := strings.TrimRight(s.body[max(s.own, pos-maxIntro):pos], " \t\r")
	tight := strings.HasSuffix(before, "\n") && !strings.HasSuffix(strings.TrimRight(before[:len(before)-1], " \t\r"), "\n")
	before = strings.TrimSpace(before)
	if before == "" {
		if strings.IndexByte(strings.TrimSpace(s.body), '\n') < 0 {
			return len(s.body) // a single line is somebody's words, not an empty answer
		}
		return 0
	}
	finished, digits, lines := false, true, 0
	at := pos
	for at < len(s.body) {
		end, next := lineAt(s.body, at)
		line := strings.TrimSpace(s.body[at:end])
		if !strings.HasPrefix(line, ">") {
			break
		}
		if tight && strings.HasPrefix(line, ">>> ") {
			return next // a prompt of Python
		}
		item := strings.TrimSpace(line[1:])
		if lines++; lines > maxBullets || item == "" || item[0] == '>' || len(item) > maxBullet || strings.Contains(item, "@") && strings.Contains(item, "<") {
			return 0
		}
		digits = digits && line[1] >= '0' && line[1] <= '9'
		switch item[len(item)-1] {
		case '.', '?', '!', ',', ':', ';':
			finished = true
		}
		at = next
	}
	if digits || strings.HasSuffix(before, ":") && (tight || !finished) || tight && lines >= 2 && !finished {
		return at
	}
	return 0
}

// ruled handles lines that begin with a rule of dashes, underscores or the like.
func (s *splitter) ruled(pos, end, next, in int) (int, int, bool) {
	line := s.body[pos:end]
	if len(line) > maxIntro {
		line = line[:maxIntro]
	}
	if n := separator(line[in:]); n > 0 {
		s.quoting = true
		return pos, s.extent(pos + in + n), true
	}
	if line[in] == '_' && ruleOf(line[in:], '_') >= 20 && s.foreignHeader(next) {
		s.quoting = true
		return pos, len(s.body), true
	}
	if strings.HasPrefix(line[in:], "##") || strings.HasPrefix(line[in:], "--") {
		if strings.TrimSpace(s.body[s.own:pos]) != "" {
			low := strings.ToLower(line)
			for _, p := range above {
				if strings.Contains(low, p) {
					s.quoting = true
					return pos, len(s.body), true
				}
			}
		}
	}
	return 0, 0, false
}

// ruleOf counts the leading bytes c, if nothing but white space follows them.
func ruleOf(line string, c byte) int {
	n := 0
	for n < len(line) && line[n] == c {
		n++
	}
	if strings.TrimSpace(line[n:]) != "" {
		return 0
	}
	return n
}

// separator gives the length of "----- words -----" that s begins with, with words
// that a mail program puts there; 0 if it begins with none.
func separator(s string) int {
	rule := func(s string) int { return len(s) - len(strings.TrimLeft(s, "-_*=")) }
	open := rule(s)
	if open < 2 || open == len(s) {
		return 0
	}
	at := open + indent(s[open:])
	for _, p := range separators {
		if !hasFold(s[at:], p) {
			continue
		}
		end := at + len(p)
		if strings.HasPrefix(s[end:], ":") {
			end++
		}
		end += indent(s[end:])
		if n := rule(s[end:]); n >= 2 || end == len(s) && open >= 3 {
			return end + n
		}
	}
	// Zoho and others put the whole introduction between dashes.
	if k := strings.Index(s[at:], "---"); open >= 3 && k > 0 && k < maxIntro && hasLead(s[at:], leads) && evidenceOf(s[at:at+k]) == strong {
		return at + k + rule(s[at+k:])
	}
	return 0
}

// extent gives the end of the quote whose introduction ends at p: the end of the
// body, or, if the quoted lines carry ">", the start of the first of them.
func (s *splitter) extent(p int) int {
	for range 4 { // a separator, a header, an introduction, and the text
		r := p
		for r < len(s.body) {
			if n := indent(s.body[r:]); n > 0 {
				r += n
			} else if s.body[r] == '\n' {
				r++
			} else {
				break
			}
		}
		if r == len(s.body) {
			return r
		}
		if s.body[r] == '>' {
			if i := strings.LastIndexByte(s.body[p:r], '\n'); i >= 0 {
				return p + i + 1
			}
			_, next := lineAt(s.body, r)
			return next
		}
		if p = s.header(r, 2); p == 0 {
			if p = s.introAhead(r); p == 0 {
				break
			}
		}
	}
	return len(s.body)
}

// introAhead gives the end of an introduction that begins at r, or 0.
func (s *splitter) introAhead(r int) int {
	text := s.body[r:min(len(s.body), r+maxIntro)]
	if !hasLead(text, leads) && !isDated(text) {
		return 0
	}
	for i := 0; i < len(text); i++ {
		if text[i] == ':' && verbBefore(text[:i]) > 0 {
			return r + i + 1
		}
	}
	return 0
}

// coloned looks at the colons of a line: they end introductions and labels.
func (s *splitter) coloned(pos, end, in int) (int, int, bool) {
	var from int // of a header in one line
	var seen label
	line := s.body[pos:end]
	tries := 0
	for at := in; ; {
		i := strings.IndexByte(line[at:], ':')
		if i < 0 {
			return 0, 0, false
		}
		i += at
		at = i + 1
		verb, last := verbBefore(line[:i]), at+indent(line[at:]) >= len(line)
		if last && isForward(line[in:i]) {
			s.quoting = true
			return pos, s.extent(end), true
		}
		if verb > 0 || last {
			if tries++; tries > maxTries {
				return 0, 0, false
			}
			if start, ok := s.intro(pos, i, end, verb); ok {
				s.quoting = true
				return start, s.extent(pos + i + 1), true
			}
		}
		l, word := labelBefore(line[max(in, i-30):i])
		if l == 0 {
			continue
		}
		begin := pos + i - word
		if i-word == in || strings.Trim(line[in:i-word], "* ") == "" {
			if l == labelFrom || l == labelDate || l == labelSubject {
				if n := s.header(pos, 3); n > 0 {
					s.quoting = true
					return s.ruleAbove(pos), s.extent(n), true
				}
			}
		}
		if l == labelFrom {
			from, seen = begin, labelFrom
		} else if seen != 0 {
			seen |= l
		}
		if seen&(labelFrom|labelDate|labelTo|labelSubject) == labelFrom|labelDate|labelTo|labelSubject &&
			begin-from < maxIntro && evidenceOf(s.body[from:begin]) >= timed {
			s.quoting = true
			return from, s.extent(pos + i + 1), true
		}
	}
}

// isForward says whether a line is one by which Apple Mail starts a forward.
func isForward(line string) bool {
	line = strings.TrimRight(line, " \u00a0")
	for _, f := range forwards {
		if strings.EqualFold(line, f) {
			return true
		}
	}
	return false
}

// labelBefore gives the label that s ends with, and its length in bytes with the
// decoration and spaces behind it.
func labelBefore(s string) (label, int) {
	t := strings.TrimRight(s, "* \u00a0")
	// The longest labels have two words.
	cut := len(t)
	for range 2 {
		for cut > 0 {
			r, n := utf8.DecodeLastRuneInString(t[:cut])
			if !unicode.IsLetter(r) && r != '-' {
				break
			}
			cut -= n
		}
		if l, ok := labels[strings.ToLower(t[cut:])]; ok {
			return l, len(s) - cut
		}
		if cut == 0 || t[cut-1] != ' ' {
			break
		}
		cut--
	}
	return 0, 0
}

// lineLabel gives the label that a line begins with, and the value behind it.
func lineLabel(line string) (label, string) {
	if len(line) > maxIntro {
		line = line[:maxIntro]
	}
	t := strings.TrimLeft(line[indent(line):], "*")
	i := strings.IndexByte(t, ':')
	if i < 0 || i > 30 {
		return 0, ""
	}
	return labels[strings.ToLower(strings.Trim(t[:i], "* \u00a0"))], strings.Trim(t[i+1:], "* \u00a0\t\r")
}

// header says whether a copied mail header with at least want labels begins with the
// line at pos, and gives its end; 0 if not.
func (s *splitter) header(pos, want int) int {
	var seen label
	var from, date string
	sent := false // the date is called "sent", not just "date"
	last, blanks, folds := 0, 0, 0
	for at := pos; at < len(s.body); {
		end, next := lineAt(s.body, at)
		line := s.body[at:end]
		at = next
		if indent(line) == len(line) {
			// Some programs put empty lines between the fields, one each.
			if blanks++; blanks > 1 || seen&(labelTo|labelSubject) == labelTo|labelSubject {
				break
			}
			continue
		}
		l, value := lineLabel(line)
		if l == 0 {
			// A list of addresses goes on.
			if folds++; last == 0 || folds > maxFolds || blanks > 0 || !strings.ContainsAny(line[:min(len(line), maxIntro)], "@;,<") {
				break
			}
			last = next
			continue
		}
		if seen&l != 0 && l != labelCc {
			break
		}
		switch l {
		case labelFrom:
			from = value
		case labelDate:
			date = value
			sent = fold(strings.TrimLeft(line[indent(line):], "*")[0]) != 'd'
		}
		seen |= l
		last, blanks = next, 0
	}
	kinds := 0
	for l := labelFrom; l <= labelSubject; l <<= 1 {
		if seen&l != 0 {
			kinds++
		}
	}
	if kinds < want {
		return 0
	}
	if want < 3 {
		return last
	}
	// A contact form's fields may look alike, but do not say to whom.
	if seen&labelFrom == 0 || seen&labelTo == 0 {
		return 0
	}
	if !strings.Contains(from, "@") {
		// Names only: then it must have a full date, and say "sent" or stand apart.
		end, _ := lineAt(s.body, last)
		if evidenceOf(date) < timed || !sent && (strings.TrimSpace(s.body[last:end]) != "" || !s.apart(pos)) {
			return 0
		}
	}
	// At the very top nothing tells a copied header from a form that was filled in,
	// but for its being complete.
	if strings.TrimSpace(s.body[s.own:pos]) == "" && s.own == 0 && kinds < 4 {
		return 0
	}
	return last
}

// apart says whether the line at pos comes after an empty line, a rule, or nothing.
func (s *splitter) apart(pos int) bool {
	prev, ok := lineBefore(s.body, pos, s.own)
	if !ok {
		return pos <= s.own
	}
	line := strings.TrimSpace(s.body[prev:pos])
	return line == "" || isRule(line)
}

// ruleAbove gives the start of the rule right above the line at pos, else pos.
func (s *splitter) ruleAbove(pos int) int {
	for at, blank := pos, 0; blank < 2; blank++ {
		start, ok := lineBefore(s.body, at, s.own)
		if !ok {
			return pos
		}
		line := strings.TrimSpace(s.body[start:at])
		if len(line) >= 5 && (ruleOf(line, '_') > 0 || ruleOf(line, '-') > 0) {
			return start
		}
		if line != "" {
			return pos
		}
		at = start
	}
	return pos
}

// foreignHeader says whether the lines at pos are a copied header in a language that
// labels does not know: three lines of a short word, a colon and a value, one of them
// with an address or a time. It counts only under Outlook's rule.
func (s *splitter) foreignHeader(pos int) bool {
	lines, sure := 0, false
	for range 5 {
		if pos >= len(s.body) {
			break
		}
		end, next := lineAt(s.body, pos)
		line := strings.TrimSpace(s.body[pos:min(end, pos+maxIntro)])
		pos = next
		if line == "" && lines == 0 {
			continue
		}
		i := strings.IndexByte(line, ':')
		if i < 1 || i > 30 || strings.Count(line[:i], " ") > 2 {
			break
		}
		lines++
		sure = sure || evidenceOf(line[i+1:]) >= timed
	}
	return lines >= 3 && sure
}

// The strength of what says that a line was written by a mail program.
type evidence uint8

const (
	none   evidence = iota
	dated           // a date or a time
	timed           // a date and a time, or an address
	strong          // an address and a date or a time
)

// evidenceOf weighs a text of bounded length.
func evidenceOf(s string) evidence {
	var address, date, clock bool
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '@' && i > 0 && i+1 < len(s) && s[i-1] > ' ' && s[i+1] > ' ' {
			address = true
		}
		if c < '0' || c > '9' || i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
			continue
		}
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		two := j+2 < len(s) && s[j+1] >= '0' && s[j+1] <= '9'
		switch n := j - i; {
		case n == 4 && (s[i:i+2] == "19" || s[i:i+2] == "20"):
			date = true
		case n <= 2 && j+1 < len(s) && (s[j] == '.' || s[j] == '/' || s[j] == '-') && s[j+1] >= '0' && s[j+1] <= '9':
			date = true
		case n <= 2 && two && (s[j] == ':' || s[j] == 'h') && s[j+2] >= '0' && s[j+2] <= '9':
			clock = true
		}
	}
	switch {
	case address && (date || clock):
		return strong
	case address, date && clock:
		return timed
	case date || clock:
		return dated
	}
	return none
}

// hasFold is strings.HasPrefix without regard to case, for a p whose letters have
// the same length in both cases.
func hasFold(s, p string) bool {
	return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p)
}

// hasLead says whether s begins with one of the words, in the case that programs
// write.
func hasLead(s string, words []string) bool {
	for _, l := range words {
		if strings.HasPrefix(s, l) {
			return true
		}
	}
	return false
}

// isDated says whether s begins with a date, or a weekday.
func isDated(s string) bool {
	if s == "" {
		return false
	}
	if s[0] >= '0' && s[0] <= '9' {
		return true
	}
	for _, l := range weekdays[fold(s[0])] {
		if hasFold(s, l) {
			return true
		}
	}
	return false
}

// verbBefore gives the length of the verb that s ends with, 0 if it ends with none.
func verbBefore(s string) int {
	t := strings.TrimRight(s, " \t\u00a0*")
	if t == "" {
		return 0
	}
	switch t[len(t)-1] {
	case 'e', 'E', 's', ')', 'a', 'A', 'l', 'L', 't', 'b', 0x82: // 0x82 ends ł
	default:
		return 0
	}
	for _, v := range verbs {
		if n := len(t) - len(v); n >= 0 && strings.EqualFold(t[n:], v) && (n == 0 || !isLetterBefore(t[:n])) {
			return len(s) - n
		}
	}
	return 0
}

func isLetterBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

// intro says whether the colon at offset i of the line that starts at pos ends an
// introduction, and where that begins.
func (s *splitter) intro(pos, i, end, verb int) (int, bool) {
	colon := pos + i
	rest := strings.TrimSpace(s.body[colon+1 : min(end, colon+80)])
	ends := strings.Trim(rest, "-* ") == ""
	if verb == 0 && !ends {
		return 0, false
	}
	marks := s.marksFollow(colon + 1)
	low := max(s.own, colon-maxIntro)
	if verb > 0 && !(ends && marks) && !authored(s.body[low:colon-verb]) {
		return 0, false
	}

	// The line itself, then up to three lines before it, with at most one blank. The
	// nearest line that begins with a word such as "On" decides; else the farthest
	// that begins with a date; else one that is nothing but the author.
	best, found := 0, none
	at, blanks := pos, 0
	for back := range 4 {
		begin := at + indent(s.body[at:colon])
		for begin < colon && (s.body[begin] == '-' || s.body[begin] == ' ') {
			begin++
		}
		text := strings.ReplaceAll(s.body[begin:colon], "\n", " ")
		switch {
		case hasLead(text, leads):
			if s.introduces(text, verb, ends, marks) {
				return at, true
			}
		case isDated(text):
			if (back == 0 || evidenceOf(text) == strong) && s.introduces(text, verb, ends, marks) {
				best, found = at, strong
			}
		case found != none || !ends:
		case verb > 0 && authorOnly(text[:len(text)-verb], marks), verb == 0 && introducesBackwards(text, marks && back == 0):
			best, found = at, dated
		}
		prev, ok := lineBefore(s.body, at, low)
		if !ok {
			break
		}
		above := strings.TrimSpace(s.body[prev:at])
		if above == "" {
			if blanks++; blanks > 1 || found != none {
				break
			}
		} else if endsSentence(above) {
			break
		}
		at = prev
	}
	if found != none {
		return best, true
	}

	// In the middle of its line: only with an address, or marks behind it.
	if verb == 0 {
		return 0, false
	}
	low = max(pos, low)
	text := s.body[low:colon]
	for _, l := range leads {
		if j := strings.LastIndex(text, l); j > 0 && (text[j-1] == ' ' || text[j-1] == '\t') {
			if e := evidenceOf(text[j:]); e == strong || e >= timed && (marks || rest == "") && strings.ContainsAny(text[j:], ",<") {
				return low + j, true
			}
		}
	}
	return 0, false
}

// endsSentence says whether a line ends as sentences do, and not in a number or an
// abbreviation.
func endsSentence(line string) bool {
	switch line[len(line)-1] {
	case ':', '?', '!':
		return true
	case '.':
		word := line[strings.LastIndexByte(line, ' ')+1 : len(line)-1]
		return len(word) > 4 && !(word[0] >= '0' && word[0] <= '9')
	}
	return false
}

// introduces weighs a text that begins with a lead and ends before the colon.
func (s *splitter) introduces(text string, verb int, ends, marks bool) bool {
	if verb == 0 {
		known := false
		for _, o := range openings {
			known = known || strings.Contains(text, o)
		}
		// In any language: a date, an address, and quoted lines right below.
		if !known && !(ends && marks && evidenceOf(text) == strong) {
			return false
		}
	}
	e := evidenceOf(text)
	switch {
	case ends && marks:
		return e >= dated
	case ends:
		return e >= timed
	default:
		return e == strong || e >= timed && (strings.Contains(text, "użytkownik ") || marks)
	}
}

// introducesBackwards weighs a text that ends a line with a colon and does not begin
// with a date: "Anna <anna@firma.example> wrote on 12.03.2024:". In any language, an
// address and a date with quoted lines below will do.
func introducesBackwards(text string, marks bool) bool {
	e := evidenceOf(text)
	for _, o := range backwards {
		if strings.Contains(text, o) {
			return e == strong && authorOnly(text[:strings.Index(text, o)], false) || marks && e >= dated
		}
	}
	return marks && e == strong
}

// authored says whether a text ends with what can be an author: a name, an address,
// something in brackets or quotes. "you" and "konsultant" are not.
func authored(text string) bool {
	t := strings.TrimSpace(text)
	if hasSuffixFold(t, " a") || hasSuffixFold(t, "\u00a0a") { // "a écrit"
		t = strings.TrimSpace(t[:len(t)-1])
	}
	if t == "" {
		return true
	}
	t = t[strings.LastIndexAny(t, " \n\t")+1:]
	r, _ := utf8.DecodeRuneInString(t)
	return !unicode.IsLower(r) || strings.ContainsAny(t, "@>)\"”]») .,")
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// authorOnly says whether a line is nothing but a name or an address: "Jan Kowalski
// <jan@firma.example> napisał(a):". A bare name needs quoted lines below.
func authorOnly(text string, marks bool) bool {
	t := strings.TrimSpace(text)
	if t == "" || len(t) > 120 {
		return false
	}
	if strings.HasSuffix(t, ">") && strings.Contains(t, "@") && strings.Count(t, " ") <= 5 {
		return true
	}
	return marks && strings.Count(t, " ") <= 4
}

// marksFollow says whether the next text after p is a line with ">".
func (s *splitter) marksFollow(p int) bool {
	for p < len(s.body) {
		if n := indent(s.body[p:]); n > 0 {
			p += n
			continue
		}
		switch s.body[p] {
		case '\n', '-', '*':
			p++
		default:
			return s.body[p] == '>'
		}
	}
	return false
}
