package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

func mustOpenFile(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestReadersTogether has more reads at once than there are readers, each of them open until all readers are in use.
func TestReadersTogether(t *testing.T) {
	db := mustOpenFile(t)
	readers := db.dialect.readers
	var all sync.WaitGroup
	all.Add(readers)
	var group sync.WaitGroup
	for i := range 5 * readers {
		group.Go(func() {
			want := int64(i)
			err := db.reads.query(`SELECT $1, 'text'`, []any{i}, func(row columns) error {
				if i < readers {
					all.Done()
					all.Wait()
				}
				if got := row[0]; got != want {
					return fmt.Errorf("got %v for %d", got, i)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		if i == readers-1 {
			all.Wait()
		}
	}
	group.Wait()
	for i, one := range db.reads.all {
		if one.busy || one.conn == nil || len(one.stmts) == 0 {
			t.Errorf("reader %d: busy %t, %d statements; want it idle with what it was used for", i, one.busy, len(one.stmts))
		}
	}
}

// TestFirstReaderFirst reads one behind another: only one reader is ever opened, and it is the one that maps the file.
func TestFirstReaderFirst(t *testing.T) {
	db := mustOpenFile(t)
	for range 10 {
		var mapped int64
		if err := db.row(t.Context(), `PRAGMA mmap_size`).Scan(&mapped); err != nil || mapped == 0 {
			t.Fatalf("got %d bytes mapped, %v", mapped, err)
		}
	}
	for i, one := range db.reads.all {
		if opened := one.conn != nil; opened != (i == 0) {
			t.Errorf("reader %d: opened %t", i, opened)
		}
	}
}

func TestReadersErrors(t *testing.T) {
	db := mustOpenFile(t)
	ctx := t.Context()
	var n int64
	if err := db.row(ctx, `SELECT nonsense FROM nowhere`).Scan(&n); err == nil {
		t.Error("got no error for a query that cannot be")
	}
	if err := db.row(ctx, `SELECT 'text'`).Scan(&n); err == nil {
		t.Error("got no error for a text as a number")
	}
	if err := db.row(ctx, `SELECT $1`, struct{}{}).Scan(&n); err == nil {
		t.Error("got no error for an argument that is no value")
	}
	if err := db.row(ctx, `SELECT 1 WHERE 1 = 2`).Scan(&n); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no rows: got %v", err)
	}
	if err := db.row(ctx, `SELECT 7 UNION SELECT 8`).Scan(&n); err != nil || n != 7 {
		t.Errorf("the first row of two: got %d, %v", n, err)
	}
	rows, stop := 0, errors.New("stop")
	for _, test := range []struct{ end, want error }{{io.EOF, nil}, {stop, stop}} {
		rows = 0
		err := db.reads.query(`SELECT 1 UNION SELECT 2`, nil, func(columns) error { rows++; return test.end })
		if !errors.Is(err, test.want) || rows != 1 {
			t.Errorf("ended by %v: got %v after %d rows", test.end, err, rows)
		}
	}
}

// TestReadersClose closes the store while a read runs: that one ends well, and no other begins.
func TestReadersClose(t *testing.T) {
	db := mustOpenFile(t)
	err := db.reads.query(`SELECT 1`, nil, func(columns) error {
		if err := db.Close(); err != nil {
			return err
		}
		if err := db.Ready(t.Context()); !errors.Is(err, csp.ErrUnavailable) {
			return fmt.Errorf("got %v from a store that is closed", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if db.reads.all[0].conn != nil {
		t.Error("the reader is open still")
	}
}

func TestColumnsScan(t *testing.T) {
	type word string
	type month time.Month
	for _, test := range []struct {
		value any
		into  any
		want  any // nil: an error
	}{
		{int64(7), new(int64), int64(7)},
		{int64(7), new(int), 7},
		{int64(7), new(month), month(7)},
		{int64(300), new(int8), nil},
		{int64(1), new(bool), true},
		{int64(0), new(bool), false},
		{true, new(bool), true},
		{"text", new(string), "text"},
		{"text", new(word), word("text")},
		{"text", new([]byte), []byte("text")},
		{[]byte("bytes"), new([]byte), []byte("bytes")},
		{[]byte("bytes"), new(string), nil},
		{"7", new(int64), nil},
		{"7", new(int), nil},
		{"true", new(bool), nil},
		{int64(7), new(string), nil},
		{int64(7), new(word), nil},
		{nil, new(string), nil},
		{nil, new(word), nil},
		{1.5, new(int64), nil},
	} {
		err := columns{test.value}.Scan(test.into)
		got := reflect.ValueOf(test.into).Elem().Interface()
		if (err != nil) != (test.want == nil) || err == nil && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%T %v: got %v, %v; want %v", test.value, test.value, got, err, test.want)
		}
	}
	if err := (columns{int64(1), int64(2)}).Scan(new(int64)); err == nil {
		t.Error("got no error for two columns into one value")
	}
}
