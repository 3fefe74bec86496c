package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// CreatePartner implements [csp.Store].
func (db *DB) CreatePartner(ctx context.Context, partner *csp.Partner) error {
	return db.writes.do(ctx, func(t *tx) error {
		_, err := t.createPartner(partner, db.now())
		return err
	})
}

// createPartner makes the account, its tenant and its domain, and returns its number.
func (t *tx) createPartner(partner *csp.Partner, now time.Time) (n int64, err error) {
	err = t.row(`
		SELECT COALESCE(MAX(n), 0) + 1
		FROM partners`).Scan(&n)
	if err != nil {
		return 0, err
	}
	err = exists(t.inserted(`
		INSERT INTO partners (n, id, kind, country, mpn_id, sandbox, agreement)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO NOTHING`,
		n, partner.ID[:], string(partner.Kind), partner.Country, partner.MPNID, partner.Sandbox, partner.AgreementAccepted))
	if err != nil {
		return 0, err
	}
	err = exists(t.inserted(`
		INSERT INTO domains (name, tenant)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`,
		strings.ToLower(partner.Domain), n))
	if err != nil {
		return 0, err
	}
	return n, t.exec(`
		INSERT INTO tenants (n, id, name, domain, created, profile)
		VALUES ($1, $2, $3, $4, $5, '')`,
		n, partner.ID[:], partner.Name, partner.Domain, now.UnixMicro())
}

// Enrol implements [csp.Store].
func (db *DB) Enrol(ctx context.Context, enrolment *csp.Enrolment) error {
	providers := make([]int64, 0, len(enrolment.Providers))
	for _, id := range enrolment.Providers {
		provider, err := db.partner(ctx, id)
		if err != nil {
			return err
		}
		providers = append(providers, provider.n)
	}
	profile, err := json.Marshal(userProfileOf(enrolment.Admin))
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		n, err := t.createPartner(enrolment.Partner, db.now())
		if err != nil {
			return err
		}
		for _, provider := range providers {
			if err := t.createPartnership(provider, n); err != nil {
				return err
			}
		}
		return t.insertUser(n, enrolment.Admin, string(profile))
	})
}

// Partners implements [csp.Store].
func (db *DB) Partners(ctx context.Context) ([]*csp.Partner, error) {
	return db.partnersIn(ctx, `
		SELECT id
		FROM partners
		ORDER BY n`)
}

// SetAgreement implements [csp.Store].
func (db *DB) SetAgreement(ctx context.Context, partner csp.ID, accepted bool) error {
	db.agreements.Lock() // so that the last one to commit is the last one to be remembered
	defer db.agreements.Unlock()
	row, err := db.partner(ctx, partner)
	if err != nil {
		return err
	}
	err = db.writes.do(ctx, func(t *tx) error {
		return t.exec(`
			UPDATE partners
			SET agreement = $1
			WHERE n = $2`,
			accepted, row.n)
	})
	if err != nil {
		return err
	}
	changed := *row
	changed.AgreementAccepted = accepted
	db.partners.Store(partner, &changed)
	return nil
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
	n    int64
	read time.Time
}

// partnerFresh is how long a partner's row is good that other servers may change.
const partnerFresh = time.Second

// partner is read once: nothing of a partner changes but its agreement, and who changes that remembers it. A row that was read
// before that does not displace the changed one. Where others may change it, it is read again when it is no longer fresh.
func (db *DB) partner(ctx context.Context, id csp.ID) (*partnerRow, error) {
	if kept, ok := db.partners.Load(id); ok {
		row := kept.(*partnerRow)
		if !db.dialect.shared || time.Since(row.read) < partnerFresh {
			return row, nil
		}
		db.partners.CompareAndDelete(id, kept)
	}
	row := &partnerRow{Partner: csp.Partner{ID: id}, read: time.Now()}
	err := db.row(ctx, `
		SELECT p.n, t.name, t.domain, p.kind, p.country, p.mpn_id, p.sandbox, p.agreement
		FROM partners p
		JOIN tenants t ON t.n = p.n
		WHERE p.id = $1`,
		id[:]).Scan(&row.n, &row.Name, &row.Domain, &row.Kind, &row.Country, &row.MPNID, &row.Sandbox, &row.AgreementAccepted)
	if err != nil {
		return nil, notFound(err)
	}
	if db.copied != nil {
		return row, nil // another request may want to know it younger
	}
	kept, _ := db.partners.LoadOrStore(id, row)
	return kept.(*partnerRow), nil
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

// lister asks a query of many rows, likewise.
type lister func(query string, read func(scanner) error, args ...any) error

func (db *DB) listing(ctx context.Context) lister {
	return func(query string, read func(scanner) error, args ...any) error {
		return db.each(ctx, query, read, args...)
	}
}

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
