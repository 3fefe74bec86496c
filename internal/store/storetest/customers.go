package storetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func testCustomer(t *testing.T, s *suite) {
	creation := NewCreation(s.ids, s.contoso.ID, "Kestrel.onmicrosoft.com")
	creation.Customer.DelegatedAccess = false
	s.mustCreate(t, creation)

	got, err := s.Customer(t.Context(), s.contoso.ID, creation.Customer.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(creation.Customer, got); diff != "" {
		t.Errorf("the customer changed in the store (-created +read):\n%s", diff)
	}

	if newest, err := s.NewestOrder(t.Context()); err != nil || newest != creation.Customer.ID.Order() {
		t.Errorf("newest order: got %d, %v, want %d", newest, err, creation.Customer.ID.Order())
	}
	tenant, err := s.Tenant(t.Context(), creation.Customer.ID)
	want := &csp.Tenant{ID: creation.Customer.ID, Name: creation.Customer.BillingProfile.CompanyName, Domain: "Kestrel.onmicrosoft.com"}
	if diff := cmp.Diff(want, tenant); err != nil || diff != "" {
		t.Errorf("tenant: %v (-want +got):\n%s", err, diff)
	}
	admin, err := s.User(t.Context(), creation.Customer.ID, "ADMIN@kestrel.ONMICROSOFT.com")
	if diff := cmp.Diff(creation.Admin, admin); err != nil || diff != "" {
		t.Errorf("administrator: %v (-want +got):\n%s", err, diff)
	}
}

func testIsolation(t *testing.T, s *suite) {
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	nobody := s.ids.New()
	neighbour := creation.Customer.ID // the same order, another id
	neighbour[15] ^= 1

	for _, test := range []struct {
		name        string
		partner, id csp.ID
		want        error
	}{
		{"another partner's", s.fabrikam.ID, creation.Customer.ID, partnercenter.ErrNoRelationship},
		{"no tenant's", s.contoso.ID, nobody, partnercenter.ErrTenantNotFound},
		{"no tenant's, with the order of one", s.contoso.ID, neighbour, partnercenter.ErrTenantNotFound},
		{"the partner's own tenant", s.contoso.ID, s.contoso.ID, partnercenter.ErrNoRelationship},
		{"another partner's tenant", s.contoso.ID, s.fabrikam.ID, partnercenter.ErrNoRelationship},
		{"asked by no partner", nobody, creation.Customer.ID, csp.ErrNotFound},
		{"asked by a customer", creation.Customer.ID, creation.Customer.ID, csp.ErrNotFound},
	} {
		if got, err := s.Customer(t.Context(), test.partner, test.id); !errors.Is(err, test.want) || got != nil {
			t.Errorf("customer that is %s: got %v, %v, want %v", test.name, got, err, test.want)
		}
	}
	if _, err := s.User(t.Context(), neighbour, creation.Admin.PrincipalName); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("user of a tenant of the same order: got %v, want %v", err, csp.ErrNotFound)
	}
	if _, err := s.CreateCustomer(t.Context(), NewCreation(s.ids, nobody, "other.onmicrosoft.com")); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("create by no partner: got %v, want %v", err, csp.ErrNotFound)
	}
}

func testDomain(t *testing.T, s *suite) {
	s.mustCreate(t, NewCreation(s.ids, s.contoso.ID, "Kestrel.onmicrosoft.com"))
	for _, test := range []struct {
		domain string
		want   bool
	}{
		{"kestrel.onmicrosoft.com", true},
		{"KESTREL.ONMICROSOFT.COM", true},
		{"kestre.onmicrosoft.com", false},
		{"kestrel_.onmicrosoft.com", false},
		{"kestrel%", false},
		{"contoso.onmicrosoft.com", true},
		{"", false},
	} {
		if got, err := s.DomainTaken(t.Context(), test.domain); err != nil || got != test.want {
			t.Errorf("domain %q taken: got %v, %v, want %v", test.domain, got, err, test.want)
		}
	}
	_, err := s.CreateCustomer(t.Context(), NewCreation(s.ids, s.fabrikam.ID, "KESTREL.onmicrosoft.com"))
	if !errors.Is(err, partnercenter.ErrDomainTaken) || !strings.Contains(err.Error(), "KESTREL.onmicrosoft.com") {
		t.Errorf("create on a taken domain: got %v, want %v", err, partnercenter.ErrDomainTaken)
	}
	tenant, err := s.TenantByDomain(t.Context(), "KESTREL.onmicrosoft.com")
	if err != nil || tenant.Domain != "Kestrel.onmicrosoft.com" {
		t.Errorf("tenant by domain: got %v, %v", tenant, err)
	}
	if _, err := s.TenantByDomain(t.Context(), "nobody.onmicrosoft.com"); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("tenant by a free domain: got %v, want %v", err, csp.ErrNotFound)
	}
}

