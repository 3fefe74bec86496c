package partnercenter

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// SelfServePolicy is what a partner lets a customer do for itself, in the order of its members on the wire.
// Partner Center docs: self-serve-policy-resources.
type SelfServePolicy struct {
	ID              string                `json:"id,omitzero"` // of grantor and entity, joined by _; made by the service
	SelfServeEntity *SelfServeEntity      `json:"selfServeEntity,omitzero"`
	Grantor         *SelfServeGrantor     `json:"grantor,omitzero"`
	Permissions     []SelfServePermission `json:"permissions,omitempty"`
	Attributes      *ResourceAttributes   `json:"attributes,omitzero"` // the etag has quotes inside
}

// SelfServeEntity is who may do something: a customer of the grantor's.
type SelfServeEntity struct {
	SelfServeEntityType string `json:"selfServeEntityType,omitzero"`
	TenantID            string `json:"tenantID,omitzero"` // spelled so on the wire
}

// SelfServeGrantor is who allows it: the partner that is billed for it.
type SelfServeGrantor struct {
	GrantorType string `json:"grantorType,omitzero"`
	TenantID    string `json:"tenantID,omitzero"`
}

// SelfServePermission is what may be done with what.
type SelfServePermission struct {
	Resource string `json:"resource,omitzero"`
	Action   string `json:"action,omitzero"`
}

// The words of a policy. The service knows no others.
const (
	SelfServeEntityCustomer         = "customer"
	SelfServeGrantorBillToPartner   = "billToPartner"
	SelfServeAzureReservedInstances = "AzureReservedInstances"
	SelfServePurchase               = "Purchase"
)

// SelfServePoliciesService is what the partner lets its customers do for themselves.
type SelfServePoliciesService service

// ListSelfServePoliciesOptions are the options of [SelfServePoliciesService.List].
type ListSelfServePoliciesOptions RequestOptions

// List is the policies that the caller has made for the customer.
//
// Partner Center docs: get-a-list-of-self-serve-policies.
//
//partnercenter:operation GET /v1/SelfServePolicy
func (s *SelfServePoliciesService) List(ctx context.Context, customer string, opts *ListSelfServePoliciesOptions) (*Collection[SelfServePolicy], error) {
	if customer == "" {
		return nil, errors.New("the customer id is empty")
	}
	return fetch[Collection[SelfServePolicy]](ctx, s.client, call{
		name:    "SelfServePoliciesService.List",
		method:  http.MethodGet,
		path:    "/v1/SelfServePolicy?entity_id=" + url.QueryEscape(customer),
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
}

// GetSelfServePolicyOptions are the options of [SelfServePoliciesService.Get].
type GetSelfServePolicyOptions RequestOptions

// Get is a policy of the caller's, or [ErrPolicyNotFound].
//
// Partner Center docs: get-a-self-serve-policy-by-id.
//
//partnercenter:operation GET /v1/SelfServePolicy/{policy-id}
func (s *SelfServePoliciesService) Get(ctx context.Context, id string, opts *GetSelfServePolicyOptions) (*SelfServePolicy, error) {
	segment, err := pathSegment("policy id", id)
	if err != nil {
		return nil, err
	}
	return fetch[SelfServePolicy](ctx, s.client, call{
		name:    "SelfServePoliciesService.Get",
		method:  http.MethodGet,
		path:    "/v1/SelfServePolicy/" + segment,
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
}

// CreateSelfServePolicyOptions are the options of [SelfServePoliciesService.Create].
type CreateSelfServePolicyOptions RequestOptions

// Create makes a policy, whose grantor is the caller and whose entity a customer of the caller's. [ErrPolicyExists] if the
// customer has one.
//
// Partner Center docs: create-a-self-serve-policy.
//
//partnercenter:operation POST /v1/SelfServePolicy
func (s *SelfServePoliciesService) Create(ctx context.Context, policy *SelfServePolicy, opts *CreateSelfServePolicyOptions) (*SelfServePolicy, error) {
	if policy == nil {
		return nil, errors.New("the policy is nil")
	}
	return fetch[SelfServePolicy](ctx, s.client, call{
		name:    "SelfServePoliciesService.Create",
		method:  http.MethodPost,
		path:    "/v1/SelfServePolicy",
		area:    AreaCustomers,
		body:    policy,
		options: (*RequestOptions)(opts),
	})
}

// UpdateSelfServePolicyOptions are the options of [SelfServePoliciesService.Update].
type UpdateSelfServePolicyOptions struct {
	RequestOptions

	// IfMatch is the etag that the policy must still have. If it is empty the one in the policy's attributes counts.
	IfMatch string
}

// Update replaces a policy. If it was changed since its etag was read, the error is [ErrStaleETag], or
// [ErrPreconditionFailed] where the options carry the etag.
//
// Partner Center docs: update-a-self-serve-policy; the path is the .NET SDK's.
//
//partnercenter:operation PUT /v1/SelfServePolicy/{policy-id}
func (s *SelfServePoliciesService) Update(ctx context.Context, id string, policy *SelfServePolicy, opts *UpdateSelfServePolicyOptions) (*SelfServePolicy, error) {
	if policy == nil {
		return nil, errors.New("the policy is nil")
	}
	if opts == nil {
		opts = &UpdateSelfServePolicyOptions{}
	}
	segment, err := pathSegment("policy id", id)
	if err != nil {
		return nil, err
	}
	return fetch[SelfServePolicy](ctx, s.client, call{
		name:    "SelfServePoliciesService.Update",
		method:  http.MethodPut,
		path:    "/v1/SelfServePolicy/" + segment,
		area:    AreaCustomers,
		body:    policy,
		headers: map[string]string{"If-Match": ifMatch(opts.IfMatch)},
		options: &opts.RequestOptions,
	})
}

// DeleteSelfServePolicyOptions are the options of [SelfServePoliciesService.Delete].
type DeleteSelfServePolicyOptions RequestOptions

// Delete removes a policy.
//
// Partner Center docs: delete-a-self-serve-policy.
//
//partnercenter:operation DELETE /v1/SelfServePolicy/{policy-id}
func (s *SelfServePoliciesService) Delete(ctx context.Context, id string, opts *DeleteSelfServePolicyOptions) error {
	segment, err := pathSegment("policy id", id)
	if err != nil {
		return err
	}
	_, err = s.client.do(ctx, call{
		name:    "SelfServePoliciesService.Delete",
		method:  http.MethodDelete,
		path:    "/v1/SelfServePolicy/" + segment,
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
	return err
}
