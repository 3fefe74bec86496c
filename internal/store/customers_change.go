package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// UpdateCustomer implements [csp.Store].
func (db *DB) UpdateCustomer(ctx context.Context, partner, id csp.ID, call csp.Call, change func(*csp.Customer) (csp.Outcome, error)) ([]byte, error) {
	return db.changeCustomer(ctx, partner, id, call, func(t *tx, row *customerRow) (csp.Outcome, error) {
		customer, err := db.customerOf(t.row, partner, id, *row)
		if err != nil {
			return csp.Outcome{}, err
		}
		outcome, err := change(customer)
		if err != nil {
			return csp.Outcome{}, err
		}
		return outcome, t.updateCustomer(row, customer)
	})
}

// EndRelationship implements [csp.Store].
func (db *DB) EndRelationship(ctx context.Context, partner, id csp.ID, call csp.Call, outcome csp.Outcome) ([]byte, error) {
	defer db.delivered() // of granular relationships that ended with it
	return db.changeCustomer(ctx, partner, id, call, func(t *tx, row *customerRow) (csp.Outcome, error) {
		ending := row.partners()
		if row.partner == row.reseller {
			ending = []int64{row.partner}
		}
		for _, partner := range ending {
			if err := db.endGranular(t, partner, row.n, call.By); err != nil {
				return csp.Outcome{}, err
			}
		}
		if row.partner != row.reseller {
			return outcome, t.deleteRelationships(row)
		}
		// A reseller goes; the customer stays its provider's, as a direct one.
		if err := t.deleteRelationship(row.partner, row); err != nil {
			return csp.Outcome{}, err
		}
		return outcome, t.exec(`
			UPDATE relationships
			SET reseller = 0, provider = 0
			WHERE partner = $1 AND customer = $2`,
			row.provider, row.n)
	})
}

// DeleteCustomer implements [csp.Store].
func (db *DB) DeleteCustomer(ctx context.Context, partner, id csp.ID, call csp.Call, outcome csp.Outcome) error {
	_, err := db.changeCustomer(ctx, partner, id, call, func(t *tx, row *customerRow) (csp.Outcome, error) {
		customer, err := db.customerOf(t.row, partner, id, *row)
		if err != nil {
			return csp.Outcome{}, err
		}
		for _, partner := range row.partners() {
			if err := db.endGranular(t, partner, row.n, call.By); err != nil {
				return csp.Outcome{}, err
			}
		}
		if err := t.deleteRelationships(row); err != nil {
			return csp.Outcome{}, err
		}
		if len(row.holders) > len(row.partners()) {
			return outcome, nil // it is somebody else's customer as well
		}
		for _, domain := range append(customer.CustomDomains, row.domain) {
			if err := t.exec(`DELETE FROM domains WHERE name = $1`, strings.ToLower(domain)); err != nil {
				return csp.Outcome{}, err
			}
		}
		for _, statement := range [...]struct {
			query string
			arg   any
		}{
			{`DELETE FROM users WHERE tenant = $1`, row.n},
			{`DELETE FROM deleted_users WHERE tenant = $1`, row.n},
			{`DELETE FROM members WHERE tenant = $1`, row.n},
			{`DELETE FROM second_factors WHERE tenant = $1`, row.n},
			{`DELETE FROM documents WHERE customer = $1`, row.n},
			{`DELETE FROM accounts WHERE customer = $1`, row.n},
			{`DELETE FROM consents WHERE tenant = $1`, id[:]},
			{`DELETE FROM tenants WHERE n = $1`, row.n},
		} {
			if err := t.exec(statement.query, statement.arg); err != nil {
				return csp.Outcome{}, err
			}
		}
		return outcome, nil
	})
	return err
}

