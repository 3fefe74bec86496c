package store

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// AddDomain implements [csp.Store].
func (db *DB) AddDomain(ctx context.Context, partner, id csp.ID, call csp.Call, domain *partnercenter.VerifiedDomain, change func(*csp.Customer) (csp.Outcome, error)) ([]byte, error) {
	profile, err := json.Marshal(domain)
	if err != nil {
		return nil, err
	}
	name := domain.Domain.Name
	return db.changeCustomer(ctx, partner, id, call, func(t *tx, row *customerRow) (csp.Outcome, error) {
		customer, err := db.customerOf(t.row, partner, id, *row)
		if err != nil {
			return csp.Outcome{}, err
		}
		outcome, err := change(customer)
		if err != nil {
			return csp.Outcome{}, err
		}
		isNew, err := t.inserted(`
			INSERT INTO domains (name, tenant, profile)
			VALUES ($1, $2, $3)
			ON CONFLICT (name) DO NOTHING`,
			strings.ToLower(name), row.n, string(profile))
		if err != nil {
			return csp.Outcome{}, err
		}
		if !isNew {
			return csp.Outcome{}, t.domainTaken(name, row.n)
		}
		customer.CustomDomains = append(customer.CustomDomains, name)
		return outcome, t.updateCustomer(row, customer)
	})
}

// domainTaken is the refusal of a domain that a tenant has already: the one that wants it, or another.
func (t *tx) domainTaken(name string, tenant int64) error {
	var owner int64
	err := t.row(`
		SELECT tenant
		FROM domains
		WHERE name = $1`,
		strings.ToLower(name)).Scan(&owner)
	switch {
	case err != nil:
		return err
	case owner == tenant:
		return partnercenter.ErrDomainTaken.With("The domain "+name+" is one of this customer's already.", "verifiedDomainName")
	default:
		return partnercenter.ErrDomainTaken.With("The domain "+name+" is already used by another tenant.", "verifiedDomainName")
	}
}

// Federation implements [csp.Store].
func (db *DB) Federation(ctx context.Context, domain string) (*csp.Federation, error) {
	var profile []byte
	err := db.row(ctx, `
		SELECT profile
		FROM domains
		WHERE name = $1`,
		strings.ToLower(domain)).Scan(&profile)
	if err != nil {
		return nil, notFound(err)
	}
	if len(profile) == 0 {
		return nil, nil // an initial domain
	}
	kept := &partnercenter.VerifiedDomain{}
	if err := json.Unmarshal(profile, kept); err != nil {
		return nil, err
	}
	return csp.FederationOf(kept), nil
}
