package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

const rootSize = 32

// errRootText never quotes the text: it may be most of a key.
var errRootText = errors.New("a root key is 32 bytes in base64 (44 characters; make one with: openssl rand -base64 32)")

// Root is a server's root key; all else that is secret is derived from it. Servers that share a database share it.
// However it is printed or logged, it shows nothing of the key.
type Root struct {
	keys *rootKeys // a pointer, so that printing a struct that holds a Root ends at an address
}

// rootKeys are the derived keys, one for each use; the root key itself is not kept.
type rootKeys struct {
	fingerprint, firstPassword, appSecret, subject, seal, tag []byte
}

// NewRoot draws a root key that is kept nowhere: what is made under it is lost with the process. A nil random is the
// real source.
func NewRoot(random io.Reader) (Root, error) {
	key, err := newRootKey(random)
	if err != nil {
		return Root{}, err
	}
	return newRoot(key), nil
}

// ParseRoot reads a root key in base64, standard or URL-safe, padded or not.
func ParseRoot(text string) (Root, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	text = strings.NewReplacer("+", "-", "/", "_").Replace(text)
	key, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(key) != rootSize {
		return Root{}, errRootText
	}
	return newRoot(key), nil
}

// newRoot derives the keys with HMAC-SHA-256 under labels of their own. The root key is uniformly random, so this is a
// pseudo-random function and needs no extraction step.
func newRoot(key []byte) Root {
	derive := func(label string) []byte { return mac(key, []byte("tenantry/v1/"+label)) }
	return Root{&rootKeys{
		fingerprint:   derive("fingerprint"),
		firstPassword: derive("first-password"),
		appSecret:     derive("app-secret"),
		subject:       derive("pairwise-subject"),
		seal:          derive("signing-key-seal"),
		tag:           derive("tag"),
	}}
}

func newRootKey(random io.Reader) ([]byte, error) {
	key := make([]byte, rootSize)
	if _, err := io.ReadFull(randomOr(random), key); err != nil {
		return nil, fmt.Errorf("random bytes: %w", err)
	}
	return key, nil
}

// Fingerprint names the root key without telling it. A store keeps it, to notice that its data is another key's.
func (r Root) Fingerprint() string { return hex.EncodeToString(r.keys.fingerprint[:16]) }

// tagSize is enough that nobody finds a tag by trying.
const tagSize = 16

// Prove writes the text in letters for a URL, behind a tag that nobody makes without the root key. Who reads it has to name
// the same purpose: no text that was proved for one counts for another.
func (r Root) Prove(purpose [16]byte, text []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(r.Tag(purpose, text), text...))
}

// Proved is the text that was proved for the purpose.
func (r Root) Proved(purpose [16]byte, proof string) (text []byte, ok bool) {
	bytes, err := base64.RawURLEncoding.Strict().DecodeString(proof)
	if err != nil || len(bytes) < tagSize || strings.ContainsAny(proof, "\r\n") { // which the decoder skips
		return nil, false
	}
	text = bytes[tagSize:]
	return text, subtle.ConstantTimeCompare(bytes[:tagSize], r.Tag(purpose, text)) == 1
}

// Tag is a keyed hash of the text for the purpose: the same for all who have the root key, and nothing to others.
func (r Root) Tag(purpose [16]byte, text []byte) []byte {
	return mac(r.keys.tag, purpose[:], text)[:tagSize]
}

// String hides the key.
func (r Root) String() string { return "token.Root(hidden)" }

// GoString hides the key.
func (r Root) GoString() string { return r.String() }

// LogValue hides the key.
func (r Root) LogValue() slog.Value { return slog.StringValue(r.String()) }

// mac is HMAC-SHA-256 of the parts, joined. Callers see to it that the parts cannot be cut in two ways: all but the last
// have a fixed length.
func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}
