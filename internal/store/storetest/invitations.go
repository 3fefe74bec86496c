package storetest

import (
	"errors"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// acceptance makes the customer one of the partner's.
func acceptance(partner *csp.Partner, customer csp.ID) *csp.Acceptance {
	return &csp.Acceptance{
		Invitation: csp.Invitation{Partner: partner.ID, Delegated: true}, Customer: customer, By: csp.Actor{User: "admin@kestrel.onmicrosoft.com"},
		Outcomes: []csp.Outcome{{Audit: &csp.AuditEntry{Operation: partnercenter.OperationCreatePartnerRelationship, Resource: partnercenter.AuditPartnerCustomerRelationship}}},
	}
}

// testAccounts changes what the second partner has of the customer: the first one's stays as it is. What is the tenant's own, both
// see.
func (s *suite) testAccounts(t *testing.T, created *csp.Customer) {
	t.Helper()
	ctx, id, name := t.Context(), created.ID, created.BillingProfile.CompanyName
	for _, partner := range []*csp.Partner{s.contoso, s.fabrikam} {
		s.wantNamed(t, partner, id, name)
	}
	_, err := s.UpdateCustomer(ctx, s.fabrikam.ID, id, csp.Call{}, func(c *csp.Customer) (csp.Outcome, error) {
		billing := *c.BillingProfile
		billing.CompanyName, billing.Email = "Zebra", "zebra@kestrel.example"
		c.BillingProfile = &billing
		c.DelegatedAccess = false
		return csp.Outcome{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.wantNamed(t, s.contoso, id, name)
	s.wantNamed(t, s.fabrikam, id, "Zebra")
	for _, field := range []csp.CustomerField{csp.AnyCustomer, csp.ByDomain} {
		if found := s.walk(t, s.fabrikam.ID, csp.CustomerQuery{Field: field, Size: 9}); len(found) != 1 || found[0].Name != "Zebra" {
			t.Errorf("list by %d: got %+v, want Zebra", field, found)
		}
		if found := s.walk(t, s.contoso.ID, csp.CustomerQuery{Field: field, Size: 9}); len(found) != 1 || found[0].Name != name {
			t.Errorf("the other's list by %d: got %+v, want %s", field, found, name)
		}
	}
	if customer, err := s.Customer(ctx, s.contoso.ID, id); err != nil || customer.DelegatedAccess != created.DelegatedAccess || customer.BillingProfile.Email != created.BillingProfile.Email {
		t.Errorf("as the other partner has it: got %+v, %v", customer, err)
	}

	for _, kind := range []string{"kind", csp.KindQualification} {
		_, err := s.ChangeDocuments(ctx, s.fabrikam.ID, id, csp.Call{}, kind, func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
			return []csp.Document{{ID: "one", Text: []byte("{}")}}, csp.Outcome{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		own, err := s.Documents(ctx, s.fabrikam.ID, id, kind)
		others, othersErr := s.Documents(ctx, s.contoso.ID, id, kind)
		if shared := kind == csp.KindQualification; err != nil || othersErr != nil || len(own) != 1 || (len(others) == 1) != shared {
			t.Errorf("documents of %s: the partner has %d, %v, the other %d, %v", kind, len(own), err, len(others), othersErr)
		}
	}

	domain := &partnercenter.VerifiedDomain{Domain: &partnercenter.Domain{Name: "kestrel.example"}}
	if _, err := s.AddDomain(ctx, s.fabrikam.ID, id, csp.Call{}, domain, func(*csp.Customer) (csp.Outcome, error) { return csp.Outcome{}, nil }); err != nil {
		t.Fatal(err)
	}
	for _, partner := range []*csp.Partner{s.contoso, s.fabrikam} {
		if customer, err := s.Customer(ctx, partner.ID, id); err != nil || len(customer.CustomDomains) != 1 {
			t.Errorf("domains as %s sees them: got %+v, %v, want the further one", partner.Name, customer, err)
		}
	}
	s.wantNamed(t, s.contoso, id, name)
}

// testInvitation gives a customer of one partner to another, and holds what each does to the other.
func testInvitation(t *testing.T, s *suite) {
	ctx := t.Context()
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	id := creation.Customer.ID
	if err := s.AcceptInvitation(ctx, acceptance(s.fabrikam, id)); err != nil {
		t.Fatal(err)
	}
	if err := s.AcceptInvitation(ctx, acceptance(s.fabrikam, id)); !errors.Is(err, csp.ErrExists) {
		t.Errorf("accepted again: got %v, want %v", err, csp.ErrExists)
	}
	if err := s.AcceptInvitation(ctx, acceptance(s.contoso, id)); !errors.Is(err, csp.ErrExists) {
		t.Errorf("the creator's invitation: got %v, want %v", err, csp.ErrExists)
	}
	if err := s.AcceptInvitation(ctx, acceptance(s.fabrikam, s.ids.New())); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("no tenant: got %v, want %v", err, csp.ErrNotFound)
	}
	records, err := s.AuditRecords(ctx, s.fabrikam.ID, &csp.AuditQuery{Until: 1 << 62, Size: 9})
	if err != nil || len(records) != 1 || records[0].By.User != "admin@kestrel.onmicrosoft.com" || records[0].Customer != id {
		t.Errorf("audit: got %+v, %v, want one record", records, err)
	}

	s.testAccounts(t, creation.Customer)

	// Who deletes it loses it; the other keeps it.
	if err := s.DeleteCustomer(ctx, s.contoso.ID, id, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Customer(ctx, s.contoso.ID, id); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Errorf("deleted by one: got %v", err)
	}
	s.wantNamed(t, s.fabrikam, id, "Zebra")
	if _, err := s.EndRelationship(ctx, s.fabrikam.ID, id, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if found := s.walk(t, s.fabrikam.ID, csp.CustomerQuery{Field: csp.ByCompanyName, Size: 9}); len(found) != 0 {
		t.Errorf("ended: %d are still found by name", len(found))
	}
	if err := s.AcceptInvitation(ctx, acceptance(s.contoso, id)); err != nil {
		t.Errorf("accepted after the end: got %v", err)
	}
	s.wantNamed(t, s.contoso, id, creation.Customer.BillingProfile.CompanyName)
	if err := s.DeleteCustomer(ctx, s.contoso.ID, id, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Customer(ctx, s.contoso.ID, id); !errors.Is(err, partnercenter.ErrTenantNotFound) {
		t.Errorf("deleted by the last: got %v", err)
	}
}

// wantNamed fails if the partner does not read the customer by this name, or does not find it by its beginning.
func (s *suite) wantNamed(t *testing.T, partner *csp.Partner, id csp.ID, name string) {
	t.Helper()
	customer, err := s.Customer(t.Context(), partner.ID, id)
	if err != nil || customer.BillingProfile.CompanyName != name {
		t.Fatalf("as seen by %s: got %+v, %v, want the name %s", partner.Name, customer, err, name)
	}
	query := csp.CustomerQuery{Field: csp.ByCompanyName, Prefix: csp.FoldedName(name), Size: 9}
	if found := s.walk(t, partner.ID, query); len(found) != 1 {
		t.Errorf("%s finds %d customers named %s, want 1", partner.Name, len(found), name)
	}
}

func testReplaceCredential(t *testing.T, s *suite) {
	ctx := t.Context()
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	creation.Admin.MustChangePassword = true
	s.mustCreate(t, creation)
	first, err := s.User(ctx, creation.Customer.ID, creation.Admin.PrincipalName)
	if err != nil {
		t.Fatal(err)
	}
	changed := *first
	changed.SetPassword([]byte("$second"), false, s.clock)
	if err := s.ReplaceCredential(ctx, first, &changed); err != nil {
		t.Fatal(err)
	}
	second, err := s.User(ctx, creation.Customer.ID, creation.Admin.PrincipalName)
	if err != nil || string(second.Credential) != "$second" || second.MustChangePassword || !second.SessionsFrom.Equal(s.clock) || len(second.Former) != 1 || second.DisplayName != first.DisplayName {
		t.Errorf("after the change: got %+v, %v", second, err)
	}
	stranger := *second
	stranger.ID = s.ids.New()
	elsewhere := *second
	elsewhere.Tenant = s.contoso.ID
	for name, user := range map[string]*csp.User{"one that was replaced": first, "another user's": &stranger, "another tenant's": &elsewhere} {
		if err := s.ReplaceCredential(ctx, user, &changed); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("%s: got %v, want %v", name, err, csp.ErrNotFound)
		}
	}
}
