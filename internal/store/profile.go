package store

import (
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// readProfile reads what csp.Customer.Profile keeps. Nearly all profiles are as AppendJSON writes them, objects of texts that
// need no escapes; those are read here, in less than half the time that json takes, and their texts are parts of the document.
// All others json reads.
func readProfile(text string, into *partnercenter.Customer) error {
	d := document{rest: text}
	if d.customer(into); !d.strange && d.rest == "" {
		return nil
	}
	*into = partnercenter.Customer{}
	return json.Unmarshal([]byte(text), into)
}

// document is JSON that is being read.
type document struct {
	rest    string
	strange bool // it holds what is not known here
}

func (d *document) customer(c *partnercenter.Customer) {
	for name, more := d.first(); more; name, more = d.next() {
		switch name {
		case "companyProfile":
			c.CompanyProfile = &partnercenter.CustomerCompanyProfile{}
			d.companyProfile(c.CompanyProfile)
		case "billingProfile":
			c.BillingProfile = &partnercenter.CustomerBillingProfile{}
			d.billingProfile(c.BillingProfile)
		default:
			d.strange = true
		}
	}
}

func (d *document) companyProfile(p *partnercenter.CustomerCompanyProfile) {
	for name, more := d.first(); more; name, more = d.next() {
		switch name {
		case "organizationRegistrationNumber":
			p.OrganizationRegistrationNumber = d.text()
		default:
			d.strange = true
		}
	}
}

func (d *document) billingProfile(p *partnercenter.CustomerBillingProfile) {
	for name, more := d.first(); more; name, more = d.next() {
		switch name {
		case "firstName":
			p.FirstName = d.text()
		case "lastName":
			p.LastName = d.text()
		case "email":
			p.Email = d.text()
		case "culture":
			p.Culture = d.text()
		case "language":
			p.Language = d.text()
		case "companyName":
			p.CompanyName = d.text()
		case "defaultAddress":
			p.DefaultAddress = &partnercenter.Address{}
			d.address(p.DefaultAddress)
		case "attributes":
			p.Attributes = &partnercenter.ResourceAttributes{}
			d.attributes(p.Attributes)
		default:
			d.strange = true
		}
	}
}

func (d *document) address(a *partnercenter.Address) {
	for name, more := d.first(); more; name, more = d.next() {
		switch name {
		case "country":
			a.Country = d.text()
		case "region":
			a.Region = d.text()
		case "city":
			a.City = d.text()
		case "state":
			a.State = d.text()
		case "addressLine1":
			a.AddressLine1 = d.text()
		case "addressLine2":
			a.AddressLine2 = d.text()
		case "postalCode":
			a.PostalCode = d.text()
		case "firstName":
			a.FirstName = d.text()
		case "middleName":
			a.MiddleName = d.text()
		case "lastName":
			a.LastName = d.text()
		case "phoneNumber":
			number := d.text()
			a.PhoneNumber = &number
		default:
			d.strange = true
		}
	}
}

func (d *document) attributes(a *partnercenter.ResourceAttributes) {
	for name, more := d.first(); more; name, more = d.next() {
		switch name {
		case "etag":
			a.ETag = d.text()
		case "objectType":
			a.ObjectType = d.text()
		default:
			d.strange = true
		}
	}
}

// first is the name of an object's first member, next that of the one behind the member that was read; more is false at the
// end of the object, and of what is known here.
func (d *document) first() (name string, more bool) {
	if !d.skip('{') || strings.HasPrefix(d.rest, "}") {
		d.skip('}')
		return "", false
	}
	return d.name()
}

func (d *document) next() (name string, more bool) {
	if strings.HasPrefix(d.rest, "}") {
		d.skip('}')
		return "", false
	}
	d.skip(',')
	return d.name()
}

func (d *document) name() (name string, more bool) {
	name = d.text()
	d.skip(':')
	return name, !d.strange
}

// text is the text that comes now, if it stands for itself.
func (d *document) text() string {
	if !d.skip('"') {
		return ""
	}
	end := strings.IndexByte(d.rest, '"')
	if end < 0 || strings.IndexByte(d.rest[:end], '\\') >= 0 {
		d.strange = true
		return ""
	}
	text := d.rest[:end]
	d.rest = d.rest[end+1:]
	return text
}

// skip passes over the character, which has to come now.
func (d *document) skip(char byte) bool {
	if d.strange || d.rest == "" || d.rest[0] != char {
		d.strange = true
		return false
	}
	d.rest = d.rest[1:]
	return true
}
