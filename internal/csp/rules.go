package csp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// Rules are what a new customer's details are held to. The zero value is the service of March 2021.
type Rules struct {
	// StrictRegistration refuses a registration number from a country that does not ask for one (fault 600002), as the
	// service did until early 2021.
	StrictRegistration bool

	// StrictCulture demands one of the customer's country's own cultures.
	StrictCulture bool

	// DomainSuffixes are the domains that tenants live under; none is [DefaultDomainSuffixes].
	DomainSuffixes []string
}

// CheckNewCustomer is nil, or the first fault in the service's order: whatever is missing, then the registration number,
// then the phone number, then whatever has a bad value. Each fault names all that it covers.
func (r Rules) CheckNewCustomer(request *partnercenter.Customer) error {
	details := detailsOf(request)
	if missing := details.missing(); len(missing) > 0 {
		return partnercenter.ErrDetailsMissing.With("", missing...)
	}
	if err := r.checkRegistrationNumber(details); err != nil {
		return err
	}
	if err := details.checkPhone(); err != nil {
		return err
	}
	if invalid := r.invalid(details); len(invalid) > 0 {
		return partnercenter.ErrInvalidProperty.With("", invalid.data()...)
	}
	return nil
}

// details are the parts of a request that rules speak of, none of them nil.
type details struct {
	*partnercenter.Customer
	company *partnercenter.CustomerCompanyProfile
	billing *partnercenter.CustomerBillingProfile
	address *partnercenter.Address
	country *market.Country // nil where the code is no country's
}

func detailsOf(request *partnercenter.Customer) *details {
	d := &details{Customer: request, company: request.CompanyProfile, billing: request.BillingProfile}
	if d.company == nil {
		d.company = &partnercenter.CustomerCompanyProfile{}
	}
	if d.billing == nil {
		d.billing = &partnercenter.CustomerBillingProfile{}
	}
	if d.address = d.billing.DefaultAddress; d.address == nil {
		d.address = &partnercenter.Address{}
	}
	d.country, _ = market.Lookup(d.address.Country)
	return d
}

func (d *details) checkPhone() error {
	if d.country == nil || !d.country.PhoneRequired || strings.TrimSpace(d.phone()) != "" {
		return nil
	}
	return partnercenter.ErrPhoneNumberMissing.With(
		"The phone number of the customer is missing. It is mandatory in "+d.country.Name+".",
		"billingProfile.defaultAddress.phoneNumber")
}

func (d *details) phone() string { return phoneOf(d.address) }

func phoneOf(address *partnercenter.Address) string {
	if address.PhoneNumber == nil {
		return ""
	}
	return *address.PhoneNumber
}

// missing is every path that the request must fill and does not.
func (d *details) missing() []string {
	country := d.country
	if country == nil {
		country = &market.Country{}
	}
	var missing []string
	for _, field := range [...]struct {
		path     string
		value    string
		required bool
	}{
		{"companyProfile.domain", d.company.Domain, true},
		{"billingProfile.email", d.billing.Email, true},
		{"billingProfile.culture", d.billing.Culture, true},
		{"billingProfile.language", d.billing.Language, true},
		{"billingProfile.companyName", d.billing.CompanyName, true},
		{"billingProfile.defaultAddress.country", d.address.Country, true},
		{"billingProfile.defaultAddress.city", d.address.City, country.CityRequired},
		{"billingProfile.defaultAddress.state", d.address.State, country.StateRequired},
		{"billingProfile.defaultAddress.addressLine1", d.address.AddressLine1, true},
		{"billingProfile.defaultAddress.postalCode", d.address.PostalCode, country.PostalCodeRequired},
		{"billingProfile.defaultAddress.firstName", d.address.FirstName, true},
		{"billingProfile.defaultAddress.lastName", d.address.LastName, true},
	} {
		if field.required && strings.TrimSpace(field.value) == "" {
			missing = append(missing, field.path)
		}
	}
	return missing
}

// checkRegistrationNumber holds the number to its country's form only where the country demands one: elsewhere the docs call
// it optional and say nothing of its form, and people give whichever of their company's numbers they have at hand.
func (r Rules) checkRegistrationNumber(d *details) error {
	const path = "companyProfile.organizationRegistrationNumber"
	country, number := d.country, d.company.OrganizationRegistrationNumber
	switch {
	case country == nil:
		return nil
	case country.RegistrationNumberRequired && strings.TrimSpace(number) == "":
		return partnercenter.ErrRegistrationNumberMissing.With(
			"Organization registration id information is missing. It is mandatory in "+country.Name+forExample(country.RegistrationNumberSample)+".", path)
	case strings.TrimSpace(number) == "":
		return nil
	case r.StrictRegistration && !country.RegistrationNumberRequired:
		return partnercenter.ErrRegistrationNumberUnsupported.With("An organization registration number is not supported in "+country.Name+". Leave it out.", path)
	case country.RegistrationNumberRequired && !country.ValidRegistrationNumber(number):
		return partnercenter.ErrRegistrationNumberInvalid.With(
			"The organization registration id does not match "+country.RegistrationNumberPattern+forExample(country.RegistrationNumberSample)+".", path)
	}
	return nil
}

