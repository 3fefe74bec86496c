package partnercenter

import (
	"context"
	"net/http"
)

// CountryValidationRulesService is the rules that the addresses and registrations of a market have to meet.
type CountryValidationRulesService service

// GetCountryValidationRulesOptions are the options of [CountryValidationRulesService.Get].
type GetCountryValidationRulesOptions RequestOptions

// Get is the rules of the country with this ISO 3166-1 alpha-2 code.
//
// Partner Center docs: get-market-specific-validation-data.
//
//partnercenter:operation GET /v1/countryvalidationrules/{country}
func (s *CountryValidationRulesService) Get(
	ctx context.Context, iso2 string, opts *GetCountryValidationRulesOptions,
) (*CountryValidationRules, error) {
	segment, err := pathSegment("country code", iso2)
	if err != nil {
		return nil, err
	}
	return fetch[CountryValidationRules](ctx, s.client, call{
		name:    "CountryValidationRulesService.Get",
		method:  http.MethodGet,
		path:    "/v1/countryvalidationrules/" + segment,
		area:    AreaMarkets,
		options: (*RequestOptions)(opts),
	})
}
