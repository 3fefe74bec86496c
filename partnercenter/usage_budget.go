package partnercenter

import (
	"context"
	"errors"
	"net/http"
)

// SpendingBudget is what the customer's use of services may cost in a month, in the order of its members on the wire.
// Partner Center docs: get-a-customer-s-usage-spending-budget, whose sample is no JSON; the SDKs have amount and attributes.
type SpendingBudget struct {
	Amount     *float64            `json:"amount,omitzero"` // nil: no budget
	Links      *ResourceLinks      `json:"links,omitzero"`
	Attributes *ResourceAttributes `json:"attributes,omitzero"`
}

// UsageBudget is the spending budget of a customer.
//
// Partner Center docs: get-a-customer-s-usage-spending-budget.
//
//partnercenter:operation GET /v1/customers/{customer-id}/usagebudget
func (s *CustomersService) UsageBudget(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*SpendingBudget, error) {
	return customerPart[SpendingBudget](ctx, s, "CustomersService.UsageBudget", id, "/usagebudget", opts)
}

// UpdateUsageBudgetOptions are the options of [CustomersService.UpdateUsageBudget].
type UpdateUsageBudgetOptions RequestOptions

// UpdateUsageBudget gives the customer the budget, or none if its amount is nil. The amount is all of it that counts.
//
// Partner Center docs: update-a-customer-s-usage-spending-budget.
//
//partnercenter:operation PATCH /v1/customers/{customer-id}/usagebudget
func (s *CustomersService) UpdateUsageBudget(ctx context.Context, id string, budget *SpendingBudget, opts *UpdateUsageBudgetOptions) (*SpendingBudget, error) {
	if budget == nil {
		return nil, errors.New("the budget is nil")
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[SpendingBudget](ctx, s.client, call{
		name:    "CustomersService.UpdateUsageBudget",
		method:  http.MethodPatch,
		path:    "/v1/customers/" + segment + "/usagebudget",
		area:    AreaCustomers,
		body:    budget,
		options: (*RequestOptions)(opts),
	})
}
