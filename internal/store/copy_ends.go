package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// unfinishedCopy is the setting of a store that is a copy in the making: the place that the copy is at. A store that has it is not
// opened by anybody else.
const unfinishedCopy = "unfinished copy"

var (
	// ErrNotEmpty is what Copy answers for a target that holds something which is no unfinished copy.
	ErrNotEmpty = errors.New("the target is not empty")

	// ErrSourceChanged is what Copy answers when it finds that somebody has written to the source since the copy began.
	ErrSourceChanged = errors.New("the source was written to since the copy began")
)

// copyWait is how long an answer is waited for while a store is copied, where many rows are read and written at once.
const copyWait = 10 * time.Minute

// copyDialect is that of a store that is copied, or copied to.
func copyDialect(storeURL string) (*dialect, error) {
	d, err := dialectOf(storeURL)
	switch {
	case err != nil:
		return nil, err
	case d.name != "":
		return nil, fmt.Errorf("%w: one in memory ends with its server", ErrNoStore)
	case d.database != "":
		d.database = strings.Replace(d.database, applicationName, applicationName+"-copy", 1)
		d.wait = copyWait
	}
	return d, nil
}

// copySource is the store that is copied.
type copySource struct {
	*Upkeep
	conn        *connection // reads one state of it
	fingerprint string      // of its root key
	mark        string      // is another one when somebody has written to it
}

func openCopySource(ctx context.Context, storeURL string) (*copySource, error) {
	d, err := copyDialect(storeURL)
	if err != nil {
		return nil, err
	}
	upkeep, err := newUpkeep(ctx, d, storeURL, "a tenantry that copies it")
	if err != nil {
		return nil, err
	}
	s := &copySource{Upkeep: upkeep, conn: &connection{dialect: d, source: d.source(mapped, "cache_size(-32768)")}}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("copy store %s: %w", Redacted(storeURL), err), s.close())
	}
	return s, nil
}

func (s *copySource) open(ctx context.Context) (err error) {
	// A server that comes later is found out by what it writes.
	if err := s.dialect.unserved(ctx, s.pool); err != nil {
		return err
	}
	if s.fingerprint, err = s.Setting(ctx, RootKeySetting); err != nil && !errors.Is(err, csp.ErrNotFound) {
		return err
	}
	if s.dialect.path != "" { // a log that a crash has left goes into the file now, not while it is copied
		if err := s.conn.query(`PRAGMA wal_checkpoint(TRUNCATE)`, nil, func(columns) error { return nil }); err != nil {
			return err
		}
	}
	if _, err := s.conn.exec(s.dialect.look, nil); err != nil {
		return err
	}
	s.mark, err = s.marked(s.conn)
	return err
}

