package csp

import (
	"slices"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// TestZones compares the zones with the states that package market lists, and looks for codes that two of them have.
func TestZones(t *testing.T) {
	states := map[string][]string{}
	owner := map[string]string{}
	for _, z := range geography().zones {
		states[z.country] = append(states[z.country], z.states...)
		for _, s := range z.codes {
			if len(s.first) != len(s.last) || s.first > s.last {
				t.Errorf("%s %s: %s-%s is no range", z.country, z.states, s.first, s.last)
			}
			for prefix := s.first; prefix <= s.last; prefix = next(prefix) {
				if other, ok := owner[z.country+prefix]; ok {
					t.Errorf("%s %s: %s has %s too", z.country, z.states, other, prefix)
				}
				owner[z.country+prefix] = z.states[0]
				if len(prefix) != len(next(prefix)) {
					break
				}
			}
		}
	}
	for iso2, zoned := range states {
		country, _ := market.Lookup(iso2)
		slices.Sort(zoned)
		if want := slices.Sorted(slices.Values(country.States)); !slices.Equal(zoned, want) {
			t.Errorf("%s: got the states %v, want %v", iso2, zoned, want)
		}
	}
}

// next is the number after this one, with as many digits; after a letter, one that ends a range.
func next(prefix string) string {
	digits := []byte(prefix)
	for at := len(digits) - 1; at >= 0; at-- {
		if !isDigit(digits[at]) {
			break
		}
		if digits[at] != '9' {
			digits[at]++
			return string(digits)
		}
		digits[at] = '0'
	}
	return prefix + "~"
}

func TestPlaces(t *testing.T) {
	owner := map[string]string{}
	for _, p := range geography().places {
		country, ok := market.Lookup(p.country)
		if !ok || !slices.Contains(country.States, p.state) || p.city == "" {
			t.Errorf("%s, %s: got %s, want a state's city", p.city, p.state, p.country)
		}
		for _, s := range p.codes {
			if !country.ValidPostalCode(s.first) || !country.ValidPostalCode(s.last) || s.first > s.last {
				t.Errorf("%s, %s: %s-%s is no range of postal codes", p.city, p.state, s.first, s.last)
			}
			if zoneOf(p.country, s.first) != p.state || zoneOf(p.country, s.last) != p.state {
				t.Errorf("%s, %s: %s-%s lies in another state", p.city, p.state, s.first, s.last)
			}
			if s.first == s.last {
				if other, ok := owner[s.first]; ok {
					t.Errorf("%s, %s: %s is %s's alone", p.city, p.state, s.first, other)
				}
				owner[s.first] = p.city
			}
		}
	}
}

// TestRecords holds that each recorded address is accepted as it stands.
func TestRecords(t *testing.T) {
	for _, r := range geography().records {
		address := &partnercenter.Address{Country: r.country, State: r.state, City: r.city, PostalCode: r.code, AddressLine1: r.line}
		if r.suites {
			address.AddressLine2 = "Suite 100"
		}
		verdict, err := ValidateAddress(address)
		if err != nil || !verdict.Accepted() {
			t.Errorf("%s: got %v, %v, want that it is accepted", r.line, verdict, err)
			continue
		}
		if got := *verdict.SuggestedAddresses[0]; got != *address {
			t.Errorf("%s: got the suggestion %v, want %v", r.line, got, *address)
		}
		if r.street.number == "" || strings.ContainsAny(r.line+r.city, ",;") {
			t.Errorf("%s has no house number, or a comma", r.line)
		}
	}
}
