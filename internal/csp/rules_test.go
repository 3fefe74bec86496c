package csp_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// refusal is what a caller sees of a fault, but for its words.
type refusal struct {
	Status, Code int
	Data         []string
}

// The refusals of a request's details, with their data.
func missing(paths ...string) *refusal { return &refusal{400, 2001, paths} }
func numberMissing() *refusal          { return &refusal{400, 600049, []string{number}} }
func numberInvalid() *refusal          { return &refusal{400, 600050, []string{number}} }
func numberUnsupported() *refusal      { return &refusal{400, 600002, []string{number}} }
func phoneMissing() *refusal           { return &refusal{400, 600051, []string{phone}} }

// invalid takes properties and details, in turns.
func invalid(pairs ...string) *refusal {
	said := &refusal{Status: 400, Code: 27002}
	for i := 0; i < len(pairs); i += 2 {
		said.Data = append(said.Data, "property_name:  "+pairs[i], "details:  "+pairs[i+1])
	}
	return said
}

// rows says which row of the catalogue a refusal is.
var rows = map[int]*partnercenter.Fault{
	2001:   partnercenter.ErrDetailsMissing,
	600049: partnercenter.ErrRegistrationNumberMissing,
	600050: partnercenter.ErrRegistrationNumberInvalid,
	600002: partnercenter.ErrRegistrationNumberUnsupported,
	600051: partnercenter.ErrPhoneNumberMissing,
	27002:  partnercenter.ErrInvalidProperty,
}

// rule is a request and what the rules say to it.
type rule struct {
	name   string
	rules  csp.Rules
	change set
	want   *refusal // nil if it is accepted
}

