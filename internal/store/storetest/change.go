package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// indirect makes a customer of fabrikam's for a reseller, and returns both.
func (s *suite) indirect(t *testing.T, domain string) (customer *csp.Customer, reseller *csp.Partner) {
	t.Helper()
	reseller = s.mustPartner(t, "reseller"+strings.Split(domain, ".")[0], csp.IndirectReseller)
	if err := s.CreatePartnership(t.Context(), s.fabrikam.ID, reseller.ID); err != nil {
		t.Fatal(err)
	}
	creation := NewCreation(s.ids, s.fabrikam.ID, domain)
	creation.Customer.Reseller = reseller.ID
	s.mustCreate(t, creation)
	return creation.Customer, reseller
}

func call(partner csp.ID, name string) csp.Call {
	return csp.NewCall(partner, "PUT", "/v1/customers", name, nil)
}

func testUpdate(t *testing.T, s *suite) {
	ctx := t.Context()
	created, reseller := s.indirect(t, "kestrel.onmicrosoft.com")
	rename := func(name string) func(*csp.Customer) (csp.Outcome, error) {
		return func(c *csp.Customer) (csp.Outcome, error) {
			billing := *c.BillingProfile
			billing.CompanyName = name
			c.BillingProfile = &billing
			c.DelegatedAccess = false
			return csp.Outcome{Answer: []byte(name)}, nil
		}
	}
	for range 2 { // the second time the ledger answers
		recorded, err := s.UpdateCustomer(ctx, s.fabrikam.ID, created.ID, call(s.fabrikam.ID, "one"), rename("Zebra"))
		if err != nil || recorded != nil && string(recorded) != "Zebra" {
			t.Fatalf("update: got %q, %v", recorded, err)
		}
	}
	for _, partner := range []csp.ID{s.fabrikam.ID, reseller.ID} {
		got, err := s.Customer(ctx, partner, created.ID)
		if err != nil || got.BillingProfile.CompanyName != "Zebra" || got.DelegatedAccess || got.CompanyProfile.Domain != "kestrel.onmicrosoft.com" {
			t.Errorf("after the update, as seen by %s: got %+v, %v", partner, got, err)
		}
		for prefix, want := range map[string]int{"zeb": 1, "stra": 0} {
			query := csp.CustomerQuery{Field: csp.ByCompanyName, Prefix: prefix, Size: 10}
			if found := s.walk(t, partner, query); len(found) != want {
				t.Errorf("customers whose name begins with %s: got %d, want %d", prefix, len(found), want)
			}
		}
	}
	s.testCase(t, created.ID, rename)
	refusal := partnercenter.ErrStaleETag.With("No.")
	for i := range 2 { // remembered as well
		_, err := s.UpdateCustomer(ctx, s.fabrikam.ID, created.ID, call(s.fabrikam.ID, "two"), func(c *csp.Customer) (csp.Outcome, error) {
			if i == 1 {
				t.Error("a remembered refusal was asked for again")
			}
			c.BillingProfile.CompanyName = "Lost"
			return csp.Outcome{}, refusal
		})
		if !errors.Is(err, partnercenter.ErrStaleETag) {
			t.Errorf("refused update: got %v, want %v", err, refusal)
		}
	}
	if got, err := s.Customer(ctx, s.fabrikam.ID, created.ID); err != nil || got.BillingProfile.CompanyName != "Zebra" {
		t.Errorf("after the refusal: got %+v, %v", got, err)
	}
	for _, test := range []struct {
		partner, id csp.ID
		want        error
	}{
		{s.contoso.ID, created.ID, partnercenter.ErrNoRelationship},
		{s.contoso.ID, s.ids.New(), partnercenter.ErrTenantNotFound},
		{s.ids.New(), created.ID, csp.ErrNotFound},
	} {
		if _, err := s.UpdateCustomer(ctx, test.partner, test.id, call(test.partner, "three"), rename("Stolen")); !errors.Is(err, test.want) {
			t.Errorf("update of somebody else's: got %v, want %v", err, test.want)
		}
	}
	broken := errors.New("broken")
	if _, err := s.UpdateCustomer(ctx, s.fabrikam.ID, created.ID, csp.Call{}, func(*csp.Customer) (csp.Outcome, error) { return csp.Outcome{}, broken }); !errors.Is(err, broken) {
		t.Errorf("an update that breaks: got %v, want %v", err, broken)
	}
}

// testCase changes nothing of the customer's name but its case.
func (s *suite) testCase(t *testing.T, id csp.ID, rename func(string) func(*csp.Customer) (csp.Outcome, error)) {
	t.Helper()
	ctx := t.Context()
	if _, err := s.UpdateCustomer(ctx, s.fabrikam.ID, id, csp.Call{}, rename("ZEBRA")); err != nil {
		t.Fatal(err)
	}
	if found := s.walk(t, s.fabrikam.ID, csp.CustomerQuery{Field: csp.ByCompanyName, Size: 10}); len(found) != 1 || found[0].Name != "ZEBRA" || found[0].Domain != "kestrel.onmicrosoft.com" {
		t.Errorf("a name in another case: got %+v, want it as it was written last", found)
	}
	if _, err := s.UpdateCustomer(ctx, s.fabrikam.ID, id, csp.Call{}, rename("Zebra")); err != nil {
		t.Fatal(err)
	}
}

