package csp

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// AddressVerdict is what the rules say to an address, and Reason why they do not take it, in the form of the word
// ZipCityInvalid that the answers of 2017 begin with (Partner Center docs: validate-an-address). It is empty if they do.
type AddressVerdict struct {
	*partnercenter.AddressValidationResponse
	Reason string
}

// Accepted reports whether the address can be used as it is: what clients that read a bare boolean are told.
func (v *AddressVerdict) Accepted() bool { return v.Status.Verified() }

// maxSuggestions is the docs' "multiple, maximum of three".
const maxSuggestions = 3

// ValidateAddress judges an address by rules and a few facts; the package doc says which. The answer depends on nothing
// but the address, which stays as it is. The error is the fault of a request that names too little to judge, or texts
// that no address has.
func ValidateAddress(address *partnercenter.Address) (*AddressVerdict, error) {
	i := newInquiry(address)
	if missing := i.missing(); len(missing) > 0 {
		return nil, partnercenter.ErrAddressMissing.With("", missing...)
	}
	if bad := badTexts(address); len(bad) > 0 {
		return nil, partnercenter.ErrAddressInvalid.With("", bad.data()...)
	}
	found := i.judge()
	suggested := make([]*partnercenter.Address, 0, maxSuggestions)
	for _, suggestion := range found.suggestions[:min(len(found.suggestions), maxSuggestions)] {
		suggested = append(suggested, newInquiry(suggestion).recorded())
	}
	return &AddressVerdict{
		AddressValidationResponse: &partnercenter.AddressValidationResponse{
			OriginalAddress:    address,
			SuggestedAddresses: suggested,
			Status:             found.status,
			ValidationMessage:  found.message,
		},
		Reason: found.reason,
	}, nil
}

// inquiry is an address under judgement.
type inquiry struct {
	tidy    *partnercenter.Address // in one spelling: blanks, the case of codes, the form of the postal code
	country *market.Country        // nil where the code is no country's
	state   string                 // by the code that the tables know it by
	street  street
}

func newInquiry(address *partnercenter.Address) *inquiry {
	tidy := *address
	for _, text := range [...]*string{&tidy.Country, &tidy.Region, &tidy.City, &tidy.State, &tidy.AddressLine1, &tidy.AddressLine2, &tidy.PostalCode} {
		*text = strings.Join(strings.Fields(*text), " ")
	}
	i := &inquiry{tidy: &tidy}
	i.country, _ = market.Lookup(tidy.Country)
	if i.country != nil {
		tidy.Country = i.country.ISO2
		tidy.PostalCode = tidyPostalCode(i.country, tidy.PostalCode)
		if i.country.StateListed && i.country.ValidState(tidy.State) {
			tidy.State = strings.ToUpper(tidy.State)
		}
		i.state = statesOf(tidy.Country, tidy.State)[0]
	}
	i.street = parseStreet(tidy.AddressLine1, tidy.AddressLine2)
	return i
}

// tidyPostalCode is the code in capitals, with the hyphen of nine digits in the United States and the blank that Canada and
// the United Kingdom write before the last three.
func tidyPostalCode(country *market.Country, code string) string {
	if nine := country.ISO2 == "US" && len(code) == zipLength+4; nine && country.ValidPostalCode(zip(code)+"-"+code[zipLength:]) {
		return zip(code) + "-" + code[zipLength:]
	}
	if !country.ValidPostalCode(code) {
		return code
	}
	code = strings.ToUpper(code)
	if code != "" && (country.ISO2 == "CA" || country.ISO2 == "GB" && !strings.HasPrefix(code, "BFPO")) {
		code = strings.NewReplacer(" ", "", "-", "").Replace(code)
		code = code[:len(code)-3] + " " + code[len(code)-3:]
	}
	return code
}

// missing is every path that the address must fill and does not. The docs star line 1, city, state, postal code and
// country; the rules of the country say in which the middle three exist. An address that lacks its country and nothing
// else is no bad request but NotValidated (seen in the .NET SDK's samples).
func (i *inquiry) missing() []string {
	needs := i.country
	if needs == nil {
		needs = &market.Country{CityRequired: true, PostalCodeRequired: true} // as nearly everywhere
	}
	var missing []string
	for _, field := range [...]struct {
		path     string
		value    string
		required bool
	}{
		{"addressLine1", i.tidy.AddressLine1, true},
		{"city", i.tidy.City, needs.CityRequired},
		{"state", i.tidy.State, needs.StateRequired},
		{"postalCode", i.tidy.PostalCode, needs.PostalCodeRequired},
	} {
		if field.required && field.value == "" {
			missing = append(missing, field.path)
		}
	}
	if len(missing) > 0 && i.tidy.Country == "" {
		missing = append(missing, "country")
	}
	return missing
}

