package admin

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// listKeys shows the signing keys that are published.
func (h *Handler) listKeys(w http.ResponseWriter, r *http.Request) error {
	keys, err := h.Keys(r.Context())
	if err != nil {
		return err
	}
	records, err := keys.Records(r.Context())
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", records)
}

// rotateKeys makes the next signing key before its time, or replaces all of them at once.
func (h *Handler) rotateKeys(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		Revoke *bool `json:"revoke"` // end the present keys: what they signed is trusted no more
	}
	if err := read(w, r, &request); err != nil {
		return err
	}
	if request.Revoke == nil {
		return partnercenter.ErrDetailsMissing.With(`The body does not say how; send {"revoke":false}, or {"revoke":true} after a leak.`, "revoke")
	}
	keys, err := h.Keys(r.Context())
	if err != nil {
		return err
	}
	rotate := keys.Succeed
	if *request.Revoke {
		rotate = keys.Replace
	}
	if err := rotate(r.Context()); err != nil {
		return err
	}
	return h.listKeys(w, r)
}
