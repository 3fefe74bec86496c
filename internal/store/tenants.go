package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// DomainTaken implements [csp.Store].
func (db *DB) DomainTaken(ctx context.Context, domain string) (bool, error) {
	var one int
	err := db.row(ctx, `
		SELECT 1
		FROM domains
		WHERE name = $1`,
		strings.ToLower(domain)).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Tenant implements [csp.Store].
func (db *DB) Tenant(ctx context.Context, id csp.ID) (*csp.Tenant, error) {
	n, err := db.tenantNumber(ctx, id)
	if err != nil {
		return nil, err
	}
	tenant := &csp.Tenant{ID: id}
	err = db.row(ctx, `
		SELECT name, domain
		FROM tenants
		WHERE n = $1 AND id = $2`,
		n, id[:]).Scan(&tenant.Name, &tenant.Domain)
	if err != nil {
		return nil, notFound(err)
	}
	return tenant, nil
}

// tenantNumber is the n of a tenant, if there is a tenant of that id: a partner's own number, or the order of the id.
func (db *DB) tenantNumber(ctx context.Context, id csp.ID) (int64, error) {
	switch partner, err := db.partner(ctx, id); {
	case err == nil:
		return partner.n, nil
	case errors.Is(err, csp.ErrNotFound):
		return id.Order(), nil
	default:
		return 0, err
	}
}

// TenantByDomain implements [csp.Store].
func (db *DB) TenantByDomain(ctx context.Context, domain string) (*csp.Tenant, error) {
	tenant := &csp.Tenant{}
	var id []byte
	err := db.row(ctx, `
		SELECT t.id, t.name, t.domain
		FROM domains d
		JOIN tenants t ON t.n = d.tenant
		WHERE d.name = $1`,
		strings.ToLower(domain)).Scan(&id, &tenant.Name, &tenant.Domain)
	if err != nil {
		return nil, notFound(err)
	}
	tenant.ID = csp.ID(id)
	return tenant, nil
}

// NewestOrder implements [csp.Store].
func (db *DB) NewestOrder(ctx context.Context) (order int64, err error) {
	err = db.row(ctx, `
		SELECT COALESCE(MAX(n), 0)
		FROM tenants`).Scan(&order)
	return order, err
}

// timeOf reads a time as the columns hold it.
func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
