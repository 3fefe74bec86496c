package csp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// AppRecord is an application as whoever runs the server sees it.
type AppRecord struct {
	AppID        string              `json:"appId"`
	Name         string              `json:"name"`
	TenantID     string              `json:"tenantId"`
	Public       bool                `json:"public"`
	NeedsConsent bool                `json:"needsConsent"`
	RedirectURIs []string            `json:"redirectUris"`
	Secrets      []SecretRecord      `json:"secrets"`
	Certificates []CertificateRecord `json:"certificates"`

	ImplicitTokens bool     `json:"implicitTokens"`
	Permissions    []string `json:"permissions"`
}

// SecretRecord is a secret of an application, as far as it is known after it was shown.
type SecretRecord struct {
	ID      string    `json:"id"`
	Hint    string    `json:"hint"` // the first characters
	Expires time.Time `json:"expires"`
	Expired bool      `json:"expired"`
}

// CertificateRecord is a certificate of an application.
type CertificateRecord struct {
	ID         string    `json:"id"`
	Thumbprint string    `json:"thumbprint"`
	Expires    time.Time `json:"expires"`
	Expired    bool      `json:"expired"`
}

// AppRequest is what an application is to be.
type AppRequest struct {
	ID            string    `json:"appId,omitzero"` // empty: a new one
	Name          string    `json:"name,omitzero"`  // empty: the partner's name and "app"
	Public        bool      `json:"public,omitzero"`
	NeedsConsent  bool      `json:"needsConsent,omitzero"` // see [App]
	RedirectURIs  []string  `json:"redirectUris,omitzero"`
	SecretExpires time.Time `json:"secretExpires,omitzero"` // zero: in two years

	ImplicitTokens bool     `json:"implicitTokens,omitzero"` // see [App]
	Permissions    []string `json:"permissions,omitzero"`
}

// Registered is what an application is told once.
type Registered struct {
	AppID         string    `json:"appId"`
	Name          string    `json:"name"`
	TenantID      string    `json:"tenantId"`
	Public        bool      `json:"public"`
	Secret        string    `json:"secret,omitzero"`
	SecretExpires time.Time `json:"secretExpires,omitzero"`
}

// SecretRequest is what a secret is to be.
type SecretRequest struct {
	Expires time.Time `json:"expires,omitzero"` // zero: in two years
}

// NewSecret is what an application is told once.
type NewSecret struct {
	AppID   string    `json:"appId"`
	Name    string    `json:"name"`
	ID      string    `json:"id"`
	Secret  string    `json:"secret"`
	Expires time.Time `json:"expires"`
}

// What an application may have at most. Whoever proves itself is held to each secret; redirect URIs: Microsoft Entra docs, reply-url.
const (
	maxProofs       = 20
	maxRedirectURIs = 256
)

// secretLife is how long a secret lasts of which nobody said. It is the most that the real portal offers.
const secretLife = 2 * 365 * 24 * time.Hour

// Apps are the applications of a partner, in the order of their names.
func (s *Registry) Apps(ctx context.Context, partner string) ([]AppRecord, error) {
	owner, err := s.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	apps, err := s.Store.Apps(ctx, owner.ID)
	if err != nil {
		return nil, err
	}
	records := make([]AppRecord, 0, len(apps))
	for _, app := range apps {
		records = append(records, *s.appRecord(app))
	}
	return records, nil
}

// App is the application with the client id.
func (s *Registry) App(ctx context.Context, id ID) (*AppRecord, error) {
	app, err := s.Store.App(ctx, id)
	if err != nil {
		return nil, ofApp(id, err)
	}
	return s.appRecord(app), nil
}

// Register makes an application of a partner's, with its first secret unless it is public.
func (s *Registry) Register(ctx context.Context, partner string, request *AppRequest) (*Registered, error) {
	if found := s.checkApp(request); found != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	owner, err := s.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	app := &App{
		ID: s.idOr(request.ID), Tenant: owner.ID, Name: cmp.Or(strings.TrimSpace(request.Name), owner.Name+" app"), Public: request.Public,
		RedirectURIs: request.RedirectURIs, NeedsConsent: request.NeedsConsent, ImplicitTokens: request.ImplicitTokens,
		Permissions: request.Permissions,
	}
	registered := &Registered{AppID: app.ID.String(), Name: app.Name, TenantID: owner.ID.String(), Public: app.Public}
	if !app.Public {
		made, secret, err := s.secret(app.ID, request.SecretExpires)
		if err != nil {
			return nil, err
		}
		app.Secrets = []AppSecret{made}
		registered.Secret, registered.SecretExpires = secret, made.Expires
	}
	err = s.Store.CreateApp(ctx, app)
	if errors.Is(err, ErrExists) {
		return nil, partnercenter.ErrDomainTaken.With("There is an application with the id " + app.ID.String() + " already; nothing was made.")
	}
	return registered, err
}

