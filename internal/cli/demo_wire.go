package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// wireTimeout ends an exchange with a server that says nothing.
const wireTimeout = 30 * time.Second

// wireAnswer is an answer as its bytes, and as net/http reads them.
type wireAnswer struct {
	interim []byte // the 100 Continue
	head    []byte
	body    []byte
	*http.Response
}

// exchange sends a request that expects a 100 Continue over a connection of its own, without net/http in between, and
// takes down all that comes back.
func exchange(ctx context.Context, address string, request *wireRequest) (*wireAnswer, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(wireTimeout)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(request.head); err != nil {
		return nil, err
	}
	wire := newWire(conn)
	interim, err := wire.response()
	if err != nil {
		return nil, fmt.Errorf("await 100 Continue: %w", err)
	}
	if interim.StatusCode != http.StatusContinue {
		return nil, fmt.Errorf("the server answered %s before it had the body", interim.Status)
	}
	answer := &wireAnswer{interim: wire.taken()}
	if _, err := conn.Write(request.body); err != nil {
		return nil, err
	}
	if answer.Response, err = wire.response(); err != nil {
		return nil, err
	}
	answer.head = wire.taken()
	if answer.body, err = io.ReadAll(answer.Body); err != nil {
		return nil, err
	}
	return answer, nil
}

// wire reads answers, and keeps the bytes that it has read.
type wire struct {
	reader *bufio.Reader
	bytes  bytes.Buffer
}

func newWire(conn io.Reader) *wire {
	w := &wire{}
	w.reader = bufio.NewReader(io.TeeReader(conn, &w.bytes))
	return w
}

// response reads the head of the next answer.
func (w *wire) response() (*http.Response, error) { return http.ReadResponse(w.reader, nil) }

// taken are the bytes that were read since it was last called, without what lies in the buffer still.
func (w *wire) taken() []byte { return bytes.Clone(w.bytes.Next(w.bytes.Len() - w.reader.Buffered())) }

// shortened is the head with the middle of its token left out, for people to read.
func (r *wireRequest) shortened(token string) string {
	const ends = 12
	short := fmt.Sprintf("%s…%d characters…%s", token[:ends], len(token)-2*ends, token[len(token)-ends:])
	return strings.ReplaceAll(strings.Replace(string(r.head), token, short, 1), "\r\n", "\n")
}

// plain is text from the wire with this machine's line ends.
func plain(text []byte) string { return strings.ReplaceAll(string(text), "\r\n", "\n") }
