package csp

import (
	"context"

	"github.com/tenantry/tenantry/partnercenter"
)

// Subscriptions is what a customer of the caller's has subscribed to: nothing, because nobody sells here. Clients look before
// they end the relationship with a customer, which waits for the last subscription and the last order on the real service.
// Partner Center docs: remove-a-reseller-relationship-with-a-customer.
func (s *Customers) Subscriptions(ctx context.Context, caller *Caller, id ID) (*partnercenter.Collection[partnercenter.Subscription], error) {
	return nothingOf[partnercenter.Subscription](ctx, s, caller, id)
}

// Orders is what a customer of the caller's has bought: nothing, as with [Customers.Subscriptions].
func (s *Customers) Orders(ctx context.Context, caller *Caller, id ID) (*partnercenter.Collection[partnercenter.Order], error) {
	return nothingOf[partnercenter.Order](ctx, s, caller, id)
}

// nothingOf is an empty list of what a customer of the caller's could have.
func nothingOf[T any](ctx context.Context, s *Customers, caller *Caller, id ID) (*partnercenter.Collection[T], error) {
	if _, err := s.Store.Customer(ctx, caller.Partner.ID, id); err != nil {
		return nil, err
	}
	return partnercenter.CollectionOf[T](nil), nil
}
