package api

import (
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// getQualification reads what a customer is qualified as, in one word. Partner Center docs: get-customer-qualification-synchronous.
func (h *Handler) getQualification(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	qualification, err := h.qualifications().Current(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, qualification.Older())
}

// putQualification writes the word. Partner Center docs: update-customer-qualification-synchronous.
func (h *Handler) putQualification(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.Qualification
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	qualification, err := h.qualifications().Put(r.Context(), caller, id, request, codeAsked(r), call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, qualification.Older())
}

// listQualifications reads the qualifications with their vetting, as a bare array: so have the docs and the .NET SDK, whereas
// the OpenAPI description wraps it. Partner Center docs: get-customer-qualification-asynchronous.
func (h *Handler) listQualifications(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	qualifications, err := h.qualifications().List(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, qualifications)
}

// createQualification asks for a qualification. Partner Center docs: update-customer-qualification-asynchronous.
func (h *Handler) createQualification(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.CustomerQualification
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	qualification, err := h.qualifications().Create(r.Context(), caller, id, &request, codeAsked(r), call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, qualification)
}

// listValidationCodes reads the partner's codes, as a bare array. Partner Center docs: get-a-partner-s-validation-codes.
func (h *Handler) listValidationCodes(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	codes, err := (&csp.ValidationCodes{Store: h.Store}).List(r.Context(), caller.Partner.ID)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, codes)
}

// getCustomerValidation reads the code that a customer was qualified by. The service's OpenAPI description: GetCustomerValidations.
func (h *Handler) getCustomerValidation(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	validation, err := h.qualifications().Validation(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, validation)
}

func (h *Handler) qualifications() *csp.Qualifications {
	return &csp.Qualifications{Store: h.Store, Now: h.Now}
}

// codeAsked is the validation code of the query.
func codeAsked(r *http.Request) string { return strings.TrimSpace(queryOf(r)["code"]) }
