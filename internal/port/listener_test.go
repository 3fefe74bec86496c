package port_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenantry/tenantry/internal/port"
)

// pipes is a net.Listener whose connections and errors the test hands over. In
// a synctest bubble its deadlines are on the bubble's clock, and a goroutine
// that is left over fails the test.
type pipes struct {
	next chan any // a net.Conn or an error
	done chan struct{}
}

func newPipes() *pipes { return &pipes{next: make(chan any), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case v := <-p.next:
		if err, ok := v.(error); ok {
			return nil, err
		}
		return v.(net.Conn), nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return nil }

// dial returns the client's end of a new connection.
func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.next <- server
	return client
}

// accept runs Accept and says what came of it.
func accept(l *port.Listener) <-chan any {
	got := make(chan any, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			got <- err
			return
		}
		got <- c
	}()
	return got
}

func TestSilentConnection(t *testing.T) {
	for _, tt := range []struct {
		name    string
		timeout time.Duration
		want    time.Duration
	}{
		{"default", 0, port.DefaultTimeout},
		{"configured", 3 * time.Second, 3 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPipes()
				l := &port.Listener{Listener: p, Timeout: tt.timeout}
				defer l.Close()
				got := accept(l)
				begin := time.Now()
				silent := p.dial()

				talker := p.dial()
				go io.WriteString(talker, "G")
				c, ok := (<-got).(net.Conn)
				if !ok || time.Since(begin) != 0 {
					t.Fatalf("the other connection had to wait: got %v after %v", c, time.Since(begin))
				}
				defer c.Close()

				if _, err := silent.Read(make([]byte, 1)); err != io.EOF {
					t.Errorf("silent connection: got %v, want %v", err, io.EOF)
				}
				if got := time.Since(begin); got != tt.want {
					t.Errorf("silent connection closed after %v, want %v", got, tt.want)
				}

				// The deadline was for the first byte, not for the ones after it.
				go func() { time.Sleep(time.Hour); io.WriteString(talker, "ET") }()
				b := make([]byte, 3)
				if _, err := io.ReadFull(c, b); err != nil || string(b) != "GET" {
					t.Errorf("got %q, %v, want %q", b, err, "GET")
				}
			})
		})
	}
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		l := &port.Listener{Listener: p}
		first := accept(l)
		talker := p.dial()
		go io.WriteString(talker, "G")
		served := (<-first).(net.Conn)

		second := accept(l)
		silent := p.dial()
		synctest.Wait()
		begin := time.Now()
		if err := l.Close(); err != nil || time.Since(begin) != 0 {
			t.Fatalf("Close: got %v after %v, want no error at once", err, time.Since(begin))
		}
		if got := <-second; got != net.ErrClosed {
			t.Errorf("waiting Accept: got %v, want %v", got, net.ErrClosed)
		}
		if _, err := l.Accept(); err != net.ErrClosed {
			t.Errorf("later Accept: got %v, want %v", err, net.ErrClosed)
		}
		if _, err := silent.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("connection without a byte: got %v, want %v", err, io.EOF)
		}
		late, end := net.Pipe()
		l.Add(end, nil)
		if _, err := late.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("connection added later: got %v, want %v", err, io.EOF)
		}

		go io.WriteString(talker, "ET")
		b := make([]byte, 3)
		if _, err := io.ReadFull(served, b); err != nil || string(b) != "GET" {
			t.Errorf("connection that was accepted: got %q, %v, want %q", b, err, "GET")
		}
	})
}

func TestCloseUnaccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		l := &port.Listener{Listener: p}
		first := accept(l)
		a, b := p.dial(), p.dial()
		go io.WriteString(a, "G")
		go io.WriteString(b, "G")
		(<-first).(net.Conn).Close()
		synctest.Wait() // the other has sent its byte and nobody accepts it
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		for _, c := range []net.Conn{a, b} {
			if _, err := c.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("got %v, want %v", err, io.EOF)
			}
		}
	})
}

func TestCloseBeforeAccept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &port.Listener{Listener: newPipes()}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Accept(); err != net.ErrClosed {
			t.Errorf("got %v, want %v", err, net.ErrClosed)
		}
	})
}

func TestAcceptErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		l := &port.Listener{Listener: p}
		defer l.Close()
		want := errors.New("too many open files")
		for range 2 {
			got := accept(l)
			p.next <- want
			if err := <-got; err != want {
				t.Fatalf("got %v, want %v", err, want)
			}
		}
		got := accept(l)
		go io.WriteString(p.dial(), "G")
		c, ok := (<-got).(net.Conn)
		if !ok {
			t.Fatalf("after the errors: got %v, want a connection", c)
		}
		c.Close()
	})
}

func TestConnection(t *testing.T) {
	l := &port.Listener{Listener: MustListen(t)}
	defer l.Close()
	client := MustDial(t, l.Addr().String())
	if _, err := io.WriteString(client, "GET"); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if below, ok := c.(interface{ NetConn() net.Conn }).NetConn().(*net.TCPConn); !ok {
		t.Errorf("below: got %T, want a *net.TCPConn", below)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("after CloseWrite: got %v, want %v", err, io.EOF)
	}
	b := make([]byte, 3)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "GET" {
		t.Errorf("got %q, %v, want %q", b, err, "GET")
	}
	one := []byte("x")
	if n := testing.AllocsPerRun(100, func() {
		_, _ = client.Write(one)
		_, _ = c.Read(b)
	}); n != 0 {
		t.Errorf("a read allocates %v times, want 0", n)
	}
	if !strings.HasPrefix(c.RemoteAddr().String(), "127.0.0.1:") {
		t.Errorf("remote address: got %v, want the client's", c.RemoteAddr())
	}
}
