package tenantrytest_test

import (
	"errors"
	"testing"

	"github.com/tenantry/tenantry/partnercenter"
	"github.com/tenantry/tenantry/tenantrytest"
)

// TestCustomerParts drives what lies beside a customer: its budget, its status, its services and its policy.
func TestCustomerParts(t *testing.T) {
	client := tenantrytest.Start(t).UserClient(t)
	ctx := t.Context()
	customer, err := client.Customers.Create(ctx, newCustomer("kestrel.onmicrosoft.com", "Kestrel Bakery"), nil)
	if err != nil {
		t.Fatal(err)
	}

	amount := 250.5
	if _, err := client.Customers.UpdateUsageBudget(ctx, customer.ID, &partnercenter.SpendingBudget{Amount: &amount}, nil); err != nil {
		t.Errorf("budget: %v", err)
	}
	budget, err := client.Customers.UsageBudget(ctx, customer.ID, nil)
	if err != nil || budget.Amount == nil || *budget.Amount != amount {
		t.Errorf("budget: got %+v, %v, want %g", budget, err, amount)
	}
	amount = -1
	if _, err := client.Customers.UpdateUsageBudget(ctx, customer.ID, &partnercenter.SpendingBudget{Amount: &amount}, nil); !errors.Is(err, partnercenter.ErrInvalidProperty) {
		t.Errorf("negative budget: got %v, want %v", err, partnercenter.ErrInvalidProperty)
	}
	if budget, err := client.Customers.UpdateUsageBudget(ctx, customer.ID, &partnercenter.SpendingBudget{}, nil); err != nil || budget.Amount != nil {
		t.Errorf("no budget: got %+v, %v", budget, err)
	}
	if status, err := client.Customers.ValidationStatus(ctx, customer.ID, nil); err != nil || status.Status != partnercenter.ValidationAllowed {
		t.Errorf("validation status: got %+v, %v", status, err)
	}
	if services, err := client.Customers.ManagedServices(ctx, customer.ID, nil); err != nil || services.TotalCount != 2 || services.Items[0].Links.ServiceTicket == nil {
		t.Errorf("managed services: got %+v, %v", services, err)
	}

	policy, err := client.SelfServePolicies.Create(ctx, &partnercenter.SelfServePolicy{
		SelfServeEntity: &partnercenter.SelfServeEntity{SelfServeEntityType: partnercenter.SelfServeEntityCustomer, TenantID: customer.ID},
		Grantor:         &partnercenter.SelfServeGrantor{GrantorType: partnercenter.SelfServeGrantorBillToPartner, TenantID: tenantrytest.TenantID},
		Permissions:     []partnercenter.SelfServePermission{{Resource: partnercenter.SelfServeAzureReservedInstances, Action: partnercenter.SelfServePurchase}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.SelfServePolicies.Create(ctx, policy, nil); !errors.Is(err, partnercenter.ErrPolicyExists) {
		t.Errorf("create again: got %v, want %v", err, partnercenter.ErrPolicyExists)
	}
	for _, test := range []struct {
		name    string
		ifMatch string
		want    error
	}{
		{"the etag of the policy", "", nil},
		{"the same again", "", partnercenter.ErrStaleETag},
		{"the same in the header", policy.Attributes.ETag, partnercenter.ErrPreconditionFailed},
		{"any", "*", nil},
	} {
		opts := &partnercenter.UpdateSelfServePolicyOptions{IfMatch: test.ifMatch}
		if _, err := client.SelfServePolicies.Update(ctx, policy.ID, policy, opts); !errors.Is(err, test.want) {
			t.Errorf("update with %s: got %v, want %v", test.name, err, test.want)
		}
	}
	list, err := client.SelfServePolicies.List(ctx, customer.ID, nil)
	if err != nil || list.TotalCount != 1 || list.Items[0].Attributes.ETag == policy.Attributes.ETag {
		t.Errorf("list: got %+v, %v, want the policy with a new etag", list, err)
	}
	if err := client.SelfServePolicies.Delete(ctx, policy.ID, nil); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := client.SelfServePolicies.Get(ctx, policy.ID, nil); !errors.Is(err, partnercenter.ErrPolicyNotFound) {
		t.Errorf("get afterwards: got %v, want %v", err, partnercenter.ErrPolicyNotFound)
	}
	if _, err := client.SelfServePolicies.Get(ctx, customer.ID, nil); !errors.Is(err, partnercenter.ErrMalformedPolicyID) {
		t.Errorf("get by another id: got %v, want %v", err, partnercenter.ErrMalformedPolicyID)
	}
}
