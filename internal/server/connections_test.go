package server

import (
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/tenantry/tenantry/internal/port"
)

// piped is a listener whose connections come from a channel.
type piped chan net.Conn

func (p piped) Accept() (net.Conn, error) {
	if conn, ok := <-p; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}
func (p piped) Close() error   { return nil }
func (p piped) Addr() net.Addr { return nil }

// TestConnections follows connections through their states.
func TestConnections(t *testing.T) {
	incoming := make(piped, 8)
	c := newConnections(incoming, 2)
	dial := func() net.Conn {
		near, far := net.Pipe()
		incoming <- far
		return near
	}
	accept := func() net.Conn {
		t.Helper()
		conn, err := c.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	want := func(when string, want connectionCount) {
		t.Helper()
		if got := c.count(); got != want {
			t.Errorf("%s: got %+v, want %+v", when, got, want)
		}
	}
	closed := func(what string, near net.Conn) {
		t.Helper()
		if _, err := near.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%s: got %v, want it closed", what, err)
		}
	}

	nearA, nearB := dial(), dial()
	a, b := accept(), accept()
	for _, conn := range []net.Conn{a, b} {
		c.state(conn, http.StateNew)
		c.state(conn, http.StateActive)
	}
	want("two at work", connectionCount{open: 2})

	// Nobody is idle: the third is sent away; the fourth comes when one has gone.
	nearC := dial()
	next := make(chan net.Conn)
	go func() { next <- accept() }()
	closed("the third", nearC)
	want("a third", connectionCount{open: 2, refused: 1})
	b.Close()
	b.Close() // twice, as net/http does
	c.state(b, http.StateClosed)
	closed("the second", nearB)
	dial()
	d := <-next
	want("one went and another came", connectionCount{open: 2, refused: 1})

	// Both are idle, the fourth longer, as the first was at work again in between.
	c.state(a, http.StateIdle)
	c.state(d, http.StateIdle)
	c.state(a, http.StateActive)
	c.state(a, http.StateIdle)
	nearE := dial()
	e := accept()
	want("one more", connectionCount{open: 2, refused: 1, evicted: 1})
	go nearA.Write([]byte("x"))
	if _, err := a.Read(make([]byte, 1)); err != nil {
		t.Errorf("the first, idle for less long: got %v, want it open", err)
	}
	if _, err := d.Read(make([]byte, 1)); err == nil {
		t.Error("the fourth is open, want it evicted")
	}
	c.state(d, http.StateClosed)
	e.Close()
	closed("the fifth", nearE)
	want("one left", connectionCount{open: 1, refused: 1, evicted: 1})
	close(incoming)
	if _, err := c.Accept(); err != net.ErrClosed {
		t.Errorf("the listener's own error: got %v, want %v", err, net.ErrClosed)
	}
}

// exhausted is a listener of a process that has too many files open, for a while.
type exhausted struct {
	net.Listener
	failures atomic.Int32
}

func (e *exhausted) Accept() (net.Conn, error) {
	if e.failures.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return e.Listener.Accept()
}

// TestTooManyFiles serves on when connections cannot be accepted for a while.
func TestTooManyFiles(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	flaky := &exhausted{Listener: tcp}
	flaky.failures.Store(3)
	connections := newConnections(flaky, 10)
	server := &http.Server{ConnState: connections.state, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(&port.Listener{Listener: connections}) }()
	response, err := http.Get("http://" + tcp.Addr().String())
	if err != nil || response.StatusCode != http.StatusNoContent {
		t.Errorf("got %v, %v, want 204", response, err)
	} else {
		response.Body.Close()
	}
	if got := flaky.failures.Load(); got >= 0 {
		t.Errorf("%d failures were not met", got)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != http.ErrServerClosed {
		t.Errorf("got %v, want %v", err, http.ErrServerClosed)
	}
}
