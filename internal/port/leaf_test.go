package port_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/port"
)

const day = 24 * time.Hour

func TestLeaf(t *testing.T) {
	clk := newClock()
	ca := MustOpen(t, &port.Authority{Now: clk.Now})
	cfg := MustConfig(t, ca)
	leaf := MustLeaf(t, cfg).Leaf
	if got, want := leaf.NotAfter.Sub(leaf.NotBefore), 397*day; got != want {
		t.Errorf("life: got %v, want %v", got, want)
	}
	if !leaf.NotBefore.Before(clk.Now()) {
		t.Errorf("start: got %v, want before %v", leaf.NotBefore, clk.Now())
	}
	if leaf.PublicKeyAlgorithm != x509.ECDSA || leaf.IsCA {
		t.Errorf("got %v, CA %v, want ECDSA, CA false", leaf.PublicKeyAlgorithm, leaf.IsCA)
	}
	if cfg.MinVersion != tls.VersionTLS12 || !slices.Equal(cfg.NextProtos, []string{"http/1.1"}) {
		t.Errorf("got version %x, protocols %q, want %x, http/1.1", cfg.MinVersion, cfg.NextProtos, tls.VersionTLS12)
	}
}

func TestLeafNames(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	pool := x509.NewCertPool()
	pool.AddCert(MustParse(t, ca.PEM()))
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		names []string
		good  []string
		bad   []string
	}{
		{"local", nil, []string{"localhost", "127.0.0.1", "::1", host}, append(port.MicrosoftHosts(), "127.0.0.2")},
		{"Microsoft", port.MicrosoftHosts(), append(port.MicrosoftHosts(), "localhost"), []string{"microsoft.com"}},
		{"extra", []string{"Tenantry.Test.", "10.0.0.7", "[2001:db8::1]", "fe80::1%eth0", "*.wild.test", "my_box"},
			[]string{"tenantry.test", "TENANTRY.test", "10.0.0.7", "2001:db8::1", "fe80::1", "a.wild.test", "my_box"}, []string{"wild.test", "10.0.0.8"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			leaf := MustLeaf(t, MustConfig(t, ca, tt.names...)).Leaf
			for _, name := range tt.good {
				if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); err != nil {
					t.Errorf("%s: got %v, want it to be good", name, err)
				}
			}
			for _, name := range tt.bad {
				if err := leaf.VerifyHostname(name); err == nil {
					t.Errorf("%s: got no error, want one", name)
				}
			}
		})
	}
}

func TestLeafNamesOnce(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	want := MustLeaf(t, MustConfig(t, ca)).Leaf
	got := MustLeaf(t, MustConfig(t, ca, "LOCALHOST", "127.0.0.1", "::ffff:127.0.0.1", "0:0::1")).Leaf
	if !slices.Equal(got.DNSNames, want.DNSNames) || len(got.IPAddresses) != len(want.IPAddresses) {
		t.Errorf("got %q %v, want %q %v", got.DNSNames, got.IPAddresses, want.DNSNames, want.IPAddresses)
	}
}

func TestLeafNamesRefused(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	for _, name := range []string{
		"", ".", "two words", "https://localhost", "localhost:8443", "a..b", "-a.test", "a-.test", "*", "a.*.test",
		"bücher.test", strings.Repeat("a", 64) + ".test", strings.Repeat("a.", 127) + "test",
	} {
		if _, err := ca.Config(name); err == nil || !strings.Contains(err.Error(), "neither a host name") {
			t.Errorf("%q: got %v, want an error", name, err)
		}
	}
}

func TestLeafRenewal(t *testing.T) {
	for _, tt := range []struct {
		name string
		move []time.Duration
		want string // for each move: is it the same leaf, a new one, or an error
	}{
		{"fresh", []time.Duration{day, 200 * day}, "same same"},
		{"a third left", []time.Duration{264 * day, day, day}, "same new same"},
		{"clock set back", []time.Duration{-day}, "new"},
		{"long expired", []time.Duration{5 * 365 * day, day}, "new same"},
		{"end of the authority", []time.Duration{3650 * day, 3 * day}, "new error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clk := newClock()
			ca := MustOpen(t, &port.Authority{Now: clk.Now})
			root := MustParse(t, ca.PEM())
			cfg := MustConfig(t, ca)
			last := MustLeaf(t, cfg)
			var got []string
			for _, d := range tt.move {
				clk.Add(d)
				leaf, err := cfg.GetCertificate(&tls.ClientHelloInfo{})
				switch {
				case err != nil:
					got = append(got, "error")
					continue
				case leaf == last:
					got = append(got, "same")
				default:
					got = append(got, "new")
				}
				last = leaf
				if c := leaf.Leaf; clk.Now().Before(c.NotBefore) || clk.Now().After(c.NotAfter) || c.NotAfter.After(root.NotAfter) {
					t.Errorf("at %v: got one from %v to %v", clk.Now(), c.NotBefore, c.NotAfter)
				}
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A renewal that fails is no reason to turn clients away while there is a
// certificate that they accept.
func TestLeafRenewalFails(t *testing.T) {
	clk := newClock()
	src := &source{good: true}
	ca := MustOpen(t, &port.Authority{Now: clk.Now, Rand: src})
	cfg := MustConfig(t, ca)
	first := MustLeaf(t, cfg)
	src.good = false
	clk.Add(300 * day)
	if got := MustLeaf(t, cfg); got != first {
		t.Error("before the end: got another certificate, want the first")
	}
	clk.Add(100 * day)
	if _, err := cfg.GetCertificate(&tls.ClientHelloInfo{}); err == nil {
		t.Error("after the end: got no error, want one")
	}
	src.good = true
	if got := MustLeaf(t, cfg); got == first {
		t.Error("when it works again: got the first, want another certificate")
	}
}

// source gives ones, or fails.
type source struct{ good bool }

func (s *source) Read(p []byte) (int, error) {
	if !s.good {
		return 0, os.ErrDeadlineExceeded
	}
	for i := range p {
		p[i] = 1
	}
	return len(p), nil
}
