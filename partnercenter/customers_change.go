package partnercenter

import (
	"context"
	"errors"
	"net/http"
)

// DeleteCustomerOptions are the options of [CustomersService.Delete].
type DeleteCustomerOptions RequestOptions

// Delete removes a customer of an integration sandbox with everything that is its.
//
// Partner Center docs: delete-a-customer-account-from-the-integration-sandbox.
//
//partnercenter:operation DELETE /v1/customers/{customer-id}
func (s *CustomersService) Delete(ctx context.Context, id string, opts *DeleteCustomerOptions) error {
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return err
	}
	_, err = s.client.do(ctx, call{
		name:    "CustomersService.Delete",
		method:  http.MethodDelete,
		path:    "/v1/customers/" + segment,
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
	return err
}

// UpdateCustomerOptions are the options of [CustomersService.Update].
type UpdateCustomerOptions RequestOptions

// Update ends the reseller relationship, if RelationshipToPartner is [RelationshipNone], or else delegated admin, if
// AllowDelegatedAccess is false. Nothing else of the customer is changed by it.
//
// Partner Center docs: remove-a-reseller-relationship-with-a-customer.
//
//partnercenter:operation PATCH /v1/customers/{customer-id}
func (s *CustomersService) Update(ctx context.Context, id string, customer *Customer, opts *UpdateCustomerOptions) (*Customer, error) {
	if customer == nil {
		return nil, errors.New("the customer is nil")
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[Customer](ctx, s.client, call{
		name:    "CustomersService.Update",
		method:  http.MethodPatch,
		path:    "/v1/customers/" + segment,
		area:    AreaCustomers,
		body:    customer,
		options: (*RequestOptions)(opts),
	})
}
