package login

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// checkAssertion checks what an application signed with the key of a certificate of its own.
func (h *Handler) checkAssertion(app *csp.App, req *tokenRequest, raw string) error {
	if req.form["client_assertion_type"] != assertionType {
		return ErrAssertionType
	}
	certificates := make([][]byte, len(app.Certificates))
	for i := range app.Certificates {
		certificates[i] = app.Certificates[i].DER
	}
	assertion, err := token.VerifyAssertion(raw, certificates, h.now())
	switch {
	case errors.Is(err, token.ErrMalformed):
		return ErrAssertionMalformed
	case errors.Is(err, token.ErrNoCertificate), errors.Is(err, token.ErrSignature):
		return ErrAssertionKey.With(err.Error())
	case errors.Is(err, token.ErrCertificateExpired):
		return ErrCertificateTime
	case errors.Is(err, token.ErrExpired):
		return ErrAssertionTime.With(h.now().UTC().Format(time.RFC3339))
	case err != nil:
		return err
	case !strings.EqualFold(assertion.Issuer, app.ID.String()) || !strings.EqualFold(assertion.Subject, app.ID.String()):
		return ErrAssertionApp.With(app.ID.String())
	case !slices.ContainsFunc(assertion.Audience, func(audience string) bool { return h.isForUs(req, audience) }):
		return ErrAssertionAudience.With(req.origin + "/" + req.segment + "/oauth2/v2.0/token")
	}
	return nil
}

// isForUs reports whether the audience is a token endpoint or the issuer of the tenant of the request, at this server or at
// one that clients know by heart: libraries take it from their own tables when their authority is one of those.
func (h *Handler) isForUs(req *tokenRequest, audience string) bool {
	parsed, err := url.Parse(audience)
	if err != nil || parsed.RawQuery != "" || parsed.User != nil {
		return false
	}
	origin := strings.ToLower(parsed.Scheme + "://" + parsed.Host)
	if origin != strings.ToLower(req.origin) && (parsed.Scheme != "https" || !isCloud(strings.ToLower(parsed.Host))) {
		return false
	}
	segment, path, _ := strings.Cut(strings.TrimPrefix(parsed.Path, "/"), "/")
	switch strings.ToLower(strings.TrimRight(path, "/")) {
	case "", "v2.0", "oauth2/token", "oauth2/v2.0/token":
	default:
		return false
	}
	if req.tenant == nil {
		return strings.EqualFold(segment, req.segment)
	}
	return strings.EqualFold(segment, req.segment) || strings.EqualFold(segment, req.tenant.ID.String()) || strings.EqualFold(segment, req.tenant.Domain)
}
