package api

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// MFA says what becomes of a user's call that was made without a second factor.
type MFA string

// The choices. Partner Center docs: partner-security-requirements; enforced by the service since 2026.
const (
	MFAOff     MFA = "off"
	MFAReport  MFA = "report"  // the answer says whether there was one
	MFAEnforce MFA = "enforce" // it is refused
)

// The headers as the service spells them. Seen in Partner-Center-PowerShell and the docs of the years after 2021.
const (
	headerValidateMFA  = "ValidateMfa"
	headerMFACompliant = "isMfaCompliant"
)

// secondFactor tells the caller whether its user's call had a second factor, remembers it for the reports, and refuses the call
// without one if it has to. ValidateMfa: true asks for that whatever the setting.
func (h *Handler) secondFactor(w http.ResponseWriter, r *http.Request, route route, caller *csp.Caller) error {
	if caller.AppOnly() {
		return nil
	}
	h.UserRequests.Add(userRequest(w, r, route, caller, h.Now()))
	validate := strings.EqualFold(r.Header.Get(headerValidateMFA), "true")
	if h.MFA != MFAOff || validate {
		w.Header()[headerMFACompliant] = []string{strconv.FormatBool(caller.MFA)}
	}
	if !caller.MFA && (h.MFA == MFAEnforce || validate) {
		return partnercenter.ErrMFARequired
	}
	return nil
}

// userRequest is the call as the reports show it.
func userRequest(w http.ResponseWriter, r *http.Request, route route, caller *csp.Caller, at time.Time) *csp.UserRequest {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	return &csp.UserRequest{
		Partner:       caller.Partner.ID,
		At:            at,
		User:          caller.User,
		UserID:        caller.User.String(),
		UserName:      caller.UserName,
		App:           caller.App,
		RequestID:     shown(requestID(w)),
		CorrelationID: shown(correlationID(w)),
		Operation:     route.operationName(),
		Address:       address,
		MFA:           caller.MFA,
	}
}

// operationName is how the service's reports name a call, in the docs' sample: Get /v{version}/customers.
func (r route) operationName() string {
	return r.method[:1] + strings.ToLower(r.method[1:]) + " " + strings.Replace(r.pattern, "/v1/", "/v{version}/", 1)
}

// getNonMFACompliantPrincipals are the users who call without a second factor.
// Partner Center docs: get-portal-requests-without-mfa.
func (h *Handler) getNonMFACompliantPrincipals(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	principals, err := h.mfaReports().NonCompliant(r.Context(), caller)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, principals)
}

// getMFAAdoption is how many calls users made with each application. Partner Center docs: get-api-request-summary.
func (h *Handler) getMFAAdoption(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var days csp.AuditDays
	if err := readDays(queryOf(r), &days); err != nil {
		return err
	}
	adoption, err := h.mfaReports().Adoption(r.Context(), caller, days.Start, days.End)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, adoption)
}

// getPartnerRequests are the calls of users. Partner Center docs: get-api-request-details.
func (h *Handler) getPartnerRequests(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	requests, err := h.mfaReports().Requests(r.Context(), caller)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, requests)
}

func (h *Handler) mfaReports() *csp.MFAReports {
	return &csp.MFAReports{Store: h.Store, Log: h.UserRequests, Now: h.Now}
}
