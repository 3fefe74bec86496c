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

// Partner implements [csp.Store]. Partners are shared and must not be changed.
func (db *DB) Partner(ctx context.Context, id csp.ID) (*csp.Partner, error) {
	row, err := db.partner(ctx, id)
	if err != nil {
		return nil, err
	}
	return &row.Partner, nil
}

// partnerRow is a partner with its number.
type partnerRow struct {
	csp.Partner
	n int64
}

// partner is read once: partners are made and never changed.
func (db *DB) partner(ctx context.Context, id csp.ID) (*partnerRow, error) {
	if row, ok := db.partners.Load(id); ok {
		return row.(*partnerRow), nil
	}
	row := &partnerRow{Partner: csp.Partner{ID: id}}
	err := db.row(ctx, `
		SELECT p.n, t.name, t.domain, p.kind, p.country, p.mpn_id, p.sandbox, p.agreement
		FROM partners p
		JOIN tenants t ON t.n = p.n
		WHERE p.id = $1`,
		id[:]).Scan(&row.n, &row.Name, &row.Domain, &row.Kind, &row.Country, &row.MPNID, &row.Sandbox, &row.AgreementAccepted)
	if err != nil {
		return nil, notFound(err)
	}
	db.partners.Store(id, row)
	return row, nil
}

// PartnerByMPN implements [csp.Store].
func (db *DB) PartnerByMPN(ctx context.Context, mpnID string) (*csp.Partner, error) {
	if mpnID == "" {
		return nil, csp.ErrNotFound // so are all who have none
	}
	var bytes []byte
	err := db.row(ctx, `
		SELECT id
		FROM partners
		WHERE mpn_id = $1
		ORDER BY n
		LIMIT 1`,
		mpnID).Scan(&bytes)
	if err != nil {
		return nil, notFound(err)
	}
	return db.Partner(ctx, csp.ID(bytes))
}

// asker asks a query of one row: outside of a transaction or in it.
type asker func(query string, args ...any) scanner

func (db *DB) asking(ctx context.Context) asker {
	return func(query string, args ...any) scanner { return db.row(ctx, query, args...) }
}

// partnerID is the id of the partner with the number; it is asked for once.
func (db *DB) partnerID(ask asker, n int64) (csp.ID, error) {
	if id, ok := db.partnerIDs.Load(n); ok {
		return id.(csp.ID), nil
	}
	var bytes []byte
	err := ask(`
		SELECT id
		FROM partners
		WHERE n = $1`,
		n).Scan(&bytes)
	if err != nil {
		return csp.ID{}, notFound(err)
	}
	id := csp.ID(bytes)
	db.partnerIDs.Store(n, id)
	return id, nil
}

// notFound is csp.ErrNotFound where a query answered no row.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return csp.ErrNotFound
	}
	return err
}
