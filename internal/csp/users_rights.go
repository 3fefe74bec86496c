package csp

import (
	"context"
	"slices"

	"github.com/tenantry/tenantry/partnercenter"
)

// task is something that a partner does with the users of customers, and who may do it: the agent groups as long as there is
// delegated admin, and members of the directory roles, which granular relationships give.
type task struct {
	may    string
	groups []string
	roles  []string
}

// The tasks. Partner Center docs since 2023: create-user-accounts-for-a-customer, reset-user-password-for-a-customer; Microsoft
// Entra docs: permissions-reference.
var (
	readUsers = task{"read the users of customers", []string{AdminAgents, HelpdeskAgents, SalesAgents}, []string{
		CompanyAdministrator, UserAdministrator, HelpdeskAdministrator, AuthenticationAdministrator, PrivilegedAuthenticationAdministrator,
		PrivilegedRoleAdministrator, LicenseAdministrator, GlobalReader, DirectoryReaders, DirectoryWriters,
	}}
	createUsers   = task{"change the users of customers", []string{AdminAgents}, []string{CompanyAdministrator, UserAdministrator, DirectoryWriters}}
	changeUsers   = task{"change the users of customers", []string{AdminAgents}, []string{CompanyAdministrator, UserAdministrator}}
	changeMembers = task{"change the users of customers", []string{AdminAgents}, []string{CompanyAdministrator, PrivilegedRoleAdministrator}}
	setLicenses   = task{"change the users of customers", []string{AdminAgents}, []string{CompanyAdministrator, UserAdministrator, LicenseAdministrator}}
	setPasswords  = task{"change the users of customers", []string{AdminAgents, HelpdeskAgents}, []string{
		CompanyAdministrator, UserAdministrator, HelpdeskAdministrator, AuthenticationAdministrator, PrivilegedAuthenticationAdministrator,
	}}
)

// entitled refuses agents without the right, and partners that do not administer the tenant; the directory of the real service
// knows nobody else either. It returns the roles that the caller has there.
func (s *Users) entitled(ctx context.Context, caller *Caller, customer ID, t *task) (roles []string, err error) {
	lacks := caller.needsRight(t.may, t.groups...)
	found, err := s.Store.Customer(ctx, caller.Partner.ID, customer)
	if err != nil {
		if lacks != nil {
			err = lacks
		}
		return nil, err
	}
	roles, err = administers(ctx, s.Store, found, caller.Partner.ID, caller.Agents, s.Now())
	if caller.AppOnly() && found.DelegatedAccess {
		roles = []string{CompanyAdministrator}
	}
	switch {
	case err != nil, hasAny(roles, t.roles), lacks == nil && found.DelegatedAccess:
		return roles, err
	case lacks != nil:
		return nil, lacks
	case len(roles) > 0:
		return nil, partnercenter.ErrNoDelegatedAdmin.With("The directory roles that the caller has for the customer " + customer.String() + " lack the right to " + t.may + ".")
	default:
		return nil, partnercenter.ErrNoDelegatedAdmin.With("The partner has no delegated admin privileges for the customer " + customer.String() + ", and so cannot " + t.may + ".")
	}
}

// mayTouch refuses to change an administrator to who is not one of all others, or of passwords where it is about those.
func mayTouch(user *User, roles []string, password bool) error {
	switch {
	case len(user.Roles) == 0, slices.Contains(roles, CompanyAdministrator), password && slices.Contains(roles, PrivilegedAuthenticationAdministrator):
		return nil
	case password:
		return partnercenter.ErrRightMissing.With("The role of the caller lacks the right to reset the password of an administrator; members of " + AdminAgents + " have it.")
	default:
		return partnercenter.ErrRightMissing.With("The role of the caller lacks the right to change an administrator; members of Company Administrator have it.")
	}
}
