package api

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/internal/csp"
)

// getUsageBudget reads a budget. Partner Center docs: get-a-customer-s-usage-spending-budget.
func (h *Handler) getUsageBudget(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	budget, err := h.Customers.UsageBudget(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, budget)
}

// patchUsageBudget changes or removes a budget. Partner Center docs: update-a-customer-s-usage-spending-budget.
func (h *Handler) patchUsageBudget(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request struct {
		Amount jsontext.Value `json:"amount"`
	}
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	budget, err := h.Customers.UpdateUsageBudget(r.Context(), caller, id, request.Amount, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, budget)
}
