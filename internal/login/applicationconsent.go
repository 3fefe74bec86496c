package login

import (
	"context"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// restrict holds an application to what it is allowed in a tenant that is not its own: by an application consent of the partner
// that administers the tenant, or by somebody of the tenant on a page. A pre-consented one is held to it only where it speaks for
// itself.
func (h *Handler) restrict(ctx context.Context, asked *asking, req *tokenRequest, s *subject) error {
	app := req.client.app
	if _, isPublic := publicClients[app.ID]; isPublic || app.Tenant == req.tenant.ID || !req.grant.appOnly && !app.NeedsConsent {
		return nil
	}
	consent, err := h.Grants.ConsentTo(ctx, req.tenant.ID, app)
	if err != nil {
		return err
	}
	var given []string
	if s.user != nil {
		given, err = h.Store.Consents(ctx, csp.Consent{Tenant: req.tenant.ID, User: s.user.ID, App: app.ID})
	}
	asked.missing = func(what string) error { return ErrConsentMissing.With(app.ID.String(), app.Name, what) }
	asked.allowed = func(audience string) ([]string, error) {
		resource := resourceApps[audience]
		var allowed []string
		if !resource.IsZero() {
			allowed = slices.Clone(consent[resource])
		}
		for _, permission := range given {
			switch i := strings.LastIndexByte(permission, '/'); {
			case permission == "openid" && resource == msGraphApp:
				allowed = append(allowed, resources[audience]) // who signs in is read
			case i > 0 && (permission[:i] == audience || !resource.IsZero() && resourceApps[permission[:i]] == resource):
				allowed = append(allowed, permission[i+1:])
			}
		}
		if len(allowed) == 0 {
			return nil, asked.missing(audience)
		}
		slices.Sort(allowed)
		return slices.Compact(allowed), nil
	}
	return err
}
