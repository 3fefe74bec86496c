package port_test

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/port"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func MustOpen(t *testing.T, a *port.Authority) *port.Authority {
	t.Helper()
	if err := a.Open(); err != nil {
		t.Fatal(err)
	}
	return a
}

func MustConfig(t *testing.T, a *port.Authority, names ...string) *tls.Config {
	t.Helper()
	cfg, err := a.Config(names...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// MustLeaf is the certificate that a handshake with cfg would show.
func MustLeaf(t *testing.T, cfg *tls.Config) *tls.Certificate {
	t.Helper()
	c, err := cfg.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func MustParse(t *testing.T, b []byte) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(b)
	if block == nil {
		t.Fatalf("no PEM in %q", b)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// MustServe runs an http.Server that answers with the kind of connection the
// request came by, and returns its port.
func MustServe(t *testing.T, l *port.Listener) string {
	t.Helper()
	if l.Listener == nil {
		l.Listener = MustListen(t)
	}
	srv := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(t.Output(), "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			kind := "plain"
			if r.TLS != nil {
				kind = "tls"
			}
			w.Header().Set("Kind", kind)
			_, _ = w.Write([]byte(kind + " " + r.Proto))
		}),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	t.Cleanup(func() {
		srv.Close()
		if err := <-served; err != http.ErrServerClosed {
			t.Errorf("Serve: got %v, want %v", err, http.ErrServerClosed)
		}
		wantNoGoroutines(t)
	})
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func MustListen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// wantNoGoroutines fails if one that runs a Listener's code is still there. One
// that has just told the listener that it is done may need a moment to end.
func wantNoGoroutines(t *testing.T) {
	t.Helper()
	buf := make([]byte, 1<<20)
	var stacks string
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		stacks = string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(stacks, "port.(*Listener)") {
			return
		}
	}
	t.Errorf("goroutines of the listener are left:\n%s", stacks)
}

// MustWritePair writes a certificate and its key as a user would bring them,
// last changed at the time mod.
func MustWritePair(t *testing.T, dir string, c *tls.Certificate, mod time.Time) port.Files {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	f := port.Files{Cert: filepath.Join(dir, "tls.pem"), Key: filepath.Join(dir, "tls.key")}
	MustWriteAt(t, f.Cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), mod)
	MustWriteAt(t, f.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), mod)
	return f
}

func MustWriteAt(t *testing.T, path string, b []byte, mod time.Time) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, mod, mod); err != nil {
		t.Fatal(err)
	}
}
