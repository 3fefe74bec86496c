package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

// listSubscriptions is what a customer has subscribed to, of any order and any partner that the query may name: nothing.
// Partner Center docs: get-all-of-a-customer-s-subscriptions, get-all-subscriptions-by-partner.
func (h *Handler) listSubscriptions(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	subscriptions, err := h.Customers.Subscriptions(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, subscriptions)
}

// listOrders is what a customer has bought. Partner Center docs: get-all-of-a-customer-s-orders.
func (h *Handler) listOrders(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	orders, err := h.Customers.Orders(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, orders)
}