func (s *Registry) checkApp(request *AppRequest) (found violations) {
	id, err := ParseID(request.ID)
	switch {
	case request.ID == "":
	case err != nil:
		found.add("appId", "%s is not a GUID, for example 44444444-0000-4000-8000-00000000a001", quoted(request.ID))
	case s.Reserved(id):
		found.add("appId", "%s is an application that every tenant has; take another, or leave it out", id)
	}
	if len(request.RedirectURIs) > maxRedirectURIs {
		found.add("redirectUris", "are %d; at most %d are allowed", len(request.RedirectURIs), maxRedirectURIs)
	}
	for _, uri := range request.RedirectURIs {
		if err := CheckRedirectURI(uri); err != nil {
			found.add("redirectUris", "%s: %v", quoted(uri), err)
		}
	}
	for _, permission := range request.Permissions {
		if err := CheckPermission(permission); err != nil {
			found.add("permissions", "%s: %v", quoted(permission), err)
		}
	}
	if request.Public && len(request.Permissions) > 0 {
		found.add("permissions", "are for an application that proves itself; a public one never speaks for itself")
	}
	s.checkExpires(&found, "secretExpires", request.SecretExpires)
	return found
}

// checkExpires refuses an end that is over.
func (s *Registry) checkExpires(found *violations, property string, expires time.Time) {
	if !expires.IsZero() && !s.Now().Before(expires) {
		found.add(property, "%s is over; give a time to come, or none for two years", expires.UTC().Format(time.RFC3339))
	}
}

// Unregister removes an application, and ends what users granted it.
func (s *Registry) Unregister(ctx context.Context, id ID) error {
	return ofApp(id, s.Store.DeleteApp(ctx, id))
}

// AddSecret gives the application a further secret: those that it has stay good, so that programs can change to the new one at
// their time.
func (s *Registry) AddSecret(ctx context.Context, id ID, request *SecretRequest) (*NewSecret, error) {
	var found violations
	if s.checkExpires(&found, "expires", request.Expires); found != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	made, secret, err := s.secret(id, request.Expires)
	if err != nil {
		return nil, err
	}
	added := &NewSecret{AppID: id.String(), ID: made.ID.String(), Secret: secret, Expires: made.Expires}
	err = s.Store.ChangeApp(ctx, id, func(app *App) error {
		if err := takesProofs(app, len(app.Secrets), "secrets"); err != nil {
			return err
		}
		added.Name = app.Name
		app.Secrets = append(app.Secrets, made)
		return nil
	})
	if err != nil {
		return nil, ofApp(id, err)
	}
	return added, nil
}

func (s *Registry) secret(app ID, expires time.Time) (made AppSecret, secret string, err error) {
	if expires.IsZero() {
		expires = s.Now().Add(secretLife)
	}
	secret, hash, err := s.NewSecret(app)
	if err != nil {
		return made, "", err
	}
	return AppSecret{ID: s.IDs.New(), Hash: hash, Hint: secret[:3], Expires: expires.UTC().Truncate(time.Second)}, secret, nil
}

// takesProofs refuses a further secret or certificate to an application that can have none.
func takesProofs(app *App, has int, what string) error {
	switch {
	case app.Public:
		return partnercenter.ErrInvalidProperty.With("The application " + quoted(app.Name) + " is public and proves itself by nothing; nothing was changed.")
	case has >= maxProofs:
		return partnercenter.ErrInvalidProperty.With("The application " + quoted(app.Name) + " has as many " + what + " as it may have; remove one first.")
	}
	return nil
}

// RemoveSecret ends a secret at once, an expired one also.
func (s *Registry) RemoveSecret(ctx context.Context, app, secret ID) (*AppRecord, error) {
	return s.changeApp(ctx, app, func(app *App) error {
		left := slices.DeleteFunc(slices.Clone(app.Secrets), func(known AppSecret) bool { return known.ID == secret })
		if len(left) == len(app.Secrets) {
			return partnercenter.ErrRouteNotFound.With("The application " + quoted(app.Name) + " has no secret with the id " + secret.String() + ".")
		}
		app.Secrets = left
		return nil
	})
}

// Certified is the certificate that an application was given.
type Certified struct {
	AppID string `json:"appId"`
	Name  string `json:"name"`
	CertificateRecord
}

