package csp_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

const (
	aadGraph = "00000002-0000-0000-c000-000000000000"
	msGraph  = "00000003-0000-0000-c000-000000000000"
)

// mustApp registers an application of the partner.
func (w *world) mustApp(t testing.TB, partner *csp.Partner) *csp.App {
	t.Helper()
	app := &csp.App{ID: w.IDs.New(), Tenant: partner.ID, Name: "Panel", NeedsConsent: true}
	if err := w.db.CreateApp(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	return app
}

// consentOf is a valid consent, with the changes.
func consentOf(app *csp.App, changes ...func(*partnercenter.ApplicationConsent)) *partnercenter.ApplicationConsent {
	consent := &partnercenter.ApplicationConsent{ApplicationID: app.ID.String(), DisplayName: "Panel", ApplicationGrants: []partnercenter.ApplicationGrant{
		{EnterpriseApplicationID: aadGraph, Scope: "Directory.AccessAsUser.All,User.Read"},
	}}
	for _, change := range changes {
		change(consent)
	}
	return consent
}

func TestCreateApplicationConsent(t *testing.T) {
	type consent = partnercenter.ApplicationConsent
	w := MustWorld(t, inMemory)
	consents := &csp.ApplicationConsents{Store: w.db, Now: w.Now}
	grants := &csp.Grants{Store: w.db}
	others := w.mustApp(t, w.other)
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		change func(*consent)
		want   error
		says   []string
	}{
		{"as in the samples", admin(w.direct), func(*consent) {}, nil, nil},
		{"no name", admin(w.direct), func(c *consent) { c.DisplayName = "" }, nil, nil},
		{"blanks and repetitions", admin(w.direct), func(c *consent) {
			c.ApplicationGrants[0].Scope = " Directory.AccessAsUser.All , User.Read,user.read,"
			c.ApplicationGrants[0].EnterpriseApplicationID = " 00000002-0000-0000-C000-000000000000"
		}, nil, nil},
		{"helpdesk agent", user(w.direct, csp.HelpdeskAgents), func(*consent) {}, partnercenter.ErrNotAllowed, []string{"AdminAgents"}},
		{"empty", admin(w.direct), func(c *consent) { *c = consent{} }, partnercenter.ErrDetailsMissing, []string{"applicationId", "applicationGrants"}},
		{"empty grant", admin(w.direct), func(c *consent) { c.ApplicationGrants[0] = partnercenter.ApplicationGrant{Scope: " , "} }, partnercenter.ErrDetailsMissing,
			[]string{"applicationGrants[0].enterpriseApplicationId", "applicationGrants[0].scope"}},
		{"all wrong", admin(w.direct), func(c *consent) {
			c.ApplicationID, c.DisplayName = "panel", strings.Repeat("n", 257)
			c.ApplicationGrants = []partnercenter.ApplicationGrant{{EnterpriseApplicationID: "graph", Scope: "User Read"}, {EnterpriseApplicationID: msGraph, Scope: "a"}, {EnterpriseApplicationID: strings.ToUpper(msGraph), Scope: "b"}}
		}, partnercenter.ErrInvalidProperty, []string{"applicationId", "displayName", "applicationGrants[0].enterpriseApplicationId", "'User Read' is not a permission", "that of applicationGrants[1]"}},
		{"too many grants", admin(w.direct), func(c *consent) { c.ApplicationGrants = slices.Repeat(c.ApplicationGrants, 101) }, partnercenter.ErrInvalidProperty, []string{"101 grants"}},
		{"too many scopes", admin(w.direct), func(c *consent) {
			var scopes []string
			for i := range 201 {
				scopes = append(scopes, fmt.Sprint("s", i))
			}
			c.ApplicationGrants[0].Scope = strings.Join(scopes, ",")
		}, partnercenter.ErrInvalidProperty, []string{"200"}},
		{"another partner's application", admin(w.direct), func(c *consent) { c.ApplicationID = others.ID.String() }, partnercenter.ErrInvalidProperty, []string{"applicationId"}},
		{"another partner", admin(w.other), func(c *consent) { c.ApplicationID = others.ID.String() }, partnercenter.ErrNoRelationship, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			customer, app := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID), w.mustApp(t, w.direct)
			got, err := consents.Create(t.Context(), test.caller, customer, consentOf(app, test.change), csp.Call{})
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			granted, grantedErr := grants.ConsentTo(t.Context(), customer, app)
			if grantedErr != nil {
				t.Fatal(grantedErr)
			}
			if err != nil {
				for _, says := range test.says {
					fault := (*partnercenter.Fault)(nil)
					if errors.As(err, &fault); !strings.Contains(fault.Description+strings.Join(fault.Data, "\n"), says) {
						t.Errorf("got %v with %q, want %q", err, fault.Data, says)
					}
				}
				if granted != nil {
					t.Errorf("granted all the same: %v", granted)
				}
				return
			}
			want := consentOf(app)
			want.Attributes = &partnercenter.ResourceAttributes{ObjectType: "ApplicationConsent"}
			if MustJSON(t, got) != MustJSON(t, want) {
				t.Errorf("got %s, want %s", MustJSON(t, got), MustJSON(t, want))
			}
			if scopes := granted[csp.MustParseID(aadGraph)]; len(granted) != 1 || !slices.Equal(scopes, []string{"Directory.AccessAsUser.All", "User.Read"}) {
				t.Errorf("granted: %v", granted)
			}
		})
	}
}

