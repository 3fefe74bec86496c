package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver named sqlite

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

// DB is an open store. It is safe for concurrent use.
type DB struct {
	dialect *dialect
	lock    *os.File
	pool    *sql.DB
	writes  *committer
	reads   *readers
	now     func() time.Time
	rows    csp.IDs // numbers the rows of the ledger and of the audit

	requests csp.IDs // numbers the calls of users, which are written at any time

	partners   sync.Map // csp.ID to *partnerRow
	partnerIDs sync.Map // a partner's n to its csp.ID

	agreements sync.Mutex // held by who changes a partner's agreement

	deliveries chan struct{} // filled when something was queued

	closeOnce sync.Once
	closeErr  error
}

// Options are the choices at opening a store. The zero value is good.
type Options struct {
	Now func() time.Time

	// Owner says who holds the file, for the error that the next who wants it meets.
	Owner string

	// Committed is told how many writes each transaction carried.
	Committed func(writes int)
}

// Open opens the store at the URL, sqlite:PATH or sqlite::memory:, makes it if it is not there, and brings its schema up
// to date. A file has one owner at a time.
func Open(ctx context.Context, storeURL string, options Options) (*DB, error) {
	d, err := dialectOf(storeURL)
	if err != nil {
		return nil, err
	}
	db := &DB{dialect: d, now: options.Now, deliveries: make(chan struct{}, 1)}
	if db.now == nil {
		db.now = time.Now
	}
	db.rows.Now, db.requests.Now = db.now, db.now
	observe := options.Committed
	if observe == nil {
		observe = func(int) {}
	}
	if err := db.open(ctx, options.Owner, observe); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", storeURL, err), db.Close())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, owner string, observe func(int)) error {
	if path := db.dialect.path; path != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		lock, err := lockFile(path+".lock", owner)
		if err != nil {
			return err
		}
		db.lock = lock
		// Sign-in names and addresses are nobody else's business, whatever the umask.
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	name := rand.Text()
	pool, err := sql.Open(db.dialect.driver, db.dialect.source(name))
	if err != nil {
		return err
	}
	db.pool = pool
	db.reads = newReaders(maxReaders, db.dialect.spell, func(first bool) (driver.Conn, error) {
		if first {
			return pool.Driver().Open(db.dialect.source(name, db.dialect.mapped))
		}
		return pool.Driver().Open(db.dialect.source(name))
	})
	pool.SetMaxIdleConns(maxReaders)
	pool.SetMaxOpenConns(maxReaders + 1)
	conn, err := pool.Conn(ctx) // also keeps a store in memory alive
	if err != nil {
		return err
	}
	if err := migrate(ctx, pool, db.dialect); err != nil {
		return errors.Join(err, conn.Close())
	}
	if _, err := conn.ExecContext(ctx, writerSetup); err != nil {
		return errors.Join(err, conn.Close())
	}
	newest, err := db.newestRow(ctx)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	db.rows.StartAfter(newest)
	if newest, err = db.newestUserRequest(ctx); err != nil {
		return errors.Join(err, conn.Close())
	}
	db.requests.StartAfter(newest)
	db.writes = newCommitter(conn, db.dialect, observe)
	go db.writes.loop()
	return nil
}

// maxReaders is how many reads run at once. More do not help: SQLite reads take microseconds of CPU, and each reader keeps
// pages of its own.
const maxReaders = 4

// Close waits for the writes under way and closes the store.
func (db *DB) Close() error {
	db.closeOnce.Do(func() { db.closeErr = db.close() })
	return db.closeErr
}

func (db *DB) close() error {
	var errs []error
	if db.writes != nil {
		errs = append(errs, db.writes.close())
	}
	if db.reads != nil {
		errs = append(errs, db.reads.close())
	}
	if db.pool != nil {
		errs = append(errs, db.pool.Close())
	}
	if db.lock != nil {
		errs = append(errs, unlockFile(db.lock))
	}
	return errors.Join(errs...)
}

// Ready reports whether the store answers.
func (db *DB) Ready(ctx context.Context) error {
	var one int
	return db.row(ctx, `SELECT 1`).Scan(&one)
}

// row asks a query that answers one row. It runs to its end even if the caller goes away.
func (db *DB) row(_ context.Context, query string, args ...any) scanner {
	return &question{db.reads, query, args}
}

var (
	_ csp.Store      = (*DB)(nil)
	_ token.KeyStore = (*DB)(nil)
)
