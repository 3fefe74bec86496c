package token

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// signingKey is a key in use.
type signingKey struct {
	id          string
	created     time.Time
	certificate []byte
	public      *rsa.PublicKey
	signer      jose.Signer
}

// makeKey makes a signing key and what a store keeps of it.
func makeKey(root Root, seeded io.Reader, created time.Time) (StoredKey, error) {
	key, err := generate(seeded)
	if err != nil {
		return StoredKey{}, err
	}
	certificate, err := certify(key, created)
	if err != nil {
		return StoredKey{}, err
	}
	stored := StoredKey{ID: thumbprint(certificate), Created: created, Certificate: certificate}
	stored.Sealed, err = root.seal(seeded, stored.ID, x509.MarshalPKCS1PrivateKey(key))
	return stored, err
}

// unsealKey reads a stored key. The certificate is believed if it belongs to the sealed part: whoever can write into the
// store, but has not the root key, cannot have clients trust a key of theirs.
func unsealKey(root Root, stored StoredKey) (*signingKey, error) {
	key, err := openKey(root, stored)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", stored.ID, err)
	}
	signer, err := newSigner(stored.ID, key)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", stored.ID, err)
	}
	return &signingKey{stored.ID, stored.Created, stored.Certificate, &key.PublicKey, signer}, nil
}

func openKey(root Root, stored StoredKey) (*rsa.PrivateKey, error) {
	plain, err := root.open(stored.ID, stored.Sealed)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS1PrivateKey(plain)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(stored.Certificate)
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(certificate.PublicKey) || thumbprint(stored.Certificate) != stored.ID {
		return nil, errors.New("the certificate is another key's")
	}
	return key, nil
}

// newSigner signs with the header of the real service's tokens, which repeat the kid as x5t (seen in
// Partner-Center-Java#142).
func newSigner(id string, key *rsa.PrivateKey) (jose.Signer, error) {
	return jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: id}},
		new(jose.SignerOptions).WithType("JWT").WithHeader("x5t", id),
	)
}

// JWK is a public key as the real service publishes it: without "alg", with the certificate.
type JWK struct {
	Type        string   `json:"kty"`
	Use         string   `json:"use"`
	ID          string   `json:"kid"`
	Thumbprint  string   `json:"x5t"`
	Modulus     string   `json:"n"`
	Exponent    string   `json:"e"`
	Certificate []string `json:"x5c"`
	Issuer      string   `json:"issuer,omitzero"` // v2 only
}

// JWKSet is the document of the public keys.
type JWKSet struct {
	Keys []JWK `json:"keys"`
}

func (k *signingKey) jwk(issuer string) JWK {
	return JWK{
		Type: "RSA", Use: "sig", ID: k.id, Thumbprint: k.id,
		Modulus:     base64.RawURLEncoding.EncodeToString(k.public.N.Bytes()),
		Exponent:    base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.public.E)).Bytes()),
		Certificate: []string{base64.StdEncoding.EncodeToString(k.certificate)},
		Issuer:      issuer,
	}
}
