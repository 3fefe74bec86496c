package partnercenter

import (
	"context"
	"errors"
	"net/http"
)

// CustomersService is the customers of the partner.
type CustomersService service

// CreateCustomerOptions are the options of [CustomersService.Create].
type CreateCustomerOptions RequestOptions

// Create makes a customer: a tenant with the wanted domain, the relationship with the partner, and the tenant's first
// administrator, whose password is in the answer and nowhere else.
//
// Partner Center docs: create-a-customer.
//
//partnercenter:operation POST /v1/customers
func (s *CustomersService) Create(ctx context.Context, customer *Customer, opts *CreateCustomerOptions) (*Customer, error) {
	if customer == nil {
		return nil, errors.New("the customer is nil")
	}
	return fetch[Customer](ctx, s.client, call{
		name:    "CustomersService.Create",
		method:  http.MethodPost,
		path:    "/v1/customers",
		area:    AreaCustomers,
		body:    customer,
		options: (*RequestOptions)(opts),
	})
}

// GetCustomerOptions are the options of [CustomersService.Get].
type GetCustomerOptions RequestOptions

// Get is the customer with this tenant id.
//
// Partner Center docs: get-a-customer-by-id.
//
//partnercenter:operation GET /v1/customers/{customer-id}
func (s *CustomersService) Get(ctx context.Context, id string, opts *GetCustomerOptions) (*Customer, error) {
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[Customer](ctx, s.client, call{
		name:    "CustomersService.Get",
		method:  http.MethodGet,
		path:    "/v1/customers/" + segment,
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
}
