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

// CustomerUser implements [csp.Store].
func (db *DB) CustomerUser(ctx context.Context, partner, customer, id csp.ID) (*csp.User, error) {
	if _, err := db.Customer(ctx, partner, customer); err != nil {
		return nil, err
	}
	ask := db.asking(ctx)
	for range 2 { // once more, for one who was settled or restored between two looks
		user, err := customerUser(ask, customer, id)
		if user != nil || err != nil {
			return user, err
		}
		if user, err = founder(ask, customer); user != nil && user.ID == id || err != nil {
			return user, err
		}
	}
	return nil, noUser(id)
}

func noUser(id csp.ID) error {
	return partnercenter.ErrUserNotFound.With("The customer has no user with the id " + id.String() + ".")
}

// customerUser is the user of the tenant, deleted or not, that an index has; nil without one.
func customerUser(ask asker, tenant, id csp.ID) (*csp.User, error) {
	for _, query := range [...]string{`
		SELECT credential, profile
		FROM users
		WHERE tenant = $1 AND id = $2 AND display <> ''`, `
		SELECT credential, profile
		FROM deleted_users
		WHERE tenant = $1 AND id = $2`,
	} {
		var credential, document []byte
		err := ask(query, tenant.Order(), id[:]).Scan(&credential, &document)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return userOf(tenant, id[:], credential, document)
	}
	return nil, nil
}

// founder is the administrator that came with the tenant, as long as the tenant has nobody else and no index has it; nil
// without one.
func founder(ask asker, tenant csp.ID) (*csp.User, error) {
	var display string
	var id, credential, document []byte
	err := ask(`
		SELECT id, display, credential, profile
		FROM users
		WHERE tenant = $1
		ORDER BY name
		LIMIT 1`,
		tenant.Order()).Scan(&id, &display, &credential, &document)
	if errors.Is(err, sql.ErrNoRows) || err == nil && display != "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return userOf(tenant, id, credential, document)
}

// settle puts the founder into the indexes and among the members, before anybody joins it or it is changed itself. That may stay
// where the change is refused: nobody can tell.
func (t *tx) settle(tenant csp.ID) error {
	user, err := founder(t.row, tenant)
	if user == nil || err != nil {
		return err
	}
	err = t.exec(`
		UPDATE users
		SET display = $1
		WHERE tenant = $2 AND name = $3`,
		user.SortName(), tenant.Order(), csp.FoldedName(user.PrincipalName))
	if err != nil {
		return err
	}
	return t.changeMembers(user, nil, user.Roles)
}

// CreateCustomerUser implements [csp.Store].
func (db *DB) CreateCustomerUser(ctx context.Context, partner csp.ID, call csp.Call, user *csp.User, outcome csp.Outcome) ([]byte, error) {
	return db.changeCustomer(ctx, partner, user.Tenant, call, func(t *tx, _ *customerRow) (csp.Outcome, error) {
		if err := t.settle(user.Tenant); err != nil {
			return csp.Outcome{}, err
		}
		if err := t.mustBeFree(user); err != nil {
			return csp.Outcome{}, err
		}
		return outcome, t.putUser(user)
	})
}

// UpdateCustomerUser implements [csp.Store].
func (db *DB) UpdateCustomerUser(ctx context.Context, partner, customer, id csp.ID, call csp.Call, change func(*csp.User) (csp.Outcome, error)) ([]byte, error) {
	return db.changeCustomer(ctx, partner, customer, call, func(t *tx, _ *customerRow) (csp.Outcome, error) {
		if err := t.settle(customer); err != nil {
			return csp.Outcome{}, err
		}
		user, err := customerUser(t.row, customer, id)
		if err != nil {
			return csp.Outcome{}, err
		}
		if user == nil {
			return csp.Outcome{}, noUser(id)
		}
		before := *user
		outcome, err := change(user)
		if err != nil {
			return csp.Outcome{}, err
		}
		return outcome, t.replaceUser(&before, user)
	})
}