// testConcurrentUpdates lets many read, change and write: no change is lost.
func testConcurrentUpdates(t *testing.T, s *suite) {
	const writers = 50
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	creation.Customer.BillingProfile.CompanyName = "0"
	s.mustCreate(t, creation)
	id := creation.Customer.ID
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			_, err := s.UpdateCustomer(t.Context(), s.contoso.ID, id, call(s.contoso.ID, fmt.Sprint(i)), func(c *csp.Customer) (csp.Outcome, error) {
				n, err := strconv.Atoi(c.BillingProfile.CompanyName)
				if err != nil {
					return csp.Outcome{}, err
				}
				c.BillingProfile.CompanyName = strconv.Itoa(n + 1)
				return csp.Outcome{Answer: []byte("{}")}, nil
			})
			if err != nil {
				t.Error(err)
			}
			if _, err := s.Customer(t.Context(), s.contoso.ID, id); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got, err := s.Customer(t.Context(), s.contoso.ID, id); err != nil || got.BillingProfile.CompanyName != strconv.Itoa(writers) {
		t.Errorf("after %d changes: got %s, %v", writers, got.BillingProfile.CompanyName, err)
	}
}

func testEndRelationship(t *testing.T, s *suite) {
	ctx := t.Context()
	direct := NewCreation(s.ids, s.contoso.ID, "direct.onmicrosoft.com")
	s.mustCreate(t, direct)
	first, firstReseller := s.indirect(t, "first.onmicrosoft.com")
	second, secondReseller := s.indirect(t, "second.onmicrosoft.com")

	for _, test := range []struct {
		name         string
		partner, id  csp.ID
		gone, stayed []csp.ID
	}{
		{"a direct one's", s.contoso.ID, direct.Customer.ID, []csp.ID{s.contoso.ID}, nil},
		{"a reseller's", firstReseller.ID, first.ID, []csp.ID{firstReseller.ID}, []csp.ID{s.fabrikam.ID}},
		{"a provider's", s.fabrikam.ID, second.ID, []csp.ID{s.fabrikam.ID, secondReseller.ID}, nil},
	} {
		for range 2 { // the second time the ledger answers
			if _, err := s.EndRelationship(ctx, test.partner, test.id, call(test.partner, test.name), csp.Outcome{Answer: []byte("{}")}); err != nil {
				t.Errorf("end %s: %v", test.name, err)
			}
		}
		for _, partner := range test.gone {
			if _, err := s.Customer(ctx, partner, test.id); !errors.Is(err, partnercenter.ErrNoRelationship) {
				t.Errorf("after %s ended, as seen by %s: got %v", test.name, partner, err)
			}
			if left := s.walk(t, partner, csp.CustomerQuery{Field: csp.ByCompanyName, Size: 9}); len(left) != 0 && partner != s.fabrikam.ID {
				t.Errorf("after %s ended, %s still finds %d by name", test.name, partner, len(left))
			}
		}
		for _, partner := range test.stayed {
			if customer, err := s.Customer(ctx, partner, test.id); err != nil || !customer.Reseller.IsZero() {
				t.Errorf("after %s ended, as seen by %s: got %+v, %v, want a direct customer", test.name, partner, customer, err)
			}
		}
		if _, err := s.Tenant(ctx, test.id); err != nil {
			t.Errorf("after %s ended the tenant is gone: %v", test.name, err)
		}
		if _, err := s.EndRelationship(ctx, test.partner, test.id, csp.Call{}, csp.Outcome{}); !errors.Is(err, partnercenter.ErrNoRelationship) {
			t.Errorf("end %s again: got %v", test.name, err)
		}
	}
}

func testDelete(t *testing.T, s *suite) {
	ctx := t.Context()
	customer, reseller := s.indirect(t, "kestrel.onmicrosoft.com")
	if err := s.DeleteCustomer(ctx, s.contoso.ID, customer.ID, call(s.contoso.ID, "stolen"), csp.Outcome{}); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Errorf("delete somebody else's: got %v", err)
	}
	for range 2 { // the second time the ledger answers
		if err := s.DeleteCustomer(ctx, s.fabrikam.ID, customer.ID, call(s.fabrikam.ID, "one"), csp.Outcome{}); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	for _, partner := range []csp.ID{s.fabrikam.ID, reseller.ID} {
		if _, err := s.Customer(ctx, partner, customer.ID); !errors.Is(err, partnercenter.ErrTenantNotFound) {
			t.Errorf("the deleted customer, as seen by %s: got %v", partner, err)
		}
		for _, field := range []csp.CustomerField{csp.AnyCustomer, csp.ByCompanyName, csp.ByDomain} {
			if left := s.walk(t, partner, csp.CustomerQuery{Field: field, Size: 9}); len(left) != 0 {
				t.Errorf("field %d still finds %d", field, len(left))
			}
		}
	}
	if _, err := s.Tenant(ctx, customer.ID); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("the tenant: got %v", err)
	}
	if _, err := s.User(ctx, customer.ID, "admin@kestrel.onmicrosoft.com"); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("the administrator: got %v", err)
	}
	if taken, err := s.DomainTaken(ctx, "kestrel.onmicrosoft.com"); err != nil || taken {
		t.Errorf("the domain is taken: %v, %v", taken, err)
	}
	again := NewCreation(s.ids, s.contoso.ID, "Kestrel.onmicrosoft.com")
	s.mustCreate(t, again)
	got, err := s.Customer(ctx, s.contoso.ID, again.Customer.ID)
	if diff := cmp.Diff(again.Customer, got); err != nil || diff != "" {
		t.Errorf("the next with this domain: %v (-want +got):\n%s", err, diff)
	}
}
