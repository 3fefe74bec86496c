package api

import (
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// getValidationStatus is how far the checking of a customer is. Partner Center docs: customer resources; the query is that of
// the .NET SDK's GetValidationStatus, which writes Account.
func (h *Handler) getValidationStatus(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	switch word := strings.TrimSpace(queryOf(r)["type"]); {
	case word == "":
		return partnercenter.ErrMalformedQuery.With("The query parameter type is missing; use account.", "type")
	case !strings.EqualFold(word, "account"):
		return partnercenter.ErrInvalidEnum.With("The type '"+shown(word)+"' cannot be parsed; use account.", "type")
	}
	status, err := h.Customers.ValidationStatus(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, status)
}
