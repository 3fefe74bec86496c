package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// maxBatch is how many writes share a commit at most; more only lengthens the wait of the first.
const maxBatch = 512

// errClosed is what a write meets after Close.
var errClosed = fmt.Errorf("%w: it is closed", csp.ErrUnavailable)

// committer runs writes one behind another on one connection. All that wait go into one transaction and are answered
// after its one commit: under load the cost of making durable is shared, and without load nobody waits for company.
type committer struct {
	conn    *sql.Conn
	dialect *dialect
	queue   chan *write
	stop    chan struct{}
	done    chan struct{}
	stmts   map[string]*sql.Stmt
	observe func(writes int)
}

// write is a function that waits for its turn, and its outcome.
type write struct {
	run  func(*tx) error
	err  error
	done chan struct{}
}

func newCommitter(conn *sql.Conn, d *dialect, observe func(writes int)) *committer {
	return &committer{
		conn:    conn,
		dialect: d,
		queue:   make(chan *write, 2*maxBatch),
		stop:    make(chan struct{}),
		done:    make(chan struct{}),
		stmts:   map[string]*sql.Stmt{},
		observe: observe,
	}
}

// do runs the function in a transaction and returns when what it wrote is durable.
//
// The function may run more than once. A refusal that is to be remembered is an outcome in the function's own variables,
// not an error: an error means that its writes must not be kept, and each of its transaction is then run on its own.
func (c *committer) do(ctx context.Context, run func(*tx) error) error {
	w := &write{run: run, done: make(chan struct{})}
	select {
	case c.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.stop:
		return errClosed
	}
	// From here on the write happens, whether the caller still waits or not: so wait for it.
	select {
	case <-w.done:
		return w.err
	case <-c.done:
		select {
		case <-w.done:
			return w.err
		default:
			return errClosed
		}
	}
}

// quiet is how long nobody must have written before the writer tidies up.
const quiet = time.Second

// loop runs until close.
func (c *committer) loop() {
	defer close(c.done)
	batch := make([]*write, 0, maxBatch)
	idle := time.NewTimer(quiet)
	defer idle.Stop()
	for {
		select {
		case w := <-c.queue:
			batch = append(batch[:0], w)
		case <-idle.C:
			c.tidy()
			continue
		case <-c.stop:
			return
		}
	fill:
		for len(batch) < maxBatch {
			select {
			case w := <-c.queue:
				batch = append(batch, w)
			default:
				break fill
			}
		}
		c.commit(batch)
		idle.Reset(quiet)
	}
}

// tidy copies the log into the database's file while nobody waits for a write: readers find pages sooner there, and a
// start after a crash has less to read. If it fails nothing is lost; a later commit copies.
func (c *committer) tidy() {
	_, _ = c.conn.ExecContext(context.Background(), c.dialect.tidy)
}

// close lets what runs finish and refuses what waits.
func (c *committer) close() error {
	close(c.stop)
	<-c.done
	for _, stmt := range c.stmts {
		_ = stmt.Close() // the connection goes with them
	}
	return c.conn.Close()
}

// commit runs the batch in one transaction. If one of its writes fails, each is run in a transaction of its own, so that
// nobody's mistake is another's.
func (c *committer) commit(batch []*write) {
	c.observe(len(batch))
	err := c.transaction(func(t *tx) error {
		for _, w := range batch {
			if err := w.run(t); err != nil {
				return err
			}
		}
		return nil
	})
	for _, w := range batch {
		w.err = err
		if err != nil && len(batch) > 1 {
			w.err = c.transaction(w.run)
		}
		close(w.done)
	}
}

// transaction runs the function between BEGIN and COMMIT.
func (c *committer) transaction(run func(*tx) error) error {
	t := &tx{committer: c}
	if err := t.exec(`BEGIN IMMEDIATE`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err := guarded(run)(t)
	if err == nil {
		if err = t.exec(`COMMIT`); err == nil {
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	if rollback := t.exec(`ROLLBACK`); rollback != nil {
		err = errors.Join(err, fmt.Errorf("rollback: %w", rollback))
	}
	return err
}

// guarded turns a panic into an error, so that one bad write cannot end the server.
func guarded(run func(*tx) error) func(*tx) error {
	return func(t *tx) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		return run(t)
	}
}

// tx is the transaction that writes run in. Its statements are prepared once.
// The context of the request plays no part: a transaction is shared, and a caller who goes away must not end it.
type tx struct{ committer *committer }

func (t *tx) exec(query string, args ...any) error {
	_, err := t.affected(query, args...)
	return err
}

// inserted runs an INSERT … ON CONFLICT DO NOTHING and reports whether a row was made.
func (t *tx) inserted(query string, args ...any) (bool, error) {
	rows, err := t.affected(query, args...)
	return rows > 0, err
}

// affected runs a statement and reports how many rows it made, changed or removed.
func (t *tx) affected(query string, args ...any) (int64, error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (t *tx) row(query string, args ...any) scanner {
	stmt, err := t.stmt(query)
	if err != nil {
		return failed{err}
	}
	return stmt.QueryRowContext(context.Background(), args...)
}

// each reads the rows of a query.
func (t *tx) each(query string, read func(*sql.Rows) error, args ...any) error {
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	return readRows(rows, read)
}

// readRows reads the rows to their end and closes them, so that their connection is free before another is asked for.
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

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if stmt, ok := t.committer.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := t.committer.conn.PrepareContext(context.Background(), t.committer.dialect.spell(query))
	if err != nil {
		return nil, err
	}
	t.committer.stmts[query] = stmt
	return stmt, nil
}

// scanner is a row that is being read.
type scanner interface{ Scan(into ...any) error }

// failed is the row of a query that could not be asked.
type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }
