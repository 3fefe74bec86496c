package csp

import (
	"context"

	"github.com/tenantry/tenantry/partnercenter"
)

// managedServices are those of the sample of get-the-managed-services-for-a-customer-by-id. On the real service the
// customer's subscriptions decide; here there are none, so every customer has the two services that the docs show.
var managedServices = [...]struct{ id, name, group string }{
	{"Exchange", "Exchange", "Office"},
	{"MicrosoftCommunicationsOnline", "SkypeforBusiness", "Office"},
}

// ManagedServices are what the caller administers for a customer of its: nothing without delegated admin.
// Partner Center docs: get-the-managed-services-for-a-customer-by-id.
func (s *Customers) ManagedServices(ctx context.Context, caller *Caller, id ID) (*partnercenter.Collection[partnercenter.ManagedService], error) {
	customer, err := s.Store.Customer(ctx, caller.Partner.ID, id)
	if err != nil {
		return nil, err
	}
	var items []partnercenter.ManagedService
	if customer.DelegatedAccess {
		for _, service := range managedServices {
			items = append(items, partnercenter.ManagedService{
				ID:        service.id,
				Name:      service.name,
				GroupName: service.group,
				Links: &partnercenter.ManagedServiceLinks{
					AdminService:  portalLink(id, service.id),
					ServiceHealth: portalLink(id, "ServiceStatus"),
					ServiceTicket: portalLink(id, "Support"),
				},
				Attributes: &partnercenter.ResourceAttributes{ObjectType: "ManagedService"},
			})
		}
	}
	return partnercenter.CollectionOf(items), nil
}

// portalLink leads into the portal as the docs' sample does: CTID is the tenant, CSDEST the page.
func portalLink(customer ID, page string) *partnercenter.Link {
	return &partnercenter.Link{
		URI:     "https://portal.office.com/Partner/BeginClientSession.aspx?CTID=" + customer.String() + "&CSDEST=" + page,
		Method:  "GET",
		Headers: []partnercenter.KeyValue{},
	}
}