// marked says which store it is, in which state. Of a file that is its size and the time of the last change. Of a database it is the
// number of the last transaction of each writer: see mark.
func (s *copySource) marked(conn *connection) (string, error) {
	version, err := newestMigration()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, version, s.fingerprint)
	if s.dialect.path != "" {
		info, err := os.Stat(s.dialect.path)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, info.Size(), info.ModTime().UnixNano())
	} else {
		err := conn.query(`
			SELECT d.datname || ' ' || d.oid, m.writer, m.number
			FROM pg_database d
			LEFT JOIN marks m ON true
			WHERE d.datname = current_database()
			ORDER BY m.writer`, nil, func(row columns) error {
			_, err := fmt.Fprintf(h, "%v\n", row)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// unchanged is ErrSourceChanged if somebody has written to the source since it was opened.
func (s *copySource) unchanged() (err error) {
	now := &connection{dialect: s.dialect, source: s.dialect.source()} // sees what the one that reads does not
	defer func() { err = errors.Join(err, now.close()) }()
	mark, err := s.marked(now)
	if err == nil && mark != s.mark {
		err = changedSource()
	}
	return err
}

func changedSource() error {
	return fmt.Errorf("%w: stop all that write to it, and begin anew with --restart", ErrSourceChanged)
}

// count is how many rows the table has.
func (s *copySource) count(ctx context.Context, table string) (rows int64, err error) {
	err = s.pool.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&rows)
	return rows, err
}

func (s *copySource) close() error { return errors.Join(s.conn.close(), s.Upkeep.Close()) }

// copyTarget is the store that is copied to.
type copyTarget struct {
	dialect *dialect
	lock    *os.File
	conn    *connection
	inserts map[*table]*insertion
}

func openCopyTarget(ctx context.Context, storeURL string) (*copyTarget, error) {
	d, err := copyDialect(storeURL)
	if err != nil {
		return nil, err
	}
	t := &copyTarget{dialect: d, conn: &connection{dialect: d, source: d.source("cache_size(-65536)")}, inserts: map[*table]*insertion{}}
	if err := t.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", Redacted(storeURL), writable(d.path, err)), t.close())
	}
	return t, nil
}

func (t *copyTarget) open(ctx context.Context) (err error) {
	if t.dialect.path != "" {
		if t.lock, err = t.dialect.takeFile("a tenantry that copies a store to it"); err != nil {
			return err
		}
	}
	if err := t.conn.open(); err != nil {
		return err
	}
	// Before the schema is brought up to date: a store of somebody's stays as it is. Tables that are not there yet are empty.
	if held := t.held(); held != "" && !t.unfinished() {
		return notEmpty(held)
	}
	if err := migrate(ctx, t.dialect); err != nil {
		return err
	}
	if t.dialect.path == "" {
		return nil
	}
	_, err = t.conn.exec(`PRAGMA wal_autocheckpoint = 4000`, nil)
	return err
}

func notEmpty(table string) error {
	return fmt.Errorf("%w: its table %s has rows; a store is copied to a new file or to an empty database", ErrNotEmpty, table)
}

// held is the first table that has rows, as far as there are tables.
func (t *copyTarget) held() string {
	for i := range tables {
		query := `SELECT 1 FROM ` + tables[i].name
		if tables[i].name == "settings" {
			query += ` WHERE name <> '` + oldestSchema + `'` // which a migration writes
		}
		var one int64
		if !tables[i].passing && (&question{t.conn.query, query, nil}).Scan(&one) == nil {
			return tables[i].name
		}
	}
	return ""
}

// unfinished reports whether it is an unfinished copy.
func (t *copyTarget) unfinished() bool {
	_, err := t.place()
	return err == nil
}

// place is what the target says of the copy, or [csp.ErrNotFound].
func (t *copyTarget) place() (at place, err error) {
	var text string
	err = (&question{t.conn.query, `
		SELECT value
		FROM settings
		WHERE name = $1`, []any{unfinishedCopy}}).Scan(&text)
	if err != nil {
		return place{}, notFound(err)
	}
	if err := json.Unmarshal([]byte(text), &at); err != nil {
		return place{}, fmt.Errorf("setting %q: %w", unfinishedCopy, err)
	}
	return at, nil
}

// begin makes an empty target an unfinished copy, or is the place that one is at.
func (t *copyTarget) begin(mark string, restart bool) (at place, err error) {
	err = t.transaction(func(x *tx) error {
		at, err = t.place()
		switch {
		case err == nil && !restart && at.Source == mark:
			return nil
		case err == nil && !restart:
			return fmt.Errorf("%w, or the target is the copy of another source: begin anew with --restart", ErrSourceChanged)
		case err == nil:
			if err := t.clear(x); err != nil {
				return err
			}
		case !errors.Is(err, csp.ErrNotFound):
			return err
		default:
			if held := t.held(); held != "" {
				return notEmpty(held)
			}
		}
		at = place{Source: mark}
		text, err := json.Marshal(at)
		if err != nil {
			return err
		}
		if err := x.exec(`DELETE FROM settings WHERE name = $1`, oldestSchema); err != nil {
			return err // the source has it as well
		}
		return x.exec(`
			INSERT INTO settings (name, value)
			VALUES ($1, $2)`,
			unfinishedCopy, string(text))
	})
	return at, err
}

// clear empties the tables.
func (t *copyTarget) clear(x *tx) error {
	for i := range tables {
		clear := `DELETE FROM `
		if t.dialect.database != "" {
			clear = `TRUNCATE ` // SQLite does as much by itself
		}
		if err := x.exec(clear + tables[i].name); err != nil {
			return err
		}
	}
	return nil
}

// write makes the rows of the page, and moves the place from where it was behind them.
func (t *copyTarget) write(p *page, from, to place) error {
	if t.inserts[p.table] == nil {
		t.inserts[p.table] = p.table.insertion()
	}
	return t.transaction(func(x *tx) error {
		if err := t.move(x, from, &to); err != nil {
			return err
		}
		return x.insert(t.inserts[p.table], p.values, nil)
	})
}

// move changes the place, or removes it if there is none to go to. It has to be where it was: else two of us copy to one target.
func (t *copyTarget) move(x *tx, from place, to *place) error {
	before, err := json.Marshal(from)
	if err != nil {
		return err
	}
	query, args := `DELETE FROM settings WHERE name = $1 AND value = $2`, []any{unfinishedCopy, string(before)}
	if to != nil {
		after, err := json.Marshal(*to)
		if err != nil {
			return err
		}
		query, args = `UPDATE settings SET value = $3 WHERE name = $1 AND value = $2`, append(args, string(after))
	}
	moved, err := x.affected(query, args...)
	if err == nil && moved != 1 {
		err = errors.New("somebody else copies to this target at the same time, or has emptied it")
	}
	return err
}

// settle has PostgreSQL look at the new tables, which it does by itself after a while: until then it plans as if they were empty.
func (t *copyTarget) settle() error {
	if t.dialect.database == "" {
		return nil
	}
	for i := range tables {
		if _, err := t.conn.exec(`ANALYZE `+tables[i].name, nil); err != nil {
			return err
		}
	}
	return nil
}

// finish makes the copy a store like any other.
func (t *copyTarget) finish(at place) error {
	return t.transaction(func(x *tx) error { return t.move(x, at, nil) })
}

func (t *copyTarget) transaction(run func(*tx) error) error {
	return (&committer{conn: t.conn}).between(run, nil)
}

func (t *copyTarget) close() error {
	err := t.conn.close()
	if t.lock != nil {
		err = errors.Join(err, unlockFile(t.lock))
	}
	return err
}
