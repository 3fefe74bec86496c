package web

import (
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
)

// Gate bounds how many requests are worked on at once. What comes beyond is refused at once, whatever its body, and told
// when to come back: a queue would only make all of them late.
//
// A request counts while the server works on it, and not while it waits for the client: for more of the body, or for somebody
// to take the answer. So who sends or reads slowly keeps nobody out. It also means that requests whose bodies were on their way
// when the gate filled up are let through; what they cost more of than processors has a bound of its own.
//
// A nil gate lets everybody through.
type Gate struct {
	Limit int64 // of requests
	Busy  error // what the others are refused with

	working atomic.Int64
	refused atomic.Int64
}

// Working is how many requests are worked on now.
func (g *Gate) Working() int64 { return g.working.Load() }

// Refused is how many requests were refused so far.
func (g *Gate) Refused() int64 { return g.refused.Load() }

// Admit is the handler behind the gate.
func (g *Gate) Admit(next Handler) Handler {
	if g == nil {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if g.working.Add(1) > g.Limit {
			g.working.Add(-1)
			return g.refuse(w, r)
		}
		v := &visit{ResponseWriter: w, ReadCloser: r.Body, gate: g, inside: true}
		defer v.leave()
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = v
		}
		return next(v, r)
	}
}

// waitedFor is the longest body that a refusal waits for.
const waitedFor = 16 << 10

// refuse sends a request away for one to three seconds: if all came back at once they would meet the same again.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request) error {
	seconds := 1 + (g.refused.Add(1)-1)%3
	w.Header()["Retry-After"] = []string{strconv.FormatInt(seconds, 10)}
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
	gate   *Gate
	inside bool // it counts
}

func (v *visit) leave() {
	if v.inside {
		v.inside = false
		v.gate.working.Add(-1)
	}
}

// Read implements [io.Reader] for the body.
func (v *visit) Read(p []byte) (int, error) {
	if v.inside {
		v.gate.working.Add(-1)
		defer v.gate.working.Add(1)
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
