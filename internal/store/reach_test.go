package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// door is a database that can be reached or not.
type door struct {
	driver.Conn

	mu     sync.Mutex
	closed error
	tries  int
}

func (d *door) dial(ctx context.Context, _ string, first int, _ *atomic.Bool) (driver.Conn, int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries++
	if d.closed != nil {
		d.mu.Unlock()
		defer d.mu.Lock()
		select {
		case <-time.After(5 * time.Second): // as a machine without power
		case <-ctx.Done():
		}
		return nil, 0, d.closed
	}
	return d, first, nil
}

func (d *door) Close() error { return nil }

func (d *door) set(closed error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = closed
}

// TestReach has a database go away. One caller waits to find out, the others are told at once, until it was found again.
func TestReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errAway := errors.New("nobody answers")
		d := &door{closed: errAway}
		r := newReach()
		r.dial = d.dial
		connect := func() (time.Duration, error) {
			start := time.Now()
			_, err := r.connect("", new(atomic.Bool))
			return time.Since(start), err
		}
		if took, err := connect(); !errors.Is(err, errAway) || took != 5*time.Second {
			t.Errorf("the first: got %v after %v", err, took)
		}
		for range 100 {
			if took, err := connect(); !errors.Is(err, errAway) || took != 0 {
				t.Errorf("the others: got %v after %v, want %v at once", err, took, errAway)
			}
		}
		if d.tries != 1 {
			t.Errorf("tried %d times, want once", d.tries)
		}
		d.set(nil)
		time.Sleep(seekEvery)
		synctest.Wait()
		tries := d.tries
		if took, err := connect(); err != nil || took != 0 || d.tries != tries+1 {
			t.Errorf("when it is back: got %v after %v", err, took)
		}

		d.set(errAway)
		if _, err := connect(); !errors.Is(err, errAway) {
			t.Errorf("when it is away again: got %v", err)
		}
		time.Sleep(seekEvery) // it is being looked for
		start := time.Now()
		r.end()
		if took := time.Since(start); took != 0 {
			t.Errorf("the end of the looking took %v", took)
		}
	})
}

// TestNobodyIsLookedForAfterClose closes a store whose replica is not there.
func TestNobodyIsLookedForAfterClose(t *testing.T) {
	db, err := Open(t.Context(), postgrestest.Newest(t).NewDatabase(t), Options{Replica: "postgres://tenantry@127.0.0.1:1/nobody"})
	if err != nil {
		t.Fatal(err)
	}
	reaches := []*reach{db.dialect.reach, db.replica.view.dialect.reach}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	for i, r := range reaches {
		if r.closed.Err() == nil {
			t.Errorf("reach %d goes on", i+1)
		}
	}
}
