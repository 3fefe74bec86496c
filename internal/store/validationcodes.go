package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// ValidationCodes implements [csp.Store].
func (db *DB) ValidationCodes(ctx context.Context, partner csp.ID) (codes []*csp.ValidationCode, err error) {
	err = db.eachOf(ctx, partner, `
		SELECT id, organization, max_creates, used, changed
		FROM validation_codes
		WHERE partner = $1
		ORDER BY id`,
		func(row scanner) error {
			code, err := readValidationCode(row, partner)
			codes = append(codes, code)
			return err
		})
	return codes, err
}

// readValidationCode reads a code's columns.
func readValidationCode(row scanner, partner csp.ID) (*csp.ValidationCode, error) {
	code := &csp.ValidationCode{Partner: partner}
	var changed int64
	err := row.Scan(&code.ID, &code.OrganizationName, &code.MaxCreates, &code.Used, &changed)
	code.Changed = time.UnixMicro(changed).UTC()
	return code, err
}

// PutValidationCode implements [csp.Store].
func (db *DB) PutValidationCode(ctx context.Context, code *csp.ValidationCode) (kept *csp.ValidationCode, err error) {
	owner, err := db.partner(ctx, code.Partner)
	if err != nil {
		return nil, err
	}
	err = db.writes.do(ctx, func(t *tx) (err error) {
		err = t.exec(`
			INSERT INTO validation_codes (partner, id, organization, max_creates, used, changed)
			VALUES ($1, $2, $3, $4, 0, $5)
			ON CONFLICT (partner, id) DO UPDATE
			SET organization = excluded.organization, max_creates = excluded.max_creates,
				changed = CASE WHEN excluded.changed > validation_codes.changed THEN excluded.changed ELSE validation_codes.changed + 1 END`,
			owner.n, code.ID, code.OrganizationName, code.MaxCreates, db.now().UnixMicro())
		if err != nil {
			return err
		}
		kept, err = t.validationCode(owner, code.ID)
		return err
	})
	return kept, err
}

// validationCode is the partner's code with the id, or nil.
func (t *tx) validationCode(owner *partnerRow, id string) (*csp.ValidationCode, error) {
	code, err := readValidationCode(t.row(`
		SELECT id, organization, max_creates, used, changed
		FROM validation_codes
		WHERE partner = $1 AND id = $2`,
		owner.n, id), owner.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return code, err
}

// useValidationCode takes a create of the code. That there is one left is asked by the statement itself: between reading the
// code and this another may have taken the last.
func (t *tx) useValidationCode(owner *partnerRow, code *csp.ValidationCode, at time.Time) error {
	used, err := t.affected(`
		UPDATE validation_codes
		SET used = used + 1, changed = CASE WHEN changed < $1 THEN $1 ELSE changed + 1 END
		WHERE partner = $2 AND id = $3 AND used < max_creates`,
		at.UnixMicro(), owner.n, code.ID)
	if err == nil && used == 0 {
		return code.UsedUp()
	}
	return err
}

// Qualify implements [csp.Store].
func (db *DB) Qualify(ctx context.Context, partner, customer csp.ID, call csp.Call, code string, change func(*csp.Qualifying) (csp.Outcome, error)) ([]byte, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	return db.changeCustomer(ctx, partner, customer, call, func(t *tx, row *customerRow) (outcome csp.Outcome, err error) {
		before, err := t.documents(row.n, csp.KindQualification)
		if err != nil {
			return csp.Outcome{}, err
		}
		now := textsOf(before)
		q := &csp.Qualifying{Documents: before}
		if code != "" {
			if q.Code, err = t.validationCode(owner, code); err != nil {
				return csp.Outcome{}, err
			}
		}
		if outcome, err = change(q); err != nil {
			return csp.Outcome{}, err
		}
		if q.UseCode {
			if err := t.useValidationCode(owner, q.Code, db.now()); err != nil {
				return csp.Outcome{}, err
			}
		}
		return outcome, t.putDocuments(row.n, csp.KindQualification, now, q.Documents)
	})
}

// PartnersOf implements [csp.Store]. There are few partners, and for each of them it is one look into the index.
func (db *DB) PartnersOf(ctx context.Context, customer csp.ID) ([]csp.ID, error) {
	if _, err := db.Tenant(ctx, customer); errors.Is(err, csp.ErrNotFound) {
		return nil, noTenant(customer)
	} else if err != nil {
		return nil, err
	}
	return db.ids(ctx, `
		SELECT p.id
		FROM partners p
		WHERE EXISTS (
			SELECT 1
			FROM relationships r
			JOIN tenants t ON t.n = r.customer
			WHERE r.partner = p.n AND r.customer = $1 AND t.id = $2)
		ORDER BY p.n`,
		customer.Order(), customer[:])
}
