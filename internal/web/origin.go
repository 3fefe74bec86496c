package web

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
)

// ErrMalformedHost is returned for a Host header that could not be part of a URL.
var ErrMalformedHost = errors.New("the Host header is not a host and port")

// Origin says what scheme and host the absolute URLs in answers have. Its zero value takes those of the request.
type Origin struct {
	ExternalURL    string // what clients reach the server as; empty: by the name that they send
	TrustForwarded bool   // a proxy before the server says the name
}

// Of is the scheme and host for the answer to a request.
func (o Origin) Of(r *http.Request) (string, error) {
	if o.ExternalURL != "" {
		return strings.TrimRight(o.ExternalURL, "/"), nil
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if o.TrustForwarded {
		scheme, host = forwarded(r, scheme, host)
	}
	host = strings.ToLower(host)
	if !IsHostPort(host) || len(host) > 261 { // of 255 and 5 characters
		return "", ErrMalformedHost
	}
	return scheme + "://" + strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme]), nil
}

var hostPort = regexp.MustCompile(`^([a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)

// IsHostPort lets nothing through that could end a host in a URL, a document or a page. The underscore is in names of
// containers.
func IsHostPort(host string) bool { return hostPort.MatchString(host) }

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
