package webhook

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8":                    true,
		"2606:4700::1111":            true,
		"127.0.0.1":                  false,
		"::1":                        false,
		"::ffff:127.0.0.1":           false,
		"::ffff:10.1.2.3":            false,
		"10.0.0.1":                   false,
		"172.16.3.4":                 false,
		"192.168.1.1":                false,
		"169.254.169.254":            false, // where clouds tell machines their secrets
		"fe80::1":                    false,
		"fd00:ec2::254":              false,
		"0.0.0.0":                    false,
		"0.1.2.3":                    false,
		"::":                         false,
		"100.64.1.1":                 false,
		"224.0.0.1":                  false,
		"ff02::1":                    false,
		"255.255.255.255":            false,
		"240.0.0.1":                  false,
		"198.19.0.1":                 false,
		"64:ff9b::7f00:1":            false,
		"2002:7f00:1::1":             false,
		"2001:0:1:2::":               false,
		"2001:db8::1":                false,
		"192.0.2.7":                  false,
		"2a00:1450:4001:80b::200e":   true,
		"fec0::1":                    false,
		"::ffff:8.8.8.8":             true,
		"fe80::1%eth0":               false,
		"100.128.0.1":                true,
		"172.32.0.1":                 true,
		"2001:4860:4860::8888":       true,
		"64:ff9b:1:fffe::127.0.0.1":  false,
		"::127.0.0.1":                false,
		"5f00::1":                    true, // segment routing: not reachable, and nobody's own
		"3fff:fff:ffff:ffff::7f00:1": true,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: got %t, want %t", address, got, want)
		}
	}
}

// TestRedirect does not follow where a webhook leads to: the signature is not for others.
func TestRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	defer elsewhere.Close()
	moved := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer moved.Close()
	response, err := NewClient(true).Post(moved.URL, "application/json", strings.NewReader("{}"))
	if err != nil || response.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("got %v, %v, want the redirect itself", response, err)
	}
	_, err = NewClient(false).Post(moved.URL, "application/json", strings.NewReader("{}"))
	if err == nil || inWords(err) != "The host of the webhook has no public address." {
		t.Errorf("a private address: got %v", err)
	}
}
