package text

import "strings"

// Addresses: URLs, bare domains, e-mail addresses. They are found by looking over
// the unbroken chunk that a word begins, once a chunk.

// maxAddress is how far an address is looked for; what is longer is no address
// that anyone reads.
const maxAddress = 512

// address emits the address that begins at i and whose first word or number ends
// at next, if there is one.
func (t *tokenizer) address(i, next int) bool {
	s := t.s
	if i < t.plain || next+1 >= len(s) || s[next+1] <= ' ' {
		return false
	}
	switch s[next] {
	case '.', '@', ':', '/', '_', '+', '-':
	default:
		return false
	}
	end, at, dot, slashes := i, -1, -1, false
	for end < len(s) && end-i < maxAddress {
		c := s[end]
		if c <= ' ' || c >= 0x80 && at < 0 && !slashes || c == '<' || c == '>' || c == '"' || c == ',' && at < 0 || c == '(' || c == ')' {
			break
		}
		switch c {
		case '@':
			if at < 0 {
				at = end
			}
		case '.':
			dot = end
		case '/':
			if end > i && s[end-1] == ':' {
				slashes = true
			}
		}
		end++
	}
	t.plain = end
	if at < 0 && dot < 0 && !slashes {
		return false
	}
	for end > i && strings.IndexByte(".,;:!?'*-", s[end-1]) >= 0 {
		end--
	}
	chunk := s[i:end]
	switch {
	case strings.HasPrefix(chunk, "http://"), strings.HasPrefix(chunk, "https://"), strings.HasPrefix(chunk, "www."):
		t.emit(Link, i, end, 0)
		return true
	case at > i && at < end-1:
		if strings.LastIndexByte(chunk, '.') > at-i && addressBytes(chunk) {
			t.emit(Email, i, end, 0)
			return true
		}
	case domain(chunk):
		t.emit(Link, i, end, 0)
		return true
	}
	return false
}

func addressBytes(s string) bool {
	for i := range len(s) {
		if c := s[i]; classOf[c] != letter && classOf[c] != digit && strings.IndexByte("@._+-%", c) < 0 {
			return false
		}
	}
	return true
}

// domain reports whether a chunk is a domain with a well-known ending, and maybe
// a path. "koniec.Dalej" is a full stop without its space.
func domain(chunk string) bool {
	host, _, _ := strings.Cut(chunk, "/")
	i := strings.LastIndexByte(host, '.')
	if i <= 0 {
		return false
	}
	switch host[i+1:] {
	case "pl", "com", "eu", "net", "org", "io", "uk", "info", "app", "dev", "example", "test", "html", "php", "pdf", "de", "co":
		return addressBytes(host)
	}
	return false
}
