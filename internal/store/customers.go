package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// relationship is a row: what a customer is to a partner.
type relationship struct {
	partner, customer  int64
	reseller, provider int64 // of an indirect customer
	delegated          bool
	account            int64
}

// values are the columns of insertRelationships.
func (r *relationship) values() []any {
	return []any{r.partner, r.customer, r.reseller, r.provider, r.delegated, r.account}
}

// insertName lets the partner find the customer by its name, and keeps beside the name what a list by name shows of the tenant.
func (t *tx) insertName(partner int64, name string, customer csp.ID, domain string) error {
	return t.insert(insertNames, []any{partner, csp.FoldedName(name), customer.Order(), customer[:], name, domain}, nil)
}

// reseller is the indirect reseller whom the customer is created for; 0 is none.
func (t *tx) reseller(row *newCustomer) (n int64, refusal, err error) {
	id := row.Customer.Reseller
	if id.IsZero() {
		return 0, nil, nil
	}
	var kind csp.PartnerKind
	var agreement bool
	var provider sql.NullInt64
	err = t.row(`
		SELECT p.n, p.kind, p.agreement, s.provider
		FROM partners p
		LEFT JOIN partnerships s ON s.reseller = p.n AND s.provider = $2
		WHERE p.id = $1`,
		id[:], row.partner).Scan(&n, &kind, &agreement, &provider)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, partnercenter.ErrResellerNotFound.With("No partner has the tenant id "+id.String()+" that associatedPartnerId names.", "associatedPartnerId"), nil
	case err != nil:
		return 0, nil, err
	case kind != csp.IndirectReseller || !provider.Valid:
		return 0, partnercenter.ErrNotAReseller.With("The partner "+id.String()+" that associatedPartnerId names is not an indirect reseller of yours.", "associatedPartnerId"), nil
	case !agreement:
		return 0, partnercenter.ErrResellerAgreement, nil
	}
	return n, nil, nil
}

// full refuses a partner that has as many customers as it may have.
func (t *tx) full(row *newCustomer) (refusal, err error) {
	if row.CustomerLimit == 0 {
		return nil, nil
	}
	var customers int
	err = t.row(`
		SELECT COUNT(*)
		FROM (SELECT 1 FROM relationships WHERE partner = $1 LIMIT $2) AS few`,
		row.partner, row.CustomerLimit).Scan(&customers)
	if err != nil || customers < row.CustomerLimit {
		return nil, err
	}
	return partnercenter.ErrSandboxLimit.Withf("The sandbox account has %d customers, as many as it may have. Delete one first.", customers), nil
}

// customerRow is what the tables hold of a customer as a partner sees it.
type customerRow struct {
	n         int64   // known where it is about to be changed
	partner   int64   // likewise
	name      string  // likewise
	holders   []int64 // likewise: all partners that have a relationship with the customer
	account   int64
	domain    string
	profile   string
	created   int64
	reseller  int64
	provider  int64
	delegated bool
}

// Customer implements [csp.Store].
func (db *DB) Customer(ctx context.Context, partner, id csp.ID) (*csp.Customer, error) {
	row, err := db.customerRow(ctx, partner, id)
	if err != nil {
		return nil, err
	}
	return db.customerOf(db.asking(ctx), partner, id, row)
}

// customerOf reads the row.
func (db *DB) customerOf(ask asker, partner, id csp.ID, row customerRow) (*csp.Customer, error) {
	customer := &csp.Customer{ID: id, Partner: partner, DelegatedAccess: row.delegated, Created: timeOf(row.created)}
	if err := readProfile(row.profile, &customer.Customer); err != nil {
		return nil, err
	}
	if err := readAccount(ask, &row, customer); err != nil {
		return nil, err
	}
	customer.CompanyProfile.Domain = row.domain
	if row.reseller != 0 {
		reseller, err := db.partnerID(ask, row.reseller)
		if err != nil {
			return nil, err
		}
		customer.Reseller = reseller
	}
	return customer, nil
}

func (db *DB) customerRow(ctx context.Context, partner, id csp.ID) (row customerRow, err error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return row, err
	}
	err = row.scan(db.row(ctx, customerQuery, owner.n, id.Order(), id[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return row, db.unrelated(ctx, partner, id)
	}
	return row, err
}

// customerQuery casts the partner because SQLite plans apart for a parameter that is 0 or 1, and the first partner is 1: each
// time that another one asked next the plan would be made anew, which takes twice as long as the query. So do the lists.
const customerQuery = `
	SELECT t.domain, t.created, t.profile, r.delegated, r.reseller, r.provider, r.account
	FROM relationships r
	JOIN tenants t ON t.n = r.customer
	WHERE r.partner = CAST($1 AS BIGINT) AND r.customer = $2 AND t.id = $3`

func (row *customerRow) scan(from scanner) error {
	return from.Scan(&row.domain, &row.created, &row.profile, &row.delegated, &row.reseller, &row.provider, &row.account)
}

// unrelated tells a customer of somebody else from none at all.
func (db *DB) unrelated(ctx context.Context, partner, id csp.ID) error {
	switch _, err := db.Tenant(ctx, id); {
	case errors.Is(err, csp.ErrNotFound):
		return noTenant(id)
	case err != nil:
		return err
	}
	return partnercenter.ErrNoRelationship.With("The partner " + partner.String() + " does not have a reseller relationship with the customer " + id.String() + ".")
}

func noTenant(id csp.ID) error {
	return partnercenter.ErrTenantNotFound.With("No tenant has the id " + id.String() + ".")
}
