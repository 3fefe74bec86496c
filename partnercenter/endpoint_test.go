package partnercenter

import (
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// TestEndpoints asks both constructors that take a URL: what one refuses the other must.
func TestEndpoints(t *testing.T) {
	const clear, malformed, scheme = "plain http is for loopback hosts", "want an absolute URL", "is not https"
	for _, test := range []struct {
		name, endpoint string
		insecure       bool
		want           string // of the error
	}{
		{"https", "https://tenantry.example", false, ""},
		{"https with port and path", "https://tenantry.example:8443/partner/", false, ""},
		{"localhost", "http://localhost:8080", false, ""},
		{"localhost in capitals", "http://LocalHost", false, ""},
		{"127.0.0.1", "http://127.0.0.1:8080", false, ""},
		{"127.1.2.3", "http://127.1.2.3", false, ""},
		{"::1", "http://[::1]:8080", false, ""},
		{"mapped", "http://[::ffff:127.0.0.1]", false, ""},
		{"host on the network", "http://tenantry:8080", false, clear},
		{"looks like localhost", "http://localhost.example", false, clear},
		{"starts like 127", "http://127.0.0.1.example", false, clear},
		{"every address", "http://0.0.0.0:8080", false, clear},
		{"private address", "http://10.0.0.1", false, clear},
		{"insisted", "http://tenantry:8080", true, ""},
		{"user in front", "http://localhost@evil.example", false, malformed},
		{"password", "https://u:p@tenantry.example", false, malformed},
		{"query", "https://tenantry.example?a=b", false, malformed},
		{"fragment", "https://tenantry.example#a", false, malformed},
		{"no host", "https://:8443", false, malformed},
		{"relative", "tenantry.example", false, malformed},
		{"other scheme", "ftp://tenantry.example", false, scheme},
		{"no URL", "http://[::1", false, "missing ']'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			opts := azcore.ClientOptions{Cloud: Cloud(test.endpoint), InsecureAllowCredentialWithHTTP: test.insecure}
			_, clientErr := NewClient(staticToken(""), &ClientOptions{ClientOptions: opts})
			_, credentialErr := NewClientSecretCredential(test.endpoint, "t", "c", "s",
				&ClientSecretCredentialOptions{ClientOptions: opts})
			for _, err := range []error{clientErr, credentialErr} {
				if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
					t.Errorf("got error %v, want %q", err, test.want)
				}
			}
		})
	}
}

func TestEndpointWithPath(t *testing.T) {
	got, err := parseEndpoint("https://tenantry.example:8443/partner/", false)
	if want := (endpoint{base: "https://tenantry.example:8443/partner"}); got != want || err != nil {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}
