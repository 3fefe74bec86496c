package csp

import (
	"context"
	"slices"
)

// delegatedRoles are the directory roles that delegated admin gives the members of the partner's agent groups at the tenants of
// customers. Sales agents have none there. Partner Center docs: permissions-overview; customers-revoke-admin-privileges.
var delegatedRoles = [...]struct{ group, role string }{
	{AdminAgents, CompanyAdministrator},
	{HelpdeskAgents, HelpdeskAdministrator},
}

// RolesAt are the directory roles that the user has in the tenant: its own at home, and at a customer of its partner's those that
// delegated admin gives its agent groups, as long as the customer grants it.
func (g *Grants) RolesAt(ctx context.Context, user *User, tenant ID) (roles []string, err error) {
	if user.Tenant == tenant {
		return user.Roles, nil
	}
	if len(user.Agents) == 0 {
		return nil, nil
	}
	customer, err := g.customer(ctx, user.Tenant, tenant)
	if err != nil || customer == nil || !customer.DelegatedAccess {
		return nil, err
	}
	for _, delegated := range delegatedRoles {
		if slices.Contains(user.Agents, delegated.group) {
			roles = append(roles, delegated.role)
		}
	}
	return roles, nil
}
