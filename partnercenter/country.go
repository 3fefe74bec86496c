package partnercenter

// CountryValidationRules are the address and registration rules of one market, in the order of the recorded answers.
// Partner Center docs: get-market-specific-validation-data; recorded for US (2019) and PT (2021).
type CountryValidationRules struct {
	ISO2Code               string   `json:"iso2Code"`
	DefaultCulture         string   `json:"defaultCulture"`
	IsStateRequired        bool     `json:"isStateRequired"`
	SupportedStatesList    []string `json:"supportedStatesList"`
	SupportedLanguagesList []string `json:"supportedLanguagesList"`
	SupportedCulturesList  []string `json:"supportedCulturesList"`
	IsPostalCodeRequired   bool     `json:"isPostalCodeRequired"`
	PostalCodeRegex        string   `json:"postalCodeRegex,omitzero"`
	IsCityRequired         bool     `json:"isCityRequired"`
	IsVATIDSupported       bool     `json:"isVatIdSupported"`
	TaxIDFormat            string   `json:"taxIdFormat,omitzero"`
	TaxIDSample            string   `json:"taxIdSample,omitzero"`
	VATIDRegex             string   `json:"vatIdRegex,omitzero"`
	PhoneNumberRegex       string   `json:"phoneNumberRegex,omitzero"`
	IsTaxIDSupported       bool     `json:"isTaxIdSupported"`
	IsTaxIDOptional        bool     `json:"isTaxIdOptional"`

	// The members below come from the service's OpenAPI file; the recordings, of countries without such rules, lack them.
	CustomerOrganizationRegistrationNumberRegex    string `json:"customerOrganizationRegistrationNumberRegex,omitzero"`
	CustomerOrganizationRegistrationNumberSample   string `json:"customerOrganizationRegistrationNumberSample,omitzero"`
	CustomerOrganizationRegistrationNumberRequired bool   `json:"customerOrganizationRegistrationNumberRequired,omitzero"`
	CustomerOrganizationPhoneNumberRequired        bool   `json:"customerOrganizationPhoneNumberRequired,omitzero"`

	CountryCallingCodesList []string            `json:"countryCallingCodesList"`
	Attributes              *ResourceAttributes `json:"attributes,omitzero"`
}
