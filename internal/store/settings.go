package store

import (
	"context"
	"errors"

	"github.com/tenantry/tenantry/internal/csp"
)

// RootKeySetting is where a store keeps the fingerprint of the root key that belongs to it.
const RootKeySetting = "root key"

// Claim keeps the value under the name if there is none yet, and returns the one that is kept.
func (db *DB) Claim(ctx context.Context, name, value string) (string, error) {
	kept, err := db.setting(ctx, name)
	if !errors.Is(err, csp.ErrNotFound) {
		return kept, err
	}
	err = db.writes.do(ctx, func(t *tx) error {
		return t.exec(`
			INSERT INTO settings (name, value)
			VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`,
			name, value)
	})
	if err != nil {
		return "", err
	}
	return db.setting(ctx, name)
}

// Claimed reports whether a value is kept under the name.
func (db *DB) Claimed(ctx context.Context, name string) (bool, error) {
	_, err := db.setting(ctx, name)
	if errors.Is(err, csp.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (db *DB) setting(ctx context.Context, name string) (value string, err error) {
	err = db.row(ctx, `
		SELECT value
		FROM settings
		WHERE name = $1`,
		name).Scan(&value)
	return value, notFound(err)
}

// Setting is the value that is kept under the name, or [csp.ErrNotFound].
func (u *Upkeep) Setting(ctx context.Context, name string) (value string, err error) {
	err = u.pool.QueryRowContext(ctx, u.dialect.spell(`
		SELECT value
		FROM settings
		WHERE name = $1`),
		name).Scan(&value)
	return value, notFound(err)
}
