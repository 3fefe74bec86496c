package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tenantry/tenantry/partnercenter"
)

// customerFlags are the fields of the request that creates a customer.
type customerFlags struct {
	File string `short:"f" placeholder:"FILE" help:"The request's body as JSON, or - for stdin. Flags overrule it."`

	Domain                         string `group:"company" placeholder:"DOMAIN" help:"companyProfile.domain, for example fourthcoffee.onmicrosoft.com."`
	CompanyName                    string `group:"company" placeholder:"NAME" help:"billingProfile.companyName."`
	Email                          string `group:"company" placeholder:"ADDRESS" help:"billingProfile.email."`
	Culture                        string `group:"company" placeholder:"CULTURE" help:"billingProfile.culture, for example en-US."`
	Language                       string `group:"company" placeholder:"LANGUAGE" help:"billingProfile.language, for example en."`
	OrganizationRegistrationNumber string `group:"company" placeholder:"NUMBER" help:"companyProfile.organizationRegistrationNumber, which some countries ask for."`
	AssociatedPartnerID            string `name:"associated-partner-id" group:"company" placeholder:"GUID" help:"associatedPartnerId: the indirect reseller whose customer it is. Needs a user."`
	EnableGDAPByDefault            *bool  `name:"enable-gdap-by-default" group:"company" negatable:"" help:"enableGDAPByDefault: without delegated admin."`

	FirstName    string `group:"address" placeholder:"NAME" help:"firstName."`
	LastName     string `group:"address" placeholder:"NAME" help:"lastName."`
	AddressLine1 string `name:"address-line1" group:"address" placeholder:"TEXT" help:"addressLine1."`
	AddressLine2 string `name:"address-line2" group:"address" placeholder:"TEXT" help:"addressLine2."`
	City         string `group:"address" placeholder:"NAME" help:"city."`
	State        string `group:"address" placeholder:"CODE" help:"state, for example WA."`
	Region       string `group:"address" placeholder:"NAME" help:"region."`
	PostalCode   string `group:"address" placeholder:"CODE" help:"postalCode."`
	Country      string `group:"address" placeholder:"CODE" help:"country, for example US."`
	PhoneNumber  string `group:"address" placeholder:"NUMBER" help:"phoneNumber, which some countries ask for."`
}

// request is the body that the file and the flags make.
func (f *customerFlags) request(p *program) (*partnercenter.Customer, error) {
	customer := &partnercenter.Customer{}
	if f.File != "" {
		if err := f.read(p, customer); err != nil {
			return nil, err
		}
	}
	if customer.CompanyProfile == nil {
		customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{}
	}
	if customer.BillingProfile == nil {
		customer.BillingProfile = &partnercenter.CustomerBillingProfile{}
	}
	if customer.BillingProfile.DefaultAddress == nil {
		customer.BillingProfile.DefaultAddress = &partnercenter.Address{}
	}
	f.overrule(customer)
	return customer, nil
}

// overrule puts the flags that were given into the customer.
func (f *customerFlags) overrule(customer *partnercenter.Customer) {
	company, billing, address := customer.CompanyProfile, customer.BillingProfile, customer.BillingProfile.DefaultAddress
	for _, field := range [...]struct {
		flag  string
		field *string
	}{
		{f.Domain, &company.Domain},
		{f.OrganizationRegistrationNumber, &company.OrganizationRegistrationNumber},
		{f.CompanyName, &billing.CompanyName},
		{f.Email, &billing.Email},
		{f.Culture, &billing.Culture},
		{f.Language, &billing.Language},
		{f.FirstName, &address.FirstName},
		{f.LastName, &address.LastName},
		{f.AddressLine1, &address.AddressLine1},
		{f.AddressLine2, &address.AddressLine2},
		{f.City, &address.City},
		{f.State, &address.State},
		{f.Region, &address.Region},
		{f.PostalCode, &address.PostalCode},
		{f.Country, &address.Country},
		{f.AssociatedPartnerID, &customer.AssociatedPartnerID},
	} {
		if field.flag != "" {
			*field.field = field.flag
		}
	}
	if f.PhoneNumber != "" {
		address.PhoneNumber = &f.PhoneNumber
	}
	if f.EnableGDAPByDefault != nil {
		customer.EnableGDAPByDefault = f.EnableGDAPByDefault
	}
}

// read reads the file. A member that the request does not have is a slip of the pen, which the service would not tell.
func (f *customerFlags) read(p *program, customer *partnercenter.Customer) error {
	text, err := f.text(p)
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(customer)
	if err == nil && decoder.More() {
		err = errors.New("there is more after the JSON object")
	}
	if err != nil {
		return fmt.Errorf("%s%s: %w", f.File, lineOf(err, text), err)
	}
	return nil
}

func (f *customerFlags) text(p *program) ([]byte, error) {
	if f.File == "-" {
		return io.ReadAll(p.stdin)
	}
	return os.ReadFile(f.File)
}

// lineOf is the line that an error of the decoder speaks of, if it says so.
func lineOf(err error, text []byte) string {
	offset := int64(-1)
	syntax, mismatch := (*json.SyntaxError)(nil), (*json.UnmarshalTypeError)(nil)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mismatch):
		offset = mismatch.Offset
	}
	if offset < 0 || offset > int64(len(text)) {
		return ""
	}
	return fmt.Sprintf(", line %d", 1+bytes.Count(text[:offset], []byte("\n")))
}
