package csp_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// policyFor is the valid policy of the partner for the customer, with the changes.
func policyFor(partner *csp.Partner, customer string, changes ...func(*partnercenter.SelfServePolicy)) *partnercenter.SelfServePolicy {
	policy := &partnercenter.SelfServePolicy{
		SelfServeEntity: &partnercenter.SelfServeEntity{SelfServeEntityType: "customer", TenantID: customer},
		Grantor:         &partnercenter.SelfServeGrantor{GrantorType: "billToPartner", TenantID: partner.ID.String()},
		Permissions:     []partnercenter.SelfServePermission{{Resource: "AzureReservedInstances", Action: "Purchase"}},
	}
	for _, change := range changes {
		change(policy)
	}
	return policy
}

func policies(w *world) *csp.SelfServePolicies {
	return &csp.SelfServePolicies{Store: w.db, IDs: w.IDs}
}

func TestCreateSelfServePolicy(t *testing.T) {
	type policy = partnercenter.SelfServePolicy
	w := MustWorld(t, inMemory)
	taken := w.MustCreate(t, admin(w.direct), csp.Call{}).ID
	if _, err := policies(w).Create(t.Context(), admin(w.direct), policyFor(w.direct, taken), csp.Call{}); err != nil {
		t.Fatal(err)
	}
	others := w.MustCreate(t, admin(w.other), csp.Call{}).ID
	for _, test := range []struct {
		name    string
		caller  *csp.Caller
		change  func(*policy)
		want    error
		wantSay string
	}{
		{"as documented", admin(w.direct), func(*policy) {}, nil, ""},
		{"other spellings", admin(w.direct), func(p *policy) {
			p.SelfServeEntity.SelfServeEntityType, p.Grantor.GrantorType = "Customer", "bill_to_partner"
			p.SelfServeEntity.TenantID = strings.ToUpper(p.SelfServeEntity.TenantID)
			p.Permissions[0] = partnercenter.SelfServePermission{Resource: "azure_reserved_instances", Action: "PURCHASE"}
		}, nil, ""},
		{"a permission twice", admin(w.direct), func(p *policy) { p.Permissions = append(p.Permissions, p.Permissions[0]) }, nil, ""},
		{"a hundred permissions", admin(w.direct), func(p *policy) { p.Permissions = slices.Repeat(p.Permissions[:1], 100) }, nil, ""},
		{"more than a hundred", admin(w.direct), func(p *policy) { p.Permissions = slices.Repeat(p.Permissions[:1], 101) }, partnercenter.ErrInvalidProperty, "101 permissions"},
		{"an id of its own", admin(w.direct), func(p *policy) { p.ID = "mine" }, nil, ""},
		{"sales agent", user(w.direct, csp.SalesAgents), func(*policy) {}, partnercenter.ErrNotAllowed, "AdminAgents"},
		{"empty", admin(w.direct), func(p *policy) { *p = policy{} }, partnercenter.ErrDetailsMissing, "selfServeEntity.tenantID"},
		{"no permissions", admin(w.direct), func(p *policy) { p.Permissions = nil }, partnercenter.ErrDetailsMissing, "permissions"},
		{"no action", admin(w.direct), func(p *policy) { p.Permissions[0].Action = " " }, partnercenter.ErrDetailsMissing, "permissions[0].action"},
		{"another resource", admin(w.direct), func(p *policy) { p.Permissions[0].Resource = "Everything" }, partnercenter.ErrInvalidProperty, "permissions[0].resource"},
		{"another action", admin(w.direct), func(p *policy) { p.Permissions[0].Action = "Cancel" }, partnercenter.ErrInvalidProperty, "use Purchase"},
		{"another kind of entity", admin(w.direct), func(p *policy) { p.SelfServeEntity.SelfServeEntityType = "user" }, partnercenter.ErrInvalidProperty, "use customer"},
		{"another kind of grantor", admin(w.direct), func(p *policy) { p.Grantor.GrantorType = "customer" }, partnercenter.ErrInvalidProperty, "use billToPartner"},
		{"no GUID", admin(w.direct), func(p *policy) { p.SelfServeEntity.TenantID = "kestrel" }, partnercenter.ErrInvalidProperty, "'kestrel' is not a GUID"},
		{"another grantor", admin(w.direct), func(p *policy) { p.Grantor.TenantID = w.other.ID.String() }, partnercenter.ErrInvalidProperty, "give " + w.direct.ID.String()},
		{"somebody else's customer", admin(w.direct), func(p *policy) { p.SelfServeEntity.TenantID = others }, partnercenter.ErrNoRelationship, ""},
		{"nobody's customer", admin(w.direct), func(p *policy) { p.SelfServeEntity.TenantID = "94e4e214-6b06-4fb7-96d1-94d559f9b47f" }, partnercenter.ErrTenantNotFound, ""},
		{"a second one", admin(w.direct), func(p *policy) { p.SelfServeEntity.TenantID = taken }, partnercenter.ErrPolicyExists, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			customer := w.MustCreate(t, admin(w.direct), csp.Call{}).ID
			got, err := policies(w).Create(t.Context(), test.caller, policyFor(w.direct, customer, test.change), csp.Call{})
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			list, listErr := policies(w).List(t.Context(), admin(w.direct), csp.MustParseID(customer))
			if listErr != nil {
				t.Fatal(listErr)
			}
			if err != nil {
				if !strings.Contains(err.Error(), test.wantSay) || list.TotalCount != 0 {
					t.Errorf("got %v and %d policies, want %q and none", err, list.TotalCount, test.wantSay)
				}
				return
			}
			want := policyFor(w.direct, customer)
			want.ID, want.Attributes = w.direct.ID.String()+"_"+customer, &partnercenter.ResourceAttributes{ETag: got.Attributes.ETag, ObjectType: "SelfServePolicy"}
			if MustJSON(t, got) != MustJSON(t, want) || list.TotalCount != 1 || MustJSON(t, list.Items[0]) != MustJSON(t, want) {
				t.Errorf("got %s, listed as %s, want %s", MustJSON(t, got), MustJSON(t, list), MustJSON(t, want))
			}
			if _, err := csp.ParseID(strings.Trim(got.Attributes.ETag, `"`)); err != nil || len(got.Attributes.ETag) != 38 {
				t.Errorf("etag: got %s, want a GUID in quotes", got.Attributes.ETag)
			}
		})
	}
}

