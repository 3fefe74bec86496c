package store

import (
	"context"
	"errors"

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

// profileOf is the document of the application.
func profileOf(app *csp.App) (string, error) {
	document := appProfile{Name: app.Name, Public: app.Public, RedirectURIs: app.RedirectURIs}
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
	app := &csp.App{ID: id, Tenant: csp.ID(tenant), Name: profile.Name, Public: profile.Public, RedirectURIs: profile.RedirectURIs}
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
