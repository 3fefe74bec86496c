package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// appProfile is the part of an application that is kept as a document.
type appProfile struct {
	Name    string      `json:"name"`
	Public  bool        `json:"public,omitzero"`
	Secrets []appSecret `json:"secrets,omitzero"`

	Certificates []appCertificate `json:"certificates,omitzero"`
	RedirectURIs []string         `json:"redirectUris,omitzero"`
	NeedsConsent bool             `json:"needsConsent,omitzero"`

	ImplicitTokens bool     `json:"implicitTokens,omitzero"`
	Permissions    []string `json:"permissions,omitzero"`
}

type appSecret struct {
	ID      string `json:"id"`
	Hash    []byte `json:"hash"`
	Hint    string `json:"hint"`
	Expires int64  `json:"expires"` // microseconds
}

type appCertificate struct {
	ID  string `json:"id"`
	DER []byte `json:"der"`
}

// CreateApp implements [csp.Store].
func (db *DB) CreateApp(ctx context.Context, app *csp.App) error {
	tenant, err := db.tenantNumber(ctx, app.Tenant)
	if err != nil {
		return err
	}
	profile, err := profileOf(app)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		return exists(t.inserted(`
			INSERT INTO apps (id, tenant, profile)
			VALUES ($1, $2, $3)
			ON CONFLICT (id) DO NOTHING`,
			app.ID[:], tenant, profile))
	})
}

// ChangeApp implements [csp.Store].
func (db *DB) ChangeApp(ctx context.Context, id csp.ID, change func(*csp.App) error) error {
	var refusal error
	err := db.writes.do(ctx, func(t *tx) error {
		app, err := readApp(t.row, id)
		if err == nil {
			err = change(app)
		}
		if refusal = err; err != nil {
			return nil
		}
		profile, err := profileOf(app)
		if err != nil {
			return err
		}
		return t.exec(`
			UPDATE apps
			SET profile = $1
			WHERE id = $2`,
			profile, id[:])
	})
	return errors.Join(err, refusal)
}

// Apps implements [csp.Store].
func (db *DB) Apps(ctx context.Context, partner csp.ID) ([]*csp.App, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	found, err := db.ids(ctx, `
		SELECT id
		FROM apps
		WHERE tenant = $1`,
		owner.n)
	if err != nil {
		return nil, err
	}
	apps := make([]*csp.App, 0, len(found))
	for _, id := range found {
		app, err := db.App(ctx, id)
		if errors.Is(err, csp.ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		apps = append(apps, app)
	}
	slices.SortFunc(apps, func(a, b *csp.App) int {
		return cmp.Or(cmp.Compare(csp.FoldedName(a.Name), csp.FoldedName(b.Name)), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return apps, nil
}

// DeleteApp implements [csp.Store].
func (db *DB) DeleteApp(ctx context.Context, id csp.ID) error {
	client, err := json.Marshal(id)
	if err != nil {
		return err
	}
	granted := `%"client":` + string(client) + `%` // an application is deleted so seldom that no index is kept for it
	return db.writes.do(ctx, func(t *tx) error {
		rows, err := t.affected(`
			DELETE FROM apps
			WHERE id = $1`,
			id[:])
		if err == nil && rows == 0 {
			err = csp.ErrNotFound
		}
		if err != nil {
			return err
		}
		err = t.exec(`
			DELETE FROM consents
			WHERE app = $1`,
			id[:])
		if err != nil {
			return err
		}
		err = t.exec(`
			DELETE FROM devices
			WHERE client = $1`,
			id[:])
		if err != nil {
			return err
		}
		err = t.exec(`
			DELETE FROM codes
			WHERE granted LIKE $1`,
			granted)
		if err != nil {
			return err
		}
		return t.exec(`
			UPDATE families
			SET revoked = $1
			WHERE granted LIKE $2`,
			true, granted)
	})
}

// profileOf is the document of the application.
func profileOf(app *csp.App) (string, error) {
	document := appProfile{Name: app.Name, Public: app.Public, RedirectURIs: app.RedirectURIs, NeedsConsent: app.NeedsConsent, ImplicitTokens: app.ImplicitTokens, Permissions: app.Permissions}
	for _, secret := range app.Secrets {
		document.Secrets = append(document.Secrets, appSecret{
			ID: secret.ID.String(), Hash: secret.Hash, Hint: secret.Hint, Expires: secret.Expires.UnixMicro(),
		})
	}
	for _, certificate := range app.Certificates {
		document.Certificates = append(document.Certificates, appCertificate{ID: certificate.ID.String(), DER: certificate.DER})
	}
	text, err := json.Marshal(document)
	return string(text), err
}

// App implements [csp.Store].
func (db *DB) App(ctx context.Context, id csp.ID) (*csp.App, error) {
	return readApp(db.asking(ctx), id)
}

func readApp(ask asker, id csp.ID) (*csp.App, error) {
	var tenant []byte
	var document string
	err := ask(`
		SELECT t.id, a.profile
		FROM apps a
		JOIN tenants t ON t.n = a.tenant
		WHERE a.id = $1`,
		id[:]).Scan(&tenant, &document)
	if err != nil {
		return nil, notFound(err)
	}
	var profile appProfile
	if err := json.Unmarshal([]byte(document), &profile); err != nil {
		return nil, err
	}
	app := &csp.App{ID: id, Tenant: csp.ID(tenant), Name: profile.Name, Public: profile.Public, RedirectURIs: profile.RedirectURIs, NeedsConsent: profile.NeedsConsent, ImplicitTokens: profile.ImplicitTokens, Permissions: profile.Permissions}
	for _, secret := range profile.Secrets {
		secretID, err := csp.ParseID(secret.ID)
		if err != nil {
			return nil, err
		}
		app.Secrets = append(app.Secrets, csp.AppSecret{
			ID: secretID, Hash: secret.Hash, Hint: secret.Hint, Expires: timeOf(secret.Expires),
		})
	}
	for _, certificate := range profile.Certificates {
		certificateID, err := csp.ParseID(certificate.ID)
		if err != nil {
			return nil, err
		}
		app.Certificates = append(app.Certificates, csp.AppCertificate{ID: certificateID, DER: certificate.DER})
	}
	return app, nil
}
