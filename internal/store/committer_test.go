package store

import (
	"errors"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

// TestFullQueue refuses a write that would have to wait for a place in the queue, and has done nothing then.
func TestFullQueue(t *testing.T) {
	d, err := sqliteDialect(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	c := newCommitter(&connection{dialect: d}, nil, func(int) {}, nil) // its loop does not run
	for range cap(c.queue) {
		c.queue <- &write{}
	}
	err = c.do(t.Context(), func(*tx) error { t.Error("the write ran"); return nil })
	if !errors.Is(err, csp.ErrOverloaded) || !errors.Is(err, csp.ErrUnavailable) {
		t.Errorf("got %v, want ErrOverloaded, which is an ErrUnavailable", err)
	}
}