func TestUpdateSelfServePolicy(t *testing.T) {
	type policy = partnercenter.SelfServePolicy
	w := MustWorld(t, inMemory)
	customer := w.MustCreate(t, admin(w.direct), csp.Call{}).ID
	bare := w.MustCreate(t, admin(w.direct), csp.Call{}).ID
	id := w.direct.ID.String() + "_" + customer
	created, err := policies(w).Create(t.Context(), admin(w.direct), policyFor(w.direct, customer), csp.Call{})
	if err != nil {
		t.Fatal(err)
	}
	current := created.Attributes.ETag // of the rows below, each after the ones before it
	const stale = `"94e4e214-6b06-4fb7-96d1-94d559f9b47f"`
	body := func(etag string) func(*policy) {
		return func(p *policy) { p.ID, p.Attributes = id, &partnercenter.ResourceAttributes{ETag: etag} }
	}
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		path   string
		header string
		change func(*policy)
		want   error
	}{
		{"etag in the body", admin(w.direct), id, "", body("CURRENT"), nil},
		{"without id in the path", admin(w.direct), "", "", body("CURRENT"), nil},
		{"etag in the header", admin(w.direct), id, "CURRENT", body(stale), nil},
		{"weak", admin(w.direct), id, "W/CURRENT", body(""), nil},
		{"any", admin(w.direct), strings.ToUpper(id), "*", body(stale), nil},
		{"no etag", admin(w.direct), id, "", func(*policy) {}, nil},
		{"stale in the body", admin(w.direct), id, "", body(stale), partnercenter.ErrStaleETag},
		{"stale in the header", admin(w.direct), id, stale, body("CURRENT"), partnercenter.ErrPreconditionFailed},
		{"no id at all", admin(w.direct), "", "", func(*policy) {}, partnercenter.ErrDetailsMissing},
		{"malformed", admin(w.direct), "x_" + customer, "", body("CURRENT"), partnercenter.ErrMalformedPolicyID},
		{"one GUID", admin(w.direct), customer, "", body("CURRENT"), partnercenter.ErrMalformedPolicyID},
		{"three GUIDs", admin(w.direct), id + "_" + customer, "", body("CURRENT"), partnercenter.ErrMalformedPolicyID},
		{"another id in the body", admin(w.direct), id, "", func(p *policy) { p.ID = w.direct.ID.String() + "_" + bare }, partnercenter.ErrInvalidProperty},
		{"another customer", admin(w.direct), id, "", func(p *policy) { p.SelfServeEntity.TenantID = bare }, partnercenter.ErrInvalidProperty},
		{"a bad permission", admin(w.direct), id, "", func(p *policy) { p.Permissions[0].Action = "Cancel" }, partnercenter.ErrInvalidProperty},
		{"unknown", admin(w.direct), w.direct.ID.String() + "_" + bare, "", func(p *policy) { p.SelfServeEntity.TenantID = bare }, partnercenter.ErrPolicyNotFound},
		{"of another grantor", admin(w.other), id, "", body("CURRENT"), partnercenter.ErrPolicyNotFound},
		{"helpdesk", user(w.direct, csp.HelpdeskAgents), id, "", body("CURRENT"), partnercenter.ErrNotAllowed},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := policyFor(w.direct, customer, test.change)
			if request.Attributes != nil && request.Attributes.ETag == "CURRENT" {
				request.Attributes.ETag = current
			}
			etag := csp.ETag{Value: strings.Replace(test.header, "CURRENT", current, 1), InHeader: test.header != ""}
			got, err := policies(w).Update(t.Context(), test.caller, test.path, etag, request, csp.Call{})
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err == nil && got.Attributes.ETag == current {
				t.Error("the etag is the same as before")
			}
			if err == nil {
				current = got.Attributes.ETag
			}
			if list, err := policies(w).List(t.Context(), admin(w.direct), csp.MustParseID(customer)); err != nil || list.Items[0].Attributes.ETag != current {
				t.Errorf("kept: got %s, %v, want the etag %s", MustJSON(t, list), err, current)
			}
		})
	}
}

