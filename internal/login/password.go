package login

import (
	"context"
	"errors"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// userName is the sign-in name of a form, without the blanks that come with pasting.
func userName(f form) string { return strings.TrimSpace(f["username"]) }

// passwordSubject is the user whose name and password the form has. The answer to an unknown user takes as long as that
// to a wrong password.
func (h *Handler) passwordSubject(ctx context.Context, tenant *csp.Tenant, f form) (*csp.User, error) {
	name := userName(f)
	if name == "" {
		return nil, ErrMissing.With("username")
	}
	password, err := f.need("password")
	if err != nil {
		return nil, err
	}
	user, err := h.Store.User(ctx, tenant.ID, name)
	if errors.Is(err, csp.ErrNotFound) {
		if err := h.Passwords.VerifyNobody(ctx, password); err != nil {
			return nil, err
		}
		return nil, ErrUserUnknown.With(tenant.ID.String())
	}
	if err != nil {
		return nil, err
	}
	ok, err := h.Passwords.Verify(ctx, user.Credential, tenant.ID, password)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, ErrPasswordWrong
	case user.MustChangePassword && h.ForcePasswordChange:
		return nil, ErrPasswordExpired
	}
	return user, nil
}