func (r rule) run(t *testing.T) {
	t.Helper()
	request := MustRequest(t, r.change)
	before := fmt.Sprint(request)
	err := r.rules.CheckNewCustomer(request)
	if diff := cmp.Diff(r.want, refusalOf(t, err)); diff != "" {
		t.Errorf("refusal (-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(request); got != before {
		t.Errorf("the request was changed: got %s, want %s", got, before)
	}
}

// refusalOf is the fault as a caller sees it; of its words, that they can be sent.
func refusalOf(t *testing.T, err error) *refusal {
	t.Helper()
	if err == nil {
		return nil
	}
	fault := (*partnercenter.Fault)(nil)
	if !errors.As(err, &fault) {
		t.Fatalf("got %v, want a fault", err)
	}
	if !errors.Is(fault, rows[fault.Code]) {
		t.Errorf("fault: got %v, which is not %v", fault, rows[fault.Code])
	}
	if length := utf8.RuneCountInString(fault.Description); length < 1 || length > 1024 {
		t.Errorf("description: got %d characters, want 1 to 1024", length)
	}
	if fault.Source != "PartnerFD" {
		t.Errorf("source: got %s, want PartnerFD", fault.Source)
	}
	return &refusal{fault.Status, fault.Code, fault.Data}
}

func TestMissing(t *testing.T) {
	everywhere := []string{domain, email, culture, language, companyName, country, line1, firstName, lastName}
	for _, test := range []rule{
		{"nothing", csp.Rules{}, set{}, nil},
		{"everything", csp.Rules{}, set{"companyProfile": nil, "billingProfile": nil}, missing(everywhere...)},
		{"everything, profiles there", csp.Rules{}, set{domain: nil, "companyProfile.tenantId": "", "billingProfile": nil, "billingProfile.id": ""}, missing(everywhere...)},
		{"everything but a country with rules", csp.Rules{}, set{"companyProfile": nil, "billingProfile": nil, country: "US"},
			missing(domain, email, culture, language, companyName, city, state, line1, postalCode, firstName, lastName)},
		{"everything but a country without rules", csp.Rules{}, set{"companyProfile": nil, "billingProfile": nil, country: "AG"},
			missing(domain, email, culture, language, companyName, line1, firstName, lastName)},
		{"company profile", csp.Rules{}, set{"companyProfile": nil}, missing(domain)},
		{"billing profile", csp.Rules{}, set{"billingProfile": nil}, missing(everywhere[1:]...)},
		{"address", csp.Rules{}, set{address: nil}, missing(country, line1, firstName, lastName)},
		{"domain", csp.Rules{}, set{domain: nil}, missing(domain)},
		{"email", csp.Rules{}, set{email: nil}, missing(email)},
		{"culture", csp.Rules{}, set{culture: nil}, missing(culture)},
		{"language", csp.Rules{}, set{language: nil}, missing(language)},
		{"company name", csp.Rules{}, set{companyName: nil}, missing(companyName)},
		{"company name in the wrong profile", csp.Rules{}, set{companyName: nil, "companyProfile.companyName": "test company"}, missing(companyName)},
		{"country", csp.Rules{}, set{country: nil}, missing(country)},
		{"country, and what it would demand", csp.Rules{}, set{country: nil, city: nil, state: nil, postalCode: nil}, missing(country)},
		{"address line 1", csp.Rules{}, set{line1: nil}, missing(line1)},
		{"first name", csp.Rules{}, set{firstName: nil}, missing(firstName)},
		{"first name in the wrong place", csp.Rules{}, set{firstName: nil, ownerFirstName: "Test"}, missing(firstName)},
		{"last name", csp.Rules{}, set{lastName: nil}, missing(lastName)},
		{"address line 2, region, middle name, phone, owner", csp.Rules{}, set{line2: nil, region: nil, middleName: nil, phone: nil, ownerFirstName: nil}, nil},
		{"empty", csp.Rules{}, set{domain: "", line1: ""}, missing(domain, line1)},
		{"blank", csp.Rules{}, set{domain: " ", email: "\t", culture: "\n", language: "\u00a0", companyName: "\u3000", country: "\r\n", line1: " \t ", firstName: "\v", lastName: "\u2003"}, missing(everywhere...)},
		{"city in the US", csp.Rules{}, set{city: nil}, missing(city)},
		{"state in the US", csp.Rules{}, set{state: nil}, missing(state)},
		{"state in the region", csp.Rules{}, set{state: nil, region: "WA"}, missing(state)},
		{"postal code in the US", csp.Rules{}, set{postalCode: nil}, missing(postalCode)},
		{"blank city, state and postal code in the US", csp.Rules{}, set{city: " ", state: " ", postalCode: " "}, missing(city, state, postalCode)},
		{"what the US demand, in lower case", csp.Rules{}, set{country: "us", city: nil, state: nil, postalCode: nil}, missing(city, state, postalCode)},
		{"state in Canada", csp.Rules{}, set{country: "CA", postalCode: "K1A 0B1", state: nil}, missing(state)},
		{"state in China", csp.Rules{}, set{country: "CN", postalCode: "100000", state: nil}, missing(state)},
		{"state in Mexico", csp.Rules{}, set{country: "MX", postalCode: "06000", state: nil}, missing(state)},
		{"state in France", csp.Rules{}, set{country: "FR", postalCode: "69002", state: nil}, nil},
		{"postal code in France", csp.Rules{}, set{country: "FR", postalCode: nil}, missing(postalCode)},
		{"postal code in Ireland", csp.Rules{}, set{country: "IE", postalCode: nil, state: nil}, nil},
		{"city in Hong Kong", csp.Rules{}, set{country: "HK", city: nil, state: nil, postalCode: nil}, nil},
		{"city in Ireland", csp.Rules{}, set{country: "IE", city: nil, state: nil, postalCode: nil}, missing(city)},
		{"before the registration number", csp.Rules{}, set{country: "RU", postalCode: nil}, missing(postalCode)},
		{"before bad values", csp.Rules{}, set{domain: "?", email: "?", city: nil}, missing(city)},
	} {
		t.Run(test.name, test.run)
	}
}

func TestRegistration(t *testing.T) {
	russia := func(more set) set {
		change := set{country: "RU", city: "Moscow", state: nil, postalCode: "101000"}
		for path, value := range more {
			change[path] = value
		}
		return change
	}
	strict := csp.Rules{StrictRegistration: true}
	for _, test := range []rule{
		{"both", csp.Rules{}, russia(set{number: "7701234567", phone: "4951234567"}), nil},
		{"no number", csp.Rules{}, russia(set{phone: "4951234567"}), numberMissing()},
		{"blank number", csp.Rules{}, russia(set{number: " \t", phone: "4951234567"}), numberMissing()},
		{"no phone", csp.Rules{}, russia(set{number: "7701234567"}), phoneMissing()},
		{"blank phone", csp.Rules{}, russia(set{number: "7701234567", phone: " "}), phoneMissing()},
		{"bad number", csp.Rules{}, russia(set{number: "77012345", phone: "4951234567"}), numberInvalid()},
		{"blanks around the number", csp.Rules{}, russia(set{number: " 7701234567 ", phone: "4951234567"}), numberInvalid()},
		{"line end after the number", csp.Rules{}, russia(set{number: "7701234567\n", phone: "4951234567"}), numberInvalid()},
		{"a number no pattern bounds", csp.Rules{}, set{country: "AE", city: "Dubai", number: strings.Repeat("1", 23), phone: "042345678"}, numberInvalid()},
		{"number before phone", csp.Rules{}, russia(nil), numberMissing()},
		{"number's form before phone", csp.Rules{}, russia(set{number: "1"}), numberInvalid()},
		{"number before bad values", csp.Rules{}, russia(set{domain: "?", postalCode: "1", phone: "1"}), numberMissing()},
		{"phone before bad values", csp.Rules{}, russia(set{number: "7701234567", domain: "?"}), phoneMissing()},
		{"country in lower case", csp.Rules{}, russia(set{country: "ru"}), numberMissing()},
		{"a number elsewhere", csp.Rules{}, set{number: "anything at all"}, nil},
		{"a number elsewhere, not of the form that clients are told", csp.Rules{}, set{country: "FR", city: "Lyon", state: nil, postalCode: "69002", number: "Lyon 12"}, nil},
		{"a number elsewhere, strictly", strict, set{number: "7701234567"}, numberUnsupported()},
		{"a blank elsewhere, strictly", strict, set{number: " "}, nil},
		{"none elsewhere, strictly", strict, set{}, nil},
		{"strictly before bad values", strict, set{number: "1", domain: "?"}, numberUnsupported()},
		{"where it is asked for, strictly", strict, russia(set{number: "7701234567", phone: "4951234567"}), nil},
		{"a number of no country", csp.Rules{}, set{country: "XX", number: "1"},
			invalid(country, "'XX' is not the two-letter ISO 3166-1 code of a supported country, for example US")},
	} {
		t.Run(test.name, test.run)
	}
}

// TestRegistrationWords holds the words that name the rule: the docs promise the regular expression.
func TestRegistrationWords(t *testing.T) {
	for _, test := range []struct {
		name   string
		rules  csp.Rules
		change set
		want   string
	}{
		{"number missing", csp.Rules{}, set{country: "RU"}, "Organization registration id information is missing. It is mandatory in Russia, for example 7701234567."},
		{"number invalid", csp.Rules{}, set{country: "RU", postalCode: "101000", number: "1"}, `The organization registration id does not match ^(\d{10}|\d{12})$, for example 7701234567.`},
		{"number unsupported", csp.Rules{StrictRegistration: true}, set{number: "1"}, "An organization registration number is not supported in United States. Leave it out."},
		{"phone missing", csp.Rules{}, set{country: "RU", number: "7701234567"}, "The phone number of the customer is missing. It is mandatory in Russia."},
		{"details missing", csp.Rules{}, set{city: nil}, "Customer details are missing"},
		{"value invalid", csp.Rules{}, set{domain: "?"}, "A property has invalid data."},
	} {
		t.Run(test.name, func(t *testing.T) {
			fault := (*partnercenter.Fault)(nil)
			if err := test.rules.CheckNewCustomer(MustRequest(t, test.change)); !errors.As(err, &fault) || fault.Description != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestRegistrationCountries holds the list of the docs' revision of 30 March 2021, and every other country free.
func TestRegistrationCountries(t *testing.T) {
	const listed = "AE AM AZ BR BY HU IN IQ KG KZ MD MM PL RU SA SS TH TJ TR UA UZ VE VN ZA"
	if got := len(strings.Fields(listed)); got != 24 {
		t.Fatalf("got %d countries, want 24", got)
	}
	for c := range market.Countries() {
		at := set{country: c.ISO2, city: "X", state: nil, postalCode: nil}
		if c.StateListed {
			at[state] = c.States[0]
		}
		if c.PostalCodeRequired {
			at[postalCode] = c.PostalCodeSample
		}
		sample := set{number: c.RegistrationNumberSample}
		for _, test := range []struct {
			name   string
			change set
			listed *refusal
			others *refusal
		}{
			{"neither", set{}, numberMissing(), nil},
			{"a bad number", set{number: "\u00b6"}, numberInvalid(), nil},
			{"number only", sample, phoneMissing(), nil},
			{"phone only", set{phone: c.PhoneSample}, numberMissing(), nil},
			{"both", set{number: c.RegistrationNumberSample, phone: c.PhoneSample}, nil, nil},
			{"both, the phone elsewhere", set{number: c.RegistrationNumberSample, phone: "5035550144"}, nil, nil},
		} {
			want := test.others
			if strings.Contains(listed, c.ISO2) {
				want = test.listed
			}
			got := refusalOf(t, csp.Rules{}.CheckNewCustomer(MustRequest(t, at, test.change)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", c.ISO2, test.name, diff)
			}
		}
	}
}
