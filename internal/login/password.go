package login

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/token"
)

// userName is the sign-in name of a form, without the blanks that come with pasting.
func userName(f form) string { return strings.TrimSpace(f["username"]) }

// passwordSubject is the user whose name and password the form has.
func (h *Handler) passwordSubject(ctx context.Context, req *tokenRequest) (*subject, error) {
	name := userName(req.form)
	if name == "" {
		return nil, ErrMissing.With("username")
	}
	password, err := req.form.need("password")
	if err != nil {
		return nil, err
	}
	user, err := h.userWithPassword(ctx, req.tenant, guess{name, password, req.source})
	switch {
	case err != nil:
		return nil, err
	case user.MustChangePassword && h.ForcePasswordChange:
		return nil, ErrPasswordExpired
	}
	granted := csp.AuthorizationOf(user, req.client.app.ID, h.now(), csp.Password)
	granted.Tenant = req.tenant.ID
	return &subject{user: user, authorization: granted, passwordAlone: true}, nil
}

// signingIn is the user of that name: of the tenant, or of another from where it administers this one.
func (h *Handler) signingIn(ctx context.Context, tenant *csp.Tenant, name string) (*csp.User, error) {
	user, err := h.Store.User(ctx, tenant.ID, name)
	if !errors.Is(err, csp.ErrNotFound) {
		return user, err
	}
	domain := domainOf(name)
	if domain == "" {
		return nil, csp.ErrNotFound
	}
	home, err := h.Store.TenantByDomain(ctx, domain)
	if err != nil {
		return nil, err
	}
	if user, err = h.Store.User(ctx, home.ID, name); err != nil {
		return nil, err
	}
	reaches, err := h.Grants.Reaches(ctx, user, tenant.ID)
	if err == nil && !reaches {
		err = csp.ErrNotFound
	}
	return user, err
}

// guess is a name and a password from somewhere.
type guess struct {
	name, password string
	source         netip.Prefix
}

// userWithPassword is the user with this name and password, of the tenant or of another from where it administers this one. The
// answer to an unknown user takes as long as that to a wrong password.
func (h *Handler) userWithPassword(ctx context.Context, tenant *csp.Tenant, g guess) (*csp.User, error) {
	user, err := h.signingIn(ctx, tenant, g.name)
	if errors.Is(err, csp.ErrNotFound) {
		if err := h.Passwords.VerifyNobody(ctx, g.password); err != nil {
			return nil, err
		}
		return nil, ErrUserUnknown.With(tenant.ID.String())
	}
	if err == nil {
		err = h.checkPassword(ctx, user, g)
	}
	if err != nil {
		return nil, err
	}
	return user, nil
}

// checkPassword refuses a password that is not the user's, and any from where too many wrong ones came. All refusals cost the same.
func (h *Handler) checkPassword(ctx context.Context, user *csp.User, g guess) error {
	who := throttle.Guess{Who: guesser(user.ID, g.source), Meant: user.Credential, Text: g.password, At: h.now()}
	slow := false // the hash was run that each refusal costs
	right, wait, err := h.lockouts.Try(ctx, h.Tally, who, func() (bool, error) {
		right, err := h.Passwords.Verify(ctx, user.Credential, user.Tenant, g.password)
		slow = err != nil || !right || !token.IsDerived(user.Credential)
		return right, err
	})
	if right {
		return nil
	}
	if !slow {
		if err := h.Passwords.VerifyNobody(ctx, g.password); err != nil {
			return err
		}
	}
	switch {
	case err != nil:
		return err
	case wait > 0:
		return ErrLockedOut
	}
	return ErrPasswordWrong
}
