package login

import (
	"net/http"
	"net/netip"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
)

// guesser names who may be guessing whose password, one source at a time: the owner, who signs in from elsewhere, is never locked
// out by somebody else.
func guesser(user csp.ID, source netip.Prefix) string {
	return "password " + user.String() + " " + source.String()
}

// codeGuesser is guesser for codes. They are guessed by who knows the password already: there the lock is the user's, from wherever
// the guesses come.
func codeGuesser(user csp.ID) string { return "code " + user.String() }

// source is where a request comes from.
func (h *Handler) source(r *http.Request) netip.Prefix { return web.Source(r, h.TrustForwarded) }
