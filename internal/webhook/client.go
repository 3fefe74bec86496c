package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// errPrivateAddress is what a webhook meets that leads into the server's own network.
var errPrivateAddress = errors.New("the address is not a public one")

// NewClient is a client that follows no redirects and, unless private addresses are allowed, reaches public ones alone: a
// partner chooses where to, and must not reach through the server what only the server can.
func NewClient(privateAddresses bool) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !privateAddresses {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			// The name has been resolved: this is what is going to be connected to.
			if to, err := netip.ParseAddrPort(address); err != nil || !isPublic(to.Addr()) {
				return errPrivateAddress
			}
			return nil
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			ResponseHeaderTimeout:  attemptTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConns:           atOnce,
			IdleConnTimeout:        30 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// notPublic are the special-purpose ranges (IANA) that package netip has no method for.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),        // IPv4 inside
	netip.MustParsePrefix("64:ff9b::/96"), // IPv4 behind a translator
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // IPv4 inside
	netip.MustParsePrefix("fec0::/10"),
}

func isPublic(address netip.Addr) bool {
	address = address.Unmap()
	if !address.IsGlobalUnicast() || address.IsPrivate() {
		return false
	}
	for _, prefix := range notPublic {
		if prefix.Contains(address) {
			return false
		}
	}
	return true
}

// inWords says why there was no answer, without what a partner is not to learn of the server's network.
func inWords(err error) string {
	var name *net.DNSError
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.Is(err, errPrivateAddress):
		return "The host of the webhook has no public address."
	case errors.As(err, &name):
		return "The host of the webhook was not found."
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "The webhook did not answer in time."
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return "The certificate of the webhook is not trusted."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "The webhook refused the connection."
	default:
		return "The webhook did not answer."
	}
}
