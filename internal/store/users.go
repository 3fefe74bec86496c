package store

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// userProfile is the part of a user that is kept as a document.
type userProfile struct {
	PrincipalName      string   `json:"principalName"`
	DisplayName        string   `json:"displayName,omitzero"`
	GivenName          string   `json:"givenName,omitzero"`
	FamilyName         string   `json:"familyName,omitzero"`
	Roles              []string `json:"roles,omitzero"`
	Agents             []string `json:"agents,omitzero"`
	MustChangePassword bool     `json:"mustChangePassword,omitzero"`
	Created            int64    `json:"created"` // microseconds
}

func userProfileOf(user *csp.User) *userProfile {
	return &userProfile{
		PrincipalName:      user.PrincipalName,
		DisplayName:        user.DisplayName,
		GivenName:          user.GivenName,
		FamilyName:         user.FamilyName,
		Roles:              user.Roles,
		Agents:             user.Agents,
		MustChangePassword: user.MustChangePassword,
		Created:            user.Created.UnixMicro(),
	}
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
	var id, credential []byte
	var document string
	err = db.row(ctx, `
		SELECT u.id, u.credential, u.profile
		FROM users u
		JOIN tenants t ON t.n = u.tenant
		WHERE u.tenant = $1 AND u.name = $2 AND t.id = $3`,
		n, strings.ToLower(principalName), tenant[:]).Scan(&id, &credential, &document)
	if err != nil {
		return nil, notFound(err)
	}
	var profile userProfile
	if err := json.Unmarshal([]byte(document), &profile); err != nil {
		return nil, err
	}
	return &csp.User{
		ID:                 csp.ID(id),
		Tenant:             tenant,
		PrincipalName:      profile.PrincipalName,
		DisplayName:        profile.DisplayName,
		GivenName:          profile.GivenName,
		FamilyName:         profile.FamilyName,
		Roles:              profile.Roles,
		Agents:             profile.Agents,
		Credential:         credential,
		MustChangePassword: profile.MustChangePassword,
		Created:            timeOf(profile.Created),
	}, nil
}

// ReplaceCredential implements [csp.Store].
func (db *DB) ReplaceCredential(ctx context.Context, user *csp.User, credential []byte) error {
	tenant, err := db.tenantNumber(ctx, user.Tenant)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error { return t.replaceCredential(tenant, user, credential) })
}

// replaceCredential changes the user if its credential is still the one that it has.
func (t *tx) replaceCredential(tenant int64, user *csp.User, credential []byte) error {
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
	profile.MustChangePassword = false
	text, err := json.Marshal(&profile)
	if err != nil {
		return err
	}
	return t.exec(`
		UPDATE users
		SET credential = $5, profile = $6`+where,
		tenant, name, user.ID[:], user.Credential, credential, string(text))
}
