package api

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// consentRequest is a consent as clients send it.
type consentRequest struct {
	ApplicationID     string `json:"applicationId"`
	DisplayName       string `json:"displayName"`
	ApplicationGrants []struct {
		partnercenter.ApplicationGrant
		EnterpriseApplication string `json:"enterpriseApplication"` // its older name; seen in the Java samples
	} `json:"applicationGrants"`
}

// createApplicationConsent gives an application a consent. Partner Center docs: partner-center-authentication, the CPV samples.
func (h *Handler) createApplicationConsent(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request consentRequest
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	consent := &partnercenter.ApplicationConsent{ApplicationID: request.ApplicationID, DisplayName: request.DisplayName}
	for _, grant := range request.ApplicationGrants {
		grant.EnterpriseApplicationID = cmp.Or(grant.EnterpriseApplicationID, grant.EnterpriseApplication)
		consent.ApplicationGrants = append(consent.ApplicationGrants, grant.ApplicationGrant)
	}
	consents := &csp.ApplicationConsents{Store: h.Store, Now: h.Now}
	if consent, err = consents.Create(r.Context(), caller, id, consent, call); err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, consent)
}

// deleteApplicationConsent ends a consent. Partner Center docs: partner-center-authentication, the CPV samples.
func (h *Handler) deleteApplicationConsent(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	app, err := csp.ParseID(strings.TrimSpace(r.PathValue("application")))
	if err != nil {
		return partnercenter.ErrMalformedID.With("Application Id must be a GUID, for example 94e4e214-6b06-4fb7-96d1-94d559f9b47f.")
	}
	consents := &csp.ApplicationConsents{Store: h.Store, Now: h.Now}
	if err := consents.Delete(r.Context(), caller, id, app, h.call(w, r, caller, nil)); err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}
