package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// getOrganizationProfile is the caller's company. Partner Center docs: get-an-organization-profile.
func (h *Handler) getOrganizationProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return h.write(w, r, http.StatusOK, caller.Partner.OrganizationProfile())
}

// getLegalBusinessProfile is the caller's company as it was vetted. Partner Center docs: get-legal-business-profile.
// The current vetting and the last one that came to an end are the same: an enrolled partner is not vetted again.
func (h *Handler) getLegalBusinessProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	version := strings.TrimSpace(queryOf(r)["vettingversion"])
	if version != "" && !strings.EqualFold(version, string(partnercenter.VettingCurrent)) && !strings.EqualFold(version, string(partnercenter.VettingLastFinalized)) {
		return partnercenter.ErrInvalidEnum.With("The vettingVersion '"+shown(version)+"' cannot be parsed; use Current or LastFinalized.", "vettingVersion")
	}
	return h.write(w, r, http.StatusOK, caller.Partner.LegalBusinessProfile())
}

// getMPNProfile is the caller's membership of the partner network, or that with the id of the query.
// Partner Center docs: get-partner-network-profile; get-partner-by-mpn-id, whose failure has these words.
func (h *Handler) getMPNProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id := strings.TrimSpace(queryOf(r)["mpnid"])
	if id == "" {
		return h.write(w, r, http.StatusOK, caller.Partner.MPNProfile())
	}
	partner, err := h.Store.PartnerByMPN(r.Context(), id)
	if errors.Is(err, csp.ErrNotFound) {
		return partnercenter.ErrMPNIDNotFound.With("Partner Organization with partner_id " + shown(id) + " could not be found")
	}
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, partner.MPNProfile())
}

// getSupportProfile is where the caller's customers find help. Partner Center docs: get-support-profile.
func (h *Handler) getSupportProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return h.write(w, r, http.StatusOK, caller.Partner.SupportProfile())
}

// getPartnerBillingProfile is how the caller itself is billed. Partner Center docs: get-partner-billing-profile.
func (h *Handler) getPartnerBillingProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return h.write(w, r, http.StatusOK, caller.Partner.BillingProfile())
}
