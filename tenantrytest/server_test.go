package tenantrytest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/partnercenter"
	"github.com/tenantry/tenantry/tenantrytest"
)

// newCustomer is a customer to create.
func newCustomer(domain, name string) *partnercenter.Customer {
	return &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{Domain: domain},
		BillingProfile: &partnercenter.CustomerBillingProfile{
			Email: "ana@kestrel.example", Culture: "en-US", Language: "en", CompanyName: name,
			DefaultAddress: &partnercenter.Address{
				Country: "US", City: "Salem", State: "OR", AddressLine1: "12 Mill St", PostalCode: "97301", FirstName: "Ana", LastName: "Roche",
			},
		},
	}
}

// TestClient drives the real server with the Go client, from the domain to the created customer.
func TestClient(t *testing.T) {
	client := tenantrytest.Start(t).Client(t)
	ctx := t.Context()
	const domain = "kestrel.onmicrosoft.com"

	if taken, err := client.Domains.Exists(ctx, domain, nil); err != nil || taken {
		t.Fatalf("domain before: got %v, %v", taken, err)
	}
	request := newCustomer(domain, "Kestrel Bakery")
	created, err := client.Customers.Create(ctx, request, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Customers.Get(ctx, created.ID, nil)
	if err != nil || got.CompanyProfile.CompanyName != "Kestrel Bakery" || got.RelationshipToPartner != partnercenter.RelationshipReseller {
		t.Errorf("get: got %+v, %v", got, err)
	}
	if taken, err := client.Domains.Exists(ctx, domain, nil); err != nil || !taken {
		t.Errorf("domain after: got %v, %v", taken, err)
	}
	if _, err := client.Customers.Create(ctx, request, nil); !errors.Is(err, partnercenter.ErrDomainTaken) {
		t.Errorf("create again: got %v, want %v", err, partnercenter.ErrDomainTaken)
	}
	if available, err := client.Domains.PrefixAvailable(ctx, "kestrel", nil); err != nil || available {
		t.Errorf("prefix: got %t, %v, want that it is taken", available, err)
	}
	verdict, err := client.Validations.Address(ctx, request.BillingProfile.DefaultAddress, nil)
	if err != nil || verdict.Status != partnercenter.AddressVerifiedShippable || len(verdict.SuggestedAddresses) != 1 {
		t.Errorf("address: got %+v, %v", verdict, err)
	}
	if _, err := client.Validations.Address(ctx, &partnercenter.Address{Country: "US"}, nil); !errors.Is(err, partnercenter.ErrAddressMissing) {
		t.Errorf("address of nowhere: got %v, want %v", err, partnercenter.ErrAddressMissing)
	}
	if rules, err := client.CountryValidationRules.Get(ctx, "us", nil); err != nil || rules.ISO2Code != "US" {
		t.Errorf("rules: got %+v, %v", rules, err)
	}
	if _, err := client.CountryValidationRules.Get(ctx, "UK", nil); !errors.Is(err, partnercenter.ErrNoCountryRules) {
		t.Errorf("rules of no country: got %v, want %v", err, partnercenter.ErrNoCountryRules)
	}
}

// TestApart starts two: one takes no token of the other.
func TestApart(t *testing.T) {
	first, second := tenantrytest.Start(t), tenantrytest.Start(t)
	credential, err := partnercenter.NewClientSecretCredential(first.URL, tenantrytest.TenantID, tenantrytest.ClientID, tenantrytest.ClientSecret, nil)
	if err != nil {
		t.Fatal(err)
	}
	options := &partnercenter.ClientOptions{}
	options.Cloud = partnercenter.Cloud(second.URL)
	client, err := partnercenter.NewClient(credential, options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CountryValidationRules.Get(t.Context(), "US", nil); !errors.Is(err, partnercenter.ErrAccessDenied) {
		t.Errorf("a token of another server: got %v, want %v", err, partnercenter.ErrAccessDenied)
	}
}

// TestAccount drives what a partner does with its customers after creating them.
func TestAccount(t *testing.T) {
	server := tenantrytest.Start(t)
	client, user := server.Client(t), server.UserClient(t)
	ctx := t.Context()
	ids := map[string]string{}
	for _, name := range []string{"Alpha", "Alphabet", "Beta"} {
		created, err := client.Customers.Create(ctx, newCustomer(strings.ToLower(name)+".onmicrosoft.com", name), nil)
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = created.ID
	}
	names := func(opts *partnercenter.ListCustomersOptions) (found []string) {
		t.Helper()
		for customer, err := range client.AllCustomers(ctx, opts) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, customer.CompanyProfile.CompanyName)
		}
		return found
	}
	if got := names(&partnercenter.ListCustomersOptions{Size: 1}); !slices.Equal(got, []string{"Alpha", "Alphabet", "Beta"}) {
		t.Errorf("all, one a page: got %v", got)
	}
	if got := names(&partnercenter.ListCustomersOptions{Filter: partnercenter.CustomerFilter{CompanyName: "alpha"}, Size: 1}); !slices.Equal(got, []string{"Alpha", "Alphabet"}) {
		t.Errorf("by name: got %v", got)
	}
	if got := names(&partnercenter.ListCustomersOptions{Filter: partnercenter.CustomerFilter{Domain: "BETA"}}); !slices.Equal(got, []string{"Beta"}) {
		t.Errorf("by domain: got %v", got)
	}

	profile, err := client.Customers.BillingProfile(ctx, ids["Alpha"], nil)
	if err != nil {
		t.Fatal(err)
	}
	profile.CompanyName = "Alpine"
	if _, err := client.Customers.UpdateBillingProfile(ctx, ids["Alpha"], profile, nil); err != nil {
		t.Errorf("update: %v", err)
	}
	if _, err := client.Customers.UpdateBillingProfile(ctx, ids["Alpha"], profile, nil); !errors.Is(err, partnercenter.ErrStaleETag) {
		t.Errorf("update with the etag of before: got %v, want %v", err, partnercenter.ErrStaleETag)
	}
	if _, err := client.Customers.UpdateBillingProfile(ctx, ids["Alpha"], profile, &partnercenter.UpdateBillingProfileOptions{IfMatch: "1"}); !errors.Is(err, partnercenter.ErrPreconditionFailed) {
		t.Errorf("update with another etag: got %v, want %v", err, partnercenter.ErrPreconditionFailed)
	}
	if company, err := user.Customers.CompanyProfile(ctx, ids["Alpha"], nil); err != nil || company.CompanyName != "Alpine" {
		t.Errorf("company profile: got %+v, %v", company, err)
	}
	if domains, err := client.Customers.CustomDomains(ctx, ids["Alpha"], nil); err != nil || !slices.Equal(domains, []string{"alpha.onmicrosoft.com"}) {
		t.Errorf("domains: got %v, %v", domains, err)
	}
	if _, err := client.Customers.Update(ctx, ids["Beta"], &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}, nil); !errors.Is(err, partnercenter.ErrAppOnly) {
		t.Errorf("end the relationship without a user: got %v, want %v", err, partnercenter.ErrAppOnly)
	}
	if _, err := user.Customers.Update(ctx, ids["Beta"], &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}, nil); err != nil {
		t.Errorf("end the relationship: %v", err)
	}
	if err := client.Customers.Delete(ctx, ids["Alphabet"], nil); err != nil {
		t.Errorf("delete: %v", err)
	}
	if got := names(nil); !slices.Equal(got, []string{"Alpine"}) {
		t.Errorf("at the end: got %v", got)
	}
}
