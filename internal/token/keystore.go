package token

import (
	"context"
	"time"
)

// KeyStore keeps the signing keys, for all servers that share it.
type KeyStore interface {
	// SigningKeys are all that were added, in any order.
	SigningKeys(ctx context.Context) ([]StoredKey, error)

	// AddSigningKey keeps a key, durably before it returns. A key with that id is there already: no error, and the one
	// that is there stays.
	AddSigningKey(ctx context.Context, key StoredKey) error

	// DropSigningKey forgets a key. It is not there: no error.
	DropSigningKey(ctx context.Context, id string) error
}

// StoredKey is a signing key as it is kept.
type StoredKey struct {
	ID          string    // the "kid": the certificate's SHA-1 thumbprint in base64url, 27 characters
	Created     time.Time // the key signs from then on
	Certificate []byte    // self-signed, in DER; public
	Sealed      []byte    // the private key, readable with the root key only
}
