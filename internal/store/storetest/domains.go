package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// further is a domain as the store is handed it.
func further(name string) *partnercenter.VerifiedDomain {
	return &partnercenter.VerifiedDomain{Domain: &partnercenter.Domain{AuthenticationType: partnercenter.DomainManaged, Name: name}}
}

func answering(answer string) func(*csp.Customer) (csp.Outcome, error) {
	return func(*csp.Customer) (csp.Outcome, error) { return csp.Outcome{Answer: []byte(answer)}, nil }
}

func testAddDomain(t *testing.T, s *suite) {
	ctx := t.Context()
	customer, reseller := s.indirect(t, "Kestrel.onmicrosoft.com")
	other := NewCreation(s.ids, s.contoso.ID, "lynx.onmicrosoft.com")
	s.mustCreate(t, other)
	for range 2 { // the second time the ledger answers
		recorded, err := s.AddDomain(ctx, s.fabrikam.ID, customer.ID, call(s.fabrikam.ID, "one"), further("Kestrel.example"), answering("added"))
		if err != nil || recorded != nil && string(recorded) != "added" {
			t.Fatalf("add: got %q, %v", recorded, err)
		}
	}
	federated := further("sts.kestrel.example")
	federated.DomainFederationSettings = &partnercenter.DomainFederationSettings{
		PreferredAuthenticationProtocol: partnercenter.DomainSAMLP, MetadataExchangeURI: "https://sts.example/mex", ActiveLogOnURI: "https://sts.example/active",
	}
	if _, err := s.AddDomain(ctx, reseller.ID, customer.ID, csp.Call{}, federated, answering("")); err != nil {
		t.Fatal(err)
	}
	for _, partner := range []csp.ID{s.fabrikam.ID, reseller.ID} {
		got, err := s.Customer(ctx, partner, customer.ID)
		if err != nil || !slices.Equal(got.CustomDomains, []string{"Kestrel.example", "sts.kestrel.example"}) || got.CompanyProfile.Domain != "Kestrel.onmicrosoft.com" {
			t.Errorf("as seen by %s: got %+v, %v", partner, got, err)
		}
	}
	tenant, err := s.TenantByDomain(ctx, "KESTREL.EXAMPLE")
	want := &csp.Tenant{ID: customer.ID, Name: customer.BillingProfile.CompanyName, Domain: "Kestrel.onmicrosoft.com"}
	if diff := cmp.Diff(want, tenant); err != nil || diff != "" {
		t.Errorf("tenant: %v (-want +got):\n%s", err, diff)
	}
	wantFederation(t, s, "STS.kestrel.example", &csp.Federation{SAML: true, MetadataURL: "https://sts.example/mex", ActiveURL: "https://sts.example/active"})
	wantFederation(t, s, "kestrel.example", nil)
	wantFederation(t, s, "kestrel.onmicrosoft.com", nil)
	if _, err := s.Federation(ctx, "nobody.example"); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("federation of no domain: got %v, want %v", err, csp.ErrNotFound)
	}
	testSearchAfterDomains(t, s, customer)
	testRefusedDomains(t, s, customer, other.Customer)

	// A change that knows nothing of domains leaves them as they are.
	if _, err := s.UpdateCustomer(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, func(c *csp.Customer) (csp.Outcome, error) {
		c.DelegatedAccess = false
		return csp.Outcome{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Customer(ctx, s.fabrikam.ID, customer.ID); err != nil || len(got.CustomDomains) != 2 {
		t.Errorf("after another change: got %+v, %v, want two further domains", got, err)
	}
	if err := s.DeleteCustomer(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	for domain, want := range map[string]bool{"kestrel.onmicrosoft.com": false, "kestrel.example": false, "sts.kestrel.example": false, "lynx.onmicrosoft.com": true} {
		if taken, err := s.DomainTaken(ctx, domain); err != nil || taken != want {
			t.Errorf("after the customer is deleted, %s: taken is %t, %v, want %t", domain, taken, err, want)
		}
	}
}

func wantFederation(t *testing.T, s *suite, domain string, want *csp.Federation) {
	t.Helper()
	got, err := s.Federation(t.Context(), domain)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("federation of %s: %v (-want +got):\n%s", domain, err, diff)
	}
}

// testSearchAfterDomains finds the customer once, by its initial domain and not by others.
func testSearchAfterDomains(t *testing.T, s *suite, customer *csp.Customer) {
	for prefix, want := range map[string]int{"kes": 1, "kestrel.on": 1, "kestrel.ex": 0, "sts": 0, "": 1} {
		for _, backward := range []bool{false, true} {
			query := csp.CustomerQuery{Field: csp.ByDomain, Prefix: prefix, Size: 1, Backward: backward}
			found := s.walk(t, s.fabrikam.ID, query)
			if len(found) != want || want == 1 && (found[0].ID != customer.ID || found[0].Domain != "Kestrel.onmicrosoft.com") {
				t.Errorf("search by %q: got %d, want %d", prefix, len(found), want)
			}
		}
	}
}

// testRefusedDomains changes nothing.
func testRefusedDomains(t *testing.T, s *suite, customer, other *csp.Customer) {
	refusal := partnercenter.ErrInvalidProperty.With("No.")
	for _, test := range []struct {
		name              string
		partner, customer csp.ID
		domain            string
		change            func(*csp.Customer) (csp.Outcome, error)
		want              error
		words             string
	}{
		{"its own", s.fabrikam.ID, customer.ID, "kestrel.EXAMPLE", answering(""), partnercenter.ErrDomainTaken, "this customer's"},
		{"its initial one", s.fabrikam.ID, customer.ID, "kestrel.onmicrosoft.com", answering(""), partnercenter.ErrDomainTaken, "this customer's"},
		{"another tenant's", s.contoso.ID, other.ID, "kestrel.example", answering(""), partnercenter.ErrDomainTaken, "another tenant"},
		{"a partner's", s.contoso.ID, other.ID, "contoso.onmicrosoft.com", answering(""), partnercenter.ErrDomainTaken, "another tenant"},
		{"refused by the change", s.contoso.ID, other.ID, "lynx.example", func(*csp.Customer) (csp.Outcome, error) { return csp.Outcome{}, refusal }, refusal, "No."},
		{"somebody else's customer", s.contoso.ID, customer.ID, "lynx.example", answering(""), partnercenter.ErrNoRelationship, ""},
		{"nobody's customer", s.contoso.ID, s.ids.New(), "lynx.example", answering(""), partnercenter.ErrTenantNotFound, ""},
	} {
		for range 2 { // the second time the ledger answers
			_, err := s.AddDomain(t.Context(), test.partner, test.customer, call(test.partner, test.name), further(test.domain), test.change)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.words) {
				t.Errorf("%s: got %v, want %v", test.name, err, test.want)
			}
		}
	}
	if taken, err := s.DomainTaken(t.Context(), "lynx.example"); err != nil || taken {
		t.Errorf("a refused domain: taken is %t, %v", taken, err)
	}
	if got, err := s.Customer(t.Context(), s.contoso.ID, other.ID); err != nil || len(got.CustomDomains) != 0 {
		t.Errorf("after refusals: got %+v, %v, want no further domains", got, err)
	}
}
