package web_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenantry/tenantry/internal/web"
)

var errBusy = errors.New("busy")

// served is a server behind a gate for one request. What is sent to a path waits there for the channel of that name.
type served struct {
	gate    *web.Gate
	address string
	entered chan string // the path of each request that was let in
	leave   chan struct{}
}

func mustServe(t *testing.T) *served {
	t.Helper()
	s := &served{gate: &web.Gate{Limit: 1, Busy: errBusy}, entered: make(chan string, 8), leave: make(chan struct{})}
	mux := http.NewServeMux()
	route := func(path string, handler web.Handler) web.Route {
		return web.Route{Pattern: path, Handler: s.gate.Admit(func(w http.ResponseWriter, r *http.Request) error {
			s.entered <- path
			return handler(w, r)
		})}
	}
	web.Mount(mux, []web.Route{
		route("/work", func(w http.ResponseWriter, _ *http.Request) error {
			<-s.leave
			_, err := io.WriteString(w, "done")
			return err
		}),
		route("/body", func(w http.ResponseWriter, r *http.Request) error {
			body, err := web.Body(w, r)
			if err == nil {
				s.entered <- string(body)
				<-s.leave
			}
			return err
		}),
		route("/answer", func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusOK)
			s.entered <- "answering"
			<-s.leave
			return nil
		}),
		route("/panic", func(http.ResponseWriter, *http.Request) error { panic("of the handler") }),
	}, func(w http.ResponseWriter, _ *http.Request, err error) {
		if errors.Is(err, errBusy) {
			web.ComeBack(w)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.address = server.Listener.Addr().String()
	return s
}

// send opens a connection, and sends the beginning of a request.
func (s *served) send(t *testing.T, text string, args ...any) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprintf(conn, text, args...); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answer reads the next answer.
func answer(t *testing.T, conn net.Conn) *http.Response {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response
}

func (s *served) wantEntered(t *testing.T, want string) {
	t.Helper()
	if got := <-s.entered; got != want {
		t.Fatalf("got %q at the handler, want %q", got, want)
	}
}

func TestGate(t *testing.T) {
	s := mustServe(t)
	first := s.send(t, "GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
	s.wantEntered(t, "/work")

	// What is beyond is refused for one to three seconds, on a connection that stays good.
	second := s.send(t, "")
	for i, want := range []string{"1", "2", "3", "1"} {
		if _, err := io.WriteString(second, "POST /work HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"); err != nil {
			t.Fatal(err)
		}
		refused := answer(t, second)
		if got := refused.Header.Get("Retry-After"); refused.StatusCode != http.StatusServiceUnavailable || got != want || refused.Close {
			t.Errorf("refusal %d: got %d, Retry-After %q, close %t, want 503, %s, and the connection kept", i, refused.StatusCode, got, refused.Close, want)
		}
	}
	if got := s.gate.State().Refused; got != 4 {
		t.Errorf("got %d refused, want 4", got)
	}
	for _, length := range []string{"Content-Length: 262144", "Transfer-Encoding: chunked", "Expect: 100-continue\r\nContent-Length: 4"} {
		if got := answer(t, s.send(t, "POST /work HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", length)); got.StatusCode != http.StatusServiceUnavailable || !got.Close {
			t.Errorf("%s: got %d, close %t, want 503 without a wait for the body, and the connection closed", length, got.StatusCode, got.Close)
		}
	}
	s.leave <- struct{}{}
	if got := answer(t, first); got.StatusCode != http.StatusOK {
		t.Errorf("who was let in: got %d, want 200", got.StatusCode)
	}

	// A panic leaves the gate as well.
	for range 3 {
		if got := answer(t, s.send(t, "GET /panic HTTP/1.1\r\nHost: x\r\n\r\n")); got.StatusCode != http.StatusInternalServerError {
			t.Errorf("panic: got %d, want 500", got.StatusCode)
		}
		s.wantEntered(t, "/panic")
	}
	// A handler that does not want the body is not made to ask for it.
	unasked := s.send(t, "POST /panic HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
	if got := answer(t, unasked); got.StatusCode != http.StatusInternalServerError {
		t.Errorf("Expect: 100-continue: got %d first, want 500", got.StatusCode)
	}
	if got := s.gate.State().Working; got != 0 {
		t.Errorf("got %d at work in the end, want 0", got)
	}
}

// TestGateWaitsForNobody lets through who comes while others are slow.
func TestGateWaitsForNobody(t *testing.T) {
	s := mustServe(t)
	slowBody := s.send(t, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo")
	s.wantEntered(t, "/body")
	slowReader := s.send(t, "GET /answer HTTP/1.1\r\nHost: x\r\n\r\n")
	s.wantEntered(t, "/answer")
	s.wantEntered(t, "answering")

	working := s.send(t, "GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
	s.wantEntered(t, "/work")
	if got := s.gate.State().Working; got != 1 {
		t.Errorf("got %d at work beside a slow body and a slow reader, want 1", got)
	}
	if _, err := io.WriteString(slowBody, "dy"); err != nil {
		t.Fatal(err)
	}
	s.wantEntered(t, "body")
	if got := s.gate.State().Working; got != 2 {
		t.Errorf("got %d at work when the body is there, want 2", got)
	}
	for range 3 {
		s.leave <- struct{}{}
	}
	for _, conn := range []net.Conn{slowBody, slowReader, working} {
		if got := answer(t, conn); got.StatusCode != http.StatusOK {
			t.Errorf("got %d, want 200", got.StatusCode)
		}
	}
	if got := s.gate.State().Working; got != 0 {
		t.Errorf("got %d at work in the end, want 0", got)
	}
}

// TestLine lets in who waits, in the order in which they came, and refuses who has waited too long or has gone.
func TestLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &web.Gate{Limit: 1, Wait: time.Second, Busy: errBusy}
		leave := make(chan struct{})
		entered := make(chan string, 8)
		send := func(ctx context.Context, name string) chan error {
			done := make(chan error, 1)
			go func() {
				done <- g.Admit(func(http.ResponseWriter, *http.Request) error {
					entered <- name
					<-leave
					return nil
				})(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
			}()
			synctest.Wait()
			return done
		}
		want := func(what string, want web.GateState) {
			t.Helper()
			synctest.Wait()
			if got := g.State(); got != want {
				t.Errorf("%s: got %+v, want %+v", what, got, want)
			}
		}
		first, second := send(t.Context(), "first"), send(t.Context(), "second")
		gone, goAway := context.WithCancel(t.Context())
		third, fourth := send(gone, "third"), send(t.Context(), "fourth")
		want("one works", web.GateState{Working: 1, Waiting: 3})
		goAway()
		if err := <-third; err != errBusy {
			t.Errorf("who has gone: got %v, want %v", err, errBusy)
		}
		leave <- struct{}{}
		want("the second works", web.GateState{Working: 1, Waiting: 1, Refused: 1})
		start := time.Now()
		if err := <-fourth; err != errBusy || time.Since(start) != time.Second {
			t.Errorf("who has waited: got %v after %v, want %v after a second", err, time.Since(start), errBusy)
		}
		leave <- struct{}{}
		for _, done := range []chan error{first, second} {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		close(entered)
		if got := []string{<-entered, <-entered, <-entered}; !slices.Equal(got, []string{"first", "second", ""}) {
			t.Errorf("got %q at work, want the first and the second", got)
		}
		want("the end", web.GateState{Refused: 2})
	})
}

// TestNoGate admits everybody.
func TestNoGate(t *testing.T) {
	called := false
	handler := (*web.Gate)(nil).Admit(func(http.ResponseWriter, *http.Request) error { called = true; return nil })
	if err := handler(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", strings.NewReader("body"))); err != nil || !called {
		t.Errorf("got %v, called %t, want the handler called", err, called)
	}
}
