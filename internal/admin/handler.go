package admin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// Handler answers the requests of the surface.
type Handler struct {
	Key            string // must not be empty
	Qualifications *csp.Qualifications
	Codes          *csp.ValidationCodes
	Store          csp.Store
	Registry       *csp.Registry
	IDs            *csp.IDs
	Logger         *slog.Logger
	Backup         Backup

	// Keys are the server's signing keys, started.
	Keys func(context.Context) (*token.Keys, error)

	Clock Clock // nil: it cannot be moved

	Now            func() time.Time // nil: the real clock
	TrustForwarded bool             // X-Forwarded-For comes from a proxy of ours

	Tally throttle.Tally // of wrong keys, together with other servers; nil: there is one

	guesses throttle.Lockouts
}

// prefix is what all paths of the surface begin with.
const prefix = "/_tenantry/admin/"

// routes is the table.
var routes = []struct {
	method  string
	pattern string
	handle  func(*Handler, http.ResponseWriter, *http.Request) error
}{
	{"GET", prefix + "customers/{customer}/qualifications", (*Handler).listQualifications},
	{"POST", prefix + "customers/{customer}/qualifications/{qualification}/vetting", (*Handler).vetQualification},
	{"GET", prefix + "partners/{partner}/validationcodes", (*Handler).listValidationCodes},
	{"PUT", prefix + "partners/{partner}/validationcodes/{code}", (*Handler).putValidationCode},
	{"DELETE", prefix + "users/{tenant}/{user}/mfa", (*Handler).removeSecondFactor},
	{"GET", prefix + "partners", (*Handler).listPartners},
	{"POST", prefix + "partners", (*Handler).createPartner},
	{"GET", prefix + "partners/{partner}", (*Handler).getPartner},
	{"PUT", prefix + "partners/{partner}/agreement", (*Handler).putAgreement},
	{"GET", prefix + "partners/{partner}/apps", (*Handler).listApps},
	{"POST", prefix + "partners/{partner}/apps", (*Handler).createApp},
	{"GET", prefix + "apps/{app}", (*Handler).getApp},
	{"DELETE", prefix + "apps/{app}", (*Handler).deleteApp},
	{"POST", prefix + "apps/{app}/secrets", (*Handler).createSecret},
	{"DELETE", prefix + "apps/{app}/secrets/{secret}", (*Handler).deleteSecret},
	{"POST", prefix + "apps/{app}/certificates", (*Handler).createCertificate},
	{"DELETE", prefix + "apps/{app}/certificates/{certificate}", (*Handler).deleteCertificate},
	{"POST", prefix + "apps/{app}/redirecturis", (*Handler).createRedirect},
	{"POST", prefix + "apps/{app}/redirecturis/remove", (*Handler).deleteRedirect},
	{"GET", prefix + "partners/{partner}/users", (*Handler).listUsers},
	{"POST", prefix + "partners/{partner}/users", (*Handler).createUser},
	{"GET", prefix + "users/{user}", (*Handler).getUser},
	{"DELETE", prefix + "users/{user}", (*Handler).deleteUser},
	{"PUT", prefix + "users/{user}/agents", (*Handler).putAgents},
	{"POST", prefix + "users/{user}/resetpassword", (*Handler).resetPassword},
	{"GET", prefix + "keys", (*Handler).listKeys},
	{"POST", prefix + "keys/rotate", (*Handler).rotateKeys},
	{"GET", prefix + "clock", (*Handler).showClock},
	{"POST", prefix + "clock/advance", (*Handler).advanceClock},
	{"GET", prefix + "backup", (*Handler).getBackup},
}

// Patterns are the paths that the surface knows.
func Patterns() []string {
	patterns := make([]string, 0, len(routes))
	for _, route := range routes {
		patterns = append(patterns, route.pattern)
	}
	return patterns
}

// Mount puts the surface on a mux. Nobody without the key learns which paths there are.
func (h *Handler) Mount(mux *http.ServeMux) {
	notFound := h.authorized(func(_ http.ResponseWriter, r *http.Request) error {
		return partnercenter.ErrRouteNotFound.With("The resource " + r.URL.Path + " was not found.")
	})
	mounted := []web.Route{
		{Pattern: prefix, Handler: notFound},
		{Pattern: strings.TrimSuffix(prefix, "/"), Handler: notFound}, // the mux would redirect it
	}
	methods := map[string][]string{} // of each pattern
	for _, route := range routes {
		methods[route.pattern] = append(methods[route.pattern], route.method)
		mounted = append(mounted, web.Route{Method: route.method, Pattern: route.pattern, Handler: h.authorized(func(w http.ResponseWriter, r *http.Request) error {
			return h.handle(route.handle, w, r)
		})})
	}
	for pattern, allowed := range methods {
		mounted = append(mounted, web.Route{Pattern: pattern, Handler: h.authorized(func(w http.ResponseWriter, r *http.Request) error {
			w.Header()["Allow"] = []string{strings.Join(allowed, ", ")}
			return partnercenter.ErrMethodNotAllowed.With("The method " + r.Method + " is not allowed for " + r.URL.Path + "; use " + strings.Join(allowed, " or ") + ".")
		})})
	}
	web.Mount(mux, mounted, h.writeError)
}

