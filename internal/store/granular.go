package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// granularQuery is completed by which rows and in which order.
const granularQuery = `
	SELECT g.id, p.id, g.relationship
	FROM granular_relationships g
	JOIN partners p ON p.n = g.partner
	`

// GranularRelationships implements [csp.Store].
func (db *DB) GranularRelationships(ctx context.Context, partner, customer csp.ID) ([]*csp.GranularRelationship, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	where, args := `WHERE g.partner = $1`, []any{owner.n}
	if !customer.IsZero() {
		where, args = where+` AND g.customer = $2`, append(args, customer.Order())
	}
	return readGranular(db.listing(ctx), where+` ORDER BY g.id`, args...)
}

// readGranular are the relationships in the order and on the conditions of the second half of the query.
func readGranular(list lister, where string, args ...any) (found []*csp.GranularRelationship, err error) {
	err = list(granularQuery+where, func(row scanner) error {
		relationship := &csp.GranularRelationship{}
		var partner, text []byte
		if err := row.Scan(&relationship.ID, &partner, &text); err != nil {
			return err
		}
		id := relationship.ID
		if err := json.Unmarshal(text, relationship); err != nil {
			return err
		}
		relationship.ID, relationship.Partner = id, csp.ID(partner)
		found = append(found, relationship)
		return nil
	}, args...)
	return found, err
}

