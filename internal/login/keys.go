package login

import "net/http"

func (h *Handler) keysV1(w http.ResponseWriter, r *http.Request) error { return h.keys(w, r, false) }

func (h *Handler) keysV2(w http.ResponseWriter, r *http.Request) error { return h.keys(w, r, true) }

// keys answers the public keys. They are the same for all tenants; the v2 document names the tenant's issuer with each.
func (h *Handler) keys(w http.ResponseWriter, r *http.Request, v2 bool) error {
	d, err := h.directory(r.Context(), r)
	if err != nil {
		return err
	}
	issuer := ""
	if v2 {
		issuer = issuerV2(d.origin, d.id)
	}
	set, err := h.Keys.JWKS(r.Context(), issuer)
	if err != nil {
		return err
	}
	return h.answer(w, r, http.StatusOK, set)
}
