package store

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/tenantry/tenantry/internal/csp"
)

// CreatePartnership implements [csp.Store].
func (db *DB) CreatePartnership(ctx context.Context, provider, reseller csp.ID) error {
	from, err := db.partner(ctx, provider)
	if err != nil {
		return err
	}
	to, err := db.partner(ctx, reseller)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error { return t.createPartnership(from.n, to.n) })
}

func (t *tx) createPartnership(provider, reseller int64) error {
	return t.exec(`
		INSERT INTO partnerships (provider, reseller)
		VALUES ($1, $2)
		ON CONFLICT (provider, reseller) DO NOTHING`,
		provider, reseller)
}

// Resellers implements [csp.Store].
func (db *DB) Resellers(ctx context.Context, provider csp.ID) ([]*csp.Partner, error) {
	return db.partnersOf(ctx, provider, `
		SELECT p.id
		FROM partnerships s
		JOIN partners p ON p.n = s.reseller
		WHERE s.provider = $1`)
}

// Providers implements [csp.Store].
func (db *DB) Providers(ctx context.Context, reseller csp.ID) ([]*csp.Partner, error) {
	return db.partnersOf(ctx, reseller, `
		SELECT p.id
		FROM partnerships s
		JOIN partners p ON p.n = s.provider
		WHERE s.reseller = $1`)
}

// partnersOf is whom the query answers of a partner's number, in order: SQL's own order of names is another in each database.
func (db *DB) partnersOf(ctx context.Context, partner csp.ID, query string) ([]*csp.Partner, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	partners, err := db.partnersIn(ctx, query, owner.n)
	slices.SortFunc(partners, func(a, b *csp.Partner) int {
		return cmp.Or(cmp.Compare(csp.FoldedName(a.Name), csp.FoldedName(b.Name)), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return partners, err
}

// partnersIn are the partners whose ids the query answers.
func (db *DB) partnersIn(ctx context.Context, query string, args ...any) ([]*csp.Partner, error) {
	found, err := db.ids(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	partners := make([]*csp.Partner, 0, len(found))
	for _, id := range found {
		partner, err := db.Partner(ctx, id)
		if err != nil {
			return nil, err
		}
		partners = append(partners, partner)
	}
	return partners, nil
}

// ids are what the query answers, a row each.
func (db *DB) ids(ctx context.Context, query string, args ...any) (found []csp.ID, err error) {
	err = db.each(ctx, query, func(row scanner) error {
		var id []byte
		if err := row.Scan(&id); err != nil {
			return err
		}
		found = append(found, csp.ID(id))
		return nil
	}, args...)
	return found, err
}
