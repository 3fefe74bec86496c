package store

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// mustBackUp writes a backup of the store that nobody holds.
func mustBackUp(t *testing.T, url, to string) {
	t.Helper()
	upkeep, err := OpenUpkeep(t.Context(), url, "the test")
	if err != nil {
		t.Fatal(err)
	}
	defer upkeep.Close()
	var file bytes.Buffer
	if err := upkeep.Backup(t.Context(), func(int64) (io.Writer, error) { return &file, nil }); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func accept(*BackupFile) error { return nil }

// TestRestore restores beside all that may lie around: nothing, another store, the log of another store.
func TestRestore(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	backup, url := filepath.Join(dir, "backup.db"), "sqlite:"+filepath.Join(dir, "new", "tenantry.db")
	fullWorld(t, "sqlite:"+filepath.Join(dir, "whole.db"))
	mustBackUp(t, "sqlite:"+filepath.Join(dir, "whole.db"), backup)
	var told *BackupFile
	err := Restore(ctx, backup, url, false, func(file *BackupFile) error { told = file; return nil })
	newest, _ := newestMigration()
	if err != nil || *told != (BackupFile{Schema: newest, Customers: 4, Partners: 3, Fingerprint: "fingerprint"}) {
		t.Fatalf("restore: got %+v, %v", told, err)
	}
	path := strings.TrimPrefix(url, "sqlite:")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the restored file: got %v, %v, want mode 0600", info, err)
	}
	if found := mustCheck(t, url); len(found) > 0 {
		t.Errorf("check of the restored store: got %+v", found)
	}

	if err := Restore(ctx, backup, url, false, accept); !errors.Is(err, ErrStoreExists) {
		t.Errorf("over a store: got %v, want %v", err, ErrStoreExists)
	}
	db, err := Open(ctx, url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Restore(ctx, backup, url, true, accept); !errors.Is(err, ErrInUse) {
		t.Errorf("over a store that is in use: got %v, want %v", err, ErrInUse)
	}
	late := &csp.Partner{ID: (&csp.IDs{}).New(), Domain: "late.example", Kind: csp.DirectReseller}
	if err := errors.Join(db.CreatePartner(ctx, late), db.Close()); err != nil {
		t.Fatal(err)
	}
	refusal := errors.New("not this one")
	if err := Restore(ctx, backup, url, true, func(*BackupFile) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("refused: got %v", err)
	}
	if file, err := InspectBackup(ctx, path); err != nil || file.Partners != 4 {
		t.Errorf("after a refusal: got %+v, %v, want the 4 partners that were there", file, err)
	}
	// The log of another store, which SQLite would take for this one's.
	if err := os.WriteFile(path+"-wal", []byte("left over"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Restore(ctx, backup, url, true, accept); err != nil {
		t.Fatal(err)
	}
	if file, err := InspectBackup(ctx, path); err != nil || file.Partners != 3 {
		t.Errorf("restored over a store: got %+v, %v, want 3 partners", file, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "new", "*")); err != nil || len(left) != 2 { // the store and its lock
		t.Errorf("left behind: got %v, %v", left, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "new", ".restore-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: got %v, %v", left, err)
	}
}

// TestRestoreRefuses hands over what is no whole backup. Nothing is made of it.
func TestRestoreRefuses(t *testing.T) {
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup.db")
	fullWorld(t, "sqlite:"+filepath.Join(dir, "whole.db"))
	mustBackUp(t, "sqlite:"+filepath.Join(dir, "whole.db"), backup)
	whole, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		file func() []byte
		want string
	}{
		{"nothing", func() []byte { return nil }, "no store of Tenantry"},
		{"text", func() []byte { return []byte("This is no database, whatever its name may say.") }, "not a database"},
		{"half of it", func() []byte { return whole[:len(whole)/2] }, "malformed"},
		{"without its last page", func() []byte { return whole[:len(whole)-4096] }, "malformed"},
		{"with an index that lacks rows", func() []byte {
			mustBreak(t, backup, `
				PRAGMA writable_schema = ON;
				UPDATE sqlite_schema SET sql = replace(sql, '(partner, customer, n)', '(resource)') WHERE name = 'audit_by_customer'`)
			damaged, err := os.ReadFile(backup)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(backup, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			return damaged
		}, "damaged"},
		{"of a later version", func() []byte {
			mustBreak(t, backup, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
			later, err := os.ReadFile(backup)
			if err != nil {
				t.Fatal(err)
			}
			return later
		}, "a later one"},
	} {
		from, to := filepath.Join(dir, "broken.db"), filepath.Join(dir, "to", "tenantry.db")
		if err := os.WriteFile(from, test.file(), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Restore(t.Context(), from, "sqlite:"+to, false, accept)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if _, err := os.Stat(to); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a store was made of it: %v", test.name, err)
		}
	}
	err = Restore(t.Context(), backup, "postgres://localhost/x", false, accept)
	if err == nil || !strings.Contains(err.Error(), "pg_restore") {
		t.Errorf("to PostgreSQL: got %v", err)
	}
	err = postgresDialect("postgres://localhost/x").backup(t.Context(), nil)
	if !errors.Is(err, partnercenter.ErrNotImplemented) || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("of PostgreSQL: got %v", err)
	}
}

// TestBackupBreaksOff ends a backup by who takes it: the store is as good as before.
func TestBackupBreaksOff(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "tenantry.db")
	fullWorld(t, url)
	db, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	full := errors.New("the disk is full")
	if err := db.Backup(t.Context(), func(int64) (io.Writer, error) { return nil, full }); !errors.Is(err, full) {
		t.Errorf("before the first byte: got %v", err)
	}
	reader, writer := io.Pipe()
	_ = reader.CloseWithError(full)
	if err := db.Backup(t.Context(), func(int64) (io.Writer, error) { return writer, nil }); !errors.Is(err, full) {
		t.Errorf("in the middle: got %v", err)
	}
	if err := db.Backup(t.Context(), func(int64) (io.Writer, error) { return io.Discard, nil }); err != nil {
		t.Errorf("again: got %v", err)
	}
}
