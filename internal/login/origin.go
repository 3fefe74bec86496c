package login

import (
	"net/http"
	"regexp"
	"strings"
)

// origin is the scheme and host of the URLs and v2 issuers in an answer. Clients refuse an issuer that is elsewhere than
// the authority they were given (seen in msal-node 7.2, @azure/identity 4.13 and MSAL Go 1.10), so both come from the
// name by which the client found us.
func (h *Handler) origin(r *http.Request) (string, error) {
	if h.ExternalURL != "" {
		return strings.TrimRight(h.ExternalURL, "/"), nil
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if h.TrustForwarded {
		scheme, host = forwarded(r, scheme, host)
	}
	host = strings.ToLower(host)
	if !isHostPort.MatchString(host) || len(host) > 261 { // of 255 and 5 characters
		return "", ErrMalformedHost
	}
	return scheme + "://" + strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme]), nil
}

// isHostPort lets nothing through that could end a host in a URL, a document or a page. The underscore is in names of
// containers.
var isHostPort = regexp.MustCompile(`^([a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)

// forwarded is what the first proxy was asked for.
func forwarded(r *http.Request, scheme, host string) (string, string) {
	first := func(name, otherwise string) string {
		value, _, _ := strings.Cut(r.Header.Get(name), ",")
		if value = strings.TrimSpace(value); value == "" {
			return otherwise
		}
		return value
	}
	host = first("X-Forwarded-Host", host)
	if forwardedScheme := strings.ToLower(first("X-Forwarded-Proto", scheme)); forwardedScheme == "https" || forwardedScheme == "http" {
		scheme = forwardedScheme
	}
	return scheme, host
}
