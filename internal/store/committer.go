package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	conn    *connection
	mark    *mark // nil: nobody else writes
	queue   chan *write
	stop    chan struct{}
	done    chan struct{}
	observe func(writes int)
	health  *health

	checkpoints *checkpoints // nil: the database sees to its log itself

	createAll func(*tx, []*newCustomer) error
}

// write waits for its turn: a function, or a new customer that is made together with the others of its batch.
type write struct {
	run      func(*tx) error
	customer *newCustomer
	err      error
	done     chan struct{}
}

func newCommitter(conn *connection, createAll func(*tx, []*newCustomer) error, observe func(writes int), h *health) *committer {
	c := &committer{
		conn:    conn,
		queue:   make(chan *write, 2*maxBatch),
		stop:    make(chan struct{}),
		done:    make(chan struct{}),
		observe: observe,
		health:  h,

		createAll: createAll,
	}
	if conn.dialect.shared {
		c.mark = newMark()
	}
	return c
}

// do runs the function in a transaction and returns when what it wrote is durable.
//
// The function may run more than once. A refusal that is to be remembered is an outcome in the function's own variables,
// not an error: an error means that its writes must not be kept, and each of its transaction is then run on its own.
func (c *committer) do(ctx context.Context, run func(*tx) error) error {
	return c.await(ctx, &write{run: run})
}

// create makes the customer, likewise.
func (c *committer) create(ctx context.Context, customer *newCustomer) error {
	return c.await(ctx, &write{customer: customer})
}

// await queues the write and waits until it is over.
func (c *committer) await(ctx context.Context, w *write) error {
	w.done = make(chan struct{})
	select {
	case c.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.stop:
		return errClosed
	default: // to wait for a place would be a queue without an end
		return csp.ErrOverloaded
	}
	// From here on the write happens, whether the caller still waits or not: so wait for it. Only a database that is elsewhere may not
	// answer at all; a caller who is told so may repeat the call, which finds out.
	var enough <-chan time.Time
	if wait := c.conn.dialect.wait; wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-w.done:
		return w.err
	case <-enough:
		return fmt.Errorf("%w: the database does not answer", errLost)
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
		c.checkpoints.committed(len(batch))
		c.checkpoints.finish(c.conn)
		idle.Reset(quiet)
	}
}

// tidy copies the log into the database's file while nobody waits for a write: readers find pages sooner there, and a
// start after a crash has less to read. If it fails nothing is lost; a later commit copies.
func (c *committer) tidy() {
	if c.checkpoints != nil {
		_, _ = c.checkpoints.copy(c.conn)
	}
}

// close lets what runs finish and refuses what waits.
func (c *committer) close() error {
	close(c.stop)
	<-c.done
	err := c.checkpoints.close()
	if c.health.err() != nil {
		return err // to close the last connection would copy the log into the file, and remove it: both are left as they are
	}
	return errors.Join(err, c.conn.close())
}

// commit runs the batch in one transaction. If one of its writes fails, each is run in a transaction of its own, so that
// nobody's mistake is another's.
func (c *committer) commit(batch []*write) {
	c.observe(len(batch))
	err := c.write(batch)
	for i, w := range batch {
		w.err = err
		if err != nil && len(batch) > 1 && !errors.Is(err, errLost) {
			w.err = c.write(batch[i : i+1])
		}
		close(w.done)
	}
}

// write runs the writes in one transaction, customers first: they are most of the writes, and written together.
func (c *committer) write(batch []*write) error {
	return c.transaction(func(t *tx) error {
		var customers []*newCustomer
		for _, w := range batch {
			if w.customer != nil {
				customers = append(customers, w.customer)
			}
		}
		if customers != nil {
			if err := c.createAll(t, customers); err != nil {
				return err
			}
		}
		for _, w := range batch {
			if w.customer != nil {
				continue
			}
			if err := w.run(t); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxConflicts is how often a transaction is tried that others come in the way of; each time it waits a little longer.
const maxConflicts = 12

// transaction runs the function between BEGIN and COMMIT, again where another transaction came in the way, and on a new connection
// where the connection was lost.
func (c *committer) transaction(run func(*tx) error) error {
	if err := c.health.err(); err != nil {
		return err
	}
	if _, known := c.outcome(); !known { // it may be under way still, and hold what this one needs
		return fmt.Errorf("%w: what became of an earlier write is not known yet", errLost)
	}
	for lost, conflicts := false, 0; ; {
		wrote := false
		err := c.attempt(func(t *tx) error {
			err := run(t)
			wrote = t.wrote
			return err
		})
		err = c.health.judge(err, wrote)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errLost):
			err = errors.Join(err, c.conn.lose())
			kept, known := c.outcome()
			if kept {
				return nil
			}
			if lost || !known {
				return err
			}
			lost = true
		case errors.Is(err, errConflict):
			if conflicts++; conflicts == maxConflicts {
				return fmt.Errorf("%w: %w", csp.ErrUnavailable, err)
			}
			time.Sleep(rand.N(time.Millisecond << min(conflicts, 6)))
		default:
			return err
		}
	}
}

// outcome finds out on a new connection what became of a transaction whose connection was lost, if there is one of which that is not known.
func (c *committer) outcome() (kept, known bool) {
	if c.mark == nil || !c.mark.pending {
		return false, true
	}
	for range maxConflicts { // as many as come in the way: the transaction itself, if it was still under way
		err := c.between(func(t *tx) (err error) {
			kept, err = c.mark.kept(t)
			return err
		}, nil)
		switch {
		case err == nil:
			c.mark.pending = false
			return kept, true
		case !errors.Is(err, errConflict):
			_ = c.conn.lose()
			return false, false
		}
	}
	return false, false
}

// attempt runs the function in a transaction, once.
func (c *committer) attempt(run func(*tx) error) error {
	if c.mark == nil {
		return c.between(run, nil)
	}
	marked := func(t *tx) error {
		if err := c.mark.leave(t); err != nil {
			return err
		}
		return run(t)
	}
	err := c.between(marked, func() { c.mark.pending = true })
	c.mark.pending = c.mark.pending && errors.Is(err, errLost)
	return err
}

// between runs the function between BEGIN and COMMIT. The second is called when it is to be committed.
func (c *committer) between(run func(*tx) error, committing func()) error {
	t := &tx{conn: c.conn}
	if _, err := c.conn.exec(c.conn.dialect.begin, nil); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err := guarded(run)(t)
	if err == nil {
		if committing != nil {
			committing()
		}
		if err = t.exec(commit); err == nil {
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	if errors.Is(err, errLost) {
		return err // there is nothing to roll back any more
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

// tx is the transaction that writes run in.
// The context of the request plays no part: a transaction is shared, and a caller who goes away must not end it.
type tx struct {
	conn  *connection
	wrote bool // it has changed rows
}

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
	rows, err := t.conn.exec(query, args)
	t.wrote = t.wrote || rows > 0
	return rows, err
}

func (t *tx) row(query string, args ...any) scanner { return &question{t.conn.query, query, args} }

// each reads the rows of a query.
func (t *tx) each(query string, read func(scanner) error, args ...any) error {
	return t.conn.query(query, args, func(row columns) error { return read(row) })
}
