package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
	"github.com/tenantry/tenantry/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	dir := t.TempDir()
	storetest.Run(t, storetest.Database{Open: func(t *testing.T, name string, now func() time.Time) storetest.Store {
		url := "sqlite:" + filepath.Join(dir, strings.ReplaceAll(name, "/", "_"), "tenantry.db")
		t.Cleanup(func() { mustBeClean(t, url) }) // when it is closed
		return mustOpen(t, url, now)
	}})
}

// madeUp are findings about what the suite makes up where the world above the store would not.
var madeUp = map[string]bool{
	"settings there are partners, and no root key is noted": true,
	"ledger holds what cannot be read":                      true, // answers are any bytes
	"devices is for no application":                         true,
	"families is for no application":                        true,
	"consents is for no application":                        true,
	"second_factors is of no user":                          true,
}

// mustBeClean checks what a test of the suite has left behind.
func mustBeClean(t *testing.T, url string) {
	t.Helper()
	ctx := context.Background() // the test's is over
	upkeep, err := store.OpenUpkeep(ctx, url, "the check of "+t.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer upkeep.Close()
	_, err = upkeep.Check(ctx, func(csp.ID) bool { return false }, func(finding store.Finding) error {
		if !madeUp[finding.Table+" "+finding.Problem] {
			t.Errorf("check: %s %s: %s", finding.Table, finding.Row, finding.Problem)
		}
		return nil
	})
	if err != nil {
		t.Errorf("check: %v", err)
	}
}

func TestSQLiteInMemory(t *testing.T) {
	storetest.Run(t, storetest.Database{Forgets: true, Open: func(t *testing.T, _ string, now func() time.Time) storetest.Store {
		return mustOpen(t, "sqlite::memory:", now)
	}})
}

func TestPostgreSQL(t *testing.T) {
	for _, server := range postgrestest.Servers(t) {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			var databases sync.Map // from the name of a store to its URL
			storetest.Run(t, storetest.Database{Open: func(t *testing.T, name string, now func() time.Time) storetest.Store {
				url, ok := databases.Load(name)
				if !ok {
					url = server.NewDatabase(t)
					databases.Store(name, url)
				}
				t.Cleanup(func() { mustBeClean(t, url.(string)) })
				return mustOpen(t, url.(string), now)
			}})
		})
	}
}

func mustOpen(t *testing.T, url string, now func() time.Time) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, store.Options{Now: now, Owner: "the test " + t.Name()})
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

func TestOneOwner(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "tenantry.db")
	first := mustOpen(t, url, nil)
	_, err := store.Open(t.Context(), url, store.Options{Owner: "second"})
	if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "the test TestOneOwner (process ") {
		t.Errorf("a second owner: got %v, want %v with the name of the first", err, store.ErrInUse)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, url, nil)
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "sqlite:", "tenantry.db", "mysql://localhost/x", "sqlite"} {
		if db, err := store.Open(t.Context(), url, store.Options{}); err == nil || !strings.Contains(err.Error(), "sqlite:PATH") {
			t.Errorf("open %q: got %v, %v, want an error that says sqlite:PATH", url, db, err)
		}
	}
}

// TestGroupCommit counts transactions: writes that wait share one.
func TestGroupCommit(t *testing.T) {
	var mu sync.Mutex
	var batches []int
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "tenantry.db"), store.Options{Committed: func(writes int) {
		mu.Lock()
		defer mu.Unlock()
		batches = append(batches, writes)
	}})
	if err != nil {
		t.Fatal(err)
	}
	ids := &csp.IDs{}
	partner := &csp.Partner{ID: ids.New(), Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	if err := db.CreatePartner(t.Context(), partner); err != nil {
		t.Fatal(err)
	}
	const writers = 400
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			id := ids.New().String()
			if _, err := db.CreateCustomer(t.Context(), storetest.NewCreation(ids, partner.ID, id+".onmicrosoft.com")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, writes := range batches {
		total += writes
	}
	if total != writers+1 || len(batches) >= writers/2 {
		t.Errorf("%d writes in %d transactions, want %d in far fewer", total, len(batches), writers+1)
	}
	if _, err := db.CreateCustomer(t.Context(), storetest.NewCreation(ids, partner.ID, "late.onmicrosoft.com")); err == nil {
		t.Error("a write after Close: got no error")
	}
}
