package server_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
)

// mustDial opens a connection to the server and sends the text.
func mustDial(t *testing.T, s *server.Server, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestSlowClients waits with each of them until the server has had enough.
func TestSlowClients(t *testing.T) {
	const short = 200 * time.Millisecond
	for _, test := range []struct {
		name     string
		timeouts server.Timeouts
		text     string
		want     string // how what the server sends before it closes begins
	}{
		{"no byte", server.Timeouts{Header: short}, "", ""},
		{"half a header", server.Timeouts{Header: short}, "GET /_tenantry/healthz HTTP/1.1\r\nHost", "HTTP/1.1 400 "},
		{"a handshake that never ends", server.Timeouts{Header: short}, "\x16\x03\x01\x02\x00\x01", ""},
		{"half a body", server.Timeouts{Read: short}, "POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $TOKEN\r\nContent-Length: 500\r\n\r\n{", "HTTP/1.1 400 "},
		{"half a form", server.Timeouts{Read: short}, "POST /" + contoso + "/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\ngrant_type=", "HTTP/1.1 400 "},
		{"no further request", server.Timeouts{Idle: short}, "GET /_tenantry/healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := mustOpen(t, server.Config{RootKey: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", Timeouts: test.timeouts})
			text := strings.ReplaceAll(test.text, "$TOKEN", mustAppToken(t, source))
			answer, err := io.ReadAll(mustDial(t, source, text)) // ends when the server closes
			if err != nil || !strings.HasPrefix(string(answer), test.want) || test.want == "" && len(answer) > 0 {
				t.Errorf("got %q, %v, want %q and the end", answer, err, test.want)
			}
		})
	}
}

// TestSlowReader sends requests and takes no answers, until the server has had enough.
func TestSlowReader(t *testing.T) {
	s := mustOpen(t, server.Config{Timeouts: server.Timeouts{Write: 300 * time.Millisecond}})
	conn := mustDial(t, s, "")
	requests := strings.Repeat("GET /_tenantry/ca.pem HTTP/1.1\r\nHost: x\r\n\r\n", 1000)
	for {
		if _, err := io.WriteString(conn, requests); err != nil {
			break // the server has closed
		}
	}
	if status, _ := mustSend(t, http.MethodGet, s.URL()+"/_tenantry/readyz", "", ""); status != http.StatusOK {
		t.Errorf("afterwards: got %d, want 200", status)
	}
}

// lines is a log whose lines about requests come as events.
type lines struct {
	slog.Handler
	requests chan map[string]string
}

func newLines() *lines {
	return &lines{slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug}), make(chan map[string]string, 100)}
}

// Handle implements [slog.Handler].
func (l *lines) Handle(_ context.Context, record slog.Record) error {
	if record.Message == "request" {
		line := map[string]string{}
		record.Attrs(func(a slog.Attr) bool { line[a.Key] = a.Value.String(); return true })
		l.requests <- line
	}
	return nil
}

// TestVanishedClient goes away in the middle of a body, in several ways: nothing is made, and nothing is left.
func TestVanishedClient(t *testing.T) {
	log := newLines()
	s := mustOpen(t, server.Config{Logger: slog.New(log)})
	token := mustAppToken(t, s)
	<-log.requests
	body := fmt.Sprintf(createBody, "vanished.onmicrosoft.com")
	head := "POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n"
	for _, test := range []struct{ name, text string }{
		{"before the body", head + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body))},
		{"one byte short", head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body[:len(body)-1])},
		{"after a whole document, as promised more", head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body)+1, body)},
		{"between chunks", head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(body), body)},
		{"in a chunk", head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s", len(body)+1, body)},
	} {
		mustDial(t, s, test.text).Close()
		if line := <-log.requests; line["route"] != "POST /v1/customers" || line["status"] != "400" {
			t.Errorf("%s: got %v, want 400", test.name, line)
		}
	}
	wantMetric(t, s, `tenantry_requests_working{kind="write"} 0`)
	if status, _ := mustSend(t, http.MethodHead, s.URL()+"/v1/domains/vanished.onmicrosoft.com", token, ""); status != http.StatusNotFound {
		t.Errorf("the domain: got %d, want 404, as nobody has it", status)
	}
	if got := customers(t, s, token, "vanished"); len(got) != 0 {
		t.Errorf("got the customers %q, want none", got)
	}
}

