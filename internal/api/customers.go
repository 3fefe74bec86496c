package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// createCustomer makes a customer. Partner Center docs: create-a-customer, create-a-customer-for-an-indirect-reseller.
func (h *Handler) createCustomer(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.Customer
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	customer, err := h.Customers.Create(r.Context(), caller, &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, customer)
}

// getCustomer reads a customer. Partner Center docs: get-a-customer-by-id.
func (h *Handler) getCustomer(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	customer, err := h.Customers.Get(r.Context(), caller, id)
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
	if r.Header.Get(headerRequestID) == "" {
		return csp.Call{}, nil
	}
	return csp.NewCall(caller.Partner.ID, r.Method, r.URL.RequestURI(), requestID(w), body), nil
}
