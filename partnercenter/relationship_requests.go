package partnercenter

import (
	"context"
	"net/http"
	"net/url"
)

// RelationshipRequest is the link by which a partner asks customers for a reseller relationship. Any number of customers may be
// sent it; an administrator of theirs opens it and accepts.
type RelationshipRequest struct {
	URL        string              `json:"url,omitzero"`
	Attributes *ResourceAttributes `json:"attributes,omitzero"`
}

// RelationshipRequestOptions are the options of [CustomersService.RelationshipRequest].
type RelationshipRequestOptions struct {
	RequestOptions

	IndirectProviderID string // the provider, where an indirect reseller of several asks
	IndirectResellerID string // the reseller, where an indirect provider asks for it
}

// RelationshipRequest is the link that the caller may send to customers. [ErrNotInSandbox] for a sandbox account.
//
// Partner Center docs: request-reseller-relationship.
//
//partnercenter:operation GET /v1/customers/relationshiprequests
func (s *CustomersService) RelationshipRequest(ctx context.Context, opts *RelationshipRequestOptions) (*RelationshipRequest, error) {
	if opts == nil {
		opts = &RelationshipRequestOptions{}
	}
	query := url.Values{}
	for name, id := range map[string]string{
		"indirectCloudSolutionProviderId": opts.IndirectProviderID,
		"indirectResellerId":              opts.IndirectResellerID,
	} {
		if id != "" {
			query.Set(name, id)
		}
	}
	path := "/v1/customers/relationshiprequests"
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return fetch[RelationshipRequest](ctx, s.client, call{
		name:    "CustomersService.RelationshipRequest",
		method:  http.MethodGet,
		path:    path,
		area:    AreaCustomers,
		options: &opts.RequestOptions,
	})
}
