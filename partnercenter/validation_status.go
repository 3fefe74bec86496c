package partnercenter

import (
	"context"
	"net/http"
)

// ValidationStatus is how far the service is with checking a customer, in the order of its members on the wire.
// Partner Center docs: customer resources.
type ValidationStatus struct {
	Type               string            `json:"type"` // account
	Status             ValidationOutcome `json:"status"`
	LastUpdateDateTime string            `json:"lastUpdateDateTime"` // always empty by now
}

// ValidationOutcome is what a check came to.
type ValidationOutcome string

// The outcomes.
const (
	ValidationUnknown     ValidationOutcome = "Unknown"
	ValidationUnderReview ValidationOutcome = "UnderReview"
	ValidationAllowed     ValidationOutcome = "Allowed"
	ValidationNotAllowed  ValidationOutcome = "NotAllowed"
	ValidationNotReady    ValidationOutcome = "NotReady"
)

// ValidationStatusOptions are the options of [CustomersService.ValidationStatus].
type ValidationStatusOptions RequestOptions

// ValidationStatus is how far the service is with checking the customer's account.
//
// Partner Center docs: customer resources; the operation is the .NET SDK's GetValidationStatus.
//
//partnercenter:operation GET /v1/customers/{customer-id}/validationStatus
func (s *CustomersService) ValidationStatus(ctx context.Context, id string, opts *ValidationStatusOptions) (*ValidationStatus, error) {
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[ValidationStatus](ctx, s.client, call{
		name:    "CustomersService.ValidationStatus",
		method:  http.MethodGet,
		path:    "/v1/customers/" + segment + "/validationStatus?type=account",
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
}
