package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tenantry/tenantry/internal/csp"
)

// BackupFile is what the file of a backup says of itself.
type BackupFile struct {
	Schema      int64 // the version of its schema
	Customers   int64 // their tenants, also of those that are nobody's any more
	Partners    int64
	Fingerprint string // of the root key that belongs to it; empty: it knows none
}

// ErrStoreExists is what Restore answers where there is a store.
var ErrStoreExists = errors.New("there is a store already")

// InspectBackup reads the file, which nobody may write to, and checks that it is a whole one: as SQLite wrote it, and with a
// schema that this program can read.
func InspectBackup(ctx context.Context, path string) (file *BackupFile, err error) {
	options := url.Values{"mode": {"ro"}, "immutable": {"1"}} // no log beside it counts
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	file = &BackupFile{}
	if file.Schema, err = schemaVersion(ctx, pool); err != nil {
		return nil, err
	}
	own, err := newestMigration()
	if err != nil {
		return nil, err
	}
	if file.Schema > own {
		return nil, sameSchema(file.Schema)
	}
	var problem string
	if err := pool.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&problem); err != nil {
		return nil, err
	}
	if problem != "ok" {
		return nil, fmt.Errorf("%s is damaged: %s", path, problem)
	}
	err = pool.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM partners), (SELECT COUNT(*) FROM tenants WHERE profile <> '')`).Scan(&file.Partners, &file.Customers)
	if err != nil {
		return nil, err
	}
	err = pool.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, RootKeySetting).Scan(&file.Fingerprint)
	if errors.Is(notFound(err), csp.ErrNotFound) {
		err = nil
	}
	return file, err
}

// Restore puts a copy of the backup where the URL says, if accept has nothing against it. It takes the place of a store that is
// there only if it may replace it. Whenever it is interrupted, the one or the other is there as a whole.
func Restore(ctx context.Context, from, storeURL string, replace bool, accept func(*BackupFile) error) (err error) {
	d, err := dialectOf(storeURL)
	if err != nil {
		return err
	}
	if d.path == "" {
		return errors.New("a backup is restored to a file, sqlite:PATH; a PostgreSQL database has tools of its own, pg_restore among them")
	}
	dir := filepath.Dir(d.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := lockFile(d.path+".lock", "a tenantry that restores it")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlockFile(lock)) }()
	_, missing := os.Stat(d.path)
	if missing == nil && !replace {
		return fmt.Errorf("%w at %s", ErrStoreExists, d.path)
	}
	copied, err := copyBeside(from, d.path)
	if err != nil {
		return err
	}
	defer os.Remove(copied) // an error once it has its name
	file, err := InspectBackup(ctx, copied)
	if err == nil {
		err = accept(file)
	}
	if err != nil {
		return err
	}
	if missing == nil {
		d.settle(ctx)
	}
	return d.place(copied)
}

// copyBeside copies the file to a new one in the directory of the path, for nobody else to read.
func copyBeside(from, path string) (name string, err error) {
	source, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer source.Close()
	target, err := os.CreateTemp(filepath.Dir(path), ".restore-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = io.Copy(target, source)
	if err = errors.Join(err, target.Sync(), target.Close()); err != nil {
		return "", errors.Join(err, os.Remove(target.Name()))
	}
	return target.Name(), nil
}

// settle copies the log of a store that is about to be replaced into its file: should that not come about, it is whole. If it
// cannot be done the store is damaged, which may be why it is replaced.
func (d *dialect) settle(ctx context.Context) {
	pool, err := sql.Open(d.driver, d.source())
	if err != nil {
		return
	}
	_, _ = pool.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	_ = pool.Close()
}

// place gives the file the name of the store. A log of another file must not be there then: it would be taken for this one's.
func (d *dialect) place(name string) error {
	for _, suffix := range [...]string{"-wal", "-shm"} {
		if err := os.Remove(d.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(name, d.path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(d.path))
}

// SyncDir makes the names in the directory durable.
func SyncDir(path string) error {
	if runtime.GOOS == "windows" { // cannot sync directories
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
