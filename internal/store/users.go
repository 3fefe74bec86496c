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

// userProfile is the part of a user that is kept as a document.
type userProfile struct {
	PrincipalName      string   `json:"principalName"`
	DisplayName        string   `json:"displayName,omitzero"`
	GivenName          string   `json:"givenName,omitzero"`
	FamilyName         string   `json:"familyName,omitzero"`
	UsageLocation      string   `json:"usageLocation,omitzero"`
	PhoneNumber        string   `json:"phoneNumber,omitzero"`
	ImmutableID        string   `json:"immutableId,omitzero"`
	Roles              []string `json:"roles,omitzero"`
	Agents             []string `json:"agents,omitzero"`
	Former             [][]byte `json:"former,omitzero"`
	MustChangePassword bool     `json:"mustChangePassword,omitzero"`
	SessionsFrom       int64    `json:"sessionsFrom,omitzero"` // microseconds
	Created            int64    `json:"created"`               // microseconds
	Deleted            int64    `json:"deleted,omitzero"`      // microseconds
}

func userProfileOf(user *csp.User) *userProfile {
	return &userProfile{
		PrincipalName:      user.PrincipalName,
		DisplayName:        user.DisplayName,
		GivenName:          user.GivenName,
		FamilyName:         user.FamilyName,
		UsageLocation:      user.UsageLocation,
		PhoneNumber:        user.PhoneNumber,
		ImmutableID:        user.ImmutableID,
		Roles:              user.Roles,
		Agents:             user.Agents,
		Former:             user.Former,
		MustChangePassword: user.MustChangePassword,
		SessionsFrom:       microsOf(user.SessionsFrom),
		Created:            user.Created.UnixMicro(),
		Deleted:            microsOf(user.Deleted),
	}
}

// userOf reads a row.
func userOf(tenant csp.ID, id, credential, document []byte) (*csp.User, error) {
	var profile userProfile
	if err := json.Unmarshal(document, &profile); err != nil {
		return nil, err
	}
	return &csp.User{
		ID:                 csp.ID(id),
		Tenant:             tenant,
		PrincipalName:      profile.PrincipalName,
		DisplayName:        profile.DisplayName,
		GivenName:          profile.GivenName,
		FamilyName:         profile.FamilyName,
		UsageLocation:      profile.UsageLocation,
		PhoneNumber:        profile.PhoneNumber,
		ImmutableID:        profile.ImmutableID,
		Roles:              profile.Roles,
		Agents:             profile.Agents,
		Credential:         credential,
		Former:             profile.Former,
		MustChangePassword: profile.MustChangePassword,
		SessionsFrom:       instantOf(profile.SessionsFrom),
		Created:            timeOf(profile.Created),
		Deleted:            instantOf(profile.Deleted),
	}, nil
}

// microsOf is a time as columns hold it, where the zero time stands for none.
func microsOf(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

// instantOf reads what microsOf wrote.
func instantOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return timeOf(micros)
}

// CreateUser implements [csp.Store].
func (db *DB) CreateUser(ctx context.Context, user *csp.User) error {
	tenant, err := db.tenantNumber(ctx, user.Tenant)
	if err != nil {
		return err
	}
	profile, err := json.Marshal(userProfileOf(user))
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error { return t.insertUser(tenant, user, string(profile)) })
}

// insertUser adds a user whom no index has yet; see founder.
func (t *tx) insertUser(tenant int64, user *csp.User, profile string) error {
	return exists(t.inserted(`
		INSERT INTO users (tenant, name, id, credential, profile)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, name) DO NOTHING`,
		tenant, strings.ToLower(user.PrincipalName), user.ID[:], user.Credential, profile))
}

