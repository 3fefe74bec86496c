package admin

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
)

// listValidationCodes shows a partner's codes, as the partner itself sees them.
func (h *Handler) listValidationCodes(w http.ResponseWriter, r *http.Request) error {
	partner, err := id(r, "partner")
	if err != nil {
		return err
	}
	codes, err := h.Codes.List(r.Context(), partner)
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", codes)
}

// putValidationCode issues a code, or changes one; what was used of it stays used.
func (h *Handler) putValidationCode(w http.ResponseWriter, r *http.Request) error {
	partner, err := id(r, "partner")
	if err != nil {
		return err
	}
	var request csp.ValidationCodeRequest
	if err := read(w, r, &request); err != nil {
		return err
	}
	code, err := h.Codes.Put(r.Context(), partner, r.PathValue("code"), &request)
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", code)
}
