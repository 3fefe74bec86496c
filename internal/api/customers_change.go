package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// deleteCustomer removes a customer of a sandbox. Partner Center docs: delete-a-customer-account-from-the-integration-sandbox.
func (h *Handler) deleteCustomer(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	if err := h.Customers.Delete(r.Context(), caller, id, h.call(w, r, caller, nil)); err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}

// patchCustomer ends the relationship or delegated admin.
// Partner Center docs: remove-a-reseller-relationship-with-a-customer.
func (h *Handler) patchCustomer(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.Customer
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	customer, err := h.Customers.Patch(r.Context(), caller, id, &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, customer)
}

// getBillingProfile reads a profile. Partner Center docs: get-all-of-a-customer-s-billing-profiles.
func (h *Handler) getBillingProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := h.account(r, caller)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, customer.BillingProfile)
}

// putBillingProfile replaces a profile. Partner Center docs: update-a-customer-s-billing-profile.
func (h *Handler) putBillingProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.CustomerBillingProfile
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	profile, err := h.Customers.UpdateBillingProfile(r.Context(), caller, id, ifMatch(r), &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, profile)
}

// ifMatch is the condition that the header has.
func ifMatch(r *http.Request) csp.ETag {
	value := r.Header.Get("If-Match")
	return csp.ETag{Value: value, InHeader: value != ""}
}

// getCompanyProfile reads a profile. Partner Center docs: get-a-customer-s-company-profile.
func (h *Handler) getCompanyProfile(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := h.account(r, caller)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, customer.CompanyProfile)
}

// getCustomDomains reads the domains of a customer. Partner Center docs since 2022: customer resources.
func (h *Handler) getCustomDomains(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := h.account(r, caller)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, customer.CustomDomains)
}

// account is the customer that the path names.
func (h *Handler) account(r *http.Request, caller *csp.Caller) (*partnercenter.Customer, error) {
	id, err := tenantID(r)
	if err != nil {
		return nil, err
	}
	return h.Customers.Get(r.Context(), caller, id)
}
