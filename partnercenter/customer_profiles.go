package partnercenter

import (
	"context"
	"errors"
	"net/http"
)

// GetCustomerProfileOptions are the options of the methods that read a part of a customer.
type GetCustomerProfileOptions RequestOptions

// BillingProfile is how the partner bills the customer. Its etag belongs to its state.
//
// Partner Center docs: get-all-of-a-customer-s-billing-profiles.
//
//partnercenter:operation GET /v1/customers/{customer-id}/profiles/billing
func (s *CustomersService) BillingProfile(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*CustomerBillingProfile, error) {
	return customerPart[CustomerBillingProfile](ctx, s, "CustomersService.BillingProfile", id, "/profiles/billing", opts)
}

// CompanyProfile is the company as its tenant knows it.
//
// Partner Center docs: get-a-customer-s-company-profile.
//
//partnercenter:operation GET /v1/customers/{customer-id}/profiles/company
func (s *CustomersService) CompanyProfile(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*CustomerCompanyProfile, error) {
	return customerPart[CustomerCompanyProfile](ctx, s, "CustomersService.CompanyProfile", id, "/profiles/company", opts)
}

// CustomDomains are all domains of the customer's tenant, the initial one included.
//
// Partner Center docs since 2022: customer resources.
//
//partnercenter:operation GET /v1/customers/{customer-id}/customDomains
func (s *CustomersService) CustomDomains(ctx context.Context, id string, opts *GetCustomerProfileOptions) ([]string, error) {
	domains, err := customerPart[[]string](ctx, s, "CustomersService.CustomDomains", id, "/customDomains", opts)
	if err != nil {
		return nil, err
	}
	return *domains, nil
}

// customerPart reads what lies below a customer.
func customerPart[T any](ctx context.Context, s *CustomersService, name, id, part string, opts *GetCustomerProfileOptions) (*T, error) {
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[T](ctx, s.client, call{
		name:    name,
		method:  http.MethodGet,
		path:    "/v1/customers/" + segment + part,
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
}

// UpdateBillingProfileOptions are the options of [CustomersService.UpdateBillingProfile].
type UpdateBillingProfileOptions struct {
	RequestOptions

	// IfMatch is the etag that the profile must still have. If it is empty the one in the profile's attributes counts.
	IfMatch string
}

// UpdateBillingProfile replaces the billing profile. If it was changed since its etag was read, the error is [ErrStaleETag],
// or [ErrPreconditionFailed] where the options carry the etag.
//
// Partner Center docs: update-a-customer-s-billing-profile.
//
//partnercenter:operation PUT /v1/customers/{customer-id}/profiles/billing
func (s *CustomersService) UpdateBillingProfile(ctx context.Context, id string, profile *CustomerBillingProfile, opts *UpdateBillingProfileOptions) (*CustomerBillingProfile, error) {
	if profile == nil {
		return nil, errors.New("the profile is nil")
	}
	if opts == nil {
		opts = &UpdateBillingProfileOptions{}
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[CustomerBillingProfile](ctx, s.client, call{
		name:    "CustomersService.UpdateBillingProfile",
		method:  http.MethodPut,
		path:    "/v1/customers/" + segment + "/profiles/billing",
		area:    AreaCustomers,
		body:    profile,
		headers: map[string]string{"If-Match": ifMatch(opts.IfMatch)},
		options: &opts.RequestOptions,
	})
}

// ifMatch is the header for the etag, which callers give with or without quotes.
func ifMatch(etag string) string {
	if etag == "" || etag == "*" || etag[0] == '"' {
		return etag
	}
	return `"` + etag + `"`
}
