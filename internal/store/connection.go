package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync/atomic"
)

// connection is a connection to the database with its statements, each prepared once. It is below database/sql, which is a quarter
// of what a look-up by id would cost: most of that for conversions, and for being able to cancel what is over sooner. One goroutine
// has it at a time, and one question is asked at a time.
type connection struct {
	dialect *dialect
	source  string // where it leads

	conn  driver.Conn // nil: it is not open
	stmts map[string]statement
	args  []driver.NamedValue
	row   []driver.Value

	asked    bool // rows are being read
	answered bool // the last question had a row

	committing *atomic.Bool // a transaction is being committed, or nobody knows what became of it
	since      int64        // how many connections had been lost when this one was opened
}

// statement is what the drivers make of a query.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

var errNested = errors.New("a statement was run while the rows of another were being read")

// open opens the connection unless it is open.
func (c *connection) open() error {
	if c.conn != nil {
		return nil
	}
	if c.dialect.reach != nil {
		c.since = c.dialect.reach.lost.Load()
	}
	committing := new(atomic.Bool)
	conn, err := c.dialect.connect(c.source, committing)
	if err != nil {
		return c.named(err)
	}
	c.conn, c.committing, c.stmts = conn, committing, map[string]statement{}
	return nil
}

// outdated reports whether another connection was lost since this one was opened.
func (c *connection) outdated() bool {
	return c.conn != nil && c.dialect.reach != nil && c.since != c.dialect.reach.lost.Load()
}

// lose closes a connection that was lost under a writer, if it was open.
func (c *connection) lose() error {
	if c.conn != nil {
		c.dialect.reach.leave()
	}
	return c.close()
}

// close closes the connection and its statements, if it is open. It can be opened again. That it was lost before is no error.
func (c *connection) close() error {
	if c.conn == nil {
		return nil
	}
	var errs []error
	closed := func(err error) {
		if err != nil && !errors.Is(c.named(err), errLost) {
			errs = append(errs, err)
		}
	}
	for _, stmt := range c.stmts {
		closed(stmt.Close())
	}
	closed(c.conn.Close())
	c.conn, c.stmts, c.asked = nil, nil, false
	return errors.Join(errs...)
}

// commit ends a transaction. It may be given up, but is never cancelled: a server that is told to stop waiting for its standby commits
// without it, and what was committed so is gone when the standby takes over.
const commit = `COMMIT`

// exec runs the statement, and reports how many rows it made, changed or removed.
func (c *connection) exec(query string, args []any) (int64, error) {
	stmt, err := c.prepare(query, args)
	if err != nil {
		return 0, err
	}
	ctx, cancel := c.dialect.patient()
	defer cancel()
	c.committing.Store(query == commit)
	result, err := stmt.ExecContext(ctx, c.args)
	if err != nil {
		return 0, c.named(err)
	}
	return result.RowsAffected()
}

// query calls the function for each row of the answer, until it returns an error; io.EOF is none, it only ends the answer.
// The columns are the function's until it returns, what they hold is for good.
func (c *connection) query(query string, args []any, each func(columns) error) (err error) {
	c.answered = false
	stmt, err := c.prepare(query, args)
	if err != nil {
		return err
	}
	ctx, cancel := c.dialect.patient()
	defer cancel()
	rows, err := stmt.QueryContext(ctx, c.args)
	if err != nil {
		return c.named(err)
	}
	c.asked = true
	defer func() {
		c.asked = false
		if closed := rows.Close(); err == nil && closed != nil {
			err = c.named(closed)
		}
	}()
	c.row = append(c.row[:0], make([]driver.Value, len(rows.Columns()))...)
	for {
		switch err := rows.Next(c.row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return c.named(err)
		}
		c.answered = true
		if err := each(c.row); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// prepare is the statement of the query, with its arguments in c.args.
func (c *connection) prepare(query string, args []any) (statement, error) {
	if c.asked {
		return nil, errNested
	}
	c.args = c.args[:0]
	for i, arg := range args {
		switch arg.(type) {
		case int64, string, []byte, bool: // as it is
		default:
			var err error
			if arg, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return nil, err
			}
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	if stmt, ok := c.stmts[query]; ok {
		return stmt, nil
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	prepared, err := c.conn.Prepare(c.dialect.spell(query))
	if err != nil {
		return nil, c.named(err)
	}
	stmt, ok := prepared.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's %T takes no context", prepared), prepared.Close())
	}
	c.stmts[query] = stmt
	return stmt, nil
}

// named is the error by the name that we have for it.
func (c *connection) named(err error) error { return c.dialect.named(c.conn, err) }

// scanner is a row that is being read.
type scanner interface{ Scan(into ...any) error }

// question is a query of one row that is asked when its answer is wanted.
type question struct {
	ask   func(query string, args []any, each func(columns) error) error
	query string
	args  []any
}

// Scan implements [scanner].
func (q *question) Scan(into ...any) error {
	found := false
	err := q.ask(q.query, q.args, func(row columns) error {
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
