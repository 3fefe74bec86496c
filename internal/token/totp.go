package token

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// What authenticator apps agree upon without being told. RFC 6238, with the values that Microsoft Authenticator takes alone.
const (
	codeEvery      = 30 * time.Second
	codeDigits     = 6
	codeLeeway     = 1  // steps before and after now, for clocks that differ (RFC 6238, 5.2)
	codeSecretSize = 20 // bytes: as long as the hash (RFC 4226, 4)
	leastSecret    = 10 // what many an app hands out
)

// ErrCodeSecret is returned for a text that is no secret of one-time codes.
var ErrCodeSecret = errors.New("a secret of one-time codes is 16 or more letters and digits in base32, for example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

// CodeSecret is what an authenticator app and we make one-time codes of (RFC 6238). However it is printed or logged, it shows
// nothing of itself; [CodeSecret.Text] does.
type CodeSecret struct{ key *[]byte }

// NewCodeSecret draws a secret. A nil random is the real source.
func NewCodeSecret(random io.Reader) (CodeSecret, error) {
	key := make([]byte, codeSecretSize)
	if _, err := io.ReadFull(randomOr(random), key); err != nil {
		return CodeSecret{}, fmt.Errorf("random bytes: %w", err)
	}
	return CodeSecret{&key}, nil
}

var codeSecretLetters = base32.StdEncoding.WithPadding(base32.NoPadding)

// ParseCodeSecret reads a secret as apps show it: base32 in either case, with blanks and padding or without.
func ParseCodeSecret(text string) (CodeSecret, error) {
	text = strings.ToUpper(strings.TrimRight(strings.ReplaceAll(text, " ", ""), "="))
	key, err := codeSecretLetters.DecodeString(text)
	if err != nil || len(key) < leastSecret || strings.ContainsAny(text, "\r\n") { // which the decoder skips
		return CodeSecret{}, ErrCodeSecret
	}
	return CodeSecret{&key}, nil
}

// Text is the secret as people type it into an app.
func (s CodeSecret) Text() string { return codeSecretLetters.EncodeToString(*s.key) }

// URI is the secret as apps read it from a picture: for the account of the issuer. Key URI format of Google Authenticator,
// which all apps follow.
func (s CodeSecret) URI(issuer, account string) string {
	query := url.Values{"secret": {s.Text()}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(account) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// Code is the code of the moment.
func (s CodeSecret) Code(at time.Time) string { return s.code(stepAt(at)) }

// Match reports whether the code is one of now, give or take a step, and which step's it is. That takes the same time whatever
// is compared. Who asks sees to it that a step counts once.
func (s CodeSecret) Match(code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(code, " ", "") // as apps show it
	found := 0
	for leeway := int64(-codeLeeway); leeway <= codeLeeway; leeway++ {
		at := stepAt(now) + leeway
		same := subtle.ConstantTimeCompare([]byte(s.code(at)), []byte(code))
		step = int64(subtle.ConstantTimeSelect(same, int(at), int(step)))
		found |= same
	}
	return step, found == 1
}

func stepAt(at time.Time) int64 { return at.Unix() / int64(codeEvery/time.Second) }

// code is the value of RFC 4226, 5.3.
func (s CodeSecret) code(step int64) string { return hotp(*s.key, step, codeDigits) }

func hotp(key []byte, step int64, digits int) string {
	h := hmac.New(sha1.New, key)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := h.Sum(nil)
	cut := sum[len(sum)-1] & 0xf
	value := uint64(binary.BigEndian.Uint32(sum[cut:]) & 0x7fffffff)
	most := uint64(1)
	for range digits {
		most *= 10
	}
	return fmt.Sprintf("%0*d", digits, value%most)
}

// SealCodeSecret encrypts the secret for the user, as a store keeps it. A nil random is the real source.
func (r Root) SealCodeSecret(random io.Reader, user [16]byte, secret CodeSecret) ([]byte, error) {
	return r.seal(random, codeSecretName(user), *secret.key)
}

// OpenCodeSecret decrypts what was sealed for the user; what was sealed for another is refused.
func (r Root) OpenCodeSecret(user [16]byte, sealed []byte) (CodeSecret, error) {
	key, err := r.open(codeSecretName(user), sealed)
	if err != nil {
		return CodeSecret{}, fmt.Errorf("the secret of a second factor: %w", err)
	}
	return CodeSecret{&key}, nil
}

func codeSecretName(user [16]byte) string { return "one-time codes of " + string(user[:]) }

// String hides the secret.
func (s CodeSecret) String() string { return "token.CodeSecret(hidden)" }

// GoString hides the secret.
func (s CodeSecret) GoString() string { return s.String() }

// LogValue hides the secret.
func (s CodeSecret) LogValue() slog.Value { return slog.StringValue(s.String()) }
