package token

import (
	"crypto/rsa"
	"crypto/sha1" // x5t is defined on SHA-1 (RFC 7515, 4.1.7); the signature is checked by the certificate that was registered
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Why a client's assertion is refused, besides [ErrMalformed] and [ErrExpired].
var (
	// ErrNoCertificate refuses an assertion whose header names no certificate that is known.
	ErrNoCertificate = errors.New("the key was not found")
	// ErrSignature refuses an assertion that the named certificate's key did not sign.
	ErrSignature = errors.New("the key was found, but use of the key to verify the signature failed")
	// ErrCertificateExpired refuses an assertion by a certificate whose time is over, or has not come.
	ErrCertificateExpired = errors.New("the certificate is not within its validity period")
)

// MaxAssertion is the most bytes that a client's assertion may have; libraries may put a chain of certificates into its header.
const MaxAssertion = 24 << 10

// MinCertificateBits is the least that the RSA key of an application's certificate may have.
const MinCertificateBits = 2048

// ParseCertificate reads an application's certificate.
func ParseCertificate(der []byte) (*x509.Certificate, error) {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the certificate's key is not an RSA key")
	}
	if key.N.BitLen() < MinCertificateBits {
		return nil, fmt.Errorf("the certificate's key has %d bits; %d is the least", key.N.BitLen(), MinCertificateBits)
	}
	return certificate, nil
}

// ReadCertificate is the DER of the first certificate in a PEM text, if an application may prove itself by it. A private key
// beside it is left where it is.
func ReadCertificate(text []byte) ([]byte, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		_, err := ParseCertificate(block.Bytes)
		return block.Bytes, err
	}
	return nil, errors.New("there is no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
}

// Thumbprint is the SHA-1 of a certificate in hexadecimal, as the real service's portal shows it.
func Thumbprint(certificate []byte) string {
	sum := sha1.Sum(certificate)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Assertion is what a client says of itself in a JWT that it signed (RFC 7523).
type Assertion struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	ID        string   `json:"jti"`
	NotBefore float64  `json:"nbf"` // seconds, with a fraction as MSAL Python writes them
	Expires   float64  `json:"exp"`
}

// audience is one text, or some.
type audience []string

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (a *audience) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if from.PeekKind() == '[' {
		return json.UnmarshalDecode(from, (*[]string)(a))
	}
	var one string
	err := json.UnmarshalDecode(from, &one)
	*a = audience{one}
	return err
}

// VerifyAssertion is what the assertion says, if the key of one of the certificates signed it, and its time is now. The
// certificate is found among those given by the thumbprint in the header; none that the assertion brings along is looked at.
func VerifyAssertion(raw string, certificates [][]byte, now time.Time) (*Assertion, error) {
	if len(raw) > MaxAssertion || !isCompact(raw) {
		return nil, ErrMalformed
	}
	// PS256 with x5t#S256 is what MSAL has sent since 2024, RS256 with x5t before, and towards ADFS.
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256, jose.PS256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	certificate, err := named(signed.Signatures[0].Protected, certificates)
	if err != nil {
		return nil, err
	}
	payload, err := signed.Verify(certificate.PublicKey)
	if err != nil {
		return nil, ErrSignature
	}
	if now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
		return nil, ErrCertificateExpired
	}
	assertion := &Assertion{}
	if err := json.Unmarshal(payload, assertion); err != nil {
		return nil, fmt.Errorf("%w: claims: %w", ErrMalformed, err)
	}
	return assertion, assertion.checkTime(now)
}

// checkTime takes an assertion that has an end, which is how the real service bounds its use: libraries send one again and
// again until then (seen in msal-node 2.16, MSAL Go 1.10 and MSAL Python 1.31), so its id is no reason to refuse it.
func (a *Assertion) checkTime(now time.Time) error {
	seconds := float64(now.Unix())
	switch {
	case a.Expires == 0 || seconds >= a.Expires+leeway:
		return ErrExpired
	case seconds < a.NotBefore-headway.Seconds():
		return fmt.Errorf("%w, or rather its time has not come", ErrExpired)
	}
	return nil
}

// urlSafe turns standard base64 into that of JOSE: MSAL Go writes thumbprints so (seen in 1.10).
var urlSafe = strings.NewReplacer("+", "-", "/", "_", "=", "")

// named is the certificate that the header names: by x5t#S256, by x5t, or by a kid that is the thumbprint in hexadecimal.
func named(header jose.Header, certificates [][]byte) (*x509.Certificate, error) {
	names := []string{header.KeyID}
	for _, member := range []jose.HeaderKey{"x5t", "x5t#S256"} {
		if text, ok := header.ExtraHeaders[member].(string); ok {
			names = append(names, text)
		}
	}
	for _, der := range certificates {
		sum1, sum256 := sha1.Sum(der), sha256.Sum256(der)
		for _, name := range names {
			short := urlSafe.Replace(name)
			if slices.Contains([]string{base64.RawURLEncoding.EncodeToString(sum1[:]), base64.RawURLEncoding.EncodeToString(sum256[:])}, short) ||
				strings.EqualFold(hex.EncodeToString(sum1[:]), name) {
				return ParseCertificate(der)
			}
		}
	}
	return nil, ErrNoCertificate
}
