package login

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// anyTenant reports whether the segment stands for every tenant.
func anyTenant(segment string) bool {
	return strings.EqualFold(segment, "common") || strings.EqualFold(segment, "organizations")
}

// tenant is the tenant that a path names by its id or by a domain.
func (h *Handler) tenant(ctx context.Context, segment string) (*csp.Tenant, error) {
	id, err := csp.ParseID(segment)
	var tenant *csp.Tenant
	switch {
	case err == nil:
		tenant, err = h.Store.Tenant(ctx, id)
	case strings.EqualFold(segment, "consumers"):
		return nil, ErrConsumers
	case isDomain(segment):
		tenant, err = h.Store.TenantByDomain(ctx, segment)
	default:
		return nil, ErrTenantMalformed.With(segment)
	}
	if errors.Is(err, csp.ErrNotFound) {
		return nil, ErrTenantUnknown.With(segment)
	}
	return tenant, err
}

// tenantFor is the tenant of a token request. On common and organizations it is that of the user's domain, or nil where what
// the form carries will tell.
func (h *Handler) tenantFor(ctx context.Context, req *tokenRequest) (*csp.Tenant, error) {
	segment := req.segment
	if anyTenant(segment) {
		if req.grant.carries {
			return nil, nil
		}
		if req.grant.userName == nil {
			return nil, ErrTenantMissing
		}
		if segment = domainOf(req.grant.userName(req.form)); segment == "" {
			return nil, ErrTenantMissing
		}
	}
	return h.tenant(ctx, segment)
}

// domainOf is the domain of a sign-in name, or nothing.
func domainOf(userName string) string {
	_, domain, _ := strings.Cut(userName, "@")
	if !isDomain(domain) {
		return ""
	}
	return domain
}

// isTenantSegment reports whether the segment has the form of a tenant's id or domain, or stands for every tenant.
func isTenantSegment(segment string) bool {
	_, err := csp.ParseID(segment)
	return err == nil || anyTenant(segment) || isDomain(segment)
}

var domainForm = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$`)

func isDomain(text string) bool { return len(text) <= 253 && domainForm.MatchString(text) }
