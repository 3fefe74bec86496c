package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

// getManagedServices is what a partner administers for a customer.
// Partner Center docs: get-the-managed-services-for-a-customer-by-id.
func (h *Handler) getManagedServices(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	services, err := h.Customers.ManagedServices(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, services)
}
