package login

import (
	"errors"
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

const (
	stepAccept  = "accept"
	stepDecline = "decline"
)

// invitationPage lets a customer's administrator accept a partner. Partner Center docs: request-reseller-relationship; the
// customer sees who asks for what, and binds its organization by accepting.
func (h *Handler) invitationPage(v *visit) error {
	said, ok := h.Passwords.Root.Proved(csp.InvitationPurpose, v.query.Get(csp.InvitationProof))
	if !ok {
		return ErrInvitationForged
	}
	invitation, ok := csp.ParseInvitation(said)
	if !ok {
		return ErrInvitationForged
	}
	invitations := &csp.Invitations{Store: h.Store, SandboxLimits: h.SandboxLimits}
	terms, err := invitations.Terms(v.r.Context(), invitation)
	if errors.Is(err, csp.ErrInvitationOver) {
		return v.message(http.StatusGone, nil, v.T("invitation.title"), v.T("invitation.over"))
	}
	if err != nil {
		return err
	}
	who, err := v.signedIn(&wanted{reason: v.T("invitation.signin", terms.PartnerName)})
	if who == nil || err != nil {
		return err
	}
	switch v.step() {
	case stepAccept, stepDecline:
		if err := v.checkForm(who); err != nil {
			return err
		}
	}
	switch v.step() {
	case stepDecline:
		return v.message(http.StatusOK, who, v.T("invitation.title"), v.T("invitation.declined", terms.PartnerName))
	case stepAccept:
		err = invitations.Accept(v.r.Context(), invitation, who.user, v.correlation.String())
		if err == nil {
			return v.redirect(v.self())
		}
	default:
		err = invitations.Check(v.r.Context(), invitation, who.user)
	}
	return v.showInvitation(terms, who, err)
}

// showInvitation shows what there is to accept, or what keeps the account from it.
func (v *visit) showInvitation(terms *csp.Terms, who *account, err error) error {
	said, status := "", http.StatusForbidden
	switch {
	case err == nil:
		return (&page{visit: v, Name: "invitation", Title: v.T("invitation.title"), Account: who, Data: terms}).show()
	case errors.Is(err, csp.ErrExists):
		said, status = v.T("invitation.exists", terms.PartnerName, who.tenant.Name), http.StatusOK
	case errors.Is(err, csp.ErrNotAdministrator):
		said = v.T("invitation.notadmin", who.tenant.Name)
	case errors.Is(err, csp.ErrIsPartner):
		said = v.T("invitation.partner", who.tenant.Name)
	case errors.Is(err, csp.ErrInvitationOver):
		said, status = v.T("invitation.over"), http.StatusGone
	default:
		return err
	}
	return v.message(status, who, v.T("invitation.title"), said)
}
