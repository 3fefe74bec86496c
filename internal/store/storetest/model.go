package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// testManyWriters lets many create at once, on few domains and under few calls, and then takes stock.
func testManyWriters(t *testing.T, s *suite) {
	const writers, each, domains = 32, 25, 100
	var mu sync.Mutex
	owners := map[string][]csp.ID{}
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				domain := fmt.Sprintf("d%d.onmicrosoft.com", rand.IntN(domains))
				creation := Calling(NewCreation(s.ids, s.contoso.ID, domain), fmt.Sprint(rand.IntN(200), domain))
				recorded, err := s.CreateCustomer(t.Context(), creation)
				if err != nil && !errors.Is(err, partnercenter.ErrDomainTaken) {
					t.Error(err)
				}
				if err == nil && recorded == nil {
					mu.Lock()
					owners[domain] = append(owners[domain], creation.Customer.ID)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	for domain, ids := range owners {
		if len(ids) != 1 {
			t.Errorf("domain %s was given to %d customers", domain, len(ids))
		}
		tenant, err := s.TenantByDomain(t.Context(), domain)
		if err != nil || tenant.ID != ids[0] {
			t.Errorf("domain %s: got %v, %v, want %s", domain, tenant, err, ids[0])
		}
		if _, err := s.Customer(t.Context(), s.contoso.ID, ids[0]); err != nil {
			t.Errorf("customer %s: %v", ids[0], err)
		}
	}
}

// testModel compares the store with maps under random creates, repeats and reads.
func testModel(t *testing.T, s *suite) {
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		suffix := fmt.Sprintf("r%d.onmicrosoft.com", round)
		partners := []csp.ID{s.contoso.ID, s.fabrikam.ID}
		owner := map[csp.ID]csp.ID{}   // customer to partner
		taken := map[string]bool{}     // domains
		outcome := map[string]string{} // call to answer or refusal
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				partner := rapid.SampledFrom(partners).Draw(t, "partner")
				domain := rapid.StringMatching(`[aAbB]`).Draw(t, "domain") + suffix
				request := rapid.StringMatching(`[xyz]?`).Draw(t, "request")
				creation := NewCreation(s.ids, partner, domain)
				if request != "" {
					Calling(creation, suffix+request)
				}
				recorded, err := s.CreateCustomer(t.Context(), creation)
				got := string(recorded)
				if err != nil {
					got = err.Error()
				}
				key := partner.String() + request
				if want, ok := outcome[key]; ok && request != "" {
					if got != want {
						t.Fatalf("repeated call: got %s, want %s", got, want)
					}
					return
				}
				if refused := errors.Is(err, partnercenter.ErrDomainTaken); refused != taken[strings.ToLower(domain)] {
					t.Fatalf("domain %s: got %v, taken is %v", domain, err, taken[strings.ToLower(domain)])
				}
				if err == nil {
					taken[strings.ToLower(domain)] = true
					owner[creation.Customer.ID] = partner
					got = string(creation.Answer)
				}
				if request != "" {
					outcome[key] = got
				}
			},
			"": func(t *rapid.T) {
				for id, partner := range owner {
					for _, asking := range partners {
						_, err := s.Customer(t.Context(), asking, id)
						if own := asking == partner; own != (err == nil) {
							t.Fatalf("customer %s of %s, asked by %s: %v", id, partner, asking, err)
						}
					}
				}
			},
		})
	})
}

// testReopen closes the store and looks at everything again, as nobody remembers it any more.
func testReopen(t *testing.T, s *suite) {
	wingtip := s.mustPartner(t, "wingtip", csp.IndirectReseller)
	if err := s.CreatePartnership(t.Context(), s.fabrikam.ID, wingtip.ID); err != nil {
		t.Fatal(err)
	}
	creation := Calling(NewCreation(s.ids, s.fabrikam.ID, "Kestrel.onmicrosoft.com"), "one")
	creation.Customer.Reseller = wingtip.ID
	creation.Customer.DelegatedAccess = false
	s.mustCreate(t, creation)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.Store = s.database.Open(t, t.Name(), nil)
	for _, partner := range []csp.ID{s.fabrikam.ID, wingtip.ID} {
		want := *creation.Customer
		want.Partner = partner
		got, err := s.Customer(t.Context(), partner, creation.Customer.ID)
		if diff := cmp.Diff(&want, got); err != nil || diff != "" {
			t.Errorf("the customer changed in the store: %v (-created +read):\n%s", err, diff)
		}
	}
	if _, err := s.Customer(t.Context(), s.contoso.ID, creation.Customer.ID); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Errorf("another partner's customer: got %v, want %v", err, partnercenter.ErrNoRelationship)
	}
	recorded, err := s.CreateCustomer(t.Context(), Calling(NewCreation(s.ids, s.fabrikam.ID, "Kestrel.onmicrosoft.com"), "one"))
	if err != nil || string(recorded) != string(creation.Answer) {
		t.Errorf("the same call: got %q, %v, want %q", recorded, err, creation.Answer)
	}
}
