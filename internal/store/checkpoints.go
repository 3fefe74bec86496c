package store

import (
	"sync/atomic"
)

// checkpoints copy SQLite's log into the database's file while writes go on, on a connection of their own. The log begins anew only when
// all of it was copied and nobody appends to it meanwhile; so when it has become long the writer is asked for that, and has only to copy
// what was written since the last time.
type checkpoints struct {
	conn    *connection
	health  *health
	written atomic.Int64  // writes since the last one
	wake    chan struct{} // filled when there were enough
	stop    chan struct{}
	done    chan struct{}
	long    atomic.Bool // the writer has to copy the rest
}

const (
	// checkpointWrites is after how many writes the log is copied: seldom enough that most pages were changed several times.
	checkpointWrites = 2000

	// checkpointPages is how long the log may become: 64 MB.
	checkpointPages = 16000

	checkpoint = `PRAGMA wal_checkpoint(PASSIVE)`
)

func newCheckpoints(conn *connection, h *health) *checkpoints {
	c := &checkpoints{conn: conn, health: h, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go c.loop()
	return c
}

// committed notes writes. Nil takes none.
func (c *checkpoints) committed(writes int) {
	if c == nil || c.written.Add(int64(writes)) < checkpointWrites {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default: // it is awake
	}
}

// finish copies the rest of a long log on the writer's connection, so that the next write begins a new one.
func (c *checkpoints) finish(writer *connection) {
	if c != nil && c.long.Swap(false) {
		_, _ = c.copy(writer)
	}
}

func (c *checkpoints) loop() {
	defer close(c.done)
	for {
		select {
		case <-c.wake:
		case <-c.stop:
			return
		}
		c.written.Store(0)
		pages, err := c.copy(c.conn)
		if err == nil && pages > checkpointPages {
			c.long.Store(true)
		}
	}
}

// copy copies what it can without waiting for anybody, and reports how long the log is. If it fails nothing is lost; a later one
// copies. But none does after a sync that failed: what was copied before that and not synced yet, it would not copy again.
func (c *checkpoints) copy(conn *connection) (pages int64, err error) {
	if err := c.health.err(); err != nil {
		return 0, err
	}
	var busy, copied int64
	err = conn.query(checkpoint, nil, func(row columns) error { return row.Scan(&busy, &pages, &copied) })
	c.health.copied(err)
	return pages, err
}

// close ends them.
func (c *checkpoints) close() error {
	if c == nil {
		return nil
	}
	close(c.stop)
	<-c.done
	return c.conn.close()
}
