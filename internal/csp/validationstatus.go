package csp

import (
	"context"

	"github.com/tenantry/tenantry/partnercenter"
)

// ValidationStatus is how far the service is with checking the account of a customer of the caller's. Here nobody reviews
// accounts: one that was created is allowed. The time has become an empty text. Partner Center docs: customer resources.
func (s *Customers) ValidationStatus(ctx context.Context, caller *Caller, id ID) (*partnercenter.ValidationStatus, error) {
	if _, err := s.Store.Customer(ctx, caller.Partner.ID, id); err != nil {
		return nil, err
	}
	return &partnercenter.ValidationStatus{Type: "account", Status: partnercenter.ValidationAllowed}, nil
}