// GranularRelationship implements [csp.Store].
func (db *DB) GranularRelationship(ctx context.Context, id string) (*csp.GranularRelationship, error) {
	found, err := readGranular(db.listing(ctx), `WHERE g.id = $1`, id)
	if err == nil && len(found) == 0 {
		err = csp.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// ChangeGranularRelationship implements [csp.Store].
func (db *DB) ChangeGranularRelationship(
	ctx context.Context, partner csp.ID, id string, call csp.Call, change func(*csp.GranularRelationship) (*csp.GranularRelationship, csp.Outcome, error),
) ([]byte, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	told := false
	recorded, err := db.once(ctx, call, func(t *tx) ([]byte, error) {
		before, err := db.granularOf(t, owner.n, id)
		if err != nil {
			return nil, err
		}
		wasActive := before != nil && before.Status == partnercenter.DelegatedAdminActive
		after, outcome, err := change(before)
		if err != nil {
			return nil, err
		}
		if after == nil {
			return outcome.Answer, t.exec(`DELETE FROM granular_relationships WHERE id = $1 AND partner = $2`, id, owner.n)
		}
		if err := t.freeName(owner.n, after); err != nil {
			return nil, err
		}
		if !wasActive && after.Status == partnercenter.DelegatedAdminActive {
			if err := db.dropStaleConsents(t, owner.n, after.Customer); err != nil {
				return nil, err
			}
		}
		told = outcome.Events != nil
		if err := t.putGranular(owner.n, after); err != nil {
			return nil, err
		}
		return outcome.Answer, db.tell(t, granularDeed(partner, owner.n, after, call.By), &outcome)
	})
	if err == nil && recorded == nil && told {
		db.delivered()
	}
	return recorded, err
}

func granularDeed(partner csp.ID, owner int64, r *csp.GranularRelationship, by csp.Actor) *deed {
	return &deed{partner: partner, customer: r.Customer, name: r.CustomerName, readers: []int64{owner}, by: by}
}

// granularOf is the partner's relationship with the id, or nil.
func (db *DB) granularOf(t *tx, owner int64, id string) (*csp.GranularRelationship, error) {
	found, err := readGranular(t.each, `WHERE g.id = $1 AND g.partner = $2`, id, owner)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// freeName refuses a name that another relationship of the partner's has.
func (t *tx) freeName(owner int64, r *csp.GranularRelationship) error {
	var other string
	err := t.row(`
		SELECT id
		FROM granular_relationships
		WHERE partner = $1 AND name = $2 AND id <> $3`,
		owner, csp.FoldedName(r.Name), r.ID).Scan(&other)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return partnercenter.ErrGranularExists.With("The partner has a delegated admin relationship of that displayName already, " + other + "; give another name.")
}

func (t *tx) putGranular(owner int64, r *csp.GranularRelationship) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var customer, due int64
	if !r.Customer.IsZero() {
		customer = r.Customer.Order()
	}
	if r.Status == partnercenter.DelegatedAdminActive {
		due = r.Ends.UnixMicro()
	}
	return t.exec(`
		INSERT INTO granular_relationships (id, partner, customer, name, due, relationship)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE
		SET customer = excluded.customer, name = excluded.name, due = excluded.due, relationship = excluded.relationship`,
		r.ID, owner, customer, csp.FoldedName(r.Name), due, string(text))
}

// dropStaleConsents drops the application consents of a time before, when another relationship gave the right to give them.
func (db *DB) dropStaleConsents(t *tx, owner int64, customer csp.ID) error {
	var delegated bool
	err := t.row(`
		SELECT delegated
		FROM relationships
		WHERE partner = $1 AND customer = $2`,
		owner, customer.Order()).Scan(&delegated)
	if errors.Is(err, sql.ErrNoRows) {
		return csp.ErrInvitationOver // the customer went since it was looked up
	}
	if err != nil || delegated {
		return err
	}
	others, err := readGranular(t.each, `WHERE g.partner = $1 AND g.customer = $2`, owner, customer.Order())
	if err != nil || slices.ContainsFunc(others, func(r *csp.GranularRelationship) bool { return r.ActiveAt(db.now()) }) {
		return err
	}
	return t.deleteConsentsOf(owner, customer.Order())
}

// endGranular terminates what the partner has with the customer, or has asked it for.
func (db *DB) endGranular(t *tx, owner int64, customer int64, by csp.Actor) error {
	found, err := readGranular(t.each, `WHERE g.partner = $1 AND g.customer = $2`, owner, customer)
	if err != nil {
		return err
	}
	for _, r := range found {
		switch r.StatusAt(db.now()) {
		case partnercenter.DelegatedAdminTerminated, partnercenter.DelegatedAdminExpired:
			continue
		}
		if err := db.granularOver(t, owner, r, partnercenter.DelegatedAdminTerminated, by); err != nil {
			return err
		}
	}
	return nil
}

// granularOver writes that the relationship has ended.
func (db *DB) granularOver(t *tx, owner int64, r *csp.GranularRelationship, status partnercenter.DelegatedAdminStatus, by csp.Actor) error {
	outcome, err := r.Over(status, db.now())
	if err != nil {
		return err
	}
	if err := t.putGranular(owner, r); err != nil {
		return err
	}
	return db.tell(t, granularDeed(r.Partner, owner, r, by), &outcome)
}

// ExpireGranularRelationships notes which granular relationships are over, and tells of them; those that extend themselves go on.
// They have given nothing since they were over. It reports how many they were.
func (db *DB) ExpireGranularRelationships(ctx context.Context) (n int, err error) {
	err = db.writes.do(ctx, func(t *tx) error {
		n = 0
		now := db.now()
		found, err := readGranular(t.each, `WHERE g.due <> 0 AND g.due <= $1`, now.UnixMicro())
		if err != nil {
			return err
		}
		for _, r := range found {
			if err := db.expireGranular(t, r, now); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if n > 0 {
		db.delivered()
	}
	return n, err
}

func (db *DB) expireGranular(t *tx, r *csp.GranularRelationship, now time.Time) error {
	var owner int64
	if err := t.row(`SELECT n FROM partners WHERE id = $1`, r.Partner[:]).Scan(&owner); err != nil {
		return err
	}
	if r.ActiveAt(now) {
		r.Ends = r.EndsAt(now)
		return t.putGranular(owner, r)
	}
	return db.granularOver(t, owner, r, partnercenter.DelegatedAdminExpired, csp.Actor{})
}