// TestStrangeRequests sends what a client may say, and should not.
func TestStrangeRequests(t *testing.T) {
	s := mustOpen(t, server.Config{Dir: t.TempDir()})
	for _, test := range []struct {
		name, text string
		want       int
	}{
		{"a header over the limit", "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 128<<10) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		{"very many headers", "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: y\r\n", 20000) + "\r\n", http.StatusRequestHeaderFieldsTooLarge},
		{"many headers under the limit", "GET /_tenantry/healthz HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: y\r\n", 8000) + "\r\n", http.StatusOK},
		{"two lengths", "POST /v1/customers HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", http.StatusBadRequest},
		{"a negative length", "POST /v1/customers HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}", http.StatusBadRequest},
		{"a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", http.StatusNotFound},
		{"a proxy's request", "GET http://example.com/_tenantry/nothing HTTP/1.1\r\nHost: x\r\n\r\n", http.StatusNotFound},
		{"HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http.StatusBadRequest},
		{"an upgrade to HTTP/2", "GET /_tenantry/healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", http.StatusOK},
	} {
		conn := mustDial(t, s, test.text)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || response.StatusCode != test.want {
			t.Errorf("%s: got %v, %v, want %d", test.name, response, err, test.want)
			continue
		}
		response.Body.Close()
	}

	const many = 500
	conn := mustDial(t, s, strings.Repeat("GET /_tenantry/healthz HTTP/1.1\r\nHost: x\r\n\r\n", many))
	reader := bufio.NewReader(conn)
	for i := range many {
		if response, err := http.ReadResponse(reader, nil); err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("pipelined request %d: got %v, %v, want 200", i, response, err)
		} else if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
	}

	// Over TLS HTTP/2 is not on offer, so nobody can reset streams.
	secure := tls.Client(mustDial(t, s, ""), &tls.Config{ServerName: "localhost", InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}})
	if err := secure.HandshakeContext(t.Context()); err != nil || secure.ConnectionState().NegotiatedProtocol != "http/1.1" {
		t.Errorf("TLS: got %q, %v, want http/1.1", secure.ConnectionState().NegotiatedProtocol, err)
	}
}

// TestIdleConnections opens ten thousand of them, or as many as the system allows both ends in one process, and asks what they cost.
func TestIdleConnections(t *testing.T) {
	const most = 64 << 10 // bytes each, both ends together
	n := min(10000, mustFiles(t)/2-500)
	s := mustOpen(t, server.Config{Timeouts: server.Timeouts{Idle: time.Hour}, MaxConnections: n + 100})
	answer := make([]byte, 4<<10)
	before := inUse()
	for i := range n {
		conn := mustDial(t, s, "GET /_tenantry/healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if read, err := conn.Read(answer); err != nil || !strings.HasPrefix(string(answer[:read]), "HTTP/1.1 200 ") {
			t.Fatalf("connection %d: got %q, %v", i, answer[:read], err)
		}
	}
	each := (inUse() - before) / int64(n)
	t.Logf("%d idle connections: %d bytes each", n, each)
	if each > most {
		t.Errorf("an idle connection costs %d bytes, want at most %d", each, most)
	}
	if status, body := create(t, s, mustAppToken(t, s), "1", "beside.onmicrosoft.com"); status != http.StatusCreated {
		t.Errorf("beside them: got %d %s, want 201", status, body)
	}
}

// inUse is the memory that live things take.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// TestConnectionLimit opens more connections than there may be: each is served, in the place of one that is idle.
func TestConnectionLimit(t *testing.T) {
	s := mustOpen(t, server.Config{MaxConnections: 4})
	for i := range 20 {
		for {
			conn := mustDial(t, s, "")
			_, err := io.WriteString(conn, "GET /_tenantry/healthz HTTP/1.1\r\nHost: x\r\n\r\n")
			if err == nil {
				var response *http.Response
				if response, err = http.ReadResponse(bufio.NewReader(conn), nil); err == nil {
					if response.StatusCode != http.StatusOK {
						t.Errorf("connection %d: got %d, want 200", i, response.StatusCode)
					}
					break
				}
			}
			// Refused: the last ones are answered, but not idle yet.
		}
	}
	http.DefaultClient.CloseIdleConnections()
	_, metrics := mustSend(t, http.MethodGet, s.URL()+"/_tenantry/metrics", "", "")
	if text := string(metrics); !strings.Contains(text, "\ntenantry_connections 4\n") && !strings.Contains(text, "\ntenantry_connections 5\n") || strings.Contains(text, "\ntenantry_connections_evicted_total 0\n") {
		t.Errorf("got no evicted connections, or more than there may be:\n%s", text[strings.Index(text, "\ntenantry_connections"):])
	}
}

// mustFiles is how many files this process may have open.
func mustFiles(t *testing.T) int {
	t.Helper()
	files, ok := server.MaxFiles()
	if !ok {
		return 1 << 20
	}
	return files
}
