package login

import (
	"net/http"
	"net/netip"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
)

// guesser is who may be guessing, and whose password, one source at a time: the owner, who signs in from elsewhere, is never locked
// out by somebody else. Codes are guessed by who knows the password already: there the lock is the user's, from wherever the
// guesses come.
type guesser struct {
	user   csp.ID
	source netip.Prefix
}

// source is where a request comes from.
func (h *Handler) source(r *http.Request) netip.Prefix { return web.Source(r, h.TrustForwarded) }
