package partnercenter

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Customer is the account of a customer, in the order of its members on the wire.
// Partner Center docs: customer-resources.
type Customer struct {
	ID                    string                  `json:"id,omitzero"` // the customer's tenant id
	CommerceID            string                  `json:"commerceId,omitzero"`
	CompanyProfile        *CustomerCompanyProfile `json:"companyProfile,omitzero"`
	BillingProfile        *CustomerBillingProfile `json:"billingProfile,omitzero"`
	RelationshipToPartner Relationship            `json:"relationshipToPartner,omitzero"`
	AllowDelegatedAccess  *bool                   `json:"allowDelegatedAccess,omitzero"`
	UserCredentials       *UserCredentials        `json:"userCredentials,omitzero"` // in the answer to a create only
	CustomDomains         []string                `json:"customDomains,omitzero"`
	AssociatedPartnerID   string                  `json:"associatedPartnerId,omitzero"` // the indirect reseller
	Links                 *ResourceLinks          `json:"links,omitzero"`
	Attributes            *ResourceAttributes     `json:"attributes,omitzero"`

	// EnableGDAPByDefault is read on create and never answered.
	EnableGDAPByDefault *bool `json:"enableGDAPByDefault,omitzero"`
}

// CustomerCollection is a page of customers, of which it holds less than a customer that is read by its id.
// Partner Center docs: get-a-list-of-customers.
type CustomerCollection struct {
	TotalCount int        `json:"totalCount"` // of this page
	Items      []Customer `json:"items"`
	// ContinuationToken is what the link to the next page carries as MS-ContinuationToken.
	ContinuationToken string              `json:"continuationToken,omitzero"`
	Links             *ResourceLinks      `json:"links,omitzero"`
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// CustomerCompanyProfile is the company as its directory tenant knows it.
type CustomerCompanyProfile struct {
	TenantID                       string              `json:"tenantId,omitzero"`
	Domain                         string              `json:"domain,omitzero"` // the initial domain
	CompanyName                    string              `json:"companyName,omitzero"`
	Address                        *Address            `json:"address,omitzero"`
	Email                          string              `json:"email,omitzero"`
	OrganizationRegistrationNumber string              `json:"organizationRegistrationNumber,omitzero"`
	Links                          *ResourceLinks      `json:"links,omitzero"`
	Attributes                     *ResourceAttributes `json:"attributes,omitzero"`
}

// CustomerBillingProfile is the company as the partner bills it.
type CustomerBillingProfile struct {
	ID             string              `json:"id,omitzero"` // not the tenant id
	FirstName      string              `json:"firstName,omitzero"`
	LastName       string              `json:"lastName,omitzero"`
	Email          string              `json:"email,omitzero"`
	Culture        string              `json:"culture,omitzero"`
	Language       string              `json:"language,omitzero"`
	CompanyName    string              `json:"companyName,omitzero"`
	DefaultAddress *Address            `json:"defaultAddress,omitzero"`
	Links          *ResourceLinks      `json:"links,omitzero"`
	Attributes     *ResourceAttributes `json:"attributes,omitzero"`
}

// Address is a postal address with the person who is found there.
type Address struct {
	Country      string `json:"country,omitzero"` // ISO 3166-1 alpha-2
	Region       string `json:"region,omitzero"`
	City         string `json:"city,omitzero"`
	State        string `json:"state,omitzero"`
	AddressLine1 string `json:"addressLine1,omitzero"`
	AddressLine2 string `json:"addressLine2,omitzero"`
	PostalCode   string `json:"postalCode,omitzero"`
	FirstName    string `json:"firstName,omitzero"`
	MiddleName   string `json:"middleName,omitzero"`
	LastName     string `json:"lastName,omitzero"`
	// PhoneNumber is a pointer because the service answers "phoneNumber":"" where none was given, and leaves every other
	// empty member out (seen in the create-a-customer sample).
	PhoneNumber *string `json:"phoneNumber,omitzero"`
}

// UserCredentials are the new tenant's first administrator's: UserName is the local part of the sign-in name.
type UserCredentials struct {
	UserName string `json:"userName,omitzero"`
	Password string `json:"password,omitzero"`
}

// Relationship says what a customer is to the partner.
type Relationship string

// The relationships that the SDKs know; their enums fail on any other word.
const (
	RelationshipUnknown          Relationship = "unknown"
	RelationshipReseller         Relationship = "reseller"
	RelationshipAdvisor          Relationship = "advisor"
	RelationshipSyndication      Relationship = "syndication"
	RelationshipMicrosoftSupport Relationship = "microsoft_support"
	RelationshipNone             Relationship = "none"
)

// relationships is in the order of the SDK's integers.
var relationships = [...]Relationship{
	RelationshipUnknown, RelationshipReseller, RelationshipAdvisor,
	RelationshipSyndication, RelationshipMicrosoftSupport, RelationshipNone,
}

// UnmarshalJSON takes the word in snake, camel or Pascal case, or the .NET SDK's integer.
func (r *Relationship) UnmarshalJSON(text []byte) error {
	if number, err := strconv.Atoi(string(text)); err == nil {
		if number < 0 || number >= len(relationships) {
			return fmt.Errorf("relationship %d is not one of 0 to %d", number, len(relationships)-1)
		}
		*r = relationships[number]
		return nil
	}
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return err
	}
	*r = Relationship(word)
	for _, known := range relationships {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), strings.ReplaceAll(string(known), "_", "")) {
			*r = known
		}
	}
	return nil
}