// AddCertificate lets the application prove itself by the certificate, which is in PEM. It has it already: nothing changes.
func (s *Registry) AddCertificate(ctx context.Context, app ID, text string) (*Certified, error) {
	der, err := s.ReadCertificate(text)
	if err != nil {
		return nil, partnercenter.ErrInvalidProperty.With("The certificate cannot be used: " + err.Error() + ".")
	}
	added := AppCertificate{ID: s.IDs.New(), DER: der}
	record, err := s.changeApp(ctx, app, func(app *App) error {
		for _, known := range app.Certificates {
			if bytes.Equal(known.DER, der) {
				added = known
				return nil
			}
		}
		if err := takesProofs(app, len(app.Certificates), "certificates"); err != nil {
			return err
		}
		app.Certificates = append(app.Certificates, added)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Certified{AppID: record.AppID, Name: record.Name, CertificateRecord: s.certificateRecord(added)}, nil
}

// RemoveCertificate ends a certificate, which is named by its id or by its thumbprint.
func (s *Registry) RemoveCertificate(ctx context.Context, app ID, name string) (*AppRecord, error) {
	return s.changeApp(ctx, app, func(app *App) error {
		left := slices.DeleteFunc(slices.Clone(app.Certificates), func(known AppCertificate) bool {
			thumbprint, _ := s.DescribeCertificate(known.DER)
			return strings.EqualFold(known.ID.String(), name) || strings.EqualFold(thumbprint, name)
		})
		if len(left) == len(app.Certificates) {
			return partnercenter.ErrRouteNotFound.With("The application " + quoted(app.Name) + " has no certificate with the id or thumbprint " + quoted(name) + ".")
		}
		app.Certificates = left
		return nil
	})
}

// AddRedirectURI lets answers to sign-ins be sent there. It is there already: nothing changes.
func (s *Registry) AddRedirectURI(ctx context.Context, app ID, uri string) (*AppRecord, error) {
	if err := CheckRedirectURI(uri); err != nil {
		return nil, partnercenter.ErrInvalidProperty.With(quoted(uri) + ": " + err.Error() + ".")
	}
	return s.changeApp(ctx, app, func(app *App) error {
		switch {
		case slices.Contains(app.RedirectURIs, uri):
		case len(app.RedirectURIs) >= maxRedirectURIs:
			return partnercenter.ErrInvalidProperty.With("The application " + quoted(app.Name) + " has as many redirect URIs as it may have; remove one first.")
		default:
			app.RedirectURIs = append(app.RedirectURIs, uri)
		}
		return nil
	})
}

// RemoveRedirectURI ends that.
func (s *Registry) RemoveRedirectURI(ctx context.Context, app ID, uri string) (*AppRecord, error) {
	return s.changeApp(ctx, app, func(app *App) error {
		i := slices.Index(app.RedirectURIs, uri)
		if i < 0 {
			return partnercenter.ErrRouteNotFound.With("The application " + quoted(app.Name) + " has no redirect URI " + quoted(uri) + ".")
		}
		app.RedirectURIs = slices.Delete(app.RedirectURIs, i, i+1)
		return nil
	})
}

// changeApp changes the application, and returns it as it is then.
func (s *Registry) changeApp(ctx context.Context, id ID, change func(*App) error) (*AppRecord, error) {
	var changed *App
	err := s.Store.ChangeApp(ctx, id, func(app *App) error {
		changed = app
		return change(app)
	})
	if err != nil {
		return nil, ofApp(id, err)
	}
	return s.appRecord(changed), nil
}

func (s *Registry) appRecord(app *App) *AppRecord {
	now := s.Now()
	record := &AppRecord{
		AppID: app.ID.String(), Name: app.Name, TenantID: app.Tenant.String(), Public: app.Public,
		NeedsConsent: app.NeedsConsent, ImplicitTokens: app.ImplicitTokens, Permissions: append([]string{}, app.Permissions...), RedirectURIs: append([]string{}, app.RedirectURIs...), Secrets: []SecretRecord{}, Certificates: []CertificateRecord{},
	}
	for _, secret := range app.Secrets {
		record.Secrets = append(record.Secrets, SecretRecord{
			ID: secret.ID.String(), Hint: secret.Hint, Expires: secret.Expires.UTC(), Expired: !now.Before(secret.Expires),
		})
	}
	for _, certificate := range app.Certificates {
		record.Certificates = append(record.Certificates, s.certificateRecord(certificate))
	}
	return record
}

func (s *Registry) certificateRecord(certificate AppCertificate) CertificateRecord {
	thumbprint, expires := s.DescribeCertificate(certificate.DER)
	return CertificateRecord{ID: certificate.ID.String(), Thumbprint: thumbprint, Expires: expires, Expired: !s.Now().Before(expires)}
}

// ofApp is the store's error where whoever runs the server names an application.
func ofApp(id ID, err error) error {
	if errors.Is(err, ErrNotFound) {
		return partnercenter.ErrRouteNotFound.With("No application has the id " + id.String() + "; make it with: tenantry apps create")
	}
	return err
}
