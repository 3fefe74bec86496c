package csp_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func (w *world) invitations() *csp.Invitations {
	return &csp.Invitations{Store: w.db, SandboxLimits: true}
}

// administrator is the first user of the customer's tenant.
func (w *world) administrator(t testing.TB, customer *partnercenter.Customer) *csp.User {
	t.Helper()
	user, err := w.db.User(t.Context(), csp.MustParseID(customer.ID), "admin@"+customer.CompanyProfile.Domain)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func (w *world) MustInvite(t testing.TB, caller *csp.Caller, request csp.InvitationRequest) *csp.Invitation {
	t.Helper()
	invitation, err := w.invitations().Request(t.Context(), caller, &request)
	if err != nil {
		t.Fatal(err)
	}
	return invitation
}

func TestInvitationRequest(t *testing.T) {
	w := MustWorld(t, inMemory)
	second := &csp.Partner{ID: csp.MustParseID("88888888-8888-4888-8888-888888888888"), Kind: csp.IndirectProvider}
	w.enrol(t, second)
	both := &csp.Partner{ID: csp.MustParseID("99999999-9999-4999-8999-999999999999"), Kind: csp.IndirectReseller, AgreementAccepted: true}
	w.enrol(t, both)
	w.partner(t, w.provider, both)
	w.partner(t, second, both)
	for _, test := range []struct {
		name    string
		caller  *csp.Caller
		request csp.InvitationRequest
		want    *csp.Invitation
		err     error
	}{
		{"direct", admin(w.direct), csp.InvitationRequest{}, &csp.Invitation{Partner: w.direct.ID, Delegated: true}, nil},
		{"direct, parameters that are not for it", admin(w.direct), csp.InvitationRequest{Reseller: w.reseller.ID}, &csp.Invitation{Partner: w.direct.ID, Delegated: true}, nil},
		{"sales agent", user(w.direct, csp.SalesAgents), csp.InvitationRequest{}, &csp.Invitation{Partner: w.direct.ID, Delegated: true}, nil},
		{"helpdesk agent", user(w.direct, csp.HelpdeskAgents), csp.InvitationRequest{}, nil, partnercenter.ErrNotAllowed},
		{"sandbox", admin(w.sandbox), csp.InvitationRequest{}, nil, partnercenter.ErrNotInSandbox},
		{"provider for itself", admin(w.provider), csp.InvitationRequest{}, &csp.Invitation{Partner: w.provider.ID, Delegated: true}, nil},
		{"provider for its reseller", admin(w.provider), csp.InvitationRequest{Reseller: w.reseller.ID},
			&csp.Invitation{Partner: w.provider.ID, Provider: w.provider.ID, Reseller: w.reseller.ID, Delegated: true}, nil},
		{"provider for a stranger", admin(w.provider), csp.InvitationRequest{Reseller: w.stranger.ID}, nil, partnercenter.ErrNotAReseller},
		{"provider for a reseller that has not signed", admin(w.provider), csp.InvitationRequest{Reseller: w.unsigned.ID}, nil, partnercenter.ErrResellerAgreement},
		{"reseller of one", admin(w.reseller), csp.InvitationRequest{},
			&csp.Invitation{Partner: w.reseller.ID, Provider: w.provider.ID, Reseller: w.reseller.ID, Delegated: true}, nil},
		{"reseller of nobody", admin(w.stranger), csp.InvitationRequest{}, nil, partnercenter.ErrMalformedQuery},
		{"reseller that names a stranger", admin(w.reseller), csp.InvitationRequest{Provider: second.ID}, nil, partnercenter.ErrNotAReseller},
		{"reseller of two", admin(both), csp.InvitationRequest{}, nil, partnercenter.ErrMalformedQuery},
		{"reseller of two that names one", admin(both), csp.InvitationRequest{Provider: second.ID},
			&csp.Invitation{Partner: both.ID, Provider: second.ID, Reseller: both.ID, Delegated: true}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := w.invitations().Request(t.Context(), test.caller, &test.request)
			if test.err != nil {
				if !errors.Is(err, test.err) {
					t.Errorf("got %v, %v, want %v", got, err, test.err)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("got %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestAcceptInvitation follows a customer of one partner's to another, and away from both.
func TestAcceptInvitation(t *testing.T) {
	ctx := t.Context()
	w := MustWorld(t, inMemory)
	customer := w.MustCreate(t, admin(w.other), csp.Call{}, set{"billingProfile.companyName": "Kestrel"})
	id := csp.MustParseID(customer.ID)
	administrator := w.administrator(t, customer)
	invitation := w.MustInvite(t, admin(w.direct), csp.InvitationRequest{})

	if _, err := w.Get(ctx, admin(w.direct), id); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Fatalf("before: got %v", err)
	}
	if err := w.invitations().Accept(ctx, invitation, administrator, "c-1"); err != nil {
		t.Fatal(err)
	}
	got := w.MustGet(t, admin(w.direct), customer.ID)
	if got.RelationshipToPartner != partnercenter.RelationshipReseller || !*got.AllowDelegatedAccess || got.CompanyProfile.CompanyName != "Kestrel" {
		t.Errorf("after: got %s", MustJSON(t, got))
	}
	if err := w.invitations().Accept(ctx, invitation, administrator, "c-2"); !errors.Is(err, csp.ErrExists) {
		t.Errorf("accepted again: got %v, want %v", err, csp.ErrExists)
	}

	var deeds []string
	for _, record := range w.audit(t, w.direct) {
		deeds = append(deeds, string(record.OperationType)+" "+record.UserPrincipalName+" "+record.OriginalCorrelationID)
	}
	name := administrator.PrincipalName
	want := []string{"dap_admin_relationship_approved " + name + " c-1", "create_partner_relationship " + name + " c-1"}
	if diff := cmp.Diff(want, deeds); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	if n := len(w.audit(t, w.other)); n != 1 {
		t.Errorf("the other partner reads %d records, want that of its creation", n)
	}

	// Each sees the other's changes to the tenant, and ends what is its own.
	if _, err := w.Patch(ctx, admin(w.other), id, &partnercenter.Customer{AllowDelegatedAccess: new(bool)}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	if got := w.MustGet(t, admin(w.direct), customer.ID); !*got.AllowDelegatedAccess {
		t.Error("another partner's delegated admin ended")
	}
	end := &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}
	if _, err := w.Patch(ctx, admin(w.direct), id, end, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Get(ctx, admin(w.direct), id); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Errorf("ended: got %v", err)
	}
	w.MustGet(t, admin(w.other), customer.ID)
	if err := w.invitations().Accept(ctx, invitation, administrator, "c-3"); err != nil {
		t.Errorf("accepted after the end: got %v", err)
	}
	w.MustGet(t, admin(w.direct), customer.ID)
}

// TestAcceptIndirectInvitation: both partners get the customer.
func TestAcceptIndirectInvitation(t *testing.T) {
	w := MustWorld(t, inMemory)
	customer := w.MustCreate(t, admin(w.direct), csp.Call{})
	invitation := w.MustInvite(t, admin(w.reseller), csp.InvitationRequest{})
	if err := w.invitations().Accept(t.Context(), invitation, w.administrator(t, customer), ""); err != nil {
		t.Fatal(err)
	}
	for _, partner := range []*csp.Partner{w.provider, w.reseller} {
		w.MustGet(t, admin(partner), customer.ID)
		if n := len(w.audit(t, partner)); n != 2 {
			t.Errorf("%s reads %d records, want 2", partner.Kind, n)
		}
	}
	got, err := (&csp.Relationships{Store: w.db}).OfCustomer(t.Context(), admin(w.provider), csp.MustParseID(customer.ID))
	if err != nil || got.TotalCount != 1 || got.Items[0].ID != w.reseller.ID.String() {
		t.Errorf("resellers of the customer: got %v, %v", got, err)
	}
}

func TestAcceptInvitationRefused(t *testing.T) {
	ctx := t.Context()
	w := MustWorld(t, inMemory)
	customer := w.MustCreate(t, admin(w.other), csp.Call{})
	administrator := w.administrator(t, customer)
	invitation := *w.MustInvite(t, admin(w.direct), csp.InvitationRequest{})
	indirect := *w.MustInvite(t, admin(w.reseller), csp.InvitationRequest{})
	plain := *administrator
	plain.Roles = nil
	ofPartner := *administrator
	ofPartner.Tenant = w.other.ID
	gone := *administrator
	gone.Tenant = w.IDs.New()
	with := func(i csp.Invitation, change func(*csp.Invitation)) *csp.Invitation {
		change(&i)
		return &i
	}
	for _, test := range []struct {
		name       string
		invitation *csp.Invitation
		user       *csp.User
		want       error
	}{
		{"no administrator", &invitation, &plain, csp.ErrNotAdministrator},
		{"a partner's own tenant", &invitation, &ofPartner, csp.ErrIsPartner},
		{"no tenant", &invitation, &gone, partnercenter.ErrTenantNotFound},
		{"the creator's", with(invitation, func(i *csp.Invitation) { i.Partner = w.other.ID }), administrator, csp.ErrExists},
		{"no partner", with(invitation, func(i *csp.Invitation) { i.Partner = w.IDs.New() }), administrator, csp.ErrInvitationOver},
		{"a sandbox", with(invitation, func(i *csp.Invitation) { i.Partner = w.sandbox.ID }), administrator, csp.ErrInvitationOver},
		{"no reseller of the provider's", with(indirect, func(i *csp.Invitation) { i.Reseller = w.stranger.ID }), administrator, csp.ErrInvitationOver},
		{"a reseller that has not signed", with(indirect, func(i *csp.Invitation) { i.Reseller = w.unsigned.ID }), administrator, csp.ErrInvitationOver},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := w.invitations().Accept(ctx, test.invitation, test.user, ""); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	for _, partner := range []*csp.Partner{w.direct, w.sandbox, w.provider, w.reseller, w.stranger} {
		if _, err := w.Get(ctx, admin(partner), csp.MustParseID(customer.ID)); !errors.Is(err, partnercenter.ErrNoRelationship) {
			t.Errorf("a refused acceptance left %s something: %v", partner.Name, err)
		}
	}
}

// audit is all that the partner reads, the newest first.
func (w *world) audit(t testing.TB, partner *csp.Partner) []partnercenter.AuditRecord {
	t.Helper()
	audit := &csp.Audit{Store: w.db, Now: w.Now}
	query := &csp.AuditQuery{}
	if err := audit.Window(query, csp.AuditDays{}); err != nil {
		t.Fatal(err)
	}
	page, err := audit.Records(t.Context(), admin(partner), query)
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func FuzzParseInvitation(f *testing.F) {
	f.Add((&csp.Invitation{Partner: csp.ID{1}}).Text())
	f.Add((&csp.Invitation{Partner: csp.ID{1}, Provider: csp.ID{2}, Reseller: csp.ID{1}, Delegated: true}).Text())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		if i, ok := csp.ParseInvitation(text); ok && !bytes.Equal(i.Text(), text) {
			t.Errorf("%x was read as %+v", text, i)
		}
	})
}
