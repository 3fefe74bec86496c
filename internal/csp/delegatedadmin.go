package csp

import "context"

// delegatedRoles are the directory roles that delegated admin gives the members of the partner's agent groups at the tenants of
// customers. Sales agents have none there. Partner Center docs: permissions-overview; customers-revoke-admin-privileges.
var delegatedRoles = [...]struct{ group, role string }{
	{AdminAgents, CompanyAdministrator},
	{HelpdeskAgents, HelpdeskAdministrator},
}

// RolesAt are the directory roles that the user has in the tenant: its own at home, and at a customer of its partner's those that
// delegated admin and granular relationships give its agent groups, as long as the customer grants them.
func (g *Grants) RolesAt(ctx context.Context, user *User, tenant ID) (roles []string, err error) {
	if user.Tenant == tenant {
		return user.Roles, nil
	}
	if len(user.Agents) == 0 {
		return nil, nil
	}
	customer, err := g.customer(ctx, user.Tenant, tenant)
	if err != nil || customer == nil {
		return nil, err
	}
	return administers(ctx, g.Store, customer, user.Tenant, user.Agents, g.now())
}
