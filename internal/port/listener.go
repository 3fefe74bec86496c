package port

import (
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// DefaultTimeout is how long a client may take over its first byte.
const DefaultTimeout = 10 * time.Second

// recordHandshake is the content type of a TLS handshake record (RFC 8446,
// section 5.1). No HTTP method begins with it.
const recordHandshake = 0x16

// Listener accepts TLS and plain connections from one net.Listener. Accept
// returns a *tls.Conn, which is the type that net/http looks for before it
// fills Request.TLS, or a plain connection.
//
// Only the first byte is waited for here, and never by Accept. What follows it,
// a handshake or a request header, is timed by http.Server.ReadHeaderTimeout,
// which the caller should set.
type Listener struct {
	net.Listener               // where connections come from
	TLS          *tls.Config   // nil: everything is plain
	Timeout      time.Duration // for the first byte; zero is DefaultTimeout

	init, start sync.Once
	ready       chan accepted
	done        chan struct{} // closed by Close
	wg          sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	waiting map[*conn]struct{} // have not sent their first byte
}

var _ net.Listener = (*Listener)(nil)

type accepted struct {
	conn net.Conn
	err  error
}

// Accept returns the next connection whose first byte is known. The first call
// starts accepting. Errors of the underlying listener are passed on one for
// one, so that http.Server waits a little after a temporary one; after Close
// the error is net.ErrClosed.
func (l *Listener) Accept() (net.Conn, error) {
	l.init.Do(l.setup)
	l.start.Do(func() { l.track(nil, l.acceptAll) })
	select {
	case a := <-l.ready:
		return a.conn, a.err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Add has Accept return a connection that did not come from the underlying
// listener, once its first byte is known: the inside of a CONNECT tunnel, which
// may be either kind again. The bytes in read were already taken from c and
// come first; Add keeps the slice. If the listener is closed, so is c.
func (l *Listener) Add(c net.Conn, read []byte) {
	l.init.Do(l.setup)
	pc := &conn{Conn: c, ahead: read}
	if !l.track(pc, func() { l.sniff(pc) }) {
		c.Close()
	}
}

// Close closes the underlying listener and every connection that Accept has
// not returned, and waits until nothing of the listener runs any more.
func (l *Listener) Close() error {
	l.init.Do(l.setup)
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.done)
	}
	for c := range l.waiting {
		c.Close()
	}
	l.mu.Unlock()
	err := l.Listener.Close()
	l.wg.Wait()
	return err
}

func (l *Listener) setup() {
	l.ready = make(chan accepted)
	l.done = make(chan struct{})
	l.waiting = make(map[*conn]struct{})
	if l.Timeout == 0 {
		l.Timeout = DefaultTimeout
	}
}

// track runs f in a goroutine that Close waits for, after it closed c. It
// reports false, and runs nothing, if Close came first.
func (l *Listener) track(c *conn, f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	if c != nil {
		l.waiting[c] = struct{}{}
	}
	l.wg.Go(f)
	return true
}

func (l *Listener) acceptAll() {
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			l.Add(c, nil)
			continue
		}
		if !l.hand(accepted{err: err}) {
			return
		}
	}
}

// sniff waits for the first byte of c and hands c to Accept as what it is.
func (l *Listener) sniff(c *conn) {
	first, err := c.peek(l.Timeout)
	l.mu.Lock()
	delete(l.waiting, c)
	l.mu.Unlock()
	if err != nil {
		c.Close() // silent, or gone: there is nobody to tell
		return
	}
	a := accepted{conn: c}
	if first == recordHandshake && l.TLS != nil {
		a.conn = tls.Server(c, l.TLS)
	}
	if !l.hand(a) {
		c.Close()
	}
}

// hand gives a to Accept, or reports false if the listener is closed.
func (l *Listener) hand(a accepted) bool {
	select {
	case l.ready <- a:
		return true
	case <-l.done:
		return false
	}
}
