package web

import (
	"container/list"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Gate bounds how many requests are worked on at once. What comes beyond stands in line, for a short time; then it is refused
// and told when to come back. So the line is never longer than what can be done in that time, and who comes back at once after
// a refusal does not get the server to do nothing but refuse.
//
// A request counts while the server works on it, and not while it waits for the client: for more of the body, or for somebody
// to take the answer. So who sends or reads slowly keeps nobody out. It also means that requests whose bodies were on their way
// when the gate filled up are let through; what they cost more of than processors has a bound of its own.
//
// A nil gate lets everybody through.
type Gate struct {
	Limit int           // of requests
	Wait  time.Duration // in line, at most; zero: there is none
	Busy  error         // what the others are refused with

	mu      sync.Mutex
	working int
	refused int
	line    list.List // of chan struct{}, which is closed when the place is there
}

// GateState is how a gate is doing.
type GateState struct {
	Working, Waiting int
	Refused          int // so far
}

// State is how the gate is doing.
func (g *Gate) State() GateState {
	g.mu.Lock()
	defer g.mu.Unlock()
	return GateState{g.working, g.line.Len(), g.refused}
}

// Admit is the handler behind the gate.
func (g *Gate) Admit(next Handler) Handler {
	if g == nil {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if !g.enter(r.Context()) {
			return g.refuse(w, r)
		}
		v := &visit{ResponseWriter: w, ReadCloser: r.Body, request: r, gate: g, inside: true}
		defer v.leave()
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = v
		}
		return next(v, r)
	}
}

// enter reports whether there is a place, or one came in time.
func (g *Gate) enter(ctx context.Context) bool {
	g.mu.Lock()
	if g.working < g.Limit && g.line.Len() == 0 {
		g.working++
		g.mu.Unlock()
		return true
	}
	if g.Wait <= 0 {
		g.mu.Unlock()
		return false
	}
	place := make(chan struct{})
	element := g.line.PushBack(place)
	g.mu.Unlock()

	patience := time.NewTimer(g.Wait)
	defer patience.Stop()
	select {
	case <-place:
		return true
	case <-patience.C:
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-place: // at the last moment
		return true
	default:
		g.line.Remove(element)
		return false
	}
}

// leave gives places to who waits for them.
func (g *Gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.working--
	for g.working < g.Limit && g.line.Len() > 0 {
		g.working++
		close(g.line.Remove(g.line.Front()).(chan struct{}))
	}
}

// enterAgain is for who was inside and has only left to wait for the client.
func (g *Gate) enterAgain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.working++
}

// waitedFor is the longest body that a refusal waits for.
const waitedFor = 16 << 10

// refuse sends a request away for one to three seconds: if all came back at once they would meet the same again.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request) error {
	g.mu.Lock()
	seconds := 1 + g.refused%3
	g.refused++
	g.mu.Unlock()
	w.Header()["Retry-After"] = []string{strconv.Itoa(seconds)}
	// net/http throws a body away before it sends the answer, so that the connection can be used again. That is right for one
	// that came with the header; a longer one is not waited for. (Full duplex would send the answer first in any case, but
	// net/http, as of Go 1.26, loses the connection when the handler leaves the body unread.)
	if r.ContentLength < 0 || r.ContentLength > waitedFor {
		w.Header()["Connection"] = []string{"close"}
	}
	return g.Busy
}

// ComeBack tells who is answered 503 to come back in a second, unless that was said already.
func ComeBack(w http.ResponseWriter) {
	if header := w.Header(); header["Retry-After"] == nil {
		header["Retry-After"] = []string{"1"}
	}
}

// visit is a request behind the gate: its body, and the writer of its answer. One goroutine has it.
type visit struct {
	http.ResponseWriter
	io.ReadCloser
	request *http.Request
	gate    *Gate
	inside  bool // it counts
}

// leave also gives net/http its own body back: it looks there whether a client still waits to be asked for one (Expect:
// 100-continue), and would else read what nobody wants.
func (v *visit) leave() {
	if v.inside {
		v.inside = false
		v.request.Body = v.ReadCloser
		v.gate.leave()
	}
}

// Read implements [io.Reader] for the body.
func (v *visit) Read(p []byte) (int, error) {
	if v.inside {
		v.gate.leave()
		defer v.gate.enterAgain()
	}
	return v.ReadCloser.Read(p)
}

// WriteHeader implements [http.ResponseWriter].
func (v *visit) WriteHeader(status int) {
	v.leave()
	v.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (v *visit) Write(p []byte) (int, error) {
	v.leave()
	return v.ResponseWriter.Write(p)
}

// Unwrap lets [http.ResponseController] through.
func (v *visit) Unwrap() http.ResponseWriter { return v.ResponseWriter }
