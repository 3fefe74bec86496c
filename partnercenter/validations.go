package partnercenter

import (
	"context"
	"errors"
	"net/http"
)

// ValidationsService is what can be checked before a customer is created or changed.
type ValidationsService service

// ValidateAddressOptions are the options of [ValidationsService.Address].
type ValidateAddressOptions RequestOptions

// Address is the verdict on an address. One that is not good is no error but has another status; an error is a request
// that names too little of it.
//
// The server must answer in the form of July 2021, as it does by itself: not be told --address-validation=bool or legacy.
//
// Partner Center docs: validate-an-address.
//
//partnercenter:operation POST /v1/validations/address
func (s *ValidationsService) Address(
	ctx context.Context, address *Address, opts *ValidateAddressOptions,
) (*AddressValidationResponse, error) {
	if address == nil {
		return nil, errors.New("the address is nil")
	}
	return fetch[AddressValidationResponse](ctx, s.client, call{
		name:    "ValidationsService.Address",
		method:  http.MethodPost,
		path:    "/v1/validations/address",
		area:    AreaValidations,
		body:    address,
		options: (*RequestOptions)(opts),
	})
}
