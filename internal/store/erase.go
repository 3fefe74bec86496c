package store

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
)

var createdTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// Erase drops all that Tenantry has made in a database, and nothing else.
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