// replaceUser refuses what the tenant cannot bear, and then puts the one in the place of the other.
func (t *tx) replaceUser(before, after *csp.User) error {
	if after.Deleted.IsZero() && (!before.Deleted.IsZero() || csp.FoldedName(after.PrincipalName) != csp.FoldedName(before.PrincipalName)) {
		if err := t.mustBeFree(after); err != nil {
			return err
		}
	}
	if administers(before) && !administers(after) {
		if err := t.mustHaveAnother(after.Tenant); err != nil {
			return err
		}
	}
	if err := t.removeUser(before); err != nil {
		return err
	}
	return t.putUser(after)
}

func administers(user *csp.User) bool {
	return user.Deleted.IsZero() && user.HasRole(csp.CompanyAdministrator)
}

// mustBeFree refuses a principal name that another user has.
func (t *tx) mustBeFree(user *csp.User) error {
	var one int
	err := t.row(`
		SELECT 1
		FROM users
		WHERE tenant = $1 AND name = $2`,
		user.Tenant.Order(), csp.FoldedName(user.PrincipalName)).Scan(&one)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return partnercenter.ErrUserNameTaken.With("Another user has the sign-in name "+user.PrincipalName+" already.", "userPrincipalName")
}

// mustHaveAnother refuses to take one of its administrators from a tenant that has no other.
func (t *tx) mustHaveAnother(tenant csp.ID) error {
	var administrators int
	err := t.row(`
		SELECT COUNT(*)
		FROM (SELECT 1 FROM members WHERE tenant = $1 AND role = $2 LIMIT 2) AS few`,
		tenant.Order(), csp.CompanyAdministrator).Scan(&administrators)
	if err != nil || administrators > 1 {
		return err
	}
	return partnercenter.ErrLastAdministrator.With("The last Company Administrator of the customer cannot be removed. Give the role to another user first.")
}

