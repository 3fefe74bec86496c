package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

// DB is an open store. It is safe for concurrent use.
type DB struct {
	dialect *dialect
	lock    *os.File
	writes  *committer
	reads   *readers
	now     func() time.Time
	rows    csp.IDs // numbers the rows of the ledger and of the audit

	requests csp.IDs // numbers the calls of users, which are written at any time

	partners   sync.Map // csp.ID to *partnerRow
	partnerIDs sync.Map // a partner's n to its csp.ID

	agreements sync.Mutex // held by who changes a partner's agreement

	deliveries chan struct{} // filled when something was queued

	replica *replica // where reads may go that may be stale; nil: nowhere
	copied  *replica // this is the view of it, and reads there alone; nil: it is not

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

	// Replica is the URL of a PostgreSQL server that follows the one of the store, or of several; empty: there is none.
	// ReplicaMost is how far behind it may be to be read from; zero: a minute. ReplicaTroubled is told when it is not there or farther
	// behind, and by nil when it can be read from again.
	Replica         string
	ReplicaMost     time.Duration
	ReplicaTroubled func(error)

	// Troubled is told when writes begin to be refused because the disk is full or fails, and by nil when they are not any more.
	Troubled func(error)
}

// Open opens the store at the URL, sqlite:PATH, sqlite::memory: or postgres://…, makes it if it is not there, and brings its schema
// up to date. A file has one owner at a time; any number of servers may have a PostgreSQL database, which has to be there.
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
	if d.shared {
		db.rows.Lane, db.rows.Lanes = rand.Int64N(serverLanes), serverLanes
		db.requests.Lane, db.requests.Lanes = db.rows.Lane, serverLanes
	}
	observe := options.Committed
	if observe == nil {
		observe = func(int) {}
	}
	if err := db.open(ctx, options.Owner, observe, newHealth(options.Troubled)); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", Redacted(storeURL), writable(d.path, err)), db.Close())
	}
	if options.Replica != "" {
		if err := db.openReplica(options); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, owner string, observe func(int), h *health) error {
	if db.dialect.path != "" {
		var err error
		if db.lock, err = db.dialect.takeFile(owner); err != nil {
			return err
		}
	}
	conn := &connection{dialect: db.dialect, source: db.dialect.source()}
	if err := conn.open(); err != nil { // it also keeps a store in memory alive
		return err
	}
	if err := db.start(ctx, conn, observe, h); err != nil {
		return errors.Join(err, conn.close())
	}
	return nil
}

// takeFile takes the lock of the file, makes the file if it is not there, and makes durable what a crash has left.
func (d *dialect) takeFile(owner string) (lock *os.File, err error) {
	if err := os.MkdirAll(filepath.Dir(d.path), 0o700); err != nil {
		return nil, err
	}
	if lock, err = lockFile(d.path+".lock", owner); err != nil {
		return nil, err
	}
	// Sign-in names and addresses are nobody else's business, whatever the umask.
	file, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err == nil {
		err = rewriteLog(d.path + "-wal")
	}
	if err != nil {
		return nil, errors.Join(err, unlockFile(lock))
	}
	return lock, nil
}

// start brings the schema up to date and lets reads and writes begin; the writes have the connection.
func (db *DB) start(ctx context.Context, conn *connection, observe func(int), h *health) error {
	if err := migrate(ctx, db.dialect); err != nil {
		return err
	}
	if setup := db.dialect.setup; setup != "" {
		if _, err := conn.exec(setup, nil); err != nil {
			return err
		}
	}
	db.reads = newReaders(db.dialect, db.dialect.source(mapped), db.dialect.source())
	if err := db.Compatible(ctx); err != nil {
		return err
	}
	newest, err := db.newestRow(ctx)
	if err != nil {
		return err
	}
	db.rows.StartAfter(newest)
	if newest, err = db.newestUserRequest(ctx); err != nil {
		return err
	}
	db.requests.StartAfter(newest)
	db.writes = newCommitter(conn, db.createAll, observe, h)
	if db.dialect.path != "" {
		db.writes.checkpoints = newCheckpoints(&connection{dialect: db.dialect, source: db.dialect.source()}, h)
	}
	go db.writes.loop()
	if db.dialect.shared {
		return db.writes.do(ctx, forgetMarks)
	}
	return nil
}

// serverLanes keep apart the rows that servers of one database make at the same instant. Two servers that happen to have the same one
// meet now and then, and try again.
const serverLanes = 64

// Lasting reports whether what is written is there after the store was closed.
func (db *DB) Lasting() bool { return db.dialect.name == "" }

// Close waits for the writes under way and closes the store.
func (db *DB) Close() error {
	db.closeOnce.Do(func() { db.closeErr = db.close() })
	return db.closeErr
}

func (db *DB) close() error {
	var errs []error
	if db.replica != nil {
		errs = append(errs, db.replica.close())
	}
	if db.writes != nil {
		errs = append(errs, db.writes.close())
	}
	if db.reads != nil {
		errs = append(errs, db.reads.close())
	}
	if db.dialect.reach != nil {
		db.dialect.reach.end()
	}
	if db.lock != nil {
		errs = append(errs, unlockFile(db.lock))
	}
	return errors.Join(errs...)
}

// Ready reports whether the store answers, and takes writes.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.Failure(); err != nil {
		return err
	}
	var one int
	return db.row(ctx, `SELECT 1`).Scan(&one)
}

// row asks a query that answers one row. It runs to its end even if the caller goes away.
func (db *DB) row(ctx context.Context, query string, args ...any) scanner {
	if db.copied != nil {
		return &question{func(query string, args []any, each func(columns) error) error {
			return db.copied.query(ctx, query, args, each)
		}, query, args}
	}
	return &question{db.reads.query, query, args}
}

// each reads the rows of a query.
func (db *DB) each(ctx context.Context, query string, read func(scanner) error, args ...any) error {
	return db.query(ctx, query, args, func(row columns) error { return read(row) })
}

// query calls the function for each row of the answer, as [connection.query] does.
func (db *DB) query(ctx context.Context, query string, args []any, each func(columns) error) error {
	if db.copied != nil {
		return db.copied.query(ctx, query, args, each)
	}
	return db.reads.query(query, args, each)
}

// eachOf reads the rows of a query whose first argument is the partner's number.
func (db *DB) eachOf(ctx context.Context, partner csp.ID, query string, read func(scanner) error, args ...any) error {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return err
	}
	return db.each(ctx, query, read, append([]any{owner.n}, args...)...)
}

var (
	_ csp.Store      = (*DB)(nil)
	_ token.KeyStore = (*DB)(nil)
)
