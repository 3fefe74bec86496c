package token

import (
	"bytes"
	"encoding/binary"
)

// Characters of first passwords: none that looks like another, none that JSON, a shell, a URL or XML would escape.
const (
	upperCase = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	lowerCase = "abcdefghijkmnpqrstuvwxyz"
	digits    = "23456789"
)

// FirstPassword is the first password of a tenant's administrator, made from the root key, the tenant and a salt, so that
// it need not be stored to be said again or checked. Another salt, which may be empty, makes another password. It has 20 characters out of 56 in groups of five, always with upper
// case, lower case and a digit: more than 116 bits of entropy. (NIST SP 800-63B-4, 3.1.1.2, asks for a slow hash where
// people choose passwords; a secret of 112 bits or more needs no more than an approved one-way function.)
func (r Root) FirstPassword(tenant [16]byte, salt []byte) string {
	stream := &macStream{key: r.keys.firstPassword, seed: append(tenant[:], salt...)}
	for {
		text, err := sample(stream, upperCase+lowerCase+digits, 20)
		if err != nil {
			panic("token: " + err.Error()) // a macStream does not end
		}
		if hasAllClasses(text) {
			return string(bytes.Join([][]byte{text[:5], text[5:10], text[10:15], text[15:]}, []byte("-")))
		}
	}
}

// hasAllClasses holds for all but one password in twenty; the others cost less than a tenth of a bit.
func hasAllClasses(text []byte) bool {
	return bytes.ContainsAny(text, upperCase) && bytes.ContainsAny(text, lowerCase) && bytes.ContainsAny(text, digits)
}

// macStream is an endless pseudo-random stream: HMAC of a counter and a seed.
type macStream struct {
	key, seed, rest []byte
	counter         uint32
}

func (s *macStream) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		if len(s.rest) == 0 {
			s.rest = mac(s.key, binary.BigEndian.AppendUint32(nil, s.counter), s.seed)
			s.counter++
		}
		took := copy(p[n:], s.rest)
		s.rest, n = s.rest[took:], n+took
	}
	return len(p), nil
}
