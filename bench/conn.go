package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// conn is one kept-alive connection. It knows as much of HTTP as the answers need, because what the load
// generator spends is taken from the servers: all of them share one machine.
type conn struct {
	net.Conn
	buf        []byte
	retryAfter time.Duration // of the last answer, if that was a 503
}

func dial(ctx context.Context, addr string, deadline time.Time) (*conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := c.SetDeadline(deadline); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &conn{Conn: c, buf: make([]byte, 16<<10)}, nil
}

// do sends a request and reads its answer. The body is valid until the next call.
func (c *conn) do(request []byte) (status int, body []byte, err error) {
	if _, err := c.Write(request); err != nil {
		return 0, nil, err
	}
	var (
		n int // bytes read
		h head
	)
	for h.size == 0 || n < h.size+h.length {
		if n == len(c.buf) {
			c.buf = append(c.buf, make([]byte, len(c.buf))...)
		}
		more, err := c.Read(c.buf[n:])
		if err != nil {
			return 0, nil, fmt.Errorf("after %d bytes of the answer: %w", n, err)
		}
		n += more
		if h.size == 0 {
			if h, err = parseHead(c.buf[:n]); err != nil {
				return 0, nil, err
			}
		}
	}
	if n > h.size+h.length {
		return 0, nil, fmt.Errorf("the answer goes on after its end: %q", c.buf[h.size+h.length:n])
	}
	c.retryAfter = time.Duration(h.retryAfter) * time.Second
	return h.status, c.buf[h.size:n], nil
}

// expect is do for an answer that must have the status.
func (c *conn) expect(request []byte, status int) (body []byte, err error) {
	got, body, err := c.do(request)
	if err == nil && got != status {
		err = unexpected(got, status, body)
	}
	return body, err
}

func unexpected(got, want int, body []byte) error {
	return fmt.Errorf("answered %d instead of %d: %s", got, want, body)
}

// head is what an answer says before its body.
type head struct {
	size       int // with the empty line; zero if it is not complete yet
	status     int
	length     int
	retryAfter int // seconds; read from a 503 only
}

func parseHead(b []byte) (head, error) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return head{}, nil
	}
	line, fields, _ := bytes.Cut(b[:end], []byte("\r\n"))
	h := head{size: end + 4}
	rest, ok := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	if !ok || len(rest) < 3 {
		return head{}, fmt.Errorf("not an HTTP/1.1 status line: %q", line)
	}
	if h.status, ok = decimal(rest[:3]); !ok {
		return head{}, fmt.Errorf("no status in %q", line)
	}
	found := false
	for len(fields) > 0 {
		var field []byte
		field, fields, _ = bytes.Cut(fields, []byte("\r\n"))
		name, value, _ := bytes.Cut(field, []byte(":"))
		if h.status == http.StatusServiceUnavailable && bytes.EqualFold(name, []byte("Retry-After")) {
			h.retryAfter, _ = decimal(bytes.TrimSpace(value)) // a date is none
		}
		if len(name) != len("Content-Length") || !bytes.EqualFold(name, []byte("Content-Length")) {
			continue
		}
		if h.length, ok = decimal(bytes.TrimSpace(value)); !ok {
			return head{}, fmt.Errorf("no length in %q", field)
		}
		if found = true; h.status != http.StatusServiceUnavailable {
			return h, nil
		}
	}
	if found {
		return h, nil
	}
	return head{}, fmt.Errorf("no Content-Length in %q", b[:end])
}

func decimal(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

type customerID [idWidth]byte

// firstID returns the value of the first member "id" of a customer, which is the customer's own.
func firstID(body []byte) (id customerID, err error) {
	_, rest, _ := bytes.Cut(body, []byte(`"id"`))
	rest = bytes.TrimLeft(rest, ": \r\n\t")
	if len(rest) < idWidth+2 || rest[0] != '"' || rest[idWidth+1] != '"' {
		return id, fmt.Errorf("no id in the answer %q", body)
	}
	copy(id[:], rest[1:])
	return id, nil
}
