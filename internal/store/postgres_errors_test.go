package store

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// TestDatabaseInTrouble has PostgreSQL answer a write by what it says of its own state. The callers are told to come back; an error
// that is ours stays one.
func TestDatabaseInTrouble(t *testing.T) {
	for code, busy := range map[string]bool{
		"53100": true,  // the disk is full
		"53200": true,  // out of memory
		"53300": true,  // too many connections
		"55P03": true,  // a lock is not to be had
		"57014": true,  // somebody has cancelled it
		"58030": true,  // a disk fails
		"22012": false, // a division by zero
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			url := postgrestest.Newest(t).NewDatabase(t)
			var troubles []error
			db, err := Open(t.Context(), url, Options{Troubled: func(err error) { troubles = append(troubles, err) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			mustExec(t, url, `
				CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '`+code+`'; END $$;
				CREATE TRIGGER refuse BEFORE INSERT ON settings EXECUTE FUNCTION refuse()`)
			for range 2 {
				if _, err := db.Claim(t.Context(), "a", "b"); err == nil || errors.Is(err, csp.ErrUnavailable) != busy {
					t.Errorf("a write: got %v, want unavailable: %v", err, busy)
				}
			}
			mustExec(t, url, `DROP TRIGGER refuse ON settings`)
			if value, err := db.Claim(t.Context(), "a", "b"); err != nil || value != "b" {
				t.Errorf("a write afterwards: got %q, %v", value, err)
			}
			want := 0
			if code == diskFull {
				want = 2 // that writes are refused, and that they are not any more
			}
			if len(troubles) != want {
				t.Errorf("told of %v, want %d", troubles, want)
			}
		})
	}
}

// mustExec runs statements on a connection of their own.
func mustExec(t *testing.T, url, statements string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statements); err != nil {
		t.Fatal(err)
	}
}
