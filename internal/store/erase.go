package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var createdTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// Erase drops all that Tenantry has made in a database, and nothing else. It is ErrInUse while servers are connected to it.
func Erase(ctx context.Context, storeURL string) (err error) {
	d, err := dialectOf(storeURL)
	if err != nil {
		return err
	}
	pool, err := sql.Open(d.driver, d.source())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // an error once it is committed
	if err := d.unserved(ctx, tx); err != nil {
		return err
	}
	steps, err := migrationSteps()
	if err != nil {
		return err
	}
	tables := []string{"goose_db_version"}
	for _, step := range steps {
		for _, match := range createdTable.FindAllStringSubmatch(step.text, -1) {
			tables = append(tables, match[1])
		}
	}
	for _, table := range tables {
		if _, err := tx.ExecContext(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// unserved is ErrInUse if servers, or commands, are connected to the database beside this connection. It is a courtesy: servers that
// give themselves another name in the URL are not seen.
func (d *dialect) unserved(ctx context.Context, conn interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) error {
	if d.database == "" {
		return nil // the file has a lock
	}
	var connections int
	err := conn.QueryRowContext(ctx, `
		SELECT COUNT(*)
		FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`,
		strings.TrimPrefix(applicationName, "application_name=")).Scan(&connections)
	if err == nil && connections > 0 {
		err = fmt.Errorf("%w: servers or commands have %d connections to it; stop them first", ErrInUse, connections)
	}
	return err
}
