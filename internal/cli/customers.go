package cli

import (
	"context"
	"io"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

type customersCommands struct {
	Create customersCreate `cmd:"" help:"Create a customer, and show its administrator's password once."`
	Get    customersGet    `cmd:"" help:"Show a customer."`
}

type customersCreate struct {
	customerFlags
	outputFlag
	connection
}

// Help implements [kong.HelpProvider].
func (*customersCreate) Help() string {
	return `The flags are the fields of the request; the server checks them all at once and names what is missing or wrong
(exit code 3). With the world of tenantry dev:

    export TENANTRY_TENANT_ID=contosocloud.onmicrosoft.com TENANTRY_CLIENT_SECRET=dev-secret
    export TENANTRY_CLIENT_ID=11111111-0000-4000-8000-00000000a001

    tenantry customers create --domain fourthcoffee.onmicrosoft.com --company-name "Fourth Coffee" --email ana@fourthcoffee.com \
      --culture en-US --language en --first-name Ana --last-name Bowman --address-line1 "One Microsoft Way" \
      --city Redmond --state WA --postal-code 98052 --country US

    tenantry customers create --file customer.json --domain other.onmicrosoft.com --output json

Exit codes: 2 wrong usage, 3 refused by the service, 4 sign-in refused, 5 server not reached.`
}

// Run creates the customer.
func (c *customersCreate) Run(ctx context.Context, p *program) error {
	request, err := c.request(p)
	if err != nil {
		return err
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	created, err := client.Customers.Create(ctx, request, &partnercenter.CreateCustomerOptions{RequestID: c.RequestID})
	if err != nil {
		return err
	}
	return c.show(p, created, func(w io.Writer) {
		table := customerRows(created)
		if credentials := created.UserCredentials; credentials != nil {
			table = append(table, "Administrator", credentials.UserName+"@"+domainOf(created), "Password", credentials.Password+"  (shown this once)")
		}
		rows(w, table...)
	})
}

type customersGet struct {
	ID string `arg:"" help:"The customer's tenant id."`
	outputFlag
	connection
}

// Help implements [kong.HelpProvider].
func (*customersGet) Help() string {
	return `The customer must be one of the partner's that signs in.

    tenantry customers get dfd8cc0a-c592-468c-8461-869a38d24738 --output json

Exit codes: 2 wrong usage, 3 refused by the service, 4 sign-in refused, 5 server not reached.`
}

// Run shows the customer.
func (c *customersGet) Run(ctx context.Context, p *program) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	customer, err := client.Customers.Get(ctx, c.ID, &partnercenter.GetCustomerOptions{RequestID: c.RequestID})
	if err != nil {
		return err
	}
	return c.show(p, customer, func(w io.Writer) { rows(w, customerRows(customer)...) })
}

// customerRows are what people ask of a customer; the JSON has the rest.
func customerRows(customer *partnercenter.Customer) []string {
	billing, address := customer.BillingProfile, &partnercenter.Address{}
	if billing == nil {
		billing = &partnercenter.CustomerBillingProfile{}
	}
	if billing.DefaultAddress != nil {
		address = billing.DefaultAddress
	}
	delegated := ""
	if customer.AllowDelegatedAccess != nil {
		delegated = map[bool]string{true: "allowed", false: "not allowed"}[*customer.AllowDelegatedAccess]
	}
	phone := ""
	if address.PhoneNumber != nil {
		phone = *address.PhoneNumber
	}
	return []string{
		"Customer", customer.ID,
		"Domain", domainOf(customer),
		"Company", billing.CompanyName,
		"Contact", joined(" ", address.FirstName, address.LastName) + angled(billing.Email),
		"Address", joined(", ", address.AddressLine1, address.AddressLine2, address.City, joined(" ", address.State, address.PostalCode), address.Country),
		"Phone", phone,
		"Culture", billing.Culture,
		"Relationship", string(customer.RelationshipToPartner),
		"Reseller", customer.AssociatedPartnerID,
		"Delegated", delegated,
	}
}

func domainOf(customer *partnercenter.Customer) string {
	if customer.CompanyProfile == nil {
		return ""
	}
	return customer.CompanyProfile.Domain
}

// joined joins what is not empty.
func joined(separator string, parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, separator)
}

func angled(email string) string {
	if email == "" {
		return ""
	}
	return " <" + email + ">"
}
