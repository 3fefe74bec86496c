package partnercenter

import (
	"context"
	"net/http"
)

// DomainsService is the domains of all tenants, whoever's they are.
type DomainsService service

// DomainExistsOptions are the options of [DomainsService.Exists].
type DomainExistsOptions RequestOptions

// Exists reports whether a tenant has this domain, so that no customer can be created with it. The domain is the whole
// one: contoso.onmicrosoft.com.
//
// The answer has no body, so a refusal has the words of its HTTP status, and code 0.
//
// Partner Center docs: verify-domain-availability.
//
//partnercenter:operation HEAD /v1/domains/{domain}
func (s *DomainsService) Exists(ctx context.Context, domain string, opts *DomainExistsOptions) (bool, error) {
	segment, err := pathSegment("domain", domain)
	if err != nil {
		return false, err
	}
	resp, err := s.client.do(ctx, call{
		name:    "DomainsService.Exists",
		method:  http.MethodHead,
		path:    "/v1/domains/" + segment,
		answers: http.StatusNotFound,
		options: (*RequestOptions)(opts),
	})
	if err != nil {
		return false, err
	}
	return resp.StatusCode != http.StatusNotFound, nil
}

// DomainPrefixAvailableOptions are the options of [DomainsService.PrefixAvailable].
type DomainPrefixAvailableOptions RequestOptions

// PrefixAvailable reports whether a customer can be created with this prefix below the service's own domain, contoso for
// contoso.onmicrosoft.com. Of a prefix that no domain can have Tenantry says false.
//
// Source: the service's OpenAPI file, where it is the older twin of [DomainsService.Exists].
//
//partnercenter:operation GET /v1/validations/checkdomainavailability/{prefix}
func (s *DomainsService) PrefixAvailable(ctx context.Context, prefix string, opts *DomainPrefixAvailableOptions) (bool, error) {
	segment, err := pathSegment("domain prefix", prefix)
	if err != nil {
		return false, err
	}
	available, err := fetch[bool](ctx, s.client, call{
		name:    "DomainsService.PrefixAvailable",
		method:  http.MethodGet,
		path:    "/v1/validations/checkdomainavailability/" + segment,
		options: (*RequestOptions)(opts),
	})
	return err == nil && *available, err
}
