package tenantrytest_test

import (
	"errors"
	"testing"

	"github.com/tenantry/tenantry/partnercenter"
	"github.com/tenantry/tenantry/tenantrytest"
)

// TestUsers is the users of a customer, its roles and licences, as the Go client has them.
func TestUsers(t *testing.T) {
	server := tenantrytest.Start(t)
	client, ctx := server.UserClient(t), t.Context()
	customer, err := client.Customers.Create(ctx, newCustomer("kestrel.onmicrosoft.com", "Kestrel"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bo", "Cleo"} {
		user, err := client.Users.Create(ctx, customer.ID, &partnercenter.CustomerUser{
			UserPrincipalName: name + "@kestrel.onmicrosoft.com", DisplayName: name, PasswordProfile: &partnercenter.PasswordProfile{Password: "Qw7!rtz9", ForceChangePassword: true},
		}, nil)
		if err != nil || user.PasswordProfile == nil || user.PasswordProfile.Password != "Qw7!rtz9" || user.State != partnercenter.UserActive {
			t.Fatalf("create: got %+v, %v", user, err)
		}
	}
	var names, ids []string
	for user, err := range client.AllUsers(ctx, customer.ID, &partnercenter.ListUsersOptions{Size: 1, ByDisplayName: true, Descending: true}) {
		if err != nil {
			t.Fatal(err)
		}
		names, ids = append(names, user.DisplayName), append(ids, user.ID)
	}
	if len(names) != 3 || names[0] != "Kestrel" || names[1] != "Cleo" || names[2] != "bo" {
		t.Fatalf("got %q", names)
	}
	admin, bo := ids[0], ids[2]

	changed, err := client.Users.Update(ctx, customer.ID, bo, &partnercenter.CustomerUser{UsageLocation: "GB"}, nil)
	if err != nil || changed.UsageLocation != "GB" || changed.DisplayName != "bo" || changed.PasswordProfile != nil {
		t.Errorf("update: got %+v, %v", changed, err)
	}
	reset, err := client.Users.ResetPassword(ctx, customer.ID, bo, &partnercenter.PasswordProfile{Password: "Neu&Wort42"}, nil)
	if err != nil || reset.PasswordProfile == nil || reset.PasswordProfile.Password != "Neu&Wort42" {
		t.Errorf("reset: got %+v, %v", reset, err)
	}
	if err := client.Users.Delete(ctx, customer.ID, admin, nil); !errors.Is(err, partnercenter.ErrLastAdministrator) {
		t.Errorf("delete the administrator: got %v", err)
	}
	roles, err := client.DirectoryRoles.List(ctx, customer.ID, nil)
	if err != nil || len(roles.Items) != 4 {
		t.Fatalf("roles: got %+v, %v", roles, err)
	}
	company := roles.Items[0].ID
	if member, err := client.DirectoryRoles.AddMember(ctx, customer.ID, company, &partnercenter.UserMember{ID: bo}, nil); err != nil || member.RoleID != company || member.DisplayName != "bo" {
		t.Errorf("add: got %+v, %v", member, err)
	}
	page, err := client.DirectoryRoles.Members(ctx, customer.ID, company, &partnercenter.ListUserMembersOptions{Size: 1})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != admin || page.ContinuationToken == "" {
		t.Fatalf("members: got %+v, %v", page, err)
	}
	page, err = client.DirectoryRoles.Members(ctx, customer.ID, company, &partnercenter.ListUserMembersOptions{ContinuationToken: page.ContinuationToken})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != bo {
		t.Errorf("the next page: got %+v, %v", page, err)
	}
	if err := client.DirectoryRoles.RemoveMember(ctx, customer.ID, company, admin, nil); err != nil {
		t.Errorf("remove: %v", err)
	}
	if roles, err := client.Users.DirectoryRoles(ctx, customer.ID, bo, nil); err != nil || len(roles.Items) != 1 || roles.Items[0].Name != "Company Administrator" {
		t.Errorf("roles of bo: got %+v, %v", roles, err)
	}
	if err := client.Users.Delete(ctx, customer.ID, admin, nil); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := client.Users.Get(ctx, customer.ID, admin, nil); !errors.Is(err, partnercenter.ErrUserDeleted) {
		t.Errorf("get a deleted one: got %v", err)
	}
	deleted, err := client.Users.List(ctx, customer.ID, &partnercenter.ListUsersOptions{State: partnercenter.UserInactive})
	if err != nil || len(deleted.Items) != 1 || deleted.Items[0].SoftDeletionTime == "" {
		t.Errorf("deleted: got %+v, %v", deleted, err)
	}
	if user, err := client.Users.Update(ctx, customer.ID, admin, &partnercenter.CustomerUser{State: partnercenter.UserActive}, nil); err != nil || user.State != partnercenter.UserActive {
		t.Errorf("restore: got %+v, %v", user, err)
	}
	if skus, err := client.Customers.SubscribedSKUs(ctx, customer.ID, &partnercenter.ListLicensesOptions{Groups: []partnercenter.LicenseGroupID{partnercenter.LicenseGroup1, partnercenter.LicenseGroup2}}); err != nil || len(skus.Items) != 0 {
		t.Errorf("skus: got %+v, %v", skus, err)
	}
	if licenses, err := client.Users.Licenses(ctx, customer.ID, bo, nil); err != nil || len(licenses.Items) != 0 {
		t.Errorf("licenses: got %+v, %v", licenses, err)
	}
	update := &partnercenter.LicenseUpdate{LicensesToAssign: []partnercenter.LicenseAssignment{{SKUID: "f8a1db68-be16-40ed-86d5-cb42ce701560"}}}
	if _, err := client.Users.UpdateLicenses(ctx, customer.ID, bo, update, nil); !errors.Is(err, partnercenter.ErrNoLicensesLeft) {
		t.Errorf("assign: got %v", err)
	}
}
