package csp_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func TestRelationships(t *testing.T) {
	w := MustWorld(t, inMemory)
	relationships := &csp.Relationships{Store: w.db}
	all := func(string) bool { return true }
	for _, test := range []struct {
		name         string
		caller       *csp.Partner
		relationship partnercenter.PartnerRelationshipType
		matches      func(string) bool
		want         []string
		wantErr      error
	}{
		{"a provider's resellers", w.provider, partnercenter.IsIndirectCloudSolutionProviderOf, all, []string{w.reseller.Name, w.unsigned.Name}, nil},
		{"some of them", w.provider, partnercenter.IsIndirectCloudSolutionProviderOf, func(name string) bool { return strings.HasSuffix(name, "6666") }, []string{w.unsigned.Name}, nil},
		{"a provider without resellers", w.other, partnercenter.IsIndirectCloudSolutionProviderOf, all, nil, nil},
		{"a reseller's providers", w.reseller, partnercenter.IsIndirectResellerOf, all, []string{w.provider.Name}, nil},
		{"a reseller without providers", w.stranger, partnercenter.IsIndirectResellerOf, all, nil, nil},
		{"a reseller's resellers", w.reseller, partnercenter.IsIndirectCloudSolutionProviderOf, all, nil, partnercenter.ErrWrongKindOfPartner},
		{"a provider's providers", w.provider, partnercenter.IsIndirectResellerOf, all, nil, partnercenter.ErrWrongKindOfPartner},
		{"a direct partner's resellers", w.direct, partnercenter.IsIndirectCloudSolutionProviderOf, all, nil, partnercenter.ErrWrongKindOfPartner},
		{"none", w.provider, partnercenter.RelationshipTypeNone, all, nil, partnercenter.ErrWrongKindOfPartner},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := relationships.List(t.Context(), admin(test.caller), test.relationship, test.matches)
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("got %v, want %v", err, test.wantErr)
			}
			wantRelationships(t, got, test.want)
		})
	}
}

func TestRelationshipsOfCustomer(t *testing.T) {
	w := MustWorld(t, inMemory)
	relationships := &csp.Relationships{Store: w.db}
	indirect := w.MustCreate(t, admin(w.provider), csp.Call{}, set{reseller: w.reseller.ID.String()}).ID
	direct := w.MustCreate(t, admin(w.direct), csp.Call{}).ID
	own := w.MustCreate(t, admin(w.provider), csp.Call{}).ID
	for _, test := range []struct {
		name     string
		caller   *csp.Partner
		customer string
		want     []string
		wantErr  error
	}{
		{"its provider", w.provider, indirect, []string{w.reseller.Name}, nil},
		{"a provider, of one without reseller", w.provider, own, nil, nil},
		{"its reseller", w.reseller, indirect, nil, partnercenter.ErrWrongKindOfPartner},
		{"a direct partner", w.direct, direct, nil, partnercenter.ErrWrongKindOfPartner},
		{"another provider", w.other, indirect, nil, partnercenter.ErrNoRelationship},
		{"a provider, of a partner", w.provider, w.reseller.ID.String(), nil, partnercenter.ErrNoRelationship},
		{"a provider, of nobody", w.provider, "94e4e214-6b06-4fb7-96d1-94d559f9b47f", nil, partnercenter.ErrTenantNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := relationships.OfCustomer(t.Context(), admin(test.caller), csp.MustParseID(test.customer))
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("got %v, want %v", err, test.wantErr)
			}
			wantRelationships(t, got, test.want)
		})
	}
}

// wantRelationships compares the names in a collection; none is wanted where there is no collection.
func wantRelationships(t *testing.T, got *partnercenter.Collection[partnercenter.PartnerRelationship], want []string) {
	t.Helper()
	if got == nil {
		return
	}
	var names []string
	for _, item := range got.Items {
		names = append(names, item.Name)
	}
	if diff := cmp.Diff(want, names); diff != "" || got.TotalCount != len(want) {
		t.Errorf("got a count of %d, want %d (-want +got):\n%s", got.TotalCount, len(want), diff)
	}
}
