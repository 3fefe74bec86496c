package partnercenter

import (
	"context"
	"time"
)

// Subscription is what a customer has bought and goes on paying for, with the members that most clients look at.
// Partner Center docs: subscription-resources. Tenantry sells nothing, so it answers none.
type Subscription struct {
	ID                   string              `json:"id,omitzero"`
	EntitlementID        string              `json:"entitlementId,omitzero"`
	OfferID              string              `json:"offerId,omitzero"`
	OfferName            string              `json:"offerName,omitzero"`
	FriendlyName         string              `json:"friendlyName,omitzero"`
	Quantity             int                 `json:"quantity,omitzero"`
	UnitType             string              `json:"unitType,omitzero"`
	ParentSubscriptionID string              `json:"parentSubscriptionId,omitzero"`
	CreationDate         time.Time           `json:"creationDate,omitzero"`
	EffectiveStartDate   time.Time           `json:"effectiveStartDate,omitzero"`
	CommitmentEndDate    time.Time           `json:"commitmentEndDate,omitzero"`
	Status               string              `json:"status,omitzero"` // none, active, suspended, deleted, expired, pending or disabled
	AutoRenewEnabled     bool                `json:"autoRenewEnabled,omitzero"`
	IsTrial              bool                `json:"isTrial,omitzero"`
	BillingType          string              `json:"billingType,omitzero"`
	BillingCycle         string              `json:"billingCycle,omitzero"`
	TermDuration         string              `json:"termDuration,omitzero"`
	PartnerID            string              `json:"partnerId,omitzero"`
	SuspensionReasons    []string            `json:"suspensionReasons,omitempty"`
	OrderID              string              `json:"orderId,omitzero"`
	Attributes           *ResourceAttributes `json:"attributes,omitzero"`
}

// Order is what a customer has bought at once, with the members that most clients look at.
// Partner Center docs: order-resources. Tenantry sells nothing, so it answers none.
type Order struct {
	ID                  string              `json:"id,omitzero"`
	AlternateID         string              `json:"alternateId,omitzero"`
	ReferenceCustomerID string              `json:"referenceCustomerId,omitzero"`
	BillingCycle        string              `json:"billingCycle,omitzero"`
	CurrencyCode        string              `json:"currencyCode,omitzero"`
	LineItems           []OrderLineItem     `json:"lineItems,omitempty"`
	CreationDate        time.Time           `json:"creationDate,omitzero"`
	Status              string              `json:"status,omitzero"`
	TransactionType     string              `json:"transactionType,omitzero"`
	TotalPrice          *float64            `json:"totalPrice,omitzero"`
	Attributes          *ResourceAttributes `json:"attributes,omitzero"`
}

// OrderLineItem is one of the things in an order.
type OrderLineItem struct {
	LineItemNumber int    `json:"lineItemNumber"`
	OfferID        string `json:"offerId,omitzero"`
	SubscriptionID string `json:"subscriptionId,omitzero"`
	FriendlyName   string `json:"friendlyName,omitzero"`
	Quantity       int    `json:"quantity,omitzero"`
	TermDuration   string `json:"termDuration,omitzero"`
}

// Subscriptions is what the customer has subscribed to. All of it must be suspended before the relationship with the customer
// can end.
//
// Partner Center docs: get-all-of-a-customer-s-subscriptions.
//
//partnercenter:operation GET /v1/customers/{customer-id}/subscriptions
func (s *CustomersService) Subscriptions(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*Collection[Subscription], error) {
	return customerPart[Collection[Subscription]](ctx, s, "CustomersService.Subscriptions", id, "/subscriptions", opts)
}

// Orders is what the customer has bought.
//
// Partner Center docs: get-all-of-a-customer-s-orders.
//
//partnercenter:operation GET /v1/customers/{customer-id}/orders
func (s *CustomersService) Orders(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*Collection[Order], error) {
	return customerPart[Collection[Order]](ctx, s, "CustomersService.Orders", id, "/orders", opts)
}
