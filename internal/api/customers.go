package api

import (
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// createCustomer makes a customer. Partner Center docs: create-a-customer, create-a-customer-for-an-indirect-reseller.
// With ?validateOnly=true, which the real service does not have, it only says what it would refuse.
func (h *Handler) createCustomer(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.Customer
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	if strings.EqualFold(queryOf(r)["validateonly"], "true") {
		customer, err := h.Customers.Validate(r.Context(), caller, &request)
		if err != nil {
			return err
		}
		return h.write(w, r, http.StatusOK, customer)
	}
	customer, err := h.Customers.Create(r.Context(), caller, &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, customer)
}

// getCustomer reads a customer. Partner Center docs: get-a-customer-by-id.
func (h *Handler) getCustomer(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := h.account(r, caller)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, customer)
}

// tenantID is the customer that the path names.
func tenantID(r *http.Request) (csp.ID, error) {
	id, err := csp.ParseID(r.PathValue("customer"))
	if err != nil {
		return csp.ID{}, partnercenter.ErrMalformedID.With("Tenant Id must be a GUID, for example dfd8cc0a-c592-468c-8461-869a38d24738.")
	}
	return id, nil
}

// read decodes the body into the value, and makes the call that the caller can repeat by its MS-RequestId.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, caller *csp.Caller, value any) (csp.Call, error) {
	body, err := web.Body(w, r)
	if err == nil {
		err = web.Decode(body, value)
	}
	if err != nil {
		return csp.Call{}, partnercenter.ErrMalformedBody.With("The request body could not be read: " + err.Error() + ".")
	}
	return h.call(w, r, caller, body), nil
}

// call is the request as a change knows it: one that the caller can repeat, if it named it.
func (h *Handler) call(w http.ResponseWriter, r *http.Request, caller *csp.Caller, body []byte) csp.Call {
	var call csp.Call
	if sent(r, sentRequestID) != "" {
		call = csp.NewCall(caller.Partner.ID, r.Method, r.URL.RequestURI(), requestID(w), body)
	}
	call.By = csp.Actor{User: caller.UserName, App: caller.App, CorrelationID: shown(correlationID(w))}
	return call
}