// TestApplicationConsentEnds ends a consent in every way that there is, and looks whether it comes back.
func TestApplicationConsentEnds(t *testing.T) {
	w := MustWorld(t, inMemory)
	ctx := t.Context()
	consents, grants := &csp.ApplicationConsents{Store: w.db, Now: w.Now}, &csp.Grants{Store: w.db}
	no := false
	for _, test := range []struct {
		name  string
		end   func(customer, app csp.ID) error
		again error
	}{
		{"delete", func(customer, app csp.ID) error {
			return consents.Delete(ctx, admin(w.direct), customer, app, csp.Call{})
		}, nil},
		{"delegated admin", func(customer, _ csp.ID) error {
			_, err := w.Patch(ctx, admin(w.direct), customer, &partnercenter.Customer{AllowDelegatedAccess: &no}, csp.Call{})
			return err
		}, partnercenter.ErrNoDelegatedAdmin},
		{"relationship", func(customer, _ csp.ID) error {
			_, err := w.Patch(ctx, admin(w.direct), customer, &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}, csp.Call{})
			return err
		}, partnercenter.ErrNoRelationship},
		{"relationship, and a new one", func(customer, _ csp.ID) error {
			_, err := w.Patch(ctx, admin(w.direct), customer, &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}, csp.Call{})
			if err != nil {
				return err
			}
			return w.db.AcceptInvitation(ctx, &csp.Acceptance{Invitation: csp.Invitation{Partner: w.direct.ID, Delegated: true}, Customer: customer})
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			customer, app := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID), w.mustApp(t, w.direct)
			if _, err := consents.Create(ctx, admin(w.direct), customer, consentOf(app), csp.Call{}); err != nil {
				t.Fatal(err)
			}
			if _, err := consents.Create(ctx, admin(w.direct), customer, consentOf(app), csp.Call{}); !errors.Is(err, partnercenter.ErrConsentExists) {
				t.Errorf("a second one: got %v, want %v", err, partnercenter.ErrConsentExists)
			}
			if granted, err := grants.ConsentTo(ctx, customer, app); granted == nil || err != nil {
				t.Fatalf("got %v, %v", granted, err)
			}
			if err := test.end(customer, app.ID); err != nil {
				t.Fatal(err)
			}
			if granted, err := grants.ConsentTo(ctx, customer, app); granted != nil || err != nil {
				t.Errorf("afterwards: got %v, %v, want nothing", granted, err)
			}
			if _, err := consents.Create(ctx, admin(w.direct), customer, consentOf(app), csp.Call{}); !errors.Is(err, test.again) {
				t.Errorf("again: got %v, want %v", err, test.again)
			}
		})
	}
}

