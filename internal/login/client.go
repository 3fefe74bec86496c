package login

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

// client is the application that asks, and how it proved that it is the one.
type client struct {
	app    *csp.App
	proved string // the claim appidacr
}

// client authenticates the application.
func (h *Handler) client(ctx context.Context, r *http.Request, req *tokenRequest) (*client, error) {
	id, secret, err := credentials(r, req.form)
	if err != nil {
		return nil, err
	}
	app, err := h.app(ctx, id, req)
	if err != nil {
		return nil, err
	}
	assertion := req.form["client_assertion"]
	switch {
	case app.Public && (secret != "" || assertion != ""):
		return nil, ErrSecretOfPublic
	case app.Public && !req.grant.proved:
		return &client{app, token.AppProvedByNothing}, nil
	case secret != "" && assertion != "":
		return nil, ErrTwoProofs
	case assertion != "":
		return &client{app, token.AppProvedByCertificate}, h.checkAssertion(app, req, assertion)
	case secret == "":
		return nil, ErrSecretMissing
	}
	return &client{app, token.AppProvedBySecret}, h.checkSecret(app, secret)
}

// credentials are the client id and secret, from the header as RFC 6749, 2.3.1 has it, or else from the form. A header of
// another scheme is ignored: a client sends "Bearer null" (seen in partner-center-rest-api-client).
func credentials(r *http.Request, f form) (id, secret string, err error) {
	scheme, encoded, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Basic") {
		id, err = f.need("client_id")
		return id, f["client_secret"], err
	}
	text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", ErrMalformedBasic
	}
	id, secret, ok := strings.Cut(string(text), ":")
	if !ok {
		return "", "", ErrMalformedBasic
	}
	id, idErr := url.QueryUnescape(id)
	secret, secretErr := url.QueryUnescape(secret)
	if idErr != nil || secretErr != nil || id == "" {
		return "", "", ErrMalformedBasic
	}
	if other := f["client_id"]; other != "" && !strings.EqualFold(other, id) {
		return "", "", ErrTwoClients
	}
	return id, secret, nil
}

// app is the application as the tenant of the request has it. On common it is looked for everywhere; what the request carries
// tells then whether it may use it. By itself a partner's application is known to a customer by an application consent alone.
func (h *Handler) app(ctx context.Context, clientID string, req *tokenRequest) (*csp.App, error) {
	unknown := ErrAppUnknown.With(clientID, req.segment)
	if req.tenant != nil {
		unknown = ErrAppUnknown.With(clientID, req.tenant.Name)
	}
	id, err := csp.ParseID(clientID)
	if err != nil {
		return nil, unknown
	}
	if name, ok := publicClients[id]; ok {
		return &csp.App{ID: id, Name: name, Public: true, RedirectURIs: []string{"http://localhost"}}, nil
	}
	app, err := h.Store.App(ctx, id)
	if errors.Is(err, csp.ErrNotFound) {
		return nil, unknown
	}
	if err != nil || req.tenant == nil || app.Tenant == req.tenant.ID {
		return app, err
	}
	knows := false
	if req.grant.appOnly {
		var consent map[csp.ID][]string
		consent, err = h.Grants.ConsentTo(ctx, req.tenant.ID, app)
		knows = consent != nil
	} else {
		knows, err = h.Grants.Knows(ctx, req.tenant.ID, app)
	}
	if err == nil && !knows {
		err = unknown
	}
	return app, err
}

// checkSecret compares with all secrets of the application, in a time that does not tell which of them it is.
func (h *Handler) checkSecret(app *csp.App, secret string) error {
	hashes := make([][]byte, len(app.Secrets))
	for i := range app.Secrets {
		hashes[i] = app.Secrets[i].Hash
	}
	i := h.Passwords.Root.MatchSecret(app.ID, secret, hashes)
	switch {
	case i < 0:
		return ErrSecretWrong.With(app.ID.String())
	case !h.now().Before(app.Secrets[i].Expires):
		return ErrSecretExpired.With(app.ID.String())
	}
	return nil
}
