package login

import "github.com/tenantry/tenantry/internal/csp"

// RefreshToken lets tests make refresh tokens of any generation.
func (h *Handler) RefreshToken(family csp.ID, generation int64) string {
	return h.refreshToken(family, generation)
}
