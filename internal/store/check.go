package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tenantry/tenantry/internal/csp"
)

// Finding is a row that breaks an invariant.
type Finding struct {
	Table   string `json:"table"`
	Row     string `json:"row,omitempty"` // what it is found by: numbers, ids, names; empty: the table as a whole
	Problem string `json:"problem"`
}

// CheckedTable is what was checked of a table. Broken counts the findings.
type CheckedTable struct {
	Table      string `json:"table"`
	Rows       int64  `json:"rows"`
	Invariants int    `json:"invariants"`
	Broken     int64  `json:"broken"`
}

// rule is an invariant that a query can tell: it answers the rows that break it.
type rule struct {
	table   string
	problem string // what is the matter with such a row
	query   string
}

// look is a walk through a table, for invariants that a query cannot tell. It goes in the order of the key, a batch at a time.
type look struct {
	table    string
	columns  string   // that are read: first those of the key, then what else a finding shows
	from     string   // the table, and what is joined to it
	where    string   // which rows; empty: all
	key      []string // as the columns call it
	shown    int      // how many columns a finding shows
	problems []string
	needed   func(*checker) bool // nil: always
	see      func(s *seen, row columns) error
}

// seen is a row that is being looked at.
type seen struct {
	*checker
	look  *look
	names []string
	row   columns
}

// broken tells that the row has the problem.
func (s *seen) broken(problem string) error {
	return s.find(s.look.table, describe(s.names[:s.look.shown], s.row), problem)
}

// lookBatch is how many rows are in memory at once.
const lookBatch = 1000

// databaseFile stands for a table in findings about the file as a whole.
const databaseFile = "database file"

// checker is a check under way.
type checker struct {
	ctx     context.Context
	conn    *sql.Conn
	dialect *dialect
	stmts   map[string]*sql.Stmt
	found   func(Finding) error
	now     time.Time

	wellKnown func(csp.ID) bool
	checked   []*CheckedTable
	after     []func() error // what is to be asked when the batch has been read
}

