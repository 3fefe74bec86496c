package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tenantry/tenantry/partnercenter"
)

// Backup hands over the whole store as it is at one moment: the file, as SQLite would have it if nobody had it open. The function
// is told the size and says where the bytes go. Writes go on meanwhile: into the log, which grows until the last byte is taken.
func (db *DB) Backup(ctx context.Context, to func(size int64) (io.Writer, error)) error {
	return db.dialect.backup(ctx, to)
}

// Backup is [DB.Backup] of a store that no server holds.
func (u *Upkeep) Backup(ctx context.Context, to func(size int64) (io.Writer, error)) error {
	return u.dialect.backup(ctx, to)
}

// errOwnTools is what a database answers that is no file.
var errOwnTools = partnercenter.ErrNotImplemented.With("A PostgreSQL database is backed up by its own tools: pg_dump, or pg_basebackup with an archive of its log.")

func (d *dialect) backup(ctx context.Context, to func(size int64) (io.Writer, error)) (err error) {
	if d.database != "" {
		return errOwnTools
	}
	conn := &connection{dialect: d, source: d.source()}
	defer func() { err = errors.Join(err, conn.close()) }()
	if _, err := conn.exec(d.look, nil); err != nil {
		return err
	}
	var pages, size int64
	for query, into := range map[string]*int64{`PRAGMA page_count`: &pages, `PRAGMA page_size`: &size} {
		if err := (&question{conn.query, query, nil}).Scan(into); err != nil {
			return err
		}
	}
	w, err := to(pages * size)
	if err != nil {
		return err
	}
	var written int64
	err = conn.query(`SELECT data FROM sqlite_dbpage ORDER BY pgno`, nil, func(row columns) error {
		var page []byte
		if err := row.Scan(&page); err != nil {
			return err
		}
		n, err := w.Write(page)
		written += int64(n)
		return errors.Join(err, ctx.Err())
	})
	if err == nil && written != pages*size {
		err = fmt.Errorf("the file has %d bytes, and %d were read", pages*size, written)
	}
	if _, rollback := conn.exec(`ROLLBACK`, nil); rollback != nil {
		return errors.Join(err, rollback)
	}
	// The log is copied into the file here, where no write waits for it.
	return errors.Join(err, conn.query(`PRAGMA wal_checkpoint(PASSIVE)`, nil, func(columns) error { return nil }))
}
