package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Source is where a request comes from: an IPv4 address, or the network of an IPv6 address, of which one customer of a provider has
// 2^64. Behind a proxy of ours it is what the proxy says.
func Source(r *http.Request, trustForwarded bool) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if trustForwarded {
		if forwarded := r.Header.Values("X-Forwarded-For"); len(forwarded) > 0 {
			hops := strings.Split(forwarded[len(forwarded)-1], ",")
			host = strings.TrimSpace(hops[len(hops)-1]) // what comes before was said by others
		}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{} // one source for all that have none
	}
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	network, _ := address.Prefix(bits) // the bits are those of an address
	return network
}
