package partnercenter

import "unicode/utf8"

// appendQuote appends text as a JSON string in the bytes of encoding/json/v2: the shortest form, which RFC 8785, 3.2.2.2,
// describes, with U+FFFD for each byte that is not UTF-8.
func appendQuote(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for {
		run := 0
		for run < len(text) && plain[text[run]] {
			run++
		}
		dst = append(dst, text[:run]...)
		text = text[run:]
		switch {
		case text == "":
			return append(dst, '"')
		case text[0] < utf8.RuneSelf:
			dst = appendEscape(dst, text[0])
			text = text[1:]
		default:
			char, size := utf8.DecodeRuneInString(text)
			dst = utf8.AppendRune(dst, char)
			text = text[size:]
		}
	}
}

// plain says which bytes stand for themselves: ASCII, but for quote, backslash and control characters.
var plain = func() (plain [256]bool) {
	for char := byte(' '); char < utf8.RuneSelf; char++ {
		plain[char] = char != '"' && char != '\\'
	}
	return plain
}()

func appendEscape(dst []byte, char byte) []byte {
	const hex = "0123456789abcdef"
	switch char {
	case '"', '\\':
		return append(dst, '\\', char)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	default:
		return append(dst, '\\', 'u', '0', '0', hex[char>>4], hex[char&0xf])
	}
}
