package api

import (
	"context"
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// Webhooks. Partner Center docs: partner-center-webhooks. They lie beside /v1, and no answer has a byte order mark.

// validationLimit is how often a partner may ask for a test event: two a minute.
var validationLimit = throttle.Limit{PerMinute: 2, Burst: 2}

func (h *Handler) getWebhookEvents(w http.ResponseWriter, _ *http.Request, _ *csp.Caller) error {
	return web.Write(w, http.StatusOK, "", partnercenter.WebhookEvents())
}

func (h *Handler) getWebhook(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	registration, err := h.webhooks().Registration(r.Context(), caller)
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", registration)
}

func (h *Handler) registerWebhook(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return h.saveWebhook(w, r, caller, h.webhooks().Register)
}

func (h *Handler) putWebhook(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	return h.saveWebhook(w, r, caller, h.webhooks().Update)
}

// saving is what is done with a registration that was sent.
type saving func(context.Context, *csp.Caller, *partnercenter.WebhookRegistration, csp.Call) (*partnercenter.WebhookRegistration, error)

func (h *Handler) saveWebhook(w http.ResponseWriter, r *http.Request, caller *csp.Caller, save saving) error {
	var request partnercenter.WebhookRegistration
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	registration, err := save(r.Context(), caller, &request, call)
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", registration)
}

func (h *Handler) deleteWebhook(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	if err := h.webhooks().Delete(r.Context(), caller, h.call(w, r, caller, nil)); err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}

// validateWebhook sends a test event. The service takes two such requests a minute.
func (h *Handler) validateWebhook(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	switch wait, ok, err := h.validations(r.Context(), caller.Partner.ID, 1); {
	case err != nil:
		return err
	case !ok:
		return tooMany(w, wait)
	}
	validation, err := h.webhooks().Validate(r.Context(), caller)
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", validation)
}

func (h *Handler) getWebhookValidation(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := csp.ParseID(r.PathValue("event"))
	if err != nil {
		return partnercenter.ErrMalformedID.With("The correlation id must be a GUID, for example dfd8cc0a-c592-468c-8461-869a38d24738.")
	}
	status, err := h.webhooks().Validation(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", status)
}

func (h *Handler) webhooks() *csp.Webhooks {
	return &csp.Webhooks{Store: h.Store, IDs: h.IDs, PlainTargets: h.PlainWebhooks}
}
