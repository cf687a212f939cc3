package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A kind is one sort of personal number: the shapes in which it is written, and a
// test of its digits. Shapes are the lengths of its groups: "3 3 2 2" is
// 123-456-32-18.
type kind struct {
	token  string
	shapes []string
	valid  func(digits string) bool
	// loose kinds are told from order numbers and amounts by their neighbours
	// too: they are left alone after "#" or "zamówienie", and before "zł".
	loose bool
}

// kinds are tried in this order, each on the longest window first.
var kinds = []kind{
	{IBAN, []string{"26", "2 4 4 4 4 4 4"}, polishAccount, false},
	{Card, []string{"16", "4 4 4 4", "15", "4 6 5", "14", "4 6 4", "13", "17", "18", "19", "4 4 4 4 3"}, card, false},
	{PESEL, []string{"11", "6 5"}, pesel, false},
	{NIP, []string{"10", "3 3 2 2", "3 2 2 3"}, nip, true},
	{Phone, []string{"9", "3 3 3", "3 2 2 2", "3 6"}, polishMobile, true},
	{Phone, []string{"2 3 2 2", "2 3 4", "2 7"}, polishLandline, true},
	{Phone, []string{"11", "2 9", "2 3 3 3", "2 2 3 2 2"}, polishWithCode, true},
	{Phone, []string{"3 4 4", "4 3 4", "4 6", "5 3 3", "5 6", "3 3 2 2", "2 8", "1 2 3 2 2", "3 4 3"}, trunk, true},
	{Phone, []string{"11"}, britishMobile, true},
	{Phone, []string{"3 3 4"}, american, true},
}

// byShape finds the kinds that a shape may be.
var byShape = func() map[string][]kind {
	m := map[string][]kind{}
	for _, k := range kinds {
		for _, s := range k.shapes {
			m[s] = append(m[s], k)
		}
	}
	return m
}()

const (
	maxDigits = 26 // of any shape
	maxGroups = 8
)

// numbers covers the personal numbers in s.
func numbers(s string) string {
	var b strings.Builder
	done := 0
	cover := func(from, to int, token string) {
		b.WriteString(s[done:from])
		b.WriteString(token)
		done = to
	}
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case digit(c), c == '(' && i+1 < len(s) && digit(s[i+1]):
			if to, token := match(s, i); to > 0 {
				cover(i, to, token)
				i = to
				continue
			}
			i++
			for i < len(s) && digit(s[i]) {
				i++
			}
		case c == '+':
			if to := international(s, i, i+1); to > 0 {
				cover(i, to, Phone)
				i = to
				continue
			}
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if !unicode.IsLetter(r) {
				i += n
				continue
			}
			if to, token := lettered(s, i); to > 0 {
				cover(i, to, token)
				i = to
				continue
			}
			i = word(s, i)
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// word returns the end of the word at i. Digits glued to it belong to it ("A600700800"
// is a code), except to a word that announces a phone.
func word(s string, i int) int {
	from, glued := i, false
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsLetter(r), r == '_', unicode.Is(unicode.M, r):
		case digit(s[i]) && (glued || !phoneWord(s[from:i])):
			glued = true
		default:
			return i
		}
		i += n
	}
	return i
}

// A window is what match looks at: the groups of digits from one place on.
type window struct {
	digits [maxDigits]byte
	ends   [maxGroups]int // of each group, in the text
	sizes  [maxGroups]int
	n      int
}

// look reads the groups of digits in s from i, as far as they may make one number.
func look(s string, i int) (w window) {
	total := 0
	for w.n < maxGroups {
		from := i
		for i < len(s) && digit(s[i]) {
			if total == maxDigits {
				return w // the group is too long to be part of any shape
			}
			w.digits[total] = s[i]
			total++
			i++
		}
		if i == from {
			return w
		}
		w.ends[w.n], w.sizes[w.n] = i, i-from
		w.n++
		i = separator(s, i)
	}
	return w
}