// TestDeleteApplicationConsent deletes what is there, what is not, and what is somebody else's.
func TestDeleteApplicationConsent(t *testing.T) {
	w := MustWorld(t, inMemory)
	ctx := t.Context()
	consents := &csp.ApplicationConsents{Store: w.db, Now: w.Now}
	customer, app := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID), w.mustApp(t, w.direct)
	call := newCall(admin(w.direct))
	created, err := consents.Create(ctx, admin(w.direct), customer, consentOf(app), call)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := consents.Create(ctx, admin(w.direct), customer, consentOf(app), call); err != nil || MustJSON(t, again) != MustJSON(t, created) {
		t.Errorf("the same call: got %v, %v, want the same answer", again, err)
	}
	if err := consents.Delete(ctx, user(w.direct, csp.SalesAgents), customer, app.ID, csp.Call{}); !errors.Is(err, partnercenter.ErrNotAllowed) {
		t.Errorf("a sales agent: got %v", err)
	}
	if err := consents.Delete(ctx, admin(w.other), customer, app.ID, csp.Call{}); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Errorf("another partner: got %v", err)
	}
	for _, name := range []string{"the first time", "again"} {
		if err := consents.Delete(ctx, admin(w.direct), customer, app.ID, csp.Call{}); err != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
	records, err := w.db.AuditRecords(ctx, w.direct.ID, &csp.AuditQuery{Until: 1 << 62, Resource: partnercenter.AuditApplication, Size: 10})
	if err != nil || len(records) != 2 || len(records[0].Old) == 0 || len(records[1].New) == 0 {
		t.Errorf("audit: got %v, %v, want the creation and one deletion", records, err)
	}
}

// TestApplicationConsentsAtOnce gives the same consent by many at once: one of them does.
func TestApplicationConsentsAtOnce(t *testing.T) {
	w := MustWorld(t, inMemory)
	consents := &csp.ApplicationConsents{Store: w.db, Now: w.Now}
	customer, app := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID), w.mustApp(t, w.direct)
	var made atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			switch _, err := consents.Create(t.Context(), admin(w.direct), customer, consentOf(app), csp.Call{}); {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, partnercenter.ErrConsentExists):
				t.Errorf("got %v", err)
			}
		})
	}
	group.Wait()
	if made.Load() != 1 {
		t.Errorf("%d were made, want one", made.Load())
	}
}

// TestConsentOfTwoPartners keeps the consents of the partners of one customer apart.
func TestConsentOfTwoPartners(t *testing.T) {
	w := MustWorld(t, inMemory)
	ctx := t.Context()
	consents, grants := &csp.ApplicationConsents{Store: w.db, Now: w.Now}, &csp.Grants{Store: w.db}
	customer := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	if err := w.db.AcceptInvitation(ctx, &csp.Acceptance{Invitation: csp.Invitation{Partner: w.other.ID, Delegated: true}, Customer: customer}); err != nil {
		t.Fatal(err)
	}
	apps := map[*csp.Partner]*csp.App{w.direct: w.mustApp(t, w.direct), w.other: w.mustApp(t, w.other)}
	for partner, app := range apps {
		if _, err := consents.Create(ctx, admin(partner), customer, consentOf(app), csp.Call{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Patch(ctx, admin(w.direct), customer, &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	for partner, app := range apps {
		granted, err := grants.ConsentTo(ctx, customer, app)
		if err != nil || (granted != nil) != (partner == w.other) {
			t.Errorf("%s: got %v, %v", partner.Name, granted, err)
		}
	}
}
