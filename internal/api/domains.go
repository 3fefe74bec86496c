package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

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
