package csp_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

const (
	cloudTemplate    = "998b88de-aa99-4388-a42c-1b3517d49490"
	customerTemplate = "117a77b0-9360-443b-8795-c6dedc750cf9"
)

// agreement is a valid confirmation with the changes.
func agreement(changes ...func(*partnercenter.Agreement)) *partnercenter.Agreement {
	request := &partnercenter.Agreement{
		PrimaryContact: &partnercenter.Contact{FirstName: "Ana", LastName: "Roche", Email: "ana@kestrel.example", PhoneNumber: "5035550144"},
		TemplateID:     customerTemplate,
		DateAgreed:     "2026-01-10T00:00:00.000Z",
		Type:           partnercenter.MicrosoftCustomerAgreement,
	}
	for _, change := range changes {
		change(request)
	}
	return request
}

// TestBadAgreements names the properties that a confirmation is refused for.
func TestBadAgreements(t *testing.T) {
	w := MustWorld(t, inMemory)
	caller := admin(w.direct)
	agreements := &csp.Agreements{Store: w.db}
	long := string(make([]byte, 257))
	dated := func(date string) *partnercenter.Agreement {
		return agreement(func(a *partnercenter.Agreement) { a.DateAgreed = date })
	}
	for _, test := range []struct {
		name    string
		request *partnercenter.Agreement
		want    []string // the properties; none if it is accepted
	}{
		{"valid", agreement(), nil},
		{"no phone number", agreement(func(a *partnercenter.Agreement) { a.PrimaryContact.PhoneNumber = "" }), nil},
		{"another type", agreement(func(a *partnercenter.Agreement) {
			a.TemplateID, a.Type = cloudTemplate, partnercenter.MicrosoftCloudAgreement
		}), nil},
		{"whole seconds", dated("2026-01-10T00:00:00Z"), nil},
		{"seven decimals", dated("2026-01-10T00:00:00.0000000Z"), nil},
		{"another zone", dated("2026-01-10T00:00:00+02:00"), nil},
		{"no zone", dated("2026-01-10T00:00:00"), nil},
		{"a date alone", dated("2026-01-10"), []string{"dateAgreed"}},
		{"no day", dated("2026-02-30T00:00:00Z"), []string{"dateAgreed"}},
		{"many decimals", dated("2026-01-10T00:00:00.0000000000000000000000000000000Z"), []string{"dateAgreed"}},
		{"nothing", &partnercenter.Agreement{}, []string{
			"primaryContact.firstName", "primaryContact.lastName", "primaryContact.email", "templateId", "type", "dateAgreed",
		}},
		{"bad contact", agreement(func(a *partnercenter.Agreement) {
			a.PrimaryContact = &partnercenter.Contact{FirstName: " ", LastName: "R\noche", Email: "ana", PhoneNumber: long}
		}), []string{"primaryContact.firstName", "primaryContact.lastName", "primaryContact.email", "primaryContact.phoneNumber"}},
		{"template in capitals", agreement(func(a *partnercenter.Agreement) {
			a.TemplateID = "117A77B0-9360-443B-8795-C6DEDC750CF9"
		}), []string{"templateId"}},
		{"type of the other template", agreement(func(a *partnercenter.Agreement) { a.TemplateID = cloudTemplate }), []string{"type"}},
		{"no type of agreement", agreement(func(a *partnercenter.Agreement) { a.Type = partnercenter.AllAgreements }), []string{"type"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			customer := csp.MustParseID(w.MustCreate(t, caller, csp.Call{}).ID)
			_, err := agreements.Confirm(t.Context(), caller, customer, test.request, csp.Call{})
			var got []string
			if fault := (*partnercenter.Fault)(nil); errors.As(err, &fault) {
				got = properties(fault)
			}
			if errors.Is(err, partnercenter.ErrInvalidProperty) != (test.want != nil) || !cmp.Equal(got, test.want) {
				t.Errorf("got %v with %q, want %q", err, got, test.want)
			}
			kept, err := agreements.OfCustomer(t.Context(), caller, customer, partnercenter.AllAgreements)
			if err != nil || (kept.TotalCount == 1) != (test.want == nil) {
				t.Errorf("kept: got %+v, %v", kept, err)
			}
		})
	}
}

// properties are those that the data of a fault names.
func properties(fault *partnercenter.Fault) []string {
	var names []string
	for i := 0; i < len(fault.Data); i += 2 {
		names = append(names, fault.Data[i][len("property_name:  "):])
	}
	return names
}

