package csp

import (
	"context"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// CompanyAdministrator is the directory role of a tenant's first user, by its public template id.
const CompanyAdministrator = "62e90394-69f5-4237-9190-012177145e10"

// UserAdministrator is the directory role of who manages users that are no administrators.
const UserAdministrator = "fe930be7-5e62-47db-91af-98c3a49a38b1"

// HelpdeskAdministrator is the directory role of who sets the passwords of users that are no administrators.
const HelpdeskAdministrator = "729827e3-9c14-49f7-bb1b-9608f156bbb8"

// directoryRoles are the roles that the docs show, by their public template ids, which are the same in every tenant. Every
// tenant has them all: whoever gives somebody a role finds its id in the list. Partner Center docs:
// get-user-roles-for-a-customer, set-user-roles-for-a-customer.
var directoryRoles = [...]struct{ name, id string }{
	{"Company Administrator", CompanyAdministrator},
	{"Helpdesk Administrator", HelpdeskAdministrator},
	{"User Account Administrator", UserAdministrator},
	{"Service Support Administrator", "f023fd81-a637-4b56-95fd-791ac0226033"},
}

// DirectoryRole is the id of the role in the service's spelling. Ids are written in any case.
func DirectoryRole(id string) (string, error) {
	for _, role := range directoryRoles {
		if strings.EqualFold(role.id, id) {
			return role.id, nil
		}
	}
	return "", partnercenter.ErrRoleNotFound.With("The customer has no directory role with the id " + quoted(id) + ".")
}

// DirectoryRoles are the roles that users of a customer of the caller's can have.
func (s *Users) DirectoryRoles(ctx context.Context, caller *Caller, customer ID) (*partnercenter.Collection[partnercenter.DirectoryRole], error) {
	if err := s.mayRead(ctx, caller, customer); err != nil {
		return nil, err
	}
	return rolesThat(func(string) bool { return true }), nil
}

// RolesOf are the roles that the user has.
func (s *Users) RolesOf(ctx context.Context, caller *Caller, customer, id ID) (*partnercenter.Collection[partnercenter.DirectoryRole], error) {
	user, err := s.active(ctx, caller, customer, id)
	if err != nil {
		return nil, err
	}
	return rolesThat(user.HasRole), nil
}

func rolesThat(are func(id string) bool) *partnercenter.Collection[partnercenter.DirectoryRole] {
	var roles []partnercenter.DirectoryRole
	for _, role := range directoryRoles {
		if are(role.id) {
			roles = append(roles, partnercenter.DirectoryRole{Name: role.name, ID: role.id, Attributes: &partnercenter.ResourceAttributes{ObjectType: "DirectoryRole"}})
		}
	}
	return partnercenter.CollectionOf(roles)
}

// MemberPage is a page of the members of a role, and where the pages beside it begin.
type MemberPage struct {
	Items    []partnercenter.UserMember
	Next     *UserPosition // nil: this is the last one
	Previous *UserPosition // nil: this is the first one
}

// Members is a page of the users who have the role that the query names.
func (s *Users) Members(ctx context.Context, caller *Caller, customer ID, query UserQuery) (*MemberPage, error) {
	if err := s.mayRead(ctx, caller, customer); err != nil {
		return nil, err
	}
	found, next, previous, err := s.page(ctx, caller, customer, query)
	if err != nil {
		return nil, err
	}
	page := &MemberPage{Items: make([]partnercenter.UserMember, 0, len(found)), Next: next, Previous: previous}
	for _, user := range found {
		page.Items = append(page.Items, *user.member(query.Role))
	}
	return page, nil
}

// member is the user as a member of the role. Partner Center docs: get-user-roles-for-a-customer.
func (u *User) member(role string) *partnercenter.UserMember {
	return &partnercenter.UserMember{
		DisplayName:       u.DisplayName,
		UserPrincipalName: u.PrincipalName,
		RoleID:            role,
		ID:                u.ID.String(),
		Attributes:        &partnercenter.ResourceAttributes{ObjectType: "UserMember"},
	}
}

// AddMember gives the role to the user whom the request's id names. The docs send the names as well, clients leave them out
// sometimes, so they count for nothing. Who has the role already keeps it: no source tells what the service answers then.
func (s *Users) AddMember(ctx context.Context, caller *Caller, customer ID, role string, request *partnercenter.UserMember, call Call) (*partnercenter.UserMember, error) {
	if _, err := s.entitled(ctx, caller, customer, &changeMembers); err != nil {
		return nil, err
	}
	id, err := ParseID(strings.TrimSpace(request.ID))
	if err != nil {
		return nil, partnercenter.ErrUserInvalid.With("", violations{{"id", quoted(request.ID) + " is not the id of a user; give the GUID, for example 2f8c7d10-95ab-4e63-8b1f-d4a0c6e97b35"}}.data()...)
	}
	var member *partnercenter.UserMember
	recorded, err := s.changeRoles(ctx, caller, customer, id, call, func(user *User) (Outcome, error) {
		member = user.member(role)
		answer, err := json.Marshal(member)
		if err != nil || user.HasRole(role) {
			return Outcome{Answer: answer}, err
		}
		user.Roles = append(slices.Clone(user.Roles), role)
		return Outcome{Answer: answer, Audit: &AuditEntry{
			Operation: partnercenter.OperationAddUserMember, Resource: partnercenter.AuditCustomerDirectoryRole, ResourceID: role, New: answer,
		}}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, member)
}

// RemoveMember takes the role from the user.
func (s *Users) RemoveMember(ctx context.Context, caller *Caller, customer ID, role string, id ID, call Call) error {
	if _, err := s.entitled(ctx, caller, customer, &changeMembers); err != nil {
		return err
	}
	_, err := s.changeRoles(ctx, caller, customer, id, call, func(user *User) (Outcome, error) {
		if !user.HasRole(role) {
			return Outcome{}, partnercenter.ErrRoleNotFound.With("The user " + id.String() + " is not a member of the directory role " + role + ".")
		}
		old, err := json.Marshal(user.member(role))
		user.Roles = slices.DeleteFunc(slices.Clone(user.Roles), func(other string) bool { return other == role })
		return Outcome{Answer: []byte{}, Audit: &AuditEntry{
			Operation: partnercenter.OperationRemoveUserMember, Resource: partnercenter.AuditCustomerDirectoryRole, ResourceID: role, Old: old,
		}}, err
	})
	return err
}

// changeRoles changes an active user.
func (s *Users) changeRoles(ctx context.Context, caller *Caller, customer, id ID, call Call, change func(*User) (Outcome, error)) ([]byte, error) {
	return s.Store.UpdateCustomerUser(ctx, caller.Partner.ID, customer, id, call, func(user *User) (Outcome, error) {
		if err := s.mustBeThere(user, false); err != nil {
			return Outcome{}, err
		}
		return change(user)
	})
}
