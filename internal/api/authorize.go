package api

import (
	"errors"
	"net/http"
	"slices"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// authorized lets the route's handler see only callers that it takes.
func (h *Handler) authorized(route route) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		caller, err := h.caller(r)
		if err != nil {
			return err
		}
		if err := h.throttled(w, r, caller.Partner.ID); err != nil {
			return err
		}
		if route.access == userOnly && caller.AppOnly() {
			return partnercenter.ErrAppOnly
		}
		if err := h.secondFactor(w, r, route, caller); err != nil {
			return err
		}
		return route.handle(h, w, r, caller)
	}
}

// caller is who the bearer token says is calling.
func (h *Handler) caller(r *http.Request) (*csp.Caller, error) {
	tokens := h.Tokens
	if isGranular(r) && h.Graph != nil {
		tokens = h.Graph
	}
	claims, err := tokens.Verify(r.Context(), web.Bearer(r))
	switch {
	case errors.Is(err, token.ErrMalformed):
		return nil, partnercenter.ErrTokenMissing
	case errors.Is(err, token.ErrAudience) && h.RefuseGraphAudience:
		return nil, partnercenter.ErrAudienceRefused
	case errors.Is(err, token.ErrAudience):
		return nil, partnercenter.ErrAccessDenied.With("Access denied. The token is meant for somebody else; ask for one for https://api.partnercenter.microsoft.com.")
	case errors.Is(err, token.ErrExpired):
		return nil, partnercenter.ErrAccessDenied.With("Access denied. The token has expired or is not valid yet; ask for a new one.")
	case errors.Is(err, token.ErrUntrusted):
		return nil, partnercenter.ErrAccessDenied.With("Access denied. The token was not made by this service for access to it.")
	case err != nil:
		return nil, err
	}
	return h.callerOf(r, claims)
}

// callerOf is the partner, application and user that the claims name.
func (h *Handler) callerOf(r *http.Request, claims *token.Claims) (*csp.Caller, error) {
	tenant, err := csp.ParseID(claims.TenantID)
	if err != nil {
		return nil, partnercenter.ErrNotAPartner
	}
	partner, err := h.Store.Partner(r.Context(), tenant)
	if errors.Is(err, csp.ErrNotFound) {
		return nil, partnercenter.ErrNotAPartner
	}
	if err != nil {
		return nil, err
	}
	caller := &csp.Caller{Partner: partner, Agents: claims.Groups, App: claims.AppID, UserName: claims.UPN, MFA: slices.Contains(claims.AMR, "mfa")}
	if claims.AppOnly() {
		caller.Permissions = claims.Roles
		return caller, nil
	}
	if caller.User, err = csp.ParseID(claims.ObjectID); err != nil {
		return nil, partnercenter.ErrAccessDenied
	}
	return caller, nil
}