// separator returns the place after what may part two groups: up to two of space,
// no-break space, hyphen, dot and brackets.
func separator(s string, i int) int {
	for range 2 {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch r {
		case ' ', '\u00a0', '\u202f', '-', '‑', '–', '.', '(', ')':
			i += n
		default:
			return i
		}
	}
	return i
}

// match returns the end and the token of the personal number that begins at i, or 0.
func match(s string, i int) (int, string) {
	if !startsAt(s, i) {
		return 0, ""
	}
	first := i
	if s[i] == '(' {
		first++
	}
	w := look(s, first)
	if w.n == 0 {
		return 0, ""
	}
	if w.sizes[0] > 2 && w.digits[0] == '0' && w.digits[1] == '0' || w.sizes[0] == 2 && string(w.digits[:2]) == "00" {
		if to := international(s, i, first+2); to > 0 {
			return to, Phone
		}
	}
	before := previousWord(s, i)
	code := i > 0 && s[i-1] == '#' || codeWord(before)
	total := 0
	for _, n := range w.sizes[:w.n] {
		total += n
	}
	for g := w.n; g > 0; total, g = total-w.sizes[g-1], g-1 {
		to := w.ends[g-1]
		if !endsAt(s, to) {
			continue
		}
		digits := string(w.digits[:total])
		for _, k := range byShape[shape(w.sizes[:g])] {
			if k.loose && (code || money(s, i, to)) {
				continue
			}
			if k.valid(digits) {
				return to, k.token
			}
		}
		if total >= 7 && total <= 11 && phoneWord(before) {
			return to, Phone
		}
	}
	return 0, ""
}

func shape(sizes []int) string {
	b := make([]byte, 0, 3*maxGroups)
	for i, n := range sizes {
		if i > 0 {
			b = append(b, ' ')
		}
		if n >= 10 {
			b = append(b, byte('0'+n/10))
		}
		b = append(b, byte('0'+n%10))
	}
	return string(b)
}

// international returns the end of the phone number whose country code begins at
// code, and whose sign ("+" or "00") begins at i, or 0. ITU-T E.164: at most 15
// digits. A Polish one has nine after the code.
func international(s string, i, code int) int {
	if !startsAt(s, i) || code < len(s) && s[code] == '0' {
		return 0
	}
	w := look(s, separatorFree(s, code))
	total := 0
	best := 0
	for g := range w.n {
		total += w.sizes[g]
		if total > 15 {
			break
		}
		if to := w.ends[g]; total >= 8 && endsAt(s, to) && !money(s, i, to) {
			if string(w.digits[:2]) == "48" && total != 11 {
				continue
			}
			best = to
		}
	}
	return best
}

// separatorFree steps over the separator that may follow a sign: "00 48", "+ 48".
func separatorFree(s string, i int) int {
	if to := separator(s, i); to < len(s) && digit(s[to]) {
		return to
	}
	return i
}

// lettered returns the end and the token of the number at i that opens with
// letters: an IBAN, or a NIP with its country.
func lettered(s string, i int) (int, string) {
	if len(s)-i < 12 || !upper(s[i]) || !upper(s[i+1]) || !startsAt(s, i) {
		return 0, ""
	}
	if to := iban(s, i); to > 0 {
		return to, IBAN
	}
	if up(s[i]) == 'P' && up(s[i+1]) == 'L' {
		if from := separator(s, i+2); from < len(s) && digit(s[from]) {
			w := look(s, from)
			total := 0
			for g := range w.n {
				if total += w.sizes[g]; total != 10 || !endsAt(s, w.ends[g]) || !nip(string(w.digits[:10])) {
					continue
				}
				switch shape(w.sizes[:g+1]) {
				case "10", "3 3 2 2", "3 2 2 3":
					return w.ends[g], NIP
				}
			}
		}
	}
	return 0, ""
}

