package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// listSubscribedSKUs is the products that a customer has licences of. Partner Center docs: get-a-list-of-available-licenses,
// get-a-list-of-available-licenses-by-license-group.
func (h *Handler) listSubscribedSKUs(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := tenantID(r)
	if err != nil {
		return err
	}
	if err := csp.LicenseGroups(licenseGroups(r)); err != nil {
		return err
	}
	skus, err := h.Users.SubscribedSKUs(r.Context(), caller, customer)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, skus)
}

// listLicenses is the licences that a user has. Partner Center docs: check-which-licenses-are-assigned-to-a-user,
// get-licenses-assigned-to-a-user-by-license-group.
func (h *Handler) listLicenses(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	if err := csp.LicenseGroups(licenseGroups(r)); err != nil {
		return err
	}
	licenses, err := h.Users.Licenses(r.Context(), caller, customer, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, licenses)
}

// listLicensesDeployment is how far licences are deployed. Partner Center docs: get-customer-licenses-deployment-information.
func (h *Handler) listLicensesDeployment(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := tenantID(r)
	if err != nil {
		return err
	}
	deployment, err := h.Users.LicensesDeployment(r.Context(), caller, customer)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, deployment)
}

// listLicensesUsage is how far licences are used. Partner Center docs: get-customer-licenses-usage-information.
func (h *Handler) listLicensesUsage(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := tenantID(r)
	if err != nil {
		return err
	}
	usage, err := h.Users.LicensesUsage(r.Context(), caller, customer)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, usage)
}

// licenseGroups is all of the parameter, which may be there several times.
func licenseGroups(r *http.Request) (groups []string) {
	values, _ := url.ParseQuery(r.URL.RawQuery) // what cannot be read is as good as not there
	for name, words := range values {
		if strings.EqualFold(name, "licenseGroupIds") {
			groups = append(groups, words...)
		}
	}
	return groups
}

// updateLicenses gives and takes licences, of which there are none. Partner Center docs: assign-licenses-to-a-user.
func (h *Handler) updateLicenses(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	var request partnercenter.LicenseUpdate
	if _, err := h.read(w, r, caller, &request); err != nil {
		return err
	}
	return h.Users.UpdateLicenses(r.Context(), caller, customer, id, &request)
}
