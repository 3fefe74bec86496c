package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// getOrganizationProfile is the caller's company. Partner Center docs: get-an-organization-profile.
func (h *Handler) getOrganizationProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return answerProfile(h, w, r, caller, (*csp.Profiles).Organization)
}

// getLegalBusinessProfile is the caller's company as it was vetted. Partner Center docs: get-legal-business-profile.
// The current vetting and the last one that came to an end are the same: an enrolled partner is not vetted again.
func (h *Handler) getLegalBusinessProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	version := strings.TrimSpace(queryOf(r)["vettingversion"])
	if version != "" && !strings.EqualFold(version, string(partnercenter.VettingCurrent)) && !strings.EqualFold(version, string(partnercenter.VettingLastFinalized)) {
		return partnercenter.ErrInvalidEnum.With("The vettingVersion '"+shown(version)+"' cannot be parsed; use Current or LastFinalized.", "vettingVersion")
	}
	return answerProfile(h, w, r, caller, (*csp.Profiles).LegalBusiness)
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
	return answerProfile(h, w, r, caller, (*csp.Profiles).Support)
}

// getPartnerBillingProfile is how the caller itself is billed. Partner Center docs: get-partner-billing-profile.
func (h *Handler) getPartnerBillingProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return answerProfile(h, w, r, caller, (*csp.Profiles).Billing)
}

// putOrganizationProfile changes the caller's company. Partner Center docs: update-an-organization-profile.
func (h *Handler) putOrganizationProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return changeProfile(h, w, r, caller, (*csp.Profiles).UpdateOrganization)
}

// putLegalBusinessProfile changes the caller's company as it is vetted. Partner Center docs: update-legal-business-profile.
func (h *Handler) putLegalBusinessProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return changeProfile(h, w, r, caller, (*csp.Profiles).UpdateLegalBusiness)
}

// putSupportProfile changes where the caller's customers find help. Partner Center docs: update-support-profile, whose path is
// not the one that the SDKs send it to.
func (h *Handler) putSupportProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return changeProfile(h, w, r, caller, (*csp.Profiles).UpdateSupport)
}

// patchSupportProfile changes a part of it.
func (h *Handler) patchSupportProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return changeProfile(h, w, r, caller, (*csp.Profiles).PatchSupport)
}

// putPartnerBillingProfile changes how the caller itself is billed. Partner Center docs: update-partner-billing-profile.
func (h *Handler) putPartnerBillingProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return changeProfile(h, w, r, caller, (*csp.Profiles).UpdateBilling)
}

func (h *Handler) profiles() *csp.Profiles {
	return &csp.Profiles{Store: h.Store, Rand: h.Rand}
}

func answerProfile[P any](h *Handler, w http.ResponseWriter, r *http.Request, caller *csp.Caller, read func(*csp.Profiles, context.Context, *csp.Caller) (*P, error)) error {
	profile, err := read(h.profiles(), r.Context(), caller)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, profile)
}

func changeProfile[P any](
	h *Handler, w http.ResponseWriter, r *http.Request, caller *csp.Caller,
	change func(*csp.Profiles, context.Context, *csp.Caller, csp.ETag, *P, csp.Call) (*P, error),
) error {
	request := new(P)
	call, err := h.read(w, r, caller, request)
	if err != nil {
		return err
	}
	profile, err := change(h.profiles(), r.Context(), caller, ifMatch(r), request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, profile)
}
