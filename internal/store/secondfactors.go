package store

import (
	"context"

	"github.com/tenantry/tenantry/internal/csp"
)

// SecondFactor implements [csp.Store].
func (db *DB) SecondFactor(ctx context.Context, user *csp.User) (*csp.SecondFactor, error) {
	tenant, err := db.tenantNumber(ctx, user.Tenant)
	if err != nil {
		return nil, err
	}
	factor := &csp.SecondFactor{}
	var id []byte
	var enrolled int64
	err = db.row(ctx, `
		SELECT id, sealed, enrolled, step
		FROM second_factors
		WHERE tenant = $1 AND account = $2`,
		tenant, user.ID[:]).Scan(&id, &factor.Sealed, &enrolled, &factor.Step)
	if err != nil {
		return nil, notFound(err)
	}
	factor.ID, factor.Enrolled = csp.ID(id), timeOf(enrolled)
	return factor, nil
}

// AddSecondFactor implements [csp.Store].
func (db *DB) AddSecondFactor(ctx context.Context, user *csp.User, factor *csp.SecondFactor) error {
	tenant, err := db.tenantNumber(ctx, user.Tenant)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		return exists(t.inserted(`
			INSERT INTO second_factors (tenant, account, id, sealed, enrolled, step)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (tenant, account) DO NOTHING`,
			tenant, user.ID[:], factor.ID[:], factor.Sealed, factor.Enrolled.UnixMicro(), factor.Step))
	})
}

// UseSecondFactor implements [csp.Store].
func (db *DB) UseSecondFactor(ctx context.Context, user *csp.User, factor csp.ID, step int64) error {
	tenant, err := db.tenantNumber(ctx, user.Tenant)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		used, err := t.affected(`
			UPDATE second_factors
			SET step = $1
			WHERE tenant = $2 AND account = $3 AND id = $4 AND step < $1`,
			step, tenant, user.ID[:], factor[:])
		if err != nil || used > 0 {
			return err
		}
		var one int
		err = t.row(`
			SELECT 1
			FROM second_factors
			WHERE tenant = $1 AND account = $2 AND id = $3`,
			tenant, user.ID[:], factor[:]).Scan(&one)
		if err != nil {
			return notFound(err)
		}
		return csp.ErrRedeemed
	})
}

// RemoveSecondFactor implements [csp.Store].
func (db *DB) RemoveSecondFactor(ctx context.Context, user *csp.User) error {
	tenant, err := db.tenantNumber(ctx, user.Tenant)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		removed, err := t.affected(`
			DELETE FROM second_factors
			WHERE tenant = $1 AND account = $2`,
			tenant, user.ID[:])
		if err == nil && removed == 0 {
			err = csp.ErrNotFound
		}
		return err
	})
}
