package port_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/port"
)

// MustClient trusts the authorities in the PEM and nothing else.
func MustClient(t *testing.T, pem []byte) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate in the PEM")
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 30 * time.Second}
}

func get(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBothKindsOnOnePort(t *testing.T) {
	ca := MustOpen(t, &port.Authority{Dir: t.TempDir()})
	p := MustServe(t, &port.Listener{TLS: MustConfig(t, ca)})
	trusted, err := os.ReadFile(ca.Path())
	if err != nil {
		t.Fatal(err)
	}
	c := MustClient(t, trusted)
	for _, tt := range []struct{ name, url, want string }{
		{"plain by name", "http://localhost:" + p, "plain HTTP/1.1"},
		{"plain by address", "http://127.0.0.1:" + p, "plain HTTP/1.1"},
		{"TLS by name", "https://localhost:" + p, "tls HTTP/1.1"},
		{"TLS by address", "https://127.0.0.1:" + p, "tls HTTP/1.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 3 { // the second and third on the connection of the first
				if got := get(t, c, tt.url); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			}
		})
	}
}

func TestAuthorityInMemory(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	p := MustServe(t, &port.Listener{TLS: MustConfig(t, ca)})
	if got, want := get(t, MustClient(t, ca.PEM()), "https://localhost:"+p), "tls HTTP/1.1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	other := MustOpen(t, &port.Authority{})
	_, err := MustClient(t, other.PEM()).Get("https://localhost:" + p)
	if !errors.As(err, new(x509.UnknownAuthorityError)) {
		t.Errorf("client of another authority: got %v, want an x509.UnknownAuthorityError", err)
	}
}

func TestServerNames(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	p := MustServe(t, &port.Listener{TLS: MustConfig(t, ca, port.MicrosoftHosts()...)})
	pool := x509.NewCertPool()
	pool.AddCert(MustParse(t, ca.PEM()))
	for _, tt := range []struct {
		name, server string
		insecure     bool
		want         string
	}{
		{"own", "localhost", false, ""},
		{"Microsoft's", "login.microsoftonline.com", false, ""},
		{"not among the names", "example.com", false, "not example.com"},
		{"not among the names, not verified", "example.com", true, ""},
		{"no name sent", "", true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := tls.Dial("tcp", "127.0.0.1:"+p, &tls.Config{
				RootCAs: pool, ServerName: tt.server, InsecureSkipVerify: tt.insecure,
			})
			if err == nil {
				c.Close()
			}
			if tt.want == "" && err != nil {
				t.Errorf("got %v, want no error", err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestFirstBytes(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	tlsToo := MustConfig(t, ca)
	const hello = "\x16\x03\x01\x00\x05hello\r\n\r\n"
	for _, tt := range []struct {
		name string
		tls  *tls.Config
		send string
		want string
	}{
		{"request", tlsToo, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK"},
		{"garbage", tlsToo, "\x80\x00\x01 what\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"empty lines", tlsToo, "\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"broken handshake", tlsToo, hello, "\x15\x03\x01\x00\x02\x02"}, // a fatal alert
		{"handshake without TLS", nil, hello, "HTTP/1.1 400 Bad Request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := MustDial(t, "127.0.0.1:"+MustServe(t, &port.Listener{TLS: tt.tls}))
			if _, err := io.WriteString(c, tt.send); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(tt.want))
			if _, err := io.ReadFull(c, got); err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// The refusal of a request that the client is still sending must arrive, which
// it does not if the connection is reset.
func TestRefusalWhileSending(t *testing.T) {
	p := MustServe(t, &port.Listener{})
	c := MustDial(t, "127.0.0.1:"+p)
	go func() { _, _ = io.Copy(c, io.LimitReader(neverEnding('x'), 4<<20)) }()
	line, err := bufio.NewReader(c).ReadString('\n')
	if want := "HTTP/1.1 431 Request Header Fields Too Large\r\n"; err != nil || line != want {
		t.Errorf("got %q, %v, want %q", line, err, want)
	}
}

// Add is what an answered CONNECT needs: the tunnel holds either kind again.
func TestAddTunnel(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	l := &port.Listener{TLS: MustConfig(t, ca, port.MicrosoftHosts()...)}
	MustServe(t, l)
	for _, tt := range []struct {
		name string
		url  string
		read int // bytes that whoever hijacked the connection has read already
		want string
	}{
		{"TLS", "https://login.microsoftonline.com/", 0, "tls HTTP/1.1"},
		{"TLS, some read ahead", "https://login.microsoftonline.com/", 7, "tls HTTP/1.1"},
		{"plain", "http://api.partnercenter.microsoft.com/", 0, "plain HTTP/1.1"},
		{"plain, some read ahead", "http://api.partnercenter.microsoft.com/", 7, "plain HTTP/1.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := MustClient(t, ca.PEM())
			outer := MustListen(t)
			defer outer.Close()
			go func() {
				sc, err := outer.Accept()
				if err != nil {
					return
				}
				read := make([]byte, tt.read)
				_, _ = io.ReadFull(sc, read)
				l.Add(sc, read)
			}()
			c.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
				return net.Dial("tcp", outer.Addr().String())
			}
			if got := get(t, c, tt.url); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func MustDial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

type neverEnding byte

func (b neverEnding) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte{byte(b)}, len(p)))
	return len(p), nil
}
