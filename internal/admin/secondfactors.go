package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// removedFactor is whose second factor was removed.
type removedFactor struct {
	ID                string `json:"id"`
	TenantID          string `json:"tenantId"`
	UserPrincipalName string `json:"userPrincipalName"`
}

// removeSecondFactor takes the second factor from a user who has lost it. What it was given for ends with it; the user enrols
// another when one is asked for.
func (h *Handler) removeSecondFactor(w http.ResponseWriter, r *http.Request) error {
	user, err := h.user(r)
	if err != nil {
		return err
	}
	err = h.Store.RemoveSecondFactor(r.Context(), user)
	if errors.Is(err, csp.ErrNotFound) {
		return partnercenter.ErrRouteNotFound.With("The user " + user.PrincipalName + " has no second factor.")
	}
	if err != nil {
		return err
	}
	h.Logger.InfoContext(r.Context(), "second factor removed", "tenant", user.Tenant, "user", user.ID)
	return web.Write(w, http.StatusOK, "", &removedFactor{user.ID.String(), user.Tenant.String(), user.PrincipalName})
}

// user is the one that the path names by the sign-in name, in the tenant that it names by its id or a domain.
func (h *Handler) user(r *http.Request) (*csp.User, error) {
	ctx, named := r.Context(), r.PathValue("tenant")
	tenant, err := csp.ParseID(named)
	if err != nil {
		found, err := h.Store.TenantByDomain(ctx, named)
		if errors.Is(err, csp.ErrNotFound) {
			return nil, partnercenter.ErrTenantNotFound.With("No tenant has the domain " + named + ".")
		}
		if err != nil {
			return nil, err
		}
		tenant = found.ID
	}
	name := r.PathValue("user")
	if !strings.Contains(name, "@") {
		return nil, partnercenter.ErrUserNotFound.With("The path must name the user by the sign-in name, for example admin@contoso.onmicrosoft.com.")
	}
	user, err := h.Store.User(ctx, tenant, name)
	if errors.Is(err, csp.ErrNotFound) {
		return nil, partnercenter.ErrUserNotFound.With("The tenant " + named + " has no user with the sign-in name " + name + ".")
	}
	return user, err
}
