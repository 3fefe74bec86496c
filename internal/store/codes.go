package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// AddCode implements [csp.Store].
func (db *DB) AddCode(ctx context.Context, hash csp.Hash, code *csp.IssuedCode) error {
	granted, err := json.Marshal(&code.Authorization)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		return t.exec(`
			INSERT INTO codes (n, hash, granted, expires, redeemed, family)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			db.rows.New().Order(), hash[:], string(granted), code.Expires.UnixMicro(), code.Redeemed, []byte{})
	})
}

// Code implements [csp.Store].
func (db *DB) Code(ctx context.Context, hash csp.Hash) (*csp.IssuedCode, error) {
	code := &csp.IssuedCode{}
	var granted []byte
	var expires int64
	err := db.row(ctx, `
		SELECT granted, expires, redeemed
		FROM codes
		WHERE hash = $1`,
		hash[:]).Scan(&granted, &expires, &code.Redeemed)
	if err != nil {
		return nil, notFound(err)
	}
	code.Expires = timeOf(expires)
	return code, json.Unmarshal(granted, &code.Authorization)
}

// RedeemCode implements [csp.Store].
func (db *DB) RedeemCode(ctx context.Context, hash csp.Hash, family csp.ID) error {
	var refusal error
	err := db.writes.do(ctx, func(t *tx) error {
		refusal = nil
		var redeemed bool
		var earlier []byte
		err := t.row(`
			SELECT redeemed, family
			FROM codes
			WHERE hash = $1`,
			hash[:]).Scan(&redeemed, &earlier)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			refusal = csp.ErrNotFound
			return nil
		case err != nil:
			return err
		case redeemed:
			refusal = csp.ErrRedeemed
			return t.revokeFamily(earlier)
		}
		kept := family[:]
		if family.IsZero() {
			kept = []byte{}
		}
		return t.exec(`
			UPDATE codes
			SET redeemed = $1, family = $2
			WHERE hash = $3`,
			true, kept, hash[:])
	})
	return errors.Join(err, refusal)
}

// grantsKept is how long codes are remembered, so that one that is redeemed late or again is told from one that never was.
const grantsKept = 24 * time.Hour

// ForgetGrants drops codes and sign-ins of devices that are older than a day, and families of refresh tokens that were not
// used for longer than age. It reports how many they were.
func (db *DB) ForgetGrants(ctx context.Context, age time.Duration) (int, error) {
	codes, err := db.forget(ctx, grantsKept, `
		DELETE FROM codes
		WHERE n IN (SELECT n FROM codes WHERE n < $1 ORDER BY n LIMIT $2)`)
	if err != nil {
		return codes, err
	}
	devices, err := db.forget(ctx, grantsKept, `
		DELETE FROM devices
		WHERE n IN (SELECT n FROM devices WHERE n < $1 ORDER BY n LIMIT $2)`)
	if err != nil {
		return codes + devices, err
	}
	families, err := db.forgetBefore(ctx, db.now().Add(-age).UnixMicro(), `
		DELETE FROM families
		WHERE id IN (SELECT id FROM families WHERE used < $1 ORDER BY used LIMIT $2)`)
	return codes + devices + families, err
}
