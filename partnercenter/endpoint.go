package partnercenter

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// endpoint is the root of a server's URLs.
type endpoint struct {
	base  string // without a slash at the end
	plain bool   // http, and that is allowed
}

// parseEndpoint takes an absolute URL. Plain http is for the machine itself, where nobody listens in between, unless
// the user insists.
func parseEndpoint(raw string, insecure bool) (endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return endpoint{}, err
	}
	if u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return endpoint{}, errors.New("want an absolute URL without user, query and fragment, such as https://localhost:8443")
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme != "http":
		return endpoint{}, fmt.Errorf("the scheme of %s is not https", raw)
	case !insecure && !isLoopback(u.Hostname()):
		return endpoint{}, fmt.Errorf("%s would send credentials in clear text: plain http is for loopback hosts", raw)
	}
	return endpoint{base: strings.TrimRight(u.String(), "/"), plain: u.Scheme == "http"}, nil
}

// isLoopback reports whether a host is the machine itself. Names other than localhost are not resolved: what they
// resolve to now may change before they are used.
func isLoopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// pathSegment is a value as one segment of a URL's path.
func pathSegment(what, value string) (string, error) {
	switch strings.TrimSpace(value) {
	case "":
		return "", fmt.Errorf("the %s is empty", what)
	case ".", "..": // servers resolve these, escaped or not
		return "", fmt.Errorf("the %s is %q", what, value)
	}
	return url.PathEscape(value), nil
}
