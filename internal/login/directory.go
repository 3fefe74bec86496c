package login

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// directory is a tenant as the documents speak of it.
type directory struct {
	origin  string
	segment string // in URLs: the tenant's id, or the word for any tenant
	id      string // in issuers: the tenant's id, or a place for it
}

// directory is the tenant of the path. The documents have a refusal of their own for one that there is not.
func (h *Handler) directory(ctx context.Context, r *http.Request) (*directory, error) {
	origin, err := h.origin(r)
	if err != nil {
		return nil, err
	}
	segment := r.PathValue("tenant")
	if anyTenant(segment) {
		return &directory{origin, strings.ToLower(segment), "{tenantid}"}, nil
	}
	tenant, err := h.tenant(ctx, segment)
	switch {
	case errors.Is(err, ErrTenantUnknown), errors.Is(err, ErrTenantMalformed), errors.Is(err, ErrConsumers):
		return nil, ErrTenantInvalid.With(segment)
	case err != nil:
		return nil, err
	}
	return &directory{origin, tenant.ID.String(), tenant.ID.String()}, nil
}

// url is the address of an endpoint of the tenant.
func (d *directory) url(path string) string { return d.origin + "/" + d.segment + path }

// issuerV2 is who makes a tenant's v2 id tokens, and who the v2 documents say does.
func issuerV2(origin, tenant string) string { return origin + "/" + tenant + "/v2.0" }
