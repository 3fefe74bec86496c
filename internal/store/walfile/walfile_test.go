//go:build unix

package walfile_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/tenantry/tenantry/internal/store/disktest"
	"github.com/tenantry/tenantry/internal/store/walfile"
)

// database is one that connections share in one process, over one of SQLite's file systems.
type database struct {
	t    *testing.T
	path string
	pool *sql.DB
}

// open opens the database in the directory. Its connections keep next to no pages, so that long transactions write to the log
// before they commit, and read there what they wrote.
func open(t *testing.T, dir, fileSystem string) *database {
	t.Helper()
	path := filepath.Join(dir, "test.db")
	options := url.Values{"vfs": {fileSystem}, "_pragma": {
		"journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(50)", "cache_size(5)", "journal_size_limit(100000)"}}
	pool, err := sql.Open("sqlite", "file:"+path+"?"+options.Encode())
	if err != nil {
		t.Fatal(err)
	}
	d := &database{t: t, path: path, pool: pool}
	t.Cleanup(d.close)
	return d
}

func (d *database) close() {
	if err := d.pool.Close(); err != nil {
		d.t.Error(err)
	}
}

func (d *database) connection() *sql.Conn {
	d.t.Helper()
	conn, err := d.pool.Conn(context.Background()) // it is closed when the test's context has ended
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = conn.Close() }) // the pool tells
	return conn
}