// putUser writes a user whom nothing stands in the way of.
func (t *tx) putUser(user *csp.User) error {
	profile, err := json.Marshal(userProfileOf(user))
	if err != nil {
		return err
	}
	if !user.Deleted.IsZero() {
		return t.exec(`
			INSERT INTO deleted_users (tenant, id, display, deleted, credential, profile)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			user.Tenant.Order(), user.ID[:], user.SortName(), csp.OrderAt(user.Deleted), user.Credential, string(profile))
	}
	err = t.exec(`
		INSERT INTO users (tenant, name, id, credential, profile, display)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		user.Tenant.Order(), csp.FoldedName(user.PrincipalName), user.ID[:], user.Credential, string(profile), user.SortName())
	if err != nil {
		return err
	}
	return t.changeMembers(user, nil, user.Roles)
}

func (t *tx) removeUser(user *csp.User) error {
	if !user.Deleted.IsZero() {
		return t.exec(`
			DELETE FROM deleted_users
			WHERE tenant = $1 AND id = $2`,
			user.Tenant.Order(), user.ID[:])
	}
	err := t.exec(`
		DELETE FROM users
		WHERE tenant = $1 AND name = $2`,
		user.Tenant.Order(), csp.FoldedName(user.PrincipalName))
	if err != nil {
		return err
	}
	return t.changeMembers(user, user.Roles, nil)
}

// changeMembers takes roles from the user and gives others.
func (t *tx) changeMembers(user *csp.User, lost, got []string) error {
	for _, role := range lost {
		err := t.exec(`
			DELETE FROM members
			WHERE tenant = $1 AND role = $2 AND member = $3`,
			user.Tenant.Order(), role, user.ID[:])
		if err != nil {
			return err
		}
	}
	for _, role := range got {
		err := t.exec(`
			INSERT INTO members (tenant, role, member)
			VALUES ($1, $2, $3)`,
			user.Tenant.Order(), role, user.ID[:])
		if err != nil {
			return err
		}
	}
	return nil
}

// ForgetUsers purges the users that were deleted longer than age ago, and reports how many they were.
func (db *DB) ForgetUsers(ctx context.Context, age time.Duration) (int, error) {
	for _, theirs := range [...]string{
		`DELETE FROM second_factors
		WHERE (tenant, account) IN (
			SELECT f.tenant, f.account
			FROM second_factors f
			JOIN deleted_users d ON d.tenant = f.tenant AND d.id = f.account
			WHERE d.deleted < $1
			LIMIT $2
		)`,
		`DELETE FROM consents
		WHERE (tenant, app, granter, permission) IN (
			SELECT c.tenant, c.app, c.granter, c.permission
			FROM deleted_users d
			JOIN tenants t ON t.n = d.tenant
			JOIN consents c ON c.tenant = t.id AND c.granter = d.id
			WHERE d.deleted < $1
			LIMIT $2
		)`,
	} {
		if _, err := db.forget(ctx, age, theirs); err != nil {
			return 0, err
		}
	}
	return db.forget(ctx, age, `
		DELETE FROM deleted_users
		WHERE (tenant, id) IN (SELECT tenant, id FROM deleted_users WHERE deleted < $1 ORDER BY deleted LIMIT $2)`)
}

// Users implements [csp.Store].
func (db *DB) Users(ctx context.Context, partner, customer csp.ID, query *csp.UserQuery) ([]*csp.User, error) {
	if _, err := db.Customer(ctx, partner, customer); err != nil {
		return nil, err
	}
	if (query.Role != "" || query.ByDisplayName) && !query.Deleted {
		// A founder alone is in no index; it is the only one that there is to be found.
		user, err := founder(db.asking(ctx), customer)
		switch {
		case err != nil:
			return nil, err
		case user != nil && query.From == nil && query.Size > 0 && (query.Role == "" || user.HasRole(query.Role)):
			return []*csp.User{user}, nil
		case user != nil:
			return nil, nil
		}
	}
	text, args := usersPage(customer, query)
	users := make([]*csp.User, 0, query.Size)
	err := db.query(ctx, text, args, func(row columns) error {
		var id, credential, document []byte
		if err := row.Scan(&id, &credential, &document); err != nil {
			return err
		}
		user, err := userOf(customer, id, credential, document)
		users = append(users, user)
		return err
	})
	if query.Backward {
		slices.Reverse(users)
	}
	return users, err
}

// userQueries walk an index from the position that they are given, so that a deep page costs what the first one does. What is
// read backward has other words where the comments are.
const (
	usersByName = `
		SELECT id, credential, profile
		FROM users
		WHERE tenant = $1 AND name />/ $3
		ORDER BY name /asc/
		LIMIT $2`
	usersByDisplay = `
		SELECT id, credential, profile
		FROM users
		WHERE tenant = $1 AND (display, id) />/ ($3, $4) AND display <> ''
		ORDER BY display /asc/, id /asc/
		LIMIT $2`
	deletedUsers = `
		SELECT id, credential, profile
		FROM deleted_users
		WHERE tenant = $1 AND (display, id) />/ ($3, $4) AND deleted > $5
		ORDER BY display /asc/, id /asc/
		LIMIT $2`
	usersByRole = `
		SELECT u.id, u.credential, u.profile
		FROM members m
		JOIN users u ON u.tenant = m.tenant AND u.id = m.member AND u.display <> ''
		WHERE m.tenant = $1 AND m.role = $4 AND m.member />/ $3
		ORDER BY m.member /asc/
		LIMIT $2`
)

// beyondIDs follows every id.
var beyondIDs = slices.Repeat([]byte{0xff}, 17)

// usersPage is the text of the query in its direction, and what it asks for.
func usersPage(customer csp.ID, query *csp.UserQuery) (text string, args []any) {
	backward := query.Backward != query.Descending
	name, id := "", []byte{}
	if backward {
		name, id = lastText, beyondIDs
	}
	if query.From != nil {
		name, id = query.From.Text, query.From.ID[:]
	}
	args = []any{customer.Order(), query.Size}
	switch {
	case query.Role != "":
		text, args = usersByRole, append(args, id, query.Role)
	case query.Deleted:
		text, args = deletedUsers, append(args, name, id, csp.OrderAt(query.DeletedAfter))
	case query.ByDisplayName:
		text, args = usersByDisplay, append(args, name, id)
	default:
		text, args = usersByName, append(args, name)
	}
	return directions[backward].Replace(text), args
}
