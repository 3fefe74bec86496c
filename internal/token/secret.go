package token

import (
	"crypto/subtle"
	"fmt"
	"io"
)

const (
	secretSize = 40
	// secretCharacters need no escaping in a form or a header. The two signs are there because the real service's secrets
	// have them, and clients that escape them needlessly must be understood.
	secretCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.~"
)

// NewSecret makes a secret for an application: 40 characters out of 64, as long as the real service's, 239 bits.
// The first is never a sign, so that neither a shell nor a flag parser sees anything in it. A nil random is the real source.
func (r Root) NewSecret(random io.Reader) (string, error) {
	random = randomOr(random)
	for {
		text, err := sample(random, secretCharacters, secretSize)
		if err != nil {
			return "", fmt.Errorf("random bytes: %w", err)
		}
		if text[0] != '.' && text[0] != '~' {
			return string(text), nil
		}
	}
}

// HashSecret is what is kept of a secret. A keyed hash is enough: we made the secret, and nobody can guess it.
func (r Root) HashSecret(app [16]byte, secret string) []byte {
	return mac(r.keys.appSecret, app[:], []byte(secret))
}

// MatchSecret is the index of the hash that is the secret's, or -1. It takes the same time wherever that is.
func (r Root) MatchSecret(app [16]byte, secret string, hashes [][]byte) int {
	sum := r.HashSecret(app, secret)
	found := -1
	for i, hash := range hashes {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash, sum), i, found)
	}
	return found
}