// startsAt reports whether a number may begin at i: not within a word, a code, or
// a longer row of digits.
func startsAt(s string, i int) bool {
	r, n := utf8.DecodeLastRuneInString(s[:i])
	switch {
	case n == 0:
		return true
	case unicode.IsLetter(r):
		return phoneWord(previousWord(s, i))
	case unicode.IsDigit(r), r == '_', r == '=':
		return false
	case r == '-' || r == '.' || r == '/' || r == ',':
		before, _ := utf8.DecodeLastRuneInString(s[:i-n])
		if unicode.IsDigit(before) {
			return false
		}
		// "FV-600700800" and "FV/600700800" are codes, "tel.600700800" is not.
		return !unicode.IsLetter(before) || r == '.' || r == ',' || phoneWord(previousWord(s, i))
	}
	return true
}

// endsAt reports whether a number may end before i.
func endsAt(s string, i int) bool {
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case n == 0:
		return true
	case unicode.IsLetter(r), unicode.IsDigit(r), r == '_':
		return false
	case r == '-' || r == '.' || r == '/' || r == ',' || r == ':':
		return i+n >= len(s) || !digit(s[i+n])
	}
	return true
}

// previousWord returns the word in front of i, in small letters, over a "nr" and a few marks.
func previousWord(s string, i int) string {
	from := max(0, i-48)
	for from < i && !utf8.RuneStart(s[from]) {
		from++
	}
	words := strings.FieldsFunc(strings.ToLower(s[from:i]), func(r rune) bool { return !unicode.IsLetter(r) })
	for k := len(words) - 1; k >= 0; k-- {
		switch words[k] {
		case "nr", "no", "numer", "numerze", "numeru", "number", "o", "is", "to", "mój", "my":
			continue
		}
		return words[k]
	}
	return ""
}

// phoneWord reports whether the word announces a phone number.
func phoneWord(w string) bool {
	switch strings.ToLower(w) {
	case "tel", "telefon", "telefonu", "telefonie", "kom", "komórka", "komórkowy", "komórkę", "kontaktowy", "phone", "mobile", "cell", "fax", "faks", "whatsapp", "sms", "zadzwonić", "oddzwonić", "call", "dzwonić", "text":
		return true
	}
	return false
}

// codeStems begin the words that announce the number of a thing.
var codeStems = []string{
	"zamówien", "zamowien", "zgłosz", "zglosz", "reklamacj", "paczk", "paczce", "przesył", "przesyl", "faktur", "nadani", "śledzen", "umow", "polis",
	"order", "ticket", "case", "parcel", "shipment", "tracking", "invoice", "contract", "policy", "reference",
}

// codeWord reports whether the word announces the number of an order or the like.
func codeWord(w string) bool {
	switch w {
	case "ref", "sku", "ean", "id":
		return true
	}
	for _, stem := range codeStems {
		if strings.HasPrefix(w, stem) {
			return true
		}
	}
	return false
}

