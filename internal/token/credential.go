package token

import "errors"

// A stored credential starts with a byte that tells its kind.
const (
	derivedCredential = 0x01 // followed by the salt of a first password
	chosenCredential  = '$'  // the first character of a PHC string
)

var errCredential = errors.New("the stored credential is of no known form")

// DerivedCredential is what a store keeps of a first password: the salt that [Root.FirstPassword] was called with. It
// proves the password together with the root key only.
func DerivedCredential(salt []byte) []byte {
	return append([]byte{derivedCredential}, salt...)
}

// IsDerived reports whether the credential is that of a first password, which takes no time to prove.
func IsDerived(credential []byte) bool {
	_, ok := derivedSalt(credential)
	return ok
}

// derivedSalt is the salt of a derived credential; ok is false for any other.
func derivedSalt(credential []byte) (salt []byte, ok bool) {
	if len(credential) == 0 || credential[0] != derivedCredential {
		return nil, false
	}
	return credential[1:], true
}