// badTexts holds every text to the lengths of a new customer's address, and to printable characters.
func badTexts(address *partnercenter.Address) violations {
	const prefix = "billingProfile.defaultAddress."
	request := &partnercenter.Customer{BillingProfile: &partnercenter.CustomerBillingProfile{DefaultAddress: address}}
	var found violations
	detailsOf(request).checkTexts(&found)
	for at := range found {
		found[at].property = strings.TrimPrefix(found[at].property, prefix)
	}
	if length := utf8.RuneCountInString(address.Country); length > maxText {
		found.add("country", "is %d characters long; 2 are allowed", length)
	} else if strings.ContainsFunc(address.Country, unicode.IsControl) {
		found.add("country", "holds a control character; use printable text in one line")
	}
	return found
}

// finding is what one look at the address brought to light. Without a status there is nothing to object to.
type finding struct {
	status      partnercenter.AddressStatus
	reason      string
	message     string
	suggestions []*partnercenter.Address
}

// objection is a finding whose words begin as those of the service: "Address field invalid for property: 'Street'"
// (Partner Center announcements, March 2021, Enhanced address validation).
func objection(status partnercenter.AddressStatus, property, reason, words string, suggestions ...*partnercenter.Address) finding {
	return finding{
		status:      status,
		reason:      reason,
		message:     "Address field invalid for property: '" + property + "'. " + words,
		suggestions: suggestions,
	}
}

// judge looks at the country, then at the place, then at the street. What is wrong with the place weighs more.
func (i *inquiry) judge() finding {
	if i.country == nil {
		return i.judgeCountry()
	}
	place, street := i.judgePlace(), i.judgeStreet()
	switch {
	case place.status == "" && street.status == "":
		return i.verified()
	case place.status == "":
		return street
	case street.status == "":
		return place
	case street.status == partnercenter.AddressNone:
		place, street = street, place
	}
	place.message += " " + street.message
	return place
}

func (i *inquiry) judgeCountry() finding {
	words := "It is missing"
	if i.tidy.Country != "" {
		words = quoted(i.tidy.Country) + " is not the two-letter ISO 3166-1 code of a supported country"
	}
	return objection(partnercenter.AddressNotValidated, "Country", "CountryInvalid",
		words+"; give the two letters, for example "+countryMeant(i.tidy.Country)+".")
}

// countryMeant is the code of the country that has this name or three-letter code; whoever gives neither gets US.
func countryMeant(text string) string {
	if strings.EqualFold(text, "UK") {
		return "GB"
	}
	for country := range market.Countries() {
		if strings.EqualFold(text, country.ISO3) || strings.EqualFold(text, country.Name) {
			return country.ISO2
		}
	}
	return "US"
}

// verified tells Verified from VerifiedShippable: no parcel is delivered to a post-office box, and the service answers
// Verified where the caller gave all nine digits (seen in the .NET SDK's samples: 98052-8300).
func (i *inquiry) verified() finding {
	status := partnercenter.AddressVerifiedShippable
	if i.street.box || i.country.ISO2 == "US" && len(i.tidy.PostalCode) > zipLength {
		status = partnercenter.AddressVerified
	}
	return finding{status: status, suggestions: []*partnercenter.Address{i.tidy}}
}

// judgePlace holds city, state and postal code to each other: two that agree outvote the third.
func (i *inquiry) judgePlace() finding {
	form := i.country.ValidPostalCode(i.tidy.PostalCode)
	zone := ""
	if form {
		zone = zoneOf(i.country.ISO2, i.tidy.PostalCode)
	}
	switch {
	case !zoned(i.country.ISO2):
		return i.judgeUnzoned(form)
	case zone != "" && zone == i.state:
		return i.judgeCity()
	default:
		return i.judgeDiscord(zone, form)
	}
}

// judgeUnzoned is for countries whose postal codes are known by their form only.
func (i *inquiry) judgeUnzoned(form bool) finding {
	country := i.country
	switch {
	case !form:
		return objection(partnercenter.AddressNone, "PostalCode", "ZipInvalid", i.badPostalCode())
	case !country.ValidState(i.tidy.State):
		return objection(partnercenter.AddressNone, "State", "StateInvalid",
			quoted(i.tidy.State)+" is not a state of "+country.Name+"; use one of "+strings.Join(country.States, ", ")+".")
	}
	return finding{}
}

func (i *inquiry) badPostalCode() string {
	return quoted(i.tidy.PostalCode) + " does not have the form of the postal codes of " + i.country.Name + forExample(i.country.PostalCodeSample) + "."
}

