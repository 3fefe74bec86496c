package csp

import (
	"cmp"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// Customer is a customer as the store keeps it. Of the embedded wire type it holds what cannot be derived: the billing
// profile, the registration number, the domain and, as custom domains, the further ones. Answers are made of it by [Customer.Created] and [Customer.Account].
type Customer struct {
	partnercenter.Customer

	ID       ID
	Partner  ID // whose view of the customer this is: the one who created it, or its indirect reseller
	Reseller ID // the indirect reseller, or zero

	DelegatedAccess bool
	Created         time.Time
}

// Profile is the part of the embedded wire type that a store has to keep as a document.
func (c *Customer) Profile() *partnercenter.Customer {
	return &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{
			OrganizationRegistrationNumber: c.CompanyProfile.OrganizationRegistrationNumber,
		},
		BillingProfile: c.BillingProfile,
		CustomDomains:  c.CustomDomains,
	}
}

// The object types of a customer's parts.
const (
	typeCustomer       = "Customer"
	typeCompanyProfile = "CustomerCompanyProfile"
	typeBillingProfile = "CustomerBillingProfile"
)

// AnswerToCreate is the customer as the answer to its creation shows it, without the administrator's password.
//
// A direct customer has the shape of the documented create-a-customer sample: relationship none, no company name in the
// company profile, no links. One of an indirect reseller has that of create-a-customer-for-an-indirect-reseller, whose
// bytes were checked against its Content-Length.
func (c *Customer) AnswerToCreate() *partnercenter.Customer {
	company := c.companyProfile()
	answer := &partnercenter.Customer{
		ID:                    company.TenantID,
		CommerceID:            c.commerceID(),
		CompanyProfile:        company,
		BillingProfile:        c.billingProfile(),
		RelationshipToPartner: partnercenter.RelationshipNone,
		UserCredentials:       &partnercenter.UserCredentials{UserName: adminName},
		Attributes:            &partnercenter.ResourceAttributes{ObjectType: typeCustomer},
	}
	if c.Reseller.IsZero() {
		company.CompanyName, company.Links = "", nil
		return answer
	}
	answer.RelationshipToPartner = partnercenter.RelationshipReseller
	answer.AllowDelegatedAccess = &c.DelegatedAccess
	answer.AssociatedPartnerID = c.Reseller.String()
	return answer
}

// Account is the customer as it is read ever after.
// Partner Center docs: get-a-customer-by-id. There the state stands in the region of the company's address.
func (c *Customer) Account() *partnercenter.Customer {
	company := c.companyProfile()
	company.Email = c.BillingProfile.Email
	if address := c.BillingProfile.DefaultAddress; address != nil {
		company.Address = &partnercenter.Address{
			Country:      address.Country,
			Region:       cmp.Or(address.State, address.Region),
			City:         address.City,
			AddressLine1: address.AddressLine1,
			PostalCode:   address.PostalCode,
			PhoneNumber:  address.PhoneNumber,
		}
	}
	billing := c.billingProfile()
	uri := "/customers/" + company.TenantID
	billing.Links = partnercenter.LinkTo(uri + "/profiles/billing")
	return &partnercenter.Customer{
		ID:                    company.TenantID,
		CommerceID:            c.commerceID(),
		CompanyProfile:        company,
		BillingProfile:        billing,
		RelationshipToPartner: partnercenter.RelationshipReseller,
		AllowDelegatedAccess:  &c.DelegatedAccess,
		CustomDomains:         append([]string{c.CompanyProfile.Domain}, c.CustomDomains...),
		Links:                 partnercenter.LinkTo(uri),
		Attributes:            &partnercenter.ResourceAttributes{ObjectType: typeCustomer},
	}
}

func (c *Customer) commerceID() string { return c.ID.Derived("commerceAccount").String() }

func (c *Customer) companyProfile() *partnercenter.CustomerCompanyProfile {
	id := c.ID.String()
	return &partnercenter.CustomerCompanyProfile{
		TenantID:                       id,
		Domain:                         c.CompanyProfile.Domain,
		CompanyName:                    c.BillingProfile.CompanyName,
		OrganizationRegistrationNumber: c.CompanyProfile.OrganizationRegistrationNumber,
		Links:                          partnercenter.LinkTo("/customers/" + id + "/profiles/company"),
		Attributes:                     &partnercenter.ResourceAttributes{ObjectType: typeCompanyProfile},
	}
}

func (c *Customer) billingProfile() *partnercenter.CustomerBillingProfile {
	billing := *c.BillingProfile
	billing.ID = c.ID.Derived("billingProfile").String()
	billing.Attributes = &partnercenter.ResourceAttributes{ETag: c.BillingProfile.Attributes.ETag, ObjectType: typeBillingProfile}
	return &billing
}
