package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tenantry/tenantry/internal/csp"
)

// AcceptInvitation implements [csp.Store].
func (db *DB) AcceptInvitation(ctx context.Context, acceptance *csp.Acceptance) error {
	rows, err := db.invitedRows(ctx, acceptance)
	if err != nil {
		return err
	}
	err = db.writes.do(ctx, func(t *tx) error {
		var name, domain string
		err := t.row(`
			SELECT name, domain
			FROM tenants
			WHERE n = $1 AND id = $2`,
			acceptance.Customer.Order(), acceptance.Customer[:]).Scan(&name, &domain)
		if err != nil {
			return notFound(err)
		}
		if err := t.openAccount(rows[0].customer, rows[0].account); err != nil {
			return err
		}
		readers := make([]int64, 0, len(rows))
		for _, row := range rows {
			if err := t.unrelated(row); err != nil {
				return err
			}
			if err := t.insert(insertRelationships, row.values(), nil); err != nil {
				return err
			}
			if err := t.insertName(row.partner, name, acceptance.Customer, domain); err != nil {
				return err
			}
			readers = append(readers, row.partner)
		}
		d := &deed{partner: acceptance.Partner, customer: acceptance.Customer, name: name, readers: readers, by: acceptance.By}
		for i := range acceptance.Outcomes {
			if err := db.tell(t, d, &acceptance.Outcomes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		db.delivered()
	}
	return err
}

// invitedRows are the relationships that the acceptance makes.
func (db *DB) invitedRows(ctx context.Context, a *csp.Acceptance) ([]*relationship, error) {
	customer := a.Customer.Order()
	if a.Reseller.IsZero() {
		partner, err := db.partner(ctx, a.Partner)
		if err != nil {
			return nil, err
		}
		return []*relationship{{partner: partner.n, customer: customer, delegated: a.Delegated, account: partner.n}}, nil
	}
	provider, err := db.partner(ctx, a.Provider)
	if err != nil {
		return nil, err
	}
	reseller, err := db.partner(ctx, a.Reseller)
	if err != nil {
		return nil, err
	}
	var rows []*relationship
	for _, partner := range [...]int64{provider.n, reseller.n} {
		rows = append(rows, &relationship{partner: partner, customer: customer, reseller: reseller.n, provider: provider.n, delegated: a.Delegated, account: provider.n})
	}
	return rows, nil
}

// unrelated is csp.ErrExists where the partner of the row has the customer already.
func (t *tx) unrelated(row *relationship) error {
	var one int
	err := t.row(`
		SELECT 1
		FROM relationships
		WHERE partner = $1 AND customer = $2`,
		row.partner, row.customer).Scan(&one)
	switch {
	case err == nil:
		return csp.ErrExists
	case errors.Is(err, sql.ErrNoRows):
		return nil
	}
	return err
}

// holders are all partners that have a relationship with the customer of the row: those of the row, and those that were accepted. Who
// created a customer whose row is another's is in no index; there are few partners, and for each of them it is one look.
func (t *tx) holders(row *customerRow) (partners []int64, err error) {
	query := `
		SELECT partner
		FROM relationships
		WHERE customer = $1 AND account <> 0`
	if row.account == 0 {
		partners = row.partners()
	} else {
		query = `
			SELECT p.n
			FROM partners p
			JOIN relationships r ON r.partner = p.n AND r.customer = $1`
	}
	err = t.each(query, func(row scanner) error {
		var partner int64
		err := row.Scan(&partner)
		partners = append(partners, partner)
		return err
	}, row.n)
	return partners, err
}