// TestConfirmAgain confirms after a first confirmation, with another contact and with the same.
func TestConfirmAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*partnercenter.Agreement)
		want   error
	}{
		{"same", func(*partnercenter.Agreement) {}, partnercenter.ErrAgreementExists},
		{"another date", func(a *partnercenter.Agreement) { a.DateAgreed = "2026-02-10T00:00:00Z" }, partnercenter.ErrAgreementExists},
		{"first name", func(a *partnercenter.Agreement) { a.PrimaryContact.FirstName = "Anna" }, nil},
		{"last name", func(a *partnercenter.Agreement) { a.PrimaryContact.LastName = "Rocha" }, nil},
		{"email", func(a *partnercenter.Agreement) { a.PrimaryContact.Email = "anna@kestrel.example" }, nil},
		{"phone number", func(a *partnercenter.Agreement) { a.PrimaryContact.PhoneNumber = "" }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := MustWorld(t, inMemory)
			caller := admin(w.direct)
			agreements := &csp.Agreements{Store: w.db}
			customer := csp.MustParseID(w.MustCreate(t, caller, csp.Call{}).ID)
			if _, err := agreements.Confirm(t.Context(), caller, customer, agreement(), csp.Call{}); err != nil {
				t.Fatal(err)
			}
			call := newCall(caller)
			first, err := agreements.Confirm(t.Context(), caller, customer, agreement(test.change), call)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			again, errAgain := agreements.Confirm(t.Context(), caller, customer, agreement(test.change), call)
			if !cmp.Equal(first, again) || test.want == nil && errAgain != nil {
				t.Errorf("the call again: got %+v, %v, want %+v, %v", again, errAgain, first, err)
			}
			fault, faultAgain := (*partnercenter.Fault)(nil), (*partnercenter.Fault)(nil)
			if errors.As(err, &fault) && (!errors.As(errAgain, &faultAgain) || faultAgain.ErrorName != fault.ErrorName || faultAgain.Error() != fault.Error()) {
				t.Errorf("the call again: got %+v, want %+v", faultAgain, fault)
			}
		})
	}
}

// TestWhoConfirms tries the groups, and other partners.
func TestWhoConfirms(t *testing.T) {
	w := MustWorld(t, inMemory)
	agreements := &csp.Agreements{Store: w.db}
	customer := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	stranger := csp.MustParseID("94e4e214-6b06-4fb7-96d1-94d559f9b47f")
	for _, test := range []struct {
		name     string
		caller   *csp.Caller
		customer csp.ID
		confirms error
		reads    error
	}{
		{"sales agent", user(w.direct, csp.SalesAgents), customer, nil, nil},
		{"helpdesk agent", user(w.direct, csp.HelpdeskAgents), customer, partnercenter.ErrNotAllowed, nil},
		{"somebody else", admin(w.other), customer, partnercenter.ErrNoRelationship, partnercenter.ErrNoRelationship},
		{"no customer", admin(w.direct), stranger, partnercenter.ErrTenantNotFound, partnercenter.ErrTenantNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			confirmed, err := agreements.Confirm(t.Context(), test.caller, test.customer, agreement(), csp.Call{})
			if !errors.Is(err, test.confirms) {
				t.Errorf("confirm: got %v, want %v", err, test.confirms)
			}
			if err == nil && confirmed.UserID != test.caller.User.String() {
				t.Errorf("user: got %s, want %s", confirmed.UserID, test.caller.User)
			}
			listed, err := agreements.OfCustomer(t.Context(), test.caller, test.customer, partnercenter.AllAgreements)
			if !errors.Is(err, test.reads) || err == nil && (len(listed.Items) != 1 || listed.Items[0].UserID != "" || listed.Items[0].AgreementLink == "") {
				t.Errorf("list: got %+v, %v, want %v", listed, err, test.reads)
			}
			signed, err := agreements.DirectSigned(t.Context(), test.caller, test.customer)
			if !errors.Is(err, test.reads) || err == nil && signed.IsSigned {
				t.Errorf("signed: got %+v, %v, want %v", signed, err, test.reads)
			}
		})
	}
}

func TestAgreementText(t *testing.T) {
	for _, test := range []struct {
		name                        string
		template, language, country string
		wantLanguage, wantCountry   string
		want                        error
	}{
		{"defaults", customerTemplate, "", "", "en-US", "US", nil},
		{"the country's", customerTemplate, "de-DE", "AT", "de-DE", "AT", nil},
		{"in another case", customerTemplate, "DE-de", "AT", "de-DE", "AT", nil},
		{"not the country's", customerTemplate, "de-DE", "US", "en-US", "US", nil},
		{"no language", customerTemplate, "tlh", "AT", "en-US", "AT", nil},
		{"English alone", customerTemplate, "", "AT", "en-US", "AT", nil},
		{"the other template", cloudTemplate, "fr-FR", "DZ", "fr-FR", "DZ", nil},
		{"country in small letters", customerTemplate, "en-US", "us", "", "", partnercenter.ErrInvalidEnum},
		{"no country", customerTemplate, "en-US", "ZZ", "", "", partnercenter.ErrInvalidEnum},
		{"no template", "1", "en-US", "US", "", "", partnercenter.ErrTemplateNotFound},
		{"template in capitals", "117A77B0-9360-443B-8795-C6DEDC750CF9", "", "", "", "", partnercenter.ErrTemplateNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := csp.NewAgreementText(test.template, test.language, test.country)
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err == nil && (text.Language != test.wantLanguage || text.Country != test.wantCountry || text.Template.TemplateID != test.template) {
				t.Errorf("got %+v, want %s and %s", text, test.wantLanguage, test.wantCountry)
			}
		})
	}
}
