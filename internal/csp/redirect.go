package csp

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// maxRedirectURI is the most characters of a redirect URI, as Microsoft Entra has it (docs: reply-url).
const maxRedirectURI = 256

var errRedirectURI = errors.New("a redirect URI is https://…, http://localhost or http://127.0.0.1 with any port and path, or a scheme of the application's own such as msauth.app://auth; without fragment, user or wildcard, and of at most 256 characters")

// CheckRedirectURI refuses what an application cannot be registered with: what is not absolute, what would send a code in the
// clear beyond the machine, and what a browser would run.
func CheckRedirectURI(uri string) error {
	parsed, err := url.Parse(uri)
	switch {
	case err != nil, len(uri) > maxRedirectURI, strings.ContainsAny(uri, "*#\\"), parsed.User != nil:
		return errRedirectURI
	case strings.ContainsFunc(uri, func(c rune) bool { return c <= ' ' || c > '~' }):
		return errRedirectURI
	case strings.HasPrefix(uri, "https://") && parsed.Hostname() != "":
		return nil
	case loopback.MatchString(uri):
		return nil
	case ownScheme.MatchString(parsed.Scheme) && strings.HasPrefix(uri, parsed.Scheme+"://"):
		return nil
	}
	return errRedirectURI
}

var (
	// loopback has the host, the port and what follows.
	loopback = regexp.MustCompile(`^http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?([/?].*)?$`)

	// ownScheme has a dot, which none of those has that browsers know (RFC 8252, 7.1), or is MSAL's msal{client id}.
	ownScheme = regexp.MustCompile(`^([a-z][a-z0-9+-]*\.[a-z0-9.+-]+|msal[0-9a-f-]{36})$`)
)

// Redirects reports whether answers for the application may be sent to the URI: to one that is registered, character by
// character. Two things may differ, as at the real service (Microsoft Entra docs: reply-url): the port of this machine's own
// address, because native applications listen on whichever is free, and a lone slash for no path.
func (a *App) Redirects(uri string) bool {
	return CheckRedirectURI(uri) == nil && slices.ContainsFunc(a.RedirectURIs, func(registered string) bool {
		return plainRedirectURI(registered) == plainRedirectURI(uri)
	})
}

// plainRedirectURI is what has to be the same of two redirect URIs.
func plainRedirectURI(uri string) string {
	if parts := loopback.FindStringSubmatch(uri); parts != nil {
		uri = "http://" + parts[1] + parts[3]
	}
	if scheme, rest, ok := strings.Cut(uri, "://"); ok && scheme != "" && strings.Count(rest, "/") == 1 {
		return strings.TrimSuffix(uri, "/")
	}
	return uri
}
