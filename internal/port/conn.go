package port

import (
	"errors"
	"io"
	"net"
	"time"
)

// conn is a connection of which some bytes were read ahead. When those are
// consumed, a Read costs one comparison more than the connection's own.
type conn struct {
	net.Conn
	ahead []byte
}

// peek returns the first byte and leaves it to be read. It takes one byte and
// no more: a larger buffer would save a connection one read(2), and cost every
// silent one the buffer.
//
// The deadline is on the real clock because that is the one the network has.
func (c *conn) peek(timeout time.Duration) (byte, error) {
	if len(c.ahead) == 0 {
		if err := c.SetReadDeadline(time.Now().Add(timeout)); err != nil {
			return 0, err
		}
		first := make([]byte, 1)
		if _, err := io.ReadFull(c.Conn, first); err != nil {
			return 0, err
		}
		c.ahead = first
	}
	return c.ahead[0], c.SetReadDeadline(time.Time{})
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// CloseWrite is what net/http calls after a refusal (400, 431) to a client
// that is still writing; without it the close resets the connection and the
// client may never see the answer.
func (c *conn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return errors.ErrUnsupported
}

// NetConn returns the connection below, as (*tls.Conn).NetConn does, for those
// who must reach its *net.TCPConn (to reset it, say).
func (c *conn) NetConn() net.Conn { return c.Conn }
