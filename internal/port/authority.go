package port

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"
)

const (
	authorityName  = "Tenantry local CA"
	authorityYears = 10
	certFile       = "ca.pem"
	keyFile        = "ca.key"

	// skew is how far in the past a certificate starts, for clients (virtual
	// machines, mostly) whose clock is behind.
	skew = time.Hour

	startOver = "remove " + certFile + " and " + keyFile +
		", start again, and have clients trust the new " + certFile
)

// Authority is a certificate authority for one server and the clients that
// were told to trust it.
type Authority struct {
	// Dir holds ca.pem and ca.key; Open makes what is missing. Empty: the
	// authority lives in memory and dies with the process. One process at a
	// time may open a directory; the caller's lock sees to that.
	Dir string

	// Now is the clock, nil the real one. Clients judge certificates by the
	// real clock: a server that lets its own be moved leaves this nil.
	Now func() time.Time

	// Rand is where serial numbers come from, nil the real source. A seeded
	// server leaves this nil too: Firefox refuses two certificates that share an
	// issuer and a number (SEC_ERROR_REUSED_ISSUER_AND_SERIAL). Keys never come
	// from it, because one that follows from a known seed would let anybody
	// impersonate any host to the clients that trust this authority.
	Rand io.Reader

	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Open loads the authority, or creates it. A file that cannot be used is an
// error that names it and says what to do; it is never replaced.
func (a *Authority) Open() error {
	if err := a.open(); err != nil {
		return fmt.Errorf("certificate authority: %w", err)
	}
	return nil
}

func (a *Authority) open() (err error) {
	if a.Dir == "" {
		if a.key, err = newKey(); err != nil {
			return err
		}
		a.cert, err = a.selfSign()
		return err
	}
	cert, certErr := readCert(a.Path())
	key, keyErr := readKey(a.keyPath())
	noCert, noKey := errors.Is(certErr, fs.ErrNotExist), errors.Is(keyErr, fs.ErrNotExist)
	switch {
	case noCert && noKey:
		key, keyErr = createKey(a.keyPath())
	case noKey:
		return fmt.Errorf("%s is there but %s is not: put the key back, or %s", a.Path(), keyFile, startOver)
	}
	if keyErr != nil {
		return keyErr
	}
	a.cert, a.key = cert, key
	if noCert {
		// Either just made or what a crash left. A certificate made anew from the
		// same key also suits the clients that trust the one before it.
		a.cert, certErr = a.createCert()
	}
	if certErr != nil {
		return certErr
	}
	return a.check()
}

// Path is the file of the certificate that clients are to trust, empty if the
// authority is in memory.
func (a *Authority) Path() string {
	if a.Dir == "" {
		return ""
	}
	return filepath.Join(a.Dir, certFile)
}

// PEM is the certificate that clients are to trust.
func (a *Authority) PEM() []byte { return encodeCert(a.cert) }

func (a *Authority) check() error {
	switch {
	case !a.cert.IsCA:
		return fmt.Errorf("%s is not the certificate of an authority: %s", a.Path(), startOver)
	case !a.key.PublicKey.Equal(a.cert.PublicKey):
		return fmt.Errorf("%s does not belong to %s: put the right one back, or %s", a.Path(), a.keyPath(), startOver)
	}
	return a.checkExpiry()
}

func (a *Authority) checkExpiry() error {
	switch end := a.cert.NotAfter; {
	case a.now().Before(end):
		return nil
	case a.Dir == "":
		return fmt.Errorf("expired on %s: start again", end.Format(time.DateOnly))
	default:
		return fmt.Errorf("%s expired on %s: %s", a.Path(), end.Format(time.DateOnly), startOver)
	}
}

func (a *Authority) createCert() (*x509.Certificate, error) {
	cert, err := a.selfSign()
	if err != nil {
		return nil, err
	}
	return cert, writeFile(a.Path(), encodeCert(cert), 0o644)
}

func (a *Authority) selfSign() (*x509.Certificate, error) {
	now := a.now()
	t := &x509.Certificate{
		Subject:               pkix.Name{CommonName: authorityName},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.AddDate(authorityYears, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	return a.sign(t, t, a.key)
}

// sign issues t for the public half of key. Without a number in t, x509 takes
// a random one of 159 bits from Rand.
func (a *Authority) sign(t, parent *x509.Certificate, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	r := a.Rand
	if r == nil {
		r = rand.Reader
	}
	der, err := x509.CreateCertificate(r, t, parent, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func (a *Authority) keyPath() string { return filepath.Join(a.Dir, keyFile) }

func (a *Authority) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}
