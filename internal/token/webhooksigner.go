package token

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// WebhookSigner signs what webhooks are sent, with a key of its own: no token is signed with it.
type WebhookSigner struct {
	key         *rsa.PrivateKey
	certificate []byte
}

// Claimer keeps the value under the name if there is none yet, and returns the one that is kept.
type Claimer interface {
	Claim(ctx context.Context, name, value string) (string, error)
	Claimed(ctx context.Context, name string) (bool, error)
}

// keptWebhookSigner is what a store keeps of a signer.
type keptWebhookSigner struct {
	Certificate []byte `json:"certificate"`
	Sealed      []byte `json:"sealed"`
}

// OpenWebhookSigner is the signer that all servers on the store share; the first makes it. Its certificate is self-signed and
// names the organization, by which receivers know whom to believe.
func OpenWebhookSigner(ctx context.Context, kept Claimer, root Root, organization string, now time.Time) (*WebhookSigner, error) {
	name := "webhook signer of " + organization
	text := ""
	switch there, err := kept.Claimed(ctx, name); {
	case err != nil:
		return nil, err
	case !there:
		if text, err = makeWebhookSigner(root, name, organization, now); err != nil {
			return nil, err
		}
	}
	text, err := kept.Claim(ctx, name, text)
	if err != nil {
		return nil, err
	}
	var read keptWebhookSigner
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	plain, err := root.open(name, read.Sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	key, err := x509.ParsePKCS1PrivateKey(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	certificate, err := x509.ParseCertificate(read.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !key.PublicKey.Equal(certificate.PublicKey) {
		return nil, errors.New(name + ": the certificate is another key's")
	}
	return &WebhookSigner{key: key, certificate: read.Certificate}, nil
}

// makeWebhookSigner makes a key and its certificate, as the text that a store keeps. Chance is the real one also at a seeded
// start: nothing that is answered depends on it.
func makeWebhookSigner(root Root, name, organization string, now time.Time) (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return "", err
	}
	sum := sha1.Sum(key.N.Bytes())
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(append([]byte{1}, sum[:15]...)),
		Subject:               pkix.Name{CommonName: "Tenantry webhooks", Organization: []string{organization}},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, // it is its own issuer
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return "", err
	}
	sealed, err := root.seal(rand.Reader, name, x509.MarshalPKCS1PrivateKey(key))
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(keptWebhookSigner{Certificate: certificate, Sealed: sealed})
	return string(text), err
}

// Certificate is the public half, in DER.
func (s *WebhookSigner) Certificate() []byte { return s.certificate }

// Sign is the signature over the body: RSA with SHA-256, PKCS #1 v1.5.
func (s *WebhookSigner) Sign(body []byte) ([]byte, error) {
	hash := sha256.Sum256(body)
	return rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, hash[:])
}
