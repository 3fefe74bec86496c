package login

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/web"
)

// origin is the scheme and host of the URLs and v2 issuers in an answer. Clients refuse an issuer that is elsewhere than
// the authority they were given (seen in msal-node 7.2, @azure/identity 4.13 and MSAL Go 1.10), so both come from the
// name by which the client found us.
func (h *Handler) origin(r *http.Request) (string, error) {
	origin, err := web.Origin{ExternalURL: h.ExternalURL, TrustForwarded: h.TrustForwarded}.Of(r)
	if err != nil {
		return "", ErrMalformedHost
	}
	return origin, nil
}
