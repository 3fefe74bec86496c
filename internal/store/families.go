package store

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// AddFamily implements [csp.Store].
func (db *DB) AddFamily(ctx context.Context, family *csp.Family) error {
	granted, err := json.Marshal(&family.Authorization)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		return exists(t.inserted(`
			INSERT INTO families (id, granted, used, generation, revoked)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO NOTHING`,
			family.ID[:], string(granted), family.Used.UnixMicro(), family.Generation, family.Revoked))
	})
}

// Family implements [csp.Store].
func (db *DB) Family(ctx context.Context, id csp.ID) (*csp.Family, error) {
	family := &csp.Family{ID: id}
	var granted []byte
	var used int64
	err := db.row(ctx, `
		SELECT granted, used, generation, revoked
		FROM families
		WHERE id = $1`,
		id[:]).Scan(&granted, &used, &family.Generation, &family.Revoked)
	if err != nil {
		return nil, notFound(err)
	}
	family.Used = timeOf(used)
	return family, json.Unmarshal(granted, &family.Authorization)
}

// usedEvery is how exact it is known when a family was used: a token that is redeemed for one resource after another, as the
// samples of the .NET SDK do, costs a write for the first.
const usedEvery = time.Hour

// UseFamily implements [csp.Store].
func (db *DB) UseFamily(ctx context.Context, id csp.ID, generation int64, now time.Time) error {
	var known, used int64
	err := db.row(ctx, `
		SELECT generation, used
		FROM families
		WHERE id = $1`,
		id[:]).Scan(&known, &used)
	if err != nil {
		return notFound(err)
	}
	if generation <= known && now.UnixMicro() < used+usedEvery.Microseconds() {
		return nil
	}
	return db.writes.do(ctx, func(t *tx) error {
		err := t.exec(`
			UPDATE families
			SET used = $1
			WHERE id = $2 AND used < $1`,
			now.UnixMicro(), id[:])
		if err != nil {
			return err
		}
		return t.exec(`
			UPDATE families
			SET generation = $1
			WHERE id = $2 AND generation < $1`,
			generation, id[:])
	})
}

// RevokeFamily implements [csp.Store].
func (db *DB) RevokeFamily(ctx context.Context, id csp.ID) error {
	return db.writes.do(ctx, func(t *tx) error { return t.revokeFamily(id[:]) })
}

func (t *tx) revokeFamily(id []byte) error {
	return t.exec(`
		UPDATE families
		SET revoked = $1
		WHERE id = $2`,
		true, id)
}
