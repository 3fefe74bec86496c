package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// addVerifiedDomain gives a customer a further domain. Partner Center docs: add-a-verified-domain-for-a-customer.
func (h *Handler) addVerifiedDomain(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.VerifiedDomain
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	domain, err := h.Customers.AddVerifiedDomain(r.Context(), caller, id, &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, domain)
}

// checkDomain answers 200 for a domain that is taken and 404 for one that is free.
// Partner Center docs: verify-domain-availability.
func (h *Handler) checkDomain(w http.ResponseWriter, r *http.Request, _ *csp.Caller) error {
	taken, err := h.Store.DomainTaken(r.Context(), r.PathValue("domain"))
	if err != nil {
		return err
	}
	if taken {
		empty(w, http.StatusOK)
	} else {
		empty(w, http.StatusNotFound)
	}
	return nil
}
