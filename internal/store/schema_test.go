package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// migrated is what a newer version does to the schema.
func migrated(t *testing.T, storeURL string, statements ...string) {
	t.Helper()
	d, err := dialectOf(storeURL)
	if err != nil {
		t.Fatal(err)
	}
	source := d.source()
	if d.path != "" {
		source = "file:" + d.path
	}
	pool, err := sql.Open(d.driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for _, statement := range statements {
		if _, err := pool.ExecContext(context.Background(), d.spell(statement)); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestNewerSchema opens a store that a newer version has migrated: this one goes on if that has only added, and says so and stops if not.
func TestNewerSchema(t *testing.T) {
	added := []string{
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`,
		`ALTER TABLE partners ADD COLUMN later TEXT NOT NULL DEFAULT ''`,
		`CREATE TABLE later (n BIGINT/*rowid*/ PRIMARY KEY)`,
	}
	const raised = `INSERT INTO settings (name, value) VALUES ('oldest schema', '9999')`
	urls := map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "tenantry.db")}
	for _, server := range postgrestest.Servers(t) {
		urls[server.Name] = server.NewDatabase(t)
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			open := func() *DB {
				t.Helper()
				db, err := Open(ctx, url, Options{})
				if err != nil {
					t.Fatal(err)
				}
				return db
			}
			db := open()
			if !db.Shared() { // one server at a time
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			migrated(t, url, added...)
			if db.Shared() {
				addPartner(t, db, "contoso") // the older one runs on
			}
			again := open()
			addPartner(t, again, "fabrikam")
			if err := again.Compatible(ctx); err != nil {
				t.Errorf("a schema with additions: got %v", err)
			}
			if !again.Shared() {
				if err := again.Close(); err != nil {
					t.Fatal(err)
				}
			}

			migrated(t, url, raised)
			if again.Shared() {
				if err := again.Compatible(ctx); !errors.Is(err, ErrTooNew) {
					t.Errorf("while it runs: got %v, want %v", err, ErrTooNew)
				}
				if err := errors.Join(db.Close(), again.Close()); err != nil {
					t.Error(err)
				}
			}
			if db, err := Open(ctx, url, Options{}); !errors.Is(err, ErrTooNew) || !strings.Contains(err.Error(), "it asks for version 9999") {
				t.Errorf("open: got %v, %v, want %v", db, err, ErrTooNew)
			}
		})
	}
}

func addPartner(t *testing.T, db *DB, name string) {
	t.Helper()
	err := db.CreatePartner(t.Context(), &csp.Partner{ID: (&csp.IDs{}).New(), Name: name, Domain: name + ".onmicrosoft.com", Kind: csp.DirectReseller})
	if err != nil {
		t.Errorf("partner %s: %v", name, err)
	}
}

// takesAway is in a migration after which servers that do not know it may fail.
var takesAway = regexp.MustCompile(`(?i)\b(DROP|RENAME|UPDATE|DELETE|ALTER COLUMN)\b|\bADD COLUMN\b[^;]*\bNOT NULL\b`)

var hasDefault = regexp.MustCompile(`(?i)\bADD COLUMN\b[^;]*\bDEFAULT\b`)

// additive reports whether servers that do not know the migration go on beside it.
func additive(text string) bool {
	for _, statement := range strings.Split(regexp.MustCompile(`--.*`).ReplaceAllString(text, ""), ";") {
		if takesAway.MatchString(hasDefault.ReplaceAllString(statement, "")) {
			return false
		}
	}
	return true
}

// TestMigrationsAdd holds migrations to the rule by which two versions run side by side: they only add, or say from which version on
// a server may use what they leave.
func TestMigrationsAdd(t *testing.T) {
	const ruled = 21 // the first that other servers may run beside
	steps, err := migrationSteps()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		if step.version >= ruled && !additive(step.text) && !strings.Contains(step.text, "'"+oldestSchema+"'") {
			t.Errorf("migration %d does not only add: servers of the version before would fail beside it. Let it add, or write its number to the setting %q", step.version, oldestSchema)
		}
	}
	for text, want := range map[string]bool{
		"CREATE TABLE a (n BIGINT NOT NULL); CREATE INDEX b ON a (n); -- DROP": true,
		"ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT ''":                  true,
		"ALTER TABLE a ADD COLUMN b TEXT":                                      true,
		"ALTER TABLE a ADD COLUMN b TEXT NOT NULL":                             false,
		"ALTER TABLE a DROP COLUMN b":                                          false,
		"CREATE TABLE a (n BIGINT); drop table b":                              false,
		"ALTER TABLE a RENAME TO b":                                            false,
	} {
		if got := additive(text); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
	}
}