func exec(t *testing.T, conn *sql.Conn, query string, args ...any) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func number(t *testing.T, conn *sql.Conn, query string) (n int) {
	t.Helper()
	if err := conn.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// content is all that the connection sees.
func content(t *testing.T, conn *sql.Conn) string {
	t.Helper()
	var rows string
	err := conn.QueryRowContext(t.Context(), `SELECT coalesce(group_concat(id || ':' || hex(body), ';'), '') FROM
		(SELECT id, body FROM item ORDER BY id)`).Scan(&rows)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func mustBeSound(t *testing.T, conn *sql.Conn) {
	t.Helper()
	var verdict string
	if err := conn.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("the database is not whole: %s, %v", verdict, err)
	}
}

func register(t *testing.T) string {
	t.Helper()
	name, err := walfile.Register()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

const schema = `CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB NOT NULL); CREATE INDEX item_body ON item (body)`

// step is one statement of a transaction.
func step(random *rand.Rand) (query string, args []any) {
	body := make([]byte, random.IntN(3000))
	for i := range body {
		body[i] = byte(random.Uint32())
	}
	id := random.IntN(300)
	switch random.IntN(12) {
	case 0:
		return `SAVEPOINT s`, nil
	case 1:
		return `ROLLBACK TO s`, nil
	case 2:
		return `DELETE FROM item WHERE id BETWEEN $1 AND $1 + 20`, []any{id}
	case 3:
		return `UPDATE item SET body = $2 WHERE id % 7 = $1 % 7`, []any{id, body}
	}
	return `INSERT INTO item VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body`, []any{id, body}
}

// TestTransactions makes the same random transactions over this file system and over SQLite's own, by two writers in turn, many
// of which are taken back, and compares what a reader sees after each, and after all was opened anew.
func TestTransactions(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	plainDir, gatheredDir := t.TempDir(), t.TempDir()
	name := register(t)
	for range 3 {
		plain, gathered := open(t, plainDir, "unix-excl"), open(t, gatheredDir, name)
		var writers [2][2]*sql.Conn
		for i := range writers {
			writers[i] = [2]*sql.Conn{plain.connection(), gathered.connection()}
		}
		reader := [2]*sql.Conn{plain.connection(), gathered.connection()}
		for _, conn := range writers[0] {
			if number(t, conn, `SELECT count(*) FROM sqlite_schema`) == 0 {
				exec(t, conn, schema)
			}
		}
		for range 40 {
			pair := writers[random.IntN(2)]
			for _, conn := range pair {
				exec(t, conn, `BEGIN IMMEDIATE`)
				exec(t, conn, `SAVEPOINT s`)
			}
			for range random.IntN(60) {
				query, args := step(random)
				for _, conn := range pair {
					exec(t, conn, query, args...)
				}
			}
			end := []string{`COMMIT`, `COMMIT`, `ROLLBACK`}[random.IntN(3)]
			for _, conn := range pair {
				exec(t, conn, end)
			}
			if want, got := content(t, reader[0]), content(t, reader[1]); want != got {
				t.Fatalf("after a %s a reader sees %d bytes, %d over SQLite's own file system", end, len(got), len(want))
			}
			if random.IntN(10) == 0 {
				for _, conn := range pair {
					exec(t, conn, []string{`PRAGMA wal_checkpoint(PASSIVE)`, `PRAGMA wal_checkpoint(TRUNCATE)`}[random.IntN(2)])
				}
			}
		}
		for _, conn := range reader {
			mustBeSound(t, conn)
		}
		for _, conns := range [][2]*sql.Conn{writers[0], writers[1], reader} {
			for _, conn := range conns {
				if err := conn.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
		plain.close()
		gathered.close()
	}
}

// TestOtherWriter has a writer take back what it has gathered and another one commit in its place, which the first must not
// write over with what it still has.
func TestOtherWriter(t *testing.T) {
	d := open(t, t.TempDir(), register(t))
	one, other := d.connection(), d.connection()
	exec(t, one, `CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB NOT NULL)`) // whose last page is at hand: nothing is read
	for i := range 20 {
		exec(t, one, `BEGIN IMMEDIATE`)
		for n := range 40 {
			exec(t, one, `INSERT INTO item VALUES ($1, randomblob(2000))`, 10000+n)
		}
		exec(t, one, `ROLLBACK`)
		exec(t, other, `INSERT INTO item VALUES ($1, randomblob(2000))`, i)
		exec(t, other, `INSERT INTO item VALUES ($1, randomblob(2000))`, 100+i)
		exec(t, one, `INSERT INTO item VALUES ($1, randomblob(2000))`, 200+i)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	mustBeSound(t, other)
	if n := number(t, other, `SELECT count(*) FROM item`); n != 60 {
		t.Errorf("there are %d rows, want 60", n)
	}
}

// TestFewWrites counts what the disk is asked for.
func TestFewWrites(t *testing.T) {
	dir := t.TempDir()
	disk, err := disktest.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, dir, register(t))
	conn := d.connection()
	exec(t, conn, `PRAGMA cache_size = -20000`) // nothing is written before the commit
	exec(t, conn, schema)
	before := disk.Writes("test.db-wal")
	exec(t, conn, `BEGIN IMMEDIATE`)
	for n := range 500 {
		exec(t, conn, `INSERT INTO item VALUES ($1, randomblob(2000))`, n)
	}
	exec(t, conn, `COMMIT`)
	pages := number(t, conn, `PRAGMA page_count`)
	// 31 frames of 4120 bytes are what one write takes, and what it takes in pieces would be two writes a page.
	if writes, most := disk.Writes("test.db-wal")-before, pages/25+10; writes > most {
		t.Errorf("a commit of %d pages took %d writes, want %d at most", pages, writes, most)
	}
}

// TestPowerFails cuts the power after each of many commits, and finds all of them.
func TestPowerFails(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	disk, err := disktest.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	name := register(t)
	d := open(t, dir, name)
	conn := d.connection()
	exec(t, conn, schema)
	for i := range 40 {
		exec(t, conn, `BEGIN IMMEDIATE`)
		exec(t, conn, `SAVEPOINT s`)
		for range random.IntN(40) {
			query, args := step(random)
			exec(t, conn, query, args...)
		}
		exec(t, conn, `COMMIT`)
		want := content(t, conn)
		if random.IntN(2) == 0 { // the next transaction is under way, partly written and not committed
			exec(t, conn, `BEGIN IMMEDIATE`)
			exec(t, conn, `UPDATE item SET body = randomblob(2500)`)
		} else {
			exec(t, conn, `BEGIN`)
		}
		left := t.TempDir()
		if err := disk.CutPower(left, random); err != nil {
			t.Fatal(err)
		}
		exec(t, conn, `ROLLBACK`)
		found := open(t, left, name).connection()
		if got := content(t, found); got != want {
			t.Fatalf("after commit %d and a loss of power there are %d bytes, want %d", i, len(got), len(want))
		}
		mustBeSound(t, found)
	}
}

// TestBadDisk fails in each way under a commit, which then has not happened; the next one does.
func TestBadDisk(t *testing.T) {
	for what, fail := range map[string]func(*disktest.Disk){
		"no write":  func(d *disktest.Disk) { d.FailWrites("-wal") },
		"no sync":   func(d *disktest.Disk) { d.FailSyncs("-wal") },
		"full disk": func(d *disktest.Disk) { d.Fill(true) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			disk, err := disktest.New(dir)
			if err != nil {
				t.Fatal(err)
			}
			d := open(t, dir, register(t))
			conn, reader := d.connection(), d.connection()
			exec(t, conn, schema)
			for _, rows := range []int{1, 200} {
				before := content(t, reader)
				fail(disk)
				err := func() error {
					exec(t, conn, `BEGIN IMMEDIATE`)
					defer func() { _, _ = conn.ExecContext(t.Context(), `ROLLBACK`) }() // SQLite may have done so
					for n := range rows {
						_, err := conn.ExecContext(t.Context(), `INSERT INTO item VALUES ($1, randomblob(2000))`, 1000*rows+n)
						if err != nil {
							return err
						}
					}
					_, err := conn.ExecContext(t.Context(), `COMMIT`)
					return err
				}()
				if err == nil {
					t.Fatalf("a commit of %d rows succeeded", rows)
				}
				disk.Repair()
				if got := content(t, reader); got != before {
					t.Errorf("after %v a reader sees something else than before", err)
				}
				exec(t, conn, `INSERT INTO item VALUES ($1, randomblob(2000))`, rows)
				if got := content(t, reader); got == before || got != content(t, conn) {
					t.Errorf("the write after %v is not there", err)
				}
				mustBeSound(t, reader)
			}
		})
	}
}

// TestOnlyLogs leaves all else to SQLite's own file system: an unnamed file, a database in memory, a copy.
func TestOnlyLogs(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, register(t))
	conn := d.connection()
	exec(t, conn, schema)
	exec(t, conn, `CREATE TEMP TABLE scratch AS SELECT randomblob(100000) AS body`)
	exec(t, conn, `INSERT INTO item SELECT 1, body FROM scratch`)
	exec(t, conn, fmt.Sprintf(`VACUUM INTO '%s'`, filepath.Join(dir, "copy.db")))
	exec(t, conn, `PRAGMA journal_mode = DELETE`)
	exec(t, conn, `INSERT INTO item VALUES (2, 'two')`)
	exec(t, conn, `PRAGMA journal_mode = WAL`)
	exec(t, conn, `INSERT INTO item VALUES (3, 'three')`)
	mustBeSound(t, conn)
	exec(t, conn, fmt.Sprintf(`ATTACH '%s' AS copy`, filepath.Join(dir, "copy.db")))
	if n := number(t, conn, `SELECT (SELECT count(*) FROM item) * 10 + (SELECT count(*) FROM copy.item)`); n != 31 {
		t.Errorf("got %d, want 3 rows and 1 in the copy", n)
	}
}
