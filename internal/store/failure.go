package store

import (
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tenantry/tenantry/internal/csp"
)

// ErrSyncFailed is why a store takes no more writes: the system could not make durable what had been written. What of it is on the
// disk nobody knows then, and a second sync that succeeds proves nothing about it. Only a new start finds out, from the disk.
var ErrSyncFailed = errors.New("the disk failed to make a write durable; the store takes no more writes until it is opened anew")

// health is what the writer has learnt of the disk.
type health struct {
	failed   chan struct{} // closed when a sync has failed
	troubled func(error)   // told when writes begin to be refused, and by nil when they are not any more

	mu    sync.Mutex
	cause error // of the failure
	full  bool  // the last write was refused for want of space
}

func newHealth(troubled func(error)) *health {
	if troubled == nil {
		troubled = func(error) {}
	}
	return &health{failed: make(chan struct{}), troubled: troubled}
}

// err is why there are no more writes, or nil.
func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cause
}

// judge looks at the outcome of a transaction, and answers it as the caller of the store is to see it.
//
// A failed sync ends all writing. A failed write does not: its transaction was rolled back, and the next one writes anew, so
// that the store goes on by itself when there is space again. That there is, only a transaction shows that wrote something.
func (h *health) judge(err error, wrote bool) error {
	switch failureOf(err) {
	case syncFailed:
		return h.fail(err)
	case writeFailed:
		refusal := fmt.Errorf("%w: it cannot write: %w", csp.ErrUnavailable, err)
		if h.nowFull(true) {
			h.troubled(refusal)
		}
		return refusal
	default:
		if err == nil && wrote && h.nowFull(false) {
			h.troubled(nil)
		}
		return err
	}
}

// nowFull reports whether that is news.
func (h *health) nowFull(full bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed := h.full != full
	h.full = full
	return changed
}

// fail ends all writing.
func (h *health) fail(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cause == nil {
		h.cause = fmt.Errorf("%w: %w: %w", csp.ErrUnavailable, ErrSyncFailed, err)
		close(h.failed)
	}
	return h.cause
}

// copied looks at the outcome of copying the log into the file. If that failed nothing is lost, a later copy makes it good; but
// not if it was a sync that failed.
func (h *health) copied(err error) {
	if failureOf(err) == syncFailed {
		_ = h.fail(err) // who writes next is told
	}
}

// failure is how a disk failed.
type failure int

const (
	notTheDisk failure = iota
	writeFailed
	syncFailed
)

const diskFull = "53100" // PostgreSQL's code

// failureOf reads the database's code. A full disk answers either of the two that are taken for it: a quota and a limit on the size of
// files are to SQLite write errors like any other. PostgreSQL has a code for it; what becomes of its syncs it sees to itself.
func failureOf(err error) failure {
	if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) && refused.Code == diskFull {
		return writeFailed
	}
	known := (*sqlite.Error)(nil)
	if !errors.As(err, &known) {
		return notTheDisk
	}
	switch known.Code() {
	case sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC:
		return syncFailed
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE:
		return writeFailed
	default:
		return notTheDisk
	}
}

// Failed is closed when the store takes no more writes, and [DB.Failure] says why. It still answers reads.
func (db *DB) Failed() <-chan struct{} { return db.writes.health.failed }

// Failure is why the store takes no more writes, or nil.
func (db *DB) Failure() error { return db.writes.health.err() }