// testAllOrNothing refuses creations in each way there is, and looks for what they left.
func testAllOrNothing(t *testing.T, s *suite) {
	taken := NewCreation(s.ids, s.contoso.ID, "taken.onmicrosoft.com")
	s.mustCreate(t, taken)

	sameOrder := NewCreation(s.ids, s.contoso.ID, "sameorder.onmicrosoft.com")
	sameOrder.Customer.ID = taken.Customer.ID
	sameOrder.Customer.ID[15] ^= 1
	sameOrder.Admin.Tenant = sameOrder.Customer.ID
	full := NewCreation(s.ids, s.contoso.ID, "full.onmicrosoft.com")
	full.CustomerLimit = 1
	stranger := NewCreation(s.ids, s.contoso.ID, "stranger.onmicrosoft.com")
	stranger.Customer.Reseller = s.ids.New()

	for _, test := range []struct {
		creation *csp.Creation
		want     error
	}{
		{Calling(sameOrder, "1"), csp.ErrExists},
		{Calling(full, "2"), partnercenter.ErrSandboxLimit},
		{Calling(stranger, "3"), partnercenter.ErrResellerNotFound},
	} {
		if _, err := s.CreateCustomer(t.Context(), test.creation); !errors.Is(err, test.want) {
			t.Errorf("got %v, want %v", err, test.want)
		}
		domain := test.creation.Customer.CompanyProfile.Domain
		if domainTaken, err := s.DomainTaken(t.Context(), domain); err != nil || domainTaken {
			t.Errorf("after %v the domain %s is taken: %v, %v", test.want, domain, domainTaken, err)
		}
		if _, err := s.Tenant(t.Context(), test.creation.Customer.ID); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("after %v there is a tenant: %v", test.want, err)
		}
		if _, err := s.User(t.Context(), test.creation.Customer.ID, test.creation.Admin.PrincipalName); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("after %v there is an administrator: %v", test.want, err)
		}
	}
	// An id that was taken is made anew by the caller, under the same call.
	again := Calling(NewCreation(s.ids, s.contoso.ID, "sameorder.onmicrosoft.com"), "1")
	s.mustCreate(t, again)
}

func testReseller(t *testing.T, s *suite) {
	wingtip := s.mustPartner(t, "wingtip", csp.IndirectReseller)
	lonely := s.mustPartner(t, "lonely", csp.IndirectReseller)
	reluctant := &csp.Partner{ID: s.ids.New(), Name: "reluctant", Domain: "reluctant.onmicrosoft.com", Kind: csp.IndirectReseller}
	if err := s.CreatePartner(t.Context(), reluctant); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second time changes nothing
		for _, reseller := range []csp.ID{wingtip.ID, reluctant.ID, s.contoso.ID} {
			if err := s.CreatePartnership(t.Context(), s.fabrikam.ID, reseller); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.CreatePartnership(t.Context(), s.fabrikam.ID, s.ids.New()); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("partnership with nobody: got %v, want %v", err, csp.ErrNotFound)
	}
	for _, test := range []struct {
		name     string
		provider csp.ID
		reseller csp.ID
		want     error
	}{
		{"reseller", s.fabrikam.ID, wingtip.ID, nil},
		{"somebody else's reseller", s.contoso.ID, wingtip.ID, partnercenter.ErrNotAReseller},
		{"nobody's reseller", s.fabrikam.ID, lonely.ID, partnercenter.ErrNotAReseller},
		{"partner of another kind", s.fabrikam.ID, s.contoso.ID, partnercenter.ErrNotAReseller},
		{"itself", s.fabrikam.ID, s.fabrikam.ID, partnercenter.ErrNotAReseller},
		{"without the agreement", s.fabrikam.ID, reluctant.ID, partnercenter.ErrResellerAgreement},
		{"nobody", s.fabrikam.ID, s.ids.New(), partnercenter.ErrResellerNotFound},
	} {
		creation := NewCreation(s.ids, test.provider, strings.ReplaceAll(test.name, " ", "")+".onmicrosoft.com")
		creation.Customer.Reseller = test.reseller
		_, err := s.CreateCustomer(t.Context(), creation)
		if !errors.Is(err, test.want) {
			t.Errorf("create for %s: got %v, want %v", test.name, err, test.want)
		}
		if test.want != nil {
			continue
		}
		for _, partner := range []csp.ID{test.provider, test.reseller} {
			if _, err := s.Customer(t.Context(), partner, creation.Customer.ID); err != nil {
				t.Errorf("customer of both: %v", err)
			}
		}
		if _, err := s.Customer(t.Context(), s.contoso.ID, creation.Customer.ID); !errors.Is(err, partnercenter.ErrNoRelationship) {
			t.Errorf("customer of the two, asked by a third: got %v", err)
		}
	}
}

func testLimit(t *testing.T, s *suite) {
	for i := range 5 {
		creation := NewCreation(s.ids, s.contoso.ID, string(rune('a'+i))+".onmicrosoft.com")
		creation.CustomerLimit = 3
		_, err := s.CreateCustomer(t.Context(), creation)
		if want := i >= 3; errors.Is(err, partnercenter.ErrSandboxLimit) != want {
			t.Errorf("customer %d of 3: got %v", i+1, err)
		}
	}
	creation := NewCreation(s.ids, s.fabrikam.ID, "other.onmicrosoft.com")
	creation.CustomerLimit = 3
	s.mustCreate(t, creation) // the limit is each partner's own
}
