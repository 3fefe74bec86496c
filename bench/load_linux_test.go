package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestLoad runs short loads on a real echo process, whose memory /proc tells.
func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), echoName)
	if err := compile(t.Context(), path, "github.com/tenantry/tenantry/bench/echo"); err != nil {
		t.Fatal(err)
	}
	echo, err := startEcho(t.Context(), programs{echo: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := echo.stop(); err != nil {
			t.Error(err)
		}
	}()

	for _, o := range []operation{create, get} {
		l := load{server: echo, operation: o, connections: 4, warmup: 20 * time.Millisecond, window: 200 * time.Millisecond}
		m, err := l.run(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", o.name, err)
		}
		if m.rate <= 0 || m.p50 <= 0 || m.p99 < m.p50 || m.peakMemory <= 0 || m.resident < m.peakMemory {
			t.Errorf("%s: got %+v, want something in every field", o.name, m)
		}
	}
	if echo.created == 0 || echo.created != len(echo.ids) {
		t.Errorf("got %d created and %d ids, want as many ids as created", echo.created, len(echo.ids))
	}

	t.Run("fill", func(t *testing.T) {
		before := echo.created
		if err := echo.fill(t.Context(), 100, 4); err != nil {
			t.Fatal(err)
		}
		if echo.created != before+100 || echo.created != len(echo.ids) {
			t.Errorf("got %d created and %d ids, want 100 more than %d", echo.created, len(echo.ids), before)
		}
	})

	t.Run("refused", func(t *testing.T) {
		refusing := refusingServer(t)
		told := make(chan time.Duration, 1)
		l := load{server: &server{process: echo.process, addr: refusing}, operation: create, connections: 1, window: 200 * time.Millisecond,
			stays: func(after time.Duration) time.Duration {
				select {
				case told <- after:
				default:
				}
				return time.Millisecond
			}}
		m, err := l.run(t.Context())
		if err != nil || m.rate <= 0 || m.refused <= 0 || <-told != 2*time.Second {
			t.Errorf("got %+v, %v, want creates and refusals, and Retry-After read", m, err)
		}
	})

	t.Run("unexpected status", func(t *testing.T) {
		o := create
		o.status = 418
		l := load{server: echo, operation: o, connections: 2, window: time.Second}
		_, err := l.run(t.Context())
		if err == nil || !strings.Contains(err.Error(), `answered 201 instead of 418: {"id":`) {
			t.Errorf("got %v, want an error that shows the answer", err)
		}
	})
}

// refusingServer answers every other request 503. It returns its address.
func refusingServer(t *testing.T) string {
	t.Helper()
	var n atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := `{"id":"dfd8cc0a-c592-468c-8461-869a38d24738"}`
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		if n.Add(1)%2 == 1 {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusServiceUnavailable)
		} else {
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
