package login_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// get asks for a document.
func get(t testing.TB, handler http.Handler, method, target, host string) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	r.Host = host
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	var document map[string]any
	must(t, json.Unmarshal(recorder.Body.Bytes(), &document))
	return recorder, document
}

func TestHosts(t *testing.T) {
	handler := newWorld(t).serve()
	for _, test := range []struct {
		host, want string // want: the issuer's origin, empty for a refusal
	}{
		{"localhost:8443", "http://localhost:8443"},
		{"LOCALHOST", "http://localhost"},
		{"localhost:80", "http://localhost"},
		{"localhost:443", "http://localhost:443"},
		{"127.0.0.1:1", "http://127.0.0.1:1"},
		{"[::1]:8443", "http://[::1]:8443"},
		{"[::1]", "http://[::1]"},
		{"my_container.internal", "http://my_container.internal"},
		{"login.microsoftonline.com", "http://login.microsoftonline.com"},
		{"", ""},
		{":80", ""},
		{"a b", ""},
		{"a/b", ""},
		{"a@b", ""},
		{"a?b", ""},
		{"a#b", ""},
		{`a"b`, ""},
		{"a<b", ""},
		{"a\\b", ""},
		{"a%b", ""},
		{"a:b", ""},
		{"a:123456", ""},
		{"ä.example", ""},
		{"::1", ""},
		{"[::1", ""},
		{"a\r\nX-Evil: 1", ""},
		{strings.Repeat("a", 300), ""},
	} {
		recorder, document := get(t, handler, http.MethodGet, "/common/v2.0/.well-known/openid-configuration", test.host)
		if test.want == "" {
			if recorder.Code != http.StatusBadRequest {
				t.Errorf("host %q: status %d, want 400", test.host, recorder.Code)
			}
			continue
		}
		if want := test.want + "/{tenantid}/v2.0"; document["issuer"] != want {
			t.Errorf("host %q: issuer %v, want %s", test.host, document["issuer"], want)
		}
	}
}

// TestIssuersAgree follows the documents as openid-client does: the issuer of the metadata is that of the id token, and
// of the keys.
func TestIssuersAgree(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	_, document := get(t, handler, http.MethodGet, "/contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration", "example.com")
	follow := func(member string) string {
		address, err := url.Parse(document[member].(string))
		must(t, err)
		return address.Path
	}
	got := post(t, handler, follow("token_endpoint"), with(asUser(), "scope", "openid"))
	if id := claimsOf(t, got.IDToken); id.Issuer != document["issuer"] {
		t.Errorf("the id token's issuer is %q, the metadata's %q", id.Issuer, document["issuer"])
	}
	_, keys := get(t, handler, http.MethodGet, follow("jwks_uri"), "example.com")
	if issuer := keys["keys"].([]any)[0].(map[string]any)["issuer"]; issuer != document["issuer"] {
		t.Errorf("the keys' issuer is %q, the metadata's %q", issuer, document["issuer"])
	}
}

func TestDocuments(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	for _, test := range []struct {
		name, method, target string
		status               int
		member               string
		want                 any
	}{
		{"HEAD", "HEAD", "/common/v2.0/.well-known/openid-configuration", 200, "", nil},
		{"POST", "POST", "/common/v2.0/.well-known/openid-configuration", 400, "error", "invalid_request"},
		{"two slashes", "GET", "//common//v2.0//.well-known/openid-configuration/", 200, "issuer", "http://localhost/{tenantid}/v2.0"},
		{"a customer's tenant", "GET", "/wingtiptoys.onmicrosoft.com/v2.0/.well-known/openid-configuration", 200, "issuer", "http://localhost/" + w.customer.ID + "/v2.0"},
		{"consumers", "GET", "/consumers/.well-known/openid-configuration", 400, "error", "invalid_tenant"},
		{"no tenant", "GET", "/x/.well-known/openid-configuration", 400, "error", "invalid_tenant"},
		{"keys of no tenant", "GET", "/x/discovery/v2.0/keys", 400, "error", "invalid_tenant"},
		{"instance, any segment", "GET", "/contoso.onmicrosoft.com/discovery/instance?authorization_endpoint=https://localhost/common", 200, "tenant_discovery_endpoint", "https://localhost/common/v2.0/.well-known/openid-configuration"},
		{"instance, another port", "GET", "/common/discovery/instance?authorization_endpoint=https://localhost:1/common", 200, "api-version", "1.1"},
		{"instance, an address", "GET", "/common/discovery/instance?authorization_endpoint=https://127.0.0.1:1/common", 200, "api-version", "1.1"},
		{"instance, IPv6", "GET", "/common/discovery/instance?authorization_endpoint=https://[::1]:1/common", 200, "api-version", "1.1"},
		{"instance, the China cloud", "GET", "/common/discovery/instance?authorization_endpoint=https://login.chinacloudapi.cn/common", 200, "api-version", "1.1"},
		{"instance, a stranger", "GET", "/common/discovery/instance?authorization_endpoint=https://login.microsoftonline.com.evil.example/common", 400, "error", "invalid_instance"},
		{"instance, a stranger as the user", "GET", "/common/discovery/instance?authorization_endpoint=https://localhost%2540evil.example/common", 400, "error", "invalid_instance"},
		{"instance, credentials", "GET", "/common/discovery/instance?authorization_endpoint=https://localhost@evil.example/common", 400, "error", "invalid_instance"},
		{"instance, a script", "GET", "/common/discovery/instance?authorization_endpoint=javascript://localhost/common", 400, "error", "invalid_instance"},
		{"instance, no tenant", "GET", "/common/discovery/instance?authorization_endpoint=https://localhost/", 400, "error", "invalid_instance"},
		{"instance, no URL", "GET", "/common/discovery/instance?authorization_endpoint=%2500", 400, "error", "invalid_instance"},
		{"realm, any segment", "GET", "/organizations/userRealm/x@contoso.onmicrosoft.com", 200, "account_type", "Managed"},
		{"realm, no domain", "GET", "/common/userrealm/x", 200, "account_type", "Unknown"},
		{"error, no such code", "GET", "/error?code=1", 404, "error", "invalid_request"},
		{"error, no code", "GET", "/error", 404, "error", "invalid_request"},
		{"devicecode, nothing asked for", "POST", "/common/oauth2/devicecode", 400, "error", "invalid_request"},
		{"userinfo", "GET", "/common/openid/userinfo", 401, "error", "invalid_token"},
		{"nothing", "GET", "/", 404, "error", "invalid_request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			recorder, document := get(t, handler, test.method, test.target, "localhost")
			if recorder.Code != test.status || test.member != "" && document[test.member] != test.want {
				t.Errorf("got %d, %s = %v; want %d, %v", recorder.Code, test.member, document[test.member], test.status, test.want)
			}
		})
	}
}