// money reports whether s[i:to] is an amount: a currency stands beside it, or cents follow.
func money(s string, i, to int) bool {
	const signs = "$€£¥"
	if r, _ := utf8.DecodeLastRuneInString(s[:i]); strings.ContainsRune(signs, r) && i > 0 {
		return true
	}
	rest := strings.TrimLeft(s[to:min(len(s), to+12)], " \u00a0\u202f")
	if r, _ := utf8.DecodeRuneInString(rest); rest != "" && strings.ContainsRune(signs, r) {
		return true
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(rest)
	}
	switch strings.ToLower(rest[:end]) {
	case "zł", "zl", "złotych", "pln", "eur", "euro", "usd", "gbp", "chf", "czk", "tys", "mln":
		return true
	}
	return false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
func upper(c byte) bool { return up(c) >= 'A' && up(c) <= 'Z' }

// up returns an ASCII letter in capitals.
func up(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// sum returns the sum of the digits, each times its weight.
func sum(digits string, weights ...int) int {
	total := 0
	for i, w := range weights {
		total += int(digits[i]-'0') * w
	}
	return total
}

// pesel checks the control digit and the birth date. Ustawa o ewidencji ludności,
// art. 15; the century is in the month: +80 for 18xx, +20 for 20xx, and so on.
func pesel(d string) bool {
	month, day := int(d[2]-'0')*10+int(d[3]-'0'), int(d[4]-'0')*10+int(d[5]-'0')
	month %= 20
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
		sum(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}

// nip checks the control digit of a Polish tax number.
func nip(d string) bool {
	return d[0] != '0' && sum(d, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == int(d[9]-'0')
}

// card checks the Luhn digit (ISO/IEC 7812-1), and that the issuer's range has cards of this length:
// every tenth number of a parcel would pass the digit alone.
func card(d string) bool {
	total := 0
	for i := range len(d) {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		total += v
	}
	return total%10 == 0 && issued(d)
}

// issued reports whether a card may have this beginning and length.
func issued(d string) bool {
	n := len(d)
	two := int(d[0]-'0')*10 + int(d[1]-'0')
	four := two*100 + int(d[2]-'0')*10 + int(d[3]-'0')
	switch {
	case d[0] == '4': // Visa
		return n == 13 || n == 16 || n == 19
	case two >= 51 && two <= 55, four >= 2221 && four <= 2720: // Mastercard
		return n == 16
	case two == 34 || two == 37: // American Express
		return n == 15
	case two == 36 || two == 38 || two == 39 || four >= 3000 && four <= 3059: // Diners Club
		return n >= 14
	case four >= 3528 && four <= 3589: // JCB
		return n >= 16
	case d[0] == '6', two == 50, two >= 56 && two <= 58: // Discover, UnionPay, Maestro
		return n >= 16
	}
	return false
}

// polishAccount checks a Polish account number written without its country.
func polishAccount(d string) bool { return mod97("PL"+d) == 1 }

// iban returns the end of the IBAN at i, or 0. ISO 13616: the country fixes the length, the
// remainder of 97 is 1.
func iban(s string, i int) int {
	want := ibanLength[string([]byte{up(s[i]), up(s[i+1])})]
	if want == 0 {
		return 0
	}
	account := make([]byte, 0, 34)
	for len(account) < want {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case n == 1 && (digit(s[i]) || upper(s[i])):
			account = append(account, up(s[i]))
		case len(account) > 1 && (r == ' ' || r == '\u00a0' || r == '-'):
			if after, _ := utf8.DecodeRuneInString(s[i+n:]); after == ' ' {
				return 0
			}
		default:
			return 0
		}
		i += n
	}
	if !digit(account[2]) || !digit(account[3]) || !endsAt(s, i) || mod97(string(account)) != 1 {
		return 0
	}
	return i
}

// mod97 returns the remainder of an account in capitals: its first four
// characters go to the end, a letter counts as 10 to 35.
func mod97(account string) int {
	rest := 0
	for i := range len(account) {
		c := account[(i+4)%len(account)]
		if digit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest
}

// ibanLength is the length of an account number by country (the SWIFT registry of IBANs).
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29,
	"BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
	"ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
	"LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31,
	"MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
	"SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}

// polishMobile checks nine digits by the ranges of mobile networks (the numbering
// plan, PNK-T, of 2014 with changes).
func polishMobile(d string) bool {
	switch d[:2] {
	case "45", "50", "51", "53", "57", "60", "66", "69", "72", "73", "78", "79", "88":
		return true
	}
	return false
}

// polishLandline checks nine digits by their area code.
func polishLandline(d string) bool {
	switch d[:2] {
	case "12", "13", "14", "15", "16", "17", "18", "22", "23", "24", "25", "29", "32", "33", "34", "41", "42", "43", "44", "46", "48",
		"52", "54", "55", "56", "58", "59", "61", "62", "63", "65", "67", "68", "71", "74", "75", "76", "77",
		"81", "82", "83", "84", "85", "86", "87", "89", "91", "94", "95":
		return true
	}
	return false
}

func polishWithCode(d string) bool {
	return d[:2] == "48" && (polishMobile(d[2:]) || polishLandline(d[2:]))
}

// trunk checks a number dialled within its country: a 0 first.
func trunk(d string) bool { return d[0] == '0' && d[1] != '0' }

func britishMobile(d string) bool { return d[:2] == "07" }

// american checks area code and exchange: neither begins with 0 or 1 (NANP).
func american(d string) bool { return d[0] >= '2' && d[3] >= '2' }
