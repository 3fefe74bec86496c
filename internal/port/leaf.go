package port

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"sync"
	"time"
)

// leafLife is what Apple recommends to public authorities, whose limit is 398
// days (https://support.apple.com/en-us/102028). Roots that a user added are
// allowed more, but not by every client, and renewal costs nothing here.
const leafLife = 397 * 24 * time.Hour

// Config makes a certificate for this machine (localhost, 127.0.0.1, ::1, its
// host name) and for names, host names or IP addresses, and returns what serves
// it. The certificate is renewed when less than a third of its life is left. A
// client that asks for another name gets it as well, and so an error that says
// which names there are. The authority must be open.
func (a *Authority) Config(names ...string) (*tls.Config, error) {
	alt, err := altNames(names)
	if err != nil {
		return nil, err
	}
	l := &leaf{authority: a, names: alt}
	if _, err := l.get(nil); err != nil {
		return nil, err
	}
	return config(l.get), nil
}

// config offers HTTP/1.1 only. HTTP/2 would share one connection among
// requests, and then neither a fault that cuts the connection of one request
// nor CONNECT, which takes the connection over, could be had.
func config(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		GetCertificate: get,
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
	}
}

// leaf is the server's certificate, made and renewed by its authority.
type leaf struct {
	authority *Authority
	names     names

	mu   sync.Mutex
	cert *tls.Certificate // nil before the first
}

func (l *leaf) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.authority.now()
	if l.cert != nil && fresh(l.cert.Leaf, now) {
		return l.cert, nil
	}
	cert, err := l.authority.leaf(l.names, now)
	if err == nil {
		l.cert = cert
	} else if l.cert == nil || !now.Before(l.cert.Leaf.NotAfter) {
		return nil, err
	}
	return l.cert, nil
}

// fresh reports whether c needs no renewal. A start in the future means that
// the clock was set back.
func fresh(c *x509.Certificate, now time.Time) bool {
	return !now.Before(c.NotBefore) && c.NotAfter.Sub(now) >= c.NotAfter.Sub(c.NotBefore)/3
}

// leaf issues a certificate that ends no later than the authority's own.
func (a *Authority) leaf(n names, now time.Time) (*tls.Certificate, error) {
	if err := a.checkExpiry(); err != nil {
		return nil, err
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	start := now.Add(-skew)
	end := start.Add(leafLife)
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	cert, err := a.sign(&x509.Certificate{
		Subject:               pkix.Name{CommonName: n.dns[0]},
		DNSNames:              n.dns,
		IPAddresses:           n.ips,
		NotBefore:             start,
		NotAfter:              end,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}, nil
}
