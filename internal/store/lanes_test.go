package store

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// TestOneLane has two servers make rows of the same numbers: the later tries others until it finds free ones.
func TestOneLane(t *testing.T) {
	url := postgrestest.Newest(t).NewDatabase(t)
	now := time.Now()
	var servers []*DB
	for range 2 {
		db, err := Open(t.Context(), url, Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.rows.Lane = 7
		servers = append(servers, db)
	}
	for i, db := range servers {
		for j := range 5 {
			call := csp.NewCall(csp.ID{}, "POST", "/", fmt.Sprint(i, j), nil)
			if _, err := db.once(t.Context(), call, func(*tx) ([]byte, error) { return []byte("{}"), nil }); err != nil {
				t.Errorf("server %d, call %d: %v", i+1, j+1, err)
			}
		}
	}
}

// TestForgetByMany has four servers drop the same old answers at once, while one goes on answering: each goes once, and nobody fails.
func TestForgetByMany(t *testing.T) {
	const calls = 2300
	url := postgrestest.Newest(t).NewDatabase(t)
	open := func() *DB {
		db, err := Open(t.Context(), url, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
	places := make(chan struct{}, maxBatch/2) // fewer than the store lets wait
	answer := func(db *DB, name string) {
		places <- struct{}{}
		defer func() { <-places }()
		_, err := db.once(t.Context(), csp.NewCall(csp.ID{}, "POST", "/", name, nil), func(*tx) ([]byte, error) { return []byte("{}"), nil })
		if err != nil {
			t.Error(err)
		}
	}
	first := open()
	var group sync.WaitGroup
	for i := range calls {
		group.Go(func() { answer(first, fmt.Sprint("old ", i)) })
	}
	group.Wait()
	later := time.Now().Add(time.Hour)
	var total atomic.Int64
	for range 4 {
		db := open()
		db.now = func() time.Time { return later }
		group.Go(func() {
			forgotten, err := db.ForgetCalls(t.Context(), time.Minute)
			if err != nil {
				t.Error(err)
			}
			total.Add(int64(forgotten))
		})
	}
	first.rows.StartAfter(csp.OrderAt(later))
	for i := range 50 {
		answer(first, fmt.Sprint("new ", i))
	}
	group.Wait()
	if got := total.Load(); got != calls {
		t.Errorf("%d answers were dropped, want %d", got, calls)
	}
}