// Check holds the store to all invariants and tells each finding to found. Applications that are well known need not be registered. It reads one state of the store; what it needs of
// memory does not grow with it. The error is that of a check that could not be made.
func (u *Upkeep) Check(ctx context.Context, wellKnown func(csp.ID) bool, found func(Finding) error) (checked []*CheckedTable, err error) {
	conn, err := u.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, u.dialect.look); err != nil {
		return nil, err
	}
	defer func() {
		_, rollback := conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`) // nothing was written
		err = errors.Join(err, rollback)
	}()
	c := &checker{ctx: ctx, conn: conn, dialect: u.dialect, stmts: map[string]*sql.Stmt{}, found: found, now: u.now(), wellKnown: wellKnown}
	err = c.all()
	for _, stmt := range c.stmts {
		err = errors.Join(err, stmt.Close())
	}
	return c.checked, err
}

func (c *checker) all() error {
	if err := c.file(); err != nil {
		return err
	}
	for _, table := range tables {
		t := c.table(table.name)
		if err := c.tolerate(table.name, c.conn.QueryRowContext(c.ctx, `SELECT COUNT(*) FROM `+table.name).Scan(&t.Rows)); err != nil {
			return err
		}
	}
	for i := range rules {
		c.table(rules[i].table).Invariants++
		if err := c.tolerate(rules[i].table, c.ask(&rules[i])); err != nil {
			return err
		}
	}
	for i := range looks {
		c.table(looks[i].table).Invariants += len(looks[i].problems)
		if looks[i].needed != nil && !looks[i].needed(c) {
			continue
		}
		if err := c.tolerate(looks[i].table, c.walk(&looks[i])); err != nil {
			return err
		}
	}
	return nil
}

// table is what is known of the table.
func (c *checker) table(name string) *CheckedTable {
	i := slices.IndexFunc(c.checked, func(t *CheckedTable) bool { return t.Table == name })
	if i < 0 {
		i = len(c.checked)
		c.checked = append(c.checked, &CheckedTable{Table: name})
	}
	return c.checked[i]
}

func (c *checker) find(table, row, problem string) error {
	c.table(table).Broken++
	if err := c.found(Finding{Table: table, Row: row, Problem: problem}); err != nil {
		return stopped{err}
	}
	return nil
}

// stopped is an error of who is told of findings.
type stopped struct{ error }

// Unwrap is the error itself.
func (s stopped) Unwrap() error { return s.error }

// tolerate makes a finding of what cannot be read of a file, which may be damaged in one place and good in others.
func (c *checker) tolerate(table string, err error) error {
	if err == nil || c.ctx.Err() != nil || c.dialect.path == "" || errors.As(err, new(stopped)) {
		return err
	}
	return c.find(table, "", "cannot be read: "+err.Error())
}

// file asks SQLite whether the file is as it made it, and each index agrees with its table.
func (c *checker) file() error {
	if c.dialect.path == "" {
		return nil
	}
	t := c.table(databaseFile)
	t.Invariants++
	if err := c.tolerate(databaseFile, c.conn.QueryRowContext(c.ctx, `PRAGMA page_count`).Scan(&t.Rows)); err != nil {
		return err
	}
	rows, err := c.conn.QueryContext(c.ctx, `PRAGMA integrity_check`)
	if err == nil {
		err = readRows(rows, func(row *sql.Rows) error {
			var text string
			if err := row.Scan(&text); err != nil || text == "ok" {
				return err
			}
			return c.find(databaseFile, "", text)
		})
	}
	return c.tolerate(databaseFile, err)
}

// ask tells the rows that break the rule.
func (c *checker) ask(r *rule) error {
	_, err := c.each(r.query, nil, func(names []string, row columns) error {
		return c.find(r.table, describe(names, row), r.problem)
	})
	return err
}

// walk looks at all rows.
func (c *checker) walk(l *look) error {
	var last []any
	for {
		query, args := l.page(last)
		read, err := c.each(query, args, func(names []string, row columns) error {
			last = last[:0]
			for _, value := range row[:len(l.key)] {
				last = append(last, value)
			}
			return l.see(&seen{checker: c, look: l, names: names, row: row}, row)
		})
		if err != nil {
			return err
		}
		for _, ask := range c.after {
			if err := ask(); err != nil {
				return err
			}
		}
		c.after = c.after[:0]
		if read < lookBatch {
			return nil
		}
	}
}

// page is the query of the rows behind the last one.
func (l *look) page(last []any) (query string, args []any) {
	var conditions []string
	if l.where != "" {
		conditions = append(conditions, l.where)
	}
	args = []any{lookBatch}
	if last != nil {
		var places []string
		for _, value := range last {
			args = append(args, value)
			places = append(places, "$"+strconv.Itoa(len(args)))
		}
		conditions = append(conditions, "("+strings.Join(l.key, ", ")+") > ("+strings.Join(places, ", ")+")")
	}
	query = "SELECT " + l.columns + " FROM " + l.from
	if conditions != nil {
		query += " WHERE " + strings.Join(conditions, " AND ")
	}
	return query + " ORDER BY " + strings.Join(l.key, ", ") + " LIMIT $1", args
}

// each reads rows whose columns the query chooses.
func (c *checker) each(query string, args []any, read func(names []string, row columns) error) (n int, err error) {
	stmt, ok := c.stmts[query]
	if !ok {
		if stmt, err = c.conn.PrepareContext(c.ctx, c.dialect.spell(query)); err != nil {
			return 0, err
		}
		c.stmts[query] = stmt
	}
	rows, err := stmt.QueryContext(c.ctx, args...)
	if err != nil {
		return 0, err
	}
	names, err := rows.Columns()
	if err != nil {
		return 0, errors.Join(err, rows.Close())
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	err = readRows(rows, func(from *sql.Rows) error {
		n++
		if err := from.Scan(into...); err != nil {
			return err
		}
		row := make(columns, len(names))
		for i, value := range values {
			row[i] = value
		}
		return read(names, row)
	})
	return n, err
}

// there asks, when the batch has been read, whether the query answers a row; if it does not, the row has the problem.
func (s *seen) there(problem, query string, args ...any) {
	s.after = append(s.after, func() error {
		n, err := s.each(query, args, func([]string, columns) error { return nil })
		if err == nil && n == 0 {
			err = s.broken(problem)
		}
		return err
	})
}

// describe tells by what a row is found.
func describe(names []string, row columns) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(name + "=")
		switch value := row[i].(type) {
		case []byte:
			if len(value) == len(csp.ID{}) {
				b.WriteString(csp.ID(value).String())
				break
			}
			b.WriteString(hex.EncodeToString(value))
		case string:
			if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r == utf8.RuneError }) || value == "" {
				value = strconv.Quote(value)
			}
			b.WriteString(value)
		default:
			fmt.Fprint(&b, value)
		}
	}
	return b.String()
}
