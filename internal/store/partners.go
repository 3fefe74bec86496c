package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// CreatePartner implements [csp.Store].
func (db *DB) CreatePartner(ctx context.Context, partner *csp.Partner) error {
	return db.writes.do(ctx, func(t *tx) error {
		var n int64
		err := t.row(`
			SELECT COALESCE(MAX(n), 0) + 1
			FROM partners`).Scan(&n)
		if err != nil {
			return err
		}
		err = exists(t.inserted(`
			INSERT INTO partners (n, id, kind, country, mpn_id, sandbox, agreement)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO NOTHING`,
			n, partner.ID[:], string(partner.Kind), partner.Country, partner.MPNID, partner.Sandbox, partner.AgreementAccepted))
		if err != nil {
			return err
		}
		err = exists(t.inserted(`
			INSERT INTO domains (name, tenant)
			VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`,
			strings.ToLower(partner.Domain), n))
		if err != nil {
			return err
		}
		return t.exec(`
			INSERT INTO tenants (n, id, name, domain, created, profile)
			VALUES ($1, $2, $3, $4, $5, '')`,
			n, partner.ID[:], partner.Name, partner.Domain, db.now().UnixMicro())
	})
}

// exists is csp.ErrExists where an insert made no row.
func exists(inserted bool, err error) error {
	if err == nil && !inserted {
		return csp.ErrExists
	}
	return err
}

// Partner implements [csp.Store].
func (db *DB) Partner(ctx context.Context, id csp.ID) (*csp.Partner, error) {
	partner := &csp.Partner{ID: id}
	err := db.row(ctx, `
		SELECT t.name, t.domain, p.kind, p.country, p.mpn_id, p.sandbox, p.agreement
		FROM partners p
		JOIN tenants t ON t.n = p.n
		WHERE p.id = $1`,
		id[:]).Scan(&partner.Name, &partner.Domain, &partner.Kind, &partner.Country, &partner.MPNID, &partner.Sandbox, &partner.AgreementAccepted)
	if err != nil {
		return nil, notFound(err)
	}
	return partner, nil
}

// notFound is csp.ErrNotFound where a query answered no row.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return csp.ErrNotFound
	}
	return err
}

// CreatePartnership implements [csp.Store].
func (db *DB) CreatePartnership(ctx context.Context, provider, reseller csp.ID) error {
	providerNumber, err := db.partnerNumber(ctx, provider)
	if err != nil {
		return err
	}
	resellerNumber, err := db.partnerNumber(ctx, reseller)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		return t.exec(`
			INSERT INTO partnerships (provider, reseller)
			VALUES ($1, $2)
			ON CONFLICT (provider, reseller) DO NOTHING`,
			providerNumber, resellerNumber)
	})
}

// partnerNumber is the n of a partner. It never changes, so it is asked for once.
func (db *DB) partnerNumber(ctx context.Context, id csp.ID) (int64, error) {
	if n, ok := db.partners.Load(id); ok {
		return n.(int64), nil
	}
	var n int64
	err := db.row(ctx, `
		SELECT n
		FROM partners
		WHERE id = $1`,
		id[:]).Scan(&n)
	if err != nil {
		return 0, notFound(err)
	}
	db.partners.Store(id, n)
	return n, nil
}
