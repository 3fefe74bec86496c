package market

import (
	"fmt"
	"strings"
	"unicode"
)

// gap is what people put between the digits of a phone number. Everything but
// the blank and the full stop is escaped, for those who read it in a pattern
// attribute of HTML.
const gap = `[ .\-\/\(\)]*`

// PhonePattern matches the numbers of c as people type them: with the calling
// code or without, after a plus sign, two zeros or nothing; with a trunk prefix
// or without, also behind the calling code: +49 (0)30 123456. It counts digits
// and does not ask which numbers have been given out: numbering plans grow, and
// nobody is refused for being ahead of a table.
func (c *Country) PhonePattern() string {
	trunk := ""
	if len(c.TrunkPrefixes) > 0 {
		trunk = `(` + either(c.TrunkPrefixes) + gap + `)?`
	}
	return `^\(?(((\+|00)` + gap + `)?` + either(c.CallingCodes) + gap + `)?` + trunk +
		fmt.Sprintf(`\d(%s\d){%d,%d}$`, gap, c.PhoneDigits[0]-1, c.PhoneDigits[1]-1)
}

// either is a pattern for any of the words.
func either(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "(" + strings.Join(words, "|") + ")"
}

// The digits of a phone number of any country. ITU E.164 allows 15; two zeros
// may stand before them, and a trunk prefix behind the calling code. Fewer than
// five are no number outside of a few islands, whose patterns say so.
const (
	fewestDigits = 5
	mostDigits   = 15 + len("00") + len("0")
	// mostExtension is how many digits an extension has.
	mostExtension = 7
)

// dialable reports whether s has the form of a phone number of any country,
// perhaps with an extension: digits of any script, the characters between them,
// and those that look like these when pasted from elsewhere.
func dialable(s string) bool {
	number, extension, extended := cutExtension(s)
	if extended {
		if n, ok := countDigits(extension); !ok || n < 1 || n > mostExtension {
			return false
		}
	}
	number = strings.TrimLeft(number, " (")
	number = strings.TrimPrefix(number, "+")
	n, ok := countDigits(number)
	return ok && fewestDigits <= n && n <= mostDigits
}

// cutExtension takes apart 425 555 0101 x12, ext. 12 or #12.
func cutExtension(s string) (number, extension string, found bool) {
	at := strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || r == '#' })
	if at < 0 {
		return s, "", false
	}
	number, rest := s[:at], strings.ToLower(s[at:])
	for _, word := range [...]string{"extension", "ext.", "ext", "x", "#"} {
		if extension, found = strings.CutPrefix(rest, word); found {
			return strings.TrimRight(number, " ,;"), extension, true
		}
	}
	return s, "", false
}

// countDigits counts the digits, if there is nothing else but what stands
// between those of phone numbers.
func countDigits(s string) (n int, ok bool) {
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			n++
		case !unicode.In(r, unicode.Zs, unicode.Pd) && !strings.ContainsRune("./()", r):
			return 0, false
		}
	}
	return n, true
}
