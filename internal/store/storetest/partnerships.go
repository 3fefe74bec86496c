package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

func testPartnerByMPN(t *testing.T, s *suite) {
	first := &csp.Partner{ID: s.ids.New(), Name: "First", Domain: "first.onmicrosoft.com", Kind: csp.DirectReseller, MPNID: "5000001"}
	second := &csp.Partner{ID: s.ids.New(), Name: "Second", Domain: "second.onmicrosoft.com", Kind: csp.DirectReseller, MPNID: "5000001"}
	without := &csp.Partner{ID: s.ids.New(), Name: "Without", Domain: "without.onmicrosoft.com", Kind: csp.DirectReseller}
	for _, partner := range []*csp.Partner{first, second, without} {
		if err := s.CreatePartner(t.Context(), partner); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.PartnerByMPN(t.Context(), "5000001")
	if err != nil || *got != *first {
		t.Errorf("partner of an id that two have: got %v, %v, want %v", got, err, first)
	}
	for _, id := range []string{"", "%", "500000", "05000001", "5000001 "} {
		if got, err := s.PartnerByMPN(t.Context(), id); !errors.Is(err, csp.ErrNotFound) || got != nil {
			t.Errorf("partner with the MPN id %q: got %v, %v, want %v", id, got, err, csp.ErrNotFound)
		}
	}
}

// testPartnerships lets two providers share a reseller, and looks from every side.
func testPartnerships(t *testing.T, s *suite) {
	other := s.mustPartner(t, "Adatum", csp.IndirectProvider)
	named := func(name string) *csp.Partner {
		id := s.ids.New()
		partner := &csp.Partner{ID: id, Name: name, Domain: id.String() + ".onmicrosoft.com", Kind: csp.IndirectReseller, Country: "FR", MPNID: "5000002"}
		if err := s.CreatePartner(t.Context(), partner); err != nil {
			t.Fatal(err)
		}
		return partner
	}
	shared, zeta, alpha, twin, umlaut := named("mid"), named("Zeta"), named("alpha"), named("ALPHA"), named("Ünder")
	for _, pair := range [][2]*csp.Partner{
		{s.fabrikam, umlaut}, {s.fabrikam, zeta}, {s.fabrikam, twin}, {s.fabrikam, shared}, {s.fabrikam, alpha}, {other, shared},
	} {
		if err := s.CreatePartnership(t.Context(), pair[0].ID, pair[1].ID); err != nil {
			t.Fatal(err)
		}
	}
	nobody := s.ids.New()
	for _, test := range []struct {
		name    string
		list    func(context.Context, csp.ID) ([]*csp.Partner, error)
		of      csp.ID
		want    []*csp.Partner
		wantErr error
	}{
		{"resellers of a provider", s.Resellers, s.fabrikam.ID, []*csp.Partner{alpha, twin, shared, zeta, umlaut}, nil},
		{"resellers of another", s.Resellers, other.ID, []*csp.Partner{shared}, nil},
		{"resellers of a reseller", s.Resellers, shared.ID, nil, nil},
		{"resellers of a direct partner", s.Resellers, s.contoso.ID, nil, nil},
		{"resellers of nobody", s.Resellers, nobody, nil, csp.ErrNotFound},
		{"providers of a reseller of two", s.Providers, shared.ID, []*csp.Partner{other, s.fabrikam}, nil},
		{"providers of a reseller of one", s.Providers, zeta.ID, []*csp.Partner{s.fabrikam}, nil},
		{"providers of a provider", s.Providers, s.fabrikam.ID, nil, nil},
		{"providers of nobody", s.Providers, nobody, nil, csp.ErrNotFound},
	} {
		got, err := test.list(t.Context(), test.of)
		if !errors.Is(err, test.wantErr) || !slices.EqualFunc(got, test.want, func(a, b *csp.Partner) bool { return *a == *b }) {
			t.Errorf("%s: got %v, %v, want %v, %v", test.name, namesOf(got), err, namesOf(test.want), test.wantErr)
		}
	}
}

func namesOf(partners []*csp.Partner) []string {
	var names []string
	for _, partner := range partners {
		names = append(names, partner.Name)
	}
	return names
}
