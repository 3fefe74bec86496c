package partnercenter

import "context"

// ManagedService is a service that the partner administers for a customer, in the order of its members on the wire.
// Partner Center docs: get-the-managed-services-for-a-customer-by-id.
type ManagedService struct {
	ID         string               `json:"id,omitzero"`
	Name       string               `json:"name,omitzero"`
	GroupName  string               `json:"groupName,omitzero"`
	Links      *ManagedServiceLinks `json:"links,omitzero"`
	Attributes *ResourceAttributes  `json:"attributes,omitzero"`
}

// ManagedServiceLinks lead to pages of a portal: their URIs are absolute.
type ManagedServiceLinks struct {
	AdminService  *Link `json:"adminService,omitzero"`
	ServiceHealth *Link `json:"serviceHealth,omitzero"`
	ServiceTicket *Link `json:"serviceTicket,omitzero"`
}

// ManagedServices is what the partner administers for the customer.
//
// Partner Center docs: get-the-managed-services-for-a-customer-by-id.
//
//partnercenter:operation GET /v1/customers/{customer-id}/managedservices
func (s *CustomersService) ManagedServices(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*Collection[ManagedService], error) {
	return customerPart[Collection[ManagedService]](ctx, s, "CustomersService.ManagedServices", id, "/managedservices", opts)
}
