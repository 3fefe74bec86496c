package csp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/partnercenter"
)

type granular = partnercenter.DelegatedAdminRelationship

// granularWorld is a world with a clock, and a customer without delegated admin.
type granularWorld struct {
	*world
	now       time.Time
	customer  csp.ID
	service   *csp.GranularRelationships
	approvals *csp.GranularApprovals
	grants    *csp.Grants
	owner     *csp.User // the customer's administrator
}

func newGranularWorld(t *testing.T) *granularWorld {
	t.Helper()
	w := &granularWorld{world: MustWorld(t, inMemory), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	db, err := store.Open(t.Context(), inMemory, store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w.db, w.Store, w.Now = db, db, now
	for _, partner := range []*csp.Partner{w.direct, w.other} {
		w.enrol(t, partner)
	}
	w.service = &csp.GranularRelationships{Store: db, IDs: w.IDs, Now: now}
	w.approvals = &csp.GranularApprovals{Store: db, IDs: w.IDs, Now: now}
	w.grants = &csp.Grants{Store: db, Now: now}
	created := w.MustCreate(t, admin(w.direct), csp.Call{}, set{gdap: true})
	w.customer = csp.MustParseID(created.ID)
	if w.owner, err = db.User(t.Context(), w.customer, "admin@"+created.CompanyProfile.Domain); err != nil {
		t.Fatal(err)
	}
	return w
}

// asked is a valid request, with the changes.
func asked(changes ...func(*granular)) *granular {
	request := &granular{DisplayName: "Kestrel administration", Duration: "P90D", AccessDetails: &partnercenter.DelegatedAdminAccessDetails{
		UnifiedRoles: []partnercenter.UnifiedRole{{RoleDefinitionID: csp.UserAdministrator}, {RoleDefinitionID: csp.GlobalReader}, {RoleDefinitionID: csp.HelpdeskAdministrator}},
	}}
	for _, change := range changes {
		change(request)
	}
	return request
}

func (w *granularWorld) mustCreateGranular(t *testing.T, changes ...func(*granular)) *csp.GranularRelationship {
	t.Helper()
	made, err := w.service.Create(t.Context(), admin(w.direct), asked(changes...), csp.Call{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (w *granularWorld) mustRequest(t *testing.T, id, action string) *csp.GranularRelationship {
	t.Helper()
	r, _, err := w.service.Request(t.Context(), admin(w.direct), id, action, csp.Call{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mustActive is an approved relationship, which gives the admin agents the roles.
func (w *granularWorld) mustActive(t *testing.T, roles []string, changes ...func(*granular)) *csp.GranularRelationship {
	t.Helper()
	made := w.mustCreateGranular(t, changes...)
	w.mustRequest(t, made.ID, "lockForApproval")
	if err := w.approvals.Approve(t.Context(), made.ID, w.owner, ""); err != nil {
		t.Fatal(err)
	}
	if len(roles) > 0 {
		w.mustAssign(t, made.ID, csp.AdminAgents, roles...)
	}
	return made
}

func (w *granularWorld) mustAssign(t *testing.T, id, group string, roles ...string) *csp.GranularAssignment {
	t.Helper()
	assignment, err := w.service.Assign(t.Context(), admin(w.direct), id, assignmentOf(group, roles...), csp.Call{})
	if err != nil {
		t.Fatal(err)
	}
	return assignment
}

func assignmentOf(group string, roles ...string) *partnercenter.DelegatedAdminAssignment {
	assignment := &partnercenter.DelegatedAdminAssignment{
		AccessContainer: &partnercenter.DelegatedAdminAccessContainer{AccessContainerID: group, AccessContainerType: "securityGroup"},
		AccessDetails:   &partnercenter.DelegatedAdminAccessDetails{},
	}
	for _, role := range roles {
		assignment.AccessDetails.UnifiedRoles = append(assignment.AccessDetails.UnifiedRoles, partnercenter.UnifiedRole{RoleDefinitionID: role})
	}
	return assignment
}

// rolesAt are those of somebody in the groups at the customer's.
func (w *granularWorld) rolesAt(t *testing.T, groups ...string) []string {
	t.Helper()
	roles, err := w.grants.RolesAt(t.Context(), &csp.User{Tenant: w.direct.ID, Agents: groups}, w.customer)
	if err != nil {
		t.Fatal(err)
	}
	return roles
}

func TestCreateGranularRelationship(t *testing.T) {
	w := newGranularWorld(t)
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		change func(*granular)
		want   error
		says   []string
	}{
		{"as documented", admin(w.direct), func(*granular) {}, nil, nil},
		{"two years", admin(w.direct), func(r *granular) { r.Duration = "p2y" }, nil, nil},
		{"a day", admin(w.direct), func(r *granular) { r.Duration = "P1D" }, nil, nil},
		{"extended", admin(w.direct), func(r *granular) { r.AutoExtendDuration = "P180D" }, nil, nil},
		{"for the customer", admin(w.direct), func(r *granular) {
			r.Customer = &partnercenter.DelegatedAdminCustomer{TenantID: w.customer.String()}
		}, nil, nil},
		{"sales agent", user(w.direct, csp.SalesAgents), func(*granular) {}, partnercenter.ErrNotAllowed, []string{"AdminAgents"}},
		{"empty", admin(w.direct), func(r *granular) { *r = granular{} }, partnercenter.ErrGranularInvalid, []string{"displayName is missing", "duration", "accessDetails.unifiedRoles is missing"}},
		{"all wrong", admin(w.direct), func(r *granular) {
			r.DisplayName, r.Duration, r.AutoExtendDuration = strings.Repeat("n", 51), "P731D", "P1D"
			r.AccessDetails.UnifiedRoles[0].RoleDefinitionID = "admin"
			r.Customer = &partnercenter.DelegatedAdminCustomer{TenantID: "kestrel"}
		}, partnercenter.ErrGranularInvalid, []string{"51 characters", "'P731D'", "'P1D' is not allowed", "unifiedRoles[0]", "customer.tenantId"}},
		{"no days", admin(w.direct), func(r *granular) { r.Duration = "P" }, partnercenter.ErrGranularInvalid, []string{"P90D"}},
		{"hours", admin(w.direct), func(r *granular) { r.Duration = "PT48H" }, partnercenter.ErrGranularInvalid, []string{"P90D"}},
		{"too many roles", admin(w.direct), func(r *granular) { r.AccessDetails.UnifiedRoles = slices.Repeat(r.AccessDetails.UnifiedRoles, 40) }, partnercenter.ErrGranularInvalid, []string{"120 roles"}},
		{"Company Administrator for ever", admin(w.direct), func(r *granular) {
			r.AutoExtendDuration, r.AccessDetails.UnifiedRoles[0].RoleDefinitionID = "P180D", csp.CompanyAdministrator
		}, partnercenter.ErrGranularInvalid, []string{"autoExtendDuration"}},
		{"somebody else's customer", admin(w.other), func(r *granular) {
			r.Customer = &partnercenter.DelegatedAdminCustomer{TenantID: w.customer.String()}
		}, partnercenter.ErrNoRelationship, nil},
		{"a name that is taken", admin(w.direct), func(r *granular) { r.DisplayName = "TAKEN" }, partnercenter.ErrGranularExists, []string{"displayName"}},
		{"a name that another partner has", admin(w.other), func(r *granular) { r.DisplayName = "taken" }, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "a name that is taken" {
				w.mustCreateGranular(t, func(r *granular) { r.DisplayName = "taken" })
			}
			before, err := w.service.List(t.Context(), admin(w.direct), csp.ID{})
			if err != nil {
				t.Fatal(err)
			}
			request := asked(func(r *granular) { r.DisplayName = test.name }, test.change)
			made, err := w.service.Create(t.Context(), test.caller, request, csp.Call{})
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err != nil {
				for _, says := range test.says {
					if !strings.Contains(err.Error(), says) {
						t.Errorf("got %v, want %q", err, says)
					}
				}
				if after, err := w.service.List(t.Context(), admin(w.direct), csp.ID{}); err != nil || len(after) != len(before) {
					t.Errorf("got %d relationships, %v, want %d", len(after), err, len(before))
				}
				return
			}
			got, err := w.service.Get(t.Context(), test.caller, strings.ToUpper(made.ID))
			if err != nil || MustJSON(t, got.Account(w.now)) != MustJSON(t, made.Account(w.now)) || got.Account(w.now).Status != "created" {
				t.Errorf("got %v, %v, want %v", got, err, made)
			}
		})
	}
}

// TestGranularLife follows a relationship from its creation to each of its ends.
func TestGranularLife(t *testing.T) {
	ctx := t.Context()
	for _, test := range []struct {
		name   string
		end    func(*testing.T, *granularWorld, string)
		status partnercenter.DelegatedAdminStatus
	}{
		{"terminated by the partner", func(t *testing.T, w *granularWorld, id string) { w.mustRequest(t, id, "Terminate") }, "terminated"},
		{"terminated by the customer", func(t *testing.T, w *granularWorld, id string) {
			if err := w.approvals.Terminate(ctx, id, w.owner, ""); err != nil {
				t.Fatal(err)
			}
		}, "terminated"},
		{"expired", func(_ *testing.T, w *granularWorld, _ string) { w.now = w.now.AddDate(0, 0, 90) }, "expired"},
		{"expired and noted", func(t *testing.T, w *granularWorld, _ string) {
			w.now = w.now.AddDate(0, 0, 90)
			if n, err := w.db.ExpireGranularRelationships(ctx); n != 1 || err != nil {
				t.Errorf("expire: got %d, %v", n, err)
			}
			if n, err := w.db.ExpireGranularRelationships(ctx); n != 0 || err != nil {
				t.Errorf("expire again: got %d, %v", n, err)
			}
		}, "expired"},
		{"the relationship ends", func(t *testing.T, w *granularWorld, _ string) {
			if _, err := w.Patch(ctx, admin(w.direct), w.customer, &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}, csp.Call{}); err != nil {
				t.Fatal(err)
			}
		}, "terminated"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newGranularWorld(t)
			made := w.mustCreateGranular(t)
			if roles := w.rolesAt(t, csp.AdminAgents); roles != nil {
				t.Fatalf("created: %v", roles)
			}
			if err := w.approvals.Approve(ctx, made.ID, w.owner, ""); !errors.Is(err, csp.ErrInvitationOver) {
				t.Errorf("approve what is not locked: got %v", err)
			}
			w.mustRequest(t, made.ID, "lockForApproval")
			if _, err := w.service.Assign(ctx, admin(w.direct), made.ID, assignmentOf(csp.AdminAgents, csp.UserAdministrator), csp.Call{}); !errors.Is(err, partnercenter.ErrGranularState) {
				t.Errorf("assign what is not approved: got %v", err)
			}
			if err := w.approvals.Approve(ctx, made.ID, w.owner, ""); err != nil {
				t.Fatal(err)
			}
			if roles := w.rolesAt(t, csp.AdminAgents); roles != nil {
				t.Errorf("without an assignment: %v", roles)
			}
			w.mustAssign(t, made.ID, csp.AdminAgents, csp.UserAdministrator, csp.GlobalReader)
			w.mustAssign(t, made.ID, csp.GroupID(w.direct.ID, csp.SalesAgents).String(), csp.HelpdeskAdministrator)
			if roles := w.rolesAt(t, csp.AdminAgents); !slices.Equal(roles, []string{csp.GlobalReader, csp.UserAdministrator}) {
				t.Errorf("admin agents: %v", roles)
			}
			if roles := w.rolesAt(t, csp.SalesAgents); !slices.Equal(roles, []string{csp.HelpdeskAdministrator}) {
				t.Errorf("sales agents: %v", roles)
			}
			if roles := w.rolesAt(t, csp.HelpdeskAgents); roles != nil {
				t.Errorf("helpdesk agents: %v", roles)
			}
			test.end(t, w, made.ID)
			if roles := w.rolesAt(t, csp.AdminAgents, csp.SalesAgents); roles != nil {
				t.Errorf("at the end: %v", roles)
			}
			got, err := w.service.Get(ctx, admin(w.direct), made.ID)
			if err != nil || got.StatusAt(w.now) != test.status {
				t.Errorf("got %v, %v, want %s", got.StatusAt(w.now), err, test.status)
			}
			for _, action := range []string{"lockForApproval", "terminate"} {
				if _, _, err := w.service.Request(ctx, admin(w.direct), made.ID, action, csp.Call{}); !errors.Is(err, partnercenter.ErrGranularState) {
					t.Errorf("%s: got %v", action, err)
				}
			}
			if err := w.approvals.Approve(ctx, made.ID, w.owner, ""); !errors.Is(err, csp.ErrInvitationOver) {
				t.Errorf("approve again: got %v", err)
			}
		})
	}
}

// TestGranularExtends looks at a relationship that extends itself, before and after that is noted, and when it is not to any more.
func TestGranularExtends(t *testing.T) {
	w := newGranularWorld(t)
	extend := func(r *granular) { r.AutoExtendDuration = "P180D" }
	made := w.mustActive(t, []string{csp.UserAdministrator}, extend)
	w.now = w.now.AddDate(0, 0, 90)
	for _, note := range []bool{false, true} {
		if note {
			if _, err := w.db.ExpireGranularRelationships(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got, err := w.service.Get(t.Context(), admin(w.direct), made.ID)
		if err != nil || !got.ActiveAt(w.now) || got.Account(w.now).EndDateTime != "2026-11-26T12:00:00.0000000Z" {
			t.Errorf("noted %t: got %v, %v", note, got.Account(w.now), err)
		}
	}
	got, _ := w.service.Get(t.Context(), admin(w.direct), made.ID)
	if _, err := w.service.Update(t.Context(), admin(w.direct), made.ID, got.ETag, &granular{AutoExtendDuration: "PT0S"}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 180)
	if roles := w.rolesAt(t, csp.AdminAgents); roles != nil {
		t.Errorf("at the end: %v", roles)
	}
}

// TestGranularChanges changes and deletes relationships and assignments, with the right etag and the wrong one.
func TestGranularChanges(t *testing.T) {
	w := newGranularWorld(t)
	ctx := t.Context()
	made := w.mustCreateGranular(t)
	rename := &granular{DisplayName: "Another name"}
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		etag   string
		want   error
	}{
		{"no etag", admin(w.direct), "", partnercenter.ErrGranularETagMissing},
		{"a stale etag", admin(w.direct), "x", partnercenter.ErrPreconditionFailed},
		{"a helpdesk agent", user(w.direct, csp.HelpdeskAgents), made.ETag, partnercenter.ErrNotAllowed},
		{"another partner", admin(w.other), made.ETag, partnercenter.ErrGranularNotFound},
		{"the etag", admin(w.direct), made.ETag, nil},
	} {
		if _, err := w.service.Update(ctx, test.caller, made.ID, test.etag, rename, csp.Call{}); !errors.Is(err, test.want) {
			t.Errorf("update, %s: got %v, want %v", test.name, err, test.want)
		}
		if err := w.service.Delete(ctx, test.caller, made.ID, test.etag, csp.Call{}); test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("delete, %s: got %v, want %v", test.name, err, test.want)
		}
	}
	if _, err := w.service.Get(ctx, admin(w.other), made.ID); !errors.Is(err, partnercenter.ErrGranularNotFound) {
		t.Errorf("another partner reads: got %v", err)
	}
	if err := w.service.Delete(ctx, admin(w.direct), made.ID, "*", csp.Call{}); err != nil {
		t.Errorf("delete: got %v", err)
	}
	if _, _, err := w.service.Request(ctx, admin(w.direct), made.ID, "lockForApproval", csp.Call{}); !errors.Is(err, partnercenter.ErrGranularNotFound) {
		t.Errorf("what was deleted: got %v", err)
	}

	active := w.mustActive(t, nil)
	if err := w.service.Delete(ctx, admin(w.direct), active.ID, "*", csp.Call{}); !errors.Is(err, partnercenter.ErrGranularState) {
		t.Errorf("delete an active one: got %v", err)
	}
	if _, err := w.service.Update(ctx, admin(w.direct), active.ID, "*", rename, csp.Call{}); !errors.Is(err, partnercenter.ErrGranularState) {
		t.Errorf("rename an active one: got %v", err)
	}
	bad := assignmentOf("Managers", csp.CompanyAdministrator)
	bad.AccessContainer.AccessContainerType = "user"
	_, err := w.service.Assign(ctx, admin(w.direct), active.ID, bad, csp.Call{})
	for _, says := range []string{"accessContainerType", "'Managers'", csp.GroupID(w.direct.ID, csp.AdminAgents).String(), "not a role of the relationship"} {
		if !errors.Is(err, partnercenter.ErrGranularInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("assign: got %v, want %q", err, says)
		}
	}
	assignment := w.mustAssign(t, active.ID, csp.AdminAgents, csp.UserAdministrator)
	if _, err := w.service.Assign(ctx, admin(w.direct), active.ID, assignmentOf(csp.AdminAgents, csp.GlobalReader), csp.Call{}); !errors.Is(err, partnercenter.ErrGranularExists) {
		t.Errorf("assign twice: got %v", err)
	}
	if _, err := w.service.Reassign(ctx, admin(w.direct), active.ID, assignment.ID, assignment.ETag, assignmentOf("", csp.GlobalReader), csp.Call{}); err != nil {
		t.Errorf("reassign: got %v", err)
	}
	if roles := w.rolesAt(t, csp.AdminAgents); !slices.Equal(roles, []string{csp.GlobalReader}) {
		t.Errorf("reassigned: %v", roles)
	}
	if err := w.service.Unassign(ctx, admin(w.direct), active.ID, assignment.ID, assignment.ETag, csp.Call{}); !errors.Is(err, partnercenter.ErrPreconditionFailed) {
		t.Errorf("unassign by the old etag: got %v", err)
	}
	if err := w.service.Unassign(ctx, admin(w.direct), active.ID, assignment.ID, "*", csp.Call{}); err != nil || w.rolesAt(t, csp.AdminAgents) != nil {
		t.Errorf("unassign: got %v, %v", err, w.rolesAt(t, csp.AdminAgents))
	}
}

// TestGranularCheck looks at who may approve.
func TestGranularCheck(t *testing.T) {
	w := newGranularWorld(t)
	ctx := t.Context()
	second := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	others := csp.MustParseID(w.MustCreate(t, admin(w.other), csp.Call{}).ID)
	named := w.mustCreateGranular(t, func(r *granular) { r.Customer = &partnercenter.DelegatedAdminCustomer{TenantID: w.customer.String()} })
	open := w.mustCreateGranular(t, func(r *granular) { r.DisplayName = "for anybody" })
	for _, r := range []*csp.GranularRelationship{named, open} {
		w.mustRequest(t, r.ID, "lockForApproval")
	}
	administrator := func(tenant csp.ID) *csp.User {
		return &csp.User{ID: tenant, Tenant: tenant, Roles: []string{csp.CompanyAdministrator}}
	}
	for _, test := range []struct {
		name string
		id   string
		user *csp.User
		want error
	}{
		{"no administrator", named.ID, &csp.User{Tenant: w.customer, Roles: []string{csp.UserAdministrator}}, csp.ErrNotAdministrator},
		{"another customer", named.ID, administrator(second), csp.ErrNotCustomer},
		{"another partner's customer", open.ID, administrator(others), csp.ErrNotCustomer},
		{"the partner itself", open.ID, administrator(w.direct.ID), csp.ErrNotCustomer},
		{"no such relationship", "x", w.owner, csp.ErrInvitationOver},
		{"the customer", named.ID, w.owner, nil},
		{"twice", named.ID, w.owner, csp.ErrInvitationOver},
		{"any customer", open.ID, administrator(second), nil},
	} {
		if err := w.approvals.Approve(ctx, test.id, test.user, ""); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	if err := w.approvals.Terminate(ctx, open.ID, w.owner, ""); !errors.Is(err, csp.ErrNotCustomer) {
		t.Errorf("another customer ends it: got %v", err)
	}
}

// TestGranularTells looks at what is recorded and sent.
func TestGranularTells(t *testing.T) {
	w := newGranularWorld(t)
	ctx := t.Context()
	webhooks := &csp.Webhooks{Store: w.db, IDs: w.IDs}
	if _, err := webhooks.Register(ctx, admin(w.direct), &partnercenter.WebhookRegistration{WebhookURL: "https://example.com/", WebhookEvents: partnercenter.WebhookEvents()}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	made := w.mustActive(t, nil)
	assignment := w.mustAssign(t, made.ID, csp.AdminAgents, csp.GlobalReader)
	if err := w.service.Unassign(ctx, admin(w.direct), made.ID, assignment.ID, "*", csp.Call{}); err != nil {
		t.Fatal(err)
	}
	w.mustRequest(t, made.ID, "terminate")
	deliveries, err := w.db.ClaimDeliveries(ctx, time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for _, delivery := range deliveries {
		events = append(events, strings.TrimPrefix(string(delivery.Event.Name), "granular-admin-"))
	}
	want := []string{"relationship-created", "relationship-updated", "relationship-approved", "relationship-activated", "access-assignment-created", "access-assignment-activated", "access-assignment-deleted", "relationship-terminated"}
	slices.Sort(events)
	slices.Sort(want)
	if !slices.Equal(events, want) {
		t.Errorf("events: got %q, want %q", events, want)
	}
	audit := &csp.Audit{Store: w.db, Now: w.Now}
	page, err := audit.Records(ctx, admin(w.direct), &csp.AuditQuery{Until: 1 << 62, Customer: w.customer})
	if err != nil {
		t.Fatal(err)
	}
	var operations []string
	for _, record := range page.Items {
		operations = append(operations, string(record.OperationType))
		if strings.Contains(record.ResourceNewValue, "@odata") {
			t.Errorf("recorded: %s", record.ResourceNewValue)
		}
	}
	if got, want := strings.Join(operations, " "), "granular_admin_relationship_terminated granular_admin_access_assignment_deleted granular_admin_access_assignment_created granular_admin_relationship_approved add_customer"; got != want {
		t.Errorf("records: got %s, want %s", got, want)
	}
}

// TestGranularUsers does what each role lets its members do with users, and what it does not.
func TestGranularUsers(t *testing.T) {
	const nothing, reads, passwords, creates, all = 0, 1, 2, 4, 8
	for name, test := range map[string]struct {
		role string
		may  int
	}{
		"no role":                {"", nothing},
		"Global Reader":          {csp.GlobalReader, reads},
		"Directory Readers":      {csp.DirectoryReaders, reads},
		"Directory Writers":      {csp.DirectoryWriters, reads | creates},
		"Helpdesk Administrator": {csp.HelpdeskAdministrator, reads | passwords},
		"User Administrator":     {csp.UserAdministrator, reads | passwords | creates | all},
		"Teams Administrator":    {"69091246-20e8-4a56-aa4d-066075b2a7a8", nothing},
	} {
		t.Run(name, func(t *testing.T) {
			w := newGranularWorld(t)
			s := &csp.Users{Store: w.db, IDs: w.IDs, Now: w.Now,
				Credential: func(_ context.Context, password string) ([]byte, error) { return []byte("$" + password), nil },
				Proves:     func(context.Context, []byte, csp.ID, string) (bool, error) { return false, nil }}
			made := w.mustActive(t, nil, func(r *granular) {
				if test.role != "" {
					r.AccessDetails.UnifiedRoles = append(r.AccessDetails.UnifiedRoles, partnercenter.UnifiedRole{RoleDefinitionID: test.role})
				}
			})
			if test.role != "" {
				w.mustAssign(t, made.ID, csp.HelpdeskAgents, test.role)
			}
			caller := user(w.direct, csp.HelpdeskAgents)
			plain := &csp.User{ID: w.IDs.New(), Tenant: w.customer, PrincipalName: "bo@" + strings.SplitN(w.owner.PrincipalName, "@", 2)[1], DisplayName: "Bo", Credential: []byte("$x"), Created: w.now}
			if _, err := w.db.CreateCustomerUser(t.Context(), w.direct.ID, csp.Call{}, plain, csp.Outcome{Answer: []byte("{}")}); err != nil {
				t.Fatal(err)
			}
			password := &partnercenter.CustomerUser{PasswordProfile: &partnercenter.PasswordProfile{Password: "Kestrel-bakes-7"}}
			check := func(what string, bit int, err error) {
				t.Helper()
				if allowed := err == nil; allowed != (test.may&bit != 0) {
					t.Errorf("%s: got %v", what, err)
				}
				if err != nil && !errors.Is(err, partnercenter.ErrNoDelegatedAdmin) && !errors.Is(err, partnercenter.ErrRightMissing) {
					t.Errorf("%s: got %v", what, err)
				}
			}
			_, err := s.Get(t.Context(), caller, w.customer, plain.ID)
			check("read", reads, err)
			_, err = s.Update(t.Context(), caller, w.customer, plain.ID, password, csp.Call{})
			check("password", passwords, err)
			_, err = s.Update(t.Context(), caller, w.customer, w.owner.ID, password, csp.Call{})
			check("password of an administrator", 16, err)
			_, err = s.Create(t.Context(), caller, w.customer, &partnercenter.CustomerUser{
				UserPrincipalName: "cy@" + strings.SplitN(w.owner.PrincipalName, "@", 2)[1], DisplayName: "Cy", UsageLocation: "US", PasswordProfile: password.PasswordProfile,
			}, csp.Call{})
			check("create", creates, err)
			_, err = s.Update(t.Context(), caller, w.customer, plain.ID, &partnercenter.CustomerUser{DisplayName: "Bob"}, csp.Call{})
			check("change", all, err)
			_, err = s.AddMember(t.Context(), caller, w.customer, csp.HelpdeskAdministrator, &partnercenter.UserMember{ID: plain.ID.String()}, csp.Call{})
			check("give a role", 16, err)
			check("delete an administrator", 16, s.Delete(t.Context(), caller, w.customer, w.owner.ID, csp.Call{}))
			check("delete", all, s.Delete(t.Context(), caller, w.customer, plain.ID, csp.Call{}))
			if test.role == "" {
				return
			}
			w.mustRequest(t, made.ID, "terminate")
			if _, err := s.Get(t.Context(), caller, w.customer, plain.ID); !errors.Is(err, partnercenter.ErrNoDelegatedAdmin) {
				t.Errorf("read at the end: got %v", err)
			}
		})
	}
}

// TestGranularConsents lets consents rest on a granular relationship, and fall with it.
func TestGranularConsents(t *testing.T) {
	w := newGranularWorld(t)
	ctx := t.Context()
	consents := &csp.ApplicationConsents{Store: w.db, Now: w.Now}
	app := w.mustApp(t, w.direct)
	wide := func(name string) func(*granular) {
		return func(r *granular) {
			r.DisplayName = name
			r.AccessDetails.UnifiedRoles = append(r.AccessDetails.UnifiedRoles, partnercenter.UnifiedRole{RoleDefinitionID: csp.CloudApplicationAdministrator})
		}
	}
	first := w.mustActive(t, nil, wide("first"))
	if _, err := consents.Create(ctx, admin(w.direct), w.customer, consentOf(app), csp.Call{}); !errors.Is(err, partnercenter.ErrNoDelegatedAdmin) {
		t.Errorf("without the role: got %v", err)
	}
	w.mustAssign(t, first.ID, csp.AdminAgents, csp.CloudApplicationAdministrator)
	if _, err := consents.Create(ctx, admin(w.direct), w.customer, consentOf(app), csp.Call{}); err != nil {
		t.Fatal(err)
	}
	granted := func() bool {
		t.Helper()
		scopes, err := w.grants.ConsentTo(ctx, w.customer, app)
		if err != nil {
			t.Fatal(err)
		}
		return scopes != nil
	}
	if !granted() {
		t.Error("the consent has no effect")
	}
	if _, err := w.Patch(ctx, admin(w.direct), w.customer, &partnercenter.Customer{AllowDelegatedAccess: new(bool)}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	if !granted() {
		t.Error("the consent ends with delegated admin that was not there")
	}
	w.mustRequest(t, first.ID, "terminate")
	if granted() {
		t.Error("the consent outlives the relationship")
	}
	w.mustActive(t, nil, wide("second"))
	if granted() {
		t.Error("another relationship brings the consent back")
	}
}

// FuzzGranularRequest creates what somebody may ask for: it is refused, or it lasts from a day to two years.
func FuzzGranularRequest(f *testing.F) {
	for _, duration := range []string{"P90D", "p2y", "P1Y6M", "P9999Y9999M", "PT1H", "P", "", "P-1D", "P1D\n"} {
		f.Add("Kestrel", duration, "PT0S", csp.GlobalReader, "7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61")
	}
	w := MustWorld(f, inMemory)
	service := &csp.GranularRelationships{Store: w.db, IDs: w.IDs, Now: w.Now}
	f.Fuzz(func(t *testing.T, name, duration, extension, role, customer string) {
		made, err := service.Create(t.Context(), admin(w.direct), &granular{
			DisplayName: strings.ToValidUTF8(name, "?"), // the API's reader lets through nothing else
			Duration:    duration, AutoExtendDuration: extension, Customer: &partnercenter.DelegatedAdminCustomer{TenantID: customer},
			AccessDetails: &partnercenter.DelegatedAdminAccessDetails{UnifiedRoles: []partnercenter.UnifiedRole{{RoleDefinitionID: role}}},
		}, csp.Call{})
		fault := (*partnercenter.Fault)(nil)
		switch {
		case err != nil && !errors.As(err, &fault):
			t.Errorf("got %v", err)
		case err == nil && (made.Days < 1 || made.Days > 730 || made.Name == "" || len(made.Roles) != 1):
			t.Errorf("made %+v", made)
		}
	})
}

// TestGranularAgain sends each change twice under one name: the second time nothing happens, and the answer is the same.
func TestGranularAgain(t *testing.T) {
	w := newGranularWorld(t)
	ctx := t.Context()
	caller := admin(w.direct)
	again := func(what string, do func(csp.Call) (any, error)) {
		t.Helper()
		call := newCall(caller)
		first, err := do(call)
		second, againErr := do(call)
		if err != nil || againErr != nil || MustJSON(t, first) != MustJSON(t, second) {
			t.Errorf("%s: got %s, %v, and then %s, %v", what, MustJSON(t, first), err, MustJSON(t, second), againErr)
		}
	}
	id := ""
	again("create", func(call csp.Call) (any, error) {
		made, err := w.service.Create(ctx, caller, asked(), call)
		if err != nil {
			return nil, err
		}
		id = made.ID
		return made.Account(w.now), nil
	})
	again("lock", func(call csp.Call) (any, error) {
		_, request, err := w.service.Request(ctx, caller, id, csp.ActionLock, call)
		return request, err
	})
	if err := w.approvals.Approve(ctx, id, w.owner, ""); err != nil {
		t.Fatal(err)
	}
	var assignment *csp.GranularAssignment
	again("assign", func(call csp.Call) (any, error) {
		var err error
		assignment, err = w.service.Assign(ctx, caller, id, assignmentOf(csp.AdminAgents, csp.GlobalReader), call)
		return assignment, err
	})
	again("unassign", func(call csp.Call) (any, error) {
		return nil, w.service.Unassign(ctx, caller, id, assignment.ID, assignment.ETag, call)
	})
	again("terminate", func(call csp.Call) (any, error) {
		_, request, err := w.service.Request(ctx, caller, id, csp.ActionTerminate, call)
		return request, err
	})
	if all, err := w.service.List(ctx, caller, csp.ID{}); err != nil || len(all) != 1 || len(all[0].Requests) != 3 {
		t.Errorf("got %v, %v, want one relationship with three requests", all, err)
	}
}
