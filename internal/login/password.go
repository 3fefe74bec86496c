package login

import (
	"errors"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// userName is the sign-in name of a form, without the blanks that come with pasting.
func userName(f form) string { return strings.TrimSpace(f["username"]) }

// passwordSubject is the user whose name and password the form has. The answer to an unknown user takes as long as that
// to a wrong password.
func (h *Handler) passwordSubject(r *http.Request, tenant *csp.Tenant, f form) (*csp.User, error) {
	ctx := r.Context()
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
	switch err := h.checkPassword(r, user, password); {
	case err != nil:
		return nil, err
	case user.MustChangePassword && h.ForcePasswordChange:
		return nil, ErrPasswordExpired
	}
	return user, nil
}

// checkPassword refuses a password that is not the user's, and any from where too many wrong ones came.
func (h *Handler) checkPassword(r *http.Request, user *csp.User, password string) error {
	who := guesser{user.ID, h.source(r)}
	if !h.lockouts.admit(who, user, password, h.now()) {
		return ErrLockedOut
	}
	ok, err := h.Passwords.Verify(r.Context(), user.Credential, user.Tenant, password)
	switch {
	case err != nil:
		return err
	case !ok:
		return ErrPasswordWrong
	}
	h.lockouts.forget(who)
	return nil
}
