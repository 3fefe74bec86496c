package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// Upkeep is a store that is opened as it is, for the commands that keep it: it is not made if it is not there, and its schema
// stays the version that it has.
type Upkeep struct {
	dialect *dialect
	lock    *os.File
	pool    *sql.DB
	now     func() time.Time
}

// ErrNoStore is what OpenUpkeep answers where there is none.
var ErrNoStore = errors.New("there is no store")

// ErrUnfinished is what a store answers that is a copy in the making, whoever opens it.
var ErrUnfinished = errors.New("the store is an unfinished copy of another one: run the same tenantry store copy again, which goes on where it stopped, or with --restart, which begins anew")

// ErrOtherSchema is what OpenUpkeep answers for a store whose schema is not of this version.
var ErrOtherSchema = errors.New("the schema is of another version")

// OpenUpkeep opens the store at the URL. A file has one owner at a time: this one too.
func OpenUpkeep(ctx context.Context, storeURL, owner string) (*Upkeep, error) {
	d, err := dialectOf(storeURL)
	if err != nil {
		return nil, err
	}
	return newUpkeep(ctx, d, storeURL, owner)
}

func newUpkeep(ctx context.Context, d *dialect, storeURL, owner string) (*Upkeep, error) {
	u := &Upkeep{dialect: d, now: time.Now}
	if err := u.open(ctx, owner); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", Redacted(storeURL), err), u.Close())
	}
	return u, nil
}

func (u *Upkeep) open(ctx context.Context, owner string) (err error) {
	if u.dialect.name != "" {
		return fmt.Errorf("%w: one in memory ends with its server", ErrNoStore)
	}
	if path := u.dialect.path; path != "" {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return ErrNoStore
		} else if err != nil {
			return err
		}
		if u.lock, err = lockFile(path+".lock", owner); err != nil {
			return err
		}
	}
	if u.pool, err = sql.Open(u.dialect.driver, u.dialect.source(mapped, "cache_size(-32768)")); err != nil {
		return err
	}
	version, err := schemaVersion(ctx, u.pool)
	if err == nil {
		err = sameSchema(version)
	}
	if err != nil {
		return err
	}
	if _, err = u.Setting(ctx, unfinishedCopy); err == nil {
		return ErrUnfinished
	}
	if errors.Is(err, csp.ErrNotFound) {
		return nil
	}
	return err
}

// Close closes the store.
func (u *Upkeep) Close() error {
	var errs []error
	if u.pool != nil {
		errs = append(errs, u.pool.Close())
	}
	if u.lock != nil {
		errs = append(errs, unlockFile(u.lock))
	}
	return errors.Join(errs...)
}

// schemaVersion is the number of the last migration that the store has seen.
func schemaVersion(ctx context.Context, pool *sql.DB) (version int64, err error) {
	err = pool.QueryRowContext(ctx, `
		SELECT COALESCE(MAX(version_id), 0)
		FROM goose_db_version`).Scan(&version)
	if err != nil {
		err = fmt.Errorf("it is no store of Tenantry: %w", err)
	}
	return version, err
}

// sameSchema refuses a version that is not this program's.
func sameSchema(version int64) error {
	own, err := newestMigration()
	switch {
	case err != nil:
		return err
	case version < own:
		return fmt.Errorf("%w: the store has %d, this tenantry has %d; a start of the server, or any command such as tenantry partners list, brings the store up to date", ErrOtherSchema, version, own)
	case version > own:
		return fmt.Errorf("%w: the store has %d, this tenantry has %d; use the tenantry that the store was last served by, or a later one", ErrOtherSchema, version, own)
	}
	return nil
}

// newestMigration is the version of the schema that this program has.
func newestMigration() (int64, error) {
	steps, err := migrationSteps()
	if err != nil {
		return 0, err
	}
	return steps[len(steps)-1].version, nil
}

// readRows reads the rows to their end and closes them.
func readRows(rows *sql.Rows, read func(*sql.Rows) error) (err error) {
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
