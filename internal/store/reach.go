package store

import (
	"context"
	"database/sql/driver"
	"sync"
	"sync/atomic"
	"time"
)

const (
	connectTime = time.Minute            // to find the one of several hosts that takes writes
	seekEvery   = 200 * time.Millisecond // while there is none
)

// reach is what is known of the way to a PostgreSQL that takes writes, which may be any of several hosts, or none for a while.
type reach struct {
	dial func(ctx context.Context, source string, first int, committing *atomic.Bool) (conn driver.Conn, host int, err error)

	lost atomic.Int64 // counts the connections that were lost under a writer

	mu      sync.Mutex
	host    int                // which of the hosts is tried first
	away    error              // why there is no connection; nil: there is, or nobody has tried
	closed  context.Context    // done when nobody is to be looked for any more
	close   context.CancelFunc // see end
	seekers sync.WaitGroup
}

func newReach() *reach {
	r := &reach{dial: dialHosts}
	r.closed, r.close = context.WithCancel(context.Background())
	return r
}

// connect opens a connection. When none is to be had, that is the answer to all who ask until one was found: it is looked for
// in the background, so that nobody waits for a machine that does not answer.
func (r *reach) connect(source string, committing *atomic.Bool) (driver.Conn, error) {
	r.mu.Lock()
	away := r.away
	r.mu.Unlock()
	if away != nil {
		return nil, away
	}
	conn, err := r.try(context.Background(), source, committing)
	if err != nil {
		r.seek(source, err)
	}
	return conn, err
}

// try looks for a host that takes writes, once.
func (r *reach) try(ctx context.Context, source string, committing *atomic.Bool) (driver.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	r.mu.Lock()
	first := r.host
	r.mu.Unlock()
	conn, host, err := r.dial(ctx, source, first, committing)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host = host
	return conn, nil
}

// seek has a host looked for until there is one.
func (r *reach) seek(source string, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away != nil || r.closed.Err() != nil {
		return
	}
	r.away = why
	r.seekers.Go(func() {
		for why := why; why != nil; {
			select {
			case <-time.After(seekEvery): // databases tell nobody that they are there
			case <-r.closed.Done():
				return
			}
			var conn driver.Conn
			if conn, why = r.try(r.closed, source, new(atomic.Bool)); why == nil {
				_ = conn.Close() // it was good for knowing that there is one
			}
			r.mu.Lock()
			r.away = why
			r.mu.Unlock()
		}
	})
}

// leave is called when a connection was lost under a writer. The next is looked for at the other hosts first: one that was replaced
// may go on taking connections, and hang. All that reads is to connect anew for the same reason: it may go on answering.
func (r *reach) leave() {
	r.lost.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host++
}

// end ends the looking.
func (r *reach) end() {
	r.mu.Lock()
	r.close()
	r.mu.Unlock()
	r.seekers.Wait()
}
