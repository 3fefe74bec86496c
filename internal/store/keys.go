package store

import (
	"context"

	"github.com/tenantry/tenantry/internal/token"
)

// SigningKeys implements [token.KeyStore].
func (db *DB) SigningKeys(ctx context.Context) (keys []token.StoredKey, err error) {
	err = db.each(ctx, `
		SELECT id, created, certificate, sealed
		FROM signing_keys`, func(row scanner) error {
		var key token.StoredKey
		var createdAt int64
		if err := row.Scan(&key.ID, &createdAt, &key.Certificate, &key.Sealed); err != nil {
			return err
		}
		key.Created = timeOf(createdAt)
		keys = append(keys, key)
		return nil
	})
	return keys, err
}

// AddSigningKey implements [token.KeyStore].
func (db *DB) AddSigningKey(ctx context.Context, key token.StoredKey) error {
	return db.writes.do(ctx, func(t *tx) error {
		return t.exec(`
			INSERT INTO signing_keys (id, created, certificate, sealed)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO NOTHING`,
			key.ID, key.Created.UnixMicro(), key.Certificate, key.Sealed)
	})
}

// DropSigningKey implements [token.KeyStore].
func (db *DB) DropSigningKey(ctx context.Context, id string) error {
	return db.writes.do(ctx, func(t *tx) error {
		return t.exec(`
			DELETE FROM signing_keys
			WHERE id = $1`,
			id)
	})
}
