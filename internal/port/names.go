package port

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
)

// MicrosoftHosts are the hosts that unmodified clients call: the sign-in
// service under its aliases, the two Graphs and the Partner Center API. A server
// that a hosts file or a proxy setting puts in their place must have their names.
func MicrosoftHosts() []string {
	return []string{
		"login.microsoftonline.com",
		"login.windows.net",
		"login.microsoft.com",
		"sts.windows.net",
		"graph.windows.net",
		"graph.microsoft.com",
		"api.partnercenter.microsoft.com",
	}
}

// names are a certificate's subject alternative names, dns[0] "localhost".
type names struct {
	dns []string
	ips []net.IP
}

// dnsName allows the underscore, which container names have, and a wildcard.
var dnsName = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)

// altNames returns this machine's names and extra.
func altNames(extra []string) (names, error) {
	n := names{
		dns: []string{"localhost"},
		ips: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if host, err := os.Hostname(); err == nil {
		_ = n.add(host) // a machine may have a name that no certificate can hold
	}
	for _, name := range extra {
		if err := n.add(name); err != nil {
			return names{}, err
		}
	}
	return n, nil
}

// add adds one name, once. The address of an interface may carry a zone, which
// a certificate cannot.
func (n *names) add(name string) error {
	if ip, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		addr := net.IP(ip.Unmap().WithZone("").AsSlice())
		if !slices.ContainsFunc(n.ips, addr.Equal) {
			n.ips = append(n.ips, addr)
		}
		return nil
	}
	host := strings.ToLower(strings.TrimSuffix(name, "."))
	if len(host) > 253 || !dnsName.MatchString(host) {
		return fmt.Errorf("certificate name %q is neither a host name (international ones in their xn-- form) nor an IP address", name)
	}
	if !slices.Contains(n.dns, host) {
		n.dns = append(n.dns, host)
	}
	return nil
}
