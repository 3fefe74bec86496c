package csp_test

import (
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

// TestProfiles compares the members that a country decides.
func TestProfiles(t *testing.T) {
	for _, test := range []struct {
		country                              string
		address, culture, language, currency string
	}{
		{"US", "US", "en-US", "en", "USD"},
		{"de", "DE", "de-DE", "de", "EUR"},
		{"BR", "BR", "pt-BR", "pt", "BRL"},
		{"", "US", "en-US", "en", "USD"},
		{"Atlantis", "US", "en-US", "en", "USD"},
	} {
		partner := &csp.Partner{ID: csp.MustParseID("11111111-1111-4111-8111-111111111111"), Domain: "contoso.onmicrosoft.com", Country: test.country}
		organization, billing := partner.OrganizationProfile(), partner.BillingProfile()
		if got := organization.DefaultAddress.Country; got != test.address {
			t.Errorf("%q: got country %s, want %s", test.country, got, test.address)
		}
		if organization.Culture != test.culture || organization.Language != test.language {
			t.Errorf("%q: got %s and %s, want %s and %s", test.country, organization.Culture, organization.Language, test.culture, test.language)
		}
		if billing.BillingCurrency != test.currency {
			t.Errorf("%q: got %s, want %s", test.country, billing.BillingCurrency, test.currency)
		}
		if organization.Attributes.ETag == billing.Attributes.ETag {
			t.Errorf("%q: two profiles have the etag %s", test.country, billing.Attributes.ETag)
		}
	}
}