// judgeCity is for a postal code that lies in the state.
func (i *inquiry) judgeCity() finding {
	owners := placesWhere(func(p *place) bool { return p.country == i.country.ISO2 && p.owns(i.tidy.PostalCode) })
	if len(owners) == 0 || slices.ContainsFunc(owners, func(p *place) bool { return sameName(p.city, i.tidy.City) }) {
		return finding{}
	}
	owner := owners[0]
	words := i.tidy.PostalCode + " is a postal code of " + owner.city + ", " + owner.state + ", not of " + quoted(i.tidy.City) + "."
	return objection(partnercenter.AddressInteractionRequired, "City", "ZipCityInvalid", words,
		i.changed(func(a *partnercenter.Address) { a.City = owner.city }))
}

// judgeDiscord is for a postal code that does not lie in the state, or nowhere, or a state that there is not. Zone is the
// state that the postal code lies in, if any.
func (i *inquiry) judgeDiscord(zone string, form bool) finding {
	words := i.discord(zone, form)
	cities := placesWhere(func(p *place) bool { return p.country == i.country.ISO2 && sameName(p.city, i.tidy.City) })
	inState := slices.IndexFunc(cities, func(p *place) bool { return p.state == i.state })
	inZone := zone != "" && slices.ContainsFunc(cities, func(p *place) bool { return p.state == zone && p.holds(i.tidy.PostalCode) })
	stateCorrected := func(a *partnercenter.Address) { a.State = i.codeOf(zone) }
	switch {
	case inZone:
		return objection(partnercenter.AddressInteractionRequired, "State", "ZipStateInvalid", words, i.changed(stateCorrected))
	case inState >= 0:
		suggestions := []*partnercenter.Address{i.at(cities[inState])}
		owners := placesWhere(func(p *place) bool {
			return p.country == i.country.ISO2 && p.state == zone && p.owns(i.tidy.PostalCode)
		})
		if len(owners) == 0 {
			return objection(partnercenter.AddressInteractionRequired, "PostalCode", "ZipStateInvalid", words, suggestions...)
		}
		suggestions = append(suggestions, i.changed(stateCorrected, func(a *partnercenter.Address) { a.City = owners[0].city }))
		return objection(partnercenter.AddressMultiple, "PostalCode", "ZipStateInvalid", words, suggestions...)
	case zone != "":
		return objection(partnercenter.AddressInteractionRequired, "State", "ZipStateInvalid", words, i.changed(stateCorrected))
	case len(cities) == 0:
		return objection(partnercenter.AddressNone, "PostalCode", "ZipInvalid", words)
	}
	status := partnercenter.AddressMultiple
	if len(cities) == 1 {
		status = partnercenter.AddressInteractionRequired
	}
	var suggestions []*partnercenter.Address
	for _, city := range cities {
		suggestions = append(suggestions, i.at(city))
	}
	return objection(status, "PostalCode", "ZipInvalid", words, suggestions...)
}

// discord says what does not fit.
func (i *inquiry) discord(zone string, form bool) string {
	var words []string
	switch {
	case !form:
		words = append(words, i.badPostalCode())
	case zone == "":
		words = append(words, i.tidy.PostalCode+" lies in no state of "+i.country.Name+".")
	case i.country.ValidState(i.tidy.State):
		words = append(words, i.tidy.PostalCode+" lies in "+i.codeOf(zone)+", not in "+i.tidy.State+".")
	default:
		words = append(words, i.tidy.PostalCode+" lies in "+i.codeOf(zone)+".")
	}
	if !i.country.ValidState(i.tidy.State) {
		words = append(words, quoted(i.tidy.State)+" is not a state of "+i.country.Name+"; use one of "+strings.Join(i.country.States, ", ")+".")
	}
	return strings.Join(words, " ")
}

// changed is the tidy address with these changes.
func (i *inquiry) changed(changes ...func(*partnercenter.Address)) *partnercenter.Address {
	address := *i.tidy
	for _, change := range changes {
		change(&address)
	}
	return &address
}

// codeOf is the state's code, as short as the one that the address has, if there is such a one.
func (i *inquiry) codeOf(state string) string {
	codes := statesOf(i.country.ISO2, state)
	if at := slices.IndexFunc(codes, func(code string) bool { return len(code) == len(i.tidy.State) }); at >= 0 {
		return codes[at]
	}
	return codes[0]
}

// at is the address moved to a place.
func (i *inquiry) at(p *place) *partnercenter.Address {
	return i.changed(func(a *partnercenter.Address) { a.City, a.State, a.PostalCode = p.city, i.codeOf(p.state), p.main() })
}

// clipped is a text of the caller's, cut to a length that leaves room for more.
func clipped(text string) string {
	return cmp.Or(strings.Trim(quoted(text), "'"), text)
}
