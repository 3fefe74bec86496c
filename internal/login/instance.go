package login

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/web"
)

// instanceDocument tells a client which hosts are the authority that it was configured with.
type instanceDocument struct {
	TenantDiscoveryEndpoint string     `json:"tenant_discovery_endpoint"`
	APIVersion              string     `json:"api-version"`
	Metadata                []instance `json:"metadata,omitzero"`
}

// instance answers instance discovery. Clients ask it of a host they know about an authority they do not.
func (h *Handler) instance(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	asked := query.Get("authorization_endpoint")
	if asked == "" {
		return ErrQueryMissing.With("authorization_endpoint")
	}
	origin, err := h.origin(r)
	if err != nil {
		return err
	}
	authority, err := url.Parse(asked)
	if err != nil {
		return ErrInstanceUnknown
	}
	host := strings.ToLower(authority.Host)
	segment, _, _ := strings.Cut(strings.TrimPrefix(authority.Path, "/"), "/")
	if !isInstance(host, origin) || !isTenantSegment(segment) || authority.Scheme != "https" && authority.Scheme != "http" {
		return ErrInstanceUnknown
	}
	document := &instanceDocument{
		TenantDiscoveryEndpoint: authority.Scheme + "://" + host + "/" + segment + "/v2.0/.well-known/openid-configuration",
		APIVersion:              "1.1",
	}
	if query.Get("api-version") == "1.0" {
		document.APIVersion = "1.0"
	} else {
		document.Metadata = metadata(host)
	}
	return h.answer(w, r, http.StatusOK, document)
}

// isInstance reports whether the host is this server, under the name that it was asked by or one of the loopback's, or
// belongs to a cloud that every client knows. MSAL.NET asks login.microsoftonline.com about localhost.
func isInstance(host, origin string) bool {
	if !web.IsHostPort(host) {
		return false
	}
	name := hostName(host)
	ip := net.ParseIP(strings.Trim(name, "[]"))
	_, own, _ := strings.Cut(origin, "://")
	return isCloud(name) || name == hostName(own) || name == "localhost" || ip != nil && ip.IsLoopback()
}

func isCloud(name string) bool {
	return slices.ContainsFunc(instances, func(i instance) bool { return slices.Contains(i.Aliases, name) })
}

// metadata is all known instances, and the host's own where it is none of them. The port is in an alias only: msal4j and
// MSAL.NET add it to preferred_network themselves, msal-node compares host and port.
func metadata(host string) []instance {
	name := hostName(host)
	if isCloud(name) {
		return instances
	}
	own := instance{PreferredNetwork: name, PreferredCache: name, Aliases: []string{name}}
	if host != name {
		own.Aliases = append(own.Aliases, host)
	}
	return append([]instance{own}, instances...)
}

// hostName is a host without the port.
func hostName(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		return host[:i]
	}
	return host
}
