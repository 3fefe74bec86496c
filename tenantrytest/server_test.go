package tenantrytest_test

import (
	"errors"
	"testing"

	"github.com/tenantry/tenantry/partnercenter"
	"github.com/tenantry/tenantry/tenantrytest"
)

// TestClient drives the real server with the Go client, through every method that it has.
func TestClient(t *testing.T) {
	client := tenantrytest.Start(t).Client(t)
	ctx := t.Context()
	const domain = "kestrel.onmicrosoft.com"

	if taken, err := client.Domains.Exists(ctx, domain, nil); err != nil || taken {
		t.Fatalf("domain before: got %v, %v", taken, err)
	}
	request := &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{Domain: domain},
		BillingProfile: &partnercenter.CustomerBillingProfile{
			Email: "ana@kestrel.example", Culture: "en-US", Language: "en", CompanyName: "Kestrel Bakery",
			DefaultAddress: &partnercenter.Address{
				Country: "US", City: "Salem", State: "OR", AddressLine1: "12 Mill St", PostalCode: "97301", FirstName: "Ana", LastName: "Roche",
			},
		},
	}
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