func forExample(sample string) string {
	if sample == "" {
		return ""
	}
	return ", for example " + sample
}

// culture is the culture as the service writes it: EN-US in, en-US out.
func (r Rules) culture(culture string) string {
	canonical, _ := market.Culture(culture)
	return canonical
}

// violation is a property with a bad value, and the rule that it breaks.
type violation struct{ property, details string }

type violations []violation

func (v *violations) add(property, format string, args ...any) {
	*v = append(*v, violation{property, fmt.Sprintf(format, args...)})
}

// data writes the violations as the service does: strings of the form "key:  value".
// Seen in PartnerCenterPowerShellModule#82.
func (v violations) data() []string {
	data := make([]string, 0, 2*len(v))
	for _, violation := range v {
		data = append(data, "property_name:  "+violation.property, "details:  "+violation.details)
	}
	return data
}

// invalid is every property with a bad value.
func (r Rules) invalid(d *details) violations {
	var found violations
	r.checkDomain(&found, d.company.Domain)
	if why := badEmail(d.billing.Email); why != "" {
		found.add("billingProfile.email", "%s is not an e-mail address: %s, for example ana@contoso.com", quoted(d.billing.Email), why)
	}
	r.checkCulture(&found, d)
	if !market.Language(d.billing.Language) {
		found.add("billingProfile.language", "%s is not a language; give its two letters, for example %s", quoted(d.billing.Language), languageOf(market.Nearest(d.billing.Language)))
	}
	d.checkAddress(&found)
	d.checkTexts(&found)
	if id := d.AssociatedPartnerID; id != "" {
		// The zero GUID is nobody's; taken for none, it would make a direct customer of an indirect one.
		if parsed, err := ParseID(id); err != nil || parsed.IsZero() {
			found.add("associatedPartnerId", "%s is no tenant id; give the GUID of the indirect reseller's tenant, for example 33333333-3333-4333-8333-333333333333", quoted(id))
		}
	}
	return found
}

func (r Rules) checkCulture(found *violations, d *details) {
	const property = "billingProfile.culture"
	culture, ok := market.Culture(d.billing.Culture)
	switch {
	case !ok:
		found.add(property, "%s is not a supported culture, for example %s", quoted(d.billing.Culture), market.Nearest(d.billing.Culture))
	case r.StrictCulture && d.country != nil && !slices.Contains(d.country.Cultures, culture):
		found.add(property, "%s is not a culture of %s; use one of %s", culture, d.country.Name, strings.Join(d.country.Cultures, ", "))
	}
}

func languageOf(culture string) string {
	language, _, _ := strings.Cut(culture, "-")
	return language
}

func (d *details) checkAddress(found *violations) {
	checkPlace(found, "billingProfile.defaultAddress.", d.address)
}

// checkPlace holds state, postal code and phone number to the country. What is missing is not its business.
func checkPlace(found *violations, prefix string, address *partnercenter.Address) {
	country, ok := market.Lookup(address.Country)
	if !ok {
		found.add(prefix+"country", "%s is not the two-letter ISO 3166-1 code of a supported country, for example US%s", quoted(address.Country), hintAtUK(address.Country))
		return
	}
	if country.StateListed && address.State != "" && !country.ValidState(address.State) {
		found.add(prefix+"state", "%s is not a state of %s; use one of %s", quoted(address.State), country.Name, strings.Join(country.States, ", "))
	}
	if address.PostalCode != "" && !country.ValidPostalCode(address.PostalCode) {
		found.add(prefix+"postalCode", "%s does not match %s, the postal codes of %s%s", quoted(address.PostalCode), country.PostalCodePattern, country.Name, forExample(country.PostalCodeSample))
	}
	if phone := phoneOf(address); !country.ValidPhone(strings.TrimSpace(phone)) {
		found.add(prefix+"phoneNumber", "%s does not match %s, the phone numbers of %s, nor has it 5 to 15 digits as one of another country%s",
			quoted(phone), cmp.Or(country.ServedPhonePattern(), country.PhonePattern()), country.Name, forExample(country.PhoneSample))
	}
}

func hintAtUK(country string) string {
	if strings.EqualFold(country, "UK") {
		return "; the United Kingdom is GB"
	}
	return ""
}
