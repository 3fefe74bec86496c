package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
)

// generateToken trades a directory token for a Partner Center token. The two are the same here; two clients of the years
// before 2019 ask for the trade (seen in spring-social-partnercenter and partner-center-rest-api-client).
func (h *Handler) generateToken(w http.ResponseWriter, r *http.Request, _ *csp.Caller) error {
	raw := web.Bearer(r)
	claims, err := h.Tokens.Verify(r.Context(), raw)
	if err != nil {
		return err
	}
	w.Header()["Cache-Control"] = []string{"no-store"}
	return web.Write(w, http.StatusOK, "", struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int64  `json:"expires_in"`
	}{raw, "Bearer", claims.Seconds(h.Now())})
}
