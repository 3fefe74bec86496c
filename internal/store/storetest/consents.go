package storetest

import (
	"slices"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

func testConsents(t *testing.T, s *suite) {
	ctx := t.Context()
	ana, bo, app := s.ids.New(), s.ids.New(), s.ids.New()
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	tenant := creation.Customer.ID
	for _, add := range []struct {
		consent     csp.Consent
		permissions []string
	}{
		{csp.Consent{Tenant: tenant, User: ana, App: app}, []string{"openid", "x/Mail.Read"}},
		{csp.Consent{Tenant: tenant, User: ana, App: app}, []string{"openid"}}, // again
		{csp.Consent{Tenant: tenant, App: app}, []string{"x/User.Read"}},
		{csp.Consent{Tenant: s.contoso.ID, User: ana, App: app}, []string{"elsewhere"}},
	} {
		if err := s.AddConsent(ctx, add.consent, add.permissions); err != nil {
			t.Fatal(err)
		}
	}
	wants := func(when string, of csp.Consent, want ...string) {
		t.Helper()
		if got, err := s.Consents(ctx, of); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v, want %q", when, got, err, want)
		}
	}
	wants("her own and everybody's", csp.Consent{Tenant: tenant, User: ana, App: app}, "openid", "x/Mail.Read", "x/User.Read")
	wants("everybody's alone", csp.Consent{Tenant: tenant, User: bo, App: app}, "x/User.Read")
	wants("another application", csp.Consent{Tenant: tenant, User: ana, App: bo})
	if err := s.DeleteCustomer(ctx, s.contoso.ID, tenant, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	wants("the tenant is gone", csp.Consent{Tenant: tenant, User: ana, App: app})
	wants("another tenant", csp.Consent{Tenant: s.contoso.ID, User: ana, App: app}, "elsewhere")
}
