package partnercenter

// AddressValidationResponse is the verdict on an address.
// Partner Center docs: validate-an-address (since 17 May 2021).
type AddressValidationResponse struct {
	OriginalAddress    *Address      `json:"originalAddress"`
	SuggestedAddresses []*Address    `json:"suggestedAddresses"` // never null: the docs' samples count it
	Status             AddressStatus `json:"status"`
	ValidationMessage  string        `json:"validationMessage,omitzero"`
}

// AddressStatus says how good an address is.
type AddressStatus string

// The statuses, with the number of suggestions that the docs give each.
const (
	AddressVerifiedShippable   AddressStatus = "VerifiedShippable"   // parcels arrive there; one
	AddressVerified            AddressStatus = "Verified"            // one
	AddressInteractionRequired AddressStatus = "InteractionRequired" // the suggestion differs much, confirm it; one
	AddressStreetPartial       AddressStatus = "StreetPartial"       // the street needs more; up to three
	AddressPremisesPartial     AddressStatus = "PremisesPartial"     // the number of the house or suite needs more; up to three
	AddressMultiple            AddressStatus = "Multiple"            // several parts need more, or several addresses match; up to three
	AddressNone                AddressStatus = "None"                // there is no such address; none
	AddressNotValidated        AddressStatus = "NotValidated"        // it could not be checked; none
)

// Verified reports whether the address can be used as it is.
func (s AddressStatus) Verified() bool {
	return s == AddressVerifiedShippable || s == AddressVerified
}
