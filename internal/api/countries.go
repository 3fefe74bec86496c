package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// getCountryValidationRules answers with the rules of a market. Partner Center docs: get-market-specific-validation-data.
func (h *Handler) getCountryValidationRules(w http.ResponseWriter, r *http.Request, _ *csp.Caller) error {
	country, ok := market.Lookup(r.PathValue("country"))
	if !ok {
		return partnercenter.ErrNoCountryRules.With("No validation rules were found for the country/region " + r.PathValue("country"))
	}
	return h.write(w, r, http.StatusOK, rulesOf(country))
}

// rulesOf is what is served of a market: all that is known of it, but for the two whose answers were recorded.
func rulesOf(country *market.Country) *partnercenter.CountryValidationRules {
	registrationNumber, sample := country.ServedRegistrationNumber()
	return &partnercenter.CountryValidationRules{
		ISO2Code:                country.ISO2,
		DefaultCulture:          country.DefaultCulture,
		IsStateRequired:         country.StateRequired,
		SupportedStatesList:     country.States,
		SupportedLanguagesList:  country.Languages,
		SupportedCulturesList:   country.Cultures,
		IsPostalCodeRequired:    country.PostalCodeRequired,
		PostalCodeRegex:         country.PostalCodePattern,
		IsCityRequired:          country.CityRequired,
		IsVATIDSupported:        country.VATSupported,
		TaxIDFormat:             country.TaxIDFormat,
		TaxIDSample:             country.TaxIDSample,
		VATIDRegex:              country.VATPattern,
		PhoneNumberRegex:        country.ServedPhonePattern(),
		IsTaxIDSupported:        country.TaxIDSupported,
		IsTaxIDOptional:         country.TaxIDOptional,
		CountryCallingCodesList: country.CallingCodes,
		Attributes:              &partnercenter.ResourceAttributes{ObjectType: "CountryValidationRules"},

		CustomerOrganizationRegistrationNumberRegex:    registrationNumber,
		CustomerOrganizationRegistrationNumberSample:   sample,
		CustomerOrganizationRegistrationNumberRequired: country.RegistrationNumberRequired,
		CustomerOrganizationPhoneNumberRequired:        country.PhoneRequired,
	}
}
