package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// CopyOptions are the choices at copying a store. The zero value is good.
type CopyOptions struct {
	// Restart begins anew what an earlier copy has left unfinished.
	Restart bool

	// Accept is told the fingerprint of the source's root key, empty if it knows none, before anything is written.
	Accept func(fingerprint string) error

	// Progress is told of each page that was copied or compared.
	Progress func(CopyProgress)
}

// CopyProgress is how far a copy is with a table.
type CopyProgress struct {
	Table     string
	Comparing bool  // it was copied before, and is compared with the source
	Rows      int64 // that are done
	Earlier   int64 // of those, by earlier runs
	Of        int64
	Done      bool
}

// Copied is what was copied.
type Copied struct {
	Tables  []CopiedTable
	Resumed bool // an earlier run had copied some of it
}

// CopiedTable is what was copied of a table.
type CopiedTable struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

// copier is a copy under way.
type copier struct {
	source  *copySource
	target  *copyTarget
	options CopyOptions
	totals  map[string]int64
	at      place
	began   place // where this run did

	unfit []string // what the target cannot keep: table, row, column
	more  int      // and how many of those are not named
}

// maxUnfit is how many values are named that the target cannot keep.
const maxUnfit = 20

// Copy copies a store into an empty one, or goes on with a copy that was interrupted. Nobody may write to the source meanwhile: of a
// file it has the lock, of a database it finds out. Before the target is a store that can be opened, each of its rows has been
// compared with the source's.
func Copy(ctx context.Context, from, to string, options CopyOptions) (copied *Copied, err error) {
	source, err := openCopySource(ctx, from)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	if options.Accept != nil {
		if err := options.Accept(source.fingerprint); err != nil {
			return nil, err
		}
	}
	target, err := openCopyTarget(ctx, to)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, target.close()) }()
	c := &copier{source: source, target: target, options: options, totals: map[string]int64{}}
	if c.at, err = target.begin(source.mark, options.Restart); err != nil {
		return nil, err
	}
	c.began = c.at
	copied = &Copied{Resumed: c.at.Table != ""}
	if err := c.run(ctx, copied); err != nil {
		return nil, err
	}
	return copied, nil
}

// run copies, compares and finishes.
func (c *copier) run(ctx context.Context, copied *Copied) error {
	for i := range tables {
		if tables[i].passing {
			continue
		}
		rows, err := c.source.count(ctx, tables[i].name)
		if err != nil {
			return err
		}
		c.totals[tables[i].name] = rows
	}
	for _, step := range [...]func() error{
		func() error { return c.copyRows(ctx) },
		c.target.settle,
		func() (err error) { copied.Tables, err = c.compare(ctx); return err },
		c.source.unchanged,
		func() error { return c.target.finish(c.at) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// copyRows copies what is behind the place that the copy is at, a page in each transaction.
func (c *copier) copyRows(ctx context.Context) error {
	for page, err := range ahead(func(take func(*page) bool) error { return pages(ctx, c.source.conn, c.at, take) }) {
		if err != nil {
			return err
		}
		if c.refuse(page); c.unfit != nil {
			continue // only looks for more of it
		}
		next := c.at.behind(page)
		if err := c.target.write(page, c.at, next); err != nil {
			return fmt.Errorf("copy table %s: %w", page.table.name, err)
		}
		c.at = next
		progress := CopyProgress{Table: page.table.name, Rows: next.Rows, Done: page.last}
		if progress.Table == c.began.Table {
			progress.Earlier = c.began.Rows
		}
		c.tell(progress)
		if page.last {
			if err := c.source.unchanged(); err != nil {
				return err
			}
		}
	}
	return c.refusal()
}

// refuse notes what the target cannot keep of the page.
func (c *copier) refuse(p *page) {
	for i, value := range p.values {
		text, isText := value.(string)
		if !isText {
			continue
		}
		if reason := c.target.dialect.unfit(text); reason == "" {
			continue
		} else if len(c.unfit) == maxUnfit {
			c.more++
		} else {
			c.unfit = append(c.unfit, fmt.Sprintf("%s %s: column %s holds %s", p.table.name, p.describe(i), p.table.columns[i%len(p.table.columns)].name, reason))
		}
	}
}

// refusal is the error of what was noted.
func (c *copier) refusal() error {
	if c.unfit == nil {
		return nil
	}
	text := "PostgreSQL cannot keep all texts of the source; change these there and run the copy again:\n  " + strings.Join(c.unfit, "\n  ")
	if c.more > 0 {
		text += fmt.Sprintf("\n  and %d more", c.more)
	}
	return errors.New(text)
}

// compare holds each row of the target to that of the source.
func (c *copier) compare(ctx context.Context) (copied []CopiedTable, err error) {
	all := func(conn *connection) iter.Seq2[*page, error] {
		return ahead(func(take func(*page) bool) error { return pages(ctx, conn, place{}, take) })
	}
	next, stop := iter.Pull2(all(c.target.conn))
	defer stop()
	rows := int64(0)
	for page, err := range all(c.source.conn) {
		if err != nil {
			return nil, err
		}
		other, err, _ := next() // there are pages until both tables end
		if err == nil {
			err = page.equals(other)
		}
		if err != nil {
			return nil, err
		}
		rows += int64(page.rows())
		c.tell(CopyProgress{Table: page.table.name, Comparing: true, Rows: rows, Done: page.last})
		if page.last {
			copied = append(copied, CopiedTable{page.table.name, rows})
			rows = 0
		}
	}
	return copied, nil
}

func (c *copier) tell(progress CopyProgress) {
	if c.options.Progress != nil {
		progress.Of = c.totals[progress.Table]
		c.options.Progress(progress)
	}
}
