package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// replica is a copy of the database, or several behind one URL, that follows it at some distance. How great that is nobody has to be
// believed: each second this server leaves a number in the database, and knows when; the number that a connection to the copy sees
// is the proof that all that was committed before it is there as well. Neither clocks that differ, nor a copy that has lost its
// source and does not know it, nor one of something else altogether can make it look younger than it is.
type replica struct {
	source *DB
	view   *DB           // the store as it is in the copy; it cannot write
	most   time.Duration // no copy that is older is read from
	usable atomic.Bool
	told   func(error)

	started time.Time
	trouble bool // somebody was told of it
	stop    context.CancelFunc
	done    chan struct{}

	writer string // of the row of marks with the numbers
	mu     sync.Mutex
	beats  []beat // the last ones, in their order

	asked atomic.Int64 // questions that were answered
	age   atomic.Int64 // in nanoseconds, when it was last looked at
}

// beat is a number that was committed, and when it was made.
type beat struct {
	number int64
	at     time.Time
}

const (
	beatEvery  = time.Second
	proveEvery = beatEvery / 2 // by each connection, while it is used
)

// defaultReplicaMost is how old a copy may be that is read from, unless the options say otherwise.
const defaultReplicaMost = time.Minute

// errBehind is what a question meets that no copy may answer: none is there, or it is too old.
var errBehind = fmt.Errorf("%w: no replica is young enough", csp.ErrUnavailable)

// openReplica lets reads go to the copy at the URL. It need not be there yet.
func (db *DB) openReplica(options Options) error {
	if !db.dialect.shared {
		return errors.New("a replica is one of a PostgreSQL database; a store in a file or in memory has none")
	}
	d, err := replicaDialect(options.Replica)
	if err != nil {
		return err
	}
	r := &replica{
		source: db, writer: newMark().writer, most: options.ReplicaMost, told: options.ReplicaTroubled,
		started: time.Now(), done: make(chan struct{}),
	}
	if r.most == 0 {
		r.most = defaultReplicaMost
	}
	if r.told == nil {
		r.told = func(error) {}
	}
	r.view = &DB{dialect: d, now: db.now, reads: newReaders(d, d.source(), d.source()), writes: closedCommitter(), copied: r}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	db.replica = r
	go r.follow(ctx)
	return nil
}

// Replica is the store as it is in a copy, for requests with a [csp.Staleness]; nil if there is no copy. What it cannot answer, in
// good time or at all, is [csp.ErrUnavailable], or any other error. It cannot be written to.
func (db *DB) Replica() csp.Store {
	if db.replica == nil {
		return nil
	}
	return db.replica.view
}

// ReplicaState is what is known of a copy.
type ReplicaState struct {
	Usable bool
	Age    time.Duration // when it was last looked at
	Asked  int64         // questions that it has answered
}

// ReplicaState tells it; not ok if there is no copy.
func (db *DB) ReplicaState() (state ReplicaState, ok bool) {
	if r := db.replica; r != nil {
		return ReplicaState{Usable: r.usable.Load(), Age: time.Duration(r.age.Load()), Asked: r.asked.Load()}, true
	}
	return ReplicaState{}, false
}

// follow leaves numbers and looks for them, until it is stopped.
func (r *replica) follow(ctx context.Context) {
	defer close(r.done)
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for number := int64(1); ; number++ {
		at := time.Now()
		if err := r.source.writes.do(ctx, func(t *tx) error { return t.mark(r.writer, number) }); err == nil {
			r.left(beat{number, at})
		}
		r.look(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// left notes the number, and drops those of which no copy may be left.
func (r *replica) left(b beat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := 0
	for old < len(r.beats) && b.at.Sub(r.beats[old].at) > r.most {
		old++
	}
	r.beats = append(r.beats[old:], b)
}

// seen is a moment of which all is there where the number is seen; zero if that is too long ago.
func (r *replica) seen(number int64) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.beats) - 1; i >= 0; i-- {
		if r.beats[i].number <= number {
			return r.beats[i].at
		}
	}
	return time.Time{}
}

// look finds out whether a copy is there and young enough.
func (r *replica) look(ctx context.Context) {
	look := &csp.Staleness{Most: r.most}
	err := r.with(func(one *reader) error {
		one.looked = time.Time{}
		return r.prove(csp.WithStaleness(ctx, look), one)
	})
	if age, ok := look.Age(); ok {
		r.age.Store(int64(age))
	}
	r.usable.Store(err == nil)
	switch {
	case ctx.Err() != nil, errors.Is(err, errBehind) && time.Since(r.started) < r.most: // nothing may have reached it yet
	case err != nil && !r.trouble:
		r.trouble = true
		r.told(err)
	case err == nil && r.trouble:
		r.trouble = false
		r.told(nil)
	}
}

// query is [readers.query] at a copy that is young enough for the context.
func (r *replica) query(ctx context.Context, query string, args []any, each func(columns) error) error {
	return r.with(func(one *reader) error {
		if !r.usable.Load() {
			return errBehind
		}
		if err := r.prove(ctx, one); err != nil {
			return err
		}
		err := one.query(query, args, each)
		if err == nil {
			r.asked.Add(1)
		}
		return err
	})
}

// with lends a connection to the function. After an error that is not about its age the next has a new one; if it was lost nobody
// else tries before it has been looked at again.
func (r *replica) with(ask func(*reader) error) (err error) {
	reads := r.view.reads
	reads.slots <- struct{}{}
	defer func() { <-reads.slots }()
	one, err := reads.take()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reads.put(one)) }()
	if err = ask(one); err == nil || errors.Is(err, errBehind) {
		return err
	}
	if errors.Is(err, errLost) {
		r.usable.Store(false)
	}
	one.looked, one.proved = time.Time{}, time.Time{}
	return errors.Join(err, one.close())
}

// prove has the connection show how old what it reads is, unless it has done so just now, and notes that in the context.
func (r *replica) prove(ctx context.Context, one *reader) error {
	if now := time.Now(); now.Sub(one.looked) >= proveEvery {
		var number int64
		err := (&question{one.query, `
			SELECT number
			FROM marks
			WHERE writer = $1`, []any{r.writer}}).Scan(&number)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		one.looked, one.proved = now, r.seen(number)
	}
	age := time.Since(one.proved)
	if one.proved.IsZero() || age > r.most || !csp.StalenessOf(ctx).Read(age) {
		return errBehind
	}
	return nil
}

// close ends the following, and closes the connections.
func (r *replica) close() error {
	r.stop()
	<-r.done
	r.view.dialect.reach.end()
	return r.view.reads.close()
}

// closedCommitter refuses all writes.
func closedCommitter() *committer {
	c := &committer{stop: make(chan struct{}), done: make(chan struct{})}
	close(c.stop)
	close(c.done)
	return c
}
