package partnercenter

import (
	"context"
	"errors"
	"net/http"
)

// ApplicationConsent is what an application of the partner's may do at a customer's tenant, in the name of the users who reach
// it, in the order of its members on the wire. Partner Center docs: the consent of control panel vendors (CPV); Java SDK 1.15.
type ApplicationConsent struct {
	ApplicationID     string              `json:"applicationId,omitzero"`
	DisplayName       string              `json:"displayName,omitzero"`
	ApplicationGrants []ApplicationGrant  `json:"applicationGrants,omitempty"`
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// ApplicationGrant is what it may do with one resource.
type ApplicationGrant struct {
	EnterpriseApplicationID string `json:"enterpriseApplicationId,omitzero"` // the application id of the resource
	Scope                   string `json:"scope,omitzero"`                   // permissions, with commas between them
}

// CreateApplicationConsentOptions are the options of [CustomersService.CreateApplicationConsent].
type CreateApplicationConsentOptions RequestOptions

// CreateApplicationConsent lets an application of the caller's do something at the customer's tenant. [ErrConsentExists] if it
// has a consent there: delete that first.
//
// Partner Center docs: partner-center-authentication, whose CPV samples send it.
//
//partnercenter:operation POST /v1/customers/{customer-id}/applicationconsents
func (s *CustomersService) CreateApplicationConsent(
	ctx context.Context, id string, consent *ApplicationConsent, opts *CreateApplicationConsentOptions,
) (*ApplicationConsent, error) {
	if consent == nil {
		return nil, errors.New("the consent is nil")
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[ApplicationConsent](ctx, s.client, call{
		name:    "CustomersService.CreateApplicationConsent",
		method:  http.MethodPost,
		path:    "/v1/customers/" + segment + "/applicationconsents",
		area:    AreaCustomers,
		body:    consent,
		options: (*RequestOptions)(opts),
	})
}

// DeleteApplicationConsentOptions are the options of [CustomersService.DeleteApplicationConsent].
type DeleteApplicationConsentOptions RequestOptions

// DeleteApplicationConsent ends what the application may do at the customer's tenant. It is no error if it has no consent there.
//
// Partner Center docs: partner-center-authentication, whose CPV samples send it.
//
//partnercenter:operation DELETE /v1/customers/{customer-id}/applicationconsents/{application-id}
func (s *CustomersService) DeleteApplicationConsent(ctx context.Context, id, application string, opts *DeleteApplicationConsentOptions) error {
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return err
	}
	app, err := pathSegment("application id", application)
	if err != nil {
		return err
	}
	_, err = s.client.do(ctx, call{
		name:    "CustomersService.DeleteApplicationConsent",
		method:  http.MethodDelete,
		path:    "/v1/customers/" + segment + "/applicationconsents/" + app,
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
	return err
}
