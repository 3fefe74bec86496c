package store

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// readers are the connections that read. The first that is free is taken, so the first of them, whose pages are warm, does nearly all
// the work, and the last are opened when many read at once.
type readers struct {
	slots chan struct{} // one for each read that runs

	mu     sync.Mutex
	all    []*reader
	closed bool
}

// reader is a connection that reads.
type reader struct {
	connection
	busy bool // somebody has it; belongs to the readers

	looked, proved time.Time // of a replica: when it was last asked how old it is, and of when it is
}

// newReaders are as many as the dialect has for each source; the first of them has a source of its own.
func newReaders(d *dialect, first, others string) *readers {
	r := &readers{slots: make(chan struct{}, d.readers)}
	for range d.readers {
		r.all = append(r.all, &reader{connection: connection{dialect: d, source: others}})
	}
	r.all[0].source = first
	return r
}

// query is [connection.query] on a connection that is free. A connection that turns out to be lost is replaced, once.
func (r *readers) query(query string, args []any, each func(columns) error) error {
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	one, err := r.take()
	if err != nil {
		return err
	}
	if one.outdated() {
		_ = one.close() // nobody has it any more
	}
	for again := one.conn != nil; ; again = false {
		if err = one.query(query, args, each); err == nil {
			break
		}
		err = errors.Join(err, one.close()) // the next has a new one: whatever state this is in, nobody has to know
		if !again || one.answered || !errors.Is(err, errLost) {
			break
		}
	}
	return errors.Join(err, r.put(one))
}

// take is the first reader that nobody has.
func (r *readers) take() (*reader, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errClosed
	}
	one := r.all[slices.IndexFunc(r.all, func(one *reader) bool { return !one.busy })] // there is one for each slot
	one.busy = true
	return one, nil
}

// put gives the reader back.
func (r *readers) put(one *reader) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	one.busy = false
	if r.closed {
		return one.close()
	}
	return nil
}

// close refuses reads that come. It waits for none that run: their connections are closed when they are done.
func (r *readers) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	var errs []error
	for _, one := range r.all {
		if !one.busy {
			errs = append(errs, one.close())
		}
	}
	return errors.Join(errs...)
}
