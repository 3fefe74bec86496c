package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema to this version.
func migrate(ctx context.Context, d *dialect) (err error) {
	pool, err := sql.Open(d.driver, d.source())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	provider, err := newProvider(pool, d)
	if err != nil {
		return err
	}
	if pending, err := provider.HasPending(ctx); err != nil || !pending {
		return err // most starts need no lock
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	return nil
}

// migration is a step of the schema.
type migration struct {
	version int64
	text    string
}

// migrationSteps are all of them, in their order.
func migrationSteps() ([]migration, error) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	steps := make([]migration, 0, len(entries))
	for _, entry := range entries {
		text, err := migrations.ReadFile("migrations/" + entry.Name())
		if err != nil {
			return nil, err
		}
		number, _, _ := strings.Cut(entry.Name(), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", entry.Name(), err)
		}
		steps = append(steps, migration{version, string(text)})
	}
	return steps, nil
}

// newProvider knows the way to this version.
func newProvider(db *sql.DB, d *dialect) (*goose.Provider, error) {
	steps, err := migrationSteps()
	if err != nil {
		return nil, err
	}
	options, err := d.locker()
	if err != nil {
		return nil, err
	}
	known := make([]*goose.Migration, 0, len(steps))
	for _, step := range steps {
		known = append(known, goose.NewGoMigration(step.version, &goose.GoFunc{
			RunTx: func(ctx context.Context, tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, d.spell(step.text))
				return err
			},
		}, nil))
	}
	return goose.NewProvider(d.goose, db, nil, append(options, goose.WithGoMigrations(known...), goose.WithDisableGlobalRegistry(true))...)
}
