package login

import (
	"context"
	"errors"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// subject is who a token will speak for, and by what right.
type subject struct {
	user          *csp.User          // nil: the application itself
	authorization *csp.Authorization // what the user granted; nil for an application
	roles         []string           // of the user, in the tenant that it was admitted to
	issuedAt      csp.ID             // the tenant that alone takes the grant; zero: any that lets the user in
	nonce         string             // for the id token
	signsIn       bool               // an id token belongs to it without being asked for, as v1 has it
	family        *csp.Family        // of the refresh token that was redeemed; nil: none yet
	generation    int64              // of that token
	passwordAlone bool               // the form has a password and has no place for a second factor

	// use takes what may be taken once, for tokens of the family. Nil where nothing is taken.
	use func(ctx context.Context, family csp.ID) error
}

// admit lets the user into the tenant of the request: its own, or one that it administers on behalf of a partner.
func (h *Handler) admit(ctx context.Context, req *tokenRequest, s *subject) (err error) {
	if s.user == nil {
		return nil
	}
	if req.tenant == nil {
		if req.tenant, err = h.Store.Tenant(ctx, s.authorization.Tenant); errors.Is(err, csp.ErrNotFound) {
			return ErrTenantUnknown.With(s.authorization.Tenant.String())
		}
		if err != nil {
			return err
		}
	}
	if !s.issuedAt.IsZero() && s.issuedAt != req.tenant.ID {
		return ErrOtherTenant
	}
	s.roles, err = h.Grants.RolesAt(ctx, s.user, req.tenant.ID)
	if err == nil && len(s.roles) == 0 && s.user.Tenant != req.tenant.ID {
		err = ErrUserForeign.With(req.tenant.Name, req.client.app.ID.String(), req.client.app.Name)
	}
	return err
}

// userOf is the user with the id. It is looked for under the name that it had: nearly all still have it, and the row lies there.
func (h *Handler) userOf(ctx context.Context, tenant, id csp.ID, name string) (*csp.User, error) {
	user, err := h.Store.User(ctx, tenant, name)
	if errors.Is(err, csp.ErrNotFound) || err == nil && user.ID != id {
		return h.Store.UserByID(ctx, tenant, id)
	}
	return user, err
}

// granter is the user of an authorization, as it is now. It is refused if it is no more, or has another password or not the second
// factor that was there.
func (h *Handler) granter(ctx context.Context, a *csp.Authorization) (*csp.User, error) {
	user, err := h.userOf(ctx, a.Home, a.User, a.UserName)
	switch {
	case errors.Is(err, csp.ErrNotFound):
		return nil, ErrUserGone
	case err != nil:
		return nil, err
	case !sameBytes(user.CredentialMark(), a.Credential), a.AuthTime.Before(user.SessionsFrom.Truncate(time.Second)): // sessions begin at full seconds
		return nil, ErrRevoked
	case a.Factor.IsZero():
		return user, nil
	}
	factor, err := h.secondFactor(ctx, user)
	switch {
	case err != nil:
		return nil, err
	case factor == nil || factor.ID != a.Factor:
		return nil, ErrRevoked
	}
	return user, nil
}
