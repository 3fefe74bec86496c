package login

import (
	"context"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// userName is the sign-in name of a form, without the blanks that come with pasting.
func userName(f form) string { return strings.TrimSpace(f["username"]) }

// passwordSubject is the user whose name and password the form has.
func (h *Handler) passwordSubject(ctx context.Context, tenant *csp.Tenant, f form) (*csp.User, error) {
	name := userName(f)
	if name == "" {
		return nil, ErrMissing.With("username")
	}
	password, err := f.need("password")
	if err != nil {
		return nil, err
	}
	user, err := h.userWithPassword(ctx, tenant, name, password)
	switch {
	case err != nil:
		return nil, err
	case user.MustChangePassword && h.ForcePasswordChange:
		return nil, ErrPasswordExpired
	}
	return user, nil
}