// changeCustomer runs the change on a customer of the partner's, once for each call.
func (db *DB) changeCustomer(ctx context.Context, partner, id csp.ID, call csp.Call, change func(*tx, *customerRow) (csp.Outcome, error)) ([]byte, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	row := customerRow{n: id.Order(), partner: owner.n}
	var told bool
	recorded, err := db.once(ctx, call, func(t *tx) ([]byte, error) {
		err := row.scan(t.row(customerQuery, owner.n, row.n, id[:]))
		if errors.Is(err, sql.ErrNoRows) {
			return nil, errNothingToChange
		}
		if err != nil {
			return nil, err
		}
		if row.name, err = t.companyName(row.n, row.account); err != nil {
			return nil, err
		}
		if row.holders, err = t.holders(&row); err != nil {
			return nil, err
		}
		if err := db.keepCreation(t, id, row.holders); err != nil {
			return nil, err
		}
		outcome, err := change(t, &row)
		if err != nil {
			return nil, err
		}
		told = outcome.Events != nil
		d := &deed{partner: partner, customer: id, name: row.name, readers: row.partners(), by: call.By}
		return outcome.Answer, db.tell(t, d, &outcome)
	})
	switch {
	case errors.Is(err, errNothingToChange):
		return nil, db.unrelated(ctx, partner, id)
	case err == nil && recorded == nil && told:
		db.delivered()
	}
	return recorded, err
}

// partners are those of this relationship with the customer; others may have one of their own.
func (row *customerRow) partners() []int64 {
	if row.reseller == 0 {
		return []int64{row.partner}
	}
	return []int64{row.provider, row.reseller}
}

func (t *tx) updateCustomer(row *customerRow, customer *csp.Customer) error {
	if err := t.saveProfile(row, customer); err != nil {
		return err
	}
	name := customer.BillingProfile.CompanyName
	for _, partner := range row.partners() {
		err := t.exec(`
			UPDATE relationships
			SET delegated = $1
			WHERE partner = $2 AND customer = $3`,
			customer.DelegatedAccess, partner, row.n)
		if err != nil {
			return err
		}
		if row.delegated && !customer.DelegatedAccess {
			if err := t.deleteConsentsOf(partner, row.n); err != nil {
				return err
			}
		}
		if name == row.name {
			continue
		}
		if err := t.deleteName(partner, csp.FoldedName(row.name), row.n); err != nil {
			return err
		}
		if err := t.insertName(partner, name, customer.ID, row.domain); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) deleteRelationships(row *customerRow) error {
	for _, partner := range row.partners() {
		if err := t.deleteRelationship(partner, row); err != nil {
			return err
		}
	}
	return t.closeAccount(row.n, row.account)
}

func (t *tx) deleteRelationship(partner int64, row *customerRow) error {
	err := t.exec(`
		DELETE FROM relationships
		WHERE partner = $1 AND customer = $2`,
		partner, row.n)
	if err != nil {
		return err
	}
	if err := t.deleteConsentsOf(partner, row.n); err != nil {
		return err
	}
	return t.deleteName(partner, csp.FoldedName(row.name), row.n)
}

// deleteConsentsOf ends what the partner let its applications do at the customer's tenant.
func (t *tx) deleteConsentsOf(partner, customer int64) error {
	var id []byte
	err := t.row(`
		SELECT id
		FROM partners
		WHERE n = $1`,
		partner).Scan(&id)
	if err != nil {
		return err
	}
	kind := csp.KindApplicationConsent(csp.ID(id))
	return t.exec(`
		DELETE FROM documents
		WHERE customer = $1 AND (kind = $2 OR kind LIKE $3)`,
		customer, kind, kind+"@%") // in whatever account: see accountKind
}

func (t *tx) deleteName(partner int64, name string, customer int64) error {
	return t.exec(`
		DELETE FROM names
		WHERE partner = $1 AND name = $2 AND customer = $3`,
		partner, name, customer)
}

// companyName is the customer's, as the account knows it.
func (t *tx) companyName(customer, account int64) (name string, err error) {
	query, args := `
		SELECT name
		FROM tenants
		WHERE n = $1`, []any{customer}
	if account != 0 {
		query, args = `
			SELECT name
			FROM accounts
			WHERE customer = $1 AND account = $2`, []any{customer, account}
	}
	err = t.row(query, args...).Scan(&name)
	return name, err
}
