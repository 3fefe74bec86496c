package main

import (
	"path/filepath"
	"strings"
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
