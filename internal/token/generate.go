package token

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // x5t is defined on SHA-1 (RFC 7515, 4.1.7); nothing rests on its strength
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"time"
)

const keyBits = 2048

// thumbprint is the "x5t" of a certificate, which the real service uses as "kid" as well.
func thumbprint(certificate []byte) string {
	sum := sha1.Sum(certificate)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// generate makes an RSA key. A nil seeded is the real source; else the key follows from what it reads.
func generate(seeded io.Reader) (*rsa.PrivateKey, error) {
	if seeded == nil {
		return rsa.GenerateKey(rand.Reader, keyBits)
	}
	return generateSeeded(seeded)
}

// generateSeeded exists because rsa.GenerateKey, rightly, never makes the same key twice (it ignores its reader since
// Go 1.26). The primes are those of FIPS 186-5, A.1.3, in all that matters to a key of a seeded start: of 1024 bits, the
// two top bits set, far apart, and prime to the exponent.
func generateSeeded(seeded io.Reader) (*rsa.PrivateKey, error) {
	const exponent = 65537
	one, e := big.NewInt(1), big.NewInt(exponent)
	for {
		p, err := readPrime(seeded, e)
		if err != nil {
			return nil, err
		}
		q, err := readPrime(seeded, e)
		if err != nil {
			return nil, err
		}
		if new(big.Int).Sub(p, q).BitLen() <= keyBits/2-100 {
			continue
		}
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		key := &rsa.PrivateKey{
			PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
			D:         new(big.Int).ModInverse(e, phi),
			Primes:    []*big.Int{p, q},
		}
		key.Precompute()
		return key, key.Validate()
	}
}

// readPrime tries what it reads until it is a prime p with p-1 prime to e.
func readPrime(source io.Reader, e *big.Int) (*big.Int, error) {
	text := make([]byte, keyBits/2/8)
	one, p, rest := big.NewInt(1), new(big.Int), new(big.Int)
	for {
		if _, err := io.ReadFull(source, text); err != nil {
			return nil, fmt.Errorf("random bytes: %w", err)
		}
		text[0] |= 0xc0
		text[len(text)-1] |= 1
		p.SetBytes(text)
		if rest.Mod(rest.Sub(p, one), e).Sign() != 0 && p.ProbablyPrime(20) {
			return p, nil
		}
	}
}

// certify makes the self-signed certificate in which the real service publishes a signing key. The signature is
// deterministic, so the certificate follows from key and time.
func certify(key *rsa.PrivateKey, created time.Time) ([]byte, error) {
	sum := sha1.Sum(key.N.Bytes())
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(append([]byte{1}, sum[:15]...)),
		Subject:      pkix.Name{CommonName: "Tenantry token signing"},
		NotBefore:    created,
		NotAfter:     created.AddDate(5, 0, 0), // as long as the real ones; nobody checks it
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	return x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
}
