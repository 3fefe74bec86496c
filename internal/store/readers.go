package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sync"
)

// readers are the connections that read. They are below database/sql, which is a quarter of what a look-up by id would cost: most
// of that for conversions, and for being able to cancel what is over sooner. The first that is free is taken, so the first of
// them, whose pages are warm, does nearly all the work, and the last are opened when many read at once.
type readers struct {
	open  func(first bool) (driver.Conn, error)
	spell func(string) string
	slots chan struct{} // one for each read that runs

	mu     sync.Mutex
	all    []*reader
	closed bool
}

// reader is a connection with its statements, each prepared once. One goroutine has it at a time.
type reader struct {
	busy  bool        // somebody has it; belongs to the readers
	conn  driver.Conn // nil: not opened yet
	stmts map[string]driver.StmtQueryContext
	args  []driver.NamedValue
	row   []driver.Value
}

func newReaders(limit int, spell func(string) string, open func(first bool) (driver.Conn, error)) *readers {
	r := &readers{open: open, spell: spell, slots: make(chan struct{}, limit)}
	for range limit {
		r.all = append(r.all, &reader{})
	}
	return r
}

// query calls the function for each row of the answer, until it returns an error; io.EOF is none, it only ends the answer.
// The columns are the function's until it returns, what they hold is for good.
func (r *readers) query(query string, args []any, each func(columns) error) error {
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	one, err := r.take()
	if err != nil {
		return err
	}
	err = one.query(query, r.spell, args, each)
	if err != nil {
		err = errors.Join(err, one.close()) // the next has a new one: whatever state this is in, nobody has to know
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
	n := slices.IndexFunc(r.all, func(one *reader) bool { return !one.busy }) // there is one for each slot
	one := r.all[n]
	if one.conn == nil {
		conn, err := r.open(n == 0)
		if err != nil {
			return nil, err
		}
		one.conn, one.stmts = conn, map[string]driver.StmtQueryContext{}
	}
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

func (r *reader) query(query string, spell func(string) string, args []any, each func(columns) error) (err error) {
	stmt, err := r.stmt(query, spell)
	if err != nil {
		return err
	}
	r.args = r.args[:0]
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return err
		}
		r.args = append(r.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	// Without a deadline: it would take longer to stop the query than it takes to end.
	rows, err := stmt.QueryContext(context.Background(), r.args)
	if err != nil {
		return err
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	r.row = append(r.row[:0], make([]driver.Value, len(rows.Columns()))...)
	for {
		switch err := rows.Next(r.row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := each(r.row); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (r *reader) stmt(query string, spell func(string) string) (driver.StmtQueryContext, error) {
	if stmt, ok := r.stmts[query]; ok {
		return stmt, nil
	}
	prepared, err := r.conn.Prepare(spell(query))
	if err != nil {
		return nil, err
	}
	stmt, ok := prepared.(driver.StmtQueryContext)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's %T takes no context", prepared), prepared.Close())
	}
	r.stmts[query] = stmt
	return stmt, nil
}

// close closes the connection and its statements, if it is open.
func (r *reader) close() error {
	if r.conn == nil {
		return nil
	}
	var errs []error
	for _, stmt := range r.stmts {
		errs = append(errs, stmt.(driver.Stmt).Close())
	}
	errs = append(errs, r.conn.Close())
	r.conn, r.stmts = nil, nil
	return errors.Join(errs...)
}

// question is a query of one row that is asked when its answer is wanted.
type question struct {
	readers *readers
	query   string
	args    []any
}

// Scan implements [scanner].
func (q *question) Scan(into ...any) error {
	found := false
	err := q.readers.query(q.query, q.args, func(row columns) error {
		found = true
		if err := row.Scan(into...); err != nil {
			return err
		}
		return io.EOF
	})
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// columns are a row, as the driver answers it.
type columns []driver.Value

// Scan implements [scanner] for the types that rows are read into.
func (c columns) Scan(into ...any) error {
	if len(into) != len(c) {
		return fmt.Errorf("%d columns are read into %d values", len(c), len(into))
	}
	for i, value := range c {
		if err := assign(into[i], value); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// assign puts a column where it belongs. Bytes are the receiver's own: the driver makes them anew for each row.
func assign(into any, value driver.Value) error {
	switch into := into.(type) {
	case *int64:
		if number, ok := value.(int64); ok {
			*into = number
			return nil
		}
	case *string:
		if text, ok := value.(string); ok {
			*into = text
			return nil
		}
	case *[]byte:
		switch bytes := value.(type) {
		case []byte:
			*into = bytes
			return nil
		case string:
			*into = []byte(bytes)
			return nil
		}
	case *bool: // SQLite has none; it keeps 0 and 1
		switch flag := value.(type) {
		case bool:
			*into = flag
			return nil
		case int64:
			*into = flag != 0
			return nil
		}
	case sql.Scanner: // columns that may be NULL
		return into.Scan(value)
	default:
		return assignKind(reflect.ValueOf(into).Elem(), value)
	}
	return fmt.Errorf("%T cannot be read into %T", value, into)
}

// assignKind is assign for the types of other packages.
func assignKind(into reflect.Value, value driver.Value) error {
	switch value := value.(type) {
	case string:
		if into.Kind() == reflect.String {
			into.SetString(value)
			return nil
		}
	case int64:
		if into.CanInt() && !into.OverflowInt(value) {
			into.SetInt(value)
			return nil
		}
	}
	return fmt.Errorf("%T cannot be read into %s", value, into.Type())
}
