package login

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

// behalfSubject is the user of an access token that was made for the client: an API that calls another one on the user's
// behalf. Microsoft Entra docs: v2-oauth2-on-behalf-of-flow.
func (h *Handler) behalfSubject(ctx context.Context, req *tokenRequest) (*subject, error) {
	if req.form["requested_token_use"] != "on_behalf_of" {
		return nil, ErrBehalfUse
	}
	raw, err := req.form.need("assertion")
	if err != nil {
		return nil, err
	}
	client := req.client.app.ID.String()
	verifier := &token.Verifier{Keys: h.Keys, Now: h.now, Issuer: cmp.Or(h.Issuer, token.DefaultIssuer), Audiences: []string{client, "api://" + client}}
	claims, err := verifier.Verify(ctx, raw)
	switch {
	case errors.Is(err, token.ErrMalformed):
		return nil, ErrAssertionMalformed
	case errors.Is(err, token.ErrExpired):
		return nil, ErrBehalfExpired
	case errors.Is(err, token.ErrAudience):
		return nil, ErrBehalf.With("The assertion's audience is not the client.")
	case errors.Is(err, token.ErrUntrusted):
		return nil, ErrBehalf.With("The assertion was not made by this service for access to the client.")
	case err != nil:
		return nil, err
	case claims.AppOnly():
		return nil, ErrBehalf.With("The assertion speaks for an application, not for a user.")
	}
	return h.behalfOf(ctx, req, claims)
}

// behalfOf is the user that the claims name, as it is now.
func (h *Handler) behalfOf(ctx context.Context, req *tokenRequest, claims *token.Claims) (*subject, error) {
	home, err := h.Store.TenantByDomain(ctx, domainOf(claims.UPN))
	if errors.Is(err, csp.ErrNotFound) {
		return nil, ErrUserGone
	}
	if err != nil {
		return nil, err
	}
	id, err := csp.ParseID(claims.ObjectID)
	if err != nil {
		return nil, ErrBehalf.With("The assertion names no user.")
	}
	user, err := h.userOf(ctx, home.ID, id, claims.UPN)
	switch {
	case errors.Is(err, csp.ErrNotFound):
		return nil, ErrUserGone
	case err != nil:
		return nil, err
	case claims.Made().Before(user.SessionsFrom.Truncate(time.Second)): // as what was signed in before; what would come of it would outlive that
		return nil, ErrRevoked
	}
	granted := csp.AuthorizationOf(user, req.client.app.ID, h.now(), claims.AMR...)
	if granted.HasFactor() {
		factor, err := h.secondFactor(ctx, user)
		switch made := claims.Made(); {
		case err != nil:
			return nil, err
		case factor == nil || made.Before(factor.Enrolled.Truncate(time.Second)): // it was another one
			return nil, ErrRevoked
		default:
			granted.Prove(factor.ID, made)
		}
	}
	if granted.Tenant, err = csp.ParseID(claims.TenantID); err != nil {
		return nil, ErrBehalf.With("The assertion names no tenant.")
	}
	return &subject{user: user, authorization: granted, issuedAt: granted.Tenant}, nil
}
