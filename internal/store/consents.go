package store

import (
	"context"

	"github.com/tenantry/tenantry/internal/csp"
)

// Consents implements [csp.Store].
func (db *DB) Consents(ctx context.Context, of csp.Consent) (permissions []string, err error) {
	err = db.each(ctx, `
		SELECT DISTINCT permission
		FROM consents
		WHERE tenant = $1 AND app = $2 AND granter IN ($3, $4)
		ORDER BY permission`,
		func(row scanner) error {
			var permission string
			if err := row.Scan(&permission); err != nil {
				return err
			}
			permissions = append(permissions, permission)
			return nil
		},
		of.Tenant[:], of.App[:], of.User[:], everybody)
	return permissions, err
}

// everybody is the granter of what an administrator allowed for all users.
var everybody = []byte{}

// AddConsent implements [csp.Store].
func (db *DB) AddConsent(ctx context.Context, consent csp.Consent, permissions []string) error {
	granter := consent.User[:]
	if consent.User.IsZero() {
		granter = everybody
	}
	return db.writes.do(ctx, func(t *tx) error {
		for _, permission := range permissions {
			err := t.exec(`
				INSERT INTO consents (tenant, app, granter, permission)
				VALUES ($1, $2, $3, $4)
				ON CONFLICT (tenant, app, granter, permission) DO NOTHING`,
				consent.Tenant[:], consent.App[:], granter, permission)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
