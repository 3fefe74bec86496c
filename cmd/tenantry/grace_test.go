package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// underWay is a request whose handler waits for the rest of its body: the 100 Continue says that it does.
func underWay(t *testing.T, url string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_, err = io.WriteString(conn, "POST /common/oauth2/token HTTP/1.1\r\nHost: localhost\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusContinue {
		t.Fatalf("got %v, %v, want 100 Continue", answer, err)
	}
	return conn, reader
}

// serve starts a server and returns when it is ready.
func serve(t *testing.T) (*process, string) {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	p := launch(check, t.TempDir(), os.Environ(), []string{"serve", "--store", "sqlite:tenantry.db", "--listen", "127.0.0.1:0"})
	t.Cleanup(p.kill)
	if !p.ready() {
		t.Fatalf("not ready: %s", p.stderr)
	}
	return p, address.FindString(p.stdout.String())
}

// interrupt sends the signal and returns when the server takes no more connections.
func interrupt(t *testing.T, p *process, url string) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			return
		}
		conn.Close()
	}
}

func TestRequestsUnderWayEndInPeace(t *testing.T) {
	p, url := serve(t)
	conn, reader := underWay(t, url)
	interrupt(t, p, url)
	if _, err := io.WriteString(conn, "a=b"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusBadRequest {
		t.Errorf("got %v, %v, want the token endpoint's answer, 400", answer, err)
	}
	if err := p.wait(); err != nil {
		t.Errorf("got %v, want exit code 0: %s", err, p.stderr)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	p, url := serve(t)
	underWay(t, url)
	interrupt(t, p, url)
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ended := (*exec.ExitError)(nil)
	err := p.wait()
	if !errors.As(err, &ended) {
		t.Fatalf("got %v, want the end by a signal", err)
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signal() != syscall.SIGINT {
		t.Errorf("got %v, want the end by an interrupt", err)
	}
}
