package login

import (
	"errors"
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

const stepTerminate = "terminate"

// granularPage lets a customer's administrator approve the directory roles that a partner asks for, and end them. Partner Center
// docs: gdap-customer-approval. What is asked is shown to administrators of the customer alone.
func (h *Handler) granularPage(v *visit) error {
	approvals := &csp.GranularApprovals{Store: h.Store, IDs: h.IDs, Now: h.now}
	id, ctx := v.r.PathValue("relationship"), v.r.Context()
	terms, err := approvals.Terms(ctx, id)
	if err != nil {
		return v.showGranular(nil, nil, err)
	}
	who, err := v.signedIn(&wanted{reason: v.T("granular.signin")})
	if who == nil || err != nil {
		return err
	}
	if err := approvals.Check(ctx, terms.GranularRelationship, who.user); err != nil {
		return v.showGranular(terms, who, err)
	}
	switch v.step() {
	case stepAccept, stepDecline, stepTerminate:
		if err := v.checkForm(who); err != nil {
			return err
		}
	}
	switch v.step() {
	case stepDecline:
		return v.message(http.StatusOK, who, v.T("granular.title"), v.T("invitation.declined", terms.PartnerName))
	case stepAccept:
		if err = approvals.Approve(ctx, id, who.user, v.correlation.String()); err == nil {
			return v.redirect(v.self())
		}
	case stepTerminate:
		if err = approvals.Terminate(ctx, id, who.user, v.correlation.String()); err == nil {
			return v.message(http.StatusOK, who, v.T("granular.title"), v.T("granular.ended", terms.PartnerName))
		}
	}
	return v.showGranular(terms, who, err)
}

// showGranular shows what there is to approve or to end, or what keeps the account from it.
func (v *visit) showGranular(terms *csp.GranularTerms, who *account, err error) error {
	title := v.T("granular.title")
	switch {
	case err == nil:
		return (&page{visit: v, Name: "granular", Title: title, Account: who, Data: terms}).show()
	case errors.Is(err, csp.ErrInvitationOver):
		return v.message(http.StatusGone, who, title, v.T("invitation.over"))
	case errors.Is(err, csp.ErrNotAdministrator):
		return v.message(http.StatusForbidden, who, title, v.T("invitation.notadmin", who.tenant.Name))
	case errors.Is(err, csp.ErrNotCustomer):
		return v.message(http.StatusForbidden, who, title, v.T("granular.notcustomer", who.tenant.Name))
	default:
		return err
	}
}
