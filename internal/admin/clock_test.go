package admin_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/admin"
)

// heldClock stands still unless it is moved.
type heldClock struct{ now, began time.Time }

func (c *heldClock) Now() time.Time                              { return c.now }
func (c *heldClock) Ahead() time.Duration                        { return c.now.Sub(c.began) }
func (c *heldClock) Advance(_ context.Context, by time.Duration) { c.now = c.now.Add(by) }

// TestClock moves a clock in all ways, and in those that are refused: they do not move it.
func TestClock(t *testing.T) {
	began := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := &heldClock{began, began}
	mux := http.NewServeMux()
	(&admin.Handler{Key: key, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Clock: clock}).Mount(mux)
	for _, test := range []struct {
		body, want string
		status     int
	}{
		{`{"by":"90m"}`, `{"now":"2026-05-01T13:30:00Z","ahead":"1h30m0s"}`, http.StatusOK},
		{`{"By":"0s"}`, `{"now":"2026-05-01T13:30:00Z","ahead":"1h30m0s"}`, http.StatusOK},
		{`{"to":"2026-05-02T12:00:00Z"}`, `{"now":"2026-05-02T12:00:00Z","ahead":"24h0m0s"}`, http.StatusOK},
		{`{"to":"2026-05-02T11:59:59Z"}`, "forward only", http.StatusBadRequest},
		{`{"by":"-1s"}`, "forward only", http.StatusBadRequest},
		{`{"by":"1 day"}`, "is no duration", http.StatusBadRequest},
		{`{"by":"87577h"}`, "87600h0m0s at most, and is by 24h0m0s", http.StatusBadRequest},
		{`{"by":"1s","to":"2026-05-03T12:00:00Z"}`, "either by how much or to when", http.StatusBadRequest},
		{`{}`, "either by how much or to when", http.StatusBadRequest},
		{`[]`, "could not be read", http.StatusBadRequest},
	} {
		answer := ask(mux, http.MethodPost, "clock/advance", "Bearer "+key, test.body)
		if answer.Code != test.status || !strings.Contains(answer.Body.String(), test.want) {
			t.Errorf("%s: got %d %s, want %d %s", test.body, answer.Code, answer.Body, test.status, test.want)
		}
	}
	if answer := ask(mux, http.MethodGet, "clock", "Bearer "+key, ""); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), `"2026-05-02T12:00:00Z"`) {
		t.Errorf("after refusals: got %d %s", answer.Code, answer.Body)
	}
	if answer := ask(mux, http.MethodPost, "clock/advance", "Bearer wrong", `{"by":"1h"}`); answer.Code != http.StatusUnauthorized || clock.Ahead() != 24*time.Hour {
		t.Errorf("with another key: got %d %s, %s ahead", answer.Code, answer.Body, clock.Ahead())
	}
}

// TestNoClock asks a server whose clock is the machine's.
func TestNoClock(t *testing.T) {
	handler, _ := surface(t, io.Discard)
	for method, path := range map[string]string{http.MethodGet: "clock", http.MethodPost: "clock/advance"} {
		if answer := ask(handler, method, path, "Bearer "+key, `{"by":"1h"}`); answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), "cannot be moved") {
			t.Errorf("%s: got %d %s", path, answer.Code, answer.Body)
		}
	}
}
