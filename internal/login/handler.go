package login

import (
	"cmp"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
)

// Handler answers the requests of the surface.
type Handler struct {
	Store     csp.Store
	Keys      *token.Keys
	Passwords *token.Passwords
	Grants    *csp.Grants
	IDs       *csp.IDs
	Rand      io.Reader        // what browsers are known by; nil: the real source
	Now       func() time.Time // nil: the real clock
	Logger    *slog.Logger     // nil: nobody listens

	Issuer         string // the origin of issuers; empty: token.DefaultIssuer
	ExternalURL    string // what clients reach the server as; empty: by the name that they send
	TrustForwarded bool   // X-Forwarded-For, -Host and -Proto come from a proxy of ours
	SandboxLimits  bool   // sandbox accounts cannot ask customers for a relationship

	// ForcePasswordChange refuses tokens to users who have not changed their first password yet.
	ForcePasswordChange bool

	// RevokeReused revokes a family of refresh tokens when one is redeemed whose successor was redeemed before.
	RevokeReused bool

	// EnforceMFA asks users of partners for a second factor wherever they sign in.
	EnforceMFA bool

	// SecondFactorLife is how long a second factor counts where one is asked for; zero: as long as what it was given for.
	SecondFactorLife time.Duration

	Gate *web.Gate // of requests that are worked on at once; nil: any number

	Tally throttle.Tally // of guesses of passwords and codes, together with other servers; nil: there is one

	lockouts       throttle.Lockouts // of passwords
	factorLockouts throttle.Lockouts // of codes: an empty guess, as one that was wrong may be right later
}

// endpoint is a line of the surface's table.
type endpoint struct {
	method  string
	pattern string
	handle  func(*Handler, http.ResponseWriter, *http.Request) error
}

// endpoints is the table. Segments in braces are a tenant's GUID or domain, common or organizations, and a sign-in name.
var endpoints = []endpoint{
	{"POST", "/{tenant}/oauth2/token", (*Handler).tokenV1},
	{"POST", "/{tenant}/oauth2/v2.0/token", (*Handler).tokenV2},

	{"POST", "/{tenant}/oauth2/devicecode", (*Handler).deviceCodeV1},
	{"POST", "/{tenant}/oauth2/v2.0/devicecode", (*Handler).deviceCodeV2},

	{"GET", "/{tenant}/.well-known/openid-configuration", (*Handler).openIDV1},
	{"GET", "/{tenant}/v2.0/.well-known/openid-configuration", (*Handler).openIDV2},
	{"GET", "/{tenant}/discovery/keys", (*Handler).keysV1},
	{"GET", "/{tenant}/discovery/v2.0/keys", (*Handler).keysV2},
	{"GET", "/{tenant}/discovery/instance", (*Handler).instance},
	{"GET", "/{tenant}/userrealm/{user}", (*Handler).userRealm},

	{"GET", "/error", (*Handler).errorPage},

	{"GET", "/pages/{sheet}", (*Handler).styles},

	{"", "/{tenant}/openid/userinfo", (*Handler).userInfo},

	{"", "/", (*Handler).notFound},
}

// Patterns are the paths that the surface knows.
func Patterns() []string {
	patterns := make([]string, 0, len(endpoints)+len(pages))
	for _, e := range endpoints {
		patterns = append(patterns, e.pattern)
	}
	for _, p := range pages {
		patterns = append(patterns, p.pattern)
	}
	return patterns
}

// Routes is the table, with an answer for the methods that an endpoint does not take.
func (h *Handler) Routes() []web.Route {
	var routes []web.Route
	for _, e := range endpoints {
		routes = append(routes, web.Route{Method: e.method, Pattern: e.pattern, Handler: func(w http.ResponseWriter, r *http.Request) error {
			return e.handle(h, w, r)
		}})
		if e.method != "" {
			routes = append(routes, web.Route{Pattern: e.pattern, Handler: func(_ http.ResponseWriter, r *http.Request) error {
				return ErrWrongMethod.With(e.method, r.Method)
			}})
		}
	}
	for _, p := range pages {
		routes = append(routes, web.Route{Method: "GET", Pattern: p.pattern, Handler: h.shown(p)}, web.Route{Method: "POST", Pattern: p.pattern, Handler: h.shown(p)})
	}
	for i := range routes {
		routes[i].Handler = h.Gate.Admit(routes[i].Handler)
	}
	return routes
}

func (h *Handler) notFound(_ http.ResponseWriter, r *http.Request) error {
	return ErrNoEndpoint.With(r.URL.Path)
}

func (h *Handler) now() time.Time {
	if h.Now == nil {
		return time.Now()
	}
	return h.Now()
}

func (h *Handler) log() *slog.Logger {
	return cmp.Or(h.Logger, slog.New(slog.DiscardHandler))
}

// issuer is who makes a tenant's access tokens and v1 id tokens.
func (h *Handler) issuer(tenant string) string {
	return token.IssuerOf(cmp.Or(h.Issuer, token.DefaultIssuer), tenant)
}

// answer sends a document. Every answer has the headers of the documented token response: what the surface says may
// change when keys or tenants do, and is never to be kept.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, status int, value any) error {
	h.mark(w, r, h.IDs.New())
	return web.Write(w, status, "", value)
}

// mark sets the headers that all answers have, and returns the correlation id: the client's, if that is a GUID.
func (h *Handler) mark(w http.ResponseWriter, r *http.Request, trace csp.ID) csp.ID {
	header := w.Header()
	header["Cache-Control"] = []string{"no-cache, no-store"}
	header["Pragma"] = []string{"no-cache"}
	header["Expires"] = []string{"-1"}
	header["X-Content-Type-Options"] = []string{"nosniff"}
	header["x-ms-request-id"] = []string{trace.String()}

	query := r.URL.Query()
	correlation, err := csp.ParseID(cmp.Or(r.Header.Get("client-request-id"), query.Get("client-request-id")))
	if err != nil {
		correlation = h.IDs.New()
	}
	if wanted := cmp.Or(r.Header.Get("return-client-request-id"), query.Get("return-client-request-id")); isTrue(wanted) {
		header["client-request-id"] = []string{correlation.String()}
	}
	return correlation
}
