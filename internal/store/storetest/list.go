package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

// testList pages through the customers of two partners, in each order and both directions, and compares with a sorted slice.
func testList(t *testing.T, s *suite) {
	names := []string{"Alpha", "alpha", "ALPINE", "Beta", "beta", "Ünder", "ünder", "Zeta%", "zeta_", "Straße"}
	var all []*csp.CustomerSummary
	for i := range 60 {
		partner := s.contoso.ID
		if i%3 == 2 {
			partner = s.fabrikam.ID
		}
		creation := NewCreation(s.ids, partner, fmt.Sprintf("%c%d.onmicrosoft.com", 'A'+rand.IntN(3), i))
		creation.Customer.BillingProfile.CompanyName = names[rand.IntN(len(names))]
		s.mustCreate(t, creation)
		if partner == s.contoso.ID {
			all = append(all, &csp.CustomerSummary{ID: creation.Customer.ID, Name: creation.Customer.BillingProfile.CompanyName, Domain: creation.Customer.CompanyProfile.Domain})
		}
	}
	for _, test := range []struct {
		name   string
		field  csp.CustomerField
		prefix string
		text   func(*csp.CustomerSummary) string
	}{
		{"all", csp.AnyCustomer, "", func(*csp.CustomerSummary) string { return "" }},
		{"by name", csp.ByCompanyName, "AL", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Name) }},
		{"by name in full", csp.ByCompanyName, "alpha", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Name) }},
		{"by a name beyond ASCII", csp.ByCompanyName, "Ü", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Name) }},
		{"by a name that is a pattern", csp.ByCompanyName, "zeta%", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Name) }},
		{"by any name", csp.ByCompanyName, "", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Name) }},
		{"by no name", csp.ByCompanyName, "x", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Name) }},
		{"by domain", csp.ByDomain, "b", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Domain) }},
		{"by any domain", csp.ByDomain, "", func(c *csp.CustomerSummary) string { return strings.ToLower(c.Domain) }},
	} {
		var want []*csp.CustomerSummary
		for _, customer := range all {
			if strings.HasPrefix(test.text(customer), strings.ToLower(test.prefix)) || test.field == csp.AnyCustomer {
				want = append(want, customer)
			}
		}
		slices.SortFunc(want, func(a, b *csp.CustomerSummary) int {
			if order := strings.Compare(test.text(a), test.text(b)); order != 0 {
				return order
			}
			return int(a.ID.Order() - b.ID.Order())
		})
		for _, size := range []int{1, 7, 100} {
			query := csp.CustomerQuery{Field: test.field, Prefix: test.prefix, Size: size}
			compare(t, fmt.Sprintf("%s, %d a page", test.name, size), s.walk(t, s.contoso.ID, query), want)
			query.Backward = true
			compare(t, fmt.Sprintf("%s, %d a page, backward", test.name, size), s.walk(t, s.contoso.ID, query), want)
		}
	}
}

// walk reads all pages, from the end that the query begins at.
func (s *suite) walk(t *testing.T, partner csp.ID, query csp.CustomerQuery) []*csp.CustomerSummary {
	t.Helper()
	var found []*csp.CustomerSummary
	for {
		page, err := s.Customers(t.Context(), partner, &query)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > query.Size {
			t.Fatalf("got %d on a page of %d", len(page), query.Size)
		}
		if len(page) == 0 {
			return found
		}
		if query.Backward {
			found = append(slices.Clone(page), found...)
			query.From = &page[0].Position
		} else {
			found = append(found, page...)
			query.From = &page[len(page)-1].Position
		}
	}
}

func compare(t *testing.T, name string, got, want []*csp.CustomerSummary) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: got %d customers, want %d", name, len(got), len(want))
		return
	}
	for i := range got {
		if got[i].ID != want[i].ID || got[i].Name != want[i].Name || got[i].Domain != want[i].Domain {
			t.Errorf("%s: customer %d is %s (%s, %s), want %s (%s, %s)", name, i, got[i].ID, got[i].Name, got[i].Domain, want[i].ID, want[i].Name, want[i].Domain)
		}
	}
}

func testListOfReseller(t *testing.T, s *suite) {
	wingtip, tailspin := s.mustPartner(t, "wingtip", csp.IndirectReseller), s.mustPartner(t, "tailspin", csp.IndirectReseller)
	var wingtips []csp.ID
	for i, reseller := range []*csp.Partner{wingtip, tailspin, nil, wingtip, tailspin, wingtip} {
		creation := NewCreation(s.ids, s.fabrikam.ID, fmt.Sprintf("c%d.onmicrosoft.com", i))
		if reseller != nil {
			if err := s.CreatePartnership(t.Context(), s.fabrikam.ID, reseller.ID); err != nil {
				t.Fatal(err)
			}
			creation.Customer.Reseller = reseller.ID
		}
		s.mustCreate(t, creation)
		if reseller == wingtip {
			wingtips = append(wingtips, creation.Customer.ID)
		}
	}
	for _, test := range []struct {
		name    string
		partner csp.ID
		query   csp.CustomerQuery
		want    []csp.ID
	}{
		{"a provider's, of one reseller", s.fabrikam.ID, csp.CustomerQuery{Field: csp.ByReseller, Other: wingtip.ID}, wingtips},
		{"a reseller's", wingtip.ID, csp.CustomerQuery{}, wingtips},
		{"a reseller's, of its provider", wingtip.ID, csp.CustomerQuery{Field: csp.ByProvider, Other: s.fabrikam.ID}, wingtips},
		{"a reseller's, of another provider", wingtip.ID, csp.CustomerQuery{Field: csp.ByProvider, Other: s.contoso.ID}, nil},
		{"a reseller's, by name", wingtip.ID, csp.CustomerQuery{Field: csp.ByCompanyName, Prefix: "straße"}, wingtips},
		{"a reseller's, by domain", wingtip.ID, csp.CustomerQuery{Field: csp.ByDomain, Prefix: "C"}, wingtips},
		{"of a reseller of somebody else's", s.contoso.ID, csp.CustomerQuery{Field: csp.ByReseller, Other: wingtip.ID}, nil},
		{"of nobody", s.fabrikam.ID, csp.CustomerQuery{Field: csp.ByReseller, Other: s.ids.New()}, nil},
	} {
		test.query.Size = 2
		var got []csp.ID
		for _, customer := range s.walk(t, test.partner, test.query) {
			got = append(got, customer.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
