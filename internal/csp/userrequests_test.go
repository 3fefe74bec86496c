package csp_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// recorder is a store as far as the log of users' calls knows it.
type recorder struct {
	csp.Store
	written chan int
}

func (r *recorder) RecordUserRequests(_ context.Context, requests []*csp.UserRequest) error {
	r.written <- len(requests)
	return nil
}

// TestUserRequestLog writes what was added within a second at once, no more than it can hold, and the rest at its end.
func TestUserRequestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &recorder{written: make(chan int, 10)}
		log := csp.NewUserRequestLog(store, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { log.Run(ctx); close(ended) }()
		start := time.Now()
		for range 20_000 {
			log.Add(&csp.UserRequest{})
		}
		if got := <-store.written; got != 10_000 || time.Since(start) != time.Second {
			t.Errorf("wrote %d after %v, want 10000 after a second", got, time.Since(start))
		}
		log.Add(&csp.UserRequest{})
		cancel()
		<-ended
		if got := <-store.written; got != 1 {
			t.Errorf("wrote %d at the end, want the last one", got)
		}
	})
}