// TestSelfServePolicyEnds deletes a policy, with its customer as well.
func TestSelfServePolicyEnds(t *testing.T) {
	w := MustWorld(t, inMemory)
	caller := admin(w.sandbox)
	customer := csp.MustParseID(w.MustCreate(t, caller, csp.Call{}).ID)
	id := csp.PolicyID{Grantor: w.sandbox.ID, Entity: customer}
	create := func() {
		t.Helper()
		if _, err := policies(w).Create(t.Context(), caller, policyFor(w.sandbox, customer.String()), csp.Call{}); err != nil {
			t.Fatal(err)
		}
	}
	wantGone := func(when string) {
		t.Helper()
		if _, err := policies(w).Get(t.Context(), caller, id); !errors.Is(err, partnercenter.ErrPolicyNotFound) {
			t.Errorf("%s: got %v, want %v", when, err, partnercenter.ErrPolicyNotFound)
		}
	}
	create()
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		etag   string
		want   error
	}{
		{"sales agent", user(w.sandbox, csp.SalesAgents), "", partnercenter.ErrNotAllowed},
		{"another partner", admin(w.direct), "", partnercenter.ErrPolicyNotFound},
		{"stale", caller, `"94e4e214-6b06-4fb7-96d1-94d559f9b47f"`, partnercenter.ErrPreconditionFailed},
	} {
		err := policies(w).Delete(t.Context(), test.caller, id, csp.ETag{Value: test.etag, InHeader: test.etag != ""}, csp.Call{})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	call := newCall(caller)
	for range 2 { // the second time the ledger answers
		if err := policies(w).Delete(t.Context(), caller, id, csp.ETag{}, call); err != nil {
			t.Fatal(err)
		}
	}
	wantGone("after its deletion")
	if err := policies(w).Delete(t.Context(), caller, id, csp.ETag{}, csp.Call{}); !errors.Is(err, partnercenter.ErrPolicyNotFound) {
		t.Errorf("deleted twice: got %v", err)
	}
	create()
	if err := w.Delete(t.Context(), caller, customer, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	wantGone("after the customer's deletion")
}

// TestSelfServePoliciesApart lets a provider and a reseller of one customer grant it something each.
func TestSelfServePoliciesApart(t *testing.T) {
	w := MustWorld(t, inMemory)
	customer := csp.MustParseID(w.MustCreate(t, admin(w.provider), csp.Call{}, set{reseller: w.reseller.ID.String()}).ID)
	partners := []*csp.Partner{w.provider, w.reseller}
	for _, partner := range partners {
		if _, err := policies(w).Create(t.Context(), admin(partner), policyFor(partner, customer.String()), csp.Call{}); err != nil {
			t.Fatal(err)
		}
	}
	for i, partner := range partners {
		list, err := policies(w).List(t.Context(), admin(partner), customer)
		if err != nil || list.TotalCount != 1 || list.Items[0].Grantor.TenantID != partner.ID.String() {
			t.Errorf("%s: got %s, %v, want its own alone", partner.Name, MustJSON(t, list), err)
		}
		other := csp.PolicyID{Grantor: partners[1-i].ID, Entity: customer}
		if _, err := policies(w).Get(t.Context(), admin(partner), other); !errors.Is(err, partnercenter.ErrPolicyNotFound) {
			t.Errorf("%s: got %v for the other's policy", partner.Name, err)
		}
	}
	if err := policies(w).Delete(t.Context(), admin(w.reseller), csp.PolicyID{Grantor: w.reseller.ID, Entity: customer}, csp.ETag{}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	if list, err := policies(w).List(t.Context(), admin(w.provider), customer); err != nil || list.TotalCount != 1 {
		t.Errorf("after the other's deletion: got %s, %v", MustJSON(t, list), err)
	}
	if _, err := policies(w).List(t.Context(), admin(w.direct), customer); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Errorf("a third partner: got %v", err)
	}
}

// TestSelfServePolicyWriters lets many change a policy under one etag, again and again: one wins each time.
func TestSelfServePolicyWriters(t *testing.T) {
	const writers, rounds = 50, 5
	w := MustWorld(t, inMemory)
	caller := admin(w.direct)
	customer := w.MustCreate(t, caller, csp.Call{}).ID
	policy, err := policies(w).Create(t.Context(), caller, policyFor(w.direct, customer), csp.Call{})
	if err != nil {
		t.Fatal(err)
	}
	seen := []string{policy.Attributes.ETag}
	for round := range rounds {
		var group sync.WaitGroup
		var won atomic.Pointer[partnercenter.SelfServePolicy]
		for range writers {
			group.Go(func() {
				request := policyFor(w.direct, customer, func(p *partnercenter.SelfServePolicy) { p.Attributes = policy.Attributes })
				got, err := policies(w).Update(t.Context(), caller, policy.ID, csp.ETag{}, request, newCall(caller))
				switch {
				case err == nil && !won.CompareAndSwap(nil, got):
					t.Errorf("round %d: a second writer won", round)
				case err != nil && !errors.Is(err, partnercenter.ErrStaleETag):
					t.Error(err)
				}
			})
		}
		group.Wait()
		policy = won.Load()
		if policy == nil {
			t.Fatalf("round %d: nobody won", round)
		}
		if slices.Contains(seen, policy.Attributes.ETag) {
			t.Errorf("round %d: the etag %s came twice", round, policy.Attributes.ETag)
		}
		seen = append(seen, policy.Attributes.ETag)
	}
	kept, err := policies(w).List(t.Context(), caller, csp.MustParseID(customer))
	if err != nil || kept.Items[0].Attributes.ETag != policy.Attributes.ETag {
		t.Errorf("kept: got %s, %v, want the last winner's %s", MustJSON(t, kept), err, policy.Attributes.ETag)
	}
}
