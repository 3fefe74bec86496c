package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// ownCluster is a PostgreSQL whose settings the test may change.
func ownCluster(t *testing.T) *postgrestest.Cluster {
	t.Helper()
	postgrestest.Servers(t) // or there is no PostgreSQL
	installations := postgrestest.Installations()
	if len(installations) == 0 {
		t.Skip("only servers of others, whose settings are not ours")
	}
	cluster, err := postgrestest.Start(installations[len(installations)-1], postgrestest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

// line is a way to a database that can be cut.
type line struct {
	dir, url string
	begun    atomic.Int32 // connections, without those that cancel another

	mu    sync.Mutex
	conns []net.Conn
}

// newLine leads to the database of the URL, or nowhere.
func newLine(t *testing.T, url string) *line {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	l := &line{dir: dir, url: "postgres://tenantry@/postgres?sslmode=disable&port=5432&host=" + dir}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			var hello [8]byte
			if _, err := io.ReadFull(conn, hello[:]); err != nil {
				conn.Close()
				continue
			}
			if binary.BigEndian.Uint32(hello[4:]) != cancelCode {
				l.begun.Add(1)
			}
			other, err := net.Dial("unix", filepath.Join(config.Host, ".s.PGSQL.5432"))
			if err != nil {
				conn.Close()
				continue
			}
			_, _ = other.Write(hello[:])
			l.mu.Lock()
			l.conns = append(l.conns, conn, other)
			l.mu.Unlock()
			group.Go(func() { _, _ = io.Copy(conn, other) })
			group.Go(func() { _, _ = io.Copy(other, conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		l.cut()
		group.Wait()
	})
	return l
}

const cancelCode = 80877102 // of PostgreSQL's protocol

// cut ends what goes by the line now.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range l.conns {
		conn.Close()
	}
	l.conns = nil
}

// TestCommitIsNotCancelled commits while a replica is waited for that does not come: the server takes too long, or the connection is lost. The
// caller gets an answer, and nobody sees what was written until it is safe.
func TestCommitIsNotCancelled(t *testing.T) {
	cluster := ownCluster(t)
	line := newLine(t, cluster.URL)
	ctx := t.Context()
	db, err := Open(ctx, line.url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.dialect.wait = time.Second
	for name, lose := range map[string]func(){
		"it takes too long":      func() {},
		"the connection is lost": line.cut,
	} {
		call := csp.NewCall(csp.ID{}, "PUT", "/", name, nil)
		change := func() ([]byte, error) {
			return db.once(ctx, call, func(*tx) ([]byte, error) { return []byte("done"), nil })
		}
		awaitReplica(t, cluster.URL, "a replica that does not come")
		for n := range 2 {
			var group sync.WaitGroup
			group.Go(func() {
				if recorded, err := change(); !errors.Is(err, csp.ErrUnavailable) {
					t.Errorf("%s, change %d: got %q, %v, want %v", name, n+1, recorded, err, csp.ErrUnavailable)
				}
			})
			awaitState(t, cluster.URL, `wait_event = 'SyncRep'`)
			lose()
			group.Wait()
			for {
				recorded, err := db.Recorded(ctx, call)
				if errors.Is(err, errLost) {
					continue // its connection was lost as well, or it took too long
				}
				if err != nil || recorded != nil {
					t.Errorf("%s, recorded after change %d: got %q, %v, want nothing", name, n+1, recorded, err)
				}
				break
			}
		}
		awaitReplica(t, cluster.URL, "")
		recorded, err := change()
		for errors.Is(err, csp.ErrUnavailable) {
			recorded, err = change()
		}
		if err != nil || string(recorded) != "done" {
			t.Errorf("%s, the change again: got %q, %v, want what was done before", name, recorded, err)
		}
	}
}

// TestReadsLeave takes the right to write from the server: it is not written to any more, nor read from, until it has it again.
func TestReadsLeave(t *testing.T) {
	cluster := ownCluster(t)
	db, err := Open(t.Context(), cluster.URL, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reader := func() (pid int, err error) {
		err = db.row(t.Context(), `SELECT pg_backend_pid()`).Scan(&pid)
		return pid, err
	}
	before, err := reader()
	if err != nil {
		t.Fatal(err)
	}
	if same, err := reader(); err != nil || same != before {
		t.Errorf("another read: got %d, %v, want the connection %d", same, err, before)
	}
	setting(t, cluster.URL, "default_transaction_read_only", "on")
	if _, err := db.Claim(t.Context(), "a", "b"); !errors.Is(err, errLost) {
		t.Errorf("a write on a replica: got %v, want %v", err, errLost)
	}
	if pid, err := reader(); !errors.Is(err, errLost) {
		t.Errorf("a read on a replica: got %d, %v, want %v", pid, err, errLost)
	}
	setting(t, cluster.URL, "default_transaction_read_only", "off")
	for {
		_, err := db.Claim(t.Context(), "a", "b")
		if err == nil {
			break
		}
		if !errors.Is(err, errLost) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // the server tells nobody that it takes writes again
	}
	if after, err := reader(); err != nil || after == before {
		t.Errorf("a read afterwards: got %d, %v, want a connection other than %d", after, err, before)
	}
}

// TestHosts opens connections by a URL of two hosts, of which one is dead. The other is remembered, until a connection to it was lost.
func TestHosts(t *testing.T) {
	database := postgrestest.Newest(t)
	if len(postgrestest.Installations()) == 0 {
		t.Skip("only servers of others, whose URLs may be of any form")
	}
	dead, alive := newLine(t, "postgres://tenantry@/postgres?host=/nowhere"), newLine(t, database.URL)
	d := postgresDialect(alive.url + "," + dead.dir)
	defer d.reach.end()
	d.reach.host = 1
	for i, want := range []struct {
		lost        bool
		dead, alive int32 // connections so far
	}{
		{false, 1, 1},
		{false, 1, 2},
		{true, 2, 3},
		{false, 2, 4},
	} {
		if want.lost {
			d.reach.leave()
		}
		conn, err := d.connect(d.source(), new(atomic.Bool))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if dead, alive := dead.begun.Load(), alive.begun.Load(); dead != want.dead || alive != want.alive {
			t.Errorf("connection %d: tried the dead host %d times, the other %d times, want %d, %d", i+1, dead, alive, want.dead, want.alive)
		}
	}
}

// awaitReplica has commits wait for the replica of that name; without one they wait for none.
func awaitReplica(t *testing.T, url, name string) {
	t.Helper()
	if name != "" {
		name = `"` + name + `"`
	}
	setting(t, url, "synchronous_standby_names", name)
}

// setting gives the setting of the server a value, and waits until it has it.
func setting(t *testing.T, url, name, value string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, statement := range []string{
		"SET default_transaction_read_only = off",
		fmt.Sprintf("ALTER SYSTEM SET %s = '%s'", name, value),
		"RESET default_transaction_read_only",
		"SELECT pg_reload_conf()",
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	for now := "?"; now != value; time.Sleep(time.Millisecond) { // each process reads it when it comes to it
		if err := conn.QueryRow(ctx, "SHOW "+name).Scan(&now); err != nil {
			t.Fatal(err)
		}
	}
}

// awaitState waits until a connection is in the state.
func awaitState(t *testing.T, url, state string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for n := 0; n == 0; time.Sleep(time.Millisecond) {
		if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE "+state).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}