// User implements [csp.Store].
func (db *DB) User(ctx context.Context, tenant csp.ID, principalName string) (*csp.User, error) {
	n, err := db.tenantNumber(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var id, credential, document []byte
	err = db.row(ctx, `
		SELECT u.id, u.credential, u.profile
		FROM users u
		JOIN tenants t ON t.n = u.tenant
		WHERE u.tenant = $1 AND u.name = $2 AND t.id = $3`,
		n, strings.ToLower(principalName), tenant[:]).Scan(&id, &credential, &document)
	if err != nil {
		return nil, notFound(err)
	}
	return userOf(tenant, id, credential, document)
}

// UserByID implements [csp.Store]. The users of a partner, and the founder of a tenant that has nobody else, are in no index: they
// are looked through, as they are few.
func (db *DB) UserByID(ctx context.Context, tenant, id csp.ID) (*csp.User, error) {
	n, err := db.tenantNumber(ctx, tenant)
	if err != nil {
		return nil, err
	}
	find := func(display string) (*csp.User, error) {
		var credential, document []byte
		err := db.row(ctx, `
			SELECT u.credential, u.profile
			FROM users u
			JOIN tenants t ON t.n = u.tenant
			WHERE u.tenant = $1 AND u.id = $2 AND t.id = $3 AND u.display `+display,
			n, id[:], tenant[:]).Scan(&credential, &document)
		if err != nil {
			return nil, notFound(err)
		}
		return userOf(tenant, id[:], credential, document)
	}
	for range 2 { // once more, for a founder who was settled between two looks
		user, err := find("<> ''")
		if !errors.Is(err, csp.ErrNotFound) {
			return user, err
		}
		var one int
		err = db.row(ctx, `
			SELECT 1
			FROM users
			WHERE tenant = $1 AND display <> ''
			LIMIT 1`,
			n).Scan(&one)
		if err == nil {
			continue
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if user, err = find("= ''"); !errors.Is(err, csp.ErrNotFound) {
			return user, err
		}
	}
	return nil, csp.ErrNotFound
}

// ReplaceCredential implements [csp.Store].
func (db *DB) ReplaceCredential(ctx context.Context, user, changed *csp.User) error {
	tenant, err := db.tenantNumber(ctx, user.Tenant)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error { return t.replaceCredential(tenant, user, changed) })
}

// replaceCredential changes the user if its credential is still the one that it has.
func (t *tx) replaceCredential(tenant int64, user, changed *csp.User) error {
	const where = `
		WHERE tenant = $1 AND name = $2 AND id = $3 AND credential = $4`
	name := strings.ToLower(user.PrincipalName)
	var document string
	err := t.row(`
		SELECT profile
		FROM users`+where,
		tenant, name, user.ID[:], user.Credential).Scan(&document)
	if err != nil {
		return notFound(err)
	}
	var profile userProfile
	if err := json.Unmarshal([]byte(document), &profile); err != nil {
		return err
	}
	profile.Former, profile.MustChangePassword, profile.SessionsFrom = changed.Former, changed.MustChangePassword, microsOf(changed.SessionsFrom)
	text, err := json.Marshal(&profile)
	if err != nil {
		return err
	}
	return t.exec(`
		UPDATE users
		SET credential = $5, profile = $6`+where,
		tenant, name, user.ID[:], user.Credential, changed.Credential, string(text))
}

// PartnerUsers implements [csp.Store].
func (db *DB) PartnerUsers(ctx context.Context, partner csp.ID) (users []*csp.User, err error) {
	err = db.eachOf(ctx, partner, `
		SELECT id, credential, profile
		FROM users
		WHERE tenant = $1
		ORDER BY name`,
		func(rows scanner) error {
			var id, credential, document []byte
			if err := rows.Scan(&id, &credential, &document); err != nil {
				return err
			}
			user, err := userOf(partner, id, credential, document)
			users = append(users, user)
			return err
		})
	return users, err
}

// ChangePartnerUser implements [csp.Store].
func (db *DB) ChangePartnerUser(ctx context.Context, partner csp.ID, principalName string, change func(*csp.User) error) error {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return err
	}
	name := strings.ToLower(principalName)
	var refusal error
	err = db.writes.do(ctx, func(t *tx) error {
		user, err := t.partnerUser(owner, name)
		if err == nil {
			err = change(user)
		}
		if refusal = err; err != nil {
			return nil
		}
		profile, err := json.Marshal(userProfileOf(user))
		if err != nil {
			return err
		}
		return t.exec(`
			UPDATE users
			SET credential = $1, profile = $2
			WHERE tenant = $3 AND name = $4`,
			user.Credential, string(profile), owner.n, name)
	})
	return errors.Join(err, refusal)
}

func (t *tx) partnerUser(owner *partnerRow, name string) (*csp.User, error) {
	var id, credential, document []byte
	err := t.row(`
		SELECT id, credential, profile
		FROM users
		WHERE tenant = $1 AND name = $2`,
		owner.n, name).Scan(&id, &credential, &document)
	if err != nil {
		return nil, notFound(err)
	}
	return userOf(owner.ID, id, credential, document)
}

// DeletePartnerUser implements [csp.Store].
func (db *DB) DeletePartnerUser(ctx context.Context, partner csp.ID, principalName string) error {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		var id []byte
		err := t.row(`
			DELETE FROM users
			WHERE tenant = $1 AND name = $2
			RETURNING id`,
			owner.n, strings.ToLower(principalName)).Scan(&id)
		if err != nil {
			return notFound(err)
		}
		err = t.exec(`
			DELETE FROM second_factors
			WHERE tenant = $1 AND account = $2`,
			owner.n, id)
		if err != nil {
			return err
		}
		return t.exec(`
			DELETE FROM consents
			WHERE tenant = $1 AND granter = $2`,
			partner[:], id)
	})
}
