package storetest

import (
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// NewCreation is a customer of the partner with all that comes with it.
func NewCreation(ids *csp.IDs, partner csp.ID, domain string) *csp.Creation {
	phone := ""
	at := time.Date(2026, 3, 1, 12, 0, 0, 1000, time.UTC)
	customer := &csp.Customer{ID: ids.New(), Partner: partner, DelegatedAccess: true, Created: at}
	customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{Domain: domain, OrganizationRegistrationNumber: "12345"}
	customer.BillingProfile = &partnercenter.CustomerBillingProfile{
		Email: "test@outlook.com", Culture: "en-US", Language: "en", CompanyName: "Straße 株式会社 <&>",
		DefaultAddress: &partnercenter.Address{
			Country: "US", City: "Redmond", State: "WA", AddressLine1: "One Microsoft Way", PostalCode: "98052",
			FirstName: "Test", LastName: "Test", PhoneNumber: &phone,
		},
		Attributes: &partnercenter.ResourceAttributes{ETag: "5920358838484612121"},
	}
	return &csp.Creation{
		Customer: customer,
		Admin: &csp.User{
			ID: ids.New(), Tenant: customer.ID, PrincipalName: "admin@" + domain, DisplayName: customer.BillingProfile.CompanyName,
			GivenName: "Test", FamilyName: "Test", Roles: []string{csp.CompanyAdministrator}, Credential: []byte{1, 0, 255},
			MustChangePassword: true, Created: at,
		},
		Outcome: csp.Outcome{Answer: []byte(`{"id":"` + customer.ID.String() + `"}`)},
	}
}

// Calling is the creation under a call that can be repeated.
func Calling(creation *csp.Creation, requestID string) *csp.Creation {
	creation.Call = csp.NewCall(creation.Customer.Partner, "POST", "/v1/customers", requestID, nil)
	return creation
}
