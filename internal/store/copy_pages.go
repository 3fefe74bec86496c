package store

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/base64"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// copyPage is how many rows a page of a copy has, which share a transaction. A variable, so that tests can have many pages of few rows.
var copyPage = 2000

// page is some rows of a table, one behind another in the order of their key.
type page struct {
	table  *table
	values []any // of the columns, row by row
	last   bool  // it ends the table
}

// place is how far a copy is: behind a row of a table. It is kept in the target, see unfinishedCopy.
type place struct {
	Source string   `json:"source"` // what it is a copy of, see copySource.mark
	Table  string   `json:"table,omitempty"`
	Key    []string `json:"key,omitempty"` // of the row, see columnKind.text; none: no row of the table was copied
	Rows   int64    `json:"rows,omitempty"`
}

// behind is the place behind the page.
func (p place) behind(page *page) place {
	next := place{Source: p.Source, Table: page.table.name, Key: p.Key, Rows: int64(page.rows())}
	if page.table.name == p.Table {
		next.Rows += p.Rows
	} else {
		next.Key = nil
	}
	if page.rows() > 0 {
		next.Key = nil
		for i, value := range page.key(page.rows() - 1) {
			next.Key = append(next.Key, page.table.column(page.table.key[i]).kind.text(value))
		}
	}
	return next
}

// pages reads the tables that are copied, from behind the place. Each table has a last page, which may be empty.
func pages(ctx context.Context, conn *connection, from place, take func(*page) bool) error {
	begin := max(0, slices.IndexFunc(tables, func(t table) bool { return t.name == from.Table }))
	for i := begin; i < len(tables); i++ {
		t := &tables[i]
		if t.passing {
			continue
		}
		var last []any
		if t.name == from.Table && from.Key != nil {
			for k, text := range from.Key {
				value, err := t.column(t.key[k]).kind.parse(text)
				if err != nil {
					return fmt.Errorf("setting %q: %w", unfinishedCopy, err)
				}
				last = append(last, value)
			}
		}
		for ended := false; !ended; {
			p, err := t.page(conn, last)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("read table %s: %w", t.name, err)
			}
			if !take(p) {
				return nil
			}
			if ended = p.last; !ended {
				last = p.key(p.rows() - 1)
			}
		}
	}
	return nil
}

// ahead is what the function reads, which runs on a goroutine of its own and some pages before they are wanted.
func ahead(read func(take func(*page) bool) error) iter.Seq2[*page, error] {
	return func(yield func(*page, error) bool) {
		type result struct {
			page *page
			err  error
		}
		results, stop := make(chan result, 2), make(chan struct{})
		var reading sync.WaitGroup
		reading.Go(func() {
			defer close(results)
			give := func(r result) bool {
				select {
				case results <- r:
					return true
				case <-stop:
					return false
				}
			}
			if err := read(func(p *page) bool { return give(result{page: p}) }); err != nil {
				give(result{err: err})
			}
		})
		defer reading.Wait()
		defer close(stop)
		for r := range results {
			if !yield(r.page, r.err) {
				return
			}
		}
	}
}

// page reads the rows behind the key, or the first.
func (t *table) page(conn *connection, behind []any) (*page, error) {
	var names []string
	for _, column := range t.columns {
		names = append(names, column.name)
	}
	look := &look{columns: strings.Join(names, ", "), from: t.name, key: t.key}
	if t.name == "settings" {
		look.where = "name <> '" + unfinishedCopy + "'" // which is about the copy itself
	}
	query, args := look.page(behind)
	args[0] = copyPage
	p := &page{table: t}
	err := conn.query(query, args, func(row columns) error {
		for i, value := range row {
			kept, err := t.columns[i].kind.value(value)
			if err != nil {
				return fmt.Errorf("%s: column %s: %w", t.found(row), t.columns[i].name, err)
			}
			p.values = append(p.values, kept)
		}
		return nil
	})
	p.last = p.rows() < copyPage
	return p, err
}

// column is the one of that name.
func (t *table) column(name string) column {
	return t.columns[t.index(name)]
}

func (t *table) index(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
}

// insertion makes rows of the table.
func (t *table) insertion() *insertion {
	var names []string
	for _, column := range t.columns {
		names = append(names, column.name)
	}
	return newInsertion("INSERT INTO "+t.name+" ("+strings.Join(names, ", ")+")", len(names), "")
}

// rows is how many it has.
func (p *page) rows() int { return len(p.values) / len(p.table.columns) }

// row is the n-th one.
func (p *page) row(n int) []any {
	width := len(p.table.columns)
	return p.values[n*width : (n+1)*width]
}

// key is that of the n-th row.
func (p *page) key(n int) (key []any) {
	for _, name := range p.table.key {
		key = append(key, p.row(n)[p.table.index(name)])
	}
	return key
}

// describe tells by what the row of the value is found.
func (p *page) describe(value int) string {
	var row columns
	for _, value := range p.row(value / len(p.table.columns)) {
		row = append(row, value)
	}
	return p.table.found(row)
}

// found tells by what a row is found.
func (t *table) found(row columns) string {
	var key columns
	for _, name := range t.key {
		key = append(key, row[t.index(name)])
	}
	return describe(t.key, key)
}

// equals is an error that names the first value in which a page of the target differs from this one of the source.
func (p *page) equals(copied *page) error {
	if copied == nil || copied.table != p.table {
		return fmt.Errorf("table %s: the copy has fewer rows than the source%s", p.table.name, meddled)
	}
	for i, value := range p.values {
		if i == len(copied.values) {
			return fmt.Errorf("%s %s is not in the copy%s", p.table.name, p.describe(i), meddled)
		}
		if !equal(value, copied.values[i]) {
			return fmt.Errorf("%s %s differs from the source in column %s%s", p.table.name, copied.describe(i), p.table.columns[i%len(p.table.columns)].name, meddled)
		}
	}
	if len(copied.values) > len(p.values) {
		return fmt.Errorf("%s %s is in the copy, and not in the source%s", p.table.name, copied.describe(len(p.values)), meddled)
	}
	return nil
}

// meddled is what a difference means.
const meddled = ": somebody has written to the copy; begin anew with --restart"

func equal(a, b any) bool {
	if bytesOfA, ok := a.([]byte); ok {
		bytesOfB, ok := b.([]byte)
		return ok && bytes.Equal(bytesOfA, bytesOfB)
	}
	return a == b
}

// value is a column as every database takes it: SQLite has no flags, and answers nil for no bytes.
func (k columnKind) value(value driver.Value) (kept any, err error) {
	switch k {
	case numberKind:
		var number int64
		err = assign(&number, value)
		kept = number
	case textKind:
		var text string
		err = assign(&text, value)
		kept = text
	case flagKind:
		var flag bool
		err = assign(&flag, value)
		kept = flag
	default:
		read, isBytes := value.([]byte)
		if !isBytes {
			return nil, fmt.Errorf("%T where bytes belong", value)
		}
		kept = append([]byte{}, read...)
	}
	return kept, err
}

// text is a value of a key as the place of a copy has it: any bytes can be in it.
func (k columnKind) text(value any) string {
	switch value := value.(type) {
	case int64:
		return strconv.FormatInt(value, 10)
	case string:
		return base64.StdEncoding.EncodeToString([]byte(value))
	case []byte:
		return base64.StdEncoding.EncodeToString(value)
	}
	return ""
}

// parse reads what text wrote.
func (k columnKind) parse(text string) (any, error) {
	if k == numberKind {
		return strconv.ParseInt(text, 10, 64)
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if k == textKind {
		return string(value), err
	}
	return value, err
}