// handle answers a request, and logs what was changed: by its route and ids. A body may hold a secret, and a path somebody's name.
func (h *Handler) handle(handler func(*Handler, http.ResponseWriter, *http.Request) error, w http.ResponseWriter, r *http.Request) error {
	err := handler(h, w, r)
	if err == nil && r.Method != http.MethodGet {
		attributes := []any{"route", r.Pattern}
		for _, name := range []string{"customer", "partner", "app", "secret"} {
			if value := r.PathValue(name); value != "" {
				attributes = append(attributes, name, value)
			}
		}
		h.Logger.InfoContext(r.Context(), "changed by the admin key", attributes...)
	}
	return err
}

// authorized lets in who has the key. The keys are compared as hashes, so that the time tells neither a part of the right one
// nor its length. Where too many wrong ones came from none is looked at for a while, the right one included.
func (h *Handler) authorized(next web.Handler) web.Handler {
	want := sha256.Sum256([]byte(h.Key))
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header()["Cache-Control"] = []string{"no-store"}
		key := web.Bearer(r)
		if key == "" {
			return partnercenter.ErrTokenMissing.With("The admin key is missing. Send it as 'Authorization: Bearer <admin key>'.")
		}
		source := web.Source(r, h.TrustForwarded)
		guess := throttle.Guess{Who: "admin key " + source.String(), Text: key, At: h.now()}
		right, wait, err := h.guesses.Try(r.Context(), h.Tally, guess, func() (bool, error) {
			got := sha256.Sum256([]byte(key))
			return subtle.ConstantTimeCompare(got[:], want[:]) == 1, nil
		})
		switch {
		case err != nil:
			return err
		case wait > 0:
			return h.tooMany(w, r, source, wait)
		case !right:
			return partnercenter.ErrAccessDenied.With("Access denied. This is not the admin key that the server was started with (--admin-key, TENANTRY_ADMIN_KEY).")
		}
		return next(w, r)
	}
}

// tooMany refuses whatever comes from where too many wrong keys came.
func (h *Handler) tooMany(w http.ResponseWriter, r *http.Request, source netip.Prefix, wait time.Duration) error {
	h.Logger.WarnContext(r.Context(), "the admin key is being guessed", "from", source)
	seconds := int((wait + time.Second - 1) / time.Second)
	w.Header()["Retry-After"] = []string{strconv.Itoa(seconds)}
	return partnercenter.ErrThrottled.Withf("Too many wrong admin keys came from this address. None is looked at for another %d seconds, the right one neither.", seconds)
}

func (h *Handler) now() time.Time {
	if h.Now == nil {
		return time.Now()
	}
	return h.Now()
}

// read decodes the body into the value.
func read(w http.ResponseWriter, r *http.Request, value any) error {
	body, err := web.Body(w, r)
	if err == nil {
		err = web.Decode(body, value)
	}
	if err != nil {
		return partnercenter.ErrMalformedBody.With("The request body could not be read: " + err.Error() + ".")
	}
	return nil
}

// id is the id that the path has under the name.
func id(r *http.Request, name string) (csp.ID, error) {
	parsed, err := csp.ParseID(r.PathValue(name))
	if err == nil {
		return parsed, nil
	}
	what := "a GUID, for example 11111111-0000-4000-8000-00000000a001."
	if name == "customer" || name == "partner" {
		what = "the GUID of its tenant, for example 11111111-1111-4111-8111-111111111111."
	}
	return csp.ID{}, partnercenter.ErrMalformedID.With("The " + name + " of the path must be " + what)
}

// writeError is the one place that answers with an error.
func (h *Handler) writeError(w http.ResponseWriter, r *http.Request, err error) {
	fault := (*partnercenter.Fault)(nil)
	switch {
	case errors.As(err, &fault):
	case errors.Is(err, csp.ErrUnavailable), errors.Is(err, token.ErrBusy), errors.Is(err, context.Canceled):
		fault = partnercenter.ErrBusy
	default:
		h.Logger.ErrorContext(r.Context(), "admin request failed", "method", r.Method, "path", r.URL.Path, "err", err)
		fault = partnercenter.ErrUnexpected
	}
	switch fault.Status {
	case http.StatusUnauthorized:
		w.Header()["WWW-Authenticate"] = []string{`Bearer realm="tenantry-admin"`}
	case http.StatusServiceUnavailable:
		web.ComeBack(w)
	}
	if err := web.Write(w, fault.Status, "", fault); err != nil {
		h.Logger.ErrorContext(r.Context(), "fault not written", "err", err)
		w.WriteHeader(http.StatusInternalServerError)
	}
}
