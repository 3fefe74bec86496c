package server

import (
	"container/list"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
)

// gates bound the requests that are worked on, each kind for itself: neither writes that wait for a slow disk nor a flood of
// sign-ins keep reads out. What is Tenantry's own, health and metrics and the admin API, has no gate.
type gates struct{ reads, writes, login *web.Gate }

func newGates(limit int, wait time.Duration) gates {
	gate := func() *web.Gate { return &web.Gate{Limit: limit, Wait: wait, Busy: csp.ErrOverloaded} }
	return gates{reads: gate(), writes: gate(), login: gate()}
}

// spareFiles are those that the process needs beside its connections: stores, logs, webhooks.
const spareFiles = 256

// maxConnections is the setting, or what the system allows.
func (s *Server) maxConnections() int {
	limit := s.config.MaxConnections
	files, ok := maxFiles()
	if !ok || files-spareFiles >= limit {
		return limit
	}
	allowed := max(1, files-spareFiles)
	s.config.Logger.Warn("fewer connections than --max-connections: the system allows this process too few files (ulimit -n)",
		"connections", allowed, "files", files)
	return allowed
}

// connections accepts connections up to a limit. A new one beyond it takes the place of the one that is idle the longest, whose
// client will open another when it needs one; if none is idle, the new one is closed.
type connections struct {
	net.Listener
	limit int

	mu       sync.Mutex
	idle     *list.List // of net.Conn as net/http knows it, the one that is idle the longest first
	elements map[net.Conn]*list.Element
	counted  connectionCount
}

// connectionCount is what becomes of connections.
type connectionCount struct{ open, evicted, refused int }

func newConnections(listener net.Listener, limit int) *connections {
	return &connections{Listener: listener, limit: limit, idle: list.New(), elements: map[net.Conn]*list.Element{}}
}

// Accept implements [net.Listener].
func (c *connections) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c.admit() {
			return &counted{Conn: conn, of: c}, nil
		}
		_ = conn.Close() // nobody to tell
	}
}

// admit counts a new connection, if there is or can be made room for it.
func (c *connections) admit() bool {
	c.mu.Lock()
	var evicted net.Conn
	if c.counted.open >= c.limit {
		oldest := c.idle.Front()
		if oldest == nil {
			c.counted.refused++
			c.mu.Unlock()
			return false
		}
		evicted = c.idle.Remove(oldest).(net.Conn)
		delete(c.elements, evicted)
		c.counted.evicted++
	}
	c.counted.open++
	c.mu.Unlock()
	if evicted != nil {
		_ = below(evicted).Close() // as above
	}
	return true
}

// below is the connection under TLS, which can be closed without a word to a client that may not listen.
func below(conn net.Conn) net.Conn {
	if secure, ok := conn.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return conn
}

// state is told by net/http what a connection does.
func (c *connections) state(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.elements[conn]; ok {
		c.idle.Remove(element)
		delete(c.elements, conn)
	}
	if state == http.StateIdle {
		c.elements[conn] = c.idle.PushBack(conn)
	}
}

// count is what became of connections so far.
func (c *connections) count() connectionCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counted
}

// counted is a connection that gives its place back when it is closed.
type counted struct {
	net.Conn
	of   *connections
	once sync.Once
}

// Close implements [net.Conn].
func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.of.mu.Lock()
		c.of.counted.open--
		c.of.mu.Unlock()
	})
	return err
}

// CloseWrite lets package port's through.
func (c *counted) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
